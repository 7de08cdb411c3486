"""From columns of values to a `Dataset`: the checks and notes that every format shares."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from mmexplore.errors import BadData
from mmexplore.tabular.absent import Words, without_numbers
from mmexplore.tabular.cells_or_rows import table_kind
from mmexplore.tabular.dataset import ColumnInfo, Dataset, Roles, describe
from mmexplore.tabular.limits import MAX_CELLS, MAX_COLUMNS
from mmexplore.tabular.notes import Notes, Remark
from mmexplore.tabular.safe import clean_name, listed, quoted

_LONG = 50_000
_INDEX = re.compile(r"^(unnamed: ?\d+(\.\d+|_level_\d+)?|__index_level_\d+__)?$", re.I)


def check_size(name: str, rows: int, columns: int) -> None:
    """Refuse what is too large, from its announced size."""
    if columns > MAX_COLUMNS:
        raise BadData(f"{name} has {columns:,} columns; allowed: {MAX_COLUMNS:,}")
    if rows * columns > MAX_CELLS:
        raise BadData(
            f"{name} has {rows * columns:,} cells ({rows:,} rows x {columns:,} columns); allowed: {MAX_CELLS:,}. "
            "Drop columns, or take a random part of the rows"
        )


def assemble(
    name: str,
    titles: Sequence[object],
    values: Sequence[Any],
    notes: Notes,
    *,
    sha256: str = "",
    lines: Sequence[int] | None = None,
    given: Roles | None = None,
    arrays: Mapping[str, int] | None = None,
    read_as: str = "auto",
    words: Words | None = None,
) -> Dataset:
    """Make a `Dataset` of columns of one length; `BadData` if there is nothing to work with.

    Args:
        name: of the file.
        titles, values: its columns.
        notes: gets a sentence on everything that was done.
        sha256: of its bytes.
        lines: number of the line of each row.
        given: the roles, where it says them.
        arrays: how many of the columns, one array after the other, each array of the file holds.
        read_as: whether a line is a sample or a cell, see `mmexplore.tabular.reading`.
        words: which words and numbers are missing values, and those that were met.
    """
    import pandas as pd

    if not len(values):
        raise BadData(f"{name} has no columns; allowed: at least one, under a name")
    rows = len(values[0])
    words = words or Words()
    names, columns_kept, places = _name_columns(name, titles, values, notes)
    columns_kept = [
        without_numbers(title, column, words, notes) for title, column in zip(names, columns_kept, strict=True)
    ]
    _tell_unmet(words, names, notes)
    gone = np.ones(rows, dtype=bool)
    for column in columns_kept:
        if not gone.any():
            break
        gone &= pd.isna(column)
    if gone.all():
        raise BadData(f"{name} has no values: every cell of its {rows:,} rows is missing; allowed: a row with values")
    if gone.any():
        columns_kept = [column[~gone] for column in columns_kept]
        lines = None if lines is None else [int(lines[row]) for row in np.flatnonzero(~gone).tolist()]
        notes.add(f"{int(gone.sum()):,} rows without any value were left out")
        rows = len(columns_kept[0])
    columns_kept = [_finite(title, column, notes, lines) for title, column in zip(names, columns_kept, strict=True)]
    frame = pd.DataFrame(dict(zip(names, columns_kept, strict=True)), copy=False)
    columns = _describe_all(names, columns_kept, rows)
    kind = "rows" if given else table_kind(name, frame, columns, read_as, notes, lines)
    if rows < 2 and kind == "rows":
        raise BadData(f"{name} has only one row; allowed: at least 2 rows, as a single one shows no dependence")
    holes = [info for info in columns if info.missing]
    if holes:
        some = np.zeros(rows, dtype=bool)
        for title in (info.name for info in holes):
            some |= frame[title].isna().to_numpy()
        shown = listed([f"{quoted(info.name, 30)} {info.missing:,}" for info in holes], 6)
        notes.add(f"{int(some.sum()):,} of {rows:,} rows have a missing value (by column: {shown})")
    held = _arrays(names, places, arrays)
    return Dataset(
        name, kind, frame, columns, notes.sentences(), sha256, lines, given, held, notes.first(), tuple(words.found)
    )


def _arrays(
    names: Sequence[str], places: Sequence[int], widths: Mapping[str, int] | None
) -> dict[str, tuple[str, ...]]:
    """Columns of each array of the file, as they are called now."""
    called, start = dict(zip(places, names, strict=True)), 0
    found: dict[str, tuple[str, ...]] = {}
    for key, width in (widths or {}).items():
        members = tuple(called[place] for place in range(start, start + width) if place in called)
        if members:
            found[clean_name(key) or "array"] = members
        start += width
    return found


def _describe_all(names: Sequence[str], values: Sequence[Any], rows: int) -> tuple[ColumnInfo, ...]:
    """Each column in short; long ones in two threads, as counting different values leaves the interpreter free."""
    if rows < _LONG:
        return tuple(map(describe, names, values))
    with ThreadPoolExecutor(2) as pool:
        return tuple(pool.map(describe, names, values))


def _tell_unmet(words: Words, names: Sequence[str], notes: Notes) -> None:
    """Words that were said to be missing values and stand nowhere."""
    met = {text for one in words.found for text in (one.text, f"{one.column}={one.text}")}
    numbers = {float(one.text) for one in words.found if _is_float(one.text)}
    for word in words.missing.words:
        own = next((word.removeprefix(f"{name}=") for name in names if word.startswith(f"{name}=")), word)
        if word not in met and not (_is_float(own) and float(own) in numbers):
            notes.remark(Remark(f"{quoted(word)} was to count as missing and stands in no column"), "unmet")


def _is_float(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _name_columns(
    name: str, titles: Sequence[object], values: Sequence[Any], notes: Notes
) -> tuple[list[str], list[Any], list[int]]:
    """Clean, different names, the columns, and their places among those given; row numbers and nameless empty columns are left out."""
    import pandas as pd

    names: list[str] = []
    named: list[Any] = []
    places: list[int] = []
    seen: dict[str, int] = {}
    for position, (title, column) in enumerate(zip(titles, values, strict=True), 1):
        text = clean_name(title)
        if _INDEX.match(text):
            called = f" (called {quoted(text)})" if text else ""
            if bool(pd.isna(column).all()):
                notes.add(f"column {position:,}{called} is empty and was left out", "hollow")
                continue
            different = len(set(column)) if len(column) < 1000 else len(pd.unique(column))
            if position == 1 and different == len(column) and len(values) > 1:
                notes.add(f"column 1{called or ', which has no name,'} only tells the rows apart and was left out")
                continue
        if not text:
            raise BadData(
                f"{name}: column {position:,} has no name; allowed: a name for every column in the first line"
            )
        if text in seen:  # what was cut or cleaned away told them apart
            seen[text] += 1
            text = f"{text[:100]} ({seen[text]})"
        seen[text] = 1
        names.append(text)
        named.append(column)
        places.append(position - 1)
    if not named:
        raise BadData(f"{name} has no columns but row numbers; allowed: at least one column of data")
    return names, named, places


def _finite(title: str, column: Any, notes: Notes, lines: Sequence[int] | None) -> Any:
    """Infinite values become missing ones, with a note."""
    if getattr(column, "dtype", None) is None or hasattr(column, "categories") or column.dtype.kind != "f":
        return column
    infinite = np.isinf(column)
    if not infinite.any():
        return column
    first = int(np.argmax(infinite))
    place = f"row {first + 1:,}" if lines is None else f"line {int(lines[first]):,}"
    notes.add(
        f"column {quoted(title)}: {int(infinite.sum()):,} infinite values count as missing, the first in {place}", "inf"
    )
    return np.where(infinite, np.nan, column)
