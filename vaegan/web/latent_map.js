// The maps of one or two models, which share one pointer: moving decodes, a click sets a pin, and two pins make a path.
// The server is told of pins, of the view and of a drawing when the gesture ends.

import { axis } from "./axes.js";
import { fromDrawing } from "./centre.js";
import { Component, mounted } from "./component.js";
import { PIXELS } from "./digit.js";
import { contextOf } from "./elements.js";
import { project } from "./geometry.js";
import { MapGestures } from "./map_gestures.js";
import { Panel } from "./map_panel.js";
import { Walk } from "./map_walk.js";
import { openModel } from "./network.js";
import { corrupt } from "./noise.js";
import { FIELD, Pad } from "./pad.js";
import { digitFrom, floats, paint, savePicture } from "./picture.js";
import { unpacked } from "./wire.js";
/** @import { View } from "./axes.js" */
/** @import { Point, Vector, Way } from "./geometry.js" */
/** @import { Stroke } from "./strokes.js" */
/** @import { Named, Reading } from "./map_card.js" */
/** @import { Atlas } from "./wire.js" */

/** `weights` and `atlas` are keys of the tab's bytes; `drawn` says whether the digit was drawn here.
    @typedef {object} Data
    @property {(Named & { weights: string, atlas: string })[]} models
    @property {string[]} colours of the classes
    @property {"z" | "quantile"} axis
    @property {number} count of decoded digits along a side
    @property {string[]} layers
    @property {Way} way
    @property {Point[]} pins
    @property {View | null} view
    @property {string | null} digit
    @property {Stroke[]} strokes
    @property {boolean} drawn
    @property {string} whose digit it is, as the beginning of a sentence
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
    this.byFinger = false; // whether a finger chose it
    this.view = { left: 0, bottom: 0, size: 1 }; // the part of the map in view; the whole map is 0 to 1
    this.front = 0; // the panel to be seen on a narrow screen, which has room for one
    /** @type {string[]} */ this.colours = [];
    /** @type {boolean[]} */ this.classes = []; // whether the digits of each class are shown
    /** @type {Data["axis"]} */ this.axisKind = "z";
    this.lastAxis = axis("z", 1);
    this.axisKey = ""; // what lastAxis was made for
    /** @type {Record<string, boolean>} */ this.layers = {}; // which are shown
    this.count = 0; // of decoded digits along a side
    /** @type {Float32Array | null} */ this.digit = null; // the server's
    this.digitChanged = false;
    this.explained = ""; // what is said about it
    /** @type {Float32Array} */ this.pattern = new Float32Array(0);
    this.moving = false; // whether the view moves
    this.silence = 0; // the timer that speaks
    this.level = this.find(".level", HTMLInputElement);
    const tell = { changed: () => this.redraw(), ended: () => this.sendDrawing() };
    this.pad = new Pad(this.find(".pad", HTMLCanvasElement), tell);
    this.gestures = new MapGestures(this);
    this.walk = new Walk(this);
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
    press(".draw-yours", () => this.showField());
    this.level.oninput = () => this.redraw();
    this.level.onchange = () => this.send("level", Number(this.level.value));
  }

  showField() {
    this.pad.canvas.scrollIntoView({ block: "center" });
    this.pad.canvas.focus({ preventScroll: true });
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
      this.colours = data.colours;
      this.classes = data.colours.map(() => true);
      this.find(".legend").replaceChildren(...data.colours.map((colour, label) => this.legend(colour, label)));
      this.pins = data.pins;
      this.point = data.pins.at(-1) ?? [0, 0];
      this.view = data.view ?? this.view;
    }
    if (data.level !== before?.level) this.level.value = String(data.level);
    if (!before || (data.digit !== before.digit && !data.drawn && !this.pad.drawing)) {
      this.pad.show(data.strokes, this.digit);
    }
    this.axisKind = data.axis;
    this.walk.way = data.way;
    if (before && data.axis !== before.axis) this.view = { left: 0, bottom: 0, size: 1 };
    this.layOut(data);
    this.open(data);
    this.refresh();
  }

  /** @param {Data} data */
  layOut({ models }) {
    const names = models.map(({ name }) => name);
    if (String(this.panels.map(({ name }) => name)) === String(names)) return;
    this.panels.forEach((panel) => panel.dispose());
    this.panels = models.map((_, index) => new Panel(this, models, index));
    this.find(".panels").replaceChildren(...this.panels.map(({ root }) => root));
    this.panels.forEach((panel) => this.gestures.listen(panel));
    for (const row of [".panels", ".switch"]) this.find(row).classList.toggle("two", models.length > 1);
    this.find(".switch").replaceChildren(...models.map((model, index) => this.switchTo(model, index)));
    this.show(0);
    this.keys = null;
  }

  /** @type {(model: Named, index: number) => HTMLElement} */
  switchTo({ name, twin }, index) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", textContent: name, className: `twin-${twin}` });
    button.onclick = () => this.show(index);
    return button;
  }

  /** Show this panel where there is room for one alone.
      @param {number} front */
  show(front) {
    this.front = front;
    this.panels.forEach(({ root }, index) => root.classList.toggle("behind", index !== front));
    [...this.find(".switch").children].forEach((button, index) =>
      button.setAttribute("aria-pressed", String(index === front)),
    );
    this.touch();
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
    this.walk.frame();
    const readings = this.panels.map((panel) => panel.read()).filter((reading) => reading !== null);
    const more = this.panels.map((panel) => panel.frame(readings)).some(Boolean);
    this.speakLater(readings);
    if (more || this.walk.playing || this.moving) this.touch();
  }

  /** @param {Data} data */
  placeDigit(data) {
    this.digitChanged = false;
    const level = Number(this.level.value);
    this.find(".level-shown").textContent = `${level} %`;
    const clean = this.pad.digit ?? (this.pad.empty ? null : fromDrawing(this.pad.pixels(), FIELD, FIELD));
    const noisy = clean && corrupt(clean, data.kind, level / 100, this.pattern);
    paint(this.find(".noisy-digit", HTMLCanvasElement), noisy ?? new Float32Array(PIXELS));
    const words = noisy ? data.words : "Draw a digit in the field: it appears on the map."; // HTML, as the server has it
    if (words !== this.explained) this.find(".words").innerHTML = this.explained = words;
    this.panels.forEach((panel) => panel.settle(clean, noisy));
  }

  /** Whose digit is on the map, as the beginning of a sentence: what is drawn is the visitor's at once. */
  get whose() {
    return this.pad.empty ? (this.data?.whose ?? "") : "Your digit";
  }

  save() {
    const copies = this.panels.filter(({ scale }) => scale).map((panel) => panel.copy());
    const canvas = document.createElement("canvas");
    const gap = 12;
    canvas.width = copies.reduce((sum, copy) => sum + copy.width + gap, -gap);
    canvas.height = copies[0].height;
    const context = contextOf(canvas);
    copies.reduce((x, copy) => (context.drawImage(copy, x, 0), x + copy.width + gap), 0);
    savePicture(canvas, "latent-space.png");
  }

  sendDrawing() {
    this.send("drawing", this.pad.message());
  }

  /** @type {(point: Point, byFinger?: boolean) => void} */
  hover(point, byFinger = false) {
    this.point = point;
    this.byFinger = byFinger;
    this.walk.leave();
    this.touch();
  }

  /** Set the pins, at most two, and tell the server.
      @param {Point[]} pins */
  pin(pins) {
    this.pins = pins;
    this.walk.leave();
    this.walk.slider.value = "0";
    this.send("pins", pins);
    this.touch();
  }

  /** @type {(panel: Panel) => Vector} */
  shownZ(panel) {
    const { along } = this.walk;
    return along === null || this.pins.length < 2 ? panel.z(this.point) : this.walk.at(panel, along);
  }

  /** @type {(panel: Panel) => Point} */
  shownPoint(panel) {
    return project(panel.directions, this.shownZ(panel));
  }

  /** @param {Reading[]} readings */
  speakLater(readings) {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => {
      const words = readings.map((reading, index) => this.panels[index].inSpeech(reading));
      this.find(".spoken").textContent = words.join(". ");
    }, SILENCE);
  }

  dispose() {
    super.dispose();
    clearTimeout(this.silence);
    this.walk.playing = null;
    this.panels.forEach((panel) => panel.dispose());
  }
}

export default mounted(LatentMap);
