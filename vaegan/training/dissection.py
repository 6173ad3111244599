"""A training step taken apart: which loss moves which network, and one batch in slow motion.

    effects = influence(model, config, digits, seed=0)   # effects.applied[row of a term, column of a network]

    slow = SlowMotion(model, config, digits, seed=0)
    slow.encode(), slow.sample(), slow.decode(), slow.discriminate(), slow.losses()
    slow.step("decoder")
    slow.losses()                                        # the same batch, the same random numbers

Both compute what training does, by `routing`, with BatchNorm on the batch's own statistics. Pictures are float32
(B, 28, 28) in [0, 1], B at least 2; results are numpy arrays. Both work on a copy: the caller's model stays as it is.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from copy import deepcopy
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from vaegan.config import TrainConfig
from vaegan.data.noise import corrupt_mixture
from vaegan.data.pictures import Float
from vaegan.errors import ConfigError, RunError
from vaegan.model.networks import VAEGAN, seeded
from vaegan.training.optimisers import optimizers
from vaegan.training.routing import NETWORKS, ROUTES, Terms, gradients, network_parameters, terms


class Influence(NamedTuple):
    """What each loss does to each network on one batch; a row is one of `terms`, a column one of `routing.NETWORKS`.

    `applied` (T, 3) is the norm of the weighted term's gradient, exactly 0 where the term does not move the network.
    `raw` (T, 3) is the norm without weight and without routing, 0 where the term does not depend on the network.
    `routed` (T, 3) says where routing lets a term through. `cosine` (T, 3) is the cosine of the angle between a term's
    gradient and the network's whole gradient, nan where nothing is applied. `whole` (3,) are the norms of the latter.
    """

    terms: tuple[str, ...]
    weights: tuple[float, ...]
    applied: NDArray[np.float64]
    raw: NDArray[np.float64]
    routed: NDArray[np.bool_]
    cosine: NDArray[np.float64]
    whole: NDArray[np.float64]


class EncodedBatch(NamedTuple):
    """The encoder's inputs (B, 28, 28), with the noise of training, and its q(z|x): mu and logvar (B, d)."""

    inputs: Float
    mu: Float
    logvar: Float


class SampledBatch(NamedTuple):
    """z (B, d) = mu + eps * exp(logvar / 2), and draws of the prior (B, d); None for what this system does not draw."""

    z: Float | None
    eps: Float | None
    prior: Float | None


class DecodedBatch(NamedTuple):
    """Pictures (B, 28, 28), decoded from each digit's z and from the prior's draws; None as in `SampledBatch`."""

    rebuilt: Float | None
    generated: Float | None


class JudgedBatch(NamedTuple):
    """The discriminator's probabilities (B,) that pictures are real; None for pictures it does not see in training."""

    real: Float
    rebuilt: Float | None
    generated: Float | None


def influence(model: VAEGAN, config: TrainConfig, pictures: Float, seed: int) -> Influence:
    """How strongly each term that `config` uses moves each network, on one batch."""
    model = deepcopy(model).train()
    losses = _terms(model, config, _batch(model, pictures), seed).losses
    names = tuple(losses)
    weighting = config.weights.model_dump()
    weights = tuple(float(weighting.get(name, 1.0)) for name in names)
    routed = np.array([[network in ROUTES[config.routing][name] for network in NETWORKS] for name in names])
    raw, applied = np.zeros((len(names), 3)), np.zeros((len(names), 3))
    cosine, whole = np.full((len(names), 3), np.nan), np.zeros(3)
    gradient = [_by_network(model, losses[name]) for name in names]
    for column, network in enumerate(NETWORKS):
        parts = [
            weight * own[network] if let_through and weight > 0 else None
            for weight, own, let_through in zip(weights, gradient, routed[:, column], strict=True)
        ]
        total = torch.stack([part for part in parts if part is not None] or [torch.zeros(1)]).sum(dim=0)
        whole[column] = float(total.norm())
        for row, part in enumerate(parts):
            raw[row, column] = float(gradient[row][network].norm())
            if part is not None and part.any():
                applied[row, column] = float(part.norm())
                cosine[row, column] = float(nn.functional.cosine_similarity(part, total, dim=0))
    return Influence(names, weights, applied, raw, routed, cosine, whole)


