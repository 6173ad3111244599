"""A run's name and its command line."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from vaegan.checkpoint.command import command_line
from vaegan.cli.flags import config_flags
from vaegan.data.mnist import Digits
from vaegan.lab.documents import Origin, make_plan
from vaegan.presets import PRESETS, preset


def test_the_same_settings_digits_and_code_are_the_same_run(digits: Digits, monkeypatch: pytest.MonkeyPatch) -> None:
    config = preset("vaegan-bn")
    first = make_plan(config, digits, "vaegan-bn")
    others = [
        make_plan(config.updated({"seed": 1}), digits, "vaegan-bn"),
        make_plan(config, digits.subset(100, 10), "vaegan-bn"),
        make_plan(config, digits, "vaegan-bn", Origin(run="0" * 12, epoch=1)),
    ]
    assert make_plan(config, digits, "another name").run_id == first.run_id
    monkeypatch.setattr("vaegan.training.version.DECISIVE", ("model/networks",))
    others.append(make_plan(config, digits, "vaegan-bn"))
    assert len({plan.run_id for plan in [first, *others]}) == 5


@pytest.mark.parametrize("name", PRESETS)
def test_the_command_repeats_the_run(name: str, digits: Digits) -> None:
    assert make_plan(PRESETS[name], digits, name).command == command_line(name, {}, Path("runs") / name)
    changed = PRESETS[name].updated({"epochs": 27, "model": {"hidden_dim": None}, "disc_lr": None, "batch_size": 99})
    words = make_plan(changed, digits, name).command.split()
    base = words[words.index("--preset") + 1]
    assert base == (name if PRESETS[name].model.hidden_dim is None else "vaegan-bn")
    assert {"--epochs", "27", "--batch-size", "99"} <= set(words)
    rebuilt = given(words[words.index("--preset") + 2 : words.index("--out")])
    assert PRESETS[base].updated(rebuilt) == changed


def given(words: list[str]) -> dict[str, Any]:
    """The settings that `train` makes of its flags."""
    seen: list[dict[str, Any]] = []
    typer_app = typer.Typer()
    typer_app.command()(config_flags(keep_in(seen)))
    typer_app(words, standalone_mode=False)
    return seen[0]


def keep_in(seen: list[dict[str, Any]]) -> Callable[..., None]:
    def command(*, settings: dict[str, Any]) -> None:
        seen.append(settings)

    return command
