// Saves what is written, section by section. Until the server has said yes, the words lie in this browser as well:
// a line that drops, a session that ends or a server that restarts loses none of them.
import * as copies from "./copies.js";
import { meeting } from "./meeting.js";
import { send } from "./sending.js";
import { fillRows, tables } from "./tables.js";
import { showable, tidy } from "./texts.js";
import { element, say, words } from "./words.js";

const root = document.querySelector("[data-writing]");
const PAUSE = 1000;
const LONGEST_PAUSE = 5000;
// Longer than any save takes: a line that is dead without saying so is given up, and the words are sent again.
const PATIENCE = 30_000;
const RETRIES = [2000, 4000, 8000, 15000, 30000];

const length = (text) => [...text].length;
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

// What stands in a section's fields, in the server's form.
function read(box) {
  const { kind, section } = box.dataset;
  if (kind === "choices") return [...box.querySelectorAll("input:checked")].map((input) => input.value);
  if (kind === "choice") return box.querySelector("input:checked")?.value ?? "";
  if (kind !== "people" && kind !== "rows") return showable(box.querySelector(`[name="a-${CSS.escape(section)}"]`).value);
  const rows = [...box.querySelectorAll("tbody tr")].map((row) =>
    Object.fromEntries([...row.querySelectorAll("[data-column]")].map((cell) => [cell.dataset.column, cell.querySelector("input, select, textarea").value])),
  );
  return rows.filter((row) => Object.values(row).some((cell) => cell.trim()));
}

// What the server has put there. On a slow line people write before this script has come, and that is not saved yet.
function readAsServed(box) {
  const form = element("form", {}, box.cloneNode(true));
  form.reset();
  return read(form.firstElementChild);
}

class Section {
  constructor(box) {
    this.box = box;
    this.key = box.dataset.section;
    this.kind = box.dataset.kind;
    this.place = { person: root.dataset.person, entry: root.dataset.entry, section: this.key };
    this.left = [];
    this.versionField = box.querySelector(`[name="v-${CSS.escape(this.key)}"]`);
    this.acknowledged = readAsServed(box);
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
    return read(this.box);
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
    conditions();
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
    if (page.isOver) return;
    const isWanted = this.isDue || this.clash;
    if (!isWanted) copies.forget(this.place);
    this.isKept = !isWanted || copies.keep(this.place, { value: this.value, version: this.version, base: this.acknowledged, name: this.name });
  }

  get name() {
    return this.box.querySelector("legend, label")?.firstChild?.textContent.trim() ?? this.key;
  }

  // What a page that is closed has left in this browser and the server never got. Over as soon as it is safe elsewhere.
  async take(copy) {
    if (same(copy.value, this.acknowledged)) {
      // What a closing page sent last may have arrived: then it is saved, and nothing is left to send.
      if (!this.isDue) this.show("saved");
    } else if (this.isDue || this.clash || this.running) {
      if (!same(copy.value, this.value)) await new Promise((done) => this.offer(copy, done));
    } else {
      this.goOn(copy);
      if (!this.isKept) return;
    }
    copies.forget(copy.place, copy.owner);
  }

  goOn(copy) {
    const stands = this.acknowledged;
    this.value = copy.value;
    if (same(copy.base, stands)) return this.changed();
    this.acknowledged = copy.base;
    this.meet({ value: stands, text: this.words(stands), version: this.version, by: "", at: "" });
  }

  // Beside what is being written here: nobody but the writer knows which of the two is the right one.
  offer(copy, done) {
    if (done) this.left.push({ ...copy, done });
    const next = this.left[0];
    if (!next || this.offered || this.clash) return;
    const choose = (value) => {
      this.offered.remove();
      this.offered = null;
      this.left.shift();
      if (!same(value, this.value)) {
        this.value = value;
        this.changed();
      }
      next.done();
      this.offer();
    };
    this.offered = meeting({
      kind: this.kind,
      title: words.left_over,
      leads: [words.left_over_lead, words.left_over_choose],
      mine: () => this.value,
      theirs: next.value,
      base: next.base,
      plain: (value) => this.words(value),
      most: this.most,
      labels: { theirs: words.take_left, mine: words.drop_left, of_theirs: words.of_left },
      choose,
      className: "left-over",
    });
    document.getElementById(`id_${this.key}_errors`).after(this.offered);
  }

  get most() {
    return Number(this.box.querySelector("[data-table]")?.dataset.most ?? 0);
  }

  words(value) {
    if (typeof value === "string") return this.named(value) || words.nothing;
    if (this.kind === "choices") return value.map((key) => this.named(key)).join("、") || words.nothing;
    const blank = this.box.querySelector("[data-blank-row]")?.content;
    const cell = ([column, said]) => this.named(said, blank?.querySelector(`[data-column="${CSS.escape(column)}"]`));
    return value.map((row) => Object.entries(row).map(cell).filter(Boolean).join(" · ")).join("\n") || words.nothing;
  }

  // An option by its name, anything else as it is.
  named(said, place = this.box) {
    const options = place?.querySelectorAll("option, input[type=radio], input[type=checkbox]") ?? [];
    const option = said && [...options].find((each) => each.value === said);
    return option ? (option.label ?? option.labels[0].textContent).trim() : said;
  }

