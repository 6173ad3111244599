// One model's map. The lower canvas is drawn again only when the view changes, the marks on it whenever the pointer moves.

import { contextOf, element } from "./elements.js";
import { both, looksLike, onPlane, planeOrigin, project } from "./geometry.js";
import { Card, inWords, withArticle } from "./map_card.js";
import { Tiles, drawDensities, drawPoints } from "./map_layers.js";
import { BORDER, drawMarks, placed } from "./map_marks.js";
import { decode, encode } from "./network.js";
import { fill } from "./term.js";
/** @import { Point, Vector } from "./geometry.js" */
/** @import { TheMap } from "./latent_map.js" */
/** @import { Named, Reading } from "./map_card.js" */
/** @import { Context } from "./map_layers.js" */
/** @import { Model, Posterior } from "./network.js" */
/** @import { Atlas } from "./wire.js" */

const POINTS = 2500; // drawn when the whole map is in view: few enough to tell them apart; zoomed in there are more
const POINTS_MOVING = 1500; // drawn while the view moves
const HTML = `<div class="head"><h2></h2><p class="your quiet"></p></div>
<div class="chart"><canvas class="under"></canvas><canvas class="marks"></canvas>
<div class="over" tabindex="0" role="application"></div></div>`;

export class Panel {
  /** `map` is the LatentMap, which holds the axis, the view and everything else that the panels share.
      @param {TheMap} map @param {Named[]} models all that have a panel @param {number} own which of them this one shows */
  constructor(map, models, own) {
    this.map = map;
    const { name, twin } = models[own];
    this.name = name;
    this.root = document.createElement("div");
    this.root.className = "panel";
    this.root.innerHTML = HTML;
    fill(this.find("h2"), name, "BatchNorm");
    this.find("h2").className = `twin-${twin}`;
    this.under = element(this.root, ".under", HTMLCanvasElement);
    this.marks = element(this.root, ".marks", HTMLCanvasElement);
    Object.assign(this.marks.style, { left: `${-BORDER}px`, top: `${-BORDER}px` });
    this.over = element(this.root, ".over"); // takes all gestures and keys
    const keys = "arrow keys move, Enter pins, plus and minus zoom";
    this.over.setAttribute("aria-label", `${name}: map of the latent space; ${keys}`);
    this.card = new Card(models, own, map.colours, () => map.touch());
    this.find(".chart").append(this.card.root);
    /** @type {Model | null} */ this.model = null;
    /** @type {Atlas | null} */ this.atlas = null;
    /** @type {Float32Array} */ this.directions = new Float32Array(0); // the atlas's
    /** @type {Vector} */ this.origin = []; // of the plane that is shown
    /** @type {Posterior | null} */ this.yours = null; // where the digit lies
    this.least = 0; // size of the axes' numbers at least, in pixels of the canvases
    this.scale = 0; // pixels of the canvases per pixel of the page; 0 while the panel is not to be seen
    this.side = 0; // of the map, in pixels of the canvases
    this.tiles = new Tiles();
    this.stale = true;
    this.resizer = new ResizeObserver(() => this.resize());
    this.resizer.observe(this.over);
  }

  dispose() {
    this.resizer.disconnect();
    this.card.dispose();
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
    const width = this.over.clientWidth;
    this.scale = width && Math.min(2, window.devicePixelRatio || 1);
    this.least = this.scale * parseFloat(getComputedStyle(this.under).fontSize); // of the axes' numbers
    this.map.touch();
    const side = Math.round(width * this.scale);
    if (!side || side === this.side) return;
    this.side = side;
    [this.under.width, this.under.height] = [side, side];
    this.marks.width = this.marks.height = side + 2 * BORDER * this.scale;
    this.marks.style.width = this.marks.style.height = `${width + 2 * BORDER}px`;
    this.stale = true;
  }

  /** How large the map's numerals are, in pixels of the canvas: larger on a large map, as on a projector. */
  get type() {
    return Math.round(Math.max(10 * this.scale, this.side / 60));
  }

  /** From a place on the map to pixels of the canvas.
      @type {(place: Point) => Point} */
  toScreen = ([x, y]) => {
    const { left, bottom, size } = this.map.view;
    return [((x - left) / size) * this.side, (1 - (y - bottom) / size) * this.side];
  };

  /** The place on the map at a place on the page.
      @type {(event: { clientX: number, clientY: number }) => Point} */
  placeOf(event) {
    const box = this.over.getBoundingClientRect();
    const { left, bottom, size } = this.map.view;
    const x = left + ((event.clientX - box.left) / box.width) * size;
    return [x, bottom + (1 - (event.clientY - box.top) / box.height) * size];
  }

