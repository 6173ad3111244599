// A digit that draws itself again and again until somebody takes the pen; it stands still where less motion is wanted.

import { DEMO_STROKES } from "./demo_strokes.js";
/** @import { Point } from "./geometry.js" */
/** @import { Pad } from "./pad.js" */
/** @import { Stroke } from "./strokes.js" */

const SPEED = 130; // pixels of the field a second
const PAUSE = 2500; // milliseconds between the end of one drawing and the next

export class Demo {
  /** @param {Pad} pad @param {() => void} wake asks for another frame */
  constructor(pad, wake) {
    this.pad = pad;
    this.wake = wake;
    this.running = false;
    this.began = 0;
    this.drawn = -1; // pixels of the way that are shown
    const take = (/** @type {Event} */ event) => {
      if (!(event instanceof KeyboardEvent) || !["Tab", "Shift"].includes(event.key)) this.end();
    };
    // Both hear of it before the pad begins a stroke.
    for (const kind of ["pointerdown", "keydown"]) pad.canvas.addEventListener(kind, take, { capture: true });
  }

  begin() {
    this.running = true;
    this.drawn = -1;
    this.began = performance.now();
    this.wake();
  }

  /** Empty the field for whoever draws now. Returns whether there was anything to end. */
  end() {
    if (!this.running) return false;
    this.running = false;
    this.pad.show([]);
    return true;
  }

  /** Draw as much as would be drawn by now. */
  frame() {
    if (!this.running) return;
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const passed = performance.now() - this.began;
    const whole = length();
    const round = (1000 * whole) / SPEED + PAUSE;
    const drawn = isStill ? whole : Math.min(whole, ((passed % round) / 1000) * SPEED);
    if (drawn !== this.drawn) this.pad.show(upTo(drawn));
    this.drawn = drawn;
    if (!isStill) this.wake();
  }
}

function length() {
  return DEMO_STROKES.reduce((sum, { points }) => sum + along(points), 0);
}

/** How long a line is.
    @type {(points: Point[]) => number} */
function along(points) {
  return points.slice(1).reduce((sum, [x, y], at) => sum + Math.hypot(x - points[at][0], y - points[at][1]), 0);
}

/** The strokes as far as a pen has come after `way` pixels.
    @type {(way: number) => Stroke[]} */
function upTo(way) {
  const strokes = [];
  let left = way;
  for (const { width, points } of DEMO_STROKES) {
    /** @type {Point[]} */
    const reached = [points[0]];
    for (let at = 1; at < points.length && left > 0; at++) {
      const [from, to] = [points[at - 1], points[at]];
      const step = along([from, to]);
      const share = Math.min(1, left / step);
      reached.push([from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])]);
      left -= step;
    }
    strokes.push({ width, points: reached });
    if (left <= 0) break;
  }
  return strokes;
}
