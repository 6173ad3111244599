"""Quality against weight on the Results page: points where they belong, twins joined, and filters that may win."""

import pytest

from tests.ui.test_results_page import charts, open_page, text
from vaegan.config import NoiseConfig
from vaegan.denoisers import comparison, filters
from vaegan.denoisers.comparison import DenoiserComparison, DenoiserScore
from vaegan.denoisers.weight import Weight
from vaegan.ui import shipped
from vaegan.ui.results import results_state, weights
from vaegan.ui.results.results_state import title
from vaegan.ui.results.weights import Point, frontier, in_bytes, points_of, weight_chart, worth_words

NOISE = NoiseConfig(kind="gaussian", level=0.5)
LIGHT = Weight(parameters=235_000, bytes=470_000, multiply_adds=4_700_000)


def kept_with_twins() -> DenoiserComparison:
    """The kept comparison, in which two convolutional stand-ins are as good as twins at every noise, and lighter."""
    kept = comparison.kept()
    best = {noise: max(row.psnr for row in kept.rows if row.noise == noise) for noise in {r.noise for r in kept.rows}}
    rows = [
        DenoiserScore(f"conv-{suffix}", noise, psnr + better, 0.9, 0.95)
        for suffix, better in (("bn", 1.0), ("plain", 0.5))
        for noise, psnr in best.items()
    ]
    both = dict.fromkeys(("conv-bn", "conv-plain"), LIGHT)
    return kept.model_copy(
        update={
            "rows": (*(row for row in kept.rows if not row.denoiser.startswith("conv-")), *rows),
            "weights": kept.weights | both,
            "milliseconds": kept.milliseconds | {"conv-bn": 1.5, "conv-plain": 1.25},
        }
    )


def test_points_lie_at_their_weight_and_quality() -> None:
    (_, chart) = charts(open_page(section="denoisers", level="0.25"))
    kept = comparison.kept()
    rows = {row.denoiser: row for row in kept.rows if row.noise == NOISE.updated({"level": 0.25})}
    found = {
        said.partition(":")[0]: (x, y)
        for trace in chart.values()
        if trace["told"]
        for said, x, y in zip(trace["said"], trace["x"], trace["y"], strict=True)
    }
    assert len(found) == len(rows) - 1, "all but doing nothing"
    for name, weight in kept.weights.items():
        assert found[title(name)] == (weight.bytes, rows[name].psnr)
    x, y = found["Median filter"]
    assert y == rows["median"].psnr
    assert x < min(weight.bytes for weight in kept.weights.values()), "it weighs nothing"
    assert sorted(chart["twins wide"]["x"]) == sorted(found[title(name)][0] for name in ("wide-bn", "wide-plain"))


def test_a_link_sets_level_and_cost_and_the_page_writes_them() -> None:
    test = open_page(section="denoisers", level="0.75", across="milliseconds", measure="ssim")
    assert not test.warning
    assert test.query_params["level"] in ("0.75", ["0.75"])
    assert test.query_params["across"] in ("milliseconds", ["milliseconds"])
    (_, chart) = charts(test)
    kept = comparison.kept()
    row = next(row for row in kept.rows if (row.denoiser, row.noise) == ("tv", NOISE.updated({"level": 0.75})))
    points = list(zip(chart["classical filters"]["x"], chart["classical filters"]["y"], strict=True))
    assert (kept.milliseconds["tv"], row.ssim) in points


@pytest.mark.parametrize("query", [{"level": "0.3"}, {"level": "x"}, {"across": "grams"}])
def test_what_a_link_may_not_say_is_named(query: dict[str, str]) -> None:
    test = open_page(section="denoisers", **query)
    assert not test.exception
    assert "is not one this page knows" in test.warning[0].value


