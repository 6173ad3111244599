"""A small cluster for tests of runs."""

from collections.abc import Iterator

import pytest

from tests.conftest import present
from tests.lab.small_jobs import ended, small
from vaegan.data.mnist import Digits
from vaegan.lab.documents import ACTIVE, Watchers
from vaegan.lab.jobs import Jobs


@pytest.fixture(scope="module")
def few(digits: Digits) -> Digits:
    return digits.subset(400, 40)


@pytest.fixture(scope="module")
def jobs(few: Digits, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jobs]:
    """A cluster of one worker, warm."""
    with Jobs(few, tmp_path_factory.mktemp("runs"), workers=1) as opened:
        ended(opened, opened.submit(small(epochs=1), session="warm-up"))
        yield opened


@pytest.fixture
def quiet(jobs: Jobs) -> Iterator[None]:
    """Every test leaves the worker free."""
    yield
    for view in jobs.views():
        if view.phase in ACTIVE:
            for session in present(jobs.lab.run(view.run_id).read(Watchers)).sessions:
                jobs.stop(view.run_id, session=session)
    for view in jobs.views():
        ended(jobs, view.run_id)
