// An entry that takes no more words, opened by somebody whose browser still has some: they are put aside on the server,
// and then stand on this page.
import { inherit } from "./copies.js";
import { send } from "./sending.js";

const place = document.querySelector("[data-late-words]");

if (place) {
  const { person, entry, token } = place.dataset;
  inherit(person, entry, async (left) => {
    const sent = [];
    for (const copy of left) sent.push(await send(copy, token));
    if (sent.includes(true)) location.reload();
  });
}
