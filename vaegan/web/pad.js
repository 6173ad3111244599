// A black field to draw on in white, by mouse, pen, finger or keyboard. Undo takes back whatever was done last, Clear too.

import { SIDE } from "./digit.js";
import { contextOf } from "./elements.js";
import { PadKeys } from "./pad_keys.js";
import { paint, toBase64 } from "./picture.js";
import { OUTSIDE, simplified } from "./strokes.js";
/** @import { Point } from "./geometry.js" */
/** @import { Stroke } from "./strokes.js" */

/** What is in the field. Without strokes `digit` is shown as it is, pixel by pixel; with strokes it is what the server
    has made of just these strokes, or null if it has not yet.
    @typedef {{ strokes: Stroke[], digit: Float32Array | null }} Content */

/** What the server is told. `number` makes each message another one, so that none passes for one of before.
    @typedef {{ number: number, png?: string, strokes?: Stroke[], digit?: string }} Message */

export const FIELD = 280; // pixels of the field along a side, whatever its size on the screen
const SHARPNESS = 2; // pixels of the canvas on the screen for each of these
const DIMMED = 0.75; // how bright a digit is that the next stroke will replace
const MOST_KEPT = 200; // steps that Undo can take back

/** Draws on `canvas`. `changed` is called when the picture changes, `ended` when a stroke ends or is taken back. */
export class Pad {
  /** @param {HTMLCanvasElement} canvas @param {{ changed: () => void, ended: () => void }} tell */
  constructor(canvas, { changed, ended }) {
    this.canvas = canvas; // what people see: ink, a dimmed digit, the keyboard's cursor
    [canvas.width, canvas.height] = [FIELD * SHARPNESS, FIELD * SHARPNESS];
    this.screen = contextOf(canvas);
    this.ink = document.createElement("canvas"); // the strokes alone, which become the digit
    [this.ink.width, this.ink.height] = [FIELD, FIELD];
    this.context = contextOf(this.ink, { willReadFrequently: true });
    /** @type {Content} */ this.content = { strokes: [], digit: null };
    /** @type {Content[]} */ this.past = []; // for Undo, the latest at the end
    this.brush = 20;
    this.drawing = false; // the pen is down
    this.changed = changed;
    this.ended = ended;
    this.keys = new PadKeys(this);
    this.listen();
    this.redraw();
  }

  get strokes() {
    return this.content.strokes;
  }

  /** The digit that is known without looking at the pixels, or null. */
  get digit() {
    return this.content.digit;
  }

  /** There are no strokes; a digit may be shown all the same. */
  get empty() {
    return this.strokes.length === 0;
  }

  /** RGBA of the strokes, FIELD x FIELD x 4. */
  pixels() {
    return this.context.getImageData(0, 0, FIELD, FIELD).data;
  }

  /** The strokes as a picture, FIELD x FIELD. */
  png() {
    return this.ink.toDataURL("image/png");
  }

  /** For the server, when a stroke has ended: vaegan/ui/drawings.py reads it.
      @returns {Message} */
  message() {
    const number = Date.now();
    if (!this.empty) return { number, png: this.png(), strokes: this.strokes };
    return this.digit ? { number, digit: toBase64(this.digit) } : { number };
  }

  /** Show these strokes, or without any the pixels of `digit`, and forget what Undo could take back.
      @type {(strokes: Stroke[], digit?: Float32Array | null) => void} */
  show(strokes, digit = null) {
    this.past = [];
    this.become({ strokes, digit });
  }

  undo() {
    this.lift();
    const before = this.past.pop();
    if (!before && this.empty) return;
    this.become(before ?? { strokes: this.strokes.slice(0, -1), digit: null });
    this.ended();
  }

  clear() {
    this.lift();
    if (this.empty && !this.digit) return;
    this.remember();
    this.become({ strokes: [], digit: null });
    this.ended();
  }

  /** Put the pen down.
      @param {Point} point */
  begin(point) {
    this.remember();
    this.content = { strokes: [...this.strokes, { width: this.brush, points: [] }], digit: null };
    this.drawing = true;
    this.redraw();
    this.extend([point]);
  }

  /** Draw on through these places.
      @param {Point[]} places */
  extend(places) {
    const { width, points } = this.strokes[this.strokes.length - 1];
    for (const [x, y] of places) {
      /** @type {Point} */
      const point = [clamped(x), clamped(y)];
      this.segment(width, points[points.length - 1] ?? point, point);
      points.push(point);
    }
    this.changed();
  }

  /** Take the pen off the field. The stroke then is what will be kept of it. */
  lift() {
    if (!this.drawing) return;
    this.drawing = false;
    const [stroke, ...others] = [...this.strokes].reverse();
    const kept = { width: stroke.width, points: simplified(stroke.points) };
    this.become({ strokes: [...others.reverse(), kept], digit: null });
    this.ended();
  }

  remember() {
    this.past = [...this.past, this.content].slice(-MOST_KEPT);
  }

  /** @param {Content} content */
  become(content) {
    this.content = content;
    this.redraw();
    this.changed();
  }

  redraw() {
    for (const context of [this.context, this.screen]) {
      const scale = context === this.screen ? SHARPNESS : 1;
      context.setTransform(scale, 0, 0, scale, 0, 0);
      context.fillStyle = "#000";
      context.fillRect(0, 0, FIELD, FIELD);
    }
    if (this.empty && this.digit) this.showPixels(this.digit);
    for (const { width, points } of this.strokes) {
      points.forEach((point, index) => this.segment(width, points[Math.max(0, index - 1)], point));
    }
    this.keys.paint(this.screen);
  }

  /** @param {Float32Array} digit */
  showPixels(digit) {
    const small = document.createElement("canvas");
    paint(small, digit, SIDE, SIDE);
    this.screen.imageSmoothingEnabled = false;
    this.screen.globalAlpha = DIMMED;
    this.screen.drawImage(small, 0, 0, FIELD, FIELD);
    this.screen.globalAlpha = 1;
  }

  /** @type {(width: number, from: Point, to: Point) => void} */
  segment(width, from, to) {
    for (const context of [this.context, this.screen]) {
      [context.strokeStyle, context.lineWidth, context.lineCap] = ["#fff", width, "round"];
      context.beginPath();
      context.moveTo(...from);
      context.lineTo(...to);
      context.stroke();
    }
  }

  listen() {
    const { canvas } = this;
    canvas.style.touchAction = "none";
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || !event.isPrimary) return;
      event.preventDefault(); // no text is selected, and the field is not focused, which would scroll a phone
      this.lift(); // the keyboard may have left the pen down
      canvas.setPointerCapture(event.pointerId);
      this.begin(this.place(event));
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!this.drawing || !event.isPrimary || this.keys.down) return;
      const between = event.getCoalescedEvents?.() ?? [];
      this.extend((between.length ? between : [event]).map((each) => this.place(each)));
    });
    const end = (/** @type {PointerEvent} */ event) => {
      if (event.isPrimary && !this.keys.down) this.lift();
    };
    canvas.addEventListener("pointerup", end);
    canvas.addEventListener("pointercancel", end);
  }

  /** Where the pointer is, in the field's pixels.
      @type {(event: PointerEvent) => Point} */
  place(event) {
    const box = this.canvas.getBoundingClientRect();
    const scale = FIELD / box.width;
    return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
  }
}

/** A whole number not far outside of the field, as strokes are kept.
    @type {(place: number) => number} */
function clamped(place) {
  return Math.round(Math.min(FIELD + OUTSIDE, Math.max(-OUTSIDE, place)));
}
