"""The command for those who write lessons."""

from pathlib import Path
from typing import Annotated

import typer

from vaegan.cli.options import stderr
from vaegan.errors import LessonError
from vaegan.lessons import shelf

app = typer.Typer(help="Lessons of the Learn page.", no_args_is_help=True)


@app.callback()
def lesson() -> None:
    """Lessons of the Learn page."""


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Lesson files: TOML, any name.")],
) -> None:
    """Say with file, step and key what is wrong with lessons; exit code 1 if anything is."""
    wrong = False
    for file in files:
        try:
            found = shelf.check(file)
        except LessonError as error:
            wrong = True
            stderr.print(str(error), markup=False, highlight=False, soft_wrap=True)
            continue
        first = found[0]
        languages = f", in {len(found)} languages" if len(found) > 1 else ""
        typer.echo(
            f"{file.name}: “{first.title}”, {len(first.steps)} steps, {first.predictions} predictions, "
            f"{first.minutes} minutes{languages}: nothing is wrong"
        )
    if wrong:
        raise typer.Exit(1)
