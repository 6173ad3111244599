"""Pictures on a page, as HTML that contains the pixels, with alt texts, in rows that remain rows on a phone."""

import base64
import html
from collections.abc import Sequence

import numpy as np

from vaegan.data.pictures import Bytes, Float, png_bytes, tile
from vaegan.ui.glossary import explain
from vaegan.web.scripts import stage_style

Picture = Float | Bytes
CaptionedPicture = tuple[str, str, str]  # URL, alt text, caption in HTML
FramedPicture = tuple[str, str, str, str]  # the same, and the twin in whose colour it is framed on a stage, bn or plain

_STYLE = """<style>
.vg-figures { display: grid; gap: 0.75rem; grid-template-columns: repeat(var(--columns), minmax(0, 1fr)); }
@media (max-width: 640px) { .vg-figures { grid-template-columns: repeat(var(--narrow), minmax(0, 1fr)); } }
.vg-figures figure, .vg-ladder figure { margin: 0; }
.vg-figures img, .vg-ladder img { width: 100%; display: block; image-rendering: pixelated; border-radius: 4px; }
.vg-figures figcaption { font-size: 0.875rem; line-height: 1.35; padding-top: 0.35rem; }
.vg-figures .vg-name { font-weight: 600; display: block; }
.vg-figures .vg-numbers { font-variant-numeric: tabular-nums; white-space: pre-line; }
.vg-figures .vg-best { font-weight: 600; }
.vg-figures .vg-read { display: table; }
.vg-figures .vg-misread { border: 1px solid; border-radius: 4px; padding: 0 0.3rem; font-weight: 600; }
.vg-beside { display: flex; gap: 0.75rem; align-items: center; font-size: 0.875rem; }
.vg-beside img { width: 84px; image-rendering: pixelated; border-radius: 4px; }
.vg-ladder { display: grid; gap: 0.25rem; }
.vg-ladder .vg-levels { display: grid; font-size: 0.75rem; font-variant-numeric: tabular-nums; text-align: center; }
.vg-ladder figcaption { font-size: 0.875rem; padding-top: 0.35rem; }
@media (max-width: 640px) { .vg-ladder .vg-levels { font-size: 0.625rem; white-space: nowrap; } }
.vg-staged { container-type: inline-size; }
.vg-staged .stage { min-height: 0; } /* one of several */
.vg-staged .vg-lead { margin: 0 0 0.75rem; }
.vg-staged .vg-figures, .vg-staged .vg-ladder { margin-inline: auto; }
.vg-staged .vg-figures + .vg-ladder { margin-top: 1rem; }
@container (min-width: 1300px) {
  .vg-staged .vg-lead, .vg-staged figcaption { font-size: 1.3rem; }
  .vg-staged .vg-ladder .vg-levels { font-size: 1.1rem; }
}
</style>"""


def picture_url(picture: Picture) -> str:
    """A grey picture (H, W) as a data URL; pixels outside [0, 1] are clipped."""
    return _url(png_bytes(picture))


def picture_grid(
    items: Sequence[CaptionedPicture | FramedPicture], columns: int, width: str, narrow: int | None = None
) -> str:
    """Pictures side by side, each over its caption, at most `width` wide in all (a CSS length).

    On a phone there are `narrow` columns, else as many as on a wide screen.
    """
    return grid([figure(*item) for item in items], columns, width, narrow)


def grid(cells: Sequence[str], columns: int, width: str, narrow: int | None = None) -> str:
    """The same with cells in HTML: figures, or words where a picture is missing."""
    style = f"--columns:{columns};--narrow:{narrow or columns};max-width:{width}"
    return f'{_STYLE}<div class="vg-figures" style="{style}">{"".join(cells)}</div>'


def figure(url: str, alt: str, words: str, twin: str = "") -> str:
    """A picture over its caption in HTML, as a cell of a grid; on a stage framed in the colour of a twin."""
    frame = f' class="framed of-{twin}"' if twin else ""
    return f'<figure><img{frame} src="{url}" alt="{html.escape(alt)}"><figcaption>{words}</figcaption></figure>'


def staged(*parts: str, lead: str = "") -> str:
    """Parts in HTML on a stage, below a sentence in HTML."""
    first = f'<p class="vg-lead">{lead}</p>' if lead else ""
    inner = f'<div class="stage">{first}{"".join(parts)}</div>'
    return f'<style>{stage_style()}</style>{_STYLE}<div class="vg-staged">{inner}</div>'


def beside(url: str, alt: str, text: str) -> str:
    """A small picture with `text` (HTML) at its right."""
    return f'{_STYLE}<div class="vg-beside"><img src="{url}" alt="{html.escape(alt)}"><span>{text}</span></div>'


def caption(
    name: str,
    numbers: str = "",
    best: bool | Sequence[bool] = False,
    read: str = "",
    misread: bool = False,
    twin: str = "",
    terms: bool = False,
) -> str:
    """A caption: the name, below it what the picture is read as, framed if that is wrong, and the numbers.

    The numbers are emphasised if they are the best of the row: all of them, or line by line. On a stage the name has
    the colour of a `twin`, bn or plain. Words of the glossary are marked with `terms`, and in the name of twin bn.
    """
    kind = "vg-numbers vg-best" if best is True else "vg-numbers"
    mark = "vg-read vg-misread" if misread else "vg-read"
    reading = f'<span class="{mark}">{html.escape(read)}</span>' if read else ""
    written = explain if terms else html.escape
    lines = [written(line) for line in numbers.split("\n")]
    if not isinstance(best, bool):
        emphasised = zip(lines, best, strict=True)
        lines = [f'<span class="vg-best">{line}</span>' if is_best else line for line, is_best in emphasised]
    shown = "\n".join(lines)
    side = f" twin-{twin}" if twin else ""
    title = explain(name) if terms else _named(name, twin)
    return f'<span class="vg-name{side}">{title}</span>{reading}<span class="{kind}">{shown}</span>'


def _named(name: str, twin: str) -> str:
    """A name in HTML; of twins the first one's words are explained."""
    return explain(name) if twin == "bn" else html.escape(name)


def ladder(
    levels: Sequence[str], rows: Sequence[tuple[str, Float]], of: str = "noise", twins: Sequence[str] = ()
) -> str:
    """Rows of pictures (N, 28, 28), each under its name, with a column for each level `of` noise or something else.

    On a stage a row is framed in the colour of its twin: `twins` has one for each of the first rows.
    """
    columns = f"grid-template-columns:repeat({len(levels)},minmax(0,1fr))"
    head = "".join(f"<span>{html.escape(level)}</span>" for level in levels)
    body = "".join(
        f'<figure><figcaption class="twin-{twin}">{_named(name, twin)}</figcaption><img class="framed of-{twin}" '
        f'src="{picture_url(tile(pictures, len(levels), 0))}" '
        f'alt="{html.escape(name)}, from {html.escape(levels[0])} to {html.escape(levels[-1])} {of}"></figure>'
        for (name, pictures), twin in zip(rows, [*twins, *("none" for _ in rows)], strict=False)
    )
    return f'{_STYLE}<div class="vg-ladder"><div class="vg-levels" style="{columns}">{head}</div>{body}</div>'


def error_map(picture: Float, clean: Float) -> str:
    """Where a picture is too bright (orange) or too dark (blue), against black; a data URL."""
    error = np.clip(picture - clean, -1, 1)[..., None]
    bright, dark = np.array([255.0, 160.0, 60.0]), np.array([70.0, 160.0, 255.0])
    pixels = np.where(error > 0, error * bright, -error * dark).astype(np.uint8)
    return _url(png_bytes(pixels))


def _url(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"
