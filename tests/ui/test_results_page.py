"""The Results page: what it shows is what was measured, by link and with broken things around it; no browser."""

import csv
import io
import json
import re
from typing import Literal

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.opened import ROOT, unmarked
from vaegan.config import NoiseConfig
from vaegan.denoisers import comparison, filters
from vaegan.denoisers.comparison import UNCHANGED, DenoiserScore
from vaegan.metrics.likeness import psnr
from vaegan.reproduction import paper, schema
from vaegan.studio import Studio, add_noise
from vaegan.ui import pages, resources
from vaegan.ui.results import claims, losing, results_state, tables
from vaegan.ui.results.charts import gain_chart, gain_words, plot_chart
from vaegan.ui.results.questions import QUESTIONS
from vaegan.ui.results.written_out import written_out
from vaegan.ui.train.lessons import LESSONS

PAGE = pages.RESULTS.path


def open_page(**query: str) -> AppTest:
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    test.switch_page(PAGE)
    for key, value in query.items():
        test.query_params[key] = value
    return test.run()


def charts(test: AppTest) -> list[dict]:
    """Each chart's traces, by name."""
    specs = [json.loads(chart.proto.spec)["data"] for chart in test.get("plotly_chart")]
    ours = [json.loads(each.proto.json) for each in test.get("bidi_component") if '"xRange"' in each.proto.json]
    return [{trace.get("name") or str(at): trace for at, trace in enumerate(spec)} for spec in specs] + [
        {
            line["name"] or str(at): line
            | {"line": {"color": line["colour"], "dash": line["dash"]}, "fill": "toself" if line["band"] else None}
            for at, line in enumerate(each["lines"])
        }
        for each in ours
    ]


def over_level(test: AppTest) -> dict[str, dict]:
    """The traces of the chart over the noise level."""
    return charts(test)[0]


def text(test: AppTest) -> str:
    """What can be read, without the marks of explained words."""
    shown = " ".join(element.value for element in (*test.markdown, *test.caption, *test.header))
    return unmarked(shown)


def unfold(test: AppTest, *keys: str) -> AppTest:
    """Open what is folded."""
    for key in keys:
        test.session_state[key] = True
    return test.run()


def test_what_is_folded_is_sent_when_it_is_opened() -> None:
    folds = {"tables": ["numbers_1", "numbers_2", "numbers_3", "numbers_4", "search"], "denoisers": ["weight_numbers"]}
    for section, keys in folds.items():
        test = open_page(section=section)
        before = len(test.dataframe)
        assert len(unfold(test, *keys).dataframe) == before + len(keys)
        assert not test.exception
    search = schema.load().search
    assert search is not None
    assert search.rule not in text(open_page(section="tables"))


@pytest.mark.parametrize("section", results_state.SECTIONS)
def test_each_section_is_complete_on_its_own(section: str) -> None:
    test = open_page(section=section)
    assert not test.exception
    assert not test.error
    assert not test.warning
    assert test.query_params["section"] == section
    assert schema.load().created in text(unfold(test, "origin"))
    assert section == "figures" or not test.get("plotly_chart"), "our own component draws these charts"


def test_the_tables_show_the_papers_values_beside_our_mean_and_range() -> None:
    reproduced = schema.load()
    test = open_page(section="tables")
    drawn = charts(test)
    assert len(drawn) == len(reproduced.tables)
    for table, chart in zip(reproduced.tables, drawn, strict=True):
        row = next(row for row in table.rows if (row.norm, row.objective) == ("batch", "VAE-GAN"))
        words = f"with BatchNorm ours from {row.cells[0].mean:,.1f} to {row.cells[-1].mean:,.1f}, the paper's from"
        assert words in tables.described(row)
        assert chart["the paper, with BatchNorm"]["y"] == [cell.paper for cell in row.cells]
        assert chart["ours, with BatchNorm"]["y"] == pytest.approx([np.mean(cell.values) for cell in row.cells])
        names = list(chart)
        band = chart[names[names.index("ours, with BatchNorm") - 1]]  # drawn first, so that the line lies on it
        assert band["fill"] == "toself"
        for cell in row.cells:
            edges = sorted(y for x, y in zip(band["x"], band["y"], strict=True) if x == cell.epoch)
            assert edges == pytest.approx([cell.low, cell.high])
    for card in (resources.card("paper-bn"), resources.card("paper-plain")):
        values = card.metrics[0].values
        assert -values["elbo"] > values["test_loss"] + 3, "the convention costs several nats"
    values = resources.card("paper-bn").metrics[0].values
    assert f"{-values['elbo'] - values['test_loss']:.1f} nats worse" in text(test)


