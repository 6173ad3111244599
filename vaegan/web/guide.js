// Leads through a lesson: the focus goes to what is new after an answer or a step, and a part of the page that shows what
// is asked about cannot be operated before the guess is made. It shows nothing.

import { mounted } from "./component.js";

const FRAMES = 300; // in which the page must have drawn what is new

class Guide {
  constructor() {
    this.state = "";
    this.gone = false;
  }

  /** `state` changes with each step and each answer, `lead` is the heading to go to.
      @param {{ state: string, lead: string, locked: boolean }} data */
  update({ state, lead, locked }) {
    const before = this.state;
    this.state = state;
    this.lock(state, locked);
    if (before && before !== state) this.go(state, lead === "end" ? "ask" : lead);
  }

  /** @type {(state: string, locked: boolean, frames?: number) => void} */
  lock(state, locked, frames = FRAMES) {
    if (this.gone || state !== this.state) return;
    const part = document.querySelector(".st-key-part");
    if (part instanceof HTMLElement) {
      part.inert = locked;
      part.classList.toggle("learn-locked", locked);
    }
    if (frames) requestAnimationFrame(() => this.lock(state, locked, frames - 1));
  }

  /** @type {(state: string, lead: string, frames?: number) => void} */
  go(state, lead, frames = FRAMES) {
    if (this.gone || state !== this.state) return;
    const headings = document.querySelectorAll(`[data-lead="${lead}"]`);
    const heading = headings[headings.length - 1];
    if (heading instanceof HTMLElement) heading.focus({ preventScroll: lead === "do" });
    else if (frames) requestAnimationFrame(() => this.go(state, lead, frames - 1));
  }

  dispose() {
    this.gone = true;
  }
}

export default mounted(Guide);
