"""The third column of the Denoise page: a filter that people know, beside the twins."""

import csv
import io
import re
from collections.abc import Iterator
from unittest.mock import Mock

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage
from streamlit.testing.v1 import AppTest

from tests.conftest import present
from tests.ui.opened import DENOISE, draw, markup, open_page, seven
from vaegan.config import NoiseConfig
from vaegan.data.drawing import from_drawing
from vaegan.data.pictures import pack, png_bytes, unpack
from vaegan.denoisers import filters as classical
from vaegan.metrics.likeness import psnr
from vaegan.studio import Rated, add_noise, add_noises, rate
from vaegan.ui import comparison, filters, resources, state
from vaegan.ui.catalogue import TWINS
from vaegan.ui.charts import ladder_chart
from vaegan.ui.comparison import LEVELS, Comparison, compare, noises, numbers_csv, sheet_png
from vaegan.ui.filters import Filtered, in_force
from vaegan.ui.gallery import picture_url
from vaegan.ui.readings import Said

NOISE = NoiseConfig(kind="salt-pepper", level=0.3, seed=5)
LINK = {"pair": "tiny", "kind": "salt-pepper", "level": "30", "seed": "5"}


@pytest.fixture(autouse=True)
def small_twins(twins, monkeypatch) -> Iterator[None]:
    """The page over two small checkpoints, with nothing kept of other tests."""
    monkeypatch.setattr(resources, "FOLDER", twins)
    filters._cleaned.cache_clear()
    yield
    filters._cleaned.cache_clear()


@pytest.fixture
def digit() -> np.ndarray:
    return unpack(pack(from_drawing(np.asarray(seven())).digit))  # as a link carries it


def compared(digit: np.ndarray, name: str = "median", noise: NoiseConfig = NOISE) -> Comparison:
    found = compare("tiny", digit, noise)
    assert found is not None
    return found.beside(name)


def captions(test: AppTest) -> str:
    return " ".join(caption.value for caption in test.caption)


def test_it_is_off_at_first_and_leaves_no_trace():
    test = open_page(DENOISE)
    assert state.DETAILS not in test.session_state or not test.session_state[state.DETAILS]
    assert not {"show", "filter"} & set(test.query_params)
    assert "cleaned by" not in markup(test)
    assert "One digit takes" not in captions(test)


def test_it_adds_a_column_a_ladder_row_a_sentence_and_an_error_map():
    test = open_page(DENOISE, **LINK)
    test.button_group(key=state.DETAILS).set_value(["filter", "errors", "ladder"]).run()
    assert not test.exception
    page = markup(test)
    assert page.count('alt="cleaned by median filter"') == 1  # the best where pixels turned white or black
    assert "Error by median filter" in page
    assert 'alt="Median filter, from 0 % to 100 % noise"' in page
    assert any("**Median filter**: SSIM" in each.value for each in test.markdown)
    said = "Median filter (size 3), the best of all on training digits: each pixel becomes the median of its"
    assert said in captions(test)
    assert re.search(
        r"takes the filter \d+\.\d ms, the network with BatchNorm \d+\.\d ms, the network without BatchNorm \d+\.\d ms",
        captions(test),
    )


def test_the_picture_and_its_numbers_are_scipys(digit):
    test = open_page(DENOISE, **LINK, digit=pack(digit), show="filter", filter="median")
    expected = ndimage.median_filter(add_noise(digit, NOISE), 3)
    figure = re.search(r'<figure><img src="([^"]*)" alt="cleaned by median filter">(.*?)</figure>', markup(test), re.S)
    assert figure is not None
    assert figure[1] == picture_url(expected)
    assert f"PSNR {psnr(expected[None], digit[None])[0]:.1f} dB" in figure[2]


@pytest.mark.slow
@pytest.mark.parametrize("name", [state.BEST, *classical.FILTERS])
def test_a_link_restores_the_filter_and_writes_it_again(name):
    link = LINK | {"show": "filter"} | ({} if name == state.BEST else {"filter": name})
    test = open_page(DENOISE, **link)
    assert not test.exception
    assert not test.warning
    assert test.selectbox(key=state.FILTER).value == name
    assert {key: test.query_params[key] for key in link} == link
    assert ("filter" in test.query_params) == (name != state.BEST)
    title = classical.FILTERS["median" if name == state.BEST else name].title
    assert f"cleaned by {title[0].lower()}{title[1:]}" in markup(test)
    assert markup(open_page(DENOISE, **link)) == markup(test)


