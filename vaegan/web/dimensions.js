// For each dimension of z a bar of its KL, and a slider if it is active; the decoded digit follows the sliders.

import { Component, mounted } from "./component.js";
import { element } from "./elements.js";
import { decode } from "./network.js";
import { paint, savePicture } from "./picture.js";

/** `moved` has the values of the sliders that were moved, by the dimension's index.
    @typedef {{ name: string, weights: string, mu: number[], kl: number[], active: boolean[], moved: Record<string, number> }} Data */

const REACH = 3; // standard deviations of the prior

/** @extends {Component<Data>} */
class Dimensions extends Component {
  /** @param {ParentNode} root */
  constructor(root) {
    super(root);
    /** @type {Record<string, number>} */ this.moved = {};
    /** @type {Map<number, { slider: HTMLInputElement, show: () => void }>} */ this.sliders = new Map();
    this.find(".reset").onclick = () => this.reset();
    this.find(".save-digit").onclick = () => savePicture(this.find(".picture", HTMLCanvasElement), "decoded.png");
  }

  /** @param {Data} data */
  update(data) {
    const before = this.data;
    this.data = data;
    this.find(".picture").setAttribute("aria-label", `${data.name}: the digit that the sliders make`);
    if (!before || String(before.mu) !== String(data.mu) || before.weights !== data.weights) {
      this.moved = before ? {} : { ...data.moved };
      this.layOut(data);
    }
    this.bringModels([data.weights]);
    this.touch();
  }

  /** @param {Data} data */
  layOut(data) {
    const { kl, active } = data;
    const order = kl.map((_, index) => index);
    order.sort((a, b) => Number(active[b]) - Number(active[a]) || kl[b] - kl[a]);
    this.sliders = new Map();
    this.find(".list").replaceChildren(...order.map((index) => this.dimension(data, index)));
  }

  /** @type {(data: Data, index: number) => HTMLElement} */
  dimension(data, index) {
    const [kl, active, most] = [data.kl[index], data.active[index], Math.max(...data.kl)];
    const row = document.createElement("div");
    row.className = active ? "dimension" : "dimension dead";
    row.innerHTML = "<span></span><div><div class='bar'></div></div>";
    element(row, "span").textContent = `z${index + 1}`;
    row.title = `${kl.toFixed(2)} nats${active ? "" : ", dead"}`;
    element(row, ".bar").style.width = `${Math.max(0, kl / most) * 100}%`;
    if (!active) return row;
    const slider = document.createElement("input");
    Object.assign(slider, { type: "range", min: -REACH, max: REACH, step: 0.05 });
    slider.value = String(this.moved[index] ?? data.mu[index]);
    slider.setAttribute("aria-label", `${data.name}: dimension ${index + 1}`);
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
    const { data } = this;
    if (!data) return;
    this.moved = {};
    this.sliders.forEach(({ slider, show }, index) => {
      slider.value = String(data.mu[index]);
      show();
    });
    this.send("moved", {});
    this.touch();
  }

  /** @type {(data: Data) => void} */
  frame(data) {
    this.say(this.models ? "" : this.awaited);
    if (!this.models) return;
    const z = Float64Array.from(data.mu, (value, index) => this.moved[index] ?? value);
    paint(this.find(".picture", HTMLCanvasElement), decode(this.models[0], z));
  }
}

export default mounted(Dimensions);
