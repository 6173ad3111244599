// The stage of the Train page: the course of the runs, their pictures, and one time line that moves both. While runs
// train its buttons hold, step and stop them; afterwards it plays their epochs.

import { Album, showStrip } from "./album.js";
import { Component, mounted } from "./component.js";
import { CurveChart } from "./curves.js";
import { ForceRuns } from "./force_runs.js";
import { folded, legend, mapFigure, stripFigure } from "./training_parts.js";
/** @import { Line, Chart } from "./curves.js" */
/** @import { Sheet, Strip } from "./album.js" */
/** @import { ForcedRun } from "./force_runs.js" */

/** One run: `values` are its losses in words by epoch, `kinds` what its pictures show, `now` the newest ones.
    @typedef {{ id: string, name: string, twin: string, colour: string, dash: string, status: string,
      values: [number, string][], lines: Line[], kinds: string[], sheet: Sheet | null, now: Strip | null }} Run */

/** @typedef {{ title: string, words: string }} Alarm */

/** @typedef {{ epoch: number, items: { url: string, name: string, twin: string }[] }} Maps */

/** `title`, `words`, `up`, `said` and an alarm's words are HTML. `reached` is the last epoch that has ended, `done` the
    share that is trained; `turn` grows when the server chooses the `epoch` (null is the newest). With `forces` who moves
    whom is drawn in the pictures' place.
    @typedef {{ title: string, words: string, up: string, said: string, alarms: Alarm[], runs: Run[], given: string,
      givenWords: string, chart: Chart, reached: number, done: number, active: boolean, held: boolean, resumable: boolean,
      turn: number, epoch: number | null, speed: number, map: boolean, maps: Maps | null,
      forces: ForcedRun[] | null }} Data */

const REST = 250; // milliseconds without a move after which the server hears of the epoch
const MANY = 4; // runs from which on their pictures stand in two columns

/** @extends {Component<Data>} */
class Training extends Component {
  /** @param {ParentNode} root */
  constructor(root) {
    super(root);
    /** @type {Map<string, Album>} by run */ this.albums = new Map();
    /** @type {Map<string, Maps>} by run and epoch */ this.maps = new Map();
    /** @type {number | null} */ this.turn = null;
    /** @type {number | null} the epoch that is shown; null is the newest */ this.chosen = null;
    this.playing = 0; // the number of a timer
    this.resting = 0; // the same, until the server hears of the epoch
    /** @type {number | null} of the map that the server was last asked for */ this.asked = null;
    /** @type {Map<string, string>} what each paragraph says */ this.written = new Map();
    this.drawnRuns = ""; // the ids for which the elements below stand
    const chart = root.querySelector(".curves");
    if (!(chart instanceof SVGElement)) throw new Error("There is no element .curves.");
    this.chart = new CurveChart(chart, (epoch) => this.choose(epoch));
    this.forces = new ForceRuns(this.find(".forces"));
    this.slider = this.find(".epoch", HTMLInputElement);
    this.slider.oninput = () => this.choose(Number(this.slider.value));
    this.find(".main").onclick = () => this.press();
    this.find(".back").onclick = () => this.choose(this.shown - 1);
    this.find(".forward").onclick = () => this.choose(this.shown + 1);
    this.find(".newest").onclick = () => this.choose(Infinity);
    this.find(".map").onclick = () => this.showMap();
    const speed = this.find(".speed", HTMLSelectElement);
    speed.onchange = () => this.send("speed", Number(speed.value));
    for (const [name, act] of [["batch", "step_batch"], ["pass", "step_epoch"], ["stop", "stop"], ["resume", "resume"]]) {
      this.find(`.${name}`).onclick = () => this.trigger("act", act);
    }
    this.resized = new ResizeObserver(() => this.touch());
    this.resized.observe(chart);
  }

  /** @type {import("./component.js").Send} */
  trigger = () => {}; // `mounted` replaces it

  /** @param {Data} data */
  update(data) {
    const before = this.data;
    this.data = data;
    for (const run of data.runs) {
      const album = this.albums.get(run.id) ?? new Album();
      this.albums.set(run.id, album);
      if (run.sheet) album.take(run.sheet, run.kinds.length);
    }
    if (data.maps) this.maps.set(this.mapKey(data, data.maps.epoch), data.maps);
    if (data.turn !== this.turn) {
      [this.turn, this.chosen] = [data.turn, data.epoch];
      this.pause();
    }
    if (data.active && !before?.active) this.pause();
    this.announce(before, data);
    this.touch();
  }

  /** The epoch that is shown. */
  get shown() {
    const reached = this.data?.reached ?? 0;
    return Math.max(0, Math.min(this.chosen ?? reached, reached));
  }

