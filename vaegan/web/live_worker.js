// Runs in a Web Worker: makes a digit of a drawing, covers it with noise, cleans it with each network and rates what comes
// of it, so that the page has nothing to do but to follow the pen.

import { fromDrawing } from "./centre.js";
import { copies, insideOf } from "./inside.js";
import { decode, encode, openClassifier, openDiscriminator, openModel } from "./network.js";
import { corrupt } from "./noise.js";
import { psnr, reading, ssim } from "./rating.js";
/** @import { Inside } from "./inside.js" */
/** @import { Layer, Model, Part, Posterior } from "./network.js" */
/** @import { Rating } from "./rating.js" */

/** The networks to clean with from now on, the one that reads digits, or the networks' discriminators (null for one that
    has none), by their bytes.
    @typedef {{ open: Uint8Array[] } | { read: Uint8Array } | { judge: (Uint8Array | null)[] }} Opening */

/** A digit to clean: a drawing (RGBA, side x side x 4) or a ready one. `keys` are the networks', for the answer.
    @typedef {object} Order
    @property {Uint8ClampedArray | null} drawing
    @property {number} side
    @property {Float32Array | null} digit
    @property {string} kind
    @property {number} level in per cent
    @property {Float32Array} pattern
    @property {string | null} keys */

/** `pictures` are what the networks saw and what each made of it, with `ratings` of each network; `took` the
    milliseconds. Without a digit nothing was drawn.
    @typedef {object} Answer
    @property {string | null} keys
    @property {Float32Array | null} digit
    @property {Float32Array[]} pictures
    @property {Rating[]} ratings
    @property {number} took */

/** Asks for what is inside the networks since the last order; with random numbers `eps` they draw a z as well.
    @typedef {{ look: { eps: Float32Array | null } }} Look */

/** What both networks were given and all that each computed; `keys` are those of the last order.
    @typedef {{ keys: string | null, digit: Float32Array, noisy: Float32Array, insides: Inside[] }} Looked */

/** What the last order came to.
    @typedef {object} Last
    @property {string | null} keys
    @property {Float32Array} digit
    @property {Float32Array} noisy
    @property {Posterior[]} posteriors
    @property {Float32Array[]} cleaned */

/** A sentence: why the networks cannot be used.
    @typedef {{ problem: string }} Problem */

/** @type {Model[]} */
let models = [];
/** @type {Layer | null} */
let classifier = null;
/** @type {(Part | null)[]} */
let judges = [];
/** @type {Last | null} */
let last = null;

self.onmessage = ({ data }) => {
  if ("open" in data || "read" in data || "judge" in data) open(data);
  else if ("look" in data) {
    const looked = look(data);
    self.postMessage({ looked }, { transfer: looked?.insides.flatMap(copies) ?? [] });
  } else self.postMessage(answerTo(data));
};

/** @type {(opening: Opening) => void} */
function open(opening) {
  try {
    if ("open" in opening) {
      models = opening.open.map((each) => openModel(each));
      [judges, last] = [[], null];
    } else if ("judge" in opening) judges = opening.judge.map((each) => each && openDiscriminator(each));
    else classifier = openClassifier(opening.read);
  } catch (error) {
    self.postMessage({ problem: error instanceof Error ? error.message : String(error) });
  }
}

/** @type {(order: Order) => Answer} */
function answerTo({ drawing, side, digit: ready, kind, level, pattern, keys }) {
  const began = performance.now();
  const digit = drawing ? fromDrawing(drawing, side, side) : ready;
  last = null;
  if (!digit) return { keys, digit, pictures: [], ratings: [], took: 0 };
  const noisy = corrupt(digit, kind, level / 100, pattern);
  const posteriors = models.map((model) => encode(model, noisy));
  const cleaned = models.map((model, index) => decode(model, posteriors[index].mu));
  const own = classifier && reading(classifier(digit));
  const ratings = cleaned.map((pixels) => ({
    psnr: psnr(pixels, digit),
    ssim: ssim(pixels, digit),
    reading: classifier && reading(classifier(pixels)),
    clean: own,
  }));
  last = { keys, digit, noisy, posteriors, cleaned };
  return { keys, digit, pictures: [noisy, ...cleaned], ratings, took: performance.now() - began };
}

/** All that the networks computed for the last order; null if there was no digit.
    @type {(order: Look) => Looked | null} */
function look({ look: { eps } }) {
  if (!last) return null;
  const { keys, digit, noisy, posteriors, cleaned } = last;
  const insides = models.map((model, index) =>
    insideOf(model, judges[index] ?? null, digit, posteriors[index], cleaned[index], eps),
  );
  return { keys, digit, noisy, insides };
}