  async save({ keepalive = false } = {}) {
    clearTimeout(this.timer);
    if (page.isOver) return;
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
    const response = await post(`${root.dataset.entryUrl}sections/${this.key}/`, { value: sent, version: this.version, tab: copies.page }, keepalive);
    const answer = await response.json().catch(() => ({}));
    if (response.ok) return this.saved(sent, answer);
    if (response.status === 400 && answer.errors) return this.refused(answer.errors);
    if (response.status === 409 && answer.theirs && this.isMine(answer.theirs)) return this.arrived(answer.theirs);
    if (response.status === 409 && answer.theirs) return this.meet(answer.theirs);
    if (response.status === 409 && answer.too_late) return this.tooLate(sent, answer.too_late);
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

  // The server has put the words aside for whoever typed them: the copy here has done its duty.
  tooLate(sent, message) {
    this.acknowledged = sent;
    this.keep();
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
    const choose = (value) => {
      this.clash = null;
      this.versionField.value = theirs.version;
      this.acknowledged = theirs.value;
      if (!same(value, this.value)) this.value = value;
      this.errors([]);
      this.changed();
      this.keep();
      this.offer();
    };
    const note = meeting({
      kind: this.kind,
      title: theirs.by ? say("saved_by", { name: theirs.by, time: theirs.at }) : words.saved_elsewhere,
      leads: [words.both, words.choose],
      mine: () => this.value,
      theirs: theirs.value,
      base: this.acknowledged,
      plain: (value) => (value === theirs.value ? theirs.text : this.words(value)),
      most: this.most,
      labels: { theirs: words.take_theirs, mine: words.keep_mine, of_theirs: words.of_theirs },
      choose,
      className: "clash",
    });
    document.getElementById(`id_${this.key}_errors`).replaceChildren(note);
  }

  show(state, time = "") {
    this.state = state;
    const place = this.box.querySelector("[data-save-state]");
    place.textContent = state ? say(state, { time }) : "";
    place.dataset.state = state;
    page.show();
  }
}

const page = {
  sections: [],
  // With those that can't be mended.
  all: [],
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
      // Where there is little room, the hour will do.
      place.textContent = say(state, { time: place.dataset.saveAll === "short" ? this.last.split(" ").at(-1) : this.last });
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
  countLeft();
}

function countLeft() {
  const left = document.querySelectorAll("[data-part]:not(.done, [hidden])").length;
  for (const place of document.querySelectorAll("[data-left]")) place.textContent = left ? say("left", { count: left }) : words.complete;
}

// A section that can't be mended says what it said; others may be shown by it, and it by others.
const closed = (box) => ({ box, key: box.dataset.locked, value: box.dataset.said.split(" ") });

function conditions() {
  const answers = new Map(page.all.map((section) => [section.key, section]));
  for (const section of page.all) {
    const on = answers.get(section.box.dataset.if);
    if (!section.box.dataset.if) continue;
    const values = section.box.dataset.ifValues.split(" ");
    section.box.hidden = !on || on.box.hidden || ![on.value].flat().some((value) => values.includes(value));
    const line = document.querySelector(`[data-toc-of="${CSS.escape(section.key)}"]`);
    if (line) line.hidden = section.box.hidden;
    const part = document.querySelector(`[data-part="section-${CSS.escape(section.key)}"]`);
    if (part) part.hidden = section.box.hidden;
  }
  countLeft();
}

if (root) {
  for (const box of root.querySelectorAll("[data-section], [data-locked]")) {
    if (box.dataset.locked) {
      page.all.push(closed(box));
      continue;
    }
    tables(box);
    page.sections.push(new Section(box));
    page.all.push(page.sections.at(-1));
  }
  const fold = document.querySelector(".toc-fold");
  // On a phone the contents are one line until somebody opens them.
  if (fold && matchMedia("(max-width: 59.99rem)").matches) {
    fold.open = false;
    fold.addEventListener("click", (event) => event.target.closest("a") && (fold.open = false));
  }
  conditions();
  root.addEventListener("change", conditions);
  // Before anybody else hears of it, so that what is counted and saved is what stands there.
  root.addEventListener("input", (event) => tidy(event.target), true);
  for (const section of page.sections) {
    count(section);
    if (section.isDue) section.changed();
  }
  const byKey = new Map(page.sections.map((section) => [section.key, section]));
  copies.inherit(root.dataset.person, root.dataset.entry, (left) =>
    // A section that is no longer asked takes nothing up; the server puts its words aside.
    Promise.all(left.map((copy) => byKey.get(copy.place.section)?.take(copy) ?? send(copy, token))),
  );
  // Signed out, and nothing is to stay on this computer: neither in its store nor on this screen.
  document.addEventListener("words-removed", () => (page.isOver = true));
  copies.whenRemoved(root.dataset.person, () => {
    page.isOver = true;
    location.replace("/");
  });
  document.addEventListener("parts-changed", countLeft);
  addEventListener("online", () => page.sections.forEach((section) => section.save()));
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) page.sections.forEach((section) => section.save({ keepalive: true }));
  });
  // The page's own button sends everything as it stands; what it saves needs no second copy here.
  let leaving = false;
  root.addEventListener("submit", () => (leaving = true));
  addEventListener("beforeunload", (event) => {
    if (!leaving && !page.isOver && page.sections.some((section) => section.isDue && !section.isKept)) event.preventDefault();
  });
}
