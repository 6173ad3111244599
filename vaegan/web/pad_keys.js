// Drawing by keyboard: a cursor on the digit's grid of 28 x 28, and words about it for those who do not see it.

import { SIDE } from "./digit.js";
/** @import { Point } from "./geometry.js" */
/** @import { Pad } from "./pad.js" */

const CELL = 10; // pixels of the field for each of the digit's
const CURSOR = "#ffd166";
const SILENCE = 300; // milliseconds that the cursor must rest before its place is spoken
const HINT = ["Arrows move, Space draws and stops,", "Backspace takes back, Escape stops."];
/** @type {Record<string, Point>} */
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Listens to the keys of `pad`'s canvas, which becomes a tab stop. */
export class PadKeys {
  /** @param {Pad} pad */
  constructor(pad) {
    this.pad = pad;
    /** @type {Point} */ this.cell = [SIDE / 2, SIDE / 2]; // where the cursor is: column and row
    this.shown = false;
    this.down = false; // the pen, put down by a key
    this.silence = 0; // timer
    const { canvas } = pad;
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "application");
    canvas.setAttribute("aria-description", HINT.join(" "));
    this.voice = document.createElement("span");
    this.voice.className = "unseen";
    this.voice.setAttribute("aria-live", "polite");
    canvas.after(this.voice);
    canvas.addEventListener("keydown", (event) => this.press(event));
    canvas.addEventListener("focus", () => this.appear(canvas.matches(":focus-visible")));
    canvas.addEventListener("blur", () => {
      this.lift();
      this.appear(false);
    });
    canvas.addEventListener("pointerdown", () => {
      this.down = false; // the pad has lifted the pen
      this.appear(false);
    });
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = STEPS[event.key];
    if (step) this.move(step, event.shiftKey ? 4 : 1);
    else if (event.key === " " || event.key === "Enter") this.down ? this.lift() : this.lower();
    else if (event.key === "Backspace") this.takeBack();
    else if (event.key === "Escape" && this.down) this.lift();
    else return;
    event.preventDefault();
  }

  /** @type {(step: Point, cells: number) => void} */
  move(step, cells) {
    const [column, row] = this.cell.map((at, axis) => Math.min(SIDE - 1, Math.max(0, at + cells * step[axis])));
    this.cell = [column, row];
    if (this.down) this.pad.extend([this.place]);
    this.appear(true);
    this.say(this.words, SILENCE);
  }

  lower() {
    this.down = true;
    this.pad.begin(this.place);
    this.appear(true);
    this.say(`Pen down. ${this.words}`);
  }

  lift() {
    if (!this.down) return;
    this.down = false;
    this.pad.lift();
    this.appear(true);
    this.say("Pen up.");
  }

  takeBack() {
    this.lift();
    this.pad.undo();
    const count = this.pad.strokes.length;
    this.say(count ? `Taken back. Strokes: ${count}.` : "Taken back. No strokes.");
  }

  /** @param {boolean} shown */
  appear(shown) {
    if (!shown && !this.shown) return;
    this.shown = shown;
    this.pad.redraw();
  }

  /** The middle of the cursor, in the field's pixels.
      @returns {Point} */
  get place() {
    const [column, row] = this.cell;
    return [(column + 0.5) * CELL, (row + 0.5) * CELL];
  }

  get words() {
    const [column, row] = this.cell;
    return `Row ${row + 1}, column ${column + 1}.`;
  }

  /** @type {(words: string, after?: number) => void} */
  say(words, after = 0) {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => (this.voice.textContent = words), after);
  }

  /** Draws the cursor, filled while it draws; and before the first stroke which keys there are.
      @param {CanvasRenderingContext2D} screen */
  paint(screen) {
    if (!this.shown) return;
    const [x, y] = this.place.map((middle) => middle - CELL / 2);
    [screen.strokeStyle, screen.fillStyle, screen.lineWidth] = [CURSOR, CURSOR, 2.5];
    screen.strokeRect(x, y, CELL, CELL);
    if (this.down) screen.fillRect(x, y, CELL, CELL);
    if (!this.pad.empty) return;
    [screen.font, screen.textAlign] = ["13px sans-serif", "center"];
    HINT.forEach((line, index) => screen.fillText(line, (SIDE * CELL) / 2, 250 + 18 * index));
  }
}
