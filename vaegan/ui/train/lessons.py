"""Lessons: a run or a race to start with one press, and a sentence on what to watch."""

from dataclasses import dataclass, field
from typing import Any

from vaegan.config import TrainConfig
from vaegan.presets import preset

PAPER_STEPS = 30  # batches an epoch, as the paper had: 60,000 digits by 2,000
FEW = 500  # digits, on which overfitting shows
DIGITS_A_PREVIEW = 5000  # about half a second of training
LEAST_BATCH = 4  # digits: of fewer, BatchNorm's statistics say little
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


def on_class_digits(config: TrainConfig, digits: int) -> TrainConfig:
    """The same run on so many digits that a class wrote: batches and epochs with which it makes some hundred steps."""
    wanted = {"batch_size": min(_OVERFIT["batch_size"], max(LEAST_BATCH, digits // 10))}
    return config.updated(wanted | {"epochs": max(config.epochs, _OVERFIT["epochs"])})


def with_pictures(config: TrainConfig) -> TrainConfig:
    """The same run with previews within its epochs too, unless it has some already: one sees the digits get sharp."""
    return config if config.preview_every else config.updated({"preview_every": DIGITS_A_PREVIEW // config.batch_size})


LESSONS: dict[str, Lesson] = {
    "race": Lesson(
        "BatchNorm against none",
        "Two VAE-GANs that differ in BatchNorm alone learn the same digits in the same order, in large steps as in the "
        "paper. Whose loss falls first, and does a gap open?",
        (("vaegan-bn", {}), ("vaegan", {})),
        {"lr": 0.01, "epochs": 10},
        large_batches=True,
    ),
    "kl": Lesson(
        "How much prior?",
        "The KL asks z of every digit to look like random numbers. Weight 0: the sharpest copies, but new digits are "
        "none. Weight 10: z says nothing any more, and every digit becomes the same blur. See below who moves whom.",
        tuple(("vae", {"weights": {"kl": weight}}) for weight in (0, 1, 10)),
        {"epochs": 3},
    ),
    "opponent": Lesson(
        "How strong an opponent?",
        "The discriminator's verdict on new digits counts 0, 20 and 100 times. Without it they are blurred, at 20 "
        "strokes are crisp. At 100 too, but fewer look like digits, and the copies get worse: see the loss, and below "
        "who moves whom.",
        tuple(("vaegan-bn", {"weights": {"adv": weight}}) for weight in (0, 20, 100)),
        {**_SMALL, **_VISIBLE},
    ),
    "overfit": Lesson(
        "500 digits only",
        "So few can be learned by heart: without BatchNorm the loss on training digits goes on falling while that on "
        "test digits rises again. Watch the gap, and how much smaller BatchNorm keeps it.",
        (("vaegan-bn", {}), ("vaegan", {})),
        {**_OVERFIT, "lr": 3e-3},
    ),
    "hot": Lesson(
        "Learning rate too high",
        "Steps ten times as large as the paper's. With BatchNorm the network goes on learning; without it one batch "
        "throws the loss up to many thousands, and nothing is learned after that but a blur.",
        (("vaegan-bn", {}), ("vaegan", {})),
        {"lr": 0.1, "epochs": 3},
    ),
    "collapse": Lesson(
        "Mode collapse",
        "A GAN whose decoder learns faster than the discriminator: whatever z it is given, it draws nearly the same "
        "picture.",
        (("gan", {"lr": 5e-3, "disc_lr": 1e-4, "model": {"norm": "none"}}),),
        {"epochs": 8, "train_limit": 4000},
    ),
    "similarity": Lesson(
        "Pixels or features?",
        "One is asked for copies that are right pixel by pixel, the other for copies in which the discriminator sees "
        "the same features, as Larsen et al. did it. Compare the rebuilt digits, and below who moves whom.",
        (("vaegan-bn", {}), ("vaegan-bn", {"weights": {"recon": 0, "feature": 1}})),
        {"routing": "larsen", "fakes": "both", "epochs": 5},
    ),
    "tiny": Lesson(
        "Only two numbers for z",
        "All digits through two numbers: blurry, but they lie on a map. When it has ended, press Map.",
        (("vaegan-bn", {"model": {"latent_dim": 2, "hidden_dim": 400}}),),
        {"epochs": 5},
    ),
    "fitted": Lesson(
        "The fitted prior",
        "New digits from random numbers are often none. When the run ends, a second way to draw z is fitted to where "
        "the encoder puts real digits: compare both below the stage.",
        (("vae", {"model": {"norm": "batch"}}),),
        {"lr": 3e-3, "epochs": 10, "train_limit": SAMPLE},
        section="priors",
    ),
    "layers": Lesson(
        "Dense against convolutional",
        "Two VAEs, the same digits in the same order. The dense one begins better and takes several times as many "
        "digits a second (More charts, Speed); the convolutional one, with a ninth of the weights, overtakes it.",
        (("vae", {"model": {"norm": "batch"}}), ("vae", {"model": _CONVOLUTIONAL})),
        {**_SMALL, "lr": 4e-3, "epochs": 8},
    ),
    "schedule": Lesson(
        "Let the learning rate fall",
        "The paper's future work: steps of one size against steps that get smaller, in two ways, all with BatchNorm.",
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
    "vaegan-bn": Lesson(
        "VAE-GAN with BatchNorm",
        "The paper's network: digits appear within seconds.",
        (("vaegan-bn", {}),),
        {"epochs": 3},
    ),
    "vaegan": Lesson("VAE-GAN without", "The same without BatchNorm.", (("vaegan", {}),), {"epochs": 3}),
    "vae": Lesson(
        "VAE", "Without a discriminator: it learns from the pixels and the prior alone.", (("vae", {}),), {"epochs": 3}
    ),
    "ae": Lesson(
        "Autoencoder",
        "It squeezes and draws again, and nothing asks z to be random: fine copies, but its new digits are none.",
        (("ae", {}),),
        {"epochs": 3},
    ),
    "gan": Lesson(
        "GAN",
        "It copies nothing: a decoder draws digits from random numbers, and a discriminator tells them from real ones. "
        "The lines say how real it finds each kind; where they meet, it cannot tell any more.",
        (("gan", {}),),
        {"epochs": 5},
    ),
    "denoise": Lesson(
        "Denoiser",
        "It is given noisy digits and has to draw the clean ones.",
        (("vaegan-bn-denoise", {}),),
        {"epochs": 3},
    ),
}
