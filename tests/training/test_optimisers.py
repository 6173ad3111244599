import math
from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from tests.conftest import end_of, of_kind, present, until_the_end
from vaegan.checkpoint.state import TrainState
from vaegan.config import Norm, TrainConfig
from vaegan.data.mnist import Digits
from vaegan.errors import ConfigError
from vaegan.model.networks import build
from vaegan.training import optimisers
from vaegan.training.batches import ORDER, STEP, stream
from vaegan.training.events import EndEvent, EpochEvent, StepEvent
from vaegan.training.loop import train

EPOCHS, BATCHES, LR = 6, 3, 0.02
STEPS = EPOCHS * BATCHES


def small(**changes: object) -> TrainConfig:
    """An autoencoder of one hidden unit unless told otherwise: 3 steps an epoch take milliseconds."""
    settings = {"epochs": EPOCHS, "batch_size": 4, "train_limit": 12, "lr": LR, "weights": {"adv": 0}} | changes
    return TrainConfig(model={"latent_dim": 1}, **settings)


def cosine(start: float, end: float, share: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * share)) / 2


def one_cycle(step: int) -> float:
    """Smith & Topin 2018 with torch's defaults: from lr/25 up to lr in 30 % of the steps, down to lr/25/10,000."""
    peak = 0.3 * (STEPS + 1) - 1
    if step <= peak:
        return cosine(LR / 25, LR, step / peak)
    return cosine(LR, LR / 25 / 1e4, (step - peak) / (STEPS - peak))


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("constant", lambda _: LR),
        ("step", lambda step: LR * 0.3 ** (step // BATCHES // 2)),
        ("cosine", lambda step: cosine(LR, 0, step / STEPS)),
        ("one-cycle", one_cycle),
    ],
)
def test_each_step_has_the_learning_rate_of_the_closed_form(digits: Digits, schedule, expected) -> None:
    config = small(schedule=schedule, step_epochs=2, decay=0.3)
    found = [event.lr for event in train(config, digits.subset(12, 10)) if isinstance(event, StepEvent)]
    assert found == pytest.approx([expected(step) for step in range(STEPS)], rel=1e-6)


@pytest.mark.parametrize("patience", [0, 1])
def test_plateau_lowers_the_rate_after_epochs_without_progress(digits: Digits, patience: int) -> None:
    """The rule by hand; a learning rate of 1 makes the held-out loss jump about."""
    config = small(schedule="plateau", plateau_epochs=patience, decay=0.3, lr=1.0, epochs=12, holdout=4, train_limit=16)
    events = [event for event in train(config, digits.subset(16, 10)) if isinstance(event, EpochEvent)]
    rate, best, stale, expected = 1.0, math.inf, 0, []
    for event in events:
        expected.append(rate)  # the rate the epoch was trained at
        loss = present(event.holdout_loss)
        improved = loss < best * (1 - 1e-4)
        best, stale = (loss, 0) if improved else (best, stale + 1)
        if stale > patience:
            rate, stale = rate * 0.3, 0
    assert [event.lr for event in events] == pytest.approx(expected)
    assert len(set(expected)) > 1, "the run never reached a plateau, so nothing was tested"


def stopping(**changes: object) -> TrainConfig:
    """A rate at which the held-out loss jumps about."""
    settings = {"early_stopping": 2, "lr": 0.5, "epochs": 30, "batch_size": 50, "weights": {"adv": 0}} | changes
    return TrainConfig(model={"latent_dim": 4, "hidden_dim": 16}, **settings)


def same_weights(a: TrainState, b: TrainState) -> bool:
    return all(torch.equal(value, b.weights[name]) for name, value in a.weights.items())


def test_early_stopping_waits_for_epochs_without_progress(digits: Digits) -> None:
    data = digits.subset(200, 40)
    events, ended = until_the_end(train(stopping(), data))
    losses = [present(event.holdout_loss) for event in of_kind(EpochEvent, events)]
    stale = [loss >= min(losses[:index], default=math.inf) for index, loss in enumerate(losses)]
    verdicts = [all(stale[: index + 1][-2:]) and index > 0 for index in range(len(losses))]
    assert verdicts == [False] * (len(losses) - 1) + [True]
    assert ended.reason == "early stopping"


