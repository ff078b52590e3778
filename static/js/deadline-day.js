// Asks for the figures again every twelve seconds while the page is seen; when none come, says since when they are old.
const day = document.querySelector("[data-day]");
const EVERY = 12_000;

const at = (figures, path) => path.split(".").reduce((value, name) => value?.[name], figures);
const put = (node, text) => node && node.textContent !== String(text) && (node.textContent = text);

function draw(minutes) {
  const bars = day.querySelectorAll("[data-bar]");
  minutes.forEach((minute, place) => bars[place] && (bars[place].dataset.bar = minute.height));
  raise();
  day.querySelectorAll("[data-minutes] tr").forEach((row, place) => {
    put(row.cells[0], minutes[place].time);
    put(row.cells[1], minutes[place].count);
  });
  put(day.querySelector("[data-first]"), minutes[0].time);
}

function raise() {
  for (const bar of day.querySelectorAll("[data-bar]")) {
    bar.setAttribute("y", 105 - Number(bar.dataset.bar));
    bar.setAttribute("height", bar.dataset.bar);
  }
}

function show(figures) {
  for (const node of day.querySelectorAll("[data-figure]")) put(node, at(figures, node.dataset.figure));
  for (const track of figures.tracks) {
    for (const cell of day.querySelectorAll(`[data-track="${track.pk}"] [data-of]`)) put(cell, track[cell.dataset.of]);
  }
  put(day.querySelector("[data-last]"), figures.clock.slice(0, 5));
  draw(figures.minutes);
}

if (day) {
  const freshness = day.querySelector("[data-freshness]");
  const fresh = freshness.textContent;
  const ask = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(day.dataset.day, { credentials: "same-origin", redirect: "error" });
      if (!answer.ok) throw new Error(answer.status);
      show(await answer.json());
      put(freshness, fresh);
    } catch {
      put(freshness, freshness.parentElement.dataset.stale);
    }
  };
  raise();
  setInterval(ask, EVERY);
  document.addEventListener("visibilitychange", ask);
}
