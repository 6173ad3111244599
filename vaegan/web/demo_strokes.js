// A six, as a hand drew it in the field: for the digit that draws itself.

/** @import { Stroke } from "./strokes.js" */

/** @type {Stroke[]} */
export const DEMO_STROKES = [
  {
    width: 22,
    points: [
      [186, 44], [168, 50], [148, 64], [128, 84], [111, 109], [99, 136], [92, 164], [92, 190], [99, 213], [113, 230],
      [133, 239], [154, 238], [172, 229], [184, 214], [188, 196], [184, 178], [172, 165], [154, 159], [135, 161],
      [118, 170], [104, 183], [95, 197],
    ],
  },
];