@pytest.mark.parametrize(("key", "value"), [("filter", "bm3d"), ("filter", "__class__"), ("compared", "yes")])
def test_what_a_link_may_not_say_is_named_and_dropped(key, value):
    test = open_page(DENOISE, **({"show": "filter"} | {key: value}))
    assert not test.exception
    assert key in test.warning[0].value
    assert "cleaned by" in markup(test)


def test_the_choice_outlives_the_switch():
    test = open_page(DENOISE, **LINK, show="filter")
    test.selectbox(key=state.FILTER).set_value("tv").run()
    assert (test.query_params["show"], test.query_params["filter"]) == ("filter", "tv")
    test.button_group(key=state.DETAILS).set_value([]).run()
    assert "show" not in test.query_params
    assert "cleaned by" not in markup(test)
    test.button_group(key=state.DETAILS).set_value(["filter"]).run()
    assert test.selectbox(key=state.FILTER).value == "tv"


def test_best_follows_the_noise():
    assert in_force("tv", NOISE) == "tv"
    for kind in classical.tuned()["psnr"]:
        for level in (0.0, 0.1, 0.4, 1.0):
            noise = NoiseConfig(kind=kind, level=level)
            nearest = min(classical.LEVELS, key=lambda tuned: abs(tuned - noise.level))
            reached = classical.tuned()["psnr"][kind][f"{nearest:g}"]
            assert reached[in_force(state.BEST, noise)] == max(reached.values())
    test = open_page(DENOISE, kind="salt-pepper", level="25", show="filter")
    assert "cleaned by median filter" in markup(test)
    test.selectbox(key="kind").set_value("blur").run()
    assert "cleaned by gaussian filter" in markup(test)


def test_the_best_of_the_row_may_be_the_filter():
    test = open_page(DENOISE, kind="blur", level="10", show="filter", filter="gaussian")
    best = re.search(r'alt="cleaned by gaussian filter"><figcaption>(.*?)</figcaption>', markup(test), re.S)
    assert present(best)[1].count('<span class="vg-best">') == 2
    assert markup(test).count('<span class="vg-best">') == 2


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([(20.31, 0.851), (20.34, 0.869)], [[False, False], [False, True]]),  # 20.3 is as good as 20.3
        ([(20.36, 0.87), (20.34, 0.85)], [[True, True], [False, False]]),
        ([(18.0, 0.9), (19.0, 0.8)], [[False, True], [True, False]]),
        ([(18.0, 0.9), (18.0, 0.9)], [[False, False], [False, False]]),
        ([(8.0, 0.9), (12.0, 0.9), (12.04, 0.1)], [[False, True], [True, True], [True, False]]),
    ],
)
def test_only_what_is_better_as_printed_is_bold_and_each_number_on_its_own(numbers, expected):
    one = np.zeros((1, 28, 28), np.float32)
    rated = [Rated(one, np.array([psnr]), np.array([ssim])) for psnr, ssim in numbers]
    third = Filtered("median", rated[2]) if len(rated) > 2 else None
    made = Comparison(NOISE, one[0], rated[0], {"bn": rated[0], "plain": rated[1]}, third)
    for column, bold in zip(made.columns, expected, strict=True):
        _, _, words = comparison.cleaned_picture(made, column, Said())
        lines = re.search(r'<span class="vg-numbers">(.*)</span>', words, re.S)
        assert [line.startswith('<span class="vg-best">') for line in present(lines)[1].split("\n")] == bold


@pytest.mark.slow
@pytest.mark.parametrize("name", classical.FILTERS)
def test_at_level_0_a_filter_is_left_out_and_says_so(name):
    test = open_page(DENOISE, level="0", show="filter", filter=name)
    assert not test.exception
    assert "At level 0 it is left out." in captions(test)
    assert markup(test).count("the clean digit itself") == 2  # the input and the filter's


