"""A few digits and a small untrained model, for tests that compare numbers."""

import pytest
from torch import Tensor

from vaegan.config import ModelConfig
from vaegan.data.mnist import Digits
from vaegan.model.networks import VAEGAN, build


@pytest.fixture(scope="module")
def images(sample: Digits) -> Tensor:
    return sample.test_images[:12]


@pytest.fixture(scope="module")
def model() -> VAEGAN:
    return build(ModelConfig(latent_dim=3, hidden_dim=8, norm="batch"), 0).eval()
