"""What the tab keeps, who asks the server for what it lacks, and what a person reads if nothing comes."""

import json

import pytest
from playwright.sync_api import Page, expect

from vaegan.web.scripts import parts, script

EMPTY = "delete globalThis.vaeganTab;"  # each call loads the module anew
WAIT = """const log = [];
const wait = (name, ...keys) => lib.waitFor(
    keys, (bytes) => log.push(`${name} has ${bytes.map((one) => one[0])}`), (words) => log.push(`${name}: ${words}`));
const wanted = () => log.push(`wanted: ${[...lib.tab.wanted.keys()]}`);"""


@pytest.fixture
def store(run):
    """Call a body in a tab that has nothing yet; returns what it logs."""
    run("picture", EMPTY)
    return lambda body: run("store", f"{WAIT} {body} return log;")


def test_the_tab_keeps_what_was_used_last(store):
    kept = store(
        """for (let i = 0; i < 100; i++) {
            lib.keep(`key${i}`, new Uint8Array([i]));
            wait("one", "key0");
        }
        log.splice(0, Infinity, ...lib.tab.kept.keys());"""
    )
    assert len(kept) == 8
    assert set(kept) == {"key0", *(f"key{i}" for i in range(93, 100))}


def test_what_is_no_longer_kept_is_wanted_again(store):
    log = store(
        """lib.keep("early", new Uint8Array([1]));
        for (let i = 0; i < 8; i++) lib.keep(`key${i}`, new Uint8Array([0]));
        wait("one", "early", "key7");
        wanted();
        lib.keep("early", new Uint8Array([2]));
        wanted();"""
    )
    assert log == ["wanted: early", "one has 2,0", "wanted: "]


def test_who_waits_holds_what_came_while_the_rest_is_on_its_way(store):
    log = store(
        """const keys = Array.from({ length: 12 }, (_, i) => `key${i}`);
        wait("one", ...keys);
        keys.forEach((key, i) => lib.keep(key, new Uint8Array([i])));"""
    )
    assert log == ["one has " + ",".join(map(str, range(12)))]


def test_who_leaves_wants_nothing_and_who_stays_still_does(store):
    log = store(
        """const leave = wait("first", "a", "b");
        wait("second", "b", "c");
        wanted();
        leave();
        wanted();
        lib.keep("b", new Uint8Array([2]));
        lib.keep("c", new Uint8Array([3]));
        wanted();"""
    )
    assert log == ["wanted: a,b,c", "wanted: c,b", "second has 2,3", "wanted: "]


@pytest.mark.long
def test_the_courier_asks_once_for_all_and_again_for_what_got_lost(run):
    run("picture", EMPTY)
    asked, wanted = run(
        "courier",
        """const url = URL.createObjectURL(new Blob([argument], { type: "text/javascript" }));
        const store = await import(url), asked = [], root = document.createElement("div");
        store.tab.overSocket = true;
        const draw = (answered) => lib.default({
            parentElement: root, data: { answered, prefix: "" },
            setTriggerValue: (name, { number, keys }) => asked.push([name, number, String(keys)]),
        });
        const seconds = (count) => new Promise((resolve) => setTimeout(resolve, 1000 * count));
        const wait = (...keys) => store.waitFor(keys, () => {}, () => {});
        draw(null);
        wait("a", "b");
        wait("b", "c");
        await seconds(0.2);
        store.keep("b", new Uint8Array(1));
        store.keep("c", new Uint8Array(1));
        draw(1);
        wait("d"); // after the first request was answered: that answer says nothing about d
        await seconds(2.3);
        for (let answer = 3; answer < 6; answer++) {
            draw(answer);
            await seconds(2.3);
        }
        return [asked, [...store.tab.wanted.keys()]];""",
        script("store"),
    )
    assert asked[:3] == [["wanted", 1, "a,b,c"], ["wanted", 2, "d"], ["wanted", 3, "a"]]
    assert sum("a" in keys for _, _, keys in asked) == 3, "not for ever"
    assert wanted == ["a", "d"]


