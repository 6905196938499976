// My academy: follows the day by push, asks again when something else is on, and is kept for when there is no net.

const root = document.getElementById("my");
const SPREAD_MS = 700;
const STALE_MS = 90_000;
const EVERY_MS = 120_000;
let waiting = 0;
let turning = 0;

const day = () => document.getElementById("my-day");
const worker = () => navigator.serviceWorker?.controller;

async function refresh() {
  waiting = 0;
  const target = day();
  if (!target || !navigator.onLine) return;
  if (target.matches(":active")) {
    later(); // What is pressed now is not taken from under the finger.
    return;
  }
  await window.htmx.ajax("GET", root.dataset.address, { target, swap: "outerHTML" });
}

function later() {
  if (!waiting) waiting = window.setTimeout(refresh, Math.random() * SPREAD_MS + 150);
}

// A hall hears at once; each telephone waits a moment of its own before it asks.
// Messages and clocks come by themselves (told.js): only the programme changes the day.
document.getElementById("my-hears")?.addEventListener("filiera:push", (event) => {
  if (!event.detail?.topic?.endsWith(":day")) later();
});

function waitForTurn() {
  window.clearTimeout(turning);
  const at = Date.parse(day()?.dataset.turns ?? "");
  // In a demonstration the hour stands still; longer waits than a day are left to the next visit.
  const left = at - Date.now();
  if (!document.body.dataset.now && left > 0 && left < 86_400_000) turning = window.setTimeout(later, left + 500);
}

function tellAge() {
  const made = Number(day()?.dataset.made ?? Date.now());
  const isOld = !navigator.onLine || Date.now() - made > STALE_MS;
  const said = document.getElementById("my-kept");
  if (!said) return;
  said.hidden = navigator.onLine && !isOld;
  const clock = new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  said.querySelector("time").textContent = clock.format(made);
}

// Without network nobody tells what is on: the lines know their hours.
function mark() {
  if (document.body.dataset.now) return;
  const now = Date.now();
  for (const line of document.querySelectorAll(".my-line[data-start]")) {
    const isOver = Date.parse(line.dataset.end) <= now;
    line.classList.toggle("is-now", !isOver && Date.parse(line.dataset.start) <= now);
    line.classList.toggle("is-over", isOver);
  }
}

function keep() {
  const parts = performance.getEntriesByType("resource").map((entry) => entry.name)
    .filter((name) => new URL(name).origin === location.origin && new URL(name).pathname.startsWith("/static/"));
  const linked = [...document.querySelectorAll("link[rel=stylesheet], script[src]")].map((each) => each.href || each.src);
  worker()?.postMessage({ keep: [...new Set([...parts, ...linked])], reader: document.documentElement.dataset.reader });
}

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id !== "my-day") return;
  waitForTurn();
  tellAge();
  keep();
});
addEventListener("online", () => { tellAge(); later(); });
addEventListener("offline", tellAge);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible" && Date.now() - Number(day()?.dataset.made) > STALE_MS) later();
});

waitForTurn();
tellAge();
mark();
setInterval(mark, 30_000);
// Groups, meetings and tables change without a word of the programme.
setInterval(() => { if (document.visibilityState === "visible") later(); }, EVERY_MS);
if (root && "serviceWorker" in navigator) {
  navigator.serviceWorker.register(root.dataset.worker, { scope: root.dataset.address }).then(async () => {
    await navigator.serviceWorker.ready;
    if (!worker()) await new Promise((resolve) => { navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true }); });
    keep();
    document.documentElement.dataset.kept = "";
  }, () => {});
  if (navigator.onLine && Date.now() - Number(day()?.dataset.made) > STALE_MS) later();
}
