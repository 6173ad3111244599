// The stages on the way from a noisy digit to a clean one: what each is called and does, and what it did, in words.

import { PIXELS } from "./digit.js";
import { inWords, layersOf, likeness, signed } from "./network_layers.js";
/** @import { Inside } from "./inside.js" */
/** @import { DrawnLayer } from "./network_layers.js" */

/** @typedef {"digit" | "encoder" | "latent" | "sample" | "decoder" | "cleaned" | "judge"} StageName */

/** @typedef {{ name: StageName, title: string, words: string }} Stage */

/** In the order of the data's way.
    @type {Stage[]} */
export const STAGES = [
  {
    name: "digit",
    title: "Noisy digit",
    words: `What both networks are given: ${PIXELS} numbers, one for each pixel, 0 for black and 1 for white.`,
  },
  {
    name: "encoder",
    title: "Encoder",
    words: `Squeezes the ${PIXELS} pixels, layer by layer, into a few numbers that say which digit it is and how it is written.`,
  },
  {
    name: "latent",
    title: "mu and sigma",
    words:
      "The encoder's answer is a cloud of points: mu is its middle, sigma how far it reaches in each direction. The " +
      "less sure the encoder is, the wider the cloud.",
  },
  {
    name: "sample",
    title: "A sample z",
    words:
      "One point z of the cloud stands for the digit. Training draws it at random, z = mu + sigma · eps, as this one " +
      "here; cleaning takes the middle, z = mu.",
  },
  {
    name: "decoder",
    title: "Decoder",
    words: `Unfolds the few numbers of z, layer by layer, into ${PIXELS} pixels. It learned to draw digits, never noise.`,
  },
  {
    name: "cleaned",
    title: "Cleaned digit",
    words: "What the decoder drew from z = mu: the digit that it takes yours for, pixel by pixel.",
  },
  {
    name: "judge",
    title: "Discriminator",
    words:
      "The opponent in training: it learned to tell real digits from drawn ones, so that the decoder had to draw " +
      "better ones. Cleaning does not need it.",
  },
];

/** What stands in an opened stage if a network's numbers cannot be shown. */
export const NO_JUDGE = "trained without an opponent, so there is no discriminator to ask.";
export const NO_NORM = "has no BatchNorm here: its numbers go on as they are.";
export const NO_DRAW = "learned as a plain autoencoder: it knows mu alone and draws nothing.";

/** A stage's place among STAGES.
    @type {(name: StageName) => Stage} */
export function stageOf(name) {
  return /** @type {Stage} */ (STAGES.find((stage) => stage.name === name));
}

/** sigma of logvar.
    @type {(logvar: Float32Array) => Float32Array} */
export function sigmaOf(logvar) {
  return logvar.map((value) => Math.exp(value / 2));
}

/** The layers of a stage, of those that have some. The encoder's last layer gives mu and logvar, the decoder's last one
    the pixels before the sigmoid; they are drawn as stages of their own.
    @type {(name: StageName, inside: Inside) => DrawnLayer[]} */
export function layersIn(name, { encoder, decoder, judged }) {
  if (name === "encoder") return layersOf(encoder);
  if (name === "decoder") return layersOf(decoder);
  return name === "judge" && judged ? layersOf(judged.steps) : [];
}

/** A probability in per cent.
    @type {(probability: number) => string} */
export function percent(probability) {
  return `${Math.round(100 * probability)} %`;
}

/** What a network did in a stage, in a sentence without its beginning.
    @type {(name: StageName, inside: Inside) => string} */
export function did(name, inside) {
  const sigma = sigmaOf(inside.logvar);
  switch (name) {
    case "encoder":
    case "decoder": {
      const layers = layersIn(name, inside);
      const normed = layers.filter((layer) => layer.normed).length;
      const shapes = layers.map(({ shape }) => inWords(shape)).join(", ");
      return `${shapes}; BatchNorm ${normed ? `after ${normed} of ${layers.length} layers` : "nowhere"}`;
    }
    case "latent":
      return `mu: ${likeness(inside.mu)}; sigma from ${signed(Math.min(...sigma))} to ${signed(Math.max(...sigma))}`;
    case "sample":
      return `z, ${inside.mu.length} numbers, ${inside.draw ? "drawn at random" : "is mu"}`;
    case "judge":
      return inside.judged ? `${percent(inside.judged.cleaned)} sure that this is a real digit` : "not asked";
    default:
      return likeness(inside.cleaned);
  }
}
