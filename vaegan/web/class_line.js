// The tab's line to its class: news by server-sent events where the server has our routes, else with what the page brings
// each time it is drawn anew. It outlives the page, so that one who follows from page to page misses nothing.

/** What a student's browser is told; classroom/room.py makes it.
    @typedef {{ lesson: string, step: number, text: string, choices: string[], words: string[], mine: string | null,
      counts: Record<string, number> | null }} Question
    @typedef {{ code: string, over?: string | null, name?: string, follow?: boolean, paused?: boolean,
      shown?: { page: string, number: number }, question?: Question | null,
      wall?: { open: boolean, given: number }, joined?: number, here?: number, answered?: number | null }} View */

/** What a student reads, by key: `class.KEY` in the catalogues of the lessons.
    @typedef {Record<string, string>} Words */

/** @typedef {object} Line
    @property {string} code of the room; empty before there is one
    @property {View | null} view the newest
    @property {EventSource | null} source
    @property {boolean} following whether this tab goes where the teacher goes
    @property {number} asked the number of what this tab has last asked to be taken to */

const CHANGED = "vaegan-class-changed";
const shared = /** @type {{ vaeganClass?: Line }} */ (globalThis);
export const line = (shared.vaeganClass ??= { code: "", view: null, source: null, following: true, asked: 0 });

/** Listen to the news of this room, if the tab does not yet. Browsers connect anew by themselves after sleep.
    @type {(code: string, prefix: string) => void} */
export function listen(code, prefix) {
  begin(code);
  if (line.source && line.source.readyState !== EventSource.CLOSED) return;
  const source = new EventSource(`${prefix}/class/${code}/events`);
  source.onmessage = ({ data }) => tell(JSON.parse(data));
  line.source = source;
}

/** Another class than before is a new beginning.
    @param {string} code */
export function begin(code) {
  if (line.code === code) return;
  line.source?.close();
  Object.assign(line, { code, view: null, source: null, following: true, asked: 0 });
}

/** @param {View} view */
export function tell(view) {
  line.view = view;
  if (view.over) line.source?.close();
  globalThis.dispatchEvent(new Event(CHANGED));
}

/** Calls `listener` at news. Returns a function that ends this.
    @type {(listener: () => void) => () => void} */
export function onNews(listener) {
  globalThis.addEventListener(CHANGED, listener);
  return () => globalThis.removeEventListener(CHANGED, listener);
}

/** Asks the class for something over HTTP; resolves to a sentence if it was refused, else to an empty text.
    @type {(code: string, prefix: string, kind: string, payload: object) => Promise<string>} */
export async function post(code, prefix, kind, payload) {
  try {
    const answer = await fetch(`${prefix}/class/${code}/${kind}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(payload),
    });
    if (answer.ok) return "";
    const { problem } = await answer.json();
    return String(problem);
  } catch {
    return "The class cannot be reached. Look whether the phone is in the school's network, then try again.";
  }
}
