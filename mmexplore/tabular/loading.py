"""`load`: one way in for every file."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from mmexplore.errors import BadData
from mmexplore.tabular.absent import Words
from mmexplore.tabular.assemble import assemble
from mmexplore.tabular.cells import Decimal, typed
from mmexplore.tabular.dataset import Dataset
from mmexplore.tabular.formats import recognise
from mmexplore.tabular.limits import MAX_BYTES
from mmexplore.tabular.notes import Notes
from mmexplore.tabular.reading import Reading
from mmexplore.tabular.safe import clean_name
from mmexplore.tabular.turns import turn
from mmexplore.tabular.unpack import gunzip

_KNOWN = {
    "text": (".csv", ".tsv", ".txt", ".tab", ".dat", ".data", ".psv", ".gz", ""),
    "parquet": (".parquet", ".pq", ".gz", ""),
    "npy": (".npy", ".gz", ""),
    "npz": (".npz", ".gz", ""),
}
_CALLED = {"text": "delimited text", "parquet": "Parquet", "npy": "NPY", "npz": "NPZ"}


def load(
    source: bytes | str | Path,
    name: str | None = None,
    *,
    separator: str | None = None,
    decimal: Decimal | None = None,
    header: bool | None = None,
    read_as: str = "auto",
    na: str = "",
    not_na: str = "",
) -> Dataset:
    """Read a file of rows or of a probability table: delimited text, Parquet, NPZ or NPY, any of them also with gzip.

    What the file does not say is told from its content, and every such decision is in the notes; nothing in it is executed,
    unpickled or written to disk.

    Args:
        source: the bytes of an uploaded file, or a path.
        name: of the file (default: the path's); messages call it so, on one line and cut where it is long.
        separator, decimal, header: of delimited text, where the guess would be wrong.
        read_as: ``"rows"``, one sample a line, or ``"cells"``, one cell of a table of probabilities or counts a line; by itself, see
            `mmexplore.tabular.reading`.
        na: words and numbers that count as missing beside the usual words, with commas: ``"-999, age=99"``.
        not_na: words that are labels though they look missing: ``"NA"``.

    Raises:
        BadData: in a sentence, what is wrong, where, and what to do.

    >>> load(b"a;b\\n1,5;x\\n2;y\\n").frame["a"].tolist()
    [1.5, 2.0]
    """
    reading = Reading(read_as=read_as, na=na, not_na=not_na)
    file = name or (Path(source).name if isinstance(source, str | Path) else "")
    data, name = _bytes(source, name)
    content = [data]
    del data  # it goes as soon as it is read, where nobody else keeps it
    with turn(content[0], name):
        loaded = _load(content.pop(), name, Words(reading.words()), separator, decimal, header, read_as)
    return dataclasses.replace(loaded, file=file)


def _load(
    data: bytes,
    name: str,
    words: Words,
    separator: str | None,
    decimal: Decimal | None,
    header: bool | None,
    read_as: str,
) -> Dataset:
    """The data set in the bytes of a file."""
    notes = Notes()
    digest = hashlib.sha256(data).hexdigest()
    if separator is not None and (len(separator) != 1 or separator in '"\n\r' or ord(separator) > 126):
        raise BadData(f"the separator is {separator[:20]!r}; allowed: one character, no quote")
    if decimal not in (None, ".", ","):
        raise BadData(f"the decimal mark is {str(decimal)[:20]!r}; allowed: . or ,")
    form = recognise(data, name)
    if form == "gzip":
        data = gunzip(data, name)
        notes.add(f"unpacked with gzip to {len(data):,} bytes")
        form = recognise(data, name)
        if form == "gzip":
            raise BadData(f"{name} is packed with gzip twice; unpack it once")
    _tell_format(form, name, notes)
    given = None
    lines = None
    widths = None
    try:
        if form == "parquet":
            from mmexplore.tabular.parquet import read_parquet

            titles, values = read_parquet(data, name, notes, words)
        elif form in ("npy", "npz"):
            from mmexplore.tabular import arrays

            if form == "npy":
                titles, values = arrays.read_npy(data, name, notes, words)
            else:
                titles, values, given, widths = arrays.read_npz(data, name, notes, words)
        else:
            from mmexplore.tabular.delimited import read_delimited

            texts = read_delimited(data, name, notes, separator, header)
            del data
            titles, lines = list(texts.names), texts.lines
            where = _place(lines)
            values = typed(texts.names, texts.columns, notes, texts.separator, decimal, where, words)
            del texts
    except (MemoryError, RecursionError):
        raise BadData(f"{name} takes more memory than there is; give fewer rows or columns") from None
    return assemble(
        name,
        titles,
        values,
        notes,
        sha256=digest,
        lines=lines,
        given=given,
        arrays=widths,
        read_as=read_as,
        words=words,
    )


def _place(lines: Sequence[int] | None) -> Callable[[int], str]:
    def where(row: int) -> str:
        return f"row {row + 1:,}" if lines is None else f"line {int(lines[row]):,}"

    return where


def _bytes(source: bytes | str | Path, name: str | None) -> tuple[bytes, str]:
    """Content and name; a file beyond the limit is not read."""
    if isinstance(source, (bytes, bytearray, memoryview)):
        data, name = bytes(source), clean_name(name or "the file")
    else:
        path = Path(source)
        name = clean_name(name or path.name or str(path))
        try:
            if path.exists() and not path.is_file():
                raise BadData(f"cannot read {str(source)[:200]!r}: it is no file; allowed: a file of data")
            size = path.stat().st_size
            data = b"" if size > MAX_BYTES else path.read_bytes()
        except (OSError, ValueError) as error:
            if isinstance(error, BadData):
                raise
            reason = getattr(error, "strerror", None) or str(error)
            raise BadData(f"cannot read {str(source)[:200]!r}: {reason}") from None
        if size > MAX_BYTES:
            raise BadData(
                f"{name} has {size:,} bytes; allowed: {MAX_BYTES:,}. Take a random part of its rows, or pack it as Parquet"
            )
    if len(data) > MAX_BYTES:
        raise BadData(
            f"{name} has {len(data):,} bytes; allowed: {MAX_BYTES:,}. Take a random part of its rows, or pack it as Parquet"
        )
    if not data:
        raise BadData(f"{name} is empty (0 bytes); allowed: a header line and rows below it")
    return data, name


def _tell_format(form: Literal["text", "gzip", "parquet", "npy", "npz"], name: str, notes: Notes) -> None:
    suffix = Path(name).suffix.lower()
    if suffix not in _KNOWN[form] and suffix in {known for all_ in _KNOWN.values() for known in all_}:
        notes.add(f"its name ends in {suffix}, but it is {_CALLED[form]} and was read as that")
