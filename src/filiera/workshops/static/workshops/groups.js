// The board of groups: people are lifted with the mouse or the keyboard and put into another group.
// "Move to…" behind each name does the same without script; the server decides in both cases.

const says = () => document.getElementById("group-says");
const cards = () => [...document.querySelectorAll("#board [data-group]")];
const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
let lifted = null;
let over = null;
let focusAfter = "";
let boardWaits = false;

function say(name, values) {
  says().textContent = fill(says().dataset[name], values);
}

function mark(target) {
  document.querySelectorAll("#board .is-target").forEach((element) => element.classList.remove("is-target"));
  target?.classList.add("is-target");
  over = target;
}

function lift(person) {
  if (!document.querySelector("#board[data-movable]")) return;
  lifted = person;
  person.classList.add("is-dragged");
}

function letGo() {
  lifted?.classList.remove("is-dragged");
  lifted = null;
  mark(null);
  if (boardWaits) {
    boardWaits = false;
    window.htmx.trigger(document.body, "filiera:draft");
  }
}

function putDown() {
  const card = over?.closest("[data-group]");
  const person = lifted;
  if (!card || card === person.closest("[data-group]")) {
    say("left", { name: person.dataset.name });
    letGo();
    return;
  }
  const other = over.dataset.person && person.closest("[data-group]") ? over.dataset.person : "";
  const token = document.querySelector("#group-moves [name='csrfmiddlewaretoken']").value;
  const values = { csrfmiddlewaretoken: token, group: card.dataset.group };
  if (other) values.with = other;
  say("put", { name: person.dataset.name, group: card.dataset.title });
  focusAfter = `seat-${person.dataset.person}`;
  letGo();
  window.htmx.ajax("POST", person.dataset.move, { source: "#group-moves", swap: "none", values });
}

document.addEventListener("dragstart", (event) => {
  const person = event.target.closest?.("#board [data-person]");
  if (!person) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", person.dataset.name);
  lift(person);
});

document.addEventListener("dragover", (event) => {
  if (!lifted) return;
  const card = event.target.closest?.("#board [data-group]");
  if (!card) { mark(null); return; }
  event.preventDefault();
  const person = event.target.closest("[data-person]");
  mark(person && person !== lifted && card !== lifted.closest("[data-group]") ? person : card);
});

document.addEventListener("drop", (event) => {
  if (!lifted) return;
  event.preventDefault();
  putDown();
});

document.addEventListener("dragend", () => { if (lifted) letGo(); });

// Keyboard: "m" lifts whoever has the focus; arrows choose a group, Enter puts down, Escape leaves.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (!lifted) {
    const person = event.target.closest?.("#board [data-person]");
    if (!person || event.key.toLowerCase() !== "m") return;
    event.preventDefault();
    lift(person);
    if (lifted) say("lifted", { name: person.dataset.name });
    return;
  }
  const all = cards();
  const own = all.indexOf(lifted.closest("[data-group]"));
  const at = over ? all.indexOf(over.closest("[data-group]")) : own;
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    const sideways = document.dir === "rtl" && event.key.endsWith("t") ? -step : step;
    mark(all[(at + sideways + all.length) % all.length]);
    over.scrollIntoView({ block: "nearest" });
    say("over", { name: lifted.dataset.name, group: over.dataset.title });
  } else if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    putDown();
  } else if (event.key === "Escape") {
    say("left", { name: lifted.dataset.name });
    letGo();
  }
});

// While somebody is lifted the board stays as it is; what changed is fetched when they are put down.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.target.id === "board" && lifted) {
    event.detail.shouldSwap = false;
    boardWaits = true;
  }
});

// What was open on the board stays open when the board is read again.
let opened = [];
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.target.id !== "board") return;
  opened = [...event.target.querySelectorAll(".group-score details")].map((each) => each.open);
});
document.addEventListener("htmx:load", (event) => {
  const board = event.target.closest?.("#board");
  if (!board) return;
  board.querySelectorAll(".group-score details").forEach((each, index) => { each.open = opened[index] ?? false; });
  if (focusAfter) {
    document.querySelector(`#${focusAfter} a`)?.focus();
    focusAfter = "";
  }
});
