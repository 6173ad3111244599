from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import get_args

import pytest
import torch
from torch import Tensor, nn
from torch.distributions import Normal

from tests.conftest import dense_parts
from vaegan.config import ModelConfig, Norm
from vaegan.model.networks import VAEGAN, build, sample
from vaegan.model.parts import LOGVAR_LIMIT, Posterior

D = 5


def dense(latent_dim: int = 20, hidden_dim: int | None = None, norm: Norm = "batch", dropout: float = 0.0) -> VAEGAN:
    return build(ModelConfig(latent_dim=latent_dim, hidden_dim=hidden_dim, norm=norm, dropout=dropout), 0)


class Figure7(nn.Module):
    """The paper's Figure 7 as it is printed; without BatchNorm, the same with its three kinds of line left out."""

    def __init__(self, d: int, norm: Norm) -> None:
        super().__init__()
        self.d = d

        def batch_norm(width: int) -> list[nn.Module]:
            return [nn.BatchNorm1d(width)] if norm == "batch" else []

        self.encoder = nn.Sequential(
            nn.Linear(784, d**2), *batch_norm(d**2), nn.ReLU(), nn.Linear(d**2, d * 2), *batch_norm(d * 2)
        )
        self.decoder = nn.Sequential(
            nn.Linear(d, d**2), *batch_norm(d**2), nn.ReLU(), nn.Linear(d**2, 784), nn.Sigmoid()
        )
        self.discriminator = nn.Sequential(
            nn.Linear(784, 256), *batch_norm(256), nn.ReLU(), nn.Linear(256, 1), nn.Sigmoid()
        )

    def reparameterise(self, mu: Tensor, logvar: Tensor) -> Tensor:
        if self.training:
            std = logvar.mul(0.5).exp_()
            eps = std.data.new(std.size()).normal_()
            return eps.mul(std).add_(mu)
        return mu

    def forward(self, y: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        mu_logvar = self.encoder(y.view(-1, 784)).view(-1, 2, self.d)
        mu = mu_logvar[:, 0, :]
        logvar = mu_logvar[:, 1, :]
        z = self.reparameterise(mu, logvar)
        return self.decoder(z), mu, logvar

    def discriminate(self, x: Tensor) -> Tensor:
        return self.discriminator(x.view(-1, 784))


@pytest.fixture(params=["batch", "none"])
def norm(request: pytest.FixtureRequest) -> Norm:
    return request.param


@pytest.fixture(autouse=True)
def global_generator_kept() -> Iterator[None]:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        yield


@pytest.fixture
def pictures() -> Tensor:
    return torch.rand(8, 784, generator=torch.Generator().manual_seed(1))


@pytest.fixture(params=[True, False], ids=["train", "eval"])
def pair(request: pytest.FixtureRequest, norm: Norm) -> tuple[VAEGAN, Figure7]:
    """Our model and the paper's, alike in all weights, which are random in BatchNorm too."""
    ours, theirs = dense(D, norm=norm), Figure7(D, norm)
    values = [
        torch.rand(value.shape) + 0.5 if value.is_floating_point() and value.dim() == 1 else value
        for value in ours.state_dict().values()
    ]
    ours.load_state_dict(dict(zip(ours.state_dict(), values, strict=True)))
    theirs.load_state_dict(dict(zip(theirs.state_dict(), values, strict=True)))
    return ours.train(request.param), theirs.train(request.param)


def same(ours: Tensor, theirs: Tensor) -> None:
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-6)


def test_encodes_as_figure_7(pair: tuple[VAEGAN, Figure7], pictures: Tensor) -> None:
    ours, theirs = pair
    mu_logvar = theirs.encoder(pictures).view(-1, 2, D)
    mu, logvar = ours.encode(pictures)
    same(mu, mu_logvar[:, 0])
    same(logvar, mu_logvar[:, 1])


def test_decodes_as_figure_7(pair: tuple[VAEGAN, Figure7]) -> None:
    ours, theirs = pair
    z = torch.randn(8, D)
    same(ours.decode(z), theirs.decoder(z))


def test_discriminates_as_figure_7(pair: tuple[VAEGAN, Figure7], pictures: Tensor) -> None:
    ours, theirs = pair
    same(ours.discriminate(pictures), theirs.discriminate(pictures).squeeze(1))


def test_features_are_the_256_hidden_units_of_figure_7(pair: tuple[VAEGAN, Figure7], pictures: Tensor) -> None:
    ours, theirs = pair
    same(ours.features(pictures), theirs.discriminator[:-2](pictures))


def test_reconstructs_as_figure_7_with_the_same_random_numbers(pair: tuple[VAEGAN, Figure7], pictures: Tensor) -> None:
    outputs = []
    for model in pair:
        torch.manual_seed(7)
        outputs.append(model(pictures))
    for ours, theirs in zip(*outputs, strict=True):
        same(ours, theirs)


@pytest.mark.parametrize(
    ("network", "plain", "batch_norm"),
    [
        ("encoder", 784 * 400 + 400 + 400 * 40 + 40, 2 * 400 + 2 * 40),
        ("decoder", 20 * 400 + 400 + 400 * 784 + 784, 2 * 400),
        ("discriminator", 784 * 256 + 256 + 256 + 1, 2 * 256),
    ],
)
def test_parameter_counts(norm: Norm, network: str, plain: int, batch_norm: int) -> None:
    found = sum(parameter.numel() for parameter in dense(norm=norm).get_submodule(network).parameters())
    assert found == plain + batch_norm * (norm == "batch")


