import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from tests.conftest import end_of, of_kind, present
from tests.training.small_runs import NOISES, end, flushes, same_weights, small, told
from vaegan.config import Norm
from vaegan.data.mnist import Digits
from vaegan.errors import DivergedError
from vaegan.model.networks import build
from vaegan.presets import PRESETS, preset
from vaegan.training.events import EpochEvent, PreviewEvent, StepEvent
from vaegan.training.loop import train


@pytest.fixture(scope="module")
def few(digits: Digits) -> Digits:
    """Enough for four steps an epoch."""
    return digits.subset(200, 40)


@pytest.mark.parametrize("architecture", ["dense", "convolutional"])
def test_before_the_gan_begins_a_run_is_a_vae(few: Digits, architecture: str) -> None:
    model = {"architecture": architecture, "channels": 2, "spectral_norm": True}
    gan = small(adv_start=1, fakes="both", r1=0.1, weights={"feature": 1}, weight_decay=0.1, model=model)
    vae = small(weights={"adv": 0}, weight_decay=0.1, model=model)
    events, reference = list(train(gan, few)), list(train(vae, few))
    (first, last), (vae_first, _) = of_kind(EpochEvent, events), of_kind(EpochEvent, reference)
    fresh = build(gan.model, gan.seed).state_dict()
    for name, value in first.state.weights.items():
        expected = fresh if name.startswith("discriminator") else vae_first.state.weights
        assert torch.equal(value, expected[name]), name
    assert told(events[1])["losses"].keys() == {"recon", "kl"} == first.losses.keys()
    assert last.losses.keys() == {"recon", "kl", "adv", "feature", "disc_real", "disc_fake", "disc_r1"}
    assert first.test_loss == vae_first.test_loss
    for name, value in last.state.weights.items():
        assert not name.endswith("weight.original") or not torch.equal(value, fresh[name]), name


def test_the_seed_decides(few: Digits) -> None:
    config = small(model={"dropout": 0.2}, noise={"noise_kinds": NOISES}, fakes="both")
    runs = [end(config.updated({"seed": seed}), few).state for seed in (0, 0, 1)]
    assert same_weights(runs[0], runs[1])
    for name, value in runs[0].weights.items():
        assert name.endswith("num_batches_tracked") or not torch.equal(value, runs[2].weights[name]), name


def test_twins_see_the_same_digits_and_noise(few: Digits, batches) -> None:
    for norm in ("batch", "none"):
        list(train(small(model={"norm": norm}, noise={"noise_kinds": NOISES}), few))
    for bn, without in zip(batches[:8], batches[8:], strict=True):
        assert all(torch.equal(*pair) for pair in zip(bn, without, strict=True))
    assert not torch.equal(batches[0][0], batches[4][0]), "each pass has its own order"
    assert not torch.equal(batches[0][0], batches[0][1]), "inputs are noisy"


def test_each_pass_shows_each_digit_once(few: Digits, batches) -> None:
    list(train(small(), few))
    for first in (0, 4):
        seen = torch.cat([clean for clean, _, _ in batches[first : first + 4]])
        assert sorted(map(bytes, (seen * 255).round().byte().numpy())) == sorted(map(bytes, few.train_images.numpy()))


def test_one_batch_can_be_learned_by_heart(few: Digits) -> None:
    batch = replace(few.subset(16, 10), train_images=few.train_images[:16].repeat(25, 1))
    config = small(model={"hidden_dim": 64, "latent_dim": 16}, weights={"kl": 0, "adv": 0}, sample_latent=False)
    epochs = of_kind(EpochEvent, list(train(config.updated({"batch_size": 16, "epochs": 6, "lr": 0.01}), batch)))
    clean = few.train_images[:16] / 255
    entropy = float(F.binary_cross_entropy(clean, clean, reduction="sum")) / 16  # no model can do better
    assert epochs[0].losses["recon"] - entropy > 100
    assert epochs[-1].losses["recon"] - entropy < 20


@pytest.mark.parametrize("sample_latent", [True, False], ids=["VAE", "AE"])
def test_average_and_test_loss_are_the_papers(few: Digits, sample_latent: bool) -> None:
    """Average loss: recon + kl summed over a batch, averaged over batches. Test set loss: mean per image, z = mu."""
    config = small(train_limit=165, sample_latent=sample_latent, weights={} if sample_latent else {"kl": 0}, epochs=1)
    events = list(train(config, few))
    (epoch,) = of_kind(EpochEvent, events)
    sums = [
        size * (step.losses["recon"] + sample_latent * step.losses["kl"])
        for step, size in zip(of_kind(StepEvent, events), (50, 50, 50, 15), strict=True)
    ]
    assert epoch.average_loss == pytest.approx(sum(sums) / 4)
    model = build(config.model, 0).eval()
    model.load_state_dict(epoch.state.weights)
    x = few.test_images / 255
    with torch.no_grad():
        mu, logvar = model.encode(x)
        recon = F.binary_cross_entropy(model.decode(mu), x, reduction="none").sum(1).mean()
        posterior = torch.distributions.Normal(mu, (logvar / 2).exp())
        kl = torch.distributions.kl_divergence(posterior, torch.distributions.Normal(0, 1)).sum(1).mean()
    assert epoch.test_loss == pytest.approx(float(recon + sample_latent * kl), rel=1e-5)


