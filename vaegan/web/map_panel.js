// One model's map: two canvases, and the digit decoded at the pointer. The lower canvas is drawn again only when the
// view changes, the upper one whenever the pointer moves.

import { contextOf, element } from "./elements.js";
import { both, ellipse, looksLike, onPlane, planeOrigin, project } from "./geometry.js";
import { Tiles, drawDensities, drawPoints } from "./map_layers.js";
import { decode, encode } from "./network.js";
import { paint } from "./picture.js";
/** @import { Point, Vector } from "./geometry.js" */
/** @import { TheMap } from "./latent_map.js" */
/** @import { Context } from "./map_layers.js" */
/** @import { Model, Posterior } from "./network.js" */
/** @import { Atlas } from "./wire.js" */

const POINTS = 2500; // drawn when the whole map is in view: few enough to tell them apart; zoomed in there are more
const POINTS_MOVING = 1500; // drawn while the view moves
const HTML = `<h2></h2>
<div class="stack"><canvas class="under"></canvas>
<canvas class="over" tabindex="0" role="application"
  aria-label="Map of the latent space: arrow keys move, Enter pins, plus and minus zoom"></canvas></div>
<div class="decoded"><canvas class="picture" role="img" aria-label="Decoded digit"></canvas>
<div><p class="looks"></p><p class="where numbers"></p><p class="your quiet"></p></div></div>`;

export class Panel {
  /** `map` is the LatentMap, which holds the axis, the view and everything else that the panels share.
      @param {TheMap} map @param {string} name */
  constructor(map, name) {
    this.map = map;
    this.root = document.createElement("div");
    this.root.className = "panel";
    this.root.innerHTML = HTML;
    this.find("h2").textContent = name;
    this.name = name;
    this.under = element(this.root, ".under", HTMLCanvasElement);
    this.over = element(this.root, ".over", HTMLCanvasElement);
    this.picture = element(this.root, ".picture", HTMLCanvasElement);
    /** @type {Model | null} */ this.model = null;
    /** @type {Atlas | null} */ this.atlas = null;
    /** @type {Float32Array} */ this.directions = new Float32Array(0); // the atlas's
    /** @type {Vector} */ this.origin = []; // of the plane that is shown
    /** @type {Posterior | null} */ this.yours = null; // where the digit lies
    this.spoken = ""; // the place in words, for screen readers
    this.scale = 0; // pixels of the canvases per pixel of the page
    this.tiles = new Tiles();
    this.stale = true;
    this.resizer = new ResizeObserver(() => this.resize());
    this.resizer.observe(this.over);
  }

  /** @param {string} selector */
  find(selector) {
    return element(this.root, selector);
  }

  /** @type {(model: Model, atlas: Atlas) => void} */
  open(model, atlas) {
    [this.model, this.atlas, this.directions] = [model, atlas, atlas.arrays.directions];
    this.origin = new Float64Array(model.latentDim);
    this.stale = true;
    this.map.touch();
  }

  /** Find where the digit with its noise lies, and move the map's plane so that it contains the clean digit.
      @type {(clean: Float32Array | null, noisy: Float32Array | null) => void} */
  settle(clean, noisy) {
    if (!this.model) return;
    this.yours = noisy && encode(this.model, noisy);
    if (this.model.latentDim === 2) return;
    const through = clean ? encode(this.model, clean).mu : new Float32Array(this.model.latentDim);
    const origin = planeOrigin(this.directions, Float64Array.from(through));
    if (origin.every((value, i) => value === this.origin[i])) return;
    this.origin = origin;
    this.stale = true;
  }

  /** @type {(point: Point) => Vector} */
  z(point) {
    return onPlane(this.origin, this.directions, point);
  }

  resize() {
    const box = this.over.getBoundingClientRect();
    this.scale = Math.min(2, window.devicePixelRatio || 1);
    const side = Math.max(1, Math.round(box.width * this.scale));
    if (side === this.over.width) return;
    for (const canvas of [this.under, this.over]) [canvas.width, canvas.height] = [side, side];
    this.stale = true;
    this.map.touch();
  }

