"""`doctor`: whether this machine can run the dashboard and its trainings, check by check, and what to do where it cannot."""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from mmexplore.bundled import APP
from mmexplore.cli.show import listing
from mmexplore.errors import MmexploreError
from mmexplore.runs import store

WORDS = "check folder, space, memory, packages, device, port and limits, and say what to do where something is missing"

_OLDEST = (3, 11)
_SPACE, _LITTLE_SPACE = 2_000_000_000, 200_000_000  # bytes beside the runs: comfortable, and the least
_MEMORY, _LITTLE_MEMORY = 2_000_000_000, 800_000_000  # bytes for a class and a training, and for one visitor
_OWN = 400_000_000  # bytes in memory for the runs of visitors' own data
_FILES = 1024  # open files: four a visitor

State = Literal["ok", "poor", "bad"]


@dataclass(frozen=True)
class Check:
    """One finding.

    Attributes:
        name: what was looked at.
        state: ok; poor: it works, but not well, or not everything does; bad: something will fail.
        text: what was found.
        advice: what to do; "" where nothing is to be done.
    """

    name: str
    state: State
    text: str
    advice: str = ""


def add_options(command: argparse.ArgumentParser) -> None:
    """Options of `doctor`."""
    command.add_argument("--port", type=int, metavar="PORT", help="that the dashboard is to listen on")
    command.add_argument("--json", action="store_true", help="JSON for programs")


def run(options: argparse.Namespace) -> int:
    """`doctor`; the exit status is 1 where something is bad."""
    checks = examine(options.port)
    if options.json:
        print(json.dumps([asdict(check) for check in checks], indent=2, ensure_ascii=False))
    else:
        rows = (
            (f"{check.state:<4}  {check.name}", f"{check.text}.{f' {check.advice}.' if check.advice else ''}")
            for check in checks
        )
        print(listing(rows))
    return 1 if any(check.state == "bad" for check in checks) else 0


def examine(port: int | None = None) -> list[Check]:
    """All checks; none of them changes anything that stays.

    Args:
        port: that the dashboard is to listen on (default: the first free one).
    """
    looks: tuple[Callable[[], Check], ...] = (
        python,
        dashboard,
        training,
        device,
        folder,
        space,
        memory,
        own_data,
        files,
        lambda: address(port),
    )
    return [look() for look in looks]


def python() -> Check:
    """The interpreter."""
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < _OLDEST:
        wanted = ".".join(map(str, _OLDEST))
        return Check("python", "bad", f"{found} at {sys.executable}", f"Install Python {wanted} or newer")
    return Check("python", "ok", f"{found} at {sys.executable}")


def dashboard() -> Check:
    """Streamlit, and the pages."""
    version = _version("streamlit")
    if version is None:
        return Check("dashboard", "bad", "streamlit is not installed", "pip install 'mmexplore[app]'")
    if not APP.is_file():
        return Check(
            "dashboard", "bad", f"there is no {APP}", "Install mmexplore again, or start it from a whole clone"
        )
    return Check("dashboard", "ok", f"streamlit {version}")


def training() -> Check:
    """Torch, which trainings and trained estimators need."""
    versions = {name: _version(name) for name in ("torch", "zuko")}
    missing = [name for name, version in versions.items() if version is None]
    if missing:
        text = f"{' and '.join(missing)} missing: nothing can be trained, finished runs can be looked at"
        return Check("training", "poor", text, "pip install 'mmexplore[train]'")
    return Check("training", "ok", ", ".join(f"{name} {version}" for name, version in versions.items()))


def device() -> Check:
    """Where networks are computed."""
    from mmexplore.devices import choose_device

    if _version("torch") is None:
        return Check("device", "poor", "not looked for without torch")
    try:
        chosen = choose_device()
    except MmexploreError as error:
        return Check("device", "bad", str(error), "Unset MMEXPLORE_DEVICE, or set it to cpu")
    return Check("device", "ok", f"{chosen}, {os.cpu_count() or 1} cores")


def folder() -> Check:
    """Where runs are kept."""
    root = store.root()
    advice = "Make it writable, or name another one: MMEXPLORE_RUNS=/path/to/folder"
    there = next(place for place in (root, *root.parents) if place.exists())
    if not there.is_dir():
        return Check("folder", "bad", f"{there} is no folder, so runs cannot be kept in {root}", advice)
    try:
        with tempfile.TemporaryFile(dir=there) as probe:
            probe.write(b"x")
    except OSError as error:
        return Check("folder", "bad", f"runs cannot be kept in {root}: {error.strerror}", advice)
    used = sum(run.size for run in store.all_runs() if not run.shipped)
    return Check("folder", "ok", f"{root}, {_size(used)} of {_size(store.most_bytes())} used")


def space() -> Check:
    """On the disk of that folder."""
    root = store.root()
    there = next(place for place in (root, *root.parents) if place.exists())
    free = shutil.disk_usage(there).free
    advice = "Free some space; `mmexplore runs list` shows what runs take, `mmexplore runs delete NAME` removes one"
    return _enough("space", free, _SPACE, _LITTLE_SPACE, f"{_size(free)} free on the disk of {there}", advice)


def memory() -> Check:
    """What the machine has left."""
    free = _free_memory()
    if free is None:
        return Check("memory", "poor", "this system does not say how much is free")
    advice = "Close other programs; a class needs about 2 GB, one visitor with a training 800 MB"
    return _enough("memory", free, _MEMORY, _LITTLE_MEMORY, f"{_size(free)} available", advice)


def own_data() -> Check:
    """The folder in memory for runs on visitors' own data."""
    place = store.MEMORY
    if not (sys.platform == "linux" and os.access(place, os.W_OK)):
        text = f"no file system in memory ({place}): runs on a visitor's own data are refused, everything else works"
        return Check("own data", "poor", text, "Use Linux, or mount a writable tmpfs there")
    free = shutil.disk_usage(place).free
    advice = f"Enlarge {place} (in a container: --shm-size=1g)"
    return _enough("own data", free, _OWN, _OWN // 10, f"{_size(free)} free in {place}", advice)


def files() -> Check:
    """How many files a process may have open."""
    try:
        import resource
    except ImportError:
        return Check("open files", "poor", "this system does not say how many are allowed")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = 2**20 if resource.RLIM_INFINITY in (soft, hard) else max(soft, hard)  # the server takes what it may have
    text = f"{most:,} allowed"
    if most >= _FILES:
        return Check("open files", "ok", text)
    advice = "Ask who runs the machine for a higher hard limit (ulimit -Hn)"
    return Check(
        "open files", "poor", f"{text}: about {most // 5:,} visitors at the same time, who take four each", advice
    )


def address(port: int | None = None) -> Check:
    """Where the dashboard would listen."""
    if _version("streamlit") is None:
        return Check("port", "poor", "not looked for without streamlit")
    from mmexplore.serve.launch import HOST, choose_port

    try:
        chosen = choose_port(port)
    except MmexploreError as error:
        return Check("port", "bad", str(error), "mmexplore serve --port 8600, for instance")
    return Check("port", "ok", f"{HOST}:{chosen} is free")


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _free_memory() -> int | None:
    """Bytes that can be had without swapping."""
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
    except OSError:
        return None
    found = next((line for line in lines if line.startswith("MemAvailable:")), "")
    parts = found.split()
    return int(parts[1]) * 1024 if len(parts) > 1 and parts[1].isdigit() else None


def _enough(name: str, free: int, comfortable: int, least: int, text: str, advice: str) -> Check:
    if free >= comfortable:
        return Check(name, "ok", text)
    return Check(name, "bad" if free < least else "poor", text, advice)


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"
