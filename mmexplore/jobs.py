"""Work that takes seconds, done beside the page: in a few threads, in the order of asking, with progress and stop.

For NumPy work on data that lives in one visitor's session. The number of threads is small, so that a class of thirty shares
the machine in turn instead of fighting for it; a job that waits says how many are before it.
"""

from __future__ import annotations

import itertools
import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from mmexplore.errors import MmexploreError, noted

T = TypeVar("T")
Report = Callable[[float, str], None]
Work = Callable[[Report, Callable[[], bool]], T]

_LOG = logging.getLogger(__name__)


class Job(Generic[T]):
    """One piece of work: waiting, running or done.

    Attributes:
        key: identity of what is computed.
        share: part of the work done, 0 to 1.
        words: what is being done.
        result: the answer, once `done` (None before, or where it failed).
        error: a sentence where it failed.
    """

    def __init__(self, key: str, work: Work[T], number: int) -> None:
        self.key = key
        self.share = 0.0
        self.words = "waiting"
        self.result: T | None = None
        self.error: str | None = None
        self._work = work
        self._number = number
        self._begun: float | None = None
        self._stop = threading.Event()
        self._done = threading.Event()

    @property
    def done(self) -> bool:
        """Whether it has ended, well or not."""
        return self._done.is_set()

    @property
    def running(self) -> bool:
        """Whether it has begun and not ended."""
        return self._begun is not None and not self.done

    @property
    def stopping(self) -> bool:
        """Whether it has been asked to stop."""
        return self._stop.is_set()

    def stop(self) -> None:
        """Ask it to stop; what is done by then may still be its result."""
        self._stop.set()

    def wait(self, seconds: float) -> bool:
        """Wait for its end, at most so long; whether it has ended."""
        return self._done.wait(seconds)

    def seconds_left(self) -> float | None:
        """Estimate of the time to go, from the share done so far; None while nothing can be said."""
        if self._begun is None or self.share < 0.03:
            return None
        return (time.monotonic() - self._begun) * (1.0 - self.share) / self.share

    def _report(self, share: float, words: str) -> None:
        self.share, self.words = min(max(share, 0.0), 1.0), words

    def _run(self) -> None:
        self._begun = time.monotonic()
        try:
            if not self.stopping:
                self.result = self._work(self._report, self._stop.is_set)
        except MmexploreError as error:
            self.error = str(error)
        except Exception:
            number = noted(_LOG, "job %s failed", self.key)
            self.error = f"this failed on our side; the details are in the server's log under fault {number}"
        finally:
            self.share = 1.0
            self._done.set()


class Workers:
    """A queue of jobs and the few threads that work it off; threads end when there is nothing to do."""

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._waiting: deque[Job[Any]] = deque()
        self._busy = 0
        self._lock = threading.Lock()
        self._numbers = itertools.count()

    def submit(self, key: str, work: Work[T]) -> Job[T]:
        """Put work into the queue."""
        job = Job(key, work, next(self._numbers))
        with self._lock:
            self._waiting.append(job)
            if self._busy < self._threads:
                self._busy += 1
                threading.Thread(target=self._serve, name="mmexplore job", daemon=True).start()
        return job

    def ahead(self, job: Job[Any]) -> int:
        """How many waiting jobs come before this one."""
        with self._lock:
            return sum(1 for other in self._waiting if other._number < job._number and not other.stopping)

    def _serve(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._busy -= 1
                    return
                job = self._waiting.popleft()
            job._run()


WORKERS = Workers(max(1, (os.cpu_count() or 2) // 2))