def test_norm_in_hidden_layers_leaves_the_encoders_output_alone() -> None:
    found = {norm: set(dense(D, norm=norm).state_dict()) for norm in get_args(Norm)}
    assert found["batch"] - found["hidden"] == {name for name in found["batch"] if "output_norm" in name}
    assert found["none"] < found["hidden"] < found["batch"]


@pytest.mark.parametrize(("hidden_dim", "width"), [(None, D**2), (7, 7)])
def test_hidden_width_is_d_squared_unless_given(hidden_dim: int | None, width: int) -> None:
    encoder, decoder = dense_parts(dense(D, hidden_dim))
    assert encoder.output.in_features == decoder.output.in_features == width


@pytest.mark.parametrize("shape", [(8, 784), (8, 28, 28), (8, 1, 28, 28)])
def test_accepts_flat_and_square_pictures(pictures: Tensor, shape: tuple[int, ...]) -> None:
    model = dense(D).eval()
    picture = pictures.view(shape)
    assert torch.equal(model(picture).x_hat, model(pictures).x_hat)
    assert torch.equal(model.discriminate(picture), model.discriminate(pictures))
    assert torch.equal(model.features(picture), model.features(pictures))


def test_in_eval_mode_z_is_mu(pictures: Tensor) -> None:
    model = dense(D).eval()
    posterior = model.encode(pictures)
    assert torch.equal(model.reparameterize(posterior), posterior.mu)


def test_training_samples_follow_the_posterior() -> None:
    mu, logvar = torch.tensor([-3.0, 0.0, 40.0]), torch.tensor([-4.0, 0.0, 3.0])
    count = 20_000
    z = dense(3, 2).reparameterize(Posterior(mu.expand(count, 3), logvar.expand(count, 3)))
    share_below = Normal(mu, (logvar / 2).exp()).cdf(z).sort(dim=0).values  # uniform if z is drawn from it
    distance = (share_below - torch.linspace(0, 1, count)[:, None]).abs().amax(dim=0)
    assert distance.max() < 1.63 / count**0.5  # Kolmogorov and Smirnov's bound at 1 %
    assert torch.corrcoef(z.T).fill_diagonal_(0).abs().max() < 0.03


def test_the_same_generator_gives_the_same_z() -> None:
    posterior = Posterior(torch.zeros(4, D), torch.zeros(4, D))
    first, again, other = (sample(posterior, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_samples_are_differentiable_in_mu_and_logvar() -> None:
    mu, logvar = (torch.randn(4, D, dtype=torch.float64, requires_grad=True) for _ in range(2))
    assert torch.autograd.gradcheck(
        lambda *posterior: sample(Posterior(*posterior), torch.Generator().manual_seed(0)), (mu, logvar)
    )


@pytest.mark.parametrize("sign", [1, -1])
def test_logvar_is_held_and_mu_is_not(norm: Norm, sign: int) -> None:
    model = dense(D, norm=norm).eval()
    encoder, _ = dense_parts(model)
    last = encoder.output_norm if norm == "batch" else encoder.output
    assert isinstance(last, nn.BatchNorm1d | nn.Linear)
    nn.init.constant_(last.bias, sign * 1e6)
    posterior = model.encode(torch.zeros(2, 784))
    assert torch.equal(posterior.logvar, torch.full((2, D), sign * LOGVAR_LIMIT))
    assert (posterior.mu * sign > 1e5).all()


def test_no_dropout_unless_asked_for() -> None:
    assert not [module for module in dense(D).modules() if isinstance(module, nn.Dropout)]


def test_dropout_switches_off_its_share_of_hidden_units_in_training_only(norm: Norm) -> None:
    model = dense(D, 1000, norm, dropout=0.3)
    _, decoder = dense_parts(model)
    before_relu = decoder.hidden[1 if norm == "batch" else 0]
    assert isinstance(before_relu, nn.BatchNorm1d | nn.Linear)
    nn.init.constant_(before_relu.bias, 50.0)  # so that ReLU switches off none
    z = torch.randn(50, D)
    assert float((decoder.hidden(z) == 0).float().mean()) == pytest.approx(0.3, abs=0.01)
    model.eval()
    assert (decoder.hidden(z) > 0).all()
    assert sum(isinstance(module, nn.Dropout) for module in model.modules()) == 3


def test_a_batch_of_one_works_in_eval_mode(norm: Norm, pictures: Tensor) -> None:
    model = dense(D, norm=norm).eval()
    same(model(pictures[:1]).x_hat, model(pictures).x_hat[:1])
    same(model.discriminate(pictures[:1]), model.discriminate(pictures)[:1])


def test_a_fresh_network_depends_on_its_seed_alone_and_leaves_the_global_generator() -> None:
    before = torch.get_rng_state()
    config = ModelConfig(latent_dim=D)
    first = build(config, 3).state_dict()
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(99)
    again, other = (build(config, seed).state_dict() for seed in (3, 4))
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["encoder.output.weight"], other["encoder.output.weight"])


def test_threads_that_build_at_once_get_the_weights_of_their_seeds() -> None:
    """All threads share torch's global generator."""
    config, seeds = ModelConfig(latent_dim=D), range(40)
    alone = [build(config, seed).state_dict() for seed in seeds]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda seed: build(config, seed).state_dict(), seeds))
    for ours, theirs in zip(alone, together, strict=True):
        assert all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_twins_start_from_the_same_linear_weights() -> None:
    batch, plain = (
        [
            layer
            for layer in build(ModelConfig(latent_dim=D, hidden_dim=9, norm=norm), 3).modules()
            if isinstance(layer, nn.Linear)
        ]
        for norm in ("batch", "none")
    )
    assert len(plain) == 6
    for ours, theirs in zip(batch, plain, strict=True):
        assert torch.equal(ours.weight, theirs.weight)
        assert torch.equal(ours.bias, theirs.bias)
