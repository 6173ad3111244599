// A black field to draw on in white, by mouse, pen or finger.

import { contextOf } from "./elements.js";
/** @import { Point } from "./geometry.js" */

/** @typedef {{ width: number, points: Point[] }} Stroke */

export const FIELD = 280; // pixels of the field along a side, whatever its size on the screen

/** Draws on `canvas`. `changed` is called when the picture changes, `ended` when a stroke ends or is taken back. */
export class Pad {
  /** @param {HTMLCanvasElement} canvas @param {{ changed: () => void, ended: () => void }} tell */
  constructor(canvas, { changed, ended }) {
    [canvas.width, canvas.height] = [FIELD, FIELD];
    this.canvas = canvas;
    this.context = contextOf(canvas, { willReadFrequently: true });
    /** @type {Stroke[]} */ this.strokes = [];
    this.brush = 20;
    this.drawing = false;
    this.changed = changed;
    this.ended = ended;
    this.listen();
    this.redraw();
  }

  get empty() {
    return this.strokes.length === 0;
  }

  /** RGBA, side x side x 4. */
  pixels() {
    return this.context.getImageData(0, 0, FIELD, FIELD).data;
  }

  png() {
    return this.canvas.toDataURL("image/png");
  }

  undo() {
    this.replace(this.strokes.slice(0, -1));
  }

  clear() {
    this.replace([]);
  }

  /** @param {Stroke[]} strokes */
  replace(strokes) {
    this.show(strokes);
    this.ended();
  }

  /** @param {Stroke[]} strokes */
  show(strokes) {
    this.strokes = strokes;
    this.redraw();
    this.changed();
  }

  redraw() {
    this.context.fillStyle = "#000";
    this.context.fillRect(0, 0, FIELD, FIELD);
    for (const { width, points } of this.strokes) {
      points.forEach((point, index) => this.segment(width, points[Math.max(0, index - 1)], point));
    }
  }

  /** @type {(width: number, from: Point, to: Point) => void} */
  segment(width, from, to) {
    const context = this.context;
    [context.strokeStyle, context.lineWidth, context.lineCap] = ["#fff", width, "round"];
    context.beginPath();
    context.moveTo(...from);
    context.lineTo(...to);
    context.stroke();
  }

  listen() {
    const { canvas } = this;
    canvas.style.touchAction = "none";
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || !event.isPrimary) return;
      event.preventDefault();
      canvas.setPointerCapture(event.pointerId);
      this.drawing = true;
      this.strokes = [...this.strokes, { width: this.brush, points: [] }];
      this.extend(event);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!this.drawing || !event.isPrimary) return;
      const between = event.getCoalescedEvents?.() ?? [];
      (between.length ? between : [event]).forEach((each) => this.extend(each));
    });
    const end = (/** @type {PointerEvent} */ event) => {
      if (!this.drawing || !event.isPrimary) return;
      this.drawing = false;
      this.ended();
    };
    canvas.addEventListener("pointerup", end);
    canvas.addEventListener("pointercancel", end);
  }

  /** @param {PointerEvent} event */
  extend(event) {
    const box = this.canvas.getBoundingClientRect();
    const scale = FIELD / box.width;
    /** @type {Point} */
    const point = [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
    const { width, points } = this.strokes[this.strokes.length - 1];
    this.segment(width, points[points.length - 1] ?? point, point);
    points.push(point);
    this.changed();
  }
}
