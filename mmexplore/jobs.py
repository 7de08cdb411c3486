"""Work that takes seconds, done beside the page: few at a time, shared fairly by those who ask, with progress and stop.

For NumPy work on data that lives in one visitor's session. At most as many pieces of work go on at a time as the machine can carry; the next
one is of the visitor who has been served least, and of those of equal share the shortest (a price in seconds is said by whoever asks). Work
that has begun gives way too: wherever it reports its progress or asks whether to stop, it rests while another visitor's turn has come. So
nobody waits for somebody else's long work to end.

Long work that is `Elsewhere`, a named function with plain arguments, goes on in a process of its own (`mmexplore.jobs_process`): the pages of
the others then do not share the interpreter with it. The process ends with its work, and with this one.
"""

from __future__ import annotations

import importlib
import itertools
import logging
import os
import threading
import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from mmexplore.errors import MmexploreError, noted

T = TypeVar("T")
Report = Callable[[float, str], None]
Work = Callable[[Report, Callable[[], bool]], T]

_LOG = logging.getLogger(__name__)

SLICE = 0.15  # seconds that work goes on before it looks whether another's turn has come
_SHORT = 3.0  # seconds: work of so much or more counts as long, and so waits for no less than for this
UNKNOWN = 3.0  # seconds that work is taken to need where nobody has said
LONG = 4.0  # seconds from which on work goes into a process of its own, where that can be


class Job(Generic[T]):
    """One piece of work: waiting, running, resting or done.

    Attributes:
        key: identity of what is computed.
        visitor: who asked.
        price: seconds that it is taken to need.
        share: part of the work done, 0 to 1.
        words: what is being done.
        result: the answer, once `done` (None before, or where it failed).
        error: a sentence where it failed.
    """

    def __init__(self, key: str, work: Work[T], number: int, visitor: str = "", price: float = UNKNOWN) -> None:
        self.key = key
        self.visitor = visitor
        self.price = price
        self.share = 0.0
        self.words = "waiting"
        self.result: T | None = None
        self.error: str | None = None
        self._work = work
        self._number = number
        self._served = 0.0  # seconds
        self._since: float | None = None  # when its present turn began; None while it has none
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._done = threading.Event()

    @property
    def done(self) -> bool:
        """Whether it has ended, well or not."""
        return self._done.is_set()

    @property
    def running(self) -> bool:
        """Whether it has begun and not ended, also where it rests."""
        return self._thread is not None and not self.done

    @property
    def resting(self) -> bool:
        """Whether it has begun and lets others go first."""
        return self.running and self._since is None

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
        """Estimate of the work to go, from the share done so far; None while nothing can be said."""
        if self.share < 0.03:
            return None
        since = self._since
        return (self._served + (time.monotonic() - since if since else 0.0)) * (1.0 - self.share) / self.share


class Reporter:
    """What work is given to report with. Work that goes on by itself while its report rests is told by these two.

    Attributes:
        rest, go: called before it rests and after.
    """

    def __init__(self, job: Job[Any], turn: Callable[[Reporter], None]) -> None:
        self._job = job
        self._turn = turn
        self.rest: Callable[[], None] = _nothing
        self.go: Callable[[], None] = _nothing

    def __call__(self, share: float, words: str) -> None:
        """Report the part of the work done, 0 to 1, and what is being done."""
        self._job.share, self._job.words = min(max(share, 0.0), 1.0), words
        self._turn(self)

    def stop(self) -> bool:
        """Whether the work is to stop."""
        self._turn(self)
        return self._job.stopping


