// What a browser that is in a class has on every page. A student's tab goes where the teacher goes, and has what the class
// is asked and the field for the wall. The teacher's tells the class where it is, and has the code in a corner when it is
// projected. Whatever comes from others is put in as text.

import { begin, line, listen, onNews, post, tell } from "./class_line.js";
import { ClassQuestion } from "./class_question.js";
import { ClassWall } from "./class_wall.js";
import { mounted } from "./component.js";
import { element } from "./elements.js";
import { pageIsShown } from "./page_shown.js";
/** @import { Send } from "./component.js" */
/** @import { View, Words } from "./class_line.js" */

/** `live`: the server has our routes. `arrived`: the number of what this visit was last taken to. `problem`: why what
    was asked for last was refused, with its number. `words`: what a student reads, by key, in `language`. `over`: why the
    class is over for one, by the English sentence. `badge`: for the corner of a projected page; its picture is a URL.
    @typedef {{ code: string, prefix: string, live: boolean, role: "student" | "teacher", bar: boolean, view: View, arrived: number,
      problem: { number: number, words: string } | null,
      language: string, words: Words, over: Record<string, string>,
      badge: { picture: string, address: string } | null }} Data */

const LOOK = 400; // milliseconds between two looks at the teacher's address; it is shown once it stays the same
const AGAIN = 4_000; // milliseconds after which a tab that was not taken along asks once more
const PATIENCE = 5_000; // milliseconds for which it waits until the page stands, since before that nothing is heard
const OWN_PAGE = "Class"; // which is not shown to anybody

class ClassDock {
  /** @param {ParentNode} root */
  constructor(root) {
    /** @type {Send} */ this.trigger = () => {};
    /** @type {Data | null} */ this.data = null;
    this.root = root;
    this.number = 0; // of the latest thing asked for
    this.told = ""; // the address that the class was last told
    this.seen = ""; // the address at the last look
    this.followed = 0; // when this dock last asked to be taken along
    const act = (/** @type {string} */ kind, /** @type {object} */ payload) => this.act(kind, payload);
    this.question = new ClassQuestion(element(root, ".question"), act);
    this.wall = new ClassWall(element(root, ".wall"), act);
    this.button(".follow", () => this.toggle());
    this.button(".leave", () => act("leave", {}));
    this.button(".pace", () => act("pace", { follow: !line.view?.follow }));
    this.button(".pause", () => act("pause", { paused: !line.view?.paused }));
    this.button(".reveal", () => act("reveal", {}));
    this.cover = element(root, ".pause-cover", HTMLDialogElement);
    this.cover.addEventListener("cancel", (event) => event.preventDefault());
    this.large = element(root, ".large", HTMLDialogElement);
    this.button(".badge", () => this.large.showModal());
    this.button(".small-again", () => this.large.close());
    this.stopListening = onNews(() => this.draw());
    this.timer = setInterval(() => this.look(), LOOK);
  }

  /** @type {(selector: string, act: () => void) => void} */
  button(selector, act) {
    element(this.root, selector, HTMLButtonElement).onclick = act;
  }

  /** @param {Data} data */
  update(data) {
    this.data = data;
    const { code, prefix, live, view, badge, problem } = data;
    this.speak(data);
    begin(code);
    if (live && !view.over) listen(code, prefix);
    if (!live || !line.view) tell(view);
    else this.draw();
    if (problem && problem.number === this.number) this.say(problem.words);
    this.showBadge(code, badge);
  }

  /** The code in the line on top of a projected page, and large once it was pressed.
      @type {(code: string, badge: Data["badge"]) => void} */
  showBadge(code, badge) {
    element(this.root, ".badge").hidden = badge === null;
    if (!badge) return;
    for (const place of [element(this.root, ".badge"), this.large]) {
      element(place, ".code-picture", HTMLImageElement).src = badge.picture;
      element(place, ".code").textContent = code;
      element(place, ".address").textContent = badge.address;
    }
  }

  /** Put in what stays the same as long as the language does.
      @param {Data} data */
  speak({ language, words }) {
    const bar = element(this.root, ".bar.student");
    if (bar.lang === language) return;
    for (const part of [bar, element(this.root, ".question"), element(this.root, ".wall"), this.cover]) part.lang = language;
    for (const place of this.root.querySelectorAll("[data-say], [data-label]")) {
      if (!(place instanceof HTMLElement)) continue;
      const { say, label } = place.dataset;
      if (say) place.textContent = words[say];
      if (label) place.setAttribute("aria-label", words[label]);
    }
  }

