// Texts as the server keeps them and counts them (submissions/texts.py): one kind of line break, and nothing of what comes
// along with words out of Word, PowerPoint or a spreadsheet and is not to be seen.
const BREAKS = /\r\n|[\r\v\f\u0085\u2028\u2029]/g;
const UNSEEN = /[\u0001-\u0008\u000e-\u001d\u001f\u007f-\u0084\u0086-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

// Word's hyphen at which no line breaks is a control too, and a hyphen.
export const showable = (text) => text.replace(BREAKS, "\n").replaceAll("\u001e", "-").replace(UNSEEN, "");

// What was typed, pasted or dropped into a field, as soon as it stands there.
export function tidy(field) {
  if (!field.matches("textarea, input[type=text]")) return;
  const tidied = (text) => (field.tagName === "TEXTAREA" ? showable(text) : showable(text).replaceAll("\n", " "));
  const said = field.value;
  if (tidied(said) === said) return;
  const caret = tidied(said.slice(0, field.selectionStart)).length;
  field.value = tidied(said);
  field.setSelectionRange(caret, caret);
}
