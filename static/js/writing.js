// Saves what is written, section by section. Until the server has said yes, the words lie in this browser as well:
// a line that drops, a session that ends or a server that restarts loses none of them.
const root = document.querySelector("[data-writing]");
const PAUSE = 1000;
const LONGEST_PAUSE = 5000;
// Longer than any save takes: a line that is dead without saying so is given up, and the words are sent again.
const PATIENCE = 30_000;
const RETRIES = [2000, 4000, 8000, 15000, 30000];

const words = JSON.parse(document.getElementById("writing-words")?.textContent ?? "{}");
const length = (text) => [...text.replaceAll("\r\n", "\n")].length;
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const element = (tag, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};

// Both texts in one: where the two changed different places of what both had read, each change is taken; where they met,
// theirs comes first and mine after it. Nothing that either of them typed is left out.
export function merged(baseText, mineText, theirsText) {
  // By characters, not by halves of them.
  const [base, mine, theirs] = [[...baseText], [...mineText], [...theirsText]];
  const change = (text) => {
    const most = Math.min(base.length, text.length);
    let start = 0;
    while (start < most && base[start] === text[start]) start += 1;
    let end = 0;
    while (end < most - start && base[base.length - 1 - end] === text[text.length - 1 - end]) end += 1;
    return { start, end: base.length - end, said: text.slice(start, text.length - end) };
  };
  const join = (...parts) => parts.flat().join("");
  const [own, other] = [change(mine), change(theirs)];
  const [first, second] = own.start <= other.start ? [own, other] : [other, own];
  if (first.end <= second.start && first.start !== second.start) {
    return join(base.slice(0, first.start), first.said, base.slice(first.end, second.start), second.said, base.slice(second.end));
  }
  const start = Math.min(own.start, other.start);
  const end = Math.max(own.end, other.end);
  const part = (text) => text.slice(start, text.length - (base.length - end)).join("");
  const [ours, others] = [part(mine), part(theirs)];
  const both = !ours || ours === others ? others : !others ? ours : `${others}\n${ours}`;
  return join(base.slice(0, start), both, base.slice(end));
}

class Section {
  constructor(box) {
    this.box = box;
    this.key = box.dataset.section;
    this.kind = box.dataset.kind;
    this.shelf = `entry:${root.dataset.person}:${root.dataset.entry}:${this.key}`;
    this.versionField = box.querySelector(`[name="v-${CSS.escape(this.key)}"]`);
    this.acknowledged = this.value;
    this.attempt = 0;
    this.sentBefore = [];
    box.addEventListener("input", () => this.changed());
    box.addEventListener("change", () => this.changed());
    box.addEventListener("focusout", (event) => !box.contains(event.relatedTarget) && this.isDue && this.save());
  }

  get version() {
    return Number(this.versionField.value);
  }

  get control() {
    return this.box.querySelector(`[name="a-${CSS.escape(this.key)}"]`);
  }

  get value() {
    if (this.kind === "choices") return [...this.box.querySelectorAll("input:checked")].map((input) => input.value);
    if (this.kind === "choice") return this.box.querySelector("input:checked")?.value ?? "";
    if (this.kind !== "people" && this.kind !== "rows") return this.control.value.replaceAll("\r\n", "\n");
    const rows = [...this.box.querySelectorAll("tbody tr")].map((row) =>
      Object.fromEntries([...row.querySelectorAll("[data-column]")].map((cell) => [cell.dataset.column, cell.querySelector("input, select, textarea").value])),
    );
    return rows.filter((row) => Object.values(row).some((cell) => cell.trim()));
  }

  set value(said) {
    if (this.kind === "choices" || this.kind === "choice") {
      for (const input of this.box.querySelectorAll("input[type=radio], input[type=checkbox]")) input.checked = [said].flat().includes(input.value);
    } else if (this.kind === "people" || this.kind === "rows") {
      fillRows(this.box.querySelector("[data-table]"), said);
    } else {
      this.control.value = said;
      this.control.dispatchEvent(new Event("input", { bubbles: false }));
    }
    count(this);
  }

  get isDue() {
    return !same(this.value, this.acknowledged) && !this.clash;
  }