def test_agreement_is_told_from_the_numbers() -> None:
    def row(*outside: float | None) -> schema.TableRow:
        cells = [
            schema.EpochCell(epoch=at, values=(1.0, 3.0), mean=2.0, low=1.0, high=3.0, paper=2.0, outside=far)
            for at, far in enumerate(outside, start=1)
        ]
        return schema.TableRow(norm="none", objective="VAE", setting="", runs=("a", "b"), cells=tuple(cells))

    assert tables.agreement(row(0, 0)).startswith("at 2 of 2 epochs the paper's value lies where one more seed")
    several = tables.agreement(row(0, -2.5, 1))
    assert several.startswith("at 1 of 3 epochs")
    assert several.endswith("it is farthest at epoch 2, 2.50 below it.")
    assert tables.agreement(row(None)) == "the paper prints no values."


def test_a_table_can_be_taken_home_whole() -> None:
    table = schema.load().table(1)
    lines = list(csv.DictReader(io.StringIO(tables.table_csv(table))))
    assert len(lines) == sum(len(row.cells) for row in table.rows)
    first, cell = lines[0], table.rows[0].cells[0]
    assert float(first["run_1"]) == cell.values[0]
    assert float(first["paper"]) == cell.paper


@pytest.mark.slow
def test_every_figure_is_shown_with_its_files() -> None:
    reproduced = schema.load()
    assert reproduced.figures
    for figure in reproduced.figures:
        test = open_page(section="figures", figure=str(figure.number))
        assert not test.exception
        assert test.header[0].value == f"Figure {figure.number}: {figure.title}"
        assert len(charts(test)) == len(figure.plots)
        for file in (*(picture.file for picture in figure.pictures), *(plot.file for plot in figure.plots)):
            assert (reproduced.folder / file).read_bytes().startswith(b"\x89PNG")


def test_every_claim_has_its_verdict_and_a_lesson_to_run() -> None:
    reproduced = schema.load()
    assert reproduced.claims
    test = open_page()
    shown = text(test)
    assert not charts(test), "no chart, and so no plotly, before somebody asks for one"
    for claim in reproduced.claims:
        question = QUESTIONS[claim.name]
        assert question.words in shown
        assert f"**{question.answer(claim)}**" in shown
        assert question.lesson is None or question.lesson in LESSONS
    assert list(QUESTIONS) == list(paper.CLAIMS)
    badges = " ".join(each.value for each in test.markdown)
    said = {verdict for verdict, (words, *_) in claims.VERDICTS.items() if f"{words}]" in badges}
    assert said == {claim.verdict for claim in reproduced.claims}
    assert all(set(question.answers) == set(claims.VERDICTS) for question in QUESTIONS.values())


def test_the_evidence_of_a_claim_opens_and_closes_again() -> None:
    test = open_page()
    claim = next(claim for claim in schema.load().claims if claim.plots)
    test.button(key=f"evidence_{claim.name}").click().run()
    assert not test.exception
    assert re.sub(r"<[^>]*>", "", text(test)).count(f"We measured:** {written_out(claim.sentence)}") == 1
    assert len(charts(test)) == len(claim.plots) + bool(claim.gains)
    assert test.dataframe[0].value.columns.tolist() == list(claim.evidence.columns)
    test.run()
    assert not charts(test)


def gain(outcome: Literal["gain", "no gain", "undecided"], mean: float | None, *, aside: bool = False) -> schema.Gain:
    low, high = (None, None) if mean is None else (mean - 1, mean + 1)
    return schema.Gain(
        **{"name": f"{outcome} {mean}", "pairs": 5, "mean": mean, "low": low, "high": high, "margin": 2.0},
        **{"unit": "nats", "reason": "for a test", "outcome": outcome, "aside": aside},
    )


