// A curve that one sketches: its height at some places, set by drawing across the picture or by a slider for each place.
// The server is told when a gesture ends.

import { Component, mounted } from "./component.js";
/** `at` are the places as one reads them, `places` as numbers; `curve` is what was sketched before, if anything.
    @typedef {{ at: string[], places: number[], atLabel: string, label: string, least: number, most: number, by: number,
      curve: number[] | null, help: string, names: string[] }} Data */

const [LEFT, RIGHT, TOP, BOTTOM] = [50, 402, 40, 186]; // of the plane, in the picture's units
const SPACE = "http://www.w3.org/2000/svg";

/** @extends {Component<Data>} */
class Sketch extends Component {
  /** @param {ParentNode} root */
  constructor(root) {
    super(root);
    /** @type {number[]} */ this.heights = [];
    this.touched = false; // somebody has sketched
    const plane = root.querySelector(".plane");
    if (!(plane instanceof SVGSVGElement)) throw new Error("There is no plane.");
    this.plane = plane;
    plane.onpointerdown = (event) => {
      plane.setPointerCapture(event.pointerId);
      this.draw(event);
    };
    plane.onpointermove = (event) => event.buttons && this.draw(event);
    plane.onpointerup = () => this.end();
  }

  /** @param {Data} data */
  update(data) {
    const fresh = String(this.data?.places) !== String(data.places);
    this.data = data;
    if (fresh) {
      this.heights = data.curve ?? data.places.map(() => (data.least + data.most) / 2);
      this.touched = data.curve !== null;
      this.find(".help").textContent = data.help;
      this.rule(data);
      this.find(".sliders").replaceChildren(...data.places.map((_, index) => this.slider(data, index)));
    }
    this.touch();
  }

  /** @type {(data: Data, index: number) => HTMLElement} */
  slider(data, index) {
    const label = document.createElement("label");
    const input = document.createElement("input");
    Object.assign(input, { type: "range", min: data.least, max: data.most, step: data.by, value: this.heights[index] });
    input.setAttribute("aria-label", data.names[index]);
    input.oninput = () => this.set(index, Number(input.value));
    input.onchange = () => this.end();
    label.append(`${data.at[index]} `, document.createElement("output"), input);
    return label;
  }

  /** @type {(data: Data) => void} */
  rule(data) {
    const grid = this.plane.querySelector(".grid");
    const marks = [data.least, (data.least + data.most) / 2, data.most].map((value) => {
      const y = this.y(data, value);
      return `<line class="rule" x1="${LEFT}" x2="${RIGHT}" y1="${y}" y2="${y}"/>
        <text x="${LEFT - 10}" y="${y + 5}" text-anchor="end">${value}</text>`;
    });
    const places = data.places.map(
      (place, index) => `<text x="${this.x(data, index)}" y="${BOTTOM + 24}" text-anchor="middle">${place}</text>`,
    );
    if (grid) grid.innerHTML = marks.join("") + places.join("");
    for (const [x, y, anchor, words] of /** @type {const} */ ([
      [(LEFT + RIGHT) / 2, 234, "middle", data.atLabel],
      [4, 18, "start", data.label],
    ])) {
      const text = document.createElementNS(SPACE, "text");
      text.setAttribute("x", String(x));
      text.setAttribute("y", String(y));
      text.setAttribute("text-anchor", anchor);
      text.textContent = words;
      grid?.append(text);
    }
  }

  /** @type {(data: Data, index: number) => number} */
  x({ places }, index) {
    return LEFT + ((RIGHT - LEFT) * (places[index] - places[0])) / (places[places.length - 1] - places[0]);
  }

  /** @type {(data: Data, value: number) => number} */
  y({ least, most }, value) {
    return BOTTOM - ((BOTTOM - TOP) * (value - least)) / (most - least);
  }

  /** The place nearest to the pointer gets the pointer's height.
      @param {PointerEvent} event */
  draw(event) {
    const { data } = this;
    const turned = this.plane.getScreenCTM()?.inverse();
    if (!data || !turned) return;
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(turned);
    const away = data.places.map((_, index) => Math.abs(this.x(data, index) - x));
    const value = data.least + ((data.most - data.least) * (BOTTOM - y)) / (BOTTOM - TOP);
    const steps = Math.round((value - data.least) / data.by);
    this.set(away.indexOf(Math.min(...away)), Math.min(data.most, Math.max(data.least, data.least + steps * data.by)));
  }

  /** @type {(index: number, value: number) => void} */
  set(index, value) {
    this.heights[index] = Number(value.toPrecision(6));
    this.touched = true;
    this.touch();
  }

  end() {
    if (this.touched) this.send("curve", [...this.heights]);
  }

  /** @type {(data: Data) => void} */
  frame(data) {
    const points = this.heights.map((value, index) => [this.x(data, index), this.y(data, value)]);
    this.plane.querySelector(".line")?.setAttribute("points", points.map(String).join(" "));
    const dots = points.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="7"/>`).join("");
    const place = this.plane.querySelector(".dots");
    if (place) place.innerHTML = dots;
    for (const [index, label] of [...this.find(".sliders").children].entries()) {
      const [input, output] = [label.querySelector("input"), label.querySelector("output")];
      if (input) input.value = String(this.heights[index]);
      if (output) output.textContent = String(this.heights[index]);
    }
  }
}

export default mounted(Sketch);
