// Two pictures to choose from. An answer says which pair it is about, so that a double click does not answer the next
// pair as well.

export default function ({ parentElement, data, setTriggerValue }) {
  const buttons = [...parentElement.querySelectorAll(".side")];
  const choose = (side) => setTriggerValue("choice", { asked: data.asked, side });
  parentElement.querySelector(".asked").textContent = data.words;
  buttons.forEach((button, index) => {
    button.querySelector("img").src = `data:image/png;base64,${data.pictures[index]}`;
    button.onclick = () => choose("LR"[index]);
    button.onkeydown = (event) => {
      const arrow = { ArrowLeft: 0, ArrowRight: 1 }[event.key];
      if (arrow === undefined || event.repeat) return;
      event.preventDefault();
      choose("LR"[arrow]);
    };
  });
}
