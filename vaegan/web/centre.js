// Makes a digit of a drawing as vaegan/data/drawing.py does, with the same steps and roundings: each pixel is the same
// k/255.

import { SIDE } from "./digit.js";

/** Ink in [0, 1], row by row.
    @typedef {{ values: Float64Array, width: number, height: number }} Ink */

const BOX = 20;
const FINE = 100;
const FAINTEST = 0.1;
const TYPICAL_STROKE = 2.4;
const THINNEST_STROKE = 1.8;
const round32 = Math.fround;

/** Canvas pixels RGBA (height x width x 4) -> digit (784) in [0, 1], or null if nothing is drawn.
    @type {(rgba: ArrayLike<number>, width: number, height: number) => Float32Array | null} */
export function fromDrawing(rgba, width, height) {
  const brightness = new Uint8Array(width * height);
  let brightest = 0;
  for (let i = 0, at = 0; i < brightness.length; i++, at += 4) {
    const channel = Math.max(rgba[at], rgba[at + 1], rgba[at + 2]);
    const value = ((channel * rgba[at + 3]) / 255) | 0;
    brightness[i] = value;
    if (value > brightest) brightest = value;
  }
  const peak = round32(brightest / 255);
  if (peak < FAINTEST) return null;
  const gain = round32(2 / peak);
  const stretched = new Float64Array(256);
  for (let k = 0; k < 256; k++) stretched[k] = clip(round32(round32(round32(k / 255) * gain) - 0.5), 0, 1);
  const ink = new Float64Array(brightness.length); // filled by a loop: Float64Array.from takes ten times as long
  for (let i = 0; i < ink.length; i++) ink[i] = stretched[brightness[i]];
  return centred({ values: ink, width, height });
}

/** @type {(ink: Ink) => Float32Array} */
function centred(ink) {
  let body = cropped(ink);
  const thick = thickened(body);
  if (thick) body = cropped(thick);
  const cells = fitted(body, BOX);
  const peak = cells.reduce((a, b) => Math.max(a, b));
  const pixels = cells.map((value) => Math.floor(round32(round32(clip(round32(value / peak), 0, 1) * 255) + 0.5)));
  let [mass, row, column] = [0, 0, 0];
  for (let i = 0; i < BOX * BOX; i++) {
    mass += pixels[i];
    row += Math.floor(i / BOX) * pixels[i];
    column += (i % BOX) * pixels[i];
  }
  const [top, left] = [row, column].map((sum) => clip(Math.floor(14.5 - sum / mass), 0, SIDE - BOX));
  const digit = new Float32Array(SIDE * SIDE);
  for (let i = 0; i < BOX * BOX; i++) {
    digit[(top + Math.floor(i / BOX)) * SIDE + left + (i % BOX)] = pixels[i] / 255;
  }
  return digit;
}

/** @type {(ink: Ink) => Ink} */
function cropped({ values, width, height }) {
  let [top, bottom, left, right] = [height, -1, width, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (values[y * width + x] < 0.25) continue;
      if (y < top) top = y;
      if (y > bottom) bottom = y;
      if (x < left) left = x;
      if (x > right) right = x;
    }
  }
  const [w, h] = [right - left + 1, bottom - top + 1];
  const body = new Float64Array(w * h);
  for (let y = 0; y < h; y++) {
    body.set(values.subarray((top + y) * width + left, (top + y) * width + left + w), y * w);
  }
  return { values: body, width: w, height: h };
}

/** Ink on cells x cells: the share of each cell that is covered, from sums over all that is above and left of a corner.
    @type {(ink: Ink, cells: number) => Float64Array} */
function fitted({ values, width, height }, cells) {
  const side = Math.max(width, height);
  const w = width + 1;
  const sums = new Float64Array((height + 1) * w);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) sums[(y + 1) * w + x + 1] = sums[y * w + x + 1] + values[y * width + x];
  }
  for (let y = 1; y <= height; y++) {
    for (let x = 1; x <= width; x++) sums[y * w + x] += sums[y * w + x - 1];
  }
  const strips = new Float64Array(cells * w); // (cells, width + 1)
  between(edges(height, side, cells), (cell, before, after, upper, lower) => {
    for (let x = 0; x < w; x++) {
      const down = sums[after * w + x] * (1 - lower) + sums[(after + 1) * w + x] * lower;
      strips[cell * w + x] = down - (sums[before * w + x] * (1 - upper) + sums[(before + 1) * w + x] * upper);
    }
  });
  const scale = (cells / side) ** 2;
  const result = new Float64Array(cells * cells);
  between(edges(width, side, cells), (cell, before, after, upper, lower) => {
    for (let y = 0, row = 0; y < cells; y++, row += w) {
      const along = strips[row + after] * (1 - lower) + strips[row + after + 1] * lower;
      const mass = along - (strips[row + before] * (1 - upper) + strips[row + before + 1] * upper);
      result[y * cells + cell] = round32(mass * scale);
    }
  });
  return result;
}

