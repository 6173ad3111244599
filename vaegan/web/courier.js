// Asks the server for the bytes that components want and the tab does not have. It shows nothing.

import { mounted } from "./component.js";
import { onChange, tab } from "./store.js";
/** @import { Send } from "./component.js" */

const GATHERING = 50; // milliseconds: what several components want within this time is asked for in one request
const GRACE = 2_000; // milliseconds that bytes may still take to reach the tab after the server has answered
const MOST_TIMES = 3; // how often the same bytes are asked for at most

class Courier {
  constructor() {
    /** @type {Send} */ this.trigger = () => {};
    /** @type {Set<number>} */ this.timers = new Set();
    this.gathering = false;
    this.stopListening = onChange(() => this.gather());
    for (const wish of tab.wanted.values()) wish.number = 0; // the courier of an earlier page may have asked and left
    this.gather();
  }

  /** The server draws the courier again once it has sent the bytes of all requests up to `answered`. Bytes of these
      requests that are not in the tab after GRACE were lost, so they are asked for again.
      @param {{ answered: number | null }} data */
  update({ answered }) {
    const last = answered ?? tab.requests;
    this.later(GRACE, () => {
      for (const wish of tab.wanted.values()) if (wish.number <= last) wish.number = 0;
      this.gather();
    });
  }

  gather() {
    if (this.gathering || !this.wishes().length) return;
    this.gathering = true;
    this.later(GATHERING, () => {
      this.gathering = false;
      const keys = this.wishes();
      if (!keys.length) return;
      tab.requests++;
      for (const key of keys) {
        const wish = tab.wanted.get(key);
        if (wish) Object.assign(wish, { number: tab.requests, times: wish.times + 1 });
      }
      this.trigger("wanted", { number: tab.requests, keys });
    });
  }

  wishes() {
    return [...tab.wanted].filter(([, { number, times }]) => number === 0 && times < MOST_TIMES).map(([key]) => key);
  }

  /** @type {(milliseconds: number, action: () => void) => void} */
  later(milliseconds, action) {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      action();
    }, milliseconds);
    this.timers.add(timer);
  }

  dispose() {
    this.stopListening();
    this.timers.forEach(clearTimeout);
  }
}

export default mounted(Courier);
