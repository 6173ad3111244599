"""Studio: what a person can do with a checkpoint, numpy in and numpy out.

Pictures are float32 (28, 28) in [0, 1]. The same picture, noise and seed give the same pixels every time. Threads may
share a Studio: it never changes its model, which stays in eval mode.
"""

import gc
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple, get_args

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from vaegan.checkpoint.card import Card
from vaegan.checkpoint.files import PRETRAINED, Checkpoint, load, required_prior
from vaegan.config import MAX_SEED, PIXELS, PRIORS, SIDE, NoiseConfig, Prior
from vaegan.data.noise import corrupt
from vaegan.data.pictures import Float, Pictures
from vaegan.data.tensors import to_pictures, to_pixels
from vaegan.errors import ConfigError, ImageError
from vaegan.metrics.likeness import CHUNK, posteriors, psnr, reconstruct, ssim, vae_losses
from vaegan.model import latent
from vaegan.model.atlas import Atlas, survey

Vectors = Float
Way = Literal["linear", "spherical", "pixels"]

WAYS: tuple[Way, ...] = get_args(Way)
MAX_PICTURES = 10_000  # at once: they take 31 MB, and no page can show that many
MAX_TEMPERATURE = 100.0
SPREAD_SAMPLES = 64  # enough to know the spread to a tenth of its value
PIXEL_TOLERANCE = 1e-5  # by how much rounding may put a pixel outside [0, 1]


class Encoded(NamedTuple):
    """q(z|x) of N pictures as numpy: mean and log variance, (N, d) each."""

    mu: Vectors
    logvar: Vectors


class Scores(NamedTuple):
    """The anomaly score of N pictures in its two parts, in nats, (N,) each: BCE summed over pixels (z = mu), and KL."""

    recon: Vectors
    kl: Vectors

    @property
    def total(self) -> Vectors:
        """recon + kl, the anomaly score; it is the higher, the less a picture is like the training digits; (N,)."""
        return self.recon + self.kl


class Rated(NamedTuple):
    """Pictures (N, 28, 28), and how close each is to one clean digit: PSNR in dB and SSIM, (N,) each."""

    pictures: Pictures
    psnr: Vectors
    ssim: Vectors


@dataclass(frozen=True, eq=False)
class Denoised:
    """One digit, the digit under noise, and what a model made of the noisy digit."""

    clean: Pictures  # (28, 28)
    noisy: Pictures  # (1, 28, 28)
    output: Pictures  # (1, 28, 28)
    psnr: Vectors  # (1,) dB, output against clean
    ssim: Vectors  # (1,)
    psnr_noisy: Vectors  # (1,) dB, noisy against clean
    ssim_noisy: Vectors  # (1,)


