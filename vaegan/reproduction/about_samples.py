"""Decides the claims about samples and pictures: the adversarial term, the learned similarity, data augmentation.

Where prior samples are among the fakes, they pass through the decoder's BatchNorm in training, and its running
statistics move without any adversarial term. So the comparison is with a control: the same passes with a weight of
nothing on the term. What the statistics alone do is shown beside it.
"""

from vaegan.config import Fakes
from vaegan.reproduction import rule, samplers
from vaegan.reproduction.about_losses import Decision
from vaegan.reproduction.augmentation import FEW, WAYS
from vaegan.reproduction.claim_runs import (
    FAKES,
    augmentation_runs,
    control_runs,
    rival_runs,
    similarity_runs,
)
from vaegan.reproduction.evidence import Contest, by_seed, difference, final_loss, flat, gains, mean_of, measured
from vaegan.reproduction.experiments import Experiment, Scale
from vaegan.reproduction.rule import Comparison, Margin
from vaegan.reproduction.runner import Runner
from vaegan.reproduction.schema import Cell, Evidence

OF_THE_DISTANCE = Margin(
    10.0, "", "three times what another draw of samples from the same network changes, and 4 % of the VAE's distance"
)
OF_THE_LIKENESS = Margin(0.2, "dB", "a fifth of the 1 dB that can be seen when two pictures of a digit are compared")
OF_THE_SHARE = Margin(0.5, "percentage points", "50 of 10,000 test digits")

QUALITY = (
    *("test_loss", "psnr", "frechet", "precision", "recall"),
    *("frechet_fitted", "precision_fitted", "recall_fitted", "coverage"),
)
QUALITY_COLUMNS = (
    *("setting", "test loss", "PSNR, dB", "Fréchet", "precision", "recall"),
    *("Fréchet, fitted prior", "precision, fitted", "recall, fitted", "classes"),
)
FEATURE_COLUMNS = ("setting", "test loss", "PSNR, dB", "Fréchet")
SHARE_COLUMNS = ("learned from", "read right, %")
WITH_PRIOR: tuple[Fakes, ...] = ("prior", "both")
LEARNED_FROM = {
    "real": f"{FEW} real digits",
    "samples": "and what the VAE redraws from them",
    "cleaned": "and these cleaned of noise by the VAE",
    "noisy": "and these under noise",
    "shifted": "and these moved by up to two pixels",
}


def adversarial_runs(scale: Scale) -> list[Experiment]:
    """VAE-GANs of several weights by what the fakes are, their controls, and some that leave statistics alone."""
    rivals = flat(rival_runs(scale, fakes, weight) for fakes in FAKES for weight in scale.adversarial)
    alone = flat(rival_runs(scale, fakes, scale.alone, statistics=False) for fakes in WITH_PRIOR)
    return rivals + alone + flat(control_runs(scale, fakes) for fakes in FAKES)


def adversarial(scale: Scale, runner: Runner) -> Decision:
    """Whether samples are better with the adversarial term."""
    convolutional = _convolutional()
    settings = len(FAKES) * len(scale.adversarial) + len(WITH_PRIOR) + 1
    contest = Contest(measured("frechet"), OF_THE_DISTANCE, runner, settings)
    vae = control_runs(scale, "recon")
    comparisons = [
        contest.between(f"fakes {fakes}, adv {weight:g}", rival_runs(scale, fakes, weight), control_runs(scale, fakes))
        for fakes in FAKES
        for weight in scale.adversarial
    ]
    comparisons += [
        contest.between(
            f"fakes {fakes}, adv {scale.alone:g}, statistics left alone",
            rival_runs(scale, fakes, scale.alone, statistics=False),
            vae,
        )
        for fakes in WITH_PRIOR
    ]
    comparisons.append(_compared(convolutional, settings))
    asides = [
        contest.between(f"BatchNorm's statistics alone: fakes {fakes}, no weight", control_runs(scale, fakes), vae)
        for fakes in WITH_PRIOR
    ]
    shown = {"VAE": vae} | {f"fakes {fakes}, no weight": control_runs(scale, fakes) for fakes in WITH_PRIOR}
    shown |= {
        f"fakes {fakes}, adv {weight:g}": rival_runs(scale, fakes, weight)
        for fakes in FAKES
        for weight in scale.adversarial
    }
    shown |= {
        f"fakes {fakes}, adv {scale.alone:g}, statistics left alone": rival_runs(
            scale, fakes, scale.alone, statistics=False
        )
        for fakes in WITH_PRIOR
    }
    rows = [(name, *(mean_of(runs, runner, measured(number)) for number in QUALITY)) for name, runs in shown.items()]
    paper_own = comparisons[0]
    better = [one.name for one in comparisons if one.outcome == "gain"]
    return Decision(
        verdict=rule.verdict(comparisons, first_decides=True),
        sentence=f"In the paper's setting the adversarial term gains {difference(paper_own)} in the Fréchet distance "
        f"of samples; below 0 it loses. Gains that matter: {'; '.join(better) or 'none'}. Prior samples that pass "
        f"through BatchNorm gain {' and '.join(difference(one) for one in asides)} without any adversarial term.",
        evidence=Evidence(columns=QUALITY_COLUMNS, rows=(*rows, *convolutional_rows(convolutional))),
        gains=gains(comparisons, asides),
    )


