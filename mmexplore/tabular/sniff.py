"""How a delimited text is laid out, told from its first lines: what stands above the table, separator, header, units, row names.

Lines that begin with a comment sign are set aside, and the separator is the one that cuts the others into equally many cells, more
than one. Lines of fewer cells above the first such row are titles. A first row is data rather than a header if it holds a number
with a fraction, numbers that are no evenly spaced series (2019, 2020, ... are names), or only texts that come again below. A row of
texts below the header where all others have numbers holds units. Every line that is set aside is kept with its number and its text.
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
from mmexplore.tabular.looks import Look, against, fits, look, looks, unit_like
from mmexplore.tabular.safe import quoted

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
SPACES = " "
_ORDER = ("\t", ";", "|", ",")  # where two cut equally well: the one that is rarer inside cells
_ROWS, _BYTES, _COMMENTS = 60, 300_000, 5_000
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?%?$")
_INTEGER = re.compile(r"[+-]?\d+$")
_WORDS = re.compile(r'"(?:[^"]|"")*"|\S+')
SIGN = re.compile(r"\s*(#+|%+|//+|;+|!+|~+)")
_SIGNS = "#%/;!~"
_LETTER = re.compile(r"\s*~[A-Za-z]\b")  # ~A of a well log
_STATED = re.compile(r'\s*"?sep=(.?)"?\s*$', re.I)


@dataclass(frozen=True)
class Skipped:
    """A line that is no row of the table.

    Attributes:
        line: its number, from 1.
        text: what it says.
        what: what it was taken for: ``"comments"``, ``"titles"``, ``"units"``, ...
    """

    line: int
    text: str
    what: str


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
        kinds: what the cells of each column look like.
        header_line: number of the line of the header; 0 if there is none.
        skipped: lines of the beginning that are no rows.
    """

    separator: str
    names: tuple[str, ...] | None
    width: int
    begins: int
    line: int
    row_names: bool = False
    kinds: tuple[Look | None, ...] = ()
    header_line: int = 0
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True)
class _Sample:
    """The first lines: where each begins (and the last ends), their texts, which are comments, and whether there are more."""

    offsets: list[int]
    texts: list[str]
    comments: list[bool]
    stated: str | None
    cut: bool

    def text(self) -> str:
        """The lines, with comments left blank."""
        return "".join("\n" if gone else text for text, gone in zip(self.texts, self.comments, strict=True))


@dataclass(frozen=True)
class _Cut:
    """The first lines cut by one separator.

    Attributes:
        separator: what cuts.
        rows, ends: see `split_rows`.
        width: cells of a row.
        start: the first row of the table.
        score: how well the rows agree.
    """

    separator: str
    rows: list[list[str]]
    ends: list[tuple[int, int]]
    width: int
    start: int
    score: tuple[float, float]


def sniff(data: bytes, name: str, separator: str | None = None, header: bool | None = None) -> Layout:
    """Read the layout from the first lines of UTF-8 text.

    Raises:
        BadData: no rows, or a line above them that fits no table.
    """
    sample = _sample(data, separator, _SIGNS)
    cut = _best(sample, separator or sample.stated, name) if sample.text().strip() else None
    if cut is None or cut.separator == ";":  # a semicolon in front is then an empty cell
        sample = _sample(data, separator, _SIGNS.replace(";", ""))
        cut = None
    if not sample.text().strip():
        if not any(sample.comments):
            raise BadData(f"{name} is empty; allowed: a header line and rows below it")
        raise BadData(f"{name} has comments but no rows; allowed: a header line and rows below it")
    cut = cut or _best(sample, separator or sample.stated, name)
    if not cut.rows:
        raise BadData(
            f"{name} is empty: its first lines hold only separators; allowed: a header line and rows below it"
        )
    return _layout(sample, cut, header, name)


