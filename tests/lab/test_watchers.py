"""Who counts as watching a run."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.ui.runs import SMALL, IdlePool
from vaegan.data.mnist import Digits
from vaegan.lab import dispatch, watchers
from vaegan.lab.jobs import Jobs
from vaegan.lab.run import Run
from vaegan.lab.watchers import PRESENT_SECONDS, RunWatchers
from vaegan.presets import preset


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let seconds go by."""
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr(watchers, "time", SimpleNamespace(monotonic=lambda: clock.now))

    def wait(seconds: float) -> None:
        clock.now += seconds

    return wait


def test_a_session_whose_tab_was_closed_is_no_longer_there(tmp_path: Path, wait: Callable[[float], None]) -> None:
    run_watchers, run = RunWatchers(), Run(tmp_path)
    run_watchers.join(run, "before the reload")
    wait(PRESENT_SECONDS + 1)
    run_watchers.join(run, "after the reload")
    assert run_watchers.of(run) == ("before the reload", "after the reload")
    assert run_watchers.present(run) == ("after the reload",)
    assert run_watchers.count_others(run, "after the reload") == 0
    run_watchers.notice("before the reload")
    assert run_watchers.count_others(run, "after the reload") == 1


def test_all_count_for_a_while_after_the_app_was_started(tmp_path: Path, wait: Callable[[float], None]) -> None:
    run = Run(tmp_path)
    RunWatchers().join(run, "a")
    wait(3600)
    run_watchers = RunWatchers()
    assert run_watchers.present(run) == ("a",)
    wait(PRESENT_SECONDS + 1)
    assert run_watchers.present(run) == ()


def test_a_view_counts_who_is_there(
    tmp_path: Path, wait: Callable[[float], None], digits: Digits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "Pool", IdlePool)
    config = preset("vae").updated(SMALL)
    with Jobs(digits, tmp_path) as jobs:
        run_id = jobs.submit(config, session="a")
        jobs.submit(config, session="b")
        assert jobs.view(run_id).watchers == 2
        wait(PRESENT_SECONDS + 1)
        jobs.submit(config, session="c")
        assert jobs.view(run_id).watchers == 1
