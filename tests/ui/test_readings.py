"""What a picture is read as, on the Denoise page: in words, with a mark, in the file of numbers; and draws of z."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.conftest import present
from tests.ui.opened import DENOISE, draw, markup, on_stage, open_page, seven
from vaegan.config import NoiseConfig
from vaegan.data.drawing import from_drawing
from vaegan.data.pictures import pack, unpack
from vaegan.errors import CheckpointError
from vaegan.metrics import classifier
from vaegan.metrics.reading import Reading
from vaegan.studio import Studio, add_noise
from vaegan.ui import readings, resources
from vaegan.ui.comparison import compare, numbers_csv
from vaegan.ui.denoise import draws
from vaegan.ui.gallery import caption, picture_url
from vaegan.ui.readings import Said, in_words

NOISE = NoiseConfig(kind="gaussian", level=0.8, seed=3)
LINK = {"pair": "tiny", "kind": "gaussian", "level": "80", "seed": "3"}
SEVEN, ONE, DOUBT = Reading(7, 0.99, 1), Reading(1, 0.95, 7), Reading(1, 0.6, 7)


@pytest.fixture(autouse=True)
def small_twins(twins: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The page over two small checkpoints, with nothing kept of other tests."""
    monkeypatch.setattr(resources, "FOLDER", twins)
    draws._drawn.cache_clear()
    yield
    draws._drawn.cache_clear()


@pytest.fixture
def digit() -> np.ndarray:
    return unpack(pack(from_drawing(np.asarray(seven())).digit))  # as a link carries it


@pytest.fixture
def nobody_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise CheckpointError("classifier.safetensors is missing; restore it")

    monkeypatch.setattr(resources, "reader", refuse)


def read_by_torch(picture: np.ndarray) -> Said:
    """The words for one picture of a seven, from the network's own logits."""
    with torch.no_grad():
        shares = classifier.load().model(torch.from_numpy(picture.reshape(1, 784))).softmax(1)[0]
    first, second = shares.argsort(descending=True)[:2].tolist()
    if shares[first] < 0.9:
        return Said(f"unsure: {first} or {second}")
    return Said("reads as 7") if first == 7 else Said(f"reads as {first}, not 7", misread=True)


@pytest.mark.parametrize(
    ("reading", "clean", "expected"),
    [
        (SEVEN, SEVEN, Said("reads as 7")),
        (ONE, SEVEN, Said("reads as 1, not 7", misread=True)),
        (DOUBT, SEVEN, Said("unsure: 1 or 7")),
        (SEVEN, DOUBT, Said("reads as 7")),
        (DOUBT, DOUBT, Said("unsure: 1 or 7")),
    ],
)
def test_readings_in_words(reading: Reading, clean: Reading, expected: Said) -> None:
    assert in_words(reading, clean) == expected


def test_a_misreading_has_a_frame_beside_its_words() -> None:
    assert '<span class="vg-read">reads as 7</span>' in caption("x", "", False, *Said("reads as 7"))
    wrong = caption("x", "", False, *Said("reads as 1, not 7", misread=True))
    assert '<span class="vg-read vg-misread">reads as 1, not 7</span>' in wrong
    assert "vg-read" not in caption("x", "PSNR", True, *Said())
    assert (
        "border: 1px solid" in present(re.search(r"vg-misread \{(.*?)\}", markup(open_page(DENOISE, show="errors"))))[1]
    )


@pytest.mark.parametrize("level", ["20", "80"])
def test_every_picture_of_the_row_says_what_it_is_read_as(digit: np.ndarray, twins: Path, level: str) -> None:
    noise = NOISE.updated({"level": int(level) / 100})
    test = open_page(DENOISE, **LINK | {"level": level}, digit=pack(digit), show="filter,steps", filter="median")
    noisy = add_noise(digit, noise)
    expected = {"what the networks saw": noisy}
    for suffix, words in (("bn", "with"), ("plain", "without")):
        expected[f"cleaned {words} BatchNorm"] = Studio.open(f"tiny-{suffix}", twins).clean(noisy[None])[0]
    found = dict(re.findall(r'alt="([^"]*)"><figcaption>(.*?)</figcaption>', markup(test), re.S))
    for alt, picture in expected.items():
        said = read_by_torch(picture)
        assert f">{said.words}</span>" in found[alt]
        assert ("vg-misread" in found[alt]) == said.misread
    assert "vg-read" in found["cleaned by median filter"]
    assert "before noise<br>reads as 7" in markup(test), "the clean digit itself"


