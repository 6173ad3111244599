// Paints the numbers inside a network: units as cells of a bar, feature maps as small pictures, mu with sigma as bars.

import { contextOf } from "./elements.js";
import { size } from "./wire.js";
/** @import { Vector } from "./geometry.js" */

/** Red, green and blue.
    @typedef {[number, number, number]} Colour */

/** @type {Record<"bn" | "plain", Colour>} */
export const TWIN_COLOURS = { bn: [108, 182, 247], plain: [240, 146, 79] }; // as in stage.css
const NEGATIVE = [186, 130, 255];
const FULL = 0.6; // of the largest value: here a cell has its network's colour, above it grows white
const GAP = 1; // pixels between two maps
const REACH = 3; // how far mu and z are drawn: three standard deviations of N(0, 1)

/** A layer's numbers. Of maps the first `most` are painted, in rows of `across`; the one that is `chosen` is framed.
    @type {(canvas: HTMLCanvasElement, values: Vector, shape: number[], own: Colour,
            maps?: { most?: number, across?: number, chosen?: number }) => void} */
export function paintLayer(canvas, values, shape, own, maps = {}) {
  const [rows, columns] = shape.length === 3 ? shape.slice(1) : grid(shape[0]);
  const count = shape.length === 3 ? Math.min(shape[0], maps.most ?? shape[0]) : 1;
  const across = Math.min(count, maps.across ?? acrossOf(count));
  const gap = shape.length === 3 ? GAP : 0;
  const width = across * (columns + gap) + gap;
  const height = Math.ceil(count / across) * (rows + gap) + gap;
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  const context = contextOf(canvas);
  const image = context.createImageData(width, height);
  const scale = 1 / Math.max(largest(values), 1e-6);
  const area = size(shape) / (shape.length === 3 ? shape[0] : 1);
  for (let map = 0; map < count; map++) {
    const top = Math.floor(map / across) * (rows + gap) + gap;
    const left = (map % across) * (columns + gap) + gap;
    if (gap && map === maps.chosen) frame(image, left - gap, top - gap, columns + 1, rows + 1);
    for (let i = 0; i < area; i++) {
      const at = 4 * ((top + Math.floor(i / columns)) * width + left + (i % columns));
      colour(image.data, at, values[map * area + i] * scale, own);
    }
  }
  context.putImageData(image, 0, 0);
}

/** How many maps stand in a row if all are shown.
    @type {(count: number) => number} */
export function acrossOf(count) {
  return Math.ceil(Math.sqrt(2 * count));
}

/** Each number of mu as a bar, with sigma both ways around its end if that is given.
    @type {(canvas: HTMLCanvasElement, mu: Vector, sigma: Vector | null, own: Colour) => void} */
export function paintBars(canvas, mu, sigma, own) {
  const [width, height] = [Math.max(canvas.clientWidth, 40), Math.max(canvas.clientHeight, 16)];
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  const context = contextOf(canvas);
  context.clearRect(0, 0, width, height);
  const wide = width / mu.length;
  const half = height / 2;
  const y = (/** @type {number} */ value) => half - (Math.max(-REACH, Math.min(REACH, value)) / REACH) * (half - 1);
  context.fillStyle = "#4a5765";
  context.fillRect(0, half, width, 1);
  for (let i = 0; i < mu.length; i++) {
    const left = (i + 0.15) * wide;
    const across = Math.max(1, 0.7 * wide);
    if (sigma) {
      context.fillStyle = "rgb(232 237 243 / 45%)";
      context.fillRect(left, y(mu[i] + sigma[i]), across, y(mu[i] - sigma[i]) - y(mu[i] + sigma[i]));
    }
    context.fillStyle = `rgb(${own})`;
    context.fillRect(left, half, across, y(mu[i]) - half || 1);
  }
}

/** Rows and columns of units, about twice as wide as tall.
    @type {(units: number) => [number, number]} */
function grid(units) {
  const columns = Math.ceil(Math.sqrt(2 * units));
  return [Math.ceil(units / columns), columns];
}

/** @type {(values: Vector) => number} */
function largest(values) {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]));
  return most;
}

/** Black at 0, the network's colour and then white above, violet below; nothing where there is no number.
    @type {(data: Uint8ClampedArray, at: number, value: number, own: Colour) => void} */
function colour(data, at, value, own) {
  if (!(value === value)) return; // the last row of a bar of units may be shorter
  for (let part = 0; part < 3; part++) {
    const full = value < 0 ? NEGATIVE[part] : own[part];
    const share = Math.abs(value);
    const bright = value > FULL ? full + ((share - FULL) / (1 - FULL)) * (255 - full) : (share / FULL) * full;
    data[at + part] = value < 0 ? share * full : bright;
  }
  data[at + 3] = 255;
}

/** @type {(image: ImageData, left: number, top: number, width: number, height: number) => void} */
function frame(image, left, top, width, height) {
  for (let x = 0; x <= width; x++) {
    for (let y = 0; y <= height; y++) {
      if (x > 0 && x < width && y > 0 && y < height) continue;
      image.data.fill(255, 4 * ((top + y) * image.width + left + x), 4 * ((top + y) * image.width + left + x) + 4);
    }
  }
}