def _layout(sample: _Sample, cut: _Cut, header: bool | None, name: str) -> Layout:
    """Which of the rows that were cut is the header, and what stands around it."""
    start = cut.start + _padded(cut)
    rows, ends = cut.rows[start:], cut.ends[start:]
    first = cut.ends[start - 1][1] if start else 0  # lines before the table
    head = [cell.strip() for cell in rows[0]]
    body = [row for row in rows[1:] if len(row) == cut.width]
    once = [row for row in body if [cell.strip() for cell in row] != head]
    body = once if _heads(head, once) else body  # without the header again
    skipped = [
        Skipped(at + 1, text.strip(), "a statement of the separator" if _STATED.match(text) else "comments")
        for at, text in enumerate(sample.texts[: ends[0][1]])
        if sample.comments[at]
    ]
    skipped += [
        Skipped(at + 1, text.strip(), "titles")
        for at, text in enumerate(sample.texts[:first])
        if text.strip() and not sample.comments[at]
    ]
    above = _named_above(sample, cut, head, body, ends[0][1]) if header is None else None
    if above is not None:
        at, names = above
        skipped = [one for one in skipped if one.line != at + 1]
        kinds = looks([head, *body], cut.width)
        lines = next(k for k in range(first, len(sample.texts)) if sample.texts[k].strip() and not sample.comments[k])
        place = _begins(sample, lines)
        return Layout(cut.separator, names, cut.width, *place, False, kinds, 0, _in_order(skipped))
    units = _units(head, body) if len(rows) > 1 and len(rows[1]) == cut.width else 0
    kept = body[units:]
    if header is None:
        header = _is_header(head, kept)
    if not header:
        width = len(head) if len(rows) == 1 else cut.width
        kinds = looks([head, *body], width)
        return Layout(cut.separator, None, width, *_begins(sample, first), False, kinds, 0, _in_order(skipped))
    _check_head(name, head, body, cut, ends)
    row_names = (
        len(head) == cut.width - 1
        and len({row[0] for row in kept}) == len(kept)
        and any(row[-1].strip() for row in kept)
    )
    for number in range(1, 1 + units):
        line = ends[number - 1][1]
        while sample.comments[line] or not sample.texts[line].strip():
            line += 1
        skipped.append(Skipped(line + 1, sample.texts[line].strip(), "units"))
    names, width = tuple(head), len(head) + row_names
    place = _begins(sample, ends[0][1])
    return Layout(cut.separator, names, width, *place, row_names, looks(kept, width), ends[0][1], _in_order(skipped))


def _in_order(skipped: list[Skipped]) -> tuple[Skipped, ...]:
    return tuple(sorted(skipped, key=lambda one: one.line))


def _begins(sample: _Sample, lines: int) -> tuple[int, int]:
    """Byte and number of the line after so many lines."""
    return sample.offsets[lines], lines + 1


def _check_head(
    name: str, head: Sequence[str], body: Sequence[Sequence[str]], cut: _Cut, ends: list[tuple[int, int]]
) -> None:
    """Refuse a first line that has more cells than the rows below it, which agree among themselves."""
    if len(head) > cut.width > 1 and len(body) > 1 and cut.separator != SPACES:
        raise BadData(
            f"{name}, line {ends[0][1]:,}: {len(head):,} cells ({quoted(cut.separator.join(head))}); the {len(body):,} lines below it have "
            f"{cut.width:,}. If it is no part of the table, put # in front of it; if it is the header, correct it"
        )


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


# -- the first lines --------------------------------------------------------------------------------------------------------


def _sample(data: bytes, separator: str | None, signs: str) -> _Sample:
    """The first lines: comments, and `_ROWS` others."""
    offsets: list[int] = [0]
    texts: list[str] = []
    comments: list[bool] = []
    stated: str | None = None
    rows = inside = 0
    while offsets[-1] < len(data) and rows < _ROWS and len(texts) < _COMMENTS and (rows < 2 or offsets[-1] < _BYTES):
        stop = data.find(b"\n", offsets[-1])
        stop = len(data) if stop < 0 else stop + 1
        text = data[offsets[-1] : stop].decode(errors="replace")
        says = _STATED.match(text) if rows == 0 and len(texts) < 5 else None
        sign = None if inside % 2 else SIGN.match(text)
        if says:
            stated = says.group(1) or "\t"
        comment = bool(says) or (
            sign is not None and sign.group(1)[0] in signs and sign.group(1)[0] != (separator or stated)
        )
        if not comment:
            inside += text.count('"')
            rows += bool(text.strip())
        texts.append(text)
        comments.append(comment)
        offsets.append(stop)
    _unmark(texts, comments)
    _well_log(texts, comments)
    return _Sample(offsets, texts, comments, stated, offsets[-1] < len(data))


