"""The command that makes the paper's tables, figures and claims again."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import torch
import typer
from typer.core import TyperCommand

from vaegan.cli.options import DataOption, stderr
from vaegan.data import mnist
from vaegan.errors import ConfigError
from vaegan.lab.environment import address_from_environment
from vaegan.lab.jobs import Jobs
from vaegan.reproduction import paper, plan, report
from vaegan.reproduction.experiments import QUICK, Scale
from vaegan.reproduction.reproduce import Selection, reproduce
from vaegan.reproduction.runner import Runner
from vaegan.reproduction.trainers import ClusterTrainer

LISTS = ("--tables", "--figures", "--claims")
QUICK_TEST_DIGITS = 500

app = typer.Typer()


class ListOptions(TyperCommand):
    """Lets an option take several words: `--tables 1 2` is `--tables 1,2`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Join the words of each list, then parse as Click does."""
        return super().parse_args(ctx, joined(args))


def joined(words: Sequence[str]) -> list[str]:
    """The words of a command line; those that follow one of LISTS are joined by commas into one word."""
    joined_words: list[str] = []
    collecting = False
    for word in words:
        if word.startswith("-"):
            name, has_value, _ = word.partition("=")
            collecting = name in LISTS
            joined_words.append(word)
            fresh = not has_value
        elif collecting and not fresh:
            joined_words[-1] += f",{word}"
        else:
            joined_words.append(word)
            fresh = False
    return joined_words


@app.command("reproduce", cls=ListOptions)
def reproduce_paper(
    out: Annotated[
        Path, typer.Option("--out", help="Folder for reproduction.json, report.md, pictures and runs.")
    ] = Path("runs/reproduction"),
    tables: Annotated[
        str | None, typer.Option("--tables", metavar="N ...", help=f"Only these: {', '.join(map(str, paper.TABLES))}.")
    ] = None,
    figures: Annotated[
        str | None,
        typer.Option("--figures", metavar="N ...", help=f"Only these: {', '.join(map(str, paper.FIGURES))}."),
    ] = None,
    claims: Annotated[
        str | None, typer.Option("--claims", metavar="NAME ...", help=f"Only these: {', '.join(paper.CLAIMS)}.")
    ] = None,
    seeds: Annotated[int, typer.Option("--seeds", min=1, max=50, help="How many seeds, from 0 on.")] = 5,
    quick: Annotated[
        bool, typer.Option("--quick", help="One seed, few digits and epochs: shows in under a minute that it works.")
    ] = False,
    workers: Annotated[
        int, typer.Option("--workers", min=1, max=64, help="Runs at once on this machine, on one thread each.")
    ] = 1,
    minutes: Annotated[
        float | None,
        typer.Option("--minutes", min=0, help="Begin no run after so long; the same command then goes on."),
    ] = None,
    plan_only: Annotated[
        bool, typer.Option("--plan", help="Train nothing: print every run and about how long it takes.")
    ] = False,
    data: DataOption = None,
    scheduler: Annotated[
        str | None,
        typer.Option("--scheduler", help="Train on this Dask cluster; else VAEGAN_SCHEDULER, else in this process."),
    ] = None,
) -> None:
    """Make the paper's tables, figures and claims again, all or a selection. Goes on where it was interrupted."""
    selection = selected(tables, figures, claims)
    scale = QUICK if quick else replace(Scale(), seeds=tuple(range(seeds)), many_seeds=tuple(range(2 * seeds)))
    if plan_only:
        typer.echo("\n".join(plan.table(plan.plan(selection, scale), selection, scale, workers)))
        return
    sample = mnist.load_sample()
    digits = sample.subset(test=min(QUICK_TEST_DIGITS, len(sample.test_images))) if quick else mnist.load(data)
    if quick or workers > 1:  # threads would only wait for each other; and the result says with how many it was made
        torch.set_num_threads(1)
    stderr.print(f"reproduce on {digits.label}", highlight=False)
    address = scheduler or address_from_environment()
    out.mkdir(parents=True, exist_ok=True)

    def tell(line: str) -> None:
        stderr.print(line, highlight=False)

    command = command_of(selection, scale)
    if address is None:
        runner = Runner(out / "runs", digits, sample, report=tell, workers=workers, minutes=minutes)
        result = reproduce(selection, scale, runner, out, command)
    else:
        with Jobs(digits, scheduler=address) as jobs:
            runner = Runner(out / "runs", digits, sample, ClusterTrainer(jobs), tell, minutes=minutes)
            result = reproduce(selection, scale, runner, out, command)
    for table in result.tables:
        typer.echo("\n".join(report.sentence(table)))
    for claim in result.claims:
        typer.echo(f"{claim.title}: {claim.verdict}. {claim.sentence}")
    typer.echo(f"{len(result.runs)} runs, {result.seconds:.0f} s of training: {out / 'report.md'}")


def command_of(selection: Selection, scale: Scale) -> str:
    """The command that makes the same result again, without the folder."""
    everything, words = Selection(), ["python -m vaegan reproduce"]
    if selection != everything:
        for name in ("tables", "figures", "claims"):
            chosen = getattr(selection, name)
            words += [f"--{name} {' '.join(map(str, chosen))}"] if chosen else []
    return " ".join([*words, "--quick" if scale.quick else f"--seeds {len(scale.seeds)}"])


def selected(tables: str | None, figures: str | None, claims: str | None) -> Selection:
    """What the three options name; everything if none of them is given."""
    if tables is figures is claims is None:
        return Selection()
    return Selection(
        tables=tuple(map(int, _listed("tables", tables, [str(number) for number in paper.TABLES]))),
        figures=tuple(map(int, _listed("figures", figures, [str(number) for number in paper.FIGURES]))),
        claims=tuple(_listed("claims", claims, list(paper.CLAIMS))),
    )


def _listed(name: str, text: str | None, known: Sequence[str]) -> list[str]:
    """The choices in a text such as `1,2`, each once and in the paper's order; ConfigError names unknown ones."""
    words = [word for word in (text or "").replace(" ", ",").split(",") if word]
    wrong = [word for word in words if word not in known]
    if wrong:
        raise ConfigError(f"{name}: there is no {', '.join(wrong)}; choose from {', '.join(known)}")
    return [word for word in known if word in words]
