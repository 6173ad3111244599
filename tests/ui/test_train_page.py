"""The Train page, without a browser, over a cluster that trains nothing."""

import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.conftest import present
from tests.ui.opened import healthy, open_page
from tests.ui.runs import planned
from vaegan.data.mnist import Digits
from vaegan.lab import layout
from vaegan.lab.documents import Origin, Status, Watchers
from vaegan.lab.jobs import SNAPSHOT_SECONDS
from vaegan.lab.queue import View
from vaegan.lab.runs import Lab
from vaegan.training.events import StepEvent
from vaegan.training.journal import JournalWriter, Place, line_of
from vaegan.ui import pages
from vaegan.ui.train import lab, lab_state, training_stage
from vaegan.ui.train.config_form import GROUPS
from vaegan.ui.train.lessons import LESSONS

TRAIN = pages.TRAIN.path
pytestmark = pytest.mark.usefixtures("lab_folder")


def test_the_page_alone_offers_every_lesson() -> None:
    test = healthy(open_page(TRAIN))
    assert {button.key for button in test.button} >= {f"lesson_{key}" for key in LESSONS}
    assert not test.get("progress")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("runs", "../../etc"),
        ("runs", "abc,def"),
        ("runs", "0123456789ab,0123456789ab"),
        ("epoch", "-1"),
        ("term", "loss"),
        ("more", "Everything"),
        ("speed", "100"),
        ("few", "yes"),
        ("show", "everything"),
    ],
)
def test_what_a_link_may_not_say_is_named_and_dropped(key: str, value: str) -> None:
    test = open_page(TRAIN, **{key: value})
    assert not test.exception
    assert key in test.warning[0].value


def test_a_run_that_is_gone_is_a_sentence() -> None:
    test = open_page(TRAIN, runs="000000000000")
    assert not test.exception
    assert test.error[0].value == "There is no run 000000000000 here; it may have been deleted."
    assert test.button(key="lesson_race")


def on_stage(test: AppTest) -> dict[str, Any]:
    """What the stage is told."""
    (component,) = [each for each in test.get("bidi_component") if "givenWords" in each.proto.json]
    data: dict[str, Any] = json.loads(component.proto.json)
    return data


@pytest.mark.slow
def test_finished_runs_stand_at_their_last_epoch_and_go_to_any_other(finished: Callable[..., list[str]]) -> None:
    ids = finished("vaegan-bn", "vaegan")
    test = healthy(open_page(TRAIN, runs=",".join(ids)))
    stage = on_stage(test)
    assert (stage["epoch"], stage["reached"], stage["active"]) == (None, 3, False)
    assert [run["sheet"]["epochs"] for run in stage["runs"]] == [[0, 1, 2, 3]] * 2, "the browser moves by itself"
    assert [run["twin"] for run in stage["runs"]] == ["bn", "plain"]
    assert stage["maps"] is None
    test.session_state[lab_state.MAP] = True
    test.run()
    at_end = on_stage(healthy(test))["maps"]
    assert at_end["epoch"] == 3
    test.session_state[lab_state.EPOCH] = 0
    test.run()
    before = on_stage(healthy(test))["maps"]
    assert before["epoch"] == 0
    assert all(old["url"] != new["url"] for old, new in zip(before["items"], at_end["items"], strict=True))
    assert (test.query_params["epoch"], test.query_params["map"]) == ("0", "1")
    shared = healthy(open_page(TRAIN, **{name: str(value) for name, value in test.query_params.items()}))
    assert on_stage(shared)["maps"] == before
    assert on_stage(open_page(TRAIN, runs=",".join(ids), epoch="99", map="1"))["maps"]["epoch"] == 3


