"""CONTRIBUTING says where a change goes: four are made in a copy of the project, in just these files, and used."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.check_javascript import node_and_npm
from vaegan.lab import phases

ROOT = Path(__file__).resolve().parents[1]
pytestmark = pytest.mark.slow

# For each change, what is put before or after a line of which file; a file that is not there is made.
Edits = dict[str, list[tuple[str, str]]]
NOISE: Edits = {
    "vaegan/config.py": [('"watermark", "blur"\n]\nFakes', '"watermark", "blur", "negative"\n]\nFakes')],
    "vaegan/data/noise.py": [
        (
            "\n}\n\nassert tuple(NOISES)",
            '\n    "negative": Noise("Negative", "How far black and white change places.", draw_nothing, _negative),\n}'
            "\n\nassert tuple(NOISES)",
        ),
        (
            "\nNOISES: dict[",
            "\ndef _negative(x: Tensor, level: Tensor, pattern: Tensor) -> Tensor:\n"
            "    return x + level * (1 - 2 * x)\n\n\nNOISES: dict[",
        ),
    ],
    "vaegan/web/noise.js": [
        ("\n  blur,\n};", "\n  blur,\n  negative: (x, level) => x.map((value) => value + level * (1 - 2 * value)),\n};")
    ],
}
OPERATION: Edits = {
    "vaegan/web/wire.py": [
        ("nn.LeakyReLU: _leaky_relu,", 'nn.LeakyReLU: _leaky_relu, nn.Tanh: lambda _: Operation("tanh"),'),
    ],
    "vaegan/web/network.js": [
        ("leaky_relu: leakyRelu,", "leaky_relu: leakyRelu,\n  tanh: () => (x) => x.map(Math.tanh),"),
    ],
}
NETWORK: Edits = {
    "vaegan/config.py": [('Literal["dense", "convolutional"]', 'Literal["dense", "convolutional", "smooth"]')],
    "vaegan/model/smooth.py": [
        (
            "",
            '''"""The dense architecture with tanh in encoder and decoder."""

from torch import nn

from vaegan.config import ModelConfig
from vaegan.model.dense import DENSE, DenseDecoder, DenseDiscriminator, DenseEncoder
from vaegan.model.parts import Blueprint, Parts


class SmoothEncoder(DenseEncoder):
    """784 -> hidden -> 2d."""

    def layers(self) -> list[nn.Module]:
        """The layers in order."""
        return [nn.Tanh() if isinstance(layer, nn.ReLU) else layer for layer in super().layers()]


class SmoothDecoder(DenseDecoder):
    """d -> hidden -> 784 logits."""

    def layers(self) -> list[nn.Module]:
        """The layers in order."""
        return [nn.Tanh() if isinstance(layer, nn.ReLU) else layer for layer in super().layers()]


def _parts(config: ModelConfig) -> Parts:
    sizes = (config.latent_dim, config.hidden, config.norm, config.dropout)
    return Parts(SmoothEncoder(*sizes), SmoothDecoder(*sizes), DenseDiscriminator(config.norm, config.dropout))


SMOOTH = Blueprint(parts=_parts, shape=DENSE.shape, words=lambda config: f"{config.hidden} smooth units")
''',
        )
    ],
    "vaegan/model/networks.py": [
        ('"convolutional": CONVOLUTIONAL}', '"convolutional": CONVOLUTIONAL, "smooth": SMOOTH}'),
        ("from vaegan.model.parts import", "from vaegan.model.smooth import SMOOTH\nfrom vaegan.model.parts import"),
    ],
}
METRIC: Edits = {
    "vaegan/metrics/registry.py": [
        (
            "LIKENESS: tuple[Metric[Cleaning], ...] = (",
            "LIKENESS: tuple[Metric[Cleaning], ...] = (\n"
            '    Metric("brightness", "mean pixel of the output", lambda x: float(x.output.mean()), _encodes),',
        )
    ],
}
CHANGES = {
    "a kind of noise": NOISE,
    "an operation of a network in the browser": OPERATION,
    "a network": NETWORK,
    "a number on the cards": METRIC,
}


def places(change: str) -> list[str]:
    """Files and folders that CONTRIBUTING names for a change."""
    row = re.search(rf"^\| {change} \| (.*?) \|", (ROOT / "CONTRIBUTING.md").read_text(), re.MULTILINE)
    assert row, f"CONTRIBUTING.md has no row for {change!r}"
    return re.findall(r"`([^`]+)`", row[1])


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_touches_only_the_places_that_contributing_names(change: str):
    for file in CHANGES[change]:
        assert any(file == place or (place.endswith("/") and file.startswith(place)) for place in places(change)), file


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what the app is made of, with all four changes."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("vaegan", "pages"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "app.py", folder)
    (folder / "pretrained").symlink_to(ROOT / "pretrained", target_is_directory=True)
    for edits in CHANGES.values():
        for name, replacements in edits.items():
            file = folder / name
            text = file.read_text() if file.exists() else ""
            for before, after in replacements:
                assert text.count(before) == 1 or not text, f"{name} has no single {before!r}"
                text = text.replace(before, after, 1) if before else after
            file.write_text(text)
    return folder


def python(project: Path, code: str, *words: object) -> str:
    """What a Python program prints that runs in the changed project."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("VAEGAN_")}
    environment |= {"PYTHONPATH": str(project), "OMP_NUM_THREADS": "1", "VAEGAN_RUNS": str(project / "runs")}
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, words)],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def node(project: Path, code: str) -> dict:
    """What a module of the changed `vaegan/web` gives, as JSON, run by node."""
    calls = node_and_npm()
    if calls is None:
        pytest.skip("there is no node")
    words = [*calls[0], "--input-type=module", "--eval", code]
    done = subprocess.run(
        words, cwd=project / "vaegan" / "web", capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


COMMAND = "import sys; from vaegan.cli.main import main; main()"


def test_a_new_kind_of_noise_can_be_used_everywhere(project: Path):
    code = """
import json
from streamlit.testing.v1 import AppTest
import torch
from vaegan import NoiseConfig, Studio, TrainingNoise, load_sample
from vaegan.data.noise import corrupt_mixture, pattern
digit = load_sample().test_images[0].view(28, 28).numpy().astype("float32") / 255
noise = NoiseConfig(kind="negative", level=0.75)
only = TrainingNoise(noise_kinds=("negative",), noise_min=0.5, noise_max=0.5)
assert torch.allclose(corrupt_mixture(torch.rand(3, 784), only, torch.Generator()), torch.full((3, 784), 0.5))
assert pattern("negative", 0).shape == (0, 784)
result = Studio.open("denoise-bn").denoise(digit, noise)
test = AppTest.from_file("app.py", default_timeout=60).switch_page("pages/1_Denoise.py")
for key, value in {"kind": "negative", "compared": "1"}.items():
    test.query_params[key] = value
test.run()
assert not test.exception and not test.error, (test.exception, test.error)
assert test.selectbox(key="kind").value == "negative"
assert "How far black and white change places." in [found.value for found in test.caption]
words = " ".join(element.value for element in (*test.markdown, *test.caption, *test.warning, *test.info))
print(json.dumps({"digit": digit.ravel().tolist(), "noisy": result.noisy.ravel().tolist(), "words": words}))
"""
    used = json.loads(python(project, code).splitlines()[-1])
    expected = 0.25 * np.array(used["digit"]) + 0.75 * (1 - np.array(used["digit"]))
    np.testing.assert_allclose(used["noisy"], expected, atol=1e-6)
    assert "tune-filters" in used["words"], "the page says that no filter is tuned for it"
    shown = node(
        project,
        f"""
import {{ corrupt, NOISES }} from "./noise.js";
const x = Float32Array.from({json.dumps(used["digit"])});
console.log(JSON.stringify({{ kinds: Object.keys(NOISES), noisy: [...corrupt(x, "negative", 0.75, [])] }}));
""",
    )
    assert shown["kinds"][-1] == "negative"
    np.testing.assert_allclose(shown["noisy"], expected, atol=1e-6)


def test_a_new_network_trains_and_runs_in_the_browser(project: Path):
    """With an operation that is new there as well."""
    flags = ["--architecture", "smooth", "--hidden-dim", 8, "--latent-dim", 2, "--epochs", 1, "--train-limit", 200]
    python(project, COMMAND, "train", *flags, "--out", project / "out")
    code = """
import base64, json, torch
from vaegan.checkpoint import load
from vaegan.model.networks import describe
from vaegan.web.wire import browser_weights
checkpoint = load("out/vaegan-bn")
z = torch.tensor([[0.5, -1.0]])
with torch.inference_mode():
    pixels = checkpoint.build().decode(z)[0].tolist()
weights = base64.b64encode(browser_weights(checkpoint)).decode()
print(json.dumps({"words": describe(checkpoint.card.config.model), "pixels": pixels, "weights": weights}))
"""
    made = json.loads(python(project, code).splitlines()[-1])
    assert made["words"] == "2 latent dimensions, 8 smooth units"
    shown = node(
        project,
        f"""
import {{ decode, openModel }} from "./network.js";
const model = openModel(new Uint8Array(Buffer.from("{made["weights"]}", "base64")));
console.log(JSON.stringify({{ pixels: [...decode(model, [0.5, -1])] }}));
""",
    )
    torch.testing.assert_close(torch.tensor(shown["pixels"]), torch.tensor(made["pixels"]), rtol=0, atol=1e-5)


def test_a_new_number_comes_onto_the_cards_without_training(project: Path, twins: Path):
    folder = project / "twins"
    shutil.copytree(twins, folder)
    weights = (folder / "tiny-bn.safetensors").read_bytes()
    code = """
import sys
from vaegan.data import mnist
few = mnist.load_sample().subset(1000, 100)
mnist.load_sample = lambda: few
from vaegan.cli.main import main
main()
"""
    python(project, code, "refresh-cards", "tiny-bn", "--folder", folder, "--missing")
    card = json.loads((folder / "tiny-bn.json").read_text())
    assert all(0 < measured["values"]["brightness"] < 1 for measured in card["metrics"])
    assert card["definitions"]["brightness"] == "mean pixel of the output"
    assert (folder / "tiny-bn.safetensors").read_bytes() == weights


def test_the_diagram_of_a_runs_phases_is_what_the_code_allows():
    lines = re.findall(
        r"^    (\S+) --> (\S+): .*\((app|worker|either)\)$", (ROOT / "CONTRIBUTING.md").read_text(), re.M
    )
    assert len(lines) > 10
    for before, after, actor in lines:
        for one in ("app", "worker") if actor == "either" else (actor,):
            assert after in phases.ALLOWED[one][None if before == "[*]" else before], (before, after, one)
    drawn = {(before, after) for before, after, _ in lines if before != "[*]"}
    allowed = {(before, after) for table in phases.ALLOWED.values() for before in table for after in table[before]}
    unusual = {("running", "running"), ("queued", "failed"), ("paused", "failed")}  # in the table of phases.py alone
    assert allowed - drawn - unusual == {(None, "queued")}
