"""What the paper prints and claims: its four tables, its figures, its claims, and the settings of its network.

Source: S. Mandalapu, VAE-GAN: Identifying VAE-GAN Model for Latent Representation Learning. The tables have five
epochs; the ten epochs here are from the logs in Figures 11 and 13. The paper leaves out batch size, latent dimension
and learning rate. They were recovered: every printed average is a mean over 30 batches, and of the settings tried only
these fit Tables 1 and 2.
"""

from typing import Literal, NamedTuple

from vaegan.config import Norm

Measure = Literal["test_loss", "average_loss"]

EPOCHS = 10
BATCH_SIZE = 2000
LATENT_DIM = 20
LEARNING_RATE = 0.01
FIGURE_10_EPOCH = 3


class PaperTable(NamedTuple):
    """One table: its title, its measure, and for each norm a number for each epoch."""

    title: str
    measure: Measure
    denoising: bool
    values: dict[Norm, tuple[float, ...]]

    @property
    def measured(self) -> str:
        """The measure in words."""
        return {"test_loss": "test set loss", "average_loss": "average loss"}[self.measure]


class PaperFigure(NamedTuple):
    """One figure: its title, and what it shows."""

    title: str
    shows: str


class PaperClaim(NamedTuple):
    """One claim: a short title, and what the paper says, in our words."""

    title: str
    says: str


TABLES: dict[int, PaperTable] = {
    1: PaperTable(
        "Test set loss",
        "test_loss",
        False,
        {
            "none": (
                *(230.3283, 180.3972, 157.0591, 142.4545, 134.2129),
                *(128.9089, 126.7280, 124.5679, 122.2477, 119.8634),
            ),
            "batch": (
                *(147.8428, 125.5780, 114.9232, 107.7456, 103.7279),
                *(101.1813, 99.6840, 98.5898, 98.2488, 97.3294),
            ),
        },
    ),
    2: PaperTable(
        "Average loss",
        "average_loss",
        False,
        {
            "none": (
                *(469043.5302, 372118.0802, 334059.9197, 305111.0781, 286867.4531),
                *(274090.7313, 266304.3422, 261820.5401, 257664.6786, 253247.0557),
            ),
            "batch": (
                *(399735.6302, 296214.3291, 269985.8906, 253746.1599, 241967.3786),
                *(233630.7719, 227900.6109, 223998.0766, 221302.0115, 218911.9984),
            ),
        },
    ),
    3: PaperTable(
        "Test set loss, denoising",
        "test_loss",
        True,
        {
            "none": (
                *(347.0229, 247.7857, 207.1779, 186.8587, 178.0751),
                *(168.4420, 162.5893, 155.9546, 150.0192, 146.4455),
            ),
            "batch": (
                *(164.1581, 154.7473, 154.7070, 152.6874, 150.3859),
                *(144.7938, 133.7135, 132.9777, 124.2333, 121.4781),
            ),
        },
    ),
    4: PaperTable(
        "Average loss, denoising",
        "average_loss",
        True,
        {
            "none": (
                *(402239.5531, 379431.6458, 349705.4260, 328458.8552, 314208.3698),
                *(303869.9250, 296035.1833, 290033.7063, 284849.7438, 280185.8104),
            ),
            "batch": (
                *(373148.0833, 341214.8510, 324038.1042, 312138.6053, 303007.6510),
                *(295980.4438, 290391.4656, 285511.2729, 281577.5438, 278828.4031),
            ),
        },
    ),
}

FIGURES: dict[int, PaperFigure] = {
    10: PaperFigure("Reconstructions before and after BatchNorm", "test digits and their reconstructions, epoch 3"),
    11: PaperFigure("The loss log", "average and test set loss of ten epochs, without and with BatchNorm"),
    12: PaperFigure("Denoising before and after BatchNorm", "noisy digits cleaned after one epoch, d = 100"),
    13: PaperFigure("The loss log of denoising", "average and test set loss of ten epochs, without and with BatchNorm"),
    14: PaperFigure("Denoising at a higher dimension", "noisy digits cleaned with d over 500"),
    15: PaperFigure("Mapping of two numbers in latent space", "one digit turns into another"),
    16: PaperFigure("Latent space representation", "the digits in two latent dimensions before and after BatchNorm"),
    17: PaperFigure("Comparison of overfitting", "the losses on training and on test digits beside each other"),
}

CLAIMS: dict[str, PaperClaim] = {
    "convergence": PaperClaim("BatchNorm speeds up convergence", "the model converges in fewer epochs with BatchNorm"),
    "overfitting": PaperClaim("BatchNorm reduces overfitting", "BatchNorm is a cure against overfitting"),
    "adversarial": PaperClaim(
        "The adversarial term makes better samples", "the adversarial part ensures accurate and authentic samples"
    ),
    "similarity": PaperClaim(
        "A learned similarity beats the pixel loss", "reconstructions are better judged in the discriminator's features"
    ),
    "schedule": PaperClaim("A falling learning rate helps", "future work: a falling learning rate helps convergence"),
    "placement": PaperClaim(
        "BatchNorm belongs after the encoder's output too", "Algorithm 1 normalises mu and log variance as well"
    ),
    "augmentation": PaperClaim(
        "Made-up digits help to learn from few", "samples and cleaned pictures serve data augmentation"
    ),
}
