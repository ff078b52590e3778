// What the page of a draft says, as its template gives it; and a short way to put it there.
export const words = JSON.parse(document.getElementById("writing-words")?.textContent ?? "{}");

// `"{name} saved it"` with its names filled in.
export const say = (sentence, names = {}) => Object.entries(names).reduce((said, [name, value]) => said.replace(`{${name}}`, () => value), words[sentence] ?? "").trim();

export const element = (tag, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};
