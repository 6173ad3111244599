// Looks elements up by selector and kind, so that a wrong name in a component's HTML says so at once.

/** The first element under `root` that matches, of the kind given; an Error if there is none.
    Without a kind it is an HTMLElement, whatever the caller needs (hence NoInfer).
    @template {HTMLElement} T
    @param {ParentNode} root @param {string} selector @param {new () => T} [kind] @returns {NoInfer<T>} */
export function element(root, selector, kind) {
  const match = root.querySelector(selector);
  if (!(match instanceof (kind ?? HTMLElement))) throw new Error(`There is no ${kind?.name ?? "element"} ${selector}.`);
  return /** @type {T} */ (match);
}

/** What draws on a canvas.
    @type {(canvas: HTMLCanvasElement, settings?: CanvasRenderingContext2DSettings) => CanvasRenderingContext2D} */
export function contextOf(canvas, settings) {
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", settings));
}