  /** From a place on the map to pixels of the canvas.
      @type {(place: Point) => Point} */
  toScreen = ([x, y]) => {
    const { left, bottom, size } = this.map.view;
    const side = this.over.width;
    return [((x - left) / size) * side, (1 - (y - bottom) / size) * side];
  };

  /** The place on the map at a place on the page.
      @type {(event: { clientX: number, clientY: number }) => Point} */
  placeOf(event) {
    const box = this.over.getBoundingClientRect();
    const { left, bottom, size } = this.map.view;
    const x = left + ((event.clientX - box.left) / box.width) * size;
    return [x, bottom + (1 - (event.clientY - box.top) / box.height) * size];
  }

  /** Draws; returns whether there is more to decode.
      @returns {boolean} */
  frame() {
    const { model, atlas } = this;
    if (!model || !atlas || !this.scale) return false; // the model is not here yet, or the panel has no size yet
    const { map } = this;
    if (map.layers.tiles) {
      const { left, bottom, size } = map.view;
      if (!map.moving) {
        const key = [left, bottom, size, map.count, map.axisKind, ...this.origin].join();
        this.tiles.begin(key, { left, bottom, size }, map.count);
      }
      if (this.tiles.busy) {
        this.tiles.work(model, (place) => this.z(both(place, map.axis.value)));
        this.stale = true;
      }
    }
    if (this.stale) this.drawUnder(atlas);
    this.drawOver();
    this.show(model, atlas);
    return map.layers.tiles && this.tiles.busy;
  }

  /** @param {Atlas} atlas */
  drawUnder(atlas) {
    const { map } = this;
    this.stale = map.moving;
    const context = contextOf(this.under);
    context.clearRect(0, 0, this.under.width, this.under.height);
    context.imageSmoothingEnabled = this.tiles.count > 24;
    if (map.layers.tiles) this.tiles.draw(context, this.toScreen);
    if (map.layers.densities) drawDensities(context, atlas, map.axis, this.toScreen);
    if (map.layers.points) {
      if (map.layers.tiles) this.veil(context);
      const most = map.moving ? POINTS_MOVING : POINTS / map.view.size ** 2;
      drawPoints(context, atlas, map.axis, this.toScreen, this.scale, (label) => map.classes[label], most);
    }
    this.drawTicks(context);
  }

  /** @param {Context} context */
  veil(context) {
    context.fillStyle = "rgba(0, 0, 0, 0.45)";
    context.fillRect(0, 0, this.under.width, this.under.height);
  }

  /** @param {Context} context */
  drawTicks(context) {
    const side = this.under.width;
    Object.assign(context, { font: `${11 * this.scale}px sans-serif`, lineWidth: 3 * this.scale });
    Object.assign(context, { strokeStyle: "#000c", fillStyle: "#fff", textAlign: "center", textBaseline: "middle" });
    /** @type {(text: string, x: number, y: number) => void} */
    const write = (text, x, y) => {
      context.strokeText(text, x, y);
      context.fillText(text, x, y);
    };
    for (const [value, label] of this.map.axis.ticks) {
      const [x, y] = this.toScreen([this.map.axis.place(value), this.map.axis.place(value)]);
      const edge = 14 * this.scale;
      if (x > 2 * edge && x < side - edge) write(label, x, side - edge * 0.6);
      if (y > edge && y < side - 2 * edge) write(label, edge, y);
    }
  }

