// The second step of each noise in vaegan/data/noise.py: the server draws a pattern, which is applied here at a level.
// NOISES names the same kinds as NOISES there; tests/browser/test_parity_of_pictures.py compares names and pixels.

import { SIDE } from "./digit.js";

/** @typedef {(x: Float32Array, level: number, pattern: Float32Array) => Float32Array} Noise */

const BLUR_MAX_SIGMA = 4;
const OCCLUSION_GREY = 0.5;

/** @type {Record<string, Noise>} */
export const NOISES = {
  gaussian: (x, level, normal) => x.map((value, i) => Math.min(1, Math.max(0, value + level * normal[i]))),
  "gaussian-unclipped": (x, level, normal) => x.map((value, i) => value + level * normal[i]),
  "salt-pepper": (x, level, uniform) =>
    x.map((value, i) => (uniform[i] < level ? Number(uniform[x.length + i] < 0.5) : value)),
  masking: (x, level, uniform) => x.map((value, i) => (uniform[i] < level ? 0 : value)),
  dropout: (x, level, uniform) => {
    const kept = Math.max(Math.fround(1 - level), 1e-6);
    return x.map((value, i) => (uniform[i] < level ? 0 : value / kept));
  },
  occlusion,
  watermark: (x, level, mark) => x.map((value, i) => value * (1 - level * mark[i]) + level * mark[i]),
  blur,
};

/** Digit x (784) with noise of `kind` at `level`, 0 to 1, from its `pattern`; a new array.
    @type {(x: Float32Array, kind: string, level: number, pattern: Float32Array) => Float32Array} */
export function corrupt(x, kind, level, pattern) {
  return level === 0 ? Float32Array.from(x) : NOISES[kind](x, Math.fround(level), pattern);
}

/** @type {Noise} */
function occlusion(x, level, [row, column]) {
  const side = roundHalfEven(Math.fround(Math.fround(Math.sqrt(level)) * SIDE));
  const [top, left] = [row, column].map((share) => roundHalfEven(Math.fround(share * (SIDE - side))));
  return x.map((value, i) => {
    const [down, right] = [Math.floor(i / SIDE) - top, (i % SIDE) - left];
    return down >= 0 && down < side && right >= 0 && right < side ? OCCLUSION_GREY : value;
  });
}

/** @type {(x: Float32Array, level: number) => Float32Array} */
function blur(x, level) {
  const sigma = Math.max(level * BLUR_MAX_SIGMA, 1e-3);
  const bell = Array.from({ length: SIDE + 1 }, (_, offset) => Math.exp(-0.5 * (offset / sigma) ** 2));
  const total = bell[0] + 2 * bell.slice(1).reduce((a, b) => a + b);
  /** @type {(from: Float32Array, step: number, stride: number) => Float32Array} */
  const along = (from, step, stride) => {
    const result = new Float32Array(x.length);
    for (let line = 0; line < SIDE; line++) {
      for (let i = 0; i < SIDE; i++) {
        let sum = 0;
        for (let j = 0; j < SIDE; j++) sum += bell[Math.abs(i - j)] * from[line * stride + j * step];
        result[line * stride + i * step] = sum / total;
      }
    }
    return result;
  };
  return along(along(x, SIDE, 1), 1, SIDE).map((value) => Math.min(1, value));
}

/** As torch rounds.
    @type {(value: number) => number} */
function roundHalfEven(value) {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}
