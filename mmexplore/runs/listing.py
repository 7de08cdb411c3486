"""The list of all runs, looked at once a second for everybody: a class of thirty who watch it costs as much as one.

What is read of a folder is kept as long as its files are the ones that were read. Every file of a run but ``frames.jsonl`` and ``log.txt``
is written whole and put in its place, which changes the time of the folder; so a look asks for the times of the folders, and reads
anew what has changed and what is at work. A share of the other folders is compared file by file in every look, so that damage by another
hand is seen within seconds.

    for entry in look().entries: entry.run, entry.state, entry.title, entry.size
"""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from mmexplore.errors import MmexploreError
from mmexplore.runs import store
from mmexplore.runs.again import AGAIN
from mmexplore.runs.folder import GONE, Run, State, mark_of
from mmexplore.runs.owners import NOBODY, Owner, owner_of

__all__ = ["Entry", "Listing", "look"]

EVERY = 1.0  # seconds for which a look serves everybody
_MOST_ALIKE = 60  # runs of one title that are told apart by their settings
_LONGEST_LABEL = 160
_CLOSELY = 100  # folders that a look compares file by file, at least; a twentieth of all, if that is more
_FILES = (
    "owner",
    "status.json",
    "spec.json",
    "result.json",
    "frames.jsonl",
    "arrays",
    "lock",
    "log.txt",
    "progress.json",
    "warnings.json",
)

Mark = tuple[object, ...]
Stamp = tuple[int, ...] | None


@dataclass(frozen=True)
class Entry:
    """One run as the list shows it.

    Attributes:
        name: kind and identity.
        run: the run itself, for what the list does not hold.
        state: how it stood at the look.
        title: what is run, in words.
        size: bytes of its folder.
        pinned, shipped: whether it is kept for good; whether it came with the program.
        asked: when it was asked for, in seconds since 1970.
        owner: whose it is.
        again_owner: whose the one is that is to replace it.
        again: how the run stands that is to replace it; None where there is none.
    """

    name: str
    run: Run
    state: State
    title: str
    size: int
    pinned: bool
    shipped: bool
    asked: float
    owner: Owner
    again: State | None = None
    again_owner: Owner = NOBODY

    @property
    def at_work(self) -> Owner:
        """Whose the one is that is at work, where it or the one that is to replace it is."""
        return self.again_owner if self.again_at_work else self.owner

    @property
    def again_at_work(self) -> bool:
        """Whether it is being run again."""
        return self.again is not None and self.again.active

    @property
    def active(self) -> bool:
        """Whether it, or the one that is to replace it, may still change."""
        return self.state.active or self.again_at_work


