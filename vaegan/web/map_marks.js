// What moves on a map: the pointer's cross, pins and the path between them, and where the digit in force lies. Crosses and
// pins at the map's border are drawn whole, so their canvas is wider than the map.

import { contextOf } from "./elements.js";
import { both, ellipse, project } from "./geometry.js";
/** @import { Point } from "./geometry.js" */
/** @import { Context } from "./map_layers.js" */
/** @import { Panel } from "./map_panel.js" */
/** @import { Posterior } from "./network.js" */

export const BORDER = 14; // pixels of the page around the map
export const YOURS = "#ff5fa2";
const PATH = "#ffb000";

/** @type {(panel: Panel) => void} */
export function drawMarks(panel) {
  const { map, marks, scale, side } = panel;
  const context = contextOf(marks);
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, marks.width, marks.height);
  context.translate(BORDER * scale, BORDER * scale);
  context.save();
  context.beginPath();
  context.rect(0, 0, side, side);
  context.clip();
  drawPath(context, panel);
  if (panel.yours) drawYours(context, panel, panel.yours);
  context.restore();
  const inView = (/** @type {Point} */ at) => at.every((value) => value > -1 && value < side + 1);
  map.pins.forEach((pin, index) => {
    const at = placed(panel, pin);
    if (inView(at)) drawPin(context, scale, at, "AB"[index]);
  });
  const at = placed(panel, map.shownPoint(panel));
  if (inView(at)) drawCross(context, scale, at);
}

/** Where a point is on the map's canvas.
    @type {(panel: Panel, point: Point) => Point} */
export function placed(panel, point) {
  return panel.toScreen(both(point, panel.map.axis.place));
}

/** @type {(context: Context, panel: Panel) => void} */
function drawPath(context, panel) {
  const way = panel.map.walk.path(panel);
  if (!way) return;
  Object.assign(context, { strokeStyle: PATH, lineWidth: 2 * panel.scale });
  const points = way.map((z) => placed(panel, project(panel.directions, z)));
  outlined(context, panel.scale, () => trace(context, points));
}

/** @type {(context: Context, panel: Panel, yours: Posterior) => void} */
function drawYours(context, panel, { mu, logvar }) {
  const { scale, directions } = panel;
  Object.assign(context, { strokeStyle: YOURS, fillStyle: YOURS, lineWidth: 2 * scale });
  for (const deviations of [1, 2]) {
    const ring = ellipse(directions, mu, logvar, deviations).map((point) => placed(panel, point));
    outlined(context, scale, () => trace(context, ring));
  }
  const [x, y] = placed(panel, project(directions, mu));
  context.beginPath();
  context.arc(x, y, 5 * scale, 0, 2 * Math.PI);
  context.fill();
  Object.assign(context, { strokeStyle: "#fff", lineWidth: 1.5 * scale });
  context.stroke();
}

/** @type {(context: Context, scale: number, at: Point) => void} */
function drawCross(context, scale, [x, y]) {
  Object.assign(context, { strokeStyle: "#fff", lineWidth: 1.5 * scale });
  outlined(context, scale, () => {
    context.beginPath();
    context.arc(x, y, 9 * scale, 0, 2 * Math.PI);
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      context.moveTo(x + 5 * dx * scale, y + 5 * dy * scale);
      context.lineTo(x + 13 * dx * scale, y + 13 * dy * scale);
    }
  });
}

/** @type {(context: Context, scale: number, at: Point, letter: string) => void} */
function drawPin(context, scale, [x, y], letter) {
  context.beginPath();
  context.arc(x, y, 9 * scale, 0, 2 * Math.PI);
  Object.assign(context, { fillStyle: PATH, strokeStyle: "#000", lineWidth: 1.5 * scale });
  context.fill();
  context.stroke();
  Object.assign(context, { fillStyle: "#000", font: `bold ${11 * scale}px sans-serif` });
  Object.assign(context, { textAlign: "center", textBaseline: "middle" });
  context.fillText(letter, x, y);
}

/** @type {(context: Context, points: Point[]) => void} */
function trace(context, points) {
  context.beginPath();
  points.forEach(([x, y], index) => (index ? context.lineTo(x, y) : context.moveTo(x, y)));
}

/** Draws every line twice, a wider dark one below, so that it can be seen on black and on white.
    @type {(context: Context, scale: number, path: () => void) => void} */
function outlined(context, scale, path) {
  const { strokeStyle, lineWidth } = context;
  path();
  Object.assign(context, { strokeStyle: "#000b", lineWidth: lineWidth + 2 * scale });
  context.stroke();
  Object.assign(context, { strokeStyle, lineWidth });
  context.stroke();
}
