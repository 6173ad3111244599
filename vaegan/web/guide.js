// Leads through a lesson: the focus goes to what is new after an answer or a step, and a part of the page that shows what
// is asked about cannot be operated before the guess is made. It says what pages have lent in the lesson's language. It
// shows nothing.

import { mounted } from "./component.js";
import { Translation } from "./translation.js";

const PART = ".st-key-part"; // what a page has lent
const FRAMES = 300; // in which the page must have drawn what is new
const LATER = 250; // milliseconds between two looks for what appears still later

class Guide {
  constructor() {
    this.state = "";
    this.gone = false;
    this.translation = new Translation();
    this.later = setInterval(() => this.translate(), LATER);
  }

  /** `state` changes with each step and each answer, `lead` is the heading to go to; `words` are translations.
      @param {{ state: string, lead: string, locked: boolean, words: Record<string, string> }} data */
  update({ state, lead, locked, words }) {
    const before = this.state;
    this.translation.speak(words);
    this.state = state;
    this.lock(state, locked);
    if (before && before !== state) this.go(state, lead === "end" ? "ask" : lead);
  }

  /** @type {(state: string, locked: boolean, frames?: number) => void} */
  lock(state, locked, frames = FRAMES) {
    if (this.gone || state !== this.state) return;
    const part = document.querySelector(PART);
    this.translate();
    if (part instanceof HTMLElement) {
      part.inert = locked;
      part.classList.toggle("learn-locked", locked);
    }
    if (frames) requestAnimationFrame(() => this.lock(state, locked, frames - 1));
  }

  translate() {
    const part = document.querySelector(PART);
    if (part) this.translation.look(part);
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
    clearInterval(this.later);
    this.translation.stop();
  }
}

export default mounted(Guide);
