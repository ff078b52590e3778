// Sends files of an entry in pieces, several at once, and goes on after a cut line, a closed tab or a restarted server.
// Without this the form sends them with everything else.
const CHUNK = 8 * 1024 * 1024;
const WAITS = [1, 2, 5, 10, 20, 30];
const TUS = { "Tus-Resumable": "1.0.0" };
const AT_ONCE = 2;
const waiting = [];
let running = 0;

class Refused extends Error {}
class Full extends Error {}
class Paused extends Error {}
class Outside extends Error {}

const coded = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
const sleep = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

function size(bytes) {
  const unit = bytes < 1024 ** 2 ? ["KB", 1024] : ["MB", 1024 ** 2];
  return `${(bytes / unit[1]).toFixed(1)} ${unit[0]}`;
}

const memory = {
  get: (key) => { try { return localStorage.getItem(key); } catch { return null; } },
  set: (key, value) => { try { localStorage.setItem(key, value); } catch { /* It only won't go on in another tab. */ } },
  keys: (start) => { try { return Object.keys(localStorage).filter((key) => key.startsWith(start)); } catch { return []; } },
  drop: (key) => { try { localStorage.removeItem(key); } catch { /* as above */ } },
};

class Sending {
  constructor(file, slot) {
    this.file = file;
    this.slot = slot;
    this.words = slot.box.dataset;
    this.key = slot.keyOf(file);
    this.row = slot.box.querySelector("template").content.firstElementChild.cloneNode(true);
    this.bar = this.row.querySelector("progress");
    this.row.querySelector("[data-name]").textContent = file.name;
    this.bar.setAttribute("aria-label", file.name);
    this.row.querySelector("[data-pause]").addEventListener("click", () => (this.isPaused ? this.resume() : this.pause()));
    this.row.querySelector("[data-cancel]").addEventListener("click", () => this.cancel());
    slot.forgetRow(this.key);
    this.row.dataset.key = this.key;
    slot.sendings.set(this.key, this);
    // Other pages see by it that this one sends the file. Shared: it is the portal that lets one piece in at a time.
    const left = new Promise((done) => (this.release = done));
    navigator.locks?.request(this.key, { mode: "shared" }, () => left);
    slot.list.append(this.row);
    this.wait();
  }

  wait() {
    this.isPaused = false;
    this.show(this.words.waiting);
    waiting.push(this);
    next();
  }

  pause() {
    this.isPaused = true;
    this.request?.abort();
    const place = waiting.indexOf(this);
    if (place >= 0) waiting.splice(place, 1);
    this.say(this.words.paused);
    this.label(this.words.resumeLabel);
  }

  // There is no room for more at present: what has arrived stays, and whoever waits says when to try again.
  hold(reason) {
    this.pause();
    this.say(reason);
  }

  resume() {
    this.label(this.words.pauseLabel);
    if (this.isRunning) this.isPaused = false;
    else this.wait();
  }

  async cancel() {
    if (this.isLeft) return this.row.remove();
    this.isCancelled = true;
    this.pause();
    this.leave();
    memory.drop(this.key);
    this.row.remove();
    this.slot.say(fill(this.words.cancelled, { name: this.file.name }));
    if (this.at) await fetch(this.at, { method: "DELETE", headers: this.headers() }).catch(() => null);
  }

  async run() {
    this.isRunning = true;
    try {
      for (let tries = 0; ; tries++) {
        if (this.isPaused) return;
        const before = this.offset ?? 0;
        try {
          await this.go();
          return await this.finish();
        } catch (error) {
          if (error instanceof Paused) return;
          if (error instanceof Refused) return this.fail(error.message);
          if (error instanceof Full) return this.hold(error.message);
          if (error instanceof Outside && !(await this.comeIn(error))) return;
          if (error instanceof Outside && this.isIn) continue;
          if ((this.offset ?? 0) > before) tries = 0;
          const seconds = WAITS[Math.min(tries, WAITS.length - 1)];
          this.say(fill(error instanceof Outside ? this.words.signedOut : this.words.retrying, { seconds }));
          await Promise.race([sleep(seconds), new Promise((done) => addEventListener("online", done, { once: true }))]);
        }
      }
    } finally {
      this.isRunning = false;
    }
  }

  async go() {
    this.at ??= memory.get(this.key);
    this.offset = this.at ? await this.ask() : await this.begin();
    this.started = performance.now();
    this.startedAt = this.offset;
    // Once more at the end: the last step may be missing where the server was stopped before it.
    do {
      this.offset = await this.send(this.offset);
    } while (this.offset < this.file.size);
  }

