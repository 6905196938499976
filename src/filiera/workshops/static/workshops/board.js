// The board with a mouse or finger: cards are dragged where "Move to…" would send them. After a move the
// focus goes back to the card, and readers hear that it moved.

let dragged = null;

const columnOf = (target) => target.closest?.("[data-board] [data-column]");

document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.("[data-board] [data-card]");
  if (!dragged) return;
  event.dataTransfer.effectAllowed = "move";
  dragged.classList.add("is-dragged");
});

document.addEventListener("dragover", (event) => {
  const column = dragged && columnOf(event.target);
  for (const other of document.querySelectorAll(".is-target")) if (other !== column) other.classList.remove("is-target");
  if (!column || column.contains(dragged)) return;
  event.preventDefault();
  column.classList.add("is-target");
});

document.addEventListener("dragend", () => {
  dragged?.classList.remove("is-dragged");
  for (const column of document.querySelectorAll(".is-target")) column.classList.remove("is-target");
  dragged = null;
});

document.addEventListener("drop", (event) => {
  const column = dragged && columnOf(event.target);
  if (!column || column.contains(dragged)) return;
  event.preventDefault();
  choose(dragged, column);
});

// The same control that a keyboard uses, so that there is one way to move a card.
function choose(card, column) {
  const name = column.closest("[data-board]").dataset.board;
  const button = card.querySelector(`button[name="${name}"][value="${CSS.escape(column.dataset.column)}"]`);
  if (button) button.click();
  else if (column.dataset.column === "solved") card.querySelector(".challenge-move a")?.click();
}

let moved = "";

document.addEventListener("htmx:beforeRequest", (event) => {
  moved = event.target.closest?.("[data-card]")?.dataset.card ?? moved;
});

document.addEventListener("htmx:afterSettle", () => {
  if (!moved) return;
  const card = document.getElementById(`card-${moved}`);
  moved = "";
  card?.querySelector("h3 a")?.focus();
});
