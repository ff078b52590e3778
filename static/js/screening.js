// The reason that is picked fills the text; and whoever has the entry open says so every minute, and when they leave.
const form = document.querySelector("[data-assess]") ?? document.querySelector("form:has([name=decide])");
const EVERY = 60_000;

const picked = form?.querySelector("select[name=code]");
if (picked) {
  const reason = form.querySelector("textarea[name=reason]");
  let filled = "";
  picked.addEventListener("change", () => {
    const text = picked.selectedOptions[0]?.dataset.text ?? "";
    // What somebody typed stays; the text of another reason gives way.
    if (reason.value.trim() && reason.value !== filled) reason.value = text ? `${reason.value.trimEnd()}\n${text}` : reason.value;
    else reason.value = text;
    filled = text;
    reason.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

const side = document.querySelector("[data-claim]");
if (side) {
  const note = side.querySelector("[data-other]");
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const body = (more) => new URLSearchParams({ csrfmiddlewaretoken: token, ...more });
  // What leaving gives up: a page that was asked for since then has been told something else, and keeps the entry.
  let { until } = side.dataset;
  const beat = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(side.dataset.claim, { method: "POST", body: body(), credentials: "same-origin", redirect: "error" });
      if (!answer.ok) return;
      const { other, until: held } = await answer.json();
      until = held;
      if (note.querySelector("[data-name]").textContent !== other) note.querySelector("[data-name]").textContent = other;
      note.hidden = !other;
    } catch {
      // The claim lasts for many minutes: the next beat will do.
    }
  };
  setInterval(beat, EVERY);
  document.addEventListener("visibilitychange", beat);
  addEventListener("pagehide", () => navigator.sendBeacon(side.dataset.claim, body({ leave: "1", until })));
  addEventListener("pageshow", (event) => event.persisted && beat());
}
