// A network's operations as people see them: layers, each with its weights, the BatchNorm behind it if it has one, and its
// activation; and what the numbers behind an operation are like, in words.

import { size } from "./wire.js";
/** @import { Step } from "./network.js" */
/** @import { Vector } from "./geometry.js" */

/** What an operation is in its layer. */
const KINDS = /** @type {const} */ (["weights", "norm", "activation"]);
const NAMES = {
  linear: "weighted sums of all numbers before",
  conv: "small filters over the maps before",
  conv_transpose: "small filters that spread the maps before",
  scale_shift: "after BatchNorm",
  relu: "after ReLU (below 0 becomes 0)",
  leaky_relu: "after leaky ReLU (below 0 shrinks)",
};
const WEIGHTS = ["linear", "conv", "conv_transpose"];

/** @typedef {(typeof KINDS)[number]} Kind */

/** `shape` is [units] or [maps, rows, columns], `steps` the layer's operations by what they are;
    BatchNorm is one of them if it is `normed`.
    @typedef {{ shape: number[], steps: Partial<Record<Kind, Step>>, values: Vector, normed: boolean }} DrawnLayer */

/** A place in a network at which numbers can be read: a layer, and one of its operations.
    @typedef {{ layer: number, kind: Kind, words: string }} Place */

/** Operations in order as layers; one begins with each operation that has weights.
    @type {(steps: Step[]) => DrawnLayer[]} */
export function layersOf(steps) {
  /** @type {DrawnLayer[]} */
  const layers = [];
  for (const step of steps) {
    if (WEIGHTS.includes(step.op) || !layers.length) layers.push({ shape: [], steps: {}, values: [], normed: false });
    const layer = layers[layers.length - 1];
    layer.steps[kindOf(step)] = step;
    [layer.shape, layer.values] = [step.outputs, step.values];
    layer.normed ||= kindOf(step) === "norm";
  }
  return layers;
}

/** Where numbers can be read in networks that differ in BatchNorm alone: the places of the one that has most of them.
    @type {(networks: DrawnLayer[][]) => Place[]} */
export function placesOf(networks) {
  const places = networks.map((layers) =>
    layers.flatMap(({ shape, steps }, layer) =>
      KINDS.filter((kind) => steps[kind]).map((kind) => {
        const op = /** @type {keyof typeof NAMES} */ (steps[kind]?.op);
        return { layer, kind, words: `Layer ${layer + 1}, ${inWords(shape)}, ${NAMES[op] ?? op}` };
      }),
    ),
  );
  return places.reduce((most, each) => (each.length > most.length ? each : most), []);
}

/** A shape as people say it.
    @type {(shape: number[]) => string} */
export function inWords(shape) {
  const [count, rows, columns] = shape;
  if (shape.length === 1) return `${count.toLocaleString("en")} ${count === 1 ? "unit" : "units"}`;
  return `${count} ${count === 1 ? "map" : "maps"} of ${rows} × ${columns}`;
}

/** What numbers are like, in words.
    @type {(values: Vector) => string} */
export function likeness(values) {
  let [low, high, sum, silent] = [Infinity, -Infinity, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value < low) low = value;
    if (value > high) high = value;
    if (value === 0) silent++;
    sum += value;
  }
  const mean = sum / values.length;
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i] - mean) ** 2;
  const spread = Math.sqrt(squares / values.length);
  const words = `mean ${signed(mean)}, spread ${spread.toFixed(2)}, from ${signed(low)} to ${signed(high)}`;
  return silent ? `${words}; ${Math.round((100 * silent) / values.length)} % are 0` : words;
}

/** Numbers as text with two decimals, so many a row, each row begun with the number of its first one.
    @type {(values: ArrayLike<number>, columns: number) => string} */
export function table(values, columns) {
  const digits = String(values.length).length;
  const rows = [];
  for (let at = 0; at < values.length; at += columns) {
    const row = Array.from({ length: Math.min(columns, values.length - at) }, (_, i) => signed(values[at + i]).padStart(6));
    rows.push(`${String(at + 1).padStart(digits)}:${row.join("")}`);
  }
  return rows.join("\n");
}

/** Columns of numbers with their names above, one row a direction of z.
    @type {(columns: Record<string, Float32Array>) => string} */
export function rows(columns) {
  const names = Object.keys(columns);
  const arrays = Object.values(columns);
  const lines = Array.from(arrays[0], (_, row) =>
    [`${row + 1}:`.padStart(4), ...arrays.map((values) => signed(values[row]).padStart(7))].join(""),
  );
  return ["    ".concat(...names.map((name) => name.padStart(7))), ...lines].join("\n");
}

/** A number with two decimals and a true minus; never "−0.00".
    @type {(value: number) => string} */
export function signed(value) {
  const text = value.toFixed(2);
  return Number(text) < 0 ? text.replace("-", "−") : text.replace("-", "");
}

/** The values of one map of a layer.
    @type {(values: Vector, shape: number[], map: number) => Vector} */
export function oneMap(values, shape, map) {
  const area = size(shape.slice(1));
  return values.slice(map * area, (map + 1) * area);
}

/** @type {(step: Step) => Kind} */
function kindOf({ op }) {
  return WEIGHTS.includes(op) ? "weights" : op === "scale_shift" ? "norm" : "activation";
}
