"""The live dial: sliders that redraw linked charts in the browser while they are dragged, and commit to Python on release.

    grid = Grid(id=spec.identity(), axes=(noise, correlation), fields={"i1": i1, "i2": i2, "i12": i12, "union": union})
    at = committed("page.dial", grid, value)              # where the reader let go last
    at = dial(grid, value, key="page.dial", exact=exact_of(mm.pid(table(*at)), at))

The grid is computed in one batch and sent once; between its nodes the browser interpolates. On release the position comes
back to Python, which computes the exact answer there and passes it as `exact`; the dial shows both and by how much
they differ. Python's `value` moves the sliders only when the dial appears or when `rev` has changed, never under a finger.

A new chart is one file in `views/`: see `core.js` for what it is given.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import streamlit as st

from mmexplore.errors import BadData, BadSpec
from mmexplore.types import PID as PidResult
from mmexplore.ui.dial import around, assets
from mmexplore.ui.dial.model import (
    Grid,
    Stacks,
    Tables,
    encode,
    encode_grid,
    encode_stacks,
    encode_tables,
)
from mmexplore.ui.session_cache import in_session
from mmexplore.units import Unit, as_unit

VIEWS = ("bars", "diagram", "curve", "map", "table", "ellipses", "identities")
KNOB_VIEWS = (
    "plane",
    "reconstructions",
    "scatter",
    "alive",
    "kept",
    "lost",
    "methods",
)  # of a trained method; they need `stacks`
THEORY_VIEWS = ("barrier", "branches", "phases", "learning", "needed", "explained")  # they need their static facts
_KEPT = 64  # encoded grids, shared by all sessions (none of a visitor's own data): about 60 kB each
_STACKS_KEPT = 12  # up to some 2 MB each

_dial = st.components.v2.component("mmexplore.dial", css=assets.dial_css(), js=assets.dial_js(), isolate_styles=True)
_say = st.components.v2.component("mmexplore.dial_say", js=assets.say_js(), isolate_styles=True)


class LinkState(Protocol):
    """What the dial asks of a page's state: what the link hides and locks, by path."""

    def hides(self, path: str) -> bool:
        """Whether the control of a parameter is not shown."""
        ...

    def locks(self, path: str) -> bool:
        """Whether a parameter is shown and cannot be changed."""
        ...


_Coded = OrderedDict[tuple[Any, ...], dict[str, Any]]
_encoded: _Coded = OrderedDict()
_stacked: _Coded = OrderedDict()


def _remember(
    grid: Grid, what: str, make: Callable[[], dict[str, Any]], cache: _Coded = _encoded, most: int = _KEPT
) -> dict[str, Any]:
    """`make()`, kept for the grid: for all visitors, where the oldest of more than `most` goes, or for this one alone."""
    if grid.own:
        return in_session(f"dial {what}", grid.id, make)
    key = (what, grid.id)
    coded = cache.get(key)
    if coded is None:
        coded = make()
        cache[key] = coded
        while len(cache) > most:
            cache.popitem(last=False)
    return coded


def exact_of(result: PidResult, value: Sequence[float], **more: Any) -> dict[str, Any]:
    """`exact=` (or `pin=`) of a single PID result at `value`; more by name: `hy`, `table`, a pin's `label`."""
    numbers = {name: float(getattr(result, name)) for name in ("i1", "i2", "i12", "union")}
    return {"value": [float(v) for v in value], **numbers, **more, "gap": float(result.gap)}


def committed(key: str, grid: Grid, value: Sequence[float], *, rev: int = 0) -> tuple[float, ...]:
    """Where the reader let go last, or `value` if that has not happened since `rev`.

    To be asked before `dial` is called (and in callbacks), so that the exact answer is computed for the right place.
    """
    state = st.session_state.get(key)
    said = state.get("at") if isinstance(state, Mapping) else None
    numbers = said.get("v") if isinstance(said, Mapping) and said.get("rev") == rev else None
    if not isinstance(numbers, list | tuple) or len(numbers) != len(grid.axes):
        return tuple(axis.clip(float(v)) for axis, v in zip(grid.axes, value, strict=True))
    try:
        read = [axis.value(float(n)) for axis, n in zip(grid.axes, numbers, strict=True)]
    except (TypeError, ValueError, OverflowError):
        read = []
    if len(read) != len(grid.axes) or not all(map(math.isfinite, read)):
        read = [float(v) for v in value]
    return tuple(axis.clip(v) for axis, v in zip(grid.axes, read, strict=True))


