// A button at each box for a password that shows what is typed; without this module there is none.
for (const box of document.querySelectorAll("input[data-show]")) {
  const button = document.createElement("button");
  const frame = document.createElement("span");
  const label = () => (button.textContent = box.type === "password" ? box.dataset.show : box.dataset.hide);
  button.type = "button";
  button.className = "btn link";
  button.setAttribute("aria-controls", box.id);
  frame.className = "secret";
  box.before(frame);
  frame.append(box, button);
  button.addEventListener("click", () => {
    box.type = box.type === "password" ? "text" : "password";
    label();
    box.focus();
  });
  // What is shown must not be kept among the words that a browser suggests.
  box.form?.addEventListener("submit", () => (box.type = "password"));
  label();
}
