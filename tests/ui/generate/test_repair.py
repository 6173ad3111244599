"""Repair on the Generate page: damages, passes, and the words that follow from the curves."""

import re

import numpy as np
import pytest

from tests.ui.generate.pages import GENERATE, clean, generate, marked, press
from tests.ui.opened import markup, open_page
from vaegan.checkpoint.files import PRETRAINED
from vaegan.config import NoiseConfig
from vaegan.data.pictures import pack_mask
from vaegan.studio import Studio
from vaegan.ui import resources
from vaegan.ui.generate import damage
from vaegan.ui.generate.passes import judged


@pytest.fixture(autouse=True)
def small_twins(twins, monkeypatch):
    """The page over two small checkpoints."""
    monkeypatch.setattr(resources, "FOLDER", twins)


@pytest.mark.slow
@pytest.mark.parametrize("name", damage.DAMAGES)
def test_every_damage_is_repaired(name):
    painted = pack_mask(np.tri(28, dtype=bool))
    test = generate("repair", damage=name, painted=painted, passes="2")
    assert clean(test)
    assert "repaired without BatchNorm, 2 passes" in markup(test)
    assert "in the hole" in markup(test)


def test_repair_controls():
    test = generate("repair", of="3", damage="block")
    assert marked(test) == 3, "the gallery marks what is repaired"
    seen = {markup(test)}
    for key, value in (("repair_size", 12), ("repair_top", 2), ("repair_left", 3), ("repair_passes", 9)):
        seen.add(markup(test.slider(key=key).set_value(value).run()))
    assert len(seen) == 5
    test.selectbox(key="repair_damage").set_value("stripes").run()
    assert test.slider(key="repair_size").value == 2, "what suits a block does not suit stripes"
    test.selectbox(key="repair_damage").set_value("watermark").run()
    seen = {markup(test)}
    seen.add(markup(press(test, "Elsewhere")))
    assert len(seen) == 2
    test.slider(key="repair_level").set_value(0).run()
    assert "Nothing is hidden" in test.info[0].value


def test_the_words_of_repair_follow_from_the_curves():
    better, worse = [10.0, 11.0, 12.0], [10.0, 9.0, 8.0]
    assert "After 3 passes they are nearer" in judged({"bn": better, "plain": better}, 3)
    words = judged({"bn": better, "plain": worse}, 3)
    assert "Without BatchNorm, 3 passes lead farther away" in words
    assert "grows only more certain" in words
    assert "more passes" in judged({"bn": worse}, 1)


@pytest.mark.slow
def test_more_passes_bring_the_example_and_most_digits_nearer(monkeypatch):
    monkeypatch.setattr(resources, "FOLDER", PRETRAINED)
    test = open_page(GENERATE, section="repair")
    assert clean(test)
    assert "After 10 passes they are nearer" in " ".join(each.value for each in test.markdown)
    gains = [
        float(last) - float(first)
        for first, last in re.findall(r"1 pass: ([\d.]+) dB\nafter 10: ([\d.]+) dB", markup(test))
    ]
    assert len(gains) == 2
    assert min(gains) > 8
    stripes = damage.Damage("stripes", size=2)
    digits = resources.gallery().pictures[:40]
    damaged, hidden = (np.stack(each) for each in zip(*map(stripes.hide, digits), strict=True))
    for name in ("paper-bn", "paper-plain"):
        filled = Studio.open(name).repair_all(damaged, ~hidden, 10)
        errors = [np.where(hidden, filled[at] - digits, 0) ** 2 for at in (0, 9)]
        first, last = (each.sum(axis=(1, 2)) for each in errors)
        assert (last < first).mean() > 0.95


def test_holes_and_covers():
    assert damage.hole("block", 2, 3, 5).sum() == 25
    assert damage.hole("block", 27, 27, 28).sum() == 1
    assert np.flatnonzero(damage.hole("block", 2, 3, 5).any(axis=1)).tolist() == [2, 3, 4, 5, 6]
    assert damage.hole("left", 0, 0, 1)[:, :14].all()
    assert not (damage.hole("left", 0, 0, 1) & damage.hole("right", 0, 0, 1)).any()
    assert (damage.hole("top", 0, 0, 1) ^ damage.hole("bottom", 0, 0, 1)).all()
    assert damage.hole("stripes", 0, 0, 2)[:, 0].tolist() == [True, True, False, False] * 7
    digit = resources.gallery().pictures[0]
    covered, hidden = damage.cover(digit, NoiseConfig(kind="watermark", level=0.5, seed=1))
    assert 0 < hidden.sum() < 784
    assert np.array_equal(covered[~hidden], digit[~hidden])


def test_psnr_counts_the_hole_alone():
    digit, picture, hidden = np.zeros((28, 28), np.float32), np.ones((28, 28), np.float32), np.zeros((28, 28), bool)
    hidden[:2] = True
    picture[:2] = 0.1
    assert damage.psnr_inside(picture, digit, hidden) == pytest.approx(20, abs=1e-4)
    assert damage.psnr_inside(digit, digit, hidden) == pytest.approx(100)
