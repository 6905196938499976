// Elements with data-push-token hear events of their topics as `filiera:push`; HTMX can use it as a trigger.
// `filiera:news` says the same at most every second or two, for what is fetched anew: at once, and once more
// after a pause when more was heard meanwhile. (HTMX's own throttle drops the last of a burst.)
// A stream where the push process can be reached, else a question every ten seconds.

const POLL_MS = 10_000;
const NEWS_EVERY_MS = 1_500;
const pausing = new WeakMap();
const STREAM_PATIENCE = 3;

function tell(element, event) {
  element.dispatchEvent(new CustomEvent("filiera:push", { bubbles: true, detail: event }));
  if (pausing.has(element)) pausing.set(element, true);
  else tellNews(element);
}

function tellNews(element) {
  pausing.set(element, false);
  element.dispatchEvent(new CustomEvent("filiera:news", { bubbles: true }));
  window.setTimeout(() => {
    const more = pausing.get(element);
    pausing.delete(element);
    if (more && element.isConnected) tellNews(element);
  }, NEWS_EVERY_MS);
}

// What a page fetches of its own accord brings no messages with it: they wait for the answer to what somebody
// did, or the page they went to, else a page that is being left would take them along.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  const { type } = detail.triggeringEvent ?? {};
  if (type === "filiera:push" || type === "filiera:news") detail.headers["Filiera-Unasked"] = "true";
});

// What somebody is writing is not taken from under their fingers.
function isWriting(target) {
  const fields = [...target.querySelectorAll("textarea, input[type=text], input:not([type])")];
  return fields.some((field) => field === document.activeElement || field.value !== field.defaultValue);
}

// Writing may also have begun while the news were on their way: then they come again.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { elt, triggeringEvent } = event.detail.requestConfig;
  if (triggeringEvent?.type !== "filiera:news" || !isWriting(event.detail.target)) return;
  event.detail.shouldSwap = false;
  window.setTimeout(tellNews, NEWS_EVERY_MS, elt);
});

// What is pressed or held with the mouse is not renewed under the hand either, or a click would meet nothing:
// it is fetched when the hand lets go.
let held = null;
let isDragged = false;
const waiting = new Map();

function putDown() {
  held = null;
  isDragged = false;
  const heard = [...waiting];
  waiting.clear();
  for (const [element, type] of heard) window.htmx.trigger(type === "filiera:draft" ? document.body : element, type);
}

document.addEventListener("pointerdown", (event) => { if (event.button === 0) held = event.target; });
document.addEventListener("dragstart", () => { isDragged = true; });
for (const end of ["pointerup", "dragend"]) document.addEventListener(end, putDown);
// A drag takes the pointer away from the page; it ends by itself.
document.addEventListener("pointercancel", () => { if (!isDragged) putDown(); });
document.addEventListener("htmx:beforeSwap", (event) => {
  const { elt, triggeringEvent } = event.detail.requestConfig;
  if (!triggeringEvent?.type.startsWith("filiera:") || !event.detail.target.contains(held)) return;
  event.detail.shouldSwap = false;
  waiting.set(elt, triggeringEvent.type);
});

function streamAddress(element) {
  const address = new URL("/push/", window.location.href);
  if (element.dataset.pushPort) address.port = element.dataset.pushPort;
  address.searchParams.set("token", element.dataset.pushToken);
  address.searchParams.set("since", element.dataset.pushSince);
  return address;
}

function listen(element) {
  let failures = 0;
  const source = new EventSource(streamAddress(element));
  source.addEventListener("open", () => { failures = 0; });
  source.addEventListener("message", (message) => {
    element.dataset.pushSince = message.lastEventId;
    tell(element, { id: Number(message.lastEventId), ...JSON.parse(message.data) });
  });
  source.addEventListener("refused", () => { source.close(); });
  source.addEventListener("error", () => {
    failures += 1;
    if (!element.isConnected) { source.close(); return; }
    if (failures < STREAM_PATIENCE && source.readyState !== EventSource.CLOSED) return;
    source.close();
    poll(element);
  });
  return source;
}

async function poll(element, etag = "") {
  if (!element.isConnected) return;
  let known = etag;
  if (document.visibilityState === "visible") {
    const address = new URL(element.dataset.pushPoll, window.location.href);
    address.searchParams.set("token", element.dataset.pushToken);
    address.searchParams.set("since", element.dataset.pushSince);
    try {
      const answer = await fetch(address, { headers: known ? { "If-None-Match": known } : {} });
      if (answer.status === 403) return;
      if (answer.status === 200) {
        known = answer.headers.get("ETag") ?? "";
        const { events, last } = await answer.json();
        element.dataset.pushSince = String(last);
        events.forEach((event) => tell(element, event));
      }
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // A TypeError means: no network just now.
    }
  }
  window.setTimeout(poll, POLL_MS, element, known);
}

export function start(root = document) {
  root.querySelectorAll("[data-push-token]:not([data-push-started])").forEach((element) => {
    element.dataset.pushStarted = "";
    listen(element);
  });
}

start();
document.addEventListener("htmx:load", (event) => start(event.target.parentElement ?? document));
