// Reads the passcode behind the # of the teacher's link, which no server is sent, takes it out of the address, and tells
// the page. It shows nothing.

import { mounted } from "./component.js";
import { pageIsShown } from "./page_shown.js";
/** @import { Send } from "./component.js" */

const MOST = 100; // characters
const PATIENCE = 5_000; // milliseconds

class Passcode {
  constructor() {
    /** @type {Send} */ this.send = () => {};
    const text = decodeURIComponent(location.hash.slice(1)).slice(0, MOST);
    if (text) history.replaceState(history.state, "", location.pathname + location.search);
    if (text) pageIsShown(PATIENCE).then(() => this.send("passcode", text)); // what is sent too early may be lost
  }

  update() {} // nothing comes from the server

  dispose() {}
}

export default mounted(Passcode);