class Studio:
    """A checkpoint in use: its card, and what its model does with pictures and latent vectors."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self.card: Card = checkpoint.card
        self._model = checkpoint.build()
        self._fitted_prior = checkpoint.prior

    @classmethod
    def open(cls, name: str | Path, folder: Path = PRETRAINED) -> "Studio":
        """Open a checkpoint by name or path; CheckpointError says what is wrong with it."""
        return cls(load(name, folder))

    def clean(self, pictures: Pictures) -> Pictures:
        """Pass pictures (N, 28, 28) through the model as they are (z = mu); (N, 28, 28) in [0, 1]."""
        return _unflat(reconstruct(self._model, _flat(pictures)))

    def denoise(self, digit: Pictures, noise: NoiseConfig) -> Denoised:
        """Cover one digit (28, 28) with noise, clean it, and rate both pictures against the digit."""
        before = rate(add_noises(digit, [noise]), digit)
        after = rate(self.clean(before.pictures), digit)
        return Denoised(
            clean=_checked(digit[None])[0],
            noisy=before.pictures,
            output=after.pictures,
            psnr=after.psnr,
            ssim=after.ssim,
            psnr_noisy=before.psnr,
            ssim_noisy=before.ssim,
        )

    @property
    def latent_dim(self) -> int:
        """d, the length of a latent vector."""
        return self._model.latent_dim

    def encode(self, pictures: Pictures) -> Encoded:
        """Pictures (N, 28, 28) -> q(z|x), mu and logvar (N, d)."""
        mu, logvar = posteriors(self._model, _flat(pictures))
        return Encoded(mu.numpy(), logvar.numpy())

    def decode(self, z: Vectors) -> Pictures:
        """Latent vectors (N, d) -> pictures (N, 28, 28) in [0, 1]; ConfigError if they do not fit the model."""
        if z.ndim != 2 or z.shape[1] != self.latent_dim or not len(z):
            raise ConfigError(f"latent vectors of shape {z.shape}: {self.card.name} needs (N, {self.latent_dim})")
        vectors = torch.from_numpy(np.ascontiguousarray(z, dtype=np.float32))
        if not bool(vectors.isfinite().all()):
            raise ConfigError("a latent vector holds numbers that are not finite; most digits lie between -3 and 3")
        with torch.inference_mode():
            return _unflat(torch.cat([self._model.decode(chunk) for chunk in vectors.split(CHUNK)]))

    @property
    def priors(self) -> tuple[Prior, ...]:
        """The priors that `sample` can draw from: the fitted one only if the checkpoint has one."""
        return PRIORS if self._fitted_prior is not None else ("standard",)

    def sample(self, count: int, seed: int, temperature: float = 1.0, prior: Prior = "standard") -> Pictures:
        """What the decoder makes of `count` samples of a prior; (count, 28, 28).

        The seed alone fixes the samples: with a larger `count` the first ones stay the same, and another `temperature`
        scales the same samples: those of N(0, I) as a whole, those of the fitted prior around the mean of each one's
        component. ConfigError where the checkpoint has no fitted prior.
        """
        if not 0 <= temperature <= MAX_TEMPERATURE:
            raise ConfigError(f"temperature {temperature}: give a number from 0 to {MAX_TEMPERATURE}; 1 is the prior")
        if prior not in PRIORS:
            raise ConfigError(f"there is no prior {prior!r}; choose one of {', '.join(PRIORS)}")
        if prior == "standard":
            return self.decode(temperature * _normal(_count(count), self.latent_dim, seed))
        fitted = required_prior(self.card, self._fitted_prior)
        return self.decode(fitted.sample(_count(count), _seed(seed), temperature).numpy())

    def morph(self, start: Pictures, end: Pictures, steps: int, way: Way) -> Pictures:
        """`steps` pictures from one digit (28, 28) to another, both ends included; (steps, 28, 28).

        The ways "linear" and "spherical" lead through latent space, and their ends are the reconstructions of the
        digits. The way "pixels" fades one digit into the other.
        """
        if way not in WAYS:
            raise ConfigError(f"there is no way {way!r} from one digit to another; choose one of {', '.join(WAYS)}")
        both, t = _stacked(start, end), torch.linspace(0, 1, _count(steps, least=2))
        if way == "pixels":
            a, b = _flat(both)
            return _unflat(latent.linear(a, b, t))
        along = latent.linear if way == "linear" else latent.spherical
        a, b = torch.from_numpy(self.encode(both).mu)
        return self.decode(along(a, b, t).numpy())

    def arithmetic(self, a: Pictures, b: Pictures, c: Pictures) -> Pictures:
        """What mu(a) + mu(b) - mu(c) decodes to, the digits and the result (28, 28)."""
        of_a, of_b, of_c = self.encode(_stacked(a, b, c)).mu
        result: Pictures = self.decode((of_a + of_b - of_c)[None])[0]
        return result

    def posterior_samples(self, digit: Pictures, count: int, seed: int) -> tuple[Pictures, Pictures]:
        """What `count` draws z from q(z|x) of a digit (28, 28) decode to, and how much each pixel varies over draws.

        The pictures are (count, 28, 28). The standard deviation (28, 28) is always taken over 64 draws.
        """
        mu, logvar = self.encode(digit[None])
        eps = _normal(max(_count(count), SPREAD_SAMPLES), self.latent_dim, seed)
        pictures = self.decode(mu + eps * np.exp(logvar / 2))
        return pictures[:count], pictures[:SPREAD_SAMPLES].std(axis=0)

    def repair(self, damaged: Pictures, known: NDArray[np.bool_], passes: int) -> Pictures:
        """Fill in what is not `known` of a digit, both (28, 28): the picture after each pass, (passes, 28, 28)."""
        return self.repair_all(damaged[None], known[None], passes)[:, 0]

    def repair_all(self, damaged: Pictures, known: NDArray[np.bool_], passes: int) -> Pictures:
        """The same for several digits, both (N, 28, 28); (passes, N, 28, 28).

        A pass sends the pictures through the model and puts the known pixels back; the next one starts from the result.
        Rezende et al. 2014, with z = mu instead of draws.
        """
        start = filled = _checked(damaged)
        if known.shape != start.shape or known.dtype != np.bool_:
            raise ImageError(f"known pixels of shape {known.shape[1:]}, type {known.dtype}: (28, 28) of bool is needed")
        pictures = []
        for _ in range(_count(passes)):
            filled = np.where(known, start, self.clean(filled))
            pictures.append(filled)
        return np.stack(pictures)

    def scores(self, pictures: Pictures) -> Scores:
        """The anomaly score of each picture of (N, 28, 28); ImageError for pixels outside [0, 1]."""
        x = _flat(pictures)
        low, high = x.aminmax()
        if low < -PIXEL_TOLERANCE or high > 1 + PIXEL_TOLERANCE:
            raise ImageError(f"pixels from {low:.3g} to {high:.3g} have no cross entropy; clip them to [0, 1] first")
        recon, kl = vae_losses(self._model, x, x)
        return Scores(recon.numpy(), kl.numpy())

    def realness(self, pictures: Pictures) -> Vectors:
        """The discriminator's probability that each picture of (N, 28, 28) is real; (N,)."""
        if not self.card.config.uses_discriminator:
            raise ConfigError(f"{self.card.name} was trained without a discriminator; choose another model")
        with torch.inference_mode():
            real = torch.cat([self._model.discriminate(chunk) for chunk in _flat(pictures).split(CHUNK)])
        probabilities: Vectors = real.numpy()
        return probabilities

    def atlas(self, images: NDArray[np.uint8] | Tensor, labels: NDArray[np.int64] | Tensor) -> Atlas:
        """The map of latent space around digits, uint8 (N, 784) with their labels (N,)."""
        x, y = torch.as_tensor(images), torch.as_tensor(labels)
        if x.dtype != torch.uint8 or x.shape != (len(y), PIXELS):
            raise ImageError(f"images of shape {tuple(x.shape)}, type {x.dtype}: uint8 ({len(y)}, 784) fits the labels")
        return survey(posteriors(self._model, to_pixels(x)), y)