  changed() {
    count(this);
    this.keep();
    if (!this.isDue) return this.clash || this.show("");
    this.since ??= performance.now();
    this.show("typing");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), performance.now() - this.since > LONGEST_PAUSE ? 0 : PAUSE);
  }

  keep() {
    try {
      if (this.isDue || this.clash) localStorage.setItem(this.shelf, JSON.stringify({ value: this.value, version: this.version, base: this.acknowledged }));
      else localStorage.removeItem(this.shelf);
      this.isKept = true;
    } catch {
      this.isKept = false;
    }
  }

  // What this browser still has from last time and the server never got.
  bringBack() {
    let kept = null;
    try {
      kept = JSON.parse(localStorage.getItem(this.shelf));
    } catch {
      kept = null;
    }
    // What a closing page sent last may have arrived: then it is saved, and nothing is left to send.
    if (kept && same(kept.value, this.acknowledged)) this.show("saved");
    if (!kept || same(kept.value, this.acknowledged)) return this.keep();
    const theirs = this.acknowledged;
    this.value = kept.value;
    if (same(kept.base, theirs)) return this.changed();
    this.acknowledged = kept.base;
    this.meet({ value: theirs, text: typeof theirs === "string" ? theirs : this.words(theirs), version: this.version, by: "", at: "" });
  }

  words(value) {
    return value.map((row) => (typeof row === "string" ? row : Object.values(row).filter(Boolean).join(" · "))).join("\n");
  }

  async save({ keepalive = false } = {}) {
    clearTimeout(this.timer);
    if (this.running) return void (this.again = true);
    if (!this.isDue) return void (["typing", "offline", "saving"].includes(this.state) && this.show(""));
    this.since = undefined;
    this.running = true;
    const sent = this.value;
    this.show("saving");
    try {
      await this.send(sent, keepalive);
    } catch {
      this.later();
    }
    this.running = false;
    if (this.again) {
      this.again = false;
      await this.save();
    }
  }

  async send(sent, keepalive) {
    this.sentBefore = [...this.sentBefore.slice(-4), sent];
    const response = await post(`${root.dataset.entryUrl}sections/${this.key}/`, { value: sent, version: this.version }, keepalive);
    const answer = await response.json().catch(() => ({}));
    if (response.ok) return this.saved(sent, answer);
    if (response.status === 400 && answer.errors) return this.refused(answer.errors);
    if (response.status === 409 && answer.theirs && this.isMine(answer.theirs)) return this.arrived(answer.theirs);
    if (response.status === 409 && answer.theirs) return this.meet(answer.theirs);
    if (response.status === 409) return this.tooLate(answer.too_late ?? words.too_late);
    if (response.status === 401) return this.signedOut();
    if (response.status === 403 || response.status === 404) return this.refused([words.not_yours]);
    throw new Error(String(response.status));
  }

  // The answer to an earlier save was lost on its way: what stands there is our own, and we go on from it.
  isMine(theirs) {
    return this.sentBefore.some((sent) => same(sent, theirs.value));
  }

  arrived(theirs) {
    this.versionField.value = theirs.version;
    this.acknowledged = theirs.value;
    this.keep();
    this.show("saved", theirs.at);
    this.again = true;
  }

  saved(sent, answer) {
    this.attempt = 0;
    this.sentBefore = [];
    this.versionField.value = answer.version;
    this.acknowledged = sent;
    this.errors([]);
    this.keep();
    this.show("saved", answer.saved_at);
    page.saved(answer.saved_at);
    if (this.isDue) this.changed();
  }

  later() {
    this.show("offline");
    const wait = RETRIES[Math.min(this.attempt, RETRIES.length - 1)];
    this.attempt += 1;
    this.timer = setTimeout(() => this.save(), wait);
  }

  refused(messages) {
    this.errors(messages);
    this.show("refused");
  }

  tooLate(message) {
    this.errors([message]);
    this.show("refused");
    page.close(message);
  }

  signedOut() {
    this.show("signed_out");
    page.askToSignIn();
    this.timer = setTimeout(() => this.save(), 5000);
  }

  errors(messages) {
    const place = document.getElementById(`id_${this.key}_errors`);
    place.replaceChildren(...(messages.length ? [element("ul", { className: "errors" }, ...messages.map((text) => element("li", { textContent: text })))] : []));
    this.control?.setAttribute?.("aria-invalid", String(messages.length > 0));
  }

  // Somebody else has saved it: both texts, and one choice.
  meet(theirs) {
    this.clash = theirs;
    this.keep();
    this.show("clash");
    const choose = (label, act, tone = "") => {
      const button = element("button", { type: "button", className: `btn small ${tone}`, textContent: label });
      button.addEventListener("click", act);
      return button;
    };
    const take = (value) => {
      this.clash = null;
      this.versionField.value = theirs.version;
      this.acknowledged = theirs.value;
      this.value = value;
      this.errors([]);
      this.changed();
      this.keep();
    };
    const mine = this.value;
    const buttons = [choose(words.take_theirs, () => take(theirs.value)), choose(words.keep_mine, () => take(mine))];
    if (typeof mine === "string" && typeof theirs.value === "string") {
      const base = typeof this.acknowledged === "string" ? this.acknowledged : "";
      buttons.unshift(choose(words.merge, () => take(merged(base, this.value, theirs.value)), "main"));
    }
    const title = theirs.by ? words.saved_by.replace("{name}", theirs.by).replace("{time}", theirs.at) : words.saved_elsewhere;
    const note = element(
      "div",
      { className: "note stop clash", role: "alert" },
      element("p", { className: "strong", textContent: title }),
      element("p", { textContent: words.both }),
      element("p", { className: "lines theirs", textContent: theirs.text || words.nothing }),
      element("p", { className: "row tight" }, ...buttons),
    );
    document.getElementById(`id_${this.key}_errors`).replaceChildren(note);
  }

  show(state, time = "") {
    this.state = state;
    const place = this.box.querySelector("[data-save-state]");
    place.textContent = state ? (words[state] ?? "").replace("{time}", time).trim() : "";
    place.dataset.state = state;
    page.show();
  }
}

