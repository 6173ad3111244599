"""Which loss moves which network, and the slow motion on the Train page, over finished runs; without a browser."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.ui.opened import markup, open_page
from vaegan.config import TrainConfig
from vaegan.data import mnist
from vaegan.data.mnist import Digits
from vaegan.lab import layout, worker
from vaegan.lab.documents import Control, Origin, Status, make_plan
from vaegan.lab.limits import Limits
from vaegan.lab.queue import View, view_of
from vaegan.lab.run import Run
from vaegan.lab.runs import ENVIRONMENT, Lab
from vaegan.model.networks import restore
from vaegan.training.dissection import Influence, SlowMotion, influence
from vaegan.ui import pages, resources
from vaegan.ui.train import dissection, lab, lab_state
from vaegan.ui.train.influence_words import in_words, short, signed

TRAIN = pages.TRAIN.path
BUTTONS = [
    "Encode", "Sample", "Decode", "Discriminate", "Losses", "Step encoder", "Step decoder", "Step discriminator",
]  # fmt: skip

PARTS = ("encode", "sample", "decode", "discriminate", "losses")


class Shelf:
    """The lab's folder, with nobody who trains."""

    def __init__(self, root: Path) -> None:
        self.lab = Lab(root)
        self.limits = Limits.from_environment()

    def view(self, run_id: str, *, session: str | None = None) -> View:
        run = self.lab.run(run_id)
        return view_of(run_id, run.plan, run.status, run.control.want, 1)

    def views(self) -> list[View]:
        return [self.view(run.run_id) for run in self.lab]


@pytest.fixture(scope="module")
def few(sample: Digits) -> Digits:
    return sample.subset(60, 100)


