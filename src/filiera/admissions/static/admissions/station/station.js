// A helper's station: scan, type or search; the answer at once, the server when there is network.
import { Camera } from "./camera.js";
import { openStore } from "./store.js";

const EVERY_MS = 15_000;
const PATIENCE_MS = 8_000;
const BATCH = 100;

const told = JSON.parse(document.getElementById("station-told").textContent);
const words = JSON.parse(document.getElementById("station-words").textContent);
const part = (id) => document.getElementById(id);
const clock = new Intl.DateTimeFormat(document.documentElement.lang, {
  hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: told.zone,
});

const state = {
  // Server's time minus the device's, measured whenever the server answers.
  offset: told.now - Date.now(),
  list: null,
  present: new Map(),
  expected: 0,
  byMark: new Map(),
  byKey: new Map(),
  isOnline: navigator.onLine,
  isOver: false,
  last: null,
};
let store;
let sending = null;

const said = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
const now = () => Date.now() + state.offset;
const timeOf = (moment) => clock.format(new Date(moment));
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/ł/gi, "l").replace(/ø/gi, "o").toLowerCase();

// Codes

function normalised(code) {
  return code.trim().toUpperCase().replace(/^FILIERA:/, "").replace(/[^0-9A-Z]/g, "");
}

async function markOf(code) {
  // Only where the connection is safe; elsewhere the server looks every code up.
  if (!crypto.subtle) return null;
  const bytes = new TextEncoder().encode(`${told.token}:${code}`);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("").slice(0, 32);
}

function freshId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

// Scanning

async function scanCode(text) {
  const code = normalised(text);
  if (!code) return;
  const mark = await markOf(code);
  const person = state.byMark.get(mark);
  if (person) { await record({ code, person: person.key }, person); return; }
  if (mark && state.list?.given_back.includes(mark)) { show("refused", { sentence: words.given_back }); return; }
  if (mark && state.list?.revoked.includes(mark)) { show("refused", { sentence: words.revoked }); return; }
  await record({ code }, null);
}

async function record(what, person) {
  const scan = { id: freshId(), at: Date.now(), offset: state.offset, ...what };
  const since = person ? state.present.get(person.key) : null;
  await store.keepScan(scan);
  state.last = { id: scan.id, person };
  if (since) show("again", { ...person, clock: timeOf(since.at), where: since.isOwn ? told.station : "" });
  else if (person) { show("in", { ...person, clock: timeOf(now()) }, scan.id); letIn(person.key, now()); }
  else show("asking", { sentence: words.asking });
  await send();
  if (!person && !state.isOnline) show("kept", { sentence: words.kept });
}

function letIn(key, at) {
  state.present.set(key, { at, isOwn: true });
  drawCounts();
  drawFound();
}

async function takeBack(id, key) {
  const waits = (await store.waiting()).some((scan) => scan.id === id && !scan.undo);
  if (waits) {
    await store.dropScan(id);
  } else {
    await store.keepScan({ id, key, at: Date.now(), offset: state.offset, undo: true });
  }
  state.present.delete(key);
  part("station-answer").focus({ preventScroll: true });
  show("undone", { ...(state.byKey.get(key) ?? {}), sentence: words.undone });
  drawCounts();
  drawFound();
  await send();
}

// The server

async function ask(path, body) {
  const started = Date.now();
  const answer = await fetch(path, {
    method: body ? "POST" : "GET",
    body: body && JSON.stringify(body),
    headers: body ? { "Content-Type": "application/json" } : {},
    signal: AbortSignal.timeout ? AbortSignal.timeout(PATIENCE_MS) : undefined,
  });
  if (answer.status === 404 || answer.status === 410) { await end(); return null; }
  if (!answer.ok) throw new TypeError(`the server says ${answer.status}`);
  const read = await answer.json();
  // The answer was written half a journey ago.
  state.offset = read.now - (started + Date.now()) / 2;
  return read;
}

async function send() {
  if (sending) { await sending; }
  sending = sendAll();
  try { await sending; } finally { sending = null; }
}

async function sendAll() {
  try {
    for (;;) {
      const batch = (await store.waiting()).slice(0, BATCH);
      const read = await ask("scans/", {
        now: Date.now(), scans: batch.map(({ id, at, offset, code, person, undo }) => ({ id, at, offset, code, person, undo })),
      });
      if (!read) return;
      const settledNow = await settle(read.answers);
      if (read.present) await takePresent(read);
      if (!read.is_open) await end();
      if (batch.length < BATCH || !settledNow) break;
    }
    setOnline(true);
  } catch (error) {
    if (!(error instanceof TypeError) && !["TimeoutError", "AbortError"].includes(error.name)) throw error;
    setOnline(false);
  }
  await drawNetwork();
}

async function settle(answers) {
  let isSettled = false;
  for (const answer of answers) {
    if (answer.outcome !== "wait") { await store.dropScan(answer.id); isSettled = true; }
    if (answer.outcome === "refused") await noteRefused(answer);
    if (answer.id === state.last?.id) showAnswer(answer);
  }
  return isSettled;
}

