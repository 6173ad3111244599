"""Stored files and addresses changed at random: whatever stands there is refused in words, or does no harm.

Each test draws its changes from one seed and goes on for a bounded time. What is uploaded has tests of its own, in
tests/data, as training states have in tests/checkpoint.
"""

import json
import random
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.test_pages import ROOT
from vaegan import checkpoint
from vaegan.errors import VaeganError
from vaegan.lab.documents import Control, Plan, States, Status, Watchers
from vaegan.lab.run import Run
from vaegan.lab.runs import Lab
from vaegan.ui import link, pages, resources

SECONDS = 15.0  # a test
WRONG: list[Any] = [
    *(None, True, -1, 0, 0.5, 10**30, 1e308, float("nan"), float("inf"), [], {}, [[1]], {"x": 1}),
    *("", "x", "../../etc/passwd", "\ud800", "ein Wort", "9" * 5000, "<script>alert(1)</script>", "\0"),
]
WORDS = [str(word) for word in WRONG if word != "\ud800"] + [
    *("-0", "1e999", "٣", "0x10", "1,2,3", ",", "bn", "denoise", "sample", "gaussian", "AAAA", "%00", "1_000", " 1 "),
    *("a-b-c-d", "conv.plain", "seven", "latent2", "\u202e", "=" * 300, "{}", "null"),
]
OLD_RUNS = Path(__file__).parent / "lab" / "old_runs"

pytestmark = pytest.mark.long


def chances(least: int) -> Iterator[random.Random]:
    """A generator of random numbers for each case, until the time is over, but of so many cases at least."""
    end = time.monotonic() + SECONDS
    case = 0
    while case < least or time.monotonic() < end:
        yield random.Random(case)
        case += 1


def changed(values: Any, chance: random.Random) -> Any:
    """JSON with another value, key or length in one place."""
    if not isinstance(values, dict | list) or not values or chance.random() < 0.1:
        return chance.choice(WRONG)
    if isinstance(values, list):
        at = chance.randrange(len(values))
        return chance.choice([values[:at], values * 2, [*values[:at], changed(values[at], chance), *values[at + 1 :]]])
    key = chance.choice(sorted(values))
    others = {name: value for name, value in values.items() if name != key}
    return chance.choice([others, others | {"other": values[key]}, values | {key: changed(values[key], chance)}])


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Bytes of which some are missing, doubled or others."""
    first, last = sorted(chance.randrange(len(data) + 1) for _ in range(2))
    middle = bytes(chance.randrange(256) for _ in range(chance.randrange(1, 9)))
    return chance.choice(
        [
            data[:first],
            data[:first] + data[last:],
            data[:last] + data[first:],
            data[:first] + middle + data[first + 8 :],
        ]
    )


def rewritten(file: Path, chance: random.Random) -> None:
    """Damage a file: a line of JSON in its values, anything in its bytes."""
    data = file.read_bytes()
    if file.suffix in (".json", ".jsonl") and chance.random() < 0.8:
        lines = data.splitlines() if file.suffix == ".jsonl" else [data]
        at = chance.randrange(len(lines))
        lines[at] = json.dumps(changed(json.loads(lines[at]), chance)).encode()
        file.write_bytes(b"\n".join(lines) + b"\n")
    else:
        file.write_bytes(damaged(data, chance))


def test_a_damaged_checkpoint_is_refused_in_words_or_opens(twins: Path, tmp_path: Path) -> None:
    refused = opened = 0
    for chance in chances(200):
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
    assert refused > 100


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
    for chance in chances(60):
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
    for chance in chances(20):
        page = chance.choice(shown)
        test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        test.switch_page(page.path)
        told = {name: "".join(chance.sample(WORDS, chance.choice([1, 1, 1, 2]))) for name in chance.sample(names, 8)}
        for name, value in told.items():
            test.query_params[name] = value
        assert not test.run().exception, f"{page.path} with {told}"
