"""Journals in memory: only as many as there is room for, each read once."""

from pathlib import Path

import pytest

from vaegan.lab.open_journals import OpenJournals
from vaegan.training.events import StepEvent
from vaegan.training.journal import JournalWriter, Place, line_of

STEPS = 100


def write(file: Path, steps: int = STEPS) -> Path:
    writer = JournalWriter(file, Place(0, 0))
    for step in range(1, steps + 1):
        losses = {"recon": 1 / step, "kl": 1.0}
        writer.write(line_of(StepEvent(step, 1, step / steps, losses, None, None, {"encoder": 1.0}, 0.1, 9.0)))
    writer.flush()
    writer.close()
    return file


def test_what_was_not_asked_for_the_longest_makes_room(tmp_path: Path) -> None:
    files = [write(tmp_path / str(number)) for number in range(4)]
    size = OpenJournals()
    size.open(files[0]).curves(10)
    one = size.open(files[0]).reader.nbytes
    assert one == pytest.approx(8 * 10 * STEPS, rel=0.2), "ten columns, not counting what Python adds"
    journals = OpenJournals(2 * one)
    opened = [journals.open(file) for file in files[:2]]
    for journal in opened:
        journal.curves(10)
    assert journals.open(files[0]) is opened[0]
    third = journals.open(files[2])
    third.curves(10)
    assert len(journals) == 3, "what it takes is known when it was read"
    assert journals.open(files[2]) is third
    assert len(journals) == 2
    assert journals.open(files[0]) is opened[0]
    again = journals.open(files[1])
    assert again is not opened[1]
    assert again.curves(10).step.tolist() == opened[1].curves(10).step.tolist()


def test_one_that_is_larger_than_all_room_stays_while_it_is_the_last(tmp_path: Path) -> None:
    journals = OpenJournals(1)
    large = journals.open(write(tmp_path / "a"))
    large.curves(10)
    assert journals.open(tmp_path / "a") is large
    journals.close(tmp_path / "a")
    assert len(journals) == 0


def test_equal_calls_between_two_lines_share_one_answer(tmp_path: Path) -> None:
    journal = OpenJournals().open(write(tmp_path / "a"))
    curves = journal.curves(10)
    assert journal.curves(10) is curves
    assert len(journal.curves(200).step) == STEPS
    write(tmp_path / "a", 50)
    assert journal.curves(200).step[-1] == 50
