"""The glossary: what it says, and where it marks words."""

import json
import re

import pytest
from streamlit.testing.v1 import AppTest

from vaegan.ui.glossary import TERMS, explain, meaning, mentioned, term
from vaegan.web.scripts import FOLDER

NAMED = re.compile(r'data-term="([^"$]+)"|\bterm\("([^"]+)"|\bfill\(.*, "([A-Z][^"]*)"\)')


def marked(text: str) -> list[str]:
    return re.findall(r'data-term="([^"]*)"', text)


@pytest.mark.parametrize("name", TERMS)
def test_a_meaning_is_one_sentence_and_says_which_way_is_better(name: str) -> None:
    sentence, better, also = TERMS[name]
    assert re.fullmatch(r"[A-Z0-9].*[^.]\.|[A-Z].*\?", sentence)
    assert not re.search(r"[.?!] [A-Z]", sentence), "more than one sentence"
    assert len(sentence) <= 200, "too long to read beside a word"
    assert ("better" in meaning(name)) == (better is not None)
    assert marked(explain(f"It has {name} and {name}.")) == [name]
    assert all(mentioned(f"the {form}") == [name] for form in also)


def test_the_first_mention_of_each_term_is_marked_and_the_longest_name_counts() -> None:
    text = explain("The fitted prior, the prior and a second prior; VAE-GANs, a VAE; KL divergence. Encoders encode.")
    assert marked(text) == ["fitted prior", "prior", "VAE-GAN", "VAE", "KL", "encoder"]
    assert 'data-term="KL">KL divergence</span>.' in text
    assert 'data-term="encoder">Encoders</span> encode.' in text
    assert text.count("prior</span>") == 2
    assert marked(explain("PSNR and SSIM", "SSIM")) == ["SSIM"]


def test_markdown_stays_markdown_and_html_does_not_get_in() -> None:
    assert explain("**one** <b>&amp; `KL` [a](x/KL) https://x/VAE :blue[x] > 1") == (
        "**one** &lt;b>&amp;amp; `KL` [a](x/KL) https://x/VAE :blue[x] > 1"
    )
    assert explain("no terms stand here: Vaegan, klein, prioritise, sigmas-old") == (
        "no terms stand here: Vaegan, klein, prioritise, sigmas-old"
    )
    assert 'data-term="mu">μ &lt;</span>' in term("mu", "μ <")


def test_a_term_that_nobody_explains_is_an_error() -> None:
    for call in (lambda: term("perplexity"), lambda: explain("perplexity", "perplexity")):
        with pytest.raises(KeyError, match="perplexity"):
            call()


def test_stages_mark_only_terms_that_there_are() -> None:
    files = [*FOLDER.glob("*.js"), *FOLDER.glob("*.html")]
    names = {name for file in files for found in NAMED.findall(file.read_text()) for name in found if name}
    assert {"PSNR", "SSIM", "BatchNorm"} <= names <= set(TERMS)


def test_a_page_hands_every_meaning_to_the_browser() -> None:
    def page() -> None:
        from vaegan.ui.glossary import meanings

        meanings()

    (component,) = AppTest.from_function(page).run().get("bidi_component")
    assert json.loads(component.proto.json) == {name: meaning(name) for name in TERMS}
