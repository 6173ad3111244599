// Vectors in latent space, as in vaegan/model/latent.py. `directions` are two orthonormal rows of d numbers, flat.

/** @typedef {[number, number]} Point */
/** @typedef {number[] | Float32Array | Float64Array} Vector */
/** @typedef {"linear" | "spherical"} Way */

const SMALLEST_SINE = 1e-3;

/** The point whose coordinates are `use` of a point's.
    @type {(point: Point, use: (coordinate: number) => number) => Point} */
export function both([x, y], use) {
  return [use(x), use(y)];
}

/** Coordinates [x, y] of z along the directions.
    @type {(directions: Float32Array, z: Vector) => Point} */
export function project(directions, z) {
  const d = z.length;
  let [x, y] = [0, 0];
  for (let i = 0; i < d; i++) {
    x += directions[i] * z[i];
    y += directions[d + i] * z[i];
  }
  return [x, y];
}

/** origin + x directions[0] + y directions[1].
    @type {(origin: Vector, directions: Float32Array, point: Point) => Vector} */
export function onPlane(origin, directions, [x, y]) {
  const d = origin.length;
  return origin.map((value, i) => value + x * directions[i] + y * directions[d + i]);
}

/** The origin of the plane through z along the directions: z without its part along them.
    @type {(directions: Float32Array, z: Vector) => Vector} */
export function planeOrigin(directions, z) {
  const [x, y] = project(directions, z);
  return onPlane(z, directions, [-x, -y]);
}

/** The point at t, from 0 to 1, of the way from a to b: "linear", or "spherical", along the great circle.
    @type {(way: Way, a: Vector, b: Vector, t: number) => Vector} */
export function between(way, a, b, t) {
  const straight = () => a.map((value, i) => (1 - t) * value + t * b[i]);
  if (way === "linear") return straight();
  const [p, q] = [norm(a), norm(b)];
  if (p === 0 || q === 0) return straight();
  const apart = norm(a.map((value, i) => value / p - b[i] / q));
  const together = norm(a.map((value, i) => value / p + b[i] / q));
  const angle = 2 * Math.atan2(apart, together);
  const sine = Math.sin(angle);
  if (sine < SMALLEST_SINE) return straight();
  const length = (1 - t) * p + t * q;
  const [ofA, ofB] = [(Math.sin((1 - t) * angle) / sine) * (length / p), (Math.sin(t * angle) / sine) * (length / q)];
  return a.map((value, i) => ofA * value + ofB * b[i]);
}

/** Points of the ellipse of `deviations` standard deviations of N(mu, diag(exp(logvar))) along the directions.
    @type {(directions: Float32Array, mu: Vector, logvar: Vector, deviations: number, count?: number) => Point[]} */
export function ellipse(directions, mu, logvar, deviations, count = 64) {
  const d = mu.length;
  let [xx, xy, yy] = [0, 0, 0];
  for (let i = 0; i < d; i++) {
    const variance = Math.exp(logvar[i]);
    xx += directions[i] ** 2 * variance;
    xy += directions[i] * directions[d + i] * variance;
    yy += directions[d + i] ** 2 * variance;
  }
  const [x, y] = project(directions, mu);
  const side = Math.sqrt(xx); // the covariance's Cholesky factor makes an ellipse of a circle
  const [slant, rest] = [xy / side, Math.sqrt(Math.max(0, yy - (xy / side) ** 2))];
  return Array.from({ length: count + 1 }, (_, k) => {
    const turn = (2 * Math.PI * k) / count;
    const [c, s] = [deviations * Math.cos(turn), deviations * Math.sin(turn)];
    return [x + side * c, y + slant * c + rest * s];
  });
}

/** What z looks like: the classes of the `k` nearest to z of the digits `named` (their mu, flat, N x d; their classes are
    `labels`), the nearest first, and the class that most of them have.
    @type {(z: Vector, named: Float32Array, labels: Float32Array, k?: number) => { label: number, nearest: number[] }} */
export function looksLike(z, named, labels, k = 5) {
  const d = z.length;
  /** @type {[number, number][]} */
  const found = []; // [distance, class], nearest first
  for (let n = 0; n * d < named.length; n++) {
    let distance = 0;
    for (let i = 0; i < d; i++) distance += (z[i] - named[n * d + i]) ** 2;
    if (found.length === k && distance >= found[k - 1][0]) continue;
    const place = found.findIndex(([other]) => distance < other);
    found.splice(place < 0 ? found.length : place, 0, [distance, labels[n]]);
    found.length = Math.min(found.length, k);
  }
  const nearest = found.map(([, label]) => label);
  const votes = new Map();
  nearest.forEach((label) => votes.set(label, (votes.get(label) ?? 0) + 1));
  const [label] = [...votes].reduce((best, each) => (each[1] > best[1] ? each : best)); // a draw: the nearer digit's class
  return { label, nearest };
}

/** @type {(vector: Vector) => number} */
function norm(vector) {
  let sum = 0;
  for (const value of vector) sum += value * value;
  return Math.sqrt(sum);
}
