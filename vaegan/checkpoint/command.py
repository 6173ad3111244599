"""A training configuration as the command line that repeats it."""

import shlex
from pathlib import Path
from typing import Any

from vaegan.config import TrainConfig, fields_of, value_of


def changes_from(base: TrainConfig, config: TrainConfig) -> dict[str, Any] | None:
    """The settings in which `config` differs from `base`, nested as in a config.

    None if an optional number that `base` sets would have to be unset, since no flag can do that.
    """
    settings: dict[str, Any] = {}
    for path, _ in fields_of(TrainConfig):
        before, after = value_of(base, path), value_of(config, path)
        if after == before:
            continue
        if after is None:
            return None
        inner = settings
        for name in path[:-1]:
            inner = inner.setdefault(name, {})
        inner[path[-1]] = list(after) if isinstance(after, tuple) else after
    return settings


def command_line(preset_name: str, settings: dict[str, Any], out: Path) -> str:
    """The command line that trains with `settings` (nested, as `changes_from` gives them) on top of a preset.

    An absolute folder belongs to this machine alone, so runs/PRESET stands in its place.
    """
    words = ["python", "-m", "vaegan", "train", "--preset", preset_name]
    for path, _ in fields_of(TrainConfig):
        name = path[-1].replace("_", "-")
        value: Any = settings
        for part in path:
            value = value.get(part) if isinstance(value, dict) else None
        if isinstance(value, bool):
            words.append(f"--{'' if value else 'no-'}{name}")
        elif value is not None:
            words += [f"--{name}", _list_as_flag(value) if isinstance(value, list) else str(value)]
    return shlex.join([*words, "--out", f"runs/{preset_name}" if out.is_absolute() else out.as_posix()])


def _list_as_flag(kinds: list[str]) -> str:
    """A list as the value of a flag, as `cli.flags` reads it."""
    return ",".join(kinds) or "none"