def test_convolutional_twins_are_taken_in_when_they_were_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = kept_with_twins()
    monkeypatch.setattr(comparison, "kept", lambda: kept)
    test = open_page(section="denoisers")
    assert not test.exception
    assert test.multiselect(key=results_state.SHOWN).value[:2] == ["conv-bn", "conv-plain"]
    (lines, chart) = charts(test)
    assert {title("conv-bn"), title("conv-plain")} <= lines.keys()
    assert "twins conv" in chart
    beside = {name: {words for words, _ in chart[name]["texts"]} for name in ("with BatchNorm", "without BatchNorm")}
    best = {*map(shipped.title, ("conv", "wide", "denoise")), ""}
    assert beside["with BatchNorm"] == best, "the best have their names"
    assert beside["without BatchNorm"] == {""}, "one name for both twins"
    assert f"then {title('conv-bn')} (" in text(test)
    assert "470 kB)." in text(test), "the best of all comes last"


def test_the_frontier_holds_what_nothing_lighter_equals() -> None:
    points = [
        Point("a", 3, 10),
        Point("b", 1, 5),
        Point("c", 2, 4),
        Point("d", 3, 9),
        Point("e", 4, 10),
        Point("f", 9, 11),
    ]
    assert [point.name for point in frontier(points)] == ["b", "a", "f"]
    assert frontier([]) == []


def test_where_a_filter_wins_it_is_said() -> None:
    points = [Point("median", 0, 20.5), Point("tv", 0, 20.0), Point("net-bn", 1e6, 20.25)]
    assert worth_words(points, "psnr", "bytes") == (
        "**Nothing smaller is as good as these:** Median filter (20.50 dB, 0 bytes). "
        "Here a filter is the best of all: no network is worth its cost."
    )
    points = [Point("median", 0.1, 0.75), Point("net-bn", 0.5, 0.875)]
    assert worth_words(points, "accuracy", "milliseconds") == (
        "**Nothing faster is as good as these:** Median filter (75.0 %, 0.1 ms), then net-bn (87.5 %, 0.5 ms)."
    )
    assert worth_words([], "psnr", "bytes") == ""


def test_denoisers_without_a_known_weight_are_left_out() -> None:
    kept = kept_with_twins().model_copy(update={"weights": {"conv-bn": LIGHT}})
    rows = [row for row in kept.rows if row.noise == NOISE]
    found = {point.name: point.weight for point in points_of(kept, rows, "psnr", "bytes")}
    assert found == dict.fromkeys(filters.FILTERS, 0.0) | {"conv-bn": 470_000.0}
    table = {row["denoiser"]: row for row in weights.table_rows(kept, rows)}
    assert table[title("conv-bn")]["multiply-adds"] == 4_700_000
    assert table[title("wide-bn")]["bytes"] is None
    assert (table["Median filter"]["bytes"], table["Median filter"]["multiply-adds"]) == (0, None)


@pytest.mark.parametrize("points", [[], [Point("median", 0, 20)], [Point("wide-bn", 10, 20)]])
@pytest.mark.parametrize("across", results_state.COSTS)
def test_a_chart_of_few_or_none_is_drawn(points: list[Point], across: str) -> None:
    chart = weight_chart(points, "psnr", across, 12.0)
    assert sum(len(trace.x) for trace in chart.data) == len(points)
    assert chart.layout.shapes[0].y0 == 12.0


def test_groups_differ_in_mark_and_colour() -> None:
    names = ("wide-bn", "wide-plain", "ae-denoise", "median")
    chart = weight_chart([Point(name, 1.0, 20.0) for name in names], "psnr", "milliseconds", None)
    marks = [trace.marker for trace in chart.data if trace.mode == "markers+text"]
    assert len({mark.symbol for mark in marks}) == len({mark.color for mark in marks}) == 4


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 bytes"), (470_000, "470 kB"), (6_713_208, "6.71 MB"), (999, "999 bytes")]
)
def test_bytes_in_words(count: float, words: str) -> None:
    assert in_bytes(count) == words
