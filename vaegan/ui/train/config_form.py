"""A widget for every setting of a run, built from the config: its type, its bounds and its description."""

from collections.abc import Collection
from typing import Any, Literal, get_args, get_origin

import streamlit as st
from pydantic.fields import FieldInfo

from vaegan.config import PRESETS, TrainConfig, fields_of, preset

GROUPS = {"model": "Model", "weights": "Loss weights", "noise": "Noise", "": "Training"}
_BASE = "form_preset"
Bounds = tuple[float | None, float | None]


def config_form() -> tuple[str, dict[str, Any]]:
    """Show all settings, starting from a preset. Returns its name and the changed settings, nested as in the config."""
    name = st.selectbox(
        "Start from",
        list(PRESETS),
        key=_BASE,
        index=list(PRESETS).index("vaegan-bn"),
        persist_state="session",
        help="A preset fills in all settings below.",
    )
    return name, settings(preset(name), f"form_{name}")


def settings(base: TrainConfig, key: str, fixed: Collection[str] = ()) -> dict[str, Any]:
    """Show a widget for each setting of `base` except the `fixed` ones. Returns the changes, nested as in a config.

    A setting with only one choice has no widget either.
    """
    changes: dict[str, Any] = {}
    tabs = dict(zip(GROUPS, st.tabs(list(GROUPS.values())), strict=True))
    for path, info in fields_of(TrainConfig):
        if path[-1] in fixed or len(_choices(info.annotation)) == 1:
            continue
        group = path[0] if len(path) > 1 else ""
        inner, before = changes, base.model_dump()
        for part in path[:-1]:
            inner, before = inner.setdefault(part, {}), before[part]
        with tabs[group]:
            value = _widget(f"{key}_{path[-1]}", path[-1], info, before[path[-1]])
        if value != before[path[-1]]:
            inner[path[-1]] = value
    return changes


def _widget(key: str, name: str, info: FieldInfo, value: Any) -> Any:
    """The widget of one setting; a setting that may be None has a field that can be empty."""
    label, words = name.replace("_", " "), info.description
    choices = _choices(info.annotation)
    if info.annotation is bool:
        return st.toggle(label, value, key=key, help=words)
    if choices and get_origin(info.annotation) is tuple:
        return tuple(st.multiselect(label, choices, list(dict.fromkeys(value)), key=key, help=words))
    if choices:
        return st.selectbox(label, choices, choices.index(value), key=key, help=words)
    whole = info.annotation is int or int in get_args(info.annotation)
    return _number(key, label, words or "", value, _bounds(info), int if whole else float)


def _number(key: str, label: str, words: str, value: Any, bounds: Bounds, kind: type[int] | type[float]) -> Any:
    lowest, highest = (None if bound is None else kind(bound) for bound in bounds)
    options: dict[str, Any] = {
        "min_value": lowest,
        "max_value": highest,
        "value": None if value is None else kind(value),
    }
    if kind is float:
        options["format"] = "%g"
    return st.number_input(label, placeholder="not set", key=key, help=words, **options)


def _choices(annotation: Any) -> list[str]:
    """The values of a Literal, or of a tuple of Literals."""
    if get_origin(annotation) is Literal:
        return list(get_args(annotation))
    return [word for part in get_args(annotation) for word in _choices(part)]


def _bounds(info: FieldInfo) -> Bounds:
    lowest = highest = None
    for rule in info.metadata:
        lowest = getattr(rule, "ge", getattr(rule, "gt", lowest))
        highest = getattr(rule, "le", getattr(rule, "lt", highest))
    return lowest, highest
