"""How a delimited text is laid out, told from its first lines: separator, header, a column of row names.

The separator is the one that cuts the first lines into equally many cells, more than one. A first line is data rather than
a header if it holds a number with a fraction, numbers that are no evenly spaced series (2019, 2020, ... are names), or only
texts that come again below. What was decided is always told.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from mmexplore.errors import BadData

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
SPACES = " "
_ORDER = ("\t", ";", "|", ",")  # where two cut equally well: the one that is rarer inside cells
_ROWS, _BYTES = 60, 300_000
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?%?$")
_INTEGER = re.compile(r"[+-]?\d+$")
_WORDS = re.compile(r'"(?:[^"]|"")*"|\S+')


@dataclass(frozen=True)
class Layout:
    """What the first lines say.

    Attributes:
        separator: one character; a blank stands for runs of blanks and tabs.
        names: titles of the columns as the file gives them; None if it has no header.
        width: cells of a row.
        begins: byte at which the rows begin.
        line: number of the line at which they begin.
        row_names: whether the rows have one cell more than the header, in front.
    """

    separator: str
    names: tuple[str, ...] | None
    width: int
    begins: int
    line: int
    row_names: bool = False


def sniff(data: bytes, name: str, separator: str | None = None, header: bool | None = None) -> Layout:
    """Read the layout from the first lines of UTF-8 text."""
    skipped, begins, commented, stated = _preamble(data)
    separator = separator or stated
    text, cut = _sample(data, begins)
    if not text.strip():
        if commented is None and skipped == 0:
            raise BadData(f"{name} is empty; allowed: a header line and rows below it")
        raise BadData(f"{name} has comments but no rows; allowed: a header line and rows below it")
    chosen = separator or _separator(text, cut)
    rows, ends = split_rows(text, chosen, name)
    if cut and len(rows) > 2:
        rows.pop()
    rows, ends = rows[:_ROWS], ends[:_ROWS]
    if not rows:
        raise BadData(
            f"{name} is empty: its first lines hold only separators; allowed: a header line and rows below it"
        )
    width = _mode([len(row) for row in rows[1:]] or [len(rows[0])])
    head = [cell.strip() for cell in rows[0]]
    body = [row for row in rows[1:] if len(row) == width]
    if commented and header is None:
        above, _ = split_rows(commented, chosen, name)
        titles = [cell.strip() for cell in above[0]] if above else []
        if len(titles) == width:
            return Layout(chosen, tuple(titles), width, begins, skipped + 1)
    if header is None:
        header = _is_header(head, body)
    if not header:
        return Layout(chosen, None, len(head) if len(rows) == 1 else width, begins, skipped + 1)
    end, lines = ends[0]
    begins += len(text[:end].encode())
    row_names = (
        len(head) == width - 1 and len({row[0] for row in body}) == len(body) and any(row[-1].strip() for row in body)
    )
    return Layout(chosen, tuple(head), len(head) + row_names, begins, skipped + 1 + lines, row_names)


def split_rows(text: str, separator: str, name: str) -> tuple[list[list[str]], list[tuple[int, int]]]:
    """Rows of cells, blank lines left out; and for each the character and the number of lines after which it ends."""
    rows: list[list[str]] = []
    ends: list[tuple[int, int]] = []
    if separator == SPACES:
        position = 0
        for number, line in enumerate(io.StringIO(text, newline="\n"), 1):
            position += len(line)
            if line.strip():
                rows.append([_unquote(word) for word in _WORDS.findall(line)])
                ends.append((position, number))
        return rows, ends
    source = _Counting(text)
    reader = csv.reader(source, delimiter=separator, skipinitialspace=True)
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append(row)
                ends.append((source.position, reader.line_num))
    except csv.Error as error:
        what = f"not CSV ({error})"
        if "larger than field limit" in str(error):
            what = f"a cell has more than {csv.field_size_limit():,} characters; is a quote never closed, or is it a text to be left out?"
        raise BadData(f"{name}, line {reader.line_num:,}: {what}") from None
    return rows, ends


class _Counting:
    """Lines of a text, and how many characters were handed out."""

    def __init__(self, text: str) -> None:
        self._lines = io.StringIO(text, newline="\n")
        self.position = 0

    def __iter__(self) -> _Counting:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.position += len(line)
        return line


def _preamble(data: bytes) -> tuple[int, int, str | None, str | None]:
    """Lines and bytes before the table, the last comment among them, and a separator that is stated (``sep=;``)."""
    lines = position = 0
    comment = stated = None
    while position < len(data):
        end = data.find(b"\n", position)
        end = len(data) if end < 0 else end + 1
        line = data[position:end].strip()
        if line[:4].lower() == b"sep=" and len(line) == 5 and lines == 0:
            stated = line[4:].decode(errors="replace")
        elif line == b"sep=" and lines == 0:
            stated = "\t"
        elif line.startswith(b"#"):
            comment = line[:_BYTES].lstrip(b"#").decode(errors="replace").strip()
        elif line:
            break
        lines, position = lines + 1, end
    return lines, position, comment, stated


def _sample(data: bytes, begins: int) -> tuple[str, bool]:
    """The first lines, at least two of them, and whether there are more."""
    end, lines = begins, 0
    while end < len(data) and lines < _ROWS and (lines < 2 or end - begins < _BYTES):
        stop = data.find(b"\n", end)
        end, lines = (len(data) if stop < 0 else stop + 1), lines + 1
    return data[begins:end].decode(errors="replace"), end < len(data)


def _separator(text: str, cut: bool) -> str:
    """The separator that agrees best with itself."""
    first = next(line for line in text.split("\n") if line.strip())
    best, chosen = (0.0, 0.0), ""
    for candidate in _ORDER:
        if candidate not in text:
            continue
        try:
            rows, _ = split_rows(text, candidate, "")
        except BadData:
            continue
        widths = [len(row) for row in (rows[:-1] if cut and len(rows) > 2 else rows)]
        if not widths or max(widths) < 2:
            continue
        mode = _mode(widths[1:] or widths)
        agree = sum(width == mode for width in widths) / len(widths)
        score = (
            agree + 0.5 * (widths[0] == mode) + 0.25 * (widths[0] == mode - 1 > 0) if mode > 1 else 0.1,
            first.count(candidate) if len(widths) == 1 else 0.0,
        )
        if score > best:
            best, chosen = score, candidate
    if best[0] >= 1.0:
        return chosen
    words = [len(_WORDS.findall(line)) for line in text.split("\n") if line.strip()]
    mode = _mode(words[1:] or words)
    if mode > 1 and words[0] in (mode, mode - 1) and sum(w == mode for w in words) + 1 >= 0.95 * len(words):
        return SPACES
    return chosen or ","


def _is_header(head: Sequence[str], body: Sequence[Sequence[str]]) -> bool:
    """Whether the first line names the columns."""
    numbers = [cell for cell in head if _NUMBER.match(cell)]
    texts = [(at, cell) for at, cell in enumerate(head) if cell and not _NUMBER.match(cell)]
    if not numbers:
        again = [any(cell == row[at].strip() for row in body if at < len(row)) for at, cell in texts]
        return not (len(body) >= 2 and len(again) >= 2 and all(again))
    if not all(_INTEGER.match(cell) for cell in numbers):
        return False
    series = [int(cell[:18]) for cell in numbers]
    steps = {b - a for a, b in itertools.pairwise(series)}
    if len(series) >= 2 and len(steps) == 1 and steps != {0}:
        first = [cell.strip() for cell in body[0]] if body else []
        return not texts or [cell for _, cell in texts] != [first[at] for at, _ in texts if at < len(first)]
    return bool(texts) and not _numeric_below(head, body)


def _numeric_below(head: Sequence[str], body: Sequence[Sequence[str]]) -> bool:
    """Whether every number of the first line stands over numbers, and some text of it over texts: a row like the others."""
    over = [
        all(_NUMBER.match(row[at].strip()) for row in body if at < len(row))
        for at, cell in enumerate(head)
        if _NUMBER.match(cell)
    ]
    under = [at for at, cell in enumerate(head) if cell and not _NUMBER.match(cell)]
    text = any(not _NUMBER.match(row[at].strip()) for at in under for row in body if at < len(row))
    return bool(body) and all(over) and (text or len(over) > len(under))


def _unquote(word: str) -> str:
    return word[1:-1].replace('""', '"') if len(word) > 1 and word[0] == word[-1] == '"' else word


def _mode(values: Sequence[int]) -> int:
    return Counter(values).most_common(1)[0][0]
