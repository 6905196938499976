// A board of a method: cards are kept in the browser until they have arrived, and the page follows the others.
// What somebody types is never taken from under their fingers; when the step goes on it is sent along.

import { unsentIn } from "./unsent.js";

const page = document.getElementById("method-page");
const hears = document.getElementById("method-hears");
const unsent = unsentIn("filiera-unsent-cards");
const RETRY_MS = 4_000;
// A request that was on its way when the net went may never be answered, nor refused.
const PATIENCE_MS = 8_000;

let waiting = 0;
let isAsking = false;
let isBehind = false;
let isSending = false;

const now = () => document.getElementById("method-now");
const csrf = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
const begun = (field) => field.value.trim() !== (field.dataset.begins ?? "").trim() && field.value.trim() !== "";

function freshKey() {
  // Not randomUUID: in a hall's own network a page may come without a certificate, and then there is none.
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function say(words) {
  document.getElementById("method-said").textContent = words;
}

function refuse(words) {
  const place = document.getElementById("method-refusal");
  if (!place) return;
  place.replaceChildren();
  if (!words) return;
  const notice = document.createElement("div");
  notice.className = "notice warn";
  notice.append(Object.assign(document.createElement("p"), { textContent: words }));
  place.append(notice);
}

// The page follows

async function ask() {
  if (isAsking) {
    isBehind = true;
    return;
  }
  isAsking = true;
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const headers = { "HX-Request": "true", "Filiera-Unasked": "true" };
    const answer = await fetch(window.location.pathname, { headers, signal });
    if (answer.ok) await take(await answer.text());
  } catch (error) {
    // No network just now, or too slow: the next news or the next try brings it.
    if (!(error instanceof TypeError) && error.name !== "TimeoutError") throw error;
  } finally {
    isAsking = false;
    if (isBehind) {
      isBehind = false;
      askSoon();
    }
  }
}

// A table of phones hears at once; each waits a moment of its own before it asks.
function askSoon() {
  waiting ||= window.setTimeout(() => { waiting = 0; ask(); }, Math.random() * Number(now()?.dataset.spread ?? 0));
}

async function take(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("method-now");
  const old = now();
  if (!fresh || !old) return;
  if (fresh.dataset.step !== old.dataset.step) {
    const isOn = fresh.dataset.step.split(".").slice(0, 2).join(".") !== old.dataset.step.split(".").slice(0, 2).join(".");
    const took = isOn ? await keepBegun(old) : 0;
    old.replaceWith(document.importNode(fresh, true));
    if (isOn) {
      say(`${page.dataset.moved} ${fresh.dataset.title}${took ? ` ${page.dataset.tookAlong}` : ""}`);
      if (took) tellTaken();
      window.scrollTo({ top: 0 });
    }
    document.dispatchEvent(new Event("filiera:clocks"));
    await showUnsent();
    return;
  }
  for (const part of fresh.querySelectorAll("[data-live]")) {
    const place = document.getElementById(part.id);
    if (place && place.innerHTML !== part.innerHTML) swap(place, document.importNode(part, true));
  }
  followLimit();
  document.dispatchEvent(new Event("filiera:clocks"));
}

// What is open, typed or focused in a part that changes stays so.
function swap(place, part) {
  const typed = [...place.querySelectorAll("textarea[id], input[id]")].map((field) => [field.id, field.value]);
  const opened = [...place.querySelectorAll("details[open][id]")].map((each) => each.id);
  const active = place.contains(document.activeElement) ? document.activeElement : null;
  const selection = active?.matches("textarea, input:not([type=hidden])") ? [active.selectionStart, active.selectionEnd] : null;
  place.replaceWith(part);
  for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
  for (const [id, value] of typed) {
    const field = document.getElementById(id);
    if (field && part.contains(field)) field.value = value;
  }
  if (!active?.id) return;
  const again = document.getElementById(active.id);
  again?.focus({ preventScroll: true });
  if (again && selection && again.matches("textarea, input")) again.setSelectionRange(...selection);
}

// Cards are sent, once

function recordOf(form, submitter) {
  const data = new FormData(form, submitter);
  return {
    key: freshKey(),
    person: page.dataset.person,
    board: page.dataset.board,
    address: page.dataset.cards,
    step: data.get("step"),
    turn: data.get("turn") ?? "1",
    area: data.get("area") ?? "",
    parent: data.get("parent") ?? "",
    text: data.get("text").trim(),
    kept: Date.now(),
  };
}

// The newest state, also where the browser stores nothing.
const here = new Map();

async function keep(record) {
  here.set(record.key, record);
  try {
    await unsent.keep(record);
  } catch {
    // A browser that stores nothing still sends what is typed, while its page is open.
  }
}

async function forget(record) {
  here.delete(record.key);
  await unsent.forget(record.key).catch(() => {});
}

async function keepBegun(within) {
  let took = 0;
  for (const form of within.querySelectorAll("form[data-compose]")) {
    const field = form.querySelector("textarea");
    if (!begun(field)) continue;
    await keep(recordOf(form));
    took += 1;
  }
  if (took) sendAll();
  return took;
}

