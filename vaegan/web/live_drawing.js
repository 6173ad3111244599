// The stage to draw on: a field, the noise, and at each frame the digit as the networks see it and what each makes of it,
// all computed in a Web Worker. The server is told when a stroke ends, when the slider is let go and when a kind of noise
// is chosen.

import { scriptOf, startWorker } from "./background.js";
import { Component, mounted } from "./component.js";
import { PIXELS } from "./digit.js";
import { NetworkDrawing } from "./network_drawing.js";
import { Demo } from "./demo.js";
import { NoiseKinds } from "./noise_kinds.js";
import { FIELD, Pad } from "./pad.js";
import { digitFrom, floats, paint } from "./picture.js";
import { ResultRow } from "./result_row.js";
import { waitFor } from "./store.js";
import { listIdeas } from "./term.js";
/** @import { Answer, Look, Looked, Opening, Order, Problem } from "./live_worker.js" */
/** @import { Kind } from "./noise_kinds.js" */
/** @import { DrawnTwin } from "./network_drawing.js" */
/** @import { Stroke } from "./strokes.js" */

/** `digit`, `strokes` and `drawn` are of the digit in force: its pixels, how it was drawn, and whether it was drawn here;
    `reader` is the key of the network that reads digits. With `demo` a digit draws itself until somebody takes the pen.
    `parts` names what is shown beside field, level and results: "kinds", "tools", "network" and, as the end of that,
    "opponent".
    @typedef {object} Data
    @property {string | null} digit
    @property {Stroke[]} strokes
    @property {boolean} drawn
    @property {Kind[]} kinds
    @property {string} kind
    @property {number} level
    @property {string} pattern
    @property {(DrawnTwin & { key: string })[]} models
    @property {string | null} reader
    @property {string[]} parts
    @property {[name: string, sentence: string][]} ideas that are explained beside the results
    @property {boolean} demo */

const SILENCE = 600; // milliseconds of rest after which a screen reader is told what is read in the results

/** @extends {Component<Data>} */
class LiveDrawing extends Component {
  /** @param {ParentNode} root */
  constructor(root) {
    super(root);
    /** @type {Float32Array} */ this.pattern = new Float32Array(0);
    /** @type {string | null} */ this.readerKey = null;
    this.opened = false; // the networks, in the worker
    this.stale = false; // something has changed since the worker was last asked
    this.asked = false; // the worker computes
    this.silence = 0; // timer
    /** @type {Answer | null} */ this.answer = null;
    /** @type {Answer | null} */ this.painted = null;
    this.worker = startWorker(scriptOf("live_worker"));
    this.worker.onmessage = ({ data: message }) => this.take(message);
    this.worker.onerror = () => this.take({ problem: "Your browser cannot run the networks. Try another one." });
    this.pad = new Pad(this.find(".pad", HTMLCanvasElement), { changed: () => this.change(), ended: () => this.end() });
    this.demo = new Demo(this.pad, () => this.touch());
    this.results = new ResultRow(this.find(".pictures"));
    /** @type {NetworkDrawing | null} */ this.network = null; // made where it is shown
    /** @type {string | null} */ this.judgeKeys = null;
    this.kinds = new NoiseKinds(this.find(".kinds"), (kind) => this.send("kind", kind));
    this.find(".undo").onclick = () => this.pad.undo();
    this.find(".clear").onclick = () => this.demo.end() || this.pad.clear();
    const brush = this.find(".brush", HTMLInputElement);
    brush.oninput = () => (this.pad.brush = Number(brush.value));
    this.level = this.find(".level", HTMLInputElement);
    this.level.oninput = () => this.change();
    /** @type {number[]} */ this.sentLevels = []; // to the server, which has not answered yet
    this.level.onchange = () => {
      this.sentLevels.push(Number(this.level.value));
      this.send("level", Number(this.level.value));
    };
  }

  /** @param {Data} data */
  update(data) {
    const before = this.data;
    this.takeLevel(data.level, before?.level);
    this.data = data;
    this.pattern = floats(data.pattern);
    const isElsewhere = before && data.digit !== before.digit && !data.drawn && !this.pad.drawing;
    if (!before && data.demo) this.demo.begin();
    else if (!before || isElsewhere) {
      this.demo.end();
      this.pad.show(data.strokes, data.digit ? digitFrom(data.digit) : null);
    }
    if (before?.ideas.length !== data.ideas.length) listIdeas(this.find(".ideas"), data.ideas);
    for (const part of ["kinds", "tools", "network"]) this.find(`.${part}`).hidden = !data.parts.includes(part);
    this.find(".network").classList.toggle("brief", !data.parts.includes("opponent"));
    if (data.parts.includes("network")) this.network ??= this.drawNetwork();
    this.network?.name(data.models);
    this.kinds.show(data.kinds, data.kind);
    this.results.name(data.models);
    const keys = data.models.map(({ key }) => key);
    if (String(keys) !== this.keys) [this.opened, this.answer] = [false, null];
    this.bring(keys, (bytes) => {
      this.order({ open: bytes });
      this.opened = true;
      this.judgeKeys = null; // the worker has forgotten them
      if (this.network?.open === "judge") this.bringJudges();
      this.change();
      this.bringReader();
    });
    this.painted = null;
    this.change();
  }

