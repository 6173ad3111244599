// The maps of one or two models, which share one pointer: moving decodes, a click sets a pin, and two pins make a path.
// The server is told of pins, of the view and of a drawing when the gesture ends.

import { axis } from "./axes.js";
import { fromDrawing } from "./centre.js";
import { Component, mounted } from "./component.js";
import { PIXELS } from "./digit.js";
import { contextOf } from "./elements.js";
import { between, project } from "./geometry.js";
import { CLASS_COLOURS } from "./map_layers.js";
import { MapGestures } from "./map_gestures.js";
import { Panel } from "./map_panel.js";
import { openModel } from "./network.js";
import { corrupt } from "./noise.js";
import { FIELD, Pad } from "./pad.js";
import { digitFrom, floats, paint, savePicture } from "./picture.js";
import { unpacked } from "./wire.js";
/** @import { View } from "./axes.js" */
/** @import { Point, Vector, Way } from "./geometry.js" */
/** @import { Atlas } from "./wire.js" */

/** `weights` and `atlas` are keys of the tab's bytes; `drawn` says whether the digit was drawn here.
    @typedef {object} Data
    @property {{ name: string, weights: string, atlas: string }[]} models
    @property {"z" | "quantile"} axis
    @property {number} count of decoded digits along a side
    @property {string[]} layers
    @property {Way} way
    @property {Point[]} pins
    @property {View | null} view
    @property {string | null} digit
    @property {boolean} drawn
    @property {string} words
    @property {string} kind of noise
    @property {number} level
    @property {string} pattern */

/** The class is not exported, since a component exports one function; this is its name in other modules' JSDoc.
    @typedef {LatentMap} TheMap */

const SILENCE = 400; // milliseconds that the pointer must rest before a screen reader is told the place

/** @extends {Component<Data>} */
class LatentMap extends Component {
  /** @param {ParentNode} root */
  constructor(root) {
    super(root);
    /** @type {Panel[]} */ this.panels = [];
    /** @type {Point[]} */ this.pins = [];
    /** @type {Point} */ this.point = [0, 0]; // where the pointer is, in the map's coordinates
    this.view = { left: 0, bottom: 0, size: 1 }; // the part of the map in view; the whole map is 0 to 1
    this.classes = CLASS_COLOURS.map(() => true); // whether the digits of each class are shown
    /** @type {number | null} */ this.along = null; // how far on the path, 0 to 1; null: the pointer chooses the place
    /** @type {{ since: number } | null} */ this.playing = null;
    /** @type {Way} */ this.way = "linear";
    /** @type {Data["axis"]} */ this.axisKind = "z";
    this.lastAxis = axis("z", 1);
    this.axisKey = ""; // what lastAxis was made for
    /** @type {Record<string, boolean>} */ this.layers = {}; // which are shown
    this.count = 0; // of decoded digits along a side
    /** @type {Float32Array | null} */ this.digit = null; // the server's
    this.digitChanged = false;
    /** @type {Float32Array} */ this.pattern = new Float32Array(0);
    this.moving = false; // whether the view moves
    this.silence = 0; // the timer that speaks
    this.level = this.find(".level", HTMLInputElement);
    this.slider = this.find(".along", HTMLInputElement);
    const tell = { changed: () => this.redraw(), ended: () => this.sendDrawing() };
    this.pad = new Pad(this.find(".pad", HTMLCanvasElement), tell);
    this.gestures = new MapGestures(this);
    this.wire();
  }

  wire() {
    /** @type {(selector: string, action: () => void) => void} */
    const press = (selector, action) => {
      this.find(selector).onclick = action;
    };
    press(".undo", () => this.pad.undo());
    press(".clear", () => this.pad.clear());
    press(".closer", () => this.gestures.zoom(0.6));
    press(".further", () => this.gestures.zoom(1 / 0.6));
    press(".whole", () => this.gestures.look({ left: 0, bottom: 0, size: 1 }));
    press(".save", () => this.save());
    press(".unpin", () => this.pin([]));
    press(".play", () => this.play(!this.playing));
    this.slider.oninput = () => {
      this.play(false);
      this.follow(Number(this.slider.value));
    };
    this.level.oninput = () => this.redraw();
    this.level.onchange = () => this.send("level", Number(this.level.value));
    this.find(".legend").replaceChildren(...CLASS_COLOURS.map((colour, label) => this.legend(colour, label)));
  }

