// All that a network computes on the way from a noisy digit to a clean one, copied from where it computed it, so that the
// page can show it.

import { PIXELS } from "./digit.js";
import { decode } from "./network.js";
/** @import { Model, Part, Posterior, Step } from "./network.js" */

/** A point z = mu + exp(logvar / 2) * eps of the cloud that the encoder answers with, and the picture it becomes.
    @typedef {{ eps: Float32Array, z: Float32Array, pixels: Float32Array }} Draw */

/** What the discriminator did with the cleaned digit, and the probabilities that it and the clean one are real.
    @typedef {{ steps: Step[], cleaned: number, clean: number }} Judged */

/** `draw` is null if none was asked for, `judged` without a discriminator.
    @typedef {object} Inside
    @property {Step[]} encoder
    @property {Float32Array} mu
    @property {Float32Array} logvar
    @property {Step[]} decoder
    @property {Float32Array} cleaned
    @property {Draw | null} draw
    @property {Judged | null} judged */

/** What `model` did when it cleaned a digit last; `posterior` and `cleaned` are what came of that. With random numbers
    `eps` it decodes a draw as well.
    @type {(model: Model, judge: Part | null, digit: Float32Array, posterior: Posterior, cleaned: Float32Array,
            eps: Float32Array | null) => Inside} */
export function insideOf(model, judge, digit, { mu, logvar }, cleaned, eps) {
  const [encoder, decoder] = [copied(model.encoder), copied(model.decoder)];
  return { encoder, mu, logvar, decoder, cleaned, draw: eps && draw(model, mu, logvar, eps), judged: judged() };

  function judged() {
    if (!judge) return null;
    const clean = probability(judge(digit));
    return { clean, cleaned: probability(judge(cleaned)), steps: copied(judge) };
  }
}

/** @type {(model: Model, mu: Float32Array, logvar: Float32Array, eps: Float32Array) => Draw} */
function draw(model, mu, logvar, eps) {
  const z = mu.map((value, index) => value + Math.exp(logvar[index] / 2) * eps[index]);
  const pixels = decode(model, z, new Float32Array(PIXELS));
  decode(model, mu); // so that another look finds what the digit made of the decoder, not this draw
  return { eps: eps.slice(0, mu.length), z, pixels };
}

/** The memory of all that was copied, which can be handed over.
    @type {(inside: Inside) => ArrayBuffer[]} */
export function copies({ encoder, decoder, judged }) {
  const steps = [...encoder, ...decoder, ...(judged?.steps ?? [])];
  return steps.flatMap(({ values }) => (values instanceof Float32Array ? [/** @type {ArrayBuffer} */ (values.buffer)] : []));
}

/** @type {(part: Part) => Step[]} */
function copied({ steps }) {
  return steps.map((step) => ({ ...step, values: Float32Array.from(step.values) }));
}

/** @type {(logit: ArrayLike<number>) => number} */
function probability(logit) {
  return 1 / (1 + Math.exp(-logit[0]));
}
