// The course of a training: lines over epochs, drawn as SVG at the size that the element has, and a mark at one epoch.

/** One line of a run: `strong` ones have points, the others are thin.
    @typedef {{ x: number[], y: number[], colour: string, dash: string, strong: boolean }} Line */

/** @typedef {{ lines: Line[], epochs: number, log: boolean, range: [number, number] | null }} Chart */

/** @typedef {{ left: number, right: number, top: number, bottom: number }} Area */

const NAMESPACE = "http://www.w3.org/2000/svg";
export const DASHES = /** @type {Record<string, string>} */ ({ solid: "", dash: "9 6", dot: "2 4", dashdot: "9 4 2 4", longdash: "14 6" });
const MOST_POINTS = 30; // of a line whose points are drawn

export class CurveChart {
  /** @param {SVGElement} svg @param {(epoch: number) => void} scrub called with the epoch that is pressed */
  constructor(svg, scrub) {
    this.svg = svg;
    /** @type {Area} */ this.area = { left: 0, right: 1, top: 0, bottom: 1 };
    this.epochs = 1;
    const press = (/** @type {PointerEvent} */ event) => {
      if (!event.buttons) return;
      const across = event.clientX - svg.getBoundingClientRect().left;
      const share = (across - this.area.left) / (this.area.right - this.area.left);
      scrub(Math.round(Math.min(1, Math.max(0, share)) * this.epochs));
    };
    svg.addEventListener("pointerdown", press);
    svg.addEventListener("pointermove", press);
  }

  /** @param {Chart} chart @param {number | null} epoch that is marked */
  draw(chart, epoch) {
    const { width, height } = this.svg.getBoundingClientRect();
    if (!width || !height) return;
    const em = parseFloat(getComputedStyle(this.svg).fontSize);
    const area = { left: 3 * em, right: width - em, top: 0.7 * em, bottom: height - 2.6 * em };
    [this.area, this.epochs] = [area, Math.max(1, chart.epochs)];
    const [low, high] = chart.range ?? rangeOf(chart);
    const scaled = (/** @type {number} */ y) => (chart.log ? Math.log10(Math.max(y, 1e-6)) : y);
    const across = (/** @type {number} */ x) => area.left + (x / this.epochs) * (area.right - area.left);
    const up = (/** @type {number} */ y) => {
      const share = (scaled(y) - scaled(low)) / (scaled(high) - scaled(low) || 1);
      return area.bottom - Math.min(9, Math.max(-9, share)) * (area.bottom - area.top);
    };
    this.svg.replaceChildren(...axes(chart, area, em, across, up, low, high));
    const inside = framed(area, em); // what lies beyond the axes is cut
    for (const line of chart.lines) inside.append(...drawn(line, across, up, em));
    this.svg.append(inside);
    if (epoch !== null) this.svg.append(...mark(across(epoch), area, epoch, em));
  }
}

/** What the vertical axis spans. The first half epoch counts only while there is nothing else: every run begins high,
    and what comes after would lie in one flat line.
    @type {(chart: Chart) => [number, number]} */
function rangeOf({ lines, log }) {
  const all = lines.flatMap(({ x, y }) => y.filter((_, index) => log || x[index] >= 0.5));
  const values = all.length > 1 ? all : lines.flatMap(({ y }) => y);
  if (!values.length) return log ? [1, 1000] : [0, 500];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = 0.06 * (high - low) || 0.1 * high || 1;
  return log ? [low / 1.1, high * 1.1] : [Math.max(0, low - margin), high + margin];
}

/** Round numbers from `low` to `high`, about `count` of them.
    @type {(low: number, high: number, count: number) => number[]} */
export function ticksBetween(low, high, count) {
  const rough = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough || 1));
  const step = [1, 2, 5, 10].map((times) => times * power).find((each) => each >= rough * 0.999) ?? 10 * power;
  const ticks = [];
  for (let at = Math.ceil(low / step - 1e-9); at * step <= high + 1e-9; at++) ticks.push(Number((at * step).toPrecision(12)));
  return ticks;
}

/** A part of the drawing that shows nothing outside its borders, in the coordinates of the whole.
    @type {(area: Area, em: number) => SVGElement} */
function framed({ left, right, top, bottom }, em) {
  const [x, y, width, height] = [left, top - 0.4 * em, right - left + 0.4 * em, bottom - top + 0.4 * em].map(String);
  return svgElement("svg", { x, y, width, height, viewBox: `${x} ${y} ${width} ${height}` });
}

/** @type {(chart: Chart, area: Area, em: number, across: (x: number) => number, up: (y: number) => number, low: number,
    high: number) => SVGElement[]} */
function axes(chart, area, em, across, up, low, high) {
  const grid = [];
  const rows = chart.log
    ? ticksBetween(Math.ceil(Math.log10(low)), Math.floor(Math.log10(high)), 4).map((power) => 10 ** power)
    : ticksBetween(low, high, Math.max(2, (area.bottom - area.top) / (3.5 * em)));
  for (const y of rows) {
    grid.push(svgElement("path", { class: "grid", d: `M${area.left} ${up(y)}H${area.right}` }));
    grid.push(text(area.left - 0.4 * em, up(y) + 0.35 * em, y.toLocaleString("en"), "end"));
  }
  grid.push(svgElement("path", { class: "grid", d: `M${area.left} ${area.top}V${area.bottom}H${area.right}` }));
  const columns = ticksBetween(0, chart.epochs || 1, Math.min(10, (area.right - area.left) / (3 * em)));
  for (const x of columns.filter(Number.isInteger)) {
    grid.push(text(across(x), area.bottom + 1.2 * em, String(x), "middle"));
  }
  grid.push(text(area.right, area.bottom + 2.3 * em, "epoch: once through all training digits", "end"));
  return grid;
}

/** @type {(line: Line, across: (x: number) => number, up: (y: number) => number, em: number) => SVGElement[]} */
function drawn({ x, y, colour, dash, strong }, across, up, em) {
  const places = x.map((each, index) => [across(each).toFixed(1), up(y[index]).toFixed(1)]);
  const path = svgElement("path", {
    class: "line",
    d: places.map((place, index) => `${index ? "L" : "M"}${place.join(" ")}`).join(""),
    stroke: colour,
    "stroke-width": String((strong ? 0.22 : 0.11) * em),
    "stroke-dasharray": DASHES[dash] ?? "",
    opacity: strong ? "1" : "0.75",
  });
  const marked = strong && places.length <= MOST_POINTS ? places : places.length === 1 ? places : [];
  const points = marked.map(([cx, cy]) => svgElement("circle", { cx, cy, r: String(0.26 * em), fill: colour }));
  return [path, ...points];
}

/** @type {(at: number, area: Area, epoch: number, em: number) => SVGElement[]} */
function mark(at, area, epoch, em) {
  const line = svgElement("path", { class: "at", d: `M${at} ${area.top}V${area.bottom}` });
  const isRight = at > (area.left + area.right) / 2;
  const label = text(at + (isRight ? -0.4 : 0.4) * em, area.top + em, `epoch ${epoch}`, isRight ? "end" : "start");
  label.setAttribute("class", "label");
  return [line, label];
}

/** @type {(x: number, y: number, words: string, anchor: string) => SVGElement} */
function text(x, y, words, anchor) {
  const made = svgElement("text", { x: x.toFixed(1), y: y.toFixed(1), "text-anchor": anchor });
  made.textContent = words;
  return made;
}

/** @type {(name: string, attributes: Record<string, string>) => SVGElement} */
export function svgElement(name, attributes) {
  const made = /** @type {SVGElement} */ (document.createElementNS(NAMESPACE, name));
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
