"""Which runs the claims need, as data: nothing is trained here. Each function makes one run a seed."""

from collections.abc import Iterable
from typing import Any

from vaegan.config import Fakes, Norm
from vaegan.reproduction.experiments import SMALL_LEARNING_RATE, Experiment, Scale, paper_runs

FAKES: tuple[Fakes, ...] = ("recon", "prior", "both")
NO_WEIGHT = 1e-6  # of the adversarial term: nothing changes but that prior samples pass through the decoder's BatchNorm


def choice_runs(scale: Scale, norm: Norm, rate: float) -> list[Experiment]:
    """VAEs at a learning rate that choose among rates: held-out digits judge them, and other seeds report."""
    return [
        Experiment(
            f"choice of a rate, {norm}, lr {rate:g}, seed {seed}",
            scale.config(norm, seed, lr=rate, train_limit=scale.choice_digits),
        ).wanting("held_out")
        for seed in scale.choice_seeds
    ]


def runs_at_rate(scale: Scale, norm: Norm, rate: float) -> list[Experiment]:
    """VAEs at a learning rate, on all digits; at the paper's rate they are those of Table 1."""
    return _seeded(scale.seeds, f"VAE, {norm}, lr {rate:g}", scale, norm, lr=rate)


def whole_runs(scale: Scale, norm: Norm) -> list[Experiment]:
    """Table 1's VAEs, watched on training and test digits alike."""
    return [run.wanting("train") for run in paper_runs(scale, norm, "VAE")]


def few_digits_runs(scale: Scale, norm: Norm) -> list[Experiment]:
    """VAEs on few digits in small batches, watched on training and test digits alike."""
    count, epochs = scale.few
    runs = _seeded(
        scale.seeds,
        f"VAE, {norm}, {count} digits",
        scale,
        norm,
        train_limit=count,
        epochs=epochs,
        batch_size=scale.few_batch_size,
        lr=SMALL_LEARNING_RATE,
    )
    return [run.wanting("train") for run in runs]


def rival_runs(scale: Scale, fakes: Fakes, weight: float, *, statistics: bool = True) -> list[Experiment]:
    """VAE-GANs with BatchNorm by what the discriminator sees as fake.

    With reconstructions the routing is the paper's, else Larsen's. Without `statistics` prior samples leave BatchNorm's
    running statistics alone.
    """
    changes = {"weights": {"adv": weight}} | _routed(fakes) | ({} if statistics else {"prior_statistics": False})
    name = f"fakes {fakes}, adv {weight:g}" + ("" if statistics else ", statistics left alone")
    return [run.wanting("quality", "samples") for run in _seeded(scale.seeds, name, scale, "batch", **changes)]


def control_runs(scale: Scale, fakes: Fakes) -> list[Experiment]:
    """What rivals are compared with: the same passes through BatchNorm with no weight on the adversarial term.

    Reconstructions as fakes pass through no BatchNorm of the decoder a second time, so that their control is the VAE.
    """
    if fakes == "recon":
        return [run.wanting("quality", "samples") for run in paper_runs(scale, "batch", "VAE")]
    return rival_runs(scale, fakes, NO_WEIGHT)


def similarity_runs(scale: Scale, pixel_weight: float) -> list[Experiment]:
    """Larsen's VAE-GAN with the learned similarity and so much of the pixel loss."""
    weights = {"recon": pixel_weight, "feature": 1.0, "adv": 1.0}
    runs = _seeded(
        scale.seeds,
        f"learned similarity, recon {pixel_weight:g}",
        scale,
        "batch",
        weights=weights,
        **_routed("both"),
    )
    return [run.wanting("quality") for run in runs]


def schedule_runs(scale: Scale, norm: Norm, schedule: str, epochs: int) -> list[Experiment]:
    """VAEs under a learning-rate schedule. All of them compute in bfloat16, for so many epochs would take too long."""
    changes: dict[str, Any] = {"schedule": schedule, "epochs": epochs, "precision": "bfloat16"}
    if schedule == "step":
        changes["step_epochs"] = max(1, epochs * 3 // 10)  # falls three times
    return _seeded(scale.seeds, f"VAE, {norm}, {schedule}, {epochs} epochs", scale, norm, **changes)


def placement_runs(scale: Scale, norm: Norm) -> list[Experiment]:
    """VAEs with BatchNorm in one of its places, of many seeds."""
    return [run.wanting("noise", "quality") for run in _seeded(scale.many_seeds, f"VAE, {norm}", scale, norm)]


def augmentation_runs(scale: Scale) -> list[Experiment]:
    """Table 1's VAEs with BatchNorm, of many seeds, whose pictures help a classifier to learn."""
    return [run.wanting("augmentation") for run in _seeded(scale.many_seeds, "VAE, batch", scale, "batch")]


def _routed(fakes: Fakes) -> dict[str, Any]:
    return {} if fakes == "recon" else {"routing": "larsen", "fakes": fakes}


def _seeded(seeds: Iterable[int], name: str, scale: Scale, norm: Norm, **changes: Any) -> list[Experiment]:
    return [Experiment(f"{name}, seed {seed}", scale.config(norm, seed, **changes)) for seed in seeds]
