"""NPY and NPZ files: the header of each array is read and checked before its memory is taken; nothing is unpickled."""

from __future__ import annotations

import ast
import io
import operator
import re
import zipfile
import zlib
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from mmexplore.errors import BadData
from mmexplore.tabular.absent import Words
from mmexplore.tabular.assemble import check_size
from mmexplore.tabular.cells import encoded, labels, typed
from mmexplore.tabular.dataset import Roles
from mmexplore.tabular.formats import zip_names
from mmexplore.tabular.limits import MAX_BYTES, MAX_MEMBERS, MAX_UNPACKED
from mmexplore.tabular.notes import Notes
from mmexplore.tabular.safe import clean_name, listed, quoted

if TYPE_CHECKING:
    import pyarrow

_MAX_HEADER = 100_000  # bytes: room for a structured type of some thousand fields
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_ROLES = ("x1", "x2", "y")


@dataclass(frozen=True)
class _Header:
    shape: tuple[int, ...]
    fortran: bool
    dtype: np.dtype[Any]

    @property
    def size(self) -> int:
        """Bytes of the array, in exact integers."""
        cells = 1
        for side in self.shape:
            cells *= side
        return cells * self.dtype.itemsize


def read_npy(data: bytes, name: str, notes: Notes, words: Words) -> tuple[list[str], list[Any]]:
    """Columns of one array."""
    stream = io.BytesIO(data)
    header = _header(stream, name, "the array")
    _check(header, len(data) - stream.tell(), name, "the array")
    check_size(name, header.shape[0], _width(header))
    array = _body(stream, header, name, "the array")
    titles = _titles("column", header, plain=True)
    notes.add(f"an array of shape {_shape(header)}; its columns are called {listed(titles, 2)}")
    return titles, _columns(array, titles, notes, words)


def read_npz(
    data: bytes, name: str, notes: Notes, words: Words
) -> tuple[list[str], list[Any], Roles | None, dict[str, int]]:
    """Columns of all arrays, the roles if the arrays are called x1, x2 and y, and how many columns each array has."""
    members = [member for member in zip_names(data, name) if member.endswith(".npy")]
    if len(members) > MAX_MEMBERS:
        raise BadData(
            f"{name} has {len(members):,} arrays; allowed: {MAX_MEMBERS:,}. Put columns side by side in one array"
        )
    if len(set(members)) < len(members):
        raise BadData(f"{name} holds two arrays of one name; allowed: different names")
    keys = [member.removesuffix(".npy") for member in members]
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            headers = {}
            for key, member in zip(keys, members, strict=True):
                with archive.open(member) as stream:
                    headers[key] = _header(stream, name, f"array {quoted(key)}")
                    _check(
                        headers[key], archive.getinfo(member).file_size - stream.tell(), name, f"array {quoted(key)}"
                    )
            _check_together(headers, name)
            titles: list[str] = []
            values: list[Any] = []
            parts: dict[str, tuple[str, ...]] = {}
            for key, member in zip(keys, members, strict=True):
                with archive.open(member) as stream:
                    header = _header(stream, name, f"array {quoted(key)}")
                    array = _body(stream, header, name, f"array {quoted(key)}")
                own = _titles(clean_name(key) or "array", header)
                parts[key] = tuple(own)
                titles += own
                values += _columns(array, own, notes, words)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        NotImplementedError,
        RuntimeError,
        KeyError,
        ValueError,
    ) as error:
        if isinstance(error, BadData):
            raise
        raise BadData(f"{name} is a damaged NPZ file ({str(error)[:160]}); save it again with numpy.savez") from None
    notes.add("arrays: " + listed([f"{quoted(key, 30)} {_shape(header)}" for key, header in headers.items()], 8))
    return titles, values, _roles(parts, notes), {key: len(own) for key, own in parts.items()}


def _roles(parts: dict[str, tuple[str, ...]], notes: Notes) -> Roles | None:
    folded = {key.casefold(): columns for key, columns in parts.items()}
    if set(_ROLES) <= set(folded):
        x1, x2, y = (folded[role] for role in _ROLES)
        others = [quoted(key) for key in parts if key.casefold() not in _ROLES]
        if others:
            notes.add(
                f"its arrays {listed(others, 8)} play no part beside x1, x2 and y: choose them, or look at all pairs"
            )
        return Roles(x1, x2, y, "the file's arrays are called x1, x2 and y")
    notes.add(
        f"its arrays are called {listed(list(map(quoted, parts)), 8)}, not x1, x2 and y: each is a group of columns, choose which is which"
    )
    return None