@pytest.mark.parametrize("name", PRESETS)
def test_each_preset_trains(name: str, few: Digits) -> None:
    tiny = {
        "model": {"latent_dim": 4, "hidden_dim": 32, "channels": 4},
        **{"batch_size": 20, "epochs": 1, "lr": 0.02, "adv_start": 0},
    }
    config = preset(name).updated(tiny)
    events = list(train(config, few.subset(100, 20)))
    steps = of_kind(StepEvent, events)
    expected = {"recon", "kl"} if config.uses_encoder else set()
    expected |= {"adv", "disc_real", "disc_fake"} if config.uses_discriminator else set()
    expected |= {"feature"} if config.weights.feature else set()
    expected |= {"disc_r1"} if config.uses_discriminator and config.r1 else set()
    assert all(set(step.losses) == expected for step in steps)
    assert all(math.isfinite(value) for step in steps for value in (*step.losses.values(), *step.grad_norm.values()))
    if config.weights.recon:
        assert steps[-1].losses["recon"] < 0.95 * steps[0].losses["recon"]
    (epoch,) = of_kind(EpochEvent, events)
    first = events[0]
    assert isinstance(first, PreviewEvent)
    assert (epoch.test_loss is None) == (first.reconstructions is None) == (not config.uses_encoder)
    assert end_of(events).reason == "finished"


@pytest.mark.parametrize(("norm", "remedy"), [("none", " or use norm batch"), ("batch", "")])
def test_a_run_that_leaves_the_finite_numbers_says_so(few: Digits, norm: Norm, remedy: str) -> None:
    config = small(model={"norm": norm}, lr=10, weights={"recon": 1e38}, epochs=9)
    with pytest.raises(DivergedError, match=rf"at step \d+ .*lower the learning rate \(now 10, try 1\){remedy}$"):
        list(train(config, few))
    assert not flushes(), "the processor is left as it was"


@pytest.mark.parametrize(
    ("settings", "used"),
    [
        ({}, 200),
        ({"early_stopping": 9}, 180),
        ({"holdout": 60}, 140),
        ({"train_limit": 100, "schedule": "plateau"}, 90),
        ({"train_limit": 51}, 50),
        ({"train_limit": 52}, 52),
    ],
)
def test_rows_that_are_kept_back_train_nothing(few: Digits, batches, settings: dict[str, Any], used: int) -> None:
    """Held-out rows, rows beyond the limit, and a last batch of one: their pixels change no weight."""
    config = small(epochs=1, weights={"adv": 0}, **settings)
    before = end(config, few).state
    seen = {bytes((clean * 255).round().byte().numpy()) for batch, _, _ in batches for clean in batch}
    kept = torch.tensor([bytes(row.numpy()) not in seen for row in few.train_images])
    assert int((~kept).sum()) == used
    for rows, changes in ((kept, False), (~kept, True)):
        images = torch.where(rows[:, None], 255 - few.train_images, few.train_images)
        assert same_weights(before, end(config, replace(few, train_images=images)).state) != changes or not rows.any()


def test_previews_show_the_same_digits_and_latents(few: Digits) -> None:
    """At a learning rate of nearly 0 and without BatchNorm nothing changes, so all previews are alike."""
    config = small(lr=1e-12, preview_every=3, model={"norm": "none"}, noise={"noise_kinds": NOISES})
    events = list(train(config, few))
    previews = of_kind(PreviewEvent, events)
    assert [event.done for event in of_kind(StepEvent, events)] == [step / 8 for step in range(1, 9)]
    assert [(event.step, event.epoch) for event in previews] == [(0, 0), (3, 0), (4, 1), (6, 1), (8, 2)]
    first = previews[0]
    classes = sorted(set(few.test_labels.tolist()))
    expected = [next(i for i, label in enumerate(few.test_labels) if label == digit) for digit in classes]
    assert np.array_equal(first.originals.reshape(-1, 784), few.test_images[expected].numpy())
    assert first.samples.shape == (10, 28, 28)
    assert len(np.unique(first.samples.reshape(10, -1), axis=0)) == 10
    assert not np.array_equal(first.inputs, first.originals)
    for name in ("originals", "inputs", "reconstructions", "samples"):
        assert getattr(first, name).dtype == np.uint8
        assert getattr(first, name).shape[1:] == (28, 28)
        assert all(np.array_equal(getattr(preview, name), getattr(first, name)) for preview in previews)
    assert first.inputs.shape == present(first.reconstructions).shape == first.originals.shape