@dataclass(frozen=True)
class Face:
    """A dial without its answer: what stands still while it is turned.

    Attributes:
        grid: what is drawn; encoded once for each `grid.id`.
        key: unique on the page; without a double underscore.
        views: which charts, in order. "map" needs two axes, "table" and "ellipses" need `tables` of their
            kind; they are left out otherwise.
        tables: the distributions behind the grid.
        stacks: arrays and facts for views of a trained method (`KNOB_VIEWS`).
        names: names of the two modalities and of the target (any text).
        title: name of what is shown; heads the charts' files and the table of numbers.
        caption: what was computed and how (definition, seed, n), written below the charts' files.
        compact: no tables and no files below the charts.
        exact_for: what the exact answer is exact for, where that is not the world itself ("this table", counted from rows).

    Raises:
        BadSpec: unknown view, or a key that is not allowed.
    """

    grid: Grid
    key: str
    views: Sequence[str] = VIEWS
    tables: Tables | None = None
    stacks: Stacks | None = None
    names: tuple[str, str, str] = ("X₁", "X₂", "Y")
    title: str = ""
    caption: str = ""
    compact: bool = False
    exact_for: str = ""

    def __post_init__(self) -> None:
        if "__" in self.key:
            raise BadSpec(f"key is {self.key!r}; allowed: no double underscore")
        for view in self.views:
            if view not in assets.view_names():
                raise BadSpec(f"view is {view!r}; allowed: {', '.join(assets.view_names())}")

    def draw(self) -> None:
        """Draw the charts and bring them their grid; outside of what runs when the dial is let go."""
        with st.container(gap=None):
            self._draw()

    def _draw(self) -> None:
        content = _content(self.grid, self.key, self.tables, self.stacks) | {
            "names": [str(n) for n in self.names],
            "title": self.title,
            "caption": self.caption,
            "exactFor": self.exact_for,
        }
        shown = {"token": self.key, "views": list(self.views), "compact": bool(self.compact)}
        _dial(key=f"{self.key}.view", data=shown)
        _say(key=f"{self.key}.grid", data=content)

    def answer(
        self,
        value: Sequence[float],
        *,
        exact: Mapping[str, Any] | None = None,
        pin: Mapping[str, Any] | None = None,
        unit: Unit = "bit",
        rev: int = 0,
        on_commit: Callable[[tuple[float, ...]], None] | None = None,
        state: LinkState | None = None,
    ) -> None:
        """Bring the charts their answer, in one message without a body.

        The fragment that this is called in is the one that runs when the dial is let go.

        Args:
            value: where Python wants the sliders; applied when the dial appears, and when `rev` changes while nobody drags.
            exact: the exact answer at one position: ``{"value": (...), <field>: bits, ..., "gap": bits}``; see `exact_of`. Its
                optional "table", p(x1, x2, y) there, is drawn where `tables` has no stack.
            pin: a result to compare with, same form, with ``"label"`` if it is not to be called A.
            unit: what is shown; fields are in bits whatever it is.
            rev: raise it to move the sliders from Python (undo, a link, a preset).
            on_commit: called with the new value before the rerun.
            state: the page's state: an axis whose key is a path that the link locks is shown and cannot be turned; one that it hides
                has no slider, and its value stays.

        Raises:
            BadData: a field or an answer is not finite, or has the wrong shape.
            BadSpec: unknown unit.
        """
        grid, key = self.grid, self.key
        as_unit(unit)
        if len(value) != len(grid.axes) or not all(math.isfinite(v) for v in value):
            raise BadData(f"value is {tuple(value)}; allowed: {len(grid.axes)} finite numbers")
        fixed = _fixed(grid, state)
        echo = {
            "kind": "echo",
            "token": key,
            "grid": grid.id,
            "rev": int(rev),
            "value": tuple(axis.place(axis.clip(v)) for axis, v in zip(grid.axes, value, strict=True)),
            "unit": unit,
            "exact": _answer("exact", exact, grid, table=self.tables is not None and self.tables.p is None),
            "pin": _answer("pin", pin, grid),
            **({"fixed": fixed} if any(fixed) else {}),
            **around.said(state, key),
        }

        def changed() -> None:
            if on_commit is not None:
                on_commit(self.committed(value, rev=rev, state=state))

        # the state is not named "value": Streamlit unwraps a dictionary under that name and then calls no callback
        _say(
            key=key,
            data=echo,
            on_at_change=changed,
            on_around_change=lambda: around.take(state, key, tuple(self.views)),
        )

    def committed(self, value: Sequence[float], *, rev: int = 0, state: LinkState | None = None) -> tuple[float, ...]:
        """Where the reader let go last; along an axis that the link fixes nothing a browser sends is taken."""
        at = committed(self.key, self.grid, value, rev=rev)
        fixed = _fixed(self.grid, state)
        return tuple(a.clip(v) if f else x for a, v, x, f in zip(self.grid.axes, value, at, fixed, strict=True))


