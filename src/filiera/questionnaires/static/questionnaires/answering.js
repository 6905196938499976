// Questions that depend on an answer appear with it, and what is typed is kept as a draft.

const KEEP_AFTER_MS = 1200;

for (const area of document.querySelectorAll("[data-answer-form]")) {
  const form = area.closest("form");
  if (form) {
    followConditions(area, form);
    if (area.dataset.draftUrl) keepDrafts(area, form);
  }
}

function followConditions(area, form) {
  const conditional = [...area.querySelectorAll("[data-shown-if]")];
  area.classList.add("follows-conditions");
  const update = () => {
    // In order, so that what hangs on a hidden question is hidden with it.
    for (const question of conditional) {
      const values = question.dataset.shownIfValues.split(" ");
      question.hidden = !answersOf(form, question.dataset.shownIf).some((answer) => values.includes(answer));
    }
  };
  form.addEventListener("input", update);
  form.addEventListener("change", update);
  update();
}

function answersOf(form, name) {
  const controls = [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
  const shown = controls.filter((control) => !control.closest(".question[hidden]"));
  return shown.flatMap((control) => {
    if (control.type === "radio") return control.checked ? [control.value] : [];
    if (control.type !== "checkbox") return [control.value];
    if (control.value === "on") return [control.checked ? "yes" : "no"];
    return control.checked ? [control.value] : [];
  });
}

function keepDrafts(area, form) {
  const state = area.querySelector("[data-draft-state]");
  let waiting = 0;
  let running = null;
  let isLeaving = false;

  const keep = async () => {
    if (isLeaving) return;
    running?.abort();
    running = new AbortController();
    const data = new FormData(form);
    // A file travels once, when the page is sent.
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    state.textContent = state.dataset.keeping;
    try {
      const answer = await fetch(area.dataset.draftUrl, { method: "POST", body: data, signal: running.signal });
      state.textContent = answer.ok ? state.dataset.kept : state.dataset.failed;
    } catch (error) {
      if (error.name !== "AbortError") state.textContent = state.dataset.failed;
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(keep, KEEP_AFTER_MS);
  });
  form.addEventListener("submit", () => {
    isLeaving = true;
    clearTimeout(waiting);
    running?.abort();
  });
  // A page that comes back from the browser's memory keeps drafts again.
  window.addEventListener("pageshow", () => { isLeaving = false; });
}