  draw() {
    const { data } = this;
    const { view } = line;
    if (!data || !view || view.code !== data.code) return;
    const teaches = data.role === "teacher";
    element(this.root, ".bar.student").hidden = teaches;
    element(this.root, ".bar.teacher").hidden = !teaches || !data.bar;
    if (teaches) this.drawTeacher(view);
    else this.drawStudent(view, data);
  }

  /** @param {View} view @param {Data} data */
  drawStudent(view, { words, over: sentences }) {
    const over = Boolean(view.over);
    if (over) this.say(""); // why something was refused matters no more
    const part = (/** @type {string} */ selector) => element(this.root, `.bar.student ${selector}`);
    put(part(".who"), view.name ?? "");
    put(part(".state"), view.over ? (sentences[view.over] ?? view.over) : words[stateOf(view)]);
    part(".leave").hidden = over;
    part(".follow").hidden = over || !view.follow;
    put(part(".follow"), line.following ? words.stop : words.follow);
    this.question.draw(view.question ?? null, words);
    this.wall.draw(view.wall ?? { open: false, given: 0 }, words);
    if (view.paused && !this.cover.open) this.cover.showModal();
    if (!view.paused && this.cover.open) this.cover.close();
  }

  /** @param {View} view */
  drawTeacher(view) {
    const part = (/** @type {string} */ selector) => element(this.root, `.bar.teacher ${selector}`);
    const pace = view.follow ? "phones follow you" : "all at their own pace";
    put(part(".who"), `Class ${view.code}`);
    put(part(".state"), view.over ?? `${view.here} of ${view.joined} phones here · ${pace}`);
    put(part(".pace"), view.follow ? "Let all go at their own pace" : "Let phones follow me");
    put(part(".pause"), view.paused ? "Let phones go on" : "Pause the phones");
    const asks = view.answered !== null && view.answered !== undefined;
    part(".reveal").hidden = !asks;
    if (asks) put(part(".reveal"), `Reveal ${view.answered} ${view.answered === 1 ? "answer" : "answers"}`);
    for (const each of [".pace", ".pause", ".reveal"]) part(each).hidden ||= Boolean(view.over);
  }

  toggle() {
    line.following = !line.following;
    if (line.following) line.asked = 0; // go where the teacher is now
    this.draw();
  }

  /** Again and again: the teacher's tab tells where it is, a student's goes there. */
  look() {
    const { data } = this;
    const { view } = line;
    if (!data || !view || view.over || view.code !== data.code || document.hidden) return;
    if (data.role === "teacher") this.show(data);
    else if (view.follow && line.following && view.shown) this.go(view.shown.number, data);
  }

  /** @param {Data} data */
  show({ prefix }) {
    const page = location.pathname.slice(prefix.length).replaceAll("/", "");
    const address = page + location.search;
    const stays = address === this.seen;
    this.seen = address;
    if (!stays || address === this.told || page === OWN_PAGE) return;
    this.told = address;
    this.act("show", { page, query: location.search });
  }

  /** @type {(number: number, data: Data) => Promise<void>} */
  async go(number, { arrived }) {
    if (number <= Math.max(line.asked, 0) && arrived >= number) return;
    if (line.asked === number && performance.now() - this.followed < AGAIN) return;
    line.asked = number;
    this.followed = performance.now();
    await pageIsShown(PATIENCE);
    this.trigger("follow", { number, at: Date.now() });
  }

  /** Ask the class for something; why it is refused stands below the bar.
      @type {(kind: string, payload: object) => Promise<void>} */
  async act(kind, payload) {
    if (!this.data) return;
    const { code, prefix, live } = this.data;
    this.number = Math.max(this.number + 1, Date.now());
    if (live) this.say(await post(code, prefix, kind, payload));
    else {
      this.say("");
      this.trigger("act", { number: this.number, kind, payload });
    }
  }

  /** @param {string} words */
  say(words) {
    const place = element(this.root, ".problem");
    put(place, words);
    place.hidden = !words;
  }

  dispose() {
    clearInterval(this.timer);
    this.stopListening();
    if (this.cover.open) this.cover.close();
    if (this.large.open) this.large.close();
  }
}

/** The key of the words for it.
    @param {View} view */
function stateOf({ follow, shown, paused }) {
  if (paused) return "paused";
  if (!follow) return "own_pace";
  if (!line.following) return "own_way";
  return shown?.number ? "following" : "waiting";
}

/** A screen reader would say the same once more.
    @type {(place: HTMLElement, words: string) => void} */
function put(place, words) {
  if (place.textContent !== words) place.textContent = words;
}

export default mounted(ClassDock);
