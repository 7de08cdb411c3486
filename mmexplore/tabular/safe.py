"""Text from a file, made harmless where another program will read it.

A spreadsheet takes a cell that begins with one of ``= + - @``, a tab or a carriage return for a formula and may run it
(OWASP, "CSV Injection"); an apostrophe in front makes it text. Numbers keep their sign.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from mmexplore.tabular.limits import MAX_NAME

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_cell(text: object) -> str:
    """One cell of an exported CSV: text that a spreadsheet would run gets an apostrophe in front.

    >>> csv_cell("=1+1"), csv_cell("-0.5"), csv_cell("plain")
    ("'=1+1", '-0.5', 'plain')
    """
    cell = str(text)
    if cell.lstrip(" \u00a0").startswith(_FORMULA) and not _is_number(cell):
        return "'" + cell
    return cell


def csv_text(rows: Iterable[Iterable[object]]) -> str:
    """Rows as CSV text; None is an empty cell, and no cell is a formula to a spreadsheet.

    >>> csv_text([("name", "value"), ("=x", None)])
    "name,value\\n'=x,\\n"
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for row in rows:
        writer.writerow(["" if cell is None else csv_cell(cell) for cell in row])
    return out.getvalue()


def clean_name(text: object) -> str:
    """A column's name: one line, no control characters, at most `MAX_NAME` characters.

    >>> clean_name(" dose\\n(mg) ")
    'dose (mg)'
    """
    words = str(text)[: 4 * MAX_NAME]
    printable = "".join(character if character.isprintable() else " " for character in words)
    name = " ".join(printable.split())
    return name if len(name) <= MAX_NAME else name[: MAX_NAME - 1] + "…"


def quoted(text: object, width: int = 40) -> str:
    """Text of a file inside a sentence: quoted, on one line, cut to `width` characters."""
    words = str(text)
    return repr(words if len(words) <= width else words[: width - 1] + "…")


def listed(names: list[str] | tuple[str, ...], most: int = 20) -> str:
    """Names side by side, the first `most` of them."""
    return ", ".join(names[:most]) + (f", ... ({len(names):,} in all)" if len(names) > most else "")


def _is_number(cell: str) -> bool:
    if cell[:1] in "\t\r\n":
        return False
    try:
        float(cell)
    except ValueError:
        return False
    return True
