"""Named corruptions, each `f(x, level, generator) -> x` on pictures (B, 784) in [0, 1].

`level` runs from 0, the identity, to 1; it is a number or one per picture, (B, 1). Each corruption draws its random
numbers, its pattern, before it looks at the level, so that one seed gives one pattern which only grows as the level
rises. `web/noise.js` repeats what is done with a pattern, so that noise can follow the pointer.
"""

from collections.abc import Callable

import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Generator, Tensor

from vaegan.config import NOISE_KINDS, PIXELS, SIDE, NoiseConfig, NoiseKind, TrainingNoise

BLUR_MAX_SIGMA = 4.0  # pixels, at level 1: the strokes of a digit run into one cloud
OCCLUSION_GREY = 0.5  # neither paper nor ink: the block is seen as a block
MARK_TEXT = "COPY"

Noise = Callable[[Tensor, Tensor, Generator], Tensor]
Draw = Callable[[int, Generator], Tensor]


def gaussian_unclipped(x: Tensor, level: Tensor, generator: Generator) -> Tensor:
    """Add N(0, level²); pixels may leave [0, 1]."""
    return x + level * _normal(len(x), generator)[:, 0]


def gaussian(x: Tensor, level: Tensor, generator: Generator) -> Tensor:
    """Add N(0, level²) and clip to [0, 1], as a camera would."""
    return gaussian_unclipped(x, level, generator).clamp(0, 1)


def salt_pepper(x: Tensor, level: Tensor, generator: Generator) -> Tensor:
    """Turn a share `level` of the pixels white or black, evenly."""
    place, colour = _two_uniforms(len(x), generator).unbind(1)  # (B, 784) each
    white = (colour < 0.5).to(x.dtype)
    return torch.where(place < level, white, x)


def masking(x: Tensor, level: Tensor, generator: Generator) -> Tensor:
    """Set a share `level` of the pixels to 0; the others stay as they are, without rescaling."""
    return torch.where(_uniform(len(x), generator)[:, 0] < level, 0.0, x)


def occlusion(x: Tensor, level: Tensor, generator: Generator) -> Tensor:
    """Lay a grey square somewhere over a share `level` of the picture."""
    place = _corner(len(x), generator)
    # Whole pixels first: one more of them then moves the corner by at most one, so that the square only grows.
    side = (level.sqrt() * SIDE).round().expand(len(x), 1)[:, :, None]  # (B, 1, 1)
    start = (place * (SIDE - side)).round()  # (B, 2, 1)
    at = torch.arange(SIDE)
    inside = (at >= start) & (at < start + side)  # (B, 2, 28): rows, columns
    block = (inside[:, 0, :, None] & inside[:, 1, None, :]).flatten(1)  # (B, 784)
    return torch.where(block, OCCLUSION_GREY, x)


def watermark(x: Tensor, level: Tensor, generator: Generator) -> Tensor:
    """Print text or stripes over the picture in white ink of opacity `level`."""
    opacity = level * _mark(len(x), generator)[:, 0]
    return x * (1 - opacity) + opacity


def blur(x: Tensor, level: Tensor, generator: Generator) -> Tensor:  # noqa: ARG001 - one signature for all
    """Blur with a Gaussian of sigma `level` x 4 pixels; black lies beyond the edge."""
    sigma = (level * BLUR_MAX_SIGMA).expand(len(x), 1).clamp(min=1e-3)[:, :, None]  # (B, 1, 1)
    offset = torch.arange(SIDE)[:, None] - torch.arange(SIDE)[None, :]  # (28, 28)
    reach = torch.arange(-SIDE, SIDE + 1)
    total = torch.exp(-0.5 * (reach / sigma).square()).sum(dim=2, keepdim=True)
    kernel = torch.exp(-0.5 * (offset / sigma).square()) / total  # (B, 28, 28), symmetric
    return (kernel @ x.view(-1, SIDE, SIDE) @ kernel).flatten(1).clamp(max=1)  # rounding can pass 1 by 5e-7


NOISES: dict[NoiseKind, Noise] = {
    "gaussian": gaussian,
    "gaussian-unclipped": gaussian_unclipped,
    "salt-pepper": salt_pepper,
    "masking": masking,
    "occlusion": occlusion,
    "watermark": watermark,
    "blur": blur,
}


def corrupt(x: Tensor, noise: NoiseConfig) -> Tensor:
    """Pictures (B, 784) in [0, 1] -> the same with `noise`; the same config gives the same pixels."""
    if noise.level == 0:
        return x.clone()
    return NOISES[noise.kind](x, torch.tensor(noise.level), _seeded(noise.seed))


def pattern(kind: NoiseKind, seed: int) -> Tensor:
    """What `corrupt` draws at random for one picture, whatever the level: (K, 784), or (2, 1) for the occlusion."""
    return PATTERNS[kind](1, _seeded(seed))[0]


def corrupt_mixture(x: Tensor, noise: TrainingNoise, generator: Generator) -> Tensor:
    """Give each picture one of the kinds, drawn evenly, at a level drawn evenly from its range; (B, 784)."""
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


def _normal(count: int, generator: Generator) -> Tensor:
    return torch.randn(count, 1, PIXELS, generator=generator)


def _uniform(count: int, generator: Generator) -> Tensor:
    return torch.rand(count, 1, PIXELS, generator=generator)


def _two_uniforms(count: int, generator: Generator) -> Tensor:
    """Where a pixel is hit, then which colour it gets; (count, 2, 784)."""
    return torch.cat([_uniform(count, generator), _uniform(count, generator)], dim=1)


def _corner(count: int, generator: Generator) -> Tensor:
    """The block's top left corner as a share of the free room; (count, 2, 1)."""
    return torch.rand(count, 2, 1, generator=generator)


def _mark(count: int, generator: Generator) -> Tensor:
    """Stripes or text; (count, 1, 784), 0 or 1."""
    striped = torch.rand(count, 1, generator=generator) < 0.5  # (count, 1)
    return torch.where(striped, _stripes(count, generator), _text(count, generator))[:, None]


def _nothing(count: int, generator: Generator) -> Tensor:  # noqa: ARG001 - one signature for all
    return torch.empty(count, 0, PIXELS)


def _stripes(count: int, generator: Generator) -> Tensor:
    """Slanted stripes, 2 pixels wide and 7 apart, at random angles and phases; (count, 784), 0 or 1."""
    angle = torch.pi * torch.rand(count, 1, 1, generator=generator)
    phase = 7 * torch.rand(count, 1, 1, generator=generator)
    at = torch.arange(SIDE)
    distance = at[:, None] * torch.sin(angle) + at[None, :] * torch.cos(angle) + phase  # (count, 28, 28)
    return (distance.remainder(7) < 2).float().flatten(1)


def _text(count: int, generator: Generator) -> Tensor:
    """The word at a random height, turned by up to a quarter either way; (count, 784), 0 or 1."""
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

PATTERNS: dict[NoiseKind, Draw] = {
    "gaussian": _normal,
    "gaussian-unclipped": _normal,
    "salt-pepper": _two_uniforms,
    "masking": _uniform,
    "occlusion": _corner,
    "watermark": _mark,
    "blur": _nothing,
}

assert tuple(NOISES) == NOISE_KINDS, "config.NoiseKind and NOISES list the same kinds in the same order"
