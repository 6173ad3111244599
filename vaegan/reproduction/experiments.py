"""Which training runs each table, figure and claim needs, as data: nothing is trained here.

A function named `..._run` makes one experiment; `paper_runs` and the functions `runs_with_...` make one for each seed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from vaegan.config import NoiseKind, Norm, TrainConfig, parse
from vaegan.reproduction import paper
from vaegan.reproduction.schema import Objective

NORMS: tuple[Norm, ...] = ("none", "batch")
PLACEMENTS: tuple[Norm, ...] = ("none", "hidden", "batch")
OBJECTIVES: dict[Objective, float] = {"VAE": 0.0, "VAE-GAN": 1.0}
SMALL_LEARNING_RATE = 0.001
Start = Literal["scratch", "warm", "again"]
STARTS: dict[Start, str] = {
    "scratch": "from scratch",
    "warm": "from the clean model",
    "again": "after an earlier epoch of the same",  # as if the cell of a notebook was run a second time
}


@dataclass(frozen=True)
class Experiment:
    """One training run; `start` is the run whose last weights it begins with.

    `measures` are names in `measures.GROUPS` and `measures.EACH_EPOCH`. The weights after the epochs in `kept` are
    kept, for pictures.
    """

    name: str
    config: TrainConfig
    start: "Experiment | None" = None
    measures: frozenset[str] = frozenset()
    kept: frozenset[int] = frozenset()
    sample: bool = False  # on the bundled sample, whatever the others are trained on

    @property
    def identity(self) -> tuple[Any, ...]:
        """What decides the weights, apart from the digits and the code."""
        return self.config, self.start.identity if self.start else None, self.sample

    @property
    def depth(self) -> int:
        """How many runs must be trained before this one, each beginning with the weights of the one before."""
        return 0 if self.start is None else 1 + self.start.depth

    def wanting(self, *measures: str, kept: Iterable[int] = ()) -> "Experiment":
        """The same run with more measures, or with the weights of more epochs kept."""
        return replace(self, measures=self.measures | set(measures), kept=self.kept | set(kept))


@dataclass(frozen=True)
class Setting:
    """One denoising setting of the search, without norm and seed."""

    noise: NoiseKind
    level: float
    start: Start = "warm"
    lr: float = SMALL_LEARNING_RATE
    latent_dim: int = paper.LATENT_DIM
    hidden_dim: int | None = None  # None: as other models with so many latent dimensions have

    @property
    def words(self) -> str:
        """The setting in words."""
        hidden = "" if self.hidden_dim is None else f", hidden {self.hidden_dim}"
        return f"{self.noise} {self.level:g}, {self.training}, d = {self.latent_dim}{hidden}"

    @property
    def training(self) -> str:
        """How a run in this setting is trained, in words."""
        return f"{STARTS[self.start]}, lr {self.lr:g}"


# The noise of the notebooks that the paper's network comes from; the figures use it.
DROPOUT = Setting("dropout", 0.5, start="again")
WIDER = replace(DROPOUT, latent_dim=100, hidden_dim=400)  # the paper's d for denoising, Table 1's hidden units
SETTINGS: tuple[Setting, ...] = (
    *(replace(WIDER, lr=lr) for lr in (0.001, 0.003, 0.005, 0.01)),
    replace(WIDER, latent_dim=200, lr=0.01),
    DROPOUT,
    replace(DROPOUT, start="warm"),
    replace(DROPOUT, start="scratch", lr=0.01),
    replace(WIDER, noise="masking", lr=0.01),
    Setting("gaussian-unclipped", 1.0),
    Setting("gaussian-unclipped", 1.0, start="scratch", lr=0.01),
    Setting("masking", 0.5, start="scratch", lr=0.01),
)


@dataclass(frozen=True)
class Scale:
    """How large a reproduction is: the paper's size, or a quick one that shows that everything works."""

    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    many_seeds: tuple[int, ...] = tuple(range(10))  # where differences are as small as between seeds
    choice_seeds: tuple[int, ...] = (100, 101)  # of runs that only choose, and report nothing
    choice_digits: int = 50_000  # that these are trained on; the other training digits are held out, and choose
    quick: bool = False
    epochs: int = paper.EPOCHS
    batch_size: int = paper.BATCH_SIZE
    hidden_dim: int | None = None  # of models with d = 20; None is the paper's d²
    wide_dims: tuple[int, ...] = (100, 500)
    wide_hidden_dim: int = 1000
    wide_epochs: int = 5
    plane_batch_size: int = 500  # of the model with two latent dimensions
    settings: tuple[Setting, ...] = SETTINGS
    rates: tuple[float, ...] = (0.001, 0.003, 0.01, 0.03)
    goal: float = 120.0  # nats: the test loss that the paper's network without BatchNorm ends with
    adversarial: tuple[float, ...] = (1.0, 10.0, 100.0)
    alone: float = 10.0  # the weight that is tried with BatchNorm's statistics left alone, too
    pixel_weights: tuple[float, ...] = (1.0, 0.0)
    schedules: tuple[str, ...] = ("step", "cosine")
    long_epochs: int = 50
    few: tuple[int, int] = (500, 200)  # digits, epochs
    few_batch_size: int = 100

    def config(self, norm: Norm, seed: int, objective: Objective = "VAE", **changes: Any) -> TrainConfig:
        """The paper's setting at this scale, with these changes."""
        values: dict[str, Any] = {
            "model": {"latent_dim": paper.LATENT_DIM, "hidden_dim": self.hidden_dim, "norm": norm},
            "weights": {"adv": OBJECTIVES[objective]},
            "batch_size": self.batch_size,
            "lr": paper.LEARNING_RATE,
            "epochs": self.epochs,
            "seed": seed,
        }
        return parse(TrainConfig, values).updated(changes)


