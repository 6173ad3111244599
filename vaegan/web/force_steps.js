// Slow motion: the drawing of who moves whom appears part by part, in the order in which a step of training happens.

import { element } from "./elements.js";

/** `parts` appear with a step, by their data-part or class. @typedef {{ parts: string[], words: string }} Step */

/** @type {Step[]} */
const STEPS = [
  { parts: ['[data-part="stage-0"]'], words: "A digit comes in, one of a batch." },
  { parts: ['[data-part="network-0"]'], words: "The encoder squeezes it, layer by layer, into mu and sigma." },
  { parts: ['[data-part="stage-1"]'], words: "From them a z is taken: the few numbers that stand for the digit." },
  { parts: ['[data-part="network-1"]'], words: "The decoder unfolds z again, layer by layer." },
  { parts: ['[data-part="stage-2"]'], words: "This is what it has drawn." },
  { parts: ['[data-part="network-2"]'], words: "If there is a discriminator, it says how real that looks." },
  { parts: [".losses"], words: "Each loss says how wrong the outcome is, in its own respect." },
  { parts: [".arrows"], words: "The losses pull at the networks, as hard as the arrows are thick. All weights take a small step that way." },
];

// What the arrows mean.
const KEY = `<p class="quiet key">The thicker an arrow, the harder the loss pulls within a network: <span><i></i> with all that
  moves it</span>, <span><i class="against"></i> against it</span>, <span><i class="sideways"></i> sideways</span>,
  <span><i class="closed"></i> kept away</span>. Press anything for its numbers.</p>`;

export class ForceSteps {
  /** @param {HTMLElement} runs the place in which the runs are drawn */
  constructor(runs) {
    this.runs = runs;
    this.at = STEPS.length + 1; // how many steps have happened; more than there are until slow motion is asked for
    this.place = document.createElement("div");
    this.place.className = "slow";
    this.place.innerHTML = `<button type="button" data-part="slow"></button><p class="quiet" role="status"></p>${KEY}`;
    element(this.place, "button").onclick = () => {
      this.at = this.at >= STEPS.length ? 1 : this.at + 1;
      this.show();
    };
  }

  /** Fade what has not happened yet, and say what happens. */
  show() {
    STEPS.forEach(({ parts }, index) => {
      for (const part of this.runs.querySelectorAll(parts.join())) part.classList.toggle("later", index >= this.at);
    });
    const isWhole = this.at >= STEPS.length;
    const words = this.at > STEPS.length ? "" : `${this.at} of ${STEPS.length}: ${STEPS[this.at - 1].words}`;
    element(this.place, "button").textContent = isWhole ? "Slow motion" : "Next";
    if (element(this.place, "p").textContent !== words) element(this.place, "p").textContent = words;
    element(this.place, ".key").hidden = words !== "";
  }
}
