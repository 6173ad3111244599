"""What files and folders of runs are called: names that stored runs rely on."""

from pathlib import Path

import pytest

from vaegan.lab import layout

OLD_RUN = Path(__file__).parent / "old_runs" / "d8b0bded5be1"


@pytest.mark.parametrize(
    "name", [layout.PLAN, layout.WATCHERS, layout.CONTROL, layout.STATUS, layout.JOURNAL, layout.STATES]
)
def test_a_stored_run_has_files_of_these_names(name: str) -> None:
    assert (OLD_RUN / name).is_file()
    assert (OLD_RUN / layout.preview_name(8)).is_file()


def test_each_file_stands_in_the_docstring() -> None:
    names = [value for name, value in vars(layout).items() if name.isupper() and isinstance(value, str)]
    for name in [*names, layout.state_name(3), layout.preview_name(12)]:
        if not name.startswith("."):
            assert f"    {name} " in (layout.__doc__ or ""), name


def test_epochs_are_read_from_the_names_of_states(tmp_path: Path) -> None:
    assert layout.epochs_with_state(tmp_path) == []
    (tmp_path / "states").mkdir()
    for name in (layout.state_name(12), layout.state_name(3), layout.STOPPED, layout.START, "states/.epoch-00001.tmp"):
        (tmp_path / name).touch()
    assert layout.epochs_with_state(tmp_path) == [3, 12]


def test_a_deleted_run_is_no_run(tmp_path: Path) -> None:
    assert layout.run_ids(tmp_path / "missing") == []
    assert layout.deleted_folders(tmp_path / "missing") == []
    for name in ("0123456789ab", "0123456789AB", "0123456789a", "notes.txt"):
        (tmp_path / name).mkdir()
    assert layout.run_ids(tmp_path) == ["0123456789ab"]
    away = layout.deleted_folder(tmp_path, "0123456789ab")
    (tmp_path / "0123456789ab").rename(away)
    assert layout.run_ids(tmp_path) == []
    assert layout.deleted_folders(tmp_path) == [away]
    assert layout.deleted_folder(tmp_path, "0123456789ab") != away, "it may be deleted, trained, and deleted again"
