"""The paper's claims in one table: for each the setting, the rule, the runs, and the function that decides it."""

from collections.abc import Callable
from dataclasses import dataclass

from vaegan.reproduction import about_losses, about_samples, claim_runs, paper
from vaegan.reproduction.about_losses import Decision
from vaegan.reproduction.augmentation import FEW
from vaegan.reproduction.experiments import SMALL_LEARNING_RATE, Experiment, Scale
from vaegan.reproduction.rule import CONFIDENCE
from vaegan.reproduction.runner import Runner
from vaegan.reproduction.schema import Claim

RULE = (
    f" Runs are paired by seed; the interval of their difference (Student's t) holds for all comparisons of the claim "
    f"together with {CONFIDENCE:.0%} confidence (Bonferroni). A gain is an interval that lies wholly beyond the "
    "smallest difference that matters; one wholly short of it is none; any other, and one with a run that diverged, "
    "leaves it undecided. Partly: some comparisons are gains. Undecided: none is one, but some may be."
)


@dataclass(frozen=True)
class Examination:
    """How a claim is examined."""

    setting: Callable[[Scale], str]
    rule: str
    runs: Callable[[Scale], list[Experiment]]
    decide: Callable[[Scale, Runner], Decision]
    later: Callable[[Scale, Runner], list[Experiment]] = lambda _scale, _runner: []  # runs that the others choose


def _later_convergence(scale: Scale, runner: Runner) -> list[Experiment]:
    return about_losses.convergence_runs(scale, about_losses.chosen_rates(scale, runner))


EXAMINATIONS: dict[str, Examination] = {
    "convergence": Examination(
        setting=lambda scale: (
            f"VAEs of Table 1's network; of the rates {', '.join(f'{rate:g}' for rate in scale.rates)} each norm has "
            f"the one with the lowest loss on held-out digits, chosen by runs of other seeds on "
            f"{scale.choice_digits:,} digits; what is reported learns from all"
        ),
        rule=f"Holds if BatchNorm comes in fewer epochs to a test loss that was fixed before, both with the best rate "
        f"of each norm and with the paper's lr {paper.LEARNING_RATE:g}; partly if with one of the two. A run that does "
        "not come there counts one epoch more than it has.",
        runs=about_losses.choices,
        decide=about_losses.convergence,
        later=_later_convergence,
    ),
    "overfitting": Examination(
        setting=lambda scale: (
            f"{scale.few[0]:,} digits: VAE, batch {scale.few_batch_size}, lr {SMALL_LEARNING_RATE:g}, {scale.few[1]} "
            "epochs; all digits: Table 1's VAE; losses with z = mu"
        ),
        rule="Holds if the gap between test and training loss is smaller with BatchNorm on few digits and on all; "
        "partly if on one of the two.",
        runs=about_losses.overfitting_runs,
        decide=about_losses.overfitting,
    ),
    "adversarial": Examination(
        setting=lambda _: (
            "Table 1's network with BatchNorm. Reconstructions as fakes: the paper's routing, beside the VAE. Prior "
            "samples among the fakes: Larsen's routing, beside the same with a weight of "
            f"{claim_runs.NO_WEIGHT:f}, since prior samples move BatchNorm's statistics by themselves. The "
            "convolutional pair is without BatchNorm; `benchmark-samplers` trained it"
        ),
        rule="By the Fréchet distance of samples of N(0, I). Holds if it is lower at the paper's fakes and weight 1; "
        "partly if at another.",
        runs=about_samples.adversarial_runs,
        decide=about_samples.adversarial,
    ),
    "similarity": Examination(
        setting=lambda _: (
            "Table 1's network with BatchNorm, adversarial weight 1, Larsen's routing, reconstructions and prior "
            "samples as fakes; beside the same with the pixel loss alone"
        ),
        rule="By the Fréchet distance of samples and the PSNR of reconstructions, at each weight of the pixel loss. "
        "Holds if all gain; partly if some do.",
        runs=about_samples.similarity_all_runs,
        decide=about_samples.similarity,
    ),
    "schedule": Examination(
        setting=lambda scale: (
            f"VAE at Table 1's setting, but {scale.long_epochs} epochs; lr {paper.LEARNING_RATE:g} is where every "
            f"schedule begins or has its peak. Warm-up: {scale.epochs} epochs. All in bfloat16"
        ),
        rule="By the final test loss beside that of the constant rate. Holds if each falling rate gains, without "
        "BatchNorm and with it; partly if some do. Warm-up decides nothing.",
        runs=about_losses.schedule_all_runs,
        decide=about_losses.schedule,
    ),
    "placement": Examination(
        setting=lambda scale: (
            f"VAE at Table 1's setting, {len(scale.many_seeds)} seeds; trained on clean digits, so noise is what the "
            "running statistics have not seen"
        ),
        rule="Holds if BatchNorm after the encoder's output too gives a lower final test loss than in hidden layers "
        "only; partly if only a lower one after the first epoch.",
        runs=about_losses.placement_all_runs,
        decide=about_losses.placement,
    ),
    "augmentation": Examination(
        setting=lambda scale: (
            f"{len(scale.many_seeds)} seeds. A classifier learns from {FEW} digits with labels, half of each batch as "
            "they are and half as the VAE of Table 1 with BatchNorm redraws or cleans them; equal steps, the same "
            "first weights. The VAE has seen all training digits without labels"
        ),
        rule="By the share of test digits read right, beside the real digits alone. Holds if samples and cleaned "
        "digits both help; partly if one of them does. Noise alone and moved digits decide nothing.",
        runs=claim_runs.augmentation_runs,
        decide=about_samples.augmentation,
    ),
}


def runs_of(name: str, scale: Scale) -> list[Experiment]:
    """The runs of a claim that are known before any has ended."""
    return EXAMINATIONS[name].runs(scale)


def later_runs(name: str, scale: Scale, runner: Runner) -> list[Experiment]:
    """The runs of a claim that those of `runs_of` choose."""
    return EXAMINATIONS[name].later(scale, runner)


def decide(name: str, scale: Scale, runner: Runner) -> Claim:
    """The claim of this name, decided by the runs that are there."""
    printed, examination = paper.CLAIMS[name], EXAMINATIONS[name]
    decision = examination.decide(scale, runner)
    used = examination.runs(scale) + examination.later(scale, runner)
    return Claim(
        name=name,
        title=printed.title,
        says=printed.says,
        setting=examination.setting(scale),
        rule=examination.rule + RULE,
        verdict=decision.verdict,
        sentence=decision.sentence,
        evidence=decision.evidence,
        plots=decision.plots,
        runs=tuple(dict.fromkeys(runner.key(experiment) for experiment in used)),
        gains=decision.gains,
    )
