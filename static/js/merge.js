// Two texts that began with the same one: what each has changed in it, and both in one.

// Finding the fewest changes costs time that grows with their number. What is more than this is told as one.
const MOST_EDITS = 1500;
// What stayed between two meeting changes and is shorter than this belongs to them: a text is not picked to pieces.
const READABLE = 4;

// Texts go by characters (not by halves of them), rows and choices one by one.
const parts = (value) => (typeof value === "string" ? [...value] : value.map((each) => JSON.stringify(each)));

// For each part of `old` its place in `now`, -1 where it is gone. Both orders are kept.
export function places(old, now) {
  const found = new Int32Array(old.length).fill(-1);
  const most = Math.min(old.length, now.length);
  let start = 0;
  while (start < most && old[start] === now[start]) found[start] = start++;
  let end = 0;
  while (end < most - start && old.at(-1 - end) === now.at(-1 - end)) {
    end += 1;
    found[old.length - end] = now.length - end;
  }
  for (const [place, other] of fewest(old.slice(start, old.length - end), now.slice(start, now.length - end))) found[start + place] = start + other;
  return found;
}

// Myers: how far one comes on each diagonal with one edit more, and the way back from the end.
function fewest(old, now) {
  const most = Math.min(old.length + now.length, MOST_EDITS);
  const reached = new Int32Array(2 * most + 3);
  const centre = most + 1;
  const steps = [];
  for (let edits = 0; edits <= most; edits += 1) {
    steps.push(reached.slice(centre - edits - 1, centre + edits + 2));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const below = reached[centre + diagonal + 1];
      const beside = reached[centre + diagonal - 1];
      let x = diagonal === -edits || (diagonal !== edits && beside < below) ? below : beside + 1;
      while (x < old.length && x - diagonal < now.length && old[x] === now[x - diagonal]) x += 1;
      reached[centre + diagonal] = x;
      if (x >= old.length && x - diagonal >= now.length) return back(steps, old.length, now.length);
    }
  }
  return [];
}

function back(steps, x, y) {
  const pairs = [];
  for (let edits = steps.length - 1; edits >= 0; edits -= 1) {
    const at = (diagonal) => steps[edits][diagonal + edits + 1];
    const diagonal = x - y;
    const came = diagonal === -edits || (diagonal !== edits && at(diagonal - 1) < at(diagonal + 1)) ? diagonal + 1 : diagonal - 1;
    const before = at(came);
    while (x > before && y > before - came) pairs.push([(x -= 1), (y -= 1)]);
    [x, y] = [before, before - came];
  }
  return pairs;
}

// The three texts in stretches: what all have, and between those what each says there.
function stretches(base, mine, theirs) {
  const [own, other] = [places(base, mine), places(base, theirs)];
  const found = [];
  let [i, a, b] = [0, 0, 0];
  while (i < base.length || a < mine.length || b < theirs.length) {
    let next = i;
    while (next < base.length && (own[next] < 0 || other[next] < 0)) next += 1;
    const [toMine, toTheirs] = next < base.length ? [own[next], other[next]] : [mine.length, theirs.length];
    if (next > i || toMine > a || toTheirs > b) found.push({ base: base.slice(i, next), mine: mine.slice(a, toMine), theirs: theirs.slice(b, toTheirs) });
    [i, a, b] = [next, toMine, toTheirs];
    const from = i;
    while (i < base.length && own[i] === a && other[i] === b) [i, a, b] = [i + 1, a + 1, b + 1];
    if (i > from) found.push({ isCommon: true, base: base.slice(from, i), mine: base.slice(from, i), theirs: base.slice(from, i) });
  }
  return found;
}

const equal = (one, other) => one.length === other.length && one.every((part, place) => part === other[place]);
const meets = (stretch) => stretch && !stretch.isCommon && ![[stretch.mine, stretch.base], [stretch.theirs, stretch.base], [stretch.mine, stretch.theirs]].some(([one, other]) => equal(one, other));

// A few characters in common between two places where both have written are no place to jump to and fro.
function joined(found) {
  const kept = [];
  for (const [place, stretch] of found.entries()) {
    const last = kept.at(-1);
    const isBetween = stretch.isCommon && stretch.base.length < READABLE && meets(last) && meets(found[place + 1]);
    if (isBetween || (last?.isOpen && !stretch.isCommon)) {
      kept[kept.length - 1] = { isOpen: isBetween, base: [...last.base, ...stretch.base], mine: [...last.mine, ...stretch.mine], theirs: [...last.theirs, ...stretch.theirs] };
    } else {
      kept.push({ ...stretch });
    }
  }
  return kept;
}

// Both texts in one. Where only one of the two has changed what both had read, the change is taken; where they met,
// theirs comes first and mine after it. Nothing that either of them typed is left out, and what both kept is said once.
export function merged(base, mine, theirs) {
  const isText = typeof mine === "string";
  const between = isText ? ["\n"] : [];
  const said = joined(stretches(parts(base), parts(mine), parts(theirs))).flatMap((each) => {
    if (equal(each.mine, each.base)) return each.theirs;
    if (equal(each.theirs, each.base) || equal(each.mine, each.theirs)) return each.mine;
    // Who has only deleted here gives way to who has written.
    if (!each.mine.length || !each.theirs.length) return [...each.theirs, ...each.mine];
    return [...each.theirs, ...between, ...each.mine];
  });
  if (isText) return said.join("");
  // What both have chosen is chosen once.
  const isChoice = typeof [...mine, ...theirs][0] === "string";
  return (isChoice ? [...new Set(said)] : said).map((each) => JSON.parse(each));
}

// What became of `base` in `text`, in reading order: [kind, words], kind being "same", "went" or "came".
export function marked(base, text) {
  const [old, now] = [parts(base), parts(text)];
  const found = places(old, now);
  const pieces = [];
  const add = (kind, words) => words.length && pieces.push([kind, words.join("")]);
  let [from, i, b] = [0, 0, 0];
  const change = (place, other) => {
    add("went", old.slice(i, place));
    add("came", now.slice(b, other));
  };
  while (from < old.length) {
    while (from < old.length && found[from] < 0) from += 1;
    let end = from;
    while (end < old.length && found[end] === found[from] + end - from) end += 1;
    if (end === from) break;
    const isEdge = (from === 0 && found[0] === 0) || (end === old.length && found[end - 1] === now.length - 1);
    // One character that happens to be the same inside a change is no landmark.
    if (end - from > 1 || isEdge) {
      change(from, found[from]);
      add("same", old.slice(from, end));
      [i, b] = [end, found[end - 1] + 1];
    }
    from = end;
  }
  change(old.length, now.length);
  return pieces;
}
