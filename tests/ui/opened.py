"""Pages opened without a browser: what to draw on them, and what they show."""

import base64
import io
import json
import re
from itertools import count
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw
from streamlit.testing.v1 import AppTest

from vaegan.data.strokes import Stroke
from vaegan.ui import pages

ROOT = Path(__file__).resolve().parents[2]
DENOISE = pages.DENOISE.path


def open_page(path: str, **query: str) -> AppTest:
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    if path != "app.py":
        test.switch_page(path)
    for key, value in query.items():
        test.query_params[key] = value
    return test.run()


def healthy(test: AppTest) -> AppTest:
    """The page, which shows no error."""
    assert not test.exception
    assert not test.error
    return test


def damage_bn(twins: Path, folder: Path, damage: str) -> None:
    """Copy the twins into a folder, `tiny-bn` damaged: "missing weights", "flipped byte" or "broken card"."""
    for file in twins.iterdir():
        data = file.read_bytes()
        if file.name == "tiny-bn.safetensors" and damage == "missing weights":
            continue
        if file.name == "tiny-bn.safetensors" and damage == "flipped byte":
            data = data[:-1] + bytes([data[-1] ^ 1])
        if file.name == "tiny-bn.json" and damage == "broken card":
            data = b"{"
        (folder / file.name).write_bytes(data)


def unmarked(text: str) -> str:
    """A text without the marks of words that are explained."""
    return re.sub(r'<span class="term"[^>]*>([^<]*)</span>', r"\1", text)


def markup(test: AppTest) -> str:
    return unmarked(" ".join(element.proto.body for element in test.get("html")))


def seven() -> Image.Image:
    picture = Image.new("RGBA", (280, 280), "black")
    ImageDraw.Draw(picture).line([(70, 60), (200, 60), (130, 220)], fill="white", width=20, joint="curve")
    return picture


NUMBERS = count()  # each message has its own
SEVEN = (Stroke(20, ((70, 60), (200, 60), (130, 220))),)


def draw(test: AppTest, picture: Image.Image | None) -> AppTest:
    """What the field sends after a stroke, or after it was cleared."""
    message: dict[str, object] = {"number": next(NUMBERS)}
    if picture is not None:
        buffer = io.BytesIO()
        picture.save(buffer, "PNG")
        message["png"] = "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
        message["strokes"] = [{"width": width, "points": [list(point) for point in points]} for width, points in SEVEN]
    test.session_state["stage"] = {"drawing": message}
    return test.run()


def on_stage(test: AppTest) -> dict[str, Any]:
    """What the stage is told."""
    (component,) = [each for each in test.get("bidi_component") if "pattern" in each.proto.json]
    data: dict[str, Any] = json.loads(component.proto.json)
    return data
