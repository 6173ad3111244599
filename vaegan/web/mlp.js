// The VAE's forward pass: 784 -> hidden -> mu, logvar and z -> hidden -> 784 pixels.

import { unpacked } from "./wire.js";

export const PIXELS = 784;

/** The bytes of wire.py's browser_weights -> a model for `encode` and `decode`. */
export function openModel(bytes) {
  const { latent_dim: latentDim, logvar_limit: logvarLimit, arrays } = unpacked(bytes);
  const layer = (name) => {
    const [weights, bias] = [arrays[`${name}.weight`], arrays[`${name}.bias`]];
    const outputs = bias.length;
    const active = new Uint32Array(weights.length / outputs);
    return { weights, bias, outputs, active, result: new Float64Array(outputs) };
  };
  const names = ["encoder_hidden", "encoder_output", "decoder_hidden", "decoder_output"];
  return { latentDim, logvarLimit, layers: Object.fromEntries(names.map((name) => [name, layer(name)])) };
}

/** Pictures x (784) -> { mu, logvar }, each (d), new arrays. */
export function encode(model, x) {
  const { encoder_hidden: hidden, encoder_output: output } = model.layers;
  const both = affine(output, relu(affine(hidden, x)));
  const d = model.latentDim;
  const limit = model.logvarLimit;
  return {
    mu: Float32Array.from(both.subarray(0, d)),
    logvar: Float32Array.from(both.subarray(d), (value) => Math.min(limit, Math.max(-limit, value))),
  };
}

/** Latent vector z (d) -> pixels (784) in [0, 1]; `pixels` is filled and returned if given. */
export function decode(model, z, pixels = new Float32Array(PIXELS)) {
  const { decoder_hidden: hidden, decoder_output: output } = model.layers;
  const logits = affine(output, relu(affine(hidden, z)));
  for (let i = 0; i < PIXELS; i++) pixels[i] = 1 / (1 + Math.exp(-logits[i]));
  return pixels;
}

// Inputs that are 0 cost nothing; the others go in fours, so that each result is loaded and stored a quarter as often.
function affine({ weights, bias, outputs, result, active }, x) {
  result.set(bias);
  let count = 0;
  for (let i = 0; i < active.length; i++) if (x[i] !== 0) active[count++] = i;
  let k = 0;
  for (; k + 4 <= count; k += 4) {
    const [a, b, c, d] = [active[k], active[k + 1], active[k + 2], active[k + 3]];
    const [xa, xb, xc, xd] = [x[a], x[b], x[c], x[d]];
    const [ra, rb, rc, rd] = [a * outputs, b * outputs, c * outputs, d * outputs];
    for (let j = 0; j < outputs; j++) {
      result[j] += xa * weights[ra + j] + xb * weights[rb + j] + xc * weights[rc + j] + xd * weights[rd + j];
    }
  }
  for (; k < count; k++) {
    const row = active[k] * outputs;
    const value = x[active[k]];
    for (let j = 0; j < outputs; j++) result[j] += value * weights[row + j];
  }
  return result;
}

function relu(values) {
  for (let i = 0; i < values.length; i++) if (values[i] < 0) values[i] = 0;
  return values;
}
