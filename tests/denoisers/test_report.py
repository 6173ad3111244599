from pathlib import Path

import pytest

from vaegan import checkpoint
from vaegan.config import NoiseConfig
from vaegan.data.mnist import Digits
from vaegan.denoisers import comparison
from vaegan.denoisers.comparison import UNCHANGED, DenoiserScore
from vaegan.denoisers.filters import FILTERS
from vaegan.denoisers.report import FEW, facts, losses, report, weight_table
from vaegan.denoisers.weight import Weight
from vaegan.metrics import classifier

LOW, HIGH = NoiseConfig(kind="gaussian", level=0.1), NoiseConfig(kind="gaussian", level=0.5)
MASK = NoiseConfig(kind="masking", level=0.5)


def rows(model: dict[NoiseConfig, tuple[float, float, float]]) -> list[DenoiserScore]:
    """Filters all alike but the median, which is a little better; one model."""
    found = []
    for noise, values in model.items():
        for name in (UNCHANGED, *FILTERS):
            better = 0.5 * (name == "median") - 0.5 * (name == UNCHANGED)
            found.append(DenoiserScore(name, noise, 15 + better, 0.5 + better / 10, 0.9 + better / 10))
        found.append(DenoiserScore("net", noise, *values))
    return found


def test_the_tables_hold_every_number_and_the_best_in_bold() -> None:
    found = rows({LOW: (14.0, 0.9, 0.8), HIGH: (18.123, 0.2, 0.99), MASK: (10, 0.1, 0.1)})
    speeds = dict.fromkeys([UNCHANGED, *FILTERS, "net"], 0.125)
    weights = {"net": Weight(parameters=1234, bytes=4936, multiply_adds=56789)}
    text = report(found, speeds | {"nlm": 7.0}, weights, {"digits": "ten", "caution": "none"})
    lines = text.splitlines()
    assert lines[:2] == ["- digits: ten", "- caution: none"]
    assert [line for line in lines if line.startswith("### ")] == [
        "### gaussian",
        "### masking",
        "### Where the models lose",
        "### Weight",
    ]
    assert "| `net` | 1,234 | 4,936 | 56,789 | 0.12 | **18.12** |" in lines
    assert "| `nlm` | 0 | 0 |  | 7.00 | 15.00 |" in lines
    assert "| denoiser | 0.1 | 0.5 | ms |" in lines
    assert "| `net` | 14.00 / **0.900** / 80.0% | **18.12** / 0.200 / **99.0%** | 0.12 |" in lines
    assert "| `median` | **15.50** / 0.550 / **95.0%** | 15.50 / **0.550** / 95.0% | 0.12 |" in lines
    assert "| `nlm` | 15.00 / 0.500 / 90.0% | 15.00 / 0.500 / 90.0% | 7.00 |" in lines
    tables = [line for line in lines if line.startswith("|")]
    assert len(tables) == 2 * (len(FILTERS) + 2 + 2) + 3 + (len(FILTERS) + 2 + 2)


def test_where_the_model_loses_is_named_with_who_wins() -> None:
    head, _, line = losses(rows({LOW: (14.0, 0.9, 0.8), HIGH: (18.0, 0.2, 0.99)})).splitlines()
    assert head == "| model | PSNR | SSIM | accuracy |"
    assert line == (
        "| `net` | 1 of 2: gaussian:0.1 (median) | 1 of 2: gaussian:0.5 (median) | 1 of 2: gaussian:0.1 (median) |"
    )


def test_a_draw_is_not_lost_and_doing_nothing_can_win() -> None:
    found = [row._replace(psnr=15.5) if row.denoiser == "net" else row for row in rows({LOW: (0, 1, 1)})]
    assert losses(found).splitlines()[-1] == "| `net` | 0 of 1 | 0 of 1 | 0 of 1 |"
    found = [row._replace(psnr=99) if row.denoiser == UNCHANGED else row for row in found]
    assert f"| 1 of 1: gaussian:0.1 ({UNCHANGED}) |" in losses(found)


def test_many_losses_are_counted_only() -> None:
    levels = [NoiseConfig(kind="blur", level=number / 20) for number in range(1, FEW + 2)]
    few, many = (dict.fromkeys(levels[:count], (0.0, 1.0, 1.0)) for count in (FEW, FEW + 1))
    assert losses(rows(few)).count("(median)") == FEW
    assert f"| {FEW + 1} of {FEW + 1} |" in losses(rows(many))
    assert "(median)" not in losses(rows(many))


@pytest.mark.parametrize("limit", [10, 40])
def test_the_facts_say_on_what(digits: Digits, twins: Path, limit: int) -> None:
    judge, data = classifier.load(), digits.subset(test=limit)
    found = facts(data, judge, [checkpoint.load(name, twins) for name in ("tiny-bn", "tiny-plain")])
    assert found["digits"].startswith(f"{limit} test digits (a {400 + limit}-digit sample")
    assert found["classifier_sha256"] == judge.card.sha256
    share = judge.accuracy(data.test_images / 255, data.test_labels)
    assert found["classifier"] == f"reads {share:.1%} of them right when clean"
    assert "the first 50 training digits" in found["filters"]
    assert found["models"].startswith("tiny-bn, tiny-plain: mixed noise of a 1,100-digit sample")
    assert found["models"].endswith("3 epochs")
    assert found["milliseconds"].startswith("of one digit alone, on one thread of ")
    assert "have seen" in found["caution"]


def test_the_readme_has_the_kept_weights() -> None:
    kept = comparison.kept()
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    _, _, rest = readme.partition("<!-- benchmark-denoisers --kept, its last table -->\n")
    assert rest.partition("\n<!-- end -->")[0] == weight_table(kept.rows, kept.milliseconds, kept.weights)