  /** The server's level is the slider's, unless it answers what was sent while the slider has gone on.
      @type {(level: number, before: number | undefined) => void} */
  takeLevel(level, before) {
    const answered = this.sentLevels.indexOf(level);
    if (answered >= 0) this.sentLevels.splice(0, answered + 1);
    else if (level !== before) this.level.value = String(level);
  }

  /** After the networks, since they can do without it. */
  bringReader() {
    const key = this.data?.reader;
    if (!key || key === this.readerKey) return;
    this.readerKey = key;
    this.stopReader = waitFor(
      [key],
      ([bytes]) => {
        this.order({ read: bytes });
        this.change();
      },
      () => (this.readerKey = null),
    );
  }

  /** Ask at once for what the networks make of it now, so that the browser's next frame can show it. */
  change() {
    this.stale = true;
    if (this.data) this.ask(this.data);
    this.touch();
  }

  drawNetwork() {
    const places = { column: this.find(".network"), digit: this.find(".input"), panel: this.find(".inside") };
    return new NetworkDrawing(places, { look: (wish) => this.order(wish), judge: () => this.bringJudges() });
  }

  /** When somebody opens the discriminator, since nothing else needs it. */
  bringJudges() {
    const keys = this.data?.models.map(({ judge }) => judge) ?? [];
    const known = keys.filter((key) => key !== null);
    if (!known.length || !this.opened || String(keys) === this.judgeKeys) return;
    this.stopJudges?.();
    this.judgeKeys = String(keys);
    this.stopJudges = waitFor(
      known,
      (bytes) => {
        const left = [...bytes];
        this.order({ judge: keys.map((key) => (key === null ? null : left.shift() ?? null)) });
        this.network?.change();
      },
      () => {
        this.judgeKeys = null;
        this.network?.panel.fail("its weights did not arrive; close this stage and open it again.");
      },
    );
  }

  /** @type {(message: Look | Opening | Order) => void} */
  order(message) {
    this.worker.postMessage(message);
  }

  /** Ask the worker, unless it is still at it: then the next one will be asked for when it is done.
      @type {(data: Data) => void} */
  ask({ kind }) {
    if (!this.stale || this.asked || !this.opened) return;
    [this.stale, this.asked] = [false, true];
    const { pattern, keys } = this;
    const { digit } = this.pad;
    const drawing = digit || this.pad.empty ? null : this.pad.pixels();
    this.order({ drawing, side: FIELD, digit, kind, level: Number(this.level.value), pattern, keys });
  }

  /** @type {(message: Answer | Problem | { looked: Looked | null }) => void} */
  take(message) {
    if ("looked" in message) {
      this.network?.take(message.looked?.keys === this.keys ? message.looked : null);
      return;
    }
    this.asked = false;
    if ("problem" in message) [this.problem, this.opened, this.keys] = [message.problem, false, null];
    else if (message.keys === this.keys) this.answer = message;
    if (this.data) this.ask(this.data);
    this.touch();
  }

  /** @type {(data: Data) => void} */
  frame(data) {
    this.demo.frame();
    this.ask(data);
    const { answer } = this;
    this.showLevel();
    const nothing = this.pad.empty ? !this.pad.digit && !this.demo.running : answer && !answer.digit;
    this.say(nothing ? "Draw one digit, large." : this.opened ? "" : this.awaited);
    if (nothing || !this.opened) {
      this.painted = null;
      paint(this.find(".input canvas", HTMLCanvasElement), new Float32Array(PIXELS));
      this.results.empty();
    } else if (answer?.digit && answer !== this.painted) {
      this.painted = answer;
      this.show(answer);
    }
  }

  showLevel() {
    const words = `${this.level.value} %`;
    const shown = this.find(".level-shown");
    if (shown.textContent !== words) shown.textContent = words;
  }

  /** @type {(answer: Answer) => void} */
  show({ pictures, ratings, took }) {
    paint(this.find(".input canvas", HTMLCanvasElement), pictures[0]);
    this.results.show(pictures.slice(1), ratings);
    this.network?.change();
    this.find(".speed").textContent = `Cleaned in your browser, ${took.toFixed(1)} ms a frame.`;
    clearTimeout(this.silence);
    if (!this.demo.running) {
      this.silence = setTimeout(() => (this.find(".spoken").textContent = this.results.words), SILENCE);
    }
  }

  end() {
    this.send("drawing", this.pad.message());
  }

  dispose() {
    clearTimeout(this.silence);
    this.stopReader?.();
    this.stopJudges?.();
    this.network?.dispose();
    this.demo.end();
    this.worker.terminate();
    super.dispose();
  }
}

export default mounted(LiveDrawing);