def _by_network(model: VAEGAN, loss: Tensor) -> dict[str, Tensor]:
    """The gradient of one term for every network, each as one vector; zeros where the term does not depend on it."""
    parameters = network_parameters(model)
    flat = [parameter for own in parameters.values() for parameter in own]
    gradient = iter(torch.autograd.grad(loss, flat, retain_graph=True, allow_unused=True, materialize_grads=True))
    return {network: torch.cat([next(gradient).flatten() for _ in own]) for network, own in parameters.items()}


def _batch(model: VAEGAN, pictures: Float) -> Tensor:
    """Pictures (B, 28, 28) -> (B, 784)."""
    if len(pictures) < 2:
        raise ConfigError(f"{len(pictures)} pictures are no batch: BatchNorm needs others to compare with; give 2")
    return model.flat(torch.from_numpy(np.ascontiguousarray(pictures, np.float32)))


def _terms(model: VAEGAN, config: TrainConfig, clean: Tensor, seed: int) -> Terms:
    """The terms of a batch as in training; the same seed gives the same noise and the same eps."""
    generator = torch.Generator().manual_seed(seed)
    inputs = corrupt_mixture(clean, config.noise, generator)
    with seeded(seed) if config.model.dropout > 0 else nullcontext():
        return terms(model, clean, inputs, config, generator)


class SlowMotion:
    """One batch through the networks part by part, then one step of each network by a fresh Adam.

    All steps use the gradients at the moment when `losses` was called first, so that the three together make one step
    of training. After a step each part computes its results again, for the same batch and random numbers. A part that
    is called before its turn raises RunError.
    """

    def __init__(self, model: VAEGAN, config: TrainConfig, pictures: Float, seed: int = 0) -> None:
        self.config, self.seed = config, seed
        self.model = deepcopy(model).train()
        self.parts = parts_of(config)
        self.networks = networks_of(config)
        self.done: list[str] = []  # the parts that were called, then the networks that made their step
        self._clean = _batch(self.model, pictures)
        self._optimizers = optimizers(self.model, config)
        self._gradient: dict[str, list[Tensor | None]] = {}
        self._buffers: dict[tuple[nn.Module, str], Tensor] = {}  # as they are before a pass
        self._pass()

    def encode(self) -> EncodedBatch:
        """The batch as the encoder sees it, and q(z|x)."""
        self._advance("encode")
        inputs, (mu, logvar) = self._seen["encoder"][0]
        return EncodedBatch(self._pictures(inputs), _array(mu), _array(logvar))

    def sample(self) -> SampledBatch:
        """The latent vectors that will be decoded."""
        self._advance("sample")
        vectors = [_array(z) for z, _ in self._seen["decoder"]]
        z = vectors[0] if self.config.uses_encoder else None
        eps = None
        if z is not None and self.config.sample_latent:
            mu, logvar = (_array(value) for value in self._seen["encoder"][0][1])
            eps = np.asarray((z - mu) / np.exp(logvar / 2), np.float32)
        return SampledBatch(z, eps, vectors[-1] if self._generates else None)

    def decode(self) -> DecodedBatch:
        """What the decoder makes of the latent vectors."""
        self._advance("decode")
        decoded = [self._pictures(torch.sigmoid(logits.float())) for _, logits in self._seen["decoder"]]
        return DecodedBatch(decoded[0] if self.config.uses_encoder else None, decoded[-1] if self._generates else None)

    def discriminate(self) -> JudgedBatch:
        """The discriminator's probabilities that real pictures and fakes are real."""
        self._advance("discriminate")
        calls = self._seen["discriminator"][self.config.r1 > 0 :]  # first the penalty looks at the real ones, if in use
        real, *fakes = [_array(torch.sigmoid(logits.float()).squeeze(1)) for _, logits in calls]
        rebuilt = fakes[0] if self.config.uses_encoder and self.config.fakes != "prior" else None
        return JudgedBatch(real, rebuilt, fakes[-1] if self._generates else None)

    def losses(self) -> dict[str, float]:
        """Each term, the mean per image and without its weight."""
        self._advance("losses")
        if not self._gradient:
            self._gradient = gradients(network_parameters(self.model), self._losses, self.config)
        return {name: float(value.detach()) for name, value in self._losses.items()}

    def step(self, network: str) -> None:
        """Move this network alone, once, by the config's learning rate."""
        if network not in self.networks:
            raise RunError(f"there is no {network!r} to step in this system; choose one of {', '.join(self.networks)}")
        if "losses" not in self.done:
            raise RunError(f"the {network} cannot step yet: its gradient comes from the losses; ask for these first")
        if network in self.done:
            raise RunError(f"the {network} has made its step; begin again to see it once more")
        for name in NETWORKS:
            moves = self._gradient[name] if name == network else [None] * len(self._gradient[name])
            for parameter, value in zip(network_parameters(self.model)[name], moves, strict=True):
                parameter.grad = value
        for optimizer in self._optimizers:
            optimizer.step()  # leaves alone what has no gradient
        self.done.append(network)
        self._pass()

    @property
    def _generates(self) -> bool:
        return generates(self.config)

    def _advance(self, part: str) -> None:
        if part not in self.parts:
            raise RunError(f"this system has nothing to {part}; its parts are {', '.join(self.parts)}")
        missing = next((before for before in self.parts[: self.parts.index(part)] if before not in self.done), None)
        if missing is not None:
            raise RunError(f"{part} comes after {missing}; ask for {missing} first")
        if part not in self.done:
            self.done.append(part)

    def _pass(self) -> None:
        """Send the batch through the networks, and keep what goes into them and comes out."""
        watched = {
            "encoder": self.model.encoder,
            "decoder": self.model.decoder,
            "discriminator": self.model.discriminator.output,
        }
        for part in self.model.modules():
            for name, buffer in part.named_buffers(recurse=False):
                # A pass changes a copy: spectral normalisation gets better at each look, so the next pass would differ.
                self._buffers.setdefault((part, name), buffer)
                setattr(part, name, self._buffers[part, name].clone())
        with _watching(watched) as self._seen:
            self._losses = _terms(self.model, self.config, self._clean, self.seed).losses

    def _pictures(self, values: Tensor) -> Float:
        """(B, 784) -> (B, 28, 28)."""
        return _array(values).reshape(-1, *self.model.input_shape)


