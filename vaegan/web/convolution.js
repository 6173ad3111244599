// Convolutions as products of matrices: for each place of the output the numbers under the kernel are gathered into a
// row, and all rows are multiplied by the weights. Numbers lie as in torch: channel by channel, row by row.

import { size } from "./wire.js";
/** @import { Vector } from "./geometry.js" */

/** What wire.py sends of a convolution. `inputs` and `outputs` are (channels, rows, columns), `kernel`, `stride` and
    `padding` are (rows, columns), `weight` is (inputs' channels, kernel's rows, kernel's columns, outputs' channels).
    @typedef {object} Convolution
    @property {Float32Array} weight
    @property {Float32Array} bias
    @property {number[]} inputs
    @property {number[]} outputs
    @property {number[]} kernel
    @property {number[]} stride
    @property {number[]} padding */

/** Places of the output, along one axis, that the same taps of the kernel reach. `source` says where an input lies.
    @typedef {object} Phase
    @property {number[]} places
    @property {number[]} taps
    @property {(place: number, tap: number) => number} source */

/** One product: where each number of the rows comes from, the weights (a row's numbers x outputs' channels), and where
    each row's results lie in a channel of the output.
    @typedef {{ sources: Int32Array, weight: Float32Array, places: Int32Array }} Product */

/** @type {(given: Convolution) => (x: Vector) => Float32Array} */
export function conv(given) {
  return layer(given, (axis) => {
    const [stride, padding] = [given.stride[axis], given.padding[axis]];
    const source = (/** @type {number} */ place, /** @type {number} */ tap) => place * stride - padding + tap;
    return [{ places: range(given.outputs[axis + 1]), taps: range(given.kernel[axis]), source }];
  });
}

/** Input i reaches output i * stride - padding + tap. So a place is reached by every stride-th tap alone: of a kernel
    of 4 x 4 with stride 2, by 2 x 2, and there are four kinds of places.
    @type {(given: Convolution) => (x: Vector) => Float32Array} */
export function convTranspose(given) {
  return layer(given, (axis) => {
    const [stride, padding] = [given.stride[axis], given.padding[axis]];
    return range(stride).map((phase) => ({
      places: range(given.outputs[axis + 1]).filter((place) => (place + padding) % stride === phase),
      taps: range(given.kernel[axis]).filter((tap) => tap % stride === phase),
      source: (place, tap) => (place + padding - tap) / stride,
    }));
  });
}

/** `phases` gives those of the rows (axis 0) and of the columns (axis 1).
    @type {(given: Convolution, phases: (axis: number) => Phase[]) => (x: Vector) => Float32Array} */
function layer(given, phases) {
  const columns = phases(1);
  const products = phases(0).flatMap((down) => columns.map((across) => product(given, down, across)));
  const padded = new Float32Array(size(given.inputs) + 1); // its last number stays 0: it is what lies outside
  const rows = new Float32Array(Math.max(...products.map(({ sources }) => sources.length)));
  const result = new Float32Array(size(given.outputs));
  return (x) => {
    padded.set(x);
    for (const { sources, weight, places } of products) {
      for (let i = 0; i < sources.length; i++) rows[i] = padded[sources[i]];
      multiply(rows, weight, given.bias, places, result);
    }
    return result;
  };
}

/** @type {(given: Convolution, down: Phase, across: Phase) => Product} */
function product({ weight, inputs, outputs, kernel }, down, across) {
  const [channels, height, width] = inputs;
  const taken = range(channels).flatMap((channel) =>
    down.taps.flatMap((tap) => across.taps.map((other) => (channel * kernel[0] + tap) * kernel[1] + other)),
  );
  const those = new Float32Array(taken.length * outputs[0]);
  taken.forEach((from, to) => {
    those.set(weight.subarray(from * outputs[0], (from + 1) * outputs[0]), to * outputs[0]);
  });
  const places = Int32Array.from(
    down.places.flatMap((row) => across.places.map((column) => row * outputs[2] + column)),
  );
  const sources = new Int32Array(places.length * taken.length);
  let count = 0;
  for (const row of down.places) {
    for (const column of across.places) {
      for (let channel = 0; channel < channels; channel++) {
        for (const tap of down.taps) {
          const y = down.source(row, tap);
          for (const other of across.taps) {
            const x = across.source(column, other);
            const inside = y >= 0 && y < height && x >= 0 && x < width;
            sources[count++] = inside ? (channel * height + y) * width + x : size(inputs);
          }
        }
      }
    }
  }
  return { sources, weight: those, places };
}

/** rows W + bias into `result`, channel by channel. Two rows and four channels are taken at a time, so that eight sums
    stay in the processor and each number is loaded once for several of them; at an end the last row or channel is taken
    again. The loop inside has no destructuring, which would take twice as long.
    @type {(rows: Float32Array, weight: Float32Array, bias: Float32Array,
            places: Int32Array, result: Float32Array) => void} */
function multiply(rows, weight, bias, places, result) {
  const channels = bias.length;
  const length = weight.length / channels; // of a row
  const area = result.length / channels;
  for (let c0 = 0; c0 < channels; c0 += 4) {
    const c1 = Math.min(c0 + 1, channels - 1);
    const c2 = Math.min(c0 + 2, channels - 1);
    const c3 = Math.min(c0 + 3, channels - 1);
    for (let row = 0; row < places.length; row += 2) {
      const next = Math.min(row + 1, places.length - 1);
      let [a0, a1, a2, a3] = [bias[c0], bias[c1], bias[c2], bias[c3]];
      let [b0, b1, b2, b3] = [a0, a1, a2, a3];
      for (let w = 0, a = row * length, b = next * length; w < weight.length; w += channels, a++, b++) {
        const one = rows[a];
        const other = rows[b];
        const w0 = weight[w + c0];
        const w1 = weight[w + c1];
        const w2 = weight[w + c2];
        const w3 = weight[w + c3];
        a0 += one * w0;
        a1 += one * w1;
        a2 += one * w2;
        a3 += one * w3;
        b0 += other * w0;
        b1 += other * w1;
        b2 += other * w2;
        b3 += other * w3;
      }
      const [at, then] = [places[row], places[next]];
      result[c0 * area + at] = a0;
      result[c1 * area + at] = a1;
      result[c2 * area + at] = a2;
      result[c3 * area + at] = a3;
      result[c0 * area + then] = b0;
      result[c1 * area + then] = b1;
      result[c2 * area + then] = b2;
      result[c3 * area + then] = b3;
    }
  }
}

/** @type {(count: number) => number[]} */
function range(count) {
  return Array.from({ length: count }, (_, index) => index);
}