def dial(
    grid: Grid,
    value: Sequence[float],
    *,
    key: str,
    views: Sequence[str] = VIEWS,
    exact: Mapping[str, Any] | None = None,
    pin: Mapping[str, Any] | None = None,
    unit: Unit = "bit",
    rev: int = 0,
    tables: Tables | None = None,
    stacks: Stacks | None = None,
    names: tuple[str, str, str] = ("X₁", "X₂", "Y"),
    title: str = "",
    caption: str = "",
    compact: bool = False,
    on_commit: Callable[[tuple[float, ...]], None] | None = None,
    state: LinkState | None = None,
) -> tuple[float, ...]:
    """Draw the dial with its answer in one place; return the committed value, one float an axis.

    Right where it is the only thing that runs; a page keeps the two apart (`Face`), since all that is drawn beside the answer costs anew at
    every move. The arguments are those of `Face` and of `Face.answer`.
    """
    face = Face(grid, key, views, tables, stacks, names, title, caption, compact)
    with st.container(gap=None):
        face._draw()
        face.answer(value, exact=exact, pin=pin, unit=unit, rev=rev, on_commit=on_commit, state=state)
    return face.committed(value, rev=rev, state=state)


def _fixed(grid: Grid, state: LinkState | None) -> list[str]:
    """ "hidden", "locked" or "" of every axis."""
    if state is None:
        return [""] * len(grid.axes)
    return ["hidden" if state.hides(a.key) else "locked" if state.locks(a.key) else "" for a in grid.axes]


def _content(grid: Grid, key: str, tables: Tables | None, stacks: Stacks | None) -> dict[str, Any]:
    """The grid with its tables and stacks as JSON-ready data, encoded once for each `grid.id`."""
    n = len(grid.axes)
    content: dict[str, Any] = {
        "kind": "grid",
        "token": key,
        "grid": _remember(grid, "grid", lambda: encode_grid(grid)),
    }
    if tables is not None:
        content["tables"] = _remember(grid, "tables", lambda: encode_tables(tables, n))
    if stacks is not None:
        content["stacks"] = _remember(grid, "stacks", lambda: encode_stacks(stacks, n), _stacked, _STACKS_KEPT)
    return content


def _answer(name: str, answer: Mapping[str, Any] | None, grid: Grid, *, table: bool = False) -> dict[str, Any] | None:
    """An exact or pinned answer as plain numbers; what has no certificate (gap nan) says so by leaving the gap out."""
    if answer is None:
        return None
    missing = [f for f in ("value", *grid.fields) if f not in answer and f != "hy"]
    if missing:
        raise BadData(f"{name} lacks {', '.join(missing)}; allowed: value and every field of the grid")
    fields = {f: float(answer[f]) for f in grid.fields if f in answer}
    value = [float(v) for v in answer["value"]]
    if not all(map(math.isfinite, (*value, *fields.values()))):
        raise BadData(f"{name} holds a number that is not finite: {fields}; allowed: finite numbers")
    at = [axis.place(v) for axis, v in zip(grid.axes, value, strict=True)]
    plain: dict[str, Any] = {"value": at, "fields": fields, "label": str(answer.get("label", "A"))}
    if table and answer.get("table") is not None:
        plain["table"] = encode(f"table of {name}", answer["table"])
    gap = answer.get("gap")
    if gap is not None and math.isfinite(float(gap)):
        plain["gap"] = float(gap)
    return plain
