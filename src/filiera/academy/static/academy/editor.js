// The editor's grid: sessions are lifted with mouse, finger or keyboard and put down elsewhere.
// "Move to…" beside each session does the same without script; the server decides in both cases.

const MINUTES_PER_ROW = 5;
const COARSE_ROWS = 3;
const MAX_LANES = 4;
const START_PX = 5;

const words = document.getElementById("editor-words")?.dataset ?? {};
let lifted = null;
let focusAfter = "";
let refreshWaits = false;

const grid = () => document.getElementById("editor-grid");
const tray = () => document.getElementById("tray");
const rooms = () => [...grid().querySelectorAll(".room")];
const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

function say(sentence, values) {
  document.getElementById("editor-says").textContent = fill(sentence, values);
}

function clockOf(row) {
  const [hours, minutes] = grid().dataset.opens.split(":").map(Number);
  const total = hours * 60 + minutes + row * MINUTES_PER_ROW;
  const pad = (number) => String(number).padStart(2, "0");
  return `${pad(Math.floor(total / 60) % 24)}:${pad(total % 60)}`;
}

function roomName(room) {
  return room.firstChild.textContent.trim();
}

function placeInWords() {
  if (lifted.toTray) return words.inTray;
  return fill(words.place, { time: clockOf(lifted.row), room: roomName(lifted.room) });
}

// Classes carry positions, because the content policy allows no inline style.
function place(element, row, span, room) {
  element.className = element.className.replace(/\b(t|d|c|lanes)-\d+\b/g, "").trim();
  element.classList.add(`t-${row}`, `d-${span}`, `c-${room.dataset.column}`);
  const lanes = Math.min(Number(room.dataset.lanes), MAX_LANES);
  if (lanes > 1) element.classList.add(`lanes-${lanes}`);
}

function lift(block) {
  if (lifted || !grid()?.hasAttribute("data-editor")) return;
  const span = Math.max(1, Math.round(Number(block.dataset.minutes) / MINUTES_PER_ROW));
  const all = rooms();
  const own = all.find((room) => room.dataset.room === block.dataset.room) ?? all[0];
  const target = document.createElement("div");
  target.className = "drop-target";
  target.setAttribute("aria-hidden", "true");
  grid().append(target);
  lifted = {
    block, target, span, room: own, row: Number(block.dataset.row ?? 0), grab: 0, toTray: false,
    fromTray: block.dataset.row === undefined,
  };
  lifted.origin = { row: lifted.row, room: own };
  block.classList.add("is-dragged");
  show();
}

function show() {
  tray()?.classList.toggle("is-target", lifted.toTray);
  lifted.target.hidden = lifted.toTray;
  place(lifted.target, lifted.row, lifted.span, lifted.room);
  lifted.target.textContent = placeInWords();
}

function letGo() {
  lifted.target.remove();
  lifted.block.classList.remove("is-dragged");
  tray()?.classList.remove("is-target");
  lifted = null;
  catchUp();
}

function catchUp() {
  if (!refreshWaits) return;
  refreshWaits = false;
  window.htmx.trigger(document.body, "filiera:draft");
}

function cancel() {
  say(words.left, { title: lifted.block.dataset.title });
  letGo();
}

function putDown() {
  const { block, row, room, toTray, fromTray, origin } = lifted;
  const stays = toTray ? fromTray : !fromTray && row === origin.row && room === origin.room;
  if (stays) {
    cancel();
    return;
  }
  say(words.put, { title: block.dataset.title, place: placeInWords() });
  focusAfter = block.id;
  const token = document.querySelector("#moves [name='csrfmiddlewaretoken']").value;
  const values = { csrfmiddlewaretoken: token };
  if (!toTray) {
    Object.assign(values, {
      day: grid().dataset.day, time: clockOf(row), minutes: block.dataset.minutes,
      room: room.dataset.room, sequence: block.dataset.sequence,
    });
  }
  const address = toTray ? block.dataset.shelve : block.dataset.move;
  letGo();
  window.htmx.ajax("POST", address, { source: block, target: "#side-panel", swap: "innerHTML", values });
}

function lastRow() {
  return Math.max(0, Number(grid().dataset.rows) - lifted.span);
}

function moveBy(rows, columns) {
  const all = rooms();
  const at = all.indexOf(lifted.room) + columns;
  lifted.toTray = false;
  lifted.room = all[Math.min(Math.max(at, 0), all.length - 1)];
  lifted.row = Math.min(Math.max(lifted.row + rows, 0), lastRow());
  show();
  lifted.target.scrollIntoView({ block: "nearest", inline: "nearest" });
  say(placeInWords(), {});
}

