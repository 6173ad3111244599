// Paints grey pictures on canvases, and reads pictures and numbers that were sent as text (base64).

import { SIDE } from "./digit.js";
import { contextOf } from "./elements.js";

/** Paints pixels in [0, 1] (width x height) on a canvas of that size; below 0 is black, above 1 white.
    @type {(canvas: HTMLCanvasElement, pixels: ArrayLike<number>, width?: number, height?: number) => void} */
export function paint(canvas, pixels, width = SIDE, height = SIDE) {
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  const context = contextOf(canvas);
  const image = context.createImageData(width, height);
  for (let i = 0, at = 0; i < width * height; i++) {
    const grey = pixels[i] * 255; // an image's data rounds and clips by itself
    image.data[at++] = grey;
    image.data[at++] = grey;
    image.data[at++] = grey;
    image.data[at++] = 255;
  }
  context.putImageData(image, 0, 0);
}

/** base64 -> bytes.
    @type {(text: string) => Uint8Array} */
export function fromBase64(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** base64 of little-endian float32 -> the numbers.
    @type {(text: string) => Float32Array} */
export function floats(text) {
  return new Float32Array(fromBase64(text).buffer);
}

/** base64 of 784 bytes -> digit (784) in [0, 1].
    @type {(text: string) => Float32Array} */
export function digitFrom(text) {
  return Float32Array.from(fromBase64(text), (byte) => byte / 255);
}

/** digit (784) in [0, 1] -> base64 of 784 bytes.
    @type {(digit: Float32Array) => string} */
export function toBase64(digit) {
  return btoa(String.fromCharCode(...digit.map((value) => Math.round(255 * value))));
}

/** Lets the browser save a canvas as a PNG file.
    @type {(canvas: HTMLCanvasElement, name: string) => void} */
export function savePicture(canvas, name) {
  const link = document.createElement("a");
  Object.assign(link, { href: canvas.toDataURL("image/png"), download: name });
  link.click();
}
