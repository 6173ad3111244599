import json
import math
from collections.abc import Callable, Generator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from tests.conftest import end_of, of_kind, present, until_the_end
from vaegan.checkpoint.state import TrainState, load_state, save_state
from vaegan.config import PRESETS, Norm, TrainConfig, preset
from vaegan.data.mnist import Digits
from vaegan.errors import DivergedError
from vaegan.model.networks import build
from vaegan.training import loop
from vaegan.training.events import EndEvent, EpochEvent, Event, PreviewEvent, StepEvent
from vaegan.training.loop import train
from vaegan.training.routing import terms

NOISES = ["gaussian", "salt-pepper", "occlusion", "watermark", "blur"]


@pytest.fixture(scope="module")
def few(digits: Digits) -> Digits:
    """Enough for four steps an epoch."""
    return digits.subset(200, 40)


def small(**changes: Any) -> TrainConfig:
    model = {"latent_dim": 4, "hidden_dim": 16} | changes.pop("model", {})
    return TrainConfig(**{"model": model, "batch_size": 50, "epochs": 2, "lr": 3e-3} | changes)


def end(config: TrainConfig, data: Digits, **options: Any) -> EndEvent:
    return end_of(train(config, data, **options))


def after(steps: int) -> Callable[[], bool]:
    """A `should_stop` that says yes after so many steps."""
    asked = count(1)
    return lambda: next(asked) >= steps


def told(event: Event) -> dict[str, Any]:
    """What must be the same in two equal runs: all but the clock."""
    values = dict(vars(event)) | {"kind": type(event).__name__, "images_per_s": None}
    if isinstance(event, PreviewEvent):
        values |= {name: value.tobytes() for name, value in values.items() if isinstance(value, np.ndarray)}
    if "state" in values:
        values["state"] = plain(values["state"])
    return values


def plain(state: TrainState) -> dict[str, Any]:
    values = json.loads(json.dumps(state.values))
    del values["progress"]["seconds"]
    return values | {name: (value.dtype, value.shape, value.numpy().tobytes()) for name, value in state.tensors.items()}


def same_weights(a: TrainState, b: TrainState) -> bool:
    return all(torch.equal(value, b.weights[name]) for name, value in a.weights.items())


RUNS = {
    "paper, BatchNorm": small(),
    "cosine": small(schedule="cosine", model={"norm": "none"}, beta1=0.5),
    "larsen, noise, one-cycle": small(
        routing="larsen", fakes="both", schedule="one-cycle", disc_lr=1e-3, weights={"feature": 1},
        noise={"noise_kinds": NOISES},
    ),
    "dropout, step": small(model={"dropout": 0.5}, schedule="step", step_epochs=1, weight_decay=0.1),
    "plateau, early stopping": small(schedule="plateau", plateau_epochs=0, early_stopping=2, lr=0.1, epochs=6),
    "convolutions, R1, average, a late GAN": small(
        model={"architecture": "convolutional", "channels": 2, "spectral_norm": True}, r1=0.1, ema=0.9, adv_start=1,
        fakes="both", prior_statistics=False, generator="hinge",
    ),
    "average, early stopping, dropout, penalty": small(
        model={"dropout": 0.2}, ema=0.99, early_stopping=1, r1=1.0, weights={"feature": 1}, lr=0.05, epochs=6,
    ),
    "last batch of one, previews": small(train_limit=151, preview_every=2, generator="saturating"),
}  # fmt: skip


@pytest.mark.parametrize("name", RUNS)
def test_a_resumed_run_repeats_an_uninterrupted_one_bit_for_bit(name: str, few: Digits, tmp_path: Path) -> None:
    config = RUNS[name].updated({"epochs": 3, "batch_size": 100} if RUNS[name].train_limit is None else {"epochs": 3})
    torch.manual_seed(1)
    whole = list(train(config, few))
    batches = len(of_kind(StepEvent, whole)) // 3
    for stop in (batches + 1, 2 * batches):  # in the middle of the second epoch, and before it is measured
        first, ended = until_the_end(train(config, few, should_stop=after(stop)))
        assert ended.reason == "stopped"
        assert len(of_kind(StepEvent, first)) == stop
        save_state(ended.state, tmp_path / "state.safetensors")
        torch.manual_seed(2)  # the global generator must not matter
        rest = list(train(config, few, resume=load_state(tmp_path / "state.safetensors")))
        assert [told(event) for event in (*first, *rest)] == [told(event) for event in whole]


