// What the stage of the Train page is made of: a run in the legend, a row of its pictures, its map, an alarm.

import { svgElement } from "./curves.js";
/** @import { Run, Maps, Alarm } from "./training.js" */

/** A run in the legend: its line, its name, and places for its value and for what it does.
    @type {(run: Run) => HTMLElement} */
export function legend({ name, colour, dash, twin }) {
  const item = document.createElement("li");
  item.innerHTML = '<b></b><span class="value"></span><span class="status"></span>';
  const swatch = svgElement("svg", { viewBox: "0 0 32 12", "aria-hidden": "true" });
  const dashes = dash === "dash" ? "9 6" : dash === "solid" ? "" : "3 4";
  swatch.append(svgElement("path", { d: "M0 6H32", stroke: colour, "stroke-width": "5", "stroke-dasharray": dashes }));
  item.prepend(swatch);
  const title = /** @type {HTMLElement} */ (item.querySelector("b"));
  title.textContent = name;
  if (twin) title.className = `twin-${twin}`;
  return item;
}

/** A name in the middle of a sentence; one that begins with an abbreviation stays as it is.
    @type {(name: string) => string} */
function inSentence(name) {
  return /^[A-Z][a-z]/.test(name) ? name.charAt(0).toLowerCase() + name.slice(1) : name;
}

/** A row of ten pictures under its name; of no run, the digits that all are given.
    @type {(run: Run | null, kind: string, withName: boolean) => HTMLElement} */
export function stripFigure(run, kind, withName) {
  const figure = document.createElement("figure");
  figure.innerHTML = '<figcaption></figcaption><div class="strip" role="img"></div>';
  const [caption, picture] = figure.children;
  caption.textContent = run && withName ? `${kind}, ${inSentence(run.name)}` : kind;
  if (run) picture.classList.add("framed", ...(run.twin ? [`of-${run.twin}`] : []));
  else figure.className = "given";
  if (run && !run.twin) /** @type {HTMLElement} */ (picture).style.outlineColor = run.colour;
  return figure;
}

/** @type {(item: Maps["items"][number], epoch: number) => HTMLElement} */
export function mapFigure({ url, name, twin }, epoch) {
  const figure = document.createElement("figure");
  figure.innerHTML = "<figcaption></figcaption>";
  /** @type {HTMLElement} */ (figure.firstElementChild).textContent = name;
  if (!url) figure.append("This run has no map: it has one number for z, or no epoch.");
  else {
    const picture = Object.assign(document.createElement("img"), { src: url, alt: `${name}: latent space after epoch ${epoch}` });
    picture.className = `framed${twin ? ` of-${twin}` : ""}`;
    figure.append(picture);
  }
  return figure;
}

/** @type {(alarm: Alarm) => HTMLElement} */
export function folded({ title, words }) {
  const details = document.createElement("details");
  details.innerHTML = "<summary></summary><p></p>";
  const [summary, paragraph] = details.children;
  summary.textContent = title;
  details.dataset.title = title;
  paragraph.innerHTML = words;
  return details;
}
