"""What a page has lent is said in another language as soon as it appears, in a component's shadow too."""

from collections.abc import Callable
from typing import Any

from vaegan.lessons.lent import in_numbers, lent, words_lent

Run = Callable[..., Any]
TEXTS = [
    "reads as 7, not 9",
    "With BatchNorm: reads as 7. Without BatchNorm: unsure: 3 or 5.",
    "trains, 3 of 10 epochs, step 1,234, about 4 s left",
    "z = −2.12, 0.51",
    "20.5 dB",
    "Nobody has translated this.",
]


def test_the_browser_translates_as_python_does_and_writes_numbers_too(run: Run):
    body = "const all = new lib.Dictionary(argument.words); return argument.texts.map((text) => all.say(text));"
    said = run("translation", body, {"words": dict(words_lent("de")), "texts": [*TEXTS, "  Undo\n  "]})
    assert said[:-1] == [in_numbers(lent(text, "de"), "de") for text in TEXTS]
    assert said[-1] == "  Zurück\n  "


def test_texts_and_names_are_translated_as_they_appear_and_back(run: Run):
    body = """
        document.body.innerHTML = '<div id="part"><p>Undo</p><div id="host"></div><style>Clear</style></div>';
        const part = document.getElementById("part"), paragraph = part.querySelector("p");
        const translation = new lib.Translation(), rest = () => new Promise((resolve) => setTimeout(resolve, 20));
        const words = { Undo: "Zurück", Clear: "Leeren", "reads as {1}": "gelesen als {1}" };
        const shadow = document.getElementById("host").attachShadow({ mode: "open" });
        shadow.innerHTML = '<button title="Clear">Clear</button> <b>reads as 7</b>';
        const texts = () => [paragraph.textContent, shadow.querySelector("button").title, shadow.textContent,
            part.querySelector("style").textContent];
        translation.look(part);
        const before = texts();
        translation.speak(words);
        translation.look(part);
        const first = texts();
        shadow.querySelector("b").textContent = "reads as 8.5";
        paragraph.firstChild.data = "Clear";
        await rest();
        const second = texts();
        translation.speak({});
        const after = texts();
        shadow.querySelector("b").textContent = "reads as 9";
        await rest();
        return [before, first, second, after, texts()];
    """
    before, first, second, after, silent = run("translation", body)
    assert before == ["Undo", "Clear", "Clear reads as 7", "Clear"]
    assert first == ["Zurück", "Leeren", "Leeren gelesen als 7", "Clear"]
    assert second == ["Leeren", "Leeren", "Leeren gelesen als 8,5", "Clear"]
    assert after == ["Clear", "Clear", "Clear reads as 8.5", "Clear"]
    assert silent[2] == "Clear reads as 9"
