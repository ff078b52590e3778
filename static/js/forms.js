// Characters left under a text area, the error summary in sight, and no second submit by a double click.
const length = (text) => [...text.replaceAll("\r\n", "\n")].length;

function count(area, label) {
  const limit = Number(area.dataset.limit);
  const used = length(area.value);
  label.textContent = `${used} / ${limit}`;
  label.classList.toggle("near", used > limit * 0.9 && used <= limit);
  label.classList.toggle("over", used > limit);
}

for (const label of document.querySelectorAll("[data-count-for]")) {
  const area = document.getElementById(label.dataset.countFor);
  if (!area?.dataset.limit) continue;
  area.addEventListener("input", () => count(area, label));
  count(area, label);
}

document.querySelector("[data-focus]")?.focus();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
});
// A page that comes back from the browser's cache may be sent again.
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