def parts_of(config: TrainConfig) -> tuple[str, ...]:
    """The parts that a batch goes through in this system, in order; they are names of methods of `SlowMotion`."""
    absent = set() if config.uses_encoder else {"encode"}
    absent |= set() if config.uses_discriminator else {"discriminate"}
    return tuple(part for part in ("encode", "sample", "decode", "discriminate", "losses") if part not in absent)


def networks_of(config: TrainConfig) -> tuple[str, ...]:
    """The networks that training moves in this system: some term with a weight above 0 is routed to them."""
    used = {"encoder": config.uses_encoder, "decoder": True, "discriminator": config.uses_discriminator}
    weights, routes = config.weights.model_dump(), ROUTES[config.routing]
    moved = {network for term in routes if weights.get(term, 1.0) > 0 for network in routes[term]}
    return tuple(network for network in NETWORKS if used[network] and network in moved)


def generates(config: TrainConfig) -> bool:
    """Whether draws of the prior are decoded, for the discriminator to see."""
    return config.uses_discriminator and config.fakes != "recon"


@contextmanager
def _watching(modules: Mapping[str, nn.Module]) -> Iterator[dict[str, list[tuple[Tensor, Any]]]]:
    """Record the first input and the output of each call of these modules, in order, within this block."""
    seen: dict[str, list[tuple[Tensor, Any]]] = {name: [] for name in modules}
    hooks = [
        module.register_forward_hook(lambda _, inputs, output, calls=seen[name]: calls.append((inputs[0], output)))
        for name, module in modules.items()
    ]
    try:
        yield seen
    finally:
        for hook in hooks:
            hook.remove()


def _array(values: Tensor) -> Float:
    array: Float = values.detach().float().numpy()
    return array