def test_decisions_never_look_at_test_digits(digits: Digits) -> None:
    data = digits.subset(200, 40)
    config = stopping(schedule="plateau", plateau_epochs=0)
    honest, poisoned = (list(train(config, test)) for test in (data, replace(data, test_images=255 - data.test_images)))
    assert end_of(honest).reason == end_of(poisoned).reason == "early stopping"
    assert same_weights(end_of(honest).state, end_of(poisoned).state)
    for one, other in zip(of_kind(EpochEvent, honest), of_kind(EpochEvent, poisoned), strict=True):
        assert (one.lr, one.holdout_loss) == (other.lr, other.holdout_loss)
        assert one.test_loss != other.test_loss
    assert of_kind(EpochEvent, honest)[-1].lr < 0.5


def end(config: TrainConfig, digits: Digits) -> TrainState:
    return next(event.state for event in train(config, digits) if isinstance(event, EndEvent))


@pytest.mark.parametrize(("disc_lr", "expected"), [(None, [LR, LR]), (0.005, [LR, 0.005])])
def test_the_discriminator_may_have_its_own_rate(digits: Digits, disc_lr: float | None, expected: list[float]) -> None:
    """Adam's first step moves each weight by its rate, whatever the gradient's size."""
    before = end(small(weights={}, lr=1e-12, epochs=1, train_limit=4), digits).weights
    after = end(small(weights={}, disc_lr=disc_lr, epochs=1, train_limit=4), digits)
    moved = [
        float((after.weights[name] - before[name]).abs().max())
        for name in ("decoder.output.bias", "discriminator.output.bias")
    ]
    assert moved == pytest.approx(expected, rel=1e-3)
    assert after.values["lrs"] == [[rate] for rate in expected]


def test_schedules_move_both_rates(digits: Digits) -> None:
    config = small(weights={}, disc_lr=0.005, schedule="step", step_epochs=1, epochs=2)
    assert end(config, digits).values["lrs"] == [
        [pytest.approx(LR * 0.25)],
        [pytest.approx(0.005 * 0.25)],
    ]


def test_weight_decay_is_decoupled(digits: Digits) -> None:
    """Loshchilov & Hutter 2019: w - rate * decay * w, apart from Adam's step, whose moments know nothing of it."""
    settings = {"weights": {}, "epochs": 1, "train_limit": 4, "disc_lr": 0.005}
    start = end(small(**settings | {"lr": 1e-12, "disc_lr": 1e-12}), digits)
    plain = end(small(**settings), digits)
    decayed = end(small(**settings, weight_decay=0.1), digits)
    for name, weight in plain.weights.items():
        if name.endswith(("weight", "bias")):
            rate = 0.005 if name.startswith("discriminator") else LR
            expected = weight - rate * 0.1 * start.weights[name]
            torch.testing.assert_close(decayed.weights[name], expected, rtol=0, atol=1e-6, msg=name)
    moments = [name for name in plain.tensors if "exp_avg" in name]
    assert moments
    assert all(torch.equal(plain.tensors[name], decayed.tensors[name]) for name in moments)


def test_beta1_is_adams_first_momentum(digits: Digits) -> None:
    """After one step the first moment is (1 - beta1) g, and the gradient g does not depend on beta1."""
    moments = [end(small(beta1=beta, epochs=1, train_limit=4), digits).tensors for beta in (0.0, 0.5)]
    for name in moments[0]:
        if name.endswith("exp_avg"):
            torch.testing.assert_close(moments[1][name], 0.5 * moments[0][name], msg=name)


@pytest.mark.parametrize(
    ("capabilities", "has"),
    [({}, False), ({"avx2": True, "amx_bf16": False}, False), ({"avx512_bf16": True}, True), ({"bf16": True}, True)],
)
def test_bfloat16_needs_its_instructions(monkeypatch: pytest.MonkeyPatch, capabilities: dict[str, bool], has) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities)
    assert optimisers.has_bfloat16() is has
    optimisers.check_precision(small())
    if has:
        optimisers.check_precision(small(precision="bfloat16"))
    else:
        with pytest.raises(ConfigError, match="no bfloat16 instructions; use float32"):
            optimisers.check_precision(small(precision="bfloat16"))


