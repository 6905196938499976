// Questions are dragged to another place; the arrows beside them do the same by key and without script.

const list = () => document.querySelector("[data-questions]");
let dragged = null;

document.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest("[data-grip]");
  if (!grip || event.button !== 0) return;
  dragged = grip.closest("[data-question]");
  dragged.classList.add("is-dragged");
  grip.setPointerCapture(event.pointerId);
  event.preventDefault();
});

document.addEventListener("pointermove", (event) => {
  if (!dragged) return;
  unmark();
  const target = placeAt(event);
  if (target) target.row.classList.add(target.isBefore ? "is-before" : "is-behind");
});

document.addEventListener("pointerup", async (event) => {
  if (!dragged) return;
  const row = dragged;
  const target = placeAt(event);
  letGo();
  if (target) await move(row, target);
});

document.addEventListener("pointercancel", letGo);
document.addEventListener("keydown", (event) => { if (event.key === "Escape") letGo(); });

function letGo() {
  dragged?.classList.remove("is-dragged");
  dragged = null;
  unmark();
}

function unmark() {
  for (const row of list()?.querySelectorAll(".is-before, .is-behind") ?? []) row.classList.remove("is-before", "is-behind");
}

function placeAt(event) {
  const row = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-question]");
  if (!row || row === dragged) return null;
  const box = row.getBoundingClientRect();
  return { row, isBefore: event.clientY < box.top + box.height / 2 };
}

async function move(row, target) {
  const rows = [...list().querySelectorAll("[data-question]")].filter((entry) => entry !== row);
  const place = rows.indexOf(target.row) + (target.isBefore ? -1 : 0);
  const after = place < 0 ? "" : rows[place].dataset.question;
  const form = row.querySelector(".question-moves");
  // Through htmx, which shows the refusal if there is one and has the questions fetched anew.
  await window.htmx.ajax("POST", form.action, { source: form, swap: "none", values: { after } });
}
