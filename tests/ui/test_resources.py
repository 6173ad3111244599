"""What all pages share, without a browser."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st

from tests.ui.opened import open_page
from vaegan.data import mnist
from vaegan.data.mnist import ENVIRONMENT
from vaegan.errors import CheckpointError, RunError
from vaegan.ui import frame, resources
from vaegan.ui.pages import PAGES
from vaegan.ui.train import lab

OF_A_CHECKPOINT = (
    resources.card,
    resources.studio,
    resources.atlas,
    resources.test_scores,
    resources.browser_weights,
    resources.browser_atlas,
)


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


@pytest.mark.slow
@pytest.mark.parametrize("page", [page.path for page in PAGES])
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


def test_others_are_told_no_folder_of_the_server(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(ENVIRONMENT, str(tmp_path / "wrong"))
    monkeypatch.setattr(frame, "open_to_others", lambda: True)
    test = open_page("app.py")
    assert [each.value for each in test.warning] == [frame.DIGITS_MISSING]
    assert str(tmp_path / "wrong") in caplog.text


def test_without_a_data_folder_nothing_is_said() -> None:
    test = open_page("app.py")
    assert not test.exception
    assert not test.warning


@pytest.fixture
def folder(twins: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The two small checkpoints, free to be damaged."""
    shutil.copytree(twins, tmp_path, dirs_exist_ok=True)
    monkeypatch.setattr(resources, "FOLDER", tmp_path)
    return tmp_path


@pytest.mark.parametrize("of", OF_A_CHECKPOINT, ids=lambda of: of.__name__)
def test_what_is_made_of_a_checkpoint_is_kept_by_its_files_and_not_mixed_up(folder: Path, of) -> None:
    with_norm = of("tiny-bn")
    assert of("tiny-bn") is with_norm
    assert of(resources.files_of("tiny-bn")) is with_norm
    assert of("tiny-plain") is not with_norm
    assert len({id(other("tiny-bn")) for other in OF_A_CHECKPOINT}) == len(OF_A_CHECKPOINT)


@pytest.mark.parametrize("ending", [".json", ".safetensors"])
def test_a_replaced_file_is_read_again(folder: Path, ending: str) -> None:
    kept = resources.studio("tiny-bn")
    file = folder / f"tiny-bn{ending}"
    whole = file.read_bytes()
    file.write_bytes(whole[:-40])
    with pytest.raises(CheckpointError):
        resources.studio("tiny-bn")
    file.write_bytes(whole)
    assert resources.studio("tiny-bn") is not kept
    file.unlink()
    with pytest.raises(CheckpointError):
        resources.studio("tiny-bn")
