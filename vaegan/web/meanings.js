// Shows what a word of the glossary means beside the word: while the mouse is over it or it has the focus, and after a
// tap. It listens to the whole document, whose events also come from within the stages, and shows one meaning at a time.
// Escape hides it, as does a press elsewhere.

import { mounted } from "./component.js";
import { element } from "./elements.js";

/** The sentence of each term, by its name.
    @typedef {Record<string, string>} Meanings */

const GAP = 6; // pixels between the word and its meaning
const EDGE = 12; // pixels that stay free at the window's sides
const GRACE = 250; // milliseconds in which a mouse reaches the meaning from the word

class MeaningsOfTerms {
  /** @param {ParentNode} root */
  constructor(root) {
    /** @type {Meanings} */ this.meanings = {};
    this.bubble = element(root, ".meaning");
    this.spoken = element(root, ".spoken");
    /** @type {HTMLElement | null} */ this.shown = null; // the word
    this.leaving = 0; // timer
    this.held = false; // the last press was on the meaning, which takes the focus from the word
    this.ended = new AbortController();
    const options = { signal: this.ended.signal, capture: true };
    /** @type {<Kind extends keyof DocumentEventMap>(kind: Kind, act: (event: DocumentEventMap[Kind]) => void) => void} */
    const on = (kind, act) => document.addEventListener(kind, act, options);
    on("pointerover", (event) => this.over(event));
    on("focusin", (event) => this.show(termOf(event)));
    on("focusout", () => this.held || this.hide());
    on("pointerdown", (event) => this.down(event));
    on("click", (event) => this.press(termOf(event)));
    on("keydown", (event) => this.key(event));
    addEventListener("scroll", () => this.shown && this.place(this.shown), options);
    addEventListener("resize", () => this.hide(), options);
  }

  /** @param {Meanings} data */
  update(data) {
    this.meanings = data;
  }

  /** @param {Event} event */
  within(event) {
    const path = event.composedPath();
    return path.includes(this.bubble) || (this.shown !== null && path.includes(this.shown));
  }

  /** @param {Event} event */
  down(event) {
    this.held = event.composedPath().includes(this.bubble);
    if (this.shown && !this.within(event)) this.hide();
  }

  /** @param {PointerEvent} event */
  over(event) {
    if (event.pointerType === "touch") return; // a tap says more
    const word = termOf(event);
    if (word) this.show(word);
    else if (this.shown && !this.within(event)) this.leaving ||= setTimeout(() => this.leave(), GRACE);
    else this.stay();
  }

  stay() {
    clearTimeout(this.leaving);
    this.leaving = 0;
  }

  leave() {
    this.stay();
    if (this.shown && !this.shown.matches(":focus-visible")) this.hide();
  }

  /** @param {HTMLElement | null} word */
  press(word) {
    if (!word) return;
    this.show(word);
    this.spoken.textContent = this.bubble.textContent;
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    this.held = false;
    if (event.key === "Escape" && this.shown) {
      this.hide();
      event.stopImmediatePropagation(); // what else would close stays open
    } else if (["Enter", " "].includes(event.key) && termOf(event)) {
      event.preventDefault();
      this.press(termOf(event));
    }
  }

  /** @param {HTMLElement | null} word */
  show(word) {
    const name = word?.dataset.term ?? "";
    if (!word || !Object.hasOwn(this.meanings, name)) return;
    this.stay();
    word.setAttribute("aria-description", this.meanings[name]);
    element(this.bubble, ".name").textContent = name;
    element(this.bubble, ".words").textContent = this.meanings[name];
    this.shown = word;
    this.bubble.hidePopover(); // shown anew, it lies over all that has opened meanwhile
    this.bubble.showPopover();
    this.place(word);
  }

  /** Below the word, or above where there is no room below.
      @param {HTMLElement} word */
  place(word) {
    const { left, top, bottom } = word.getBoundingClientRect();
    const { width, height } = this.bubble.getBoundingClientRect();
    const wide = document.documentElement.clientWidth;
    const fits = bottom + GAP + height <= innerHeight || top - GAP - height < 0;
    this.bubble.style.left = `${Math.max(EDGE, Math.min(left, wide - EDGE - width))}px`;
    this.bubble.style.top = `${fits ? bottom + GAP : top - GAP - height}px`;
  }

  hide() {
    this.stay();
    this.shown = null;
    this.bubble.hidePopover();
    this.spoken.textContent = "";
  }

  dispose() {
    this.ended.abort();
    this.hide();
  }
}

/** The word of the glossary from which an event comes.
    @type {(event: Event) => HTMLElement | null} */
function termOf(event) {
  const word = event.composedPath().find((node) => node instanceof HTMLElement && node.dataset.term);
  return word instanceof HTMLElement ? word : null;
}

export default mounted(MeaningsOfTerms);
