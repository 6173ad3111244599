"""Finished runs as models on the other pages, over a cluster that trains nothing."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ui.opened import healthy, markup, on_stage, open_page
from vaegan.ui import catalogue, pages, resources, trained

pytestmark = pytest.mark.usefixtures("lab_folder")


def test_finished_twins_clean_digits_on_denoise(finished: Callable[..., list[str]]) -> None:
    ids = finished("vaegan-bn", "vaegan", "gan")
    test = healthy(open_page(pages.DENOISE.path, pair=f"run-{ids[0]}"))
    assert test.selectbox(key="pair").value == f"run-{ids[0]}"
    assert len(test.selectbox(key="pair").options) == 2, "twins count once, a GAN not at all"
    assert [model["side"] for model in on_stage(test)["models"]] == ["bn", "plain"]


def test_a_run_without_twin_works_alone(finished: Callable[..., list[str]]) -> None:
    (run_id,) = finished("vaegan")
    test = healthy(open_page(pages.DENOISE.path, pair=f"run-{run_id}"))
    assert [model["side"] for model in on_stage(test)["models"]] == ["plain"]
    test = healthy(open_page(pages.LATENT_SPACE.path, pair=f"run-{run_id}"))
    assert test.selectbox(key="map_pair").value == f"run-{run_id}"


def test_runs_make_digits_on_generate(finished: Callable[..., list[str]]) -> None:
    names = [f"run-{run_id}" for run_id in finished("vaegan-bn", "gan")]
    test = healthy(open_page(pages.GENERATE.path, section="sample", models=",".join(names)))
    assert test.multiselect(key="sample_models").value == names
    for name in ("VAE-GAN with BatchNorm", "GAN with BatchNorm"):
        assert re.search(f'alt="25 digits by (Your r|R)un: {name}', markup(test))
    assert not [label for label in test.multiselect(key="sample_models").options if "run-" in label]


@pytest.mark.parametrize("page", [pages.DENOISE.path, pages.LATENT_SPACE.path])
def test_a_link_to_a_run_that_is_gone_falls_back(page: str) -> None:
    test = open_page(page, pair="run-0123456789ab")
    assert not test.exception
    assert "pair is not one this page knows" in test.warning[0].value
    assert not test.error


def test_other_models_can_be_chosen_when_a_run_goes_while_it_is_on_denoise(
    finished: Callable[..., list[str]], lab_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stroke runs a fragment, which still offers the models that were there when the page was opened."""
    (run_id,) = finished("vaegan-bn")
    offered = resources.pairs()
    monkeypatch.setattr(resources, "pairs", lambda: offered)
    shutil.rmtree(lab_folder / run_id)
    test = open_page(pages.DENOISE.path, pair=f"run-{run_id}", show="ladder")
    assert not test.exception
    assert [error.value for error in test.error if "may have been deleted" in error.value]
    healthy(test.selectbox(key="pair").set_value("tiny").run())


def test_other_models_can_be_chosen_when_a_run_goes_while_it_is_on_the_map(
    finished: Callable[..., list[str]], lab_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (run_id,) = finished("vaegan-bn")
    offered = resources.pairs()
    monkeypatch.setattr(resources, "pairs", lambda: offered)
    shutil.rmtree(lab_folder / run_id)
    test = open_page(pages.LATENT_SPACE.path, pair=f"run-{run_id}")
    assert not test.exception
    assert [error.value for error in test.error if "may have been deleted" in error.value]
    healthy(test.selectbox(key="map_pair").set_value("tiny").run())


def test_sampling_goes_on_when_a_run_that_was_offered_goes(
    finished: Callable[..., list[str]], lab_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (run_id,) = finished("vaegan-bn")
    offered = catalogue.names()
    monkeypatch.setattr(catalogue, "names", lambda: offered)
    shutil.rmtree(lab_folder / run_id)
    test = healthy(open_page(pages.GENERATE.path, section="sample", models="tiny-bn"))
    assert "25 digits by tiny-bn" in markup(test)


def test_a_run_that_newer_ones_have_overtaken_can_still_be_used(
    finished: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its link, and by who chose it before they came."""
    first, second = finished("vaegan-bn", "gan")
    monkeypatch.setattr(trained, "NEWEST", 0)
    test = healthy(open_page(pages.DENOISE.path, pair=f"run-{first}"))
    assert not test.warning
    assert test.selectbox(key="pair").value == f"run-{first}"
    for page in (pages.HOME, pages.DENOISE):
        test.query_params.clear()
        test.switch_page("app.py" if page == pages.HOME else page.path).run()
    assert test.selectbox(key="pair").value == f"run-{first}"
    test = healthy(open_page(pages.LATENT_SPACE.path, pair=f"run-{first}"))
    assert test.selectbox(key="map_pair").value == f"run-{first}"
    names = [f"run-{first}", f"run-{second}"]
    test = healthy(open_page(pages.GENERATE.path, section="sample", models=",".join(names)))
    assert test.multiselect(key="sample_models").value == names
    assert "pair is not one" in open_page(pages.DENOISE.path, pair=f"run-{second}").warning[0].value, "it is a GAN"
