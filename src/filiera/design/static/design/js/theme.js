// Runs before the first paint, so that nobody who chose dark sees a white flash.
(() => {
  const root = document.documentElement;
  root.classList.add("scripted");
  const chosen = document.cookie.match(/(?:^|; )filiera_theme=(light|dark)/);
  if (chosen) root.dataset.theme = chosen[1];
  else delete root.dataset.theme;
})();
