import pytest

from vaegan.config import LossWeights, Norm
from vaegan.errors import ConfigError
from vaegan.presets import PRESETS, preset

SYSTEMS = ("ae", "vae", "gan", "vaegan", "vaegan-bn")  # what the paper compares
BATCH_NORM = [name for name in PRESETS if "-bn" in name]


@pytest.mark.parametrize("name", BATCH_NORM)
def test_twins_differ_in_batch_norm_alone(name: str) -> None:
    twin = PRESETS.get(name.replace("-bn", "-plain")) or PRESETS[name.replace("-bn", "")]
    assert PRESETS[name].model.norm == "batch"
    assert PRESETS[name].updated({"model": {"norm": "none"}}) == twin


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_system_of_the_paper_also_denoises(name: str) -> None:
    assert PRESETS[name].noise.noise_kinds == ()
    denoiser = PRESETS[f"{name}-denoise"]
    mixed = ("gaussian", "salt-pepper", "masking", "occlusion", "watermark", "blur")
    assert denoiser.noise.noise_kinds == mixed  # a new kind of noise changes no preset
    assert denoiser.uses_encoder
    assert denoiser.uses_discriminator == PRESETS[name].uses_discriminator


@pytest.mark.parametrize(
    ("name", "encoder", "discriminator", "sampled", "norm"),
    [
        ("ae", True, False, False, "none"),
        ("vae", True, False, True, "none"),
        ("gan", False, True, True, "batch"),
        ("vaegan", True, True, True, "none"),
        ("vaegan-bn", True, True, True, "batch"),
    ],
)
def test_a_system_uses_the_networks_its_name_says(
    name: str, encoder: bool, discriminator: bool, sampled: bool, norm: Norm
) -> None:
    config = PRESETS[name]
    assert (config.uses_encoder, config.uses_discriminator) == (encoder, discriminator)
    assert (config.sample_latent, config.model.norm) == (sampled, norm)


def test_the_paper_preset_is_what_its_tables_were_made_with() -> None:
    config = preset("paper-bn")
    assert (config.batch_size, config.lr, config.epochs, config.model.hidden) == (2000, 0.01, 10, 400)
    assert config.weights == LossWeights(recon=1, kl=1, adv=1, feature=0)


def test_an_unknown_preset_lists_what_there_is() -> None:
    with pytest.raises(ConfigError, match="'papr'; choose one of ae, vae, gan"):
        preset("papr")