  /** @type {(colour: string, label: number) => HTMLElement} */
  legend(colour, label) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", textContent: label, title: `Show or hide the ${label}s` });
    [button.style.color, button.style.borderColor] = [colour, colour];
    button.setAttribute("aria-pressed", "true");
    button.onclick = () => {
      this.classes[label] = !this.classes[label];
      button.setAttribute("aria-pressed", String(this.classes[label]));
      this.refresh();
    };
    return button;
  }

  /** @param {Data} data */
  update(data) {
    const before = this.data;
    this.data = data;
    this.layers = Object.fromEntries(data.layers.map((layer) => [layer, true]));
    this.count = data.count;
    this.pattern = floats(data.pattern);
    this.digit = data.digit ? digitFrom(data.digit) : null;
    this.find(".legend").hidden = !this.layers.points;
    if (!before) {
      this.pins = data.pins;
      this.point = data.pins.at(-1) ?? [0, 0];
      this.view = data.view ?? this.view;
    }
    if (data.level !== before?.level) this.level.value = String(data.level);
    if (before && data.digit !== before.digit && !data.drawn && !this.pad.drawing) this.pad.show([]);
    this.axisKind = data.axis;
    this.way = data.way;
    if (before && data.axis !== before.axis) this.view = { left: 0, bottom: 0, size: 1 };
    this.layOut(data);
    this.open(data);
    this.refresh();
  }

  /** @param {Data} data */
  layOut(data) {
    const names = data.models.map(({ name }) => name);
    if (String(this.panels.map(({ name }) => name)) === String(names)) return;
    this.panels.forEach((panel) => panel.resizer.disconnect());
    this.panels = names.map((name) => new Panel(this, name));
    this.find(".panels").replaceChildren(...this.panels.map(({ root }) => root));
    this.panels.forEach((panel) => this.gestures.listen(panel));
    this.keys = null;
  }

  /** @param {Data} data */
  open(data) {
    const keys = data.models.flatMap(({ weights, atlas }) => [weights, atlas]);
    this.bring(keys, (bytes) => {
      this.panels.forEach((panel, index) => {
        panel.open(openModel(bytes[2 * index]), /** @type {Atlas} */ (unpacked(bytes[2 * index + 1])));
      });
      this.refresh();
    });
  }

  /** The axis of all panels. They share one reach, so that a place on the map is the same z in each. */
  get axis() {
    const reach = Math.max(...this.panels.map(({ atlas }) => atlas?.reach ?? 0), 1);
    const key = `${this.axisKind} ${reach}`;
    if (this.axisKey !== key) [this.axisKey, this.lastAxis] = [key, axis(this.axisKind, reach)];
    return this.lastAxis;
  }

  /** Draw everything again, the lower canvases too. */
  refresh() {
    this.panels.forEach((panel) => (panel.stale = true));
    this.redraw();
  }

  /** Draw, and place the digit on the map again. */
  redraw() {
    this.digitChanged = true;
    this.touch();
  }

  /** @type {(data: Data) => void} */
  frame(data) {
    this.say(this.panels.every(({ model }) => model) ? (this.problem ?? "") : this.awaited);
    if (this.digitChanged) this.placeDigit(data);
    if (this.playing) this.step(this.playing.since);
    const more = this.panels.map((panel) => panel.frame()).some(Boolean);
    this.find(".path").hidden = this.pins.length < 2;
    this.find(".way-shown").textContent = this.way === "linear" ? "(straight)" : "(great circle)";
    this.speakLater();
    if (more || this.playing || this.moving) this.touch();
  }

  /** @param {Data} data */
  placeDigit(data) {
    this.digitChanged = false;
    const level = Number(this.level.value);
    this.find(".level-shown").textContent = `${level} %`;
    const clean = this.pad.empty ? this.digit : fromDrawing(this.pad.pixels(), FIELD, FIELD);
    const noisy = clean && corrupt(clean, data.kind, level / 100, this.pattern);
    paint(this.find(".noisy-digit", HTMLCanvasElement), noisy ?? new Float32Array(PIXELS));
    this.find(".words").textContent = noisy ? data.words : "Draw a digit in the field: it appears on the map.";
    this.panels.forEach((panel) => panel.settle(clean, noisy));
  }

  save() {
    const copies = this.panels.map((panel) => panel.copy());
    const canvas = document.createElement("canvas");
    const gap = 12;
    canvas.width = copies.reduce((sum, copy) => sum + copy.width + gap, -gap);
    canvas.height = copies[0].height;
    const context = contextOf(canvas);
    copies.reduce((x, copy) => (context.drawImage(copy, x, 0), x + copy.width + gap), 0);
    savePicture(canvas, "latent-space.png");
  }

  sendDrawing() {
    this.send("drawing", this.pad.empty ? "" : this.pad.png());
  }

  /** @param {Point} point */
  hover(point) {
    this.point = point;
    this.along = null;
    this.play(false);
    this.touch();
  }

  /** Set the pins, at most two, and tell the server.
      @param {Point[]} pins */
  pin(pins) {
    this.pins = pins;
    this.along = null;
    this.play(false);
    this.slider.value = "0";
    this.send("pins", pins);
    this.touch();
  }

  /** @param {number} along */
  follow(along) {
    this.along = along;
    this.touch();
  }

  /** @param {boolean} on */
  play(on) {
    if (on === Boolean(this.playing)) return;
    this.playing = on && this.pins.length === 2 ? { since: performance.now() - 2000 * (this.along ?? 0) } : null;
    this.find(".play").textContent = this.playing ? "❚❚ Pause" : "▶ Play";
    this.touch();
  }

  /** @param {number} since */
  step(since) {
    const turns = ((performance.now() - since) / 2000) % 2; // two seconds there, two back
    this.along = turns > 1 ? 2 - turns : turns;
    this.slider.value = String(this.along);
  }

  /** Points of the path from pin A to pin B in a panel's latent space, or null without two pins.
      @type {(panel: Panel) => Vector[] | null} */
  path(panel) {
    if (this.pins.length < 2) return null;
    const [a, b] = this.pins.map((pin) => panel.z(pin));
    return Array.from({ length: 41 }, (_, i) => between(this.way, a, b, i / 40));
  }

  /** @type {(panel: Panel) => Vector} */
  shownZ(panel) {
    if (this.along === null || this.pins.length < 2) return panel.z(this.point);
    const [a, b] = this.pins.map((pin) => panel.z(pin));
    return between(this.way, a, b, this.along);
  }

  /** @type {(panel: Panel) => Point} */
  shownPoint(panel) {
    return project(panel.directions, this.shownZ(panel));
  }

  speakLater() {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => {
      const words = this.panels.filter(({ spoken }) => spoken).map(({ name, spoken }) => `${name}, ${spoken}`);
      this.find(".spoken").textContent = words.join(". ");
    }, SILENCE);
  }

  dispose() {
    super.dispose();
    clearTimeout(this.silence);
    this.playing = null;
    this.panels.forEach((panel) => panel.resizer.disconnect());
  }
}

export default mounted(LatentMap);
