"""Delimited text to columns of text: pyarrow's reader behind checks of our own, and a slow second look where it gives up.

pyarrow cuts 70 MB into cells in a fraction of a second but says little about what is wrong; on its refusal Python's `csv`
walks the same lines to find the first bad one.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mmexplore.errors import BadData
from mmexplore.tabular.around import said, without_strays
from mmexplore.tabular.limits import MAX_CELLS, MAX_COLUMNS
from mmexplore.tabular.looks import against
from mmexplore.tabular.notes import Notes
from mmexplore.tabular.safe import quoted
from mmexplore.tabular.sniff import SEPARATORS, SPACES, Layout, sniff
from mmexplore.tabular.text import full_lines, lines_of, to_utf8

if TYPE_CHECKING:
    import pyarrow

_WIDE = 500
_TEXT = re.compile(rb"\S")


@dataclass(frozen=True)
class Texts:
    """Columns of text cells, missing ones null.

    Attributes:
        names: titles as given, or made up; unique.
        columns: one Arrow column of strings each.
        separator: what cut the cells.
        lines: number of the line each row begins on, where known.
    """

    names: tuple[str, ...]
    columns: list[pyarrow.ChunkedArray]
    separator: str
    lines: Sequence[int] | None


def read_delimited(data: bytes, name: str, notes: Notes, separator: str | None, header: bool | None) -> Texts:
    """Cells of a delimited text, or `BadData` with the line that is wrong."""
    data = to_utf8(data, name, notes)
    facts = lines_of(data, name)
    if not _TEXT.search(data):
        raise BadData(f"{name} is empty; allowed: a header line and rows below it")
    layout = sniff(data, name, separator, header)
    if layout.width > MAX_COLUMNS:
        raise BadData(f"{name} has {layout.width:,} columns; allowed: {MAX_COLUMNS:,}")
    cells = (facts.count - layout.line + 1) * layout.width
    if cells > MAX_CELLS:
        raise BadData(
            f"{name} has about {cells:,} cells ({facts.count:,} lines x {layout.width:,} columns); allowed: {MAX_CELLS:,}. "
            "Drop columns, or take a random part of the rows"
        )
    _tell_layout(layout, notes)
    names = _names(layout, name)
    rows, skipped = without_strays(data[layout.begins :], layout, _line(data, layout.header_line), notes)
    for remark in said((*layout.skipped, *skipped)):
        notes.remark(remark)
    if not _TEXT.search(rows):
        raise BadData(f"{name} has a header line but no rows; allowed: a header line and rows below it")
    if layout.separator == SPACES:
        rows = _single_tabs(rows)
    elif b'"' in rows:  # pyarrow takes a quote for one only right behind the separator
        rows = re.sub(re.escape(layout.separator).encode() + b' +"', layout.separator.encode() + b'"', rows)
    cut = "\t" if layout.separator == SPACES else layout.separator
    if rows.count(b'"') % 2:
        _find_fault(rows, cut, layout, name)
    columns = _arrow(rows, cut, layout, facts.longest, name)
    lines: Sequence[int] | None = range(layout.line, layout.line + len(columns[0]))
    if len(columns[0]) != facts.count - layout.line + 1:
        lines = None
        if b'"' not in rows:
            numbers = full_lines(rows, layout.line)
            lines = numbers.tolist() if len(numbers) == len(columns[0]) else None
    return Texts(names, columns, layout.separator, lines)


def _line(data: bytes, number: int) -> bytes:
    """One line of the first ones; nothing for line 0."""
    start = 0
    for _ in range(number - 1):
        start = data.find(b"\n", start) + 1
    return data[start : (data.find(b"\n", start) + 1 or len(data))] if number else b""


def _tell_layout(layout: Layout, notes: Notes) -> None:
    if layout.width == 1:
        notes.add("only one column was found; separators looked for: comma, semicolon, tab, bar, blanks")
    else:
        what = SEPARATORS.get(layout.separator, quoted(layout.separator))
        notes.add(f"cells are separated by {'blanks' if layout.separator == SPACES else what}")
    if layout.names is not None and not layout.header_line:
        notes.add("the names of the columns stand behind a comment sign")
    if layout.names is None:
        notes.add("the first line looks like data, not like names: the columns are called column 1, column 2, ...")


def _names(layout: Layout, name: str) -> tuple[str, ...]:
    """Titles, with the blank ones left blank; two that are equal are refused."""
    if layout.names is None:
        return tuple(f"column {k + 1}" for k in range(layout.width))
    names = (("",) if layout.row_names else ()) + layout.names
    seen: dict[str, int] = {}
    for position, title in enumerate(names, 1):
        if title and title in seen:
            raise BadData(
                f"{name}: two columns are called {quoted(title, 60)} (columns {seen[title]:,} and {position:,}); "
                "names must differ: rename one"
            )
        seen[title] = position
    return names


def _arrow(rows: bytes, separator: str, layout: Layout, longest: int, name: str) -> list[pyarrow.ChunkedArray]:
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    keys = [str(k) for k in range(layout.width)]
    whole = len(rows) + 1024
    block = whole if layout.width > _WIDE else max(1 << 20, 2 * longest + 1024)  # many pieces of many columns cost more
    quotes = b'"' in rows
    for size in (block, whole):
        try:
            table = arrow_csv.read_csv(
                pa.py_buffer(rows),
                read_options=arrow_csv.ReadOptions(column_names=keys, block_size=size),
                parse_options=arrow_csv.ParseOptions(delimiter=separator, newlines_in_values=quotes),
                convert_options=arrow_csv.ConvertOptions(
                    column_types=dict.fromkeys(keys, pa.string()), null_values=[""], strings_can_be_null=True
                ),
            )
            return list(table.columns)
        except pa.ArrowInvalid as error:
            if "straddling" in str(error):  # a cell of many lines: read in one piece
                continue
            _find_fault(rows, separator, layout, name)
            raise BadData(f"{name} cannot be cut into cells ({str(error)[:200]}); save it again as plain CSV") from None
    raise BadData(f"{name} cannot be cut into cells: a quoted cell is longer than the file")


def _find_fault(rows: bytes, separator: str, layout: Layout, name: str) -> None:
    """Raise `BadData` for the first line that is not `width` cells, or for a quote that is never closed."""
    reader = csv.reader(_decoded(rows), delimiter=separator, skipinitialspace=True, strict=True)
    begins = layout.line
    try:
        for row in reader:
            ends = layout.line + reader.line_num - 1
            if row and len(row) != layout.width:
                head = "the header has" if layout.names is not None else "the other lines have"
                raise BadData(
                    f"{name}, line {begins:,}: {len(row):,} cell{'s' * (len(row) != 1)}; {head} {layout.width - layout.row_names:,}. "
                    + _why_ragged(row, separator, ends - begins, ends)
                    + (_no_row(row) if against(row, layout.kinds) else "")
                )
            begins = ends + 1
    except csv.Error as error:
        what = f"not CSV ({error})"
        if "unexpected end" in str(error) or "larger than field limit" in str(error):
            what = "a quote that is opened there is never closed"
        raise BadData(
            f'{name}, line {begins:,}: {what}. Close it, or double the quotes ("") that stand inside a cell; not CSV as it is'
        ) from None


def _why_ragged(row: Sequence[str], separator: str, extra_lines: int, ends: int) -> str:
    if extra_lines:
        return f"A quote opened there closes on line {ends:,}: is one missing?"
    if separator == "," and any(cell.strip().isdigit() for cell in row):
        return "Fill in or remove cells; a comma inside a cell, as in 1,5, needs quotes around it"
    return "Fill in or remove cells; a separator inside a cell needs quotes around it"


def _no_row(row: Sequence[str]) -> str:
    return f". Its text is {quoted(row[0].strip())}: if it is no part of the table, put # in front of it"


def _decoded(rows: bytes) -> Iterator[str]:
    start = 0
    while start < len(rows):
        end = rows.find(b"\n", start) + 1 or len(rows)
        yield rows[start:end].decode(errors="replace")
        start = end


def _single_tabs(rows: bytes) -> bytes:
    """Runs of blanks and tabs to one tab, outside quotes, none at the ends of lines."""
    rows = rows.strip(b" \t")
    if b'"' not in rows:  # a regular expression would hold up the whole server for a minute where the file is large
        rows = rows.replace(b"\r\n", b"\n").replace(b"\t", b" ")
        while b"  " in rows:
            rows = rows.replace(b"  ", b" ")
        return rows.replace(b" \n", b"\n").replace(b"\n ", b"\n").replace(b" ", b"\t")
    rows = re.sub(rb"[ \t]*\r?\n[ \t]*", b"\n", rows)
    return re.sub(rb'("[^"\n]*")|[ \t]+', lambda match: match.group(1) or b"\t", rows)
