// While a document is being made, looks every few seconds whether it is ready; gives up after two minutes.
const list = () => document.querySelector("[data-renditions]");
let looks = 0;

async function look() {
  if (list()?.dataset.renditions !== "waiting" || ++looks > 40) return;
  if (!document.hidden) {
    try {
      const answer = await fetch(location.href, { credentials: "same-origin", redirect: "error" });
      const page = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page && page.querySelector("[data-renditions]");
      if (fresh && fresh.innerHTML !== list().innerHTML) {
        list().dataset.renditions = fresh.dataset.renditions;
        list().replaceChildren(...fresh.childNodes);
      }
    } catch {
      // Offline for a moment: the next look may find it.
    }
  }
  setTimeout(look, 3_000);
}

setTimeout(look, 1_500);
