// Folding menus are <details>; this lets Escape, a click elsewhere and the loss of focus close them.
const folds = () => document.querySelectorAll("details.fold[open]");

function close(fold, { refocus = false } = {}) {
  fold.open = false;
  if (refocus) fold.querySelector("summary").focus();
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const inner = [...folds()].at(-1);
  if (inner) close(inner, { refocus: inner.contains(document.activeElement) });
});

document.addEventListener("click", (event) => {
  for (const fold of folds()) if (!fold.contains(event.target)) close(fold);
});

document.addEventListener("focusout", (event) => {
  const fold = event.target.closest?.("details.fold[open]");
  if (fold && event.relatedTarget && !fold.contains(event.relatedTarget)) close(fold);
});
