"""Who moves whom, as the stage draws it: networks, losses, and arrows as thick as the gradients."""

import base64
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vaegan.data.pictures import to_uint8
from vaegan.training.dissection import Influence
from vaegan.training.following import Followed, LayerValues
from vaegan.training.routing import NETWORKS
from vaegan.ui.percent import percent
from vaegan.ui.train.charts import LOSS_NAMES, NETWORK_NAMES
from vaegan.ui.train.influence_words import pull, short, signed
from vaegan.ui.train.looks import ON_STAGE, Look

MOST_MAPS = 4  # of a convolution that are drawn, as in network_lanes.js
LABELS = {  # under an arrow there is little room
    "recon": "pixels",
    "kl": "KL",
    "adv": "GAN",
    "feature": "features",
    "disc_real": "D on real",
    "disc_fake": "D on fakes",
    "disc_r1": "R1",
}
LOSS_WORDS = {
    "recon": "how far the rebuilt pixels are from the digit's",
    "kl": "how far mu and sigma are from N(0, 1), where new digits are drawn from",
    "adv": "how little the discriminator is fooled by what the decoder draws",
    "feature": "how far the rebuilt digit is from the real one in what the discriminator sees in both",
    "disc_real": "how often the discriminator takes real digits for drawn ones",
    "disc_fake": "how often the discriminator takes drawn digits for real ones",
    "disc_r1": "how steeply the discriminator's answer changes around real digits",
}
NETWORK_WORDS = {
    "encoder": "The encoder squeezes a digit into mu and sigma. These losses move it:",
    "decoder": "The decoder draws a digit from z. These losses move it:",
    "discriminator": "The discriminator tells real digits from drawn ones. These losses move it:",
}


class Forced(NamedTuple):
    """A run to draw: how it looks, after which epoch, its losses' gradients, and one digit on its way."""

    look: Look
    when: str
    influence: Influence
    followed: Followed


def drawn(run: Forced) -> dict[str, Any]:
    """All that the drawing shows of a run."""
    (name, colour, _, twin), when, influence, followed = run
    return {
        "name": name,
        "when": when,
        "twin": twin,
        "colour": ON_STAGE[colour],
        "digit": None if followed.inputs is None else _bytes(followed.inputs),
        "rebuilt": _bytes(followed.rebuilt),
        "z": _floats(followed.z),
        "sigma": None if followed.logvar is None else _floats(np.exp(followed.logvar / 2)),
        "networks": [_network(network, influence, followed) for network in NETWORKS],
        "losses": [_loss(influence, row) for row in range(len(influence.terms))],
    }


def _network(network: str, influence: Influence, followed: Followed) -> dict[str, Any]:
    layers = {"encoder": followed.encoder[:-1], "decoder": followed.decoder[:-1]}.get(network, [])
    said, rests = "", "" if influence.whole[NETWORKS.index(network)] else "rests"
    if network == "discriminator" and followed.real is not None:
        said = rests = f"finds it {percent(followed.real)} real"
    elif layers:
        normed = sum(layer.normed for layer in layers)
        said = f"{len(layers)} hidden layer{'s' * (len(layers) > 1)}, {normed or 'none'} with BatchNorm"
    return {
        "title": NETWORK_NAMES[network],
        "words": NETWORK_WORDS[network],
        "layers": [_layer(layer) for layer in layers],
        "said": said,
        "rests": rests,
    }


def _layer(layer: LayerValues) -> dict[str, Any]:
    """A layer's numbers, of a convolution those of the first maps."""
    values = layer.values if layer.values.ndim == 1 else layer.values[:MOST_MAPS]
    return {"shape": [*values.shape], "values": _floats(values), "normed": layer.normed}


def _loss(influence: Influence, row: int) -> dict[str, Any]:
    term = influence.terms[row]
    return {
        "label": LABELS[term],
        "words": f"{LOSS_NAMES[term]}: {LOSS_WORDS[term]}. It moves:",
        "pulls": [_pull(influence, row, column) for column in range(len(NETWORKS))],
    }


def _pull(influence: Influence, row: int, column: int) -> dict[str, Any]:
    """How a loss pulls a network: its norm, the way, and the cells weight, gradient, way and gradient without both."""
    norm, raw = float(influence.applied[row, column]), float(influence.raw[row, column])
    weight = f"{influence.weights[row]:g}"
    if norm > 0:
        cosine = float(influence.cosine[row, column])
        way, words = pull(cosine), [weight, short(norm), f"{pull(cosine)} ({signed(cosine, 2)})", short(raw)]
    elif raw > 0:
        why = "kept away" if not influence.routed[row, column] else "weight 0"
        way, words = "closed", [weight, "0", why, short(raw)]
    else:
        way, words = "none", [weight, "–", "no path", "–"]
    return {"norm": norm, "way": way, "words": words}


def _bytes(picture: NDArray[np.float32]) -> str:
    return base64.b64encode(to_uint8(picture).tobytes()).decode()


def _floats(values: NDArray[np.float32]) -> str:
    return base64.b64encode(np.ascontiguousarray(values, "<f4").tobytes()).decode()
