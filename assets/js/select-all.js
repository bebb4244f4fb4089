// The box in a table's head chooses all rows of this page. Without scripts it is not there.
{
  const boxesOf = (table) => [...table.querySelectorAll("td.select input[type=checkbox]")];

  const sync = (table) => {
    const head = table.querySelector("[data-select-all]");
    if (!head) return;
    const boxes = boxesOf(table);
    const chosen = boxes.filter((box) => box.checked).length;
    head.hidden = false;
    head.checked = chosen > 0 && chosen === boxes.length;
    head.indeterminate = chosen > 0 && chosen < boxes.length;
  };

  document.addEventListener("change", (event) => {
    const table = event.target.closest(".table");
    if (!table) return;
    if (event.target.matches("[data-select-all]")) {
      for (const box of boxesOf(table)) box.checked = event.target.checked;
    }
    sync(table);
  });

  const syncAll = () => {
    for (const table of document.querySelectorAll(".table")) sync(table);
  };
  syncAll();
  // A table that was replaced comes without its head's box.
  document.addEventListener("htmx:after:settle", syncAll);
}
