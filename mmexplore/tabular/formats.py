"""What a file is, by its first bytes: its name is only what somebody called it."""

from __future__ import annotations

import re
from typing import Literal

from mmexplore.errors import BadData
from mmexplore.tabular.limits import MAX_DIRECTORY

Format = Literal["text", "gzip", "parquet", "npy", "npz"]

_AS_CSV = "open it there and save it as CSV (UTF-8)"
_FOREIGN = (  # first bytes, what it is, what to do
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel or Office file (.xls, .doc)", _AS_CSV),
    (b"\x89PNG", "a PNG picture", "give the table behind it"),
    (b"\xff\xd8\xff", "a JPEG picture", "give the table behind it"),
    (b"GIF8", "a GIF picture", "give the table behind it"),
    (b"%PDF", "a PDF document", "copy its table into a CSV"),
    (b"{\\rtf", "an RTF document", "copy its table into a CSV"),
    (b"BZh", "packed with bzip2", "unpack it, or pack it with gzip"),
    (b"\xfd7zXZ", "packed with xz", "unpack it, or pack it with gzip"),
    (b"\x28\xb5\x2f\xfd", "packed with zstd", "unpack it, or pack it with gzip"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "unpack it and give the table in it"),
    (b"Rar!", "a RAR archive", "unpack it and give the table in it"),
    (b"SQLite format 3", "an SQLite database", "export one table as CSV"),
    (b"\x89HDF", "an HDF5 file", "save its arrays as NPZ or CSV"),
    (b"MATLAB 5.0", "a MATLAB file", "save its arrays as NPZ or CSV"),
    (b"ARROW1", "an Arrow (Feather) file", "save it as Parquet"),
    (b"ORC", "an ORC file", "save it as Parquet"),
    (b"PARE", "an encrypted Parquet file", "save it without encryption"),
    (b"$FL2", "an SPSS file", "save it as CSV"),
    (b"<stata_dta>", "a Stata file", "save it as CSV"),
    (b"RDX", "an R data file", "write it with write.csv"),
    (b"\x7fELF", "a program, not text", "give a table"),
    (b"MZ\x90", "a program, not text", "give a table"),
)
_MARKUP = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(!doctype\s+html|html|head|body|table|\?xml|svg|!--)", re.I)
_JSON = re.compile(rb'\s*(?:\xef\xbb\xbf)?\s*(\{\s*("|\}|\{)|\[\s*(\{|\[|"[^"]*"\s*,|-?\d[\d.eE+-]*\s*,|\]))')
_ALLOWED = "CSV, TSV or other delimited text, also with gzip; Parquet; NPZ; NPY"


def recognise(data: bytes, name: str) -> Format:
    """The format of a file's bytes; `BadData` names what it is if it is none that can be read."""
    if data.startswith(b"\x1f\x8b"):
        return "gzip"
    if data.startswith(b"PAR1"):
        return "parquet"
    if data.startswith(b"\x93NUMPY"):
        return "npy"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip(data, name)
    for first, what, advice in _FOREIGN:
        if data.startswith(first):
            raise BadData(f"{name} is {what}; {advice}. Allowed: {_ALLOWED}")
    if data.startswith(b"\x80") and data[1:2] in b"\x02\x03\x04\x05" and data.rstrip().endswith(b"."):
        raise BadData(f"{name} is a Python pickle, which could run code and is never opened; save it as CSV or NPZ")
    head = data[:4096]
    if _MARKUP.match(head):
        raise BadData(f"{name} is HTML or XML, not a table (a web page saved in its place?); download the file itself")
    if _JSON.match(head):
        raise BadData(f"{name} is JSON; convert its records to CSV. Allowed: {_ALLOWED}")
    return "text"


def _zip(data: bytes, name: str) -> Format:
    """NPZ, or `BadData` that says which archive it is."""
    members = zip_names(data, name)
    if any(member.startswith("xl/") for member in members):
        raise BadData(f"{name} is an Excel workbook (.xlsx); {_AS_CSV}. Allowed: {_ALLOWED}")
    if any(member.startswith(("word/", "ppt/")) for member in members) or "mimetype" in members:
        raise BadData(f"{name} is an Office document; {_AS_CSV}. Allowed: {_ALLOWED}")
    if not any(member.endswith(".npy") for member in members):
        raise BadData(f"{name} is a zip archive; unpack it and give the table in it. Allowed: {_ALLOWED}")
    return "npz"


def zip_names(data: bytes, name: str) -> list[str]:
    """Members of a zip; its list is read whole, so its length is looked at first."""
    import io
    import zipfile

    tail = data[-70_000:]
    for ending in re.finditer(b"PK\x05\x06", tail):
        size = int.from_bytes(tail[ending.start() + 12 : ending.start() + 16], "little")
        if MAX_DIRECTORY < size <= max(len(data), 0xFFFFFFFF):
            raise BadData(f"{name} is a zip with a list of {size:,} bytes of members; allowed: {MAX_DIRECTORY:,}")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, UnicodeError, EOFError) as error:
        raise BadData(f"{name} is a zip that is damaged or cut short ({error}); download or save it again") from None
