"""How good the samples of checkpoints are, by their cards, and in words what follows from these numbers."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from vaegan.config import PRIORS, Prior
from vaegan.errors import CheckpointError
from vaegan.ui import resources
from vaegan.ui.percent import percent

NEAR = 0.95  # two distances are about the same if the smaller one is at least this share of the larger one
_SUFFIX: dict[Prior, str] = {"standard": "", "fitted": "_fitted"}  # of the names that the cards' numbers have


class Quality(NamedTuple):
    """How good samples are: Fréchet distance to test digits, with what real digits reach; precision and recall."""

    frechet: float
    precision: float  # share, 0 to 1
    recall: float  # share, 0 to 1
    floor: float


class Sampler(NamedTuple):
    """What samples are drawn from: a checkpoint and one of its priors."""

    name: str
    prior: Prior


def priors(name: str) -> tuple[Prior, ...]:
    """The priors that a checkpoint can be sampled from; CheckpointError if its card cannot be read."""
    return PRIORS if resources.card(name).prior is not None else ("standard",)


def quality(sampler: Sampler) -> Quality | None:
    """The numbers of a card on clean digits; None if it has none. CheckpointError if it cannot be read."""
    suffix = _SUFFIX[sampler.prior]
    wanted = [f"frechet{suffix}", f"precision{suffix}", f"recall{suffix}", "frechet_floor"]
    for measured in resources.card(sampler.name).metrics:
        if measured.noise is None and all(name in measured.values for name in wanted):
            return Quality(*(measured.values[name] for name in wanted))
    return None


def ranked(names: Sequence[str]) -> list[Sampler]:
    """All that these checkpoints can be sampled from and that has been measured, the lowest Fréchet distance first."""
    measured: list[tuple[float, Sampler]] = []
    for name in names:
        try:
            samplers = [Sampler(name, prior) for prior in priors(name)]
            measured += [(own.frechet, each) for each in samplers if (own := quality(each)) is not None]
        except CheckpointError:
            continue  # whoever chooses this checkpoint is told what is wrong with it
    return [sampler for _, sampler in sorted(measured)]


def best_prior(name: str) -> Prior:
    """The prior of a checkpoint whose samples are nearer to real digits; the standard one if nothing was measured."""
    return next((sampler.prior for sampler in ranked([name])), "standard")


def what_to_look_at(gan: Mapping[Prior, Quality], vae: Mapping[Prior, Quality]) -> str:
    """Which of the two is nearer to real digits, and whether the prior or the decoder is to blame for the rest.

    The numbers are by prior; empty if nothing can be said.
    """
    if "standard" not in gan or "standard" not in vae:
        return ""
    words = _nearer(gan["standard"].frechet, vae["standard"].frechet)
    if "fitted" in gan and "fitted" in vae:
        words += " " + _to_blame(_prior_share(gan), _prior_share(vae))
    return words


def _nearer(gan: float, vae: float) -> str:
    if min(gan, vae) >= NEAR * max(gan, vae):
        return f"With the standard prior VAE-GAN and VAE are about as far from real digits: {gan:.0f} and {vae:.0f}."
    near, far = ("VAE-GAN", "VAE") if gan < vae else ("VAE", "VAE-GAN")
    low, high = sorted((gan, vae))
    words = f"the **{near} is nearer to real digits** than the {far}: Fréchet distance {low:.0f} against {high:.0f}."
    return f"With the standard prior {words}"


def _prior_share(by_prior: Mapping[Prior, Quality]) -> float:
    """The share of the distance between samples and real digits that the fitted prior takes away, 0 to 1."""
    standard, fitted = by_prior["standard"], by_prior["fitted"]
    excess = standard.frechet - standard.floor
    return min(max((standard.frechet - fitted.frechet) / excess, 0.0), 1.0) if excess > 0 else 0.0


def _to_blame(gan: float, vae: float) -> str:
    shares = f"the fitted prior takes away {percent(gan)} of it for the VAE-GAN and {percent(vae)} for the VAE"
    if min(gan, vae) > 0.5:
        return (
            f"Most of the distance comes from **holes in the prior**: {shares}. Look for shapes between two digits, "
            "rarer with the fitted prior."
        )
    if max(gan, vae) <= 0.5:
        return (
            f"Most of the distance comes from the **decoder**: {shares}. Look for blurred or broken strokes, with "
            "either prior."
        )
    holes, blurs = ("VAE-GAN", "VAE") if gan > vae else ("VAE", "VAE-GAN")
    return (
        f"As to the distance, {shares}: most of the {holes}'s comes from holes in its prior, most of the {blurs}'s "
        "from its decoder. Compare how much each gains from the fitted prior."
    )
