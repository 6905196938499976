// <select data-search> becomes a field one can type into; the select stays, holds the choice and is sent.
// Several choices stand as chips before the field. Without script it is the select it always was.

const plain = (words) => words.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();
let count = 0;

function enhance(select) {
  select.dataset.enhanced = "yes";
  const name = `choice-${count++}`;
  const box = Object.assign(document.createElement("div"), { className: "combobox" });
  const chips = Object.assign(document.createElement("div"), { className: "chosen" });
  const input = Object.assign(document.createElement("input"), {
    type: "text", autocomplete: "off", spellcheck: false, disabled: select.disabled,
  });
  const list = Object.assign(document.createElement("ul"), { className: "combobox-options", id: name, hidden: true });
  const attributes = {
    role: "combobox", "aria-expanded": "false", "aria-controls": name, "aria-autocomplete": "list",
    placeholder: select.dataset.search,
  };
  for (const kept of ["aria-describedby", "aria-invalid", "aria-label"]) {
    if (select.hasAttribute(kept)) attributes[kept] = select.getAttribute(kept);
  }
  for (const [key, value] of Object.entries(attributes)) input.setAttribute(key, value);
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", select.labels[0]?.textContent.trim() ?? select.dataset.search);
  input.id = select.id;
  select.id = `${select.id}-select`;
  select.hidden = true;
  select.required = false;
  box.append(...(select.multiple ? [chips] : []), input, list);
  select.after(box);

  let shown = [];
  let active = -1;
  const tell = () => select.dispatchEvent(new Event("change", { bubbles: true }));
  const chosen = () => [...select.selectedOptions].filter((option) => option.value);

  function drawChoice() {
    if (!select.multiple) {
      input.value = chosen()[0]?.label ?? "";
      return;
    }
    input.value = "";
    chips.replaceChildren(...chosen().map((option) => {
      const chip = Object.assign(document.createElement("button"), { type: "button", className: "chip" });
      chip.setAttribute("aria-label", `${option.label}: ${select.dataset.remove ?? "×"}`);
      chip.append(option.label, Object.assign(document.createElement("span"), { textContent: "×", ariaHidden: "true" }));
      chip.addEventListener("click", () => {
        option.selected = false;
        drawChoice();
        tell();
        input.focus();
      });
      return chip;
    }));
  }
  function close() {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }
  function mark(at) {
    active = shown.length ? (at + shown.length) % shown.length : -1;
    [...list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === active)));
    if (active < 0) return;
    input.setAttribute("aria-activedescendant", list.children[active].id);
    list.children[active].scrollIntoView({ block: "nearest" });
  }
  function open(words) {
    const asked = plain(words).split(/\s+/).filter(Boolean);
    shown = [...select.options]
      .filter((option) => option.value && !(select.multiple && option.selected))
      .filter((option) => asked.every((word) => plain(option.label).includes(word)))
      .slice(0, 60);
    list.replaceChildren(...shown.map((option, index) => {
      const item = Object.assign(document.createElement("li"), { id: `${name}-${index}`, textContent: option.label });
      item.setAttribute("role", "option");
      item.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        choose(option);
      });
      return item;
    }));
    list.hidden = shown.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    mark(words && shown.length ? 0 : -1);
    if (active < 0) input.removeAttribute("aria-activedescendant");
  }
  function choose(option) {
    option.selected = true;
    drawChoice();
    close();
    tell();
  }
  input.addEventListener("input", () => open(input.value));
  input.addEventListener("click", () => open(""));
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) open("");
      mark(active + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && !list.hidden && active >= 0) {
      event.preventDefault();
      choose(shown[active]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.stopPropagation();
      close();
    } else if (event.key === "Backspace" && !input.value && select.multiple) {
      const last = chosen().at(-1);
      if (last) {
        last.selected = false;
        drawChoice();
        tell();
      }
    }
  });
  input.addEventListener("blur", () => {
    const empty = [...select.options].find((option) => !option.value);
    if (!select.multiple && !input.value && empty && select.value) {
      empty.selected = true;
      tell();
    }
    // Chips stay as they are: one of them may be where the focus goes.
    if (select.multiple) input.value = "";
    else drawChoice();
    close();
  });
  drawChoice();
}

const enhanceIn = (place) => place.querySelectorAll("select[data-search]:not([data-enhanced])").forEach(enhance);
enhanceIn(document);
document.addEventListener("htmx:load", (event) => enhanceIn(event.target));
