"""A small network with a batch of digits, given under noise; and what batches a run sees."""

import pytest
import torch
from torch import Tensor

from tests.training.small_losses import BATCH, built
from vaegan.model.networks import VAEGAN
from vaegan.training import loop
from vaegan.training.routing import terms


@pytest.fixture(params=["batch", "none"])
def model(request: pytest.FixtureRequest) -> VAEGAN:
    return built(request.param)


@pytest.fixture(scope="module")
def clean() -> Tensor:
    return torch.rand(BATCH, 784, generator=torch.Generator().manual_seed(1))


@pytest.fixture(scope="module")
def given(clean: Tensor) -> Tensor:
    return (clean + torch.rand(BATCH, 784, generator=torch.Generator().manual_seed(2))).clamp(0, 1)


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Tensor, Tensor, Tensor]]:
    """Filled while runs go on: clean and given pictures of each batch, and the state of its generator."""
    seen: list[tuple[Tensor, Tensor, Tensor]] = []

    def recording(model, clean, given, config, generator, step):
        seen.append((clean.clone(), given.clone(), generator.get_state()))
        return terms(model, clean, given, config, generator, step)

    monkeypatch.setattr(loop, "terms", recording)
    return seen
