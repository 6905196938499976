// The screen follows the stage, and counts down the time of the plan that stands there.

const hears = document.getElementById("plan-hears");
const LAST_S = 60;
let waiting = 0;

async function refresh() {
  waiting = 0;
  const target = document.getElementById("stage");
  await window.htmx.ajax("GET", hears.dataset.stage, { target, swap: "outerHTML" });
  tick();
}

function tick() {
  const shown = document.querySelector("[data-ends]");
  if (!shown) return;
  const left = Math.round((Date.parse(shown.dataset.ends) - Date.now()) / 1_000);
  const words = left > 0
    ? `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`
    : shown.dataset.over;
  const time = shown.querySelector("[data-time]");
  if (time.textContent !== words) time.textContent = words;
  shown.classList.toggle("is-last", left > 0 && left <= LAST_S);
  shown.classList.toggle("is-over", left <= 0);
}

hears?.addEventListener("filiera:push", () => {
  if (!waiting) waiting = window.setTimeout(refresh, 50);
});
window.setInterval(tick, 500);
tick();
