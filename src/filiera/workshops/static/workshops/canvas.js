// The canvas follows what others choose, add and remove; fields in which somebody writes stay as they are.

import { bindAll } from "./shared_texts.js";

const list = document.getElementById("measures");

async function fragmentOf(address, { headers, ...wishes }) {
  const answer = await fetch(address, { ...wishes, headers: { "HX-Request": "true", ...headers } });
  if (!answer.ok) throw new TypeError(`answered ${answer.status}`);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.getElementById("toasts").append(...fresh.querySelectorAll("#toasts > *"));
  return fresh;
}

const isWrittenIn = (card) => card.contains(document.activeElement?.closest("input, select, textarea"));

// Cards that others added come in, those they removed go; the rest, and where somebody writes, is not touched.
function merge(fresh) {
  const cards = [...fresh.querySelectorAll("[data-measure]")];
  const kept = new Set(cards.map((card) => card.dataset.measure));
  for (const card of [...list.children]) {
    if (kept.has(card.dataset.measure) || isWrittenIn(card)) continue;
    const hadFocus = card.contains(document.activeElement);
    card.remove();
    // Who is there by keyboard goes on from where the next one is added.
    if (hadFocus) document.querySelector("[data-adds] button")?.focus();
  }
  cards.forEach((card, place) => {
    if (document.getElementById(card.id)) return;
    const shown = document.importNode(card, true);
    list.insertBefore(shown, list.children[place] ?? null);
    window.htmx.process(shown);
  });
  bindAll(list);
}

// What others chose is shown, except where the cursor stands.
function takeValues(own, other) {
  for (const control of other.querySelectorAll("input, select")) {
    const shown = own.querySelector(`[name="${control.name}"]`);
    if (!shown || shown === document.activeElement) continue;
    if (control.type === "checkbox") shown.checked = control.checked;
    else shown.value = control.value;
  }
}

function takeChoices(fresh, key) {
  const card = document.getElementById(`measure-${key}`);
  const other = fresh.getElementById(`measure-${key}`);
  if (!card || !other) return;
  takeValues(card.querySelector(".measure-choices"), other.querySelector(".measure-choices"));
  const said = other.querySelector(".measure-said");
  if (said) card.querySelector(".measure-said").replaceWith(document.importNode(said, true));
}

function takeHead(fresh) {
  const [own, other] = [document, fresh].map((page) => page.getElementById("plan-choices"));
  takeValues(own, other);
  document.querySelector("h1").textContent = other.querySelector("[name=title]").value;
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-reload]")) {
    if (form.matches("[data-autosave]")) event.preventDefault();
    return;
  }
  event.preventDefault();
  const before = new Set([...list.children].map((card) => card.id));
  try {
    merge(await fragmentOf(form.action, { method: "POST", body: new FormData(form) }));
    // Push may have brought the new card before the answer did.
    const added = [...list.children].filter((card) => !before.has(card.id));
    if (form.hasAttribute("data-adds")) added.at(-1)?.querySelector("textarea")?.focus();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    form.submit(); // The server says why, on a page of its own.
  }
});

// Answers may overtake each other: what was asked for later is not put back to how it was before.
let asked = 0;
const shownAsOf = new Map();

function isNewest(part, turn) {
  if ((shownAsOf.get(part) ?? 0) > turn) return false;
  shownAsOf.set(part, turn);
  return true;
}

document.addEventListener("filiera:push", async (event) => {
  const { what, key } = event.detail?.data ?? {};
  if (what !== "plan" && what !== "measures" && what !== "measure") return;
  asked += 1;
  const turn = asked;
  try {
    const fresh = await fragmentOf(window.location.pathname, { headers: { "Filiera-Unasked": "true" } });
    if (isNewest("measures", turn)) merge(fresh);
    if (what === "plan" && isNewest("plan", turn)) takeHead(fresh);
    if (what === "measure" && isNewest(key, turn)) takeChoices(fresh, key);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // A TypeError means: no network just now.
  }
});

document.documentElement.classList.add("has-canvas");