def test_intervals_are_drawn_in_multiples_of_what_matters() -> None:
    gains = [gain("gain", 6.0), gain("no gain", 0.0, aside=True), gain("gain", 600.0), gain("undecided", None)]
    near, pale, far = gain_chart(gains).data  # what has no interval is said in words
    assert [near.name, pale.name, far.name] == [f"{one.name}: {one.mean:+.2f} nats" for one in gains[:3]]
    assert (near.x[0], near.error_x.array[0]) == (3.0, 0.5)
    assert near.marker.color != pale.marker.color
    assert (far.x[0], far.marker.symbol) == (6.0, "triangle-right")
    assert gain_words(gains[0]) == "gain 6.0: +6.00 nats (interval +5.00 to +7.00; 2 or more matters)"
    assert "no interval" in gain_words(gains[3])


def test_a_claim_with_intervals_shows_them_on_its_card_and_in_its_evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    reproduced = schema.load()
    gains = (gain("no gain", 0.5), gain("undecided", None))
    first = reproduced.claims[0].model_copy(update={"gains": gains, "verdict": "undecided"})
    changed = reproduced.model_copy(update={"claims": (first, *reproduced.claims[1:])})
    monkeypatch.setattr(results_state, "reproduction", lambda: changed)
    test = open_page()
    assert f"Measured, {gain_words(gains[0])}." in text(test)
    assert f"{claims.VERDICTS['undecided'][0]}]" in " ".join(each.value for each in test.markdown)
    test.button(key=f"evidence_{first.name}").click().run()
    assert not test.exception
    assert "no gain 0.5: +0.50 nats" in charts(test)[0]
    assert "for a test" in text(test)


def test_a_claim_that_holds_partly_says_which_part_if_the_first_comparison_is_the_gain() -> None:
    question, claim = QUESTIONS["overfitting"], schema.load().claim("overfitting")
    gains = (gain("gain", 6.0), gain("no gain", 0.5), gain("gain", 7.0, aside=True))
    partly = claim.model_copy(update={"verdict": "partly", "gains": gains})
    assert question.answer(partly) == question.first
    assert question.answer(partly.model_copy(update={"gains": gains[1::-1]})) == question.answers["partly"]
    assert question.answer(partly.model_copy(update={"verdict": "undecided"})) == question.answers["undecided"]


def test_blue_is_with_batchnorm_and_orange_without_in_every_plot() -> None:
    colours = {"batch": "#2f86d6", "none": "#e07b2c"}
    reproduced = schema.load()
    plots = [plot for claim in reproduced.claims for plot in claim.plots]
    plots += [plot for figure in reproduced.figures for plot in figure.plots if plot.kind == "lines"]
    assert len(plots) >= 6
    for plot in plots:
        lines = plot_chart(plot).data
        for line in lines:
            norm = "none" if line.name.startswith("without BatchNorm") else "batch"
            assert line.line.color == colours[norm], (plot.title, line.name)
        assert len({(line.line.color, line.line.dash) for line in lines}) == len(lines), plot.title
    chart = over_level(open_page(section="denoisers", shown="conv-bn,conv-plain,denoise-bn,denoise-plain,median"))
    named = {name: trace["line"] for name, trace in chart.items() if not name.startswith("your digit")}
    for name, line in named.items():
        side = "batch" if name.endswith("with BatchNorm") else "none" if name.endswith("without BatchNorm") else None
        assert (line["color"] == colours["batch"], line["color"] == colours["none"]) == (
            side == "batch",
            side == "none",
        )
    assert len({(line["color"], line["dash"]) for line in named.values()}) == len(named) == 5


def test_where_the_networks_lose_is_said_in_words() -> None:
    rows = comparison.kept().rows
    words = losing.best_network_loses(rows)
    assert "Gaussian, 10 %:** Non-local means reaches" in words
    table = losing.table_rows(rows)
    assert [set(row) for row in table] == [{"network", *results_state.MEASURES.values()}] * len(table)
    noise = NoiseConfig(kind="gaussian", level=0.5)
    scores = [
        DenoiserScore(denoiser=name, noise=noise, psnr=psnr, ssim=1, accuracy=1)
        for name, psnr in (("conv-bn", 10.0), ("denoise-bn", 12.0), ("median", 11.0), (UNCHANGED, 9.0))
    ]
    assert losing.best_rivals(scores, "psnr") == {
        "conv-bn": ["Gaussian, 50 % (Median filter)"],
        "denoise-bn": [],
    }
    assert losing.best_network_loses(scores).startswith("Nowhere")
    assert "nlm" not in " ".join([words, *(cell for row in table for cell in row.values())])


