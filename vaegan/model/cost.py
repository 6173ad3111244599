"""How many multiply-adds a picture costs, counted layer by layer of the network itself."""

from functools import lru_cache
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from vaegan.config import ModelConfig
from vaegan.model.networks import build

Counted = nn.Linear | nn.Conv2d | nn.ConvTranspose2d  # all other layers are small beside these


class PartCost(NamedTuple):
    """Multiply-adds of one picture's way forward through a part.

    The gradient of the weights costs as much again, and so does the gradient of the inputs. Where the gradient of the
    part's own input is not needed, as with pictures, the first layer saves that of its inputs.
    """

    forward: int
    first_layer: int


class Cost(NamedTuple):
    """What each part of a network costs."""

    encoder: PartCost
    decoder: PartCost
    discriminator: PartCost


@lru_cache(maxsize=4096)
def cost_of(config: ModelConfig) -> Cost:
    """What the network that `config` describes costs for one picture; a picture is sent through it to find out."""
    network = build(config, 0).eval()
    picture, z = network.flat(torch.zeros(1, *network.input_shape)), torch.zeros(1, network.latent_dim)
    with torch.inference_mode():
        return Cost(
            encoder=_part_cost(network.encoder, picture),
            decoder=_part_cost(network.decoder, z),
            discriminator=_part_cost(network.discriminator, picture),
        )


def _part_cost(part: nn.Module, example: Tensor) -> PartCost:
    """The multiply-adds that a part needs for `example`, one picture or latent vector, which is sent through it."""
    counts: list[int] = []

    def add(layer: Counted, inputs: tuple[Tensor, ...], output: Any) -> None:
        counts.append(_multiply_adds(layer, inputs[0], output))

    hooks = [layer.register_forward_hook(add) for layer in part.modules() if isinstance(layer, Counted)]
    part(example)
    for hook in hooks:
        hook.remove()
    return PartCost(sum(counts), counts[0])


def _multiply_adds(layer: Counted, x: Tensor, output: Tensor) -> int:
    """Each weight is used once at each place of the output; in a transposed convolution, at each place of the input."""
    if isinstance(layer, nn.Linear):
        places = x.numel() // layer.in_features
    elif isinstance(layer, nn.ConvTranspose2d):
        places = x.shape[-2:].numel()
    else:
        places = output.shape[-2:].numel()
    return layer.weight.numel() * places
