"""Thousands of damaged inputs and addresses, the same ones each time: each is read, or refused by an error of ours."""

import io
import json
import random
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from tests.ui.opened import ROOT
from vaegan import checkpoint
from vaegan.checkpoint import read_card
from vaegan.config import TrainConfig, fields_of, parse
from vaegan.data.mnist import Digits
from vaegan.data.pictures import pack, unpack
from vaegan.data.upload import from_upload
from vaegan.errors import CheckpointError, ConfigError, ImageError, VaeganError
from vaegan.lab.documents import Control, Plan, States, Status, Watchers
from vaegan.lab.run import Run
from vaegan.lab.runs import Lab
from vaegan.ui import link, pages, resources

pytestmark = pytest.mark.long
MUTANTS = 1500  # of each kind of input
NONSENSE: tuple[Any, ...] = (None, True, -1, 0, 2**70, 1e300, "", "nan", "x" * 300, "\ud800", [], [[1]], {}, {"a": {}})
WORDS = [str(word) for word in NONSENSE if word != "\ud800"] + [
    *("inf", "../../etc/passwd", "<script>alert(1)</script>", "\0", "9" * 5000, "ein Wort"),
    *("-0", "1e999", "٣", "0x10", "1,2,3", ",", "bn", "denoise", "sample", "gaussian", "AAAA", "%00", "1_000", " 1 "),
    *("a-b-c-d", "conv.plain", "seven", "latent2", "\u202e", "=" * 300, "{}", "null"),
]
OLD_RUNS = Path(__file__).parent / "lab" / "old_runs"


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Bytes with some changed, cut out, doubled or cut off."""
    result = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(result) + 1)
        match chance.randrange(4):
            case 0 if at < len(result):
                result[at] = chance.randrange(256)
            case 1:
                del result[at : at + chance.randint(1, 50)]
            case 2:
                result[at:at] = result[at : at + chance.randint(1, 50)]
            case _:
                result = result[: max(at, 1)]
    return bytes(result)


def altered(values: Any, chance: random.Random) -> Any:
    """JSON with one value somewhere in it replaced by nonsense, or left out."""
    if isinstance(values, dict) and values and chance.random() < 0.9:
        key = chance.choice(list(values))
        if chance.random() < 0.1:
            return {name: value for name, value in values.items() if name != key}
        return values | {key: altered(values[key], chance)}
    if isinstance(values, list) and values and chance.random() < 0.9:
        at = chance.randrange(len(values))
        return [*values[:at], altered(values[at], chance), *values[at + 1 :]]
    return chance.choice(NONSENSE)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP"])
def test_a_damaged_picture_is_read_or_refused(kind: str, sample: Digits) -> None:
    picture = Image.fromarray(255 - sample.test_images[0].view(28, 28).numpy()).resize((90, 120))
    file = io.BytesIO()
    picture.convert("RGB").save(file, kind)
    chance = random.Random(1)
    refused = 0
    for _ in range(MUTANTS):
        try:
            digit = from_upload(damaged(file.getvalue(), chance)).digit
        except ImageError:
            refused += 1
        else:
            assert digit.shape == (28, 28)
            assert 0 <= digit.min() <= digit.max() <= 1
    assert refused > 0


def test_a_damaged_digit_in_a_link_is_read_or_refused(sample: Digits) -> None:
    text = pack(sample.test_images[0].view(28, 28).numpy())
    chance = random.Random(2)
    refused = 0
    for _ in range(MUTANTS):
        try:
            digit = unpack(damaged(text.encode(), chance).decode("latin-1"))
        except ImageError:
            refused += 1
        else:
            assert digit.shape == (28, 28)
    assert refused > MUTANTS / 2


def test_a_damaged_card_is_read_or_refused(tmp_path: Path) -> None:
    original = (checkpoint.PRETRAINED / "paper-bn.json").read_bytes()
    file = tmp_path / "card.json"
    chance = random.Random(3)
    refused = 0
    for index in range(MUTANTS):
        changed = json.dumps(altered(json.loads(original), chance)).encode() if index % 2 else damaged(original, chance)
        file.write_bytes(changed)
        try:
            card = read_card(file)
        except CheckpointError:
            refused += 1
        else:
            assert card.model_dump_json()
    assert refused > MUTANTS / 2


def test_nonsense_in_a_configuration_is_refused_or_stays_what_it_was() -> None:
    chance = random.Random(4)
    paths = [path for path, _ in fields_of(TrainConfig)]
    refused = 0
    for _ in range(MUTANTS):
        values: dict[str, Any] = {}
        for path in chance.sample(paths, 3):
            inner = values
            for name in path[:-1]:
                inner = inner.setdefault(name, {})
            inner[path[-1]] = chance.choice((*NONSENSE, 1, 0.5, 100, float("inf")))
        try:
            config = parse(TrainConfig, values)
        except ConfigError:
            refused += 1
        else:
            assert TrainConfig.model_validate_json(config.model_dump_json()) == config
    assert 0 < refused < MUTANTS


def rewritten(file: Path, chance: random.Random) -> None:
    """Damage a file: a line of JSON in its values, anything in its bytes."""
    data = file.read_bytes()
    if file.suffix in (".json", ".jsonl") and chance.random() < 0.8:
        lines = data.splitlines() if file.suffix == ".jsonl" else [data]
        at = chance.randrange(len(lines))
        lines[at] = json.dumps(altered(json.loads(lines[at]), chance)).encode()
        file.write_bytes(b"\n".join(lines) + b"\n")
    else:
        file.write_bytes(damaged(data, chance))


def test_a_damaged_checkpoint_is_refused_in_words_or_opens(twins: Path, tmp_path: Path) -> None:
    refused = opened = 0
    for chance in map(random.Random, range(MUTANTS)):
        for file in twins.glob("tiny-bn.*"):
            shutil.copy(file, tmp_path / file.name)
        rewritten(tmp_path / chance.choice(["tiny-bn.json", "tiny-bn.safetensors"]), chance)
        try:
            found = checkpoint.load("tiny-bn", tmp_path)
        except VaeganError:
            refused += 1
        else:
            found.card.model_dump_json().encode()
            opened += 1
    print(f"{refused} refused, {opened} opened")
    assert refused > MUTANTS // 2


def looks(run: Run) -> list[Callable[[], object]]:
    """All that the Train page asks of a run."""
    documents = (Plan, Status, Control, Watchers, States)
    return [
        *(lambda kind=kind: run.read(kind) for kind in documents),
        *(lambda: run.status, lambda: run.control, lambda: run.plan.command, lambda: run.identity, run.curves),
        *(run.epochs, run.previews, run.epoch_previews, run.kept_epochs, run.csv, lambda: run.preview(8)),
        *(run.checkpoint, lambda: run.checkpoint(1), lambda: run.state(1), run.files),
    ]


def test_a_damaged_run_is_told_in_words_and_its_columns_stay_in_step(tmp_path: Path) -> None:
    names = [name.relative_to(OLD_RUNS) for name in OLD_RUNS.rglob("*") if name.is_file()]
    for chance in map(random.Random, range(500)):
        root = tmp_path / str(chance.random())
        shutil.copytree(OLD_RUNS, root)
        for name in chance.sample(names, 3):
            rewritten(root / name, chance)
        for run in Lab(root):
            for look in looks(run):
                with suppress(VaeganError):
                    look()
            assert len({len(column) for column in run.journal.columns().values()}) <= 1
        shutil.rmtree(root)


def test_whatever_an_address_says_is_taken_or_dropped(twins: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each page with some of its own names, and nonsense or another page's values behind them."""
    monkeypatch.setattr(resources, "FOLDER", twins)
    known: dict[str, set[str]] = {}
    begin = link.begin

    def noted(page: str, fields: dict[str, link.Field]) -> str | None:
        known.setdefault(page, set()).update(fields)
        return begin(page, fields)

    monkeypatch.setattr(link, "begin", noted)
    shown = [page for page in pages.PAGES if page != pages.HOME]
    for page in shown:
        AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).switch_page(page.path).run()
    assert known, "no page has told its names"
    names = sorted({*set().union(*known.values()), "present", "embed", "room", "runs", "lang"})
    for chance in map(random.Random, range(40)):
        page = chance.choice(shown)
        test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        test.switch_page(page.path)
        told = {name: "".join(chance.sample(WORDS, chance.choice([1, 1, 1, 2]))) for name in chance.sample(names, 8)}
        for name, value in told.items():
            test.query_params[name] = value
        assert not test.run().exception, f"{page.path} with {told}"
