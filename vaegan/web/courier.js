// Asks the server for the bytes that components want and the tab does not have. It shows nothing.

import { mounted } from "./component.js";
import { onChange, tab } from "./store.js";

const GATHERING = 50; // milliseconds in which the wishes of several components become one request
const GRACE = 2_000; // milliseconds from an answer until the bytes that came before it must be in the tab
const MOST_TIMES = 3; // that the same bytes are asked for

class Courier {
  constructor() {
    this.timers = new Set();
    this.stopListening = onChange(() => this.gather());
    for (const wish of tab.wanted.values()) wish.number = 0; // the courier of another page may have left without them
    this.gather();
  }

  /** The server has drawn the courier again, after the bytes of request `answered`: what is still wanted was lost. */
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
      for (const key of keys) tab.wanted.set(key, { number: tab.requests, times: tab.wanted.get(key).times + 1 });
      this.trigger("wanted", { number: tab.requests, keys });
    });
  }

  wishes() {
    return [...tab.wanted].filter(([, { number, times }]) => number === 0 && times < MOST_TIMES).map(([key]) => key);
  }

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
