// A network's layers drawn below each other, small: of a convolution some of its maps, of a dense layer all its units.

import { paintLayer } from "./network_paint.js";
/** @import { DrawnLayer } from "./network_layers.js" */
/** @import { Colour } from "./network_paint.js" */

const MAPS = 4; // of a layer that are drawn in a row

/** A row for each layer, narrower where it has fewer numbers, marked where BatchNorm stands behind it.
    @type {(place: HTMLElement, layers: Pick<DrawnLayer, "values" | "shape" | "normed">[], colour: Colour) => void} */
export function drawLayers(place, layers, colour) {
  if (place.childElementCount !== layers.length) place.replaceChildren(...layers.map(() => lane("layer")));
  layers.forEach(({ values, shape, normed }, index) => {
    const row = /** @type {HTMLElement} */ (place.children[index]);
    row.classList.toggle("normed", normed);
    paintLayer(canvasIn(row), values, shape, colour, { most: MAPS, across: MAPS });
  });
}

/** A place to draw in.
    @param {string} [name] @returns {HTMLElement} */
export function lane(name = "lane") {
  const place = document.createElement("span");
  place.className = name;
  return place;
}

/** The place's canvas, made when first needed.
    @param {HTMLElement} place @returns {HTMLCanvasElement} */
export function canvasIn(place) {
  const [first] = place.children;
  if (first instanceof HTMLCanvasElement) return first;
  const canvas = document.createElement("canvas");
  canvas.setAttribute("aria-hidden", "true"); // words say what it shows
  place.replaceChildren(canvas);
  return canvas;
}
