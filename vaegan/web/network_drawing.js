// The network drawn: its stages from the noisy digit to the discriminator with what really happens in them, both twins
// side by side. A stage that is pressed opens in a panel with its numbers.

import { element } from "./elements.js";
import { canvasIn, drawLayers, lane } from "./network_lanes.js";
import { TWIN_COLOURS, paintBars } from "./network_paint.js";
import { NetworkPanel } from "./network_panel.js";
import { STAGES, did, layersIn, percent, sigmaOf, stageOf } from "./network_stages.js";
import { paint } from "./picture.js";
/** @import { Inside } from "./inside.js" */
/** @import { Look, Looked } from "./live_worker.js" */
/** @import { Stage, StageName } from "./network_stages.js" */
/** @import { Twin } from "./result_row.js" */

/** A network that is drawn: the key of its discriminator, null if it was trained without one, and whether it draws z.
    @typedef {Twin & { judge: string | null, samples: boolean }} DrawnTwin */

/** Where it stands: the column of stages, the noisy digit above it, and the panel.
    @typedef {{ column: HTMLElement, digit: HTMLElement, panel: HTMLElement }} Places */

/** `look` asks for what is inside the networks, `judge` for the discriminators' weights.
    @typedef {{ look: (wish: Look) => void, judge: () => void }} Asks */

const PAUSE = 120; // milliseconds between two looks, so that the pen keeps the browser's frames for itself
const SHARE = 40; // and so many times as long as drawing one took: a slow phone looks less often
const SILENCE = 600; // milliseconds of rest after which the words for screen readers follow
const MOST_EPS = 256; // random numbers kept for a draw; no shipped network needs more than 100

export class NetworkDrawing {
  /** @param {Places} places @param {Asks} asks */
  constructor(places, asks) {
    this.places = places;
    this.asks = asks;
    /** @type {DrawnTwin[]} */ this.twins = [];
    /** @type {Looked | null} */ this.looked = null;
    /** @type {StageName | null} */ this.open = null;
    this.eps = normals(MOST_EPS);
    this.stale = false; // something has changed since the last look
    this.asked = false; // a look is on its way
    this.next = 0; // the time before which there is no other look
    this.timer = 0;
    this.silence = 0;
    this.panel = new NetworkPanel(places.panel, {
      close: () => this.close(),
      redraw: () => {
        this.eps = normals(MOST_EPS);
        this.change();
      },
    });
    this.fold = element(places.column, ".fold", HTMLButtonElement);
    this.fold.onclick = () => {
      this.fold.setAttribute("aria-expanded", String(this.fold.getAttribute("aria-expanded") !== "true"));
      this.change();
    };
    const [first, ...others] = STAGES;
    /** @type {Map<StageName, HTMLButtonElement>} */
    this.buttons = new Map(STAGES.map((stage) => [stage.name, this.button(stage)]));
    places.digit.append(this.buttonOf(first.name));
    const stages = element(places.column, ".stages");
    stages.replaceChildren(...others.flatMap(({ name }) => [link(), this.buttonOf(name)]));
    places.column.classList.add("drawn");
  }

  /** @param {StageName} name */
  buttonOf(name) {
    return /** @type {HTMLButtonElement} */ (this.buttons.get(name));
  }

