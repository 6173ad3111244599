"""The Train page, and finished runs on the other pages; without a browser, over a cluster that trains nothing."""

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_args

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.ui.test_pages import markup, open_page
from vaegan.config import Architecture, preset
from vaegan.data.mnist import Digits
from vaegan.lab import dispatch, layout
from vaegan.lab.alarms import Alarm
from vaegan.lab.documents import Control, Origin, Status, make_plan
from vaegan.lab.queue import View
from vaegan.lab.run import Run
from vaegan.lab.runs import ENVIRONMENT, Lab
from vaegan.lab.worker import work
from vaegan.training.events import StepEvent
from vaegan.training.journal import JournalWriter, Place, line_of
from vaegan.ui import pages, resources
from vaegan.ui.train import lab, lab_state, previews
from vaegan.ui.train.charts import QUANTITIES, ChartedRun, Quantity
from vaegan.ui.train.lessons import LESSONS
from vaegan.ui.train.words import gap_in_words

TRAIN = pages.TRAIN.path
SMALL: dict[str, Any] = {"model": {"latent_dim": 3, "hidden_dim": 8}, "batch_size": 20, "epochs": 3}


class IdlePool:
    """A cluster that takes runs and trains none."""

    def __init__(self, address: str | None, workers: int, ended: Callable[..., None]) -> None:
        self.tasks: set[str] = set()

    def connect(self) -> None: ...

    def close(self) -> None: ...

    def slots(self) -> int:
        return 1

    def submit(self, task: str, folders: Sequence[str], priority: int) -> None:
        self.tasks.add(task)

    def cancel(self, task: str) -> None:
        self.tasks.discard(task)

    def __contains__(self, task: str) -> bool:
        return task in self.tasks


