// A field to draw in, and at each frame the digit as the models see it and what each makes of it, both computed in a Web
// Worker. The server is told when a stroke ends and when the slider is let go.

import { scriptOf, startWorker } from "./background.js";
import { Component, mounted, pictureRow } from "./component.js";
import { PIXELS } from "./digit.js";
import { FIELD, Pad } from "./pad.js";
import { digitFrom, floats, paint } from "./picture.js";
/** @import { Answer, Opening, Order, Problem } from "./live_worker.js" */
/** @import { Stroke } from "./pad.js" */

/** `captions` has the server's numbers for the digit at rest; `drawn` says whether the digit was drawn here.
    @typedef {object} Data
    @property {string | null} digit
    @property {boolean} drawn
    @property {string} kind
    @property {number} level
    @property {string} pattern
    @property {{ key: string, name: string }[]} models
    @property {string[]} captions */

const shared = /** @type {{ vaeganStrokes?: { strokes: Stroke[] } }} */ (globalThis);
const keptStrokes = (shared.vaeganStrokes ??= { strokes: [] }); // kept while another page is visited

/** @extends {Component<Data>} */
class LiveDrawing extends Component {
  /** @param {ParentNode} root */
  constructor(root) {
    super(root);
    /** @type {Float32Array | null} */ this.serverDigit = null;
    /** @type {Float32Array} */ this.pattern = new Float32Array(0);
    /** @type {HTMLCanvasElement[]} */ this.canvases = [];
    /** @type {Element[]} */ this.numbers = [];
    this.opened = false; // the networks, in the worker
    this.stale = false; // something has changed since the worker was last asked
    this.asked = false; // the worker computes
    /** @type {Answer | null} */ this.answer = null;
    /** @type {Answer | null} */ this.painted = null;
    this.worker = startWorker(scriptOf("live_worker"));
    this.worker.onmessage = ({ data: message }) => this.take(message);
    this.worker.onerror = () => this.take({ problem: "Your browser cannot run the networks. Switch Live off." });
    this.pad = new Pad(this.find(".pad", HTMLCanvasElement), { changed: () => this.change(), ended: () => this.end() });
    this.find(".undo").onclick = () => this.pad.undo();
    this.find(".clear").onclick = () => this.pad.clear();
    this.slider("brush", "px", (value) => (this.pad.brush = value));
    this.level = this.find(".level", HTMLInputElement);
    this.showLevel = this.slider("level", "%", () => this.change());
    this.level.onchange = () => this.send("level", Number(this.level.value));
  }

  /** Shows the slider's value beside it and uses it whenever it moves; returns what shows it.
      @type {(name: string, unit: string, use: (value: number) => void) => () => void} */
  slider(name, unit, use) {
    const input = this.find(`.${name}`, HTMLInputElement);
    const show = () => {
      this.find(`.${name}-shown`).textContent = `${input.value} ${unit}`;
    };
    input.oninput = () => {
      show();
      use(Number(input.value));
    };
    show();
    return show;
  }

  /** @param {Data} data */
  update(data) {
    const before = this.data;
    if (data.level !== before?.level) this.level.value = String(data.level);
    this.data = data;
    this.pattern = floats(data.pattern);
    this.serverDigit = data.digit ? digitFrom(data.digit) : null;
    if (!before) this.pad.show(data.drawn ? keptStrokes.strokes : []);
    else if (data.digit !== before.digit && !data.drawn && !this.pad.drawing) this.pad.show([]);
    this.showLevel();
    const names = ["What both models saw", ...data.models.map(({ name }) => name)];
    ({ canvases: this.canvases, numbers: this.numbers } = pictureRow(this.find(".pictures"), names));
    const keys = data.models.map(({ key }) => key);
    if (String(keys) !== this.keys) [this.opened, this.answer] = [false, null];
    this.bring(keys, (bytes) => {
      this.order({ open: bytes });
      this.opened = true;
      this.change();
    });
    this.painted = null;
    this.change();
  }

  /** Ask for what the networks make of it now, and draw. */
  change() {
    this.stale = true;
    this.touch();
  }

  /** @type {(message: Opening | Order) => void} */
  order(message) {
    this.worker.postMessage(message);
  }

  /** Ask the worker, unless it is still at it: then the next one will be asked for when it is done.
      @type {(data: Data) => void} */
  ask({ kind }) {
    if (!this.stale || this.asked || !this.opened) return;
    [this.stale, this.asked] = [false, true];
    const { pattern, serverDigit: digit, keys } = this;
    const drawing = this.pad.empty ? null : this.pad.pixels();
    this.order({ drawing, side: FIELD, digit, kind, level: Number(this.level.value), pattern, keys });
  }

  /** @type {(message: Answer | Problem) => void} */
  take(message) {
    this.asked = false;
    if ("problem" in message) [this.problem, this.opened, this.keys] = [message.problem, false, null];
    else if (message.keys === this.keys) this.answer = message;
    if (this.data) this.ask(this.data);
    this.touch();
  }

  /** @type {(data: Data) => void} */
  frame(data) {
    this.ask(data);
    const { answer } = this;
    const nothing = this.pad.empty ? !this.serverDigit : answer && !answer.digit;
    this.say(nothing ? "Draw one digit, large." : this.opened ? "" : this.awaited);
    if (nothing || !this.opened) {
      this.painted = null;
      this.canvases.forEach((canvas) => paint(canvas, new Float32Array(PIXELS)));
      this.numbers.forEach((caption) => (caption.textContent = ""));
    } else if (answer?.digit && answer !== this.painted) {
      this.painted = answer;
      this.show(answer, answer.digit, data);
    }
  }

  /** @type {(answer: Answer, digit: Float32Array, data: Data) => void} */
  show({ level, pictures, ratings, took }, digit, { captions, level: serverLevel }) {
    const atRest = level === serverLevel && same(digit, this.serverDigit); // then show the server's numbers
    pictures.forEach((pixels, index) => {
      paint(this.canvases[index], pixels);
      this.numbers[index].textContent = atRest ? captions[index] : live(ratings[index]);
    });
    this.find(".speed").textContent = `Cleaned in your browser, ${took.toFixed(1)} ms a frame.`;
  }

  end() {
    keptStrokes.strokes = this.pad.strokes;
    this.send("drawing", this.pad.empty ? "" : this.pad.png());
  }

  dispose() {
    this.worker.terminate();
    super.dispose();
  }
}

/** @type {(one: Float32Array, other: Float32Array | null) => boolean} */
function same(one, other) {
  return other !== null && one.every((value, index) => Math.abs(value - other[index]) < 1e-6);
}

/** As many lines as the server's numbers have, so that nothing jumps; the server reads the digit when it rests.
    @type {(decibels: number) => string} */
function live(decibels) {
  return decibels >= 100 ? "\nthe clean digit itself\n " : `\nPSNR ${decibels.toFixed(1)} dB\n `;
}

export default mounted(LiveDrawing);
