"""The card of a checkpoint: what the weights are, how they were made, and what they reach."""

from pydantic import BaseModel, ConfigDict, Field

from vaegan.config import NoiseConfig, TrainConfig


class CardPart(BaseModel):
    """Base of a card and its parts: frozen, and an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class CardData(CardPart):
    """The digits a model was trained on, or measured on."""

    label: str
    sha256: str


class Measurement(CardPart):
    """Means over the `n` test digits of `data`, covered with `noise` if any; the card's definitions explain each."""

    data: CardData
    noise: NoiseConfig | None
    n: int
    values: dict[str, float]


class PriorCard(CardPart):
    """What was chosen as fitted prior, and why: mean log densities of draws z ~ q(z|x) of held-out digits, in nats.

    A plain autoencoder has no q(z|x) to draw from; its z are mu.
    """

    components: int
    digits: int  # training digits whose z it was fitted to
    held_out: int  # other training digits, whose z chose the number of components
    log_likelihood: float
    one_gaussian: float  # of a single Gaussian fitted to the same z
    standard: float  # of N(0, I)


class EpochLog(CardPart):
    """The paper's two numbers of one epoch."""

    epoch: int
    average_loss: float | None
    test_loss: float | None


class Card(CardPart):
    """What the weights of one checkpoint are, how they were made, and what they reach."""

    format: int = Field(1, ge=1, strict=True)  # `formats` decides it when the card is written
    name: str
    config: TrainConfig
    data: CardData
    command: str
    created: str  # ISO date
    epochs: int  # passes over the training digits; early stopping makes fewer than the configuration asks for
    history: tuple[EpochLog, ...]
    metrics: tuple[Measurement, ...]
    definitions: dict[str, str]
    classifier_sha256: str | None = None  # of the classifier that judged the samples; None if none did
    versions: dict[str, str]  # and, under "threads", with how many of them it was trained
    sha256: str  # of the safetensors file
    prior: PriorCard | None = Field(None, json_schema_extra={"since": 3})