const page = {
  sections: [],
  last: "",

  saved(time) {
    this.last = time;
    this.show();
  },

  // One line for the whole entry: the worst that any section has to say.
  show() {
    const states = new Set(this.sections.map((section) => section.state));
    const state = ["clash", "signed_out", "refused", "offline", "saving", "typing"].find((each) => states.has(each)) ?? (this.last ? "saved" : "");
    for (const place of document.querySelectorAll("[data-save-all]")) {
      if (!state) continue;
      place.textContent = words[state].replace("{time}", this.last);
      place.dataset.state = state;
    }
  },

  askToSignIn() {
    document.getElementById("signed-out").hidden = false;
  },

  close(message) {
    const note = document.getElementById("too-late");
    note.hidden = false;
    note.querySelector("[data-message]").textContent = message;
  },
};

let token = document.querySelector("#entry [name=csrfmiddlewaretoken]")?.value;

async function post(url, data, keepalive, isSecond = false) {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token, Accept: "application/json" };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(data), keepalive, redirect: "error", signal: AbortSignal.timeout(PATIENCE) });
  if (response.status !== 403 || isSecond) {
    if (response.ok) document.getElementById("signed-out").hidden = true;
    return response;
  }
  // Whoever signed in anew in another tab has another token by now.
  const fresh = await (await fetch(root.dataset.token, { headers: { Accept: "application/json" } })).json();
  // Somebody else signed in there: these words are not theirs to save.
  if (String(fresh.person) !== root.dataset.person) return response;
  token = fresh.token;
  for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
  return post(url, data, keepalive, true);
}

function count(section) {
  const value = section.value;
  const done = typeof value === "string" ? value.trim() !== "" : value.length > 0;
  const shown = document.querySelector(`[data-toc="${CSS.escape(section.key)}"]`);
  if (shown) {
    const limit = section.control?.dataset?.limit;
    shown.textContent = limit && done ? `${length(value)}/${limit}` : done ? "✓" : "";
  }
  document.querySelector(`[data-part="section-${CSS.escape(section.key)}"]`)?.classList.toggle("done", done);
  const left = document.querySelectorAll("[data-part]:not(.done)").length;
  for (const place of document.querySelectorAll("[data-left]")) place.textContent = left ? words.left.replace("{count}", left) : words.complete;
}

// Tables: Enter goes to the next row, a row is added at the end, rows copied from a spreadsheet fill as many.
function fillRows(table, rows) {
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

function tables(box) {
  const table = box.querySelector("[data-table]");
  if (!table) return;
  [...table.tBodies[0].rows].forEach((row, place) => {
    row.dataset.place = place;
    withRemove(row);
  });
  const add = element("button", { type: "button", className: "btn small", textContent: words.add_row });
  add.dataset.addRow = "";
  add.addEventListener("click", () => addRow(table)?.querySelector("input, select, textarea").focus());
  table.closest(".table-wrap").after(add);
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
    const first = [...row.querySelectorAll("input, select, textarea")].indexOf(event.target);
    for (const line of text.split(/\r?\n/)) {
      if (!row) break;
      const cells = [...row.querySelectorAll("input, select, textarea")].slice(first);
      line.split("\t").forEach((said, place) => cells[place] && (cells[place].value = said.trim()));
      row = row.nextElementSibling ?? addRow(table);
    }
    box.dispatchEvent(new Event("input"));
  });
}

function conditions() {
  const answers = new Map(page.sections.map((section) => [section.key, section]));
  for (const section of page.sections) {
    const on = answers.get(section.box.dataset.if);
    if (!section.box.dataset.if) continue;
    const values = section.box.dataset.ifValues.split(" ");
    section.box.hidden = !on || on.box.hidden || ![on.value].flat().some((value) => values.includes(value));
    const line = document.querySelector(`[data-toc-of="${CSS.escape(section.key)}"]`);
    if (line) line.hidden = section.box.hidden;
  }
}

if (root) {
  for (const box of root.querySelectorAll("[data-section]")) {
    tables(box);
    page.sections.push(new Section(box));
  }
  const fold = document.querySelector(".toc-fold");
  // On a phone the contents are one line until somebody opens them.
  if (fold && matchMedia("(max-width: 59.99rem)").matches) {
    fold.open = false;
    fold.addEventListener("click", (event) => event.target.closest("a") && (fold.open = false));
  }
  conditions();
  root.addEventListener("change", conditions);
  for (const section of page.sections) {
    count(section);
    section.bringBack();
  }
  addEventListener("online", () => page.sections.forEach((section) => section.save()));
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) page.sections.forEach((section) => section.save({ keepalive: true }));
  });
  // The page's own button sends everything as it stands; what it saves needs no second copy here.
  let leaving = false;
  root.addEventListener("submit", () => (leaving = true));
  addEventListener("beforeunload", (event) => {
    if (!leaving && page.sections.some((section) => section.isDue && !section.isKept)) event.preventDefault();
  });
}
