"""What looks like no digit is doubted, and digits are not; pictures are drawn here, by other means than the pages'."""

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from vaegan.data.drawing import centre
from vaegan.data.mnist import Digits
from vaegan.data.pictures import Float
from vaegan.metrics.doubt import LIMIT, Doubter


@pytest.fixture(scope="module")
def doubter(sample: Digits) -> Doubter:
    return Doubter.open(sample.train_images)


def field(draw: Callable[[ImageDraw.ImageDraw], None]) -> Float:
    picture = Image.new("L", (240, 240))
    draw(ImageDraw.Draw(picture))
    return centre(np.asarray(picture)).digit


def letter(character: str) -> np.ndarray:
    font = ImageFont.load_default(140)
    return field(lambda on: on.text((120, 120), character, fill=255, font=font, anchor="mm", stroke_width=2))


def scribble(seed: int) -> np.ndarray:
    points = np.random.default_rng(seed).integers(20, 220, (14, 2))
    return field(lambda on: on.line([(int(x), int(y)) for x, y in points], fill=255, width=14, joint="curve"))


def plot(seed: int) -> np.ndarray:
    chance = np.random.default_rng(seed)
    x = np.linspace(30, 220, 60)
    y = 120 + chance.uniform(30, 70) * np.sin(x / chance.uniform(9, 30) + chance.uniform(0, 6))

    def draw(on: ImageDraw.ImageDraw) -> None:
        on.line([(25, 10), (25, 220), (230, 220)], fill=255, width=9)
        on.line(list(zip(x.tolist(), y.tolist(), strict=True)), fill=255, width=9)

    return field(draw)


def hand(seed: int) -> np.ndarray:
    chance = np.random.default_rng(seed)

    def draw(on: ImageDraw.ImageDraw) -> None:
        on.ellipse((80, 120, 170, 235), fill=255)
        for angle, length in zip(np.deg2rad([-150, -115, -95, -75, -45]), (65, 95, 105, 95, 75), strict=True):
            turned = angle + chance.normal(0, 0.08)
            x, y = 125 + 35 * np.cos(turned), 170 + 35 * np.sin(turned)
            on.line((x, y, x + length * np.cos(turned), y + length * np.sin(turned)), fill=255, width=20)

    return field(draw)


def test_at_most_two_digits_in_a_hundred_are_doubted(doubter: Doubter, sample: Digits) -> None:
    digits = sample.test_images.view(-1, 28, 28).numpy().astype(np.float32) / np.float32(255)
    assert (doubter.doubts(digits) > LIMIT).mean() <= 0.02


def test_nine_of_ten_pictures_of_something_else_are_doubted(doubter: Doubter) -> None:
    others = [letter(character) for character in "AEFHKMNRTVWXY"]
    others += [make(seed) for make in (scribble, plot, hand) for seed in range(20)]
    generator = np.random.default_rng(0)
    others += [np.zeros((28, 28), np.float32), generator.random((28, 28)).astype(np.float32)]
    pictures: Float = np.stack(others).astype(np.float32)
    doubts = doubter.doubts(pictures)
    assert (doubts > LIMIT).mean() >= 0.9
    assert np.isfinite(doubts).all()
