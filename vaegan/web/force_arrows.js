// Arrows from losses to the networks that they move, each as thick as the loss's gradient there.

/** @import { Loss, Network } from "./force_runs.js" */

const SIZE = [400, 96]; // pixels, until it is known
const THICKEST = 16; // pixels, for the strongest pull on a network; others have their share of it
const THINNEST = 1.5;
const HEADS = 9; // pixels that an arrow's head is long
const ROOM = 0.16; // of the width, in which the arrows on one network end side by side

/** How thick an arrow is.
    @type {(norm: number, strongest: number) => number} */
export function thickness(norm, strongest) {
  return strongest > 0 ? Math.max(THINNEST, (THICKEST * norm) / strongest) : THINNEST;
}

/** Draws all arrows of a run; with a network or a loss open ("network-1", "loss-0") the others are dim.
    `centres` are the networks' places across, in pixels.
    @type {(svg: SVGSVGElement, run: { networks: Network[], losses: Loss[] }, centres: number[], open: string) => void} */
export function drawArrows(svg, { networks, losses }, centres, open) {
  const [width, height] = [svg.clientWidth || SIZE[0], svg.clientHeight || SIZE[1]];
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.replaceChildren(
    ...networks.flatMap((_, network) => {
      const arriving = losses.flatMap(({ pulls }, loss) => (pulls[network].way === "none" ? [] : [loss]));
      const strongest = Math.max(...losses.map(({ pulls }) => pulls[network].norm));
      return arriving.flatMap((loss, at) => {
        const { norm, way } = losses[loss].pulls[network];
        const thick = way === "closed" ? THINNEST : thickness(norm, strongest);
        const from = ((loss + 0.5) / losses.length) * width;
        const to = centres[network] + ((at + 0.5) / arriving.length - 0.5) * ROOM * width;
        const isDim = open !== "" && open !== `network-${network}` && open !== `loss-${loss}`;
        return arrow(svg, from, to, thick, way, isDim);
      });
    }),
  );
}

/** @type {(svg: SVGSVGElement, from: number, to: number, thick: number, way: string, isDim: boolean) => Element[]} */
function arrow(svg, from, to, thick, way, isDim) {
  const height = svg.clientHeight || SIZE[1];
  const made = (/** @type {string} */ name, /** @type {Record<string, string>} */ attributes) => {
    const node = document.createElementNS(svg.namespaceURI, name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    return node;
  };
  const line = `M${from} ${height}C${from} ${height / 2} ${to} ${height / 2} ${to} ${HEADS}`;
  const shaft = made("path", { d: line, class: way, "stroke-width": String(thick) });
  if (isDim) shaft.classList.add("dim");
  if (way === "closed") return [shaft];
  const wide = thick / 2 + 4;
  const head = made("polygon", { points: `${to - wide},${HEADS} ${to + wide},${HEADS} ${to},0`, class: `head ${way}` });
  if (isDim) head.classList.add("dim");
  return thick >= 6 && !isDim ? [shaft, made("path", { d: line, class: "flow" }), head] : [shaft, head];
}
