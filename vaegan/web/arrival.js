// A bar with words for bytes that are on their way.

import { element } from "./elements.js";
import { arrival, onChange } from "./store.js";

/** Shows below `message` how much of the bytes under `keys` is here. Returns a function that takes it away.
    @type {(message: HTMLElement, keys: string[]) => () => void} */
export function showArrival(message, keys) {
  const line = document.createElement("p");
  line.className = "quiet arrival";
  line.innerHTML = '<progress aria-label="Networks on their way"></progress> <span></span>';
  const bar = element(line, "progress", HTMLProgressElement);
  const show = () => {
    const { here, all } = arrival(keys);
    if (!all) return; // a bar without a value says that something happens
    Object.assign(bar, { max: all, value: here });
    element(line, "span").textContent = `Networks: ${megabytes(here)} of ${megabytes(all)} MB`;
  };
  message.after(line);
  show();
  const stop = onChange(show);
  return () => {
    stop();
    line.remove();
  };
}

/** @type {(bytes: number) => string} */
function megabytes(bytes) {
  return (1e-6 * bytes).toFixed(1);
}
