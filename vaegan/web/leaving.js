// Tells whether another page was asked for a moment ago: by a link, or by the browser's back and forward.

const MOMENT = 1_000; // milliseconds in which the page that is left may still be seen

let asked = -MOMENT;
const note = () => (asked = performance.now());

/** Whether a click there opens another page in this tab.
    @param {EventTarget} target */
function leadsAway(target) {
  return target instanceof HTMLAnchorElement && !target.download && target.target !== "_blank";
}

globalThis.addEventListener("popstate", note);
globalThis.addEventListener("click", (event) => event.composedPath().some(leadsAway) && note(), { capture: true });

/** @type {() => boolean} */
export const isLeaving = () => performance.now() - asked < MOMENT;
