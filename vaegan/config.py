"""Every setting, validated once: what the command line, the pages and the checkpoint cards share.

Frozen pydantic models that go to JSON and back. `TrainConfig` describes one training run completely.
"""

from collections.abc import Iterator
from typing import Any, Literal, Self, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.fields import FieldInfo

from vaegan.errors import ConfigError

Architecture = Literal["dense", "convolutional"]
Norm = Literal["batch", "hidden", "none"]
NoiseKind = Literal[
    "gaussian", "gaussian-unclipped", "salt-pepper", "masking", "dropout", "occlusion", "watermark", "blur"
]
Fakes = Literal["recon", "prior", "both"]
Generator = Literal["non-saturating", "saturating", "hinge"]
Routing = Literal["paper", "larsen"]
Schedule = Literal["constant", "step", "cosine", "one-cycle", "plateau"]
Precision = Literal["float32", "bfloat16"]
Prior = Literal["standard", "fitted"]  # what samples are drawn from: N(0, I), or a mixture fitted to q(z|x) of digits

NOISE_KINDS: tuple[NoiseKind, ...] = get_args(NoiseKind)
PRIORS: tuple[Prior, ...] = get_args(Prior)
C = TypeVar("C", bound=BaseModel)
SIDE = 28  # pixels of a digit's side
PIXELS = SIDE * SIDE
MAX_SEED = 2**31 - 1
DEFAULTS = 1  # raise it when a default of TrainConfig changes: settings that were left alone then mean something else
MAX_HIDDEN = 20_000  # 784 x 20,000 float32 weights are 63 MB a layer; more than that is probably a forgotten d²


