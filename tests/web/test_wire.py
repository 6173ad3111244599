"""What goes to the browser: bytes and scripts. What they do there is tested in tests/browser/test_parity.py."""

import json
import re
import struct
from types import SimpleNamespace
from typing import Any, TypeVar

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from vaegan.checkpoint.files import load
from vaegan.config import SIDE, ModelConfig
from vaegan.data.strokes import FIELD_SIDE, OUTSIDE
from vaegan.errors import CheckpointError
from vaegan.model.latent import plane_through
from vaegan.model.networks import build
from vaegan.model.parts import BatchNorm
from vaegan.studio import Studio
from vaegan.web import scripts
from vaegan.web.scripts import parts, script
from vaegan.web.wire import (
    FORMAT,
    MOST_NAMED,
    browser_atlas,
    browser_discriminator,
    browser_weights,
    packed,
    steps_of,
)

N = TypeVar("N", bound=nn.Module)
COMPONENTS = sorted(file.stem for file in scripts.FOLDER.glob("*.html"))


def unpacked(data: bytes) -> tuple[dict, dict[str, np.ndarray]]:
    """Read the format as its description says."""
    (length,) = struct.unpack_from("<I", data)
    header = json.loads(data[4 : 4 + length])
    arrays, at = {}, 4 + length
    for entry in header.pop("arrays"):
        number = np.dtype(entry["type"]).newbyteorder("<")
        size = int(np.prod(entry["shape"]))
        assert at % 4 == 0
        arrays[entry["name"]] = np.frombuffer(data, number, size, at).reshape(entry["shape"]).copy()
        at += -(-size * number.itemsize // 4) * 4
    assert at == len(data)
    return header, arrays


def test_packed_arrays_come_back_and_lie_at_multiples_of_four():
    arrays = {"a": np.arange(6.0).reshape(2, 3) / 3, "none": np.zeros((0, 4)), "b": np.array([True, False, True])}
    arrays = {name: array.astype(np.float32) for name, array in arrays.items()}
    for words in ("", "x", "xy", "xyz"):
        data = packed({"words": words}, arrays)
        header, found = unpacked(data)
        assert header == {"format": FORMAT, "words": words}
        assert struct.unpack_from("<I", data)[0] % 4 == 0
        for name, array in arrays.items():
            np.testing.assert_array_equal(found[name], array)


@pytest.mark.parametrize(
    ("numbers", "type_"),
    [
        ([1 / 3], "float32"),
        ([0.5, -0.0, 65504, 6e-8], "float32"),
        ([0.5, -0.0, 65504, 2**-24, 3 * 2**-24, 1 + 2**-10], "float16"),
        ([65504 + 16], "float32"),
        ([1e9], "float32"),
        ([2**-25], "float32"),
        ([np.inf], "float32"),
        ([np.nan], "float32"),
        ([], "float16"),
    ],
)
def test_an_array_travels_as_float16_only_if_that_loses_nothing(numbers, type_):
    array = np.array(numbers, np.float32)
    arrays = unpacked(packed({}, {"x": array}))[1]
    assert arrays["x"].dtype == type_
    assert arrays["x"].astype(np.float32).tobytes() == array.tobytes()


def applied(operations: list[dict], arrays: dict[str, np.ndarray], part: str, values: Tensor) -> Tensor:
    """What the operations make of values (B, ...), as the format's description says."""
    for index, given in enumerate(operations):
        own = {
            name.rpartition(".")[2]: torch.from_numpy(array.astype(np.float32))
            for name, array in arrays.items()
            if name.startswith(f"{part}.{index}.")
        }
        values = values.reshape(-1, *given["inputs"])
        match given["op"]:
            case "linear":
                values = values @ own["weight"] + own["bias"]
            case "scale_shift":
                values = (values.movedim(1, -1) * own["scale"] + own["shift"]).movedim(-1, 1)
            case "conv":
                weight = own["weight"].permute(3, 0, 1, 2)
                values = functional.conv2d(values, weight, own["bias"], given["stride"], given["padding"])
            case "conv_transpose":
                weight = own["weight"].permute(0, 3, 1, 2)
                values = functional.conv_transpose2d(values, weight, own["bias"], given["stride"], given["padding"])
            case "leaky_relu":
                values = functional.leaky_relu(values, given["slope"])
            case other:
                assert other == "relu"
                values = values.relu()
        assert list(values.shape[1:]) == given["outputs"]
    return values


def decoding(layers: nn.Sequential, inputs: int) -> Any:
    """A checkpoint of a network whose decoder has these layers."""
    decoder = SimpleNamespace(layers=lambda: [*layers])
    network = SimpleNamespace(latent_dim=inputs, encoder=SimpleNamespace(layers=list), decoder=decoder)
    return SimpleNamespace(build=lambda: network)


LAYERS: dict[str, tuple[int, list[nn.Module]]] = {
    "linear": (7, [nn.Linear(7, 5), nn.ReLU(), nn.Dropout(), nn.Identity(), nn.Linear(5, 3, bias=False)]),
    "BatchNorm1d": (6, [nn.BatchNorm1d(6), nn.Linear(6, 4), nn.LeakyReLU(0.2), nn.BatchNorm1d(4)]),
    "Conv2d": (
        2 * 9 * 11,
        [
            *(nn.Unflatten(1, (2, 9, 11)), nn.Conv2d(2, 3, (4, 3), (2, 3), (1, 2)), nn.BatchNorm2d(3)),
            *(nn.LeakyReLU(), nn.Conv2d(3, 5, 1, bias=False), nn.Flatten(), nn.Linear(5 * 4 * 5, 4)),
        ],
    ),
    "ConvTranspose2d": (
        2 * 3 * 4,
        [
            *(nn.Unflatten(1, (2, 3, 4)), nn.ConvTranspose2d(2, 3, (4, 3), (2, 3), (1, 2)), nn.BatchNorm2d(3)),
            *(nn.ReLU(), nn.ConvTranspose2d(3, 2, 3, bias=False), nn.Flatten()),
        ],
    ),
}


def trained(network: N, x: Tensor) -> N:
    """The network in eval mode, its BatchNorm as after batches of `x`, with factors that leave nothing as it was."""
    for layer in network.modules():
        if isinstance(layer, BatchNorm):
            nn.init.uniform_(layer.weight, 0.5, 2)
            nn.init.normal_(layer.bias)
    for _ in range(30):
        network.train()(x)
    return network.eval()


def case(name: str) -> tuple[nn.Sequential, Tensor, bytes]:
    """Layers of `LAYERS`, what goes into them (9, inputs), and what the browser is sent of them."""
    torch.manual_seed(3)
    inputs, layers = LAYERS[name]
    x = torch.randn(9, inputs)
    network = trained(nn.Sequential(*layers), x)
    return network, x, browser_weights(decoding(network, inputs))


@pytest.mark.parametrize("name", LAYERS)
def test_the_operations_do_what_the_layers_do(name):
    network, x, data = case(name)
    header, arrays = unpacked(data)
    outputs = applied(header["decoder"], arrays, "decoder", x).flatten(1)
    np.testing.assert_allclose(outputs, network(x).detach().flatten(1), atol=1e-5, rtol=0)


def test_batchnorm_leaves_weights_as_the_checkpoint_has_them():
    """So that those of float16 stay such and weigh half."""
    torch.manual_seed(4)
    linear = nn.Linear(70, 50)
    layers = nn.Sequential(linear, trained(nn.BatchNorm1d(50), torch.randn(20, 50)))
    assert unpacked(browser_weights(decoding(layers, 70)))[1]["decoder.0.weight"].dtype == np.float32
    weight = linear.weight.detach()
    weight.copy_(weight.half())
    header, arrays = unpacked(browser_weights(decoding(layers, 70)))
    assert [operation["op"] for operation in header["decoder"]] == ["linear", "scale_shift"]
    assert {name: array.dtype.name for name, array in arrays.items()} == {
        "decoder.0.weight": "float16",
        "decoder.0.bias": "float32",
        "decoder.1.scale": "float32",
        "decoder.1.shift": "float32",
    }
    np.testing.assert_array_equal(arrays["decoder.0.weight"], weight.T)


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ([nn.Linear(2, 2), nn.Tanh()], "Tanh after linear"),
        ([nn.Tanh()], "Tanh after nothing"),
        ([nn.Unflatten(1, (2, 1, 1)), nn.Conv2d(2, 2, 1, groups=2)], "Conv2d with groups 2; give it groups 1"),
        ([nn.Unflatten(1, (1, 1, 2)), nn.Conv2d(1, 1, 1, dilation=2)], r"Conv2d with dilation \(2, 2\)"),
        (
            [nn.Unflatten(1, (1, 1, 2)), nn.Conv2d(1, 1, 3, padding=1, padding_mode="replicate")],
            "Conv2d with padding_mode replicate",
        ),
        ([nn.Unflatten(1, (1, 1, 2)), nn.Conv2d(1, 1, 3, padding="same")], "Conv2d with padding 'same'; give it"),
        (
            [nn.Unflatten(1, (1, 1, 2)), nn.ConvTranspose2d(1, 1, 3, 2, output_padding=1)],
            r"ConvTranspose2d with output_padding \(1, 1\)",
        ),
    ],
)
def test_a_layer_that_the_browser_does_not_know_is_a_sentence(layers, words):
    with pytest.raises(CheckpointError, match=words):
        steps_of(layers, torch.zeros(1, 2))


