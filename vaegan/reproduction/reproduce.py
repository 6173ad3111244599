"""The whole reproduction: lists the runs that a selection needs, trains them, and writes the result."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from vaegan.checkpoint.environment import machine, versions
from vaegan.files import write_atomically
from vaegan.metrics.cards import card_data
from vaegan.reproduction import claims, figures, paper, report
from vaegan.reproduction.experiments import (
    NORMS,
    OBJECTIVES,
    Experiment,
    Scale,
    Setting,
    check_run,
    paper_runs,
    trial_runs,
)
from vaegan.reproduction.figures import Sheets
from vaegan.reproduction.measures import DEFINITIONS
from vaegan.reproduction.runner import Runner
from vaegan.reproduction.schema import FILE, Machine, Reproduction, Search, Table
from vaegan.reproduction.tables import denoising_runs, denoising_table, paper_table, search_result, setting_of
from vaegan.training.version import code_version

PACKAGES = ("torch", "numpy", "scikit-image", "scikit-learn")


@dataclass(frozen=True)
class Selection:
    """Which tables, figures and claims are to be made; all of them by default."""

    tables: tuple[int, ...] = tuple(paper.TABLES)
    figures: tuple[int, ...] = tuple(paper.FIGURES)
    claims: tuple[str, ...] = tuple(paper.CLAIMS)

    @property
    def denoises(self) -> bool:
        """Whether Tables 3 or 4, and so the search, are in it."""
        return any(paper.TABLES[number].denoising for number in self.tables)


def runs_of(selection: Selection, scale: Scale) -> list[Experiment]:
    """All runs that are known before the search has ended; its result decides which others Tables 3 and 4 need."""
    runs = [check_run()]
    if any(not paper.TABLES[number].denoising for number in selection.tables):
        runs += [run for norm in NORMS for kind in OBJECTIVES for run in paper_runs(scale, norm, kind)]
    runs += [run for number in selection.figures for run in figures.runs_of(number, scale)]
    runs += [run for name in selection.claims for run in claims.runs_of(name, scale)]
    if selection.denoises:
        runs += [run for setting in scale.settings for norm in NORMS for run in trial_runs(scale, setting, norm)]
    return runs


def reproduce(selection: Selection, scale: Scale, runner: Runner, folder: Path, command: str) -> Reproduction:
    """Make everything that is selected, and write reproduction.json, report.md and pictures into `folder`."""
    runner.make(runs_of(selection, scale))
    runner.make([run for name in selection.claims for run in claims.later_runs(name, scale, runner)])
    search, setting = _search(selection, scale, runner)
    sheets = Sheets(scale, runner, folder, setting) if setting else Sheets(scale, runner, folder)
    tables = tuple(_table(number, scale, runner, search) for number in selection.tables)
    shown = tuple(sheets.figure(number) for number in selection.figures)
    decided = tuple(claims.decide(name, scale, runner) for name in selection.claims)
    checked = runner.record(check_run())
    runs = tuple(record for record in runner.records if record.key != checked.key)
    result = Reproduction(
        quick=scale.quick,
        created=datetime.now(UTC).date().isoformat(),
        command=command,
        versions=versions(PACKAGES),
        code=code_version(),
        machine=Machine(**machine()._asdict()),
        data=card_data(runner.data),
        seeds=scale.seeds,
        seconds=round(sum(record.seconds for record in runs), 1),
        tables=tables,
        search=search,
        figures=shown,
        claims=decided,
        check=checked,
        runs=runs,
        definitions=DEFINITIONS,
    )
    write_atomically({folder / FILE: (result.model_dump_json() + "\n").encode()})
    report.write(result, folder)
    return result


def _search(selection: Selection, scale: Scale, runner: Runner) -> tuple[Search | None, Setting | None]:
    """The search's result and its closest setting, whose runs are then made with all seeds and both objectives."""
    if not selection.denoises:
        return None, None
    search = search_result(scale, runner)
    setting = setting_of(search.trials[search.closest["both"]])
    runner.make([run for norm in NORMS for kind in OBJECTIVES for run in denoising_runs(scale, setting, norm, kind)])
    return search, setting


def _table(number: int, scale: Scale, runner: Runner, search: Search | None) -> Table:
    if search is not None and paper.TABLES[number].denoising:
        return denoising_table(number, scale, runner, search)
    return paper_table(number, scale, runner)
