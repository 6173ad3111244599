"""The paper's claims, one by one: numbers, a rule, and the verdict that the rule finds in the numbers."""

from collections.abc import Callable, Sequence
from statistics import fmean

from vaegan.reproduction import paper
from vaegan.reproduction.evidence import (
    QUALITY_COLUMNS,
    finals,
    firsts,
    flat,
    gap,
    gap_plot,
    higher,
    loss_plot,
    lower,
    mean,
    measured,
    quality_rows,
    test_loss,
    verdict,
    words,
)
from vaegan.reproduction.experiments import (
    NORMS,
    OBJECTIVES,
    PLACEMENTS,
    Experiment,
    Scale,
    few_digits,
    paper_runs,
    placed,
    rivals,
    scheduled,
    similar,
    slow_pair,
)
from vaegan.reproduction.runner import Runner
from vaegan.reproduction.schema import NAMED, Cell, Claim, Evidence, Plot, Verdict

ROUTINGS = ("paper", "larsen")
RANGES = " Lower or higher means that the mean lies outside of the range of the other's seeds."
SMALLER = 0.9  # a gap of one seed that is nearly the other's says nothing
Rows = list[tuple[Cell, ...]]


def runs_of(name: str, scale: Scale) -> list[Experiment]:
    """All runs that a claim needs."""
    match name:
        case "convergence":
            return flat(_pairs(scale))
        case "overfitting":
            return flat(_few_pairs(scale))
        case "adversarial":
            return flat(rivals(scale, weight, routing) for routing, weight in _rivalries(scale))
        case "similarity":
            return rivals(scale, 0.0, "paper") + flat(similar(scale, weight) for weight in scale.pixel_weights)
        case "schedule":
            return flat(scheduled(scale, norm, kind) for norm in NORMS for kind in ("constant", *scale.schedules))
        case _:
            return flat(placed(scale, norm) for norm in PLACEMENTS)


def decide(name: str, scale: Scale, runner: Runner) -> Claim:
    """The claim of this name, decided by the runs that are there."""
    return _DECIDED[name](scale, runner)


def _pairs(scale: Scale) -> list[tuple[Experiment, ...]]:
    """Twins without and with BatchNorm, one a seed and objective; then those at a tenth of the learning rate."""
    same = [zip(*(paper_runs(scale, norm, kind) for norm in NORMS), strict=True) for kind in OBJECTIVES]
    return [*(pair for pairs in same for pair in pairs), tuple(slow_pair(scale, norm) for norm in NORMS)]


def _few_pairs(scale: Scale) -> list[list[Experiment]]:
    return [[few_digits(scale, norm, *few) for norm in NORMS] for few in scale.few]


def _rivalries(scale: Scale) -> list[tuple[str, float]]:
    """(routing, adversarial weight), the VAE first."""
    return [("paper", 0.0), *((routing, weight) for routing in ROUTINGS for weight in scale.adversarial)]


def _convergence(scale: Scale, runner: Runner) -> Claim:
    rows: Rows = []
    sooner = []
    pairs = [[runner.record(experiment) for experiment in pair] for pair in _pairs(scale)]
    for plain, bn in pairs:
        goal = mean(finals([plain]))
        reached = [] if goal is None else [epoch.epoch for epoch in bn.epochs if test_loss(epoch) <= goal]
        needed = min(reached, default=None)
        sooner.append(needed is not None and needed < len(plain.epochs))
        rows.append((plain.name.replace(", none", ""), plain.config.lr, goal, needed, mean(finals([bn]))))
    counts = sorted({row[3] for row in rows if isinstance(row[3], int)})
    when = f"after {' to '.join(dict.fromkeys((str(counts[0]), str(counts[-1]))))}" if counts else "in none"
    sentence = (
        f"The test loss that a network without BatchNorm has after {scale.epochs} epochs its twin with BatchNorm "
        f"reaches {when} of them; sooner in {sum(sooner)} of {len(sooner)} pairs."
    )
    columns = ("pair", "lr", "final loss without", "epochs with to reach it", "final loss with")
    shown = {f"{NAMED[one.config.model.norm]}, lr {one.config.lr:g}": one for one in (*pairs[0], *pairs[-1])}
    return _claim(
        "convergence",
        f"Twins of Table 1 that differ in BatchNorm alone, and one pair at lr {pairs[-1][0].config.lr:g}",
        "Holds if in every pair BatchNorm reaches the other's final test loss in fewer epochs; partly if in some.",
        verdict(sooner),
        sentence,
        Evidence(columns=columns, rows=tuple(rows)),
        (loss_plot("convergence", "Without and with BatchNorm", shown),),
        (scale, runner),
    )


