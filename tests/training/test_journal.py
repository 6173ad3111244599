import errno
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vaegan.training.curves import table
from vaegan.training.events import StepEvent
from vaegan.training.journal import JournalReader, JournalWriter, Place, line_of, numbers_by_column


def step(number: int, epoch: int = 1, **losses: float) -> dict[str, Any]:
    return line_of(
        StepEvent(
            step=number,
            epoch=epoch,
            done=number / 100,
            losses=losses or {"recon": 500 / number},
            d_real=None,
            d_fake=0.25,
            grad_norm={"encoder": float(np.float32(0.1))},
            lr=1e-3,
            images_per_s=1000.0,
        )
    )


def epoch(number: int, at: int) -> dict[str, Any]:
    values = {"average_loss": 2.0, "test_loss": 1.0 / number, "holdout_loss": None, "lr": 0.1, "images_per_s": 1.0}
    return {"kind": "epoch", "at": 0.0, "step": at, "epoch": number, "losses": {"recon": 1.0}} | values


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "events.jsonl"


def written(file: Path, lines: list[dict[str, Any]], place: Place = Place(0, 0)) -> None:  # noqa: B008
    writer = JournalWriter(file, place)
    for line in lines:
        writer.write(line)
    writer.flush(sync=True)
    writer.close()


def read(reader: JournalReader) -> list[int]:
    reader.poll()
    return [int(number) for number in reader.columns().get("step", ())]


def test_a_reader_goes_on_where_it_was_and_leaves_an_unfinished_line(file: Path) -> None:
    reader = JournalReader(file)
    assert read(reader) == []
    written(file, [step(1), step(2)])
    assert read(reader) == [1, 2]
    line = json.dumps(step(3)) + "\n"
    with file.open("a") as raw:
        raw.write(line[:40])
        raw.flush()
        assert read(reader) == [1, 2]
        raw.write(line[40:] + json.dumps(step(4))[:-1])
        raw.flush()
        assert read(reader) == [1, 2, 3]
    before = reader.version
    assert reader.poll() == before


