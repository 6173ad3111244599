// Two pictures to choose from. An answer says which pair it is about, so that a double click does not answer the next
// pair as well.

import { element } from "./elements.js";
/** @import { Call } from "./component.js" */

/** @type {(call: Call<{ asked: number, words: string, pictures: string[] }>) => void} */
export default function ({ parentElement, data, setTriggerValue }) {
  const buttons = [...parentElement.querySelectorAll("button")];
  const choose = (/** @type {string} */ side) => setTriggerValue("choice", { asked: data.asked, side });
  element(parentElement, ".asked").textContent = data.words;
  buttons.forEach((button, index) => {
    element(button, "img", HTMLImageElement).src = `data:image/png;base64,${data.pictures[index]}`;
    button.onclick = () => choose("LR"[index]);
    button.onkeydown = (event) => {
      const arrow = ["ArrowLeft", "ArrowRight"].indexOf(event.key);
      if (arrow < 0 || event.repeat) return;
      event.preventDefault();
      choose("LR"[arrow]);
    };
  });
}
