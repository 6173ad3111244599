// What the components have in common: one instance for each element of the page, at most one frame at a time, and the
// bytes that they need.

import { openModel } from "./network.js";
import { waitFor } from "./store.js";

/** Makes the function that Streamlit calls when the component first appears and whenever the server draws it again. */
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

  /** Show a sentence below the pictures; an empty one hides the line. Called at every frame. */
  say(words) {
    const message = this.find(".message");
    if (message.textContent !== words) message.textContent = words; // a screen reader would say the same once more
    message.hidden = !words;
  }

  /** The sentence to show while the networks are not here. */
  get awaited() {
    return this.problem ?? "The networks are on their way …";
  }

  dispose() {
    this.stopWaiting();
    this.data = null; // a frame that is already scheduled then draws nothing
  }
}

/** Fills `row` with a picture and a caption for each name, if they are not there yet. Returns the pictures' canvases
    and the elements for the numbers below them. */
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
