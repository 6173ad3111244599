// A walk from one digit to another: a slider along the way, and at each frame what both decoders make of that point.
// Nothing is sent to the server.

import { Component, mounted, pictureRow } from "./component.js";
import { between } from "./geometry.js";
import { decode } from "./network.js";
import { digitFrom, paint } from "./picture.js";
/** @import { Way } from "./geometry.js" */

/** Two digits: for each model their vectors, and their pixels; `fade` is the name of the mix of both pictures.
    @typedef {object} Data
    @property {{ key: string, name: string, side: string, start: number[], end: number[] }[]} models
    @property {Way} way
    @property {[string, string]} pixels
    @property {string} fade */

const SECONDS = 3; // that playing takes from one end to the other

/** @extends {Component<Data>} */
class Walk extends Component {
  /** @param {ParentNode} root */
  constructor(root) {
    super(root);
    /** @type {Float32Array[]} */ this.ends = [];
    /** @type {HTMLCanvasElement[]} */ this.canvases = [];
    this.moved = false;
    this.playing = false;
    this.slider = this.find(".along", HTMLInputElement);
    this.slider.oninput = () => {
      this.pause();
      this.moved = true;
      this.touch();
    };
    this.find(".play").onclick = () => (this.playing ? this.pause() : this.play());
  }

  /** @param {Data} data */
  update(data) {
    this.data = data;
    this.ends = data.pixels.map(digitFrom);
    this.canvases = pictureRow(this.find(".pictures"), [...data.models.map(({ name }) => name), data.fade]).canvases;
    data.models.forEach(({ side }, index) => {
      this.canvases[index].classList.add("framed", `of-${side}`);
      this.canvases[index].nextElementSibling?.firstElementChild?.classList.add(`twin-${side}`);
    });
    this.bringModels(data.models.map(({ key }) => key));
    this.touch();
  }

  play() {
    this.playing = this.moved = true;
    this.find(".play").textContent = "Pause";
    const began = performance.now();
    const start = Number(this.slider.value) / 100;
    const step = (/** @type {number} */ now) => {
      if (!this.playing || !this.data) return;
      const phase = (start + Math.max(0, now - began) / 1000 / SECONDS) % 2;
      this.slider.value = String(100 * (phase > 1 ? 2 - phase : phase));
      this.frame(this.data);
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }

  pause() {
    this.playing = false;
    this.find(".play").textContent = "Play";
  }

  dispose() {
    this.pause();
    super.dispose();
  }

  /** @type {(data: Data) => void} */
  frame(data) {
    const t = Number(this.slider.value) / 100;
    const words = `${Math.round(100 * t)} % of the way`;
    this.find(".shown").textContent = words;
    this.slider.setAttribute("aria-valuetext", words);
    paint(this.canvases[this.canvases.length - 1], between("linear", this.ends[0], this.ends[1], t));
    this.say(this.models ? "" : this.awaited);
    const { models } = this;
    if (!models) return;
    const began = performance.now();
    data.models.forEach(({ start, end }, index) => {
      paint(this.canvases[index], decode(models[index], between(data.way, start, end, t)));
    });
    if (!this.moved) return; // the first frame is slower than any other
    this.find(".speed").textContent = `Decoded in your browser, ${(performance.now() - began).toFixed(1)} ms a frame.`;
  }
}

export default mounted(Walk);