  /** What the model makes of the place that is shown; null if the model is not here yet.
      @returns {Reading | null} */
  read() {
    if (!this.model || !this.atlas) return null;
    const z = this.map.shownZ(this);
    const { named, labels } = this.atlas.arrays;
    const { label, nearest } = looksLike(z, named, labels);
    return { digit: decode(this.model, z), point: project(this.directions, z), label, nearest };
  }

  /** Draws; returns whether there is more to decode.
      @param {Reading[]} readings of all models @returns {boolean} */
  frame(readings) {
    const { model, atlas, map } = this;
    if (!model || !atlas || !this.scale) return false;
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
    drawMarks(this);
    this.find(".your").textContent = this.yours ? this.yoursInWords(atlas, this.yours) : "";
    this.card.show(readings, model.latentDim === 2 ? "z" : "on the plane");
    this.placeCard();
    return map.layers.tiles && this.tiles.busy;
  }

  placeCard() {
    const [inPage, width] = [(/** @type {number} */ pixels) => pixels / this.scale, this.side / this.scale];
    const place = both(placed(this, this.map.shownPoint(this)), (value) => Math.min(width, Math.max(0, inPage(value))));
    this.card.stand(place, [width, width], this.map.byFinger);
  }

  /** @param {Atlas} atlas */
  drawUnder(atlas) {
    const { map } = this;
    this.stale = map.moving;
    const context = contextOf(this.under);
    context.clearRect(0, 0, this.side, this.side);
    context.imageSmoothingEnabled = this.tiles.count > 24;
    if (map.layers.tiles) this.tiles.draw(context, this.toScreen);
    if (map.layers.densities) drawDensities(context, atlas, map.axis, this.toScreen);
    if (map.layers.points) {
      if (map.layers.tiles) this.veil(context);
      const most = map.moving ? POINTS_MOVING : POINTS / map.view.size ** 2;
      const isShown = (/** @type {number} */ label) => map.classes[label];
      drawPoints(context, atlas, map.axis, this.toScreen, { size: this.type, colours: map.colours, isShown }, most);
    }
    this.drawTicks(context);
  }

  /** @param {Context} context */
  veil(context) {
    context.fillStyle = "rgba(0, 0, 0, 0.45)";
    context.fillRect(0, 0, this.side, this.side);
  }

  /** @param {Context} context */
  drawTicks(context) {
    const { side } = this;
    const type = Math.max(this.type, this.least / 1.1);
    Object.assign(context, { font: `${1.1 * type}px sans-serif`, lineWidth: 0.3 * type });
    Object.assign(context, { strokeStyle: "#000c", fillStyle: "#fff", textAlign: "center", textBaseline: "middle" });
    /** @type {(text: string, x: number, y: number) => void} */
    const write = (text, x, y) => {
      context.strokeText(text, x, y);
      context.fillText(text, x, y);
    };
    for (const [value, label] of this.map.axis.ticks) {
      const [x, y] = this.toScreen([this.map.axis.place(value), this.map.axis.place(value)]);
      const edge = 1.4 * type;
      if (x > 2 * edge && x < side - edge) write(label, x, side - edge * 0.6);
      if (y > edge && y < side - 2 * edge) write(label, edge, y);
    }
  }

  /** The map as it is shown with the decoded digit below it, on a canvas of its own. */
  copy() {
    const [side, digit, border] = [this.marks.width, this.side / 2, BORDER * this.scale];
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [side, side + digit];
    const context = contextOf(canvas);
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(this.under, border, border);
    context.drawImage(this.marks, 0, 0);
    context.imageSmoothingEnabled = false;
    context.drawImage(this.card.picture, (side - digit) / 2, side, digit, digit);
    return canvas;
  }

  /** @type {(reading: Reading) => string} */
  inSpeech({ point, label }) {
    const z = point.map((value) => value.toFixed(1)).join(", ");
    return `${this.name}, z = ${z}: looks like ${withArticle(label)}`;
  }

  /** @type {(atlas: Atlas, yours: Posterior) => string} */
  yoursInWords(atlas, { mu }) {
    const point = project(this.directions, mu);
    const { label } = looksLike(mu, atlas.arrays.named, atlas.arrays.labels);
    return `${this.map.whose} is at ${inWords(point)}, among real ${label}s`;
  }
}
