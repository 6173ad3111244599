// Runs in a Web Worker: makes a digit of a drawing, covers it with noise, cleans it with each network and rates what comes
// of it, so that the page has nothing to do but to follow the pen.

import { fromDrawing } from "./centre.js";
import { decode, encode, openClassifier, openModel } from "./network.js";
import { corrupt } from "./noise.js";
import { psnr, reading, ssim } from "./rating.js";
/** @import { Layer, Model } from "./network.js" */
/** @import { Rating } from "./rating.js" */

/** The networks to clean with from now on, or the one that reads digits, by their bytes.
    @typedef {{ open: Uint8Array[] } | { read: Uint8Array }} Opening */

/** A digit to clean: a drawing (RGBA, side x side x 4) or a ready one. `keys` are the networks', for the answer.
    @typedef {object} Order
    @property {Uint8ClampedArray | null} drawing
    @property {number} side
    @property {Float32Array | null} digit
    @property {string} kind
    @property {number} level in per cent
    @property {Float32Array} pattern
    @property {string | null} keys */

/** `pictures` are what the networks saw and what each made of it, with `ratings` and `latents` (mu) of each network;
    `took` the milliseconds. Without a digit nothing was drawn.
    @typedef {object} Answer
    @property {string | null} keys
    @property {Float32Array | null} digit
    @property {Float32Array[]} pictures
    @property {Rating[]} ratings
    @property {Float32Array[]} latents
    @property {number} took */

/** A sentence: why the networks cannot be used.
    @typedef {{ problem: string }} Problem */

/** @type {Model[]} */
let models = [];
/** @type {Layer | null} */
let classifier = null;

self.onmessage = ({ data }) => {
  if ("open" in data || "read" in data) open(data);
  else self.postMessage(answerTo(data));
};

/** @type {(opening: Opening) => void} */
function open(opening) {
  try {
    if ("open" in opening) models = opening.open.map((each) => openModel(each));
    else classifier = openClassifier(opening.read);
  } catch (error) {
    self.postMessage({ problem: error instanceof Error ? error.message : String(error) });
  }
}

/** @type {(order: Order) => Answer} */
function answerTo({ drawing, side, digit: ready, kind, level, pattern, keys }) {
  const began = performance.now();
  const digit = drawing ? fromDrawing(drawing, side, side) : ready;
  if (!digit) return { keys, digit, pictures: [], ratings: [], latents: [], took: 0 };
  const noisy = corrupt(digit, kind, level / 100, pattern);
  const latents = models.map((model) => encode(model, noisy).mu);
  const cleaned = models.map((model, index) => decode(model, latents[index]));
  const own = classifier && reading(classifier(digit));
  const ratings = cleaned.map((pixels) => ({
    psnr: psnr(pixels, digit),
    ssim: ssim(pixels, digit),
    reading: classifier && reading(classifier(pixels)),
    clean: own,
  }));
  return { keys, digit, pictures: [noisy, ...cleaned], ratings, latents, took: performance.now() - began };
}
