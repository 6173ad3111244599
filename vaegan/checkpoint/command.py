"""A training configuration as the command line that repeats it."""

import shlex
from pathlib import Path
from typing import Any

from vaegan.config import TrainConfig, fields_of, value_of


def _unlisted(kinds: list[str]) -> str:
    """What `_listed` reads as `kinds`."""
    return ",".join(kinds) or "none"


def changes_from(base: TrainConfig, config: TrainConfig) -> dict[str, Any] | None:
    """The settings that make `config` of `base`, or None if flags cannot say it: none of them unsets a number."""
    settings: dict[str, Any] = {}
    for path, _ in fields_of(TrainConfig):
        theirs, ours = value_of(base, path), value_of(config, path)
        if ours == theirs:
            continue
        if ours is None:
            return None
        inner = settings
        for name in path[:-1]:
            inner = inner.setdefault(name, {})
        inner[path[-1]] = list(ours) if isinstance(ours, tuple) else ours
    return settings


def command_line(preset_name: str, settings: dict[str, Any], out: Path) -> str:
    """The command line that repeats this run; an absolute folder belongs to this machine and is left out."""
    words = ["python", "-m", "vaegan", "train", "--preset", preset_name]
    flat = {path[-1]: path for path, _ in fields_of(TrainConfig)}
    for name, path in flat.items():
        value: Any = settings
        for part in path:
            value = value.get(part) if isinstance(value, dict) else None
        if isinstance(value, bool):
            words.append(f"--{'' if value else 'no-'}{name.replace('_', '-')}")
        elif value is not None:
            words += [f"--{name.replace('_', '-')}", _unlisted(value) if isinstance(value, list) else str(value)]
    return shlex.join([*words, "--out", f"runs/{preset_name}" if out.is_absolute() else out.as_posix()])
