"""Sentences about runs: which was first, how much they overfit, how long they take."""

from collections.abc import Sequence

from vaegan.config import TrainConfig
from vaegan.lab.queue import View
from vaegan.ui.train.charts import ChartedRun

PHASES = {
    "queued": "waits",
    "running": "trains",
    "paused": "holds",
    "stopping": "is stopping",
    "stopped": "was stopped",
    "finished": "is trained",
    "failed": "failed",
}


def status_in_words(view: View) -> str:
    """What a run does, how far it is and how long that will still take."""
    words = [PHASES[view.phase]]
    if view.phase in ("running", "paused", "stopping", "stopped"):
        words.append(f"{view.epoch} of {view.plan.config.epochs} epochs, step {view.step:,}")
    if view.phase == "running" and view.remaining is not None:
        words.append(f"about {duration(view.remaining)} left")
    if view.position is not None:
        words.append(f"number {view.position} in the queue")
        if view.wait:
            words.append(f"begins in about {duration(view.wait)}")
    if view.watchers > 1:
        words.append(f"{view.watchers} watch it")
    if view.phase == "failed" and view.reason:
        words.append(view.reason)
    return ", ".join(words)


def gap_in_words(runs: Sequence[ChartedRun], configs: Sequence[TrainConfig]) -> str | None:
    """When each run of a race reached the lowest test loss that all have reached; None if all took equally long.

    Runs with other weights of their losses, or on other digits, are no race: their losses measure other things.
    """
    if len({(config.weights, config.noise) for config in configs}) != 1:
        return None
    lines = [[(line.epoch, line.test_loss) for line in run.epochs if line.test_loss is not None] for run in runs]
    if len(runs) < 2 or not all(lines):
        return None
    mark = max(min(loss for _, loss in line) for line in lines)
    when = [next(epoch for epoch, loss in line if loss <= mark) for line in lines]
    if len(set(when)) == 1:
        return None
    parts = (f"{_in_a_sentence(run.name)} after {counted(epoch)}" for run, epoch in zip(runs, when, strict=True))
    return f"The test loss came down to {mark:.1f}: {', '.join(parts)}."


def _in_a_sentence(name: str) -> str:
    """A run's name without the capital of its first word, unless that is a VAE or the like."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def counted(epochs: int) -> str:
    """So many epochs."""
    return f"{epochs} epoch{'' if epochs == 1 else 's'}"


def duration(seconds: float) -> str:
    """Seconds in words."""
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def overfitting_in_words(runs: Sequence[ChartedRun], epoch: int | None = None) -> str | None:
    """How far each run's test loss lies above its training loss, after `epoch` or else after the last one."""
    gaps, after = [], 0
    for run in runs:
        for line in reversed(run.epochs):
            train = run.train_loss(line)
            if (epoch is None or line.epoch <= epoch) and train is not None and line.test_loss is not None:
                whose = f" {_in_a_sentence(run.name)}" if len(runs) > 1 else ""
                gap = f"{line.test_loss - train:+.1f}".replace("-", "−")
                gaps.append(f"**{gap} nats**{whose}")
                after = max(after, line.epoch)
                break
    if not gaps:
        return None
    return (
        f"Gap after epoch {after}, test minus training loss: {', '.join(gaps)}. Below 0 is normal at first: the "
        "training loss is measured while the network still improves, and with z drawn at random."
    )
