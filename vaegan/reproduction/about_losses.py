"""Decides the claims that losses decide: convergence, overfitting, schedules, the place of BatchNorm.

Each claim has two functions: NAME_runs has the runs that it needs, NAME makes evidence, verdict and sentence of them.
Those of convergence need the runs of `choices` first, which choose the rates.
"""

from statistics import fmean
from typing import NamedTuple

from vaegan.config import Norm
from vaegan.reproduction import paper, rule
from vaegan.reproduction.claim_runs import (
    choice_runs,
    few_digits_runs,
    placement_runs,
    runs_at_rate,
    schedule_runs,
    whole_runs,
)
from vaegan.reproduction.evidence import (
    Contest,
    by_seed,
    difference,
    final_gap,
    final_loss,
    first_loss,
    flat,
    gains,
    gap_plot,
    loss_plot,
    mean_of,
    measured,
    test_loss,
    words,
)
from vaegan.reproduction.experiments import NORMS, PLACEMENTS, Experiment, Scale
from vaegan.reproduction.rule import Margin
from vaegan.reproduction.runner import Runner
from vaegan.reproduction.schema import NAMED, Cell, Evidence, Gain, Plot, RunRecord, Verdict

AN_EPOCH = Margin(1.0, "epochs", "the losses are measured once an epoch, so less cannot be told")
OF_THE_GAP = Margin(1.0, "nats", "a hundredth of the test loss")
OF_THE_LOSS = Margin(0.25, "nats", "about half of what the tenth epoch of Table 1 still brings")

RATE_COLUMNS = ("norm", "lr", "held-out loss", "chosen")
GAP_COLUMNS = ("digits", "norm", "test loss", "training loss", "gap")
SCHEDULE_COLUMNS = ("epochs", "schedule", "norm", "test loss, last")
PLACEMENT_COLUMNS = (
    *("norm", "test loss, epoch 1", "test loss, last", "PSNR clean", "PSNR gaussian 0.25", "PSNR gaussian 0.5"),
    *("shift at 0.5, sd", "a batch of one trains"),
)


class Decision(NamedTuple):
    """What the runs of a claim say."""

    verdict: Verdict
    sentence: str
    evidence: Evidence
    gains: tuple[Gain, ...]
    plots: tuple[Plot, ...] = ()


def choices(scale: Scale) -> list[Experiment]:
    """The runs that choose a learning rate for each norm."""
    return flat(choice_runs(scale, norm, rate) for norm in NORMS for rate in scale.rates)


def chosen_rates(scale: Scale, runner: Runner) -> dict[Norm, float]:
    """For each norm the rate with the lowest loss on held-out digits; one at which a run diverged comes last."""
    return {norm: min(scale.rates, key=lambda rate: _held_out(scale, runner, norm, rate)) for norm in NORMS}


def _held_out(scale: Scale, runner: Runner, norm: Norm, rate: float) -> float:
    losses = by_seed(choice_runs(scale, norm, rate), runner, measured("held_out_loss")).values()
    return fmean(float("inf") if loss is None else loss for loss in losses)


def convergence_runs(scale: Scale, rates: dict[Norm, float]) -> list[Experiment]:
    """Twins, each at its own rate and both at the paper's."""
    return flat(runs_at_rate(scale, norm, rate) for norm in NORMS for rate in (rates[norm], paper.LEARNING_RATE))


def convergence(scale: Scale, runner: Runner) -> Decision:
    """Whether BatchNorm comes to a fixed loss in fewer epochs."""
    rates = chosen_rates(scale, runner)
    contest = Contest(lambda record: epochs_to(record, scale.goal), AN_EPOCH, runner, settings=2)
    pairs = {
        "each network at its best rate": rates,
        f"both at the paper's lr {paper.LEARNING_RATE:g}": dict.fromkeys(NORMS, paper.LEARNING_RATE),
    }
    own, shared = (
        contest.between(name, *(runs_at_rate(scale, norm, of[norm]) for norm in ("batch", "none")))
        for name, of in pairs.items()
    )
    rows: list[tuple[Cell, ...]] = []
    for norm in NORMS:
        for rate in scale.rates:
            loss = _held_out(scale, runner, norm, rate)
            chosen = "yes" if rate == rates[norm] else ""
            rows.append((NAMED[norm], rate, loss if loss < float("inf") else None, chosen))
    shown = {
        f"{NAMED[norm]}, lr {rate:g}": runner.record(runs_at_rate(scale, norm, rate)[0])
        for norm in NORMS
        for rate in dict.fromkeys((rates[norm], paper.LEARNING_RATE))
    }
    return Decision(
        verdict=rule.verdict([own, shared]),
        sentence=f"To a test loss of {scale.goal:g} nats BatchNorm saves {difference(own)} at the best rate of each "
        f"(lr {rates['batch']:g} with, {rates['none']:g} without), and {difference(shared)} at the paper's rate for "
        f"both. {_at_the_highest(scale, runner)}",
        evidence=Evidence(columns=RATE_COLUMNS, rows=tuple(rows)),
        gains=gains([own, shared]),
        plots=(loss_plot("convergence", "Without and with BatchNorm", shown),),
    )


