"""What tests of a studio share: small twins, opened, and pictures for them."""

import numpy as np

from vaegan.studio import Denoised


def same(one: Denoised, other: Denoised) -> bool:
    return all(np.array_equal(value, vars(other)[name]) for name, value in vars(one).items())


KNOWN = np.arange(784).reshape(28, 28) % 3 > 0
CALLS = {
    "encode": lambda studio, x: studio.encode(x),
    "decode": lambda studio, x: studio.decode(np.linspace(-2, 2, 40, dtype=np.float32).reshape(5, 8)),
    "sample": lambda studio, x: studio.sample(5, seed=3),
    "sample of the fitted prior": lambda studio, x: studio.sample(5, seed=3, prior="fitted"),
    "linear": lambda studio, x: studio.morph(x[0], x[1], 5, "linear"),
    "spherical": lambda studio, x: studio.morph(x[0], x[1], 5, "spherical"),
    "pixels": lambda studio, x: studio.morph(x[0], x[1], 5, "pixels"),
    "arithmetic": lambda studio, x: studio.arithmetic(x[0], x[1], x[2]),
    "posterior_samples": lambda studio, x: studio.posterior_samples(x[0], 5, seed=3),
    "repair": lambda studio, x: studio.repair(x[0], KNOWN, 5),
    "scores": lambda studio, x: studio.scores(x),
    "realness": lambda studio, x: studio.realness(x),
}
