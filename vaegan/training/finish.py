"""The folder of a training run: its state while it goes on, its checkpoint when it ends."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from vaegan.checkpoint import files as checkpoints
from vaegan.checkpoint.card import Card, CardData, EpochLog, Measurement
from vaegan.checkpoint.environment import versions
from vaegan.checkpoint.files import Checkpoint
from vaegan.checkpoint.state import TrainState, load_state, save_state
from vaegan.config import NoiseConfig, TrainConfig
from vaegan.data.mnist import Digits
from vaegan.metrics.likeness import DEFINITIONS, evaluate
from vaegan.model.networks import restore
from vaegan.training.events import EpochEvent

PACKAGES = ("torch", "torchvision", "numpy", "scikit-image", "safetensors")
CARD_NOISES: tuple[NoiseConfig | None, ...] = (
    None,
    *(NoiseConfig(kind="gaussian", level=level) for level in (0.25, 0.5, 0.75)),
    NoiseConfig(kind="salt-pepper", level=0.2),
    NoiseConfig(kind="masking", level=0.5),
)


class Appraised(NamedTuple):
    """What else was measured on the clean test digits, what it means, and the classifier that judged samples."""

    values: Mapping[str, float]
    definitions: Mapping[str, str]
    classifier_sha256: str


class RunFolder:
    """Where one run keeps its things: NAME.state.safetensors, then NAME.safetensors and NAME.json."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        self.state_file = folder / f"{name}.state.safetensors"

    def save_state(self, state: TrainState, history: Sequence[EpochLog]) -> None:
        """Keep all that is needed to go on, atomically."""
        values = state.values | {"history": [log.model_dump() for log in history]}
        save_state(TrainState(state.tensors, values), self.state_file)

    def load_state(self) -> tuple[TrainState, list[EpochLog]]:
        """The state to go on from and the epochs so far; CheckpointError if there is none."""
        state = load_state(self.state_file)
        return state, [EpochLog.model_validate(log) for log in state.values.get("history", [])]

    def finish(
        self,
        state: TrainState,
        history: Sequence[EpochLog],
        data: Digits,
        also: Sequence[Digits],
        command: str,
        appraised: Appraised | None = None,
    ) -> Checkpoint:
        """Measure the trained model on the test digits of `data` and `also`, and save checkpoint and card."""
        config = TrainConfig.model_validate(state.values["config"])
        metrics = [found for digits in (data, *also) for found in measure(config, state, digits, CARD_NOISES)]
        if appraised is not None:
            clean = (
                metrics[0]
                if metrics
                else Measurement(data=card_data(data), noise=None, n=len(data.test_images), values={})
            )
            metrics[:1] = [clean.model_copy(update={"values": clean.values | dict(appraised.values)})]
        card = Card(
            name=self.name,
            config=config,
            data=card_data(data),
            command=command,
            created=datetime.now(UTC).date().isoformat(),
            epochs=len(history),
            history=tuple(history),
            metrics=tuple(metrics),
            definitions=DEFINITIONS | dict(appraised.definitions if appraised is not None else {}),
            classifier_sha256=appraised.classifier_sha256 if appraised is not None else None,
            versions=versions(PACKAGES),
            sha256="",
        )
        checkpoints.save(Checkpoint(card, state.weights), self.folder)
        return checkpoints.load(self.folder / self.name)


def measure(
    config: TrainConfig, state: TrainState, data: Digits, noises: Sequence[NoiseConfig | None]
) -> list[Measurement]:
    """The model of `state` on the test digits of `data` under each noise; nothing for a system that encodes nothing."""
    if not config.uses_encoder:
        return []
    model = restore(config.model, state.weights)
    found = []
    for noise in noises:
        values = evaluate(model, data.test_images, noise)._asdict()
        count = int(values.pop("n"))
        found.append(Measurement(data=card_data(data), noise=noise, n=count, values=values))
    return found


def card_data(data: Digits) -> CardData:
    """How a card names digits."""
    return CardData(label=data.label, sha256=data.sha256)


def epoch_log(event: EpochEvent) -> EpochLog:
    """What a card keeps of an epoch."""
    return EpochLog(epoch=event.epoch, average_loss=event.average_loss, test_loss=event.test_loss)
