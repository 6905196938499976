// A rating that could not be sent is sent as soon as the network is back; until then the page says so.

const waiting = new Set();

document.addEventListener("htmx:sendError", (event) => {
  const form = event.target.closest?.("form[data-autosaved]");
  if (!form) return;
  waiting.add(form);
  const status = form.querySelector("[role=status]");
  if (status) status.textContent = form.dataset.offline;
});

function sendAgain() {
  for (const form of waiting) {
    waiting.delete(form);
    if (form.isConnected) window.htmx.trigger(form, "change");
  }
}

window.addEventListener("online", sendAgain);
// A hall's network comes back without telling the browser.
window.setInterval(() => waiting.size && navigator.onLine && sendAgain(), 10_000);
