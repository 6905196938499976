// Fields that several write in at once: each textarea with data-shared-text has a session of its own.
// The page's root names where texts are found, whose page it is, and the words for what happens.

import { lengthOf, movedPlace } from "./operations.js";
import { Refused, TextSession } from "./text_session.js";
import { allUnsent, forgetUnsent, keepUnsent } from "./unsent.js";

const HERE_MS = 20_000;
// Who writes where is told calmly: a cursor moves between fields faster than anybody needs to know.
const CALM_MS = 1_500;
const GONE = 404;
// A request that was on its way when the net went may never be answered, nor refused.
const PATIENCE_MS = 8_000;
const UNWELCOME = /[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]/g;
const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const root = document.querySelector("[data-shared-texts]");
// Not randomUUID: in a hall's own network a page may come without a certificate, and then there is none.
const client = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const sessions = new Map();
let writingIn = "";
let announcing = 0;

const addressOf = (key) => `${root.dataset.sharedTexts}${key}/`;
const csrf = () => document.querySelector("[name=csrfmiddlewaretoken]").value;

const patience = () => AbortSignal.timeout(PATIENCE_MS);

async function answered(request) {
  const answer = await request;
  // An answer that says no is final; a server that is away is asked again.
  if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) {
    const said = await answer.json().catch(() => ({}));
    throw new Refused(said.message ?? root.dataset.refused, { cause: answer.status });
  }
  if (!answer.ok) throw new TypeError(`answered ${answer.status}`);
  return (await answer.json()).operations;
}

function transportOf(key) {
  return {
    send: (message) => {
      const body = JSON.stringify(message);
      const headers = { "Content-Type": "application/json", "X-CSRFToken": csrf() };
      // A page that closes still delivers; browsers do so for small messages only.
      const wishes = { method: "POST", headers, body, keepalive: body.length < 20_000, signal: patience() };
      return answered(fetch(addressOf(key), wishes));
    },
    pull: (since) => answered(fetch(`${addressOf(key)}?since=${since}`, { signal: patience() })),
  };
}

function clean(value) {
  return value.replace(/\r\n?/g, "\n").replace(UNWELCOME, "").replace(LONE, "");
}

// One write at a time, always of the latest state: a page that closes has little left to store.
function keeperOf(key, owner) {
  const stored = `${root.dataset.person} ${owner} ${key}`;
  let latest = null;
  let done = null;
  let isBusy = false;

  async function store() {
    isBusy = true;
    try {
      while (latest !== done) {
        done = latest;
        if (done) await keepUnsent({ key: stored, text: key, person: root.dataset.person, ...done });
        else await forgetUnsent(stored);
      }
    } catch {
      // A browser that stores nothing still sends what is typed, while its page is open.
    } finally {
      isBusy = false;
    }
  }

  return (record) => {
    latest = record;
    if (!isBusy) store();
  };
}

// The cursor stays where it was among the words, whatever others write before it.
function show(field, text, operation) {
  const placed = (unit) => movedPlace(lengthOf(field.value.slice(0, unit)), operation);
  const units = (point) => [...text].slice(0, point).join("").length;
  const isFocused = document.activeElement === field;
  const [start, end] = [placed(field.selectionStart), placed(field.selectionEnd)];
  const scroll = field.scrollTop;
  field.value = text;
  field.defaultValue = text;
  if (isFocused) field.setSelectionRange(units(start), units(end), field.selectionDirection);
  field.scrollTop = scroll;
}

function tellState() {
  const told = [...sessions.values()].map((session) => session.told ?? "saved");
  const state = ["refused", "offline", "saving"].find((each) => told.includes(each)) ?? "saved";
  document.querySelectorAll("[data-writing-state]").forEach((element) => {
    element.dataset.writingState = state;
    const words = root.dataset[state];
    if (element.textContent !== words) element.textContent = words;
  });
}

