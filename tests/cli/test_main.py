"""The commands that measure, clean, list and describe checkpoints, and errors as one line."""

import hashlib
import json
import os
import shlex
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.conftest import Result, Run
from vaegan import checkpoint
from vaegan.cli import main
from vaegan.config import NoiseConfig
from vaegan.data.mnist import Digits
from vaegan.metrics import DEFINITIONS, anomaly_auc, evaluate, registry
from vaegan.metrics.likeness import knn_accuracy
from vaegan.metrics.tables import checkpoint_table
from vaegan.studio import Studio, add_noise

ON_REQUEST = {"knn_accuracy": DEFINITIONS["knn_accuracy"]} | registry.definitions(registry.ANOMALY)
SMALL = ["--latent-dim", "3", "--hidden-dim", "8", "--batch-size", "50", "--train-limit", "100"]


@pytest.fixture
def picture(tmp_path: Path, digits: Digits) -> Path:
    Image.fromarray(digits.test_images[3].view(28, 28).numpy()).save(tmp_path / "in.png")
    return tmp_path / "in.png"


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


USER_ERRORS = {
    "evaluate --model nope": "there is no checkpoint 'nope'",
    "evaluate --model ''": "there is no checkpoint at ''",
    "evaluate --model BN --noise gaussian:2": "level: input should be less than or equal to 1 (got '2')",
    "evaluate --model BN --noise gaussian": "'gaussian' is not of the form KIND:LEVEL, for example gaussian:0.5",
    "evaluate --model BN --noise fog:0.5": "kind: input should be 'gaussian'",
    "evaluate --model BN --noise gaussian:much": "level: input should be a valid number",
    "evaluate --model BN --data no-such-folder": "no-such-folder does not exist",
    "evaluate --model BN --anomaly no-such-folder": "no-such-folder does not exist. Give a folder",
    "evaluate --model BN --anomaly .": "holds no Fashion-MNIST: ",
    "denoise missing.png out.png --model BN": "there is no picture missing.png; give the path",
    "denoise in.png out.jpg --model BN": "out.jpg does not end in .png",
    "denoise in.png out.png --model BN --noise gaussian:-1": "level: ",
    "denoise in.png no/such/folder/out.png --model BN": "No such file or directory: no/such/folder/out.png",
    "denoise text.png out.png --model BN": "This is no picture that can be read here, such as PNG, JPEG",
    "train --preset nope --out new": "there is no preset 'nope'; choose one of ae, vae, gan",
    "train --latent-dim 0 --out new": "latent_dim: input should be greater than or equal to 1 (got '0')",
    "train --lr abc --out new": "lr: input should be a valid number, unable to parse string as a number (got 'abc')",
    "train --lr nan --out new": "lr: ",
    "train --norm layer --out new": "norm: input should be 'batch', 'hidden' or 'none' (got 'layer')",
    "train --noise-min 0.9 --noise-max 0.1 --out new": "noise_min 0.9 is above noise_max 0.1; swap them",
    "train --noise-kinds blur,fog --out new": "noise_kinds: input should be 'gaussian'",
    "train --recon 0 --adv 0 --out new": "nothing would be learned; raise one",
    "train --latent-dim 500 --out new": "more than 20000; give hidden_dim",
    "train --resume --out new": "there is no training state new/vaegan-bn.state.safetensors; give the path of one, or",
    "train --data no-such-folder --out new": "no-such-folder does not exist",
}


@pytest.mark.parametrize("line", USER_ERRORS)
def test_an_error_of_the_users_is_one_line(
    run: Run, line: str, twins: Path, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(picture.parent)
    Path("text.png").write_text("no picture")
    result = run(*(str(twins / "tiny-bn") if word == "BN" else word for word in shlex.split(line)))
    assert result.code == 2
    assert result.out == ""
    assert result.err.startswith("error: ")
    assert result.err.count("\n") == 1
    assert USER_ERRORS[line] in result.err
    assert sorted(path.name for path in Path().iterdir()) == ["in.png", "text.png"], "nothing was written"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("train --out new --lern-rate 1", "--lern-rate"),
        ("train", "--out"),
        ("evaluate --model x --limit 0", "--limit"),
        ("evaluate --model x --seed -1", "--seed"),
        ("denoise in.png", "OUT"),
        ("paint", "paint"),
    ],
)
def test_a_wrong_call_shows_what_is_wrong(run: Run, line: str, message: str) -> None:
    result = run(*line.split())
    assert result.code == 2
    assert message in result.err
    assert "Traceback" not in result.err


