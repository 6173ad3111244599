"""What a visitor does on each page, again and again: one thing for which the server is asked."""

import base64
import json
from collections.abc import Callable
from typing import Any

import numpy as np

Gesture = Callable[[int], tuple[str, dict[str, Any]]]  # how often it was made before -> a widget's key and value


def _draw(turn: int) -> tuple[str, dict[str, Any]]:
    digit = base64.b64encode(np.random.default_rng(turn).bytes(784)).decode()
    return "home_stage", {"json_value": json.dumps({"drawing": {"digit": digit}})}


def _noise(turn: int) -> tuple[str, dict[str, Any]]:
    return "stage", {"json_value": json.dumps({"level": turn * 7 % 101})}


def _noise_on_map(turn: int) -> tuple[str, dict[str, Any]]:
    return "latent_map", {"json_value": json.dumps({"level": turn * 7 % 101})}


def _temperature(turn: int) -> tuple[str, dict[str, Any]]:
    return "sample_temperature", {"string_array_value": {"data": [f"{0.2 + turn % 19 / 10:.1f}"]}}


def _section_of_train(turn: int) -> tuple[str, dict[str, Any]]:
    return "lab_section", {"string_array_value": {"data": [("Own settings", "All runs")[turn % 2]]}}


def _section_of_results(turn: int) -> tuple[str, dict[str, Any]]:
    return "results_section", {"string_array_value": {"data": [("Denoisers", "Figures", "Tables", "Claims")[turn % 4]]}}


def _language(turn: int) -> tuple[str, dict[str, Any]]:
    return "language_choice", {"string_array_value": {"data": [("Deutsch", "English")[turn % 2]]}}


def _code(turn: int) -> tuple[str, dict[str, Any]]:
    return "class_code", {"string_value": f"{turn:06}"}


# Address of each page -> its name and what is done on it.
PAGES: dict[str, tuple[str, str, Gesture]] = {
    "": ("Home", "a digit is drawn", _draw),
    "Learn": ("Learn", "the language is changed", _language),
    "Denoise": ("Denoise", "the noise level is moved", _noise),
    "Latent_space": ("Latent space", "the noise level is moved", _noise_on_map),
    "Generate": ("Generate", "the temperature is moved", _temperature),
    "Train": ("Train", "another section is opened", _section_of_train),
    "Results": ("Results", "another section is opened", _section_of_results),
    "Class": ("Class", "a code is typed", _code),
}
