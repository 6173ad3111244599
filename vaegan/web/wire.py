"""What the browser is sent: checkpoints as lists of operations, and atlases for the map.

One format for both, read by `wire.js`: the length of a header, the header in JSON, then the arrays that it names, one
after the other, as little-endian float32.
"""

import json
import struct
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from vaegan.checkpoint.files import Checkpoint
from vaegan.errors import CheckpointError
from vaegan.model.atlas import Atlas
from vaegan.model.parts import LOGVAR_LIMIT

FORMAT = 2  # as in wire.js; it is part of the keys under which the browser keeps the bytes
MOST_NAMED = 2000  # digits by which the browser names what it decodes; more would weigh more than the model


class Operation(NamedTuple):
    """One step of a network in the browser: its name in `network.js`, and the arrays and numbers that it works with.

    The outputs are the last axis of the array `weight` and the only one of `bias`: there BatchNorm is folded in.
    """

    name: str
    arrays: Mapping[str, Tensor] = {}
    numbers: Mapping[str, float] = {}


def _linear(layer: nn.Linear) -> Operation:
    """`weight` is (inputs, outputs): the weights of one input lie together, so that an input of 0 is skipped at once.

    A picture is mostly black, and half of a hidden layer's units are silent.
    """
    return Operation("linear", {"weight": layer.weight.T, "bias": layer.bias})


def _relu(_: nn.ReLU) -> Operation:
    return Operation("relu")


# What each kind of layer is in the browser. Another one is a line here and a function in network.js.
OPERATIONS: dict[type[nn.Module], Callable[[Any], Operation]] = {nn.Linear: _linear, nn.ReLU: _relu}
NORMS = (nn.BatchNorm1d, nn.BatchNorm2d)  # folded into the operation before them
NOTHING = (nn.Identity, nn.Dropout)  # they do nothing in eval mode


def browser_weights(checkpoint: Checkpoint) -> bytes:
    """Encoder and decoder of `checkpoint` for `network.js`; the discriminator stays on the server.

    CheckpointError if it has a layer that the browser does not know.
    """
    model = checkpoint.build()
    values: dict[str, Any] = {"latent_dim": model.latent_dim, "logvar_limit": LOGVAR_LIMIT}
    arrays: dict[str, NDArray[np.float32]] = {}
    for part, layers in (("encoder", model.encoder.layers()), ("decoder", model.decoder.layers())):
        operations = operations_of(layers)
        values[part] = [{"op": operation.name, **operation.numbers} for operation in operations]
        for index, operation in enumerate(operations):
            for name, array in operation.arrays.items():
                arrays[f"{part}.{index}.{name}"] = array.float().numpy()
    return packed(values, arrays)


def operations_of(layers: Iterable[nn.Module]) -> list[Operation]:
    """What `layers`, applied one after the other in eval mode, are in the browser.

    Weights are in double precision; CheckpointError names a layer that the browser does not know.
    """
    operations: list[Operation] = []
    for layer in layers:
        if isinstance(layer, NORMS) and operations and "weight" in operations[-1].arrays:
            operations.append(folded(operations.pop(), layer))
        elif type(layer) in OPERATIONS:
            operation = OPERATIONS[type(layer)](layer)
            arrays = {name: array.detach().double() for name, array in operation.arrays.items()}
            operations.append(operation._replace(arrays=arrays))
        elif not isinstance(layer, NOTHING):
            after = operations[-1].name if operations else "nothing"
            raise CheckpointError(
                f"the browser does not know the layer {type(layer).__name__} after {after}; add it to OPERATIONS in "
                "vaegan/web/wire.py and in vaegan/web/network.js"
            )
    return operations


def folded(operation: Operation, norm: nn.BatchNorm1d | nn.BatchNorm2d) -> Operation:
    """The operation that does what `operation`, whose arrays are in double precision, and then `norm` do in eval mode.

    norm(Wx + b) = gain (Wx + b - mean) + beta with gain = gamma / sqrt(var + eps).
    """
    assert norm.running_mean is not None, "our BatchNorm keeps running statistics"
    assert norm.running_var is not None
    weight, bias = operation.arrays["weight"], operation.arrays["bias"]  # (..., outputs), (outputs,)
    gain = norm.weight.detach().double() / (norm.running_var.double() + norm.eps).sqrt()
    bias = (bias - norm.running_mean.double()) * gain + norm.bias.detach().double()
    return operation._replace(arrays={**operation.arrays, "weight": weight * gain, "bias": bias})


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
    """Plain values and named arrays as bytes; arrays become float32."""
    named = [{"name": name, "shape": array.shape} for name, array in arrays.items()]
    text = json.dumps({"format": FORMAT, **values, "arrays": named}).encode()
    text += b" " * (-len(text) % 4)  # floats begin at a multiple of four
    return b"".join([struct.pack("<I", len(text)), text, *(array.astype("<f4").tobytes() for array in arrays.values())])