def test_what_the_time_line_sends_is_checked(
    finished: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: dict[str, Any] = {}
    session = {training_stage.KEY: sent, lab_state.EPOCH: 1, lab_state.SPEED: 2, lab_state.MAP: True}
    monkeypatch.setattr(st, "session_state", session)
    for wrong in (-1, 10_001, "2", 1.5, [1]):
        sent["epoch"] = wrong
        training_stage._take_epoch()
        sent["speed"] = wrong
        training_stage._take_speed()
    assert (session[lab_state.EPOCH], session[lab_state.SPEED]) == (1, 2)
    sent |= {"epoch": 3, "speed": 4, "map": "yes", "act": "delete"}
    training_stage._take_epoch()
    training_stage._take_speed()
    training_stage._take_map()
    assert (session[lab_state.EPOCH], session[lab_state.SPEED], session[lab_state.MAP]) == (3, 4, False)
    session[lab_state.RUNS] = finished("vaegan-bn")
    monkeypatch.setattr(training_stage, "views_of", lambda _: [])
    training_stage._act()
    assert session[lab_state.EPOCH] == 3, "no button of ours asks for that"


def test_a_gan_has_a_map_of_its_decoder_and_shows_what_its_discriminator_believes(
    finished: Callable[..., list[str]],
) -> None:
    test = healthy(open_page(TRAIN, runs=finished("gan")[0], map="1", show="keep"))
    stage = on_stage(test)
    assert stage["maps"]["items"][0]["url"]
    assert stage["chart"]["range"] == [0, 1]
    assert len(stage["runs"][0]["lines"]) == 2
    assert stage["runs"][0]["kinds"] == ["New digits"]
    assert stage["given"] == ""
    links = [link.proto.page for link in test.get("page_link")]
    assert links.count("Denoise") == links.count("Latent_space") == 1  # in the navigation alone
    assert links.count("Generate") == 2


def test_a_failed_run_says_why(lab_folder: Path, sample: Digits) -> None:
    run = planned(lab_folder, sample)
    run.write(Status(phase="failed", reason="the loss is no number; lower lr"))
    test = open_page(TRAIN, runs=run.run_id)
    healthy(test)
    (shown,) = on_stage(test)["runs"]
    assert shown["status"] == "failed, the loss is no number; lower lr"
    assert on_stage(test)["resumable"]


def test_a_lesson_is_queued_as_a_race_and_another_offers_to_take_its_place(lab_folder: Path) -> None:
    test = open_page(TRAIN)
    test.button(key="lesson_race").click().run()
    race = test.session_state[lab_state.RUNS]
    norms = {Lab(lab_folder).run(run_id).plan.config.model.norm for run_id in race}
    assert norms == {"batch", "none"}
    assert test.query_params["runs"] in (",".join(race), [",".join(race)])
    stage = on_stage(healthy(test))
    assert stage["title"] == LESSONS["race"].title
    assert all("number 1 in the queue" in run["status"] for run in stage["runs"])
    test.button(key="lesson_ae").click().run()
    words = " ".join(text.value for text in test.markdown)
    assert "**Autoencoder** has not begun: your runs **With BatchNorm** and **Without BatchNorm** go on" in words
    assert test.session_state[lab_state.RUNS] == race
    test.button(key="offer_leave").click().run()
    assert "offer_take" not in {button.key for button in healthy(test).button}
    test.button(key="lesson_ae").click().run()
    test.button(key="offer_take").click().run()
    (other,) = test.session_state[lab_state.RUNS]
    assert not Lab(lab_folder).run(other).plan.config.sample_latent
    assert {Lab(lab_folder).run(run_id).status.phase for run_id in race} == {"stopped"}
    assert on_stage(healthy(test))["title"] == LESSONS["ae"].title


def test_a_run_that_was_there_before_says_so(lab_folder: Path) -> None:
    test = open_page(TRAIN)
    test.button(key="lesson_vae").click().run()
    assert on_stage(test)["said"] == ""
    other = open_page(TRAIN)
    other.button(key="lesson_vae").click().run()
    assert on_stage(other)["said"] == "All of this was begun before: all who ask for the same settings share one run."
    (run,) = Lab(lab_folder)
    run.write(Status(phase="finished", step=1, epoch=3, done=1.0))
    time.sleep(SNAPSHOT_SECONDS)
    test = open_page(TRAIN)
    test.button(key="lesson_vae").click().run()
    assert "was trained before, so it is complete already" in on_stage(test)["said"]


def test_on_few_digits_every_run_can_overfit(lab_folder: Path) -> None:
    test = open_page(TRAIN, few="1")
    test.button(key="lesson_vae").click().run()
    config = next(iter(Lab(lab_folder))).plan.config
    assert (config.train_limit, config.batch_size, config.epochs) == (500, 20, 60)


def test_runs_of_the_server_are_put_on_the_page_again(finished: Callable[..., list[str]]) -> None:
    ids = finished("vaegan-bn", "vaegan")
    test = open_page(TRAIN)
    assert not test.dataframe
    test.session_state[lab_state.SECTION] = "all"
    test.run()
    table = test.dataframe[0].value
    assert sorted(table["epochs"]) == ["3 of 3", "3 of 3"]
    assert table["test loss"].notna().all()
    assert test.button(key="lab_table_show").disabled
    marked = {"selection": {"rows": [0, 1], "columns": [], "cells": []}}
    test.session_state["lab_table"] = marked
    test.run()
    assert table["run"].is_unique
    test.button(key="lab_table_show").click().run()
    assert sorted(test.session_state[lab_state.RUNS]) == sorted(ids)
    assert on_stage(test)["reached"] == 3


def test_a_fork_begins_where_the_time_line_stands(finished: Callable[..., list[str]], lab_folder: Path) -> None:
    (run_id,) = finished("vaegan-bn")
    test = open_page(TRAIN, runs=run_id, epoch="2", show="keep")
    test.session_state[f"fork_{run_id}_tabs"] = GROUPS[""]
    test.button(key=f"fork_{run_id}").click().run()
    assert test.number_input(key=f"fork_{run_id}_lr").value == 0.001
    assert test.selectbox(key=f"fork_epoch_{run_id}").value == 2
    assert "norm" not in {box.label for box in test.selectbox if present(box.key).startswith(f"fork_{run_id}")}
    test.number_input(key=f"fork_{run_id}_lr").set_value(0.002)
    test.selectbox(key=f"fork_epoch_{run_id}").set_value(1)
    test.button(key="fork_start").click().run()  # at once: the dialog has not been drawn since
    assert not test.exception
    forked = next(run for run in Lab(lab_folder) if run.run_id != run_id)
    assert forked.plan.origin == Origin(run=run_id, epoch=1)
    assert forked.plan.config.lr == 0.002
    assert test.session_state[lab_state.RUNS] == [run_id, forked.run_id]


def test_a_deletion_that_is_refused_says_why(finished: Callable[..., list[str]], lab_folder: Path) -> None:
    (run_id,) = finished("vaegan-bn")
    test = open_page(TRAIN, runs=run_id, show="keep")
    lab.jobs().submit(Lab(lab_folder).run(run_id).plan.config, session="another")
    Lab(lab_folder).run(run_id).write(Watchers(sessions=("another",)))
    test.button(key=f"delete_{run_id}").click().run()
    test.button(key="delete_confirm").click().run()
    assert not test.exception
    assert [("1 more watches this run" in toast.value) for toast in test.toast] == [True]
    assert Lab(lab_folder).run(run_id).plan
    assert not test.run().toast, "once"


def test_a_run_is_deleted_at_the_second_press(finished: Callable[..., list[str]], lab_folder: Path) -> None:
    run_id, other = finished("vaegan-bn", "vaegan")
    test = open_page(TRAIN, runs=f"{run_id},{other}", show="keep")
    test.button(key=f"delete_{run_id}").click().run()
    assert (lab_folder / run_id).is_dir()
    test.button(key="delete_confirm").click().run()
    assert not (lab_folder / run_id).exists()
    assert test.session_state[lab_state.RUNS] == [other]


def test_a_link_proposes_a_lesson_until_there_are_runs(lab_folder: Path) -> None:
    test = open_page(TRAIN, lesson="placement")
    assert test.header[0].value == LESSONS["placement"].title
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
    assert LESSONS["schedule"].title in [element.value for element in test.header]
    assert "runs" not in test.query_params


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
