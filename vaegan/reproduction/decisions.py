"""Decides each claim: names its runs, and makes evidence, verdict and sentence from their records.

Each claim has two functions: NAME_runs has the runs that it needs, NAME decides it.
"""

from statistics import fmean
from typing import NamedTuple

from vaegan.config import Norm
from vaegan.reproduction.evidence import (
    QUALITY_COLUMNS,
    final_losses,
    first_losses,
    flat,
    gap,
    gap_plot,
    graded,
    loss_plot,
    lower,
    lowest,
    mean,
    quality,
    test_loss,
    values_of,
    verdict,
    with_range,
    words,
)
from vaegan.reproduction.experiments import (
    NORMS,
    OBJECTIVES,
    PLACEMENTS,
    SMALL_LEARNING_RATE,
    Experiment,
    Scale,
    few_digits_run,
    paper_runs,
    runs_with_adv,
    runs_with_norm,
    runs_with_schedule,
    runs_with_similarity,
    slow_run,
)
from vaegan.reproduction.runner import Runner
from vaegan.reproduction.schema import NAMED, Cell, Evidence, Plot, RunRecord, Verdict

ROUTINGS = ("paper", "larsen")
SMALLER = 0.9  # a gap of one seed that is nearly the other's says nothing

CONVERGENCE_COLUMNS = (
    "pair",
    "lr",
    "final loss without BatchNorm",
    "epochs to it with BatchNorm",
    "final loss with BatchNorm",
)
OVERFITTING_COLUMNS = (
    *("digits", "norm", "best epoch", "test loss there", "gap there"),
    *("last epoch", "test loss", "gap"),
)
SCHEDULE_COLUMNS = ("schedule", "norm", "test loss", "lowest seed", "highest seed")
PLACEMENT_COLUMNS = (
    *("norm", "test loss, epoch 1", "test loss, last", "PSNR clean", "PSNR gaussian 0.25", "PSNR gaussian 0.5"),
    *("shift at 0.5, sd", "a batch of one trains"),
)


class Decision(NamedTuple):
    """What the runs of a claim say."""

    verdict: Verdict
    sentence: str
    evidence: Evidence
    plots: tuple[Plot, ...] = ()


class Twins(NamedTuple):
    """Two runs that differ in BatchNorm alone."""

    name: str
    plain: Experiment
    bn: Experiment


def _twins(scale: Scale) -> list[Twins]:
    """Twins of Table 1, one pair a seed and objective; then one at a tenth of the learning rate."""
    pairs = []
    for objective in OBJECTIVES:
        both = zip(*(paper_runs(scale, norm, objective) for norm in NORMS), strict=True)
        pairs += [Twins(f"{objective}, seed {seed}", *pair) for seed, pair in zip(scale.seeds, both, strict=True)]
    return [*pairs, Twins(f"VAE, lr {SMALL_LEARNING_RATE:g}", *(slow_run(scale, norm) for norm in NORMS))]


def convergence_runs(scale: Scale) -> list[Experiment]:
    """Twins at two learning rates."""
    return flat((pair.plain, pair.bn) for pair in _twins(scale))


def convergence(scale: Scale, runner: Runner) -> Decision:
    """Whether BatchNorm reaches the other's final loss in fewer epochs."""
    rows: list[tuple[Cell, ...]] = []
    needed: list[int] = []  # epochs, of the pairs in which BatchNorm reached that loss
    sooner = []
    for pair in (twins := _twins(scale)):
        plain, bn = runner.record(pair.plain), runner.record(pair.bn)
        goal = mean(final_losses([plain]))
        epochs = None if goal is None else _first_epoch_at(bn, goal)
        needed += [] if epochs is None else [epochs]
        sooner.append(epochs is not None and epochs < len(plain.epochs))
        rows.append((pair.name, plain.config.lr, goal, epochs, mean(final_losses([bn]))))
    few, many = (min(needed), max(needed)) if needed else (0, 0)
    needs = "longer" if not needed else f"{few}" if few == many else f"{few} to {many}"
    shown = [runner.record(experiment) for pair in (twins[0], twins[-1]) for experiment in (pair.plain, pair.bn)]
    named = {f"{NAMED[record.config.model.norm]}, lr {record.config.lr:g}": record for record in shown}
    return Decision(
        verdict=verdict(sooner),
        sentence=f"For the test loss that a network without BatchNorm has after {scale.epochs} epochs, its twin with "
        f"BatchNorm needs {needs}. It was faster in {sum(sooner)} of {len(sooner)} pairs.",
        evidence=Evidence(columns=CONVERGENCE_COLUMNS, rows=tuple(rows)),
        plots=(loss_plot("convergence", "Without and with BatchNorm", named),),
    )


def _first_epoch_at(record: RunRecord, goal: float) -> int | None:
    """The first epoch whose test loss is at most `goal`."""
    return min((epoch.epoch for epoch in record.epochs if test_loss(epoch) <= goal), default=None)