  drawOver() {
    const context = contextOf(this.over);
    context.clearRect(0, 0, this.over.width, this.over.height);
    this.drawPath(context);
    if (this.yours) this.drawYours(context, this.yours);
    this.map.pins.forEach((pin, index) => this.mark(context, this.at(pin), "AB"[index]));
    const [x, y] = this.at(this.map.shownPoint(this));
    Object.assign(context, { strokeStyle: "#fff", lineWidth: 1.5 * this.scale });
    this.outlined(context, () => {
      context.beginPath();
      context.arc(x, y, 9 * this.scale, 0, 2 * Math.PI);
      for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
        context.moveTo(x + 5 * dx * this.scale, y + 5 * dy * this.scale);
        context.lineTo(x + 14 * dx * this.scale, y + 14 * dy * this.scale);
      }
    });
  }

  /** Where a point is on the canvas.
      @type {(point: Point) => Point} */
  at(point) {
    return this.toScreen(both(point, this.map.axis.place));
  }

  /** @param {Context} context */
  drawPath(context) {
    const way = this.map.path(this);
    if (!way) return;
    Object.assign(context, { strokeStyle: "#ffb000", lineWidth: 2 * this.scale });
    this.outlined(context, () => this.trace(context, way.map((z) => this.at(project(this.directions, z)))));
  }

  /** @type {(context: Context, yours: Posterior) => void} */
  drawYours(context, { mu, logvar }) {
    Object.assign(context, { strokeStyle: "#ff5fa2", fillStyle: "#ff5fa2", lineWidth: 2 * this.scale });
    for (const deviations of [1, 2]) {
      const outline = ellipse(this.directions, mu, logvar, deviations);
      this.outlined(context, () => this.trace(context, outline.map((point) => this.at(point))));
    }
    const [x, y] = this.at(project(this.directions, mu));
    context.beginPath();
    context.arc(x, y, 5 * this.scale, 0, 2 * Math.PI);
    context.fill();
    Object.assign(context, { strokeStyle: "#fff", lineWidth: 1.5 * this.scale });
    context.stroke();
  }

  /** @type {(context: Context, points: Point[]) => void} */
  trace(context, points) {
    context.beginPath();
    points.forEach(([x, y], index) => (index ? context.lineTo(x, y) : context.moveTo(x, y)));
  }

  /** Draws every line twice, a wider dark one below, so that it can be seen on black and on white.
      @type {(context: Context, path: () => void) => void} */
  outlined(context, path) {
    const { strokeStyle, lineWidth } = context;
    path();
    Object.assign(context, { strokeStyle: "#000b", lineWidth: lineWidth + 2 * this.scale });
    context.stroke();
    Object.assign(context, { strokeStyle, lineWidth });
    context.stroke();
  }

  /** The map as it is shown with the decoded digit below it, on a canvas of its own. */
  copy() {
    const side = this.over.width;
    const digit = side / 2;
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [side, side + digit];
    const context = contextOf(canvas);
    context.fillRect(0, 0, canvas.width, canvas.height);
    for (const layer of [this.under, this.over]) context.drawImage(layer, 0, 0);
    context.imageSmoothingEnabled = false;
    context.drawImage(this.picture, (side - digit) / 2, side, digit, digit);
    return canvas;
  }

  /** @type {(context: Context, centre: Point, letter: string) => void} */
  mark(context, [x, y], letter) {
    const radius = 9 * this.scale;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    Object.assign(context, { fillStyle: "#ffb000", strokeStyle: "#000", lineWidth: 1.5 * this.scale });
    context.fill();
    context.stroke();
    Object.assign(context, { fillStyle: "#000", font: `bold ${11 * this.scale}px sans-serif` });
    Object.assign(context, { textAlign: "center", textBaseline: "middle" });
    context.fillText(letter, x, y);
  }

  /** @type {(model: Model, atlas: Atlas) => void} */
  show(model, atlas) {
    const z = this.map.shownZ(this);
    paint(this.picture, decode(model, z));
    const { named, labels } = atlas.arrays;
    const [label, votes] = looksLike(z, named, labels);
    const point = project(this.directions, z);
    this.spoken = `z = ${point.map((value) => value.toFixed(1)).join(", ")}: looks like ${label}`;
    this.find(".looks").textContent = `looks like ${label}`;
    const names = model.latentDim === 2 ? "z" : "on the plane";
    this.find(".where").textContent = `${names} = ${inWords(point)}\n${votes} of its 5 nearest digits`;
    this.find(".your").textContent = this.yours ? this.yoursInWords(atlas, this.yours) : "";
  }

  /** @type {(atlas: Atlas, yours: Posterior) => string} */
  yoursInWords(atlas, { mu }) {
    const point = project(this.directions, mu);
    const [label] = looksLike(mu, atlas.arrays.named, atlas.arrays.labels);
    return `Your digit: ${inWords(point)}, among the ${label}s`;
  }
}

/** @type {(point: Point) => string} */
function inWords(point) {
  return point.map((value) => value.toFixed(2).replace("-", "−")).join(", ");
}
