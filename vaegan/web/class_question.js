// What the class is asked, with a button for each answer; and once it is revealed, how many took each.

import { element } from "./elements.js";
/** @import { Question } from "./class_line.js" */

export class ClassQuestion {
  /** @param {HTMLElement} root @param {(kind: string, payload: object) => void} act */
  constructor(root, act) {
    this.root = root;
    this.act = act;
    this.drawn = "";
  }

  /** @param {Question | null} question */
  draw(question) {
    const text = JSON.stringify(question);
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
    element(this.root, ".after").textContent = after(question);
  }
}

/** @param {Question} question */
function after({ mine, counts, choices }) {
  if (counts && !choices.length) return ""; // curves, of which the question's own words have the middle
  if (counts) return mine ? "So your class has answered; ✓ is yours." : "So your class has answered.";
  return mine ? "Your answer is noted. You can change it until your teacher reveals how the class has answered." : "";
}
