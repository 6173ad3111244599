// Walk from one digit to another: a slider along the way, and at each frame what both decoders make of that point.
// Nothing is sent to the server.

import { decode, openModel } from "./network.js";
import { digitFrom, paint } from "./picture.js";
import { stored } from "./store.js";

const SMALLEST_SINE = 1e-3; // as in vaegan/latent.py
const SECONDS = 3; // that playing takes one way
const walks = new WeakMap();

export default function ({ parentElement, data }) {
  if (!walks.has(parentElement)) walks.set(parentElement, new Walk(parentElement));
  walks.get(parentElement).update(data);
  return () => {
    walks.get(parentElement)?.pause();
    walks.delete(parentElement);
  };
}

class Walk {
  constructor(root) {
    this.find = (selector) => root.querySelector(selector);
    this.slider = this.find(".along");
    this.slider.oninput = () => {
      this.pause();
      this.moved = true;
      this.touch();
    };
    this.find(".play").onclick = () => (this.playing ? this.pause() : this.play());
    this.waiting = false;
    this.playing = false;
  }

  update(data) {
    this.data = data;
    this.fade = data.pixels.map(digitFrom);
    this.layOut([...data.models.map(({ name }) => name), data.fade]);
    this.open();
    this.touch();
  }

  layOut(names) {
    if (String(names) === this.names) return;
    this.names = String(names);
    this.find(".pictures").replaceChildren(
      ...names.map((name) => {
        const figure = document.createElement("figure");
        figure.innerHTML = '<canvas class="picture" width="28" height="28" role="img"></canvas><figcaption><b></b></figcaption>';
        figure.querySelector("canvas").setAttribute("aria-label", name);
        figure.querySelector("b").textContent = name;
        return figure;
      }),
    );
    this.canvases = [...this.find(".pictures").querySelectorAll("canvas")];
  }

  async open() {
    const keys = this.data.models.map(({ key }) => key);
    if (String(keys) === this.keys) return;
    this.keys = String(keys);
    this.models = null;
    const models = (await Promise.all(keys.map(stored))).map(openModel);
    if (String(keys) !== this.keys) return; // others were chosen meanwhile
    this.models = models;
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

  touch() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.frame();
    });
  }

  frame() {
    const t = Number(this.slider.value) / 100;
    const words = `${Math.round(100 * t)} % of the way`;
    this.find(".shown").textContent = words;
    this.slider.setAttribute("aria-valuetext", words);
    paint(this.canvases[this.canvases.length - 1], straight(...this.fade, t));
    this.find(".message").hidden = Boolean(this.models);
    if (!this.models) return;
    const began = performance.now();
    const way = this.data.way === "spherical" ? around : straight;
    this.data.models.forEach(({ start, end }, index) => {
      paint(this.canvases[index], decode(this.models[index], way(start, end, t)));
    });
    if (!this.moved) return; // the first frame of all is slower than any other
    this.find(".speed").textContent = `Decoded in your browser, ${(performance.now() - began).toFixed(1)} ms a frame.`;
  }
}

/** The straight way from a to b. */
function straight(a, b, t) {
  return Float32Array.from(a, (value, i) => (1 - t) * value + t * b[i]);
}

/** The way along the great circle, the length changing evenly, as `spherical` of vaegan/latent.py. */
function around(a, b, t) {
  const [ofA, ofB] = [Math.hypot(...a), Math.hypot(...b)];
  if (!(ofA > 0 && ofB > 0)) return straight(a, b, t);
  const apart = Math.hypot(...a.map((value, i) => value / ofA - b[i] / ofB));
  const along = Math.hypot(...a.map((value, i) => value / ofA + b[i] / ofB));
  const angle = 2 * Math.atan2(apart, along);
  if (Math.sin(angle) < SMALLEST_SINE) return straight(a, b, t);
  const length = (1 - t) * ofA + t * ofB;
  const factorA = (Math.sin((1 - t) * angle) / Math.sin(angle)) * (length / ofA);
  const factorB = (Math.sin(t * angle) / Math.sin(angle)) * (length / ofB);
  return Float32Array.from(a, (value, i) => factorA * value + factorB * b[i]);
}