def test_each_epochs_state_is_a_place_to_go_on_from(few: Digits) -> None:
    """Also the last one of a run that was stopped early, which has nothing left to do."""
    config = small(early_stopping=1, lr=0.3, epochs=30, weights={"adv": 0})
    whole = list(train(config, few))
    assert end_of(whole).reason == "early stopping"
    for epoch in of_kind(EpochEvent, whole):
        rest = list(train(config, few, resume=epoch.state))
        tail = [told(event) for event in whole[whole.index(epoch) + 1 :]]
        assert [told(event) for event in rest] == tail[tail[0]["kind"] == "PreviewEvent" :]


def test_a_state_older_than_a_setting_is_gone_on_from(few: Digits) -> None:
    whole = list(train(small(), few))
    state = of_kind(EpochEvent, whole)[0].state
    del state.values["config"]["model"]["architecture"]
    assert same_weights(end(small(), few, resume=state).state, end_of(whole).state)


AVERAGED = {"ema": 0.8, "model": {"architecture": "convolutional", "channels": 2, "spectral_norm": True}}


def test_the_average_is_that_of_the_weights_by_hand(few: Digits) -> None:
    """Encoder and decoder with their running statistics; the discriminator is the last one."""
    config = small(fakes="both", **AVERAGED)
    network = build(config.model, config.seed)
    average = {name: value.double() for name, value in network.state_dict().items()}
    steps, state = 0, None
    while steps < 8:
        state = end(config, few, resume=state, should_stop=after(1)).state
        share = 1 - min(0.8, (1 + steps) / (10 + steps))
        steps += 1
        for name, value in state.part("model").items():
            follows = value.is_floating_point() and not name.startswith("discriminator")
            average[name] = average[name] + share * (value - average[name]) if follows else value.double()
    assert state is not None
    assert state.part("average").keys() == average.keys()
    for name, value in state.weights.items():
        torch.testing.assert_close(value.double(), average[name], rtol=1e-4, atol=1e-5)
    moved = [name for name, value in state.weights.items() if not torch.equal(value, state.part("model")[name])]
    assert {name.split(".")[0] for name in moved} == {"encoder", "decoder"}
    whole = list(train(config, few))
    assert same_weights(end_of(whole).state, state)
    assert all("average" not in name for name in end(small(), few).state.tensors)


def test_an_average_changes_nothing_of_how_the_run_learns(few: Digits) -> None:
    with_it, without = (end(small(ema=ema, epochs=1), few).state for ema in (0.9, 0.0))
    ours, theirs = (state.part("model") for state in (with_it, without))
    assert all(torch.equal(value, theirs[name]) for name, value in ours.items())


def test_the_average_is_what_is_measured_and_shown(few: Digits) -> None:
    """Early stopping too watches the average: held-out digits are measured with it."""
    config = small(holdout=40, epochs=1, weights={"adv": 0}, **AVERAGED)
    events = list(train(config, few))
    (epoch,), preview = of_kind(EpochEvent, events), of_kind(PreviewEvent, events)[-1]
    plain, shown = (build(config.model, 0).eval() for _ in range(2))
    plain.load_state_dict(epoch.state.part("model"))
    shown.load_state_dict(epoch.state.part("average"))
    x = few.test_images / 255
    losses = []
    for network in (plain, shown):
        with torch.no_grad():
            out = network(x)
        recon = F.binary_cross_entropy(out.x_hat, x, reduction="sum") / len(x)
        kl = 0.5 * (out.mu**2 + out.logvar.exp() - 1 - out.logvar).sum(1).mean()
        losses.append(float(recon + kl))
    assert epoch.test_loss == pytest.approx(losses[1], rel=1e-5)
    assert epoch.test_loss != pytest.approx(losses[0], rel=1e-4)
    with torch.no_grad():
        pictures = shown(torch.from_numpy(preview.inputs).view(-1, 784) / 255).x_hat
    rebuilt = torch.from_numpy(present(preview.reconstructions)).view(-1, 784)
    assert (255 * pictures - rebuilt).abs().max() < 1.5


