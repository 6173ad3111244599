"""Both twins as studios, and a few digits."""

from pathlib import Path

import numpy as np
import pytest

from vaegan.checkpoint.files import load
from vaegan.data.mnist import Digits
from vaegan.model.networks import VAEGAN
from vaegan.studio import Studio


@pytest.fixture(scope="module", params=["tiny-bn", "tiny-plain"])
def studio(request: pytest.FixtureRequest, twins: Path) -> Studio:
    return Studio.open(request.param, twins)


@pytest.fixture(scope="module")
def model(studio: Studio, twins: Path) -> VAEGAN:
    return load(studio.card.name, twins).build().requires_grad_(False)


@pytest.fixture(scope="module")
def pictures(digits: Digits) -> np.ndarray:
    return digits.test_images[:8].view(-1, 28, 28).numpy().astype(np.float32) / 255
