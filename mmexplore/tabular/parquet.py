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
from mmexplore.tabular.limits import MAX_BYTES
from mmexplore.tabular.notes import Notes
from mmexplore.tabular.safe import listed, quoted

if TYPE_CHECKING:
    import pyarrow

_UNPACKED = 4 * MAX_BYTES


def read_parquet(data: bytes, name: str, notes: Notes, words: Words) -> tuple[list[str], list[Any]]:
    """Names and values of the flat columns of a Parquet file."""
    import pyarrow as pa
    from pyarrow import parquet

    if len(data) < 12 or not data.endswith(b"PAR1"):
        raise BadData(
            f"{name} is a Parquet file that is cut short: its last bytes are missing; download or save it again"
        )
    try:
        file = parquet.ParquetFile(pa.BufferReader(data))
        schema = file.schema_arrow
        check_size(name, file.metadata.num_rows, len(schema.names))
        claimed = sum(file.metadata.row_group(k).total_byte_size for k in range(file.metadata.num_row_groups))
        if claimed > _UNPACKED:
            raise BadData(f"{name} unpacks to {claimed:,} bytes; allowed: {_UNPACKED:,}")
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
        reader = parquet.ParquetFile(pa.BufferReader(data), read_dictionary=texts)
        if any("." in title for title in usable):  # a dot in a name means a nested column to the reader
            positions = [schema.names.index(title) for title in usable]
            table = reader.read() if len(usable) == len(schema.names) else reader.read().select(positions)
        else:
            table = reader.read(columns=usable)
        table.validate(full=True)
        return usable, columns_of(table, notes, words)
    except BadData:
        raise
    except (pa.ArrowException, OSError, ValueError, TypeError, KeyError, OverflowError, MemoryError) as error:
        reason = " ".join(str(error).split())[:160]
        raise BadData(f"{name} is a damaged Parquet file ({reason}); download or save it again") from None


def columns_of(table: pyarrow.Table, notes: Notes, words: Words) -> list[Any]:
    """Values of Arrow columns: NumPy arrays and Categoricals."""
    import pyarrow as pa

    out: list[Any] = [None] * table.num_columns
    texts = [k for k, field in enumerate(table.schema) if _is_text(field.type)]
    for k, column in enumerate(table.columns):
        if k not in texts:
            out[k] = _values(column)
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


def _values(column: pyarrow.ChunkedArray) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    from mmexplore.tabular.cells import labels

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
            coded = column.cast(pa.string()).combine_chunks().dictionary_encode()
            return labels(coded.dictionary, coded.indices.to_numpy())
        return column.cast(pa.int64()).to_numpy()
    return column.cast(pa.float64(), safe=False).to_numpy().astype(np.float64)
