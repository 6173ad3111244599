// The field in which a student draws a digit for the class's wall, and the buttons that say which digit it is.

import { element } from "./elements.js";
import { Pad } from "./pad.js";
/** @import { Words } from "./class_line.js" */

const AGAIN = 4_000; // milliseconds after which the same digit, if it has not arrived, may be given once more

export class ClassWall {
  /** @param {HTMLElement} root @param {(kind: string, payload: object) => void} act */
  constructor(root, act) {
    this.root = root;
    this.act = act;
    /** @type {number | null} */ this.label = null;
    /** @type {number | null} */ this.given = null; // how many the wall has of this student
    this.wish = ""; // the digit that was given last
    this.wished = 0; // and when
    const refresh = () => this.refresh();
    this.pad = new Pad(element(root, ".wall-field", HTMLCanvasElement), { changed: refresh, ended: refresh });
    this.labels = [..."0123456789"].map((name, label) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = name;
      button.onclick = () => {
        this.label = label;
        this.refresh();
      };
      return button;
    });
    element(root, ".labels").replaceChildren(...this.labels);
    element(root, ".undo").onclick = () => this.pad.undo();
    this.button = element(root, ".give", HTMLButtonElement);
    this.button.onclick = () => this.give();
    this.refresh();
  }

  /** @param {{ open: boolean, given: number }} wall @param {Words} say */
  draw({ open, given }, say) {
    this.root.hidden = !open;
    if (this.given !== null && given > this.given) this.clear(); // it has arrived
    this.given = given;
    const words = given ? (given === 1 ? say.one_hangs : say.hang.replace("{count}", String(given))) : "";
    const place = element(this.root, ".given");
    if (place.textContent !== words) place.textContent = words;
  }

  give() {
    if (this.pad.empty || this.label === null) return;
    const digit = { png: this.pad.png(), label: this.label };
    const wish = JSON.stringify(digit);
    if (wish === this.wish && performance.now() - this.wished < AGAIN) return; // pressed twice
    this.wish = wish;
    this.wished = performance.now();
    this.act("digit", digit);
  }

  clear() {
    this.pad.show([]);
    this.label = null;
    this.wish = "";
    this.refresh();
  }

  refresh() {
    this.labels?.forEach((button, label) => button.setAttribute("aria-pressed", String(label === this.label)));
    if (this.button) this.button.disabled = this.pad.empty || this.label === null;
  }
}
