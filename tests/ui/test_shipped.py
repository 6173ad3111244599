"""Which checkpoints come first in menus, and links to checkpoints whose place others have taken."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import streamlit as st

from tests.ui.opened import healthy, open_page
from vaegan.checkpoint.files import PRETRAINED, available, load, save
from vaegan.reproduction import samplers
from vaegan.ui import catalogue, controls, pages, resources, shipped
from vaegan.ui.generate import generate_state

pytestmark = pytest.mark.usefixtures("lab_folder")
PAIRS = ("conv", "denoise", "latent2", "paper")
SAMPLERS = ("conv-sampler-gan", "conv-sampler-vae")


@pytest.fixture
def folder(twins: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of checkpoints as they are to be shipped, all copies of two small ones."""
    own = {suffix: load(f"tiny-{suffix}", twins) for suffix in ("bn", "plain")}
    copies = {f"{pair}-{suffix}": own[suffix] for pair in PAIRS for suffix in own}
    for name, checkpoint in (copies | dict.fromkeys(SAMPLERS, own["bn"])).items():
        card = checkpoint.card.model_copy(update={"name": name})
        save(replace(checkpoint, card=card), tmp_path / "shipped")
    monkeypatch.setattr(resources, "FOLDER", tmp_path / "shipped")
    st.cache_resource.clear()
    return tmp_path / "shipped"


def test_the_convolutional_ones_come_first_where_they_exist(folder: Path) -> None:
    assert resources.pairs() == ["conv", "denoise", "latent2", "paper"]
    names = ["conv-bn", "conv-plain", *SAMPLERS, "paper-bn", "paper-plain"]
    assert catalogue.names() == [*names, "denoise-bn", "denoise-plain", "latent2-bn", "latent2-plain"]
    assert shipped.put_first(["b", "run-2", "latent2", "run-1"], *shipped.MAPS) == ["latent2", "b", "run-2", "run-1"]
    for file in folder.glob("conv*"):
        file.unlink()
    assert resources.pairs() == ["denoise", "latent2", "paper"]
    assert catalogue.names()[:3] == ["paper-bn", "paper-plain", "denoise-bn"]


def test_a_link_to_one_that_is_gone_opens_its_successor_and_says_so(folder: Path) -> None:
    test = open_page(pages.GENERATE.path, section="sample", models="sampler-gan,paper-bn,sampler-vae")
    assert test.session_state[generate_state.MODELS] == ["conv-sampler-gan", "paper-bn", "conv-sampler-vae"]
    assert test.warning[0].value == (
        "The link's sampler-gan is no longer there; conv-sampler-gan, which took its place, was opened. "
        "The link's sampler-vae is no longer there; conv-sampler-vae, which took its place, was opened."
    )
    healthy(test.run())
    assert not test.warning
    assert "sampler-gan" not in str(test.query_params["models"]).replace("conv-sampler-gan", "")


@pytest.mark.parametrize(("section", "key"), [("duel", generate_state.FORGER), ("anomaly", generate_state.JUDGE)])
def test_so_do_the_links_of_other_sections(folder: Path, section: str, key: str) -> None:
    test = open_page(pages.GENERATE.path, section=section, model="sampler-vae")
    assert test.session_state[key] == "conv-sampler-vae"
    assert "conv-sampler-vae, which took its place" in test.warning[0].value


def test_one_that_is_still_there_is_opened_itself(folder: Path) -> None:
    for ending in ("json", "safetensors"):
        shutil.copy(folder / f"conv-sampler-gan.{ending}", folder / f"sampler-gan.{ending}")
    test = open_page(pages.GENERATE.path, section="sample", models="sampler-gan")
    assert test.session_state[generate_state.MODELS] == ["sampler-gan"]
    assert not test.warning


def test_a_successor_that_is_not_there_is_not_opened(folder: Path) -> None:
    for file in folder.glob("conv-sampler-gan*"):
        file.unlink()
    test = open_page(pages.GENERATE.path, section="sample", models="sampler-gan")
    assert "sampler-gan" not in test.session_state[generate_state.MODELS]
    assert test.warning[0].value == "The link's models is not one this page knows, so it was left as it is."


def test_labels_tell_the_kinds_of_layers_apart(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert catalogue.model_label("paper-bn") == "As in the paper, with BatchNorm"
    assert controls.pair_label("paper") == "As in the paper"
    assert "Dense layers, as in the paper, join every input" in controls.training_words("paper")
    own = resources.card("conv-bn")
    config = own.config.updated({"model": {"architecture": "convolutional"}})
    monkeypatch.setattr(resources, "card", lambda _: own.model_copy(update={"config": config}))
    assert catalogue.model_label("own-bn") == "own-bn · VAE-GAN, convolutional, with BatchNorm"
    assert controls.pair_label("own") == "own · convolutional"
    assert "the same small filters at every place" in controls.training_words("conv")


def test_the_sheets_of_the_shipped_samplers_say_what_other_seeds_gave(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "FOLDER", PRETRAINED)
    st.cache_resource.clear()
    test = open_page(pages.GENERATE.path, section="sample")
    (said,) = [caption.value for caption in test.caption if "Not luck" in caption.value]
    by_sampler = {(row.sampler, row.seed): row.values["frechet"] for row in samplers.kept().rows}
    for seed in samplers.SEEDS:
        assert f"{by_sampler['conv-sampler-gan', seed] / by_sampler['conv-sampler-vae', seed]:.2f}" in said


def test_every_shipped_checkpoint_is_called_by_what_it_is_for() -> None:
    names = available(PRETRAINED)
    titles = {name: shipped.title(name) for name in names}
    assert len(set(titles.values())) == len(names)
    for name, title in titles.items():
        assert title != name
        assert title.endswith((", with BatchNorm", ", without BatchNorm")) == name.endswith(("-bn", "-plain"))
    assert shipped.title("run-12") == "run-12"
