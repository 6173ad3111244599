"""The paper's claims as questions that anybody can answer in a lesson, and what each verdict answers them.

A verdict follows from numbers by a rule, so each of the four has its answer here, and says no more than that rule.
Where a claim holds partly, it may be said which part: if the first comparison is the gain, `first` is the answer.
"""

from typing import NamedTuple

from vaegan.reproduction.schema import Claim, Verdict

UNDECIDED = "Our runs cannot tell: from seed to seed the numbers differ too much for that."


class Question(NamedTuple):
    """A claim as a question, the answer for each verdict, and the lesson of the Train page that shows it, if any."""

    words: str
    answers: dict[Verdict, str]
    lesson: str | None
    first: str | None = None

    def answer(self, claim: Claim) -> str:
        """The answer to this question that follows from the verdict."""
        only_first = [gain.outcome == "gain" for gain in claim.gains if not gain.aside][:2] == [True, False]
        return self.first if claim.verdict == "partly" and only_first and self.first else self.answers[claim.verdict]


QUESTIONS = {  # by the name of the claim
    "convergence": Question(
        "Does a network learn faster with BatchNorm?",
        {
            "holds": "Yes, at the rate that suits each network, and at the paper's.",
            "partly": "With one of two choices of the learning rate, not with both.",
            "does not hold": "No, neither at the rate that suits each network nor at the paper's.",
            "undecided": UNDECIDED,
        },
        "race",
        first="At the rate that suits each network, yes; at the paper's it is not shown.",
    ),
    "overfitting": Question(
        "Does BatchNorm keep a network from learning its digits by heart?",
        {
            "holds": "Yes, with few digits and with all.",
            "partly": "With few digits or with all of them, not with both.",
            "does not hold": "No, neither with few digits nor with all.",
            "undecided": UNDECIDED,
        },
        "overfit",
        first="With few digits, yes; with all of them it is not shown.",
    ),
    "adversarial": Question(
        "Do digits look more real with a GAN beside the VAE?",
        {
            "holds": "Yes, as the paper sets it.",
            "partly": "Not shown as the paper sets it; with another weight, other fakes or another network, yes.",
            "does not hold": "No, in nothing that we tried.",
            "undecided": UNDECIDED,
        },
        "opponent",
    ),
    "similarity": Question(
        "Is it better to compare digits by what the discriminator sees than pixel by pixel?",
        {
            "holds": "Yes: samples and rebuilt digits both gain.",
            "partly": "In some of what we measured, not in all.",
            "does not hold": "No: neither samples nor rebuilt digits gain.",
            "undecided": UNDECIDED,
        },
        "similarity",
    ),
    "schedule": Question(
        "Does it help to let the learning rate fall?",
        {
            "holds": "Yes, with and without BatchNorm, in steps and smoothly.",
            "partly": "In some of the ways that we tried, not in all.",
            "does not hold": "No, in none of the ways that we tried.",
            "undecided": UNDECIDED,
        },
        "schedule",
    ),
    "placement": Question(
        "Should BatchNorm stand behind the encoder's output, too?",
        {
            "holds": "Yes: it ends with a lower loss than BatchNorm in hidden layers alone.",
            "partly": "For the first epoch it helps, at the end it does not.",
            "does not hold": "No: BatchNorm in hidden layers alone ends with a loss that is as low.",
            "undecided": UNDECIDED,
        },
        "placement",
    ),
    "augmentation": Question(
        "Do made-up digits help a classifier that has few real ones?",
        {
            "holds": "Yes, redrawn digits and cleaned ones both do.",
            "partly": "Redrawn digits do or cleaned ones, not both.",
            "does not hold": "No, neither redrawn digits nor cleaned ones.",
            "undecided": UNDECIDED,
        },
        None,
        first="Redrawn digits do; of cleaned ones it is not shown.",
    ),
}
