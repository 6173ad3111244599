"""Studio: what a person can do with a checkpoint, numpy in and numpy out.

Pictures are float32 (28, 28) in [0, 1]. The same picture and noise give the same pixels every time. A Studio may be
shared by threads: it never changes its model, which stays in eval mode.
"""

import gc
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from vaegan.checkpoint import PRETRAINED, Card, Checkpoint, load
from vaegan.config import NoiseConfig
from vaegan.errors import ImageError
from vaegan.metrics import psnr, reconstruct, ssim
from vaegan.noise import corrupt

Pictures = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Denoised:
    """N corruptions of one digit, and what a model made of them."""

    clean: Pictures  # (28, 28)
    noisy: Pictures  # (N, 28, 28)
    output: Pictures  # (N, 28, 28)
    psnr: Pictures  # (N,) dB, output against clean
    ssim: Pictures  # (N,)
    psnr_noisy: Pictures  # (N,) dB, noisy against clean
    ssim_noisy: Pictures  # (N,)


class Studio:
    """A checkpoint, ready to be used."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self.card: Card = checkpoint.card
        self._model = checkpoint.build()

    @classmethod
    def open(cls, name: str | Path, folder: Path = PRETRAINED) -> "Studio":
        """The Studio of a checkpoint by name or path; CheckpointError says what is wrong with it."""
        return cls(load(name, folder))

    def clean(self, pictures: Pictures) -> Pictures:
        """Pass pictures (N, 28, 28) through the model as they are (z = mu); (N, 28, 28) in [0, 1]."""
        given = torch.from_numpy(_checked(pictures)).flatten(1)
        output: Pictures = reconstruct(self._model, given).view(-1, 28, 28).numpy()
        return output

    def denoise(self, digit: Pictures, noise: NoiseConfig) -> Denoised:
        """Cover one digit (28, 28) with noise and clean it."""
        return self.denoise_ladder(digit, [noise])

    def denoise_ladder(self, digit: Pictures, noises: Sequence[NoiseConfig]) -> Denoised:
        """Cover one digit (28, 28) with each of N noises and clean all N in one batch."""
        clean = _checked(digit[None])
        noisy = np.concatenate([add_noise(digit, noise)[None] for noise in noises])
        output = self.clean(noisy)
        target = np.repeat(clean, len(noisy), axis=0)
        return Denoised(
            clean=clean[0],
            noisy=noisy,
            output=output,
            psnr=psnr(output, target),
            ssim=ssim(output, target),
            psnr_noisy=psnr(noisy, target),
            ssim_noisy=ssim(noisy, target),
        )


def serve_side_by_side() -> None:
    """Let each request compute on one thread: in a class many come at once, and one digit is little work.

    Torch's operations each give up the interpreter's lock and wait for the thread that sends results, up to the
    switch interval; a short one takes 25 ms off a stroke. Holds for the whole process.
    """
    torch.set_num_threads(1)
    sys.setswitchinterval(0.0005)
    gc.collect()
    gc.freeze()  # a collection in the middle of a stroke need not look through torch again


def add_noise(digit: Pictures, noise: NoiseConfig) -> Pictures:
    """One digit (28, 28) with `noise`; (28, 28), outside [0, 1] only where the kind is unclipped."""
    noisy = corrupt(torch.from_numpy(_checked(digit[None])).flatten(1), noise)
    picture: Pictures = noisy.view(28, 28).numpy()
    return picture


def _checked(pictures: Pictures) -> Pictures:
    if pictures.ndim != 3 or pictures.shape[1:] != (28, 28) or not len(pictures):
        raise ImageError(f"pictures of shape {pictures.shape}: (N, 28, 28) is needed; prepare them with vaegan.images")
    if not np.issubdtype(pictures.dtype, np.floating):
        raise ImageError(f"pictures of type {pictures.dtype}: floats from 0 to 1 are needed; use images.from_uint8")
    array = np.ascontiguousarray(pictures, dtype=np.float32)
    if not np.isfinite(array).all():
        raise ImageError("a picture holds numbers that are not finite; pixels go from 0 to 1")
    return array