function bind(field) {
  const key = field.dataset.sharedText;
  const session = new TextSession({
    client,
    text: field.defaultValue,
    revision: Number(field.dataset.revision),
    ...transportOf(key),
    kept: keeperOf(key, client),
    changed: (text, operation) => show(field, text, operation),
    stated: (state, refusal) => {
      session.told = state;
      if (state === "refused") field.setCustomValidity(refusal || root.dataset.refused);
      tellState();
    },
  });
  session.field = field;
  sessions.set(key, session);
  field.addEventListener("input", (event) => {
    if (event.isComposing) return;
    read(session);
  });
  field.addEventListener("compositionstart", () => session.hold());
  field.addEventListener("compositionend", () => {
    read(session);
    session.release();
  });
  field.addEventListener("focus", () => { writingIn = key; announceSoon(); });
  field.addEventListener("blur", () => { if (writingIn === key) { writingIn = ""; announceSoon(); } });
  // The form would send the text a second time; here every stroke is sent already.
  field.form?.querySelector(`[name="revision_${field.name}"]`)?.remove();
  if (field.value !== field.defaultValue) read(session); // Typed before this module was there.
  session.catchUp();
}

function read(session) {
  const { field } = session;
  const text = clean(field.value);
  if (text !== field.value) {
    const place = field.selectionStart - (field.value.length - text.length);
    field.value = text;
    field.setSelectionRange(place, place);
  }
  session.type(text);
}

export function bindAll(within = document) {
  within.querySelectorAll("textarea[data-shared-text]:not([data-is-shared])").forEach((field) => {
    field.dataset.isShared = "";
    bind(field);
  });
  for (const [key, session] of sessions) if (!session.field.isConnected && session.isSaved) sessions.delete(key);
}

export function catchUpAll() {
  for (const session of sessions.values()) {
    session.catchUp();
    session.flush();
  }
}

function announceSoon() {
  announcing ||= window.setTimeout(() => { announcing = 0; announce(); }, CALM_MS);
}

async function announce() {
  const body = new URLSearchParams({ client, writes_in: writingIn, csrfmiddlewaretoken: csrf() });
  try {
    const answer = await fetch(`${addressOf(root.dataset.page)}writers/`, { method: "POST", body });
    if (answer.ok) showWriters((await answer.json()).writers);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // A TypeError means: no network just now.
  }
}

function showWriters(writers) {
  const names = [...new Set(writers.map((writer) => writer.name))];
  const list = document.querySelector("[data-writers]");
  if (list) {
    list.textContent = names.length ? root.dataset.here.replace("NAMES", names.join(", ")) : root.dataset.alone;
  }
  for (const [key, { field }] of sessions) {
    const there = [...new Set(writers.filter((writer) => writer.place === key).map((writer) => writer.name))];
    const said = document.getElementById(`${field.id}-writers`);
    if (said) said.textContent = there.length ? root.dataset.writing.replace("NAMES", there.join(", ")) : "";
  }
}

// What another page of this person left unsent is sent from here, unless that page is still open.
async function sendWhatWasLeft() {
  for (const record of await allUnsent()) {
    if (record.person !== root.dataset.person || record.client === client) continue;
    navigator.locks.request(`filiera-page ${record.client}`, { ifAvailable: true }, async (lock) => {
      if (!lock) return;
      await sendLeft(record);
    });
  }
}

function sendLeft(record) {
  return new Promise((resolve) => {
    const session = new TextSession({
      ...record,
      text: null,
      ...transportOf(record.text),
      kept: keeperOf(record.text, record.client),
      stated: (state, refusal, status) => {
        if (state === "saved" || status === GONE) forgetUnsent(record.key).catch(() => {});
        if (state === "saved" || state === "refused") resolve();
      },
    });
    session.catchUp();
    session.flush();
  });
}

function start() {
  navigator.locks?.request(`filiera-page ${client}`, () => new Promise(() => {}));
  bindAll();
  tellState();
  announce();
  if (navigator.locks) sendWhatWasLeft().catch(() => {});
  window.setInterval(announce, HERE_MS);
  window.addEventListener("online", catchUpAll);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") catchUpAll(); });
  window.addEventListener("pagehide", () => { for (const session of sessions.values()) session.flush(); });
  document.addEventListener("filiera:push", (event) => {
    const data = event.detail?.data ?? {};
    if (data.what === "text") {
      const session = sessions.get(data.text);
      if (session && data.revision > session.revision) session.catchUp();
    } else if (data.what === "writers") {
      announceSoon();
    }
  });
}

if (root) start();