def test_the_page_says_who_reads_and_how_well() -> None:
    (said,) = [each for each in open_page(DENOISE).caption if "Reads as" in each.value]
    card = classifier.load().card
    assert f"reads {100 * card.test_accuracy:.2f} % of 10,000 test digits right" in said.help
    assert "99.35 %" in said.help


@pytest.mark.usefixtures("nobody_reads")
def test_if_nobody_can_read_the_page_says_so_and_goes_on() -> None:
    test = open_page(DENOISE, **LINK, show="filter,draws")
    assert not test.exception
    (error,) = test.error
    assert "Nobody can say which digit a picture shows: classifier.safetensors is missing" in error.value
    page = markup(test)
    assert on_stage(test)["reader"] is None
    assert 'alt="draw 12 with BatchNorm"' in page
    assert "reads as" not in page


def test_the_numbers_have_what_each_picture_is_read_as(digit: np.ndarray) -> None:
    found = present(compare("tiny", digit, NOISE))
    rows = list(csv.DictReader(io.StringIO(numbers_csv(found).decode())))
    judge = classifier.load()
    for key, pictures in (("noisy", found.noisy.pictures), ("plain", found.outputs["plain"].pictures)):
        expected = judge.digits(torch.from_numpy(pictures).flatten(1)).tolist()
        assert [int(row[f"read_{key}"]) for row in rows] == expected


def test_draws_are_those_of_the_posterior_and_are_counted(digit: np.ndarray, twins: Path) -> None:
    test = open_page(DENOISE, **LINK, digit=pack(digit), show="draws")
    page, texts = markup(test), [each.value for each in test.markdown]
    noisy = add_noise(digit, NOISE)
    for suffix, name in (("bn", "With BatchNorm"), ("plain", "Without BatchNorm")):
        pictures, _ = Studio.open(f"tiny-{suffix}", twins).posterior_samples(noisy, draws.DRAWS, NOISE.seed)
        shown = re.findall(rf'src="([^"]*)" alt="draw \d+ {name[0].lower()}{name[1:]}, reads as', page)
        assert shown == [picture_url(picture) for picture in pictures]
        readings = resources.reader().read(np.ascontiguousarray(pictures))
        counts = Counter(reading.digit for reading in readings if reading.sure)
        (words,) = [text for text in texts if text.startswith(f"**{name}**: ") and "draw" in text]
        told = {int(digit): int(count) for digit, count in re.findall(r"(\d) in (?:all )?(\d+)", words)}
        assert told == dict(counts)


def test_draws_are_told_in_words() -> None:
    assert draws.tally([SEVEN] * 12) == "reads as 7 in all 12 draws"
    assert draws.tally([SEVEN] * 7 + [ONE] * 3 + [DOUBT] * 2) == "reads as 7 in 7 draws, 1 in 3, unsure in 2"
    assert draws.tally([ONE, SEVEN]) == "reads as 1 in 1 draw, 7 in 1"
    assert draws.tally([DOUBT] * 2) == "unsure in all 2 draws"
    assert draws.tally([SEVEN, DOUBT]) == "reads as 7 in 1 draw, unsure in 1"
    assert (draws.short(SEVEN), draws.short(DOUBT)) == ("7", "1 or 7")


def test_draws_are_computed_once_and_follow_the_seed(digit: np.ndarray) -> None:
    def drawn() -> list[str]:
        return re.findall(r'src="([^"]*)" alt="draw ', markup(test))

    test = open_page(DENOISE, **LINK, digit=pack(digit), show="draws")
    before, misses = drawn(), draws._drawn.cache_info().misses
    assert misses == 2
    test.button_group(key="details").set_value(["steps", "draws"]).run()
    assert (drawn(), draws._drawn.cache_info().misses) == (before, misses)
    next(button for button in test.button if button.label == "New noise").click()
    test.run()
    assert drawn() != before


def test_a_plain_autoencoder_has_no_draws_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    card = resources.card

    def without_draws(name: str) -> object:
        found = card(name)
        changes = {"sample_latent": False, "weights": {"kl": 0}}
        return found.model_copy(update={"config": found.config.updated(changes)})

    monkeypatch.setattr(resources, "card", without_draws)
    test = open_page(DENOISE, show="draws")
    assert not test.exception
    assert len([text for text in test.markdown if "trained as a plain autoencoder" in text.value]) == 2
    assert 'alt="draw 1 ' not in markup(test)


def test_a_cleared_field_has_nothing_to_read() -> None:
    test = draw(draw(open_page(DENOISE, show="draws,steps"), seven()), None)
    assert not test.exception
    assert "reads as" not in markup(test)
    assert not [each for each in test.header if each.value.startswith("What else")]


def test_nothing_to_read_is_nothing_said(digit: np.ndarray) -> None:
    assert readings.say(digit, []) == []
