// What this browser keeps of what was typed until the server has it. A copy belongs to a person, to a section of an
// entry, and to the page that wrote it: two pages never write over each other's, and other people never see it.
const random = () => [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

// This page, as long as it lives. A page that is loaded again is another one, and takes up what the last one left.
export const page = random();

const LOCK = "page:";
const channel = new BroadcastChannel("words-removed");
const keyOf = ({ person, entry, section }, owner = page) => ["entry", person, entry, section, owner].join(":");

// Whether it could be kept: a browser may have no room, or be told to keep nothing.
export function keep(place, copy) {
  try {
    localStorage.setItem(keyOf(place), JSON.stringify({ ...copy, at: Date.now() }));
    return true;
  } catch {
    return false;
  }
}

export function forget(place, owner = page) {
  try {
    localStorage.removeItem(keyOf(place, owner));
    // As it was named before a page had a name of its own.
    if (!owner) localStorage.removeItem(keyOf(place).split(":").slice(0, 4).join(":"));
  } catch {
    return;
  }
}

// All that this browser has of a person's, or of one entry of theirs, oldest first: {place, owner, value, version, base, at}.
export function kept(person, entry = null) {
  try {
    return Object.keys(localStorage).map((key) => read(key, String(person), entry)).filter(Boolean).sort((one, other) => one.at - other.at);
  } catch {
    return [];
  }
}

function read(key, person, entry) {
  const [kind, whose, which, section, owner = ""] = key.split(":");
  if (kind !== "entry" || whose !== person || !section || (entry && which !== entry)) return null;
  try {
    return { at: 0, ...JSON.parse(localStorage.getItem(key)), place: { person, entry: which, section }, owner };
  } catch {
    return null;
  }
}

// Hands over what pages have left that live no longer, as soon as they are gone: `take` gets the copies of one such page
// and may take its time, nobody else gets them meanwhile. A browser without locks can't tell, and hands over what it has.
export function inherit(person, entry, take) {
  const known = new Set([page]);
  const look = () => {
    for (const { owner } of kept(person, entry)) {
      if (known.has(owner)) continue;
      known.add(owner);
      const act = () => take(kept(person, entry).filter((copy) => copy.owner === owner));
      if (navigator.locks) navigator.locks.request(LOCK + owner, act);
      else act();
    }
  };
  look();
  if (navigator.locks) addEventListener("storage", look);
}

// Held until this page is gone, however it goes.
navigator.locks?.request(LOCK + page, () => new Promise(() => {}));

// Takes all of a person's words from this computer, and tells the other pages that have them open.
export function removeAll(person) {
  for (const copy of kept(person)) forget(copy.place, copy.owner);
  document.dispatchEvent(new Event("words-removed"));
  channel.postMessage({ person, page });
}

export function whenRemoved(person, act) {
  channel.addEventListener("message", ({ data }) => data.person === person && data.page !== page && act());
}