@pytest.mark.parametrize("name", ["tiny-bn", "tiny-plain"])
def test_what_is_sent_is_the_model(twins, sample, name):
    header, arrays = unpacked(browser_weights(load(name, twins)))
    model = load(name, twins).build()
    x = sample.test_images[:20].float() / 255
    with torch.no_grad():
        posterior = model.encode(x)
        pixels = model.decode(posterior.mu).numpy()
    assert (header["format"], header["latent_dim"], header["logvar_limit"]) == (FORMAT, 8, 14)
    both = applied(header["encoder"], arrays, "encoder", x)
    d = header["latent_dim"]
    np.testing.assert_allclose(both[:, :d], posterior.mu, atol=1e-5)
    np.testing.assert_allclose(both[:, d:], posterior.logvar, atol=1e-5)
    logits = applied(header["decoder"], arrays, "decoder", both[:, :d])
    np.testing.assert_allclose(logits.sigmoid(), pixels, atol=1e-5)


@pytest.mark.parametrize("architecture", ["dense", "convolutional"])
@pytest.mark.parametrize("spectral_norm", [False, True])
def test_the_discriminator_sent_is_the_models(sample, architecture, spectral_norm):
    config = ModelConfig(architecture=architecture, latent_dim=3, norm="batch", spectral_norm=spectral_norm)
    x = sample.test_images[:20].float() / 255
    model = build(config, seed=8)
    trained(model.discriminator, x)
    header, arrays = unpacked(browser_discriminator(SimpleNamespace(build=model.eval)))  # type: ignore[arg-type]
    logits = applied(header["discriminator"], arrays, "discriminator", x)
    with torch.no_grad():
        np.testing.assert_allclose(logits[:, 0].sigmoid(), model.discriminate(x), atol=1e-5)


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
    text = parts(name)["js"].replace("http://www.w3.org/2000/svg", "")  # the name of a language, nobody's address
    assert not re.search(r"^\s*import[ ({]", text, re.MULTILINE)
    assert len(re.findall(r"^export ", text, re.MULTILINE)) == 1
    assert len(re.findall(r"^export default (function|mounted\()", text, re.MULTILINE)) == 1
    text = text.replace("fetch(`${prefix}/class/", "")  # the app itself
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


