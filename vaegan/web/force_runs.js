// Who moves whom: the networks of each run with a real digit on its way through them, and from each loss an arrow to the
// networks that it moves, as thick as its gradient there. Networks and losses open to their numbers.

import { element } from "./elements.js";
import { drawArrows } from "./force_arrows.js";
import { WAY } from "./force_stages.js";
import { ForceSteps } from "./force_steps.js";
import { drawLayers } from "./network_lanes.js";
import { floats } from "./picture.js";
/** @import { Colour } from "./network_paint.js" */

/** A layer's numbers as base64 of float32, of maps the first few.
    @typedef {{ shape: number[], values: string, normed: boolean }} SentLayer */

/** What a loss does to a network: `norm` of its weighted gradient, 0 if it does not move it, `raw` without weight and
    routing, and which way it pulls. All are also there in words.
    @typedef {object} Pull
    @property {number} norm
    @property {"with" | "against" | "sideways" | "closed" | "none"} way
    @property {string[]} words a cell for each of HEAD */

/** @typedef {{ label: string, words: string, pulls: Pull[] }} Loss */

/** `values` are the layers that are drawn in it; `rests` says why nothing moves it, if so.
    @typedef {{ title: string, words: string, layers: SentLayer[], said: string, rests: string }} Network */

/** A run that is drawn: its name, colour and twin, its networks, its losses, the pictures and z of one digit on its way.
    @typedef {object} ForcedRun
    @property {string} name
    @property {string} when
    @property {"bn" | "plain" | ""} twin
    @property {string} colour
    @property {string | null} digit
    @property {string} rebuilt
    @property {string} z
    @property {string | null} sigma
    @property {Network[]} networks
    @property {Loss[]} losses */

const HEAD = ["weight", "gradient", "pulls", "without weight and routing"];

export class ForceRuns {
  /** @param {HTMLElement} place */
  constructor(place) {
    this.place = place;
    this.shown = ""; // the data that are drawn
    this.steps = new ForceSteps(place);
    /** @type {Map<string, string>} */ this.open = new Map(); // what is open in each run, by the run's name
  }

  /** Draw these runs, and again if they or the place's width have changed.
      @param {ForcedRun[]} runs */
  show(runs) {
    const shown = JSON.stringify(runs);
    if (shown !== this.shown) {
      const focused = /** @type {HTMLElement | null} */ (this.place.querySelector("button:focus"))?.dataset.part;
      const at = [...this.place.children].findIndex((each) => each.querySelector("button:focus"));
      this.shown = shown;
      this.place.replaceChildren(...runs.map((run) => this.article(run)), this.steps.place);
      this.steps.show();
      const place = focused === "slow" ? this.steps.place : this.place.children[at];
      if (focused) /** @type {HTMLElement | null} */ (place?.querySelector(`[data-part="${focused}"]`))?.focus();
    }
    [...this.place.querySelectorAll("article")].forEach((place, index) => {
      const article = /** @type {HTMLElement} */ (place);
      if (article.dataset.width === String(article.clientWidth)) return; // a new article has none yet
      article.dataset.width = String(article.clientWidth);
      this.draw(article, runs[index]);
    });
  }

  /** @param {ForcedRun} run */
  article(run) {
    const article = document.createElement("article");
    article.className = "forced";
    article.innerHTML = `<h3><span class="name"></span> <small></small></h3><div class="way"></div>
      <svg class="arrows" aria-hidden="true"></svg><div class="losses" role="group" aria-label="Losses"></div>
      <div class="opened" hidden></div>`;
    const name = element(article, ".name");
    name.textContent = run.name;
    if (run.twin) name.classList.add(`twin-${run.twin}`);
    else name.style.color = run.colour;
    element(article, "small").textContent = run.when;
    const [encoder, decoder, discriminator] = run.networks.map((network, index) => this.box(article, run, network, index));
    const [digit, point, drawn] = WAY.map((_, index) => this.stage(article, run, index));
    element(article, ".way").append(digit, encoder, point, decoder, drawn, discriminator);
    element(article, ".losses").append(
      ...run.losses.map((loss, index) => this.button(article, run, `loss-${index}`, loss.label)),
    );
    return article;
  }

  /** @type {(article: HTMLElement, run: ForcedRun, network: Network, index: number) => HTMLElement} */
  box(article, run, { title, rests, said }, index) {
    const box = this.button(article, run, `network-${index}`, "");
    box.className = "network-box";
    box.innerHTML = '<span class="title"></span><span class="layers"></span><span class="rests"></span><span class="unseen"></span>';
    element(box, ".title").textContent = title;
    element(box, ".rests").textContent = rests;
    element(box, ".unseen").textContent = said;
    return box;
  }

