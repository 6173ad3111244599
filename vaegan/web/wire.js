// Reads what wire.py sends.

const FORMAT = 3; // as in wire.py

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
  for (const { name, shape, type } of header.arrays) {
    const count = size(shape);
    arrays[name] =
      type === "float16" ? fromHalves(new Uint16Array(buffer, start, count)) : new Float32Array(buffer, start, count);
    start += Math.ceil((count * (type === "float16" ? 2 : 4)) / 4) * 4; // each begins at a multiple of four
  }
  return { ...header, arrays };
}

/** How many numbers an array of this shape has.
    @type {(shape: number[]) => number} */
export function size(shape) {
  return shape.reduce((a, b) => a * b, 1);
}

/** Finite float16 numbers, given by their bits, since not every browser has Float16Array. Sign, exponent and fraction
    go where float32 has them; its exponents count from 127 instead of 15, which the factor makes up for.
    @type {(halves: Uint16Array) => Float32Array} */
function fromHalves(halves) {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < bits.length; i++) bits[i] = ((halves[i] & 0x8000) << 16) | ((halves[i] & 0x7fff) << 13);
  const values = new Float32Array(bits.buffer);
  for (let i = 0; i < values.length; i++) values[i] *= 2 ** 112;
  return values;
}
