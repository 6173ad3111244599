// Bytes from the server, on their way into the tab. The first line is the key. It shows nothing.

import { keep } from "./store.js";

export default function ({ data }) {
  const end = data.indexOf(10);
  keep(new TextDecoder().decode(data.subarray(0, end)), data.subarray(end + 1));
}