def _at_the_highest(scale: Scale, runner: Runner) -> str:
    """What the highest rate does to each norm, in a sentence."""
    rate = max(scale.rates)
    said = []
    for norm in ("batch", "none"):
        loss = _held_out(scale, runner, norm, rate)
        said.append("diverges" if loss == float("inf") else f"has {loss:.2f} nats on held-out digits")
    return f"At lr {rate:g} a network with BatchNorm {said[0]}, one without {said[1]}."


def epochs_to(record: RunRecord, goal: float) -> float:
    """How many epochs a run needs to a test loss, between two epochs in proportion; one more than it has if never."""
    before: float | None = None
    for epoch in record.epochs:
        loss = test_loss(epoch)
        if loss <= goal:
            return float(epoch.epoch) if before is None else epoch.epoch - (goal - loss) / (before - loss)
        before = loss
    return float(len(record.epochs) + 1)


def overfitting_runs(scale: Scale) -> list[Experiment]:
    """Twins on few digits, and on all."""
    return flat(runs(scale, norm) for runs in (few_digits_runs, whole_runs) for norm in NORMS)


def overfitting(scale: Scale, runner: Runner) -> Decision:
    """Whether the gap between test and training loss is smaller with BatchNorm."""
    contest = Contest(final_gap, OF_THE_GAP, runner, settings=2)
    rows: list[tuple[Cell, ...]] = []
    comparisons, parts, plots = [], [], []
    for count, runs in ((scale.few[0], few_digits_runs), (len(runner.data.train_images), whole_runs)):
        plain, bn = (runs(scale, norm) for norm in NORMS)
        comparisons.append(contest.between(f"on {count:,} digits", bn, plain))
        for norm, own in zip(NORMS, (plain, bn), strict=True):
            loss, gap_there = (mean_of(own, runner, number) for number in (final_loss, final_gap))
            train = None if loss is None or gap_there is None else loss - gap_there
            rows.append((count, NAMED[norm], loss, train, gap_there))
        named = {NAMED[norm]: runner.record(own[0]) for norm, own in zip(NORMS, (plain, bn), strict=True)}
        plots.append(gap_plot(f"overfitting-{count}", f"Trained on {count:,} digits, the first seed", named))
        reached = [words(mean_of(own, runner, final_gap)) for own in (plain, bn)]
        parts.append(f"on {count:,} digits {reached[0]} nats without and {reached[1]} with BatchNorm")
    few, whole = comparisons
    gaps = [float("inf") if row[4] is None else float(row[4]) for row in rows]
    ending = "; on few digits both networks overfit" if min(gaps[:2]) > OF_THE_GAP.size else ""
    ending += "; on all digits neither does" if max(gaps[2:]) < OF_THE_GAP.size else ""
    return Decision(
        verdict=rule.verdict(comparisons),
        sentence=f"The gap between test and training loss at the end is {', '.join(parts)}{ending}. BatchNorm makes it "
        f"smaller by {difference(few)} on few digits and by {difference(whole)} on all.",
        evidence=Evidence(columns=GAP_COLUMNS, rows=tuple(rows)),
        gains=gains(comparisons),
        plots=tuple(plots),
    )


def schedule_all_runs(scale: Scale) -> list[Experiment]:
    """Falling and constant rates over many epochs, and warm-up over Table 1's."""
    long = [(kind, scale.long_epochs) for kind in ("constant", *scale.schedules)]
    short = [(kind, scale.epochs) for kind in ("one-cycle", "cosine")]
    return flat(schedule_runs(scale, norm, *setting) for norm in NORMS for setting in long + short)


