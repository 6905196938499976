// What every page may use: theme switch, menus, dialogs, side panel, toasts, copying.
// Each works on markup alone; a page without script has links and forms in their place.

const find = (selector, from = document) => from.querySelector(selector);

// Theme: the links work by themselves, here they act without a new page.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-theme-choice]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const theme = link.dataset.themeChoice;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `filiera_theme=${theme}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  for (const other of document.querySelectorAll("a[data-theme-choice]")) {
    other.toggleAttribute("aria-current", other.dataset.themeChoice === theme);
    if (other.dataset.themeChoice === theme) other.setAttribute("aria-current", "true");
  }
  link.closest("[popover]")?.hidePopover();
});

// Places that scroll within their row or column begin where one is.
for (const row of document.querySelectorAll(".desk-side nav, .edition-places, .tabs")) {
  const here = find("[aria-current]", row);
  if (!here) continue;
  const [inner, outer] = [here.getBoundingClientRect(), row.getBoundingClientRect()];
  if (inner.left < outer.left || inner.right > outer.right) row.scrollLeft += inner.left - outer.left - (outer.width - inner.width) / 2;
  if (inner.top < outer.top || inner.bottom > outer.bottom) row.scrollTop += inner.top - outer.top - (outer.height - inner.height) / 2;
}

// Menus are <details class="menu">: closed by Escape or by a click elsewhere, walked with the arrows.
const openMenus = () => document.querySelectorAll("details.menu[open]");
document.addEventListener("click", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details.menu");
  if (!menu) return;
  if (event.key === "Escape" && menu.open) {
    menu.open = false;
    find("summary", menu).focus();
    event.stopPropagation();
    return;
  }
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  if (!(event.key in steps) || event.target.matches("input, select, textarea")) return;
  event.preventDefault();
  menu.open = true;
  const items = [...menu.querySelectorAll("a, button")].filter((item) => item.offsetParent !== null);
  const at = items.indexOf(document.activeElement);
  items[(at + steps[event.key] + items.length) % items.length]?.focus();
});

// Dialogs: <button data-dialog="id"> opens <dialog id>; a server fragment arriving in one opens it.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (dialog) {
      event.preventDefault();
      dialog.showModal();
    }
    return;
  }
  const closer = event.target.closest("[data-close]");
  if (!closer) return;
  const dialog = closer.closest("dialog");
  if (dialog) {
    event.preventDefault();
    dialog.close();
  } else if (closer.closest(".panel")) {
    event.preventDefault();
    closePanel();
  } else closer.closest(".toast")?.remove();
});
document.addEventListener("click", (event) => {
  // Only a press on the backdrop has the dialog itself as its target.
  if (event.target instanceof HTMLDialogElement && event.target.matches(".dialog")) event.target.close();
});

// Side panel: the page stays usable beside it; focus goes in and comes back.
let panelOpener = null;
const panel = () => document.getElementById("side-panel");
function closePanel() {
  const shown = panel();
  if (!shown) return;
  shown.replaceChildren();
  shown.dispatchEvent(new CustomEvent("panel:closed", { bubbles: true }));
  if (panelOpener?.isConnected) panelOpener.focus();
  panelOpener = null;
}
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && panel()?.contains(document.activeElement)) closePanel();
});
document.addEventListener("htmx:beforeRequest", (event) => {
  const target = event.detail.target;
  if (target?.id === "side-panel" && !target.contains(document.activeElement)) panelOpener = document.activeElement;
});
document.addEventListener("htmx:afterSwap", (event) => {
  const target = event.detail.target;
  if (target?.id === "side-panel" && !target.childElementCount) closePanel();
  else if (target?.id === "side-panel") {
    const invalid = find("[aria-invalid='true']", target);
    const heading = find("h1, h2", target);
    heading?.setAttribute("tabindex", "-1");
    (invalid ?? heading)?.focus();
  } else if (target?.id === "dialog-content") {
    const dialog = target.closest("dialog");
    if (target.childElementCount && !dialog.open) dialog.showModal();
    if (!target.childElementCount) dialog.close();
  } else if (event.detail.xhr.status === 422) {
    find("[aria-invalid='true']", target)?.focus();
  }
});

