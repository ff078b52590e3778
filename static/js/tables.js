import { showable } from "./texts.js";
import { element, say, words } from "./words.js";

// Tables: Enter goes to the next row, a row is added at the end, rows copied from a spreadsheet fill as many.
const MOST_TOLD = 5;

// Rows as a spreadsheet copies them: a cell with a line break or a tab in it stands in quotes, a quote in it is doubled.
export function rowsOf(text) {
  const rows = [[]];
  for (const [, quoted, bare, end] of text.replaceAll("\r\n", "\n").matchAll(/(?:"((?:[^"]|"")*)"(?=[\t\n]|$)|([^\t\n]*))([\t\n]|$)/g)) {
    rows.at(-1).push(quoted === undefined ? bare : quoted.replaceAll('""', '"'));
    if (end === "\n") rows.push([]);
    else if (!end) break;
  }
  return rows;
}

// The rows that are to fill the table; null where the words belong into the one cell, as they are.
function pasted(event) {
  const text = event.clipboardData.getData("text/plain").replace(/\r?\n$/, "");
  if (!/[\t\n]/.test(text)) return null;
  // Paragraphs are one answer; a column of a spreadsheet isn't, and says in its other form that it is a table.
  const isTable = text.includes("\t") || /<tr[\s>]/i.test(event.clipboardData.getData("text/html"));
  return event.target.tagName === "TEXTAREA" && !isTable ? null : rowsOf(text);
}

const folded = (text) => text.normalize("NFKC").trim().toLowerCase();

// Whether the cell takes it: an option by its name, a day in any of the ways it is written.
function put(cell, text) {
  if (cell.tagName === "SELECT") {
    const option = [...cell.options].find((each) => [each.value, each.label].some((name) => folded(name) === folded(text)));
    if (option) cell.value = option.value;
    return Boolean(option);
  }
  if (cell.type !== "date") {
    cell.value = cell.tagName === "TEXTAREA" ? text : text.replace(/\s*\n\s*/g, " ");
    return true;
  }
  const day = folded(text).match(/^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/);
  const date = day ? `${day[1]}-${day[2].padStart(2, "0")}-${day[3].padStart(2, "0")}` : "";
  if (text && !date) return false;
  const before = cell.value;
  cell.value = date;
  // A browser empties the field where there is no such day.
  if (cell.value === date) return true;
  cell.value = before;
  return false;
}

// What a cell may hold stands under it, and is counted as the server counts.
function countCells(table) {
  for (const label of table.querySelectorAll("[data-count-cell]")) {
    const area = label.closest("td").querySelector("textarea");
    const [used, limit] = [[...area.value].length, Number(area.dataset.limit)];
    label.textContent = `${used} / ${limit}`;
    label.classList.toggle("over", used > limit);
  }
}

export function fillRows(table, rows) {
  const body = table.tBodies[0];
  body.replaceChildren();
  // All that was written, also where the form takes fewer by now: which of them go is for the writer to say.
  for (const row of rows) append(table, row);
  addRow(table);
}

function addRow(table) {
  return table.tBodies[0].rows.length < Number(table.dataset.most) ? append(table) : null;
}

function append(table, said = {}) {
  const body = table.tBodies[0];
  const place = Math.max(-1, ...[...body.rows].map((row) => Number(row.dataset.place ?? -1))) + 1;
  const html = table.closest(".field").querySelector("[data-blank-row]").innerHTML.replaceAll("-ROW-", `-${place}-`);
  const holder = document.createElement("template");
  holder.innerHTML = html;
  const row = holder.content.firstElementChild;
  row.dataset.place = place;
  for (const cell of row.querySelectorAll("[data-column]")) cell.querySelector("input, select, textarea").value = said[cell.dataset.column] ?? "";
  body.append(row);
  withRemove(row);
  countCells(table);
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
  countCells(table);
  box.addEventListener("input", () => countCells(table));
  table.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || ["BUTTON", "TEXTAREA"].includes(event.target.tagName)) return;
    event.preventDefault();
    const row = event.target.closest("tr");
    const column = [...row.querySelectorAll("input, select, textarea")].indexOf(event.target);
    const next = row.nextElementSibling ?? addRow(table);
    next?.querySelectorAll("input, select, textarea")[column]?.focus();
  });
  table.addEventListener("paste", (event) => {
    const rows = pasted(event);
    if (!rows) return;
    event.preventDefault();
    let row = event.target.closest("tr");
    const fields = [...row.querySelectorAll("input, select, textarea")];
    const first = fields.indexOf(event.target);
    let left = 0;
    const strange = [];
    for (const line of rows) {
      const cells = row ? [...row.querySelectorAll("input, select, textarea")].slice(first) : [];
      line.forEach((said, place) => {
        const text = showable(said).trim();
        if (!cells[place]) left += text ? 1 : 0;
        else if (!put(cells[place], text)) strange.push(text);
      });
      row = row && (row.nextElementSibling ?? addRow(table));
    }
    const sizes = { count: left, rows: table.dataset.most, columns: fields.length };
    const faults = [];
    if (left) faults.push(say("no_room", sizes));
    if (strange.length) faults.push(say("not_taken", { count: strange.length, words: strange.slice(0, MOST_TOLD).join(words.comma) }));
    told.replaceChildren(...(faults.length ? [element("ul", { className: "errors" }, ...faults.map((textContent) => element("li", { textContent })))] : []));
    box.dispatchEvent(new Event("input"));
  });
}
