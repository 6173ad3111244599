"""What the browser is sent: checkpoints with BatchNorm folded into the linear layers, and atlases for the map.

One format for both, read by `wire.js`: the length of a header, the header in JSON, then the arrays it names, one after
the other, as little-endian float32.
"""

import json
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from vaegan.checkpoint.files import Checkpoint
from vaegan.model.atlas import Atlas
from vaegan.model.networks import LOGVAR_LIMIT

Float = NDArray[np.float32]

FORMAT = 1  # of the bytes; it is part of the keys under which the browser keeps them
MOST_NAMED = 2000  # digits by which the browser names what it decodes; more would weigh more than the model


def browser_weights(checkpoint: Checkpoint) -> bytes:
    """Encoder and decoder of `checkpoint` for `mlp.js`; the discriminator stays here.

    Weights are (inputs, outputs): a picture is mostly black and half of a layer's units are silent, and the weights of
    a zero, which lie together, are skipped.
    """
    model = checkpoint.build()
    layers = {
        "encoder_hidden": folded(*_linear_and_norm(model.encoder.hidden)),
        "encoder_output": folded(model.encoder.output, model.encoder.output_norm),
        "decoder_hidden": folded(*_linear_and_norm(model.decoder.hidden)),
        "decoder_output": folded(model.decoder.output, nn.Identity()),
    }
    arrays: dict[str, Float] = {}
    for name, (weight, bias) in layers.items():
        arrays |= {f"{name}.weight": weight, f"{name}.bias": bias}
    return packed({"latent_dim": model.latent_dim, "logvar_limit": LOGVAR_LIMIT}, arrays)


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
    header = {**values, "arrays": [{"name": name, "shape": array.shape} for name, array in arrays.items()]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 4)  # floats begin at a multiple of four
    return b"".join([struct.pack("<I", len(text)), text, *(array.astype("<f4").tobytes() for array in arrays.values())])


def folded(linear: nn.Linear, norm: nn.Module) -> tuple[Float, Float]:
    """One layer that does what `linear` and then `norm` do in eval mode: weights (inputs, outputs), bias (outputs,).

    norm(Wx + b) = gain (Wx + b - mean) + beta with gain = gamma / sqrt(var + eps); computed in double precision.
    """
    weight, bias = linear.weight.detach().double().T, linear.bias.detach().double()  # (inputs, outputs), (outputs,)
    if isinstance(norm, nn.BatchNorm1d):
        assert norm.running_mean is not None, "ours keep running statistics"
        assert norm.running_var is not None
        gain = norm.weight.detach().double() / (norm.running_var.double() + norm.eps).sqrt()
        weight, bias = weight * gain, (bias - norm.running_mean.double()) * gain + norm.bias.detach().double()
    return weight.float().numpy(), bias.float().numpy()


def _linear_and_norm(hidden: nn.Sequential) -> tuple[nn.Linear, nn.Module]:
    linear, norm = hidden[0], hidden[1]
    assert isinstance(linear, nn.Linear)
    return linear, norm
