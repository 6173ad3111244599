"""Tables in Markdown, as READMEs and reports have them."""

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table whose rows have as many cells as its head. A bar within a cell is escaped: it would end it."""
    lines = [head, ["---"] * len(head), *rows]
    for line in lines:
        if len(line) != len(head):
            raise ValueError(f"a row has {len(line)} cells, the head of its table {len(head)}: {line}")
    return "\n".join("| " + " | ".join(cell.replace("|", r"\|") for cell in line) + " |" for line in lines)
