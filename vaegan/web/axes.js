// The map's axes: from a place on the map, s from 0 to 1, to the coordinate a in latent space, and back. Equal steps on
// the map are equal steps in z, or hold equal shares of the prior.

const EDGE = 0.001; // share of the prior that lies beyond each edge of a map in quantiles

/** From coordinate to place, from place to coordinate, and coordinates with their labels.
    @typedef {{ place: (a: number) => number, value: (s: number) => number, ticks: [number, string][] }} Axis */

/** The part of the map in view, in places: its left and lower edge and the length of its sides.
    @typedef {{ left: number, bottom: number, size: number }} View */

/** The axis of a kind, for z from -reach to reach.
    @type {(kind: "z" | "quantile", reach: number) => Axis} */
export function axis(kind, reach) {
  if (kind === "quantile") {
    const scale = 1 - 2 * EDGE;
    return {
      place: (a) => (normalShare(a) - EDGE) / scale,
      value: (s) => normalQuantile(EDGE + Math.min(1, Math.max(0, s)) * scale),
      ticks: [0.05, 0.25, 0.5, 0.75, 0.95].map((share) => [normalQuantile(share), String(share)]),
    };
  }
  const step = reach > 6 ? 2 : 1;
  const most = Math.floor(reach / step) * step;
  const values = Array.from({ length: (2 * most) / step + 1 }, (_, i) => i * step - most);
  return {
    place: (a) => (a + reach) / (2 * reach),
    value: (s) => (2 * s - 1) * reach,
    ticks: values.map((a) => [a, String(a)]),
  };
}

/** Share of a standard normal below z, by the series of Marsaglia (2004), Evaluating the Normal Distribution.
    @type {(z: number) => number} */
export function normalShare(z) {
  if (Math.abs(z) > 8) return z > 0 ? 1 : 0;
  let [sum, term] = [z, z];
  for (let n = 3; Math.abs(term) > 1e-17; n += 2) {
    term *= (z * z) / n;
    sum += term;
  }
  return 0.5 + sum * density(z);
}

/** z below which a share of a standard normal lies; Newton's method, which from 0 never overshoots.
    @type {(share: number) => number} */
export function normalQuantile(share) {
  let z = 0;
  for (let i = 0; i < 60; i++) {
    const step = (share - normalShare(z)) / density(z);
    z += step;
    if (Math.abs(step) < 1e-12) break;
  }
  return z;
}

/** @type {(z: number) => number} */
function density(z) {
  return Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
}
