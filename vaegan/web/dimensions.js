// A slider for each dimension of z that is alive, beside a bar of its KL; the decoder follows.

import { decode, openModel } from "./network.js";
import { paint, savePicture } from "./picture.js";
import { stored } from "./store.js";

const REACH = 3; // standard deviations of the prior
const lists = new WeakMap();

export default function ({ parentElement, data, setStateValue }) {
  if (!lists.has(parentElement)) lists.set(parentElement, new Dimensions(parentElement));
  const list = lists.get(parentElement);
  list.send = setStateValue;
  list.update(data);
  return () => lists.delete(parentElement);
}

class Dimensions {
  constructor(root) {
    this.find = (selector) => root.querySelector(selector);
    this.find(".reset").onclick = () => this.reset();
    this.find(".save-digit").onclick = () => savePicture(this.find(".picture"), "decoded.png");
  }

  async update(data) {
    const same = this.data && String(this.data.mu) === String(data.mu) && this.data.weights === data.weights;
    const first = !this.data;
    this.data = data;
    if (same) return;
    this.moved = first ? { ...data.moved } : {};
    this.layOut();
    const key = data.weights;
    const bytes = await stored(key);
    if (key !== this.data.weights) return;
    if (this.key !== key) [this.key, this.model] = [key, openModel(bytes)];
    this.touch();
  }

  layOut() {
    const { kl, active } = this.data;
    const most = Math.max(...kl);
    const order = kl.map((_, index) => index).sort((a, b) => active[b] - active[a] || kl[b] - kl[a]);
    this.sliders = new Map();
    this.find(".list").replaceChildren(...order.map((index) => this.dimension(index, kl[index], most, active[index])));
  }

  dimension(index, kl, most, active) {
    const row = document.createElement("div");
    row.className = active ? "dimension" : "dimension dead";
    row.innerHTML = "<span></span><div><div class='bar'></div></div>";
    row.firstChild.textContent = `z${index + 1}`;
    row.title = `${kl.toFixed(2)} nats${active ? "" : ", dead"}`;
    row.querySelector(".bar").style.width = `${Math.max(0, kl / most) * 100}%`;
    if (!active) return row;
    const slider = document.createElement("input");
    Object.assign(slider, { type: "range", min: -REACH, max: REACH, step: 0.05 });
    slider.value = this.moved[index] ?? this.data.mu[index];
    slider.setAttribute("aria-label", `dimension ${index + 1}`);
    const value = document.createElement("output");
    const show = () => (value.textContent = Number(slider.value).toFixed(1));
    slider.oninput = () => {
      this.moved[index] = Number(slider.value);
      show();
      this.touch();
    };
    slider.onchange = () => this.send("moved", this.moved);
    show();
    row.append(slider, value);
    this.sliders.set(index, { slider, show });
    return row;
  }

  reset() {
    this.moved = {};
    this.sliders.forEach(({ slider, show }, index) => {
      slider.value = this.data.mu[index];
      show();
    });
    this.send("moved", {});
    this.touch();
  }

  touch() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      if (!this.model) return;
      const z = Float64Array.from(this.data.mu, (value, index) => this.moved[index] ?? value);
      paint(this.find(".picture"), decode(this.model, z));
    });
  }
}
