"""Kinds of noise, all in one table: what each draws at random, what it does to pictures, and how pages describe it.

A noise works in two steps. First it draws random numbers, its pattern, without looking at the level. Then it applies
the pattern at a level from 0, which changes nothing, to 1. So one seed gives one pattern, which only grows as the
level rises. `web/noise.js` repeats the second step in the browser, where noise follows the pointer.

To add a kind: its name in `NoiseKind` of config.py, its `Noise` in `NOISES` here, its function in web/noise.js.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Generator, Tensor

from vaegan.config import NOISE_KINDS, PIXELS, SIDE, NoiseConfig, NoiseKind, TrainingNoise

BLUR_MAX_SIGMA = 4.0  # pixels, at level 1: the strokes of a digit run into one cloud
OCCLUSION_GREY = 0.5  # neither paper nor ink: the block is seen as a block
MARK_TEXT = "COPY"

Draw = Callable[[int, Generator], Tensor]  # number of pictures B -> patterns (B, K, 784), or (B, 2, 1) for a corner
Apply = Callable[[Tensor, Tensor, Tensor], Tensor]  # pictures (B, 784), level () or (B, 1), patterns -> (B, 784)


@dataclass(frozen=True)
class Noise:
    """One kind of noise. Calling it draws patterns and applies them to pictures (B, 784) in [0, 1]."""

    label: str
    help: str  # what the level means, in a sentence or two
    draw: Draw
    apply: Apply

    def __call__(self, x: Tensor, level: Tensor, generator: Generator) -> Tensor:
        """Pictures (B, 784) with noise of this kind; `level` is one number () or one for each picture (B, 1)."""
        return self.apply(x, level, self.draw(len(x), generator))


def draw_nothing(count: int, generator: Generator) -> Tensor:  # noqa: ARG001 - one signature for all
    """No random numbers; (count, 0, 784)."""
    return torch.empty(count, 0, PIXELS)


def draw_normal(count: int, generator: Generator) -> Tensor:
    """A standard normal number for each pixel; (count, 1, 784)."""
    return torch.randn(count, 1, PIXELS, generator=generator)


def draw_uniform(count: int, generator: Generator) -> Tensor:
    """A number from 0 to 1 for each pixel; (count, 1, 784)."""
    return torch.rand(count, 1, PIXELS, generator=generator)


def draw_two_uniforms(count: int, generator: Generator) -> Tensor:
    """Two numbers from 0 to 1 for each pixel: the first decides whether the pixel is hit, the second its colour."""
    return torch.cat([draw_uniform(count, generator), draw_uniform(count, generator)], dim=1)  # (count, 2, 784)


def draw_corner(count: int, generator: Generator) -> Tensor:
    """Row and column of the block's top left corner, as shares of the free room; (count, 2, 1)."""
    return torch.rand(count, 2, 1, generator=generator)


def draw_mark(count: int, generator: Generator) -> Tensor:
    """Stripes or text, each with probability one half; (count, 1, 784), 0 or 1."""
    striped = torch.rand(count, 1, generator=generator) < 0.5  # (count, 1)
    return torch.where(striped, _stripes(count, generator), _text(count, generator))[:, None]


def gaussian_unclipped(x: Tensor, level: Tensor, normal: Tensor) -> Tensor:
    """Add N(0, level²); pixels may leave [0, 1]."""
    return x + level * normal[:, 0]


def gaussian(x: Tensor, level: Tensor, normal: Tensor) -> Tensor:
    """Add N(0, level²) and clip to [0, 1], as a camera would."""
    return gaussian_unclipped(x, level, normal).clamp(0, 1)


def salt_pepper(x: Tensor, level: Tensor, uniforms: Tensor) -> Tensor:
    """Turn a share `level` of the pixels white or black, each with probability one half."""
    place, colour = uniforms.unbind(1)  # (B, 784) each
    white = (colour < 0.5).to(x.dtype)
    return torch.where(place < level, white, x)