QUICK = Scale(
    seeds=(0,),
    many_seeds=(0, 1),
    choice_seeds=(100,),
    choice_digits=3000,
    quick=True,
    epochs=2,
    batch_size=133,  # 30 batches of the bundled sample's training digits, as the paper's 30 of 60,000
    hidden_dim=64,
    wide_hidden_dim=64,
    wide_epochs=1,
    plane_batch_size=133,
    settings=(DROPOUT, Setting("masking", 0.5, start="scratch", lr=0.01)),
    rates=(0.003, 0.01),
    adversarial=(1.0,),
    alone=1.0,
    pixel_weights=(0.0,),
    schedules=("cosine",),
    long_epochs=3,
    few=(500, 3),
)


def paper_runs(scale: Scale, norm: Norm, objective: Objective) -> list[Experiment]:
    """The runs of one row of Tables 1 and 2, one a seed."""
    return [
        Experiment(f"{objective}, {norm}, seed {seed}", scale.config(norm, seed, objective)) for seed in scale.seeds
    ]


def shown_run(scale: Scale, norm: Norm) -> Experiment:
    """The run of Tables 1 and 2 whose pictures and curves are shown: the VAE-GAN's first seed."""
    epochs = {min(paper.FIGURE_10_EPOCH, scale.epochs), scale.epochs}
    return paper_runs(scale, norm, "VAE-GAN")[0].wanting("train", kept=epochs)


def wide_run(scale: Scale, norm: Norm, latent_dim: int, epochs: int | None = None) -> Experiment:
    """A model of more latent dimensions on clean digits; VAE objective, the first seed."""
    model = {"latent_dim": latent_dim, "hidden_dim": scale.wide_hidden_dim}
    config = scale.config(norm, scale.seeds[0], model=model, epochs=epochs or scale.wide_epochs)
    return Experiment(f"VAE, {norm}, d = {latent_dim}", config)


def denoising_run(
    scale: Scale, setting: Setting, norm: Norm, seed: int, objective: Objective = "VAE", epochs: int | None = None
) -> Experiment:
    """A run of Tables 3 and 4 in `setting`; a warm one begins with the VAE of its seed trained on clean digits."""
    changes: dict[str, Any] = {
        "noise": {"noise_kinds": [setting.noise], "noise_min": setting.level, "noise_max": setting.level},
        "lr": setting.lr,
        "epochs": epochs or scale.epochs,
    }
    small = setting.latent_dim == paper.LATENT_DIM
    if not small:
        hidden = scale.hidden_dim or setting.hidden_dim or scale.wide_hidden_dim
        changes["model"] = {"latent_dim": setting.latent_dim, "hidden_dim": hidden}
    config = scale.config(norm, seed, objective, **changes)
    name = f"denoising {objective}, {norm}, {setting.words}, seed {seed}"
    start = None
    if setting.start == "warm":
        clean = Experiment(f"VAE, {norm}, seed {seed}", scale.config(norm, seed))
        start = clean if small else wide_run(scale, norm, setting.latent_dim)
    elif setting.start == "again":
        start = Experiment(f"{name}, the epoch before", config.updated({"epochs": 1}))
    return Experiment(name, config, start).wanting("clean", "masked")


def trial_runs(scale: Scale, setting: Setting, norm: Norm) -> list[Experiment]:
    """The runs by which the search judges a setting: of the first seed, and of three where the paper is near."""
    seeds = scale.seeds[:3] if setting.start == "again" else scale.seeds[:1]
    return [denoising_run(scale, setting, norm, seed) for seed in seeds]


def pictured_denoising_run(scale: Scale, norm: Norm, latent_dim: int) -> Experiment:
    """The denoiser of Figures 12 and 14 with d latent dimensions, of which epoch 1 and the last are shown."""
    epochs = scale.epochs if latent_dim == paper.LATENT_DIM else scale.wide_epochs
    setting = replace(DROPOUT, latent_dim=latent_dim)
    return denoising_run(scale, setting, norm, scale.seeds[0], epochs=epochs).wanting(kept={1, epochs})


def plane_run(scale: Scale, norm: Norm) -> Experiment:
    """The model with two latent dimensions of Figure 16."""
    model = {"latent_dim": 2, "hidden_dim": scale.config(norm, 0).model.hidden}
    config = scale.config(norm, scale.seeds[0], model=model, batch_size=scale.plane_batch_size, lr=0.003)
    return Experiment(f"VAE, {norm}, d = 2", config).wanting(kept={config.epochs})


def check_run() -> Experiment:
    """A short run at Table 1's setting on the bundled sample: any machine can repeat it in seconds."""
    config = Scale(epochs=2, batch_size=QUICK.batch_size).config("batch", 0, "VAE-GAN")
    return Experiment("VAE-GAN, batch, seed 0, on the bundled sample", config, sample=True)


def merged(experiments: Sequence[Experiment]) -> list[Experiment]:
    """Each run once, with everything that any experiment asks of it, and before the runs that begin with it."""
    merged_runs: dict[tuple[Any, ...], Experiment] = {}

    def add(experiment: Experiment) -> None:
        if experiment.start is not None:
            add(experiment.start.wanting(kept={experiment.start.config.epochs}))
        known = merged_runs.get(experiment.identity)
        merged_runs[experiment.identity] = (
            experiment if known is None else known.wanting(*experiment.measures, kept=experiment.kept)
        )

    for experiment in experiments:
        add(experiment)
    return sorted(merged_runs.values(), key=lambda experiment: experiment.depth)