def schedule(scale: Scale, runner: Runner) -> Decision:
    """Whether a falling rate ends at a lower loss than a constant one; warm-up beside it."""
    contest = Contest(final_loss, OF_THE_LOSS, runner, settings=len(scale.schedules) * len(NORMS))
    comparisons, asides = [], []
    rows: list[tuple[Cell, ...]] = []
    for norm in NORMS:

        def runs(kind: str, epochs: int, norm: Norm = norm) -> list[Experiment]:
            return schedule_runs(scale, norm, kind, epochs)

        long, short = scale.long_epochs, scale.epochs
        comparisons += [
            contest.between(f"{kind}, {long} epochs, {NAMED[norm]}", runs(kind, long), runs("constant", long))
            for kind in scale.schedules
        ]
        name = f"warm-up: one-cycle against cosine, {short} epochs, {NAMED[norm]}"
        asides.append(contest.between(name, runs("one-cycle", short), runs("cosine", short)))
        settings = [*((kind, long) for kind in ("constant", *scale.schedules)), ("cosine", short), ("one-cycle", short)]
        rows += [(many, kind, NAMED[norm], mean_of(runs(kind, many), runner, final_loss)) for kind, many in settings]
    said = "; ".join(f"{one.name} {difference(one)}" for one in comparisons)
    warm = "; ".join(f"{one.name.split(', ')[-1]} {difference(one)}" for one in asides)
    return Decision(
        verdict=rule.verdict(comparisons),
        sentence=f"Gains over the constant rate in the final test loss, below 0 losses: {said}. What one-cycle gains "
        f"over cosine is its warm-up, and no falling: {warm}.",
        evidence=Evidence(columns=SCHEDULE_COLUMNS, rows=tuple(rows)),
        gains=gains(comparisons, asides),
    )


def placement_all_runs(scale: Scale) -> list[Experiment]:
    """The VAE with BatchNorm in each of its places."""
    return flat(placement_runs(scale, norm) for norm in PLACEMENTS)


def placement(scale: Scale, runner: Runner) -> Decision:
    """Whether BatchNorm after the encoder's output helps, and what it costs."""
    none, hidden, full = (placement_runs(scale, norm) for norm in PLACEMENTS)
    last, first = (
        Contest(number, OF_THE_LOSS, runner, settings=2).between(f"test loss after the {name} epoch", full, hidden)
        for number, name in ((final_loss, "last"), (first_loss, "first"))
    )

    def number(runs: list[Experiment], name: str) -> float | None:
        records = [runner.record(run) for run in runs]
        values = [record.measures[name] for record in records if name in record.measures]
        return fmean(values) if values else None

    def row(norm: Norm, runs: list[Experiment]) -> tuple[Cell, ...]:
        losses = (mean_of(runs, runner, loss) for loss in (first_loss, final_loss))
        trains = number(runs, "batch_of_one")
        noisy = (number(runs, name) for name in ("psnr", "psnr_0.25", "psnr_0.5", "shift_0.5"))
        return (NAMED[norm], *losses, *noisy, None if trains is None else "yes" if trains else "no")

    falls = [(number(runs, "psnr") or 0) - (number(runs, "psnr_0.5") or 0) for runs in (full, none)]
    trains = number(full, "batch_of_one")
    return Decision(
        verdict=rule.verdict([last, first], first_decides=True),
        sentence=f"What BatchNorm after the encoder's output gains over BatchNorm in hidden layers only, in test loss: "
        f"{difference(last)} at the end and {difference(first)} after one epoch; below 0 it loses. Its price: a batch "
        f"of one {'can' if trains else 'cannot'} be trained on; Gaussian noise at 50 % shifts what that layer is given "
        f"by {words(number(full, 'shift_0.5'))} of the standard deviations it has learned; PSNR then falls by "
        f"{falls[0]:.1f} dB, without BatchNorm by {falls[1]:.1f} dB.",
        evidence=Evidence(
            columns=PLACEMENT_COLUMNS,
            rows=tuple(row(norm, runs) for norm, runs in zip(PLACEMENTS, (none, hidden, full), strict=True)),
        ),
        gains=gains([last, first]),
    )
