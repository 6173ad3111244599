// The marks of points in a chart, by the names that plotly has for them: shapes tell lines apart where colours do not.

/** Corners of a shape, around 0 0 and within 1.
    @type {Record<string, [number, number][]>} */
const CORNERS = {
  square: [[-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]],
  diamond: [[0, -1.2], [1.2, 0], [0, 1.2], [-1.2, 0]],
  "triangle-up": [[0, -1.2], [1.1, 0.9], [-1.1, 0.9]],
  "triangle-right": [[1.2, 0], [-0.9, 1.1], [-0.9, -1.1]],
  cross: plus(0),
  x: plus(Math.PI / 4),
  star: Array.from({ length: 10 }, (_, at) => onCircle(at % 2 ? 0.55 : 1.3, (at * Math.PI) / 5 - Math.PI / 2)),
};
const OPEN = "-open"; // the end of a name: the shape's border alone
const HOLE = 0.62; // of an open shape's size

/** The outline of a symbol around a place, with a hole if it is an open one; a circle if the name is not known.
    @type {(name: string, x: number, y: number, radius: number) => string} */
export function symbolPath(name, x, y, radius) {
  if (name.endsWith(OPEN)) {
    const shape = name.slice(0, -OPEN.length);
    return outline(shape, x, y, radius, false) + outline(shape, x, y, HOLE * radius, true);
  }
  return outline(name, x, y, radius, false);
}

/** @type {(name: string, x: number, y: number, radius: number, backwards: boolean) => string} */
function outline(name, x, y, radius, backwards) {
  const corners = CORNERS[name];
  if (!corners) {
    const half = `a${radius} ${radius} 0 1 ${backwards ? 0 : 1} `;
    return `M${x - radius} ${y}${half}${2 * radius} 0${half}${-2 * radius} 0Z`;
  }
  const places = corners.map(([across, down]) => `${(x + radius * across).toFixed(1)} ${(y + radius * down).toFixed(1)}`);
  return `M${(backwards ? places.reverse() : places).join("L")}Z`;
}

/** @type {(radius: number, angle: number) => [number, number]} */
function onCircle(radius, angle) {
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
}

/** The twelve corners of a plus, turned.
    @type {(angle: number) => [number, number][]} */
function plus(angle) {
  const [wide, far] = [0.35, 1.1];
  const quarter = /** @type {[number, number][]} */ ([[wide, -far], [wide, -wide], [far, -wide]]);
  return [0, 1, 2, 3].flatMap((turns) =>
    quarter.map(([x, y]) => onCircle(Math.hypot(x, y), Math.atan2(y, x) + angle + (turns * Math.PI) / 2)),
  );
}
