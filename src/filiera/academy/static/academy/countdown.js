// Clocks that run down: [data-countdown="ISO"] holds [data-left].

function show() {
  for (const clock of document.querySelectorAll("[data-countdown]")) {
    const left = Math.round((Date.parse(clock.dataset.countdown) - Date.now()) / 1000);
    const shown = clock.querySelector("[data-left]");
    const seconds = Math.max(left, 0);
    const text = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (shown.textContent !== text) shown.textContent = text;
    clock.classList.toggle("is-short", left <= 60);
    clock.classList.toggle("is-out", left <= 0);
  }
}

show();
setInterval(show, 500);
// Where a page puts a clock in, it runs at once.
for (const told of ["htmx:afterSwap", "filiera:clocks"]) document.addEventListener(told, show);