def masking(x: Tensor, level: Tensor, uniform: Tensor) -> Tensor:
    """Set a share `level` of the pixels to 0; the others stay as they are, without rescaling."""
    return torch.where(uniform[:, 0] < level, 0.0, x)


def dropout(x: Tensor, level: Tensor, uniform: Tensor) -> Tensor:
    """Set a share `level` of the pixels to 0 and divide the others by 1 - `level`; pixels may rise above 1.

    This is `torch.nn.Dropout` in training mode, which many notebooks use as noise: the mean of a pixel stays.
    """
    kept = (1 - level).clamp(min=1e-6)  # at level 1 nothing is kept, and nothing must be divided by 0
    return torch.where(uniform[:, 0] < level, 0.0, x / kept)


def occlusion(x: Tensor, level: Tensor, corner: Tensor) -> Tensor:
    """Lay a grey square somewhere over a share `level` of the picture."""
    # Round the side to whole pixels before the corner is placed: a side that is one pixel longer then moves the corner
    # by at most one pixel, so that the square only grows.
    side = (level.sqrt() * SIDE).round().expand(len(x), 1)[:, :, None]  # (B, 1, 1)
    start = (corner * (SIDE - side)).round()  # (B, 2, 1)
    at = torch.arange(SIDE)
    inside = (at >= start) & (at < start + side)  # (B, 2, 28): rows, columns
    block = (inside[:, 0, :, None] & inside[:, 1, None, :]).flatten(1)  # (B, 784)
    return torch.where(block, OCCLUSION_GREY, x)


def watermark(x: Tensor, level: Tensor, mark: Tensor) -> Tensor:
    """Print text or stripes over the picture in white ink of opacity `level`."""
    opacity = level * mark[:, 0]
    return x * (1 - opacity) + opacity


def blur(x: Tensor, level: Tensor, nothing: Tensor) -> Tensor:  # noqa: ARG001 - one signature for all
    """Blur with a Gaussian of sigma `level` x 4 pixels; black lies beyond the edge."""
    sigma = (level * BLUR_MAX_SIGMA).expand(len(x), 1).clamp(min=1e-3)[:, :, None]  # (B, 1, 1)
    offset = torch.arange(SIDE)[:, None] - torch.arange(SIDE)[None, :]  # (28, 28)
    reach = torch.arange(-SIDE, SIDE + 1)
    total = torch.exp(-0.5 * (reach / sigma).square()).sum(dim=2, keepdim=True)
    kernel = torch.exp(-0.5 * (offset / sigma).square()) / total  # (B, 28, 28), symmetric
    return (kernel @ x.view(-1, SIDE, SIDE) @ kernel).flatten(1).clamp(max=1)  # rounding can pass 1 by 5e-7


NOISES: dict[NoiseKind, Noise] = {
    "gaussian": Noise(
        "Gaussian, clipped",
        "Each pixel gets a random amount; the level is its standard deviation. Clipped to black and white.",
        draw_normal,
        gaussian,
    ),
    "gaussian-unclipped": Noise(
        "Gaussian, unclipped",
        "The same without clipping: the models see values below black and above white.",
        draw_normal,
        gaussian_unclipped,
    ),
    "salt-pepper": Noise(
        "Salt and pepper",
        "The level is the share of pixels that turn white or black.",
        draw_two_uniforms,
        salt_pepper,
    ),
    "masking": Noise(
        "Masking (pixels lost)",
        "The level is the share of pixels that are lost and read as black.",
        draw_uniform,
        masking,
    ),
    "dropout": Noise(
        "Dropout (pixels lost, the rest brighter)",
        "The level is the share of pixels that are lost; the others grow as much brighter as keeps the mean: at 50 % "
        "they are doubled, and the models see values above white.",
        draw_uniform,
        dropout,
    ),
    "occlusion": Noise(
        "Occlusion (a block)",
        "A grey square; the level is the share of the picture that it hides.",
        draw_corner,
        occlusion,
    ),
    "watermark": Noise(
        "Watermark",
        "A word or stripes over the digit; the level is how opaque they are.",
        draw_mark,
        watermark,
    ),
    "blur": Noise("Blur", "A Gaussian blur of up to 4 pixels.", draw_nothing, blur),
}