def _header(stream: IO[bytes], name: str, what: str) -> _Header:
    """The header of one array: a Python literal of bounded length, never evaluated as code. No data are read."""
    try:
        version = np.lib.format.read_magic(stream)
        if version not in ((1, 0), (2, 0), (3, 0)):
            raise ValueError(f"version {version} of the format")
        size = int.from_bytes(stream.read(2 if version == (1, 0) else 4), "little")
        if not 0 < size <= _MAX_HEADER:
            raise ValueError(f"{size:,} bytes long; allowed: {_MAX_HEADER:,}")
        text = stream.read(size).decode("utf-8" if version == (3, 0) else "latin-1")
        if "\\" in text or re.search(r"\d[^\W\d]", _QUOTED.sub("", text)):  # Python warns of it; 10L of Python 2
            raise ValueError("not in the notation of NumPy for Python 3")
        said = ast.literal_eval(text.strip())
        dtype = np.lib.format.descr_to_dtype(said["descr"])
        shape = tuple(operator.index(side) for side in said["shape"])
        return _Header(shape, bool(said["fortran_order"]), dtype)
    except Exception as error:  # damage may raise anything: SyntaxError, TypeError, RecursionError, ...
        reason = " ".join(str(error).split())[:120]
        raise BadData(f"{name}: {what} has a damaged header ({reason}); save it again with numpy.save") from None


def _check(header: _Header, available: int, name: str, what: str) -> None:
    """Refuse an array by its header alone."""
    dtype = header.dtype
    if dtype.hasobject:
        raise BadData(
            f"{name}: {what} holds Python objects, which could run code and are never opened; allowed: numbers, truth "
            "values and text. Save it as such, for example with array.astype(float) or astype(str)"
        )
    if any(kind not in "biufUSM" for kind in _kinds(dtype)):
        what_not = "complex numbers" if dtype.kind == "c" else f"values of type {str(dtype)[:40]}"
        advice = "; give real and imaginary parts as two columns" if dtype.kind == "c" else ""
        raise BadData(f"{name}: {what} holds {what_not}; allowed: real numbers, truth values and text{advice}")
    if any(side < 0 for side in header.shape):
        raise BadData(f"{name}: {what} claims the shape {_shape(header)}; allowed: sides from 1 up")
    if len(header.shape) not in (1, 2):
        raise BadData(
            f"{name}: {what} has {len(header.shape)} dimensions, shape {_shape(header)}; allowed: (rows,) or (rows, "
            "columns). Flatten each sample to a row: array.reshape(len(array), -1)"
        )
    if 0 in header.shape:
        raise BadData(f"{name}: {what} is empty, shape {_shape(header)}; allowed: at least 2 rows and 1 column")
    check_size(f"{name}: {what}", header.shape[0], _width(header))
    if dtype.kind in "US" and dtype.itemsize == 0:
        raise BadData(f"{name}: {what} holds texts of no length; allowed: numbers, truth values and text")
    most = _most(header)
    if header.size > most or dtype.itemsize > 100_000:
        raise BadData(f"{name}: {what} would take {header.size:,} bytes; allowed: {most:,}")
    if header.size > available:
        raise BadData(
            f"{name}: {what} claims {header.size:,} bytes, shape {_shape(header)}, but the file holds {max(available, 0):,} "
            "of them; it is cut short: save or download it again"
        )


def _check_together(headers: dict[str, _Header], name: str) -> None:
    rows = {key: header.shape[0] for key, header in headers.items()}
    if len(set(rows.values())) > 1:
        shown = listed([f"{quoted(key, 30)} has {n:,}" for key, n in rows.items()], 8)
        raise BadData(
            f"{name}: its arrays differ in their number of rows: {shown}; allowed: one row of each for every sample"
        )
    check_size(name, next(iter(rows.values())), sum(map(_width, headers.values())))
    total = sum(header.size for header in headers.values())
    texts = sum(header.size for header in headers.values() if _most(header) == MAX_BYTES)
    if total > MAX_UNPACKED or texts > MAX_BYTES:
        raise BadData(f"{name} unpacks to {total:,} bytes; allowed: {MAX_UNPACKED:,}, of them {MAX_BYTES:,} of text")