  /** Show an epoch; while runs train, beyond the last one is the newest, which is followed.
      @param {number} epoch */
  choose(epoch) {
    const { data } = this;
    if (!data) return;
    const isNewest = epoch >= data.reached;
    this.chosen = isNewest && data.active ? null : Math.max(0, Math.min(epoch, data.reached));
    this.tell(REST);
    this.touch();
  }

  /** Let the server know of the epoch, so that the address and what lies below follow.
      @param {number} milliseconds from now */
  tell(milliseconds) {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.send("epoch", this.chosen), milliseconds);
  }

  /** The main button: of the training while it goes on, of playing afterwards. */
  press() {
    const { data } = this;
    if (!data) return;
    if (data.active) this.trigger("act", data.held ? "resume" : "pause");
    else if (this.playing) this.pause();
    else this.play(data);
    this.touch();
  }

  /** @param {Data} data */
  play(data) {
    if (this.shown >= data.reached) this.chosen = 0;
    const next = () => {
      this.playing = setTimeout(() => {
        if (!this.data) return;
        this.chosen = Math.min(this.shown + 1, this.data.reached);
        if (this.chosen < this.data.reached) next();
        else this.pause();
        this.touch();
      }, 1000 / Number(this.find(".speed", HTMLSelectElement).value));
    };
    next();
  }

  pause() {
    if (this.playing) this.tell(0);
    clearTimeout(this.playing);
    this.playing = 0;
  }

  showMap() {
    const { data } = this;
    if (!data) return;
    data.map = !data.map; // at once; the server says the same with its next data
    this.asked = null;
    this.send("map", data.map);
    this.touch();
  }

  /** @type {(data: Data, epoch: number) => string} */
  mapKey(data, epoch) {
    return [...data.runs.map(({ id }) => id), epoch].join(" ");
  }

  /** @param {Data} data */
  frame(data) {
    const { title, words: watch, up, said } = data;
    for (const [name, words] of Object.entries({ title, words: watch, up, said })) {
      const place = this.find(`.${name}`);
      if (this.written.get(name) !== words) place.innerHTML = words; // HTML of the server's, with terms marked in it
      this.written.set(name, words);
      place.hidden = !words;
    }
    if (this.drawnRuns !== this.structure(data)) this.build(data);
    this.fillRuns(data);
    this.fillAlarms(data.alarms);
    this.fillPictures(data);
    this.fillMaps(data);
    this.fillForces(data);
    this.fillTimeline(data);
    const marked = data.runs.length && (!data.active || this.chosen !== null) ? this.shown : null;
    this.chart.draw({ ...data.chart, lines: data.runs.flatMap(({ lines }) => lines) }, marked);
    this.chart.svg.setAttribute("aria-label", this.inWords(data));
  }

  /** @param {Data} data */
  structure({ runs, givenWords }) {
    return JSON.stringify([givenWords, ...runs.map(({ id, name, kinds }) => [id, name, kinds])]);
  }

  /** Makes the elements for these runs; what changes in them is filled in at each frame.
      @param {Data} data */
  build(data) {
    this.drawnRuns = this.structure(data);
    this.find(".runs").replaceChildren(...data.runs.map(legend));
    const rows = data.runs.flatMap((run) => run.kinds.map((kind) => stripFigure(run, kind, data.runs.length > 1)));
    const pictures = this.find(".pictures");
    pictures.classList.toggle("many", data.runs.length >= MANY);
    pictures.classList.toggle("three", data.runs.length === MANY - 1);
    const given = data.givenWords ? [stripFigure(null, data.givenWords, false)] : [];
    pictures.replaceChildren(...given, ...rows);
  }

  /** @param {Data} data */
  fillRuns(data) {
    [...this.find(".runs").children].forEach((item, index) => {
      const { values, status } = data.runs[index];
      const upTo = values.filter(([epoch]) => epoch <= this.shown);
      const [value, phase] = ["value", "status"].map((name) => item.querySelector(`.${name}`));
      if (value) value.textContent = upTo.length ? upTo[upTo.length - 1][1] : "";
      if (phase) phase.textContent = status;
    });
  }

  /** Alarms that stand already stay as they are: whoever reads one is not disturbed.
      @param {Alarm[]} alarms */
  fillAlarms(alarms) {
    const place = this.find(".alarms");
    const standing = new Map([...place.children].map((item) => [item instanceof HTMLElement && item.dataset.title, item]));
    const wanted = alarms.map((alarm) => standing.get(alarm.title) ?? folded(alarm));
    if (wanted.length === place.children.length && wanted.every((item, index) => item === place.children[index])) return;
    place.replaceChildren(...wanted);
  }

  /** @param {Data} data */
  fillPictures(data) {
    const strips = [...this.find(".pictures").querySelectorAll(".strip")];
    const show = (/** @type {Strip | null} */ what, /** @type {string} */ words) => {
      const next = strips.shift();
      if (!(next instanceof HTMLElement)) return;
      showStrip(next, what);
      next.setAttribute("aria-label", words);
    };
    if (data.givenWords) show(data.given ? { url: data.given, row: 0, rows: 1 } : null, `${data.givenWords}: ten digits`);
    for (const run of data.runs) {
      run.kinds.forEach((kind, index) => {
        const kept = this.albums.get(run.id)?.at(this.shown, index) ?? null;
        const follows = this.chosen === null && run.now;
        const what = follows ? { ...run.now, row: index } : kept;
        const when = follows ? "now" : kept ? `after epoch ${kept.epoch}` : "not there yet";
        show(/** @type {Strip | null} */ (what), `${run.name}, ${kind.toLowerCase()}: ten digits, ${when}`);
      });
    }
  }

  /** @param {Data} data */
  fillMaps(data) {
    const isShown = data.map && !data.active && data.runs.length > 0 && !data.forces;
    const place = this.find(".maps");
    [place.hidden, this.find(".pictures").hidden] = [!isShown, isShown];
    this.find(".layout").classList.toggle("mapped", isShown);
    if (!isShown) return;
    const maps = this.maps.get(this.mapKey(data, this.shown));
    if (!maps && this.asked !== this.shown && (this.asked === null || this.maps.has(this.mapKey(data, this.asked)))) {
      this.asked = this.shown;
      clearTimeout(this.resting);
      this.send("epoch", this.shown);
    }
    place.classList.toggle("late", !maps);
    if (!maps || place.dataset.shown === this.mapKey(data, maps.epoch)) return;
    place.dataset.shown = this.mapKey(data, maps.epoch);
    place.replaceChildren(...maps.items.map((item) => mapFigure(item, maps.epoch)));
  }

  /** @param {Data} data */
  fillForces({ forces }) {
    this.find(".forces").hidden = !forces;
    if (!forces) return;
    this.find(".pictures").hidden = true;
    this.forces.show(forces);
  }

  /** @param {Data} data */
  fillTimeline(data) {
    const { active, held, reached, runs } = data;
    const total = active ? data.chart.epochs : reached;
    const last = active ? "Newest" : "the last";
    const hide = (/** @type {string} */ name, /** @type {boolean} */ on) => (this.find(`.${name}`).hidden = on);
    const main = this.find(".main", HTMLButtonElement);
    main.textContent = active ? (held ? "Go on" : "Pause") : this.playing ? "Pause" : "Play";
    main.title = active ? "Hold the training, or let it go on" : "Let the epochs go by";
    main.disabled = active ? false : !reached;
    for (const name of ["batch", "pass", "stop"]) hide(name, !active);
    for (const name of ["back", "forward", "speed", "map"]) hide(name, active || !runs.length);
    if (data.forces) hide("map", true); // both stand in the same place
    hide("resume", !data.resumable);
    hide("newest", !active || this.chosen === null);
    this.find(".map").setAttribute("aria-pressed", String(data.map));
    this.find(".speed", HTMLSelectElement).value = String(data.speed);
    this.slider.max = String(Math.max(1, total));
    this.slider.value = String(this.shown);
    this.slider.disabled = !reached;
    const place = runs.length ? `epoch ${this.shown} of ${total}` : "";
    this.slider.setAttribute("aria-valuetext", place || `no epoch yet; ${last} will stand here`);
    this.find(".place").textContent = place;
    const bar = this.find(".done i");
    bar.style.width = `${100 * (active ? data.done : reached ? 1 : 0)}%`;
  }

  /** What the chart shows, for those who do not see it.
      @type {(data: Data) => string} */
  inWords({ runs }) {
    if (!runs.length) return "Curve of the training, empty until a lesson is pressed";
    const parts = runs.map(({ name, values }) => {
      const upTo = values.filter(([epoch]) => epoch <= this.shown);
      return `${name} ${upTo.length ? upTo[upTo.length - 1][1] : "has no value yet"}`;
    });
    return `${this.find(".up").textContent} by epoch. After epoch ${this.shown}: ${parts.join("; ")}`;
  }

  /** Say aloud when training begins, holds or ends; not each step.
      @param {Data | null} before @param {Data} data */
  announce(before, data) {
    const phase = (/** @type {Data | null} */ one) => (one?.runs.length ? (one.active ? (one.held ? "holds" : "goes on") : "has ended") : "");
    if (phase(before) !== phase(data) && phase(data)) this.find(".spoken").textContent = `The training ${phase(data)}.`;
  }

  dispose() {
    clearTimeout(this.playing);
    clearTimeout(this.resting);
    this.resized.disconnect();
    super.dispose();
  }
}

export default mounted(Training);
