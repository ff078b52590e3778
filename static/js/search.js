// Enter sends a short question; a text of several lines, or one still being composed, keeps its Enter.
const box = document.querySelector("search textarea");

box?.addEventListener("keydown", (event) => {
  const isShort = box.value.length < 60 && !box.value.includes("\n");
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229 || !isShort) return;
  event.preventDefault();
  box.form.requestSubmit();
});
