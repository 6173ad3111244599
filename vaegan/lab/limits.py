"""The most that one run may ask for on a shared server, set in the environment.

Where nothing is set there is no limit, or those for a class if the app is open to others.
"""

import os
from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from vaegan.config import TrainConfig, parse
from vaegan.errors import ConfigError
from vaegan.model.networks import shape

PREFIX = "VAEGAN_MAX_"
# The setting that each limit applies to, by its path in the config.
_SETTINGS = {
    "epochs": ("epochs",),
    "batch": ("batch_size",),
    "hidden": ("model", "hidden_dim"),
    "channels": ("model", "channels"),
    "digits": ("train_limit",),
}


class Limits(BaseModel):
    """The most that a run may ask for; each field is VAEGAN_MAX_ and its name in capitals."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    epochs: int | None = Field(None, ge=1, description="passes over the training digits")
    batch: int | None = Field(None, ge=2, description="digits per step")
    hidden: int | None = Field(None, ge=1, description="hidden units of encoder and decoder")
    channels: int | None = Field(None, ge=2, description="filters of the first convolutional layer")
    digits: int | None = Field(None, ge=2, description="training digits")

    @classmethod
    def for_a_class(cls) -> Self:
        """Enough for every lesson and preset, and the states that a run keeps stay below about 3 GB."""
        return cls(epochs=100, batch=2000, hidden=1024, channels=32)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None, *, open_to_others: bool = False) -> Self:
        """The limits that VAEGAN_MAX_EPOCHS and its like set, over those for a class if the app is `open_to_others`.

        ConfigError names a bad one.
        """
        variables = os.environ if environment is None else environment
        texts = {name: variables.get(PREFIX + name.upper()) for name in cls.model_fields}
        values = {name: text for name, text in texts.items() if text}
        usual = cls.for_a_class().model_dump(exclude_none=True) if open_to_others else {}
        try:
            return parse(cls, usual | values)
        except ConfigError as error:
            raise ConfigError(f"a limit of this server is wrong, {PREFIX}... of {error}") from error

    def by_setting(self) -> dict[str, int]:
        """Name of each setting that is limited -> the most that it may be."""
        return {_SETTINGS[name][-1]: limit for name, limit in self.model_dump().items() if limit is not None}

    def check(self, config: TrainConfig, digits: int) -> None:
        """ConfigError names each limit that `config`, trained on so many `digits`, exceeds."""
        exceeded = self._exceeded(config, digits)
        if exceeded:
            listed = "; ".join(
                f"{_SETTINGS[name][-1]} {count:,} is more than the {most:,} this server allows"
                for name, (count, most) in exceeded.items()
            )
            raise ConfigError(f"{listed}; lower it")

    def fitted(self, config: TrainConfig, digits: int) -> TrainConfig:
        """`config` with each setting that exceeds its limit lowered to it."""
        changes: dict[str, Any] = {}
        for name, (_, most) in self._exceeded(config, digits).items():
            *path, last = _SETTINGS[name]
            inner = changes
            for part in path:
                inner = inner.setdefault(part, {})
            inner[last] = most
        return config.updated(changes)

    def _exceeded(self, config: TrainConfig, digits: int) -> dict[str, tuple[int, int]]:
        """Name of each limit that is exceeded -> the requested number, and the limit."""
        requested = {
            "epochs": config.epochs,
            "batch": config.batch_size,
            # Of the two an architecture has one.
            "hidden": int(shape(config.model).get("hidden_dim", 0)),
            "channels": int(shape(config.model).get("channels", 0)),
            "digits": min(config.train_limit or digits, digits),
        }
        most = {name: limit for name, limit in self.model_dump().items() if limit is not None}
        return {name: (requested[name], limit) for name, limit in most.items() if requested[name] > limit}
