"""Charts, pictures and alarms of runs on the Train page, and who computes them; over a cluster that trains nothing."""

import json
from collections import Counter
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st

from tests.ui.opened import healthy, markup, open_page
from tests.ui.test_train_page import on_stage
from vaegan.config import PRIORS
from vaegan.data.pictures import tile
from vaegan.lab.alarms import Alarm
from vaegan.lab.run import Run
from vaegan.lab.runs import Lab
from vaegan.presets import preset
from vaegan.studio import Studio
from vaegan.ui import pages
from vaegan.ui.gallery import picture_url
from vaegan.ui.train import lab_state, previews, training_stage
from vaegan.ui.train.charts import QUANTITIES, ChartedRun, Quantity
from vaegan.ui.train.words import gap_in_words

TRAIN = pages.TRAIN.path
pytestmark = pytest.mark.usefixtures("lab_folder")


@pytest.mark.slow
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
    monkeypatch.setattr(training_stage, "picture_url", counted("picture_url", picture_url))
    for name in ("curve_alarms", "sample_alarms"):
        monkeypatch.setattr(previews, name, counted(name, getattr(previews, name)))
    first = healthy(open_page(TRAIN, runs=",".join(ids)))
    # Each epoch of each run once, made into one sheet a run, and the digits that were given.
    assert calls == {"opened": 2 * 4, "picture_url": 2 + 1, "curve_alarms": 2, "sample_alarms": 2}
    first.run()
    second = healthy(open_page(TRAIN, runs=",".join(ids)))
    assert calls.total() == 8 + 3 + 2 + 2
    assert on_stage(second)["runs"] == on_stage(first)["runs"]
    second.session_state[lab_state.EPOCH] = 1
    second.run()
    assert calls.total() == 8 + 3 + 2 + 2, "the browser has all epochs"


def test_the_alarms_of_a_run_are_on_its_page(
    finished: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    (run_id,) = finished("gan")
    st.cache_data.clear()
    monkeypatch.setattr(previews, "sample_alarms", lambda *_: [Alarm("All alike", "Lower lr.")])
    (alarm,) = [each for each in on_stage(open_page(TRAIN, runs=run_id))["alarms"] if "All alike" in each["title"]]
    assert alarm["words"] == "Lower lr."
    st.cache_data.clear()


def test_a_chart_is_one_entry(finished: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    ids = finished("vaegan-bn", "gan")
    assert "more" in open_page(TRAIN, runs=ids[0], more="KL share").warning[0].value
    kl = Quantity("share of KL", lambda curves: {"": curves.get("loss.kl")}, level=0.25, missing="nothing is encoded")
    monkeypatch.setitem(QUANTITIES, "KL share", kl)
    test = healthy(open_page(TRAIN, runs=",".join(ids), more="KL share", show="charts"))
    specs = [json.loads(chart.proto.spec) for chart in test.get("plotly_chart")]
    (chart,) = [spec for spec in specs if spec["layout"]["yaxis"]["title"]["text"] == "share of KL"]
    run = Lab().run(ids[0])
    assert [trace["y"] for trace in chart["data"]] == [pytest.approx(run.curves().named("loss.")["kl"].mean, rel=1e-4)]
    assert 0.25 in [shape["y0"] for shape in chart["layout"]["shapes"]]
    alone = healthy(open_page(TRAIN, runs=ids[1], more="KL share", show="charts"))
    assert "Nothing to draw: nothing is encoded." in [text.value for text in alone.caption]


def test_who_was_first_is_said_once_somebody_was() -> None:
    def raced(name: str, *losses: float) -> ChartedRun:
        epochs: Any = [SimpleNamespace(epoch=epoch, test_loss=loss) for epoch, loss in enumerate(losses, start=1)]
        no_curves: Any = None
        return ChartedRun(name, no_curves, epochs)

    same = [preset("vaegan-bn"), preset("vaegan")]
    assert gap_in_words([raced("a", 150), raced("b", 240)], same) is None
    assert gap_in_words([raced("a", 150, 120, 110)], same[:1]) is None
    one, other = raced("a", 150, 120, 110), raced("b", 240, 180, 140)
    words = gap_in_words([one, other], same)
    assert words == "The test loss came down to 140.0: a after 2 epochs, b after 3 epochs."
    words = gap_in_words([raced("VAE (1)", 150, 120, 110), raced("Without BatchNorm", 240, 180, 140)], same)
    assert words == "The test loss came down to 140.0: VAE (1) after 2 epochs, without BatchNorm after 3 epochs."
    weighted = [preset("vae"), preset("vae").updated({"weights": {"kl": 10}})]
    assert gap_in_words([one, other], weighted) is None, "their losses measure other things"


def test_alarms_keep_their_words_while_a_run_trains(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "session_state", {})
    first, later = Alarm("D gives up", "0.51 and 0.49"), Alarm("D gives up", "0.52 and 0.48")
    assert lab_state.steady_alarms("a", [first], ended=False) == [first]
    assert lab_state.steady_alarms("a", [later], ended=False) == [first]
    assert lab_state.steady_alarms("a", [], ended=False) == [first], "whoever reads it is not disturbed"
    assert lab_state.steady_alarms("b", [], ended=False) == []
    assert lab_state.steady_alarms("a", [later], ended=True) == [later]
    assert lab_state.steady_alarms("a", [], ended=True) == []


@pytest.mark.slow
def test_a_finished_run_shows_samples_from_both_priors_and_a_gan_says_why_it_has_one(
    finished: Callable[..., list[str]],
) -> None:
    vaegan, gan = finished("vaegan-bn", "gan")
    test = healthy(open_page(TRAIN, runs=vaegan, show="priors"))
    run = Lab().run(vaegan)
    studio = Studio(run.checkpoint())
    for prior in PRIORS:
        url = picture_url(tile(studio.sample(previews.SAMPLES, 0, prior=prior), 10))
        assert markup(test).count(url) == 1
    assert markup(test).count("30 samples of") == 2
    test = healthy(open_page(TRAIN, runs=gan, show="priors"))
    assert markup(test).count("30 samples of") == 1
    assert any("No prior could be fitted" in text.value for text in test.caption)