@pytest.mark.slow
def test_the_real_command_line_fails_in_one_line(twins: Path) -> None:
    words = ["-W", "error", "-m", "vaegan", "evaluate", "--model", str(twins / "tiny-bn"), "--noise", "gaussian:2"]
    folder, environment = Path(main.__file__).parents[2], {**os.environ, "OMP_NUM_THREADS": "1"}
    result = subprocess.run([sys.executable, *words], cwd=folder, env=environment, capture_output=True, text=True)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == "error: level: input should be less than or equal to 1 (got '2')\n"


@pytest.mark.parametrize("noise", [None, "gaussian:0.5"])
def test_evaluate_prints_what_metrics_measures(run: Run, twins: Path, digits: Digits, noise: str | None) -> None:
    model = twins / "tiny-plain"
    extra = [] if noise is None else ["--noise", noise, "--seed", 4]
    result = run("evaluate", "--model", model, "--limit", 30, "--json", *extra)
    assert (result.code, result.err) == (0, "")
    found = json.loads(result.out)
    config = NoiseConfig(kind="gaussian", level=0.5, seed=4) if noise else None
    expected = {"n": 30, **evaluate(checkpoint.load(model).build(), digits.test_images[:30], config).values}
    assert {name: found.pop(name) for name in expected} == pytest.approx(expected, rel=1e-6)
    label = digits.subset(test=30).label
    assert found == {"model": "tiny-plain", "data": label, "noise": noise, "seed": 4 if noise else 0}
    lines = dict(line.split(maxsplit=1) for line in run("evaluate", "--model", model, *extra).out.splitlines())
    assert lines["n"] == "100"
    assert float(lines["psnr"]) == pytest.approx(expected["psnr"], abs=2)


def test_evaluate_adds_what_is_asked_for(run: Run, twins: Path, digits: Digits, tmp_path: Path) -> None:
    others = digits.train_images[:40].roll(90, dims=1) // 2
    header = struct.pack(">4I", 0x803, 40, 28, 28)
    (tmp_path / "t10k-images-idx3-ubyte").write_bytes(header + others.numpy().tobytes())
    words = ["evaluate", "--model", twins / "tiny-bn", "--limit", "60"]
    model = checkpoint.load(twins / "tiny-bn").build()
    test = digits.test_images[:60], digits.test_labels[:60]
    knn = {"knn_accuracy": knn_accuracy(model, digits.train_images, digits.train_labels, *test)}
    auc = anomaly_auc(model, test[0], others)
    plain = json.loads(run(*words, "--json").out)
    for flags, added in (
        (["--knn"], knn),
        (["--anomaly", tmp_path], auc),
        (["--knn", "--anomaly", tmp_path, "--noise", "blur:0.5"], knn | auc),
    ):
        found = json.loads(run(*words, *flags, "--json").out)
        assert {name: found.pop(name) for name in added} == pytest.approx(added)
        assert found.keys() == plain.keys()
    lines = dict(line.split(maxsplit=1) for line in run(*words, "--knn", "--anomaly", tmp_path).out.splitlines())
    assert {name: lines[name] for name in ON_REQUEST} == {k: f"{v:.4f}" for k, v in (knn | auc).items()}


def test_help_defines_what_evaluate_adds(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "1000")
    help_text = run("evaluate", "--help").out
    assert all(f"{name}: {words}" in help_text for name, words in ON_REQUEST.items())


@pytest.mark.parametrize("noise", [None, "salt-pepper:0.4"])
def test_denoise_writes_the_studios_picture(run: Run, twins: Path, picture: Path, noise: str | None) -> None:
    out = picture.parent / "out.PNG"
    extra = [] if noise is None else ["--noise", noise, "--seed", 9]
    result = run("denoise", picture, out, "--model", twins / "tiny-bn", *extra)
    assert result == Result(0, f"{picture} cleaned by tiny-bn -> {out}\n", "")
    digit = np.asarray(Image.open(picture), np.float32) / np.float32(255)
    if noise is not None:
        digit = add_noise(digit, NoiseConfig(kind="salt-pepper", level=0.4, seed=9))
    expected = Studio.open("tiny-bn", twins).clean(digit[None])[0] * 255
    with Image.open(out) as written:
        assert (written.format, written.mode, written.size) == ("PNG", "L", (28, 28))
        np.testing.assert_allclose(np.asarray(written, np.float32), expected, atol=0.51)


