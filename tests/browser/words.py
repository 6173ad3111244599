"""Which words a page shows, in the order in which they stand, and which of them it explains."""

from typing import NamedTuple

from playwright.sync_api import Page

from vaegan.ui.glossary import mentioned

# Every text that can be seen, and the term by which it is marked. Left out are what cannot hold a mark, controls,
# headings and charts, and what is no sentence. A heading or a control explains its words in its help.
_TEXTS = """() => {
    const found = [];
    const out = "button, a, label, select, summary, svg, code, pre, h1, h2, h3, h4, table, .unseen, .spoken, .meaning, "
        + ".legend, [data-testid=stWidgetLabel], [data-testid=stIconMaterial]";
    const visit = (node, term) => {
        if (node instanceof Element) {
            const { display, visibility } = getComputedStyle(node);
            if (node.matches(out) || display === "none" || visibility === "hidden") return;
            term = node.dataset?.term ?? (node.matches(".ideas, .vg-ideas") ? "*" : term);
        }
        if (node instanceof Text && node.data.trim()) found.push([node.data, term]);
        for (const child of node.shadowRoot?.childNodes ?? []) visit(child, term);
        for (const child of node.childNodes) if (!/^(STYLE|SCRIPT)$/.test(child.nodeName)) visit(child, term);
    };
    visit(document.querySelector("[data-testid=stMain]"), "");
    return found;
}"""


class Use(NamedTuple):
    """A term that a page uses before it has explained it, and the text in which it stands."""

    term: str
    text: str


def unexplained(page: Page) -> list[Use]:
    """The terms of the glossary whose first mention is not marked, or that are never explained."""
    known: set[str] = set()
    found: dict[str, Use] = {}
    for text, term in page.evaluate(_TEXTS):
        if term == "*":  # the three ideas, each with its sentence
            known |= set(mentioned(text))
        elif term:
            known.add(term)
        else:
            for name in mentioned(text):
                if name not in known:
                    found.setdefault(name, Use(name, " ".join(text.split())[:120]))
    return list(found.values())
