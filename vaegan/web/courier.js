// Brings the bytes that components want and the tab does not have, once the page shows its controls: over HTTP, or if that
// is not to be had through the page's websocket. It shows nothing.

import { mounted } from "./component.js";
import { NothingThere, fetched } from "./fetching.js";
import { pageIsShown } from "./page_shown.js";
import { announce, keep, onChange, tab } from "./store.js";
/** @import { Send } from "./component.js" */
/** @import { Wish } from "./store.js" */

const GATHERING = 50; // milliseconds: what several components want within this time is asked for in one request
const GRACE = 2_000; // milliseconds that bytes may still take to reach the tab after the server has answered
const MOST_TIMES = 3; // how often the same bytes are asked for at most
const MOST_WAIT = 5_000; // milliseconds for which bytes give way to the page
const NEWS = 100; // milliseconds between two times at which components hear how much has come

class Courier {
  constructor() {
    /** @type {Send} */ this.trigger = () => {};
    /** @type {Set<number>} */ this.timers = new Set();
    this.gathering = false;
    this.gone = false;
    this.prefix = "";
    this.stopListening = onChange(() => this.gather());
    for (const wish of tab.wanted.values()) wish.number = 0; // the courier of an earlier page may have asked and left
    this.gather();
  }

  /** The server draws the courier again once it has sent the bytes of all requests up to `answered`. Bytes of these
      requests that are not in the tab after GRACE were lost, so they are asked for again. `prefix` is where the whole
      app lies on its host.
      @param {{ answered: number | null, prefix: string }} data */
  update({ answered, prefix }) {
    this.prefix = prefix;
    const last = answered ?? tab.requests;
    this.later(GRACE, () => {
      for (const wish of tab.wanted.values()) if (wish.number <= last) wish.number = 0;
      this.gather();
    });
  }

  gather() {
    if (this.gathering || !this.wishes().length) return;
    this.gathering = true;
    this.later(GATHERING, async () => {
      await pageIsShown(MOST_WAIT);
      if (this.gone) return;
      this.gathering = false;
      const isFetched = (/** @type {string} */ key) => !tab.overSocket && !tab.wanted.get(key)?.refused;
      const keys = this.wishes();
      keys.filter(isFetched).forEach((key) => this.fetch(key));
      this.ask(keys.filter((key) => !isFetched(key)));
    });
  }

  /** What is on its way stays so when this courier leaves with its page.
      @param {string} key */
  async fetch(key) {
    let told = 0;
    tab.fetching.set(key, { here: 0, all: 0 });
    try {
      const bytes = await fetched(`${this.prefix}/${key}`, (here, all) => {
        tab.fetching.set(key, { here, all });
        if (performance.now() - told < NEWS) return;
        told = performance.now();
        announce();
      });
      tab.fetching.delete(key);
      keep(key, bytes);
    } catch (error) {
      tab.fetching.delete(key);
      const wish = tab.wanted.get(key);
      if (!(error instanceof NothingThere)) tab.overSocket = true;
      else if (wish) wish.refused = true;
      announce();
    }
  }

  /** @param {string[]} keys */
  ask(keys) {
    if (!keys.length) return;
    tab.requests++;
    for (const key of keys) {
      const wish = tab.wanted.get(key);
      if (wish) Object.assign(wish, { number: tab.requests, times: wish.times + 1 });
    }
    this.trigger("wanted", { number: tab.requests, keys });
  }

  wishes() {
    const isOpen = (/** @type {[string, Wish]} */ [key, { number, times }]) =>
      number === 0 && times < MOST_TIMES && !tab.fetching.has(key);
    return [...tab.wanted].filter(isOpen).map(([key]) => key);
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
    this.gone = true;
    this.stopListening();
    this.timers.forEach(clearTimeout);
  }
}

export default mounted(Courier);
