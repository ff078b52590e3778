import { element, say, words } from "./words.js";

// Tables: Enter goes to the next row, a row is added at the end, rows copied from a spreadsheet fill as many.
export function fillRows(table, rows) {
  const body = table.tBodies[0];
  body.replaceChildren();
  for (const row of [...rows, {}]) addRow(table, row);
}

function addRow(table, said = {}) {
  const body = table.tBodies[0];
  if (body.rows.length >= Number(table.dataset.most)) return null;
  const place = Math.max(-1, ...[...body.rows].map((row) => Number(row.dataset.place ?? -1))) + 1;
  const html = table.closest(".field").querySelector("[data-blank-row]").innerHTML.replaceAll("-ROW-", `-${place}-`);
  const holder = document.createElement("template");
  holder.innerHTML = html;
  const row = holder.content.firstElementChild;
  row.dataset.place = place;
  for (const cell of row.querySelectorAll("[data-column]")) cell.querySelector("input, select, textarea").value = said[cell.dataset.column] ?? "";
  body.append(row);
  withRemove(row);
  return row;
}

function withRemove(row) {
  const button = element("button", { type: "button", className: "btn small quiet", textContent: words.remove });
  button.addEventListener("click", () => {
    const box = row.closest("[data-section]");
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    box.dispatchEvent(new Event("input"));
    (next?.querySelector("input, select, textarea") ?? box.querySelector("[data-add-row]")).focus();
  });
  row.lastElementChild.replaceChildren(button);
}

export function tables(box) {
  const table = box.querySelector("[data-table]");
  if (!table) return;
  [...table.tBodies[0].rows].forEach((row, place) => {
    row.dataset.place = place;
    withRemove(row);
  });
  const add = element("button", { type: "button", className: "btn small", textContent: words.add_row });
  add.dataset.addRow = "";
  add.addEventListener("click", () => addRow(table)?.querySelector("input, select, textarea").focus());
  const told = element("div");
  told.setAttribute("role", "status");
  table.closest(".table-wrap").after(add, told);
  table.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || ["BUTTON", "TEXTAREA"].includes(event.target.tagName)) return;
    event.preventDefault();
    const row = event.target.closest("tr");
    const column = [...row.querySelectorAll("input, select, textarea")].indexOf(event.target);
    const next = row.nextElementSibling ?? addRow(table);
    next?.querySelectorAll("input, select, textarea")[column]?.focus();
  });
  table.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text/plain").replace(/\r?\n$/, "");
    if (!/[\t\n]/.test(text)) return;
    event.preventDefault();
    let row = event.target.closest("tr");
    const fields = [...row.querySelectorAll("input, select, textarea")];
    const first = fields.indexOf(event.target);
    let left = 0;
    for (const line of text.split(/\r?\n/)) {
      const cells = row ? [...row.querySelectorAll("input, select, textarea")].slice(first) : [];
      line.split("\t").forEach((said, place) => {
        if (cells[place]) cells[place].value = said.trim();
        else if (said.trim()) left += 1;
      });
      row = row && (row.nextElementSibling ?? addRow(table));
    }
    const sizes = { count: left, rows: table.dataset.most, columns: fields.length };
    told.replaceChildren(...(left ? [element("ul", { className: "errors" }, element("li", { textContent: say("no_room", sizes) }))] : []));
    box.dispatchEvent(new Event("input"));
  });
}
