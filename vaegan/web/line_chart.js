// A chart of lines, points and bands, drawn as SVG at the size that it has on the page, so that its text is as large as
// the page's. What lies above one place across is told beside the pointer.

import { Component, mounted } from "./component.js";
import { DASHES, svgElement, ticksBetween } from "./curves.js";
import { symbolPath } from "./symbols.js";

/** One line: `said` are its points in words, `texts` words beside points and on which side they stand. A band has no
    symbol and no width, and is filled. One that is not `told` is missing beside the pointer.
    @typedef {{ name: string, x: number[], y: number[], said: string[], texts: [string, string][], colour: string,
      dash: string, width: number, symbol: string, size: number, band: boolean, told: boolean, listed: boolean }} Line */

/** `marks` are places across with a line through them, `levels` heights with one, and its words. A range of null follows
    from the lines; with `log` the axis across, and its range, are in powers of ten.
    @typedef {{ lines: Line[], marks: number[], levels: [number, string][], across: string, up: string, words: string,
      log: boolean, xRange: [number, number] | null, yRange: [number, number] | null, ticks: [number, string][] }} Data */

/** @typedef {{ left: number, right: number, top: number, bottom: number }} Area */

const ROOM = 0.05; // of the range, beyond the lines
const LETTER = 0.55; // of the text's size, a letter's width about

/** @extends {Component<Data>} */
class LineChart extends Component {
  /** @param {ParentNode} root */
  constructor(root) {
    super(root);
    const plot = root.querySelector(".plot");
    if (!(plot instanceof SVGElement)) throw new Error("There is no element .plot.");
    this.plot = plot;
    this.tip = this.find(".tip");
    /** @type {number | null} the place across that is told, in the data's numbers */ this.told = null;
    /** @type {(pixels: number) => number} from a place on the screen to one across, scaled */ this.valueAt = (pixels) => pixels;
    this.plot.onpointermove = this.plot.onpointerdown = (/** @type {PointerEvent} */ event) => this.tell(event);
    this.plot.onpointerleave = () => this.hide();
    this.resized = new ResizeObserver(() => this.touch());
    this.resized.observe(plot);
  }

  /** @param {Data} data */
  update(data) {
    this.data = data;
    this.hide();
    this.touch();
  }

  /** @param {PointerEvent} event */
  tell(event) {
    const { data } = this;
    if (!data) return;
    const wanted = this.valueAt(event.clientX - this.plot.getBoundingClientRect().left);
    const places = data.lines.filter(({ told }) => told).flatMap(({ x }) => x);
    if (!places.length) return;
    const far = (/** @type {number} */ x) => Math.abs(scaled(data, x) - wanted);
    this.told = places.reduce((best, x) => (far(x) < far(best) ? x : best));
    this.touch();
  }

  hide() {
    this.told = null;
    this.touch();
  }

  /** @param {Data} data */
  frame(data) {
    const { width, height } = this.plot.getBoundingClientRect();
    this.plot.setAttribute("aria-label", data.words);
    this.find(".legend").replaceChildren(...data.lines.filter(({ listed }) => listed).map(entry));
    if (!width || !height) return;
    const em = parseFloat(getComputedStyle(this.plot).fontSize);
    const area = { left: 4 * em, right: width - em, top: 1.9 * em, bottom: height - 2.9 * em };
    const [xs, ys] = [rangeOf(data, "x"), rangeOf(data, "y")];
    const across = (/** @type {number} */ x) => area.left + ((scaled(data, x) - xs[0]) / (xs[1] - xs[0])) * (area.right - area.left);
    const up = (/** @type {number} */ y) => area.bottom - ((y - ys[0]) / (ys[1] - ys[0])) * (area.bottom - area.top);
    this.valueAt = (pixels) => xs[0] + ((pixels - area.left) / (area.right - area.left)) * (xs[1] - xs[0]);
    const marks = data.marks.map((x) => svgElement("path", { class: "at", d: `M${across(x)} ${area.top}V${area.bottom}` }));
    const levels = data.levels.flatMap(([y, words]) => [
      svgElement("path", { class: "at", d: `M${area.left} ${up(y)}H${area.right}` }),
      text(area.right, up(y) - 0.4 * em, words, "end"),
    ]);
    const lines = data.lines.flatMap((line) => drawn(line, across, up, area, em));
    this.plot.replaceChildren(...axes(data, area, em, across, up, xs, ys), ...marks, ...levels, ...lines);
    this.showTip(data, area, across);
  }

  /** @type {(data: Data, area: Area, across: (x: number) => number) => void} */
  showTip(data, area, across) {
    const { tip, told } = this;
    tip.hidden = told === null;
    if (told === null) return;
    const at = across(told);
    this.plot.append(svgElement("path", { class: "under", d: `M${at} ${area.top}V${area.bottom}` }));
    const rows = data.lines
      .filter((line) => line.told && line.x.includes(told))
      .map((line) => ({ line, index: line.x.indexOf(told) }))
      .sort((one, other) => other.line.y[other.index] - one.line.y[one.index]);
    const head = Object.assign(document.createElement("b"), { textContent: `${data.across}: ${numberIn(told)}` });
    tip.replaceChildren(...(data.log ? [] : [head]), ...rows.map(({ line, index }) => rowOf(line, index)));
    const isRight = at > (area.left + area.right) / 2;
    tip.style.left = isRight ? "" : `${at + 12}px`;
    tip.style.right = isRight ? `${this.plot.getBoundingClientRect().width - at + 12}px` : "";
    tip.style.top = `${area.top}px`;
  }

