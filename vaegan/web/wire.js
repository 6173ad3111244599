// Reads what wire.py sends.

const FORMAT = 2; // as in wire.py

/** bytes -> the header's values, and `arrays`: name -> Float32Array. */
export function unpacked(bytes) {
  const buffer = bytes.slice().buffer; // a copy begins at 0; floats can only be viewed from a multiple of four
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  if (header.format !== FORMAT) throw new Error("This page is older than the server. Reload it.");
  const arrays = {};
  let start = 4 + length;
  for (const { name, shape } of header.arrays) {
    const size = shape.reduce((a, b) => a * b, 1);
    arrays[name] = new Float32Array(buffer, start, size);
    start += 4 * size;
  }
  return { ...header, arrays };
}