def _overfitting(scale: Scale, runner: Runner) -> Claim:
    rows: Rows = []
    smaller, said, plots = [], [], []
    for pair in _few_pairs(scale):
        records = [runner.record(experiment) for experiment in pair]
        count = pair[0].config.train_limit or len(runner.data.train_images)
        gaps = []
        for norm, record in zip(NORMS, records, strict=True):
            if record.failure:
                rows.append((count, NAMED[norm], *[None] * 6))
                continue
            best, end = min(record.epochs, key=test_loss), record.epochs[-1]
            gaps.append(gap(end))
            at_best: tuple[Cell, ...] = (best.epoch, test_loss(best), gap(best))
            rows.append((count, NAMED[norm], *at_best, end.epoch, test_loss(end), gap(end)))
        complete = len(gaps) == len(NORMS)
        smaller.append(complete and gaps[1] < SMALLER * gaps[0])
        said.append(
            f"on {count:,} digits " + (f"{gaps[1]:.2f} with, {gaps[0]:.2f} without" if complete else "diverged")
        )
        named = {NAMED[norm]: record for norm, record in zip(NORMS, records, strict=True)}
        plots.append(gap_plot(f"overfitting-{count}", f"Trained on {count:,} digits", named))
    columns = ("digits", "norm", "best epoch", "test loss there", "gap there", "last epoch", "test loss", "gap")
    return _claim(
        "overfitting",
        f"VAE, batch {scale.few_batch_size}, lr {_few_pairs(scale)[0][0].config.lr:g}, one seed; losses with z = mu",
        "Holds if the gap between test and training loss at the end is smaller by a tenth or more with BatchNorm for "
        "every number of training digits; partly if for some.",
        verdict(smaller),
        f"The gap between test and training loss at the end, in nats: {'; '.join(said)}.",
        Evidence(columns=columns, rows=tuple(rows)),
        tuple(plots),
        (scale, runner),
    )


def _adversarial(scale: Scale, runner: Runner) -> Claim:
    settings = _rivalries(scale)
    named = {f"{r} routing, adv {w:g}" if w else "VAE, adv 0": rivals(scale, w, r) for r, w in settings}
    rows, found = quality_rows(named, runner)
    base = found[0]
    better = {place: lower(found[place]["frechet"], base["frechet"]) for place in range(1, len(found))}
    moved = [
        str(rows[place][0])
        for place in better
        if any(
            lower(found[place][name], base[name]) or higher(found[place][name], base[name])
            for name in ("frechet", "psnr", "test_loss")
        )
    ]
    at_one = settings.index(("paper", 1.0))
    found_verdict: Verdict = "holds" if better[at_one] else "partly" if any(better.values()) else "does not hold"
    best = _lowest(found, "frechet")
    sentence = (
        f"The Fréchet distance of samples is {words(mean(base['frechet']))} without the term and "
        f"{words(mean(found[at_one]['frechet']))} at the paper's weight 1; the lowest is that of {rows[best][0]}, "
        f"{words(mean(found[best]['frechet']))}. Test loss, PSNR or Fréchet distance leave the range of the VAE's "
        f"seeds at: {'; '.join(moved) or 'no setting'}."
    )
    return _claim(
        "adversarial",
        "Table 1's network with BatchNorm; Larsen's routing: the term moves the decoder alone, and decoded samples of "
        "the prior count as fakes too",
        "Holds if at the paper's weight 1 and routing the Fréchet distance is lower than the VAE's; partly if at "
        "another weight or routing.",
        found_verdict,
        sentence,
        Evidence(columns=QUALITY_COLUMNS, rows=tuple(rows)),
        (),
        (scale, runner),
    )


def _similarity(scale: Scale, runner: Runner) -> Claim:
    named = {"pixel loss (VAE)": rivals(scale, 0.0, "paper")}
    named |= {f"feature 1, pixel {weight:g}": similar(scale, weight) for weight in scale.pixel_weights}
    rows, found = quality_rows(named, runner)
    base, own = found[0], found[1:]
    samples = [lower(one["frechet"], base["frechet"]) for one in own]
    likeness = [higher(one["psnr"], base["psnr"]) for one in own]
    both = any(a and b for a, b in zip(samples, likeness, strict=True))
    best = 1 + _lowest(own, "frechet")
    sentence = (
        f"Among the settings with a learned similarity {rows[best][0]} has the lowest Fréchet distance, "
        f"{words(mean(found[best]['frechet']))} against {words(mean(base['frechet']))} of the pixel loss, at a PSNR of "
        f"{words(mean(found[best]['psnr']))} against {words(mean(base['psnr']))} dB."
    )
    return _claim(
        "similarity",
        "Table 1's network with BatchNorm, adversarial weight 1, Larsen's routing; the VAE has the pixel loss alone",
        "Holds if a setting has both a lower Fréchet distance and a higher PSNR than the pixel loss; partly if one of "
        "the two.",
        "holds" if both else "partly" if any(samples + likeness) else "does not hold",
        sentence,
        Evidence(columns=QUALITY_COLUMNS, rows=tuple(rows)),
        (),
        (scale, runner),
    )


