// Takes a photo with the device's camera, and makes large pictures smaller before Streamlit's uploader sends them.
// A file input with `capture` works over plain http too, where a page may not use the camera itself.

import { element } from "./elements.js";
/** @import { Call } from "./component.js" */

const LARGE = 1_500_000; // bytes; what is smaller is sent as it is
const LONGEST = 2000; // pixels of the longer side, more than the server works with

/** Shared by all of them in the tab: whether somebody watches its file inputs already, how many bytes a file may have,
    and where to say that one has more.
    @type {typeof globalThis & { vaeganPhotos?: { watched: boolean, limit: number, said?: HTMLElement } }} */
const shared = globalThis;
const tab = (shared.vaeganPhotos ??= { watched: false, limit: Infinity });

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

/** Hand a file over when it is as small as it can be, or say why it stays here: Streamlit would show a chip whose
    reason no phone shows.
    @param {HTMLInputElement} uploader @param {File} file */
async function offer(uploader, file) {
  const small = await smaller(file);
  if (small.size <= tab.limit) return hand(uploader, small);
  uploader.value = ""; // so that the same file can be chosen again
  const megabytes = (/** @type {number} */ bytes) => Math.ceil(bytes / 2 ** 20);
  if (tab.said)
    tab.said.textContent =
      `${small.name} has ${megabytes(small.size)} MB; at most ${megabytes(tab.limit)} MB are read, and this browser ` +
      "cannot make it smaller. Crop the picture or save it as JPEG.";
}

/** A large file that is chosen in the uploader, or dropped on it, is held back and handed over again when it is smaller.
    @param {Event} event */
function intercept(event) {
  const place = event.target instanceof Element && !ours.has(event) && event.target.closest(".st-key-upload");
  if (!place) return;
  if (tab.said) tab.said.textContent = "";
  const input = place.querySelector("input[type=file]");
  const files = event instanceof DragEvent ? event.dataTransfer?.files : input instanceof HTMLInputElement && input.files;
  const file = files && files[0];
  if (!(input instanceof HTMLInputElement) || !file || file.size <= LARGE) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  offer(input, file);
}

/** @type {(call: Call<{ limit: number }>) => void} */
export default function ({ parentElement, data }) {
  for (const kind of tab.watched ? [] : ["change", "drop"]) document.addEventListener(kind, intercept, { capture: true });
  tab.watched = true;
  tab.limit = data.limit;
  tab.said = element(parentElement, ".refused");
  const camera = element(parentElement, ".photo input", HTMLInputElement);
  camera.onchange = () => {
    const file = camera.files?.[0];
    const uploader = document.querySelector(".st-key-upload input[type=file]");
    if (file && uploader instanceof HTMLInputElement) offer(uploader, file);
    camera.value = ""; // so that the same file can be chosen again
  };
}