MODELS = [
    {"key": "weights-a", "name": "A", "short": "A", "side": "bn", "judge": None, "samples": True},
    {"key": "weights-b", "name": "B", "short": "B", "side": "plain", "judge": None, "samples": True},
]
DIGIT = "A" * 1044 + "AA=="[:4]
DATA = {
    "live_drawing": {
        "digit": DIGIT, "strokes": [], "drawn": False, "kind": "masking", "level": 50, "pattern": "", "models": MODELS,
        "kinds": [], "reader": "reader-a", "parts": ["network"], "demo": False, "ideas": [],
    },
    "morph": {"models": MODELS, "way": "linear", "pixels": [DIGIT, DIGIT], "fade": "In pixels"},
    "dimensions": {
        "name": "A", "weights": "weights-a", "mu": [0, 0], "kl": [1, 0], "active": [True, False], "moved": {},
    },
    "latent_map": {
        "models": [{"name": "A", "twin": "bn", "weights": "weights-a", "atlas": "atlas-a"}], "colours": [], "axis": "z",
        "count": 8, "layers": [], "way": "linear", "pins": [], "view": None, "digit": None, "strokes": [],
        "drawn": False, "whose": "", "words": "", "kind": "masking", "level": 0, "pattern": "",
    },
}  # fmt: skip


@pytest.mark.parametrize("name", DATA)
def test_a_component_that_waits_in_vain_says_so_and_tries_again(browser, name):
    page: Page = browser.new_page()
    page.clock.install()
    page.set_content(f"<div id=host>{parts(name)['html']}</div>")
    page.evaluate(
        """async ([code, data]) => {
            const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
            const draw = (await import(url)).default;
            window.update = () => draw({ parentElement: document.getElementById("host"), data: JSON.parse(data) });
            window.leave = window.update();
        }""",
        [script(name), json.dumps(DATA[name])],
    )
    wanted = "[...globalThis.vaeganTab.wanted.keys()].sort().join()"
    keys = {"latent_map": "atlas-a,weights-a", "dimensions": "weights-a"}.get(name, "weights-a,weights-b")
    message = page.locator(".message")
    expect(message).to_have_text("The networks are on their way …")
    assert page.evaluate(wanted) == keys
    bar = page.get_by_role("progressbar", name="Networks on their way")
    expect(bar).to_be_visible()
    page.clock.run_for(60_000)
    expect(bar).to_have_count(0)
    expect(message).to_have_text("The networks did not arrive. Reload the page.")
    assert page.evaluate(wanted) == ""
    page.evaluate("void window.update()")
    assert page.evaluate(wanted) == keys
    page.evaluate("() => window.leave()")
    assert page.evaluate(wanted) == "", "who has left wants nothing"
    page.close()


def test_who_waits_hears_how_much_is_here_and_stays_patient_meanwhile(browser):
    page = browser.new_page()
    page.clock.install()
    page.set_content(f"<div id=host>{parts('morph')['html']}</div>")
    page.evaluate(
        """async ([code, store, data]) => {
            const load = (text) => import(URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
            const draw = (await load(code)).default;
            window.store = await load(store);
            window.arrived = (key, here, all) => {
                window.store.tab.fetching.set(key, { here, all });
                window.store.announce();
            };
            draw({ parentElement: document.getElementById("host"), data: JSON.parse(data) });
        }""",
        [script("morph"), script("store"), json.dumps(DATA["morph"])],
    )
    bar, line = page.get_by_role("progressbar"), page.locator(".arrival")
    assert bar.get_attribute("value") is None
    page.evaluate("arrived('weights-a', 100_000, 600_000)")
    expect(line).to_have_text("")  # nobody knows yet how much there is of the other
    page.evaluate("arrived('weights-b', 0, 400_000)")
    expect(line).to_have_text("Networks: 0.1 of 1.0 MB")
    assert bar.evaluate("bar => bar.position") == pytest.approx(0.1)
    page.clock.run_for(40_000)
    page.evaluate("arrived('weights-b', 300_000, 400_000)")
    page.clock.run_for(40_000)
    expect(line).to_have_text("Networks: 0.4 of 1.0 MB")
    page.clock.run_for(20_000)
    expect(page.locator(".message")).to_have_text("The networks did not arrive. Reload the page.")
    expect(bar).to_have_count(0)
    page.close()
