"""What is drawn and told of a view."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

import mmexplore as mm
from mmexplore.lab import Number
from mmexplore.plot.kinds import Bar, Bars
from mmexplore.runs import Run
from mmexplore.units import as_unit

from .scene import Sensors, table

_PLACES = 21
_NAMES = ("redundancy", "unique1", "unique2", "synergy")


def fields(view: Sensors) -> dict[str, np.ndarray]:
    """i1, i2, i12 and union, bits, each (21, 21): errors of sensor 2 by errors of sensor 1."""
    places = np.linspace(0.0, 0.5, _PLACES)
    result = mm.pid(np.array([[table(a, b) for a in places] for b in places]))
    return {name: np.asarray(getattr(result, name)) for name in ("i1", "i2", "i12", "union")}


def exact(view: Sensors) -> dict[str, float]:
    """The same at the view's own errors."""
    result = mm.pid(table(view.error1, view.error2))
    return {name: float(getattr(result, name)) for name in ("i1", "i2", "i12", "union")} | {"gap": float(result.gap)}


def numbers(view: Sensors, run: Run | None) -> Iterator[Number]:
    """The atoms, and those of the tosses once they are there."""
    unit = as_unit(view.unit)
    result = mm.pid(table(view.error1, view.error2)).to(unit)
    for name in _NAMES:
        low, high = (float(getattr(end, name)) for end in (result.lower, result.upper))
        yield Number(name, float(getattr(result, name)), unit, low, high, "certified")
    if run is not None and run.has("counts"):
        counts = run.arrays("counts")["counts"]
        tossed = mm.pid(counts / counts.sum()).to(unit)
        yield Number("redundancy of the tosses", float(tossed.redundancy), unit, certificate="plug-in estimate")


def figures(view: Sensors, run: Run | None) -> Iterator[Bars]:
    """The numbers as bars."""
    bars = tuple(Bar(n.name, n.value or 0.0) for n in numbers(view, run))
    yield Bars("What the sensors say of the coin", bars, view.unit)
