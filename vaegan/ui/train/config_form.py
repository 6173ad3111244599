"""A widget for every setting of a run, built from the config: its type, its bounds and its description.

A setting that nothing depends on, as things are set, is not shown; what was chosen for it comes back with its widget.
Drawing the widgets and reading what they are set to are two things: a press that follows a change at once arrives
before the page has been drawn again, and counts with the change.
"""

from collections.abc import Collection, Iterator, Mapping
from functools import partial
from typing import Any, Literal, get_args, get_origin

import streamlit as st
from pydantic.fields import FieldInfo

from vaegan.config import TrainConfig, fields_of, value_of
from vaegan.lab.limits import Limits
from vaegan.presets import PRESETS, preset
from vaegan.ui import shipped
from vaegan.ui.run_names import NORM_WORDS, system
from vaegan.ui.settings import DISCRIMINATOR, Values, choice, counts, explained, has_discriminator, title

GROUPS = {
    "model": "Networks",
    "weights": "Loss weights",
    "discriminator": "Discriminator",
    "noise": "Noise",
    "": "Training",
}
NO_DISCRIMINATOR = (
    "No discriminator is trained: give GAN or Learned similarity a loss weight above 0, and its settings stand here."
)
WIDTH = 220  # pixels of a widget; as many as fit stand side by side
_BASE, DEFAULT = "form_preset", "vaegan-bn"
Bounds = tuple[float | None, float | None]


def preset_choice() -> str:
    """The preset that the form begins with."""
    return st.selectbox(
        "Start from",
        list(PRESETS),
        key=_BASE,
        index=list(PRESETS).index(DEFAULT),
        format_func=preset_title,
        persist_state="session",
        help="It fills in all settings below.",
        width=2 * WIDTH,
    )


def preset_title(name: str) -> str:
    """What a preset is called: a shipped network by what it is for, any other by its system and its task."""
    if (known := shipped.title(name)) != name:
        return known
    config = PRESETS[name]
    task = ", to remove noise" if config.noise.noise_kinds else ""
    pixels = ", no loss on pixels" if config.uses_encoder and not config.weights.recon else ""
    return f"{system(config)} {NORM_WORDS[config.model.norm]}{task}{pixels}"


def config_form(name: str, limits: Limits, digits: int) -> None:
    """Show all settings, starting from a preset within the limits of this server; `form_entry` reads them."""
    show_settings(limits.fitted(preset(name), digits), f"form_{name}", most=limits.by_setting())


def form_entry(limits: Limits, digits: int) -> tuple[str, TrainConfig]:
    """The preset that the form begins with, and the settings as they are chosen now; ConfigError if they do not fit."""
    name = st.session_state.get(_BASE, DEFAULT)
    base = limits.fitted(preset(name), digits)
    return name, base.updated(chosen_settings(base, f"form_{name}"))


def show_settings(
    base: TrainConfig, key: str, fixed: Collection[str] = (), most: Mapping[str, int] | None = None
) -> None:
    """Show a widget for each setting of `base` except the `fixed` ones; a setting with only one choice has none.

    Only those of the open tab are drawn: each widget costs the server time, in a class thirty times over. A number goes
    up to what `most` has for its setting.
    """
    tabs = st.tabs(list(GROUPS.values()), key=f"{key}_tabs", on_change="rerun")
    for group, tab in zip(GROUPS, tabs, strict=True):
        if not tab.open:
            continue
        with tab.container(horizontal=True, vertical_alignment="bottom"):
            if group == "discriminator" and not has_discriminator(_values(base, key, fixed)):
                st.caption(NO_DISCRIMINATOR)
            for path, info in _counting(base, key, fixed):
                if _group(path) == group:
                    name = path[-1]
                    _widget(f"{key}_{name}", name, info, value_of(base, path), (most or {}).get(name))


def _group(path: tuple[str, ...]) -> str:
    """The tab of a setting, as `GROUPS` names it."""
    return "discriminator" if path[-1] in DISCRIMINATOR else path[0] if len(path) > 1 else ""


def chosen_settings(base: TrainConfig, key: str, fixed: Collection[str] = ()) -> dict[str, Any]:
    """What the widgets of `show_settings` change in `base` now, nested as in a config."""
    changes: dict[str, Any] = {}
    for path, info in _counting(base, key, fixed):
        before = value_of(base, path)
        value = st.session_state.get(f"{key}_{path[-1]}", before)
        if get_origin(info.annotation) is tuple and set(value) == set(before):
            value = before  # a kind of noise that is named twice has one place in its widget
        if value != before:
            inner = changes
            for part in path[:-1]:
                inner = inner.setdefault(part, {})
            inner[path[-1]] = tuple(value) if isinstance(value, list) else value
    return changes


def _counting(base: TrainConfig, key: str, fixed: Collection[str]) -> Iterator[tuple[tuple[str, ...], FieldInfo]]:
    """The settings that have a widget: those that are not fixed, leave a choice and count for something."""
    values = _values(base, key, fixed)
    for path, info in fields_of(TrainConfig):
        name = path[-1]
        if name not in fixed and len(_choices(info.annotation)) != 1 and counts(name, values):
            yield path, info


def _values(base: TrainConfig, key: str, fixed: Collection[str]) -> Values:
    """What is chosen now: a widget further below may decide whether one above is shown."""
    values = {path[-1]: value_of(base, path) for path, _ in fields_of(TrainConfig)}
    return values | {
        name: st.session_state.get(f"{key}_{name}", value) for name, value in values.items() if name not in fixed
    }


def _widget(key: str, name: str, info: FieldInfo, value: Any, most: int | None) -> None:
    """The widget of one setting; a setting that may be None has a field that can be empty."""
    label, words = title(name), explained(name, info.description)
    choices, called = _choices(info.annotation), partial(choice, name)
    if info.annotation is bool:
        st.toggle(label, value, key=key, persist_state="session", help=words, width=WIDTH)
    elif choices and get_origin(info.annotation) is tuple:
        kinds = list(dict.fromkeys(value))
        st.multiselect(
            label, choices, kinds, key=key, format_func=called, persist_state="session", help=words, width=2 * WIDTH
        )
    elif choices:
        index = choices.index(value)
        st.selectbox(
            label, choices, index, key=key, format_func=called, persist_state="session", help=words, width=WIDTH
        )
    else:
        whole = info.annotation is int or int in get_args(info.annotation)
        lowest, highest = _bounds(info)
        if most is not None:
            highest = most if highest is None else min(highest, most)
            words = f"{words}\n\nOn this server at most {most:,}."
        _number(key, label, words, value, (lowest, highest), int if whole else float)


def _number(key: str, label: str, words: str, value: Any, bounds: Bounds, kind: type[int] | type[float]) -> None:
    lowest, highest = (None if bound is None else kind(bound) for bound in bounds)
    options: dict[str, Any] = {
        "min_value": lowest,
        "max_value": highest,
        "value": None if value is None else kind(value),
    }
    if kind is float:
        options["format"] = "%g"
    options |= {"width": WIDTH, "placeholder": "not set"}
    st.number_input(label, key=key, persist_state="session", help=words, **options)


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
