// Digits as small pictures, each a button.

import { element } from "./elements.js";
/** @import { Call } from "./component.js" */

/** @type {(call: Call<{ pictures: string[], labels: number[], chosen: number | null, numbers: number[] }>) => void} */
export default function ({ parentElement, data, setTriggerValue }) {
  const buttons = data.pictures.map((picture, index) => {
    const number = data.numbers[index];
    const button = document.createElement("button");
    const image = document.createElement("img");
    image.src = `data:image/png;base64,${picture}`;
    image.alt = `a handwritten ${data.labels[index]}`;
    button.type = "button";
    button.setAttribute("aria-pressed", String(number === data.chosen));
    button.append(image);
    button.onclick = () => setTriggerValue("pick", number);
    return button;
  });
  element(parentElement, ".digits").replaceChildren(...buttons);
}
