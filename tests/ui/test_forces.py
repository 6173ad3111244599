"""Who moves whom, as the drawing is told it."""

import base64

import numpy as np

from vaegan.training.dissection import Influence
from vaegan.training.following import Followed, LayerValues
from vaegan.ui.charts import COLOURS
from vaegan.ui.train.forces import LABELS, LOSS_WORDS, MOST_MAPS, Forced, drawn
from vaegan.ui.train.influence_words import TERM_WORDS
from vaegan.ui.train.looks import Look

NAN = float("nan")


def forced(inputs: bool = True) -> Forced:
    """A run in which one loss moves the decoder, one would move the encoder but for its weight, one is kept away."""
    measured = Influence(
        terms=("recon", "kl", "adv"),
        weights=(1.0, 0.0, 1.0),
        applied=np.array([[0.0, 3.0, 0.0], [0.0, 0.0, 0.0], [0.0, 1.5, 0.0]]),
        raw=np.array([[5.0, 3.0, 0.0], [1234.0, 0.0, 0.0], [2.0, 1.5, 7.0]]),
        routed=np.array([[False, True, False], [True, False, False], [False, True, False]]),
        cosine=np.array([[NAN, 1.0, NAN], [NAN] * 3, [NAN, -0.5, NAN]]),
        whole=np.array([0.0, 2.0, 0.0]),
    )
    picture = np.linspace(0, 1, 784, dtype=np.float32).reshape(28, 28)
    z = np.array([0.5, -1.0], np.float32)
    maps = LayerValues(np.arange(6 * 4, dtype=np.float32).reshape(6, 2, 2), True)
    answer = LayerValues(np.zeros(4, np.float32), False)
    followed = Followed(
        picture if inputs else None,
        [maps, answer] if inputs else [],
        z if inputs else None,
        np.zeros(2, np.float32) if inputs else None,
        *(z, [LayerValues(np.ones(5, np.float32), False), answer], picture, 0.25 if inputs else None),
    )
    return Forced(Look("With BatchNorm", COLOURS[0], "solid", "bn"), "after epoch 2", measured, followed)


def floats(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), "<f4")


def test_each_pull_has_its_way_and_its_numbers() -> None:
    told = drawn(forced())
    pulls = [[(pull["norm"], pull["way"]) for pull in loss["pulls"]] for loss in told["losses"]]
    assert pulls == [
        [(0.0, "closed"), (3.0, "with"), (0.0, "none")],
        [(0.0, "closed"), (0.0, "none"), (0.0, "none")],
        [(0.0, "closed"), (1.5, "against"), (0.0, "closed")],
    ]
    words = [[pull["words"] for pull in loss["pulls"]] for loss in told["losses"]]
    assert words[0][0] == ["1", "0", "kept away", "5"]
    assert words[1][0] == ["0", "0", "weight 0", "1,234"]
    assert words[2][1] == ["1", "1.5", "against (−0.50)", "1.5"]
    assert words[0][2] == ["1", "–", "no path", "–"]


def test_the_digit_on_its_way_is_the_one_that_was_followed() -> None:
    told = drawn(forced())
    encoder, decoder, discriminator = told["networks"]
    (layer,) = encoder["layers"]
    assert (layer["shape"], layer["normed"]) == ([MOST_MAPS, 2, 2], True)
    np.testing.assert_array_equal(floats(layer["values"]), np.arange(4 * MOST_MAPS))
    np.testing.assert_array_equal(floats(decoder["layers"][0]["values"]), np.ones(5))
    np.testing.assert_array_equal(floats(told["z"]), [0.5, -1.0])
    np.testing.assert_array_equal(floats(told["sigma"]), [1.0, 1.0])
    assert len(base64.b64decode(told["digit"])) == len(base64.b64decode(told["rebuilt"])) == 784
    assert (encoder["rests"], discriminator["rests"]) == ("rests", "finds it 25 % real")
    assert (told["name"], told["twin"], told["colour"]) == ("With BatchNorm", "bn", "#6cb6f7")


def test_a_system_without_encoder_has_no_digit_and_no_sigma() -> None:
    told = drawn(forced(inputs=False))
    assert (told["digit"], told["sigma"]) == (None, None)
    assert [network["layers"] == [] for network in told["networks"]] == [True, False, True]
    assert [network["rests"] for network in told["networks"]] == ["rests", "", "rests"]


def test_every_loss_has_a_label_and_a_sentence() -> None:
    assert set(LABELS) == set(LOSS_WORDS) == set(TERM_WORDS)
