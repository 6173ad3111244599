import pytest

from vaegan.config import TrainConfig
from vaegan.errors import ConfigError
from vaegan.lab.limits import Limits
from vaegan.presets import PRESETS, preset


def test_nothing_set_is_no_limit() -> None:
    Limits.from_environment({"VAEGAN_MAX_EPOCHS": ""}).check(TrainConfig(epochs=10_000), 60_000)


def test_the_environment_sets_limits() -> None:
    found = Limits.from_environment({"VAEGAN_MAX_EPOCHS": "20", "VAEGAN_MAX_DIGITS": "5000", "OTHER": "1"})
    assert found == Limits(epochs=20, digits=5000)


@pytest.mark.parametrize("value", ["many", "0", "-3", "1.5"])
def test_a_bad_limit_is_named(value: str) -> None:
    with pytest.raises(ConfigError, match=rf"VAEGAN_MAX_\.\.\. of hidden: .*{value}"):
        Limits.from_environment({"VAEGAN_MAX_HIDDEN": value})


def test_all_that_is_too_much_is_named() -> None:
    limits = Limits(epochs=20, batch=100, hidden=300, digits=1000)
    with pytest.raises(
        ConfigError,
        match=r"epochs 60 is more than the 20 this server allows; batch_size 256 .*"
        r"hidden_dim 400 .*"
        r"; train_limit 4,000 is more than the 1,000 this server allows; lower it",
    ):
        limits.check(preset("latent2-bn"), 4000)


def test_a_fitted_config_is_allowed_and_keeps_the_rest() -> None:
    limits = Limits(epochs=20, batch=100, hidden=300, digits=1000)
    found = limits.fitted(preset("latent2-bn"), 4000)
    limits.check(found, 4000)
    changes = {"epochs": 20, "batch_size": 100, "model": {"hidden_dim": 300}, "train_limit": 1000}
    assert found == preset("latent2-bn").updated(changes)
    assert limits.fitted(found, 4000) == found
    assert Limits(digits=5000).fitted(TrainConfig(), 4000) == TrainConfig(), "there are no more digits than that"


def test_an_app_that_is_open_to_others_has_limits_within_which_every_preset_is() -> None:
    limits = Limits.from_environment({"VAEGAN_MAX_EPOCHS": "20"}, open_to_others=True)
    assert limits == Limits.for_a_class().model_copy(update={"epochs": 20})
    assert Limits.from_environment({}) == Limits()
    for name in PRESETS:
        Limits.for_a_class().check(preset(name), 60_000)
    with pytest.raises(ConfigError, match=r"channels 48 is more than the 32 this server allows"):
        limits.check(preset("conv-bn").updated({"epochs": 2, "model": {"channels": 48}}), 60_000)
    with pytest.raises(ConfigError, match=r"hidden_dim 1,600 is more than the 1,024 this server allows"):
        limits.check(TrainConfig(epochs=2).updated({"model": {"latent_dim": 40}}), 60_000)
