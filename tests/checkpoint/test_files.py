import hashlib
import json
import os
import pickle
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch
from torch import Tensor, nn

from tests.conftest import dense_parts, present
from vaegan.checkpoint import files
from vaegan.checkpoint.card import Card
from vaegan.checkpoint.files import available, load, pairs, rounded, save, save_card, weights_bytes
from vaegan.checkpoint.formats import newest
from vaegan.checkpoint.state import load_state
from vaegan.config import ModelConfig
from vaegan.errors import CheckpointError
from vaegan.model.networks import build

WEIGHT = "decoder.output.bias"
KERNEL = "decoder.output.weight"


@pytest.fixture
def folder(tmp_path: Path, twins: Path) -> Path:
    """A copy of `tiny-bn`, to be damaged."""
    for ending in ("json", "safetensors"):
        shutil.copy(twins / f"tiny-bn.{ending}", tmp_path)
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def edit_card(folder: Path, **changes: Any) -> None:
    file = folder / "tiny-bn.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


def write_weights(folder: Path, data: bytes) -> None:
    """Replace the weights and let the card vouch for them, as one who forges both would."""
    (folder / "tiny-bn.safetensors").write_bytes(data)
    edit_card(folder, sha256=hashlib.sha256(data).hexdigest())


def read_weights(folder: Path) -> bytes:
    return (folder / "tiny-bn.safetensors").read_bytes()


def change_weights(change: Callable[[dict[str, Tensor]], object]) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        weights = safetensors.torch.load(read_weights(folder))
        change(weights)
        write_weights(folder, safetensors.torch.save(weights))

    return damage


def flip_byte(folder: Path) -> None:
    data = bytearray(read_weights(folder))
    data[-1000] ^= 1
    (folder / "tiny-bn.safetensors").write_bytes(data)


def unknown_type(folder: Path) -> None:
    """A number format that safetensors knows and torch does not, at least as a state dict's."""
    header = json.dumps({WEIGHT: {"dtype": "F8_E8M0", "shape": [4], "data_offsets": [0, 4]}}).encode()
    write_weights(folder, len(header).to_bytes(8, "little") + header + bytes(4))


def card_text(text: str | bytes) -> Callable[[Path], object]:
    data = text.encode() if isinstance(text, str) else text
    return lambda folder: (folder / "tiny-bn.json").write_bytes(data)


DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "no card": (lambda folder: (folder / "tiny-bn.json").unlink(), r"tiny-bn\.json is missing; restore it"),
    "no weights": (lambda folder: (folder / "tiny-bn.safetensors").unlink(), r"safetensors is missing; restore it"),
    "cut short": (
        lambda folder: (folder / "tiny-bn.safetensors").write_bytes(read_weights(folder)[:-100]),
        "is damaged or not the one of its card .* restore it .* train it again: python -m vaegan",
    ),
    "cut short, vouched for": (lambda folder: write_weights(folder, read_weights(folder)[:-100]), "is no safetensors"),
    "empty, vouched for": (lambda folder: write_weights(folder, b""), "is no safetensors file .* restore it"),
    "one bit": (flip_byte, "is damaged"),
    "unknown type": (unknown_type, "restore it"),
    "wrong shape": (
        change_weights(lambda w: w.update({WEIGHT: torch.zeros(783)})),
        r"has decoder.output.bias of shape \(783,\) instead of \(784,\); restore it",
    ),
    "NaN": (change_weights(lambda w: w[WEIGHT].fill_(torch.nan)), "decoder.output.bias that are not finite; restore"),
    "infinity": (change_weights(lambda w: w[WEIGHT][3].fill_(torch.inf)), "that are not finite"),
    "integers": (change_weights(lambda w: w.update({WEIGHT: w[WEIGHT].long()})), "decoder.output.bias .*int64"),
    "complex": (change_weights(lambda w: w.update({WEIGHT: w[WEIGHT] + 1j})), "decoder.output.bias .*complex64"),
    "float16 where float32 belongs": (
        change_weights(lambda w: w.update({WEIGHT: w[WEIGHT].half()})),
        "decoder.output.bias of type torch.float16 instead of torch.float32",
    ),
    "infinity in float16": (
        change_weights(lambda w: w.update({KERNEL: torch.full_like(w[KERNEL], torch.inf).half()})),
        "numbers in decoder.output.weight that are not finite",
    ),
    "float8": (change_weights(lambda w: w.update({WEIGHT: w[WEIGHT].to(torch.float8_e5m2)})), "decoder.output.bias"),
    "a weight too few": (change_weights(lambda w: w.pop(WEIGHT)), "has no decoder.output.bias"),
    "a weight too many": (change_weights(lambda w: w.update(extra=torch.zeros(1))), "has an unknown extra"),
    "no prior": (
        change_weights(lambda w: [w.pop(f"prior.{name}") for name in ("weights", "means", "factors")]),
        r"safetensors has no components of a fitted prior, where its card says \d+; restore it",
    ),
    "half a prior": (
        change_weights(lambda w: w.pop("prior.means")),
        r"safetensors has a fitted prior of factors, weights instead of weights, means, factors; restore it",
    ),
    "a prior that its card does not know": (
        lambda folder: edit_card(folder, prior=None),
        r"has \d+ components of a fitted prior, where its card says none; restore it",
    ),
    "a prior that is none": (
        change_weights(lambda w: w["prior.weights"].mul_(2)),
        r"has prior\.weights that are not all above 0 with a sum of 1; restore it .* train it again: python -m vaegan",
    ),
    "another size": (
        lambda folder: edit_card(folder, config={"model": {"latent_dim": 9, "hidden_dim": 64}}),
        "instead of",
    ),
    "impossible size": (lambda folder: edit_card(folder, config={"model": {"latent_dim": 0}}), "latent_dim"),
    "newer format": (
        lambda folder: edit_card(folder, format=newest(Card) + 1),
        f"has format {newest(Card) + 1}, .* up to {newest(Card)}; update vaegan",
    ),
    "no format": (lambda folder: edit_card(folder, format=0), "is no checkpoint card: format"),
    "format in words": (lambda folder: edit_card(folder, format="1"), "is no checkpoint card: format"),
    "no JSON": (card_text("weights, mostly"), "is no JSON .* restore it"),
    "no text": (card_text(bytes(range(256))), "is no JSON"),
    "empty card": (card_text(""), "is no JSON"),
    "deep": (card_text("[" * 200_000), "is no JSON"),
    "long number": (card_text('{"format": ' + "9" * 5000 + "}"), "is no JSON"),
    "half a character": (card_text('{"name": "\\ud800"}'), "is no JSON .*surrogates"),
    "a list": (card_text("[1]"), "is no checkpoint card"),
    "extra field": (lambda folder: edit_card(folder, remark="mine"), "is no checkpoint card: remark: .* restore it"),
    "wrong field": (lambda folder: edit_card(folder, epochs="many"), "is no checkpoint card: epochs"),
    "huge card": (lambda folder: edit_card(folder, command="x" * 2**20), "more than the 1,048,576 bytes allowed"),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_checkpoint_is_refused_in_a_sentence(folder: Path, name: str) -> None:
    load("tiny-bn", folder)  # it was whole
    damage, message = DAMAGES[name]
    damage(folder)
    with pytest.raises(CheckpointError, match=message) as error:
        load("tiny-bn", folder)
    assert "\n" not in str(error.value)


