// Takes a photo with the device's camera, and makes large pictures smaller before Streamlit's uploader sends them.
// A file input with `capture` works over plain http too, where a page may not use the camera itself.

import { element } from "./elements.js";

const LARGE = 1_500_000; // bytes; what is smaller is sent as it is
const LONGEST = 2000; // pixels of the longer side, more than the server works with

/** Shared by all of them in the tab: whether somebody watches its file inputs already.
    @type {typeof globalThis & { vaeganPhotos?: { watched: boolean } }} */
const shared = globalThis;
const tab = (shared.vaeganPhotos ??= { watched: false });

/** @type {WeakSet<Event>} */
const ours = new WeakSet();

/** A smaller copy of a picture; the file itself where the browser cannot read it, or if that would gain nothing.
    @param {File} file @returns {Promise<File>} */
async function smaller(file) {
  if (file.size <= LARGE) return file;
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const share = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(bitmap.width * share));
    canvas.height = Math.max(1, Math.round(bitmap.height * share));
    canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    const kind = file.type === "image/jpeg" ? "image/jpeg" : "image/png"; // only JPEG has nothing transparent
    const blob = await new Promise((/** @type {BlobCallback} */ done) => canvas.toBlob(done, kind, 0.9));
    return blob && blob.size < file.size ? new File([blob], file.name, { type: kind }) : file;
  } catch {
    return file;
  }
}

/** Give a file to Streamlit's uploader, as if a person had chosen it there.
    @param {HTMLInputElement} uploader @param {File} file */
function hand(uploader, file) {
  const chosen = new DataTransfer();
  chosen.items.add(file);
  uploader.files = chosen.files;
  const change = new Event("change", { bubbles: true });
  ours.add(change);
  uploader.dispatchEvent(change);
}

/** A large file that is chosen in the uploader is held back and handed over again when it is smaller.
    @param {Event} event */
function intercept(event) {
  const input = event.target;
  if (ours.has(event) || !(input instanceof HTMLInputElement) || !input.closest(".st-key-upload")) return;
  const file = input.files?.[0];
  if (!file || file.size <= LARGE) return;
  event.stopImmediatePropagation();
  smaller(file).then((small) => hand(input, small));
}

/** @type {(call: { parentElement: ParentNode }) => void} */
export default function ({ parentElement }) {
  if (!tab.watched) document.addEventListener("change", intercept, { capture: true });
  tab.watched = true;
  const camera = element(parentElement, ".photo input", HTMLInputElement);
  camera.onchange = () => {
    const file = camera.files?.[0];
    const uploader = document.querySelector(".st-key-upload input[type=file]");
    if (file && uploader instanceof HTMLInputElement) smaller(file).then((small) => hand(uploader, small));
    camera.value = ""; // so that the same file can be chosen again
  };
}
