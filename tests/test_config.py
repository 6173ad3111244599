from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from vaegan.config import (
    DEFAULTS,
    MAX_HIDDEN,
    MAX_SEED,
    LossWeights,
    ModelConfig,
    NoiseConfig,
    TrainConfig,
    TrainingNoise,
    identity,
    parse,
)
from vaegan.errors import ConfigError
from vaegan.presets import PRESETS

BAD = [
    (ModelConfig, {"latent_dim": 0}, "latent_dim", "0"),
    (ModelConfig, {"latent_dim": 2.5}, "latent_dim", "2.5"),
    (ModelConfig, {"hidden_dim": MAX_HIDDEN + 1}, "hidden_dim", "20001"),
    (ModelConfig, {"norm": "layer"}, "norm", "'layer'"),
    (ModelConfig, {"dropout": 1}, "dropout", "1"),
    (NoiseConfig, {"kind": "rain"}, "kind", "'rain'"),
    (NoiseConfig, {"level": 1.5}, "level", "1.5"),
    (NoiseConfig, {"level": float("nan")}, "level", "nan"),
    (NoiseConfig, {"seed": MAX_SEED + 1}, "seed", "2147483648"),
    (TrainingNoise, {"noise_kinds": ["rain"]}, "noise_kinds", "'rain'"),
    (TrainingNoise, {"noise_min": -0.1}, "noise_min", "-0.1"),
    (LossWeights, {"recon": -1}, "recon", "-1"),
    (LossWeights, {"kl": float("inf")}, "kl", "inf"),
    (TrainConfig, {"batch_size": 1}, "batch_size", "1"),
    (TrainConfig, {"epochs": 0}, "epochs", "0"),
    (TrainConfig, {"lr": 0}, "lr", "0"),
    (TrainConfig, {"beta1": 1}, "beta1", "1"),
    (TrainConfig, {"decay": 1.0}, "decay", "1.0"),
    (TrainConfig, {"seed": -1}, "seed", "-1"),
    (TrainConfig, {"fakes": "none"}, "fakes", "'none'"),
    (TrainConfig, {"generator": "wasserstein"}, "generator", "'wasserstein'"),
    (TrainConfig, {"routing": "all"}, "routing", "'all'"),
    (TrainConfig, {"schedule": "linear"}, "schedule", "'linear'"),
    (TrainConfig, {"precision": "float16"}, "precision", "'float16'"),
    (TrainConfig, {"model": {"latent_dim": 1001}}, "latent_dim", "1001"),
    (TrainConfig, {"model": "big"}, "model", "'big'"),
    (TrainConfig, {"learning_rate": 0.1}, "learning_rate", "0.1"),
]

CONTRADICTIONS = [
    ({"weights": {"recon": 0, "adv": 0}}, "recon, adv and feature are all 0"),
    ({"weights": {"recon": 0}, "fakes": "prior"}, "kl 1.0 has no encoder"),
    ({"weights": {"recon": 0, "kl": 0}, "fakes": "prior", "early_stopping": 3}, "early stopping"),
    ({"weights": {"recon": 0, "kl": 0}, "fakes": "prior", "schedule": "plateau"}, "plateau"),
    ({"noise": {"noise_min": 0.6, "noise_max": 0.4}}, "noise_min 0.6 is above noise_max 0.4"),
    ({"adv_start": 4, "epochs": 4}, "adv_start 4: after 4 epochs the run ends, so the GAN would never begin"),
]


@pytest.mark.parametrize("name", PRESETS)
def test_json_and_back_is_the_same(name: str) -> None:
    assert TrainConfig.model_validate_json(PRESETS[name].model_dump_json()) == PRESETS[name]


@pytest.mark.parametrize("config", [ModelConfig(), NoiseConfig(level=0.1), TrainingNoise(noise_kinds=("blur",))])
def test_parts_go_to_json_and_back(config: BaseModel) -> None:
    assert type(config).model_validate_json(config.model_dump_json()) == config


