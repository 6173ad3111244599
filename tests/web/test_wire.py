"""What goes to the browser: bytes and scripts. What they do there is tested in tests/browser/test_parity.py."""

import json
import re
import struct

import numpy as np
import pytest
import torch
from torch import nn

from tests.conftest import present
from vaegan.checkpoint.files import load
from vaegan.config import SIDE
from vaegan.errors import CheckpointError
from vaegan.model.latent import plane_through
from vaegan.studio import Studio
from vaegan.ui.drawings import FIELD_SIDE
from vaegan.web import scripts
from vaegan.web.scripts import parts, script
from vaegan.web.wire import (
    FORMAT,
    MOST_NAMED,
    OPERATIONS,
    Operation,
    browser_atlas,
    browser_weights,
    operations_of,
    packed,
)

COMPONENTS = sorted(file.stem for file in scripts.FOLDER.glob("*.html"))


def unpacked(data: bytes) -> tuple[dict, dict[str, np.ndarray]]:
    """Read the format as its description says."""
    (length,) = struct.unpack_from("<I", data)
    header = json.loads(data[4 : 4 + length])
    arrays, at = {}, 4 + length
    for entry in header.pop("arrays"):
        size = int(np.prod(entry["shape"]))
        arrays[entry["name"]] = np.frombuffer(data, "<f4", size, at).reshape(entry["shape"]).copy()
        at += 4 * size
    assert at == len(data)
    return header, arrays


def test_packed_arrays_come_back_and_lie_at_multiples_of_four():
    arrays = {"a": np.arange(6.0).reshape(2, 3), "none": np.zeros((0, 4)), "b": np.array([True, False])}
    for words in ("", "x", "xy", "xyz"):
        data = packed({"words": words}, arrays)
        header, found = unpacked(data)
        assert header == {"format": FORMAT, "words": words}
        assert struct.unpack_from("<I", data)[0] % 4 == 0
        for name, array in arrays.items():
            np.testing.assert_array_equal(found[name], array)


def applied(operations: list[dict], arrays: dict[str, np.ndarray], part: str, values: np.ndarray) -> np.ndarray:
    """What the operations make of values (B, inputs), as the format's description says."""
    for index, operation in enumerate(operations):
        if operation["op"] == "linear":
            values = values @ arrays[f"{part}.{index}.weight"] + arrays[f"{part}.{index}.bias"]
        else:
            assert operation == {"op": "relu"}
            values = values.clip(min=0)
    return values


def used(norm: nn.BatchNorm1d | nn.BatchNorm2d, *shape: int) -> nn.Module:
    """The norm in eval mode, after batches and with factors that leave nothing as it was."""
    for _ in range(20):
        norm(3 * torch.randn(16, *shape) + 2)
    with torch.no_grad():
        norm.weight.uniform_(-2, 2)
        norm.bias.uniform_(-2, 2)
    return norm.eval()


def test_batchnorm_is_folded_into_the_layer_before_it():
    torch.manual_seed(3)
    first = nn.Linear(7, 5)
    layers = nn.Sequential(first, used(nn.BatchNorm1d(5), 5), nn.ReLU(), nn.Dropout(), nn.Identity()).eval()
    linear, relu = operations_of(layers)
    assert (linear.name, relu.name) == ("linear", "relu")
    x = torch.randn(9, 7)
    np.testing.assert_allclose(
        (x.double() @ linear.arrays["weight"] + linear.arrays["bias"]).clamp(min=0), layers(x).detach(), atol=1e-5
    )
    (plain,) = operations_of(layers[:1])
    np.testing.assert_array_equal(plain.arrays["weight"], first.weight.detach().T)
    np.testing.assert_array_equal(plain.arrays["bias"], first.bias.detach())


def test_batchnorm_is_folded_into_any_operation_with_its_outputs_last(monkeypatch):
    torch.manual_seed(4)
    layers = nn.Sequential(nn.Conv2d(2, 3, 3), used(nn.BatchNorm2d(3), 3, 4, 4)).eval()

    def conv(layer: nn.Conv2d) -> Operation:
        return Operation("conv", {"weight": layer.weight.permute(1, 2, 3, 0), "bias": present(layer.bias)})

    monkeypatch.setitem(OPERATIONS, nn.Conv2d, conv)
    (operation,) = operations_of(layers)
    weight, bias = operation.arrays["weight"].permute(3, 0, 1, 2), operation.arrays["bias"]
    x = torch.randn(2, 2, 6, 6)
    np.testing.assert_allclose(nn.functional.conv2d(x.double(), weight, bias), layers(x).detach(), atol=1e-5)


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ([nn.Linear(2, 2), nn.Tanh()], "Tanh after linear"),
        ([nn.ReLU(), nn.BatchNorm1d(2)], "BatchNorm1d after relu"),
        ([nn.BatchNorm1d(2)], "BatchNorm1d after nothing"),
    ],
)
def test_a_layer_that_the_browser_does_not_know_is_a_sentence(layers, words):
    with pytest.raises(CheckpointError, match=words):
        operations_of(layers)