assert tuple(NOISES) == NOISE_KINDS, (
    f"NoiseKind in vaegan/config.py names {', '.join(NOISE_KINDS)}; NOISES in vaegan/data/noise.py has "
    f"{', '.join(NOISES)}. Both must name the same kinds in the same order: add what is missing, and its function to "
    "NOISES in vaegan/web/noise.js."
)


def corrupt(x: Tensor, noise: NoiseConfig) -> Tensor:
    """Pictures (B, 784) in [0, 1] -> the same with `noise`; the same config gives the same pixels."""
    if noise.level == 0:
        return x.clone()
    return NOISES[noise.kind](x, torch.tensor(noise.level), _seeded(noise.seed))


def pattern(kind: NoiseKind, seed: int) -> Tensor:
    """The random numbers that `corrupt` draws for one picture, at any level: (K, 784), or (2, 1) for the occlusion."""
    return NOISES[kind].draw(1, _seeded(seed))[0]


def corrupt_mixture(x: Tensor, noise: TrainingNoise, generator: Generator) -> Tensor:
    """Give each picture one of the kinds, drawn uniformly, at a level drawn uniformly from its range; (B, 784)."""
    if not noise.noise_kinds:
        return x
    kinds = torch.randint(len(noise.noise_kinds), (len(x),), generator=generator)
    span = noise.noise_max - noise.noise_min
    levels = noise.noise_min + span * torch.rand(len(x), 1, generator=generator)
    noisy = x.clone()
    for index, kind in enumerate(noise.noise_kinds):
        rows = (kinds == index).nonzero().squeeze(1)
        if len(rows):
            noisy[rows] = NOISES[kind](x[rows], levels[rows], generator)
    return noisy


def _seeded(seed: int) -> Generator:
    return torch.Generator().manual_seed(seed)


def _stripes(count: int, generator: Generator) -> Tensor:
    """Slanted stripes, 2 pixels wide and 7 apart, at random angles and phases; (count, 784), 0 or 1."""
    angle = torch.pi * torch.rand(count, 1, 1, generator=generator)
    phase = 7 * torch.rand(count, 1, 1, generator=generator)
    at = torch.arange(SIDE)
    distance = at[:, None] * torch.sin(angle) + at[None, :] * torch.cos(angle) + phase  # (count, 28, 28)
    return (distance.remainder(7) < 2).float().flatten(1)


def _text(count: int, generator: Generator) -> Tensor:
    """The word at a random height, turned by up to 45 degrees either way; (count, 784), 0 or 1."""
    turn = torch.randint(len(_TEXTS), (count,), generator=generator)
    return _TEXTS[turn]


def _draw_texts() -> Tensor:
    """The word at seven heights and five angles; (35, 784), 0 or 1."""
    font = ImageFont.load_default_imagefont()
    left, top, right, bottom = font.getbbox(MARK_TEXT)
    pictures = []
    for height in range(-9, 10, 3):
        for angle in (-45, -20, 0, 20, 45):
            picture = Image.new("L", (SIDE, SIDE))
            corner = ((SIDE - right - left) / 2, (SIDE - bottom - top) / 2 + height)
            ImageDraw.Draw(picture).text(corner, MARK_TEXT, fill=255, font=font)
            turned = picture.rotate(angle)
            pictures.append(torch.frombuffer(bytearray(turned.tobytes()), dtype=torch.uint8))
    return (torch.stack(pictures) > 0).float()


_TEXTS = _draw_texts()
