// A list that is put into an order: by dragging, by arrows, or by choosing a number, which works without this too.

const rowsOf = (list) => [...list.querySelectorAll("[data-row]")];
const choiceOf = (row) => row.querySelector("select");

function rankedCount(list) {
  return rowsOf(list).filter((row) => choiceOf(row).value !== "").length;
}

// The rows stand in their order; those after the ranked ones are not wished.
function renumber(list, ranked) {
  rowsOf(list).forEach((row, index) => {
    choiceOf(row).value = index < ranked ? String(index + 1) : "";
    row.classList.toggle("is-ranked", index < ranked);
    row.querySelector("[data-up]").disabled = index === 0 && ranked > 0;
    row.querySelector("[data-down]").disabled = index >= ranked;
  });
}

function tell(form, row) {
  const said = form.querySelector("[data-said]");
  const rank = choiceOf(row).value;
  const words = rank ? said.dataset.words : said.dataset.wordsNone;
  const name = row.querySelector(".visit-name b").textContent;
  said.textContent = words.replace("{visit}", name).replace("{rank}", rank);
}

function place(form, list, row, index, ranked) {
  const others = rowsOf(list).filter((each) => each !== row);
  list.insertBefore(row, others[index] ?? null);
  renumber(list, ranked);
  tell(form, row);
}

function chosen(form, list, row) {
  const value = choiceOf(row).value;
  const others = rowsOf(list).filter((each) => each !== row);
  const ranked = others.filter((each) => choiceOf(each).value !== "").length;
  if (value === "") place(form, list, row, ranked, ranked);
  else place(form, list, row, Math.min(Number(value) - 1, ranked), ranked + 1);
}

function up(form, list, row) {
  const index = rowsOf(list).indexOf(row);
  const ranked = rankedCount(list);
  // The first step up from below makes it the last wish.
  if (index >= ranked) place(form, list, row, ranked, ranked + 1);
  else place(form, list, row, index - 1, ranked);
}

function down(form, list, row) {
  const index = rowsOf(list).indexOf(row);
  const ranked = rankedCount(list);
  if (index === ranked - 1) place(form, list, row, index, ranked - 1);
  else place(form, list, row, index + 1, ranked);
}

function drag(form, list, row, event) {
  event.preventDefault();
  const wasRanked = choiceOf(row).value !== "";
  const before = rankedCount(list);
  const from = rowsOf(list).indexOf(row);
  row.classList.add("is-held");
  // The document listens: a row that changes its place would lose a pointer that it had captured.
  const ends = new AbortController();
  const move = ({ clientY }) => {
    const after = rowsOf(list).find((each) => each !== row && clientY < middle(each));
    if (after !== row.nextElementSibling) list.insertBefore(row, after ?? null);
  };
  const end = () => {
    ends.abort();
    row.classList.remove("is-held");
    const index = rowsOf(list).indexOf(row);
    if (index === from) return;
    const others = before - (wasRanked ? 1 : 0);
    // Dropped among the wishes, or just below the last of them, it is one.
    renumber(list, index <= others ? others + 1 : others);
    tell(form, row);
  };
  document.addEventListener("pointermove", move, { signal: ends.signal });
  document.addEventListener("pointerup", end, { signal: ends.signal });
  document.addEventListener("pointercancel", end, { signal: ends.signal });
}

function middle(row) {
  const box = row.getBoundingClientRect();
  return box.top + box.height / 2;
}

for (const form of document.querySelectorAll("[data-ranking]")) {
  const list = form.querySelector("[data-rows]");
  // What was refused is shown as it was typed, until it is changed.
  if (!form.querySelector(".is-refused")) renumber(list, rankedCount(list));
  list.addEventListener("change", (event) => {
    if (event.target.matches("select")) chosen(form, list, event.target.closest("[data-row]"));
  });
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-up], [data-down]");
    if (!button) return;
    (button.matches("[data-up]") ? up : down)(form, list, button.closest("[data-row]"));
    button.focus();
  });
  list.addEventListener("pointerdown", (event) => {
    if (event.target.closest("[data-grip]")) drag(form, list, event.target.closest("[data-row]"), event);
  });
}
