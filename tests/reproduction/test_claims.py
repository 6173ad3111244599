"""The kept claims are what the rules of this code find in the kept numbers.

These are golden tests: they notice that a rule, a sentence or a number has changed, not that it was wrong from the
start. `test_decisions.py` holds the rules to numbers whose verdict is known.
"""

from types import SimpleNamespace
from typing import Any

import pytest

from vaegan.reproduction import claims, paper, schema
from vaegan.reproduction.experiments import Experiment, Scale
from vaegan.reproduction.schema import Reproduction, RunRecord

TRAINING_DIGITS = 60_000


class KeptRuns:
    """Answers as a Runner would that had made the kept runs."""

    def __init__(self, kept: Reproduction) -> None:
        self._kept = kept
        self.data: Any = SimpleNamespace(train_images=range(TRAINING_DIGITS))

    def record(self, experiment: Experiment) -> RunRecord:
        start = None if experiment.start is None else self.key(experiment.start)
        wanted = (experiment.config, start)
        (found,) = (run for run in self._kept.runs if (run.config, run.start) == wanted)
        return found

    def key(self, experiment: Experiment) -> str:
        return self.record(experiment).key


@pytest.fixture(scope="module")
def kept() -> Reproduction:
    return schema.load()


@pytest.mark.parametrize("name", list(paper.CLAIMS))
def test_a_kept_verdict_is_what_its_rule_finds(name: str, kept: Reproduction) -> None:
    runner: Any = KeptRuns(kept)
    assert claims.decide(name, Scale(seeds=kept.seeds), runner) == kept.claim(name)


def test_every_rule_that_compares_seeds_says_what_lower_means(kept: Reproduction) -> None:
    compared = [claim for claim in kept.claims if "lower" in claim.rule]
    assert {claim.name for claim in compared} == {"adversarial", "similarity", "schedule", "placement"}
    assert all("range of the other's seeds" in claim.rule for claim in compared)
