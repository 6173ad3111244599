// The card beside the pointer: the digit that a model decodes there, what it looks like, and where that is.

import { element } from "./elements.js";
import { paint } from "./picture.js";
/** @import { Point } from "./geometry.js" */

/** What a model makes of a place: the decoded digit, the place's coordinates on the map, the class that it looks like, and
    the classes of the real digits nearest to it, the nearest first.
    @typedef {{ digit: Float32Array, point: Point, label: number, nearest: number[] }} Reading */

/** A model's name, and which of the twins it is.
    @typedef {{ name: string, twin: string }} Named */

const GAP = 16; // pixels between the place and the card
const FINGER_GAP = 30; // a finger hides more
const OUTSIDE = 12; // pixels by which the card may stand out of the map's sides
/** @type {Record<string, string>} */
const SHORT = { bn: "With", plain: "Without" };
const HTML = `<div class="cells"></div><p class="where"></p>
<p class="near"><small class="quiet">nearest real digits</small><br><span></span></p>`;

export class Card {
  /** `models` are all that are shown, since on a narrow screen the card has the digits of all; `own` is whose map it is on.
      `resized` is called when the card has another size and must be placed again.
      @param {Named[]} models @param {number} own @param {readonly string[]} colours of the classes
      @param {() => void} resized */
  constructor(models, own, colours, resized) {
    this.own = own;
    this.colours = colours;
    this.root = document.createElement("div");
    this.root.className = `card framed of-${models[own].twin}`;
    this.root.innerHTML = HTML;
    this.root.hidden = true; // until there is a digit
    this.cells = models.map((model, index) => cell(model, index === own));
    element(this.root, ".cells").replaceChildren(...this.cells);
    /** @type {Point} */ this.size = [0, 0];
    this.sizes = new ResizeObserver(() => {
      this.size = [this.root.offsetWidth, this.root.offsetHeight];
      resized();
    });
    this.sizes.observe(this.root);
  }

  get picture() {
    return element(this.cells[this.own], "canvas", HTMLCanvasElement);
  }

  /** `coordinates` is what the numbers of a place are called.
      @type {(readings: Reading[], coordinates: string) => void} */
  show(readings, coordinates) {
    this.root.hidden = false;
    readings.forEach(({ digit, label }, index) => {
      paint(element(this.cells[index], "canvas", HTMLCanvasElement), digit);
      element(this.cells[index], ".looks b").textContent = withArticle(label);
    });
    const { point, nearest } = readings[this.own];
    element(this.root, ".where").textContent = `${coordinates} = ${inWords(point)}`;
    element(this.root, ".near span").replaceChildren(...nearest.map((label) => this.numeral(label)));
  }

  /** @type {(label: number) => HTMLElement} */
  numeral(label) {
    const numeral = document.createElement("b");
    numeral.textContent = String(label);
    numeral.style.color = this.colours[label];
    return numeral;
  }

  /** Stand beside a place of the map, whose sides are those of `area`.
      @type {(place: Point, area: Point, byFinger: boolean) => void} */
  stand(place, area, byFinger) {
    const [x, y] = standBeside(place, this.size, area, byFinger);
    this.root.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
  }

  dispose() {
    this.sizes.disconnect();
  }
}

/** @type {(model: Named, own: boolean) => HTMLElement} */
function cell({ name, twin }, own) {
  const figure = document.createElement("figure");
  figure.className = own ? "cell own" : "cell other";
  figure.innerHTML = `<canvas class="picture" role="img"></canvas><b class="short twin-${twin}"></b>
<p class="looks"><span>looks like </span><b></b></p>`;
  element(figure, "canvas").setAttribute("aria-label", `${name}: the digit decoded at the pointer`);
  element(figure, ".short").textContent = SHORT[twin] ?? name;
  return figure;
}

/** The left upper corner of a card of this size that stands beside a place without covering it: right below the place, or
    where that would leave the area to the left or above; above a finger, or at its side where there is no room above.
    @type {(place: Point, size: Point, area: Point, byFinger: boolean) => Point} */
export function standBeside([x, y], [width, height], [across, down], byFinger) {
  const gap = byFinger ? FINGER_GAP : GAP;
  const inside = (/** @type {number} */ left) => Math.min(across + OUTSIDE - width, Math.max(-OUTSIDE, left));
  const [above, left, right] = [y - gap - height, x - gap - width, x + gap];
  if (byFinger && above >= 0) return [inside(x - width / 2), above];
  const [fitsLeft, fitsRight] = [left >= -OUTSIDE, right + width <= across + OUTSIDE];
  if (byFinger && (fitsLeft || fitsRight)) return [fitsLeft ? left : right, 0]; // most hands come from the right
  const fitsBelow = y + gap + height <= down;
  if (fitsLeft || fitsRight) return [fitsRight ? right : left, fitsBelow ? y + gap : Math.max(0, above)];
  return [inside(right), fitsBelow || above < 0 ? y + gap : above];
}

/** Coordinates as a page prints them.
    @type {(point: Point) => string} */
export function inWords(point) {
  return point.map((value) => value.toFixed(2).replace("-", "−")).join(", ");
}

/** @type {(label: number) => string} */
export function withArticle(label) {
  return label === 8 ? "an 8" : `a ${label}`;
}
