// What pages lack for people at a keyboard: the focus goes into what a button has opened and comes back at Escape, and
// the folded pages of a phone close by Escape and by a press elsewhere. And what they lack for people who listen: which
// language the page and the navigation are in, which the address keeps. It shows nothing.

import { mounted } from "./component.js";

const BODY = '[data-testid="stPopoverBody"]'; // Streamlit's: what a popover has opened, at the end of the document
const OPENER = '[data-testid="stPopover"] button';
const FRAMES = 300; // in which what is opened must have appeared
const PARAMETER = "lang"; // as in vaegan/ui/language.py
const ENGLISH = "en";

class Keyboard {
  constructor() {
    /** @type {HTMLElement | null} */ this.opener = null;
    this.ended = new AbortController();
    const options = { signal: this.ended.signal };
    document.addEventListener("click", (event) => this.click(event), options);
    document.addEventListener("keydown", (event) => this.key(event), { ...options, capture: true });
    document.addEventListener("pointerdown", (event) => this.press(event), options);
    const opener = document.activeElement?.closest(OPENER); // pressed before this script was here
    if (opener instanceof HTMLElement && document.querySelector(BODY)) {
      this.opener = opener;
      this.enter(0);
    }
  }

  /** `translated` if all of the page is in that language, not the navigation alone.
      @param {{ language: string, translated: boolean }} data */
  update({ language, translated }) {
    document.documentElement.lang = translated ? language : ENGLISH;
    this.name(language);
    const wanted = new URLSearchParams(location.search);
    if (language === ENGLISH) wanted.delete(PARAMETER);
    else wanted.set(PARAMETER, language);
    const query = wanted.toString() && `?${wanted}`;
    if (wanted.get(PARAMETER) === new URLSearchParams(location.search).get(PARAMETER)) return;
    history.replaceState(history.state, "", location.pathname + query + location.hash);
  }

  /** Says which language the navigation is in, once it is there.
      @param {string} language @param {number} [frames] */
  name(language, frames = FRAMES) {
    const navigation = document.querySelector(".st-key-navigation");
    if (navigation instanceof HTMLElement) navigation.lang = language;
    else if (frames && !this.ended.signal.aborted) requestAnimationFrame(() => this.name(language, frames - 1));
  }

  /** The fold, if it is open. */
  get fold() {
    const fold = document.querySelector(".st-key-navigation details[open]");
    return fold instanceof HTMLDetailsElement ? fold : null;
  }

  /** A click by keyboard has no place.
      @param {MouseEvent} event */
  click({ target, detail }) {
    const opener = target instanceof Element && target.closest(OPENER);
    if (detail || !(opener instanceof HTMLElement)) return;
    this.opener = opener;
    this.enter(FRAMES);
  }

  /** Its first control is then one Tab away; some of them are still to come.
      @param {number} frames */
  enter(frames) {
    const body = document.querySelector(BODY);
    if (body instanceof HTMLElement) {
      body.tabIndex = -1;
      body.focus();
    } else if (frames) requestAnimationFrame(() => this.enter(frames - 1));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.key !== "Escape") return;
    const { fold, opener } = this;
    if (fold) {
      event.preventDefault();
      fold.open = false;
      fold.querySelector("summary")?.focus(); // what had the focus may be hidden now
    } else if (opener && document.querySelector(BODY)) {
      this.opener = null;
      opener.focus(); // Streamlit closes what it has opened
    }
  }

  /** @param {PointerEvent} event */
  press({ target }) {
    const inside = target instanceof Element && target.closest(".st-key-navigation");
    if (!inside && this.fold) this.fold.open = false;
  }

  dispose() {
    this.ended.abort();
  }
}

export default mounted(Keyboard);
