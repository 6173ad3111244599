"""What a picture costs, against products of the sizes of dense layers; convolutions are in test_parts.py."""

import pytest
import torch

from vaegan.config import ModelConfig, Norm
from vaegan.model.cost import PartCost, cost_of


@pytest.mark.parametrize("norm", ["batch", "none"])
@pytest.mark.parametrize(("d", "hidden"), [(20, 400), (3, 8)])
def test_a_dense_layer_costs_inputs_times_outputs(norm: Norm, d: int, hidden: int) -> None:
    cost = cost_of(ModelConfig(latent_dim=d, hidden_dim=hidden, norm=norm, dropout=0.1))
    assert cost.encoder == PartCost(784 * hidden + hidden * 2 * d, 784 * hidden)
    assert cost.decoder == PartCost(d * hidden + hidden * 784, d * hidden)
    assert cost.discriminator == PartCost(784 * 256 + 256, 784 * 256)


def test_counting_draws_no_random_numbers_and_is_done_once() -> None:
    before = torch.get_rng_state()
    config = ModelConfig(latent_dim=7, hidden_dim=11)
    assert cost_of(config) is cost_of(config.model_copy())
    assert torch.equal(torch.get_rng_state(), before)
