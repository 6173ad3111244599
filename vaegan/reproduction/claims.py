"""The paper's claims in one table: for each the setting, the rule, the runs, and the function that decides it."""

from collections.abc import Callable
from dataclasses import dataclass

from vaegan.reproduction import decisions, paper
from vaegan.reproduction.decisions import Decision
from vaegan.reproduction.experiments import SMALL_LEARNING_RATE, Experiment, Scale
from vaegan.reproduction.runner import Runner
from vaegan.reproduction.schema import Claim

RANGES = " Lower or higher means that the mean lies outside of the range of the other's seeds."


@dataclass(frozen=True)
class Examination:
    """How a claim is examined."""

    setting: Callable[[Scale], str]
    rule: str
    runs: Callable[[Scale], list[Experiment]]
    decide: Callable[[Scale, Runner], Decision]
    several_seeds: bool = False  # it compares means with ranges of seeds, which the rule then explains


EXAMINATIONS: dict[str, Examination] = {
    "convergence": Examination(
        setting=lambda _: (
            f"Twins of Table 1 that differ in BatchNorm alone, and one pair at lr {SMALL_LEARNING_RATE:g}"
        ),
        rule="Holds if in every pair BatchNorm reaches the other's final test loss in fewer epochs; partly if in some.",
        runs=decisions.convergence_runs,
        decide=decisions.convergence,
    ),
    "overfitting": Examination(
        setting=lambda scale: (
            f"VAE, batch {scale.few_batch_size}, lr {SMALL_LEARNING_RATE:g}, one seed; losses with z = mu"
        ),
        rule="Holds if the gap between test and training loss at the end is smaller by a tenth or more with BatchNorm "
        "for every number of training digits; partly if for some.",
        runs=decisions.overfitting_runs,
        decide=decisions.overfitting,
    ),
    "adversarial": Examination(
        setting=lambda _: (
            "Table 1's network with BatchNorm; Larsen's routing: the term moves the decoder alone, and decoded samples "
            "of the prior count as fakes too"
        ),
        rule="Holds if at the paper's weight 1 and routing the Fréchet distance is lower than the VAE's; partly if at "
        "another weight or routing.",
        runs=decisions.adversarial_runs,
        decide=decisions.adversarial,
        several_seeds=True,
    ),
    "similarity": Examination(
        setting=lambda _: (
            "Table 1's network with BatchNorm, adversarial weight 1, Larsen's routing; the VAE has the pixel loss alone"
        ),
        rule="Holds if a setting has both a lower Fréchet distance and a higher PSNR than the pixel loss; partly if "
        "one of the two.",
        runs=decisions.similarity_runs,
        decide=decisions.similarity,
        several_seeds=True,
    ),
    "schedule": Examination(
        setting=lambda scale: (
            f"VAE at Table 1's setting, {scale.epochs} epochs; lr {paper.LEARNING_RATE:g} is the peak of every schedule"
        ),
        rule="Holds if, without BatchNorm and with it, the best schedule's final test loss is lower than the constant "
        "rate's; partly if in one of the two.",
        runs=decisions.schedule_runs,
        decide=decisions.schedule,
        several_seeds=True,
    ),
    "placement": Examination(
        setting=lambda _: (
            "VAE at Table 1's setting; trained on clean digits, so noise is what the running statistics have not seen"
        ),
        rule="Holds if BatchNorm after the encoder's output too gives a lower final test loss than in hidden layers "
        "only; partly if only a lower one after the first epoch.",
        runs=decisions.placement_runs,
        decide=decisions.placement,
        several_seeds=True,
    ),
}


def runs_of(name: str, scale: Scale) -> list[Experiment]:
    """All runs that a claim needs."""
    return EXAMINATIONS[name].runs(scale)


def decide(name: str, scale: Scale, runner: Runner) -> Claim:
    """The claim of this name, decided by the runs that are there."""
    printed, examination = paper.CLAIMS[name], EXAMINATIONS[name]
    decision = examination.decide(scale, runner)
    keys = dict.fromkeys(runner.key(experiment) for experiment in examination.runs(scale))
    return Claim(
        name=name,
        title=printed.title,
        says=printed.says,
        setting=examination.setting(scale),
        rule=examination.rule + (RANGES if examination.several_seeds else ""),
        verdict=decision.verdict,
        sentence=decision.sentence,
        evidence=decision.evidence,
        plots=decision.plots,
        runs=tuple(keys),
    )
