"""`python -m vaegan reproduce`: its words, and a quick one from end to end."""

import shutil
import sys
from pathlib import Path

import pytest

from tests.conftest import present
from vaegan.cli import main
from vaegan.cli.reproduce import command_of, joined, selected
from vaegan.config import SIDE
from vaegan.errors import ConfigError
from vaegan.reproduction import paper
from vaegan.reproduction.experiments import QUICK, Scale
from vaegan.reproduction.figures import SCALE, SHOWN_DIGITS
from vaegan.reproduction.reproduce import Selection
from vaegan.reproduction.schema import Figure, Reproduction, load


def call(*words: object) -> int:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["vaegan", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main.main()
    return int(ended.value.code or 0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything, quickly."""
    out = tmp_path_factory.mktemp("reproduction")
    assert call("reproduce", "--quick", "--out", out) == 0
    return out


@pytest.fixture(scope="module")
def found(folder: Path) -> Reproduction:
    return load(folder)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("--tables 1 2 --seeds 3", "--tables 1,2 --seeds 3"),
        ("--tables 1,2", "--tables 1,2"),
        ("--tables=1 2 --quick", "--tables=1,2 --quick"),
        ("--quick --claims schedule placement", "--quick --claims schedule,placement"),
        ("--figures 10 --out here there", "--figures 10 --out here there"),
        ("--tables", "--tables"),
    ],
)
def test_several_words_after_a_list(words: str, expected: str) -> None:
    assert joined(words.split()) == expected.split()


def test_what_is_selected() -> None:
    assert selected(None, None, None) == Selection()
    assert selected("2,1,2", None, None) == Selection(tables=(1, 2), figures=(), claims=())
    assert selected(None, "15", "placement") == Selection(tables=(), figures=(15,), claims=("placement",))
    with pytest.raises(ConfigError, match="tables: there is no 5; choose from 1, 2, 3, 4"):
        selected("5", None, None)


def test_the_command_names_the_selection_and_no_folder() -> None:
    assert command_of(Selection(), QUICK) == "python -m vaegan reproduce --quick"
    chosen = Selection(tables=(1, 2), figures=(), claims=("schedule",))
    assert command_of(chosen, Scale()) == "python -m vaegan reproduce --tables 1 2 --claims schedule --seeds 5"


def test_both_ways_of_listing_reach_the_command(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for words in (["--tables", "1", "9"], ["--tables", "1,9"]):
        assert call("reproduce", *words, "--out", tmp_path) == 2
        assert "there is no 9" in capsys.readouterr().err


def test_a_plan_trains_nothing_and_says_what_everything_costs(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert call("reproduce", "--plan", "--workers", 2, "--claims", "placement", "--out", tmp_path) == 0
    *_, last = capsys.readouterr().out.splitlines()
    assert "with 2 at once" in last
    assert not list(tmp_path.iterdir())


def files_of(figure: Figure) -> list[str]:
    """The names of its pictures and charts."""
    return [picture.file for picture in figure.pictures] + [plot.file for plot in figure.plots]


@pytest.mark.slow
def test_everything_is_made(found: Reproduction, folder: Path) -> None:
    assert [table.number for table in found.tables] == list(paper.TABLES)
    assert [figure.number for figure in found.figures] == list(paper.FIGURES)
    assert [claim.name for claim in found.claims] == list(paper.CLAIMS)
    assert found.quick
    keys = {run.key for run in found.runs}
    assert all(set(figure.runs) <= keys for figure in found.figures)
    assert all(set(claim.runs) <= keys for claim in found.claims)
    for figure in found.figures:
        assert files_of(figure)
        for file in files_of(figure):
            assert (folder / file).read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_tables_are_of_the_runs_they_name(found: Reproduction) -> None:
    for table in found.tables[:2]:
        for row in table.rows:
            for place, cell in enumerate(row.cells):
                epochs = [found.run(key).epochs[place] for key in row.runs]
                assert list(cell.values) == [getattr(epoch, table.measure) for epoch in epochs]
                assert cell.paper == paper.TABLES[table.number].values[row.norm][place]


@pytest.mark.slow
def test_trials_are_ranked_and_all_are_there(found: Reproduction) -> None:
    search = found.search
    assert search is not None
    assert len(search.trials) == 3 * len(QUICK.settings)
    both = [present(trial.distances["both"]) for trial in search.trials]
    assert both == sorted(both)
    assert search.closest["both"] == 0
    assert found.table(3).rows[0].setting == search.trials[0].setting


@pytest.mark.slow
def test_the_report_says_what_the_numbers_say(found: Reproduction, folder: Path) -> None:
    text = (folder / "report.md").read_text()
    assert "**quick**" in text
    for claim in found.claims:
        assert f"**{claim.verdict.capitalize()}.** {claim.sentence}" in text
    for figure in found.figures:
        assert all(f"]({file})" in text for file in files_of(figure))
    assert str(folder) not in text + (folder / "reproduction.json").read_text()


@pytest.mark.slow
def test_a_sheet_of_digits_has_their_size(found: Reproduction, folder: Path) -> None:
    from PIL import Image

    with Image.open(folder / found.figure(10).pictures[0].file) as sheet:
        assert sheet.size == ((SHOWN_DIGITS * (SIDE + 2) - 2) * SCALE, (2 * (SIDE + 2) - 2) * SCALE)


@pytest.mark.slow
def test_a_second_call_makes_no_run_again(
    folder: Path, found: Reproduction, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(folder / "runs", tmp_path / "runs")
    assert call("reproduce", "--quick", "--tables", "1", "--claims", "schedule", "--out", tmp_path) == 0
    said = capsys.readouterr()
    assert "to go" not in said.err
    again = load(tmp_path)
    assert again.table(1) == found.table(1)
    assert again.claim("schedule") == found.claim("schedule")
    assert (again.figures, again.search) == ((), None)
