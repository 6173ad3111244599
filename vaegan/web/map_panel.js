// One model's map: two canvases, and the digit decoded at the pointer. The lower canvas is drawn again only when the
// view changes, the upper one whenever the pointer moves.

import { ellipse, looksLike, onPlane, planeOrigin, project } from "./geometry.js";
import { Tiles, drawDensities, drawPoints } from "./map_layers.js";
import { decode, encode } from "./network.js";
import { paint } from "./picture.js";

const POINTS = 2500; // drawn when the whole map is in view: few enough to tell them apart; zoomed in there are more
const POINTS_MOVING = 1500; // drawn while the view moves
const HTML = `<h2></h2>
<div class="stack"><canvas class="under"></canvas>
<canvas class="over" tabindex="0" role="application"
  aria-label="Map of the latent space: arrow keys move, Enter pins, plus and minus zoom"></canvas></div>
<div class="decoded"><canvas class="picture" role="img" aria-label="Decoded digit"></canvas>
<div><p class="looks"></p><p class="where numbers"></p><p class="your quiet"></p></div></div>`;

export class Panel {
  /** `map` is the LatentMap, which holds the axis, the view and everything else that the panels share. */
  constructor(map, name) {
    this.map = map;
    this.root = document.createElement("div");
    this.root.className = "panel";
    this.root.innerHTML = HTML;
    this.find = (selector) => this.root.querySelector(selector);
    this.find("h2").textContent = name;
    this.name = name;
    [this.under, this.over, this.picture] = [".under", ".over", ".picture"].map(this.find);
    this.tiles = new Tiles();
    this.stale = true;
    this.resizer = new ResizeObserver(() => this.resize());
    this.resizer.observe(this.over);
  }

  open(model, atlas) {
    [this.model, this.atlas] = [model, atlas];
    this.origin = new Float64Array(model.latentDim);
    this.stale = true;
    this.map.touch();
  }

  /** Find where the digit with its noise lies, and move the map's plane so that it contains the clean digit. */
  settle(clean, noisy) {
    if (!this.model) return;
    this.yours = noisy && encode(this.model, noisy);
    if (this.model.latentDim === 2) return;
    const through = clean ? encode(this.model, clean).mu : new Float32Array(this.model.latentDim);
    const origin = planeOrigin(this.atlas.arrays.directions, Float64Array.from(through));
    if (origin.every((value, i) => value === this.origin[i])) return;
    this.origin = origin;
    this.stale = true;
  }