  // The session is over, or is another one by now: what has arrived stays, and it goes on as soon as its sender is back.
  // Answers whether there is any sense in asking again; `isIn`, whether at once.
  async comeIn(refused) {
    const wasIn = this.isIn;
    this.isIn = false;
    const answer = await fetch(this.words.token, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok) return true;
    // Networks of hotels and the like answer with a page of their own.
    const told = await answer.json().catch(() => null);
    if ((told?.person ?? null) === null) return true;
    if (String(told.person) !== this.slot.person) return this.leaveTo(refused.message);
    if (wasIn) return this.fail(refused.message);
    for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = told.token;
    return (this.isIn = true);
  }

  async begin() {
    const said = { filename: this.file.name, entry: this.slot.entry, slot: this.slot.key };
    const metadata = Object.entries(said).map(([name, value]) => `${name} ${coded(value)}`).join(",");
    const answer = await fetch(this.words.url, {
      method: "POST",
      headers: { ...this.headers(), "Upload-Length": String(this.file.size), "Upload-Metadata": metadata },
    });
    if (!answer.ok) throw this.error(answer.status, await answer.text());
    this.at = new URL(answer.headers.get("Location"), location.href).pathname;
    memory.set(this.key, this.at);
    return 0;
  }

  async ask() {
    const answer = await fetch(this.at, { method: "HEAD", headers: this.headers() });
    if (answer.ok) return Number(answer.headers.get("Upload-Offset"));
    if (answer.status !== 404 && answer.status !== 410) throw this.error(answer.status, "");
    // Remembered until there is another: to somebody else it isn't there, to its sender it may be.
    this.at = null;
    return this.begin();
  }

  send(offset) {
    return new Promise((done, failed) => {
      if (this.isPaused) return failed(new Paused());
      const request = (this.request = new XMLHttpRequest());
      request.open("PATCH", this.at);
      const headers = { ...this.headers(), "Upload-Offset": offset, "Content-Type": "application/offset+octet-stream" };
      for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
      request.upload.onprogress = (event) => this.progress(offset + event.loaded);
      request.onload = () => {
        if (request.status === 204) this.isIn = false;
        if (request.status === 204) return done(Number(request.getResponseHeader("Upload-Offset")));
        failed(this.error(request.status, request.responseText));
      };
      request.onerror = request.ontimeout = () => failed(new Error("line"));
      request.onabort = () => failed(new Paused());
      request.send(this.file.slice(offset, offset + CHUNK));
    });
  }

  error(status, text) {
    // Asked again, these may be answered otherwise; a 409 with another offset is found out by asking where to go on.
    if ([0, 408, 423, 429, 460].includes(status) || (status >= 500 && status !== 507)) return new Error(String(status));
    let told = null;
    try { told = JSON.parse(text).error; } catch { /* no answer of ours */ }
    if (status === 409 && told?.code === "offset") return new Error("offset");
    const fields = Object.values(told?.fields ?? {}).flat();
    const words = fields.join(" ") || told?.message || this.words.failed;
    if ([401, 403].includes(status)) return new Outside(words);
    return status === 507 ? new Full(words) : new Refused(words);
  }

  headers() {
    return { ...TUS, "X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]").value };
  }

  progress(bytes) {
    const percent = Math.floor((Math.min(bytes, this.file.size) / this.file.size) * 100);
    const speed = (bytes - this.startedAt) / Math.max(0.5, (performance.now() - this.started) / 1000);
    const left = speed > 0 ? Math.ceil((this.file.size - bytes) / speed) : 0;
    const time = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    this.bar.value = percent;
    this.show(fill(this.words.sending, { percent, speed: `${size(speed)}/s`, time }));
  }

  async finish() {
    this.leave();
    memory.drop(this.key);
    this.row.remove();
    this.slot.say(fill(this.words.done, { name: this.file.name }));
    await this.slot.renew();
  }

  fail(reason) {
    memory.drop(this.key);
    this.stop(reason);
  }

  // Somebody else sits there now: it stays its sender's, and goes on when they choose it again.
  leaveTo(reason) {
    this.isLeft = true;
    this.stop(reason);
  }

  stop(reason) {
    this.leave();
    this.bar.remove();
    this.row.querySelector("[data-pause]").remove();
    this.row.querySelector("[data-cancel]").textContent = this.words.close;
    this.row.classList.add("stop");
    this.label = () => {};
    this.say(reason);
  }

  leave() {
    this.slot.sendings.delete(this.key);
    this.release();
  }

  label(text) {
    this.row.querySelector("[data-pause]").textContent = text;
  }

  show(text) {
    this.row.querySelector("[data-state]").textContent = text;
  }

  say(text) {
    this.show(text);
    this.slot.say(`${this.file.name}: ${text}`);
  }
}