def _unmark(texts: Sequence[str], comments: list[bool]) -> None:
    """Where many rows begin with a comment sign it is part of them."""
    first = next((at for at, text in enumerate(texts) if text.strip() and not comments[at]), len(texts))
    marked = [at for at in range(first, len(texts)) if comments[at]]
    if len(marked) > max(2, 0.2 * (len(texts) - first)):
        for at in marked:
            comments[at] = False


def _well_log(texts: Sequence[str], comments: list[bool]) -> None:
    """In a log of a well (LAS) everything above the section ~A is about the table."""
    if any(text.startswith("~V") for text in texts):
        section = next((at for at, text in enumerate(texts) if text.startswith("~A")), 0)
        comments[: section + 1] = [True] * (section + 1)


def _best(sample: _Sample, separator: str | None, name: str) -> _Cut:
    """The separator that agrees best with itself, and what it cuts."""
    text = sample.text()
    if separator is not None:
        return _cut(text, separator, sample.cut, name)
    best: _Cut | None = None
    for candidate in _ORDER:
        if candidate not in text:
            continue
        try:
            cut = _cut(text, candidate, sample.cut, "")
        except BadData:
            continue
        if cut.rows and max(map(len, cut.rows)) > 1 and (best is None or cut.score > best.score):
            best = cut
    if best is not None and best.score[0] >= 1.0:
        return best
    words = _cut(text, SPACES, sample.cut, name)
    widths = [len(row) for row in words.rows[words.start :]]
    agree = sum(width == words.width for width in widths) + 1 >= 0.95 * len(widths)
    if words.width > 1 and widths[0] in (words.width, words.width - 1) and agree:
        return words
    return best if best is not None else _cut(text, ",", sample.cut, name)


def _cut(text: str, separator: str, cut: bool, name: str) -> _Cut:
    rows, ends = split_rows(text, separator, name)
    if cut and len(rows) > 2:
        rows.pop()
    rows, ends = rows[:_ROWS], ends[:_ROWS]
    widths = [len(row) for row in rows]
    width = _width(widths)
    start = _start(rows, widths, width, separator)
    own = widths[start:]
    if not own:
        return _Cut(separator, rows, ends, 1, 0, (0.0, 0.0))
    agree = sum(one == width for one in own) / len(own)
    fit = agree + 0.5 * (own[0] == width) + 0.25 * (own[0] == width - 1 > 0) - 0.01 * start if width > 1 else 0.1
    first = next(line for line in text.split("\n") if line.strip())
    return _Cut(separator, rows, ends, width, start, (fit, first.count(separator) if len(widths) == 1 else 0.0))


def _width(widths: Sequence[int]) -> int:
    """Cells of most rows; of those at the end where most lines are titles."""
    if not widths:
        return 1
    mode = Counter(widths[1:] or widths).most_common(1)[0][0]
    tail = len(list(itertools.takewhile(lambda one: one == widths[-1], reversed(widths))))
    return widths[-1] if mode == 1 < widths[-1] and tail >= 2 else mode


def _start(rows: Sequence[Sequence[str]], widths: Sequence[int], width: int, separator: str) -> int:
    """The first row of the table: those above it have fewer cells, and it begins a run of rows that have them all."""
    full = [at for at, one in enumerate(widths) if one == width]
    start = full[0] if full else 0
    if (
        start and widths[start - 1] == width - 1 > 0
    ):  # the header of a table with row names, unless the next row is a header
        below = [rows[at] for at in full[1:]]
        named = _heads(rows[start], below) and not all(unit_like(cell) for cell in rows[start] if cell.strip())
        start -= not named
    titles = widths[:start]
    if start <= 0 or start + 1 >= len(widths):
        return 0
    named = _heads(rows[start], [row for row in rows[start + 1 :] if len(row) == width])
    if all(one == 1 for one in titles) and (width > 1):
        return start
    return start if named and (separator == SPACES or max(titles) < width) else 0