  z(point) {
    return onPlane(this.origin, this.atlas.arrays.directions, point);
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

  /** A place on the map -> pixels of the canvas, and back from a pointer event. */
  toScreen = ([x, y]) => {
    const { left, bottom, size } = this.map.view;
    const side = this.over.width;
    return [((x - left) / size) * side, (1 - (y - bottom) / size) * side];
  };

  placeOf(event) {
    const box = this.over.getBoundingClientRect();
    const { left, bottom, size } = this.map.view;
    const x = left + ((event.clientX - box.left) / box.width) * size;
    return [x, bottom + (1 - (event.clientY - box.top) / box.height) * size];
  }

  /** Draws; returns whether there is more to decode. */
  frame() {
    if (!this.model || !this.scale) return false; // the model is not here yet, or the panel has no size yet
    const { map } = this;
    if (map.layers.tiles) {
      const { left, bottom, size } = map.view;
      if (!map.moving) {
        const key = [left, bottom, size, map.count, map.axisKind, ...this.origin].join();
        this.tiles.begin(key, { left, bottom, size }, map.count);
      }
      if (this.tiles.busy) {
        this.tiles.work(this.model, (place) => this.z(place.map(map.axis.value)));
        this.stale = true;
      }
    }
    if (this.stale) this.drawUnder();
    this.drawOver();
    this.show();
    return map.layers.tiles && this.tiles.busy;
  }

  drawUnder() {
    const { map } = this;
    this.stale = map.moving;
    const context = this.under.getContext("2d");
    context.clearRect(0, 0, this.under.width, this.under.height);
    context.imageSmoothingEnabled = this.tiles.count > 24;
    if (map.layers.tiles) this.tiles.draw(context, this.toScreen);
    if (map.layers.densities) drawDensities(context, this.atlas, map.axis, this.toScreen);
    if (map.layers.points) {
      if (map.layers.tiles) this.veil(context);
      const most = map.moving ? POINTS_MOVING : POINTS / map.view.size ** 2;
      drawPoints(context, this.atlas, map.axis, this.toScreen, this.scale, (label) => map.classes[label], most);
    }
    this.drawTicks(context);
  }

  veil(context) {
    context.fillStyle = "rgba(0, 0, 0, 0.45)";
    context.fillRect(0, 0, this.under.width, this.under.height);
  }

  drawTicks(context) {
    const side = this.under.width;
    Object.assign(context, { font: `${11 * this.scale}px sans-serif`, lineWidth: 3 * this.scale });
    Object.assign(context, { strokeStyle: "#000c", fillStyle: "#fff", textAlign: "center", textBaseline: "middle" });
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
    const context = this.over.getContext("2d");
    context.clearRect(0, 0, this.over.width, this.over.height);
    const at = (point) => this.toScreen(point.map(this.map.axis.place));
    this.drawPath(context, at);
    if (this.yours) this.drawYours(context, at);
    this.map.pins.forEach((pin, index) => this.mark(context, at(pin), "AB"[index]));
    const [x, y] = at(this.map.shownPoint(this));
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

  drawPath(context, at) {
    const way = this.map.path(this);
    if (!way) return;
    Object.assign(context, { strokeStyle: "#ffb000", lineWidth: 2 * this.scale });
    this.outlined(context, () => this.trace(context, way.map((z) => at(project(this.atlas.arrays.directions, z)))));
  }

  drawYours(context, at) {
    const { directions } = this.atlas.arrays;
    Object.assign(context, { strokeStyle: "#ff5fa2", fillStyle: "#ff5fa2", lineWidth: 2 * this.scale });
    for (const deviations of [1, 2]) {
      const outline = ellipse(directions, this.yours.mu, this.yours.logvar, deviations);
      this.outlined(context, () => this.trace(context, outline.map(at)));
    }
    const [x, y] = at(project(directions, this.yours.mu));
    context.beginPath();
    context.arc(x, y, 5 * this.scale, 0, 2 * Math.PI);
    context.fill();
    Object.assign(context, { strokeStyle: "#fff", lineWidth: 1.5 * this.scale });
    context.stroke();
  }

  trace(context, points) {
    context.beginPath();
    points.forEach(([x, y], index) => (index ? context.lineTo(x, y) : context.moveTo(x, y)));
  }

  // Draws every line twice, a wider dark one below, so that it can be seen on black and on white.
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
    const context = canvas.getContext("2d");
    context.fillRect(0, 0, canvas.width, canvas.height);
    for (const layer of [this.under, this.over]) context.drawImage(layer, 0, 0);
    context.imageSmoothingEnabled = false;
    context.drawImage(this.picture, (side - digit) / 2, side, digit, digit);
    return canvas;
  }

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

  show() {
    const z = this.map.shownZ(this);
    paint(this.picture, decode(this.model, z));
    const { named, labels } = this.atlas.arrays;
    const [label, votes] = looksLike(z, named, labels);
    const point = project(this.atlas.arrays.directions, z);
    this.spoken = `z = ${point.map((value) => value.toFixed(1)).join(", ")}: looks like ${label}`;
    this.find(".looks").textContent = `looks like ${label}`;
    const names = this.model.latentDim === 2 ? "z" : "on the plane";
    this.find(".where").textContent = `${names} = ${inWords(point)}\n${votes} of its 5 nearest digits`;
    this.find(".your").textContent = this.yours ? this.yoursInWords() : "";
  }

  yoursInWords() {
    const point = project(this.atlas.arrays.directions, this.yours.mu);
    const [label] = looksLike(this.yours.mu, this.atlas.arrays.named, this.atlas.arrays.labels);
    return `Your digit: ${inWords(point)}, among the ${label}s`;
  }
}

function inWords(point) {
  return point.map((value) => value.toFixed(2).replace("-", "−")).join(", ");
}
