// Telephones and the screen follow the channel: counts alone where only votes changed, else the whole list.
// A hall hears at once; each page waits a moment of its own before it asks, so that not all ask together.

const hears = document.getElementById("live-hears");
const SPREAD_MS = 700;
const LATER_MS = 1_600;
let waiting = 0;
let rush = 0;

async function refresh() {
  waiting = 0;
  const address = hears.dataset.stage ?? hears.dataset.room;
  const target = document.getElementById(hears.dataset.stage ? "stage" : "live-room");
  if (!target || isInUse(target)) {
    later();
    return;
  }
  const order = target.dataset.order ? `?order=${target.dataset.order}` : "";
  await window.htmx.ajax("GET", address + order, { target, swap: "outerHTML" });
}

// What somebody is typing or pressing is not taken from under their fingers.
function isInUse(target) {
  if (target.matches(":active")) return true;
  const field = target.contains(document.activeElement) ? document.activeElement : null;
  if (field?.matches("textarea, input, select")) return true;
  return [...target.querySelectorAll("textarea, input[type=text]")].some((each) => each.value !== each.defaultValue);
}

// Writing may have begun while the answer was on its way.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!hears || detail.requestConfig.verb !== "get" || !isInUse(detail.target)) return;
  detail.shouldSwap = false;
  later();
});

function later() {
  if (!waiting) waiting = window.setTimeout(refresh, hears.dataset.stage ? 50 : Math.random() * SPREAD_MS + 200);
}

async function countVotes() {
  const answer = await fetch(hears.dataset.votes);
  if (answer.ok) show((await answer.json()).votes);
}

function show(votes) {
  for (const [question, count] of Object.entries(votes)) {
    const shown = document.querySelector(`[data-question="${question}"] [data-votes]`);
    if (shown) shown.textContent = count;
  }
}

hears?.addEventListener("filiera:push", (event) => {
  const { what, ...counts } = event.detail?.data ?? {};
  if (what !== "votes" || hears.dataset.stage) {
    later();
    return;
  }
  show(counts);
  // The last votes of a rush are told by no event of their own: each page asks once when it is over.
  window.clearTimeout(rush);
  rush = window.setTimeout(countVotes, LATER_MS + Math.random() * SPREAD_MS);
});
