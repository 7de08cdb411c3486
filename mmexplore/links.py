"""A link to a page: the query in its address, with the view, and around it a pinned view and how the page is shown.

?data=noisy-digits&data.noise=0.2&pin=gamma%3D1&hide=data.*&lock=beta&tab=about&charts=diagram.shape:tiles&present=1

Around the view: `pin` (a view to compare with), `hide` and `lock` (controls), `tab` (the open one), `charts` (what the choosers of the
charts stand at), `open` (the folds that are open), `present` (one chart fills the window) and `lesson` (where the visitor comes from).
They are kept whenever a page writes its address, by Reset, a preset and Undo, too, which change the view alone.

A page entered without a query shows what its visitor saw on it last; that is how the navigation brings a view back. Every link says what
it shows, so a link to a view of nothing but defaults says so as well: ?start=1.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Generic, TypeVar
from urllib.parse import parse_qsl, urlencode

from mmexplore.spec import Spec

S = TypeVar("S", bound=Spec)

START = "start"  # what stands for a view of nothing but defaults: the key of a link to it, and the text of a pin
# keys that are no values of the view, with the most characters that each may have
_LONGEST = {
    "pin": 12_000,
    "hide": 2_000,
    "lock": 2_000,
    "tab": 60,
    "charts": 2_000,
    "open": 600,
    "present": 20,
    "lesson": 200,
    START: 20,
}
BESIDE = tuple(_LONGEST)
_LESSON = re.compile(r"[\w.:/-]+", re.ASCII)
_CHOICE = re.compile(r"((?:[a-z]+-)?([a-z_]+\.[a-z_]+)):([^,:]{1,40})")


@dataclass(frozen=True)
class Moment(Generic[S]):
    """What a page shows: the view (B), and the pinned one (A) with which it is compared."""

    view: S
    pin: S | None = None


@dataclass(frozen=True)
class Offered:
    """What a page has that a link may name.

    Attributes:
        tabs: names of its tabs; None: nobody knows, every name is taken.
        folds: names of its folds.
        charts: the choosers of its charts, ``chart.chooser``, each with a pattern (see `re`) of what it may stand at; a link may name a
            second chart of that kind by a word before it, ``every-chart.chooser``.
    """

    tabs: Container[str] | None = None
    folds: Container[str] | None = None
    charts: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Around:
    """How a link wants a page to be shown, whatever its view is.

    Attributes:
        hide: patterns of paths, as in ``data.*``, of controls that are not drawn.
        lock: of controls that are drawn and cannot be changed.
        tab: name of the open tab; "" for the first.
        charts: chooser of a chart -> what it stands at.
        open: names of the folds that are open.
        present: whether one chart fills the window: "1" for one of the page's dial, the name of another dial, or "".
        lesson: of which lesson the visitor comes.
    """

    hide: tuple[str, ...] = ()
    lock: tuple[str, ...] = ()
    tab: str = ""
    charts: Mapping[str, str] = field(default_factory=dict)
    open: tuple[str, ...] = ()
    present: str = ""
    lesson: str = ""

    def hides(self, path: str) -> bool:
        """Whether the control at a path is hidden."""
        return any(fnmatchcase(path, pattern) for pattern in self.hide)

    def locks(self, path: str) -> bool:
        """Whether the control at a path is locked."""
        return any(fnmatchcase(path, pattern) for pattern in self.lock)

    def to_query(self) -> dict[str, str]:
        """What differs from a page as it opens, as text for a URL."""
        query = {
            "hide": ",".join(self.hide),
            "lock": ",".join(self.lock),
            "tab": self.tab,
            "charts": ",".join(f"{name}:{value}" for name, value in sorted(self.charts.items())),
            "open": ",".join(self.open),
            "present": self.present,
            "lesson": self.lesson,
        }
        return {key: text for key, text in query.items() if text}


def read(
    spec: type[S], texts: Mapping[str, list[str]], offered: Offered | None = None
) -> tuple[Moment[S], Around, list[str]]:
    """What a link asks for; what cannot be read keeps its default and is told in a sentence.

    Args:
        spec: class of the page's view.
        texts: every value of every key.
        offered: what the page has beside its view.
    """
    problems = [f"{key[:60]} is given {len(v)} times; allowed: once" for key, v in texts.items() if len(v) > 1]
    query = {key: values[0] for key, values in texts.items() if len(values) == 1}
    for key in BESIDE:
        if len(query.get(key, "")) > _LONGEST[key]:
            problems.append(f"{key} has {len(query[key])} characters; allowed: at most {_LONGEST[key]}")
            del query[key]
    beside = {key: query.pop(key, "") for key in BESIDE}
    view, unread = spec.from_query(query)
    problems += unread
    pin = None
    if beside["pin"]:
        pin, unread = spec.from_query(dict(parse_qsl(beside["pin"], keep_blank_values=True)))
        if unread:
            pin = None
            problems.append(f"the pinned view cannot be read: {unread[0]}")
    around, unread = _around(beside, view, offered or Offered())
    return Moment(view, pin), around, problems + unread


def _around(beside: Mapping[str, str], view: Spec, offered: Offered) -> tuple[Around, list[str]]:
    """What stands around the view, and a sentence for all that cannot be read."""
    problems: list[str] = []
    patterns = {key: tuple(p for p in beside[key].split(",") if p) for key in ("hide", "lock")}
    paths = (*view.paths(), *view.shown_besides(), *(() if offered.tabs is None else ("tab",)))
    for key, listed in patterns.items():
        wrong = [p for p in listed if not any(fnmatchcase(path, p) for path in paths)]
        problems += [f"{key} names {p[:60]!r}, which this view does not have" for p in wrong]
    tab = beside["tab"]
    if tab and offered.tabs is not None and tab not in offered.tabs:
        problems.append(f"tab names {tab!r}, which this page does not have")
        tab = ""
    opened = tuple(dict.fromkeys(name for name in beside["open"].split(",") if name))
    wrong = [] if offered.folds is None else [name for name in opened if name not in offered.folds]
    problems += [f"open names {name[:60]!r}, which this page does not have" for name in wrong]
    charts, unread = choices(beside["charts"], offered.charts)
    problems += unread
    present = presented(beside["present"])
    if beside["present"] not in (present, "0"):
        problems.append(f"present is {beside['present']!r}; allowed: 1, or the name of a dial")
    if (lesson := beside["lesson"]) and not _LESSON.fullmatch(lesson):
        problems.append(f"lesson is {lesson[:60]!r}; allowed: letters, digits and . : / _ -")
        lesson = ""
    kept = tuple(name for name in opened if name not in wrong)
    return Around(**patterns, tab=tab, charts=charts, open=kept, present=present, lesson=lesson), problems


def presented(text: object) -> str:
    """What of a page fills the window, where the text says so: "1", or the name of a dial."""
    return text if isinstance(text, str) and re.fullmatch(r"1|[a-z]{2,20}", text) else ""


def choices(text: str, offered: Mapping[str, str] | None) -> tuple[dict[str, str], list[str]]:
    """What choosers of charts are to stand at, and a sentence for all that cannot be read.

    >>> choices("diagram.shape:tiles,map.q:S", {"diagram.shape": "discs|tiles"})
    ({'diagram.shape': 'tiles'}, ["charts names 'map.q:S', which this page does not have"])
    """
    read_, problems = {}, []
    for part in filter(None, text.split(",")):
        match = _CHOICE.fullmatch(part)
        pattern = None if match is None else ".*" if offered is None else offered.get(match[2])
        if match is None or pattern is None or not re.fullmatch(pattern, match[3]):
            problems.append(f"charts names {part[:60]!r}, which this page does not have")
        else:
            read_[match[1]] = match[3]
    return read_, problems


def to(query: Mapping[str, str]) -> dict[str, str]:
    """The query of a link from one page to another, given the values of the view that are no defaults.

    >>> to({"gate": "xor"}), to({})
    ({'gate': 'xor'}, {'start': '1'})
    """
    return dict(query) or {START: "1"}


def write(moment: Moment[S], around: Around | None = None) -> dict[str, str]:
    """The query of a link to what a page shows."""
    query = moment.view.to_query()
    if moment.pin is not None:
        query["pin"] = urlencode(moment.pin.to_query()) or START
    return query if around is None else query | around.to_query()