@pytest.fixture(scope="module")
def root(few: Digits, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of finished runs: a VAE-GAN, a GAN, an autoencoder, and a fork of the first."""
    folder = tmp_path_factory.mktemp("runs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mnist, "load", lambda: few)
        patch.setattr(mnist, "load_sample", lambda: few)
        for kept in (worker._own_digits, worker._digits_of):
            kept.cache_clear()
        first = trained(folder, few, {})
        trained(folder, few, {"weights": {"recon": 0, "kl": 0}, "fakes": "prior"})
        trained(folder, few, {"sample_latent": False, "weights": {"kl": 0, "adv": 0}})
        trained(folder, few, {"lr": 0.002}, first)
        for kept in (worker._own_digits, worker._digits_of):
            kept.cache_clear()
    return folder


def trained(folder: Path, few: Digits, changes: dict[str, Any], parent: Run | None = None) -> Run:
    values = {"model": {"latent_dim": 3, "hidden_dim": 8}, "batch_size": 20, "epochs": 2}
    origin = None if parent is None else Origin(run=parent.run_id, epoch=2)
    plan = make_plan(TrainConfig(**values | changes), few, "vaegan-bn", origin)
    run = Run(folder / plan.run_id)
    run.folder.mkdir()
    if parent is not None:
        run.put(layout.START, (parent.folder / layout.state_name(2)).read_bytes())
    run.write(plan)
    run.write(Control())
    run.write(Status(phase="queued"))
    worker.work([str(run.folder)])
    assert run.status.phase == "finished"
    return run


@pytest.fixture(autouse=True)
def shelf(root: Path, few: Digits, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    opened = Shelf(root)
    monkeypatch.setenv(ENVIRONMENT, str(root))
    monkeypatch.setattr(lab, "jobs", lambda: opened)
    monkeypatch.setattr(resources, "digits", lambda: few)
    st.cache_resource.clear()
    st.cache_data.clear()
    yield opened
    st.cache_resource.clear()
    st.cache_data.clear()


def find(shelf: Shelf, **wanted: Any) -> str:
    """The run whose settings are these, and which is a fork or not."""
    fork = wanted.pop("fork", False)
    for view in shelf.views():
        values = {name: getattr(view.plan.config, name) for name in wanted}
        if values == wanted and (view.plan.origin is not None) == fork:
            return view.run_id
    raise AssertionError(wanted)


def opened(*runs: str, done: tuple[str, ...] = (), section: str = "slow") -> AppTest:
    """The Train page with a section open, and so much of the first run's slow motion done."""
    test = open_page(TRAIN, runs=",".join(runs))
    test.session_state["lab_slow_done"] = ((runs[0], 2), done)
    test.session_state[lab_state.SECTION] = section
    return test.run()


def press(test: AppTest, *labels: str) -> AppTest:
    for label in labels:
        button(test, label).click()
        test.run()
    assert not [*test.exception, *test.error]
    return test


def button(test: AppTest, label: str) -> Any:
    return next(one for one in test.button if one.label == label)


def possible(test: AppTest) -> list[str]:
    return [one.label for one in test.button if one.label in BUTTONS and not one.disabled]


def pictures(test: AppTest, words: str) -> list[str]:
    return re.findall(rf'src="([^"]+)" alt="{words}', markup(test))


def test_folded_up_nothing_is_measured(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("nobody looks")

    monkeypatch.setattr(dissection, "influence", refuse)
    monkeypatch.setattr(dissection, "SlowMotion", refuse)
    test = open_page(TRAIN, runs=find(shelf, fakes="recon", sample_latent=True))
    assert not [*test.exception, *test.error]
    assert not drawings(test)


def drawings(test: AppTest) -> list[dict[str, Any]]:
    """What the drawing of who moves whom is told of each run."""
    told = [json.loads(each.proto.json) for each in test.get("bidi_component") if each.proto.json]
    return [run for each in told for run in each.get("forces") or []]


def test_each_run_is_drawn_after_its_newest_epoch(shelf: Shelf) -> None:
    vaegan, gan = find(shelf, fakes="recon", sample_latent=True), find(shelf, fakes="prior")
    test = opened(vaegan, gan, section="moves")
    assert not [*test.exception, *test.error]
    first, second = drawings(test)
    assert first["when"] == second["when"] == "after epoch 2"
    run = shelf.lab.run(vaegan)
    config = run.plan.config
    model = restore(config.model, run.state(2).weights)
    expected = influence(model, config, resources.gallery().pictures[: dissection.MEASURED], 0)
    pulls = [[pull["norm"] for pull in loss["pulls"]] for loss in first["losses"]]
    np.testing.assert_allclose(pulls, expected.applied, rtol=1e-5)
    assert first["losses"][0]["pulls"][1]["words"][1] == short(expected.applied[0, 1])
    assert any(pull["words"][2] == "kept away" for loss in first["losses"] for pull in loss["pulls"])
    assert first["digit"]
    assert second["digit"] is None, "a GAN is given none"
    said = " ".join(text.value for text in test.markdown)
    assert all(sentence in said for sentence in in_words(expected))


def test_a_drawing_is_measured_once_an_epoch(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = Mock(wraps=influence)
    monkeypatch.setattr(dissection, "influence", counted)
    test = opened(find(shelf, fakes="recon", sample_latent=True), section="moves")
    test.run()
    counted.assert_called_once()


@pytest.mark.slow
def test_buttons_open_one_after_the_other_and_show_what_was_pressed(shelf: Shelf) -> None:
    test = opened(find(shelf, fakes="recon", sample_latent=True))
    for label in BUTTONS[:5]:
        assert possible(test) == [label]
        press(test, label)
    assert possible(test) == BUTTONS[5:]
    shown = markup(test)
    assert len(pictures(test, "Rebuilt")) == len(pictures(test, "Real digits")) == len(dissection._batch().classes)
    assert len(re.findall(r">D [01]\.\d\d<", shown)) == 2 * len(dissection._batch().classes)
    assert "All that moves the discriminator" in shown
    assert ">change<" not in shown
    heat_maps = [chart.proto for chart in test.get("plotly_chart") if "heatmap" in chart.proto.spec.lower()]
    for strip in ("z", "mu", "logvar"):
        (chart,) = [chart for chart in heat_maps if chart.id.endswith(f"-slow_strip_{strip}")]
        assert json.loads(chart.spec)["data"][0]["y"] == [str(label) for label in dissection._batch().classes]


def test_a_step_shows_before_and_after_and_a_second_press_changes_nothing(shelf: Shelf) -> None:
    run_id = find(shelf, fakes="recon", sample_latent=True)
    test = opened(run_id, done=PARTS)
    before = pictures(test, "Rebuilt")
    press(test, "Step decoder")
    assert pictures(test, "Rebuilt [0-9]") == before
    assert set(pictures(test, "Rebuilt, after the step")).isdisjoint(before)
    assert possible(test) == ["Step encoder", "Step discriminator"]
    run = shelf.lab.run(run_id)
    config = run.plan.config
    slow = SlowMotion(restore(config.model, run.state(2).weights), config, dissection._batch().pictures)
    old = losses_of(slow)
    slow.step("decoder")
    new = losses_of(slow)
    for term in old:
        assert f"<td>{old[term]:.3f}</td><td>{new[term]:.3f}</td>" in markup(test)
    seen = markup(test)
    chosen = (run_id, 2)
    test.session_state["lab_slow_done"] = (chosen, (*PARTS, "decoder"))
    test.run()
    assert markup(test) == seen
    press(test, "Start again")
    assert possible(test) == ["Encode"]
    assert button(test, "Start again").disabled


def losses_of(slow: SlowMotion) -> dict[str, float]:
    """What the last part gives, after all parts before it."""
    *_, losses = (getattr(slow, part)() for part in slow.parts)
    return losses


def test_a_press_is_noted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    state: dict[str, Any] = {lab_state.SLOW_RUN: "0" * 12, lab_state.SLOW_EPOCH: 1}
    monkeypatch.setattr(st, "session_state", state)
    for _ in range(2):
        lab_state.slow_press("encode")
    assert lab_state.slow_done(("0" * 12, 1)) == ("encode",)
    assert lab_state.slow_done(("0" * 12, 2)) == ()
    lab_state.slow_again()
    assert lab_state.slow_done(("0" * 12, 1)) == ()


@pytest.mark.slow
def test_another_epoch_begins_again_and_other_systems_have_other_buttons(shelf: Shelf) -> None:
    test = press(opened(find(shelf, fakes="recon", sample_latent=True)), "Encode")
    weights = next(box for box in test.selectbox if box.label == "Weights")
    assert weights.options == ["before the first step", "after epoch 1", "after epoch 2"]
    weights.set_value(0).run()
    assert possible(test) == ["Encode"]
    gan = opened(find(shelf, fakes="prior"))
    assert possible(gan) == ["Sample"]
    gan = opened(find(shelf, fakes="prior"), done=("sample", "decode", "discriminate", "losses", "discriminator"))
    assert possible(gan) == ["Step decoder"]
    assert pictures(press(gan, "Step decoder"), "Decoded from the prior, after the step")
    auto = opened(find(shelf, sample_latent=False), done=("encode", "sample", "decode", "losses"))
    assert possible(auto) == ["Step encoder", "Step decoder"]
    assert "nothing is drawn at random here" in " ".join(text.value for text in auto.markdown)


def test_a_fork_begins_with_the_weights_of_its_origin(shelf: Shelf) -> None:
    parent, fork = find(shelf, fakes="recon", sample_latent=True), find(shelf, lr=0.002, fork=True)
    before, after = dissection._influence(fork, 0), dissection._influence(parent, 2)
    assert np.array_equal(before.applied, after.applied)


def cells(applied: list[list[float]], cosine: list[list[float]], **changes: Any) -> Influence:
    values = np.array(applied)
    measured = Influence(
        terms=("recon", "adv"),
        weights=(1.0, 1.0),
        applied=values,
        raw=values,
        routed=values > 0,
        cosine=np.array(cosine),
        whole=np.array([1.0, 2.0, 0.0]),
    )
    return measured._replace(**changes)


def test_what_stands_out_is_said_in_numbers() -> None:
    nan = float("nan")
    measured = cells([[4.0, 80.0, 0.0], [5.0, 2.0, 0.0]], [[-0.4, 1.0, nan], [0.8, 0.05, nan]])
    assert in_words(measured) == [
        "All terms pull the encoder about equally hard.",
        "The loss on pixels pulls the encoder back from where the others move it.",
        "The encoder's losses pull against each other: 11 % of their force is left.",
        "The GAN's loss moves the decoder 40 times less than the loss on pixels.",
        "The decoder's losses pull against each other: 2 % of their force is left.",
    ]
    alone = cells([[0.0, 3.0, 0.0], [0.0, 0.0, 0.0]], [[nan, 1.0, nan], [nan] * 3], whole=np.array([0.0, 3.0, 0.0]))
    assert in_words(alone) == ["The loss on pixels alone moves the decoder."]


def test_signs_are_true_minuses_and_zero_has_none() -> None:
    assert [signed(value, 1) for value in (0.04, -0.04, -1.26, 2.0)] == ["0.0", "0.0", "−1.3", "+2.0"]
