// Which of two digits did a person write? Each answer is judged here at once; the server is told of it, since it says at
// the end where one was wrong. A reload of the tab goes on where one was; a link begins anew.

import { mounted } from "./component.js";
import { element } from "./elements.js";
/** @import { Send } from "./component.js" */

/** The pairs as PNG, the side of the real digit in each, L or R, and the side that the network takes for real in each,
    empty if none plays. `game` names this round; `pairs` is the same in the next round of the same pairs. `answers` are
    those the server knows; `beat` is how many somebody got right, null if nobody has played.
    @typedef {object} Data
    @property {string} game
    @property {string} name
    @property {[string, string][]} pairs
    @property {string} sides
    @property {string} machine
    @property {string} answers
    @property {number | null} beat */

const KEPT = "vaegan-duel"; // in the tab's storage
const PLACES = ["left", "right"];

/** How many of the answers agree with the sides.
    @type {(answers: string, sides: string) => number} */
function agreeing(answers, sides) {
  return [...answers].filter((answer, at) => answer === sides[at]).length;
}

/** How many of the last answers are right without a wrong one between, and the most that there were.
    @type {(answers: string, sides: string) => { now: number, most: number }} */
function streak(answers, sides) {
  let [now, most] = [0, 0];
  [...answers].forEach((answer, at) => {
    now = answer === sides[at] ? now + 1 : 0;
    most = Math.max(most, now);
  });
  return { now, most };
}

class Duel {
  /** @param {ParentNode} root */
  constructor(root) {
    this.root = root;
    /** @type {Data | null} */ this.data = null;
    this.answers = "";
    /** @type {number | null} */ this.beat = null; // when this round began
    this.told = false; // the last answer is being judged, and the next pair waits
    /** @type {Send} */ this.send = () => {};
    this.sides = [...root.querySelectorAll("button")].slice(0, 2);
    this.goOn = element(root, ".next", HTMLButtonElement);
    this.sides.forEach((button, index) => (button.onclick = (event) => this.press(index, event.detail > 1)));
    this.goOn.onclick = () => this.next();
    element(root, ".root").onkeydown = (event) => {
      const arrow = ["ArrowLeft", "ArrowRight"].indexOf(event.key);
      if (arrow < 0) return;
      event.preventDefault();
      this.press(arrow, event.repeat);
    };
  }

  /** @param {Data} data */
  update(data) {
    const before = this.data;
    this.data = data;
    if (before?.game !== data.game) {
      const kept = before ? "" : recalled(data.name);
      this.answers = data.answers.length >= kept.length ? data.answers : kept;
      this.told = false;
      this.beat = data.beat;
      if (this.answers !== data.answers) this.tell(data);
      keep(data.name, this.answers);
    }
    this.show(data);
  }

  /** A press on a picture answers, or goes on if the answer has been judged. The second half of a double click, or a key
      that is held down, does neither.
      @type {(index: number, again: boolean) => void} */
  press(index, again) {
    if (again || !this.data) return;
    if (this.told) this.next();
    else this.answer(this.data, "LR"[index]);
  }

  /** @type {(data: Data, side: string) => void} */
  answer(data, side) {
    if (this.answers.length >= data.pairs.length) return;
    this.answers += side;
    this.told = true;
    keep(data.name, this.answers);
    this.tell(data);
    this.show(data);
  }

  next() {
    if (!this.told || !this.data) return;
    const hadFocus = this.goOn.matches(":focus");
    this.told = false;
    this.show(this.data);
    if (hadFocus) this.sides[0].focus(); // the button that had it is gone
  }

  /** @param {Data} data */
  tell({ game }) {
    this.send("played", { game, answers: this.answers });
  }

  /** @param {Data} data */
  show(data) {
    const { answers, told } = this;
    const at = told ? answers.length - 1 : answers.length;
    const ended = at === data.pairs.length;
    element(this.root, ".sides").hidden = ended;
    element(this.root, ".hint").hidden = ended || told;
    element(this.root, ".root").classList.toggle("ended", ended);
    this.goOn.classList.toggle("idle", !told);
    this.goOn.textContent = answers.length === data.pairs.length ? "See how it ended" : "Next pair";
    const question = `Pair ${at + 1} of ${data.pairs.length}: which one did a person write?`;
    element(this.root, ".asked").textContent = ended ? `All ${at} pairs` : question;
    if (!ended) this.showPair(data, at);
    this.showVerdict(data, at, ended);
    this.showScore(data);
  }