def _most(header: _Header) -> int:
    """Bytes that an array may take: text is worth more in memory than in the file."""
    return MAX_BYTES if set(_kinds(header.dtype)) & {"U", "S"} else MAX_UNPACKED


def _body(stream: IO[bytes], header: _Header, name: str, what: str) -> np.ndarray:
    """Exactly the bytes that the header announced."""
    content = stream.read(header.size)
    if len(content) != header.size:
        raise BadData(f"{name}: {what} is cut short: {len(content):,} of {header.size:,} bytes; save it again")
    array = np.frombuffer(content, header.dtype)
    return array.reshape(header.shape, order="F" if header.fortran else "C")


def _columns(array: np.ndarray, titles: list[str], notes: Notes, words: Words) -> list[Any]:
    if array.dtype.names:
        parts = [array[field] for field in array.dtype.names]
    else:
        parts = [array] if array.ndim == 1 else list(array.T)
    return [_values(title, part, notes, words) for title, part in zip(titles, parts, strict=True)]


def _values(title: str, part: np.ndarray, notes: Notes, words: Words) -> Any:
    """One column as the frame holds it."""
    import pyarrow as pa

    kind = part.dtype.kind
    if kind == "b":
        return np.frombuffer(np.ascontiguousarray(part).tobytes(), np.uint8) != 0
    if kind == "i" or (kind == "u" and (part.dtype.itemsize < 8 or int(part.max()) < 2**63)):
        return part.astype(np.int64)
    if kind == "f":
        with np.errstate(over="ignore"):
            return part.astype(np.float64)
    if kind == "M":
        return part.astype("datetime64[us]")
    if kind == "u":
        coded = encoded(pa.chunked_array([pa.array(part)]), title, words)
        words.count_labels(title, len(coded.dictionary))
        return labels(coded.dictionary.cast(pa.string()), coded.indices.to_numpy())
    return typed((title,), [pa.chunked_array([_strings(title, part)])], notes, words=words)[0]


def _strings(title: str, part: np.ndarray) -> pyarrow.Array:
    """Fixed-width text as Arrow strings; NumPy itself does not look whether it is valid."""
    import pyarrow as pa

    part = np.ascontiguousarray(part)
    if part.dtype.kind == "U":
        part = part.astype(part.dtype.newbyteorder("="))
        points = part.view(np.uint32)
        if ((points > 0x10FFFF) | ((points >= 0xD800) & (points < 0xE000))).any():
            raise BadData(f"column {quoted(title)} holds text that is no Unicode; save it again")
        return pa.array(part, pa.string())
    try:
        return pa.array(part, pa.binary()).cast(pa.string())
    except pa.ArrowInvalid:
        return pa.array([bytes(cell).decode("latin-1") for cell in part.tolist()], pa.string())


def _titles(prefix: str, header: _Header, *, plain: bool = False) -> list[str]:
    if header.dtype.names:
        return list(header.dtype.names) if plain else [f"{prefix}_{field}" for field in header.dtype.names]
    if plain:
        return [f"column {k + 1}" for k in range(_width(header))]
    return [prefix] if len(header.shape) == 1 else [f"{prefix}_{k}" for k in range(header.shape[1])]


def _kinds(dtype: np.dtype[Any]) -> str:
    """Kinds of the fields of a structured type, or its one kind; fields inside fields are void."""
    if dtype.names:
        return "".join(dtype[field].kind for field in dtype.names)
    return dtype.kind


def _width(header: _Header) -> int:
    if header.dtype.names:
        return len(header.dtype.names) * (header.shape[1] if len(header.shape) == 2 else 1)
    return header.shape[1] if len(header.shape) == 2 else 1


def _shape(header: _Header) -> str:
    return f"({', '.join(f'{side:,}' for side in header.shape)}{',' * (len(header.shape) == 1)})"
