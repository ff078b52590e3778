// The judge's sheet: a total that follows the keys, Ctrl+Enter hands in, and nothing typed is lost by leaving.
const sheet = document.querySelector("[data-sheet]");
const PLAIN = /^\d{1,4}(\.\d{1,2})?$/;

function total() {
  let hundredths = 0;
  for (const line of sheet.querySelectorAll("[data-weight]")) {
    const text = line.querySelector("input").value.trim();
    const points = PLAIN.test(text) ? Number(text) : 0;
    if (points <= Number(line.dataset.most)) hundredths += Math.round(points * 100) * Math.round(Number(line.dataset.weight) * 100);
  }
  return (hundredths / 10_000).toFixed(2);
}

if (sheet) {
  // On a slow line a judge writes before this script has come.
  let changed = [...sheet.querySelectorAll("input, textarea")].some((field) => field.value !== field.defaultValue);
  const shown = sheet.querySelector("[data-total]");
  const show = () => (shown.textContent = total());
  sheet.addEventListener("input", () => {
    changed = true;
    show();
  });
  document.addEventListener("submit", () => (changed = false));
  addEventListener("beforeunload", (event) => changed && event.preventDefault());
  document.addEventListener("keydown", (event) => {
    const final = sheet.querySelector("[data-final]");
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !final || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    sheet.requestSubmit(final);
  });
  show();
  const wrong = sheet.querySelector("[aria-invalid='true']");
  const empty = [...sheet.querySelectorAll(".points")].find((field) => !field.value);
  if (!document.querySelector("[data-focus]")) (wrong ?? empty)?.focus({ preventScroll: true });
}
