// What each network made of a digit: a picture framed in its colour, which digit is read in it, PSNR and SSIM.

import { PIXELS } from "./digit.js";
import { element } from "./elements.js";
import { paint } from "./picture.js";
import { better, printed, said } from "./rating.js";
import { fill, term } from "./term.js";
/** @import { Rating } from "./rating.js" */

/** A network: its side of the pair, and its name in full and under a picture.
    @typedef {{ side: "bn" | "plain", name: string, short: string }} Twin */

export class ResultRow {
  /** @param {HTMLElement} row */
  constructor(row) {
    this.row = row;
    /** @type {Twin[]} */ this.twins = [];
    /** @type {HTMLElement[]} */ this.figures = [];
    this.words = ""; // what a screen reader is told
  }

  /** @param {Twin[]} twins */
  name(twins) {
    if (JSON.stringify(twins) === JSON.stringify(this.twins)) return;
    this.twins = twins;
    this.figures = twins.map(figure);
    this.row.replaceChildren(...this.figures);
  }

  empty() {
    this.words = "";
    for (const each of this.figures) {
      paint(element(each, "canvas", HTMLCanvasElement), new Float32Array(PIXELS));
      element(each, ".reads").textContent = "";
      element(each, ".numbers").hidden = true;
    }
  }

  /** @type {(pictures: Float32Array[], ratings: Rating[]) => void} */
  show(pictures, ratings) {
    const numbers = ratings.map(printed);
    const [psnrs, ssims] = [better(numbers.map(({ psnr }) => psnr)), better(numbers.map(({ ssim }) => ssim))];
    const words = ratings.map(said);
    this.figures.forEach((each, index) => {
      paint(element(each, "canvas", HTMLCanvasElement), pictures[index]);
      const reads = element(each, ".reads");
      reads.textContent = words[index].words;
      reads.classList.toggle("misread", words[index].misread);
      element(each, ".numbers").hidden = false;
      mark(element(each, ".psnr"), numbers[index].psnr, psnrs[index]);
      mark(element(each, ".ssim"), numbers[index].ssim, ssims[index]);
    });
    this.words = this.twins.map(({ name }, index) => `${name}: ${words[index].words}.`).join(" ");
  }
}

/** @type {(twin: Twin) => HTMLElement} */
function figure({ side, name, short }) {
  const each = document.createElement("figure");
  each.innerHTML = `<canvas class="picture framed of-${side}" role="img"></canvas>
    <figcaption><b class="name twin-${side}"></b> <span class="reads"></span>
    <span class="numbers" hidden><span>${term("PSNR")} <span class="psnr"></span></span>
    <span>${term("SSIM")} <span class="ssim"></span></span></span></figcaption>`;
  element(each, "canvas").setAttribute("aria-label", `Cleaned ${name.replace("W", "w")}`);
  fill(element(each, ".name"), short, "BatchNorm");
  return each;
}

/** Prints a number, bold if it is better.
    @type {(place: HTMLElement, number: string, isBetter: boolean) => void} */
function mark(place, number, isBetter) {
  const kind = isBetter ? "B" : "SPAN";
  if (place.firstElementChild?.tagName !== kind) place.replaceChildren(document.createElement(kind));
  element(place, kind).textContent = number;
}
