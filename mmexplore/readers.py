"""Tables that people bring: CSV text to columns, columns to labels or to a probability table p[x1, x2, y].

Plain `csv`, no pandas: the command line starts in a fraction of a second, and nothing is guessed. Every refusal names the
file's line or column, what stands there and what is allowed.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mmexplore.discretize import Discretizer
from mmexplore.errors import BadData

Labels = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]

MAX_BYTES = 200_000_000
MANY_VALUES = 24  # a numeric column with more different values than this is a measurement, not a label
_MISSING = frozenset({"", "na", "nan", "n/a", "null", "?"})
_DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True)
class Columns:
    """Columns of text under their names, all of one length.

    Attributes:
        name: what the file is called in messages.
        values: the cells of every column, stripped of surrounding blanks.
        lines: number of the line each row begins on.
    """

    name: str
    values: Mapping[str, list[str]]
    lines: Sequence[int]

    def __len__(self) -> int:
        return len(self.lines)

    def column(self, name: str) -> list[str]:
        """The cells of one column; `BadData` names the columns there are, or the first missing cell."""
        if name not in self.values:
            shown = ", ".join(list(self.values)[:20]) + (", ..." if len(self.values) > 20 else "")
            raise BadData(f"{self.name} has no column {name[:60]!r}; its columns: {shown}")
        cells = self.values[name]
        for line, cell in zip(self.lines, cells, strict=True):
            if cell.lower() in _MISSING:
                raise BadData(
                    f"{self.name}, line {line}: column {name!r} is missing ({cell!r}); fill it in or drop the row"
                )
        return cells

    def numbers(self, name: str) -> Numbers | None:
        """One column as numbers, shape (rows,), or None if a cell is no finite number."""
        try:
            array = np.array([float(cell) for cell in self.column(name)])
        except ValueError:
            return None
        return array if np.isfinite(array).all() else None


def read_csv(source: str | Path | bytes, name: str | None = None) -> Columns:
    """Read delimited text with a header line (comma, semicolon, tab or bar; UTF-8).

    Args:
        source: a path, or the bytes of an uploaded file.
        name: what to call it in messages (default: the file's name).
    """
    if isinstance(source, bytes):
        name, content = name or "the file", source
    else:
        path = Path(source)
        name = name or path.name or str(path)
        try:
            if path.stat().st_size > MAX_BYTES:
                raise BadData(f"{name} has {path.stat().st_size:,} bytes; allowed: {MAX_BYTES:,}")
            content = path.read_bytes()
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise BadData(f"cannot read {str(source)[:200]!r}: {reason}") from None
    if len(content) > MAX_BYTES:
        raise BadData(f"{name} has {len(content):,} bytes; allowed: {MAX_BYTES:,}")
    if b"\0" in content:
        raise BadData(f"{name} is not text (it holds a zero byte); allowed: CSV text in UTF-8")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadData(f"{name} is not UTF-8 text (byte {error.start:,}); allowed: CSV text in UTF-8") from None
    return _parse(text, name)


def _parse(text: str, name: str) -> Columns:
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    begins = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append(row)
                lines.append(begins)
            begins = reader.line_num + 1
    except csv.Error as error:
        raise BadData(f"{name}, line {reader.line_num}: not CSV ({error})") from None
    if not rows:
        raise BadData(f"{name} is empty; allowed: a header line and at least one row")
    header = [cell.strip() for cell in rows[0]]
    for position, title in enumerate(header, 1):
        if not title:
            raise BadData(f"{name}: column {position} has no name; allowed: a header line with a name for every column")
        if header.index(title) != position - 1:
            raise BadData(f"{name}: two columns are called {title[:60]!r}; names must differ")
    if len(rows) == 1:
        raise BadData(f"{name} has a header line but no rows; allowed: at least one row")
    for line, row in zip(lines, rows, strict=True):
        if len(row) != len(header):
            raise BadData(f"{name}, line {line}: {len(row)} cells; the header has {len(header)}")
    cells = zip(*rows[1:], strict=True)
    values = {title: [cell.strip() for cell in column] for title, column in zip(header, cells, strict=True)}
    return Columns(name=name, values=values, lines=lines[1:])


def table_from_cells(columns: Columns, *, normalize: bool = False) -> Numbers:
    """Probability table p[x1, x2, y] from one row a cell: columns x1, x2, y and p; cells left out are 0.

    Args:
        columns: must hold x1, x2, y (any labels) and p (numbers from 0 up that sum to 1).
        normalize: divide by the sum, so that p may be counts or weights.
    """
    axes = [_codes(columns.column(axis)) for axis in ("x1", "x2", "y")]
    weights = columns.numbers("p")
    if weights is None:
        line, cell = next(pair for pair in zip(columns.lines, columns.column("p"), strict=True) if not _finite(pair[1]))
        raise BadData(f"{columns.name}, line {line}: p is {cell[:40]!r}; allowed: a finite number from 0 up")
    if (weights < 0).any():
        worst = int(np.argmin(weights))
        raise BadData(f"{columns.name}, line {columns.lines[worst]}: p is {weights[worst]:g}; allowed: from 0 up")
    shape = tuple(len(labels) for _, labels in axes)
    where = np.ravel_multi_index(tuple(codes for codes, _ in axes), shape)
    _, first, times = np.unique(where, return_index=True, return_counts=True)
    if (times > 1).any():
        row = int(first[np.argmax(times > 1)])
        cell = ", ".join(f"{axis}={columns.column(axis)[row]}" for axis in ("x1", "x2", "y"))
        raise BadData(f"{columns.name}: the cell {cell} is given {int(times.max())} times; allowed: once")
    total = float(weights.sum())
    if not total > 0 or not np.isfinite(total):
        raise BadData(f"{columns.name}: p sums to {total:g}; at least one cell must be above 0")
    if abs(total - 1.0) > 1e-9 and not normalize:
        raise BadData(f"{columns.name}: p sums to {total:.10g}; allowed: 1 (normalize divides by the sum)")
    table = np.zeros(shape)
    table.flat[where] = weights / total
    return table


def modality(
    columns: Columns, names: Sequence[str], role: str, discretizer: Discretizer | None = None
) -> tuple[Labels, list[str]]:
    """Integer labels of one modality (or of the target), shape (rows, parts), and notes on how measurements were binned.

    Args:
        columns: the file.
        names: its columns that make up the modality.
        role: ``"x1"``, ``"x2"`` or ``"y"``, for messages.
        discretizer: bins all measurements of the modality together; without one they are refused. A measurement is a
            numeric column with more than `MANY_VALUES` different values.
    """
    labels: list[Labels] = []
    measured: dict[str, Numbers] = {}
    for name in names:
        numbers = columns.numbers(name)
        different = 0 if numbers is None else len(np.unique(numbers))
        if numbers is None or different <= MANY_VALUES:
            labels.append(_codes(columns.column(name))[0])
        elif discretizer is None:
            raise BadData(
                f"{columns.name}: column {name!r} of {role} is a measurement with {different:,} different values; "
                f"allowed: labels; give a number of bins to discretise it"
            )
        else:
            measured[name] = numbers
    notes: list[str] = []
    if measured and discretizer is not None:
        binned = discretizer.discretize(np.stack(list(measured.values()), axis=1), list(measured))
        labels.append(binned.codes)
        notes.extend(f"{role}: {note}" for note in binned.notes)
    return np.stack(labels, axis=1), notes


def _codes(cells: Sequence[str]) -> tuple[Labels, list[str]]:
    """Labels as integers, and their names in order: by value if all are numbers, else by text."""
    different = sorted(set(cells))
    if all(_finite(cell) for cell in different):
        different.sort(key=float)
        values = {cell: float(cell) for cell in different}
        ranks = {value: rank for rank, value in enumerate(sorted(set(values.values())))}  # "1" and "1.0" are one label
        names = [next(cell for cell in different if values[cell] == value) for value in ranks]
        return np.array([ranks[values[cell]] for cell in cells], dtype=np.int64), names
    order = {cell: rank for rank, cell in enumerate(different)}
    return np.array([order[cell] for cell in cells], dtype=np.int64), different


def _finite(cell: str) -> bool:
    try:
        return bool(np.isfinite(float(cell)))
    except ValueError:
        return False
