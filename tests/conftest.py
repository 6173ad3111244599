"""What all tests share: a few real digits, two small trained twins, and no way to the user's own files."""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple, TypeVar

import pytest
import torch

from vaegan import checkpoint
from vaegan.checkpoint.files import Checkpoint
from vaegan.cli import main
from vaegan.config import TrainConfig
from vaegan.data import mnist
from vaegan.data.mnist import ENVIRONMENT, Digits, load_sample
from vaegan.lab.runs import ENVIRONMENT as RUNS
from vaegan.metrics import classifier
from vaegan.metrics.classifier import Classifier
from vaegan.model.dense import DenseDecoder, DenseEncoder
from vaegan.model.networks import VAEGAN
from vaegan.training.events import EndEvent, EpochEvent, Event
from vaegan.training.finish import RunFolder, epoch_log
from vaegan.training.loop import train


class Result(NamedTuple):
    """How a command ended."""

    code: int | str | None
    out: str
    err: str


Run = Callable[..., Result]
T = TypeVar("T")


def present(value: T | None) -> T:
    """The value, which must be there."""
    assert value is not None
    return value


def of_kind(kind: type[T], events: Iterable[Event]) -> list[T]:
    """The events of one class, in order."""
    return [event for event in events if isinstance(event, kind)]


def until_the_end(events: Iterable[Event]) -> tuple[list[Event], EndEvent]:
    """All that happens in a run before its end, and the end."""
    *before, end = events
    assert isinstance(end, EndEvent)
    return before, end


def end_of(events: Iterable[Event]) -> EndEvent:
    """How a run ends."""
    return until_the_end(events)[1]


def dense_parts(model: VAEGAN) -> tuple[DenseEncoder, DenseDecoder]:
    """The model's own encoder and decoder, which must be of the paper's architecture."""
    assert isinstance(model.encoder, DenseEncoder)
    assert isinstance(model.decoder, DenseDecoder)
    return model.encoder, model.decoder


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    """The models are tiny: threads only wait for each other, for seconds where the cores are busy."""
    torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def _isolated(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Neither the caller's environment nor the caller's MNIST and runs count."""
    monkeypatch.delenv(ENVIRONMENT, raising=False)
    monkeypatch.setenv(RUNS, str(tmp_path_factory.getbasetemp() / "no-runs"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "empty-cache"))


@pytest.fixture(scope="session")
def sample() -> Digits:
    """The bundled sample, 4,000 training and 1,000 test digits; read once."""
    return load_sample()


@pytest.fixture(scope="session")
def digits(sample: Digits) -> Digits:
    """The first 400 training and 100 test digits of the sample; none of these 100 is a 6."""
    return sample.subset(400, 100)


@pytest.fixture(scope="session")
def twins(sample: Digits, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `tiny-bn` and `tiny-plain`, trained for some seconds; copy what you want to change."""
    folder = tmp_path_factory.mktemp("twins")
    few = sample.subset(1000, 100)
    for suffix, norm in (("bn", "batch"), ("plain", "none")):
        config = TrainConfig(
            model={"latent_dim": 8, "hidden_dim": 64, "norm": norm},
            noise={"noise_kinds": ["gaussian"]},
            batch_size=50,
            lr=3e-3,
            epochs=3,
        )
        history = []
        for event in train(config, few):
            if isinstance(event, EpochEvent):
                history.append(epoch_log(event))
            if isinstance(event, EndEvent):
                command = f"python -m vaegan train --preset vaegan-{suffix} --out {folder}"
                RunFolder(folder, f"tiny-{suffix}").finish(event.state, history, few, [], command)
    return folder


@pytest.fixture(scope="session")
def tiny(twins: Path) -> Checkpoint:
    """The first of the twins."""
    return checkpoint.load("tiny-bn", twins)


@pytest.fixture(scope="session")
def judge() -> Classifier:
    """Our digit classifier."""
    return classifier.load()


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], digits: Digits) -> Run:
    """`python -m vaegan WORDS` within this process; the sample is the small one."""
    monkeypatch.setattr(mnist, "load_sample", lambda: digits)

    def call(*words: object) -> Result:
        monkeypatch.setattr(sys, "argv", ["vaegan", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main.main()
        return Result(ended.value.code, *capsys.readouterr())

    return call