  /** @type {(data: Data, at: number) => void} */
  showPair(data, at) {
    this.sides.forEach((button, index) => {
      const isReal = data.sides[at] === "LR"[index];
      const truth = !this.told ? "" : isReal ? "a person wrote this" : "made up";
      element(button, "img", HTMLImageElement).src = `data:image/png;base64,${data.pairs[at][index]}`;
      element(button, "img", HTMLImageElement).alt = `the ${PLACES[index]} picture`;
      element(button, ".truth").textContent = truth;
      button.classList.toggle("real", this.told && isReal);
      button.title = this.told ? "Go on to the next pair" : "I think a person wrote this one";
    });
  }

  /** @type {(data: Data, at: number, ended: boolean) => void} */
  showVerdict(data, at, ended) {
    const verdict = element(this.root, ".verdict");
    const isRight = this.told && this.answers[at] === data.sides[at];
    const [head, words] = ended ? this.ending(data) : this.told ? judged(data, at, isRight) : ["", ""];
    verdict.classList.toggle("right", ended || isRight);
    if (verdict.dataset.said === `${head} ${words}`) return; // a screen reader would say it once more
    verdict.dataset.said = `${head} ${words}`;
    const strong = document.createElement("b");
    strong.textContent = head;
    verdict.replaceChildren(strong, words);
  }

  /** @type {(data: Data) => [string, string]} */
  ending(data) {
    const yours = agreeing(this.answers, data.sides);
    const words = [`The longest row of right answers: ${streak(this.answers, data.sides).most}.`];
    if (data.machine) words.push(compared(data, yours));
    if (this.beat !== null) words.push(challenged(this.beat, yours));
    return [`${yours} of ${data.pairs.length} right`, words.join(" ")];
  }

  /** @param {Data} data */
  showScore(data) {
    const { answers } = this;
    const { now, most } = streak(answers, data.sides);
    const soFar = (/** @type {string} */ given) => (given ? `${agreeing(given, data.sides)} of ${given.length}` : "–");
    element(this.root, ".yours").textContent = soFar(answers);
    element(this.root, ".theirs").textContent = soFar(data.machine.slice(0, answers.length));
    element(this.root, ".row-now").textContent = `${now}${most > now ? `, at most ${most}` : ""}`;
    element(this.root, ".rival").hidden = !data.machine;
    element(this.root, ".target").hidden = this.beat === null;
    element(this.root, ".beat").textContent = `${this.beat} of ${data.pairs.length}`;
    const marks = [...data.sides].map((side, at) => {
      const mark = document.createElement("span");
      const isGiven = at < answers.length;
      mark.textContent = !isGiven ? "·" : answers[at] === side ? "✓" : "✗";
      if (isGiven) mark.className = answers[at] === side ? "right" : "wrong";
      return mark;
    });
    element(this.root, ".marks").replaceChildren(...marks);
  }

  dispose() {
    this.data = null;
  }
}

/** What is said of one answer.
    @type {(data: Data, at: number, isRight: boolean) => [string, string]} */
function judged({ sides, machine }, at, isRight) {
  const place = PLACES["LR".indexOf(sides[at])];
  const network = machine[at] === sides[at] ? "The network saw it too." : "The network was fooled.";
  return [isRight ? "✓ Right" : "✗ Wrong", `A person wrote the ${place} one.${machine ? ` ${network}` : ""}`];
}

/** @type {(data: Data, yours: number) => string} */
function compared({ machine, sides }, yours) {
  const theirs = agreeing(machine, sides);
  if (yours === theirs) return `The network got ${theirs} as well.`;
  return `The network got ${theirs}: ${yours > theirs ? "you see better than it" : "it sees better than you"}.`;
}

/** @type {(beat: number, yours: number) => string} */
function challenged(beat, yours) {
  if (yours === beat) return `As many as there were to beat.`;
  return yours > beat ? `That beats the ${beat} of the challenge.` : `The ${beat} of the challenge stand.`;
}

/** The answers that this tab gave to these pairs, if it was reloaded meanwhile.
    @type {(name: string) => string} */
function recalled(name) {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
    return kept.name === name && /^[LR]{0,20}$/.test(kept.answers) ? kept.answers : "";
  } catch {
    return ""; // no storage, or something else in it
  }
}

/** @type {(name: string, answers: string) => void} */
function keep(name, answers) {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify({ name, answers }));
  } catch {
    // a browser without storage forgets them on a reload
  }
}

export default mounted(Duel);
