"""What a worker does, without Dask."""

import errno
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
import torch

from tests.conftest import present
from vaegan.config import TrainConfig
from vaegan.data import mnist
from vaegan.data.mnist import Digits
from vaegan.errors import DataError
from vaegan.lab import worker
from vaegan.lab.documents import Control, RunData, States, Status, make_plan
from vaegan.lab.ledger import newest_state
from vaegan.lab.run import Run
from vaegan.lab.shift import Outcome
from vaegan.training.events import EndEvent
from vaegan.training.journal import JournalWriter, place_of
from vaegan.training.loop import train


@pytest.fixture(scope="module")
def few(digits: Digits) -> Digits:
    return digits.subset(200, 20)


@pytest.fixture(autouse=True)
def _worker_has(few: Digits, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(mnist, "load", lambda: few)
    monkeypatch.setattr(mnist, "load_sample", lambda: few)
    for kept in (worker._own_digits, worker._digits_of):
        kept.cache_clear()
    yield
    for kept in (worker._own_digits, worker._digits_of):
        kept.cache_clear()


def prepared(folder: Path, few: Digits, **changes: Any) -> Run:
    values = {"model": {"latent_dim": 3, "hidden_dim": 8}, "batch_size": 20, "epochs": 3}
    plan = make_plan(TrainConfig(**values | changes), few, "vaegan-bn")
    run = Run(folder / plan.run_id)
    run.folder.mkdir()
    run.write(plan)
    run.write(Control())
    run.write(Status(phase="queued"))
    return run


def work(folder: str) -> Outcome:
    """One run alone."""
    (outcome,) = worker.work([folder]).values()
    return outcome


def weights(run: Run) -> dict[str, torch.Tensor]:
    return run.state(present(run.read(States)).last).weights


def undisturbed(run: Run, few: Digits) -> dict[str, torch.Tensor]:
    *_, end = train(run.plan.config, few)
    assert isinstance(end, EndEvent)
    return end.state.weights


def same(a: dict[str, torch.Tensor], b: dict[str, torch.Tensor]) -> bool:
    return all(torch.equal(value, b[name]) for name, value in a.items())


def steps(run: Run) -> list[int]:
    lines = [json.loads(line) for line in run.journal.file.read_text().splitlines()]
    return [line["step"] for line in lines if line["kind"] == "step"]


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Writing beyond so many bytes fails in the middle, as on a full disk; only Unix can limit it."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize(("every", "steps"), [(0, {0, 10, 20, 30}), (4, {0, 10, 20, 30, *range(4, 30, 4)})])
def test_pictures_within_epochs_are_not_taken_for_those_of_an_epochs_end(
    tmp_path: Path, few: Digits, every: int, steps: set[int]
) -> None:
    run = prepared(tmp_path, few, preview_every=every)
    work(str(run.folder))
    assert {step for step, _ in run.previews()} == steps
    assert run.epoch_previews() == {0: 0, 1: 10, 2: 20, 3: 30}
    assert run.preview(20).epoch == 2


@pytest.mark.slow
@pytest.mark.parametrize("size", [20_000, 100_000], ids=["in the journal", "in a state"])
def test_a_full_disk_fails_the_run_and_it_goes_on_when_there_is_room(tmp_path: Path, few: Digits, size: int) -> None:
    run = prepared(tmp_path, few, batch_size=2, epochs=2)
    with largest_file(size):
        phase, reason = work(str(run.folder))
    assert phase == run.status.phase == "failed"
    assert "folder cannot be used (File too large); make room" in reason == run.status.reason
    if size == 20_000:
        assert not run.journal.file.read_bytes().endswith(b"\n"), "a line was cut"
        assert 20 < len(run.curves().step) < 100
    run.write(Status(phase="queued"))
    assert work(str(run.folder)) == ("finished", "finished")
    assert steps(run) == list(range(1, 201))
    assert same(weights(run), undisturbed(run, few))
    assert not list(run.folder.rglob(".*"))


def test_a_disk_that_takes_nothing_at_all_fails_the_run_by_its_outcome(
    tmp_path: Path, few: Digits, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    run = prepared(tmp_path, few)
    monkeypatch.setattr(Run, "write", refuse)
    monkeypatch.setattr(Run, "put", refuse)
    phase, reason = work(str(run.folder))
    assert phase == "failed"
    assert "cannot be used (Read-only file system); give a folder that can be written by VAEGAN_RUNS" in reason
    assert run.status.phase == "queued"


def test_an_error_of_the_beating_thread_ends_the_run(
    tmp_path: Path, few: Digits, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = prepared(tmp_path, few, epochs=500)
    append = JournalWriter._append
    written = []

    def refuse_later(writer: JournalWriter, lines: bytes) -> None:
        written.append(len(lines))
        if len(written) > 5:
            raise OSError(errno.ENOSPC, "No space left on device")
        append(writer, lines)

    monkeypatch.setattr(JournalWriter, "_append", refuse_later)
    assert "No space left on device" in work(str(run.folder))[1]
    assert run.status.epoch < 500


def test_the_state_that_has_come_furthest_counts_and_a_damaged_one_does_not(tmp_path: Path, few: Digits) -> None:
    run = prepared(tmp_path, few)
    assert newest_state(run) is None
    work(str(run.folder))
    last = run.folder / "states" / "epoch-00003.safetensors"
    assert place_of(newest_state(run)).epoch == 3
    last.write_bytes(last.read_bytes()[:1000])
    assert place_of(newest_state(run)).epoch == 2
    run.write(Status(phase="queued"))
    assert work(str(run.folder)) == ("finished", "finished")
    assert same(weights(run), undisturbed(run, few))
    assert steps(run) == list(range(1, 31))


def test_a_worker_with_a_wrong_data_folder_trains_on_the_sample_as_the_pages_show_it(
    tmp_path: Path, few: Digits, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> Digits:
        raise DataError("The data folder /wrong does not exist")

    monkeypatch.setattr(mnist, "load", refuse)
    worker._warm_up.cache_clear()
    run = prepared(tmp_path, few)
    assert work(str(run.folder)) == ("finished", "finished")
    assert same(weights(run), undisturbed(run, few))


def test_a_worker_with_other_digits_says_so(tmp_path: Path, few: Digits) -> None:
    with pytest.raises(DataError, match=r"which its worker does not have .*; set VAEGAN_DATA for the worker"):
        worker._digits_of(RunData(label="MNIST", sha256="0" * 64, train=60_000, test=10_000))
    run = prepared(tmp_path, few)
    run.write(run.plan.model_copy(update={"data": RunData(label="others", sha256="0" * 64, train=200, test=20)}))
    assert work(str(run.folder))[1].startswith("the run is to be trained on others, which its worker does not have")


def test_a_status_tells_programs_that_a_run_diverged(tmp_path: Path, few: Digits) -> None:
    diverging = prepared(tmp_path, few, lr=10, weights={"recon": 1e38})
    assert work(str(diverging.folder))[0] == "failed"
    assert diverging.status.cause == "diverged"
    missing = prepared(tmp_path, few, epochs=1)
    missing.write(missing.plan.model_copy(update={"data": missing.plan.data.model_copy(update={"sha256": "0"})}))
    assert work(str(missing.folder))[0] == "failed"
    assert missing.status.cause is None


def test_what_is_not_to_be_trained_is_left_alone(tmp_path: Path, few: Digits) -> None:
    run = prepared(tmp_path, few)
    run.write(Status(phase="finished", reason="finished"))
    assert work(str(run.folder)) == ("finished", "finished")
    assert not run.journal.file.exists()
    run.write(Status(phase="queued"))
    run.write(Control(want="stop"))
    assert work(str(run.folder)) == ("stopped", "stopped by its watchers")
    assert work(str(tmp_path / ("0" * 12)))[0] == "failed"


def test_the_best_epoch_is_the_one_with_the_lowest_watched_loss(tmp_path: Path, few: Digits) -> None:
    run = prepared(tmp_path, few, lr=0.2, epochs=4, early_stopping=1, schedule="step", step_epochs=1)
    work(str(run.folder))
    losses = [present(line.holdout_loss) for line in run.epochs()]
    assert run.read(States) == States(last=len(losses), best=losses.index(min(losses)) + 1)
    gan = prepared(tmp_path, few, weights={"recon": 0, "kl": 0}, fakes="prior")
    work(str(gan.folder))
    assert gan.read(States) == States(last=3, best=3)
    assert gan.preview(30).reconstructions is None
    assert gan.curves().get("d_real") is not None


@pytest.mark.slow
def test_the_runs_of_a_race_are_always_at_the_same_batch(tmp_path: Path, few: Digits) -> None:
    """Also where one makes twice as many of them; the dropout of one draws from torch's global generator."""
    first = prepared(tmp_path, few)
    second = prepared(tmp_path, few, model={"latent_dim": 3, "hidden_dim": 8, "dropout": 0.2, "norm": "none"})
    double = prepared(tmp_path, few, batch_size=10)
    outcomes = worker.work([str(run.folder) for run in (first, second, double)])
    assert outcomes == dict.fromkeys((run.run_id for run in (first, second, double)), ("finished", "finished"))
    told = [line | {"run": name} for name, run in enumerate((first, second, double)) for line in lines_of(run)]
    order = [(line["run"], line["done"]) for line in sorted(told, key=lambda line: line["at"])]
    reached = {0: 0.0, 1: 0.0, 2: 0.0}
    for name, done in order:
        reached[name] = done
        assert max(reached.values()) - min(reached.values()) < 1 / 30 + 1e-9, "one batch ahead at most"
    for run in (first, second, double):
        assert same(weights(run), undisturbed(run, few))


def lines_of(run: Run) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in run.journal.file.read_text().splitlines()]
    return [line for line in lines if line["kind"] == "step"]


@pytest.mark.slow
def test_a_run_that_fails_or_waits_leaves_its_race_alone(tmp_path: Path, few: Digits) -> None:
    hot = prepared(tmp_path, few, lr=10, weights={"recon": 1e38}, model={"latent_dim": 3, "norm": "none"})
    held, third = prepared(tmp_path, few, seed=7), prepared(tmp_path, few)
    held.write(Control(want="pause", batches=2))
    waiting = prepared(tmp_path, few, seed=8)  # somebody else's: so a paused run gives its worker up
    outcomes = worker.work([str(run.folder) for run in (hot, held, third)])
    assert outcomes[hot.run_id][0] == "failed"
    assert outcomes[held.run_id] == ("paused", "")
    assert held.status.step == 2
    assert outcomes[third.run_id] == ("finished", "finished")
    assert waiting.status.phase == "queued"


def test_a_worker_trains_without_loading_the_compiler() -> None:
    words = "import sys; from vaegan.lab import worker; worker.warm_up(); print('torch._dynamo' in sys.modules)"
    root = str(Path(worker.__file__).parents[2])
    told = subprocess.run([sys.executable, "-c", words], cwd=root, capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["False"], told.stdout


def test_warming_up_is_done_once(monkeypatch: pytest.MonkeyPatch) -> None:
    worker._warm_up.cache_clear()
    nothing_happens = Mock(return_value=[])
    monkeypatch.setattr(worker, "train", nothing_happens)
    worker.warm_up()
    worker.warm_up()
    nothing_happens.assert_called_once()
