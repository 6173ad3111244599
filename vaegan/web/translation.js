// Says what a page has lent in another language: each text, and each name or hint of a control, is replaced by its
// translation as soon as it appears, also within the shadow of a component. So pages need not know of languages.

/** @typedef {{ source: string, shown: string }} Said */

const NAMES = ["aria-label", "title", "alt", "aria-valuetext"]; // of a control or a picture
const SILENT = "style, script, [data-testid=stIconMaterial]"; // an icon is a word of a font
const MOST = 3000; // texts that are remembered
const CHANGES = { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: NAMES };

export class Dictionary {
  /** `words` are translations by texts; in a text {1}, {2} ... stand for numbers, {a}, {b} ... for words.
      @param {Record<string, string>} words */
  constructor(words) {
    this.words = new Map(Object.entries(words));
    this.patterns = Object.entries(words).filter(([text]) => /\{\w\}/.test(text)).map(([text, said]) => ({ form: formOf(text), said }));
    /** @type {Map<string, string>} */ this.known = new Map();
  }

  /** A text as it is said; what stands around it and what nobody has translated stays as it is.
      @param {string} text @returns {string} */
  say(text) {
    const [, before, core, after] = /** @type {RegExpExecArray} */ (/^(\s*)(.*?)(\s*)$/su.exec(text));
    return core ? before + this.look(core.replace(/\s+/g, " "), core) + after : text;
  }

  /** @type {(text: string, written: string) => string} */
  look(text, written) {
    let said = this.known.get(text);
    if (said === undefined) {
      if (this.known.size >= MOST) this.known.clear();
      this.known.set(text, (said = this.words.get(text) ?? this.filled(text) ?? inNumbers(written)));
    }
    return said;
  }

  /** @param {string} text */
  filled(text) {
    for (const { form, said } of this.patterns) {
      const parts = form.exec(text)?.groups;
      if (parts) return said.replace(/\{(\w)\}/g, (_, name) => this.look(parts[`_${name}`], parts[`_${name}`]));
    }
  }
}

export class Translation {
  constructor() {
    this.dictionary = new Dictionary({});
    this.spoken = "{}"; // the words of the dictionary
    /** @type {WeakMap<Node, Said>} */ this.texts = new WeakMap();
    /** @type {WeakMap<Element, Map<string, Said>>} */ this.names = new WeakMap();
    /** @type {Set<Node>} */ this.roots = new Set();
    this.observer = new MutationObserver((changes) => {
      for (const { type, target, addedNodes } of changes) {
        if (type === "childList") addedNodes.forEach((node) => this.visit(node));
        else if (target instanceof Element) this.visitNames(target);
        else this.visitText(target);
      }
    });
  }

  /** From now on say it with these words.
      @param {Record<string, string>} words */
  speak(words) {
    const spoken = JSON.stringify(words);
    if (spoken === this.spoken) return;
    [this.spoken, this.dictionary] = [spoken, new Dictionary(words)];
    for (const root of this.roots) this.visit(root, true);
    if (!this.speaks) this.stop();
  }

  /** Whether there is anything to translate. */
  get speaks() {
    return this.dictionary.words.size > 0;
  }

  /** See to what stands below `root`, and to the components in it whose shadows nobody announces.
      @param {Element} root */
  look(root) {
    if (!this.speaks) return;
    this.watch(root);
    for (const element of root.querySelectorAll("*")) if (element.shadowRoot) this.watch(element.shadowRoot);
  }

  /** @param {Node} root */
  watch(root) {
    if (this.roots.has(root)) return;
    for (const old of this.roots) if (!old.isConnected) this.roots.delete(old);
    this.roots.add(root);
    this.visit(root);
    this.observer.observe(root, CHANGES);
  }

  /** `anew` if the words are others than before.
      @type {(node: Node, anew?: boolean) => void} */
  visit(node, anew = false) {
    if (node instanceof Text) this.visitText(node, anew);
    if (node instanceof Element) {
      if (node.matches(SILENT)) return;
      this.visitNames(node, anew);
      if (node.shadowRoot && !anew) this.watch(node.shadowRoot);
    }
    for (const child of node.childNodes) this.visit(child, anew);
  }

  /** @type {(node: Node, anew?: boolean) => void} */
  visitText(node, anew = false) {
    if (!(node instanceof Text) || node.parentElement?.matches(SILENT)) return;
    const said = this.said(this.texts.get(node), node.data, anew);
    if (!said) return;
    this.texts.set(node, said);
    if (node.data !== said.shown) node.data = said.shown;
  }

  /** @type {(element: Element, anew?: boolean) => void} */
  visitNames(element, anew = false) {
    for (const name of NAMES) {
      const value = element.getAttribute(name);
      if (!value) continue;
      const names = this.names.get(element) ?? new Map();
      this.names.set(element, names);
      const said = this.said(names.get(name), value, anew);
      if (!said) continue;
      names.set(name, said);
      if (value !== said.shown) element.setAttribute(name, said.shown);
    }
  }

  /** What is to be said where `text` stands; null if that is what was said last.
      @type {(last: Said | undefined, text: string, anew: boolean) => Said | null} */
  said(last, text, anew) {
    const isOurs = last?.shown === text;
    if (isOurs && !anew) return null;
    const source = isOurs && last ? last.source : text;
    return { source, shown: this.speaks ? this.dictionary.say(source) : source };
  }

  stop() {
    this.observer.disconnect();
    this.roots.clear();
  }
}

/** @type {(text: string) => RegExp} */
function formOf(text) {
  const escaped = text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const place = (/** @type {string} */ _, /** @type {string} */ name) =>
    /\d/.test(name) ? `(?<_${name}>[-+−]?\\d[\\d.,]*)` : `(?<_${name}>.+?)`;
  return new RegExp(`^${escaped.replace(/\\\{(\w)\\\}/g, place)}$`, "su");
}

/** A text with a comma where the English decimal point is, and a point where the English comma is.
    @type {(text: string) => string} */
function inNumbers(text) {
  return text.replace(/(?<=\d)[.,](?=\d)/g, (mark) => (mark === "." ? "," : "."));
}
