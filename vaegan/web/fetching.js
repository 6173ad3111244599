// Fetches bytes over HTTP. Their key is the end of their address, and the browser keeps them under it for ever.

const BYTES = "application/octet-stream"; // a server without our routes answers with a page

/** What the server says there is nothing under, as against a server that does not know our addresses at all. */
export class NothingThere extends Error {}

/** The bytes at `address`; `progressed` hears how many of how many are here.
    @type {(address: string, progressed: (here: number, all: number) => void) => Promise<Uint8Array>} */
export async function fetched(address, progressed) {
  const answer = await fetch(address, { priority: "low" }); // the page's own scripts go first
  if (answer.status === 404) throw new NothingThere(address);
  if (!answer.ok || !answer.body || answer.headers.get("content-type") !== BYTES) throw new Error(address);
  const bytes = new Uint8Array(Number(answer.headers.get("x-uncompressed-length")));
  const reader = answer.body.getReader();
  let here = 0;
  progressed(here, bytes.length);
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    bytes.set(part.value, here); // RangeError if there are more than the server has said
    here += part.value.length;
    progressed(here, bytes.length);
  }
  if (here !== bytes.length) throw new Error(address);
  return bytes;
}
