"""The folder of a training run: its state while it goes on, its checkpoint when it ends."""

import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import torch

from vaegan.checkpoint import files as checkpoints
from vaegan.checkpoint.card import Card, EpochLog
from vaegan.checkpoint.environment import versions
from vaegan.checkpoint.files import Checkpoint
from vaegan.checkpoint.state import TrainState, load_state, save_state
from vaegan.config import TrainConfig
from vaegan.data import mnist
from vaegan.data.mnist import Digits
from vaegan.files import remove_left_over
from vaegan.metrics.cards import card_data, card_definitions, measured
from vaegan.metrics.classifier import Classifier
from vaegan.model.networks import restore
from vaegan.training.events import EpochEvent
from vaegan.training.fitting import fit_to_digits, prior_card

PACKAGES = ("torch", "torchvision", "numpy", "scikit-learn", "scikit-image", "safetensors")


class RunFolder:
    """The files of one run: NAME.state.safetensors, then NAME.safetensors and NAME.json."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        self.state_file = folder / f"{name}.state.safetensors"

    def prepare(self) -> None:
        """Make the folder and try to write there, before hours are spent on what goes in; OSError if that fails.

        What an earlier process that was killed has left half written is removed.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        remove_left_over(self.folder, of=self.name)
        with tempfile.TemporaryFile(dir=self.folder):
            pass

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
        judge: Classifier | None = None,
        *,
        float16: bool = False,
    ) -> Checkpoint:
        """Measure the trained model on the test digits of `data` and `also`, and save checkpoint and card.

        A prior is fitted to where it encodes the training digits, if it encodes. With a judge the card has every number
        of `evaluate --all`. With `float16` matrices and kernels are rounded before all this, so that the checkpoint
        weighs half and its card is still true.
        """
        config = TrainConfig.model_validate(state.values["config"])
        weights = checkpoints.rounded(state.weights) if float16 else state.weights
        model = restore(config.model, weights)
        fit = fit_to_digits(model, config, data)
        prior = fit.prior if fit is not None else None
        measurements = measured(model, config, (data, *also), judge, prior=prior)
        card = Card(
            name=self.name,
            config=config,
            data=card_data(data),
            command=command,
            created=datetime.now(UTC).date().isoformat(),
            epochs=len(history),
            history=tuple(history),
            metrics=measurements,
            definitions=card_definitions(measurements),
            classifier_sha256=judge.card.sha256 if judge is not None else None,
            versions=versions(PACKAGES) | {"threads": str(torch.get_num_threads())},  # they decide the last bits
            sha256="",
            prior=prior_card(fit) if fit is not None else None,
        )
        checkpoints.save(Checkpoint(card, weights, prior), self.folder)
        return checkpoints.load(self.folder / self.name)


def also_measured(data: Digits) -> list[Digits]:
    """The other digits that a model trained on `data` is measured on: after MNIST the sample, which is everywhere."""
    return [mnist.load_sample()] if data.source == "mnist" else []


def epoch_log(event: EpochEvent) -> EpochLog:
    """What a card keeps of an epoch."""
    return EpochLog(epoch=event.epoch, average_loss=event.average_loss, test_loss=event.test_loss)
