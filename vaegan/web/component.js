// What the components have in common: one instance for each element of the page, at most one frame at a time, and the
// bytes that they need.

import { openModel } from "./network.js";
import { waitFor } from "./store.js";

/** What Streamlit calls at first and whenever the server has drawn the component again. */
export function mounted(Kind) {
  const instances = new WeakMap(); // by element
  return ({ parentElement, data, setStateValue, setTriggerValue }) => {
    if (!instances.has(parentElement)) instances.set(parentElement, new Kind(parentElement));
    const instance = instances.get(parentElement);
    instance.send = setStateValue;
    instance.trigger = setTriggerValue;
    instance.update(data);
    return () => {
      instance.dispose();
      instances.delete(parentElement);
    };
  };
}

/** A component defines update(data), which keeps `data` in this.data, and frame(), which draws. */
export class Component {
  constructor(root) {
    this.find = (selector) => root.querySelector(selector);
    this.models = null;
    this.stopWaiting = () => {};
    this.problem = null; // a sentence: why the bytes are not here
  }

  /** Draw when the browser next paints. */
  touch() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      if (this.data) this.frame();
    });
  }

  /** Open the models under `keys` as `this.models`, which is null until they are here. */
  bringModels(keys) {
    if (String(keys) !== this.keys) this.models = null;
    this.bring(keys, (bytes) => (this.models = bytes.map(openModel)));
  }

  /** Call `use` with the bytes under `keys` when the tab has them all, unless other keys are needed by then. */
  bring(keys, use) {
    if (String(keys) === this.keys) return; // they are here or on their way
    this.stopWaiting();
    this.keys = String(keys);
    this.problem = null;
    const failed = (problem) => {
      this.problem = problem;
      this.keys = null; // the next update tries again
      this.touch();
    };
    const arrived = (bytes) => {
      try {
        use(bytes);
        this.touch();
      } catch (error) {
        failed(error.message);
      }
    };
    this.stopWaiting = waitFor(keys, arrived, failed);
  }

  /** Show a sentence below the pictures, or none. Called at every frame. */
  say(words) {
    const message = this.find(".message");
    if (message.textContent !== words) message.textContent = words; // a screen reader would say the same once more
    message.hidden = !words;
  }

  /** What is said while the networks are not here. */
  get awaited() {
    return this.problem ?? "The networks are on their way …";
  }

  dispose() {
    this.stopWaiting();
    this.data = null; // a frame that was asked for draws nothing any more
  }
}

/** Fills `row` with a picture and its caption for each name, if they are not there yet; { canvases, numbers }. */
export function pictureRow(row, names) {
  const shown = [...row.querySelectorAll("b")].map((caption) => caption.textContent);
  if (String(shown) !== String(names)) row.replaceChildren(...names.map(captioned));
  return { canvases: [...row.querySelectorAll("canvas")], numbers: [...row.querySelectorAll(".numbers")] };
}

function captioned(name) {
  const figure = document.createElement("figure");
  figure.innerHTML =
    '<canvas class="picture" role="img"></canvas><figcaption><b></b><span class="numbers"></span></figcaption>';
  figure.querySelector("canvas").setAttribute("aria-label", name);
  figure.querySelector("b").textContent = name;
  return figure;
}
