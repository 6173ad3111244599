"""reproduction.json, the result of `python -m vaegan reproduce`, and how to read it.

result = load()                       # the result that is kept with the package
result.table(1).rows[0].cells[0].paper
result.claim("overfitting").sentence
result.folder / result.figure(10).pictures[0].file
"""

from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    PrivateAttr,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
)

from vaegan.checkpoint.card import CardData
from vaegan.config import NoiseKind, Norm, TrainConfig
from vaegan.errors import DataError

FILE = "reproduction.json"
RESULT = Path(__file__).parent / "result"
Verdict = Literal["holds", "partly", "does not hold", "undecided"]
Objective = Literal["VAE", "VAE-GAN"]
TestedOn = Literal["noisy", "clean", "masked"]
Cell = str | int | float | None
NAMED: dict[Norm, str] = {"none": "no BatchNorm", "hidden": "BatchNorm in hidden layers only", "batch": "BatchNorm"}
P = TypeVar("P", bound="Part")


class Part(BaseModel):
    """Base of all parts of the file: frozen, an unknown field is an error, and every number is finite."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Machine(Part):
    """The machine that the runs were trained on."""

    cpu: str
    cores: int
    threads: int


_ALWAYS_WRITTEN = ("epoch", "average_loss", "test_loss")  # of an epoch; each kept one is five thousand times there


class Epoch(Part):
    """One pass of a run. `average_loss` is a batch's sum, averaged over batches; others are means per image, z = mu.

    `train_loss` is measured after the pass, on at most 10,000 training digits. If `test_loss` is of noisy digits,
    `clean_loss` is that of clean ones and `masked_loss` that of masked ones. All are None if no experiment asks.
    """

    epoch: int
    average_loss: float | None
    test_loss: float | None
    train_loss: float | None = None
    clean_loss: float | None = None
    masked_loss: float | None = None

    @model_serializer(mode="wrap")
    def _without_what_nobody_asked(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in write(self).items() if value is not None or name in _ALWAYS_WRITTEN}


class RunRecord(Part):
    """One training run: settings, digits, origin and all its numbers. `measures` are those of its last weights."""

    key: str  # a hash of what decides the weights
    name: str
    config: TrainConfig
    data: CardData
    start: str | None  # the key of the run whose last weights it began with
    epochs: tuple[Epoch, ...]
    measures: dict[str, float]
    measured: tuple[str, ...]  # which groups of measures were asked for
    seconds: float
    failure: str | None = None  # why it ended early, for example that it diverged


class EpochCell(Part):
    """One epoch of a row: each seed's value, their mean, where one more seed would lie, and the paper's.

    One more seed lies from `low` to `high` with 95 % confidence. `outside` is 0 where the paper's value lies there too,
    else how far above (> 0) or below.
    """

    epoch: int
    values: tuple[float, ...]
    mean: float
    low: float
    high: float
    paper: float | None
    outside: float | None


class TableRow(Part):
    """One setting of a table, epoch by epoch."""

    norm: Norm
    objective: Objective
    setting: str
    runs: tuple[str, ...]
    cells: tuple[EpochCell, ...]

    @property
    def within(self) -> int:
        """At how many epochs the paper's value lies where one more seed would."""
        return sum(cell.outside == 0 for cell in self.cells)

    @property
    def farthest(self) -> float:
        """The largest distance of the paper's value from there."""
        return max((abs(cell.outside) for cell in self.cells if cell.outside is not None), default=0.0)


class Table(Part):
    """One of the paper's tables."""

    number: int
    title: str
    measure: Literal["test_loss", "average_loss"]
    note: str
    rows: tuple[TableRow, ...]


class Trial(Part):
    """One denoising setting that was tried, with BatchNorm and without; `distances` by norm and for "both".

    A distance is the mean absolute relative error over the epochs of Tables 3 and 4; None if the run failed.
    """

    setting: str
    noise: NoiseKind
    level: float
    start: Literal["scratch", "warm", "again"]
    lr: float
    latent_dim: int
    hidden_dim: int
    own_hidden_dim: int | None = None  # None: as other models with so many latent dimensions have
    tested_on: TestedOn
    runs: dict[Norm, str]
    distances: dict[str, float | None]
    by_seed: dict[Norm, tuple[float | None, ...]] = {}  # of each seed that was tried; `distances` are their means