@pytest.mark.parametrize("norm", ["batch", "none"])
@pytest.mark.parametrize("adv", [0.0, 2.0], ids=["VAE", "VAE-GAN"])
def test_training_equals_a_loop_written_by_hand(digits: Digits, norm: Norm, adv: float) -> None:
    """Plain torch, .backward() and Adam; x_hat is detached, and D's gradient emptied, where they should not learn."""
    config = TrainConfig(
        model={"latent_dim": 4, "hidden_dim": 16, "norm": norm},
        **{
            "weights": {"adv": adv, "kl": 0.5},
            "lr": 1e-3,
            "disc_lr": 5e-4,
            "beta1": 0.5,
            "epochs": 1,
            "batch_size": 100,
        },
    )

    def stack(*layers: nn.Module) -> nn.Sequential:
        return nn.Sequential(*(layer for layer in layers if norm == "batch" or not isinstance(layer, nn.BatchNorm1d)))

    encoder = stack(nn.Linear(784, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 8), nn.BatchNorm1d(8))
    decoder = stack(nn.Linear(4, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 784))
    disc = stack(nn.Linear(784, 256), nn.BatchNorm1d(256), nn.ReLU(), nn.Linear(256, 1))
    vae = nn.ModuleList([encoder, decoder])
    start = build(config.model, config.seed).state_dict()
    everything = nn.ModuleList([encoder, decoder, disc])
    names = sorted(start, key=lambda name: ["encoder", "decoder", "discriminator"].index(name.split(".")[0]))
    everything.load_state_dict(dict(zip(everything.state_dict(), (start[name] for name in names), strict=True)))
    adam_vae = torch.optim.Adam(vae.parameters(), lr=1e-3, betas=(0.5, 0.999))
    adam_disc = torch.optim.Adam(disc.parameters(), lr=5e-4, betas=(0.5, 0.999))
    order = torch.randperm(400, generator=stream(config.seed, ORDER, 0))
    for step in range(4):
        x = digits.train_images[order[step * 100 : (step + 1) * 100]] / 255
        mu, logvar = encoder(x).chunk(2, dim=1)
        z = mu + torch.randn(100, 4, generator=stream(config.seed, STEP, step)) * (logvar / 2).exp()
        logits = decoder(z)
        kl = -0.5 * (1 + logvar - mu**2 - logvar.exp()).sum()
        objective = (F.binary_cross_entropy_with_logits(logits, x, reduction="sum") + 0.5 * kl) / 100
        real, ones, zeros = disc(x), torch.ones(100, 1), torch.zeros(100, 1)
        fake = disc(logits.sigmoid())
        everything.zero_grad()
        (objective + adv * F.binary_cross_entropy_with_logits(fake, ones)).backward()
        disc.zero_grad()
        judgement = F.binary_cross_entropy_with_logits(real, ones)
        judgement = judgement + F.binary_cross_entropy_with_logits(disc(logits.sigmoid().detach()), zeros)
        judgement.backward()
        adam_vae.step()
        if adv:
            adam_disc.step()
    found = end(config, digits).weights
    by_hand = dict(zip(names, everything.state_dict().values(), strict=True))
    for name, value in by_hand.items():
        # BatchNorm takes the biases before it away again, so their gradient is rounding alone; D saw the fakes twice.
        cancelled = norm == "batch" and name.endswith((".0.bias", "encoder.output.bias", "output_norm.bias"))
        if "running" not in name and "tracked" not in name and not cancelled:
            apart = (found[name] - value).abs()
            # Adam divides a gradient by its size, so where BatchNorm all but cancels one, its rounding becomes a share
            # of lr, on some processors for one weight in 100,000; 4 steps move the others by 2e-3.
            assert float((apart > 1e-5).float().mean()) < (1e-3 if norm == "batch" and adv else 1e-9), name
            assert float(apart.max()) < 5e-4, name
    assert not torch.equal(found["decoder.output.bias"], start["decoder.output.bias"])


def test_bfloat16_learns_nearly_the_same(digits: Digits, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(optimisers, "has_bfloat16", lambda: True)
    settings = {"weights": {"feature": 1}, "fakes": "both", "epochs": 1, "batch_size": 50, "train_limit": 200}
    exact, rough = (
        [event for event in train(small(**settings, precision=precision), digits) if isinstance(event, StepEvent)]
        for precision in ("float32", "bfloat16")
    )
    for one, other in zip(exact, rough, strict=True):
        assert one.losses == pytest.approx(other.losses, rel=0.15, abs=0.05)
    assert [event.losses for event in exact] != [event.losses for event in rough]
