"""VAE against VAE-GAN on the Generate page: which two, how good they are by their cards, and what the page says."""

import base64
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from tests.conftest import end_of
from tests.ui.opened import markup, open_page
from vaegan.checkpoint.files import load, read_card, save
from vaegan.config import Prior, TrainConfig, parse
from vaegan.data.mnist import Digits
from vaegan.data.pictures import png_bytes, tile
from vaegan.studio import Studio
from vaegan.training.finish import RunFolder
from vaegan.training.loop import train
from vaegan.ui import catalogue, pages, resources
from vaegan.ui.generate import duel
from vaegan.ui.generate.generate_state import PAIRS, SECTIONS
from vaegan.ui.generate.quality import Quality, Sampler, best_prior, ranked, what_to_look_at

GENERATE = pages.GENERATE.path
Put = Callable[..., None]


@pytest.fixture
def put(twins: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Put:
    """Put a checkpoint among the shipped ones: `tiny-bn` by another name, with other settings and measured numbers."""
    monkeypatch.setattr(resources, "FOLDER", tmp_path)

    def one(name: str, adv: float, *, prior: bool = True, measured: dict[str, float] | None = None) -> None:
        tiny = load("tiny-bn", twins)
        first, *others = tiny.card.metrics
        changes: dict[str, Any] = {
            "name": name,
            "config": tiny.card.config.updated({"weights": {"adv": adv}}),
            "metrics": (first.model_copy(update={"values": first.values | (measured or {})}), *others),
        }
        if not prior:
            changes["prior"] = None
        card = tiny.card.model_copy(update=changes)
        save(type(tiny)(card, tiny.weights, tiny.prior if prior else None), tmp_path)

    for suffix in ("bn", "plain"):
        checkpoint = load(f"tiny-{suffix}", twins)
        save(checkpoint, tmp_path)
    return one


def numbers(standard: float, fitted: float | None = None) -> dict[str, float]:
    values = {"frechet": standard, "precision": 0.5, "recall": 0.25, "frechet_floor": 3.0}
    if fitted is not None:
        values |= {"frechet_fitted": fitted, "precision_fitted": 0.75, "recall_fitted": 0.625}
    return values


def of(standard: float, fitted: float | None = None) -> dict[Prior, Quality]:
    both: dict[Prior, Quality] = {"standard": Quality(standard, 0.5, 0.25, 3.0)}
    return both if fitted is None else both | {"fitted": Quality(fitted, 0.75, 0.625, 3.0)}


def clean(test: AppTest) -> bool:
    return not [*test.exception, *test.error, *test.warning]


def cells(test: AppTest) -> list[str]:
    return re.findall(r"<figure.*?</figure>", markup(test), re.S)


def pixels(cell: str) -> np.ndarray:
    url = re.search(r'src="data:image/png;base64,([^"]+)"', cell)
    assert url is not None
    with Image.open(io.BytesIO(base64.b64decode(url[1]))) as picture:
        return np.asarray(picture.convert("L"))


def test_the_two_are_found_by_their_names_and_convolutional_ones_come_first(put: Put, tmp_path: Path) -> None:
    assert catalogue.rivals() == []
    put("sampler-gan", 5)
    assert catalogue.rivals() == [], "there is no VAE beside it"
    put("sampler-vae", 0)
    put("false-gan", 0)
    put("false-vae", 0)
    assert catalogue.rivals() == ["sampler-gan", "sampler-vae"]
    for name in ("sampler-gan", "sampler-vae"):
        card = read_card(tmp_path / f"{name}.json")
        config = card.config.updated({"model": {"architecture": "convolutional"}})
        for prefix in ("a", "zz"):
            new = card.model_copy(update={"name": f"{prefix}-{name}", "config": config})
            (tmp_path / f"{new.name}.json").write_text(new.model_dump_json())
    assert catalogue.rivals() == ["a-sampler-gan", "a-sampler-vae"]
    (tmp_path / "a-sampler-vae.json").write_text("{")
    assert catalogue.rivals() == ["zz-sampler-gan", "zz-sampler-vae"]


def test_what_can_be_sampled_from_is_ranked_by_the_cards(put: Put, tmp_path: Path) -> None:
    put("a-gan", 5, measured=numbers(90, 20))
    put("a-vae", 0, measured=numbers(120, 15))
    put("b-vae", 0, prior=False, measured=numbers(80, 1))  # the number of a prior that it no longer has
    (tmp_path / "broken.json").write_text("{")
    assert ranked(catalogue.shipped()) == [
        Sampler("a-vae", "fitted"),
        Sampler("a-gan", "fitted"),
        Sampler("b-vae", "standard"),
        Sampler("a-gan", "standard"),
        Sampler("a-vae", "standard"),
    ]
    assert (best_prior("a-gan"), best_prior("b-vae"), best_prior("tiny-bn")) == ("fitted", "standard", "standard")


@pytest.mark.parametrize(
    ("gan", "vae", "said"),
    [
        (
            of(100, 10),
            of(150, 12),
            ["VAE-GAN is nearer", "distance 100 against 150", "93 % of it for the VAE-GAN", "holes in the prior"],
        ),
        (
            of(150, 12),
            of(100, 10),
            ["VAE is nearer", "distance 100 against 150", "94 % of it for the VAE-GAN", "holes in the prior"],
        ),
        (
            of(98, 60),
            of(100, 70),
            ["about as far", "98 and 100", "40 % of it for the VAE-GAN", "comes from the **decoder"],
        ),
        (of(50, 10), of(100, 90), ["most of the VAE-GAN's comes from holes", "most of the VAE's from its decoder"]),
        (of(50, 45), of(100, 10), ["most of the VAE's comes from holes", "most of the VAE-GAN's from its decoder"]),
        (of(50, 60), of(100, 110), ["0 % of it for the VAE-GAN", "0 % for the VAE", "decoder"]),
        (of(3, 3), of(3, 3), ["about as far"]),
        (of(50), of(100, 10), ["VAE-GAN is nearer"]),
    ],
)
def test_what_to_look_at_follows_from_the_numbers(
    gan: dict[Prior, Quality], vae: dict[Prior, Quality], said: list[str]
) -> None:
    words = what_to_look_at(gan, vae)
    assert [part for part in said if part not in words] == []
    assert ("fitted prior" in words) == ("fitted" in gan), "without it nobody knows what is to blame"


def test_nothing_is_said_of_what_was_not_measured() -> None:
    assert what_to_look_at({}, of(100, 10)) == what_to_look_at(of(100, 10), {}) == ""


def test_four_sheets_with_their_numbers(put: Put, tmp_path: Path) -> None:
    put("sampler-gan", 5, measured=numbers(100, 10))
    put("sampler-vae", 0, measured=numbers(150, 12))
    test = open_page(GENERATE, section="sample", seed="4", temperature="0.8")
    assert clean(test)
    shown = cells(test)
    expected: list[tuple[str, Prior, str]] = [
        ("sampler-vae", "standard", "Fréchet 150.0 · precision 0.50 · recall 0.25"),
        ("sampler-gan", "standard", "Fréchet 100.0 · precision 0.50 · recall 0.25"),
        ("sampler-vae", "fitted", "Fréchet 12.0 · precision 0.75 · recall 0.62"),
        ("sampler-gan", "fitted", "Fréchet 10.0 · precision 0.75 · recall 0.62"),
    ]
    assert len(shown) == len(expected)
    for cell, (name, prior, words) in zip(shown, expected, strict=True):
        assert f"40 digits by {name}, {prior} prior" in cell
        assert words in cell
        sheet = tile(Studio.open(name, tmp_path).sample(40, 4, 0.8, prior), 10, gap=1)
        with Image.open(io.BytesIO(png_bytes(sheet))) as picture:
            assert np.array_equal(pixels(cell), np.asarray(picture.convert("L")))
    assert ["vg-best" in cell for cell in shown] == [False, False, False, True]
    order = re.findall(r"nth-child\((\d)\) \{ order: (\d); \}", markup(test))
    assert order == [("1", "3"), ("2", "2"), ("3", "1"), ("4", "0")], "on a phone the best is above"
    assert "holes in the prior" in " ".join(text.value for text in test.markdown)
    floor = next(text for text in test.caption if "nearer to real digits" in text.value)
    assert "3.0" in floor.value


def test_a_network_without_fitted_prior_or_numbers_says_so_in_their_place(put: Put) -> None:
    put("sampler-gan", 5, prior=False, measured=numbers(100))
    put("sampler-vae", 0)
    test = open_page(GENERATE, section="sample")
    assert clean(test)
    vae, gan, vae_fitted, gan_fitted = cells(test)
    assert "No fitted prior was made" in gan_fitted
    assert "<img" not in gan_fitted
    assert "<img" in gan
    assert "not measured" in vae
    assert "not measured" in vae_fitted


def test_a_damaged_network_is_a_sentence_and_the_other_is_shown(put: Put, tmp_path: Path) -> None:
    put("sampler-gan", 5, measured=numbers(100, 10))
    put("sampler-vae", 0, measured=numbers(150, 12))
    weights = tmp_path / "sampler-vae.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    test = open_page(GENERATE, section="sample")
    assert not test.exception
    assert [error.value.count("sampler-vae") > 0 for error in test.error] == [True]
    assert ["<img" in cell for cell in cells(test)] == [False, True, False, True]


def test_any_models_stay_one_press_away_and_old_links_lead_there(put: Put) -> None:
    put("sampler-gan", 5)
    put("sampler-vae", 0)
    test = open_page(GENERATE, section="sample")
    assert "models" not in test.query_params
    test.segmented_control(key="sample_view").set_value("models").run()
    assert test.multiselect(key="sample_models").value == ["tiny-bn", "tiny-plain", "sampler-gan", "sampler-vae"]
    test.multiselect(key="sample_models").set_value(["tiny-plain"]).run()
    assert test.query_params["models"] == "tiny-plain"
    test.segmented_control(key="sample_view").set_value("rivals").run()
    test.segmented_control(key="sample_view").set_value("models").run()
    assert clean(test)
    assert test.multiselect(key="sample_models").value == ["tiny-plain"]
    old = open_page(GENERATE, section="sample", models="tiny-bn")
    assert clean(old)
    assert "25 digits by tiny-bn" in markup(old)


def test_a_link_to_the_two_where_there_are_none_is_a_sentence(put: Put) -> None:
    test = open_page(GENERATE, section="sample", view="rivals")
    assert clean(test)
    assert "no VAE-GAN here" in test.info[0].value


def test_the_duel_is_against_the_vae_gan_with_the_prior_of_its_training(put: Put, tmp_path: Path) -> None:
    put("sampler-gan", 5, measured=numbers(100, 20))
    put("sampler-vae", 0, measured=numbers(150, 10))
    test = open_page(GENERATE, section="duel", seed="3")
    assert clean(test)
    assert test.selectbox(key="duel_model").value == "sampler-gan"
    card = read_card(tmp_path / "sampler-gan.json")
    assert (card.config.fakes, duel.prior_of("sampler-gan")) == ("recon", "fitted")
    against = card.model_copy(update={"config": card.config.updated({"fakes": "prior"})})
    (tmp_path / "sampler-gan.json").write_text(against.model_dump_json())
    assert (duel.prior_of("sampler-gan"), duel.prior_of("sampler-vae")) == ("standard", "fitted")


def test_made_up_digits_are_the_first_of_some_that_can_be_read() -> None:
    studio = Studio.open("conv-sampler-gan")
    drawn = studio.sample(duel.DRAWS * PAIRS, 5)
    sure = [reading.sure for reading in resources.reader().read(drawn)]
    assert not all(sure)
    for at, picture in enumerate(duel.deal(studio, resources.gallery().pictures, 5).generated):
        three = range(at * duel.DRAWS, (at + 1) * duel.DRAWS)
        expected = next((one for one in three if sure[one]), three[0])
        assert np.array_equal(picture, drawn[expected])


def test_a_model_without_discriminator_is_judged_by_that_of_the_vae_gan(put: Put, tmp_path: Path) -> None:
    put("lonely", 0)
    assert duel.referee("lonely") is None
    test = open_page(GENERATE, section="duel", model="lonely")
    assert clean(test)
    assert machine(test) == ""
    put("sampler-gan", 5)
    put("sampler-vae", 0)
    assert (duel.referee("sampler-vae"), duel.referee("tiny-bn")) == ("sampler-gan", "tiny-bn")
    test = open_page(GENERATE, section="duel", model="sampler-vae", seed="3")
    assert clean(test)
    vae, gan = (Studio.open(name, tmp_path) for name in ("sampler-vae", "sampler-gan"))
    pairs = duel.deal(vae, resources.gallery().pictures, 3, duel.prior_of("sampler-vae"))
    right = gan.realness(pairs.real) > gan.realness(pairs.generated)
    assert [side == real for side, real in zip(machine(test), pairs.sides, strict=True)] == right.tolist()


def machine(test: AppTest) -> str:
    """The sides that the network takes for real."""
    (data,) = [json.loads(each.proto.json) for each in test.get("bidi_component") if "sides" in each.proto.json]
    return str(data["machine"])


@pytest.fixture(scope="module")
def convolutional(sample: Digits, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the twins `soft-bn` and `soft-plain`, of few convolutions, trained for a moment."""
    folder = tmp_path_factory.mktemp("convolutional")
    few = sample.subset(200, 40)
    for suffix, norm in (("bn", "batch"), ("plain", "none")):
        model = {"architecture": "convolutional", "channels": 2, "latent_dim": 4, "norm": norm}
        config = parse(TrainConfig, {"model": model, "batch_size": 50, "epochs": 1})
        end = end_of(train(config, few))
        RunFolder(folder, f"soft-{suffix}").finish(end.state, [], few, [], "train")
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_works_with_convolutional_networks(
    section: str, convolutional: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources, "FOLDER", convolutional)
    assert clean(open_page(GENERATE, section=section))
