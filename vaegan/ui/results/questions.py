"""The paper's claims as questions that anybody can answer in a lesson, and what each verdict answers them.

A verdict follows from numbers by a rule, so each of the four has its answer here, and says no more than that rule.
"""

from typing import NamedTuple

from vaegan.reproduction.schema import Verdict

UNDECIDED = "Our runs cannot tell: from seed to seed the numbers differ too much for that."


class Question(NamedTuple):
    """A claim as a question, the answer for each verdict, and the lesson of the Train page that shows it."""

    words: str
    answers: dict[Verdict, str]
    lesson: str


QUESTIONS = {  # by the name of the claim
    "convergence": Question(
        "Does a network learn faster with BatchNorm?",
        {
            "holds": "Yes, in every pair that we trained.",
            "partly": "In some of the pairs that we trained, not in all.",
            "does not hold": "No, in none of the pairs that we trained.",
            "undecided": UNDECIDED,
        },
        "race",
    ),
    "overfitting": Question(
        "Does BatchNorm keep a network from learning its digits by heart?",
        {
            "holds": "Yes, with few digits and with many.",
            "partly": "With some numbers of training digits, not with all.",
            "does not hold": "No, with no number of training digits.",
            "undecided": UNDECIDED,
        },
        "overfit",
    ),
    "adversarial": Question(
        "Do digits look more real with a GAN beside the VAE?",
        {
            "holds": "Yes, as the paper sets it.",
            "partly": "Not as the paper sets it; with another weight of the GAN or another routing, yes.",
            "does not hold": "No, at no weight that we tried.",
            "undecided": UNDECIDED,
        },
        "opponent",
    ),
    "similarity": Question(
        "Is it better to compare digits by what the discriminator sees than pixel by pixel?",
        {
            "holds": "Yes: samples and rebuilt digits both gain.",
            "partly": "Samples gain or rebuilt digits do, not both.",
            "does not hold": "No: neither samples nor rebuilt digits gain.",
            "undecided": UNDECIDED,
        },
        "similarity",
    ),
    "schedule": Question(
        "Does it help to let the learning rate fall?",
        {
            "holds": "Yes, with and without BatchNorm.",
            "partly": "It helps one of the twins, not both.",
            "does not hold": "No, neither with nor without BatchNorm.",
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
}
