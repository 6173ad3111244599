"""The map of a run's latent space after an epoch. All epochs share one plane, so that the digits are seen to move."""

import io
from collections.abc import Sequence

import numpy as np
import streamlit as st
from PIL import Image, ImageDraw, ImageFont

from vaegan.data.pictures import Float, from_uint8, tile, to_uint8
from vaegan.data.tensors import to_pictures
from vaegan.studio import Studio
from vaegan.ui.classes import CLASS_COLOURS
from vaegan.ui.resources import digits
from vaegan.ui.train import lab

DIGITS = 200  # test digits on the map
CELLS = 16  # decoded places along each side
PRIOR_REACH = 3.5  # standard deviations of the prior, for a GAN, which encodes nothing
DIMMED = 0.7  # brightness of decoded digits under the numerals
ENLARGED = 1.5  # the map's pixels for each decoded pixel


@st.cache_data(max_entries=512, show_spinner=False)
def map_picture(run_id: str, epoch: int, last: int) -> bytes:
    """The map after `epoch` as WebP; the epoch `last` decides the plane."""
    directions, reach = _plane(run_id, last)
    studio = _studio(run_id, epoch)
    along = reach * (2 * np.arange(CELLS, dtype=np.float32) + 1 - CELLS) / CELLS  # the cells' middles
    x, y = np.meshgrid(along, along[::-1])  # the first row is the uppermost
    decoded = studio.decode(np.stack([x.ravel(), y.ravel()], axis=1) @ directions)  # (CELLS², 28, 28)
    sheet = Image.fromarray(to_uint8(DIMMED * tile(decoded, CELLS, gap=0))).convert("RGB")
    sheet = sheet.resize((int(ENLARGED * sheet.width), int(ENLARGED * sheet.height)), Image.Resampling.BICUBIC)
    if studio.card.config.uses_encoder:
        pictures, labels = _digits()
        _write(sheet, np.asarray(studio.encode(pictures).mu @ directions.T / reach, np.float32), labels)
    data = io.BytesIO()
    sheet.save(data, "WEBP", quality=80, method=0)  # the quickest: a map is drawn while epochs go by
    return data.getvalue()


@st.cache_data(max_entries=128, show_spinner=False)
def _plane(run_id: str, last: int) -> tuple[Float, float]:
    """The directions (2, d) of the map and how far it reaches; for a GAN the first two dimensions."""
    studio = _studio(run_id, last)
    if not studio.card.config.uses_encoder:
        return np.eye(2, studio.latent_dim, dtype=np.float32), PRIOR_REACH
    shown = digits()
    atlas = studio.atlas(shown.test_images[:DIGITS].numpy(), shown.test_labels[:DIGITS].numpy())
    return atlas.directions, atlas.reach


def _studio(run_id: str, epoch: int) -> Studio:
    return Studio(lab.jobs().lab.run(run_id).checkpoint(epoch))


def _digits() -> tuple[Float, list[int]]:
    shown = digits()
    return from_uint8(to_pictures(shown.test_images[:DIGITS])), shown.test_labels[:DIGITS].tolist()


def _write(sheet: Image.Image, places: Float, labels: Sequence[int]) -> None:
    """Write the class of each digit at its place (N, 2), in [-1, 1]; one that lies outside is written at the edge."""
    draw, font, margin = ImageDraw.Draw(sheet), ImageFont.load_default(20), 12
    for (x, y), label in zip(places.tolist(), labels, strict=True):
        across = min(max((1 + x) / 2 * sheet.width, margin), sheet.width - margin)
        down = min(max((1 - y) / 2 * sheet.height, margin), sheet.height - margin)
        draw.text(
            (across, down), str(label), CLASS_COLOURS[label], font, anchor="mm", stroke_width=2, stroke_fill="black"
        )
