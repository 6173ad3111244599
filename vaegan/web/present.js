// Keeps the mode Present in the address, so that a reload or a link shows the page in it, and ends it by Escape. It shows
// nothing.

import { mounted } from "./component.js";
/** @import { Send } from "./component.js" */

const PARAMETER = "present"; // as in vaegan/ui/present.py

class Present {
  constructor() {
    this.on = false;
    /** @type {Send} */ this.trigger = () => {};
    this.ended = new AbortController();
    addEventListener("keydown", (event) => this.key(event), { signal: this.ended.signal });
  }

  /** @param {{ on: boolean }} data */
  update({ on }) {
    this.on = on;
    const wanted = new URLSearchParams(location.search);
    if (on) wanted.set(PARAMETER, "1");
    else wanted.delete(PARAMETER);
    if (wanted.has(PARAMETER) === new URLSearchParams(location.search).has(PARAMETER)) return;
    const query = wanted.toString() && `?${wanted}`;
    history.replaceState(history.state, "", location.pathname + query + location.hash);
  }

  /** What closes something else by Escape keeps the key for itself.
      @param {KeyboardEvent} event */
  key(event) {
    if (event.key === "Escape" && this.on && !event.defaultPrevented) this.trigger("leave", true);
  }

  dispose() {
    this.ended.abort();
  }
}

export default mounted(Present);
