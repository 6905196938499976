// What the desk of the day says now, on whatever page of the edition one is: at once where the page hears it,
// else with the next minute.

const told = document.getElementById("told");
const EVERY_MS = 60_000;
const SPREAD_MS = 700;
let known = "";
let waiting = 0;
let asked = 0;

async function ask() {
  waiting = 0;
  if (document.visibilityState !== "visible" || !navigator.onLine) return;
  asked += 1;
  const turn = asked;
  try {
    const answer = await fetch(told.dataset.address, { headers: { "HX-Request": "true" } });
    const said = answer.ok ? (await answer.text()).trim() : "";
    // Said anew only when it is new: a reader would hear it again otherwise. The last question's answer counts.
    if (turn === asked && said !== known) told.innerHTML = known = said;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // No network just now.
  }
}

document.addEventListener("filiera:push", (event) => {
  if (event.detail?.topic?.endsWith(":day") && !waiting) waiting = window.setTimeout(ask, Math.random() * SPREAD_MS);
});
document.addEventListener("visibilitychange", ask);
setInterval(ask, EVERY_MS);
ask();
