// Bytes kept in the tab under a key, so that weights are sent once and every component of every page can use them.
// A component that needs bytes waits for them here; courier.js asks the server for those that the tab does not have.

const MOST_KEPT = 8; // twice what one page needs; the bytes that were used longest ago are dropped first
const PATIENCE = 60_000; // milliseconds after which a component that waits is told that nothing came
const CHANGED = "vaegan-tab-changed";

// Shared by all components of the tab.
// kept: key -> bytes; the bytes that were used longest ago come first.
// wanted: key -> { number, times }: the number of the last request for it (0 if there is none) and how many there were.
// requests: how many requests there were for all keys together.
export const tab = (globalThis.vaeganTab ??= { kept: new Map(), wanted: new Map(), requests: 0 });

export function keep(key, bytes) {
  tab.kept.delete(key);
  tab.kept.set(key, bytes);
  tab.wanted.delete(key);
  while (tab.kept.size > MOST_KEPT) tab.kept.delete(tab.kept.keys().next().value);
  announce();
}

/** Calls `arrived` with the bytes under each of `keys` when all are here, or `failed` with a sentence.
    Returns a function that ends the wait. */
export function waitFor(keys, arrived, failed) {
  const bytes = new Map(); // held here as well, because the tab may drop some of them before the last one arrives
  const missing = () => keys.filter((key) => !bytes.has(key));
  const end = () => {
    clearTimeout(late);
    stopListening();
    missing().forEach((key) => tab.wanted.delete(key));
    if (missing().length) announce(); // components that wait for the same keys ask for them again
  };
  const look = () => {
    for (const key of missing()) if (tab.kept.has(key)) bytes.set(key, use(key));
    const news = missing().filter((key) => !tab.wanted.has(key));
    news.forEach((key) => tab.wanted.set(key, { number: 0, times: 0 }));
    if (news.length) announce();
    if (missing().length) return;
    end();
    arrived(keys.map((key) => bytes.get(key)));
  };
  const late = setTimeout(() => {
    end();
    failed("The networks did not arrive. Reload the page.");
  }, PATIENCE);
  const stopListening = onChange(look);
  look();
  return end;
}

/** Calls `listener` whenever bytes arrive or new ones are wanted. Returns a function that ends this. */
export function onChange(listener) {
  globalThis.addEventListener(CHANGED, listener);
  return () => globalThis.removeEventListener(CHANGED, listener);
}

function use(key) {
  const bytes = tab.kept.get(key);
  tab.kept.delete(key);
  tab.kept.set(key, bytes);
  return bytes;
}

function announce() {
  globalThis.dispatchEvent(new Event(CHANGED));
}
