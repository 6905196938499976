// A rating that could not be sent is sent as soon as the network is back; until then the page says so.

const waiting = new Set();

function keep(form) {
  waiting.add(form);
  const status = form.querySelector("[role=status]");
  if (status) status.textContent = form.dataset.offline;
}

function sendAgain() {
  for (const form of waiting) {
    waiting.delete(form);
    if (form.isConnected) window.htmx.trigger(form, "change");
  }
}

const autosaved = (event) => event.target.closest?.("form[data-autosaved]");

document.addEventListener("htmx:beforeRequest", (event) => {
  const form = autosaved(event);
  if (!form || navigator.onLine) return;
  event.preventDefault();
  keep(form);
});

document.addEventListener("htmx:sendError", (event) => {
  const form = autosaved(event);
  if (form) keep(form);
});

window.addEventListener("online", sendAgain);
// A hall's network comes back without telling the browser.
window.setInterval(() => waiting.size && navigator.onLine && sendAgain(), 10_000);