def test_the_digit_of_the_denoise_page_is_marked_where_it_really_lies() -> None:
    test = open_page(section="denoisers", kind="masking", measure="psnr")
    chart = over_level(test)
    digit = resources.gallery().pictures[0]  # the example, until somebody draws
    noise = NoiseConfig(kind="masking", level=0.5, seed=0)
    noisy = add_noise(digit, noise)
    expected = psnr(Studio.open("conv-bn").clean(noisy[None]), digit[None])[0]
    star = chart["your digit, Convolutional denoiser, with BatchNorm"]
    assert (star["x"], star["y"]) == ([50.0], [pytest.approx(float(expected), rel=1e-4)])
    untouched = next(row for row in comparison.kept().rows if (row.denoiser, row.noise) == (UNCHANGED, noise))
    assert chart["Noisy digit"]["y"][2] == pytest.approx(untouched.psnr)


def test_those_denoisers_are_drawn_that_were_chosen_also_by_a_link() -> None:
    test = open_page(section="denoisers", shown="wide-bn,median")
    chart = over_level(test)
    assert [name for name in chart if not name.startswith("your digit")] == [
        "Dense denoiser with a larger z, with BatchNorm",
        "Median filter",
    ]
    test.multiselect(key=results_state.SHOWN).set_value(["wavelet"]).run()
    assert "Wavelet shrinkage" in charts(test)[0]
    assert test.query_params["shown"] in ("wavelet", ["wavelet"])
    test.multiselect(key=results_state.SHOWN).set_value([]).run()
    assert not test.exception


def test_a_noise_chosen_elsewhere_without_a_level_is_no_trouble() -> None:
    test = open_page()
    test.session_state["kind"] = "gaussian"  # as the page Latent space leaves it, which has a level of its own
    test.query_params["section"] = "denoisers"
    test.run()
    assert not test.exception


def test_accuracy_has_no_mark_for_one_digit() -> None:
    chart = over_level(open_page(section="denoisers", measure="accuracy"))
    assert not [name for name in chart if name.startswith("your digit")]


@pytest.mark.slow
@pytest.mark.parametrize(
    "query", [{"section": "../etc"}, {"section": "figures", "figure": "99"}, {"kind": "fog"}, {"shown": "../x"}]
)
def test_nothing_in_a_link_is_trusted(query: dict[str, str]) -> None:
    test = open_page(**query)
    assert not test.exception
    assert "is not one this page knows" in test.warning[0].value


def test_a_missing_result_is_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    results_state.reproduction.clear()
    monkeypatch.setattr(results_state, "load", lambda: schema.load(tmp_path))
    test = open_page()
    results_state.reproduction.clear()
    assert not test.exception
    assert "There is no reproduction.json" in test.error[0].value


def test_a_noise_that_was_not_compared_is_a_sentence_and_the_others_work(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = comparison.kept()
    rows = tuple(row for row in kept.rows if row.noise.kind != "blur")
    monkeypatch.setattr(comparison, "kept", lambda: kept.model_copy(update={"rows": rows}))
    test = open_page(section="denoisers", kind="blur")
    assert not test.exception
    assert not charts(test)
    assert "not compared under this noise. Choose another one." in test.info[0].value
    assert "beats every network" in text(unfold(test, "networks_lose")), "under the other noises"
    test.selectbox(key=results_state.KIND).set_value("masking").run()
    assert not test.exception
    assert not test.info
    assert len(charts(test)) == 2


def test_the_kept_comparison_is_whole_and_the_denoiser_leads_where_it_is_said_to() -> None:
    kept = comparison.kept()
    kinds = {row.noise.kind for row in kept.rows}  # a new kind may have none yet
    assert {row.noise for row in kept.rows} == {noise for noise in comparison.CONDITIONS if noise.kind in kinds}
    half = {row.denoiser: row for row in kept.rows if row.noise == NoiseConfig(kind="gaussian", level=0.5)}
    best_filter = max(half[name].psnr for name in filters.FILTERS)
    assert half["denoise-bn"].psnr >= best_filter + 3.5
