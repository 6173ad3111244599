// A component without a face: it brings bytes into the tab. The first line is the key.

import { keep } from "./store.js";

export default function ({ data }) {
  if (!data) return;
  const end = data.indexOf(10);
  keep(new TextDecoder().decode(data.subarray(0, end)), data.subarray(end + 1));
}