function next() {
  while (running < AT_ONCE && waiting.length) {
    running++;
    waiting.shift().run().finally(() => {
      running--;
      next();
    });
  }
}

class Slot {
  constructor(box) {
    this.box = box;
    this.entry = box.dataset.entry;
    this.key = box.dataset.slot;
    this.person = box.closest("[data-person]").dataset.person;
    this.sendings = new Map();
    this.list = box.querySelector("[data-list]");
    this.told = box.querySelector("[data-told]");
    box.hidden = false;
    this.field = box.closest(".field");
    this.field.addEventListener("change", (event) => event.target.type === "file" && this.take(event.target));
    // On a slow line a file is chosen before this script has come.
    const early = this.field.querySelector("input[type=file]");
    if (early?.files.length) this.take(early);
    this.recall();
  }

  // Of a person: others at the same computer have files of their own.
  get start() {
    return `upload:${this.person}:${this.entry}:${this.key}:`;
  }

  keyOf(file) {
    return `${this.start}${file.name}:${file.size}:${file.lastModified}`;
  }

  // What a closed page has left half sent: nobody would know that it goes on when the same file is chosen. What another
  // page is sending is told once that page is gone; a browser without locks can't tell.
  recall() {
    for (const key of memory.keys(this.start)) {
      if (navigator.locks) navigator.locks.request(key, () => this.look(key));
      else this.look(key);
    }
  }

  async look(key) {
    const at = memory.get(key);
    const answer = at && !this.sendings.has(key) ? await fetch(at).catch(() => null) : null;
    const told = answer?.ok ? await answer.json().catch(() => null) : null;
    if (answer?.status === 404 || ["done", "refused"].includes(told?.state)) memory.drop(key);
    else if (told && !this.sendings.has(key)) this.tellHalf(key, at, told);
  }

  tellHalf(key, at, told) {
    const name = key.slice(this.start.length).split(":").slice(0, -2).join(":");
    const percent = Math.floor((100 * told.offset) / Math.max(1, told.size));
    const row = this.box.querySelector("template").content.firstElementChild.cloneNode(true);
    row.dataset.key = key;
    row.querySelector("[data-name]").textContent = name;
    row.querySelector("[data-state]").textContent = fill(this.box.dataset.begun, { percent });
    row.querySelector("[data-pause]").remove();
    row.querySelector("progress").value = percent;
    row.querySelector("progress").setAttribute("aria-label", name);
    row.querySelector("[data-cancel]").addEventListener("click", async () => {
      memory.drop(key);
      this.forgetRow(key);
      this.say(fill(this.box.dataset.cancelled, { name }));
      const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
      await fetch(at, { method: "DELETE", headers: { ...TUS, "X-CSRFToken": token } }).catch(() => null);
    });
    this.list.append(row);
  }

  forgetRow(key) {
    this.list.querySelector(`[data-key="${CSS.escape(key)}"]`)?.remove();
  }

  take(input) {
    const files = [...input.files];
    // The form sends what else it holds, and not these once more.
    input.value = "";
    for (const file of files) {
      const there = this.sendings.get(this.keyOf(file));
      if (!there) new Sending(file, this);
      else if (there.isPaused) there.resume();
    }
  }

  say(text) {
    this.told.textContent = text;
  }

  // The files as the server shows them now.
  async renew() {
    // After a button that leads back here, the entry may stand at the button's address, which can't be read.
    const address = this.field.closest("[data-entry-url]")?.dataset.entryUrl ?? location.pathname;
    const answer = await fetch(address).catch(() => null);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(this.field.id)?.querySelector("ul[data-kept]");
    const old = this.field.querySelector("ul[data-kept]");
    if (fresh && old) old.replaceWith(fresh);
    else if (fresh) this.box.before(fresh);
    const part = `[data-part="${CSS.escape(this.field.id)}"]`;
    const line = page.querySelector(part);
    if (line) document.querySelector(part)?.replaceWith(line);
    document.dispatchEvent(new Event("parts-changed"));
  }
}

for (const box of document.querySelectorAll("[data-upload]")) new Slot(box);
addEventListener("beforeunload", (event) => {
  if (running) event.preventDefault();
});