function showAnswer(answer) {
  if (answer.outcome === "wait") { show("kept", answer); return; }
  if (answer.outcome === "again" && state.last.person && !answer.where) return;
  show(answer.outcome, answer, answer.outcome === "in" ? answer.id : "");
}

// A scan that the device had let in and the server refuses, perhaps hours later, is told and stays on the page.
async function noteRefused(answer) {
  if (answer.key) state.present.delete(answer.key);
  if (answer.id === state.last?.id) return;
  const line = document.createElement("li");
  line.textContent = [answer.name, answer.sentence].filter(Boolean).join(": ");
  part("station-refused").append(line);
  part("station-refused-box").hidden = false;
}

async function takePresent(read) {
  state.expected = read.expected;
  state.present = new Map(read.present.map(([key, at, isOwn]) => [key, { at, isOwn }]));
  for (const scan of await store.waiting()) {
    if (scan.undo) state.present.delete(scan.key);
    else if (scan.person && !state.present.has(scan.person)) {
      state.present.set(scan.person, { at: scan.at + scan.offset, isOwn: true });
    }
  }
  if (state.list) {
    Object.assign(state.list, { present: read.present, expected: read.expected });
    await store.keepList(state.list);
  }
  drawCounts();
  drawFound();
}

async function fetchList() {
  try {
    const read = await ask("people.json");
    if (!read) return;
    await useList({ ...read, until: told.until });
    await takePresent(read);
    setOnline(true);
  } catch (error) {
    if (!(error instanceof TypeError) && !["TimeoutError", "AbortError"].includes(error.name)) throw error;
    setOnline(false);
    const kept = await store.list();
    if (kept && !state.list) { await useList(kept); await takePresent(kept); }
  }
}

async function useList(list) {
  state.list = list;
  list.people.forEach((person) => { person.sought = plain(`${person.name} ${person.organisation}`).split(/\s+/); });
  state.byMark = new Map(list.people.map((person) => [person.mark, person]));
  state.byKey = new Map(list.people.map((person) => [person.key, person]));
}

// The link has ended: the list goes; scans stay until the server has taken them.
async function end() {
  if (state.isOver) return;
  state.isOver = true;
  state.list = null;
  state.byMark.clear();
  state.byKey.clear();
  state.present.clear();
  await store.forgetList();
  camera.stop();
  navigator.serviceWorker?.controller?.postMessage({ forget: window.location.origin + window.location.pathname });
  part("station-work").hidden = true;
  part("station-over").hidden = false;
  await drawNetwork();
}

// Drawing

const TONES = { in: "ok", again: "warn", kept: "warn", asking: "calm", undone: "calm", refused: "bad" };
const SOUNDS = { in: [880], again: [440, 440], kept: [440], refused: [220, 220, 220] };
const SHAKES = { in: [60], again: [60, 80, 60], kept: [60, 80, 60], refused: [250, 100, 250] };

function show(outcome, answer, undoId = "") {
  const box = part("station-answer");
  box.className = `station-answer is-${TONES[outcome]}`;
  box.dataset.outcome = outcome;
  box.querySelectorAll("[data-icon]").forEach((icon) => { icon.hidden = icon.dataset.icon !== outcome; });
  part("answer-head").textContent = words.heads[outcome];
  part("answer-name").textContent = answer.name ?? "";
  part("answer-organisation").textContent = answer.organisation ?? "";
  part("answer-detail").textContent = answer.sentence || detailOf(outcome, answer);
  const undo = part("answer-undo");
  undo.hidden = !undoId;
  undo.dataset.scan = undoId;
  undo.dataset.key = answer.key ?? "";
  navigator.vibrate?.(SHAKES[outcome] ?? []);
  if (part("station-sound").checked) beep(SOUNDS[outcome] ?? []);
}

function detailOf(outcome, answer) {
  if (outcome === "again") return said(answer.where ? words.since_where : words.since, answer);
  if (outcome === "in") return said(words.at, answer);
  return "";
}

let audio = null;
function beep(tones) {
  audio ??= new AudioContext();
  tones.forEach((tone, index) => {
    const voice = audio.createOscillator();
    const volume = audio.createGain();
    volume.gain.value = 0.15;
    voice.frequency.value = tone;
    voice.connect(volume).connect(audio.destination);
    voice.start(audio.currentTime + index * 0.18);
    voice.stop(audio.currentTime + index * 0.18 + 0.12);
  });
}

function drawCounts() {
  part("station-in").textContent = String(state.present.size);
  part("station-expected").textContent = String(state.expected);
  const bar = part("station-bar");
  bar.max = Math.max(state.expected, state.present.size, 1);
  bar.value = state.present.size;
}

function setOnline(isOnline) { state.isOnline = isOnline; }

