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
LARSEN: dict[str, Any] = {"routing": "larsen", "fakes": "both"}


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
    start: Literal["scratch", "warm"] = "warm"
    lr: float = SMALL_LEARNING_RATE
    latent_dim: int = paper.LATENT_DIM

    @property
    def words(self) -> str:
        """The setting in words."""
        return f"{self.noise} {self.level:g}, {self.training}, d = {self.latent_dim}"

    @property
    def training(self) -> str:
        """How a run in this setting is trained, in words."""
        begun = "from the clean model" if self.start == "warm" else "from scratch"
        return f"{begun}, lr {self.lr:g}"


# The setting that was closest before there was a search; the figures use it too.
UNCLIPPED = Setting("gaussian-unclipped", 1.0)
SETTINGS: tuple[Setting, ...] = (
    UNCLIPPED,
    *(Setting("gaussian-unclipped", level) for level in (0.5, 0.7, 0.85)),
    Setting("gaussian", 0.7),
    *(Setting("masking", level) for level in (0.3, 0.5)),
    Setting("gaussian-unclipped", 0.7, lr=0.003),
    Setting("gaussian-unclipped", 1.0, lr=0.003),
    Setting("gaussian-unclipped", 1.0, lr=0.01),
    Setting("masking", 0.5, lr=0.003),
    Setting("gaussian-unclipped", 1.0, start="scratch", lr=0.01),
    Setting("masking", 0.5, start="scratch", lr=0.01),
)


@dataclass(frozen=True)
class Scale:
    """How large a reproduction is: the paper's size, or a quick one that shows that everything works."""

    seeds: tuple[int, ...] = (0, 1, 2)
    quick: bool = False
    epochs: int = paper.EPOCHS
    batch_size: int = paper.BATCH_SIZE
    hidden_dim: int | None = None  # of models with d = 20; None is the paper's d²
    wide_dims: tuple[int, ...] = (100, 500)
    wide_hidden_dim: int = 1000
    wide_epochs: int = 5
    plane_batch_size: int = 500  # of the model with two latent dimensions
    settings: tuple[Setting, ...] = SETTINGS
    adversarial: tuple[float, ...] = (1.0, 10.0, 100.0)
    pixel_weights: tuple[float, ...] = (1.0, 0.0)
    schedules: tuple[str, ...] = ("cosine", "one-cycle")
    few: tuple[tuple[int | None, int], ...] = ((500, 200), (5_000, 40), (None, 10))  # digits, epochs
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
    quick=True,
    epochs=2,
    batch_size=133,  # 30 batches of the bundled sample's training digits, as the paper's 30 of 60,000
    hidden_dim=64,
    wide_hidden_dim=64,
    wide_epochs=1,
    plane_batch_size=133,
    settings=(UNCLIPPED, Setting("masking", 0.5, start="scratch", lr=0.01)),
    adversarial=(1.0,),
    pixel_weights=(0.0,),
    schedules=("cosine",),
    few=((500, 3), (None, 1)),
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
    if small:
        clean = Experiment(f"VAE, {norm}, seed {seed}", scale.config(norm, seed))
    else:
        clean = wide_run(scale, norm, setting.latent_dim)
        changes["model"] = {"latent_dim": setting.latent_dim, "hidden_dim": scale.wide_hidden_dim}
    config = scale.config(norm, seed, objective, **changes)
    start = clean if setting.start == "warm" else None
    return Experiment(f"denoising {objective}, {norm}, {setting.words}, seed {seed}", config, start).wanting("clean")


def pictured_denoising_run(scale: Scale, norm: Norm, latent_dim: int) -> Experiment:
    """The denoiser of Figures 12 and 14 with d latent dimensions, of which epoch 1 and the last are shown."""
    epochs = scale.epochs if latent_dim == paper.LATENT_DIM else scale.wide_epochs
    setting = replace(UNCLIPPED, latent_dim=latent_dim)
    return denoising_run(scale, setting, norm, scale.seeds[0], epochs=epochs).wanting(kept={1, epochs})


def plane_run(scale: Scale, norm: Norm) -> Experiment:
    """The model with two latent dimensions of Figure 16."""
    model = {"latent_dim": 2, "hidden_dim": scale.config(norm, 0).model.hidden}
    config = scale.config(norm, scale.seeds[0], model=model, batch_size=scale.plane_batch_size, lr=0.003)
    return Experiment(f"VAE, {norm}, d = 2", config).wanting(kept={config.epochs})


def slow_run(scale: Scale, norm: Norm) -> Experiment:
    """The VAE of the first seed at a tenth of the learning rate."""
    config = scale.config(norm, scale.seeds[0], lr=SMALL_LEARNING_RATE)
    return Experiment(f"VAE, {norm}, lr {SMALL_LEARNING_RATE:g}", config)


def few_digits_run(scale: Scale, norm: Norm, count: int | None, epochs: int) -> Experiment:
    """Training on so many digits (all: None) in small batches, watched on training and test digits alike."""
    config = scale.config(
        norm,
        scale.seeds[0],
        train_limit=count,
        epochs=epochs,
        batch_size=scale.few_batch_size,
        lr=SMALL_LEARNING_RATE,
    )
    return Experiment(f"VAE, {norm}, {count or 'all'} digits", config).wanting("train")


def runs_with_adv(scale: Scale, weight: float, routing: str) -> list[Experiment]:
    """VAE-GANs with BatchNorm of an adversarial weight under a routing, one a seed; weight 0 is the VAE."""
    experiments = []
    for seed in scale.seeds:
        changes: dict[str, Any] = {"weights": {"adv": weight}} | (LARSEN if routing == "larsen" and weight else {})
        name = f"{routing} routing, adv {weight:g}, seed {seed}" if weight else f"VAE, batch, seed {seed}"
        experiments.append(Experiment(name, scale.config("batch", seed, "VAE", **changes)).wanting("quality"))
    return experiments


def runs_with_similarity(scale: Scale, pixel_weight: float) -> list[Experiment]:
    """Larsen's VAE-GAN with the learned similarity and so much of the pixel loss, one a seed."""
    weights = {"recon": pixel_weight, "feature": 1.0, "adv": 1.0}
    return [
        Experiment(
            f"learned similarity, recon {pixel_weight:g}, seed {seed}",
            scale.config("batch", seed, weights=weights, **LARSEN),
        ).wanting("quality")
        for seed in scale.seeds
    ]


def runs_with_schedule(scale: Scale, norm: Norm, schedule: str) -> list[Experiment]:
    """The VAE under a learning-rate schedule, one a seed; constant is Table 1's."""
    changes: dict[str, Any] = {"schedule": schedule} | (
        {"step_epochs": max(1, scale.epochs * 3 // 10)} if schedule == "step" else {}
    )
    return [
        Experiment(f"VAE, {norm}, {schedule}, seed {seed}", scale.config(norm, seed, **changes)) for seed in scale.seeds
    ]


def runs_with_norm(scale: Scale, norm: Norm) -> list[Experiment]:
    """The VAE with BatchNorm in one of its places, one a seed."""
    return [
        Experiment(f"VAE, {norm}, seed {seed}", scale.config(norm, seed)).wanting("noise", "quality")
        for seed in scale.seeds
    ]


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
