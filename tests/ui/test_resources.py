"""What all pages share, without a browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st

from tests.ui.test_pages import open_page
from vaegan.data import mnist
from vaegan.data.mnist import ENVIRONMENT
from vaegan.errors import RunError
from vaegan.ui import resources
from vaegan.ui.frame import PAGES
from vaegan.ui.train import lab


@pytest.fixture(autouse=True)
def small_twins(twins: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The pages over two small checkpoints, without a lab, with nothing kept of other tests."""

    def refuse() -> None:
        raise RunError("there is no lab here")

    monkeypatch.setattr(resources, "FOLDER", twins)
    monkeypatch.setattr(lab, "jobs", refuse)
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


@pytest.mark.parametrize("page", PAGES)
def test_a_wrong_data_folder_is_one_sentence_on_every_page(
    page: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong"
    monkeypatch.setenv(ENVIRONMENT, str(wrong))
    test = open_page(page)
    assert not test.exception
    (warning,) = test.warning
    assert f"The data folder {wrong} does not exist" in warning.value
    assert f"Run `{mnist.FETCH}`" in warning.value
    assert "Everything here uses the bundled sample" in warning.value
    assert resources.digits().source == "sample"


def test_without_a_data_folder_nothing_is_said() -> None:
    test = open_page("app.py")
    assert not test.exception
    assert not test.warning
