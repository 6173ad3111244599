"""Shares in percent, written in one way on all pages: with a space, as sliders have it."""


def percent(share: float, decimals: int = 0) -> str:
    """A share of 1, such as 0.5, as "50 %"."""
    return f"{100 * share:.{decimals}f} %"
