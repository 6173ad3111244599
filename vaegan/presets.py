"""Ready-made training runs by name: the systems of the paper and the settings of the shipped checkpoints."""

from typing import Any

from vaegan.config import TrainConfig, merge, parse
from vaegan.errors import ConfigError

_SYSTEMS: dict[str, dict[str, Any]] = {
    "ae": {"model": {"norm": "none"}, "sample_latent": False, "weights": {"kl": 0, "adv": 0}},
    "vae": {"model": {"norm": "none"}, "weights": {"adv": 0}},
    "gan": {"weights": {"recon": 0, "kl": 0}, "fakes": "prior", "lr": 2e-4, "beta1": 0.5},
    "vaegan": {"model": {"norm": "none"}},
    "vaegan-bn": {},
}
# A denoiser must encode the picture that it cleans. The denoising GAN does so too, but without a loss on pixels and
# without KL: it compares pictures by the discriminator's features alone.
_DENOISING_GAN: dict[str, Any] = {"weights": {"recon": 0, "kl": 0, "feature": 1}, "fakes": "both"}
_MIXED_NOISE: dict[str, Any] = {
    "noise": {"noise_kinds": ["gaussian", "salt-pepper", "masking", "occlusion", "watermark", "blur"]}
}
# The shipped denoisers. Masking is drawn most often: it destroys pixels completely, so it needs the most practice.
_PRACTICE: dict[str, Any] = {
    "noise": {"noise_kinds": [*["masking"] * 3, *["gaussian"] * 2, "salt-pepper", "occlusion", "watermark", "blur"]},
    "weights": {"kl": 0.2},
}
_LONG: dict[str, Any] = {"batch_size": 256, "lr": 2e-3, "schedule": "one-cycle"}
_SHIPPED: dict[str, dict[str, Any]] = {
    "paper": {"batch_size": 2000, "lr": 0.01, "epochs": 10},
    "denoise": {**_PRACTICE, **_LONG, "model": {"hidden_dim": 1024}, "epochs": 80},
    "latent2": {**_LONG, "model": {"latent_dim": 2, "hidden_dim": 400}, "epochs": 60},
    "conv": {
        "noise": {
            "noise_kinds": [*["gaussian"] * 4, *["masking"] * 2, "salt-pepper", "occlusion", "watermark", "blur"]
        },
        "weights": {"kl": 0.1, "adv": 0},  # a GAN makes sharper digits, which lie further from the clean ones
        "model": {"architecture": "convolutional", "latent_dim": 64},
        "lr": 2e-3,
        "schedule": "one-cycle",
        "epochs": 60,
    },
    "conv-latent2": {
        **_LONG,
        "weights": {"adv": 0},
        # Half the filters: a map is hundreds of decoded digits, which a phone draws four times as soon.
        "model": {"architecture": "convolutional", "latent_dim": 2, "channels": 12},
        "epochs": 60,
    },
    "wide": {**_PRACTICE, **_LONG, "model": {"latent_dim": 100, "hidden_dim": 320}, "epochs": 60},
}
# A VAE-GAN and a VAE that differ in the adversarial term alone, which acts on prior samples and not on the encoder.
# Without BatchNorm: in training it would normalise reconstructions and prior samples each by their own batch, but later
# only one pair of running statistics is there for both, and samples would look worse than the discriminator saw them.
# The GAN begins when the rate has fallen: a high one makes the two networks run away from each other.
_SAMPLER: dict[str, Any] = {
    "model": {"architecture": "convolutional", "norm": "none"},
    "fakes": "prior",
    "generator": "hinge",
    "adv_start": 8,
    "r1": 0.1,
    "ema": 0.999,
    "lr": 2e-3,
    "beta1": 0.5,
    "schedule": "cosine",
    "epochs": 16,
}
_SAMPLER_ADV = {"gan": 50.0, "vae": 0.0}  # by suffix, the weight of the adversarial term


def preset(name: str) -> TrainConfig:
    """The preset called `name`; ConfigError lists all names if there is none."""
    if name not in PRESETS:
        raise ConfigError(f"there is no preset {name!r}; choose one of {', '.join(PRESETS)}")
    return PRESETS[name]


def _presets() -> dict[str, TrainConfig]:
    values = dict(_SYSTEMS)
    for name, system in _SYSTEMS.items():
        values[f"{name}-denoise"] = _DENOISING_GAN | _MIXED_NOISE if name == "gan" else system | _MIXED_NOISE
    for name, settings in _SHIPPED.items():
        for suffix, norm in (("bn", "batch"), ("plain", "none")):
            values[f"{name}-{suffix}"] = merge(settings, {"model": {"norm": norm}})
    for suffix, weight in _SAMPLER_ADV.items():
        values[f"conv-sampler-{suffix}"] = _SAMPLER | {"weights": {"adv": weight}}
    return {name: parse(TrainConfig, value) for name, value in values.items()}


PRESETS: dict[str, TrainConfig] = _presets()