def overfitting_runs(scale: Scale) -> list[Experiment]:
    """Twins on few and on many digits."""
    return flat([few_digits_run(scale, norm, *few) for norm in NORMS] for few in scale.few)


def overfitting(scale: Scale, runner: Runner) -> Decision:
    """Whether the gap between test and training loss is smaller with BatchNorm."""
    rows: list[tuple[Cell, ...]] = []
    smaller, gaps, plots = [], [], []
    for limit, epochs in scale.few:
        count = limit or len(runner.data.train_images)
        records = {norm: runner.record(few_digits_run(scale, norm, limit, epochs)) for norm in NORMS}
        rows += [(count, NAMED[norm], *_gaps(record)) for norm, record in records.items()]
        plain, bn = (None if record.failure else gap(record.epochs[-1]) for record in records.values())
        complete = plain is not None and bn is not None
        smaller.append(plain is not None and bn is not None and bn < SMALLER * plain)
        gaps.append(f"on {count:,} digits " + (f"{bn:.2f} with, {plain:.2f} without" if complete else "diverged"))
        named = {NAMED[norm]: record for norm, record in records.items()}
        plots.append(gap_plot(f"overfitting-{count}", f"Trained on {count:,} digits", named))
    return Decision(
        verdict=verdict(smaller),
        sentence=f"The gap between test and training loss at the end, in nats: {'; '.join(gaps)}.",
        evidence=Evidence(columns=OVERFITTING_COLUMNS, rows=tuple(rows)),
        plots=tuple(plots),
    )


def _gaps(record: RunRecord) -> tuple[Cell, ...]:
    """Epoch, test loss and gap where the test loss is lowest, then at the end; nothing of a run that diverged."""
    if record.failure:
        return (None,) * 6
    best, end = min(record.epochs, key=test_loss), record.epochs[-1]
    return (best.epoch, test_loss(best), gap(best), end.epoch, test_loss(end), gap(end))


def _rivals(scale: Scale) -> dict[tuple[str, float], list[Experiment]]:
    """Runs by routing and adversarial weight, the VAE (weight 0) first."""
    settings = [("paper", 0.0), *((routing, weight) for routing in ROUTINGS for weight in scale.adversarial)]
    return {(routing, weight): runs_with_adv(scale, weight, routing) for routing, weight in settings}


def adversarial_runs(scale: Scale) -> list[Experiment]:
    """VAE-GANs of several adversarial weights under both routings, and the VAE."""
    return flat(_rivals(scale).values())


def adversarial(scale: Scale, runner: Runner) -> Decision:
    """Whether samples are better with the adversarial term."""
    settings = {
        (routing, weight): quality(f"{routing} routing, adv {weight:g}" if weight else "VAE, adv 0", runs, runner)
        for (routing, weight), runs in _rivals(scale).items()
    }
    vae, at_one = settings["paper", 0.0], settings["paper", 1.0]
    others = [setting for setting in settings.values() if setting is not vae]
    best = lowest(list(settings.values()), "frechet")
    moved = [
        setting.name
        for setting in others
        if any(setting.lower(name, vae) or setting.higher(name, vae) for name in ("frechet", "psnr", "test_loss"))
    ]
    return Decision(
        verdict=graded(
            holds=at_one.lower("frechet", vae), partly=any(setting.lower("frechet", vae) for setting in others)
        ),
        sentence=f"The Fréchet distance of samples is {vae.mean('frechet')} without the term and "
        f"{at_one.mean('frechet')} at the paper's weight 1; the lowest is that of {best.name}, "
        f"{best.mean('frechet')}. Test loss, PSNR or Fréchet distance leave the range of the VAE's seeds at: "
        f"{'; '.join(moved) or 'no setting'}.",
        evidence=Evidence(columns=QUALITY_COLUMNS, rows=tuple(setting.row for setting in settings.values())),
    )


def similarity_runs(scale: Scale) -> list[Experiment]:
    """Larsen's VAE-GAN with the learned similarity, and the VAE."""
    return runs_with_adv(scale, 0.0, "paper") + flat(
        runs_with_similarity(scale, weight) for weight in scale.pixel_weights
    )


def similarity(scale: Scale, runner: Runner) -> Decision:
    """Whether the learned similarity gives better samples and more likeness than the pixel loss."""
    vae = quality("pixel loss (VAE)", runs_with_adv(scale, 0.0, "paper"), runner)
    learned = [
        quality(f"feature 1, pixel {weight:g}", runs_with_similarity(scale, weight), runner)
        for weight in scale.pixel_weights
    ]
    samples = [setting.lower("frechet", vae) for setting in learned]
    likeness = [setting.higher("psnr", vae) for setting in learned]
    best = lowest(learned, "frechet")
    return Decision(
        verdict=graded(
            holds=any(a and b for a, b in zip(samples, likeness, strict=True)), partly=any(samples + likeness)
        ),
        sentence=f"Among the settings with a learned similarity {best.name} has the lowest Fréchet distance, "
        f"{best.mean('frechet')} against {vae.mean('frechet')} of the pixel loss, at a PSNR of {best.mean('psnr')} "
        f"against {vae.mean('psnr')} dB.",
        evidence=Evidence(columns=QUALITY_COLUMNS, rows=tuple(setting.row for setting in (vae, *learned))),
    )


