// Is this file the one in the receipt? Read and hashed here; nothing is sent anywhere.
const part = document.querySelector("[data-compare]");

async function compare(file) {
  const answer = part.querySelector("[role=status]");
  answer.textContent = "…";
  try {
    const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    const sum = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const same = document.querySelector(`[data-sha256="${sum}"]`);
    answer.textContent = same ? `${answer.dataset.same} ${same.dataset.name}` : `${answer.dataset.other} ${sum}`;
  } catch {
    answer.textContent = answer.dataset.failed;
  }
}

// Browsers hash only on pages that came by HTTPS or from this machine; elsewhere the part stays away.
if (part && globalThis.crypto?.subtle) {
  part.hidden = false;
  part.querySelector("input").addEventListener("change", (event) => event.target.files[0] && compare(event.target.files[0]));
  part.addEventListener("dragover", (event) => event.preventDefault());
  part.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files[0]) compare(event.dataTransfer.files[0]);
  });
}
