"""Drawings, noise, maps and readings in JavaScript against the Python that they repeat, in a real browser."""

import zlib

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from scipy.stats import norm
from sklearn.neighbors import KNeighborsClassifier

from tests.browser.numbers import encoded
from vaegan.config import NOISE_KINDS, NoiseConfig
from vaegan.data.drawing import from_drawing
from vaegan.data.noise import corrupt, pattern
from vaegan.errors import EmptyImageError
from vaegan.metrics.likeness import psnr, ssim
from vaegan.metrics.reading import Reader
from vaegan.model.latent import linear, plane_through, spherical
from vaegan.web.wire import browser_classifier

SIDE = 280


def scribbles(count: int) -> list[np.ndarray]:
    """Canvases with strokes of any width, colour and place; some tiny, some thin."""
    generator = np.random.default_rng(4)
    canvases = []
    for _ in range(count):
        picture = Image.new("RGB", (2 * SIDE, 2 * SIDE))
        pen = ImageDraw.Draw(picture)
        size = generator.choice([1.0, 1.0, 0.4, 0.1])
        points = generator.uniform(20, 540, (generator.integers(1, 7), 2)) * size + generator.uniform(0, 15)
        width = int(2 * generator.integers(2, 45))
        white = int(generator.integers(60, 256))
        pen.line([tuple(point) for point in points], fill=(white, white // 2, white // 3), width=width, joint="curve")
        for x, y in points:
            pen.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=(white, white, white))
        small = picture.resize((SIDE, SIDE), Image.Resampling.BILINEAR)
        canvases.append(np.array(small.convert("RGBA")))
    return canvases


def test_drawings_are_centred_to_the_same_pixels(run):
    drawings = scribbles(24)
    drawings += [np.zeros((SIDE, SIDE, 4), np.uint8), np.pad([[[[255] * 4]]], ((0, 0), (30, 249), (9, 270), (0, 0)))[0]]
    stack = np.stack(drawings).astype(np.uint8)
    from_browser = run(
        "centre",
        """const size = 280 * 280 * 4, digits = [], file = await fetch(argument).then((answer) => answer.arrayBuffer());
        const all = new Uint8Array(await new Response(
            new Blob([file]).stream().pipeThrough(new DecompressionStream("deflate"))).arrayBuffer());
        for (let at = 0; at < all.length; at += size) {
            const digit = lib.fromDrawing(all.subarray(at, at + size), 280, 280);
            digits.push(digit && [...digit]);
        }
        return digits;""",
        "data:;base64," + encoded(zlib.compress(stack.tobytes(), 1)),
    )
    for drawing, digit in zip(stack, from_browser, strict=True):
        try:
            expected = from_drawing(drawing).digit
        except EmptyImageError:
            assert digit is None
        else:
            np.testing.assert_allclose(np.array(digit), expected.ravel(), rtol=0, atol=1e-6)
    assert from_browser[24] is None
    assert from_browser[25] is not None


def test_the_browser_has_every_kind_of_noise(run):
    there = run("noise", "return Object.keys(lib.NOISES)")
    assert there == list(NOISE_KINDS), (
        "NoiseKind of vaegan/config.py and NOISES of vaegan/web/noise.js must name the same kinds in the same order: "
        "add to noise.js the function that applies the pattern that vaegan/data/noise.py draws"
    )


@pytest.mark.parametrize("kind", NOISE_KINDS)
def test_noise_is_the_servers(run, sample, kind):
    x = sample.test_images[3].float() / 255
    cases = [(seed, level) for seed in range(5) for level in (0, 0.01, 0.14, 0.3, 0.5, 0.77, 1)]
    patterns = [encoded(pattern(kind, seed).numpy()) for seed in range(5)]
    from_browser = run(
        "noise",
        "return argument.cases.map(([seed, level]) => [...lib.corrupt("
        "floats(argument.x), argument.kind, level, floats(argument.patterns[seed]))])",
        {"x": encoded(x.numpy()), "kind": kind, "cases": cases, "patterns": patterns},
    )
    for (seed, level), noisy in zip(cases, from_browser, strict=True):
        expected = corrupt(x[None], NoiseConfig(kind=kind, level=level, seed=seed))[0]
        np.testing.assert_allclose(np.array(noisy), expected.numpy(), rtol=0, atol=1e-6)


def test_quantiles_are_the_normals(run):
    shares = [0.001, 0.02, 0.3, 0.5, 0.77, 0.999]
    z = [-6.0, -2.5, -0.1, 0.0, 1.0, 3.3, 9.0]
    from_browser = run(
        "axes", "return [argument[0].map(lib.normalQuantile), argument[1].map(lib.normalShare)]", [shares, z]
    )
    np.testing.assert_allclose(from_browser[0], norm.ppf(shares), atol=1e-9)
    np.testing.assert_allclose(from_browser[1], norm.cdf(z), atol=1e-12)


@pytest.mark.parametrize("kind", ["z", "quantile"])
def test_an_axis_goes_there_and_back(run, kind):
    body = "const { place, value } = lib.axis(argument[0], 4); return argument[1].map((s) => place(value(s)))"
    places = [0, 0.1, 0.5, 0.9, 1]
    np.testing.assert_allclose(run("axes", body, [kind, places]), places, atol=1e-9)


def test_ways_and_planes_are_those_of_the_package(run):
    generator = torch.Generator().manual_seed(1)
    a, b = torch.randn(2, 6, generator=generator, dtype=torch.float64)
    t = torch.linspace(0, 1, 7, dtype=torch.float64)
    body = "return argument[3].map((t) => lib.between(argument[2], argument[0], argument[1], t))"
    for way, ours in (("linear", linear), ("spherical", spherical)):
        for end in (b, -a, torch.zeros(6, dtype=a.dtype), 2 * a, 2 * a + 1e-4 * b, 2 * a + 0.01 * b, 0.01 * b - a):
            from_browser = run("geometry", body, [a.tolist(), end.tolist(), way, t.tolist()])
            np.testing.assert_allclose(np.array(from_browser), ours(a, end, t).numpy(), atol=1e-9)
    directions = torch.linalg.qr(torch.randn(6, 2, generator=generator, dtype=a.dtype)).Q.T
    plane = plane_through(directions, a)
    from_browser = run(
        "geometry",
        "const origin = lib.planeOrigin(argument[0], argument[1]); "
        "return [origin, lib.onPlane(origin, argument[0], [1.5, -2]), lib.project(argument[0], argument[1])]",
        [directions.flatten().tolist(), a.tolist()],
    )
    expected = [plane.origin, plane.point(torch.tensor([[1.5, -2.0]], dtype=a.dtype))[0], directions @ a]
    for theirs, ours in zip(from_browser, expected, strict=True):
        np.testing.assert_allclose(np.array(theirs), ours.numpy(), atol=1e-5)


def test_an_ellipse_is_where_the_density_is_even(run):
    generator = torch.Generator().manual_seed(2)
    mu, logvar = torch.randn(2, 5, generator=generator)
    directions = torch.linalg.qr(torch.randn(5, 2, generator=generator)).Q.T
    argument = [directions.flatten().tolist(), mu.tolist(), logvar.tolist()]
    outline = torch.tensor(run("geometry", "return lib.ellipse(...argument, 2, 32)", argument), dtype=torch.float32)
    covariance = directions @ logvar.exp().diag() @ directions.T
    apart = outline - directions @ mu
    distance = (apart @ covariance.inverse() * apart).sum(dim=1).sqrt()  # Mahalanobis
    np.testing.assert_allclose(distance.numpy(), 2, atol=1e-4)


def test_what_a_place_looks_like_is_said_by_its_neighbours(run):
    generator = np.random.default_rng(0)
    named, labels = generator.normal(size=(300, 3)), generator.integers(0, 10, 300)
    places = generator.normal(size=(50, 3))
    body = "return argument.places.map((z) => lib.looksLike(z, argument.named, argument.labels))"
    argument = {"places": places.tolist(), "named": named.ravel().tolist(), "labels": labels.tolist()}
    from_browser = run("geometry", body, argument)
    shares = KNeighborsClassifier(5, algorithm="brute").fit(named, labels).predict_proba(places)
    distances = np.square(places[:, None] - named[None]).sum(axis=2)
    for place, share, distance in zip(from_browser, shares, distances, strict=True):
        assert share[place["label"]] == pytest.approx(share.max())
        assert place["nearest"] == labels[np.argsort(distance)[:5]].tolist()


def test_what_is_read_is_the_readers(run, sample):
    """Clean digits, and noise, in which it is often unsure."""
    pictures = sample.test_images[:60].view(-1, 28, 28).numpy().astype(np.float32) / 255
    pictures[40:] = np.random.default_rng(2).random(pictures[40:].shape)
    reader = Reader.open()
    logits = run(
        "network",
        """const classifier = lib.openClassifier(bytes(argument.weights)), x = floats(argument.x);
        const picture = (row) => x.subarray(784 * row, 784 * (row + 1));
        return Array.from({ length: 60 }, (_, row) => [...classifier(picture(row))]);""",
        {"weights": encoded(browser_classifier(reader.layers())), "x": encoded(pictures)},
    )
    readings = run("rating", "return argument.map((each) => lib.reading(each))", logits)
    for theirs, ours in zip(readings, reader.read(pictures), strict=True):
        assert (theirs["digit"], theirs["other"]) == (ours.digit, ours.other)
        assert theirs["probability"] == pytest.approx(ours.probability, abs=1e-4)


def test_readings_and_numbers_in_words(run):
    seven = {"digit": 7, "probability": 0.99, "other": 1}
    one, doubt = {**seven, "digit": 1, "other": 7}, {"digit": 1, "probability": 0.6, "other": 7}
    cases = [(seven, seven), (one, seven), (doubt, seven), (seven, doubt), (None, None)]
    said = run(
        "rating",
        "return argument.map(([reading, clean]) => lib.said({ psnr: 0, ssim: 0, reading, clean }))",
        cases,
    )
    assert [each["words"] for each in said] == ["reads as 7", "reads as 1, not 7", "unsure: 1 or 7", "reads as 7", ""]
    assert [each["misread"] for each in said] == [False, True, False, False, False]
    rows = [["20.3 dB", "20.3 dB"], ["9.0 dB", "10.1 dB"], ["∞ dB", "30.0 dB"], ["0.85", "0.87"], ["0.85"]]
    better = run("rating", "return argument.map((row) => lib.better(row))", rows)
    assert better == [[False, False], [False, True], [True, False], [False, True], [False]]


def test_numbers_and_pictures(run, sample):
    clean, other = (sample.test_images[at].view(28, 28).numpy().astype(np.float32) / 255 for at in (0, 1))
    body = "return [lib.psnr(...argument), lib.ssim(...argument)]"
    noisy = np.clip(clean + np.random.default_rng(1).normal(0, 0.3, clean.shape), 0, 1).astype(np.float32)
    for picture in (other, noisy, 0.9 * clean, clean):
        from_browser = run("rating", body, [picture.ravel().tolist(), clean.ravel().tolist()])
        expected = [float(measure(picture[None], clean[None])[0]) for measure in (psnr, ssim)]
        assert from_browser == pytest.approx(expected, abs=1e-4)
    painted = run(
        "picture",
        """const canvas = document.createElement("canvas");
        lib.paint(canvas, argument);
        return [...canvas.getContext("2d").getImageData(0, 0, 28, 28).data];""",
        [-1.0, 2.0, 0.5, *clean.ravel()[3:].tolist()],
    )
    grey = np.array(painted).reshape(784, 4)
    assert grey[:3, 0].tolist() == [0, 255, 128]
    assert (grey[:, 3] == 255).all()
    np.testing.assert_array_equal(grey[3:, 1], sample.test_images[0][3:].numpy())