def test_the_script_of_a_worker_stands_as_text_in_the_one_that_starts_it(tmp_path, monkeypatch):
    monkeypatch.setattr(scripts, "FOLDER", tmp_path)
    (tmp_path / "a.js").write_text('export const greeting = "\\"hello\\"";\n')
    (tmp_path / "worker.js").write_text('import { greeting } from "./a.js";\nself.postMessage(greeting);\n')
    (tmp_path / "page.js").write_text('start(scriptOf("worker"));\n')
    script.cache_clear()
    inner = json.loads(script("page").removeprefix("start(").removesuffix(");\n"))
    assert inner == script("worker")
    assert "const { greeting } = module_a;\nself.postMessage(greeting);" in inner
    script.cache_clear()


def test_every_worker_is_joined_and_has_nothing_to_export():
    workers = {
        name for file in scripts.FOLDER.glob("*.js") for name in re.findall(r'scriptOf\("(\w+)"', file.read_text())
    }
    assert workers == {file.stem for file in scripts.FOLDER.glob("*_worker.js")}
    for name in workers:
        assert not re.search(r"^(import|export) ", script(name), re.MULTILINE)


def test_a_style_sheet_stands_in_the_place_of_its_import(tmp_path, monkeypatch):
    monkeypatch.setattr(scripts, "FOLDER", tmp_path)
    (tmp_path / "inner.css").write_text(".inner { color: red; }\n")
    (tmp_path / "outer.css").write_text('@import "inner.css";\n.outer { color: blue; }\n')
    assert scripts._style("outer.css") == ".inner { color: red; }\n\n.outer { color: blue; }\n"


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
    assert re.search(rf"export const OUTSIDE = {OUTSIDE};", code["strokes.js"])
    assert re.search(rf"const FORMAT = {FORMAT};", code["wire.js"])
    pages = {file.name: file.read_text() for file in scripts.FOLDER.glob("*.html")}
    for number in (SIDE, SIDE * SIDE, FIELD_SIDE):
        places = [
            name for name, text in (code | pages).items() for _ in re.finditer(rf"(?<![\d.]){number}(?![\d.%])", text)
        ]
        assert places == {SIDE: ["digit.js"], FIELD_SIDE: ["pad.js"]}.get(number, []), number
