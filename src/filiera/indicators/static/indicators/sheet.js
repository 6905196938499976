// Arrow keys lead from cell to cell of a funder's form; Tab goes past the table, Enter follows as ever.

for (const sheet of document.querySelectorAll("[data-sheet]")) {
  const cells = [...sheet.querySelectorAll("tbody a")];
  const first = sheet.querySelector("[aria-current]") ?? cells[0];
  for (const cell of cells) cell.tabIndex = cell === first ? 0 : -1;

  const beside = (cell, down, right) => {
    let [row, column] = [cell.closest("tr").rowIndex + down, cell.closest("td").cellIndex + right];
    for (; sheet.rows[row]?.cells[column]; row += down, column += right) {
      const found = sheet.rows[row].cells[column].querySelector("a");
      if (found) return found;
    }
    return null;
  };
  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

  sheet.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    const from = event.target.closest("tbody a");
    if (!step || !from || event.ctrlKey || event.altKey || event.metaKey) return;
    const to = beside(from, ...step);
    if (!to) return;
    event.preventDefault();
    from.tabIndex = -1;
    to.tabIndex = 0;
    to.focus();
  });
}
