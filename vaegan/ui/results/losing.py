"""Where the networks lose against filters, or against leaving the digit as it is, in words."""

from collections.abc import Sequence

from vaegan.config import NoiseConfig
from vaegan.denoisers.comparison import UNCHANGED, DenoiserScore
from vaegan.denoisers.filters import FILTERS
from vaegan.ui.noise_words import noise_label
from vaegan.ui.percent import percent
from vaegan.ui.results.results_state import MEASURES, title
from vaegan.ui.results.shared import once_for_all

FEW = 3  # noises; of more than that only the number is said


def best_rivals(rows: Sequence[DenoiserScore], measure: str) -> dict[str, list[str]]:
    """For each network, the noises under which something else is better, in words with the best of these."""
    lost: dict[str, list[str]] = {name: [] for name in _networks(rows)}
    for noise, at in _by_noise(rows).items():
        scores = {row.denoiser: float(getattr(row, measure)) for row in at}
        best = max((name for name in scores if name in (UNCHANGED, *FILTERS)), key=scores.__getitem__)
        for name in lost:
            if scores.get(name, scores[best]) < scores[best]:
                lost[name].append(f"{noise_label(noise.kind)}, {percent(noise.level)} ({title(best)})")
    return lost


@once_for_all
def table_rows(rows: Sequence[DenoiserScore]) -> list[dict[str, str]]:
    """One line for each network: by each measure, under how many noises it loses, and under which if these are few."""
    count = len(dict.fromkeys(row.noise for row in rows))
    by_measure = {words: best_rivals(rows, measure) for measure, words in MEASURES.items()}
    return [
        {"network": title(name)} | {words: _said(lost[name], count) for words, lost in by_measure.items()}
        for name in _networks(rows)
    ]


@once_for_all
def best_network_loses(rows: Sequence[DenoiserScore]) -> str:
    """In Markdown, the noises under which even the best network has a lower PSNR than what is best without one."""
    lines = []
    for noise, at in _by_noise(rows).items():
        networks = _networks(at)
        network = max((row for row in at if row.denoiser in networks), key=lambda row: row.psnr)
        rival = max((row for row in at if row.denoiser not in networks), key=lambda row: row.psnr)
        if rival.psnr > network.psnr:
            lines.append(
                f"- **{noise_label(noise.kind)}, {percent(noise.level)}:** {title(rival.denoiser)} reaches "
                f"{rival.psnr:.1f} dB, the best network {network.psnr:.1f} dB"
            )
    return "\n".join(lines) or "Nowhere: under every noise some network has the highest PSNR."


def _by_noise(rows: Sequence[DenoiserScore]) -> dict[NoiseConfig, list[DenoiserScore]]:
    grouped: dict[NoiseConfig, list[DenoiserScore]] = {}
    for row in rows:
        grouped.setdefault(row.noise, []).append(row)
    return grouped


def _networks(rows: Sequence[DenoiserScore]) -> list[str]:
    return [name for name in dict.fromkeys(row.denoiser for row in rows) if name not in (UNCHANGED, *FILTERS)]


def _said(lost: Sequence[str], count: int) -> str:
    words = f"loses under {len(lost)} of {count}" if lost else f"loses under none of {count}"
    return words + (f": {'; '.join(lost)}" if 0 < len(lost) <= FEW else "")
