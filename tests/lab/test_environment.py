"""Which cluster the environment names."""

import os

import pytest

from vaegan.errors import RunError
from vaegan.lab.environment import ADDRESS, WORKERS, address_from_environment, workers_from_environment


def test_the_number_of_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(WORKERS, raising=False)
    assert workers_from_environment() == max(1, (os.cpu_count() or 2) - 1)
    monkeypatch.setenv(WORKERS, "3")
    assert workers_from_environment() == 3
    monkeypatch.setenv(WORKERS, "many")
    with pytest.raises(RunError, match="VAEGAN_WORKERS is 'many'; give the number"):
        workers_from_environment()


def test_the_address_of_a_scheduler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ADDRESS, raising=False)
    assert address_from_environment() is None
    monkeypatch.setenv(ADDRESS, "")
    assert address_from_environment() is None
    monkeypatch.setenv(ADDRESS, "tcp://10.0.0.5:8786")
    assert address_from_environment() == "tcp://10.0.0.5:8786"