  dispose() {
    this.resized.disconnect();
    super.dispose();
  }
}

/** One line's value, in the tip.
    @type {(line: Line, index: number) => HTMLElement} */
function rowOf({ colour, said }, index) {
  const row = document.createElement("div");
  const dot = document.createElement("i");
  dot.style.background = colour;
  row.append(dot, said[index]);
  return row;
}

/** @type {(value: number) => string} */
function numberIn(value) {
  return value.toLocaleString("en", { maximumSignificantDigits: 4 });
}

/** A place across, as it is drawn.
    @type {(data: Data, x: number) => number} */
function scaled({ log }, x) {
  return log ? Math.log10(x) : x;
}

/** What an axis spans, as it is drawn.
    @type {(data: Data, name: "x" | "y") => [number, number]} */
function rangeOf(data, name) {
  const given = name === "x" ? data.xRange : data.yRange;
  if (given) return given;
  const values = data.lines.flatMap((line) => line[name]).map((value) => (name === "x" ? scaled(data, value) : value));
  if (name === "y") values.push(...data.levels.map(([y]) => y));
  if (!values.length) return [0, 1];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = ROOM * (high - low) || 1;
  return [low - room, high + room];
}

/** A line of the legend.
    @param {Line} line */
function entry(line) {
  const item = document.createElement("li");
  const picture = svgElement("svg", { viewBox: "0 0 36 14" });
  if (line.width) picture.append(stroke(line, "M0 7H36"));
  const symbol = line.band ? "square" : line.symbol;
  if (symbol) picture.append(svgElement("path", { d: symbolPath(symbol, 18, 7, 5), fill: line.colour }));
  item.append(picture, line.name);
  return item;
}

/** @type {(line: Line, d: string) => SVGElement} */
function stroke({ colour, width, dash }, d) {
  return svgElement("path", { class: "line", d, stroke: colour, "stroke-width": String(width), "stroke-dasharray": DASHES[dash] ?? "" });
}

/** @type {(line: Line, across: (x: number) => number, up: (y: number) => number, area: Area, em: number) => SVGElement[]} */
function drawn(line, across, up, area, em) {
  const places = line.x.map((x, index) => [across(x), up(line.y[index])]);
  const d = places.map(([x, y], index) => `${index ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
  if (line.band) return [svgElement("path", { d: `${d}Z`, fill: line.colour })];
  const points = line.symbol
    ? places.map(([x, y]) => svgElement("path", { d: symbolPath(line.symbol, x, y, line.size / 2), fill: line.colour }))
    : [];
  const texts = line.texts.flatMap(([words, side], index) => (words ? [beside(places[index], words, side, area, em)] : []));
  return [...(line.width ? [stroke(line, d)] : []), ...points, ...texts];
}

/** Words above or below a point; `side` is plotly's, such as "bottom center". They stay within the chart.
    @type {(place: number[], words: string, side: string, area: Area, em: number) => SVGElement} */
function beside([x, y], words, side, area, em) {
  const half = (LETTER * em * words.length) / 2;
  const middle = Math.min(area.right - half, Math.max(area.left + half, x));
  return text(middle, y + (side.startsWith("bottom") ? 1.7 : -0.8) * em, words, "middle");
}

/** @type {(data: Data, area: Area, em: number, across: (x: number) => number, up: (y: number) => number,
    xs: [number, number], ys: [number, number]) => SVGElement[]} */
function axes(data, area, em, across, up, xs, ys) {
  const made = [];
  for (const y of ticksBetween(ys[0], ys[1], Math.max(2, (area.bottom - area.top) / (3.5 * em)))) {
    made.push(svgElement("path", { class: "grid", d: `M${area.left} ${up(y)}H${area.right}` }));
    made.push(text(area.left - 0.5 * em, up(y) + 0.35 * em, numberIn(y), "end"));
  }
  made.push(svgElement("path", { class: "grid", d: `M${area.left} ${area.bottom}H${area.right}` }));
  for (const [x, words] of ticksAcross(data, xs, (area.right - area.left) / (4 * em))) {
    made.push(text(across(x), area.bottom + 1.2 * em, words, "middle"));
  }
  made.push(text(area.right, area.bottom + 2.5 * em, data.across, "end"));
  made.push(text(0.2 * em, 0.9 * em, data.up, "start"));
  return made;
}

/** The places across that are named: those that the data name, as far as there is room, else round ones.
    @type {(data: Data, xs: [number, number], most: number) => [number, string][]} */
function ticksAcross(data, [low, high], most) {
  if (data.ticks.length) return data.ticks.filter((_, at) => at % Math.ceil(data.ticks.length / most) === 0);
  const round = data.log ? inDecades(low, high) : ticksBetween(low, high, Math.min(10, most));
  return round.map((x) => [x, numberIn(x)]);
}

/** 1, 2 and 5 times the powers of ten within a range of powers.
    @type {(low: number, high: number) => number[]} */
function inDecades(low, high) {
  const powers = Array.from({ length: Math.ceil(high) - Math.floor(low) + 1 }, (_, at) => Math.floor(low) + at);
  const all = powers.flatMap((power) => [1, 2, 5].map((times) => times * 10 ** power));
  return all.filter((x) => Math.log10(x) >= low && Math.log10(x) <= high);
}

/** @type {(x: number, y: number, words: string, anchor: string) => SVGElement} */
function text(x, y, words, anchor) {
  const made = svgElement("text", { x: x.toFixed(1), y: y.toFixed(1), "text-anchor": anchor });
  made.textContent = words;
  return made;
}

export default mounted(LineChart);
