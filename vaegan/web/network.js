// A model's encoder and decoder: lists of operations, as wire.py names them, applied one after the other.

import { conv, convTranspose } from "./convolution.js";
import { PIXELS } from "./digit.js";
import { size, unpacked } from "./wire.js";
/** @import { Vector } from "./geometry.js" */
/** @import { Unpacked } from "./wire.js" */

/** @typedef {(input: Vector) => Vector} Layer */
/** @typedef {{ mu: Float32Array, logvar: Float32Array }} Posterior */
/** @typedef {{ latentDim: number, logvarLimit: number, encoder: Part, decoder: Part }} Model */

/** One operation of a part: its name, the shapes of what it takes and gives, and what it gave last.
    @typedef {{ op: string, inputs: number[], outputs: number[], values: Vector }} Step */

/** A part of a network as one function; `steps` are its operations, valid until the next call.
    @typedef {Layer & { steps: Step[] }} Part */

/** The operations by name. Each takes its arrays and numbers and the shapes `inputs` and `outputs`, and returns a
    function from inputs to outputs. The outputs are valid until the function's next call; the inputs are not changed.
    @type {Record<string, (given: any) => Layer>} */
export const OPERATIONS = {
  linear,
  conv,
  conv_transpose: convTranspose,
  scale_shift: scaleShift,
  relu,
  leaky_relu: leakyRelu,
};

/** The bytes of wire.py's browser_weights -> a model for `encode` and `decode`.
    @type {(bytes: Uint8Array) => Model} */
export function openModel(bytes) {
  const header = unpacked(bytes);
  return {
    latentDim: header.latent_dim,
    logvarLimit: header.logvar_limit,
    encoder: chained("encoder", header),
    decoder: chained("decoder", header),
  };
}

/** The bytes of wire.py's browser_classifier -> a picture (784) as ten logits.
    @type {(bytes: Uint8Array) => Layer} */
export function openClassifier(bytes) {
  return chained("classifier", unpacked(bytes));
}

/** The bytes of wire.py's browser_discriminator -> a picture (784) as one logit, positive for "real".
    @type {(bytes: Uint8Array) => Part} */
export function openDiscriminator(bytes) {
  return chained("discriminator", unpacked(bytes));
}

/** Picture x (784) -> { mu, logvar }, each (d), new arrays.
    @type {(model: Model, x: Vector) => Posterior} */
export function encode(model, x) {
  const both = model.encoder(x);
  const d = model.latentDim;
  const limit = model.logvarLimit;
  return {
    mu: Float32Array.from(both.slice(0, d)),
    logvar: Float32Array.from(both.slice(d), (value) => Math.min(limit, Math.max(-limit, value))),
  };
}

/** Latent vector z (d) -> pixels (784) in [0, 1]; `pixels` is filled and returned if given.
    @type {(model: Model, z: Vector, pixels?: Float32Array) => Float32Array} */
export function decode(model, z, pixels = new Float32Array(PIXELS)) {
  const logits = model.decoder(z);
  for (let i = 0; i < PIXELS; i++) pixels[i] = 1 / (1 + Math.exp(-logits[i]));
  return pixels;
}

/** All operations of a part as one function.
    @type {(part: "encoder" | "decoder" | "classifier" | "discriminator", header: Unpacked) => Part} */
function chained(part, header) {
  const prefix = (/** @type {number} */ index) => `${part}.${index}.`;
  const arraysOf = (/** @type {number} */ index) =>
    Object.entries(header.arrays)
      .filter(([name]) => name.startsWith(prefix(index)))
      .map(([name, array]) => [name.slice(prefix(index).length), array]);
  /** @type {{ op: string, inputs: number[], outputs: number[] }[]} */
  const given = header[part];
  const operations = given.map(({ op, ...numbers }, index) => {
    if (!OPERATIONS[op]) throw new Error(`This page does not know the operation "${op}". Reload it.`);
    return OPERATIONS[op]({ ...numbers, ...Object.fromEntries(arraysOf(index)) });
  });
  /** @type {Step[]} */
  const steps = given.map(({ op, inputs, outputs }) => ({ op, inputs, outputs, values: [] }));
  /** @type {Layer} */
  const apply = (input) =>
    operations.reduce((values, operation, index) => (steps[index].values = operation(values)), input);
  return Object.assign(apply, { steps });
}

/** @type {(arrays: { weight: Float32Array, bias: Float32Array }) => Layer} */
function linear({ weight, bias }) {
  const outputs = bias.length;
  const active = new Uint32Array(weight.length / outputs); // room for the indices of the inputs that are not 0
  const result = new Float64Array(outputs);
  return (x) => affine(x, weight, bias, active, result);
}

/** x W + bias with W (inputs x outputs). Inputs that are 0 are skipped; the others are taken four at a time, so that
    each result is loaded and stored a quarter as often.
    @type {(x: Vector, weight: Float32Array, bias: Float32Array,
            active: Uint32Array, result: Float64Array) => Float64Array} */
function affine(x, weight, bias, active, result) {
  const outputs = bias.length;
  result.set(bias);
  let count = 0;
  for (let i = 0; i < active.length; i++) if (x[i] !== 0) active[count++] = i;
  let k = 0;
  for (; k + 4 <= count; k += 4) {
    const [a, b, c, d] = [active[k], active[k + 1], active[k + 2], active[k + 3]];
    const [xa, xb, xc, xd] = [x[a], x[b], x[c], x[d]];
    const [ra, rb, rc, rd] = [a * outputs, b * outputs, c * outputs, d * outputs];
    for (let j = 0; j < outputs; j++) {
      result[j] += xa * weight[ra + j] + xb * weight[rb + j] + xc * weight[rc + j] + xd * weight[rd + j];
    }
  }
  for (; k < count; k++) {
    const row = active[k] * outputs;
    const value = x[active[k]];
    for (let j = 0; j < outputs; j++) result[j] += value * weight[row + j];
  }
  return result;
}

/** BatchNorm, for each channel of (channels, ...).
    @type {(given: { scale: Float32Array, shift: Float32Array, outputs: number[] }) => Layer} */
function scaleShift({ scale, shift, outputs }) {
  const result = new Float32Array(size(outputs));
  const area = result.length / scale.length;
  return (x) => {
    for (let channel = 0, i = 0; channel < scale.length; channel++) {
      for (const end = i + area; i < end; i++) result[i] = x[i] * scale[channel] + shift[channel];
    }
    return result;
  };
}

/** @type {(given: { outputs: number[] }) => Layer} */
function relu({ outputs }) {
  return leakyRelu({ slope: 0, outputs });
}

/** @type {(given: { slope: number, outputs: number[] }) => Layer} */
function leakyRelu({ slope, outputs }) {
  const result = new Float32Array(size(outputs));
  return (x) => {
    for (let i = 0; i < result.length; i++) result[i] = x[i] < 0 ? slope * x[i] : x[i];
    return result;
  };
}
