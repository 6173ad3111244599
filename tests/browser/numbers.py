"""Arrays on their way to JavaScript and back."""

import base64

import numpy as np


def encoded(array: np.ndarray | bytes) -> str:
    data = array if isinstance(array, bytes) else np.ascontiguousarray(array, "<f4").tobytes()
    return base64.b64encode(data).decode()


def decoded(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), "<f4")
