"""A link to a page: the query in its address, with the view, a pinned view beside it, and the controls that it hides or locks.

?data=noisy-digits&data.noise=0.2&pin=gamma%3D1&hide=data.*&lock=beta

A page entered without a query shows what its visitor saw on it last. A link to a view of nothing but defaults says so: ?start=1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Generic, TypeVar
from urllib.parse import parse_qsl, urlencode

from mmexplore.spec import Spec

S = TypeVar("S", bound=Spec)

START = "start"  # what stands for a view of nothing but defaults: the key of a link to it, and the text of a pin
BESIDE = ("pin", "hide", "lock", START)  # keys that are no values of the view
_LONGEST = {"pin": 12_000, "hide": 2_000, "lock": 2_000, START: 20}  # characters


@dataclass(frozen=True)
class Moment(Generic[S]):
    """What a page shows: the view (B), and the pinned one (A) with which it is compared."""

    view: S
    pin: S | None = None


@dataclass(frozen=True)
class Narrowed:
    """What a link leaves of a page's controls: patterns of paths, as in ``data.*``.

    Attributes:
        hide: of controls that are not drawn.
        lock: of controls that are drawn and cannot be changed.
    """

    hide: tuple[str, ...] = ()
    lock: tuple[str, ...] = ()

    def hides(self, path: str) -> bool:
        """Whether the control at a path is hidden."""
        return any(fnmatchcase(path, pattern) for pattern in self.hide)

    def locks(self, path: str) -> bool:
        """Whether the control at a path is locked."""
        return any(fnmatchcase(path, pattern) for pattern in self.lock)


def read(spec: type[S], texts: Mapping[str, list[str]]) -> tuple[Moment[S], Narrowed, list[str]]:
    """What a link asks for; what cannot be read keeps its default and is told in a sentence.

    Args:
        spec: class of the page's view.
        texts: every value of every key.
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
    patterns = {key: tuple(p for p in beside[key].split(",") if p) for key in ("hide", "lock")}
    paths = (*view.paths(), *view.shown_besides())
    for key, listed in patterns.items():
        wrong = [p for p in listed if not any(fnmatchcase(path, p) for path in paths)]
        problems += [f"{key} names {p[:60]!r}, which this view does not have" for p in wrong]
    return Moment(view, pin), Narrowed(**patterns), problems


def to(query: Mapping[str, str]) -> dict[str, str]:
    """The query of a link from one page to another, given the values of the view that are no defaults.

    >>> to({"gate": "xor"}), to({})
    ({'gate': 'xor'}, {'start': '1'})
    """
    return dict(query) or {START: "1"}


def write(moment: Moment[S], narrowed: Narrowed | None = None) -> dict[str, str]:
    """The query of a link to what a page shows."""
    query = moment.view.to_query()
    if moment.pin is not None:
        query["pin"] = urlencode(moment.pin.to_query()) or START
    if narrowed is not None:
        query |= {key: ",".join(p) for key, p in (("hide", narrowed.hide), ("lock", narrowed.lock)) if p}
    return query
