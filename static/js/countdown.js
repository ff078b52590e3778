// Goes on counting where the server stopped, by the server's clock: only the time passed since is taken from here.
const MINUTE = 60_000;
const pad = (value) => String(value).padStart(2, "0");

for (const clock of document.querySelectorAll("[data-until]")) {
  const started = performance.now();
  const total = Date.parse(clock.dataset.until) - Date.parse(clock.dataset.now);
  const show = (name, text) => (clock.querySelector(`[data-${name}]`).textContent = text);
  const tick = () => {
    const minutes = Math.max(0, Math.floor((total - (performance.now() - started)) / MINUTE));
    show("days", Math.floor(minutes / 1440));
    show("hours", pad(Math.floor(minutes / 60) % 24));
    show("minutes", pad(minutes % 60));
  };
  setInterval(tick, 10_000);
}
