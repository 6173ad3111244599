"""What components send while another page has been asked for waits, and is dropped with the page that is left."""

import pytest

PAGE = """const sent = [], root = document.createElement("div"), seconds = (count) =>
    new Promise((resolve) => setTimeout(resolve, 1000 * count));
const link = document.body.appendChild(Object.assign(document.createElement("a"), { href: "#elsewhere" }));
let made;
class Kind { constructor() { made = this; } update() {} dispose() {} }
const note = (name) => sent.push(name);
const leave = lib.mounted(Kind)({ parentElement: root, data: 0, setStateValue: note, setTriggerValue: note });
"""


@pytest.mark.parametrize(
    "asked",
    ["link.click()", "link.append(document.createElement('b')), link.firstChild.click()", "dispatchEvent(popped)"],
)
def test_what_is_sent_after_the_question_for_another_page_comes_late_or_never(run, asked):
    early, late, left = run(
        "component",
        f"""{PAGE}
        const popped = new PopStateEvent("popstate");
        made.send("before", 1);
        {asked};
        made.send("state", 1);
        made.trigger("trigger", 1);
        await seconds(0.3);
        const early = [...sent];
        await seconds(1);
        const late = [...sent];
        {asked};
        made.send("never", 1);
        leave();
        await seconds(1.3);
        link.remove();
        return [early, late, sent];""",
    )
    assert early == ["before"]
    assert late == left == ["before", "state", "trigger"]


def test_a_download_and_another_tab_hold_nothing_back(run):
    sent = run(
        "component",
        f"""{PAGE}
        await seconds(1.1);
        link.addEventListener("click", (event) => event.preventDefault());
        link.download = "digits.npz";
        link.click();
        made.send("download", 1);
        link.download = "";
        link.target = "_blank";
        link.click();
        made.send("tab", 1);
        link.remove();
        return sent;""",
    )
    assert sent == ["download", "tab"]
