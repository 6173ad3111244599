"""Is this a digit? A model's own loss as the measure of what is strange to it."""

import html
from typing import NamedTuple

import numpy as np
import streamlit as st

from vaegan.data.pictures import Float, png_bytes, tile
from vaegan.errors import CheckpointError
from vaegan.metrics.doubt import LIMIT
from vaegan.studio import Studio
from vaegan.ui import pages, resources, state, trained
from vaegan.ui.catalogue import model_words
from vaegan.ui.charts import score_chart
from vaegan.ui.gallery import caption, picture_grid, picture_url
from vaegan.ui.generate import probes, slots
from vaegan.ui.generate.choices import beside, model_choice, picture_download, seed_choice
from vaegan.ui.generate.generate_state import JUDGE, LETTER, LETTERS, PERCENTILE, TRIED, TRIES, TRY, TRY_SEED, Offer
from vaegan.ui.glossary import note, say
from vaegan.ui.line_chart import show_lines
from vaegan.ui.percent import percent

WIDTH = "32rem"
DOUBT = (
    "The sum of four measures, each 0 where it is usual and 1 where one real digit in a hundred is: how far the "
    "picture lies from real digits in what the digit classifier sees, as a whole and place by place, how wrongly the "
    "dense denoiser draws it again, and, counted twice, what a network says that has learned to tell digits from "
    "letters and scribbles. Of real digits 1.4 % are above the limit."
)


class ScoredPicture(NamedTuple):
    """A picture, what the network makes of it, and the two parts of its anomaly score."""

    picture: Float  # (28, 28)
    output: Float  # (28, 28)
    recon: float  # nats
    kl: float  # nats

    @property
    def score(self) -> float:
        """The anomaly score, in nats."""
        return self.recon + self.kl


def anomaly(offered: Offer) -> None:
    """The section: a picture of the user's choice, its score, and where that lies among the scores of real digits."""
    say(
        "A VAE has seen nothing but digits. A picture is strange to it if it cannot draw the picture again "
        "(**reconstruction error**), or must put it far out in latent space (**KL**). The sum of both is the score; "
        "most real digits stay below a threshold. One such score is easily deceived, so four measures together decide."
    )
    left, right = beside(results_first=False)
    with left:
        kind = _kind()  # first, so that a phone shows the answer without scrolling
        with st.expander("Network and threshold", icon=":material/tune:"):
            name = model_choice(offered.encoders, JUDGE, "The network whose score is shown.")
            percentile = st.slider(
                "Threshold",
                90,
                99,
                key=PERCENTILE,
                format="%d %%",
                persist_state="session",
                help="The share of real digits that pass. A stricter threshold turns more of them away.",
            )
    with right:
        studio = resources.studio(name)
        scores = resources.test_scores(name)
        pictures = _pictures()
        if kind not in pictures:
            slots.say_missing()
        else:
            scored = score_pictures(studio, pictures)
            threshold = float(np.percentile(scores, percentile))
            doubts = doubts_of(pictures)
            if kind in doubts:
                st.markdown(conclusion(doubts[kind]), help=DOUBT)
            _show(scored[kind], kind, scores, threshold, percentile)
            st.header("All of them", help="What the four measures together say of each thing there is to try.")
            _show_all(scored, doubts, threshold, name)
            note(f"**{html.escape(trained.title(name))}**: {model_words(name)} {_origin(len(scores))}")


def score_pictures(studio: Studio, pictures: dict[str, Float]) -> dict[str, ScoredPicture]:
    """Score pictures (28, 28) by name."""
    stack = np.stack(list(pictures.values()))
    scores, outputs = studio.scores(stack), studio.clean(stack)
    columns = zip(pictures, stack, outputs, scores.recon.tolist(), scores.kl.tolist(), strict=True)
    return {name: ScoredPicture(picture, output, recon, kl) for name, picture, output, recon, kl in columns}


def doubts_of(pictures: dict[str, Float]) -> dict[str, float]:
    """How much each picture looks like no digit, by name; nothing if a network for that cannot be opened."""
    try:
        doubts = resources.doubter().doubts(np.stack(list(pictures.values())))
    except CheckpointError as error:
        st.error(f"Nobody can say what is a digit: {error}", icon=":material/error:")
        return {}
    return dict(zip(pictures, doubts.tolist(), strict=True))


