"""A widget for every setting of a run, built from the config: its type, its bounds and its description.

A setting that nothing depends on, as things are set, is not shown; what was chosen for it comes back with its widget.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any, Literal, get_args, get_origin

import streamlit as st
from pydantic.fields import FieldInfo

from vaegan.config import PRESETS, TrainConfig, fields_of, preset, value_of

GROUPS = {
    "model": "Model",
    "weights": "Loss weights",
    "discriminator": "Discriminator",
    "noise": "Noise",
    "": "Training",
}
NO_DISCRIMINATOR = (
    "No discriminator is trained: give adv or feature a loss weight above 0, and its settings stand here."
)
_DISCRIMINATOR = (
    *("fakes", "generator", "routing", "disc_lr", "adv_start"),
    *("spectral_norm", "r1", "prior_statistics"),
)
_BASE = "form_preset"
Bounds = tuple[float | None, float | None]
Values = Mapping[str, Any]  # of all settings, by the last name of their path


def _has_discriminator(values: Values) -> bool:
    return bool(values["adv"] or values["feature"])


# When a setting counts for something; all others always do.
_COUNTS: dict[str, Callable[[Values], bool]] = {
    "hidden_dim": lambda values: values["architecture"] == "dense",
    "channels": lambda values: values["architecture"] == "convolutional",
    **dict.fromkeys(_DISCRIMINATOR, _has_discriminator),
    "prior_statistics": lambda values: (
        _has_discriminator(values) and values["fakes"] != "recon" and values["norm"] != "none"
    ),
}


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
    values = {path[-1]: value_of(base, path) for path, _ in fields_of(TrainConfig)}
    # What is chosen now: a widget further below may decide whether one above is shown.
    values |= {
        name: st.session_state.get(f"{key}_{name}", value) for name, value in values.items() if name not in fixed
    }
    if not _has_discriminator(values):
        tabs["discriminator"].caption(NO_DISCRIMINATOR)
    for path, info in fields_of(TrainConfig):
        name = path[-1]
        if name in fixed or len(_choices(info.annotation)) == 1 or not _COUNTS.get(name, _always)(values):
            continue
        group = "discriminator" if name in _DISCRIMINATOR else path[0] if len(path) > 1 else ""
        inner, before = changes, value_of(base, path)
        for part in path[:-1]:
            inner = inner.setdefault(part, {})
        with tabs[group]:
            value = _widget(f"{key}_{name}", name, info, before)
        if value != before:
            inner[name] = value
    return changes


def _always(_: Values) -> bool:
    return True


def _widget(key: str, name: str, info: FieldInfo, value: Any) -> Any:
    """The widget of one setting; a setting that may be None has a field that can be empty."""
    label, words = name.replace("_", " "), info.description
    choices = _choices(info.annotation)
    if info.annotation is bool:
        return st.toggle(label, value, key=key, persist_state="session", help=words)
    if choices and get_origin(info.annotation) is tuple:
        kinds = list(dict.fromkeys(value))
        return tuple(st.multiselect(label, choices, kinds, key=key, persist_state="session", help=words))
    if choices:
        return st.selectbox(label, choices, choices.index(value), key=key, persist_state="session", help=words)
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
    return st.number_input(label, placeholder="not set", key=key, persist_state="session", help=words, **options)


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
