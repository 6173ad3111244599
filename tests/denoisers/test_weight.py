"""What a denoiser weighs, against counts made by hand."""

from pathlib import Path

import pytest
import safetensors.torch
import torch

from vaegan import checkpoint
from vaegan.checkpoint.files import Checkpoint
from vaegan.config import ModelConfig
from vaegan.denoisers.weight import weigh
from vaegan.model.networks import build

H, D = 64, 8  # of the small twins


def test_a_dense_network_weighs_what_its_layers_say(twins: Path) -> None:
    linear = (784 * H + H) + (H * 2 * D + 2 * D) + (D * H + H) + (H * 784 + 784)
    plain = weigh(checkpoint.load("tiny-plain", twins), twins / "tiny-plain.safetensors")
    assert plain.parameters == linear
    assert plain.bytes == 4 * linear
    assert plain.multiply_adds == 784 * H + H * 2 * D + D * H + H * 784
    batch = weigh(checkpoint.load("tiny-bn", twins), twins / "tiny-bn.safetensors")
    assert batch.parameters > plain.parameters
    assert batch.bytes > 4 * batch.parameters, "the running statistics are stored, but training does not move them"
    assert batch.multiply_adds == plain.multiply_adds


def test_weights_stored_in_half_the_bytes_weigh_half(twins: Path, tmp_path: Path) -> None:
    loaded = checkpoint.load("tiny-plain", twins)
    file = tmp_path / "half.safetensors"
    safetensors.torch.save_file({name: value.half() for name, value in loaded.weights.items()}, file)
    half, whole = weigh(loaded, file), weigh(loaded, twins / "tiny-plain.safetensors")
    assert half == whole.model_copy(update={"bytes": whole.bytes // 2})


@pytest.mark.parametrize("norm", ["none", "batch"])
def test_a_convolutional_network_is_lighter_than_the_work_it_does(twins: Path, tmp_path: Path, norm: str) -> None:
    loaded = checkpoint.load("tiny-plain", twins)
    model = ModelConfig(architecture="convolutional", channels=4, latent_dim=3, norm=norm)
    card = loaded.card.model_copy(update={"config": loaded.card.config.updated({"model": model.model_dump()})})
    weights = build(model, 0).state_dict()
    file = tmp_path / "conv.safetensors"
    safetensors.torch.save_file(weights, file)
    found = weigh(Checkpoint(card, weights), file)
    cleaning = {name: value for name, value in weights.items() if not name.startswith("discriminator.")}
    moved = [name for name in cleaning if not name.endswith(("running_mean", "running_var", "num_batches_tracked"))]
    assert found.parameters == sum(cleaning[name].numel() for name in moved)
    whole = {torch.float32: 4, torch.int64: 8}
    assert found.bytes == sum(value.numel() * whole[value.dtype] for value in cleaning.values())
    assert found.multiply_adds > 5 * found.parameters
