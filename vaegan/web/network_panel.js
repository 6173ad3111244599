// One stage of the network opened: a sentence on what it does, and its numbers, both twins side by side.

import { element } from "./elements.js";
import { inWords, likeness, oneMap, placesOf, rows, table } from "./network_layers.js";
import { TWIN_COLOURS, acrossOf, paintBars, paintLayer } from "./network_paint.js";
import { NO_DRAW, NO_JUDGE, NO_NORM, layersIn, percent, sigmaOf } from "./network_stages.js";
import { paint } from "./picture.js";
/** @import { Inside } from "./inside.js" */
/** @import { Looked } from "./live_worker.js" */
/** @import { DrawnTwin } from "./network_drawing.js" */
/** @import { Place } from "./network_layers.js" */
/** @import { Stage } from "./network_stages.js" */

/** `redraw` asks for another draw of z.
    @typedef {{ close: () => void, redraw: () => void }} Wishes */

/** What is shown of one network: a sentence, its numbers as text, and how to paint them.
    @typedef {{ words: string, text: string, paint?: (canvas: HTMLCanvasElement) => void }} Content */

const UNITS = 10; // numbers in a row of text where they are no picture

export class NetworkPanel {
  /** @param {HTMLElement} place @param {Wishes} wishes */
  constructor(place, wishes) {
    this.place = place;
    /** @type {DrawnTwin[]} */ this.twins = [];
    /** @type {Stage | null} */ this.stage = null;
    /** @type {Looked | null} */ this.looked = null;
    /** @type {Place[]} */ this.places = [];
    this.problem = ""; // why there are no discriminators
    place.innerHTML = `<div class="row head"><h2 id="inside-title" tabindex="-1"></h2>
      <button type="button" class="another">Draw another z</button>
      <button type="button" class="close" aria-label="Close this stage">Close</button></div>
      <p class="quiet sentence"></p>
      <div class="row choices"><label class="where">Numbers of <select aria-label="Numbers of"></select></label>
      <label class="which">Map <input type="number" aria-label="Map" min="1" value="1"></label></div>
      <div class="insides"></div>`;
    element(place, ".close").onclick = wishes.close;
    element(place, ".another").onclick = wishes.redraw;
    place.onkeydown = ({ key }) => key === "Escape" && wishes.close();
    this.select = element(place, "select", HTMLSelectElement);
    this.map = element(place, ".which input", HTMLInputElement);
    this.select.onchange = () => this.refresh();
    this.map.oninput = () => this.refresh();
  }

  /** @param {DrawnTwin[]} twins */
  name(twins) {
    [this.twins, this.looked, this.problem] = [twins, null, ""];
    if (this.stage) this.open(this.stage);
  }

  /** @param {Stage} stage */
  open(stage) {
    const isNew = stage !== this.stage;
    this.stage = stage;
    this.places = [];
    const title = element(this.place, "h2");
    title.textContent = stage.title;
    element(this.place, ".sentence").textContent = stage.words;
    element(this.place, ".another").hidden = stage.name !== "sample";
    element(this.place, ".choices").hidden = true;
    const shown = stage.name === "digit" ? [null] : this.twins;
    element(this.place, ".insides").replaceChildren(...shown.map((twin) => figure(twin)));
    this.place.dataset.stage = stage.name;
    this.place.hidden = false;
    if (!isNew) return;
    title.focus({ preventScroll: true });
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.place.scrollIntoView({ block: "nearest", behavior: isStill ? "auto" : "smooth" });
  }

  close() {
    this.stage = null;
    this.place.hidden = true;
  }

  /** A sentence on why there are no discriminators.
      @param {string} words */
  fail(words) {
    this.problem = words;
    this.refresh();
  }

  /** @param {Looked} looked */
  show(looked) {
    this.looked = looked;
    this.refresh();
  }

  refresh() {
    const { stage, looked } = this;
    if (!stage || !looked) return;
    this.choose(stage, looked.insides);
    const figures = [...this.place.querySelectorAll("figure")];
    figures.forEach((each, index) => {
      const { words, text, paint: painted } = this.content(stage, looked, index);
      write(element(each, ".summary"), words);
      const numbers = element(each, "pre");
      write(numbers, text);
      numbers.hidden = !text;
      const canvas = element(each, "canvas", HTMLCanvasElement);
      canvas.hidden = !painted;
      painted?.(canvas);
    });
  }

