"""What pages lend to a lesson is said in its language: no sentence is missing, none is there for nothing."""

import re
import tomllib
from html.parser import HTMLParser
from pathlib import Path

import pytest

from vaegan.lessons import words
from vaegan.lessons.lent import in_numbers, lent, terms_lent, words_lent
from vaegan.ui.glossary import TERMS
from vaegan.web import scripts

PACKAGE = Path(words.__file__).parents[1]
LANGUAGES = [language for language in words.LANGUAGES if language != words.ENGLISH]
STAGES = ("live_drawing", "latent_map", "duel", "training")  # the components that pages lend
SAME = {"BatchNorm", "◆", "+", "−", "‹", "›", "Encoder"}  # in all languages
STREAMLIT = {"Help", "Link to heading"}  # Streamlit's own words, which stand in none of our files
PLACE = re.compile(r"\{(\w)\}")


class Texts(HTMLParser):
    """All that one reads in HTML, or hears of it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: set[str] = set()
        self.feed(html)

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.texts |= {value for name, value in attrs if name in ("title", "aria-label", "alt") and value}

    def handle_data(self, data: str) -> None:
        self.texts |= {" ".join(data.split())} - {""}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("stage", STAGES)
def test_every_text_of_what_is_lent_has_a_translation(language: str, stage: str):
    texts = Texts(scripts.parts(stage)["html"]).texts
    assert len(texts) > 5
    assert texts - SAME - set(words_lent(language)) == set()


def source() -> str:
    """All of our code as one text, without what only joins the parts of a sentence."""
    files = [*PACKAGE.rglob("*.py"), *PACKAGE.glob("web/*.js"), *PACKAGE.glob("web/*.html")]
    text = "\n".join(file.read_text(encoding="utf-8") for file in sorted(files))
    joined = re.sub(r'["`] *\+?\n\s*[fr]?["`]', "", text)
    return " ".join(joined.split()).replace("${PIXELS}", "784").replace("{DRAWS}", "12").lower()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_translated_sentence_is_said_somewhere(language: str):
    """Of a sentence with places in it each part is."""
    code = source()
    unsaid = {
        (sentence, said)
        for sentence in set(words_lent(language)) - STREAMLIT
        for part in PLACE.split(sentence)[::2]
        for piece in re.split(r"[:;,.] ", part)
        if len(said := piece.strip(" ,.;:()%/*·-").lower()) > 2 and said not in code
    }
    assert sorted(unsaid) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_places_of_its_sentence(language: str):
    for sentence, translation in words_lent(language).items():
        assert translation.strip()
        assert sorted(PLACE.findall(sentence)) == sorted(PLACE.findall(translation)), sentence


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_glossary_is_explained(language: str):
    assert set(TERMS) - set(terms_lent(language)) == set()
    assert set(terms_lent(language)) <= set(TERMS)
    assert all(term.sentence.endswith((".", "?")) for term in terms_lent(language).values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_names_nothing_twice(language: str):
    tables = tomllib.loads((words.FOLDER / "lent" / f"{language}.toml").read_text(encoding="utf-8"))
    assert set(tables) == {"words", "terms"}
    forms = [form for term in terms_lent(language).values() for form in term.also]
    assert len(forms) == len(set(forms))


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("reads as 7", "gelesen als 7"),
        ("reads as 7, not 9", "gelesen als 7, nicht 9"),
        (
            "With BatchNorm: reads as 7. Without BatchNorm: unsure: 3 or 5.",
            "Mit BatchNorm: gelesen als 7. Ohne BatchNorm: unsicher: 3 oder 5.",
        ),
        ("trains, 3 of 10 epochs, step 90, about 4 s left", "trainiert, 3 von 10 Epochen, Schritt 90, noch etwa 4 s"),
        ("What nobody has translated.", "What nobody has translated."),
    ],
)
def test_sentences_are_translated_with_what_stands_in_them(english: str, german: str):
    assert lent(english, "de") == german
    assert lent(english, words.ENGLISH) == english


def test_numbers_are_written_as_a_language_does():
    assert in_numbers("1,234.5 dB", "de") == "1.234,5 dB"
    assert in_numbers("3, 5 and 8.", "de") == "3, 5 and 8."
    assert in_numbers("1,234.5 dB", words.ENGLISH) == "1,234.5 dB"
