// A field to draw in, and at each frame the digit as the models see it and what each makes of it. The server is told
// when a stroke ends and when the slider is let go.

import { fromDrawing } from "./centre.js";
import { Component, mounted, pictureRow } from "./component.js";
import { PIXELS } from "./digit.js";
import { decode, encode } from "./network.js";
import { corrupt } from "./noise.js";
import { FIELD, Pad } from "./pad.js";
import { digitFrom, floats, paint, psnr } from "./picture.js";
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
    this.pad = new Pad(this.find(".pad", HTMLCanvasElement), { changed: () => this.touch(), ended: () => this.end() });
    this.find(".undo").onclick = () => this.pad.undo();
    this.find(".clear").onclick = () => this.pad.clear();
    this.slider("brush", "px", (value) => (this.pad.brush = value));
    this.level = this.find(".level", HTMLInputElement);
    this.showLevel = this.slider("level", "%", () => this.touch());
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
    this.bringModels(data.models.map(({ key }) => key));
    this.touch();
  }

  /** @type {(data: Data) => void} */
  frame({ kind, captions, level: serverLevel }) {
    const began = performance.now();
    const digit = this.pad.empty ? this.serverDigit : fromDrawing(this.pad.pixels(), FIELD, FIELD);
    this.say(!digit ? "Draw one digit, large." : this.models ? "" : this.awaited);
    if (!digit || !this.models) {
      this.canvases.forEach((canvas) => paint(canvas, new Float32Array(PIXELS)));
      this.numbers.forEach((caption) => (caption.textContent = ""));
      return;
    }
    const level = Number(this.level.value);
    const noisy = corrupt(digit, kind, level / 100, this.pattern);
    const outputs = this.models.map((model) => decode(model, encode(model, noisy).mu));
    const atRest = level === serverLevel && same(digit, this.serverDigit); // then show the server's numbers
    [noisy, ...outputs].forEach((pixels, index) => {
      paint(this.canvases[index], pixels);
      this.numbers[index].textContent = atRest ? captions[index] : live(psnr(pixels, digit));
    });
    this.find(".speed").textContent = `Cleaned in your browser, ${(performance.now() - began).toFixed(1)} ms a frame.`;
  }

  end() {
    keptStrokes.strokes = this.pad.strokes;
    this.send("drawing", this.pad.empty ? "" : this.pad.png());
  }
}

/** @type {(one: Float32Array, other: Float32Array | null) => boolean} */
function same(one, other) {
  return other !== null && one.every((value, index) => Math.abs(value - other[index]) < 1e-6);
}

/** @type {(decibels: number) => string} */
function live(decibels) {
  return decibels >= 100 ? "the clean digit itself\n " : `PSNR ${decibels.toFixed(1)} dB\n `;
}

export default mounted(LiveDrawing);
