// Reads what wire.py sends.

/** bytes -> the header's values, and `arrays`: name -> Float32Array. */
export function unpacked(bytes) {
  const buffer = bytes.slice().buffer; // a copy begins at 0, as views of floats need it
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const arrays = {};
  let at = 4 + length;
  for (const { name, shape } of header.arrays) {
    const size = shape.reduce((a, b) => a * b, 1);
    arrays[name] = new Float32Array(buffer, at, size);
    at += 4 * size;
  }
  return { ...header, arrays };
}
