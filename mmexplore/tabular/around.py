"""Lines among and below the rows that are no rows: comments, the header again, units, totals, sources.

A line is left out only on evidence: it begins with a comment sign and has another number of cells, or holds text where its column
has numbers; it is the header, letter by letter; it stands at the end and is called total, and is the sum. Its bytes are blanked, so
that the numbers of the other lines stay. Lines are found by their first byte, all at once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from mmexplore.errors import BadData
from mmexplore.tabular.looks import against, fits, look
from mmexplore.tabular.notes import Notes, Remark
from mmexplore.tabular.safe import quoted
from mmexplore.tabular.sniff import SIGN, SPACES, Layout, Skipped, split_rows

_SIGNS = b"#%!~;/"
_MOST = 2_000  # more lines than this that begin with a comment sign are rows
_SHARE = 0.2
_END = 12  # lines at the end that are looked at
_SUMMED = 20_000  # rows that are added up to judge a total
_TOTAL = re.compile(
    r"[\s(*]*(grand[ -]?|sub[ -]?)?(total|totals|sum|sums|mean|average|avg|median|std|sd|count|min|max|n|all|overall|gesamt|summe|"
    r"mittelwert|somme|suma|totale)\b[\s:=)]*.*",
    re.I,
)
_MEAN = re.compile(r"[\s(*]*(mean|average|avg|mittelwert)", re.I)
_SOURCE = re.compile(
    r"[\s(*\[]*(sources?|notes?|remarks?|nb|n\.b\.|footnotes?|copyright|\(c\)|©|legend|key|data from|downloaded|generated|exported|created|"
    r"printed|last updated?|updated|end of (file|data|table|report)|eof|quelle|anmerkung|hinweis|fuente|https?://|\(?\d[\d,. ]* rows?\b|"
    r"-+ ?end)\b.*|[\s(*\[]*©.*|[-=*_ ]{3,}",
    re.I,
)


def without_strays(rows: bytes, layout: Layout, header: bytes, notes: Notes) -> tuple[bytes, list[Skipped]]:
    """The rows with the lines that are none left blank, and those lines.

    Args:
        rows: from where the rows begin.
        layout: what the first lines say.
        header: the line of the header as it stands, without its end; empty if there is none.
        notes: gets a sentence on lines that look like none and are kept.
    """
    array = np.frombuffer(rows, np.uint8)
    ends = np.flatnonzero(array == 10)
    if not len(rows) or (len(ends) and int(ends[-1]) == len(rows) - 1):
        starts = np.append(0, ends[:-1] + 1) if len(ends) else np.zeros(0, dtype=np.int64)
    else:
        starts, ends = np.append(0, ends + 1), np.append(ends, len(rows))
    if not len(starts):
        return rows, []
    found: dict[int, str] = {
        one.line - layout.line: one.what for one in layout.skipped if one.line >= layout.line and one.what == "units"
    }
    lines = _Lines(rows, starts, ends, layout)
    _comments(lines, found, array, notes)
    _headers(lines, header, found)
    _footers(lines, found, notes)
    if not found:
        return rows, []
    skipped = [
        Skipped(layout.line + at, lines.text(at).strip(), what)
        for at, what in sorted(found.items())
        if what != "units" or not any(one.line == layout.line + at for one in layout.skipped)
    ]
    pieces, position = [], 0
    for at in sorted(found):
        pieces.append(rows[position : int(starts[at])])
        position = int(ends[at])
    return b"".join([*pieces, rows[position:]]), skipped


class _Lines:
    """The lines of the rows: their text, their cells, and whether one begins inside a quoted cell."""

    def __init__(self, rows: bytes, starts: np.ndarray, ends: np.ndarray, layout: Layout) -> None:
        self.rows, self.starts, self.ends, self.layout = rows, starts, ends, layout
        self._quotes = b'"' in rows
        self._counted, self._parity = 0, 0

    def __len__(self) -> int:
        return len(self.starts)

    def bytes(self, at: int) -> bytes:
        return self.rows[int(self.starts[at]) : int(self.ends[at])]

    def text(self, at: int) -> str:
        return self.bytes(at).decode(errors="replace")

    def cells(self, at: int) -> list[str]:
        try:
            cells, _ = split_rows(self.text(at), self.layout.separator, "")
        except BadData:
            return []
        return [cell.strip() for cell in cells[0]] if cells else []

    def inside(self, at: int) -> bool:
        """Whether the line begins inside a quoted cell."""
        if not self._quotes:
            return False
        position = int(self.starts[at])
        if position < self._counted:
            return bool(self.rows.count(b'"', 0, position) % 2)
        self._parity += self.rows.count(b'"', self._counted, position)
        self._counted = position
        return bool(self._parity % 2)


def _comments(lines: _Lines, found: dict[int, str], array: np.ndarray, notes: Notes) -> None:
    """Lines that begin with a comment sign and are no rows."""
    starts, layout = lines.starts, lines.layout
    first = array[np.minimum(starts, len(array) - 1)]
    marked = np.flatnonzero(np.isin(first, np.frombuffer(_SIGNS, np.uint8)))
    blank = np.flatnonzero((first == 32) | (first == 9))
    if 0 < len(blank) <= _MOST and layout.separator != "\t":
        marked = np.union1d(marked, blank)
    if len(marked) > _MOST:
        return
    candidates = [
        at
        for at in marked.tolist()
        if (sign := SIGN.match(lines.text(at))) and sign.group(1)[0] != layout.separator and not lines.inside(at)
    ]
    if len(candidates) > max(2, _SHARE * len(lines)):
        return
    kept = []
    for at in candidates:
        cells = lines.cells(at)
        if len(cells) != layout.width or against(cells, layout.kinds):
            found[at] = "comments"
        else:
            kept.append(at)
    if kept:
        shown = ", ".join(f"line {layout.line + at:,} ({quoted(lines.text(at).strip(), 30)})" for at in kept[:3])
        text = f"{shown}{' and others' if len(kept) > 3 else ''}: read as rows, as the cells fit their columns, though a comment sign stands in front"
        notes.remark(Remark(f"{text}; delete them if they are comments"))


def _headers(lines: _Lines, header: bytes, found: dict[int, str]) -> None:
    """The header again, and the units below it."""
    header = header.strip(b"\r\n")
    if not header.strip() or all(look(name) == "number" for name in lines.layout.names or ()):
        return
    units = [one.text for one in lines.layout.skipped if one.what == "units" and one.line >= lines.layout.line]
    position = 0
    while (position := lines.rows.find(header, position)) >= 0 and len(found) <= _MOST:
        at = int(np.searchsorted(lines.starts, position, side="right")) - 1
        if int(lines.starts[at]) == position and lines.bytes(at).strip(b"\r") == header and not lines.inside(at):
            found[at] = "the header again"
            for text in units:
                if at + 1 < len(lines) and lines.text(at + 1).strip() == text:
                    at += 1
                    found[at] = "units again"
        position += len(header)


def _footers(lines: _Lines, found: dict[int, str], notes: Notes) -> None:
    """Lines at the end: totals, sources, remarks."""
    if lines.inside(len(lines) - 1):
        return
    looked = 0
    for at in range(len(lines) - 1, 0, -1):
        text = lines.text(at)
        if at in found or not text.strip():
            continue
        looked += 1
        if looked > _END or len(lines) - looked < 2 or lines.inside(at):
            return
        what = _footer(lines, at, found)
        if what == "":
            return
        if what == "kept":
            where = f"line {lines.layout.line + at:,} ({quoted(text.strip(), 40)})"
            notes.remark(
                Remark(
                    f"{where} stands at the end like a total or a remark and was read as a row; delete it if it is none"
                )
            )
            return
        found[at] = what


def _footer(lines: _Lines, at: int, found: dict[int, str]) -> str:
    """What a line at the end is; nothing for a row."""
    layout = lines.layout
    cells = lines.cells(at)
    text = lines.text(at).strip()
    first = next((cell for cell in cells if cell), "")
    if len(cells) != layout.width:
        if layout.width < 2:
            return ""
        if fits(cells, layout.kinds) and not (against(cells, layout.kinds) or _TOTAL.fullmatch(first)):
            return ""  # a row that is cut short
        words = len(text.split()) > 1 and len(cells) == 1
        if against(cells, layout.kinds) or words or _SOURCE.fullmatch(text) or _TOTAL.fullmatch(text):
            return "lines below the table"
        return ""
    filled = sum(bool(cell) for cell in cells)
    no_row = against(cells, layout.kinds)
    if _TOTAL.fullmatch(first) and look(first) == "text":
        if no_row or filled < layout.width / 2 or _sums(lines, at, cells, found):
            return "totals"
        labels = [lines.cells(one)[:1] for one in range(min(len(lines), 400)) if one != at]
        return "kept" if [first] not in labels else ""
    if no_row and (_SOURCE.fullmatch(text) or filled == 1):
        return "lines below the table"
    if _SOURCE.fullmatch(text.rstrip(f" {layout.separator}")):
        return "lines below the table" if filled == 1 and layout.width > 2 else "kept" if filled < layout.width else ""
    return ""


def _sums(lines: _Lines, at: int, cells: Sequence[str], found: dict[int, str]) -> bool:
    """Whether the numbers of the line are the sums (or the means, where it says so) of their columns."""
    numeric = [k for k, kind in enumerate(lines.layout.kinds) if kind == "number" and _number(cells[k]) is not None]
    if not numeric or at > _SUMMED or lines.layout.separator == SPACES:
        return False
    columns: dict[int, list[float]] = {k: [] for k in numeric}
    for one in range(at):
        row = lines.cells(one) if one not in found else []
        for k in numeric if len(row) == lines.layout.width else ():
            value = _number(row[k])
            if value is not None:
                columns[k].append(value)
    mean = bool(_MEAN.match(next(cell for cell in cells if cell)))
    for k, values in columns.items():
        result, near = _number(cells[k]), 1e-6 * max(1.0, sum(map(abs, values)))
        if not values or result is None:
            return False
        expected = sum(values) / len(values) if mean else sum(values)
        if abs(result - expected) > (5e-3 * max(1.0, abs(result)) if mean else near):
            return False
    return True


def _number(cell: str) -> float | None:
    try:
        return float(cell.replace(",", "."))
    except ValueError:
        return None


def said(skipped: Sequence[Skipped]) -> list[Remark]:
    """The lines that were left out, a sentence for each kind."""
    kinds: dict[str, list[Skipped]] = {}
    for one in skipped:
        kinds.setdefault(one.what, []).append(one)
    sentences = []
    for what, those in kinds.items():
        shown = ", ".join(f"line {one.line:,} ({quoted(one.text, 50)})" for one in those[:4])
        more = f", ... ({len(those):,} lines in all)" if len(those) > 4 else ""
        sentences.append(Remark(f"left out as {what}: {shown}{more}", lines=what))
    return sentences
