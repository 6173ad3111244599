"""What tests of the Generate page share: the page opened at a section, with small twins as its checkpoints."""

import json

from streamlit.testing.v1 import AppTest

from tests.ui.opened import open_page

GENERATE = "pages/3_Generate.py"


def generate(section: str, **query: str) -> AppTest:
    return open_page(GENERATE, section=section, **query)


def press(test: AppTest, label: str) -> AppTest:
    next(button for button in test.button if button.label == label).click()
    return test.run()


def clean(test: AppTest) -> bool:
    return not [*test.exception, *test.error, *test.warning]


def marked(test: AppTest) -> int:
    """The digit that the gallery marks."""
    (data,) = [json.loads(each.proto.json) for each in test.get("bidi_component") if '"chosen"' in each.proto.json]
    return int(data["chosen"])
