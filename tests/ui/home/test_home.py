"""Home: its stage, its ideas, and the pictures of its doors."""

import base64
import re

import pytest

from tests.ui.opened import healthy, markup, on_stage, open_page
from vaegan.ui import pages, resources
from vaegan.ui.glossary import IDEAS, TERMS
from vaegan.ui.home.doors import DOORS
from vaegan.ui.home.sketches import SKETCHES, sketch


@pytest.fixture(autouse=True)
def small_twins(twins, monkeypatch):
    """The page over two small checkpoints."""
    monkeypatch.setattr(resources, "FOLDER", twins)


def drawing(url: str) -> str:
    assert url.startswith("data:image/svg+xml;base64,")
    return base64.b64decode(url.partition(",")[2]).decode()


def test_home_has_the_stage_three_ideas_and_a_door_for_each_sketch():
    test = healthy(open_page("app.py"))
    shown = markup(test)
    for name in IDEAS:
        assert f"<b>{name}</b>{TERMS[name].sentence}" in shown
    assert on_stage(test)["demo"] is True
    links = [(link.proto.label, link.proto.page) for link in test.get("page_link")]
    for door in DOORS:
        assert (door.title, door.page.path.removeprefix("pages/").partition("_")[2].removesuffix(".py")) in links
        assert f'alt="{door.alt}"' in shown
        assert door.words in shown.replace("&#x27;", "'")
    assert {door.sketch for door in DOORS} == set(SKETCHES)
    assert {door.page for door in DOORS} == set(pages.PAGES) - {pages.HOME, pages.LEARN, pages.CLASS}
    assert ("New here? Begin with a lesson", "Learn") in links


@pytest.mark.parametrize("name", SKETCHES)
def test_a_sketch_is_small_and_asks_nobody_for_anything(name):
    svg = drawing(sketch(name))
    assert len(svg) < 40_000  # these networks make noise, which cannot be compressed
    assert all(link.startswith("data:image/png;base64,") for link in re.findall(r'href="([^"]*)"', svg))
    assert "script" not in svg
    assert sketch(name) == sketch(name)


def test_sketches_come_from_the_networks_and_without_them_from_real_digits(tmp_path, monkeypatch):
    made = {name: sketch(name) for name in SKETCHES}
    assert len(set(made.values())) == len(SKETCHES)
    monkeypatch.setattr(resources, "FOLDER", tmp_path)
    without = {name: sketch(name) for name in SKETCHES}
    assert without["claims"] == made["claims"]  # a drawing
    others = {name: url for name, url in without.items() if name != "claims"}
    assert len(set(others.values())) == 1
    assert not set(others.values()) & set(made.values())


@pytest.mark.slow
@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.sketch)
def test_what_lies_behind_a_door_knows_its_link(door):
    healthy(open_page(door.page.path, **{name: value for name, value in door.link.items() if name != "pair"}))
