"""Lessons: a run or a race to start with one press, and a sentence on what to watch."""

from dataclasses import dataclass, field
from typing import Any

from vaegan.config import TrainConfig, preset

PAPER_STEPS = 30  # batches an epoch, as the paper had: 60,000 digits by 2,000
FEW = 500  # digits, on which overfitting shows
DIGITS_A_PREVIEW = 5000  # about half a second of training
SAMPLE = 4000  # training digits of the sample, so that lessons on convolutions last as long where MNIST is in full
_OVERFIT: dict[str, Any] = {"train_limit": FEW, "batch_size": 20, "epochs": 60}


# A small convolutional network and small batches: samples change within half a minute on one core.
_SMALL: dict[str, Any] = {"batch_size": 50, "train_limit": SAMPLE}
_CONVOLUTIONAL: dict[str, Any] = {"architecture": "convolutional", "channels": 12, "norm": "batch"}
# The adversarial term acts on samples of the prior and on the decoder alone. The penalty r1 keeps the discriminator
# from winning at once, and the average over steps takes the flicker out of what is shown.
_VISIBLE: dict[str, Any] = {
    "model": _CONVOLUTIONAL,
    "fakes": "prior",
    "prior_statistics": False,
    "routing": "larsen",
    "r1": 0.1,
    "ema": 0.9,
    "beta1": 0.5,
    "lr": 3e-3,
    "disc_lr": 5e-4,
    "epochs": 5,
}


