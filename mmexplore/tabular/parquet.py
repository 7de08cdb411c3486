"""Parquet files: what the footer announces is checked first, and text is read as codes into a dictionary.

A few bytes of Parquet can stand for a huge column (one long text, a million times); read as dictionary codes it stays as
small in memory as in the file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from mmexplore.errors import BadData
from mmexplore.tabular.absent import Words
from mmexplore.tabular.assemble import check_size
from mmexplore.tabular.cells import typed
from mmexplore.tabular.limits import MAX_CHUNKS, MAX_FOOTER, MAX_LABELS, MAX_UNPACKED
from mmexplore.tabular.notes import Notes
from mmexplore.tabular.pages import unpacked_bytes
from mmexplore.tabular.safe import listed, quoted

if TYPE_CHECKING:
    import pyarrow

_PIECE = 1 << 19  # rows whose different texts are counted at a time
_ENDING = 8  # bytes behind the footer: its length and PAR1


def read_parquet(data: bytes, name: str, notes: Notes, words: Words) -> tuple[list[str], list[Any]]:
    """Names and values of the flat columns of a Parquet file."""
    import pyarrow as pa
    from pyarrow import parquet

    if len(data) < 12 or not data.endswith(b"PAR1"):
        raise BadData(
            f"{name} is a Parquet file that is cut short: its last bytes are missing; download or save it again"
        )
    try:
        footer = int.from_bytes(data[-_ENDING:-4], "little")
        if footer > MAX_FOOTER:
            raise BadData(
                f"{name} has a footer of {footer:,} bytes; allowed: {MAX_FOOTER:,}. Save it with larger row groups"
            )
        file = parquet.ParquetFile(pa.BufferReader(data))
        schema = file.schema_arrow
        check_size(name, file.metadata.num_rows, len(schema.names))
        chunks = file.metadata.num_row_groups * file.metadata.num_columns
        if chunks > MAX_CHUNKS:
            raise BadData(
                f"{name} has {file.metadata.num_row_groups:,} row groups of {file.metadata.num_columns:,} columns; allowed: {MAX_CHUNKS:,} "
                "together (rows x columns of them). Save it with larger row groups"
            )
        if len(set(schema.names)) < len(schema.names):
            twice = next(title for title in schema.names if schema.names.count(title) > 1)
            raise BadData(f"{name}: two columns are called {quoted(twice, 60)}; names must differ: rename one")
        usable = [field.name for field in schema if _usable(field.type)]
        left_out = [f"{quoted(field.name)} ({str(field.type)[:40]})" for field in schema if not _usable(field.type)]
        if not usable:
            raise BadData(
                f"{name} has no column of numbers, text, dates or truth values; it has {listed(left_out, 5) or 'none'}"
            )
        if left_out:
            notes.add(f"left out, as they hold neither numbers nor labels: {listed(left_out, 5)}")
        if file.metadata.num_rows == 0:
            raise BadData(f"{name} has {len(usable):,} columns but no rows; allowed: at least 2 rows")
        texts = [field.name for field in schema if _is_text(field.type)]
        leaves = _leaves(schema)
        wanted = sorted(leaves[title] for title in usable)
        unpacked_bytes(data, file.metadata, set(wanted), MAX_UNPACKED, name)
        del file
        reader = parquet.ParquetFile(pa.BufferReader(data), read_dictionary=texts)
        many = reader.metadata.num_rows > MAX_LABELS
        for title in texts if many else ():
            _count(reader, leaves[title], title, words)
        table = reader.reader.read_all(
            column_indices=wanted, use_threads=not many
        )  # by place: a dot in a name means a nested column to names
        table.validate(full=True)
        return usable, columns_of(table, notes, words)
    except BadData:
        raise
    except (pa.ArrowException, OSError, ValueError, TypeError, KeyError, OverflowError, MemoryError) as error:
        reason = " ".join(str(error).split())[:160]
        if "DeltaByteArray" in reason or "DELTA" in reason:
            raise BadData(
                f"{name} keeps its text in an encoding (DELTA_BYTE_ARRAY) that a few bytes can make very large and that is not read; save it with "
                "the usual dictionary encoding"
            ) from None
        raise BadData(f"{name} is a damaged Parquet file ({reason}); download or save it again") from None


def _leaves(schema: pyarrow.Schema) -> dict[str, int]:
    """Where the flat columns are among all leaves of the file, those of nested columns among them."""
    found, place = {}, 0
    for field in schema:
        found[field.name] = place
        place += _width(field.type)
    return found


def _width(kind: pyarrow.DataType) -> int:
    """Leaves of a type."""
    import pyarrow as pa

    if pa.types.is_dictionary(kind):
        return _width(kind.value_type)
    if not pa.types.is_nested(kind):
        return 1
    return sum(_width(kind.field(k).type) for k in range(kind.num_fields)) or 1


def _count(reader: Any, leaf: int, title: str, words: Words) -> None:
    """Refuse a column of text with too many different ones, a piece at a time, before all of it is read."""
    import pyarrow as pa
    import pyarrow.compute as pc

    seen = None
    groups = list(range(reader.metadata.num_row_groups))
    for batch in reader.reader.iter_batches(_PIECE, row_groups=groups, column_indices=[leaf], use_threads=False):
        column = batch.column(0)
        new = pc.unique(column.dictionary if pa.types.is_dictionary(column.type) else column)
        seen = new if seen is None else pc.unique(pa.concat_arrays([seen, new]))
        if len(seen) > MAX_LABELS:
            words.count(title, len(seen), seen.nbytes)


def columns_of(table: pyarrow.Table, notes: Notes, words: Words) -> list[Any]:
    """Values of Arrow columns: NumPy arrays and Categoricals."""
    import pyarrow as pa

    out: list[Any] = [None] * table.num_columns
    texts = [k for k, field in enumerate(table.schema) if _is_text(field.type)]
    for k, column in enumerate(table.columns):
        if k not in texts:
            out[k] = _values(column, table.column_names[k], words)
    strings = [_flat(table.column(k)) for k in texts]
    read = typed(tuple(table.column_names[k] for k in texts), strings, notes, words=words)
    for k, values in zip(texts, read, strict=True):
        if not hasattr(values, "categories") and not pa.types.is_null(table.schema.types[k]):
            notes.add(
                f"column {quoted(table.column_names[k])} holds numbers, dates or truth values as text; they are read as such",
                "astext",
            )
        out[k] = values
    return out


def _flat(column: pyarrow.ChunkedArray) -> pyarrow.ChunkedArray:
    """Text under one dictionary; as plain strings where that is small."""
    import pyarrow as pa

    kind = pa.dictionary(pa.int32(), pa.string())
    if pa.types.is_dictionary(column.type):
        column = column.unify_dictionaries().cast(kind)
    return column


def _is_text(kind: pyarrow.DataType) -> bool:
    import pyarrow as pa

    inner = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(inner) or pa.types.is_large_string(inner) or pa.types.is_string_view(inner))


def _usable(kind: pyarrow.DataType) -> bool:
    import pyarrow as pa

    t = pa.types
    plain = (t.is_boolean, t.is_integer, t.is_floating, t.is_decimal, t.is_date, t.is_timestamp, t.is_null)
    inner = kind.value_type if t.is_dictionary(kind) else kind
    return _is_text(kind) or any(is_kind(inner) for is_kind in plain)


def _values(column: pyarrow.ChunkedArray, title: str, words: Words) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    from mmexplore.tabular.cells import encoded, labels

    t = pa.types
    if t.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    kind = column.type
    if t.is_date(kind) or t.is_timestamp(kind):
        return (
            pc.cast(column, pa.timestamp("us", getattr(kind, "tz", None)), safe=False)
            .to_numpy()
            .astype("datetime64[us]")
        )
    if t.is_boolean(kind) and column.null_count:
        coded = column.cast(pa.string()).combine_chunks().dictionary_encode()
        names = pc.replace_substring_regex(pc.utf8_capitalize(coded.dictionary), "", "")
        return labels(names, pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False))
    if t.is_boolean(kind):
        return column.to_numpy()
    if t.is_integer(kind) and not column.null_count:
        if t.is_uint64(kind) and pc.max(column).as_py() >= 2**63:
            coded = encoded(column, title, words)
            words.count_labels(title, len(coded.dictionary))
            return labels(coded.dictionary.cast(pa.string()), coded.indices.to_numpy())
        return column.cast(pa.int64()).to_numpy()
    return column.cast(pa.float64(), safe=False).to_numpy().astype(np.float64)