def serve_side_by_side() -> None:
    """Let each request compute on one thread: in a class many requests come at once, and one digit is little work.

    Each operation of torch releases the interpreter's lock and may then wait up to the switch interval for the thread
    that sends results. A short interval saves 25 ms for each stroke of a drawing. All this holds for the whole process.
    """
    torch.set_num_threads(1)
    sys.setswitchinterval(0.0005)
    gc.collect()
    gc.freeze()  # so that a collection during a stroke does not look through torch again


def add_noise(digit: Pictures, noise: NoiseConfig) -> Pictures:
    """One digit (28, 28) with `noise`; (28, 28). Only unclipped noise leaves [0, 1]."""
    picture: Pictures = add_noises(digit, [noise])[0]
    return picture


def add_noises(digit: Pictures, noises: Sequence[NoiseConfig]) -> Pictures:
    """One digit (28, 28) with each of N noises; (N, 28, 28)."""
    x = _flat(digit[None])
    return _unflat(torch.cat([corrupt(x, noise) for noise in noises]))


def rate(pictures: Pictures, clean: Pictures) -> Rated:
    """Measure how close each of the pictures (N, 28, 28) is to the digit `clean` (28, 28)."""
    target = np.repeat(_checked(clean[None]), len(pictures), axis=0)
    return Rated(pictures, psnr(pictures, target), ssim(pictures, target))


def _flat(pictures: Pictures) -> Tensor:
    return torch.from_numpy(_checked(pictures)).flatten(1)  # (N, 784)


def _stacked(*digits: Pictures) -> Pictures:
    return np.concatenate([_checked(digit[None]) for digit in digits])  # (N, 28, 28)


def _unflat(x: Tensor) -> Pictures:
    pictures: Pictures = to_pictures(x)
    return pictures


def _count(count: int, least: int = 1) -> int:
    if not least <= count <= MAX_PICTURES:
        raise ConfigError(f"cannot make {count} pictures; give a number from {least} to {MAX_PICTURES:,}")
    return count


def _normal(count: int, latent_dim: int, seed: int) -> Vectors:
    """Standard normal numbers (count, d) from `seed`; the first rows do not depend on how many follow."""
    # RandomState, because torch.randn's first numbers change with how many are asked for.
    return np.random.RandomState(_seed(seed)).standard_normal((count, latent_dim)).astype(np.float32)


def _seed(seed: int) -> int:
    if not 0 <= seed <= MAX_SEED:
        raise ConfigError(f"seed {seed}: give a number from 0 to {MAX_SEED}")
    return seed


def _checked(pictures: Pictures) -> Pictures:
    if pictures.ndim != 3 or pictures.shape[1:] != (SIDE, SIDE) or not len(pictures):
        raise ImageError(
            f"pictures of shape {pictures.shape}: (N, 28, 28) is needed; prepare them with vaegan.data.drawing"
        )
    if not np.issubdtype(pictures.dtype, np.floating):
        raise ImageError(f"pictures of type {pictures.dtype}: floats from 0 to 1 are needed; use pictures.from_uint8")
    array = np.ascontiguousarray(pictures, dtype=np.float32)
    if not np.isfinite(array).all():
        raise ImageError("a picture holds numbers that are not finite; pixels go from 0 to 1")
    return array
