// A guest is dragged to another table; the same form as "Move to…" is sent, and the board fetched again.

let held = null;

const targetOf = (event) => event.target.closest?.("[data-table]");

function clear() {
  document.querySelectorAll("[data-table].is-over").forEach((table) => table.classList.remove("is-over"));
}

document.addEventListener("dragstart", (event) => {
  held = event.target.closest?.("[data-guest]") ?? null;
  if (!held) return;
  held.classList.add("is-held");
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", held.id);
});

document.addEventListener("dragover", (event) => {
  const table = held && targetOf(event);
  clear();
  if (!table || table.contains(held)) return;
  event.preventDefault();
  table.classList.add("is-over");
});

document.addEventListener("dragend", () => {
  held?.classList.remove("is-held");
  held = null;
  clear();
});

document.addEventListener("drop", (event) => {
  const table = held && targetOf(event);
  if (!table || table.contains(held)) return;
  event.preventDefault();
  const token = document.querySelector("#board [name='csrfmiddlewaretoken']").value;
  const values = { csrfmiddlewaretoken: token, table: table.dataset.table };
  window.htmx.ajax("POST", held.dataset.seat, { values, source: "#board-live", target: "#side-panel", swap: "none" });
});
