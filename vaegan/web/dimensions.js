// For each dimension of z a bar of its KL, and a slider if it is active; the decoded digit follows the sliders.

import { Component, mounted } from "./component.js";
import { decode } from "./network.js";
import { paint, savePicture } from "./picture.js";

const REACH = 3; // standard deviations of the prior

class Dimensions extends Component {
  constructor(root) {
    super(root);
    this.find(".reset").onclick = () => this.reset();
    this.find(".save-digit").onclick = () => savePicture(this.find(".picture"), "decoded.png");
  }

  update(data) {
    const first = !this.data;
    const changed = first || String(this.data.mu) !== String(data.mu) || this.data.weights !== data.weights;
    this.data = data;
    if (changed) {
      this.moved = first ? { ...data.moved } : {};
      this.layOut();
    }
    this.bringModels([data.weights]);
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

  frame() {
    this.say(this.models ? "" : this.awaited);
    if (!this.models) return;
    const z = Float64Array.from(this.data.mu, (value, index) => this.moved[index] ?? value);
    paint(this.find(".picture"), decode(this.models[0], z));
  }
}

export default mounted(Dimensions);
