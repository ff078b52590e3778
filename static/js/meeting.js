import { marked, merged } from "./merge.js";
import { element, say, words } from "./words.js";

// Longer ones would make whoever looks wait; they are shown as they are.
const LONGEST_MARKED = 20_000;
// Of two of these one is right: letters of both would say what neither did.
const WHOLE = new Set(["choice", "number", "date"]);
const TAGS = { same: "span", went: "del", came: "ins" };

// Two answers to a section of this `kind` where one has to be chosen: `title` says whose the other one is, `leads` what
// to do, where both can be put together and where they can't. `base` is what both began with, null where
// nobody knows. `mine()` is what stands above, which may be written on meanwhile. `choose(value)` is called once, with
// what shall stand there.
export function meeting({ kind, title, leads, mine: current, theirs, base, plain, most, labels, choose, className }) {
  const mine = current();
  const button = (label, value, tone = "") => {
    const made = element("button", { type: "button", className: `btn small ${tone}`, textContent: label });
    made.addEventListener("click", () => choose(value()));
    return made;
  };
  const buttons = [button(labels.theirs, () => theirs), button(labels.mine, current)];
  const both = () => together(kind, base, current(), theirs, most);
  const lead = leads[both() === null ? 1 : 0];
  if (both() !== null) buttons.unshift(button(words.merge, () => both() ?? current(), "main"));
  const isText = !WHOLE.has(kind) && [mine, theirs].every((value) => typeof value === "string");
  const began = isText && typeof base === "string" ? base : null;
  const text = (value, from) => (isText ? passage(from, value) : [plain(value)]);
  return element(
    "div",
    { className: `note stop ${className}`, role: "alert" },
    element("p", { className: "strong", textContent: title }),
    element("p", { textContent: lead }),
    ...(began ? [element("p", { className: "small soft", textContent: words.marks })] : []),
    element("p", { className: "small strong", textContent: labels.of_theirs }),
    element("p", { className: "lines theirs" }, ...text(theirs, began)),
    element("p", { className: "small strong", textContent: words.of_mine }),
    element("p", { className: "lines mine" }, ...text(mine, began)),
    ...(began ? [folded(words.of_base, began)] : []),
    element("p", { className: "row tight" }, ...buttons),
  );
}

// Both in one; null where that can't be, or not be kept.
function together(kind, base, mine, theirs, most) {
  if (typeof mine !== typeof theirs || WHOLE.has(kind)) return null;
  // A name or a number of a phone is one piece: both stand there whole, for the writer to go on from.
  if (kind === "line") return mine.trim() && theirs.trim() ? `${theirs} / ${mine}` : null;
  if (typeof mine === "string") return merged(typeof base === "string" ? base : "", mine, theirs);
  const both = merged(Array.isArray(base) ? base : [], mine, theirs);
  return most && both.length > most ? null : both;
}

function passage(base, text) {
  if (!text && !base) return [say("nothing")];
  if (!base || base.length + text.length > LONGEST_MARKED) return [text || say("nothing")];
  return marked(base, text).map(([kind, said]) => element(TAGS[kind], { textContent: said }));
}

function folded(title, text) {
  return element("details", { className: "more" }, element("summary", { textContent: title }), element("p", { className: "lines base", textContent: text }));
}