def schedule_runs(scale: Scale) -> list[Experiment]:
    """The VAE under each schedule, without BatchNorm and with it."""
    return flat(runs_with_schedule(scale, norm, kind) for norm in NORMS for kind in ("constant", *scale.schedules))


def schedule(scale: Scale, runner: Runner) -> Decision:
    """Whether the best schedule ends lower than a constant rate."""
    rows: list[tuple[Cell, ...]] = []
    helped, sentences = [], []
    for norm in NORMS:
        losses = {
            kind: final_losses(map(runner.record, runs_with_schedule(scale, norm, kind)))
            for kind in ("constant", *scale.schedules)
        }
        for kind, own in losses.items():
            rows.append((kind, NAMED[norm], mean(own), min(own, default=None), max(own, default=None)))
        best = min(scale.schedules, key=lambda kind: fmean(losses[kind] or [float("inf")]))
        helped.append(lower(losses[best], losses["constant"]))
        constant, lowest_loss = words(mean(losses["constant"])), words(mean(losses[best]))
        sentences.append(f"{NAMED[norm]}: {best} {lowest_loss}, constant {constant}")
    return Decision(
        verdict=verdict(helped),
        sentence=f"Final test loss: {'; '.join(sentences)}.",
        evidence=Evidence(columns=SCHEDULE_COLUMNS, rows=tuple(rows)),
    )


class Placement(NamedTuple):
    """The VAE's runs, one a seed, with BatchNorm in one of its places: losses, and means of the other measures."""

    norm: Norm
    first_losses: list[float]
    final_losses: list[float]
    psnr: float | None
    psnr_at_a_quarter: float | None  # under gaussian noise 0.25
    psnr_at_half: float | None
    shift: float | None  # of what BatchNorm is given, under gaussian noise 0.5, in learned standard deviations
    trains_on_one: bool | None  # whether a batch of one can be trained on

    @property
    def row(self) -> tuple[Cell, ...]:
        """A row of PLACEMENT_COLUMNS."""
        trains = None if self.trains_on_one is None else "yes" if self.trains_on_one else "no"
        losses = mean(self.first_losses), mean(self.final_losses)
        return (NAMED[self.norm], *losses, self.psnr, self.psnr_at_a_quarter, self.psnr_at_half, self.shift, trains)

    @property
    def fall(self) -> float:
        """By how much noise lowers the PSNR, dB."""
        return (self.psnr or 0.0) - (self.psnr_at_half or 0.0)


def placement_runs(scale: Scale) -> list[Experiment]:
    """The VAE with BatchNorm in each of its places."""
    return flat(runs_with_norm(scale, norm) for norm in PLACEMENTS)


def placement(scale: Scale, runner: Runner) -> Decision:
    """Whether BatchNorm after the encoder's output helps, and what it costs."""
    none, hidden, full = (
        _placement(norm, [runner.record(experiment) for experiment in runs_with_norm(scale, norm)])
        for norm in PLACEMENTS
    )
    return Decision(
        verdict=graded(
            holds=lower(full.final_losses, hidden.final_losses), partly=lower(full.first_losses, hidden.first_losses)
        ),
        sentence=f"Final test loss: {with_range(full.final_losses)} where the paper has BatchNorm, "
        f"{with_range(hidden.final_losses)} in hidden layers only, {with_range(none.final_losses)} without. "
        f"Its price: a batch of one {'can' if full.trains_on_one else 'cannot'} be trained on; Gaussian noise at 50 % "
        f"shifts what that layer is given by {words(full.shift)} of the standard deviations it has learned; PSNR then "
        f"falls by {full.fall:.1f} dB, without BatchNorm by {none.fall:.1f} dB.",
        evidence=Evidence(columns=PLACEMENT_COLUMNS, rows=tuple(placed.row for placed in (none, hidden, full))),
    )


def _placement(norm: Norm, records: list[RunRecord]) -> Placement:
    trained = values_of(records, "batch_of_one")
    return Placement(
        norm=norm,
        first_losses=first_losses(records),
        final_losses=final_losses(records),
        psnr=mean(values_of(records, "psnr")),
        psnr_at_a_quarter=mean(values_of(records, "psnr_0.25")),
        psnr_at_half=mean(values_of(records, "psnr_0.5")),
        shift=mean(values_of(records, "shift_0.5")),
        trains_on_one=all(trained) if trained else None,
    )