  /** @param {Stage} stage */
  button({ name, title, words }) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "part", title: words });
    button.dataset.part = name;
    button.setAttribute("aria-expanded", "false");
    button.innerHTML = '<span class="title"></span><span class="lanes"></span><span class="unseen did"></span>';
    element(button, ".title").textContent = title;
    button.onclick = () => (this.open === name ? this.close() : this.show(name));
    return button;
  }

  /** @param {DrawnTwin[]} twins */
  name(twins) {
    if (JSON.stringify(twins) === JSON.stringify(this.twins)) return;
    [this.twins, this.looked] = [twins, null];
    for (const [name, button] of this.buttons) {
      if (name !== "digit") element(button, ".lanes").replaceChildren(...twins.map(() => lane()));
    }
    this.panel.name(twins);
    if (this.open === "judge") this.asks.judge();
    this.change();
  }

  /** Open a stage.
      @param {StageName} name */
  show(name) {
    this.open = name;
    this.mark();
    if (name === "judge") this.asks.judge();
    this.panel.open(stageOf(name));
    if (this.looked) this.panel.show(this.looked);
    this.change();
  }

  close() {
    const last = this.open;
    this.open = null;
    this.mark();
    this.panel.close();
    if (last) this.buttonOf(last).focus();
  }

  mark() {
    for (const [name, button] of this.buttons) button.setAttribute("aria-expanded", String(name === this.open));
  }

  /** The networks have computed something else: look as soon as there is time. */
  change() {
    this.stale = true;
    this.plan();
  }

  /** Whether somebody sees it: on a phone it is folded, and where it is left out it is hidden. */
  get seen() {
    return this.open !== null || element(this.places.column, ".stages").offsetParent !== null;
  }

  plan() {
    if (!this.stale || this.asked || this.timer || !this.seen) return;
    this.timer = setTimeout(
      () => {
        this.timer = 0;
        [this.stale, this.asked] = [false, true];
        this.asks.look({ look: { eps: this.open === "sample" ? this.eps : null } });
      },
      Math.max(0, this.next - performance.now()),
    );
  }

  /** What was seen inside; null if there is no digit.
      @param {Looked | null} looked */
  take(looked) {
    this.asked = false;
    const began = performance.now();
    this.looked = looked?.insides.length === this.twins.length ? looked : null;
    if (this.looked) {
      this.draw(this.looked);
      if (this.open) this.panel.show(this.looked);
    }
    const now = performance.now();
    this.next = now + Math.max(PAUSE, SHARE * (now - began));
    this.plan();
  }

  /** @param {Looked} looked */
  draw({ insides }) {
    insides.forEach((inside, index) => {
      const { side, judge } = this.twins[index];
      const colour = TWIN_COLOURS[side];
      for (const name of /** @type {StageName[]} */ (["encoder", "decoder"])) {
        drawLayers(this.lane(name, index), layersIn(name, inside).slice(0, -1), colour);
      }
      const latent = this.lane("latent", index);
      paintBars(canvasIn(latent), inside.mu, sigmaOf(inside.logvar), colour);
      latent.classList.toggle("normed", Boolean(layersIn("encoder", inside).at(-1)?.normed));
      paintBars(canvasIn(this.lane("sample", index)), inside.draw?.z ?? inside.mu, null, colour);
      paint(canvasIn(this.lane("cleaned", index)), inside.cleaned);
      const verdict = inside.judged ? `${percent(inside.judged.cleaned)} real` : judge ? "ask it" : "none";
      const place = this.lane("judge", index);
      if (place.textContent !== verdict) place.textContent = verdict;
    });
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.say(insides), SILENCE);
  }

  /** @param {StageName} name @param {number} index @returns {HTMLElement} */
  lane(name, index) {
    return /** @type {HTMLElement} */ (element(this.buttonOf(name), ".lanes").children[index]);
  }

  /** Each stage in words, for those who do not see it.
      @param {Inside[]} insides */
  say(insides) {
    for (const [name, button] of this.buttons) {
      const words = insides.map((inside, index) => `${this.twins[index]?.name}: ${did(name, inside)}.`);
      element(button, ".did").textContent = name === "digit" ? "" : words.join(" ");
    }
  }

  dispose() {
    clearTimeout(this.timer);
    clearTimeout(this.silence);
  }
}

/** What leads from one stage to the next, in each twin. */
function link() {
  const between = document.createElement("span");
  between.className = "link";
  between.setAttribute("aria-hidden", "true");
  between.innerHTML = '<i class="twin-bn"></i><i class="twin-plain"></i>';
  return between;
}

/** Random numbers of N(0, 1), by Box and Muller.
    @type {(count: number) => Float32Array} */
function normals(count) {
  return Float32Array.from({ length: count }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - Math.random()));
    return radius * Math.cos(2 * Math.PI * Math.random());
  });
}
