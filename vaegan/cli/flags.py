"""`TrainConfig` as command-line flags: one for each field, made from the config itself."""

import inspect
from collections.abc import Callable
from typing import Annotated, Any, get_args

import typer
from pydantic.fields import FieldInfo

from vaegan.config import TrainConfig, fields_of


def config_flags(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command one flag for each field of `TrainConfig`; the values that the user sets arrive as `settings`.

    `settings` are nested as the config is: {"lr": "0.1", "model": {"norm": "none"}}.
    """
    leaves = dict(fields_of(TrainConfig))

    def command(**arguments: Any) -> None:
        settings: dict[str, Any] = {}
        for path in leaves:
            value = arguments.pop(path[-1])
            if value is not None:
                inner = settings
                for name in path[:-1]:
                    inner = inner.setdefault(name, {})
                inner[path[-1]] = _listed(value) if path[-1] == "noise_kinds" else value
        function(**arguments, settings=settings)

    own_parameters = [p for p in inspect.signature(function, eval_str=True).parameters.values() if p.name != "settings"]
    flags = [_flag(path, info) for path, info in leaves.items()]
    command.__signature__ = inspect.Signature([*own_parameters, *flags])  # type: ignore[attr-defined]
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in [*own_parameters, *flags]}
    command.__name__, command.__doc__ = function.__name__, function.__doc__
    return command


def _listed(text: str) -> list[str]:
    """`a,b` as a list; `none` as an empty one."""
    return [] if text == "none" else text.split(",")


def _flag(path: tuple[str, ...], info: FieldInfo) -> inspect.Parameter:
    name = path[-1]
    panel = "Training" if len(path) == 1 else {"model": "Model", "weights": "Loss weights", "noise": "Noise"}[path[0]]
    flag = f"--{name.replace('_', '-')}"
    declaration = f"{flag}/--no-{name.replace('_', '-')}" if info.annotation is bool else flag
    option = typer.Option(
        declaration, help=info.description, rich_help_panel=panel, show_default=False, metavar=_metavar(info)
    )
    kind = bool | None if info.annotation is bool else str | None
    annotation = Annotated[kind, option]  # type: ignore[valid-type]
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


def _metavar(info: FieldInfo) -> str | None:
    """What a flag takes, for its help: the choices of a Literal, or the name of a type."""
    if info.annotation is bool:
        return None
    literals = [arg for arg in get_args(info.annotation) if isinstance(arg, str)]
    if literals:
        return "|".join(literals)
    kinds = [kind for kind in (info.annotation, *get_args(info.annotation)) if kind in (int, float)]
    return kinds[0].__name__.upper() if kinds else "KIND,KIND"
