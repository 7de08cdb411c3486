"""Sessions that have left: they go on a timer, with everything that was theirs.

A lost connection keeps its session for ``server.disconnectedSessionTTL`` seconds (120), so that a short break of the network loses
nothing; a reload of the page begins a new session. Streamlit 1.67 keeps up to 128 such sessions, each with three descriptors, and
drops them only when another visitor comes. `Remembered` takes that over: sessions go when their time is up, and the oldest of them
earlier where descriptors run short. Once a session is gone, so are its runs on own data (`mmexplore.runs.own`); the memory
that is free then is given back to the system.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit.config
from streamlit.logger import get_logger
from streamlit.runtime import Runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from mmexplore.allowance import ALLOWANCE
from mmexplore.runs.own import OWN
from mmexplore.ui import following

EVERY = 2.0  # seconds between two looks
MOST = 128  # sessions without a connection that are remembered
_SCARCE = 0.6  # share of the descriptors from which on sessions without a connection are no longer kept
_OFTEN = 30.0  # seconds between two collections while others are connected

_LOCK = threading.Lock()
_watched: Runtime | None = None


class Remembered:
    """Sessions without a connection, as Streamlit's session manager keeps them (its protocol `SessionStorage`).

    Args:
        seconds: how long one is kept.
        most: how many.
        scarce: whether descriptors run short.
        later: puts a function off until the event loop has time.
    """

    def __init__(
        self,
        seconds: float,
        most: int = MOST,
        scarce: Callable[[], bool] = lambda: False,
        later: Callable[[Callable[[], Any]], Any] = lambda action: action(),
    ) -> None:
        self._seconds, self._most, self._scarce, self._later = seconds, most, scarce, later
        self._infos: OrderedDict[str, tuple[float, Any]] = OrderedDict()
        self._lock = threading.RLock()

    def get(self, session_id: str) -> Any:
        """One of them, or None."""
        with self._lock:
            return self._infos.get(session_id, (0.0, None))[1]

    def save(self, session_info: Any) -> None:
        """A session has lost its connection."""
        with self._lock:
            self._infos.pop(session_info.session.id, None)
            self._infos[session_info.session.id] = (time.monotonic(), session_info)
        self._later(self.expire)

    def delete(self, session_id: str) -> None:
        """It has come back, or is closed by somebody else."""
        with self._lock:
            del self._infos[session_id]

    def list(self) -> list[Any]:
        """All of them."""
        with self._lock:
            return [info for _, info in self._infos.values()]

    def expire(self) -> None:
        """End those whose time is up, those that are too many, and the oldest while descriptors run short."""
        while True:
            with self._lock:
                if not self._infos:
                    return
                session_id, (since, info) = next(iter(self._infos.items()))
                due = time.monotonic() - since > self._seconds or len(self._infos) > self._most or self._scarce()
                if not due:
                    return
                del self._infos[session_id]
            try:
                info.session.shutdown()
            except Exception:  # whatever it is: the others have to go as well
                get_logger(__name__).exception("a session could not be ended")


def watch() -> None:
    """Look after the sessions of this process's server from now on; every call but the first does nothing."""
    global _watched
    runtime = Runtime.instance() if Runtime.exists() else None
    if runtime is _watched or type(runtime) is not Runtime:
        return
    with _LOCK:
        if runtime is _watched:
            return
        _watched = runtime
        OWN.present = present
        following.use(partial(connected, runtime))
        take_over(runtime)
        threading.Thread(target=_look_on, args=(runtime,), name="sessions", daemon=True).start()


def present() -> str:
    """The session that this thread works for; "" for none."""
    context = get_script_run_ctx(suppress_warning=True)
    return "" if context is None else context.session_id


def take_over(runtime: Any) -> None:
    """Put `Remembered` into the place of Streamlit's own memory of sessions."""
    try:
        manager, loop = runtime._session_mgr, runtime._get_async_objs().eventloop
        before = manager._session_storage
        seconds = float(streamlit.config.get_option("server.disconnectedSessionTTL"))
        storage = Remembered(seconds, scarce=scarce, later=loop.call_soon_threadsafe)

        def change() -> None:
            for info in before.list():
                storage.save(info)
            manager._session_storage = storage

        loop.call_soon_threadsafe(change)
    except Exception:  # another version: its sessions go as it likes
        get_logger(__name__).exception("this version of Streamlit keeps its sessions elsewhere; they go late")


def living(runtime: Any) -> set[str] | None:
    """Sessions that are connected or remembered; None where that cannot be said."""
    try:
        return {info.session.id for info in runtime._session_mgr.list_sessions()}
    except Exception:
        return None


def connected(runtime: Any) -> int:
    """How many sessions have a connection, this one counted; 1 where that cannot be said."""
    try:
        return max(1, int(runtime._session_mgr.num_active_sessions()))
    except Exception:
        return 1


def scarce() -> bool:
    """Whether descriptors run short."""
    try:
        import resource

        return len(os.listdir("/proc/self/fd")) > _SCARCE * resource.getrlimit(resource.RLIMIT_NOFILE)[0]  # noqa: PTH208
    except (ImportError, OSError):
        return False


def give_back() -> None:
    """Collect what sessions left in circles, and give free memory back to the system."""
    gc.collect()
    with contextlib.suppress(Exception):
        import pyarrow

        pyarrow.default_memory_pool().release_unused()
    with contextlib.suppress(AttributeError, OSError):  # not everywhere
        ctypes.CDLL(None).malloc_trim(0)


def _look_on(runtime: Any) -> None:
    """Until the server ends: end sessions on time, and let go what was theirs."""
    before: set[str] = set()
    missing: set[str] = set()
    owed, last = 0, 0.0
    while True:
        time.sleep(EVERY)
        try:
            _expire(runtime)
            now = living(runtime)
            if now is None:
                continue
            gone = {session for session in OWN.sessions() if session and session not in now}
            for session in gone & missing:  # missed twice: not one that is just coming back
                OWN.let_go(session)
            missing = gone
            owed += len(before - now)
            before = now
            OWN.sweep(due=True)
            ALLOWANCE.make_room(0, "")
            if owed and (not runtime._session_mgr.num_active_sessions() or time.monotonic() - last > _OFTEN):
                give_back()
                owed, last = 0, time.monotonic()
        except Exception:  # the next look may do better
            get_logger(__name__).exception("a look at the sessions failed")


def _expire(runtime: Any) -> None:
    storage = runtime._session_mgr._session_storage
    if isinstance(storage, Remembered):
        runtime._get_async_objs().eventloop.call_soon_threadsafe(storage.expire)