async function post(record) {
  const body = new URLSearchParams({ csrfmiddlewaretoken: csrf(), client_key: record.key, step: record.step, turn: record.turn, area: record.area, parent: record.parent, text: record.text });
  const headers = { "HX-Request": "true", "X-CSRFToken": csrf() };
  return fetch(record.address, { method: "POST", body, headers, signal: AbortSignal.timeout(PATIENCE_MS) });
}

async function sendAll() {
  if (isSending) return;
  isSending = true;
  try {
    const records = [...here.values()].filter((record) => !record.refusal);
    for (const record of records.sort((one, other) => one.kept - other.kept)) {
      const answer = await post(record);
      if (answer.ok) {
        const html = await answer.text();
        await forget(record);
        if (record.board === page.dataset.board) await take(html);
      } else if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) {
        const said = await answer.json().catch(() => ({}));
        record.refusal = said.message ?? page.dataset.refused;
        await unsent.forget(record.key).catch(() => {});
      } else {
        throw new TypeError(`answered ${answer.status}`);
      }
      await showUnsent();
    }
  } catch (error) {
    if (!(error instanceof TypeError) && error.name !== "TimeoutError") throw error;
  } finally {
    isSending = false;
    await showUnsent(true);
  }
}

async function showUnsent(isWaiting = false) {
  const list = document.getElementById("method-unsent");
  if (!list) return;
  const records = [...here.values()].filter((record) => record.board === page.dataset.board);
  list.hidden = records.length === 0;
  list.replaceChildren(...records.map((record) => {
    const item = document.createElement("li");
    item.className = "method-card is-waiting";
    item.append(Object.assign(document.createElement("p"), { textContent: record.text }));
    const state = record.refusal ?? (isWaiting || !navigator.onLine ? page.dataset.waiting : page.dataset.sending);
    item.append(Object.assign(document.createElement("small"), { textContent: state }));
    if (record.refusal) {
      const away = Object.assign(document.createElement("button"), { type: "button", className: "link", textContent: page.dataset.dismiss });
      away.addEventListener("click", () => { here.delete(record.key); showUnsent(); });
      item.append(away);
    }
    return item;
  }));
  followLimit();
}

function tellTaken() {
  const place = document.getElementById("method-refusal");
  if (!place) return;
  const notice = document.createElement("div");
  notice.className = "notice";
  notice.append(Object.assign(document.createElement("p"), { textContent: page.dataset.tookAlong }));
  place.replaceChildren(notice);
}

// Whoever has written all their cards sees so before they type another.
function followLimit() {
  const left = document.getElementById("method-left");
  if (!left) return;
  const step = now().dataset.step;
  const onTheWay = [...here.values()].filter((record) => !record.refusal && record.board === page.dataset.board && step.startsWith(`${record.step}.${record.turn}.`)).length;
  const isFull = Number(left.dataset.count) - onTheWay <= 0;
  for (const form of document.querySelectorAll("form[data-compose]")) {
    form.classList.toggle("is-full", isFull);
    form.querySelector("button").disabled = isFull;
  }
}

async function compose(form, submitter) {
  const field = form.querySelector("textarea");
  if (!begun(field)) {
    field.focus();
    return;
  }
  const record = recordOf(form, submitter);
  field.value = field.dataset.begins ?? "";
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
  refuse("");
  await keep(record);
  await showUnsent();
  sendAll();
}

// Everything else is done at once or not at all

async function act(form, submitter) {
  if (submitter?.getAttribute("aria-disabled") === "true") return;
  const body = new URLSearchParams(new FormData(form, submitter));
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true", "X-CSRFToken": csrf() }, signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.ok) {
      refuse("");
      form.closest("details")?.removeAttribute("open");
      if (!form.matches("[data-auto]")) form.reset();
      await take(await answer.text());
      return;
    }
    const said = await answer.json().catch(() => ({}));
    refuse(said.message ?? page.dataset.refused);
    askSoon();
  } catch (error) {
    if (!(error instanceof TypeError) && error.name !== "TimeoutError") throw error;
    refuse(page.dataset.offline);
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-compose]")) {
    event.preventDefault();
    compose(form, event.submitter);
  } else if (form.matches("#method-page [data-act]")) {
    event.preventDefault();
    act(form, event.submitter);
  }
});

document.addEventListener("change", (event) => {
  const form = event.target.closest?.("form[data-auto]");
  if (!form) return;
  const groups = new Set([...form.querySelectorAll("input[type=radio]")].map((each) => each.name));
  if ([...groups].every((name) => form.querySelector(`input[name="${name}"]:checked`))) form.requestSubmit();
});

// A card is finished with Enter as a note is; a line break takes Shift.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  const form = event.target.closest?.("form[data-compose]");
  if (!form || event.target.tagName !== "TEXTAREA") return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("button"));
});

async function start() {
  for (const record of await unsent.all().catch(() => [])) {
    if (record.person === page.dataset.person) here.set(record.key, record);
  }
  await showUnsent();
  if (here.size) sendAll();
}

hears.addEventListener("filiera:push", askSoon);
window.addEventListener("online", () => { sendAll(); askSoon(); });
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") { sendAll(); askSoon(); } });
window.setInterval(() => {
  if ([...here.values()].some((record) => !record.refusal)) sendAll();
}, RETRY_MS);
start();
