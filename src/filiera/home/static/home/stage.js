// A projector's page: follows the day by push and asks again when something else is on.

const hears = document.getElementById("stage-hears");
const stage = () => document.getElementById("stage");
let waiting = 0;
let turning = 0;
let asked = 0;

async function refresh() {
  waiting = 0;
  asked += 1;
  const turn = asked;
  try {
    const answer = await fetch(hears.dataset.address, { headers: { "HX-Request": "true", "Filiera-Unasked": "true" } });
    if (!answer.ok) return;
    const model = document.createElement("template");
    model.innerHTML = await answer.text();
    const fresh = model.content.getElementById("stage");
    // Answers may overtake each other: the last question's counts.
    if (fresh && turn === asked) stage().replaceWith(fresh);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // No network just now: the screen keeps what it shows.
  }
  waitForTurn();
  tick();
}

function later() {
  if (!waiting) waiting = window.setTimeout(refresh, 50);
}

function waitForTurn() {
  window.clearTimeout(turning);
  const left = Date.parse(stage().dataset.turns) - Date.now();
  if (!("stands" in stage().dataset) && left > 0 && left < 86_400_000) turning = window.setTimeout(later, left + 300);
}

function tick() {
  const clock = stage().querySelector("[data-clock-now]");
  if (!clock || "stands" in stage().dataset) return;
  clock.textContent = new Intl.DateTimeFormat(document.documentElement.lang, {
    hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: clock.dataset.zone,
  }).format(Date.now());
}

hears.addEventListener("filiera:push", later);
setInterval(tick, 5_000);
// What a lost stream did not tell is seen a minute later.
setInterval(later, 60_000);
waitForTurn();
tick();