def _by_title(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    titles: dict[str, list[Entry]] = {}
    for entry in entries:
        titles.setdefault(entry.title, []).append(entry)
    return titles


def _told_apart(title: str, alike: list[Entry]) -> dict[str, str]:
    """Titles with the settings that are not the same in all of them."""
    if len(alike) > _MOST_ALIKE:
        return {entry.name: title for entry in alike}
    try:
        labelled = {entry.name: entry.run.task.labelled() for entry in alike}
    except MmexploreError:
        return {entry.name: title for entry in alike}
    every = {label for texts in labelled.values() for label in texts}
    differing = {label for label in every if len({texts.get(label) for texts in labelled.values()}) > 1}
    made = {}
    for name, texts in labelled.items():
        said = sorted((f"{label} {text}" for label, text in texts.items() if label in differing), key=len)
        made[name] = f"{title}: {', '.join(said)}"[:_LONGEST_LABEL] if said else title
    return made


@dataclass(frozen=True)
class Listing:
    """One look at all runs.

    Attributes:
        entries: every run made here, the newest first, then those that came along.
    """

    entries: tuple[Entry, ...]

    @cached_property
    def active(self) -> bool:
        """Whether any of them may still change."""
        return any(entry.active for entry in self.entries)

    @cached_property
    def labels(self) -> dict[str, str]:
        """A title of its own for every run, in alphabetical order: runs of one title are told apart by the settings that differ among
        them, and where those are the same or cannot be read by the end of their names."""
        labels: dict[str, str] = {}
        for title, alike in _by_title(self.entries).items():
            labels |= {entry.name: title for entry in alike} if len(alike) == 1 else _told_apart(title, alike)
        counts = Counter(labels.values())
        labels = {name: text if counts[text] == 1 else f"{text} ({name[-4:]})" for name, text in labels.items()}
        return dict(sorted(labels.items(), key=lambda item: (item[1], item[0])))

    @cached_property
    def by_name(self) -> dict[str, Entry]:
        """Entries by the names of their runs."""
        return {entry.name: entry for entry in self.entries}

    @cached_property
    def made(self) -> int:
        """How many were made here."""
        return sum(not entry.shipped for entry in self.entries)

    @cached_property
    def bytes(self) -> int:
        """What those made here take."""
        return sum(entry.size for entry in self.entries if not entry.shipped)


@dataclass
class _Known:
    """What was read of one folder, and of which files."""

    mark: Stamp
    closely: Mark
    entry: Entry | None
    settled: bool


@dataclass
class Looks:
    """The looks at one process's folders; any thread may ask."""

    every: float | None = None
    _known: dict[str, _Known] = field(default_factory=dict)
    _last: tuple[float, object, Listing] | None = None
    _next: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def look(self) -> Listing:
        """The latest look; a new one where that is too old, or where something was done to a run by this process since."""
        every = EVERY if self.every is None else self.every
        with self._lock:
            here = (store.root(), store.SHIPPED, store.changes())
            if self._last is not None and self._last[1] == here and time.monotonic() - self._last[0] < every:
                return self._last[2]
            listing = self._look()
            if self._last is not None and self._last[2].entries == listing.entries:
                listing = self._last[2]  # with what was made of it
            self._last = (time.monotonic(), here, listing)
            return listing

    def _look(self) -> Listing:
        known, self._known = self._known, {}
        closely = self._closely(known)
        made = list(self._entries(store.root(), known, closely, shipped=False))
        names = {entry.name for entry in made}
        shipped = [e for e in self._entries(store.SHIPPED, known, closely, shipped=True) if e.name not in names]
        replacing = _names(store.root() / AGAIN)
        every = sorted(made, key=lambda e: (-e.asked, e.name)) + sorted(shipped, key=lambda e: e.name)
        return Listing(
            tuple(_with_again(e) if e.name in replacing else e for e in every) if replacing else tuple(every)
        )

    def _closely(self, known: dict[str, _Known]) -> set[str]:
        """The paths that are compared file by file this time, in turn."""
        paths = list(known)
        count = max(_CLOSELY, len(paths) // 20)
        if len(paths) <= count:
            return set(paths)
        begin = self._next % len(paths)
        self._next = begin + count
        return set((paths + paths)[begin : begin + count])

    def _entries(self, base: Path, known: dict[str, _Known], closely: set[str], *, shipped: bool) -> Iterator[Entry]:
        for name in sorted(_names(base)):
            path = f"{base}/{name}"
            before, mark = known.get(path), mark_of(path)
            if before is None or before.mark != mark or (path in closely and before.closely != _all_marks(path)):
                before = _read(base / name, mark, shipped=shipped)
            if before is None:
                continue
            if before.settled:
                self._known[path] = before
            if before.entry is not None:
                yield before.entry


def _settled(state: State) -> bool:
    """Whether it changes only with its files: not what is at work, and not what should be and has no process."""
    return state.phase not in ("running", "paused", "absent") and (state.phase, state.words) != GONE


def _read(path: Path, mark: Stamp, *, shipped: bool) -> _Known | None:
    """What a folder holds; None where it is too new to say whether it is a run, an entry of None where it is none."""
    closely = _all_marks(str(path))
    if not store.is_run(path):
        return None if store.may_become_a_run(path) else _Known(mark, closely, None, settled=True)
    run = Run(path, shipped=shipped)
    state = run.state
    try:
        title = run.task.title()
    except MmexploreError as error:
        title = f"{run.name}: {error}"
    entry = Entry(path.name, run, state, title, run.size, run.pinned, shipped, run.asked, owner_of(path))
    return _Known(mark, closely, entry, _settled(state))


def _with_again(entry: Entry) -> Entry:
    new = store.replacing(entry.run)
    return entry if new is None else replace(entry, again=new.state, again_owner=owner_of(new.path))


def _all_marks(path: str) -> Mark:
    return tuple(mark_of(f"{path}/{name}") for name in _FILES)


def _names(base: Path) -> set[str]:
    try:
        return set(os.listdir(base))  # noqa: PTH208 (names are wanted, of a thousand folders)
    except OSError:
        return set()


_LOOKS = Looks()


def look() -> Listing:
    """All runs, as they stood at most a second ago; what this process did to one of them since is seen at once."""
    return _LOOKS.look()
