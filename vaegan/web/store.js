// Bytes kept in the tab under a key, so that weights are sent once and every component of every page can use them.
// A component that needs bytes waits for them here; courier.js asks the server for those that the tab does not have.

const MOST_KEPT = 8; // twice what one page needs; the bytes that were used longest ago are dropped first
const PATIENCE = 60_000; // milliseconds after which a component that waits is told that nothing came
const CHANGED = "vaegan-tab-changed";

/** The number of the last request for a key (0 if there is none) and how many there were.
    @typedef {{ number: number, times: number }} Wish */


/** Shared by all components of the tab.
    @typedef {object} Tab
    @property {Map<string, Uint8Array>} kept by key; the bytes that were used longest ago come first
    @property {Map<string, Wish>} wanted by key
    @property {number} requests how many there were for all keys together */

const shared = /** @type {{ vaeganTab?: Tab }} */ (globalThis);
export const tab = (shared.vaeganTab ??= { kept: new Map(), wanted: new Map(), requests: 0 });

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
  const look = () => {
    for (const key of missing()) {
      const kept = tab.kept.get(key);
      if (!kept) continue;
      bytes.set(key, kept);
      markAsUsed(key, kept);
    }
    const news = missing().filter((key) => !tab.wanted.has(key));
    news.forEach((key) => tab.wanted.set(key, { number: 0, times: 0 }));
    if (news.length) announce();
    if (missing().length) return;
    end();
    arrived(keys.map((key) => /** @type {Uint8Array} */ (bytes.get(key))));
  };
  const late = setTimeout(() => {
    end();
    failed("The networks did not arrive. Reload the page.");
  }, PATIENCE);
  const stopListening = onChange(look);
  look();
  return end;
}

/** Calls `listener` whenever bytes arrive or new ones are wanted. Returns a function that ends this.
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

function announce() {
  globalThis.dispatchEvent(new Event(CHANGED));
}
