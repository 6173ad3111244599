// What a digit is on its way through the networks of a run, beside them: pictures and z, which open to their numbers.

import { SIDE } from "./digit.js";
import { likeness, rows, table } from "./network_layers.js";
import { canvasIn } from "./network_lanes.js";
import { paintBars } from "./network_paint.js";
import { digitFrom, floats, paint } from "./picture.js";
/** @import { Colour } from "./network_paint.js" */
/** @import { ForcedRun } from "./force_runs.js" */

/** `words` say what it is, `numbers` are all of it as text.
    @typedef {{ name: string, title: string, kind: string, words: (run: ForcedRun) => string,
      numbers: (run: ForcedRun) => string, draw: (place: HTMLElement, run: ForcedRun, colour: Colour) => void }} WayStage */

/** @type {WayStage[]} */
export const WAY = [
  {
    name: "digit",
    title: "digit",
    kind: "picture-place",
    words: ({ digit }) => `The digit that the encoder is given, pixel by pixel: ${likeness(digitFrom(digit ?? ""))}.`,
    numbers: ({ digit }) => table(digitFrom(digit ?? ""), SIDE),
    draw: (place, { digit }) => digit && paint(canvasIn(place), digitFrom(digit)),
  },
  {
    name: "z",
    title: "z",
    kind: "point",
    words: ({ sigma }) =>
      sigma === null
        ? "The few numbers from which the decoder draws."
        : "The few numbers that stand for the digit; sigma says how unsure the encoder is of each.",
    numbers: ({ z, sigma }) => rows(sigma === null ? { z: floats(z) } : { z: floats(z), sigma: floats(sigma) }),
    draw: (place, { z, sigma }, colour) =>
      paintBars(canvasIn(place), floats(z), sigma === null ? null : floats(sigma), colour),
  },
  {
    name: "drawn",
    title: "drawn",
    kind: "picture-place",
    words: ({ rebuilt }) => `What the decoder draws from z, pixel by pixel: ${likeness(digitFrom(rebuilt))}.`,
    numbers: ({ rebuilt }) => table(digitFrom(rebuilt), SIDE),
    draw: (place, { rebuilt }) => paint(canvasIn(place), digitFrom(rebuilt)),
  },
];
