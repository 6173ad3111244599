// What a map's lower canvas shows: decoded digits, real digits as points, and densities.

import { PIXELS, SIDE } from "./digit.js";
import { contextOf } from "./elements.js";
import { decode } from "./network.js";
/** @import { Axis, View } from "./axes.js" */
/** @import { Point, Vector } from "./geometry.js" */
/** @import { Model } from "./network.js" */
/** @import { Atlas } from "./wire.js" */

/** @typedef {CanvasRenderingContext2D} Context */
/** From a place on the map to pixels of the canvas.
    @typedef {(place: Point) => Point} ToScreen */

const BUDGET = 5; // milliseconds of each frame that are spent on decoding

/** `count` x `count` decoded digits that fill the part of the map in view; each frame decodes some more of them, from the
    middle outwards, since that is where one looks first. */
export class Tiles {
  constructor() {
    this.canvas = document.createElement("canvas");
    /** @type {View | null} */ this.window = null;
    /** @type {{ canvas: HTMLCanvasElement, window: View | null } | null} */ this.previous = null;
    this.count = 0;
    /** @type {number[]} */ this.order = []; // in which the digits are decoded, each by its place row by row
    this.done = 0;
    this.total = 0;
    this.key = "";
  }

  /** Start again if `key`, which stands for all that decides what is decoded, has changed.
      @type {(key: string, window: View, count: number) => void} */
  begin(key, window, count) {
    if (key === this.key) return;
    this.previous = this.done === this.total && this.total ? { canvas: this.canvas, window: this.window } : null;
    this.canvas = document.createElement("canvas");
    [this.canvas.width, this.canvas.height] = [count * SIDE, count * SIDE];
    if (count !== this.count) this.order = fromTheMiddle(count);
    Object.assign(this, { key, window, count, done: 0, total: count * count });
  }

  get busy() {
    return this.done < this.total;
  }

  /** Decode for some milliseconds; `z` gives the latent vector at a place of the map.
      @type {(model: Model, z: (place: Point) => Vector) => void} */
  work(model, z) {
    if (!this.window) return;
    const context = contextOf(this.canvas);
    const image = context.createImageData(SIDE, SIDE);
    const pixels = new Float32Array(PIXELS);
    const end = performance.now() + BUDGET;
    while (this.busy && performance.now() < end) {
      const cell = this.order[this.done];
      const [row, column] = [Math.floor(cell / this.count), cell % this.count];
      const { left, bottom, size } = this.window;
      const step = size / this.count;
      decode(model, z([left + (column + 0.5) * step, bottom + (this.count - row - 0.5) * step]), pixels);
      for (let i = 0; i < pixels.length; i++) {
        const grey = pixels[i] * 255;
        image.data.set([grey, grey, grey, 255], 4 * i);
      }
      context.putImageData(image, column * SIDE, row * SIDE);
      this.done++;
    }
  }

  /** @type {(context: Context, toScreen: ToScreen) => void} */
  draw(context, toScreen) {
    for (const each of [this.previous, this]) {
      if (!each?.window) continue;
      const { left, bottom, size } = each.window;
      const [x, y] = toScreen([left, bottom + size]);
      const [right, below] = toScreen([left + size, bottom]);
      context.drawImage(each.canvas, x, y, right - x, below - y);
    }
  }
}

/** The cells of `count` rows and columns, those nearest to the middle first.
    @type {(count: number) => number[]} */
function fromTheMiddle(count) {
  const middle = (count - 1) / 2;
  const away = (/** @type {number} */ cell) => Math.hypot(Math.floor(cell / count) - middle, (cell % count) - middle);
  return Array.from({ length: count * count }, (_, cell) => cell).sort((a, b) => away(a) - away(b));
}

/** How points are drawn: how large in pixels of the canvas, a colour for each class, and whether a class is drawn.
    @typedef {{ size: number, colours: readonly string[], isShown: (label: number) => boolean }} PointStyle */

/** Draw about `most` real digits at their mu, each as its numeral, so that classes differ without colour too.
    @type {(context: Context, atlas: Atlas, axis: Axis, toScreen: ToScreen, style: PointStyle, most: number) => void} */
