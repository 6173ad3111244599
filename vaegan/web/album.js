// The pictures of a training by run and epoch: what a run makes of the same ten digits, and ten new ones.

/** Pictures in a sheet: ten digits wide, a row for each kind, the kinds of one epoch after those of the one before.
    @typedef {{ url: string, epochs: number[] }} Sheet */

/** @typedef {{ url: string, row: number, rows: number }} Strip */

export class Album {
  constructor() {
    /** @type {Map<number, Strip>} by epoch: the first kind's */ this.strips = new Map();
    /** @type {string | null} */ this.newest = null; // the URL of the sheet that was taken last
  }

  /** Keep what a sheet shows. A later picture of the same epoch, from the middle of the next one, does not replace it.
      @param {Sheet} sheet @param {number} kinds */
  take({ url, epochs }, kinds) {
    if (url === this.newest) return;
    this.newest = url;
    epochs.forEach((epoch, index) => {
      if (epochs.length > 1 || !this.strips.has(epoch)) {
        this.strips.set(epoch, { url, row: kinds * index, rows: kinds * epochs.length });
      }
    });
  }

  /** The strip of a kind at an epoch, else at the last one before that is here.
      @param {number} epoch @param {number} kind @returns {(Strip & { epoch: number }) | null} */
  at(epoch, kind) {
    const before = [...this.strips.keys()].filter((each) => each <= epoch);
    if (!before.length) return null;
    const last = Math.max(...before);
    const strip = /** @type {Strip} */ (this.strips.get(last));
    return { ...strip, row: strip.row + kind, epoch: last };
  }
}

/** Shows one row of a sheet in an element that is ten times as wide as high.
    @type {(element: HTMLElement, strip: Strip | null) => void} */
export function showStrip({ style }, strip) {
  style.backgroundImage = strip ? `url("${strip.url}")` : "none";
  if (!strip) return;
  style.backgroundSize = `100% ${100 * strip.rows}%`;
  style.backgroundPosition = `0 ${strip.rows > 1 ? (100 * strip.row) / (strip.rows - 1) : 0}%`;
}