class _Config(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    def updated(self, changes: dict[str, Any]) -> Self:
        """A validated copy with `changes` (nested like the model) merged in; ConfigError names what does not fit."""
        return parse(type(self), merge(self.model_dump(), changes))


class ModelConfig(_Config):
    """The network. The paper's Algorithm 1 is dense: 784-h-2d encoder, d-h-784 decoder, 784-256-1 discriminator.

    `hidden_dim` is a setting of dense networks alone, `channels` one of convolutional networks alone.
    """

    architecture: Architecture = Field(
        "dense",
        description="kind of layers: dense ones, as the paper has, join every input with every output; convolutional "
        "ones use the same small filters at every place of the picture",
        json_schema_extra={"since": 3},
    )
    latent_dim: int = Field(20, ge=1, le=1000, description="d, the number of latent dimensions")
    hidden_dim: int | None = Field(
        None,
        ge=1,
        le=MAX_HIDDEN,
        description="dense networks: hidden units of encoder and decoder; the paper's d² when not given",
    )
    channels: int = Field(
        24,
        ge=2,
        le=128,
        description="convolutional networks: filters of the first layer; the second has twice as many",
        json_schema_extra={"since": 3},
    )
    norm: Norm = Field("batch", description="BatchNorm where the paper places it, in hidden layers only, or none")
    dropout: float = Field(0.0, ge=0, lt=1, description="share of hidden units switched off in each training step")
    spectral_norm: bool = Field(
        False,
        description="divide the discriminator's weights by their largest singular value, so that its answer cannot "
        "change faster than the picture does",
        json_schema_extra={"since": 3},
    )

    @model_validator(mode="after")
    def _hidden_fits(self) -> Self:
        if self.architecture == "dense" and self.hidden > MAX_HIDDEN:
            raise ValueError(
                f"latent_dim {self.latent_dim} asks for {self.hidden} hidden units (the paper's d²), more than "
                f"{MAX_HIDDEN}; give hidden_dim, for example 1000"
            )
        return self

    @property
    def hidden(self) -> int:
        """How many hidden units the network has: `hidden_dim`, or d² if that is not set."""
        return self.latent_dim**2 if self.hidden_dim is None else self.hidden_dim


class NoiseConfig(_Config):
    """One corruption of one picture: the same values give the same pixels."""

    kind: NoiseKind = Field("gaussian", description="how pixels are damaged")
    level: float = Field(0.5, ge=0, le=1, description="how much: 0 leaves the picture as it is")
    seed: int = Field(0, ge=0, le=MAX_SEED, description="which of the many possible noises")


class TrainingNoise(_Config):
    """The noise on training inputs: for each image one of `noise_kinds`, at a random level."""

    noise_kinds: tuple[NoiseKind, ...] = Field(
        (), description="kinds to draw from; a kind named twice is drawn twice as often; none trains on clean digits"
    )
    noise_min: float = Field(0.0, ge=0, le=1, description="lowest level drawn")
    noise_max: float = Field(1.0, ge=0, le=1, description="highest level drawn")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.noise_min > self.noise_max:
            raise ValueError(f"noise_min {self.noise_min} is above noise_max {self.noise_max}; swap them")
        return self


class LossWeights(_Config):
    """How much each term of the loss counts. Terms are per image: BCE summed over pixels, KL in nats, one GAN BCE."""

    recon: float = Field(1.0, ge=0, description="weight of the pixel reconstruction (BCE, summed over pixels)")
    kl: float = Field(1.0, ge=0, description="weight of KL(q(z|x) || N(0, I))")
    adv: float = Field(1.0, ge=0, description="weight of the generator's adversarial term")
    feature: float = Field(0.0, ge=0, description="weight of the learned similarity (Larsen et al. 2016)")


class TrainConfig(_Config):
    """One training run, described completely: the same config and digits give the same weights on a CPU."""

    model: ModelConfig = ModelConfig()
    weights: LossWeights = LossWeights()
    noise: TrainingNoise = TrainingNoise()
    sample_latent: bool = Field(True, description="draw z from the posterior (VAE) or take z = mu (plain autoencoder)")
    fakes: Fakes = Field(
        "recon", description="what the discriminator sees as fake: reconstructions, prior samples, both"
    )
    generator: Generator = Field(
        "non-saturating",
        description="the generator's loss; the paper's is non-saturating; hinge changes the discriminator's too",
    )
    adv_start: int = Field(
        0,
        ge=0,
        description="epochs without discriminator before the GAN begins: the decoder learns digits first",
        json_schema_extra={"since": 3},
    )
    r1: float = Field(
        0.0,
        ge=0,
        description="R1 penalty: how strongly the discriminator is held to a small slope at real digits",
        json_schema_extra={"since": 3},
    )
    prior_statistics: bool = Field(
        True,
        description="whether prior samples that are decoded for the discriminator also move BatchNorm's running "
        "statistics, which reconstructions use",
        json_schema_extra={"since": 3},
    )
    ema: float = Field(
        0.0,
        ge=0,
        lt=1,
        description="average encoder and decoder over steps with this decay (0.999: about a thousand steps), and show "
        "and save the average; 0 shows and saves the last weights",
        json_schema_extra={"since": 3},
    )
    routing: Routing = Field("paper", description="whether the adversarial term also moves the encoder (paper) or not")
    epochs: int = Field(10, ge=1, le=10_000, description="passes over the training digits")
    batch_size: int = Field(128, ge=2, le=60_000, description="digits per step")
    lr: float = Field(1e-3, gt=0, le=10, description="learning rate of both Adam optimisers (the peak, in a schedule)")
    disc_lr: float | None = Field(
        None, gt=0, le=10, description="the discriminator's own learning rate; lr if not given"
    )
    beta1: float = Field(0.9, ge=0, lt=1, description="Adam's first momentum")
    weight_decay: float = Field(0.0, ge=0, le=1, description="decoupled weight decay")
    schedule: Schedule = Field("constant", description="how the learning rate changes while training")
    step_epochs: int = Field(5, ge=1, description="step schedule: epochs between reductions")
    decay: float = Field(0.5, gt=0, lt=1, description="step and plateau schedules: factor of each reduction")
    plateau_epochs: int = Field(2, ge=0, description="plateau schedule: epochs without progress before a reduction")
    early_stopping: int = Field(0, ge=0, description="stop after so many epochs without progress; 0 never stops")
    holdout: int | None = Field(
        None,
        ge=0,
        description="training digits held out to watch progress on; if not given, a tenth for early stopping and the "
        "plateau schedule, else 0",
    )
    train_limit: int | None = Field(None, ge=2, description="use only so many training digits")
    precision: Precision = Field("float32", description="bfloat16 is faster where the processor has it")
    seed: int = Field(0, ge=0, le=MAX_SEED, description="fixes weights, data order, noise and sampling")
    preview_every: int = Field(0, ge=0, description="steps between previews within an epoch; 0 shows one per epoch")

    @model_validator(mode="after")
    def _trains_something(self) -> Self:
        weights = self.weights
        if weights.recon == weights.adv == weights.feature == 0:
            raise ValueError("the weights recon, adv and feature are all 0, so nothing would be learned; raise one")
        if self.fakes == "prior" and weights.recon == weights.feature == 0 and weights.kl > 0:
            raise ValueError(
                f"kl {weights.kl} has no encoder to act on when only prior samples are decoded; set kl to 0"
            )
        if self.adv_start > 0 and self.weights.recon == 0:
            raise ValueError(
                f"adv_start {self.adv_start}: with recon 0 there is nothing to learn before the GAN begins; set "
                "adv_start to 0 or give recon a weight"
            )
        if self.uses_discriminator and self.adv_start >= self.epochs:
            raise ValueError(
                f"adv_start {self.adv_start}: after {self.epochs} epochs the run ends, so the GAN would never begin; "
                "lower adv_start or raise epochs"
            )
        if not self.prior_statistics and not self.uses_encoder:
            raise ValueError(
                "prior_statistics False: a plain GAN decodes nothing but prior samples, so BatchNorm would never learn "
                "its statistics; leave it True"
            )
        if self.watches_holdout and not self.uses_encoder:
            raise ValueError(
                "early stopping and the plateau schedule watch the reconstruction, which a plain GAN does not have; "
                "switch them off"
            )
        return self

    def in_epoch(self, epoch: int) -> "TrainConfig":
        """What is in force after `epoch` finished epochs: before `adv_start` nothing needs the discriminator."""
        return self.updated({"weights": {"adv": 0, "feature": 0}}) if epoch < self.adv_start else self

    @property
    def uses_encoder(self) -> bool:
        """Whether pictures are encoded at all; a plain GAN only decodes samples of the prior."""
        return self.weights.recon > 0 or self.weights.feature > 0 or (self.weights.adv > 0 and self.fakes != "prior")

    @property
    def uses_discriminator(self) -> bool:
        """Whether the discriminator is trained: only if a term of the loss needs it."""
        return self.weights.adv > 0 or self.weights.feature > 0

    @property
    def watches_holdout(self) -> bool:
        """Whether early stopping or a schedule follows the loss on held-out digits: test digits must decide nothing."""
        return self.early_stopping > 0 or self.schedule == "plateau"


def parse(kind: type[C], values: dict[str, Any]) -> C:
    """Build a config from plain values; ConfigError names each wrong field, its value and what is allowed."""
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        raise ConfigError("; ".join(_sentence(dict(item)) for item in error.errors())) from error


def identity(config: TrainConfig) -> dict[str, Any]:
    """What the names of runs and results are hashed from: the settings of `config` that differ from their defaults.

    So a new setting with a default renames no run. A changed default must rename runs: raise the number `DEFAULTS`.
    """
    return {"defaults": DEFAULTS, "settings": config.model_dump(mode="json", exclude_defaults=True)}


def fields_of(kind: type[BaseModel], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], FieldInfo]]:
    """Every field of a config and of the configs in it, with its path; the path's last name is the name of its flag."""
    for name, info in kind.model_fields.items():
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            yield from fields_of(info.annotation, (*path, name))
        else:
            yield (*path, name), info


def value_of(config: BaseModel, path: tuple[str, ...]) -> Any:
    """The value of a field that `fields_of` names by its path."""
    value: Any = config
    for name in path:
        value = getattr(value, name)
    return value


def _sentence(error: dict[str, Any]) -> str:
    """One pydantic error as `field: what is wrong (got value)`; our own validators already write whole sentences."""
    if error["type"] == "value_error":
        return str(error["msg"]).removeprefix("Value error, ")
    field = next((part for part in reversed(error["loc"]) if isinstance(part, str)), "config")
    if error["type"] == "extra_forbidden":
        return f"{field}: there is no such setting (got {error['input']!r})"
    return f"{field}: {error['msg'][0].lower()}{error['msg'][1:]} (got {error['input']!r})"


def merge(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """`base` with the values of `changes` in place of its own, at every depth."""
    merged = dict(base)
    for key, value in changes.items():
        nested = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = merge(merged[key], value) if nested else value
    return merged
