"""Which cluster the lab trains on, as the environment says."""

import os

from vaegan.errors import RunError

ADDRESS = "VAEGAN_SCHEDULER"
WORKERS = "VAEGAN_WORKERS"


def address_from_environment() -> str | None:
    """VAEGAN_SCHEDULER, for example tcp://10.0.0.5:8786; None for a cluster of the app's own."""
    return os.environ.get(ADDRESS) or None


def workers_from_environment() -> int:
    """VAEGAN_WORKERS, else one for each core but one."""
    text = os.environ.get(WORKERS)
    if not text:
        return max(1, (os.cpu_count() or 2) - 1)
    if not text.isdecimal() or int(text) == 0:
        raise RunError(f"{WORKERS} is {text!r}; give the number of runs that may train at once, at least 1")
    return int(text)
