"""Whether another page was asked for a moment ago, and that nothing is asked of the server in that moment."""

import pytest

from vaegan.web.scripts import script

PAGE = """const seconds = (count) => new Promise((resolve) => setTimeout(resolve, 1000 * count));
const link = document.body.appendChild(Object.assign(document.createElement("a"), { href: "#elsewhere" }));
link.append(document.createElement("b"));
const press = () => link.firstChild.click();
"""


@pytest.mark.parametrize("ask", ["press()", "dispatchEvent(new PopStateEvent('popstate'))"])
def test_for_a_second_after_a_link_and_after_back_and_forward_the_page_is_being_left(run, ask):
    body = f"{PAGE} const at = [lib.isLeaving()]; {ask}; at.push(lib.isLeaving()); await seconds(1.1); link.remove();"
    assert run("leaving", f"{body} return [...at, lib.isLeaving()];") == [False, True, False]


def test_a_download_and_another_tab_leave_nothing(run):
    left = run(
        "leaving",
        f"""{PAGE}
        link.addEventListener("click", (event) => event.preventDefault());
        link.download = "digits.npz";
        press();
        link.download = "";
        link.target = "_blank";
        press();
        link.remove();
        return lib.isLeaving();""",
    )
    assert not left


def test_the_courier_asks_when_the_moment_has_passed_and_not_at_all_if_the_page_has_gone(run):
    run("picture", "delete globalThis.vaeganTab;")
    early, late, left = run(
        "courier",
        f"""{PAGE}
        const url = URL.createObjectURL(new Blob([argument], {{ type: "text/javascript" }}));
        const store = await import(url), asked = [];
        store.tab.overSocket = true;
        const leave = lib.default({{
            parentElement: document.createElement("div"), data: {{ answered: null, prefix: "" }},
            setTriggerValue: (name, {{ keys }}) => asked.push(String(keys)),
        }});
        press();
        store.waitFor(["a"], () => {{}}, () => {{}});
        await seconds(0.5);
        const early = [...asked];
        await seconds(0.8);
        const late = [...asked];
        press();
        store.waitFor(["b"], () => {{}}, () => {{}});
        leave();
        await seconds(1.3);
        link.remove();
        return [early, late, asked];""",
        script("store"),
    )
    assert early == []
    assert late == left == ["a"]