def _heads(row: Sequence[str], body: Sequence[Sequence[str]]) -> bool:
    """Whether a row names columns by the evidence of types: texts where numbers stand below, and no number."""
    kinds = looks(body, len(row))
    return against(row, kinds) > 0 and not any(look(cell) == "number" for cell in row)


def _padded(cut: _Cut) -> int:
    """Titles that a spreadsheet padded to the full width: one cell, above a header."""
    count = 0
    while count + 2 < len(cut.rows) - cut.start and count < 10:
        row, below = cut.rows[cut.start + count], cut.rows[cut.start + count + 1]
        filled = sum(bool(cell.strip()) for cell in row)
        rest = [one for one in cut.rows[cut.start + count + 1 :] if len(one) == cut.width]
        if cut.width < 2 or filled != 1 or len(row) != cut.width or not any(look(cell) == "text" for cell in row):
            break
        if not (_heads(below, rest[1:]) or _lone(below, rest, cut.width)):
            break
        count += 1
    return count


def _lone(row: Sequence[str], rest: Sequence[Sequence[str]], width: int) -> bool:
    """Whether a row is one more padded title."""
    return sum(bool(cell.strip()) for cell in row) == 1 and len(row) == width and len(rest) > 2


# -- header and units -------------------------------------------------------------------------------------------------------


def _named_above(
    sample: _Sample, cut: _Cut, head: Sequence[str], body: Sequence[Sequence[str]], end: int
) -> tuple[int, tuple[str, ...]] | None:
    """A header behind a comment sign: the last comment above the rows with a name for each column, where the first row is none."""
    found = []
    for at in range(end):
        if not sample.comments[at] or _STATED.match(sample.texts[at]):
            continue
        bare = SIGN.sub("", _LETTER.sub("", sample.texts[at].rstrip("\n\r"), count=1), count=1)
        cells, _ = split_rows(bare, cut.separator, "")
        names = tuple(cell.strip() for cell in cells[0]) if cells else ()
        if len(names) == cut.width > 0 and all(names) and len(set(names)) == len(names):
            found.append((at, names))
    found = [one for one in found if not any(look(cell) == "number" for cell in one[1])]
    if not found:
        return None
    at, names = found[-1]
    if len(found) > 1 and sum(map(unit_like, names)) * 2 > len(names) and found[-2][0] == at - 1:
        at, names = found[-2]
    rows = [head, *body]
    if _heads(head, body):
        return None  # the first row names them itself
    if fits(head, looks(rows, cut.width)) or not _is_header(list(head), body):
        return at, names
    tight = re.match(r"\s*(#+|%+)\S", sample.texts[at])  # texts only: "#name" is a header, "# a remark" is none
    return (at, names) if tight else None


def _units(head: Sequence[str], body: Sequence[Sequence[str]]) -> int:
    """How many rows below the header hold units, types or descriptions: texts where the rows below them have numbers."""
    count = 0
    while count < 2 and len(body) - count >= 3:
        row, rest = body[count], body[count + 1 :]
        kinds = looks(rest[1:] if count == 0 and len(rest) > 3 else rest, len(row))
        numeric = [at for at, kind in enumerate(kinds) if kind in ("number", "date")]
        texts = [at for at in numeric if look(row[at]) == "text"]
        if not texts or fits(row, kinds) or any(look(head[at]) == "number" for at in range(len(head))):
            break
        again = any(
            kind == "text" and row[at].strip() and any(row[at] == one[at] for one in rest)
            for at, kind in enumerate(kinds)
        )
        units = all(unit_like(row[at]) for at in texts)
        if (again or len(numeric) == 1) and not units:
            break
        count += 1
    return count


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
