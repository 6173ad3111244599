// The kinds of noise as a row of buttons: the commonest, the chosen one, and all others behind "more".

/** `common` ones are always shown.
    @typedef {{ name: string, label: string, help: string, common: boolean }} Kind */

export class NoiseKinds {
  /** @param {HTMLElement} row @param {(name: string) => void} choose */
  constructor(row, choose) {
    this.row = row;
    this.choose = choose;
    this.open = false; // all are shown
    this.chosen = "";
    /** @type {Kind[]} */ this.kinds = [];
    /** @type {HTMLButtonElement[]} */ this.buttons = [];
    this.more = document.createElement("button");
    this.more.type = "button";
    this.more.onclick = () => {
      this.open = !this.open;
      this.mark();
    };
  }

  /** @type {(kinds: Kind[], chosen: string) => void} */
  show(kinds, chosen) {
    this.chosen = chosen;
    if (kinds.length !== this.kinds.length) {
      this.kinds = kinds;
      this.buttons = kinds.map((kind) => this.button(kind));
      this.row.replaceChildren(...this.buttons, this.more);
    }
    this.mark();
  }

  /** @param {Kind} kind */
  button({ name, label, help }) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", textContent: label, title: help });
    button.onclick = () => {
      this.choose(name);
      this.chosen = name; // the server's answer brings the pattern
      this.open = false;
      this.mark();
    };
    return button;
  }

  mark() {
    this.buttons.forEach((button, index) => {
      const { name, common } = this.kinds[index];
      button.setAttribute("aria-pressed", String(name === this.chosen));
      button.hidden = !(this.open || common || name === this.chosen);
    });
    this.more.textContent = this.open ? "less" : "more";
    this.more.setAttribute("aria-expanded", String(this.open));
    this.more.setAttribute("aria-label", this.open ? "Fewer kinds of noise" : "More kinds of noise");
  }
}