  /** @type {(article: HTMLElement, run: ForcedRun, index: number) => HTMLElement} */
  stage(article, run, index) {
    const { kind, title } = WAY[index];
    const box = this.button(article, run, `stage-${index}`, "");
    box.className = `stage-box ${kind}`;
    box.innerHTML = '<span class="painted"></span><span class="caption"></span>';
    element(box, ".caption").textContent = title;
    return box;
  }

  /** @type {(article: HTMLElement, run: ForcedRun, part: string, label: string) => HTMLButtonElement} */
  button(article, run, part, label) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: label });
    button.dataset.part = part;
    button.onclick = () => {
      if (this.open.get(run.name) === part) this.open.delete(run.name);
      else this.open.set(run.name, part);
      this.draw(article, run);
    };
    button.onkeydown = ({ key }) => {
      if (key !== "Escape") return;
      this.open.delete(run.name);
      this.draw(article, run);
    };
    return button;
  }

  /** @type {(article: HTMLElement, run: ForcedRun) => void} */
  draw(article, run) {
    const colour = rgb(run.colour);
    WAY.forEach(({ name, draw }, index) => {
      const box = element(article, `[data-part="stage-${index}"]`);
      box.style.visibility = name === "digit" && !run.digit ? "hidden" : "";
      draw(element(box, ".painted"), run, colour);
    });
    run.networks.forEach(({ layers }, index) => {
      const place = element(article, `[data-part="network-${index}"] .layers`);
      const opened = layers.map(({ shape, values, normed }) => ({ shape, normed, values: floats(values) }));
      drawLayers(place, opened, colour);
    });
    const open = this.open.get(run.name) ?? "";
    for (const each of article.querySelectorAll("button")) each.setAttribute("aria-expanded", String(each.dataset.part === open));
    const svg = /** @type {SVGSVGElement} */ (article.querySelector(".arrows"));
    const left = svg.getBoundingClientRect().left;
    const boxes = [...article.querySelectorAll(".network-box")].map((box) => box.getBoundingClientRect());
    const followed = open.startsWith("stage") ? "" : open; // no arrow leads to a stage
    drawArrows(svg, run, boxes.map((box) => box.left + box.width / 2 - left), followed);
    this.fill(element(article, ".opened"), run, open);
  }

  /** The numbers of a network or a loss, each pull on it or each of its own; or those of a stage on the way.
      @type {(place: HTMLElement, run: ForcedRun, open: string) => void} */
  fill(place, run, open) {
    const { networks, losses } = run;
    const [kind, at] = open.split("-");
    place.hidden = !open;
    if (!open) return;
    const index = Number(at);
    if (kind === "stage") {
      place.replaceChildren(paragraph(WAY[index].words(run)), numbers(WAY[index].title, WAY[index].numbers(run)));
      return;
    }
    const subject = kind === "network" ? networks[index] : losses[index];
    const rows =
      kind === "network"
        ? losses.map(({ label, pulls }) => [label, ...pulls[index].words])
        : networks.map(({ title }, network) => [title, ...losses[index].pulls[network].words]);
    place.replaceChildren(paragraph(subject.words), table([kind === "network" ? "loss" : "network", ...HEAD], rows));
  }
}

/** @type {(words: string) => HTMLElement} */
function paragraph(words) {
  return Object.assign(document.createElement("p"), { textContent: words });
}

/** All numbers of a stage, which scroll.
    @type {(title: string, text: string) => HTMLElement} */
function numbers(title, text) {
  const all = Object.assign(document.createElement("pre"), { textContent: text, tabIndex: 0 });
  all.setAttribute("role", "group");
  all.setAttribute("aria-label", `Numbers of ${title}`);
  return all;
}

/** @type {(head: string[], rows: string[][]) => HTMLTableElement} */
function table(head, rows) {
  const whole = document.createElement("table");
  const line = (/** @type {string[]} */ cells, /** @type {boolean} */ isHead) => {
    const row = document.createElement("tr");
    cells.forEach((text, at) => {
      const cell = document.createElement(isHead || at === 0 ? "th" : "td");
      if (cell instanceof HTMLTableCellElement && cell.tagName === "TH") cell.scope = isHead ? "col" : "row";
      cell.textContent = text;
      row.append(cell);
    });
    return row;
  };
  whole.createTHead().append(line(head, true));
  whole.createTBody().append(...rows.map((cells) => line(cells, false)));
  return whole;
}

/** "#rrggbb" as red, green and blue.
    @type {(colour: string) => Colour} */
function rgb(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  return [red, green, blue];
}
