"""The load test itself: a few sessions on every page, none of which shows an exception."""

import pytest

from tests.coroutines import in_a_thread
from tests.load import soak
from tests.load.__main__ import main
from tests.load.gestures import PAGES


@pytest.mark.long
def test_sessions_on_every_page_are_answered(capsys: pytest.CaptureFixture[str]) -> None:
    assert in_a_thread(main, ["--sessions", "3", "--seconds", "3"]) == 0
    printed = capsys.readouterr().out
    print(printed)
    for name, words, _ in PAGES.values():
        (row,) = [line for line in printed.splitlines() if line.startswith(f"| {name} | {words} |")]
        *_, answers, exceptions, _ = (cell.strip() for cell in row.split("|"))
        assert int(answers) >= 3
        assert exceptions == "0"


@pytest.mark.long
@pytest.mark.timeout(600)
def test_nothing_is_lost_when_processes_are_killed_under_a_class(capsys: pytest.CaptureFixture[str]) -> None:
    assert in_a_thread(soak.main, ["--sessions", "4", "--minutes", "1"]) == 0
    printed = capsys.readouterr().out
    print(printed)
    assert " 0 exceptions on pages" in printed
    assert "killed nothing" not in printed
