// <a href="#id" data-dialog> opens that <dialog> as a modal; without this module the link's :target shows it.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    event.preventDefault();
    document.querySelector(opener.hash || `#${opener.dataset.dialog}`)?.showModal();
    return;
  }
  const closer = event.target.closest("dialog [data-close]");
  if (closer?.closest("dialog").open) {
    event.preventDefault();
    closer.closest("dialog").close();
    return;
  }
  if (event.target.matches("dialog[open]")) event.target.close();
});