@dataclass(frozen=True)
class Lesson:
    """A title, what to watch, and the runs, each as (preset, changes). The runs of a race share seed and batches."""

    title: str
    words: str
    entries: tuple[tuple[str, dict[str, Any]], ...]
    shared: dict[str, Any] = field(default_factory=dict)
    large_batches: bool = False  # like the paper's: a thirtieth of the digits
    section: str | None = None  # what opens below the stage: a key of `lab_state.SECTIONS`

    def configs(self, digits: int) -> list[tuple[str, TrainConfig]]:
        """Preset and config of each run, if there are so many training digits."""
        changes = self.shared | ({"batch_size": max(2, digits // PAPER_STEPS)} if self.large_batches else {})
        return [(base, preset(base).updated(changes).updated(own)) for base, own in self.entries]


def on_few_digits(config: TrainConfig) -> TrainConfig:
    """The same run on 500 digits, with batches small enough and epochs enough to overfit them."""
    wanted = {
        "train_limit": FEW,
        "batch_size": min(config.batch_size, _OVERFIT["batch_size"]),
        "epochs": max(config.epochs, _OVERFIT["epochs"]),
    }
    return config.updated(wanted)


def with_pictures(config: TrainConfig) -> TrainConfig:
    """The same run with previews within its epochs too, unless it has some already: one sees the digits get sharp."""
    return config if config.preview_every else config.updated({"preview_every": DIGITS_A_PREVIEW // config.batch_size})


LESSONS: dict[str, Lesson] = {
    "race": Lesson(
        "BatchNorm against none",
        "The paper's race at its high learning rate: which test loss falls first, and does a gap open?",
        (("vaegan-bn", {}), ("vaegan", {})),
        {"lr": 0.01, "epochs": 10},
        large_batches=True,
    ),
    "vaegan-bn": Lesson("VAE-GAN with BN", "Digits appear within seconds.", (("vaegan-bn", {}),), {"epochs": 3}),
    "vaegan": Lesson("VAE-GAN", "The same without BatchNorm.", (("vaegan", {}),), {"epochs": 3}),
    "vae": Lesson("VAE", "No discriminator: only the pixels and the prior count.", (("vae", {}),), {"epochs": 3}),
    "ae": Lesson(
        "Autoencoder",
        "No sampling and no KL: fine copies, but its samples are no digits.",
        (("ae", {}),),
        {"epochs": 3},
    ),
    "gan": Lesson(
        "GAN", "Prior samples only: D(real) and D(fake) wrestle around one half.", (("gan", {}),), {"epochs": 5}
    ),
    "denoise": Lesson("Denoiser", "Noisy digits in, clean ones wanted.", (("vaegan-bn-denoise", {}),), {"epochs": 3}),
    "kl": Lesson(
        "How much prior?",
        "KL weight 0, 1 and 10: from sharp copies with poor samples to a posterior that says nothing.",
        tuple(("vae", {"weights": {"kl": weight}}) for weight in (0, 1, 10)),
        {"epochs": 3},
    ),
    "hot": Lesson(
        "Learning rate too high",
        "Ten times the paper's. With BatchNorm it goes on learning; without it one batch throws the loss up to many "
        "thousand nats, and nothing is learned after that but a blur.",
        (("vaegan-bn", {}), ("vaegan", {})),
        {"lr": 0.1, "epochs": 3},
    ),
    "tiny": Lesson(
        "Two latent dimensions",
        "All digits through two numbers: blurry, but you can map them.",
        (("vaegan-bn", {"model": {"latent_dim": 2, "hidden_dim": 400}}),),
        {"epochs": 5},
    ),
    "layers": Lesson(
        "Dense against convolutional",
        "Two VAEs, the same digits in the same order. The dense one begins better and takes several times as many "
        "digits a second (see Speed); the convolutional one, with a ninth of the weights, overtakes it in some epochs.",
        (("vae", {"model": {"norm": "batch"}}), ("vae", {"model": _CONVOLUTIONAL})),
        {**_SMALL, "lr": 4e-3, "epochs": 8},
    ),
    "opponent": Lesson(
        "How strong an opponent?",
        "The adversarial term at weight 0, 20 and 100, on samples alone: without it they are blurred, at 20 strokes "
        "are crisp. At 100 too, but fewer look like digits, and the copies get worse: see the test loss.",
        tuple(("vaegan-bn", {"weights": {"adv": weight}}) for weight in (0, 20, 100)),
        {**_SMALL, **_VISIBLE},
    ),
    "fitted": Lesson(
        "The fitted prior",
        "A VAE's samples from N(0, I) are often no digits. When the run ends, a mixture of Gaussians is fitted to "
        "where the encoder puts digits: compare the samples from both priors, below the pictures.",
        (("vae", {"model": {"norm": "batch"}}),),
        {"lr": 3e-3, "epochs": 10, "train_limit": SAMPLE},
    ),
    "similarity": Lesson(
        "Pixels or features?",
        "Likeness judged by pixels, or in the discriminator's features as Larsen et al. have it: watch the copies.",
        (("vaegan-bn", {}), ("vaegan-bn", {"weights": {"recon": 0, "feature": 1}})),
        {"routing": "larsen", "fakes": "both", "epochs": 5},
    ),
    "schedule": Lesson(
        "Let the learning rate fall",
        "The paper's future work: a constant rate against cosine and one-cycle, all with BatchNorm.",
        tuple(("vaegan-bn", {"schedule": schedule}) for schedule in ("constant", "cosine", "one-cycle")),
        {"lr": 0.01, "epochs": 10},
        large_batches=True,
    ),
    "placement": Lesson(
        "Where does BatchNorm go?",
        "After the encoder's output too, as in the paper, in hidden layers only, or nowhere.",
        tuple(("vaegan-bn", {"model": {"norm": norm}}) for norm in ("batch", "hidden", "none")),
        {"lr": 0.01, "epochs": 10},
        large_batches=True,
    ),
    "overfit": Lesson(
        "500 digits only",
        "Without BatchNorm the training loss goes on falling while the test loss rises again: overfitting. Watch the "
        "gap, and how much smaller BatchNorm keeps it.",
        (("vaegan-bn", {}), ("vaegan", {})),
        {**_OVERFIT, "lr": 3e-3},
    ),
    "collapse": Lesson(
        "Mode collapse",
        "A GAN whose generator runs ahead of D: whatever z it is given, it makes nearly the same picture.",
        (("gan", {"lr": 5e-3, "disc_lr": 1e-4, "model": {"norm": "none"}}),),
        {"epochs": 8, "train_limit": 4000},
    ),
}
