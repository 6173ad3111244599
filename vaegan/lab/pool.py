"""The connection to a Dask cluster: it submits tasks, reports once how each ended, and reconnects after a failure."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from threading import RLock
from typing import Any

from distributed import Client, Future, KilledWorker, fire_and_forget

from vaegan.errors import RunError, VaeganError
from vaegan.lab.cluster import Cluster
from vaegan.lab.environment import ADDRESS
from vaegan.lab.shift import Outcome
from vaegan.lab.worker import WarmUp

CONNECT_SECONDS = 5

# Called when a task has ended, with its key and the outcome of each of its runs, or the reason why the task broke off.
OnEnd = Callable[[str, Mapping[str, Outcome] | str], None]


class Pool:
    """Workers behind a scheduler: the one at `address`, else a cluster of the app's own with so many `workers`."""

    def __init__(self, address: str | None, workers: int, on_end: OnEnd) -> None:
        self._address, self._workers, self._on_end = address, workers, on_end
        self._cluster: Cluster | None = None
        self._client: Client | None = None
        self._futures: dict[str, Future] = {}
        self._lock = RLock()

    def connect(self) -> bool:
        """Make sure that there is a connection to a cluster. True if it is new; RunError if there can be none."""
        with self._lock:
            if self._is_alive:
                return False
            self.close()
            try:
                if self._address is None:
                    self._cluster = Cluster.start(self._workers)
                    address, security = self._cluster.address, self._cluster.security
                else:
                    address, security = self._address, None  # as Dask's own settings say
                self._client = Client(
                    address, security=security, set_as_default=False, timeout=CONNECT_SECONDS, name="vaegan"
                )
                self._client.register_plugin(WarmUp())
            except (OSError, ValueError) as error:
                self.close()
                raise RunError(self._unreachable(error)) from error
            return True

    def _unreachable(self, error: Exception) -> str:
        if self._address is None:
            return f"the cluster that trains could not be started ({error}); restart the app, and see its log"
        return (
            f"the scheduler {self._address} does not answer ({error}); start it, or unset {ADDRESS} to train on this "
            "machine"
        )

    @property
    def _own_cluster(self) -> Cluster:
        assert self._cluster is not None
        return self._cluster

    @property
    def _is_alive(self) -> bool:
        connected = self._client is not None and self._client.status in ("running", "connecting")
        return connected and (self._address is not None or self._own_cluster.is_alive)

    def __contains__(self, key: str) -> bool:
        """Whether the cluster has the task, as far as is known."""
        with self._lock:
            return key in self._futures

    def submit(self, key: str, folders: Sequence[str], priority: int) -> None:
        """Submit `worker.work(folders)`. If the scheduler already has a task under this key, that one is joined."""
        with self._lock:
            self.connect()
            assert self._client is not None
            future = self._client.submit(_task(), list(folders), key=key, pure=False, priority=priority)
            self._futures[key] = future
        fire_and_forget(future)  # on a scheduler of its own a run outlives the app
        future.add_done_callback(partial(self._ended, key))

    def cancel(self, key: str) -> None:
        """Take a task out of the queue; one that runs is left alone."""
        with self._lock:
            future = self._futures.pop(key, None)
        if future is not None:
            future.cancel(force=True)

    def slots(self) -> int:
        """How many runs can train at once; 0 when that is not known."""
        with self._lock:
            if not self._is_alive or self._client is None:
                return 0
            return sum(self._client.nthreads().values())

    def _ended(self, key: str, future: Any) -> None:
        """Called in a thread of Dask's. A task that was cancelled or lost its scheduler does not count as ended."""
        with self._lock:
            if key not in self._futures or self._futures[key] is not future:
                return
            del self._futures[key]
        if future.status == "finished":
            self._on_end(key, future.result())
        elif future.status == "error":
            self._on_end(key, _sentence(future.exception()))

    def close(self) -> None:
        """Disconnect from the scheduler, and end the app's own cluster."""
        with self._lock:
            self._futures.clear()
            client, self._client = self._client, None
            cluster, self._cluster = self._cluster, None
        if client is not None:
            client.close(timeout=2)
        if cluster is not None:
            cluster.close()


def _task() -> Callable[[Sequence[str]], dict[str, Outcome]]:
    """What a worker executes. A function within a function is sent as code.

    One of a module is sent by name: the scheduler would import it, and 300 MB of torch with it.
    """

    def task(folders: Sequence[str]) -> dict[str, Outcome]:
        from vaegan.lab.worker import work

        return work(folders)

    return task


def _sentence(error: Any) -> str:
    if isinstance(error, KilledWorker):
        return (
            "every worker that trained this run died, perhaps for want of memory; choose a smaller model or batch and "
            "start it again"
        )
    if isinstance(error, VaeganError):
        return str(error)
    return f"the worker broke off with {type(error).__name__}: {error}; this is a fault of the program"
