"""Bytes to UTF-8 text with one kind of line ending, and the facts about its lines."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

import numpy as np

from mmexplore.errors import BadData
from mmexplore.tabular.limits import MAX_BYTES, MAX_LINE
from mmexplore.tabular.notes import Notes

_STEP = 1 << 24
_BOMS = (  # longest first: the UTF-32 mark begins with the UTF-16 one
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1a\x1b")) + b"\x7f"


@dataclass(frozen=True)
class Lines:
    """Facts about the lines of a text.

    Attributes:
        count: lines, the last one with or without an end.
        longest: bytes of the longest.
        blank: whether some line is empty.
    """

    count: int
    longest: int
    blank: bool


def to_utf8(data: bytes, name: str, notes: Notes) -> bytes:
    """The text as UTF-8 without byte order mark; `BadData` if it is no text."""
    encoding = next((coding for bom, coding in _BOMS if data.startswith(bom)), None)
    if encoding == "utf-8":
        data = data[3:]
        notes.add("a byte order mark in front was skipped")
    elif encoding is None:
        encoding = _wide(data) or "utf-8"
    if encoding != "utf-8":
        data = _transcode(data, encoding, name)
        notes.add(f"read as {encoding.upper()}")
    if (zero := data.find(0)) >= 0:
        raise BadData(
            f"{name} is not text: byte {zero + 1:,} (line {_line(data, zero):,}) is zero (NUL). "
            "Allowed: delimited text; save it again as CSV in UTF-8"
        )
    if encoding == "utf-8" and (bad := _not_utf8(data)) is not None:
        data = _from_latin(data, bad, name, notes)
    if data.count(b"\r") != data.count(b"\r\n"):  # old Macs, and files from several systems joined
        data = re.sub(rb"\r+\n?", b"\n", data)
    return data[:-1] if data.endswith(b"\x1a") else data  # the end-of-file mark of DOS


def lines_of(data: bytes, name: str) -> Lines:
    """Count the lines; a line beyond `MAX_LINE` is refused."""
    count = longest = begin = 0
    blank = False
    array = np.frombuffer(data, np.uint8)
    for start in range(0, len(array), _STEP):
        ends = np.flatnonzero(array[start : start + _STEP] == 10) + start
        if not len(ends):
            continue
        lengths = np.diff(ends, prepend=begin - 1) - 1
        if int(lengths.max()) > MAX_LINE:
            _refuse_line(name, count + int(np.argmax(lengths > MAX_LINE)) + 1, int(lengths.max()))
        longest = max(longest, int(lengths.max()))
        blank = blank or bool((lengths == 0).any()) or b"\n\r\n" in data[start : start + _STEP]
        count, begin = count + len(ends), int(ends[-1]) + 1
    last = len(array) - begin
    if last > MAX_LINE:
        _refuse_line(name, count + 1, last)
    return Lines(count + (last > 0), max(longest, last), blank)


def full_lines(data: bytes, first: int) -> np.ndarray:
    """Numbers of the lines that are not empty, counted from `first`."""
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == 10)
    ends = np.append(ends, len(data))
    starts = np.append(0, ends[:-1] + 1)
    lengths = ends - starts
    carriage = np.zeros(len(ends), dtype=bool)
    single = np.flatnonzero(lengths == 1)
    carriage[single] = np.frombuffer(data, np.uint8)[starts[single]] == 13
    return (np.flatnonzero((lengths > 0) & ~carriage) + first).astype(np.int32)


def _refuse_line(name: str, number: int, length: int) -> None:
    raise BadData(
        f"{name}, line {number:,} has {length:,} bytes; allowed: {MAX_LINE:,}. Is it a table with a line for each row?"
    )


def _wide(data: bytes) -> str | None:
    """UTF-16 without its mark: every other byte of plain text is zero."""
    head = np.frombuffer(data[:2000], np.uint8)
    if len(head) < 8 or len(data) % 2:
        return None
    even, odd = float((head[::2] == 0).mean()), float((head[1::2] == 0).mean())
    if odd > 0.6 and even < 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > 0.6 and odd < 0.1 else None


def _transcode(data: bytes, encoding: str, name: str) -> bytes:
    decoder = codecs.getincrementaldecoder(encoding)()
    out = bytearray()
    try:
        for start in range(0, len(data), _STEP):
            out += decoder.decode(data[start : start + _STEP], start + _STEP >= len(data)).encode()
            if len(out) > MAX_BYTES:
                raise BadData(f"{name} has more than {MAX_BYTES:,} bytes as UTF-8; allowed: {MAX_BYTES:,}")
    except UnicodeError as error:
        raise BadData(
            f"{name} begins like {encoding.upper()} but is not ({error.args[-1]}); save it as UTF-8"
        ) from None
    text = bytes(out)
    return text[3:] if text.startswith(codecs.BOM_UTF8) else text


def _not_utf8(data: bytes) -> int | None:
    """Where the text stops being UTF-8, if it does."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    for start in range(0, len(data), _STEP):
        pending = len(decoder.getstate()[0])
        try:
            decoder.decode(data[start : start + _STEP], start + _STEP >= len(data))
        except UnicodeDecodeError as error:
            return start - pending + error.start
    return None


def _from_latin(data: bytes, bad: int, name: str, notes: Notes) -> bytes:
    """Western text of one byte a letter, as older programs write it."""
    line = _line(data, bad)
    for start in range(0, len(data), _STEP):
        controls = len(data[start : start + _STEP]) - len(data[start : start + _STEP].translate(None, _CONTROL))
        if controls:
            raise BadData(
                f"{name} is not text: byte {bad + 1:,} (line {line:,}) is not UTF-8, and it holds control characters. "
                "Allowed: delimited text; save it again as CSV in UTF-8"
            )
    out = bytearray()
    for start in range(0, len(data), _STEP):
        out += _windows(data[start : start + _STEP])
    if len(out) > 2 * MAX_BYTES:
        raise BadData(f"{name} has more than {2 * MAX_BYTES:,} bytes as UTF-8; save it as UTF-8 and split it")
    notes.add(
        f"not UTF-8 (line {line:,}): read as Windows-1252 (Latin-1), as older programs write it; if accents look wrong, "
        "save the file as UTF-8"
    )
    return bytes(out)


def _windows(piece: bytes) -> bytes:
    try:
        return piece.decode("cp1252").encode()
    except UnicodeDecodeError:  # five bytes mean nothing there
        return piece.decode("latin-1").encode()


def _line(data: bytes, position: int) -> int:
    return data.count(b"\n", 0, position) + 1