def test_a_fork_begins_with_the_average_and_averages_anew(few: Digits) -> None:
    config = small(**AVERAGED)
    parent = end(config, few).state
    begun = loop.start_from(parent.weights, config, few)
    for part in ("model", "average"):
        assert all(torch.equal(value, parent.weights[name]) for name, value in begun.part(part).items())
    first, ended = until_the_end(train(config, few, resume=begun, should_stop=after(3)))
    rest = list(train(config, few, resume=ended.state))
    whole = list(train(config, few, resume=begun))
    assert [told(event) for event in (*first, *rest)] == [told(event) for event in whole]


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


def test_a_snapshot_does_not_change_as_the_run_goes_on(few: Digits) -> None:
    states = [(event.state, plain(event.state)) for event in train(small(), few) if isinstance(event, EpochEvent)]
    assert all(plain(state) == then for state, then in states)
    assert not same_weights(states[0][0], states[1][0])


def test_the_seed_decides(few: Digits) -> None:
    config = small(model={"dropout": 0.2}, noise={"noise_kinds": NOISES}, fakes="both")
    runs = [end(config.updated({"seed": seed}), few).state for seed in (0, 0, 1)]
    assert same_weights(runs[0], runs[1])
    for name, value in runs[0].weights.items():
        assert name.endswith("num_batches_tracked") or not torch.equal(value, runs[2].weights[name]), name


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Tensor, Tensor, Tensor]]:
    """Filled while runs go on: clean and given pictures of each batch, and the state of its generator."""
    seen: list[tuple[Tensor, Tensor, Tensor]] = []

    def recording(model, clean, given, config, generator, step):
        seen.append((clean.clone(), given.clone(), generator.get_state()))
        return terms(model, clean, given, config, generator, step)

    monkeypatch.setattr(loop, "terms", recording)
    return seen


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


def flushes() -> bool:
    """Whether the processor takes denormal numbers for 0."""
    return bool(torch.tensor([2e-38]) / 4 == 0)


def test_closing_early_leaves_nothing_behind(few: Digits) -> None:
    torch.manual_seed(5)
    before = torch.get_rng_state()
    within: list[bool] = []

    def look_and_go_on() -> bool:
        within.append(flushes())
        return False

    events = train(RUNS["dropout, step"], few, should_stop=look_and_go_on)
    for _ in range(4):
        next(events)
        assert not flushes(), "between events others compute"
    assert within == [True] * 2, "denormals would make training slow"
    assert torch.equal(torch.get_rng_state(), before)
    assert isinstance(events, Generator)
    events.close()
    assert not flushes()
    list(train(RUNS["larsen, noise, one-cycle"], few))
    assert torch.equal(torch.get_rng_state(), before)
    assert not flushes()


def test_runs_that_take_turns_end_as_if_each_were_alone(few: Digits) -> None:
    configs = [RUNS["dropout, step"], small(epochs=1), RUNS["larsen, noise, one-cycle"]]
    alone = [end(config, few).state for config in configs]
    going = [train(config, few) for config in configs]
    together: dict[int, TrainState] = {}
    while len(together) < len(going):
        for index, events in enumerate(going):
            event = next(events, None)
            if isinstance(event, EndEvent):
                together[index] = event.state
    assert all(same_weights(together[index], state) for index, state in enumerate(alone))


def test_should_stop_is_heard_at_once(few: Digits) -> None:
    events, ended = until_the_end(train(small(), few, should_stop=lambda: True))
    assert len(of_kind(StepEvent, events)) == 1
    assert ended.reason == "stopped"
    assert ended.state.values["progress"]["step"] == 1


def test_a_run_can_be_made_longer(few: Digits) -> None:
    short = end(small(epochs=1), few)
    assert same_weights(end(small(epochs=3), few, resume=short.state).state, end(small(epochs=3), few).state)


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