@pytest.mark.parametrize("name", ["tiny-bn", "tiny-plain"])
def test_what_is_sent_is_the_model(twins, sample, name):
    header, arrays = unpacked(browser_weights(load(name, twins)))
    model = load(name, twins).build()
    x = sample.test_images[:20].float() / 255
    with torch.no_grad():
        posterior = model.encode(x)
        pixels = model.decode(posterior.mu).numpy()
    assert (header["format"], header["latent_dim"], header["logvar_limit"]) == (FORMAT, 8, 14)
    both = applied(header["encoder"], arrays, "encoder", x.numpy())
    d = header["latent_dim"]
    np.testing.assert_allclose(both[:, :d], posterior.mu, atol=1e-5)
    np.testing.assert_allclose(both[:, d:], posterior.logvar, atol=1e-5)
    logits = applied(header["decoder"], arrays, "decoder", both[:, :d])
    np.testing.assert_allclose(1 / (1 + np.exp(-logits)), pixels, atol=1e-5)


def test_the_atlas_sent_is_the_atlas(twins, sample):
    atlas = Studio.open("tiny-bn", twins).atlas(sample.test_images, sample.test_labels)
    header, arrays = unpacked(browser_atlas(atlas))
    assert header["reach"] == pytest.approx(atlas.reach)
    np.testing.assert_array_equal(arrays["labels"], atlas.labels)
    named = arrays["named"]
    assert len(named) == min(MOST_NAMED, len(sample.test_labels))
    np.testing.assert_allclose(named @ arrays["directions"].T, arrays["points"][: len(named)], atol=1e-5)
    mu = torch.from_numpy(atlas.mu[0])
    plane = plane_through(torch.from_numpy(atlas.directions), mu)
    np.testing.assert_allclose(plane.point(torch.from_numpy(arrays["points"][:1])), mu[None], atol=1e-5)


def test_the_nearest_digits_are_found(twins, sample):
    atlas = Studio.open("tiny-bn", twins).atlas(sample.test_images, sample.test_labels)
    found = atlas.nearest(atlas.mu[17], 5)
    distance = torch.cdist(torch.from_numpy(atlas.mu[17:18]), torch.from_numpy(atlas.mu))[0]
    assert found[0] == 17
    assert sorted(found) == sorted(distance.topk(5, largest=False).indices.tolist())


@pytest.mark.parametrize("name", COMPONENTS)
def test_a_component_is_one_text_that_needs_nothing(name):
    text = parts(name)["js"]
    assert not re.search(r"^\s*import[ ({]", text, re.MULTILINE)
    assert len(re.findall(r"^export ", text, re.MULTILINE)) == 1
    assert len(re.findall(r"^export default (function|mounted\()", text, re.MULTILINE)) == 1
    assert not re.search(r"https?://|//cdn|fetch\(|XMLHttpRequest|WebSocket|eval\(", text)


def test_modules_are_joined_in_order_each_once(tmp_path, monkeypatch):
    monkeypatch.setattr(scripts, "FOLDER", tmp_path)
    (tmp_path / "a.js").write_text("export const one = 1;\nconst hidden = 2;\n")
    (tmp_path / "b.js").write_text('import { one } from "./a.js";\nexport function two() { return one + hidden; }\n')
    (tmp_path / "joined.js").write_text(
        'import { two } from "./b.js";\nimport { one } from "./a.js";\nexport default () => one + two();\n'
    )
    script.cache_clear()
    text = script("joined")
    assert text.count("const module_a =") == text.count("const module_b =") == 1
    assert text.index("const module_a") < text.index("const module_b")
    assert "const { two } = module_b;" in text
    assert "return { one };" in text
    script.cache_clear()


def test_every_name_imported_is_exported():
    for file in scripts.FOLDER.glob("*.js"):
        for names, module in re.findall(r'^import \{([^}]*)\} from "\./(\w+)\.js"', file.read_text(), re.MULTILINE):
            source = (scripts.FOLDER / f"{module}.js").read_text()
            for name in (name.strip() for name in names.split(",") if name.strip()):
                assert re.search(rf"^export (async )?(function|class|const) {name}\b", source, re.MULTILINE), (
                    file,
                    name,
                )


def test_sizes_and_format_stand_once_in_javascript_and_are_pythons():
    comment = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
    code = {file.name: comment.sub("", file.read_text()) for file in scripts.FOLDER.glob("*.js")}
    assert re.search(rf"export const SIDE = {SIDE};", code["digit.js"])
    assert re.search(rf"export const FIELD = {FIELD_SIDE};", code["pad.js"])
    assert re.search(rf"const FORMAT = {FORMAT};", code["wire.js"])
    pages = {file.name: file.read_text() for file in scripts.FOLDER.glob("*.html")}
    for number in (SIDE, SIDE * SIDE, FIELD_SIDE):
        places = [
            name for name, text in (code | pages).items() for _ in re.finditer(rf"(?<![\d.]){number}(?![\d.%])", text)
        ]
        assert places == {SIDE: ["digit.js"], FIELD_SIDE: ["pad.js"]}.get(number, []), number
