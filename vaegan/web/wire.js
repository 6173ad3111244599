// Reads what wire.py sends.

const FORMAT = 2; // as in wire.py

/** The header's values, and the arrays by their names.
    @typedef {{ arrays: Record<string, Float32Array>, [name: string]: any }} Unpacked */

/** What browser_atlas in wire.py packs.
    @typedef {{ reach: number, uncovered: number,
                arrays: Record<"directions" | "points" | "labels" | "density" | "named", Float32Array> }} Atlas */

/** What wire.py has packed.
    @type {(bytes: Uint8Array) => Unpacked} */
export function unpacked(bytes) {
  const buffer = bytes.slice().buffer; // a copy begins at 0; floats can only be viewed from a multiple of four
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  if (header.format !== FORMAT) throw new Error("This page is older than the server. Reload it.");
  /** @type {Record<string, Float32Array>} */
  const arrays = {};
  let start = 4 + length;
  for (const { name, shape } of header.arrays) {
    const size = shape.reduce((/** @type {number} */ a, /** @type {number} */ b) => a * b, 1);
    arrays[name] = new Float32Array(buffer, start, size);
    start += 4 * size;
  }
  return { ...header, arrays };
}
