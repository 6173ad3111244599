"""The comparison of denoisers as Markdown: a table for each kind of noise, and where the models lose."""

from collections.abc import Mapping, Sequence

from vaegan.checkpoint.environment import machine
from vaegan.checkpoint.files import Checkpoint
from vaegan.config import NoiseConfig
from vaegan.data.mnist import Digits
from vaegan.data.tensors import to_pixels
from vaegan.denoisers.comparison import TIMED_PICTURES, UNCHANGED, DenoiserScore
from vaegan.denoisers.filters import FILTERS, tuned
from vaegan.denoisers.weight import Weight
from vaegan.metrics.classifier import Classifier
from vaegan.metrics.markdown import table
from vaegan.metrics.tables import noise_name

WEIGHED = NoiseConfig(kind="gaussian", level=0.5)  # the noise whose PSNR stands beside weights
MEASURES = ("psnr", "ssim", "accuracy")
FEW = 14  # conditions; up to so many are listed, of more than that only the number is printed

NOTE = f"""\
Cells: PSNR in dB / SSIM / share of outputs that the digit classifier reads right; bold is the best of a column.
`{UNCHANGED}` does nothing. Filters are told kind and level of the noise and use parameters tuned for them on training
digits; networks are told neither. ms: one picture alone on one processor, median of {TIMED_PICTURES}, as fast as this
machine was then. Weights are those of encoder and decoder, as stored; filters have none, and their work is not counted
in multiply-adds."""


def facts(data: Digits, classifier: Classifier, models: Sequence[Checkpoint]) -> dict[str, str]:
    """In words, what was compared and on which digits."""
    x = to_pixels(data.test_images)
    trained: dict[str, list[str]] = {}
    for card in (model.card for model in models):
        seen = "clean digits" if not card.config.noise.noise_kinds else "mixed noise"
        trained.setdefault(f"{seen} of {card.data.label}, {card.epochs} epochs", []).append(card.name)
    facts_by_name = {
        "digits": f"{len(x):,} test digits ({data.label}), noise seed 0",
        "classifier": f"reads {classifier.accuracy(x, data.test_labels):.1%} of them right when clean",
        "classifier_sha256": classifier.card.sha256,
        "filters": f"{tuned()['criterion']} ({tuned()['data']['label']})",
        "milliseconds": f"of one digit alone, on one thread of {machine().cpu}, median of {TIMED_PICTURES}",
        "models": "; ".join(f"{', '.join(names)}: {how}" for how, names in trained.items()),
    }
    if data.source == "sample":
        facts_by_name["caution"] = (
            "these digits are of MNIST's training set, which the shipped models and classifier have seen"
        )
    return facts_by_name


def report(
    rows: Sequence[DenoiserScore],
    speeds: Mapping[str, float],
    weights: Mapping[str, Weight],
    about: Mapping[str, object],
) -> str:
    """The whole report: `about` (from `facts`) line by line, the tables, where the models lose, and their weights."""
    parts = ["\n".join(f"- {name}: {value}" for name, value in about.items()), NOTE]
    for kind in dict.fromkeys(row.noise.kind for row in rows):
        parts.append(f"### {kind}\n\n" + _table([row for row in rows if row.noise.kind == kind], speeds))
    parts.append("### Where the models lose\n\n" + losses(rows))
    parts.append("### Weight\n\n" + weight_table(rows, speeds, weights))
    return "\n\n".join(parts)


def losses(rows: Sequence[DenoiserScore]) -> str:
    """For each model and measure, the noises under which a filter or doing nothing is better, and the best of these."""
    noises = list(dict.fromkeys(row.noise for row in rows))
    models = [name for name in dict.fromkeys(row.denoiser for row in rows) if name not in FILTERS and name != UNCHANGED]
    at = {(row.denoiser, row.noise): row for row in rows}
    lines = []
    for model in models:
        cells = []
        for measure in MEASURES:
            lost = []
            for noise in noises:
                rivals = [at[name, noise] for name in (*FILTERS, UNCHANGED) if (name, noise) in at]
                best = max(rivals, key=lambda row: _score(row, measure))
                if _score(best, measure) > _score(at[model, noise], measure):
                    lost.append(f"{noise_name(noise)} ({best.denoiser})")
            named = f": {', '.join(lost)}" if 0 < len(lost) <= FEW else ""
            cells.append(f"{len(lost)} of {len(noises)}{named}")
        lines.append([f"`{model}`", *cells])
    return table(("model", "PSNR", "SSIM", "accuracy"), lines)


def weight_table(rows: Sequence[DenoiserScore], speeds: Mapping[str, float], weights: Mapping[str, Weight]) -> str:
    """A line for each denoiser: what it weighs, its milliseconds for one digit, and its PSNR under WEIGHED."""
    psnr = {row.denoiser: row.psnr for row in rows if row.noise == WEIGHED}
    best = max(psnr.values(), default=0.0)
    lines = []
    for name, ms in speeds.items():
        weight = weights.get(name)
        numbers = (weight.parameters, weight.bytes, weight.multiply_adds) if weight else ()
        cells = [f"{number:,}" for number in numbers] or ["0", "0", ""]
        decibels = f"{psnr[name]:.2f}" if name in psnr else ""
        lines.append([f"`{name}`", *cells, f"{ms:.2f}", f"**{decibels}**" if psnr.get(name) == best else decibels])
    return table(("denoiser", "parameters", "bytes", "multiply-adds", "ms", noise_name(WEIGHED)), lines)


def _table(rows: Sequence[DenoiserScore], speeds: Mapping[str, float]) -> str:
    """The table of one kind of noise: a line for each denoiser, a column for each level."""
    noises = list(dict.fromkeys(row.noise for row in rows))
    best = {(n, m): max(_score(row, m) for row in rows if row.noise == n) for n in noises for m in MEASURES}
    lines = []
    for name in dict.fromkeys(row.denoiser for row in rows):
        cells = []
        for row in (row for row in rows if row.denoiser == name):
            shown = zip(MEASURES, (f"{row.psnr:.2f}", f"{row.ssim:.3f}", f"{row.accuracy:.1%}"), strict=True)
            cells.append(" / ".join(f"**{t}**" if _score(row, m) == best[row.noise, m] else t for m, t in shown))
        lines.append([f"`{name}`", *cells, f"{speeds[name]:.2f}"])
    return table(("denoiser", *(f"{noise.level:g}" for noise in noises), "ms"), lines)


def _score(row: DenoiserScore, measure: str) -> float:
    value: float = getattr(row, measure)
    return value
