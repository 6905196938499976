// Reviewing by keyboard: a digit scores the marked criterion and marks the next; Ctrl+Enter saves.

const form = document.querySelector("form[data-review]");
if (form) {
  const criteria = [...form.querySelectorAll(".score")];
  const isScored = (criterion) => criterion.querySelector(":checked") !== null;
  let at = Math.max(criteria.findIndex((criterion) => !isScored(criterion)), 0);

  function mark(place) {
    at = Math.min(Math.max(place, 0), criteria.length - 1);
    criteria.forEach((criterion, index) => criterion.classList.toggle("is-marked", index === at));
    criteria[at]?.scrollIntoView({ block: "nearest" });
  }

  form.addEventListener("focusin", (event) => {
    const place = criteria.indexOf(event.target.closest(".score"));
    if (place >= 0) mark(place);
  });
  form.addEventListener("click", (event) => {
    const place = criteria.indexOf(event.target.closest(".score"));
    if (place >= 0 && isScored(criteria[place])) mark(place + 1);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      form.requestSubmit();
      return;
    }
    const isWriting = event.target.matches("textarea, input:not([type='radio'])");
    if (isWriting || event.ctrlKey || event.metaKey || event.altKey || !/^\d$/.test(event.key)) return;
    const point = criteria[at]?.querySelector(`input[value="${event.key}"]`);
    if (!point) return;
    point.checked = true;
    if (at === criteria.length - 1) form.querySelector("textarea")?.focus();
    else mark(at + 1);
    event.preventDefault();
  });
  mark(at);
}
