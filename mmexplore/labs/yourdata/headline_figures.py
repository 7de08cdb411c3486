"""Figures and tables of what predictors say: atoms and informations with intervals and directions of error, rows, predictors, subgroups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from mmexplore.estimators.predictive import Reading
from mmexplore.labs.yourdata.headline import ARROWS, Headline
from mmexplore.labs.yourdata.report import Names, bars_in_unit
from mmexplore.plot.kinds import Bar, Bars
from mmexplore.plot.tables import Cell, Table
from mmexplore.tabular import csv_text
from mmexplore.types import ATOM_SYMBOLS, ATOM_WORDS, ATOMS, INFORMATION_SYMBOLS, INFORMATIONS
from mmexplore.units import per_bit

_MARKS = {"at least": "≥", "either way": "≈"}
_PART_WORDS = {"combining": "S: adding up both", "interaction": "S: interaction"}
COVERAGE = (
    "Intervals say how far other rows would move what these predictors read, not what predictors miss: of 200 simulated data sets with known truth "
    "(300 and 1,000 rows) 95 % intervals held the true R in 90 %, U1 and U2 in 95 % and more, S in 77 %."
)
DIRECTIONS = "≥: predictors that found more could only raise it. ≈: it may err either way."


def atoms(headline: Headline, names: Names, unit: str) -> Bars:
    """The four atoms, and the two parts of synergy."""
    bars = [_bar(headline.readings[name], _atom(name, names), ATOM_SYMBOLS[name]) for name in ATOMS]
    bars += [_bar(headline.readings[name], words) for name, words in _PART_WORDS.items()]
    note = f"{headline.level:.0%} intervals over rows. {DIRECTIONS} {COVERAGE}"
    return bars_in_unit(Bars(f"Information about {names[2]}", tuple(bars), note=note), unit)


def informations(headline: Headline, names: Names, unit: str) -> Bars:
    """I1, I2 and I12 as predictors read them, below the ceiling H(Y)."""
    words = {"i1": names[0], "i2": names[1], "i12": "both"}
    bars = [_bar(headline.readings[name], f"{INFORMATION_SYMBOLS[name]} ≥ {words[name]}") for name in INFORMATIONS]
    bars.append(Bar("H(Y), the ceiling", headline.entropy))
    note = f"Log score of held-out rows above that of the shares of the classes; {headline.level:.0%} intervals."
    return bars_in_unit(Bars(f"What predictors read about {names[2]}", tuple(bars), note=note), unit)


def subgroup(read: Mapping[str, Reading], names: Names, unit: str, title: str, level: float) -> Bars:
    """The atoms of some of the rows."""
    bars = tuple(_bar(read[name], ATOM_WORDS[name].label.format(*names), ATOM_SYMBOLS[name]) for name in ATOMS)
    return bars_in_unit(Bars(title, bars, note=f"{level:.0%} intervals over these rows."), unit)


def _bar(read: Reading, label: str, atom: str = "") -> Bar:
    low, high = read.interval
    ends = {"low": low, "high": high} if np.isfinite([low, high]).all() else {}
    return Bar(label, 0.0 if read.bound_only and read.value < 0 else read.value, atom, **ends)  # type: ignore[arg-type]


def _atom(name: str, names: Names) -> str:
    words = ATOM_WORDS[name].label.format(*names)
    symbol, rest = words.split(", ", 1)
    return f"{symbol} {_MARKS[ARROWS[name]]} {rest}"


def numbers(headline: Headline, unit: str) -> Table:
    """Every number with its error."""
    k = per_bit(unit)
    titles = ATOM_SYMBOLS | INFORMATION_SYMBOLS | {"union": "I*", **_PART_WORDS}
    rows = []
    for name, title in titles.items():
        read = headline.readings[name]
        rows.append(
            (
                title,
                k * read.value,
                None if read.bound_only else k * read.se,
                k * read.interval.low,
                k * read.interval.high,
                k * max(0.0, read.at_least),
                k * headline.bounds[name] if name in headline.bounds else None,
                headline.leans.get(name, ""),
            )
        )
    columns = (
        "",
        f"value ({unit})",
        f"standard error ({unit})",
        f"interval, low ({unit})",
        f"interval, high ({unit})",
        f"at least, 95 % ({unit})",
        f"bound without a model ({unit})",
        "which way it errs",
    )
    return Table(columns, tuple(rows), "Every number")


def numbers_csv(headline: Headline, unit: str) -> str:
    """`numbers` as CSV text; no cell is a formula to a spreadsheet."""
    made = numbers(headline, unit)
    return csv_text((made.columns, *made.rows))


def predictors(headline: Headline, names: Names, unit: str) -> Table:
    """Who was fitted, how much each counts in its pool, and whether probabilities mean what they say."""
    k = per_bit(unit)
    called = {"x1": names[0], "x2": names[1], "late": "both, added up", "joint": "both together"}
    rows = []
    for name, one in headline.predictors.items():
        shares = sorted(one.weights.items(), key=lambda item: -item[1])
        members = ", ".join(f"{member} {share:.0%}" for member, share in shares if share >= 0.01)
        rows.append((called[name], members, one.temperature, k * one.believed, k * one.on_labels))
    columns = (
        "predictor of",
        "members and their weight",
        "temperature",
        f"believes in ({unit})",
        f"scores on labels ({unit})",
    )
    return Table(columns, tuple(rows), "The predictors")


def rows_table(headline: Headline, columns: Mapping[str, Sequence[object]], by: str, unit: str, most: int) -> Table:
    """The rows with the largest value of one atom, with their columns; rows are counted from 1 as in the file.

    Args:
        headline: the answer.
        columns: columns of the data that are shown, values in the order of the data's rows.
        by: the atom.
        unit: of the values.
        most: how many rows.
    """
    k = per_bit(unit)
    values = np.asarray(headline.rows.quantities()[by])
    order = np.argsort(-values, kind="stable")[:most]
    where = headline.of_data[headline.rows.index[order]]
    atoms_of = headline.rows.atoms._asdict()
    made: list[tuple[Cell, ...]] = []
    for at, row in zip(order, where, strict=True):
        own = tuple(k * float(atoms_of[name][at]) for name in ATOMS)
        made.append(
            (
                int(row) + 1,
                headline.classes[int(headline.rows.codes[at])],
                *own,
                *(str(values_of[int(row)])[:60] for values_of in columns.values()),
            )
        )
    heads = ("row", "class", *(f"{ATOM_SYMBOLS[name]} ({unit})" for name in ATOMS), *columns)
    return Table(heads, tuple(made), f"Rows with the largest {ATOM_SYMBOLS[by]}")
