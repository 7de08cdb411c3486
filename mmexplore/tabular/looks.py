"""What a cell of text looks like, and what the cells of a column mostly look like: the evidence for or against a line being a row."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Literal

Look = Literal["number", "date", "missing", "text"]

MISSING = ("", "NA", "na", "N/A", "n/a", "#N/A", "NaN", "nan", "NAN", "null", "NULL", "Null", "?", "<NA>", "NaT")
LIKE_MISSING = frozenset(  # folded: missing among numbers, perhaps a label among labels
    (
        *(word.casefold() for word in MISSING),
        *(".", "..", "...", "-", "--", "---", "–", "—", "*", "**", "none", "nil", "missing", "unknown", "n.a.", "n.a", "n.d.", "nd", "-nan"),
        *("not available", "not applicable", "not recorded", "no data", "nodata", "no answer", "undefined", "empty", "blank", "(null)", "(none)"),
        *("#div/0!", "#value!", "#ref!", "#num!", "#name?", "#null!", "#n/a n/a", "<null>", "<none>", "1.#ind", "-1.#ind", "1.#qnan", "-1.#qnan"),
    )
)  # fmt: skip
_NUMBER = re.compile(
    r"[+\-\u2212]?(\d+([.,]\d*)?|[.,]\d+|\d{1,3}([.,'’\u00a0\u202f ]\d{3})+([.,]\d*)?)([eE][+-]?\d+)?\s*%?|[+-]?inf(inity)?",
    re.I,
)
_DATE = re.compile(
    r"(\d{4}[./-]\d{1,2}[./-]\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{4})([ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?"
)
_UNIT = re.compile(
    r"[(\[<].{0,24}[)\]>]|[-–%‰°#/]+|[a-zA-Zµμ°%Ω]{0,6}[0-9]?(?:[/*^·.⁻²³ -]{1,2}[a-zA-Zµμ°%Ω]{1,6}[0-9]?)+-?\d?|[µμ°%Ω‰].{0,8}"
)
_UNITS = frozenset(
    (
        *("s", "ms", "us", "ns", "min", "h", "hr", "hrs", "d", "day", "days", "yr", "yrs", "year", "years", "sec", "seconds", "minutes", "hours", "months", "weeks"),
        *("m", "mm", "cm", "km", "um", "nm", "in", "ft", "inch", "feet", "mi", "g", "kg", "mg", "ug", "ng", "lb", "lbs", "t", "l", "ml", "ul", "dl", "mol", "mmol", "nmol", "m2", "m3"),
        *("v", "mv", "uv", "kv", "a", "ma", "ohm", "w", "kw", "mw", "kwh", "j", "kj", "cal", "kcal", "n", "pa", "hpa", "kpa", "mpa", "bar", "mbar", "psi", "mmhg", "torr", "atm"),
        *("hz", "khz", "mhz", "ghz", "bpm", "rpm", "k", "c", "f", "degc", "degf", "deg", "rad", "celsius", "kelvin", "db", "dba", "ppm", "ppb", "pct", "percent", "ph", "lux", "iu"),
        *("usd", "eur", "gbp", "chf", "jpy", "$", "€", "£", "unit", "units", "none", "n/a", "1", "au", "a.u.", "score", "count", "counts", "index", "raw"),
        *("float", "double", "int", "integer", "numeric", "number", "string", "str", "text", "char", "factor", "bool", "boolean", "date", "datetime", "continuous", "discrete", "class", "meta"),
    )
)  # fmt: skip


def look(cell: str) -> Look:
    """What one cell looks like.

    >>> look(" 1,5"), look("2020-01-31"), look("n/a"), look("6.4.2")
    ('number', 'date', 'missing', 'text')
    """
    cell = cell.strip()
    if cell.casefold() in LIKE_MISSING:
        return "missing"
    if _NUMBER.fullmatch(cell):
        return "number"
    return "date" if _DATE.fullmatch(cell) else "text"


def looks(rows: Sequence[Sequence[str]], width: int) -> tuple[Look | None, ...]:
    """What nearly every cell of each column looks like, missing ones aside; None where a column has no cell."""
    kinds: list[Look | None] = []
    for at in range(width):
        seen = Counter(kind for row in rows if at < len(row) and (kind := look(row[at])) != "missing")
        if not seen:
            kinds.append(None)
            continue
        most, times = seen.most_common(1)[0]
        kinds.append(most if times >= 0.8 * sum(seen.values()) else "text")
    return tuple(kinds)


def against(row: Sequence[str], kinds: Sequence[Look | None]) -> int:
    """Cells of text where the column holds numbers or dates: evidence that the line is no row."""
    return sum(
        kind in ("number", "date") and look(cell) == "text" for cell, kind in zip(row, kinds, strict=False) if kind
    )


def fits(row: Sequence[str], kinds: Sequence[Look | None]) -> int:
    """Cells that are numbers or dates where the column holds such: evidence that the line is a row."""
    return sum(kind in ("number", "date") and look(cell) == kind for cell, kind in zip(row, kinds, strict=False))


def unit_like(cell: str) -> bool:
    """Whether a text may be a unit of measurement or the name of a type.

    >>> unit_like("(mV)"), unit_like("mg/dl"), unit_like("setosa")
    (True, True, False)
    """
    cell = cell.strip()
    return cell.casefold() in _UNITS or bool(_UNIT.fullmatch(cell))
