// Bytes kept in the tab under a key, so that weights come once and every component of every page can use them.
// A component that needs bytes waits for them here; courier.js brings those that the tab does not have.

const MOST_KEPT = 8; // twice what one page needs; the bytes that were used longest ago are dropped first
const PATIENCE = 60_000; // milliseconds without news after which a component that waits is told that nothing came
const CHANGED = "vaegan-tab-changed";

/** The number of the last request for a key through the websocket (0 if there is none), how many there were, and whether
    HTTP has nothing under the key.
    @typedef {{ number: number, times: number, refused?: boolean }} Wish */

/** How many bytes are here, of how many; of 0 if that is not known yet.
    @typedef {{ here: number, all: number }} Arrival */

/** Shared by all components of the tab.
    @typedef {object} Tab
    @property {Map<string, Uint8Array>} kept by key; the bytes that were used longest ago come first
    @property {Map<string, Wish>} wanted by key
    @property {Map<string, Arrival>} fetching by key: what is on its way over HTTP
    @property {boolean} overSocket whether HTTP has failed: the server has no routes of ours, or the way is blocked
    @property {number} requests how many there were for all keys together */

const shared = /** @type {{ vaeganTab?: Tab }} */ (globalThis);
export const tab = (shared.vaeganTab ??= {
  kept: new Map(),
  wanted: new Map(),
  fetching: new Map(),
  overSocket: false,
  requests: 0,
});

/** @type {(key: string, bytes: Uint8Array) => void} */
export function keep(key, bytes) {
  tab.kept.delete(key);
  tab.kept.set(key, bytes);
  tab.wanted.delete(key);
  while (tab.kept.size > MOST_KEPT) {
    const [oldest] = tab.kept.keys();
    tab.kept.delete(oldest);
  }
  announce();
}

/** Calls `arrived` with the bytes under each of `keys` when all are here, or `failed` with a sentence.
    Returns a function that ends the wait.
    @type {(keys: string[], arrived: (bytes: Uint8Array[]) => void, failed: (problem: string) => void) => () => void} */
export function waitFor(keys, arrived, failed) {
  /** @type {Map<string, Uint8Array>} */
  const bytes = new Map(); // held here as well, because the tab may drop some of them before the last one arrives
  const missing = () => keys.filter((key) => !bytes.has(key));
  const end = () => {
    clearTimeout(late);
    stopListening();
    missing().forEach((key) => tab.wanted.delete(key));
    if (missing().length) announce(); // components that wait for the same keys ask for them again
  };
  let late = 0;
  let news = "";
  const look = () => {
    for (const key of missing()) {
      const kept = tab.kept.get(key);
      if (!kept) continue;
      bytes.set(key, kept);
      markAsUsed(key, kept);
    }
    const unasked = missing().filter((key) => !tab.wanted.has(key));
    unasked.forEach((key) => tab.wanted.set(key, { number: 0, times: 0 }));
    if (unasked.length) announce();
    if (missing().length) {
      stayPatient();
      return;
    }
    end();
    arrived(keys.map((key) => /** @type {Uint8Array} */ (bytes.get(key))));
  };
  const stayPatient = () => {
    const latest = `${bytes.size} ${arrival(keys).here}`;
    if (latest === news) return;
    news = latest;
    clearTimeout(late);
    late = setTimeout(giveUp, PATIENCE);
  };
  const giveUp = () => {
    end();
    failed("The networks did not arrive. Reload the page.");
  };
  const stopListening = onChange(look);
  look();
  return end;
}

/** How much of what lies under `keys` is here.
    @type {(keys: string[]) => Arrival} */
export function arrival(keys) {
  const each = keys.map((key) => {
    const kept = tab.kept.get(key)?.length;
    return kept ? { here: kept, all: kept } : (tab.fetching.get(key) ?? { here: 0, all: 0 });
  });
  const isKnown = each.every(({ all }) => all);
  const sum = (/** @type {(one: Arrival) => number} */ part) => each.reduce((total, one) => total + part(one), 0);
  return { here: sum(({ here }) => here), all: isKnown ? sum(({ all }) => all) : 0 };
}

/** Calls `listener` whenever bytes arrive, all or some, or new ones are wanted. Returns a function that ends this.
    @type {(listener: () => void) => () => void} */
export function onChange(listener) {
  globalThis.addEventListener(CHANGED, listener);
  return () => globalThis.removeEventListener(CHANGED, listener);
}

/** @type {(key: string, bytes: Uint8Array) => void} */
function markAsUsed(key, bytes) {
  tab.kept.delete(key);
  tab.kept.set(key, bytes);
}

export function announce() {
  globalThis.dispatchEvent(new Event(CHANGED));
}