def test_a_plain_gan_can_neither_be_measured_nor_clean(run: Run, picture: Path) -> None:
    folder = picture.parent
    assert run("train", "--preset", "gan", "--epochs", "1", *SMALL, "--out", folder).code == 0
    for words in (["evaluate"], ["denoise", picture, folder / "out.png"]):
        result = run(*words, "--model", folder / "gan")
        assert result.code == 2
        assert "is a plain GAN, whose encoder was never trained" in result.err
    assert not (folder / "out.png").exists()
    table = checkpoint_table([checkpoint.load("gan", folder).card])
    assert table.splitlines()[-1] == "| `gan` | 3 | 8 | batch | 1 | clean | 1 |  |"


def test_models_are_listed(run: Run, twins: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(twins, tmp_path / "models")
    monkeypatch.setattr(checkpoint.available, "__defaults__", (tmp_path / "models",))
    monkeypatch.setattr(checkpoint.load, "__defaults__", (tmp_path / "models",))
    listed = json.loads(run("models", "--json").out)
    assert listed == [json.loads((twins / f"tiny-{suffix}.json").read_text()) for suffix in ("bn", "plain")]
    lines = run("models").out.splitlines()
    for line, card in zip(lines, listed, strict=True):
        test_loss = card["metrics"][0]["values"]["test_loss"]
        assert line.split()[0] == card["name"]
        assert line.endswith(f"test loss {test_loss:7.2f}")
    table, appraisal = run("models", "--markdown").out.split("\n\n")
    assert len(appraisal.splitlines()) == 4
    head, _, *rows = table.splitlines()
    assert head.split(" | ")[7:10] == ["test loss", "clean", "gaussian:0.25"]
    assert [row.count("|") for row in rows] == [head.count("|")] * 2
    noisy = listed[1]["metrics"][1]["values"]
    assert rows[1].split(" | ")[9] == f"{noisy['psnr']:.2f} / {noisy['ssim']:.3f}"
    (tmp_path / "models" / "tiny-bn.json").unlink()
    broken = run("models")
    assert broken.code == 2
    assert broken.err == "error: tiny-bn.json is missing; restore it from the repository or train it again\n"


def test_a_checkpoint_in_float16_says_so_in_its_command(run: Run, tmp_path: Path) -> None:
    words = ("train", *SMALL, "--epochs", "1", "--out")
    assert run(*words, tmp_path / "whole").code == run(*words, tmp_path / "half", "--float16").code == 0
    half, whole = (tmp_path / name / "vaegan-bn" for name in ("half", "whole"))
    assert half.with_suffix(".safetensors").stat().st_size < 0.6 * whole.with_suffix(".safetensors").stat().st_size
    assert checkpoint.read_card(half.with_suffix(".json")).command.endswith(" --float16")
    assert checkpoint.rounded(checkpoint.load(whole).weights)["encoder.output.weight"].equal(
        checkpoint.load(half).weights["encoder.output.weight"]
    )


@pytest.mark.parametrize("preset", ["vaegan-bn", "gan"])
def test_a_card_with_all_numbers_has_those_that_evaluate_prints(run: Run, tmp_path: Path, preset: str) -> None:
    assert run("train", "--preset", preset, *SMALL, "--epochs", "1", "--out", tmp_path, "--all").code == 0
    card = checkpoint.read_card(tmp_path / f"{preset}.json")
    assert card.command.endswith(" --all")
    printed = json.loads(run("evaluate", "--model", tmp_path / preset, "--all", "--json").out)
    clean = card.metrics[0]
    assert {"n": clean.n, **clean.values}.items() <= ({"n": 100} | printed).items()
    assert {"frechet", "precision", "coverage"} < set(clean.values)
    assert printed["classifier_sha256"] == card.classifier_sha256
    assert set(clean.values) <= set(card.definitions)
