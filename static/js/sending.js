import { forget } from "./copies.js";

// A line that gives no answer is no line.
const PATIENCE = 10_000;

// Sends what a page has left in this browser. True when the server has it: saved, or put aside for whoever wrote it.
export async function send(copy, token) {
  const { entry, section } = copy.place;
  const url = `/submissions/${entry}/sections/${section}/`;
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token, Accept: "application/json" };
  const body = JSON.stringify({ value: copy.value, version: copy.version, tab: copy.owner });
  try {
    const response = await fetch(url, { method: "POST", headers, body, redirect: "error", signal: AbortSignal.timeout(PATIENCE) });
    const answer = await response.json().catch(() => ({}));
    const isThere = response.ok || (response.status === 409 && (answer.too_late || JSON.stringify(answer.theirs?.value) === JSON.stringify(copy.value)));
    if (isThere) forget(copy.place, copy.owner);
    return Boolean(isThere);
  } catch {
    return false;
  }
}
