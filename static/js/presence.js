// Says every twenty seconds that somebody is here and in which section, and shows who else is. Quiet when alone, and
// when the page is hidden or nobody has touched it for five minutes.
const shown = document.querySelector("[data-presence]");
const EVERY = 20_000;
const IDLE = 300_000;

const section = () => document.activeElement?.closest("[id^='section-']")?.id.slice("section-".length) ?? "";
const titleOf = (key) => document.getElementById(`section-${key}`)?.querySelector("h2, h3, legend, label")?.firstChild?.textContent.trim() ?? "";
const words = ({ name, section: key }) => {
  const title = key ? titleOf(key) : "";
  return (title ? shown.dataset.there : shown.dataset.here).replace("{name}", name).replace("{section}", title);
};

function show(others) {
  const text = others.map(words).join(" · ");
  // The same words again are no news for a screen reader.
  if (shown.textContent !== text) shown.textContent = text;
  shown.hidden = !text;
}

if (shown) {
  let touched = Date.now();
  let said = null;
  const body = (more) => new URLSearchParams({ csrfmiddlewaretoken: document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? shown.dataset.token, section: section(), ...more });
  const beat = async () => {
    if (document.hidden || Date.now() - touched > IDLE) return show([]);
    said = section();
    try {
      const answer = await fetch(shown.dataset.presence, { method: "POST", body: body(), credentials: "same-origin", redirect: "error" });
      show(answer.ok ? (await answer.json()).others : []);
    } catch {
      show([]);
    }
  };
  for (const kind of ["input", "keydown", "pointerdown"]) addEventListener(kind, () => (touched = Date.now()), { passive: true });
  addEventListener("focusin", () => section() && section() !== said && beat());
  document.addEventListener("visibilitychange", () => document.hidden || beat());
  addEventListener("pagehide", () => navigator.sendBeacon(shown.dataset.presence, body({ leave: "1" })));
  setInterval(beat, EVERY);
  beat();
}
