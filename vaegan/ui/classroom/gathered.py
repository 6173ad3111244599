"""The wall: the class's digits as a sheet, read, under one noise cleaned by both networks, on the map, to take home."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from vaegan.classroom.room import Room
from vaegan.classroom.wall import Piece, as_idx, as_npz, stacked
from vaegan.config import NoiseConfig
from vaegan.data.pictures import Float, from_uint8, tile
from vaegan.studio import add_noise
from vaegan.ui import pages, present, resources
from vaegan.ui.catalogue import TWINS
from vaegan.ui.charts import CONFIG
from vaegan.ui.classes import CLASS_COLOURS
from vaegan.ui.frame import errors_as_toast
from vaegan.ui.gallery import caption, figure, grid, picture_url, staged
from vaegan.ui.readings import in_words, read
from vaegan.ui.shipped import MAPS, PAIRS, first_of

MOST_SHOWN = 60  # digits, the newest
VIEW = "wall_view"
VIEWS = {
    "sheet": "As given",
    "read": "Read by a network",
    "cleaned": "Under noise, cleaned",
    "map": "On the map",
}
NOISE = NoiseConfig(kind="gaussian", level=0.5, seed=0)


def view_choice() -> None:
    """Which way the wall is shown, here and on the projector."""
    st.segmented_control(
        "The wall",
        list(VIEWS),
        key=VIEW,
        format_func=VIEWS.__getitem__,
        required=True,
        default="sheet",
        persist_state="session",
        label_visibility="collapsed",
        help="What the class has drawn; what a small network reads in it; what both networks make of it under noise; "
        "and where it lies in latent space.",
    )


def show_wall(room: Room, view: str) -> None:
    """The newest digits, in one of VIEWS."""
    pieces = room.wall.pieces[-MOST_SHOWN:]
    if not pieces:
        st.html(staged('<p class="vg-lead">The wall is empty: nobody has given a digit yet.</p>'))
        return
    images = from_uint8(stacked(pieces)[0])
    match view:
        case "cleaned":
            st.html(_cleaned(images))
        case "map":
            _map(pieces, images)
        case _:
            st.html(_sheet(pieces, images, is_read=view == "read"))


def downloads(room: Room) -> None:
    """The digits as files, and for Train: that is the only way in which anything of a class gets onto a disk."""
    with st.container(horizontal=True):
        for label, kind, make in (("NPZ", "npz", as_npz), ("IDX, as MNIST's files", "zip", as_idx)):
            st.download_button(
                f"Take the digits home ({label})",
                partial(_file, make, room),
                file_name=f"class-{room.code}.{kind}",
                on_click="ignore",
                icon=":material/download:",
                help="Pictures of 28 × 28 and what each is meant to be; without names.",
            )
        st.button(
            "Let Train use them",
            key="wall_train",
            on_click=_let_train,
            args=(room,),
            icon=":material/model_training:",
            help="You and the class can train networks on the digits that hang here now, until the class ends. A run "
            "keeps its digits on this computer's disk until it is deleted.",
        )
    if room.wall.to_train:
        st.page_link(
            pages.TRAIN.path,
            label=f"Train on {len(room.wall.to_train)} digits of the class",
            icon=pages.TRAIN.icon,
            query_params={"wall": "1"},
            help="There a switch above the lessons says on which digits.",
        )


def _let_train(room: Room) -> None:
    with errors_as_toast():
        room.wall.train()


def _file(make: Callable[[Sequence[Piece]], bytes], room: Room) -> bytes:
    """A file of all digits that hang on the wall when the button is pressed."""
    return make(room.wall.pieces)


def _sheet(pieces: Sequence[Piece], images: Float, *, is_read: bool) -> str:
    readings = read(images) if is_read else []
    cells = []
    for index, piece in enumerate(pieces):
        said = ""
        if readings:
            clean = readings[index]._replace(digit=piece.label, probability=1.0)  # what it is meant to be
            said = in_words(readings[index], clean).words
        alt = f"a digit of the class, meant to be {piece.label}"
        cells.append(figure(picture_url(images[index]), alt, caption(f"a {piece.label}", read=said)))
    return staged(grid(cells, min(12, max(5, len(cells))), "100%", 4))


def _cleaned(images: Float) -> str:
    """A row of noisy digits over what both networks make of them; a phone sees them as they fit."""
    pair = first_of(resources.pairs(), *PAIRS)
    noisy = np.stack([add_noise(image, NOISE) for image in images])  # the same pattern for all
    rows = [("What both networks saw", "none", noisy)]
    rows += [(TWINS[twin], twin, resources.studio(f"{pair}-{twin}").clean(noisy)) for twin in TWINS]
    columns = min(20, len(images))
    cells = [
        figure(picture_url(tile(pictures, columns)), f"{name}: {len(images)} digits", caption(name, twin=twin), twin)
        for name, twin, pictures in rows
    ]
    return staged(
        grid(cells, 1, f"min(100%, {9 * columns}rem)"), lead="Everybody's digit under the same Gaussian noise of 50 %."
    )


def _map(pieces: Sequence[Piece], images: Float) -> None:
    """Where the class's digits lie in latent space: large numerals over those of real digits."""
    pair = first_of(resources.pairs(), *MAPS)
    name = f"{pair}-bn"
    atlas = resources.atlas(name)
    own = resources.studio(name).encode(images).mu @ atlas.directions.T
    chart = go.Figure()
    chart.add_scatter(
        x=atlas.points[:1000, 0],
        y=atlas.points[:1000, 1],
        mode="text",
        text=[str(label) for label in atlas.labels[:1000]],
        textfont={"color": [CLASS_COLOURS[label] for label in atlas.labels[:1000]]},
        opacity=0.6,
        hoverinfo="skip",
    )
    side = atlas.reach / 8
    for image, (x, y), piece in zip(images, own, pieces, strict=True):
        place = {"x": float(x), "y": float(y), "xref": "x", "yref": "y", "xanchor": "center", "yanchor": "middle"}
        chart.add_layout_image(source=picture_url(image), sizex=side, sizey=side, layer="above", **place)
        chart.add_annotation(text=f"{piece.label}", showarrow=False, **(place | {"yanchor": "bottom", "yshift": 18}))
    edge = {"range": [-atlas.reach, atlas.reach], "showgrid": False, "zeroline": False, "fixedrange": True}
    edge |= {"constrain": "domain", "automargin": True}  # a square, with room for its numbers
    chart.update_layout(
        height=740 if present.presenting() else 620,
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        paper_bgcolor="#10151c",
        plot_bgcolor="#10151c",
        font={"color": "#e8edf3"},
        xaxis=edge | {"title": {"text": "first number of z"}},
        yaxis=edge | {"title": {"text": "second number of z"}, "scaleanchor": "x"},
        showlegend=False,
    )
    st.plotly_chart(chart, key="wall_map", config=CONFIG, theme=None)
    st.caption(
        "Pictures: the class's digits, under what they are meant to be. Numerals: real digits. Where are our sevens?"
    )
