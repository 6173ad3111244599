// Runs in a Web Worker: makes a digit of a drawing, covers it with noise and cleans it with each network, so that the
// page has nothing to do but to follow the pen.

import { fromDrawing } from "./centre.js";
import { decode, encode, openModel } from "./network.js";
import { corrupt } from "./noise.js";
import { psnr } from "./picture.js";
/** @import { Model } from "./network.js" */

/** The networks to clean with from now on, by their bytes.
    @typedef {{ open: Uint8Array[] }} Opening */

/** A digit to clean: a drawing (RGBA, side x side x 4) or a ready one. `keys` are the networks', for the answer.
    @typedef {object} Order
    @property {Uint8ClampedArray | null} drawing
    @property {number} side
    @property {Float32Array | null} digit
    @property {string} kind
    @property {number} level in per cent
    @property {Float32Array} pattern
    @property {string | null} keys */

/** `pictures` are what the networks saw and what each made of it, `ratings` their PSNR against the digit, `took` the
    milliseconds. Without a digit nothing was drawn.
    @typedef {object} Answer
    @property {string | null} keys
    @property {Float32Array | null} digit
    @property {number} level
    @property {Float32Array[]} pictures
    @property {number[]} ratings
    @property {number} took */

/** A sentence: why the networks cannot be used.
    @typedef {{ problem: string }} Problem */

/** @type {Model[]} */
let models = [];

self.onmessage = ({ data }) => {
  if ("open" in data) open(data);
  else self.postMessage(answerTo(data));
};

/** @type {(opening: Opening) => void} */
function open({ open: bytes }) {
  try {
    models = bytes.map((each) => openModel(each));
  } catch (error) {
    self.postMessage({ problem: error instanceof Error ? error.message : String(error) });
  }
}

/** @type {(order: Order) => Answer} */
function answerTo({ drawing, side, digit: ready, kind, level, pattern, keys }) {
  const began = performance.now();
  const digit = drawing ? fromDrawing(drawing, side, side) : ready;
  if (!digit) return { keys, digit, level, pictures: [], ratings: [], took: 0 };
  const noisy = corrupt(digit, kind, level / 100, pattern);
  const pictures = [noisy, ...models.map((model) => decode(model, encode(model, noisy).mu))];
  const ratings = pictures.map((pixels) => psnr(pixels, digit));
  return { keys, digit, level, pictures, ratings, took: performance.now() - began };
}