def test_only_what_is_new_is_read(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal of ten megabytes is parsed once."""
    written(file, [step(number) for number in range(1, 2001)])
    reader = JournalReader(file)
    reader.poll()
    parsed = 0
    original = json.loads

    def counting(line: str | bytes) -> Any:
        nonlocal parsed
        parsed += 1
        return original(line)

    monkeypatch.setattr("vaegan.training.journal.json.loads", counting)
    with file.open("a") as raw:
        raw.write(json.dumps(step(2001)) + "\n")
    assert read(reader)[-1] == 2001
    assert parsed == 1


def test_a_file_that_did_not_change_is_not_read_again(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(file, [step(1)])
    reader = JournalReader(file)
    assert read(reader) == [1]

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("it was opened")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", refuse)
        assert read(reader) == [1]
    assert reader.nbytes == 8 * len(reader.columns())
    written(file, [step(1), step(2)])
    assert read(reader) == [1, 2]


def test_who_goes_on_from_a_state_tells_each_step_once(file: Path) -> None:
    reader = JournalReader(file)
    written(file, [step(1), step(2), epoch(1, 2), step(3, 2), step(4, 2), epoch(2, 4), step(5, 3)])
    with file.open("a") as raw:
        raw.write('{"kind": "step", "at"')  # the writer was killed
    assert read(reader) == [1, 2, 3, 4, 5]
    written(file, [step(5, 3), step(6, 3)], Place(4, 2))
    assert read(reader) == [1, 2, 3, 4, 5, 6]
    assert [line.epoch for line in reader.epochs] == [1, 2]
    written(file, [epoch(2, 4)], Place(4, 1))  # a state from before the epoch was measured
    assert read(reader) == [1, 2, 3, 4]
    assert [line.epoch for line in reader.epochs] == [1, 2]
    written(file, [step(1)])
    assert read(reader) == [1]
    assert reader.epochs == []


def test_a_writer_that_goes_on_knows_the_epochs_so_far(file: Path) -> None:
    written(file, [step(1), epoch(1, 1), step(2, 2), epoch(2, 2)])
    writer = JournalWriter(file, Place(1, 1))
    writer.close()
    assert [line.log.model_dump() for line in writer.epochs] == [{"epoch": 1, "average_loss": 2.0, "test_loss": 1.0}]


def test_lines_that_a_power_failure_spoilt_are_passed_over(file: Path) -> None:
    written(file, [step(1)])
    with file.open("ab") as raw:
        raw.write(bytes(100) + b"\n" + json.dumps(step(2)).encode() + b"\n[1]\n")
    assert read(JournalReader(file)) == [1, 2]


def test_numbers_keep_all_that_a_float32_has(file: Path) -> None:
    value = float(np.float32(1) / np.float32(3))
    written(file, [step(1, recon=value)])
    reader = JournalReader(file)
    reader.poll()
    columns = reader.columns()
    assert np.float32(columns["loss.recon"][0]) == np.float32(value)
    assert np.float32(columns["grad.encoder"][0]) == np.float32(0.1)
    assert np.isnan(columns["d_real"][0])
    assert columns["d_fake"].tolist() == [0.25]


def test_fast_steps_are_written_together(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = JournalWriter(file, Place(0, 0))
    appended: list[bytes] = []
    append = writer._append

    def recording(data: bytes) -> None:
        appended.append(data)
        append(data)

    monkeypatch.setattr(writer, "_append", recording)
    clock = iter(range(10**6))
    monkeypatch.setattr("vaegan.training.journal.time.monotonic", lambda: next(clock) / 1000)  # a millisecond a look
    for number in range(1, 201):
        writer.write(step(number))
    writer.flush()
    writer.close()
    assert len(appended) <= 6
    assert read(JournalReader(file)) == list(range(1, 201))


def test_a_file_that_cannot_be_written_stays_an_error(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also for the thread that comes second."""
    writer = JournalWriter(file, Place(0, 0))

    def full(_: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(writer, "_append", full)
        with pytest.raises(OSError, match="No space left"):
            writer.write(step(1))
    with pytest.raises(OSError, match="No space left"):
        writer.flush()
    writer.close()


def test_a_new_mapping_of_a_step_has_columns_under_its_own_name() -> None:
    line = {
        "kind": "step",
        "step": 3,
        "losses": {"recon": 1.5},
        "grad_norm": {"encoder": 2.5},
        "share": {"pixels": 0.5},
    }
    assert numbers_by_column(line) == {"step": 3, "loss.recon": 1.5, "grad.encoder": 2.5, "share.pixels": 0.5}


@pytest.mark.parametrize(
    "line",
    [
        *({"kind": kind} for kind in ("step", "epoch", "preview", "end", "other")),
        {"kind": ["step"]},
        *(step(2) | change for change in ({"losses": {"recon": "x"}}, {"losses": {"recon": [1]}}, {"lr": 10**400})),
        *(step(2) | change for change in ({"step": None}, {"epoch": "1"}, {"d_real": True})),
        *(epoch(1, 2) | change for change in ({"losses": None}, {"losses": {"recon": "x"}}, {"step": "x"})),
        {"kind": "preview", "at": 0, "step": "1", "epoch": 1, "file": ""},
        {"kind": "preview", "at": 0, "step": 1, "epoch": 1, "file": None},
        {"kind": "end", "at": 0, "step": 1, "epoch": 1, "reason": 3},
    ],
)
def test_a_line_that_is_none_of_ours_is_left_out_and_the_columns_stay_in_step(line: dict[str, Any], file: Path) -> None:
    written(file, [step(1)])
    with file.open("a") as raw:
        raw.write(json.dumps(line) + "\n" + json.dumps(step(3)) + "\n" + '{"kind": ' * 100_000 + "\n")
    reader = JournalReader(file)
    assert read(reader) == [1, 3]
    assert {len(column) for column in reader.columns().values()} == {2}
    assert (reader.epochs, reader.previews) == ([], [])
    assert table(reader.columns(), reader.epochs).count("\nstep,") == 2
    written(file, [step(4)], Place(3, 0))
    assert read(reader) == [1, 3, 4], "a writer leaves it out as well"


def test_a_loss_that_left_the_numbers_is_read(file: Path) -> None:
    written(file, [step(1, recon=float("inf")), step(2, recon=float("nan"))])
    assert read(JournalReader(file)) == [1, 2]


def test_a_folder_in_place_of_a_journal_counts_as_empty(file: Path) -> None:
    file.mkdir()
    assert JournalReader(file).poll() == 0
