"""What an upload may cost: files that are small and expensive are refused, or cost no more than the limit."""

import io
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vaegan.data.upload import from_upload
from vaegan.errors import VaeganError

resource = pytest.importorskip("resource", reason="Windows does not say what a process has cost")
SECONDS, MEGABYTES = 2.0, 200.0  # of the processor, and of memory above idle


def written(picture: Image.Image, kind: str, **options) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def many_scans(side: int, scans: int) -> bytes:
    data = written(Image.new("L", (side, side), 255), "JPEG", progressive=True)
    last = data[data.rfind(b"\xff\xda") : -2]
    return data[:-2] + last * scans + data[-2:]


def noise(width: int, height: int) -> Image.Image:
    generator = np.random.default_rng(0)
    small = Image.fromarray(generator.integers(0, 255, (height // 4, width // 4, 3), np.uint8))
    return small.resize((width, height), Image.Resampling.BILINEAR)


def rgba_bmp() -> bytes:
    return written(Image.new("RGBA", (2000, 2000)), "BMP")


FILES = {
    "a JPEG with 1,000 scans": lambda: many_scans(6300, 1000),
    "a JPEG with 30 scans": lambda: many_scans(3500, 20),
    "a progressive photo of 12 million pixels": lambda: written(
        noise(4032, 3024), "JPEG", progressive=True, subsampling=0, quality=60
    ),
    "a photo of 48 million pixels": lambda: written(noise(8000, 6000), "JPEG", quality=40),
    "a WebP of 40 million pixels": lambda: written(Image.new("RGB", (6300, 6300)), "WEBP", quality=0, method=0),
    "a WebP of 12 million pixels": lambda: written(noise(4032, 3024), "WEBP", quality=50, method=0),
    "a transparent WebP of 12 million pixels": lambda: written(
        Image.new("RGBA", (4032, 3024), (9, 9, 9, 99)), "WEBP", quality=0, method=0
    ),
    "a transparent PNG of 40 million pixels": lambda: written(Image.new("RGBA", (6300, 6300)), "PNG"),
    "a transparent PNG of 19 million pixels": lambda: written(Image.new("RGBA", (4400, 4400), (9, 9, 9, 200)), "PNG"),
    "a PNG of 16 bits": lambda: written(Image.fromarray(np.zeros((4400, 4400), np.uint16)), "PNG"),
    "a GIF of 64 million pixels": lambda: written(Image.new("P", (8000, 8000)), "GIF"),
    "a TIFF of 19 million pixels": lambda: written(
        Image.new("RGB", (4400, 4400)), "TIFF", compression="tiff_adobe_deflate"
    ),
    "an AVIF of 12 million pixels": lambda: written(Image.new("RGB", (4032, 3024)), "AVIF", quality=10, speed=10),
    # HEIC is read here and not written. The file comes from pillow-heif; a photo of as many pixels took 1.6 s, 170 MB.
    "a HEIC of 24 million pixels": lambda: (Path(__file__).parent / "large.heic").read_bytes(),
    "a bilevel PNG of 40 million pixels": lambda: written(Image.new("1", (8000, 5000)), "PNG"),
    "a BMP": rgba_bmp,
    "texture in all colours": lambda: written(
        Image.fromarray(np.random.default_rng(0).integers(0, 255, (1200, 1600, 3), np.uint8)), "JPEG", quality=60
    ),
    "a hundred thousand dots": lambda: written(
        Image.fromarray(np.kron(np.indices((300, 300)).sum(axis=0) % 2 * 255, np.ones((3, 3))).astype(np.uint8)), "PNG"
    ),
}


def cost(data: bytes) -> tuple[float, float]:
    """Seconds of the processor and megabytes of memory that one upload takes, in a process of its own."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        idle = resource.getrusage(resource.RUSAGE_SELF)
        try:
            from_upload(data)
        except VaeganError:
            pass
        finally:
            now = resource.getrusage(resource.RUSAGE_SELF)
            seconds = now.ru_utime + now.ru_stime - idle.ru_utime - idle.ru_stime
            os.write(writer, f"{seconds} {(now.ru_maxrss - idle.ru_maxrss) / 1024}".encode())
            os._exit(0)
    os.waitpid(child, 0)
    os.close(writer)
    with os.fdopen(reader) as told:
        spent, held = told.read().split()
    return float(spent), float(held)


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="processes are forked to measure each upload alone")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_no_upload_costs_more_than_the_limit(tmp_path: Path):
    """All files are made first, in a process that ends, so that making them does not count as idle memory."""
    costs = {}
    for number, (name, make) in enumerate(FILES.items()):
        file = tmp_path / str(number)
        child = os.fork()
        if child == 0:
            file.write_bytes(make())
            os._exit(0)
        os.waitpid(child, 0)
        costs[name] = cost(file.read_bytes())
        print(f"{name}: {costs[name][0]:.2f} s, {costs[name][1]:.0f} MB")
    assert {name: (s, mb) for name, (s, mb) in costs.items() if s > SECONDS or mb > MEGABYTES} == {}
