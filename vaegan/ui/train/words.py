"""Sentences about runs: which was first, how much they overfit, how long they take."""

import html
from collections.abc import Sequence

from vaegan.ui.train.charts import ChartedRun


def gap_in_words(runs: Sequence[ChartedRun]) -> str | None:
    """When each run of a race reached the lowest test loss that all have reached; None if all took equally long."""
    lines = [[(line.epoch, line.test_loss) for line in run.epochs if line.test_loss is not None] for run in runs]
    if len(runs) < 2 or not all(lines):
        return None
    mark = max(min(loss for _, loss in line) for line in lines)
    when = [next(epoch for epoch, loss in line if loss <= mark) for line in lines]
    if len(set(when)) == 1:
        return None
    reached = [f"{run.name} after epoch {epoch}" for run, epoch in zip(runs, when, strict=True)]
    return f"A test loss of {mark:.1f} was reached by {', by '.join(html.escape(words) for words in reached)}."


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
                whose = f" {run.name[:1].lower()}{run.name[1:]}" if len(runs) > 1 else ""
                gaps.append(f"**{line.test_loss - train:+.1f} nats**{whose}")
                after = max(after, line.epoch)
                break
    if not gaps:
        return None
    return (
        f"Gap after epoch {after}, test minus training loss: {', '.join(gaps)}. Below 0 is normal at first: training "
        "is measured with sampled z and while it improves."
    )
