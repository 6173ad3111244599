// The path from pin A to pin B, and how far along it the shown place is: by the slider, or by itself, there and back.

import { between } from "./geometry.js";
/** @import { Vector, Way } from "./geometry.js" */
/** @import { TheMap } from "./latent_map.js" */
/** @import { Panel } from "./map_panel.js" */

const THERE = 2000; // milliseconds from one end to the other

export class Walk {
  /** @param {TheMap} map */
  constructor(map) {
    this.map = map;
    /** @type {Way} */ this.way = "linear";
    /** @type {number | null} */ this.along = null; // 0 to 1; null: the pointer chooses the place
    /** @type {{ since: number } | null} */ this.playing = null;
    this.slider = map.find(".along", HTMLInputElement);
    this.slider.oninput = () => {
      this.play(false);
      this.along = Number(this.slider.value);
      map.touch();
    };
    map.find(".play").onclick = () => this.play(!this.playing);
    map.find(".unpin").onclick = () => map.pin([]);
  }

  /** Show the row of the path if there is one, and walk on; called at every frame. */
  frame() {
    const isThere = this.map.pins.length > 1;
    [this.map.find(".path").hidden, this.map.find(".hint").hidden] = [!isThere, isThere];
    this.map.find(".way-shown").textContent = this.way === "linear" ? "(straight)" : "(along an arc)";
    if (!this.playing) return;
    const turns = ((performance.now() - this.playing.since) / THERE) % 2;
    this.along = turns > 1 ? 2 - turns : turns;
    this.slider.value = String(this.along);
  }

  /** @param {boolean} on */
  play(on) {
    if (on === Boolean(this.playing)) return;
    const starts = on && this.map.pins.length === 2;
    this.playing = starts ? { since: performance.now() - THERE * (this.along ?? 0) } : null;
    this.map.find(".play").textContent = this.playing ? "❚❚ Pause" : "▶ Play";
    this.map.touch();
  }

  /** Leave the path: the pointer chooses the place. */
  leave() {
    this.along = null;
    this.play(false);
  }

  /** Points of the path in a panel's latent space, or null without two pins.
      @type {(panel: Panel) => Vector[] | null} */
  path(panel) {
    return this.map.pins.length < 2 ? null : Array.from({ length: 41 }, (_, i) => this.at(panel, i / 40));
  }

  /** @type {(panel: Panel, along: number) => Vector} */
  at(panel, along) {
    const [a, b] = this.map.pins.map((pin) => panel.z(pin));
    return between(this.way, a, b, along);
  }
}
