// Keeps one person's own page of one edition, so that it opens without network. Serves /academy/<edition>/my/ only.
// The cache carries the mark of whose page it is; every other page of the platform deletes what is not its reader's.

const SCOPE = new URL(self.registration.scope).pathname;
const PREFIX = `filiera-own-${SCOPE.split("/").filter(Boolean)[1]}.`;
const PATIENCE_MS = 4000;

self.addEventListener("install", () => { self.skipWaiting(); });
self.addEventListener("activate", (event) => { event.waitUntil(self.clients.claim()); });

self.addEventListener("message", (event) => {
  const { keep, reader } = event.data;
  if (keep && reader) event.waitUntil(keepAll(keep, reader));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (address.pathname === SCOPE) event.respondWith(page(request, address));
  } else if (address.pathname.startsWith("/static/")) event.respondWith(part(request));
});

// The page as it is now, and what it is made of.
async function keepAll(addresses, reader) {
  const answer = await fetch(SCOPE, { credentials: "same-origin", redirect: "manual" });
  if (!(await take(answer, SCOPE)) || answer.headers.get("X-Own-Page") !== reader) return;
  const cache = await caches.open(PREFIX + reader);
  await Promise.all(addresses.map(async (each) => {
    if (await cache.match(each)) return;
    const found = await fetch(each, { credentials: "same-origin" });
    if (found.ok) await cache.put(each, found);
  }));
}

async function take(answer, key) {
  const reader = answer.headers.get("X-Own-Page");
  await forget(reader);
  if (!answer.ok || !reader) return false;
  const cache = await caches.open(PREFIX + reader);
  await cache.put(key, answer.clone());
  return true;
}

// Nothing of anybody else stays, and nothing at all once the server gives this page no more.
async function forget(reader) {
  const names = await caches.keys();
  const others = names.filter((name) => name.startsWith(PREFIX) && name !== PREFIX + reader);
  await Promise.all(others.map((name) => caches.delete(name)));
}

async function page(request, address) {
  let answer;
  try {
    answer = await inTime(fetch(request));
  } catch (error) {
    return (await kept(SCOPE)) ?? Promise.reject(error);
  }
  // The sign-in page, a refusal: the server says that this is nobody's to keep. A fault of its own says nothing.
  if (answer.status < 500 && !address.search) await take(answer, SCOPE);
  return answer;
}

async function part(request) {
  const found = await kept(request.url);
  if (found) return found;
  return fetch(request);
}

async function kept(key) {
  for (const name of await caches.keys()) {
    if (!name.startsWith(PREFIX)) continue;
    const cache = await caches.open(name);
    const page = await cache.match(SCOPE);
    // Not there yet: it is just being laid aside.
    if (!page) continue;
    if (Number(page.headers.get("X-Own-Until")) < Date.now()) {
      await caches.delete(name);
      continue;
    }
    const found = await cache.match(key);
    if (found) return found;
  }
  return undefined;
}

function inTime(answer) {
  const tooLong = new Promise((_, refuse) => { setTimeout(refuse, PATIENCE_MS, new TypeError("no answer in time")); });
  return Promise.race([answer, tooLong]);
}