def _schedule(scale: Scale, runner: Runner) -> Claim:
    rows: Rows = []
    helped, said = [], []
    for norm in NORMS:
        losses = {}
        for kind in ("constant", *scale.schedules):
            own = losses[kind] = finals(map(runner.record, scheduled(scale, norm, kind)))
            rows.append((kind, NAMED[norm], mean(own), min(own, default=None), max(own, default=None)))
        best = min(scale.schedules, key=lambda kind: fmean(losses[kind] or [float("inf")]))
        helped.append(lower(losses[best], losses["constant"]))
        said.append(f"{NAMED[norm]}: {best} {words(mean(losses[best]))}, constant {words(mean(losses['constant']))}")
    return _claim(
        "schedule",
        f"VAE at Table 1's setting, {scale.epochs} epochs; lr {paper.LEARNING_RATE:g} is the peak of every schedule",
        "Holds if, without BatchNorm and with it, the best schedule's final test loss is lower than the constant "
        "rate's; partly if in one of the two.",
        verdict(helped),
        f"Final test loss: {'; '.join(said)}.",
        Evidence(columns=("schedule", "norm", "test loss", "lowest seed", "highest seed"), rows=tuple(rows)),
        (),
        (scale, runner),
    )


def _placement(scale: Scale, runner: Runner) -> Claim:
    rows: Rows = []
    records = {norm: [runner.record(one) for one in placed(scale, norm)] for norm in PLACEMENTS}
    values = ("psnr", "psnr_0.25", "psnr_0.5", "shift_0.5")
    means = {norm: {name: mean(measured(own, name)) for name in values} for norm, own in records.items()}
    for norm, own in records.items():
        trains = {1.0: "yes", 0.0: "no", None: None}[mean(measured(own, "batch_of_one"))]
        rows.append((NAMED[norm], mean(firsts(own)), mean(finals(own)), *means[norm].values(), trains))
    sooner, better = (lower(losses(records["batch"]), losses(records["hidden"])) for losses in (firsts, finals))
    without, hidden, full = (_with_range(finals(own)) for own in records.values())
    fall = {norm: (own["psnr"] or 0.0) - (own["psnr_0.5"] or 0.0) for norm, own in means.items()}
    sentence = (
        f"Final test loss: {full} where the paper has BatchNorm, {hidden} in hidden layers only, {without} without. "
        f"Its price: a batch of one {'can' if rows[-1][-1] == 'yes' else 'cannot'} be trained on; gaussian noise 0.5 "
        f"moves what it is given by {words(means['batch']['shift_0.5'])} learned standard deviations; PSNR then falls "
        f"by {fall['batch']:.1f} dB, without BatchNorm by {fall['none']:.1f} dB."
    )
    columns = ("norm", "test loss, epoch 1", "test loss, last", "PSNR clean", "PSNR gaussian 0.25", "PSNR gaussian 0.5")
    return _claim(
        "placement",
        "VAE at Table 1's setting; trained on clean digits, so noise is what the running statistics have not seen",
        "Holds if BatchNorm after the encoder's output too gives a lower final test loss than in hidden layers only; "
        "partly if only a lower one after the first epoch.",
        "holds" if better else "partly" if sooner else "does not hold",
        sentence,
        Evidence(columns=(*columns, "shift at 0.5, sd", "a batch of one trains"), rows=tuple(rows)),
        (),
        (scale, runner),
    )


_DECIDED: dict[str, Callable[[Scale, Runner], Claim]] = {
    "convergence": _convergence,
    "overfitting": _overfitting,
    "adversarial": _adversarial,
    "similarity": _similarity,
    "schedule": _schedule,
    "placement": _placement,
}


def _with_range(values: Sequence[float]) -> str:
    """The mean and, of several seeds, their range."""
    several = f" ({min(values):.2f} to {max(values):.2f})" if len(values) > 1 else ""
    return words(mean(values)) + several


def _lowest(found: Sequence[dict[str, list[float]]], name: str) -> int:
    """The place of the lowest mean."""
    return min(range(len(found)), key=lambda place: fmean(found[place][name] or [float("inf")]))


def _claim(
    name: str,
    setting: str,
    rule: str,
    found: Verdict,
    sentence: str,
    evidence: Evidence,
    plots: tuple[Plot, ...],
    source: tuple[Scale, Runner],
) -> Claim:
    printed = paper.CLAIMS[name]
    scale, runner = source
    keys = dict.fromkeys(runner.key(experiment) for experiment in runs_of(name, scale))
    return Claim(
        name=name,
        title=printed.title,
        says=printed.says,
        setting=setting,
        rule=rule + (RANGES if "lower" in rule else ""),
        verdict=found,
        sentence=sentence,
        evidence=evidence,
        plots=plots,
        runs=tuple(keys),
    )
