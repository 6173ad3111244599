"""How large the text of a page is, wherever it stands: within stages, in charts, in the page itself."""

from playwright.sync_api import Page

# Every text that can be seen, with its size on the screen in pixels. Icons are a font's ligatures, and no text.
_TEXTS = """() => {
    const found = [];
    const areaOf = ({ a, b, c, d }) => a * d - b * c; // of a unit square, however the text is turned
    const visit = (node) => {
        if (node instanceof Text) {
            const text = node.data.trim(), element = node.parentElement;
            if (!text || !element || /^(STYLE|SCRIPT|OPTION)$/.test(element.tagName)) return;
            if (element.closest("[data-testid=stIconMaterial], .unseen, .spoken, [data-testid=stSkipLink]")) return;
            if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return;
            const range = document.createRange();
            range.selectNodeContents(node);
            const box = range.getBoundingClientRect();
            if (box.width < 2 || box.height < 2 || box.bottom < 0) return;
            const area = element instanceof SVGGraphicsElement ? areaOf(element.getScreenCTM()) : 1;
            const scale = Math.sqrt(Math.abs(area));
            found.push([text, Math.round(10 * scale * parseFloat(getComputedStyle(element).fontSize)) / 10]);
        }
        if (node instanceof HTMLImageElement && node.src.startsWith("data:image/svg")) { // a chart of a lesson
            const source = atob(node.src.split(",")[1]);
            const drawn = new DOMParser().parseFromString(source, "image/svg+xml").documentElement;
            const scale = node.getBoundingClientRect().width / Number(drawn.getAttribute("width"));
            found.push([node.alt, Math.round(10 * scale * Number(drawn.getAttribute("font-size"))) / 10]);
        }
        for (const child of node.shadowRoot?.childNodes ?? []) visit(child);
        for (const child of node.childNodes) visit(child);
    };
    visit(document.querySelector("[data-testid=stMain]"));
    return found;
}"""


def smaller_than(page: Page, pixels: float) -> list[tuple[str, float]]:
    """The texts that are smaller, each with its size."""
    return [(text, size) for text, size in page.evaluate(_TEXTS) if size < pixels]