// What is fetched anew under the hand keeps the focus, and the way back from the side panel, on the same link
// or button of what came. (HTMX does so for elements with an id.)
const FOCUSABLE = "a[href], button, summary, input, select, textarea, [tabindex]";
let focusWas = "";
let openerWas = "";
function markOf(element) {
  const value = element.matches("button, [type='radio'], [type='checkbox']") ? element.value : "";
  const told = [element.tagName, element.getAttribute("href"), element.form?.getAttribute("action"), element.name, value];
  return [...told, element.textContent.trim()].join("\n");
}
const sameIn = (place, mark) => [...place.querySelectorAll(FOCUSABLE)].find((element) => markOf(element) === mark);
document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => {
  const focused = document.activeElement;
  focusWas = focused !== target && target.contains(focused) && !focused.id ? markOf(focused) : "";
  openerWas = panelOpener && target.contains(panelOpener) ? markOf(panelOpener) : "";
});
document.addEventListener("htmx:afterSwap", ({ target }) => {
  const place = target.parentElement ?? document;
  if (focusWas && document.activeElement === document.body) sameIn(place, focusWas)?.focus({ preventScroll: true });
  if (openerWas && !panelOpener?.isConnected) panelOpener = sameIn(place, openerWas) ?? null;
});

// Toasts: what went wrong on the way is said in words; a good one leaves by itself.
const lasting = 7000;
function watchToast(toast) {
  if (toast.dataset.watched || toast.matches(".error, .warning")) return;
  toast.dataset.watched = "yes";
  let timer = setTimeout(() => toast.remove(), lasting);
  const hold = () => clearTimeout(timer);
  const release = () => { timer = setTimeout(() => toast.remove(), lasting); };
  toast.addEventListener("pointerenter", hold);
  toast.addEventListener("pointerleave", release);
  toast.addEventListener("focusin", hold);
  toast.addEventListener("focusout", release);
}
function say(words, tone = "error") {
  const model = document.getElementById("toast-model");
  const toasts = document.getElementById("toasts");
  if (!model || !toasts) return;
  const toast = model.content.firstElementChild.cloneNode(true);
  toast.classList.add(tone);
  find("p", toast).textContent = words;
  toasts.append(toast);
  watchToast(toast);
}
const toasts = document.getElementById("toasts");
if (toasts) {
  toasts.querySelectorAll(".toast").forEach(watchToast);
  new MutationObserver(() => toasts.querySelectorAll(".toast").forEach(watchToast)).observe(toasts, { childList: true });
  document.addEventListener("htmx:responseError", () => say(toasts.dataset.refused));
  document.addEventListener("htmx:sendError", () => say(toasts.dataset.offline));
  document.addEventListener("filiera:say", (event) => say(event.detail.words, event.detail.tone));
}

// Copying: <button data-copy="#id"> copies the value or text of that element.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const origin = find(button.dataset.copy);
  if (!origin) return;
  await navigator.clipboard.writeText(origin.value ?? origin.textContent.trim());
  if (button.dataset.copied) say(button.dataset.copied, "success");
});

// A form is sent once, however often the button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.matches("[hx-post], [data-many]") || event.defaultPrevented) return;
  if (form.dataset.sent && Date.now() - Number(form.dataset.sent) < 4000) event.preventDefault();
  form.dataset.sent = String(Date.now());
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// Filters act as soon as they are changed; without script the button beside them does it.
document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (form?.matches("form[data-acts-at-once]") && !event.target.matches("[type='search'], [type='text']")) form.requestSubmit();
});

// The current day or tab is in view even when the row of tabs is wider than the phone.
for (const current of document.querySelectorAll(".tabs > [aria-current]")) {
  const row = current.parentElement;
  row.scrollLeft = current.offsetLeft - (row.clientWidth - current.offsetWidth) / 2;
}

// What the browser kept of somebody's own pages leaves with them: at sign-out, or when somebody else signs in.
if (window.caches) {
  const mine = `.${document.documentElement.dataset.reader ?? ""}`;
  caches.keys().then((names) => {
    for (const name of names) if (name.startsWith("filiera-own-") && !(mine.length > 1 && name.endsWith(mine))) caches.delete(name);
  }, () => {});
}