// Keyboard: the grip lifts with Enter or the space bar, "m" lifts from anywhere in the session.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (!lifted) {
    const block = event.target.closest?.("[data-session]");
    if (!block) return;
    const isGrip = event.target.closest("[data-grip]") && (event.key === "Enter" || event.key === " ");
    if (!isGrip && event.key.toLowerCase() !== "m") return;
    event.preventDefault();
    lift(block);
    if (lifted) say(words.lifted, { title: block.dataset.title, place: placeInWords() });
    return;
  }
  const step = event.shiftKey ? 1 : COARSE_ROWS;
  const sideways = document.dir === "rtl" ? -1 : 1;
  const actions = {
    ArrowUp: () => moveBy(-step, 0),
    ArrowDown: () => moveBy(step, 0),
    ArrowLeft: () => moveBy(0, -sideways),
    ArrowRight: () => moveBy(0, sideways),
    Enter: putDown,
    " ": putDown,
    Escape: cancel,
    Tab: cancel,
  };
  const action = actions[event.key];
  if (!action) return;
  if (event.key !== "Tab") event.preventDefault();
  event.stopPropagation();
  action();
}, true);

// Pointer: a mouse takes a session anywhere, a finger takes its grip, so that a page can still be scrolled.
let press = null;

document.addEventListener("pointerdown", (event) => {
  if (event.button !== 0 || lifted) return;
  const block = event.target.closest("[data-session]");
  if (!block || !grid()?.hasAttribute("data-editor")) return;
  const grip = event.target.closest("[data-grip]");
  if (!grip && (event.pointerType !== "mouse" || event.target.closest("button, .block-move"))) return;
  press = { block, x: event.clientX, y: event.clientY, id: event.pointerId, within: event.clientY - block.getBoundingClientRect().top };
});

function rowHeight() {
  const [first, second] = grid().querySelectorAll(".hour-line");
  return second ? (second.getBoundingClientRect().top - first.getBoundingClientRect().top) / 12 : 8.8;
}

const EDGE_PX = 48;
const SCROLL_PX = 24;

// Near the edge of the grid it moves on, so that rooms and hours out of sight can be reached.
function scrollAtEdge(event) {
  const scroller = grid().closest(".time-grid-scroll");
  const box = scroller.getBoundingClientRect();
  // On its way to or from the tray the pointer is outside the grid, which then stands still.
  if (event.clientX < box.left || event.clientX > box.right) return;
  const step = (position, start, end) => {
    if (position < start + EDGE_PX) return -SCROLL_PX;
    return position > end - EDGE_PX ? SCROLL_PX : 0;
  };
  scroller.scrollBy(
    step(event.clientX, box.left, box.right),
    step(event.clientY, box.top, Math.min(box.bottom, window.innerHeight)),
  );
}

function follow(event) {
  const under = tray()?.getBoundingClientRect();
  lifted.toTray = Boolean(
    under && event.clientX >= under.left && event.clientX <= under.right
    && event.clientY >= under.top && event.clientY <= under.bottom,
  );
  if (!lifted.toTray) {
    scrollAtEdge(event);
    const room = rooms().find((each) => {
      const box = each.getBoundingClientRect();
      return event.clientX >= box.left && event.clientX < box.right;
    });
    if (room) lifted.room = room;
    const top = grid().querySelector(".hour-line").getBoundingClientRect().top;
    const row = Math.round((event.clientY - lifted.grab - top) / rowHeight());
    lifted.row = Math.min(Math.max(row, 0), lastRow());
  }
  show();
}

document.addEventListener("pointermove", (event) => {
  if (press && press.id === event.pointerId && !lifted) {
    if (Math.hypot(event.clientX - press.x, event.clientY - press.y) < START_PX) return;
    lift(press.block);
    if (!lifted) return;
    lifted.grab = lifted.fromTray ? 0 : press.within;
    document.body.classList.add("is-dragging");
  }
  if (press && lifted) follow(event);
});

function endPress(drops) {
  if (press && lifted) {
    document.body.classList.remove("is-dragging");
    if (drops) putDown();
    else cancel();
    // The click that ends a drag must not open the session.
    const swallow = (click) => { click.preventDefault(); click.stopPropagation(); };
    window.addEventListener("click", swallow, { capture: true, once: true });
    window.setTimeout(() => window.removeEventListener("click", swallow, { capture: true }), 50);
  }
  press = null;
  if (!lifted) catchUp();
}

document.addEventListener("pointerup", () => endPress(true));
document.addEventListener("pointercancel", () => endPress(false));
document.addEventListener("dragstart", (event) => {
  if (event.target.closest?.("[data-session]")) event.preventDefault();
});

// A change by somebody else waits until the session in hand is put down.
document.addEventListener("htmx:beforeRequest", (event) => {
  if ((lifted || press) && event.target.id === "desk-live") {
    event.preventDefault();
    refreshWaits = true;
  }
});

// The grid is new after each change; focus stays with the session that had it, without a moment between.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target?.id !== "board") return;
  if (lifted || press) {
    // Asked for before the session was taken, answered after: the grid must not change under the hand.
    event.detail.shouldSwap = false;
    refreshWaits = true;
    return;
  }
  const held = document.activeElement?.closest("#board [data-session]");
  if (held && !focusAfter) focusAfter = held.id;
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id !== "board" || !focusAfter) return;
  const panel = document.getElementById("side-panel");
  if (!panel?.childElementCount) document.querySelector(`#${focusAfter} [data-grip]`)?.focus();
  focusAfter = "";
});
