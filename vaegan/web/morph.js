// A walk from one digit to another: a slider along the way, and at each frame what both decoders make of that point.
// Nothing is sent to the server.

import { Component, mounted, pictureRow } from "./component.js";
import { between } from "./geometry.js";
import { decode } from "./network.js";
import { digitFrom, paint } from "./picture.js";

const SECONDS = 3; // that playing takes from one end to the other

class Walk extends Component {
  constructor(root) {
    super(root);
    this.slider = this.find(".along");
    this.slider.oninput = () => {
      this.pause();
      this.moved = true;
      this.touch();
    };
    this.find(".play").onclick = () => (this.playing ? this.pause() : this.play());
  }

  update(data) {
    this.data = data;
    this.fade = data.pixels.map(digitFrom);
    this.canvases = pictureRow(this.find(".pictures"), [...data.models.map(({ name }) => name), data.fade]).canvases;
    this.bringModels(data.models.map(({ key }) => key));
    this.touch();
  }

  play() {
    this.playing = this.moved = true;
    this.find(".play").textContent = "Pause";
    const began = performance.now();
    const start = Number(this.slider.value) / 100;
    const step = (now) => {
      if (!this.playing) return;
      const phase = (start + Math.max(0, now - began) / 1000 / SECONDS) % 2;
      this.slider.value = 100 * (phase > 1 ? 2 - phase : phase);
      this.frame();
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

  frame() {
    const t = Number(this.slider.value) / 100;
    const words = `${Math.round(100 * t)} % of the way`;
    this.find(".shown").textContent = words;
    this.slider.setAttribute("aria-valuetext", words);
    paint(this.canvases[this.canvases.length - 1], between("linear", ...this.fade, t));
    this.say(this.models ? "" : this.awaited);
    if (!this.models) return;
    const began = performance.now();
    this.data.models.forEach(({ start, end }, index) => {
      paint(this.canvases[index], decode(this.models[index], between(this.data.way, start, end, t)));
    });
    if (!this.moved) return; // the first frame is slower than any other
    this.find(".speed").textContent = `Decoded in your browser, ${(performance.now() - began).toFixed(1)} ms a frame.`;
  }
}

export default mounted(Walk);
