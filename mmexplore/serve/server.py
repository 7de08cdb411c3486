"""What a server process does once: import what pages need, freeze the heap, keep linear algebra on one thread.

A full garbage collection walks every object of every imported library. Objects that live as long as the process are moved
out of its sight (`gc.freeze`), so that collections triggered by a hundred sessions stay short. `prepare` is called by
`app.py`, so that ``streamlit run app.py`` and ``python -m mmexplore serve`` run under the same conditions; it never imports
torch.

Streamlit 1.67 binds its listening socket without naming the protocol, and asyncio then leaves Nagle's algorithm on: the second
part of every answer waits for the client's delayed acknowledgement, 40 ms on Linux. `send_at_once` switches it off.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import pkgutil
import socket
import sys
import threading

import streamlit.config
import streamlit.runtime
import threadpoolctl
from streamlit.logger import get_logger

from mmexplore.runs.own import OWN
from mmexplore.serve import guard

_LOCK = threading.Lock()
_prepared = False
_sending_at_once = 0

# Seconds a thread may keep the interpreter while others wait. A run hands it over about fifty times, once a message: behind
# one visitor whose map is being computed, Python's 5 ms would add up to a quarter of a second for everybody else.
SWITCH = 0.0005

# When the collector runs: after so many new objects, so many of the youngest and of the middle collections. With a hundred
# sessions Python's 700 bring a full collection, 100 ms in which nobody is answered, every three seconds; these every 40.
THRESHOLDS = (10_000, 10, 10)

# Imported late by what uses them: by then a visitor would be waiting.
_HEAVY = ("pandas", "pyarrow.csv", "pyarrow.parquet", "scipy.cluster.vq", "scipy.linalg", "sklearn.datasets")
_PACKAGE = "mmexplore"
_LEFT_OUT = ("train", "training", "cli", "__main__")  # torch, for worker processes alone; and the other way in


def prepare() -> None:
    """Make this process ready for many visitors; the second call and all later ones do nothing."""
    global _prepared
    if _prepared:
        return
    with _LOCK:
        if _prepared:
            return
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
            os.environ.setdefault(name, "1")  # for libraries that are loaded from here on
        for module in _HEAVY:
            importlib.import_module(module)
        import_all(_PACKAGE)
        threadpoolctl.threadpool_limits(limits=1)  # for those that were loaded before
        sys.setswitchinterval(SWITCH)
        gc.set_threshold(*THRESHOLDS)
        guard.install_late()
        raise_limits()
        threading.Thread(target=OWN.sweep, name="sweep", daemon=True).start()  # what killed servers left in memory
        settle()
        if streamlit.runtime.exists():  # started by Streamlit itself; `launch` tells it once all pages are warm
            get_logger(__name__).info("%s", report())
        _prepared = True


def raise_limits() -> int | None:
    """Allow this process as many open files as the system lets it have; how many, or None where it does not say.

    A visitor takes four: a connection and what Streamlit keeps for the session.
    """
    try:
        import resource
    except ImportError:
        return None
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for wanted in (hard, 65_536, 4_096):  # macOS has a lower limit than it says
        if wanted == soft or (soft != resource.RLIM_INFINITY and 0 <= wanted < soft):
            break
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            break
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def settle() -> None:
    """Collect once, then take everything that is alive out of the collector's sight; let sockets send at once."""
    global _sending_at_once
    gc.collect()
    _sending_at_once = max(_sending_at_once, send_at_once())
    gc.freeze()


def send_at_once() -> int:
    """Switch Nagle's algorithm off on every open TCP socket; how many of them listen (accepted ones inherit it)."""
    listening = 0
    for thing in gc.get_objects():
        if type(thing) is socket.socket and thing.fileno() >= 0 and thing.type == socket.SOCK_STREAM:
            if thing.family not in (socket.AF_INET, socket.AF_INET6):
                continue
            with contextlib.suppress(OSError):
                thing.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                listening += thing.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    return listening


def report() -> str:
    """The state of this process in one line; tests read it from the log."""
    option = streamlit.config.get_option
    threads = max((pool["num_threads"] for pool in threadpoolctl.threadpool_info()), default=1)
    return (
        f"ready: frozen={gc.get_freeze_count()} threads={threads} switch={sys.getswitchinterval():g} "
        f"youngest={gc.get_threshold()[0]} "
        f"torch={'torch' in sys.modules} "
        f"plotly={'plotly.graph_objs._figure' in sys.modules} "  # Streamlit imports the top of it
        f"at-once={_sending_at_once} watcher={option('server.fileWatcherType')} collect={option('runner.postScriptGC')} "
        f"address={option('server.address')} statistics={option('browser.gatherUsageStats')}"
    )


def import_all(name: str) -> None:
    """Import a package and all its modules but those named `train`, whatever becomes of any one of them."""
    package = importlib.import_module(name)
    for module in pkgutil.iter_modules(package.__path__, prefix=f"{name}."):
        if module.name.rsplit(".", 1)[1] in _LEFT_OUT:
            continue
        try:
            if module.ispkg:
                import_all(module.name)
            else:
                importlib.import_module(module.name)
        except Exception:  # one broken page must not keep the others from being served; it will show its own error
            get_logger(__name__).exception("%s could not be imported", module.name)