class Workers:
    """Jobs, and the turns they take; threads end with their job.

    Args:
        threads: how many work at a time.
    """

    def __init__(self, threads: int) -> None:
        self._free = threads
        self._jobs: list[Job[Any]] = []  # not done
        self._served: dict[str, float] = {}  # seconds, of visitors with jobs
        self._changed = threading.Condition()
        self._numbers = itertools.count()

    def submit(self, key: str, work: Work[T], *, visitor: str = "", price: float | None = None) -> Job[T]:
        """Ask for work.

        Args:
            key: identity of what is computed.
            work: called with a report and a question whether to stop; both are to be called often.
            visitor: who asks; visitors are served alike.
            price: seconds that it is likely to need.
        """
        job = Job(key, work, next(self._numbers), visitor, UNKNOWN if price is None else max(price, 0.0))
        with self._changed:
            present = {other.visitor for other in self._jobs}
            self._served = {who: seconds for who, seconds in self._served.items() if who in present}
            self._served.setdefault(visitor, min(self._served.values(), default=0.0))  # who comes anew is owed nothing
            self._jobs.append(job)
            self._give_turns()
        return job

    def ahead(self, job: Job[Any]) -> int:
        """How many that wait or rest come before this one."""
        with self._changed:
            mine = self._order(job)
            others = [o for o in self._jobs if o is not job and o._since is None and not o.stopping]
            return sum(self._order(other) < mine for other in others)

    def _order(self, job: Job[Any]) -> tuple[float, int]:
        """Who is served first: the lowest."""
        left = min(max(job.price - job._served, 0.0), _SHORT)
        return self._served.get(job.visitor, 0.0) + left, job._number

    def _give_turns(self) -> None:
        while self._free > 0 and (waiting := [job for job in self._jobs if job._since is None]):
            job = min(waiting, key=self._order)
            job._since = time.monotonic()
            self._free -= 1
            if job._thread is None:
                job._thread = threading.Thread(target=self._run, args=(job,), name="mmexplore job", daemon=True)
                job._thread.start()
        self._changed.notify_all()

    def _end_turn(self, job: Job[Any]) -> None:
        """Note what a turn took."""
        if job._since is not None:
            taken = time.monotonic() - job._since
            job._served += taken
            self._served[job.visitor] = self._served.get(job.visitor, 0.0) + taken
            job._since = None
            self._free += 1

    def _turn(self, job: Job[Any], report: Reporter) -> None:
        """Rest as long as it is another's turn."""
        since = job._since
        if (since is not None and time.monotonic() - since < SLICE) or job.stopping:
            return
        with self._changed:
            self._end_turn(job)
            self._give_turns()
            if job._since is not None:
                return
        report.rest()
        with self._changed:
            while job._since is None and not job.stopping:
                self._changed.wait(0.5)
        report.go()

    def _run(self, job: Job[Any]) -> None:
        report = Reporter(job, lambda report: self._turn(job, report))
        try:
            if not job.stopping:
                job.result = job._work(report, report.stop)
        except MmexploreError as error:
            job.error = str(error)
        except Exception:
            number = noted(_LOG, "job %s failed", job.key)
            job.error = f"this failed on our side; the details are in the server's log under fault {number}"
        finally:
            job.share = 1.0
            with self._changed:
                self._end_turn(job)
                self._jobs.remove(job)
                self._give_turns()
            job._done.set()


class Elsewhere(Generic[T]):
    """Work by a function that takes `progress` and `should_stop`: in this thread where it is short, in a process of its own where it is long.

    Args:
        function: ``"package.module:function"``.
        arguments, named: plain ones: specs, arrays, frames.
        price: seconds that it is likely to need.
    """

    def __init__(self, function: str, *arguments: Any, price: float | None = None, **named: Any) -> None:
        self.function = function
        self.arguments = arguments
        self.named = named
        self.price = price

    def __call__(self, report: Report, stop: Callable[[], bool]) -> T:
        """Do it."""
        if self.price is not None and self.price >= LONG:
            from mmexplore.jobs_process import in_process

            result: T = in_process(self.function, self.arguments, self.named, report, stop)
            return result
        made: T = function_named(self.function)(*self.arguments, **self.named, progress=report, should_stop=stop)
        return made


def function_named(name: str) -> Callable[..., Any]:
    """The function of a text ``"package.module:function"``."""
    module, _, function = name.partition(":")
    made: Callable[..., Any] = getattr(importlib.import_module(module), function)
    return made


def _nothing() -> None:
    pass


WORKERS = Workers(max(1, (os.cpu_count() or 2) // 2))