  /** Fill the choice of a layer, where a stage has layers, and that of a map, where the layer has maps.
      @type {(stage: Stage, insides: Inside[]) => void} */
  choose({ name }, insides) {
    const networks = insides.map((inside) => layersIn(name, inside));
    const places = placesOf(networks);
    if (places.length !== this.places.length) {
      this.select.replaceChildren(...places.map(({ words }, index) => new Option(words, String(index))));
      this.select.selectedIndex = Math.max(0, places.findLastIndex(({ layer }) => layer === 0));
    }
    this.places = places;
    element(this.place, ".choices").hidden = !places.length;
    const place = this.chosen;
    const shape = place ? networks.map((layers) => layers[place.layer]?.shape ?? []).find(({ length }) => length) : [];
    const maps = shape?.length === 3 ? shape[0] : 1;
    this.map.max = String(maps);
    element(this.place, ".which").hidden = maps === 1;
  }

  /** @returns {Place | undefined} */
  get chosen() {
    return this.places[this.select.selectedIndex];
  }

  /** @type {(stage: Stage, looked: Looked, index: number) => Content} */
  content({ name }, { noisy, insides }, index) {
    if (name === "digit") return picture(noisy);
    const inside = insides[index];
    if (name === "cleaned") return picture(inside.cleaned);
    if (name === "latent") return this.latent(inside, index);
    if (name === "sample") return this.sample(inside, index);
    if (name === "judge" && !inside.judged) return { words: this.noJudge(index), text: "" };
    return this.layer(name, inside, index);
  }

  /** @type {(inside: Inside, index: number) => Content} */
  latent({ mu, logvar }, index) {
    const sigma = sigmaOf(logvar);
    return {
      words: `${mu.length} directions; mu: ${likeness(mu)}`,
      text: rows({ mu, sigma }),
      paint: (canvas) => paintBars(canvas, mu, sigma, TWIN_COLOURS[this.twins[index].side]),
    };
  }

  /** @type {(inside: Inside, index: number) => Content} */
  sample({ mu, logvar, draw }, index) {
    if (!this.twins[index].samples) return { words: NO_DRAW, text: rows({ mu }) };
    if (!draw) return { words: "", text: "" }; // it comes with the next look
    const { eps, z, pixels } = draw;
    return {
      words: "this z, decoded",
      text: rows({ mu, sigma: sigmaOf(logvar), eps, z }),
      paint: (canvas) => paint(canvas, pixels),
    };
  }

  /** @type {(name: Stage["name"], inside: Inside, index: number) => Content} */
  layer(name, inside, index) {
    const place = this.chosen;
    const layer = place && layersIn(name, inside)[place.layer];
    if (!layer || !place) return { words: "", text: "" };
    const verdict = inside.judged && name === "judge" ? verdictOn(inside.judged) : "";
    const step = layer.steps[place.kind];
    if (!step) return { words: place.kind === "norm" ? NO_NORM : "", text: "" };
    const { outputs: shape, values } = step;
    const isMaps = shape.length === 3;
    const map = Math.min(shape[0], Math.max(1, Math.round(Number(this.map.value)) || 1)) - 1;
    const own = isMaps ? oneMap(values, shape, map) : values;
    const words = `${verdict}${inWords(shape)}${isMaps && shape[0] > 1 ? `, below map ${map + 1}` : ""}: ${likeness(values)}`;
    const colour = TWIN_COLOURS[this.twins[index].side];
    return {
      words,
      text: table(own, isMaps ? shape[2] : UNITS),
      paint: (canvas) => paintLayer(canvas, values, shape, colour, { across: acrossOf(shape[0]), chosen: map }),
    };
  }

  /** @param {number} index */
  noJudge(index) {
    return this.twins[index].judge ? this.problem || "its weights are on their way …" : NO_JUDGE;
  }
}

/** @type {(twin: DrawnTwin | null) => HTMLElement} */
function figure(twin) {
  const each = document.createElement("figure");
  each.innerHTML = `<figcaption><b class="name"></b> <span class="summary"></span></figcaption>
    <div class="pair"><canvas aria-hidden="true" hidden></canvas><pre tabindex="0" role="group" hidden></pre></div>`;
  const name = element(each, ".name");
  name.textContent = `${twin?.short ?? "Both"}:`;
  if (twin) name.classList.add(`twin-${twin.side}`);
  element(each, "pre").setAttribute("aria-label", `Numbers, ${(twin?.name ?? "both networks").replace("W", "w")}`);
  return each;
}

/** @type {(pixels: Float32Array) => Content} */
function picture(pixels) {
  const side = Math.sqrt(pixels.length);
  return { words: likeness(pixels), text: table(pixels, side), paint: (canvas) => paint(canvas, pixels) };
}

/** @type {(judged: { clean: number, cleaned: number }) => string} */
function verdictOn({ clean, cleaned }) {
  return `${percent(cleaned)} sure that the cleaned digit is real, ${percent(clean)} sure of the one before noise. `;
}

/** @type {(place: HTMLElement, text: string) => void} */
function write(place, text) {
  if (place.textContent !== text) place.textContent = text;
}