@pytest.mark.parametrize(("kind", "values", "field", "value"), BAD, ids=lambda case: str(case)[:30])
def test_a_bad_value_is_named_with_its_field(
    kind: type[BaseModel], values: dict[str, Any], field: str, value: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(kind, values)
    message = str(caught.value)
    assert message.startswith(f"{field}: ")
    assert message.endswith(f"(got {value})")
    assert "\n" not in message


def test_the_sentence_says_what_is_allowed() -> None:
    with pytest.raises(ConfigError, match=r"^level: input should be less than or equal to 1 \(got 2\)$"):
        parse(NoiseConfig, {"level": 2})


def test_an_unknown_setting_is_named() -> None:
    with pytest.raises(ConfigError, match=r"^speed: there is no such setting \(got 'high'\)$"):
        parse(TrainConfig, {"speed": "high"})


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(ConfigError, match=r"epochs: .*\(got 0\); lr: .*\(got -1\)$"):
        parse(TrainConfig, {"epochs": 0, "lr": -1})


@pytest.mark.parametrize(("values", "reason"), CONTRADICTIONS)
def test_contradictory_settings_are_rejected(values: dict[str, Any], reason: str) -> None:
    with pytest.raises(ConfigError, match=reason) as caught:
        parse(TrainConfig, values)
    assert not str(caught.value).startswith("Value error")


def test_d_500_asks_for_a_hidden_dim() -> None:
    with pytest.raises(ConfigError, match=r"latent_dim 500 asks for 250000 hidden units .* give hidden_dim"):
        parse(ModelConfig, {"latent_dim": 500})
    assert parse(ModelConfig, {"latent_dim": 500, "hidden_dim": 1000}).hidden == 1000


@pytest.mark.parametrize(("latent_dim", "hidden_dim", "hidden"), [(20, None, 400), (2, None, 4), (2, 512, 512)])
def test_hidden_is_the_square_of_d_unless_given(latent_dim: int, hidden_dim: int | None, hidden: int) -> None:
    assert ModelConfig(latent_dim=latent_dim, hidden_dim=hidden_dim).hidden == hidden


def test_updated_merges_nested_settings() -> None:
    base = TrainConfig(seed=4, weights=LossWeights(recon=3, adv=0.5), model=ModelConfig(latent_dim=7))
    changed = base.updated({"lr": 0.5, "weights": {"kl": 0.3}, "noise": {"noise_kinds": ["blur"]}})
    assert (changed.lr, changed.seed) == (0.5, 4)
    assert changed.weights == LossWeights(recon=3, kl=0.3, adv=0.5, feature=0)
    assert changed.noise == TrainingNoise(noise_kinds=("blur",))
    assert changed.model == base.model
    assert (base.lr, base.weights.kl) == (1e-3, 1)


@pytest.mark.parametrize("changes", [{"lr": -1}, {"weights": {"kl": -1}}, {"nothing": 1}, {"weights": 3}])
def test_updated_checks_what_it_merges(changes: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        TrainConfig().updated(changes)


@pytest.mark.parametrize(
    ("owner", "field"), [(TrainConfig(), "lr"), (TrainConfig().model, "norm"), (TrainConfig(), "x")]
)
def test_a_config_cannot_be_changed(owner: BaseModel, field: str) -> None:
    with pytest.raises(ValidationError):
        setattr(owner, field, 1)


@pytest.mark.parametrize(
    ("changes", "watches"), [({}, False), ({"early_stopping": 1}, True), ({"schedule": "plateau"}, True)]
)
def test_only_rules_on_progress_watch_a_holdout(changes: dict[str, Any], watches: bool) -> None:
    assert TrainConfig().updated(changes).watches_holdout is watches


PINNED: dict[int, dict[str, Any]] = {
    1: {
        "model": {
            "architecture": "dense",
            "latent_dim": 20,
            "hidden_dim": None,
            "channels": 24,
            "norm": "batch",
            "dropout": 0.0,
            "spectral_norm": False,
        },
        "weights": {"recon": 1.0, "kl": 1.0, "adv": 1.0, "feature": 0.0},
        "noise": {"noise_kinds": [], "noise_min": 0.0, "noise_max": 1.0},
        "sample_latent": True,
        "fakes": "recon",
        "generator": "non-saturating",
        "adv_start": 0,
        "r1": 0.0,
        "prior_statistics": True,
        "ema": 0.0,
        "routing": "paper",
        "epochs": 10,
        "batch_size": 128,
        "lr": 0.001,
        "disc_lr": None,
        "beta1": 0.9,
        "weight_decay": 0.0,
        "schedule": "constant",
        "step_epochs": 5,
        "decay": 0.5,
        "plateau_epochs": 2,
        "early_stopping": 0,
        "holdout": None,
        "train_limit": None,
        "precision": "float32",
        "seed": 0,
        "preview_every": 0,
    }
}


def test_a_changed_default_raises_the_number_that_goes_with_it() -> None:
    assert DEFAULTS in PINNED, "write the new defaults out here, under the new number"
    assert TrainConfig().model_dump(mode="json") == PINNED[DEFAULTS], (
        "a new setting: add its default here. A changed default: raise config.DEFAULTS and pin the new ones under it"
    )


def test_an_identity_holds_what_differs_from_the_defaults() -> None:
    assert identity(TrainConfig()) == identity(TrainConfig(lr=1e-3, model={"latent_dim": 20}))
    assert identity(TrainConfig()) == {"defaults": DEFAULTS, "settings": {}}
    changed = TrainConfig(seed=7, model={"norm": "none"}, noise={"noise_kinds": ["blur"]}, disc_lr=0.1)
    assert identity(changed)["settings"] == {
        "seed": 7,
        "model": {"norm": "none"},
        "noise": {"noise_kinds": ["blur"]},
        "disc_lr": 0.1,
    }
    assert len({str(identity(config)) for config in PRESETS.values()}) == len(set(PRESETS.values()))


class LaterModel(ModelConfig):
    widths: str = "even"


class LaterConfig(TrainConfig):
    model: LaterModel = LaterModel()
    data: str = "mnist"


@pytest.mark.parametrize("name", PRESETS)
def test_a_new_setting_with_a_default_renames_nothing(name: str) -> None:
    later = LaterConfig.model_validate(PRESETS[name].model_dump())
    assert identity(later) == identity(PRESETS[name])
    assert identity(later.updated({"model": {"widths": "odd"}})) != identity(PRESETS[name])
    assert identity(later.updated({"data": "fashion"})) != identity(PRESETS[name])