def conclusion(doubt: float) -> str:
    """In words, whether a picture shows a digit, by all four measures."""
    if doubt > LIMIT:
        return (
            f"**This is no digit**: its doubt, {doubt:.1f}, is above the limit, {LIMIT}. What one network alone says:"
        )
    return f"**This is a digit**: its doubt, {doubt:.1f}, is below the limit, {LIMIT}. What one network alone says:"


def verdict(score: float, scores: Float, threshold: float) -> str:
    """In words, what a score means beside the scores of real digits."""
    above = float((scores > score).mean())
    if score > threshold:
        return f"**Not a digit**, says the network: its score, {score:.0f}, is above the threshold, {threshold:.0f}."
    share = "more than every real digit we have" if above == 0 else f"{percent(above)} of real digits score higher"
    return f"**A digit**, says the network: its score, {score:.0f}, is below the threshold, {threshold:.0f}; {share}."


def _origin(count: int) -> str:
    return f"The histogram counts {count:,} real digits, from {resources.gallery().origin}."


def _kind() -> str:
    st.pills(
        "Try",
        list(TRIES),
        key=TRY,
        format_func=TRIES.__getitem__,
        required=True,
        persist_state="session",
        help="What to show to the network.",
    )
    kind = str(st.session_state[TRY])
    if kind == "letter":
        st.selectbox("Letter", list(LETTERS), key=LETTER, persist_state="session", help="Printed in capitals.")
    elif kind in ("scribble", "two", "noise"):
        seed_choice(TRY_SEED, "Another", "The same seed gives the same picture.")
    elif kind == "real":
        slots.fill_slots({TRIED: "the digit"}, "anomaly")
    elif kind == "yours":
        st.page_link(pages.DENOISE.path, label="Draw another", icon=":material/arrow_forward:")
    return kind


def _pictures() -> dict[str, Float]:
    """All pictures that can be tried, by their name in TRIES; those that are missing are left out."""
    seed = st.session_state[TRY_SEED]
    prepared, real = state.digit(), slots.picture(TRIED)
    pictures = {
        "yours": None if prepared is None else prepared.digit,
        "real": real,
        "letter": probes.letter(st.session_state[LETTER]),
        "scribble": probes.scribble(seed),
        "dash": probes.dash(),
        "two": probes.two_digits(resources.gallery().pictures, seed),
        "noise": probes.noise(seed),
        "blank": probes.blank(),
    }
    return {name: picture for name, picture in pictures.items() if picture is not None}


def _show(scored: ScoredPicture, kind: str, scores: Float, threshold: float, percentile: int) -> None:
    pair = [
        (picture_url(scored.picture), "what the network was shown", caption(TRIES[kind], "what the network is shown")),
        (
            picture_url(scored.output),
            "what the network makes of it",
            caption(
                "Drawn again", f"error {scored.recon:.0f} + KL {scored.kl:.0f} = {scored.score:.0f} nats", terms=True
            ),
        ),
    ]
    st.html(picture_grid(pair, columns=2, width="24rem"))
    st.markdown(verdict(scored.score, scores, threshold))
    show_lines(
        score_chart(scores, threshold, scored.score, percentile),
        "score_chart",
        "Histogram of the scores of real digits, with the threshold and this picture's score",
        "{:.0f}".format,
    )
    st.info(
        "**What is easy to draw again need not be a digit.** One network alone lets an empty picture or a dash pass, "
        "since black pixels and plain strokes are easy, and turns away a real digit in an unusual hand.",
        icon=":material/lightbulb:",
    )


def _show_all(scored: dict[str, ScoredPicture], doubts: dict[str, float], threshold: float, name: str) -> None:
    items = []
    for kind, each in scored.items():
        strange = doubts[kind] > LIMIT if kind in doubts else each.score > threshold
        words = "not a digit" if strange else "a digit"
        items.append(
            (
                picture_url(each.picture),
                TRIES[kind],
                caption(TRIES[kind], f"doubt {doubts[kind]:.1f}\n{words}" if kind in doubts else words),
            )
        )
    st.html(picture_grid(items, columns=4, width=WIDTH))
    rows = [each.picture for each in scored.values()] + [each.output for each in scored.values()]
    picture_download(
        "Pictures (PNG)",
        lambda: png_bytes(tile(np.stack(rows), len(scored), gap=2), scale=8),
        f"is-this-a-digit-{name}.png",
        "Above what was shown, below what the network made of it.",
    )
