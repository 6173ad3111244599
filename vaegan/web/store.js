// Bytes kept in the tab under a key, so that weights are sent once and every component of every page can use them.

const ARRIVED = "vaegan-stored";
const kept = (globalThis.vaeganStore ??= new Map());

export function keep(key, bytes) {
  if (kept.has(key)) return;
  kept.set(key, bytes);
  globalThis.dispatchEvent(new Event(ARRIVED));
}

/** The bytes under `key`, as soon as they are there. */
export function stored(key) {
  return new Promise((resolve) => {
    const look = () => {
      if (!kept.has(key)) return;
      globalThis.removeEventListener(ARRIVED, look);
      resolve(kept.get(key));
    };
    globalThis.addEventListener(ARRIVED, look);
    look();
  });
}
