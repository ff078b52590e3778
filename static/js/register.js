// Reads the chosen file here and fills the form in; nothing of the file is sent.
import { hashOf } from "./sha256.js";

const part = document.querySelector("[data-register]");

if (part) {
  const bar = part.querySelector("progress");
  const status = part.querySelector("[data-told]");
  const field = (name) => document.querySelector(`form [name=${name}]`);
  const fill = (sha256, file) => {
    field("sha256").value = sha256;
    field("name").value = file?.name ?? "";
    field("size").value = file?.size ?? "";
  };
  let latest = null;
  const read = async (file) => {
    latest = file;
    fill("", null);
    bar.hidden = false;
    try {
      const sum = await hashOf(file, (share) => {
        if (latest !== file) throw new Error("another file was chosen");
        const percent = Math.floor(share * 100);
        bar.value = percent;
        status.textContent = part.dataset.hashing.replace("{percent}", percent);
      });
      fill(sum, file);
      status.textContent = part.dataset.done;
    } catch {
      if (latest === file) status.textContent = part.dataset.failed;
    } finally {
      if (latest === file) bar.hidden = true;
    }
  };
  part.hidden = false;
  part.querySelector("input").addEventListener("change", (event) => event.target.files[0] && read(event.target.files[0]));
}
