"""Made-up digits for a classifier: only what is made of the digits differs from way to way."""

import pytest
import torch

from vaegan.config import ModelConfig
from vaegan.data.mnist import Digits
from vaegan.model.networks import build
from vaegan.reproduction import augmentation
from vaegan.reproduction.augmentation import WAYS, accuracies


@pytest.mark.slow
def test_each_way_learns_and_the_same_seed_gives_the_same_shares(digits: Digits) -> None:
    model = build(ModelConfig(latent_dim=3, hidden_dim=8), 0).eval()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    few = digits.subset(test=100)
    found = accuracies(model, few, seed=1, steps=25)
    assert list(found) == [f"accuracy_{way}" for way in WAYS]
    assert found["accuracy_real"] > 30  # of ten digits, after 25 steps
    assert accuracies(model, few, seed=1, steps=25) == found
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_ways_make_pictures_of_the_digits_they_are_given(digits: Digits) -> None:
    model = build(ModelConfig(latent_dim=3, hidden_dim=8), 0).eval()
    x = digits.train_images[:20] / 255
    made = {way: make(x, torch.Generator().manual_seed(0)) for way, make in augmentation._ways(model).items()}
    assert torch.equal(made["real"], x)
    for pictures in made.values():
        assert pictures.shape == x.shape
        assert pictures.min() >= 0
        assert pictures.max() <= 1
    assert len({pictures.detach().numpy().tobytes() for pictures in made.values()}) == len(WAYS)
