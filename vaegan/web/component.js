// What the components have in common: one instance for each element of the page, at most one frame at a time, and the
// bytes that they need.

import { showArrival } from "./arrival.js";
import { element } from "./elements.js";
import { openModel } from "./network.js";
import { waitFor } from "./store.js";
import { fill } from "./term.js";
/** @import { Model } from "./network.js" */

/** @typedef {(name: string, value: unknown) => void} Send to the server */

/** What Streamlit hands over: the element, the server's data, and two ways to answer.
    @template Data
    @typedef {{ parentElement: ParentNode, data: Data, setStateValue: Send, setTriggerValue: Send }} Call */

/** @template Data
    @typedef {{ send?: Send, trigger?: Send, update: (data: Data) => void, dispose: () => void }} Instance */

/** Makes the function that Streamlit calls when the component first appears and whenever the server draws it again.
    @template Data
    @param {new (root: ParentNode) => Instance<Data>} Kind
    @returns {(call: Call<Data>) => () => void} */
export function mounted(Kind) {
  /** @type {WeakMap<ParentNode, Instance<Data>>} */
  const instances = new WeakMap();
  return ({ parentElement, data, setStateValue, setTriggerValue }) => {
    const instance = instances.get(parentElement) ?? new Kind(parentElement);
    instances.set(parentElement, instance);
    instance.send = setStateValue;
    instance.trigger = setTriggerValue;
    instance.update(data);
    return () => {
      instance.dispose();
      instances.delete(parentElement);
    };
  };
}

/** A component defines update(data), which keeps `data` in this.data, and frame(data), which draws.
    @template Data */
export class Component {
  /** @param {ParentNode} root */
  constructor(root) {
    this.root = root;
    /** @type {Data | null} */ this.data = null;
    /** @type {Model[] | null} */ this.models = null;
    /** @type {string | null} */ this.keys = null; // of the bytes that are here or on their way
    /** @type {string | null} */ this.problem = null; // a sentence: why the bytes are not here
    /** @type {Send} */ this.send = () => {};
    /** @type {string | null} what the line below the pictures says */ this.said = null;
    this.stopWaiting = () => {};
    this.waiting = false; // for the browser's next frame
  }

  /** @template {HTMLElement} T
      @param {string} selector @param {new () => T} [kind] @returns {NoInfer<T>} */
  find(selector, kind) {
    return element(this.root, selector, kind);
  }

  /** Draws; each component defines its own.
      @type {(data: Data) => void} */
  frame() {
    throw new Error("A component defines frame(data).");
  }

  /** Draw when the browser next paints. */
  touch() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      if (this.data) this.frame(this.data);
    });
  }

  /** Open the models under `keys` as `this.models`, which is null until they are here.
      @param {string[]} keys */
  bringModels(keys) {
    if (String(keys) !== this.keys) this.models = null;
    this.bring(keys, (bytes) => (this.models = bytes.map((each) => openModel(each))));
  }

  /** Call `use` with the bytes under `keys` when the tab has them all, unless other keys are needed by then.
      @type {(keys: string[], use: (bytes: Uint8Array[]) => void) => void} */
  bring(keys, use) {
    if (String(keys) === this.keys) return; // they are here or on their way
    this.stopWaiting();
    this.keys = String(keys);
    this.problem = null;
    const hideArrival = showArrival(this.find(".message"), keys);
    const failed = (/** @type {string} */ problem) => {
      hideArrival();
      this.problem = problem;
      this.keys = null; // the next update tries again
      this.touch();
    };
    const arrived = (/** @type {Uint8Array[]} */ bytes) => {
      hideArrival();
      try {
        use(bytes);
        this.touch();
      } catch (error) {
        failed(error instanceof Error ? error.message : String(error));
      }
    };
    const stopWaiting = waitFor(keys, arrived, failed);
    this.stopWaiting = () => {
      hideArrival();
      stopWaiting();
    };
  }

  /** Show a sentence below the pictures; an empty one hides the line. Called at every frame.
      @param {string} words */
  say(words) {
    const message = this.find(".message");
    if (this.said !== words) message.textContent = words; // a screen reader would say the same once more
    this.said = words;
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
    and the elements for the numbers below them.
    @type {(row: HTMLElement, names: string[]) => { canvases: HTMLCanvasElement[], numbers: Element[] }} */
export function pictureRow(row, names) {
  const shown = [...row.querySelectorAll("b")].map((caption) => caption.textContent);
  if (String(shown) !== String(names)) row.replaceChildren(...names.map(captioned));
  return { canvases: [...row.querySelectorAll("canvas")], numbers: [...row.querySelectorAll(".numbers")] };
}

/** @type {(name: string) => HTMLElement} */
function captioned(name) {
  const figure = document.createElement("figure");
  figure.innerHTML =
    '<canvas class="picture" role="img"></canvas><figcaption><b></b><span class="numbers"></span></figcaption>';
  element(figure, "canvas").setAttribute("aria-label", name);
  fill(element(figure, "b"), name, "BatchNorm");
  return figure;
}