@pytest.fixture(autouse=True)
def lab_folder(twins: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The pages over two small checkpoints and an empty lab."""
    monkeypatch.setattr(resources, "FOLDER", twins)
    monkeypatch.setattr(dispatch, "Pool", IdlePool)
    monkeypatch.setenv(ENVIRONMENT, str(tmp_path))
    lab.jobs.clear()
    yield tmp_path
    lab.jobs.clear()


def planned(folder: Path, sample: Digits, base: str = "vaegan-bn", **changes: Any) -> Run:
    plan = make_plan(preset(base).updated(SMALL).updated(changes), sample.subset(200, 20), base)
    run = Run(folder / plan.run_id)
    run.folder.mkdir()
    run.write(plan)
    run.write(Control())
    run.write(Status(phase="queued"))
    return run


@pytest.fixture(scope="module")
def trained(sample: Digits, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Run]:
    """Runs that have finished, by preset: twins and a GAN."""
    folder = tmp_path_factory.mktemp("trained")
    runs = {base: planned(folder, sample, base) for base in ("vaegan-bn", "vaegan", "gan")}
    work([str(run.folder) for run in runs.values()])
    return runs


@pytest.fixture
def finished(trained: Mapping[str, Run], lab_folder: Path) -> Callable[..., list[str]]:
    """Put finished runs into the lab; returns their ids."""

    def put(*bases: str) -> list[str]:
        for base in bases:
            shutil.copytree(trained[base].folder, lab_folder / trained[base].run_id)
        return [trained[base].run_id for base in bases]

    return put


def healthy(test: AppTest) -> AppTest:
    assert not test.exception
    assert not test.error
    return test


def test_the_page_alone_offers_every_lesson() -> None:
    test = healthy(open_page(TRAIN))
    assert {button.key for button in test.button} >= {f"lesson_{key}" for key in LESSONS}
    assert not test.get("progress")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("runs", "../../etc"),
        ("runs", "abc,def"),
        ("epoch", "-1"),
        ("term", "loss"),
        ("more", "Everything"),
        ("speed", "100"),
        ("few", "yes"),
    ],
)
def test_what_a_link_may_not_say_is_named_and_dropped(key: str, value: str) -> None:
    test = open_page(TRAIN, **{key: value})
    assert not test.exception
    assert key in test.warning[0].value


def test_a_run_that_is_gone_is_a_sentence() -> None:
    test = open_page(TRAIN, runs="000000000000")
    assert not test.exception
    assert "it may have been deleted" in test.error[0].value
    assert test.button(key="lesson_race")


def test_finished_runs_stand_at_their_last_epoch_and_go_to_any_other(finished: Callable[..., list[str]]) -> None:
    ids = finished("vaegan-bn", "vaegan")
    test = healthy(open_page(TRAIN, runs=",".join(ids)))
    assert test.slider(key=lab_state.EPOCH).value == 3
    at_end = markup(test)
    assert "latent space after epoch 3" in at_end
    test.slider(key=lab_state.EPOCH).set_value(0).run()
    assert "latent space after epoch 0" in markup(healthy(test))
    assert markup(test) != at_end
    assert test.query_params["epoch"] == "0"
    assert healthy(open_page(TRAIN, runs=",".join(ids), epoch="2")).slider(key=lab_state.EPOCH).value == 2
    assert open_page(TRAIN, runs=",".join(ids), epoch="99").slider(key=lab_state.EPOCH).value == 3


def test_epochs_go_by_until_the_last(finished: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr(lab_state, "time", SimpleNamespace(monotonic=lambda: clock.now))
    test = open_page(TRAIN, runs=",".join(finished("vaegan-bn")))
    test.button(key="lab_play").click().run()
    assert test.slider(key=lab_state.EPOCH).value == 0
    seen = []
    for _ in range(4):
        clock.now += 0.5  # two epochs a second
        seen.append(healthy(test.run()).slider(key=lab_state.EPOCH).value)
    assert seen == [1, 2, 3, 3]
    assert test.button(key="lab_play")


def test_holding_and_moving_the_scrubber_while_epochs_go_by(
    finished: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr(lab_state, "time", SimpleNamespace(monotonic=lambda: clock.now))
    test = open_page(TRAIN, runs=",".join(finished("vaegan-bn")), epoch="0")
    test.button(key="lab_play").click().run()
    test.slider(key=lab_state.EPOCH).set_value(1).run()
    clock.now += 0.5
    assert test.run().slider(key=lab_state.EPOCH).value == 2
    test.button(key="lab_hold").click().run()
    clock.now += 10
    assert healthy(test.run()).slider(key=lab_state.EPOCH).value == 2


def test_a_gan_has_no_map_of_digits_but_one_of_its_decoder(finished: Callable[..., list[str]]) -> None:
    test = open_page(TRAIN, runs=finished("gan")[0])
    assert not test.exception
    assert not test.error
    assert "latent space after epoch 3" in markup(test)
    links = [link.proto.page for link in test.get("page_link")]
    assert links.count("Denoise") == links.count("Latent_space") == 1  # in the sidebar alone
    assert links.count("Generate") == 2


def test_a_failed_run_says_why(lab_folder: Path, sample: Digits) -> None:
    run = planned(lab_folder, sample)
    run.write(Status(phase="failed", reason="the loss is no number; lower lr"))
    test = open_page(TRAIN, runs=run.run_id)
    assert not test.exception
    assert [error.value for error in test.error] == ["the loss is no number; lower lr"]


def test_a_lesson_is_queued_as_a_race_and_another_has_to_wait(lab_folder: Path) -> None:
    test = open_page(TRAIN)
    test.button(key="lesson_race").click().run()
    ids = test.session_state[lab_state.RUNS]
    norms = {Lab(lab_folder).run(run_id).plan.config.model.norm for run_id in ids}
    assert norms == {"batch", "none"}
    assert test.query_params["runs"] in (",".join(ids), [",".join(ids)])
    assert not healthy(test).get("slider")
    test.button(key="lesson_ae").click().run()
    assert "goes on; stop it" in test.toast[0].value


def test_own_settings_are_trained_as_they_were_set(lab_folder: Path) -> None:
    test = open_page(TRAIN)
    boxes = {box.key for box in test.selectbox}
    assert ("form_vaegan-bn_architecture" in boxes) == (len(get_args(Architecture)) > 1), "one choice is none"
    test.number_input(key="form_vaegan-bn_epochs").set_value(4)
    test.selectbox(key="form_vaegan-bn_norm").set_value("none")
    test.number_input(key="form_vaegan-bn_kl").set_value(0.5)
    test.run()
    test.button(key="start_own").click().run()
    (run,) = Lab(lab_folder)
    assert run.plan.config == preset("vaegan-bn").updated(
        {"epochs": 4, "model": {"norm": "none"}, "weights": {"kl": 0.5}}
    )


def test_on_few_digits_every_run_can_overfit(lab_folder: Path) -> None:
    test = open_page(TRAIN, few="1")
    test.button(key="lesson_vae").click().run()
    config = next(iter(Lab(lab_folder))).plan.config
    assert (config.train_limit, config.batch_size, config.epochs) == (500, 20, 60)


def test_runs_of_the_server_are_put_on_the_page_again(finished: Callable[..., list[str]]) -> None:
    ids = finished("vaegan-bn", "vaegan")
    test = open_page(TRAIN)
    assert not test.dataframe
    test.session_state["lab_table_open"] = True
    test.run()
    table = test.dataframe[0].value
    assert sorted(table["epochs"]) == ["3 of 3", "3 of 3"]
    assert table["test loss"].notna().all()
    assert test.button(key="lab_table_show").disabled
    test.session_state["lab_table"] = {"selection": {"rows": [0, 1], "columns": [], "cells": []}}
    test.run()
    test.button(key="lab_table_show").click().run()
    assert sorted(test.session_state[lab_state.RUNS]) == sorted(ids)
    assert test.slider(key=lab_state.EPOCH).value == 3


def test_a_fork_begins_where_the_time_machine_stands(finished: Callable[..., list[str]], lab_folder: Path) -> None:
    (run_id,) = finished("vaegan-bn")
    test = open_page(TRAIN, runs=run_id, epoch="2")
    test.button(key=f"fork_{run_id}").click().run()
    assert test.number_input(key=f"fork_{run_id}_lr").value == 0.001
    assert "norm" not in {box.label for box in test.selectbox if box.key.startswith(f"fork_{run_id}")}
    test.button(key="fork_start").click().run()
    assert not test.exception
    forked = next(run for run in Lab(lab_folder) if run.run_id != run_id)
    assert forked.plan.origin == Origin(run=run_id, epoch=2)
    assert test.session_state[lab_state.RUNS] == [run_id, forked.run_id]


def test_a_run_is_deleted_at_the_second_press(finished: Callable[..., list[str]], lab_folder: Path) -> None:
    run_id, other = finished("vaegan-bn", "vaegan")
    test = open_page(TRAIN, runs=f"{run_id},{other}")
    test.button(key=f"delete_{run_id}").click().run()
    assert (lab_folder / run_id).is_dir()
    test.button(key="delete_confirm").click().run()
    assert not (lab_folder / run_id).exists()
    assert test.session_state[lab_state.RUNS] == [other]


def test_finished_twins_clean_digits_on_denoise(finished: Callable[..., list[str]]) -> None:
    ids = finished("vaegan-bn", "vaegan", "gan")
    test = healthy(open_page(pages.DENOISE.path, pair=f"run-{ids[0]}"))
    assert test.selectbox(key="pair").value == f"run-{ids[0]}"
    assert len(test.selectbox(key="pair").options) == 2, "twins count once, a GAN not at all"
    assert "cleaned with BatchNorm" in markup(test)
    assert "cleaned without BatchNorm" in markup(test)


def test_a_run_without_twin_works_alone(finished: Callable[..., list[str]]) -> None:
    (run_id,) = finished("vaegan")
    test = healthy(open_page(pages.DENOISE.path, pair=f"run-{run_id}"))
    assert "cleaned without BatchNorm" in markup(test)
    assert "cleaned with BatchNorm" not in markup(test)
    test = healthy(open_page(pages.LATENT_SPACE.path, pair=f"run-{run_id}"))
    assert test.selectbox(key="map_pair").value == f"run-{run_id}"


def test_runs_make_digits_on_generate(finished: Callable[..., list[str]]) -> None:
    names = [f"run-{run_id}" for run_id in finished("vaegan-bn", "gan")]
    test = healthy(open_page(pages.GENERATE.path, section="sample", models=",".join(names)))
    assert test.multiselect(key="sample_models").value == names
    assert "25 digits by run-" in markup(test)


@pytest.mark.parametrize("page", [pages.DENOISE.path, pages.LATENT_SPACE.path])
def test_a_link_to_a_run_that_is_gone_falls_back(page: str) -> None:
    test = open_page(page, pair="run-0123456789ab")
    assert not test.exception
    assert "pair is not one this page knows" in test.warning[0].value
    assert not test.error


def test_a_link_proposes_a_lesson_until_there_are_runs(lab_folder: Path) -> None:
    test = open_page(TRAIN, lesson="placement")
    assert test.subheader[0].value == LESSONS["placement"].title
    assert test.query_params["lesson"] in ("placement", ["placement"])
    test.button(key="lesson_proposed").click().run()
    assert not test.exception
    assert "lesson" not in test.query_params
    assert not [button for button in test.button if button.key == "lesson_proposed"]
    assert len(list(lab_folder.iterdir())) == 3
    assert "is not one this page knows" in open_page(TRAIN, lesson="../etc").warning[0].value


def test_a_link_to_a_lesson_is_about_that_lesson_whatever_was_looked_at_before(lab_folder: Path) -> None:
    test = open_page(TRAIN, lesson="placement")
    test.button(key="lesson_proposed").click().run()
    assert test.query_params["runs"]
    test.query_params.clear()
    test.query_params["lesson"] = "schedule"
    test.run()
    assert not test.exception
    assert test.button(key="lesson_proposed")
    assert LESSONS["schedule"].title in [element.value for element in test.subheader]
    assert "runs" not in test.query_params


def test_who_was_first_is_said_once_somebody_was() -> None:
    def raced(name: str, *losses: float) -> ChartedRun:
        epochs = [SimpleNamespace(epoch=epoch, test_loss=loss) for epoch, loss in enumerate(losses, start=1)]
        return ChartedRun(name, SimpleNamespace(), epochs)

    assert gap_in_words([raced("a", 150), raced("b", 240)]) is None
    assert gap_in_words([raced("a", 150, 120, 110)]) is None
    words = gap_in_words([raced("a", 150, 120, 110), raced("b", 240, 180, 140)])
    assert words == "A test loss of 140.0 was reached by a after epoch 2, by b after epoch 3."


def warnings(test: AppTest) -> list[str]:
    return [warning.value for warning in test.warning]


def test_a_second_viewer_and_another_second_compute_nothing(
    finished: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = finished("vaegan-bn", "gan")
    st.cache_data.clear()
    st.cache_resource.clear()
    previews._curve_alarms.cache_clear()
    calls: Counter[str] = Counter()

    def counted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            calls[name] += 1
            return function(*args, **kwargs)

        return call

    monkeypatch.setattr(Run, "preview", counted("opened", Run.preview))
    for name in ("picture_url", "curve_alarms", "sample_alarms"):
        monkeypatch.setattr(previews, name, counted(name, getattr(previews, name)))
    first = healthy(open_page(TRAIN, runs=",".join(ids)))
    assert calls == {"opened": 2, "picture_url": 3 + 2, "curve_alarms": 2, "sample_alarms": 2}
    first.run()
    second = healthy(open_page(TRAIN, runs=",".join(ids)))
    assert calls.total() == 2 + 5 + 2 + 2
    assert markup(second) == markup(first)
    assert warnings(second) == warnings(first)
    second.slider(key=lab_state.EPOCH).set_value(1).run()
    assert calls["opened"] == 4, "another epoch has other pictures"


def test_the_alarms_of_a_run_are_on_its_page(
    finished: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    (run_id,) = finished("gan")
    st.cache_data.clear()
    monkeypatch.setattr(previews, "sample_alarms", lambda *_: [Alarm("All alike", "Lower lr.")])
    assert [warning for warning in warnings(open_page(TRAIN, runs=run_id)) if "All alike" in warning]
    st.cache_data.clear()


def test_a_chart_is_one_entry(finished: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    ids = finished("vaegan-bn", "gan")
    assert "more" in open_page(TRAIN, runs=ids[0], more="KL share").warning[0].value
    kl = Quantity("share of KL", lambda curves: {"": curves.losses.get("kl")}, level=0.25, missing="nothing is encoded")
    monkeypatch.setitem(QUANTITIES, "KL share", kl)
    test = healthy(open_page(TRAIN, runs=",".join(ids), more="KL share"))
    specs = [json.loads(chart.proto.spec) for chart in test.get("plotly_chart")]
    (chart,) = [spec for spec in specs if spec["layout"]["yaxis"]["title"]["text"] == "share of KL"]
    run = Lab().run(ids[0])
    assert [trace["y"] for trace in chart["data"]] == [pytest.approx(run.curves().losses["kl"].mean, rel=1e-4)]
    assert 0.25 in [shape["y0"] for shape in chart["layout"]["shapes"]]
    alone = healthy(open_page(TRAIN, runs=ids[1], more="KL share"))
    assert "Nothing to draw: nothing is encoded." in [text.value for text in alone.caption]


def test_the_page_looks_again_soon_until_a_run_that_begins_has_its_first_step(
    lab_folder: Path, sample: Digits, finished: Callable[..., list[str]]
) -> None:
    run, ended = planned(lab_folder, sample, seed=1), finished("vaegan-bn")
    jobs = lab.jobs()

    def views(status: Status) -> list[View]:
        run.write(status)
        return [replace(jobs.view(run.run_id), phase=status.phase, step=status.step, wait=wait)]

    wait: float | None = 0.0
    assert lab.refresh_seconds(views(Status(phase="queued"))) == lab.SOON_SECONDS
    assert lab.refresh_seconds(views(Status(phase="running"))) == lab.SOON_SECONDS
    wait = 30.0
    assert lab.refresh_seconds(views(Status(phase="queued"))) == lab.REFRESH_SECONDS, "it waits for others"
    journal = JournalWriter(run.folder / layout.JOURNAL, Place(0, 0))
    step = StepEvent(1, 1, 0.1, {"recon": 1.0}, None, None, {}, 0.1, 1.0)
    journal.write(line_of(step))
    journal.close()
    assert lab.refresh_seconds(views(Status(phase="running"))) == lab.REFRESH_SECONDS, "its curve has begun"
    assert lab.refresh_seconds([jobs.view(ended[0])]) is None
