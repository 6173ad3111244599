"""What the browser is sent: checkpoints as lists of operations, and atlases for the map.

One format for both, read by `wire.js`: the length of a header, the header in JSON, then the arrays that it names, one
after the other, little-endian, each beginning at a multiple of four bytes. An array is float16 if that loses nothing,
as with weights that the checkpoint stores so, else float32.
"""

import json
import struct
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.utils.parametrize import type_before_parametrizations

from vaegan.checkpoint.files import Checkpoint
from vaegan.config import PIXELS
from vaegan.errors import CheckpointError
from vaegan.model.atlas import Atlas
from vaegan.model.parts import LOGVAR_LIMIT, BatchNorm

FORMAT = 3  # as in wire.js; it is part of the keys under which the browser keeps the bytes
MOST_NAMED = 2000  # digits by which the browser names what it decodes; more would weigh more than the model

Convolution = nn.Conv2d | nn.ConvTranspose2d


class Operation(NamedTuple):
    """One step of a network in the browser: its name in `network.js`, and the arrays and numbers that it works with.

    Weights are as the checkpoint has them, their outputs on the last axis.
    """

    name: str
    arrays: Mapping[str, Tensor] = {}
    numbers: Mapping[str, float | list[int]] = {}


class Step(NamedTuple):
    """An operation with the shapes of what it takes and gives, for one picture or latent vector."""

    operation: Operation
    inputs: list[int]
    outputs: list[int]


def _linear(layer: nn.Linear) -> Operation:
    """`weight` is (inputs, outputs): the weights of one input lie together, so that an input of 0 is skipped at once.

    A picture is mostly black, and half of a hidden layer's units are silent.
    """
    return Operation("linear", {"weight": layer.weight.T, "bias": _bias(layer, layer.out_features)})


def _conv(layer: nn.Conv2d) -> Operation:
    return _convolution("conv", layer, layer.weight.permute(1, 2, 3, 0))


def _conv_transpose(layer: nn.ConvTranspose2d) -> Operation:
    return _convolution("conv_transpose", layer, layer.weight.permute(0, 2, 3, 1))


def _convolution(name: str, layer: Convolution, weight: Tensor) -> Operation:
    """`weight` is (inputs' channels, kernel's rows, kernel's columns, outputs' channels)."""
    usual = {"groups": 1, "dilation": (1, 1), "padding_mode": "zeros", "output_padding": (0, 0)}
    for setting, value in usual.items():
        if (given := getattr(layer, setting)) != value:
            raise CheckpointError(
                f"the browser does not know {type(layer).__name__} with {setting} {given}; give it {setting} {value}, "
                "or teach it to vaegan/web/convolution.js"
            )
    if isinstance(layer.padding, str):
        raise CheckpointError(
            f"the browser does not know {type(layer).__name__} with padding {layer.padding!r}; give it as numbers"
        )
    numbers = {"kernel": [*weight.shape[1:3]], "stride": [*layer.stride], "padding": [*layer.padding]}
    return Operation(name, {"weight": weight, "bias": _bias(layer, layer.out_channels)}, numbers)


def _bias(layer: nn.Linear | Convolution, outputs: int) -> Tensor:
    return torch.zeros(outputs) if layer.bias is None else layer.bias


def _scale_shift(norm: BatchNorm) -> Operation:
    """What BatchNorm does in eval mode: gamma (x - mean) / sqrt(var + eps) + beta = scale x + shift.

    It stays apart from the weights before it, since their product would no longer fit into float16.
    """
    assert norm.running_mean is not None, "our BatchNorm keeps running statistics"
    assert norm.running_var is not None
    scale = norm.weight.double() / (norm.running_var.double() + norm.eps).sqrt()
    return Operation("scale_shift", {"scale": scale, "shift": norm.bias - norm.running_mean * scale})


def _relu(_: nn.ReLU) -> Operation:
    return Operation("relu")


def _leaky_relu(layer: nn.LeakyReLU) -> Operation:
    return Operation("leaky_relu", numbers={"slope": layer.negative_slope})


# What each kind of layer is in the browser. Another one is a line here and a function in network.js.
OPERATIONS: dict[type[nn.Module], Callable[[Any], Operation]] = {
    nn.Linear: _linear,
    nn.Conv2d: _conv,
    nn.ConvTranspose2d: _conv_transpose,
    nn.BatchNorm1d: _scale_shift,
    nn.BatchNorm2d: _scale_shift,
    nn.ReLU: _relu,
    nn.LeakyReLU: _leaky_relu,
}
# In eval mode they leave the numbers as they are, in their order; each operation says its shapes.
NOTHING = (nn.Identity, nn.Dropout, nn.Flatten, nn.Unflatten)


