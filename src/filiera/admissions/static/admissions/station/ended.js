// A link that is over still sends what was scanned before its end, and empties what the page kept.
import { openStore } from "./store.js";

const BATCH = 100;
const line = document.getElementById("station-waiting");

async function sendWaiting(store) {
  let sent = 0;
  for (;;) {
    const batch = (await store.waiting()).slice(0, BATCH);
    if (!batch.length) return sent;
    const answer = await fetch("scans/", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        now: Date.now(),
        scans: batch.map(({ id, at, offset, code, person, undo }) => ({ id, at, offset, code, person, undo })),
      }),
    });
    if (!answer.ok) return sent;
    const settled = (await answer.json()).answers.filter((told) => told.outcome !== "wait");
    await Promise.all(settled.map((told) => store.dropScan(told.id)));
    sent += settled.length;
    if (settled.length < batch.length) return sent;
  }
}

const store = await openStore(line.dataset.token);
await store.forgetList();
const sent = await sendWaiting(store);
line.hidden = sent === 0;
line.querySelector("span").textContent = String(sent);