/** Where the edges of cells lie: in which pixel, and how far in it.
    @typedef {{ before: Int32Array, share: Float64Array }} Edges */

/** Calls `use` for each cell with the pixels in which the cell begins and ends, and how far into these pixels its edges
    lie.
    @type {(edges: Edges,
            use: (cell: number, before: number, after: number, upper: number, lower: number) => void) => void} */
function between({ before, share }, use) {
  for (let cell = 0; cell + 1 < before.length; cell++) {
    use(cell, before[cell], before[cell + 1], share[cell], share[cell + 1]);
  }
}

/** @type {(length: number, side: number, cells: number) => Edges} */
function edges(length, side, cells) {
  const [before, share] = [new Int32Array(cells + 1), new Float64Array(cells + 1)];
  for (let i = 0; i <= cells; i++) {
    const edge = clip((length - side) / 2 + (i * side) / cells, 0, length);
    before[i] = Math.min(Math.floor(edge), length - 1);
    share[i] = edge - before[i];
  }
  return { before, share };
}

/** The ink with wider strokes if they are thin, or null.
    @type {(ink: Ink) => Ink | null} */
function thickened(ink) {
  const fine = fitted(ink, FINE);
  const area = fine.reduce((a, b) => a + b);
  const touched = padded(fine.map((value) => Number(value > 1e-6)), FINE, 1);
  const outline = crofton(touched, FINE + 2);
  if ((2 * area) / outline >= (THINNEST_STROKE * FINE) / BOX) return null;
  const width = (2 * touched.reduce((a, b) => a + b)) / outline;
  const radius = Math.max(0, ((TYPICAL_STROKE / BOX) * FINE - width) / (2 * (1 - TYPICAL_STROKE / BOX)));
  const margin = Math.floor(radius) + 1;
  const side = FINE + 2 + 2 * margin;
  const squared = squaredDistances(padded(touched, FINE + 2, margin), side);
  return { values: squared.map((value) => Number(Math.sqrt(value) <= radius)), width: side, height: side };
}

/** @type {(values: Float64Array, side: number, margin: number) => Float64Array} */
function padded(values, side, margin) {
  const wide = side + 2 * margin;
  const result = new Float64Array(wide * wide);
  for (let y = 0; y < side; y++) result.set(values.subarray(y * side, (y + 1) * side), (y + margin) * wide + margin);
  return result;
}

/** Length of the outline by Crofton's formula in four directions, as scikit-image's perimeter_crofton: each pixel with
    its left, upper and upper left neighbour is one of 16 cases.
    @type {(mask: Float64Array, side: number) => number} */
function crofton(mask, side) {
  const [q, s] = [Math.PI / 4, Math.PI / (4 * Math.SQRT2)];
  const weights = [0, q + s, s, 2 * s, 0, q + s, 0, s, q, 2 * q, s, s, q, 2 * q, 0, 0];
  const bordered = padded(mask, side, 1);
  const wide = side + 2;
  let length = 0;
  for (let y = 1; y < wide; y++) {
    for (let at = y * wide + 1; at < (y + 1) * wide; at++) {
      const above = at - wide;
      length += weights[bordered[at] + 2 * bordered[above] + 4 * bordered[at - 1] + 8 * bordered[above - 1]];
    }
  }
  return length;
}

/** Squared distance of each cell to the nearest 1 (Felzenszwalb & Huttenlocher 2012): along the columns, then the rows.
    @type {(mask: Float64Array, side: number) => Float64Array} */
function squaredDistances(mask, side) {
  const field = mask.map((value) => (value ? 0 : 1e12));
  const line = new Float64Array(side);
  for (let x = 0; x < side; x++) {
    for (let y = 0; y < side; y++) line[y] = field[y * side + x];
    const lower = lowerEnvelope(line);
    for (let y = 0; y < side; y++) field[y * side + x] = lower[y];
  }
  for (let y = 0; y < side; y++) field.set(lowerEnvelope(field.subarray(y * side, (y + 1) * side)), y * side);
  return field;
}

/** min over q of (p - q)^2 + heights[q], for each p.
    @type {(heights: Float64Array) => Float64Array} */
function lowerEnvelope(heights) {
  const n = heights.length;
  const [apex, start] = [new Int32Array(n), new Float64Array(n + 1)];
  let last = 0;
  [start[0], start[1]] = [-Infinity, Infinity];
  for (let q = 1; q < n; q++) {
    const meets = (/** @type {number} */ r) => (heights[q] + q * q - heights[r] - r * r) / (2 * (q - r));
    while (meets(apex[last]) <= start[last]) last--;
    start[last + 1] = meets(apex[last]);
    apex[++last] = q;
    start[last + 1] = Infinity;
  }
  const result = new Float64Array(n);
  for (let p = 0, k = 0; p < n; p++) {
    while (start[k + 1] < p) k++;
    result[p] = (p - apex[k]) ** 2 + heights[apex[k]];
  }
  return result;
}

/** @type {(value: number, low: number, high: number) => number} */
function clip(value, low, high) {
  return Math.min(high, Math.max(low, value));
}
