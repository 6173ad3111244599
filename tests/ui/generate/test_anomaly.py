"""Is this a digit? on the Generate page: what can be tried, its threshold, its verdicts."""

import re

import numpy as np
import pytest

from tests.ui.generate.pages import clean, generate, press
from tests.ui.opened import markup
from vaegan.studio import Studio
from vaegan.ui import resources
from vaegan.ui.charts import PASSING_BARS, score_chart
from vaegan.ui.generate import probes
from vaegan.ui.generate.anomaly import verdict
from vaegan.ui.generate.generate_state import TRIES
from vaegan.ui.line_chart import can_draw


@pytest.fixture(autouse=True)
def small_twins(twins, monkeypatch):
    """The page over two small checkpoints."""
    monkeypatch.setattr(resources, "FOLDER", twins)


@pytest.mark.slow
@pytest.mark.parametrize("kind", TRIES)
def test_everything_can_be_tried(kind):
    test = generate("anomaly", **{"try": kind})
    assert clean(test)
    assert any("says the network" in each.value for each in test.markdown)
    assert ("digit" in test.query_params) == (kind == "yours")


def test_anomaly_controls():
    test = generate("anomaly")
    seen = {markup(test)}
    seen.add(markup(test.selectbox(key="judge_letter").set_value("W").run()))
    seen.add(markup(test.selectbox(key="judge_model").set_value("tiny-plain").run()))
    test.pills(key="judge_try").set_value("scribble").run()
    seen.add(markup(press(test, "Another")))
    assert len(seen) == 4
    words = {each.value for each in test.markdown if "threshold" in each.value}
    test.slider(key="judge_percentile").set_value(90).run()
    assert words != {each.value for each in test.markdown if "threshold" in each.value}


def test_the_threshold_lets_the_chosen_share_of_real_digits_pass(twins):
    scores = resources.test_scores("tiny-bn")
    pictures = resources.gallery().pictures
    assert scores.shape == (1000,)
    assert np.allclose(scores[:200], Studio.open("tiny-bn", twins).scores(pictures).total, rtol=1e-4)
    threshold = float(np.percentile(scores, 95))
    assert (scores <= threshold).mean() == pytest.approx(0.95, abs=0.002)
    chart = score_chart(scores, threshold, 1e6, 95)
    assert can_draw(chart), "a phone fetches no plotly for it"
    passing, others, told, mark = chart.data
    assert sum(y for x, y in zip(told.x, told.y, strict=True) if x < threshold) == (scores < threshold).sum()
    assert sum(told.y) == len(scores)
    step = threshold / PASSING_BARS
    for outline, count in ((passing, (scores < threshold).sum()), (others, (scores >= threshold).sum())):
        xs, ys = np.array(outline.x), np.array(outline.y)
        area = 0.5 * abs(np.sum(xs * np.roll(ys, -1) - np.roll(xs, -1) * ys))  # of the polygon
        assert area / step == pytest.approx(count)
    assert max(passing.x) == pytest.approx(threshold)
    assert min(others.x) == pytest.approx(threshold)
    assert (mark.marker.symbol, mark.x[0]) == ("triangle-right", pytest.approx(max(others.x)))


@pytest.mark.slow
def test_the_four_measures_tell_what_is_no_digit():
    test = generate("anomaly")
    assert clean(test)
    said = re.sub(r"<[^>]+>", "\n", markup(test))
    words = dict(re.findall(rf"({'|'.join(TRIES.values())})\s*doubt [\d.]+\s*(a digit|not a digit)", said))
    assert words.keys() == set(TRIES.values())
    assert words.pop("A real digit") == "a digit"
    words.pop("Your digit")
    assert set(words.values()) == {"not a digit"}
    assert any("This is no digit" in each.value for each in test.markdown)


def test_verdicts_in_words():
    scores = np.arange(100, dtype=np.float32)
    assert verdict(50.5, scores, 95).startswith("**A digit**")
    assert "49 % of real digits score higher" in verdict(50.5, scores, 95)
    assert verdict(96, scores, 95).startswith("**Not a digit**")


def test_things_to_try_are_digits_in_form_and_fixed_by_their_seed():
    pictures = resources.gallery().pictures
    made = [probes.letter("A"), probes.letter("W"), probes.scribble(0), probes.scribble(1), probes.dash()]
    made += [probes.two_digits(pictures, 0), probes.noise(0), probes.noise(1), probes.blank()]
    for picture in made:
        assert picture.shape == (28, 28)
        assert picture.dtype == np.float32
        assert 0 <= picture.min() <= picture.max() <= 1
    assert len({picture.tobytes() for picture in made}) == len(made)
    assert np.array_equal(probes.scribble(5), probes.scribble(5))
    rows = np.flatnonzero(probes.dash().any(axis=1))
    assert len(rows) <= 4