def test_the_pictures_do_not_wait_for_the_filters_ladder(digit, monkeypatch):
    clean = classical.clean
    counted = Mock(wraps=clean)
    monkeypatch.setattr(classical, "clean", counted)
    found = compared(digit, "nlm")
    assert counted.call_count == 1
    on_ladder = present(found.on_ladder().filtered)
    assert counted.call_count == len(LEVELS)  # the chosen level is one of the ladder's
    compared(digit, "nlm").on_ladder()
    assert counted.call_count == len(LEVELS), "nothing is cleaned twice"
    for row, noise in enumerate(noises(NOISE)):
        expected = clean("nlm", found.noisy.pictures[row : row + 1], noise)[0]
        np.testing.assert_array_equal(on_ladder.output.pictures[row], expected)


def test_downloads_hold_the_filter(digit):
    found = compared(digit).on_ladder()
    rows = list(csv.DictReader(io.StringIO(numbers_csv(found).decode())))
    assert len(rows) == 1 + len(LEVELS)
    for row, noise in zip(rows, noises(NOISE), strict=True):
        noisy = add_noise(digit, noise)[None]
        expected = psnr(classical.clean("median", noisy, noise), digit[None])[0]
        assert float(row["psnr_median"]) == pytest.approx(expected, abs=1e-3)
        assert -1 <= float(row["ssim_median"]) <= 1
    with Image.open(io.BytesIO(sheet_png(found))) as sheet, Image.open(io.BytesIO(png_bytes(digit))) as one:
        assert sheet.height > 4 * 8 * one.height
    without = present(compare("tiny", digit, NOISE))
    assert "median" not in numbers_csv(without).decode()
    assert without.on_ladder() == without


def test_milliseconds_are_the_best_of_three(monkeypatch):
    clock = iter((0.0, 0.5, 1.0, 1.002, 2.0, 2.3))
    monkeypatch.setattr(filters, "perf_counter", lambda: next(clock))
    done = []
    assert filters.milliseconds(lambda: done.append(1)) == pytest.approx(2)
    assert len(done) == 3


def test_the_chart_has_a_line_for_the_filter(digit):
    found = compared(digit).on_ladder()
    outputs = {column.name: column.output for column in found.columns}
    chart = ladder_chart(0.3, LEVELS, found.noisy, outputs)
    assert [line.name for line in chart.data] == [*TWINS.values(), "Median filter", "What both saw"]
    assert len({line.line.color for line in chart.data}) == 4
    assert chart.data[2].y[0] is None, "what is the clean digit itself would flatten the rest"


def test_a_cleared_field_has_no_filter_either():
    test = draw(draw(open_page(DENOISE, show="filter"), seven()), None)
    assert not test.exception
    assert "cleaned by" not in markup(test)


def test_a_noise_is_drawn_once_for_both_twins_and_the_input_is_rated_once(digit, monkeypatch):
    drawing, rating = Mock(wraps=add_noises), Mock(wraps=rate)
    monkeypatch.setattr(comparison, "add_noises", drawing)
    monkeypatch.setattr(comparison, "rate", rating)
    compare("tiny", digit, NOISE)
    drawing.assert_called_once()
    assert rating.call_count == 3  # the noisy pictures, and what each twin made of them


@pytest.mark.slow
@pytest.mark.parametrize("filter_name", [None, "tv"])
@pytest.mark.parametrize("level", ["30", "0"])
def test_a_noise_that_no_filter_is_tuned_for_is_a_sentence_and_the_rest_works(filter_name, level, monkeypatch):
    table = classical.tuned()
    without = {
        part: {kind: values for kind, values in table[part].items() if kind != NOISE.kind}
        for part in ("parameters", "psnr")
    }
    monkeypatch.setattr(classical, "tuned", lambda: without)
    chosen = {"filter": filter_name} if filter_name else {}
    test = open_page(DENOISE, **LINK | chosen | {"level": level, "show": "filter,ladder"})
    assert not test.exception
    assert not test.error
    (said,) = test.info
    assert "tuned for 'salt-pepper' noise yet. Run `python -m vaegan tune-filters`." in said.value
    page = markup(test)
    assert 'alt="Without BatchNorm, from 0 % to 100 % noise"' in page
    assert "cleaned by" not in page
    test.selectbox(key="kind").set_value("blur").run()
    assert not test.info
    assert 'alt="cleaned by' in markup(test)