async function drawNetwork() {
  const waiting = (await store.waiting()).length;
  const line = part("station-network");
  line.dataset.state = state.isOnline ? "online" : "offline";
  line.dataset.waiting = String(waiting);
  part("network-words").textContent = state.isOnline
    ? (waiting ? said(words.sending, { count: waiting }) : words.online)
    : said([words.offline_none, words.offline_one][waiting] ?? words.offline, { count: waiting });
}

const found = part("station-found");
const row = part("station-row");

function drawFound() {
  const asked = plain(part("station-search").value).split(/\s+/).filter(Boolean);
  const people = (state.list?.people ?? []).filter(
    (person) => asked.every((wanted) => person.sought.some((word) => word.startsWith(wanted))),
  );
  const shown = asked.length || part("station-all").open ? people : [];
  found.replaceChildren(...shown.map(drawPerson));
  part("station-none").hidden = !(asked.length && people.length === 0);
}

function drawPerson(person) {
  const line = row.content.firstElementChild.cloneNode(true);
  const since = state.present.get(person.key);
  line.querySelector("[data-name]").textContent = person.name;
  line.querySelector("[data-organisation]").textContent = person.organisation;
  const button = line.querySelector("button");
  const is_in = line.querySelector("[data-since]");
  button.hidden = Boolean(since);
  is_in.hidden = !since;
  if (since) is_in.querySelector("span").textContent = said(words.in_since, { clock: timeOf(since.at) });
  button.append(Object.assign(document.createElement("span"), { className: "unseen", textContent: ` ${person.name}` }));
  button.addEventListener("click", async () => {
    // The button leaves with its line; the answer is what comes next.
    part("station-answer").focus({ preventScroll: true });
    await record({ person: person.key }, person);
    part("station-answer").scrollIntoView({ block: "nearest" });
  });
  return line;
}

// The page

const camera = new Camera({
  video: part("station-video"),
  jsqr: told.jsqr,
  onCode: (code) => { scanCode(code); },
  onLost: () => drawCamera(words.camera_lost),
});

function drawCamera(sentence = "") {
  part("station-camera").hidden = !camera.isOn;
  part("camera-start").hidden = camera.isOn;
  part("camera-stop").hidden = !camera.isOn;
  part("camera-says").textContent = sentence;
  part("camera-says").hidden = !sentence;
}

async function startCamera() {
  try {
    if (!navigator.mediaDevices) throw new DOMException("", "NotSupportedError");
    await camera.start();
    drawCamera();
  } catch (error) {
    camera.stop();
    drawCamera(error.name === "NotAllowedError" ? words.camera_refused : words.camera_missing);
  }
}

function wire() {
  part("station-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const field = event.target.elements.code;
    const code = field.value;
    field.value = "";
    field.focus();
    scanCode(code);
  });
  part("station-search-form").addEventListener("submit", (event) => { event.preventDefault(); drawFound(); });
  part("station-search").addEventListener("input", drawFound);
  part("station-all").addEventListener("toggle", drawFound);
  part("answer-undo").addEventListener("click", ({ currentTarget }) => {
    takeBack(currentTarget.dataset.scan, Number(currentTarget.dataset.key));
  });
  part("camera-start").addEventListener("click", startCamera);
  part("camera-stop").addEventListener("click", () => { camera.stop(); drawCamera(); });
  // A scanner types wherever the focus is; what nobody else takes is a code.
  document.addEventListener("keydown", (event) => {
    const isLetter = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (isLetter && document.activeElement === document.body) part("id_code").focus();
  });
  if (matchMedia("(pointer: fine)").matches) part("id_code").focus();
  window.addEventListener("online", () => { send(); });
  window.addEventListener("offline", () => { setOnline(false); drawNetwork(); });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") send(); });
  window.addEventListener("beforeunload", () => camera.stop());
}

async function keepForLater() {
  if (!navigator.serviceWorker) { part("station-no-worker").hidden = false; return; }
  await navigator.serviceWorker.register("/station/worker.js", { scope: "/station/" });
  const ready = await navigator.serviceWorker.ready;
  const parts = performance.getEntriesByType("resource").map((entry) => entry.name.split("#")[0])
    .filter((name) => name.startsWith(window.location.origin) && !name.includes("/station/"));
  const here = window.location.origin + window.location.pathname;
  ready.active.postMessage({ keep: [...new Set([here, ...parts, ...told.keep.map((path) => new URL(path, here).href)])] });
}

function turn() {
  if (now() >= told.until) end();
  send();
}

async function start() {
  document.documentElement.classList.add("has-station");
  store = await openStore(told.token);
  await store.forgetEnded(now());
  wire();
  await keepForLater().catch(() => { part("station-no-worker").hidden = false; });
  await fetchList();
  await send();
  setInterval(turn, EVERY_MS);
  // Somebody may be confirmed, or a badge renewed, while the station stands.
  setInterval(fetchList, 10 * EVERY_MS);
  document.documentElement.dataset.stationReady = "";
}

start();