def _convolutional() -> samplers.SamplerComparison:
    """The kept comparison of the convolutional VAE-GAN with its own VAE."""
    return samplers.kept()


def _compared(kept: samplers.SamplerComparison, settings: int) -> Comparison:
    vae, gan = samplers.SAMPLERS
    by_name = {
        name: {row.seed: row.values["frechet"] for row in kept.rows if row.sampler == name} for name in (gan, vae)
    }
    return rule.compare(
        "convolutional, the shipped weight",
        dict(by_name[gan]),
        dict(by_name[vae]),
        OF_THE_DISTANCE,
        lower_is_better=True,
        settings=settings,
    )


def convolutional_rows(kept: samplers.SamplerComparison) -> list[tuple[Cell, ...]]:
    """The convolutional pair, means over its seeds, as rows of QUALITY_COLUMNS."""
    rows: list[tuple[Cell, ...]] = []
    for name, words in zip(samplers.SAMPLERS, ("VAE", "VAE-GAN"), strict=True):
        of_name = [row.values for row in kept.rows if row.sampler == name]
        means = (sum(values[number] for values in of_name) / len(of_name) for number in QUALITY)
        rows.append((f"convolutional {words}", *means))
    return rows


def similarity_all_runs(scale: Scale) -> list[Experiment]:
    """VAE-GANs with the learned similarity, and the same without."""
    learned = flat(similarity_runs(scale, weight) for weight in scale.pixel_weights)
    return learned + rival_runs(scale, "both", 1.0)


def similarity(scale: Scale, runner: Runner) -> Decision:
    """Whether the learned similarity gives better samples and more likeness than the same VAE-GAN without it."""
    settings = 2 * len(scale.pixel_weights)
    samples = Contest(measured("frechet"), OF_THE_DISTANCE, runner, settings)
    likeness = Contest(measured("psnr"), OF_THE_LIKENESS, runner, settings, lower_is_better=False)
    control = rival_runs(scale, "both", 1.0)
    comparisons = [
        contest.between(f"{name}, pixel loss {weight:g}", similarity_runs(scale, weight), control)
        for weight in scale.pixel_weights
        for contest, name in ((samples, "Fréchet distance"), (likeness, "PSNR"))
    ]
    shown = {"pixel loss alone": control} | {
        f"feature 1, pixel {weight:g}": similarity_runs(scale, weight) for weight in scale.pixel_weights
    }
    numbers = (final_loss, measured("psnr"), measured("frechet"))
    said = "; ".join(f"{one.name} {difference(one)}" for one in comparisons)
    return Decision(
        verdict=rule.verdict(comparisons),
        sentence=f"Gains over the same VAE-GAN with the pixel loss alone, below 0 losses: {said}.",
        evidence=Evidence(
            columns=FEATURE_COLUMNS,
            rows=tuple((name, *(mean_of(runs, runner, one) for one in numbers)) for name, runs in shown.items()),
        ),
        gains=gains(comparisons),
    )


def augmentation(scale: Scale, runner: Runner) -> Decision:
    """Whether a classifier that learns from few digits gets better with what the VAE makes of them."""
    runs = augmentation_runs(scale)
    shares = {way: by_seed(runs, runner, measured(f"accuracy_{way}")) for way in WAYS}

    def compared(way: str, settings: int = 2) -> Comparison:
        return rule.compare(
            f"{LEARNED_FROM['real']} {LEARNED_FROM[way]}",
            shares[way],
            shares["real"],
            OF_THE_SHARE,
            lower_is_better=False,
            settings=settings,
        )

    comparisons = [compared(way) for way in ("samples", "cleaned")]
    asides = [compared(way) for way in ("noisy", "shifted")]
    rows = [(LEARNED_FROM[way], mean_of(runs, runner, measured(f"accuracy_{way}"))) for way in WAYS]
    samples, cleaned, noisy, shifted = (difference(one) for one in (*comparisons, *asides))
    return Decision(
        verdict=rule.verdict(comparisons),
        sentence=f"Beside {LEARNED_FROM['real']} alone, made-up digits change the share that a classifier reads right "
        f"by {samples}, cleaned ones by {cleaned}. Without any network, noise changes it by {noisy}, moving the digits "
        f"by {shifted}.",
        evidence=Evidence(columns=SHARE_COLUMNS, rows=tuple(rows)),
        gains=gains(comparisons, asides),
    )
