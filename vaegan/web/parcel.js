// Puts bytes that came from the server into the tab's store. Their first line is the key. It shows nothing.

import { keep } from "./store.js";

/** @type {(call: { data: Uint8Array }) => void} */
export default function ({ data }) {
  const end = data.indexOf(10);
  keep(new TextDecoder().decode(data.subarray(0, end)), data.subarray(end + 1));
}
