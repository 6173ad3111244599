// What the class is asked, with a button for each answer; and once it is revealed, how many took each.

import { element } from "./elements.js";
/** @import { Question, Words } from "./class_line.js" */

export class ClassQuestion {
  /** @param {HTMLElement} root @param {(kind: string, payload: object) => void} act */
  constructor(root, act) {
    this.root = root;
    this.act = act;
    this.drawn = "";
  }

  /** @param {Question | null} question @param {Words} say */
  draw(question, say) {
    const text = JSON.stringify([question, say.noted]);
    if (text === this.drawn) return;
    this.drawn = text;
    this.root.hidden = question === null;
    if (!question) return;
    const { lesson, step, choices, words, mine, counts } = question;
    element(this.root, ".text").textContent = question.text;
    const row = element(this.root, ".choices");
    row.classList.toggle("revealed", counts !== null);
    const buttons = [...row.querySelectorAll("button")];
    const shown = buttons.map((button) => button.dataset.choice);
    const same = String(shown) === String(choices); // a button that has the focus keeps it
    const each = same ? buttons : choices.map(() => document.createElement("button"));
    const all = Math.max(1, Object.values(counts ?? {}).reduce((sum, count) => sum + count, 0));
    each.forEach((button, index) => {
      const choice = choices[index];
      const count = counts?.[choice] ?? 0;
      const share = Math.round((100 * count) / all);
      button.type = "button";
      button.dataset.choice = choice;
      button.textContent = counts ? `${words[index]}: ${count} (${share} %)` : words[index];
      button.style.setProperty("--share", `${share}%`);
      button.disabled = counts !== null;
      button.setAttribute("aria-pressed", String(choice === mine));
      button.onclick = () => this.act("answer", { lesson, step, answer: choice });
    });
    if (!same) row.replaceChildren(...each);
    element(this.root, ".after").textContent = after(question, say);
  }
}

/** @param {Question} question @param {Words} say */
function after({ mine, counts, choices }, say) {
  if (counts && !choices.length) return ""; // curves, of which the question's own words have the middle
  if (counts) return mine ? say.so_and_yours : say.so;
  return mine ? say.noted : "";
}
