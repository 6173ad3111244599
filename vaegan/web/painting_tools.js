// The canvas of another package, streamlit-drawable-canvas, as this app wants it. Its toolbar appears only below a mouse,
// covers what stands above the field, names nothing by words, and has buttons that do nothing here. So this component
// looks the canvas up, and makes of that toolbar a line of words below the field. Should the canvas change so that it is
// not found, then it works on as its makers meant it. The component itself says how to paint.

import { mounted } from "./component.js";
import { element } from "./elements.js";
/** @import { Send } from "./component.js" */

/** `field` is another one whenever the canvas is.
    @typedef {{ field: string, tool: string, how: string, moving: string }} Data */

const STYLE = `
.dc-root { display: grid; gap: 6px; }
.dc-toolbar, .dc-root:hover > .dc-toolbar, .dc-toolbar[data-pinned=true] { position: static; opacity: 1; padding: 0; }
.dc-toolbar .dc-toolbar-card { padding: 0; gap: 6px; background: none; box-shadow: none; color: var(--st-text-color); }
.dc-toolbar-separator { display: none; }
.dc-toolbar .dc-icon-button {
  font: 0.875rem var(--st-font); min-height: 36px; padding: 0 10px;
  border: 1px solid var(--st-border-color, rgba(128, 128, 128, 0.35));
}
.dc-toolbar .dc-icon-button:disabled { opacity: 0.5; color: inherit; }
.dc-toolbar .dc-icon-button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
.dc-toolbar .dc-icon-button[aria-pressed=true] { border-color: var(--st-primary-color); color: var(--st-primary-color); }
.dc-toolbar .dc-icon-button[data-word=""] { display: none; }
.dc-toolbar:not([data-tool=polygon]) .dc-icon-button[data-word=Use] { display: none; }`;

/** By the canvas's own name for a button: what it is called here, and what it does. Its other buttons are hidden: all
    paint has one colour, so what lies on top of what makes no difference; and instead of "Reset", which would go back to
    how the page found the field, there is a button of ours that empties it.
    @type {Map<string, [string, string]>} */
const BUTTONS = new Map([
  ["Undo", ["Undo", "Take the last step back"]],
  ["Redo", ["Redo", "Take it back that a step was taken back"]],
  ["Edit", ["Move", "Move, resize or turn what is painted; press again to paint on"]],
  ["Delete selected", ["Delete", "Take away what is chosen"]],
  ["Update the app with this drawing", ["Use", "Give the field to the networks as it is now"]],
]);
const NAME = "Field to paint in over the digit, with mouse, pen or finger";
const PAUSE = 100; // milliseconds between two looks for the canvas, which may come after this component

class PaintingTools {
  /** @param {ParentNode} root */
  constructor(root) {
    this.root = root;
    /** @type {Send} */ this.trigger = () => {};
    this.timer = 0;
    this.field = "";
    /** @type {HTMLElement | null} */ this.toolbar = null;
    this.listener = new MutationObserver(() => this.say());
    /** @type {Data | null} */ this.data = null;
  }

  /** @param {Data} data */
  update(data) {
    this.data = data;
    if (data.field !== this.field || !this.toolbar?.isConnected) this.look();
    this.say();
  }

  /** Look for a canvas that is still as its makers made it; the one before may not have left yet. */
  look() {
    clearTimeout(this.timer);
    const canvas = this.canvas();
    if (canvas && this.data) {
      this.field = this.data.field;
      this.toolbar = dress(canvas, () => this.trigger("clear", this.field));
      this.listener.disconnect();
      this.listener.observe(this.toolbar, { subtree: true, attributeFilter: ["aria-pressed"] });
      this.say();
    } else this.timer = setTimeout(() => this.look(), PAUSE);
  }

  /** @returns {HTMLElement | null} */
  canvas() {
    const tree = /** @type {Node} */ (/** @type {unknown} */ (this.root)).getRootNode();
    const place = tree instanceof ShadowRoot ? tree.host.closest(".st-key-painting") : null;
    for (const { shadowRoot } of place?.querySelectorAll("*") ?? []) {
      const canvas = shadowRoot?.querySelector(".dc-root:not([data-dressed])");
      if (canvas instanceof HTMLElement) return canvas;
    }
    return null;
  }

  /** Say how to use the tool, or how to move things while that is switched on. */
  say() {
    if (!this.data) return;
    if (this.toolbar) this.toolbar.dataset.tool = this.data.tool;
    const moving = this.toolbar?.querySelector("[data-word=Move][aria-pressed=true]");
    const words = moving ? this.data.moving : this.data.how;
    const how = element(this.root, ".how");
    if (how.textContent !== words) how.textContent = words;
  }

  dispose() {
    clearTimeout(this.timer);
    this.listener.disconnect();
  }
}

/** Give the canvas a name, and its toolbar words and a button to clear the field; returns the toolbar.
    @type {(canvas: HTMLElement, clear: () => void) => HTMLElement} */
function dress(canvas, clear) {
  canvas.dataset.dressed = "yes";
  const style = document.createElement("style");
  style.textContent = STYLE;
  canvas.append(style);
  const toolbar = element(canvas, ".dc-toolbar");
  for (const button of toolbar.querySelectorAll("button")) {
    const [word, title] = BUTTONS.get(button.title) ?? ["", ""];
    rename(button, word, title);
  }
  const last = document.createElement("button");
  last.type = "button";
  last.className = "dc-icon-button";
  last.onclick = clear;
  rename(last, "Clear", "Take all paint away");
  element(toolbar, ".dc-toolbar-card").append(last);
  const field = element(canvas, "canvas.upper-canvas");
  field.setAttribute("role", "img");
  field.setAttribute("aria-label", NAME);
  // The canvas makes an invisible field for typing whenever a text is begun.
  canvas.addEventListener("focusin", ({ target }) => {
    if (target instanceof HTMLTextAreaElement) target.setAttribute("aria-label", "Text to paint");
  });
  return toolbar;
}

/** @type {(button: HTMLElement, word: string, title: string) => void} */
function rename(button, word, title) {
  button.dataset.word = word;
  button.title = title;
  button.replaceChildren(word);
  button.removeAttribute("aria-label");
}

export default mounted(PaintingTools);
