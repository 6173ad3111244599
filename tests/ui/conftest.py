"""What tests of pages share: a browser's part in addresses; and an empty lab, and runs that have finished."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
import streamlit as st

from tests.ui.runs import IdlePool, planned
from vaegan.data.mnist import Digits
from vaegan.lab import dispatch
from vaegan.lab.run import Run
from vaegan.lab.runs import ENVIRONMENT
from vaegan.lab.worker import work
from vaegan.ui import link, resources
from vaegan.ui.train import lab


@pytest.fixture(autouse=True)
def address(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do what the component does in a browser: the address that a page shows is what it finds at its next run."""
    monkeypatch.setattr(link, "show_address", lambda _page, shown, _number, _place: st.query_params.from_dict(shown))


@pytest.fixture
def lab_folder(twins: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The pages over two small checkpoints and an empty lab."""
    monkeypatch.setattr(resources, "FOLDER", twins)
    monkeypatch.setattr(dispatch, "Pool", IdlePool)
    monkeypatch.setenv(ENVIRONMENT, str(tmp_path))
    lab.jobs.clear()
    yield tmp_path
    lab.jobs.clear()


@pytest.fixture(scope="session")
def trained(sample: Digits, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Run]:
    """Runs that have finished, by preset: twins and a GAN."""
    folder = tmp_path_factory.mktemp("trained")
    runs = {base: planned(folder, sample, base) for base in ("vaegan-bn", "vaegan", "gan")}
    work([str(run.folder) for run in runs.values()])
    return runs


@pytest.fixture
def finished(trained: Mapping[str, Run], lab_folder: Path) -> Callable[..., list[str]]:
    """Put finished runs into the lab; returns their ids."""

    def put(*bases: str) -> list[str]:
        for base in bases:
            shutil.copytree(trained[base].folder, lab_folder / trained[base].run_id)
        return [trained[base].run_id for base in bases]

    return put