def test_huge_weights_are_not_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_WEIGHTS_BYTES", len(read_weights(folder)) - 1)
    with pytest.raises(CheckpointError, match=r"has more than the .* bytes allowed"):
        load("tiny-bn", folder)


class Payload:
    """Creates a file when it is unpickled."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.file,)


def zipped_pickle(payload: Payload, folder: Path) -> bytes:
    torch.save(payload, folder / "saved")
    return (folder / "saved").read_bytes()


@pytest.mark.parametrize("kind", ["pickle", "torch.save"])
def test_a_pickle_is_refused_and_never_run(folder: Path, kind: str) -> None:
    witness = folder / "ran"
    data = pickle.dumps(Payload(witness)) if kind == "pickle" else zipped_pickle(Payload(witness), folder)
    write_weights(folder, data)
    with pytest.raises(CheckpointError, match="is no safetensors file"):
        load("tiny-bn", folder)
    (folder / "tiny-bn.state.safetensors").write_bytes(data)
    with pytest.raises(CheckpointError, match="is no training state"):
        load_state(folder / "tiny-bn.state.safetensors")
    assert not witness.exists()
    if kind == "pickle":
        pickle.loads(data)
        assert witness.exists(), "the payload is a dud, so nothing was tested"


NAMES = ["../x", "/etc/passwd", "", ".", "..", "/", "a\0b", "tiny_bn", "Tiny-bn", "tiny-bn/../../x", "~", "y" * 5000]


@pytest.mark.parametrize("name", [*NAMES, "x/" * 3000, "tiny-bn.state.safetensors", "nope", "-", "a\nb"])
def test_a_name_that_is_none_is_refused(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    with pytest.raises(CheckpointError, match=r"there is no checkpoint .*(there are: tiny-bn|give a name)"):
        load(name, folder)


@pytest.mark.parametrize("name", [*NAMES[:-1], "a\n", "a" * 300])
def test_nothing_is_saved_under_a_name_that_is_none(twins: Path, tmp_path: Path, name: str) -> None:
    found = load("tiny-bn", twins)
    renamed = replace(found, card=found.card.model_copy(update={"name": name}))
    with pytest.raises(CheckpointError, match="use small letters, digits and single hyphens"):
        save(renamed, tmp_path / "inner")
    assert list(tmp_path.iterdir()) == []


def test_a_round_trip_gives_the_same_pixels(twins: Path, tmp_path: Path) -> None:
    model = build(ModelConfig(latent_dim=8, hidden_dim=64), 0).eval()
    norm = dense_parts(model)[0].output_norm
    assert isinstance(norm, nn.BatchNorm1d)
    with torch.no_grad():
        present(norm.running_mean).normal_()  # buffers travel too
    weights = {
        name: value.mT.contiguous().mT if value.dim() == 2 else value for name, value in model.state_dict().items()
    }
    path = save(replace(load("tiny-bn", twins), weights=weights), tmp_path / "new" / "folder")
    x = torch.rand(5, 784)
    again = load(path).build()
    assert not again.training
    with torch.no_grad():
        assert torch.equal(again(x).x_hat, model(x).x_hat)
        assert torch.equal(again.discriminate(x), model.discriminate(x))


def test_rounded_weights_are_kept_in_half_the_bytes(twins: Path, tmp_path: Path) -> None:
    whole = load("tiny-bn", twins)
    weights = rounded(whole.weights)
    for name, value in whole.weights.items():
        matrix = value.dim() >= 2
        assert torch.equal(weights[name], value.half().float() if matrix else value)
        assert not matrix or not torch.equal(weights[name], value)
    without_prior = replace(whole, card=whole.card.model_copy(update={"prior": None}), weights=weights, prior=None)
    file = Path(f"{save(without_prior, tmp_path)}.safetensors")
    stored = safetensors.torch.load(file.read_bytes())
    assert {value.dtype for value in stored.values() if value.dim() >= 2} == {torch.float16}
    assert all(value.dtype == whole.weights[name].dtype for name, value in stored.items() if value.dim() < 2)
    assert file.stat().st_size < 0.55 * (twins / "tiny-bn.safetensors").stat().st_size
    again = load("tiny-bn", tmp_path)
    assert all(torch.equal(value, weights[name]) for name, value in again.weights.items())
    assert all(value.dtype == whole.weights[name].dtype for name, value in again.weights.items())
    assert weights_bytes(again.weights) == file.read_bytes(), "what is loaded is written again as it was"


def test_weights_that_float16_would_change_are_kept_whole(twins: Path) -> None:
    weights = load("tiny-bn", twins).weights
    weights[KERNEL] = torch.full_like(weights[KERNEL], 1e6)
    assert weights_bytes(weights) == safetensors.torch.save(weights)
    with pytest.raises(CheckpointError, match=r"decoder.output.weight has numbers beyond 65,504, .* keep float32"):
        rounded(weights)


def test_the_card_carries_the_hash_of_its_weights(folder: Path) -> None:
    assert load("tiny-bn", folder).card.sha256 == hashlib.sha256(read_weights(folder)).hexdigest()


@pytest.mark.parametrize("name", ["tiny-bn", "./tiny-bn", "tiny-bn.json", "tiny-bn.safetensors"])
@pytest.mark.parametrize("kind", [str, Path])
def test_a_path_serves_as_a_name(folder: Path, name: str, kind: type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert load(kind(name), folder if kind is str else Path("elsewhere")).card.name == "tiny-bn"


@pytest.mark.parametrize(("function", "call"), [("fsync", 1), ("fsync", 2), ("replace", 1)])
def test_a_failure_while_saving_leaves_the_old_checkpoint(
    folder: Path, monkeypatch: pytest.MonkeyPatch, function: str, call: int
) -> None:
    old = load("tiny-bn", folder)
    before = contents(folder)
    original = os.fsync if function == "fsync" else Path.replace
    calls = []

    def failing(*arguments: Any) -> Any:
        calls.append(arguments)
        if len(calls) == call:
            raise OSError(28, "No space left on device")
        return original(*arguments)

    monkeypatch.setattr(os if function == "fsync" else Path, function, failing)
    newer = {name: value + 1 for name, value in old.weights.items()}
    with pytest.raises(OSError, match="No space"):
        save(replace(old, weights=newer), folder)
    assert contents(folder) == before
    monkeypatch.undo()
    save(replace(old, weights=newer), folder)
    assert torch.equal(load("tiny-bn", folder).weights[WEIGHT], old.weights[WEIGHT] + 1)


def test_a_card_alone_is_written_beside_its_own_weights_only(folder: Path) -> None:
    card, weights = load("tiny-bn", folder).card, read_weights(folder)
    save_card(card.model_copy(update={"created": "2001-01-01"}), folder)
    assert load("tiny-bn", folder).card.created == "2001-01-01"
    assert read_weights(folder) == weights
    before = contents(folder)
    with pytest.raises(CheckpointError, match=r"tiny-bn\.safetensors is not the one of its card .* was not written"):
        save_card(card.model_copy(update={"sha256": "0"}), folder)
    assert contents(folder) == before


def test_what_is_available(tmp_path: Path, twins: Path) -> None:
    for name in ("b-bn.json", "b-plain.json", "b-bn.safetensors", "c-bn.json", "a.safetensors"):
        (tmp_path / name).touch()
    for name in ("b-bn.state.safetensors", "README.md", "Not A Name.json", ".d-bn.json.tmp"):
        (tmp_path / name).touch()
    assert available(tmp_path) == ["a", "b-bn", "b-plain", "c-bn"]
    assert pairs(tmp_path) == ["b"]
    assert pairs(twins) == ["tiny"]
    assert available(tmp_path / "nowhere") == []
