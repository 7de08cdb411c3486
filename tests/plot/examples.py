"""One figure of every kind in which every text is a given one; how texts and colours are read out of what Plotly is given."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from mmexplore.labs.losses.retained import Retained, Row
from mmexplore.plot import Figure
from mmexplore.plot.kinds import (
    Bar,
    Bars,
    Cloud,
    Curves,
    Dots,
    Heat,
    Level,
    Scatter,
    Series,
    Strip,
    TrialGroup,
    TrialPanels,
    Trials,
)

NAN = float("nan")
HOSTILE = (
    "<script>alert(1)</script>",
    "<b>x</b>",
    "%{x}",
    "&lt;",
    "$a^2$",
    "n" * 10_000,
    "\u202eright to left\u202c",
    "\ud800 lone",
    "nul\x00bell\x07",
    "\"'><img src=x onerror=alert(1)>",
    "</script><iframe src=//evil.example>",
    "javascript:alert(1)",
    "<a href='javascript:alert(1)'>here</a>",
    "<!-- ]]>",
    "{%} ${x} $$x$$ **b**",
    "a & b &amp; c",
)


def kinds() -> set[type[Figure]]:
    """Every kind of figure there is in the package."""
    from mmexplore.serve.server import import_all

    import_all("mmexplore")
    found, waiting = set[type[Figure]](), [Figure]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            waiting.append(kind)
            found |= set() if inspect.isabstract(kind) or not kind.__module__.startswith("mmexplore.") else {kind}
    return found


def _bars(name: str) -> Bars:
    bars = (
        Bar(name, 0.3, "R", 0.2, 0.4, 0.0, 0.1, 0.05, 0.01, name),
        Bar(name, -0.1),
        Bar(name, 0.25, "S"),
        Bar(name, 0.2, "U1", 0.1, 0.3, 0.0, 0.05),
        Bar(name, 0.15, "U2"),
    )
    return Bars(name, bars, name, note=name, source=name)


def _curves(name: str) -> Curves:
    k = np.arange(3.0)
    lines = (Series(name, k, "S", k - 1, k + 1), Series(name, k, faint=True), Series(name, k * 2, hue=3), Series(name, k, hue=3, second=True))  # fmt: skip
    return Curves(name, k + 1, lines, name, name, x_texts=(name,) * 3, note=name, source=name)


def _heat(name: str) -> Heat:
    return Heat(
        name,
        np.ones((2, 2, 2)) / 8,
        (name, name),
        (name, name),
        (name, name),
        name,
        name,
        name,
        name,
        note=name,
        source=name,
    )


def _dots(name: str) -> Dots:
    strips = (
        Strip(name, ((0.2, 0.4), (0.5,)), 0, others=((0.7,), (0.9, NAN)), starts=((0.1, None), (None, 0.3))),
        Strip(name, ((1.0,), ()), muted=True),
    )
    return Dots(name, (name, name), strips, name, lines=((name, (0.5, None)),), readings=(name, name, name), note=name, source=name)  # fmt: skip


def _scatter(name: str) -> Scatter:
    x, group = np.arange(6.0), np.array([0, 0, 1, 1, 0, 1])
    clouds = (Cloud(name, x, x**2, group, np.arange(6), (name,) * 6), Cloud(name, x, -x, group))
    return Scatter(name, clouds, (name, name), name, name, note=name, source=name)


def _trials(name: str) -> Trials:
    x = np.array([1.0, 10.0, 100.0])
    groups = tuple(
        TrialGroup(name, ink, x, x**0.1, x**0.1 - 0.1, x**0.1 + 0.2, np.stack([x**0.1, x**0.1 + 0.1], axis=1))
        for ink in (0, 1)
    )
    levels = (Level(name, x, np.array([1.0, 1.2, 1.5])), Level(name, x, np.full(3, 1.6), 2))
    return Trials(name, groups, levels, name, name, log_x=True, note=name, source=name)


def _panels(name: str) -> TrialPanels:
    return TrialPanels(name, (_trials(name),) * 3, note=name, source=name)


def _retained(name: str) -> Retained:
    four = (name,) * 4
    rows = (
        Row(name, ((0.9, 0.8),) * 4, ((0.5, 0.4),) * 4, ("kept", "lost", "ingredients", "depends"), 12.0, name, name, False, (0.3,) * 4, (0.1,) * 4, four),
        Row(name, ((),) * 4, ((),) * 4, ("lost",) * 4, heading=name, words=name),
    )  # fmt: skip
    return Retained(name, rows, name, name, note=name, source=name)


EXAMPLES: dict[type[Figure], Callable[[str], Figure]] = {
    Bars: _bars,
    Curves: _curves,
    Dots: _dots,
    Heat: _heat,
    Retained: _retained,
    Scatter: _scatter,
    TrialPanels: _panels,
    Trials: _trials,
}


def texts(value: Any) -> Iterator[str]:
    """Every text in a piece of Plotly's JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)


def traces(figure: Figure, kind: str = "", **wanted: Any) -> list[dict[str, Any]]:
    """The traces of a type that have these entries."""
    every = [t for t in figure.spec()["data"] if not kind or t["type"] == kind]
    return [t for t in every if all(t.get(key) == value for key, value in wanted.items())]


def entries(figure: Figure) -> list[str]:
    """The names that stand in the legend."""
    if not figure.spec()["layout"]["showlegend"]:
        return []
    return [t["name"] for t in figure.spec()["data"] if t.get("showlegend", True)]
