"""What predictors read against the number of rows: read from a run, as a figure, a table and sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mmexplore.errors import BadData
from mmexplore.estimators.predictive.change import Change
from mmexplore.estimators.predictive.curve import LearningCurve, Point
from mmexplore.estimators.tables.estimate import Interval
from mmexplore.labs.yourdata.headline import read_reading
from mmexplore.labs.yourdata.report import Names, bars_in_unit, curves_in_unit
from mmexplore.plot.kinds import Bar, Bars, Curves, Series
from mmexplore.plot.tables import Cell, Table
from mmexplore.report import Section
from mmexplore.types import ATOM_SYMBOLS, ATOM_WORDS, ATOMS, INFORMATION_SYMBOLS, INFORMATIONS
from mmexplore.units import per_bit

NOTE = (
    "Everything fitted anew on nested parts of the rows, two of every size and all of them; band: interval over rows. True informations do not hang "
    "on the number of rows: what rises is what predictors find of them."
)


def read_curve(result: Mapping[str, Any]) -> LearningCurve:
    """What `LearningCurve.to_dict` wrote.

    Raises:
        BadData: it is no such result.
    """
    try:
        points = tuple(
            Point(int(one["n"]), int(one["pieces"]), {k: read_reading(r) for k, r in one["readings"].items()})
            for one in result["points"]
        )
        gain, doubled = ({k: _change(c) for k, c in result[name].items()} for name in ("gain", "doubled"))
        first, second = map(int, result["columns"])
        return LearningCurve(points, gain, doubled, (first, second), float(result["level"]))
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise BadData(f"this is no learning curve: {error}") from None


def _change(one: Mapping[str, Any]) -> Change:
    low, high = map(float, one["interval"])
    return Change(float(one["before"]), float(one["after"]), float(one["se"]), Interval(low, high))


def informations(points: Sequence[Point], names: Names, unit: str) -> Curves:
    """I1, I2 and I12 against the number of rows."""
    words = {"i1": names[0], "i2": names[1], "i12": "both"}
    series = [
        _series(points, name, f"{INFORMATION_SYMBOLS[name]}, {words[name]}", hue=k)
        for k, name in enumerate(INFORMATIONS)
    ]
    return _curves(f"What predictors read about {names[2]}, by rows", points, series, unit)


def atoms(points: Sequence[Point], names: Names, unit: str) -> Curves:
    """The atoms against the number of rows."""
    series = [_series(points, name, ATOM_WORDS[name].label.format(*names), ATOM_SYMBOLS[name]) for name in ATOMS]
    return _curves("The decomposition, by rows", points, series, unit)


def noise(curve: LearningCurve, names: Names, unit: str) -> Bars:
    """What as many columns again that tell nothing change."""
    alone = {"i1": names[0], "i2": names[1], "i12": "both"}
    labels = {n: ATOM_WORDS[n].label.format(*names) for n in ATOMS} | {
        n: f"{s}, {alone[n]}" for n, s in INFORMATION_SYMBOLS.items()
    }
    bars = tuple(
        Bar(label, one.value, ATOM_SYMBOLS.get(name, ""), one.interval.low, one.interval.high)  # type: ignore[arg-type]
        for name, label in labels.items()
        if (one := curve.doubled[name])
    )
    d1, d2 = curve.columns
    note = f"{d1:,} and {d2:,} columns more: the own ones, their rows shuffled. {curve.level:.0%} intervals of the differences, on the same rows."
    return bars_in_unit(Bars("What as many columns of noise change", bars, note=note), unit)


def numbers(points: Sequence[Point], unit: str) -> Table:
    """Every number at every number of rows, with its interval."""
    k = per_bit(unit)
    symbols = {**INFORMATION_SYMBOLS, **ATOM_SYMBOLS}
    rows: list[tuple[Cell, ...]] = []
    for point in points:
        read = [point.readings[name] for name in symbols]
        rows.append((point.n, *((k * one.value, k * one.interval.low, k * one.interval.high) for one in read)))
    return Table(
        ("rows", *(f"{symbol} ({unit})" for symbol in symbols.values())), tuple(rows), "Against the number of rows"
    )


def sentences(curve: LearningCurve, unit: str) -> tuple[str, str]:
    """Whether more rows would show more, and what columns of noise cost."""
    return curve.words(per_bit(unit), unit), curve.noise_words(per_bit(unit), unit)


def section(curve: LearningCurve, names: Names, unit: str) -> Section:
    """The part of a report."""
    more, cost = sentences(curve, unit)
    figures = (informations(curve.points, names, unit), atoms(curve.points, names, unit))
    return Section(
        "Would more rows show more?", (more, *figures, numbers(curve.points, unit), cost, noise(curve, names, unit))
    )


def _series(points: Sequence[Point], name: str, label: str, atom: str = "", hue: int | None = None) -> Series:
    read = [point.readings[name] for point in points]
    values, low, high = (np.array(v) for v in zip(*((r.value, *r.interval) for r in read), strict=True))
    return Series(label, values, atom, low, high, hue=hue)  # type: ignore[arg-type]


def _curves(title: str, points: Sequence[Point], series: Sequence[Series], unit: str) -> Curves:
    x = np.array([point.n for point in points], dtype=np.float64)
    return curves_in_unit(Curves(title, x, tuple(series), "rows", log=True, note=NOTE), unit)
