"""The Train page, without a browser, over a cluster that trains nothing."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import get_args

import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import present
from tests.ui.runs import planned
from tests.ui.test_pages import healthy, markup, open_page
from vaegan.config import Architecture, TrainConfig, fields_of, preset
from vaegan.data.mnist import Digits
from vaegan.lab import layout
from vaegan.lab.documents import Origin, Status, Watchers
from vaegan.lab.queue import View
from vaegan.lab.runs import Lab
from vaegan.training.events import StepEvent
from vaegan.training.journal import JournalWriter, Place, line_of
from vaegan.ui import pages
from vaegan.ui.train import lab, lab_state
from vaegan.ui.train.config_form import NO_DISCRIMINATOR
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
    ],
)
def test_what_a_link_may_not_say_is_named_and_dropped(key: str, value: str) -> None:
    test = open_page(TRAIN, **{key: value})
    assert not test.exception
    assert key in test.warning[0].value


def test_a_run_that_is_gone_is_a_sentence() -> None:
    test = open_page(TRAIN, runs="000000000000")
    assert not test.exception
    assert test.error[0].value == "there is no run 000000000000 here; it may have been deleted"
    assert test.button(key="lesson_race")


@pytest.mark.slow
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
    test.toggle(key=lab_state.MAP).set_value(False).run()
    test.toggle(key=lab_state.FILM).set_value(True).run()
    assert (test.query_params["map"], test.query_params["film"]) == ("0", "1")
    shared = healthy(open_page(TRAIN, **{name: str(value) for name, value in test.query_params.items()}))
    assert "latent space after" not in markup(shared)
    assert shared.toggle(key=lab_state.FILM).value


@pytest.mark.slow
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
    assert links.count("Denoise") == links.count("Latent_space") == 1  # in the navigation alone
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
    test.button(key="start_own").click().run()  # at once: the page has not been drawn since
    (run,) = Lab(lab_folder)
    assert run.plan.config == preset("vaegan-bn").updated(
        {"epochs": 4, "model": {"norm": "none"}, "weights": {"kl": 0.5}}
    )


def shown(test: AppTest) -> set[str]:
    """The settings that have a widget."""
    widgets = (*test.selectbox, *test.number_input, *test.toggle, *test.multiselect)
    names = {str(widget.key) for widget in widgets}
    return {name.removeprefix("form_vaegan-bn_") for name in names if name.startswith("form_vaegan-bn_")}


def test_only_settings_that_count_for_something_are_shown(lab_folder: Path) -> None:
    """Those of the other architecture, and of a discriminator that is not trained, would do nothing."""
    test = open_page(TRAIN)
    gan = {"fakes", "generator", "routing", "disc_lr", "adv_start", "spectral_norm", "r1"}
    everything = {path[-1] for path, _ in fields_of(TrainConfig)}
    assert shown(test) == everything - {"channels", "prior_statistics"}
    test.selectbox(key="form_vaegan-bn_architecture").set_value("convolutional").run()
    assert shown(test) == everything - {"hidden_dim", "prior_statistics"}
    test.selectbox(key="form_vaegan-bn_fakes").set_value("both").run()
    assert shown(test) == everything - {"hidden_dim"}
    test.selectbox(key="form_vaegan-bn_norm").set_value("none").run()
    assert shown(test) == everything - {"hidden_dim", "prior_statistics"}
    assert not [each for each in test.caption if each.value == NO_DISCRIMINATOR]
    test.number_input(key="form_vaegan-bn_adv").set_value(0.0).run()
    assert shown(test) == everything - {"hidden_dim", "prior_statistics"} - gan
    assert [each for each in test.caption if each.value == NO_DISCRIMINATOR]


def test_what_was_chosen_comes_back_with_its_setting(lab_folder: Path) -> None:
    test = open_page(TRAIN)
    test.number_input(key="form_vaegan-bn_hidden_dim").set_value(123)
    test.number_input(key="form_vaegan-bn_r1").set_value(0.1)
    test.toggle(key="form_vaegan-bn_spectral_norm").set_value(True)
    test.selectbox(key="form_vaegan-bn_architecture").set_value("convolutional").run()
    test.number_input(key="form_vaegan-bn_channels").set_value(8)
    test.number_input(key="form_vaegan-bn_adv").set_value(0.0).run()
    test.run()
    test.selectbox(key="form_vaegan-bn_architecture").set_value("dense")
    test.number_input(key="form_vaegan-bn_adv").set_value(2.0).run()
    assert test.number_input(key="form_vaegan-bn_hidden_dim").value == 123
    test.button(key="start_own").click().run()
    (run,) = Lab(lab_folder)
    assert run.plan.config == preset("vaegan-bn").updated(
        {"model": {"hidden_dim": 123, "spectral_norm": True}, "r1": 0.1, "weights": {"adv": 2}}
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
    marked = {"selection": {"rows": [0, 1], "columns": [], "cells": []}}
    test.session_state["lab_table"] = marked
    test.run()
    assert table["run"].is_unique
    test.button(key="lab_table_show").click().run()
    assert sorted(test.session_state[lab_state.RUNS]) == sorted(ids)
    assert test.slider(key=lab_state.EPOCH).value == 3


def test_a_fork_begins_where_the_time_machine_stands(finished: Callable[..., list[str]], lab_folder: Path) -> None:
    (run_id,) = finished("vaegan-bn")
    test = open_page(TRAIN, runs=run_id, epoch="2")
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
    test = open_page(TRAIN, runs=run_id)
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
    test = open_page(TRAIN, runs=f"{run_id},{other}")
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
