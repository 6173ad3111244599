// Mouse, pen, fingers and keys on the map: move to hover, click to pin, drag a pin or the map, wheel and pinch to zoom.

import { both } from "./geometry.js";
import { placed } from "./map_marks.js";
/** @import { View } from "./axes.js" */
/** @import { Point } from "./geometry.js" */
/** @import { TheMap } from "./latent_map.js" */
/** @import { Panel } from "./map_panel.js" */

/** How a gesture began: with this event and view, on this pin; and whether it has moved.
    @typedef {{ event: PointerEvent, view: View, pin: number | null, moved: boolean }} Start */

const CLICK = 5; // pixels that the pointer may move during a click
const CLOSEST = 0.02; // share of the map's side that is in view when zoomed in fully
const REST = 250; // milliseconds that the view must rest before the server is told of it

export class MapGestures {
  /** @param {TheMap} map */
  constructor(map) {
    this.map = map;
    /** @type {Map<number, PointerEvent>} */ this.fingers = new Map(); // the last event of each that is down
    /** @type {Start | null} */ this.start = null;
    this.resting = 0; // the timer that tells the server of the view
  }

  /** @param {Panel} panel */
  listen(panel) {
    const { over } = panel;
    over.addEventListener("pointerdown", (event) => this.down(panel, event));
    over.addEventListener("pointermove", (event) => this.move(panel, event));
    over.addEventListener("pointerup", (event) => this.up(panel, event));
    over.addEventListener("pointercancel", (event) => this.lost(event));
    over.addEventListener("wheel", (event) => this.wheel(panel, event), { passive: false });
    over.addEventListener("keydown", (event) => this.key(event));
  }

  /** @type {(panel: Panel, event: PointerEvent) => void} */
  down(panel, event) {
    panel.over.setPointerCapture(event.pointerId);
    this.fingers.set(event.pointerId, event);
    this.start = { event, view: { ...this.map.view }, pin: this.pinAt(panel, event), moved: false };
  }

  /** @type {(panel: Panel, event: PointerEvent) => void} */
  move(panel, event) {
    const { map } = this;
    if (!this.fingers.has(event.pointerId)) {
      map.hover(this.pointOf(panel, event));
      return;
    }
    if (this.fingers.size === 2) this.pinch(panel, event);
    this.fingers.set(event.pointerId, event);
    const { start } = this;
    if (!start) return; // the browser has cancelled the gesture, and another of its fingers is still down
    const distance = Math.hypot(event.clientX - start.event.clientX, event.clientY - start.event.clientY);
    start.moved ||= distance > CLICK || this.fingers.size > 1;
    if (!start.moved || this.fingers.size > 1) return;
    if (start.pin !== null) {
      map.pins[start.pin] = this.pointOf(panel, event);
      map.hover(map.pins[start.pin], event.pointerType === "touch");
    } else if (event.pointerType === "touch") {
      map.hover(this.pointOf(panel, event), true); // one finger looks, two move the map
    } else {
      this.drag(panel, start, event);
    }
  }

  /** @type {(panel: Panel, start: Start, event: PointerEvent) => void} */
  drag(panel, start, event) {
    const scale = start.view.size / panel.over.getBoundingClientRect().width;
    const [dx, dy] = [event.clientX - start.event.clientX, event.clientY - start.event.clientY];
    this.look({ ...start.view, left: start.view.left - dx * scale, bottom: start.view.bottom + dy * scale });
  }

