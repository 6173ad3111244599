// A field to draw in, and at each frame the digit as the models see it and what each makes of it. The server is told
// when a stroke ends and when the slider is let go.

import { fromDrawing } from "./centre.js";
import { Component, mounted, pictureRow } from "./component.js";
import { PIXELS } from "./digit.js";
import { decode, encode } from "./network.js";
import { corrupt } from "./noise.js";
import { FIELD, Pad } from "./pad.js";
import { digitFrom, floats, paint, psnr } from "./picture.js";

const keptStrokes = (globalThis.vaeganStrokes ??= { strokes: [] }); // kept while another page is visited

class LiveDrawing extends Component {
  constructor(root) {
    super(root);
    this.pad = new Pad(this.find(".pad"), { changed: () => this.touch(), ended: () => this.end() });
    this.find(".undo").onclick = () => this.pad.undo();
    this.find(".clear").onclick = () => this.pad.clear();
    this.slider("brush", "px", (value) => (this.pad.brush = value));
    this.slider("level", "%", () => this.touch());
    this.find(".level").onchange = () => this.send("level", Number(this.find(".level").value));
  }

  slider(name, unit, use) {
    const input = this.find(`.${name}`);
    const show = () => (this.find(`.${name}-shown`).textContent = `${input.value} ${unit}`);
    input.oninput = () => {
      show();
      use(Number(input.value));
    };
    show();
  }

  update(data) {
    const first = !this.data;
    const otherDigit = first || data.digit !== this.data.digit;
    if (first || data.level !== this.data.level) this.find(".level").value = data.level;
    this.data = data;
    this.pattern = floats(data.pattern);
    this.serverDigit = data.digit ? digitFrom(data.digit) : null;
    if (first) this.pad.show(data.drawn ? keptStrokes.strokes : []);
    else if (otherDigit && !data.drawn && !this.pad.drawing) this.pad.show([]);
    this.find(".level").oninput();
    const names = ["What both models saw", ...data.models.map(({ name }) => name)];
    Object.assign(this, pictureRow(this.find(".pictures"), names)); // canvases, numbers
    this.bringModels(data.models.map(({ key }) => key));
    this.touch();
  }

  frame() {
    const { kind, captions, level: serverLevel } = this.data;
    const began = performance.now();
    const digit = this.pad.empty ? this.serverDigit : fromDrawing(this.pad.pixels(), FIELD, FIELD);
    this.say(!digit ? "Draw one digit, large." : this.models ? "" : this.awaited);
    if (!digit || !this.models) {
      this.canvases.forEach((canvas) => paint(canvas, new Float32Array(PIXELS)));
      this.numbers.forEach((caption) => (caption.textContent = ""));
      return;
    }
    const level = Number(this.find(".level").value);
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

function same(one, other) {
  return other !== null && one.every((value, index) => Math.abs(value - other[index]) < 1e-6);
}

function live(decibels) {
  return decibels >= 100 ? "the clean digit itself\n " : `PSNR ${decibels.toFixed(1)} dB\n `;
}

export default mounted(LiveDrawing);