class Search(Part):
    """The search for the setting of Tables 3 and 4; `trials` are ranked by the distance of "both"."""

    rule: str
    trials: tuple[Trial, ...]
    closest: dict[str, int]  # "both", "batch", "none" -> the trial's place in `trials`
    gap: str


class PlotLine(Part):
    """Points to draw."""

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    dashed: bool = False  # drawn dashed, to tell it from the others, as for the paper's numbers


class Plot(Part):
    """A chart as data: the Results page draws it with plotly, the report shows the PNG `file`."""

    title: str
    x_title: str
    y_title: str
    kind: Literal["lines", "points"]
    curves: tuple[PlotLine, ...]
    file: str
    log_y: bool = False


class Picture(Part):
    """A sheet of digits, PNG, beside the JSON."""

    file: str
    caption: str
    norm: Norm | None


class Figure(Part):
    """One of the paper's figures."""

    number: int
    title: str
    shows: str
    setting: str
    pictures: tuple[Picture, ...]
    plots: tuple[Plot, ...]
    runs: tuple[str, ...]


class Evidence(Part):
    """Numbers as a table: a cell is a text, a number, or None where there is none."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


class Gain(Part):
    """One comparison of a claim: paired differences over seeds, above 0 where the claim's side is better.

    The interval is None if a run diverged or there are too few seeds. `aside` comparisons are shown for what they
    teach, and decide nothing.
    """

    name: str
    pairs: int
    mean: float | None
    low: float | None
    high: float | None
    margin: float  # the smallest difference that matters
    unit: str
    reason: str  # why it is that
    outcome: Literal["gain", "no gain", "loss", "undecided"]
    aside: bool = False


class Claim(Part):
    """One claim: what the paper says, the rule by which numbers decide, the verdict and its sentence."""

    name: str
    title: str
    says: str
    setting: str
    rule: str
    verdict: Verdict
    sentence: str
    evidence: Evidence
    plots: tuple[Plot, ...]
    runs: tuple[str, ...]
    gains: tuple[Gain, ...] = ()


class Reproduction(Part):
    """The whole result. `quick` means few digits and epochs, to see that it works: do not compare it with the paper."""

    format: Literal[2] = 2
    quick: bool
    created: str  # ISO date
    command: str
    versions: dict[str, str]
    code: str  # a hash of the sources that decide the weights, and of torch's version
    machine: Machine
    data: CardData
    seeds: tuple[int, ...]
    seconds: float  # for which all runs together trained
    tables: tuple[Table, ...]
    search: Search | None
    figures: tuple[Figure, ...]
    claims: tuple[Claim, ...]
    check: RunRecord | None  # a short run on the bundled sample, to be repeated anywhere
    runs: tuple[RunRecord, ...]
    definitions: dict[str, str]
    _folder: Path = PrivateAttr(default=RESULT)

    @property
    def folder(self) -> Path:
        """Where the pictures are."""
        return self._folder

    def table(self, number: int) -> Table:
        """The table of this number; DataError if it was not made."""
        return _the(self.tables, "number", number)

    def figure(self, number: int) -> Figure:
        """The figure of this number; DataError if it was not made."""
        return _the(self.figures, "number", number)

    def claim(self, name: str) -> Claim:
        """The claim of this name; DataError if it was not examined."""
        return _the(self.claims, "name", name)

    def run(self, key: str) -> RunRecord:
        """The run with this key; DataError if there is none."""
        return _the(self.runs, "key", key)


def load(folder: Path = RESULT) -> Reproduction:
    """What `folder` holds; DataError says what is wrong and what to do."""
    file = folder / FILE
    remedy = f"restore it from the repository, or run `python -m vaegan reproduce --out {folder.as_posix()}`"
    try:
        result = Reproduction.model_validate_json(file.read_bytes())
    except FileNotFoundError as error:
        raise DataError(f"there is no {FILE} in {folder}; {remedy}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise DataError(f"{file} is no result of a reproduction: {place}: {first['msg']}; {remedy}") from error
    result._folder = folder
    return result


def _the(parts: tuple[P, ...], field: str, value: object) -> P:
    for part in parts:
        if getattr(part, field) == value:
            return part
    available = ", ".join(str(getattr(part, field)) for part in parts) or "none"
    raise DataError(f"the reproduction has no {field} {value!r}; it has {available}; make it by `reproduce`")
