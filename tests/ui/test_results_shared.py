"""What all visitors of the Results page are shown alike is computed once, and anew for another document or choice."""

from vaegan.ui.results.shared import once_for_all


def test_the_same_document_and_choice_are_worked_out_once() -> None:
    calls = []

    @once_for_all
    def joined(words: list[str], between: str) -> str:
        calls.append(words)
        return between.join(words)

    first, equal = ["a", "b"], ["a", "b"]
    assert [joined(first, "-"), joined(first, "-"), joined(first, "+")] == ["a-b", "a-b", "a+b"]
    assert len(calls) == 2
    assert joined(equal, "-") == "a-b"
    assert calls[2] is equal, "a document is told by being the same, not by its words"
