// Whoever signs out while this browser still has words of theirs that the server has not: they are sent, and what can't
// be sent is asked about. On a computer that others use nothing may stay behind unasked.
import { kept, removeAll } from "./copies.js";
import { send } from "./sending.js";

const question = document.getElementById("words-left");
let asking = null;

async function sendAll(form) {
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  for (const copy of kept(form.dataset.signOut)) await send(copy, token);
}

function ask(form) {
  const left = kept(form.dataset.signOut);
  if (!left.length) return form.submit();
  asking = form;
  const lines = left.map((copy) => {
    const link = Object.assign(document.createElement("a"), { href: `/submissions/${copy.place.entry}/#section-${copy.place.section}`, textContent: copy.name || copy.place.section });
    const line = document.createElement("li");
    line.append(link);
    return line;
  });
  question.querySelector("[data-list]").replaceChildren(...lines);
  if (!question.open) question.showModal();
}

// Before others hear of it (capture): they would take it for sent.
document.addEventListener("submit", onSubmit, { capture: true });

async function onSubmit(event) {
  const form = event.target.closest("form[data-sign-out]");
  if (!form || !kept(form.dataset.signOut).length) return;
  event.preventDefault();
  await sendAll(form);
  ask(form);
}

question?.addEventListener("click", async (event) => {
  const choice = event.target.closest("[data-choice]")?.dataset.choice;
  if (!choice) return;
  if (choice === "send") {
    await sendAll(asking);
    return ask(asking);
  }
  if (choice === "remove") removeAll(asking.dataset.signOut);
  asking.submit();
});
