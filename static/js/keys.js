// Single keys for people who go through many things: [data-key] is pressed by its key, j and k go from one [data-stop]
// to the next. They rest while somebody types or a dialog is open, and can be switched off for good.
const OFF = "keys-off";
const box = document.querySelector("[data-keys]");
const stored = {
  get off() {
    try {
      return localStorage.getItem(OFF) === "yes";
    } catch {
      return false;
    }
  },
  set off(value) {
    try {
      value ? localStorage.setItem(OFF, "yes") : localStorage.removeItem(OFF);
    } catch {
      // Then it holds until the page is left.
    }
  },
};
let off = stored.off;

const isTyping = (target) => target.closest("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=submit], [type=button])");
const stops = () => [...document.querySelectorAll("[data-stop]")];

function go(step) {
  const all = stops();
  const here = all.indexOf(document.activeElement.closest("[data-stop]"));
  const next = all[here < 0 ? (step > 0 ? 0 : all.length - 1) : here + step];
  if (!next) return;
  (next.hasAttribute("tabindex") ? next : next.querySelector("a, button")).focus();
  next.scrollIntoView({ block: "nearest" });
}

function press(element) {
  if (!element.matches("details")) return element.click();
  for (const other of document.querySelectorAll("details[data-key]")) other.open = other === element;
  // The reason is asked once for all of them, above; what has a form of its own asks in it.
  const field = (element.querySelector("form") ?? element.closest("form"))?.querySelector("select, textarea");
  field?.focus();
}

// What has been opened where the focus is: in a note nobody means the decision that stands open above it.
function opened(focus) {
  const own = focus.closest("details[data-key][open]")?.querySelector("[data-final]");
  if (own) return own;
  const all = focus.closest("form")?.querySelectorAll("details[data-key][open] [data-final]") ?? [];
  return all.length === 1 ? all[0] : null;
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const open = opened(document.activeElement);
    if (!open || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    return open.click();
  }
  if (off || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const step = { j: 1, k: -1 }[event.key];
  if (step) {
    event.preventDefault();
    return go(step);
  }
  const wanted = `[data-key="${CSS.escape(event.key)}"]`;
  const found = document.activeElement.closest("[data-stop]")?.querySelector(wanted) ?? document.querySelector(wanted);
  if (!found) return;
  event.preventDefault();
  press(found);
});

if (box) {
  box.checked = !off;
  box.addEventListener("change", () => (stored.off = off = !box.checked));
}