export function drawPoints(context, atlas, axis, toScreen, { size, colours, isShown }, most) {
  const { points, labels } = atlas.arrays;
  const marks = marksOf(size, colours);
  const count = labels.length;
  const step = Math.max(1, Math.ceil(count / most));
  const { width, height } = context.canvas;
  for (let i = 0; i < count; i += step) {
    if (!isShown(labels[i])) continue;
    const [x, y] = toScreen([axis.place(points[2 * i]), axis.place(points[2 * i + 1])]);
    if (x < 0 || y < 0 || x > width || y > height) continue;
    const mark = marks[labels[i]];
    context.drawImage(mark, Math.round(x - mark.width / 2), Math.round(y - mark.height / 2));
  }
}

/** @type {{ size: number, marks: HTMLCanvasElement[] }} */
let cachedMarks = { size: 0, marks: [] };

/** @type {(size: number, colours: readonly string[]) => HTMLCanvasElement[]} */
function marksOf(size, colours) {
  if (cachedMarks.size !== size) {
    const side = Math.round(1.2 * size);
    const marks = colours.map((colour, label) => {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [side, side];
      const context = contextOf(canvas);
      Object.assign(context, { font: `bold ${size}px sans-serif`, textAlign: "center", textBaseline: "middle" });
      Object.assign(context, { fillStyle: colour, strokeStyle: "#0009", lineWidth: size / 5 });
      context.strokeText(String(label), side / 2, side / 2);
      context.fillText(String(label), side / 2, side / 2);
      return canvas;
    });
    cachedMarks = { size, marks };
  }
  return cachedMarks.marks;
}

/** Draw the aggregate posterior in orange and the prior in blue: where it is only blue, a sample meets no digit.
    @type {(context: Context, atlas: Atlas, axis: Axis, toScreen: ToScreen) => void} */
export function drawDensities(context, atlas, axis, toScreen) {
  const density = atlas.arrays.density;
  const side = Math.sqrt(density.length);
  const peak = 1 / (2 * Math.PI); // density of the prior at its centre
  const cells = 96; // a side; equally large on the screen, whichever kind the axis is
  const [left, top] = toScreen([0, 1]);
  const [right, bottom] = toScreen([1, 0]);
  const picture = document.createElement("canvas");
  [picture.width, picture.height] = [cells, cells];
  const image = contextOf(picture).createImageData(cells, cells);
  for (let row = 0; row < cells; row++) {
    for (let column = 0; column < cells; column++) {
      const x = axis.value((column + 0.5) / cells);
      const y = axis.value(1 - (row + 0.5) / cells);
      const prior = Math.exp(-0.5 * (x * x + y * y)) * peak;
      const digits = sampled(density, side, atlas.reach, x, y);
      const [blue, orange] = [Math.min(1, prior / peak), Math.min(1, digits / peak)].map((value) => Math.sqrt(value));
      const colour = [240 * orange, 90 * (blue + orange), 255 * blue, 255 * Math.max(blue, orange)];
      image.data.set(colour, 4 * (row * cells + column));
    }
  }
  contextOf(picture).putImageData(image, 0, 0);
  context.globalAlpha = 0.75;
  context.drawImage(picture, left, top, right - left, bottom - top);
  context.globalAlpha = 1;
}

/** @type {(grid: Float32Array, side: number, reach: number, x: number, y: number) => number} */
function sampled(grid, side, reach, x, y) {
  if (Math.abs(x) > reach || Math.abs(y) > reach) return 0;
  /** @type {(value: number) => number} */
  const at = (value) => Math.min(side - 1.001, Math.max(0, ((value + reach) / (2 * reach)) * (side - 1)));
  const [u, v] = [at(x), at(y)];
  const [i, j] = [Math.floor(u), Math.floor(v)];
  const [p, q] = [u - i, v - j];
  const row = (/** @type {number} */ r) => grid[r * side + i] * (1 - p) + grid[r * side + i + 1] * p;
  return row(j) * (1 - q) + row(j + 1) * q;
}
