// A frame that is dragged over a picture, by mouse or finger; a press alone takes the whole picture again.
// The keyboard has the sliders beside it, which say the same, so nothing here is announced.

import { element } from "./elements.js";
/** @import { Call } from "./component.js" */

/** In shares of the picture's sides. @typedef {[left: number, top: number, right: number, bottom: number]} Part */

const LEAST = 0.05; // of a side; the server refuses what is smaller

/** The part between two places, whichever comes first.
    @param {number[]} from @param {number[]} to @returns {Part} */
function between([fromX, fromY], [toX, toY]) {
  return [Math.min(fromX, toX), Math.min(fromY, toY), Math.max(fromX, toX), Math.max(fromY, toY)];
}

/** What a gesture means: the part, or the whole picture if it is too small to be one.
    @param {Part} part @returns {Part} */
function meant(part) {
  const [left, top, right, bottom] = part;
  return Math.min(right - left, bottom - top) < LEAST ? [0, 0, 1, 1] : part;
}

/** @type {(call: Call<{ picture: string, part: Part }>) => void} */
export default function ({ parentElement, data, setTriggerValue }) {
  const area = element(parentElement, ".cut");
  const frame = element(area, ".frame");
  element(area, "img", HTMLImageElement).src = `data:image/jpeg;base64,${data.picture}`;
  /** @type {number[] | null} */
  let from = null;

  /** @param {Part} part */
  const show = ([left, top, right, bottom]) => {
    frame.style.inset = `${100 * top}% ${100 * (1 - right)}% ${100 * (1 - bottom)}% ${100 * left}%`;
  };
  /** @param {PointerEvent} event */
  const place = (event) => {
    const box = area.getBoundingClientRect();
    const shares = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    return shares.map((share) => Math.min(1, Math.max(0, share)));
  };
  show(data.part);
  area.onpointerdown = (event) => {
    if (!event.isPrimary || event.button !== 0) return;
    area.setPointerCapture(event.pointerId);
    from = place(event);
  };
  area.onpointermove = (event) => {
    if (from && event.isPrimary) show(between(from, place(event)));
  };
  area.onpointerup = (event) => {
    if (!from || !event.isPrimary) return;
    const part = meant(between(from, place(event)));
    from = null;
    show(part);
    setTriggerValue("part", part);
  };
  area.onpointercancel = () => {
    from = null;
    show(data.part);
  };
}