def browser_weights(checkpoint: Checkpoint) -> bytes:
    """Encoder and decoder of `checkpoint` for `network.js`; the discriminator comes alone, to whoever looks at it.

    CheckpointError if it has a layer that the browser does not know.
    """
    model = checkpoint.build()
    parts = {
        "encoder": steps_of(model.encoder.layers(), torch.zeros(1, PIXELS)),
        "decoder": steps_of(model.decoder.layers(), torch.zeros(1, model.latent_dim)),
    }
    return _packed_networks({"latent_dim": model.latent_dim, "logvar_limit": LOGVAR_LIMIT}, parts)


def browser_discriminator(checkpoint: Checkpoint) -> bytes:
    """The discriminator of `checkpoint` for `openDiscriminator` in `network.js`: a picture to one logit.

    It is not part of `browser_weights`, since cleaning does not need it and it weighs up to four times as much.
    CheckpointError if it has a layer that the browser does not know.
    """
    steps = steps_of(checkpoint.build().discriminator.layers(), torch.zeros(1, PIXELS))
    return _packed_networks({}, {"discriminator": steps})


def browser_classifier(layers: Iterable[nn.Module]) -> bytes:
    """The layers that lead from a picture to ten logits, for `openClassifier` in `network.js`."""
    return _packed_networks({}, {"classifier": steps_of(layers, torch.zeros(1, PIXELS))})


def _packed_networks(values: Mapping[str, Any], parts: Mapping[str, list[Step]]) -> bytes:
    """Networks by name, each as its steps; and plain values."""
    operations: dict[str, list[dict[str, Any]]] = {part: [] for part in parts}
    arrays: dict[str, NDArray[np.float32]] = {}
    for part, steps in parts.items():
        for index, step in enumerate(steps):
            name, own, numbers = step.operation
            operations[part].append({"op": name, "inputs": step.inputs, "outputs": step.outputs, **numbers})
            arrays |= {f"{part}.{index}.{array}": tensor.detach().float().numpy() for array, tensor in own.items()}
    return packed({**values, **operations}, arrays)


@torch.inference_mode()
def steps_of(layers: Iterable[nn.Module], x: Tensor) -> list[Step]:
    """What `layers`, applied one after the other in eval mode, are in the browser.

    `x`, one picture or latent vector, is sent through them for the shapes. CheckpointError names a layer that the
    browser does not know.
    """
    steps: list[Step] = []
    for layer in layers:
        inputs, x = x.shape[1:], layer(x)
        kind = type_before_parametrizations(layer)  # spectral normalisation makes a class of its own
        if kind in OPERATIONS:
            steps.append(Step(OPERATIONS[kind](layer), [*inputs], [*x.shape[1:]]))
        elif not isinstance(layer, NOTHING):
            after = steps[-1].operation.name if steps else "nothing"
            raise CheckpointError(
                f"the browser does not know the layer {type(layer).__name__} after {after}; add it to OPERATIONS in "
                "vaegan/web/wire.py and in vaegan/web/network.js"
            )
    return steps


def browser_atlas(atlas: Atlas) -> bytes:
    """What the map shows of a model beside its pictures: digits as points, both densities, the directions."""
    return packed(
        {"reach": atlas.reach, "uncovered": atlas.uncovered},
        {
            "directions": atlas.directions,
            "points": atlas.points,
            "labels": atlas.labels,
            "density": atlas.density,
            "named": atlas.mu[:MOST_NAMED],
        },
    )


def packed(values: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Plain values and named arrays as bytes."""
    small = {name: _smallest(array) for name, array in arrays.items()}
    named = [{"name": name, "shape": array.shape, "type": array.dtype.name} for name, array in small.items()]
    header = _padded(json.dumps({"format": FORMAT, **values, "arrays": named}).encode(), b" ")
    contents = [_padded(array.astype(array.dtype.newbyteorder("<")).tobytes(), b"\0") for array in small.values()]
    return b"".join([struct.pack("<I", len(header)), header, *contents])


def _smallest(array: NDArray[Any]) -> NDArray[np.float16] | NDArray[np.float32]:
    """The array as float16 if all its numbers are such, else as float32."""
    single = array.astype(np.float32)
    with np.errstate(over="ignore"):  # beyond 65,504
        half = single.astype(np.float16)
    return half if np.array_equal(half, single) and np.isfinite(half).all() else single


def _padded(data: bytes, filler: bytes) -> bytes:
    """The bytes, filled up to a multiple of four."""
    return data + filler * (-len(data) % 4)
