"""Runs that are resumed, forked, made longer or stopped, and averages of their weights."""

from collections.abc import Callable, Generator
from itertools import count
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F

from tests.conftest import end_of, of_kind, present, until_the_end
from tests.training.small_runs import NOISES, end, flushes, plain, same_weights, small, told
from vaegan.checkpoint.state import TrainState, load_state, save_state
from vaegan.data.mnist import Digits
from vaegan.model.networks import build
from vaegan.training import loop
from vaegan.training.events import EndEvent, EpochEvent, PreviewEvent, StepEvent
from vaegan.training.loop import train


@pytest.fixture(scope="module")
def few(digits: Digits) -> Digits:
    """Enough for four steps an epoch."""
    return digits.subset(200, 40)


def after(steps: int) -> Callable[[], bool]:
    """A `should_stop` that says yes after so many steps."""
    asked = count(1)
    return lambda: next(asked) >= steps


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


def test_a_snapshot_does_not_change_as_the_run_goes_on(few: Digits) -> None:
    states = [(event.state, plain(event.state)) for event in train(small(), few) if isinstance(event, EpochEvent)]
    assert all(plain(state) == then for state, then in states)
    assert not same_weights(states[0][0], states[1][0])


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
