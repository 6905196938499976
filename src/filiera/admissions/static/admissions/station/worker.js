// Keeps a station's page and what it is made of, so that it opens without network. Serves /station/ only.
// Names never come here: they lie in the page's own database, which the page empties when its link ends.

const KEPT = "filiera-station-1";
const PATIENCE_MS = 4000;

self.addEventListener("install", () => { self.skipWaiting(); });
self.addEventListener("activate", (event) => { event.waitUntil(self.clients.claim()); });

self.addEventListener("message", (event) => {
  const { keep, forget } = event.data;
  if (keep) event.waitUntil(keepAll(keep));
  if (forget) event.waitUntil(caches.open(KEPT).then((cache) => cache.delete(forget)));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request, address));
  else if (["script", "style", "font", "image"].includes(request.destination)) event.respondWith(part(request));
});

async function keepAll(addresses) {
  const cache = await caches.open(KEPT);
  await Promise.all(addresses.map(async (address) => {
    const answer = await fetch(address, { credentials: "same-origin" });
    if (answer.ok) await cache.put(address, answer);
  }));
}

async function page(request, address) {
  const cache = await caches.open(KEPT);
  const plain = address.origin + address.pathname;
  try {
    const answer = await inTime(fetch(request));
    if (answer.status === 404 || answer.status === 410) await cache.delete(plain);
    // Only the bare page: what was searched or answered is nobody's to keep.
    else if (answer.ok && !address.search) await cache.put(plain, answer.clone());
    return answer;
  } catch (error) {
    const kept = await cache.match(plain);
    if (!kept) throw error;
    if (Number(kept.headers.get("X-Station-Until")) > Date.now()) return kept;
    await cache.delete(plain);
    throw error;
  }
}

async function part(request) {
  const cache = await caches.open(KEPT);
  try {
    const answer = await inTime(fetch(request));
    if (answer.ok) await cache.put(request.url, answer.clone());
    return answer;
  } catch (error) {
    const kept = await cache.match(request.url);
    if (kept) return kept;
    throw error;
  }
}

function inTime(answer) {
  const tooLong = new Promise((_, refuse) => { setTimeout(refuse, PATIENCE_MS, new TypeError("no answer in time")); });
  return Promise.race([answer, tooLong]);
}