  /** @type {(panel: Panel, event: PointerEvent) => void} */
  pinch(panel, event) {
    const other = [...this.fingers.values()].find(({ pointerId }) => pointerId !== event.pointerId);
    const before = this.fingers.get(event.pointerId);
    if (!other || !before) return;
    /** @type {(a: PointerEvent, b: PointerEvent) => number} */
    const apart = (a, b) => Math.max(1, Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY));
    const middle = { clientX: (event.clientX + other.clientX) / 2, clientY: (event.clientY + other.clientY) / 2 };
    this.zoom(apart(before, other) / apart(event, other), panel.placeOf(middle));
  }

  /** @type {(panel: Panel, event: PointerEvent) => void} */
  up(panel, event) {
    this.fingers.delete(event.pointerId);
    const { map, start } = this;
    if (!start || this.fingers.size) return;
    this.start = null;
    if (!start.moved) {
      const point = this.pointOf(panel, event);
      map.hover(point, event.pointerType === "touch");
      map.pin(map.pins.length === 1 ? [...map.pins, point] : [point]);
    } else if (start.pin !== null) {
      map.pin([...map.pins]);
    }
  }

  /** @param {PointerEvent} event */
  lost(event) {
    this.fingers.delete(event.pointerId);
    this.start = null;
  }

  /** The wheel zooms only if the map has the focus (after a click) or Ctrl is held; otherwise it scrolls the page.
      @type {(panel: Panel, event: WheelEvent) => void} */
  wheel(panel, event) {
    const page = /** @type {Document | ShadowRoot} */ (panel.root.getRootNode());
    if (!event.ctrlKey && page.activeElement !== panel.over) return;
    event.preventDefault();
    this.zoom(Math.exp(0.0015 * event.deltaY), panel.placeOf(event));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { map } = this;
    const step = (map.view.size / 50) * (event.shiftKey ? 5 : 1);
    /** @type {Record<string, Point>} */
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    /** @type {Record<string, () => void>} */
    const actions = {
      Enter: () => map.pin(map.pins.length === 1 ? [...map.pins, map.point] : [map.point]),
      Escape: () => map.pin([]),
      "+": () => this.zoom(0.6),
      "-": () => this.zoom(1 / 0.6),
      0: () => this.look({ left: 0, bottom: 0, size: 1 }),
    };
    if (moves[event.key]) {
      const [right, up] = moves[event.key];
      const [x, y] = both(map.point, map.axis.place);
      map.hover(this.pointAt([x + step * right, y + step * up]));
    } else if (actions[event.key]) {
      actions[event.key]();
    } else {
      return;
    }
    event.preventDefault();
  }

  /** Zooms about a place of the map, by default where the pointer is.
      @type {(factor: number, about?: Point) => void} */
  zoom(factor, about = both(this.map.point, this.map.axis.place)) {
    const { left, bottom, size } = this.map.view;
    const next = Math.min(1, Math.max(CLOSEST, size * factor));
    const [x, y] = about;
    this.look({ left: x - ((x - left) / size) * next, bottom: y - ((y - bottom) / size) * next, size: next });
  }

  /** @param {View} view */
  look({ left, bottom, size }) {
    const { map } = this;
    const inside = (/** @type {number} */ value) => Math.min(1 - size, Math.max(0, value));
    map.view = { left: inside(left), bottom: inside(bottom), size };
    map.moving = true;
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      map.moving = false;
      map.refresh();
      map.send("view", [map.view.left, map.view.bottom, map.view.size]);
    }, REST);
    map.refresh();
  }

  /** @type {(panel: Panel, event: MouseEvent) => Point} */
  pointOf(panel, event) {
    return this.pointAt(panel.placeOf(event));
  }

  /** The point at a place, or at the map's edge if the place lies beyond it.
      @type {(place: Point) => Point} */
  pointAt(place) {
    return both(place, (value) => this.map.axis.value(Math.min(1, Math.max(0, value))));
  }

  /** @type {(panel: Panel, event: MouseEvent) => number | null} */
  pinAt(panel, event) {
    const box = panel.over.getBoundingClientRect();
    const near = this.map.pins.findIndex((pin) => {
      const [x, y] = both(placed(panel, pin), (pixels) => pixels / panel.scale);
      return Math.hypot(x - (event.clientX - box.left), y - (event.clientY - box.top)) < 14;
    });
    return near < 0 ? null : near;
  }
}
