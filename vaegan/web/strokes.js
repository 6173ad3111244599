// Strokes as they are kept: whole pixels, and no more points than their shape needs.

/** @import { Point } from "./geometry.js" */

/** `width` and `points` in pixels of the field.
    @typedef {{ width: number, points: Point[] }} Stroke */

export const OUTSIDE = 20; // pixels that a point may lie outside of the field, as in vaegan/data/strokes.py
const TOLERANCE = 1; // pixels by which a kept line may miss a point that is left out

/** The points without those that lie almost on the line between others (Douglas & Peucker 1973).
    @type {(points: Point[]) => Point[]} */
export function simplified(points) {
  if (points.length < 3) return points;
  const [first, last] = [points[0], points[points.length - 1]];
  let [farthest, distance] = [0, 0];
  for (let i = 1; i < points.length - 1; i++) {
    const away = distanceToLine(points[i], first, last);
    if (away > distance) [farthest, distance] = [i, away];
  }
  if (distance <= TOLERANCE) return first[0] === last[0] && first[1] === last[1] ? [first] : [first, last];
  return [...simplified(points.slice(0, farthest + 1)).slice(0, -1), ...simplified(points.slice(farthest))];
}

/** From a point to the nearest place between two others.
    @type {(point: Point, from: Point, to: Point) => number} */
function distanceToLine([x, y], [x1, y1], [x2, y2]) {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const length = dx * dx + dy * dy;
  const share = length ? Math.min(1, Math.max(0, ((x - x1) * dx + (y - y1) * dy) / length)) : 0;
  return Math.hypot(x - x1 - share * dx, y - y1 - share * dy);
}
