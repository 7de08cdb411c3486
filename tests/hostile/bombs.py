"""Files that are small and mean to become large in memory, and large ones that mean to become larger; each made by a function.

python -m tests.hostile.bombs FILE      reads a file as the pages do; prints what became of it and the peak of memory in MB
"""

from __future__ import annotations

import gzip
import io
import resource
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

BOMBS: dict[str, Callable[[], bytes]] = {}


def bomb(make: Callable[[], bytes]) -> Callable[[], bytes]:
    BOMBS[make.__name__] = make
    return make


def parquet_of(columns: dict, **options) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    out = io.BytesIO()
    pq.write_table(pa.table(columns), out, **options)
    return out.getvalue()


def repeated(value, rows: int, kind=None):
    """One value in all rows, as a dictionary of one entry."""
    import pyarrow as pa

    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int32)), pa.array([value], kind))


def deflated(name: str, pieces) -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open(name, "w", force_zip64=True) as member,
    ):
        for piece in pieces:
            member.write(piece)
    return out.getvalue()


def header(descr: str, shape: tuple[int, ...]) -> bytes:
    text = repr({"descr": descr, "fortran_order": False, "shape": shape}).encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


# -- Parquet -----------------------------------------------------------------------------------------------------------


@bomb
def parquet_blobs_beside_a_dotted_name() -> bytes:
    import pyarrow as pa

    rows = 4000
    return parquet_of(
        {"a.b": np.arange(rows) % 7, "blob": repeated(b"x" * 1_000_000, rows, pa.binary())}, store_schema=False
    )


@bomb
def parquet_large_text_repeated() -> bytes:
    import pyarrow as pa

    rows = 4000
    return parquet_of({"a": np.arange(rows) % 7, "t": repeated("x" * 1_000_000, rows, pa.large_string())})


@bomb
def parquet_text_repeated_under_the_dictionary_of_the_schema() -> bytes:
    rows = 20_000
    return parquet_of({"a": np.arange(rows) % 7, "t": repeated("x" * 500_000, rows)})


@bomb
def parquet_times_in_a_dictionary() -> bytes:
    import pyarrow as pa

    rows = 10_000_000
    return parquet_of({"a": (np.arange(rows) % 7).astype(np.int8), "t": repeated(0, rows, pa.timestamp("us"))})


@bomb
def parquet_prefixes() -> bytes:
    """Each text is the one before: a page of some kilobytes that holds 400 MB."""
    import pyarrow as pa

    return parquet_of(
        {"t": pa.array(["x" * 200_000] * 2000), "a": np.arange(2000) % 3},
        use_dictionary=False,
        column_encoding={"t": "DELTA_BYTE_ARRAY", "a": "PLAIN"},
        compression="zstd",
    )


@bomb
def parquet_twenty_million_different_texts() -> bytes:
    import pyarrow as pa

    rows = 20_000_000
    return parquet_of({"t": pa.array(np.arange(rows)).cast(pa.string())}, compression="zstd", use_dictionary=False)


@bomb
def parquet_twenty_million_truth_values_with_holes() -> bytes:
    import pyarrow as pa

    rows = 20_000_000
    return parquet_of({"b": pa.array(np.arange(rows) % 2 == 0, mask=np.arange(rows) % 3 == 0)})


@bomb
def parquet_twenty_million_long_whole_numbers() -> bytes:
    rows = 20_000_000
    return parquet_of({"u": np.uint64(2**63) + np.arange(rows, dtype=np.uint64) // 1000})


@bomb
def parquet_different_long_whole_numbers() -> bytes:
    rows = 20_000_000
    return parquet_of({"u": np.uint64(2**63) + np.arange(rows, dtype=np.uint64)}, compression="zstd")


@bomb
def parquet_decimals() -> bytes:
    import pyarrow as pa

    return parquet_of({"d": pa.array(np.zeros(20_000_000, np.int64)).cast(pa.decimal128(38, 0))})


@bomb
def parquet_numbers_as_text() -> bytes:
    import pyarrow as pa

    rows = 20_000_000
    return parquet_of(
        {
            "n": pa.DictionaryArray.from_arrays(
                pa.array((np.arange(rows) % 1000).astype(np.int32)), pa.array([f"{k},5" for k in range(1000)])
            )
        }
    )


@bomb
def parquet_many_columns_in_many_groups() -> bytes:
    import pyarrow as pa

    table = {f"c{k}": pa.array(np.zeros(60, np.int8)) for k in range(5000)}
    return parquet_of(table, row_group_size=1, write_statistics=False)


@bomb
def parquet_nested_leaves() -> bytes:
    import pyarrow as pa

    kind = pa.struct([(f"f{k}", pa.int8()) for k in range(20_000)])
    return parquet_of({"a": np.arange(500) % 3, "s": pa.array([None] * 500, kind)})


# -- NPY and NPZ -------------------------------------------------------------------------------------------------------


@bomb
def npz_wide_letters() -> bytes:
    shape = (2_000_000,)
    return deflated("t.npy", [header("<U100", shape), *(b"x\0\0\0" * 25_000_000 for _ in range(8))])


@bomb
def npz_bytes() -> bytes:
    return deflated("t.npy", [header("|S40", (20_000_000,)), *(b"x" * 8_000_000 for _ in range(100))])


@bomb
def npz_half_floats() -> bytes:
    return deflated("h.npy", [header("<f2", (2000, 10_000)), bytes(40_000_000)])


@bomb
def npz_long_doubles() -> bytes:
    return deflated("h.npy", [header("<f16", (20_000_000,)), *(bytes(32_000_000) for _ in range(10))])


@bomb
def npy_different_unsigned() -> bytes:
    rows = 20_000_000
    return header("<u8", (rows,)) + (np.uint64(2**63) + np.arange(rows, dtype=np.uint64)).tobytes()


# -- text --------------------------------------------------------------------------------------------------------------


@bomb
def gzip_one_line() -> bytes:
    return gzip.compress(b"x" * 190_000_000, 1)


@bomb
def gzip_one_line_of_commas() -> bytes:
    return gzip.compress(b"," * 190_000_000 + b"\n1\n", 1)


@bomb
def gzip_short_lines() -> bytes:
    return gzip.compress(b"a\n" + b"1\n" * 95_000_000, 1)


@bomb
def gzip_blank_lines() -> bytes:
    return gzip.compress(b"a,b\n1,2\n3,4\n" + b"\n" * 190_000_000, 1)


@bomb
def gzip_different_texts() -> bytes:
    rows = 9_000_000
    return gzip.compress(b"a,b\n" + "\n".join(f"t{k},u{k}" for k in range(rows)).encode(), 1)


@bomb
def gzip_decimal_commas() -> bytes:
    rows = 10_000_000
    return gzip.compress(
        b"a;b\n" + "\n".join(f"{k},5;{k},25" for k in range(rows)).encode()[:195_000_000].rpartition(b"\n")[0], 1
    )


@bomb
def gzip_dates() -> bytes:
    days = np.datetime64("1970-01-01T00:00:00") + np.arange(9_000_000)
    return gzip.compress(b"a\n" + "\n".join(np.datetime_as_string(days).tolist()).encode(), 1)


@bomb
def gzip_open_quote() -> bytes:
    return gzip.compress(b'a,b\n1,"2\n' + b"1,2\n" * 45_000_000, 1)


@bomb
def gzip_quoted_cells_of_many_lines() -> bytes:
    return gzip.compress(b"a,b\n" + (b'1,"' + b"x\n" * 400_000 + b'"\n') * 200, 1)


@bomb
def gzip_western_letters() -> bytes:
    return gzip.compress(b"a,b\n" + b"\xe9\xe9\xe9\xe9,\xe9\xe9\xe9\xe9\n" * 9_900_000, 1)


@bomb
def gzip_two_bytes_a_letter() -> bytes:
    return gzip.compress(("\ufeffa,b\n" + "1,2\n" * 9_900_000).encode("utf-16-le"), 1)


@bomb
def gzip_blanks_between_cells() -> bytes:
    return gzip.compress(b"a b\n" + b"1        2\n" * 9_900_000, 1)


@bomb
def gzip_many_columns() -> bytes:
    row = ",".join(["1.5"] * 19_999) + "\n"
    head = ",".join(f"c{k}" for k in range(19_999)) + "\n"
    return gzip.compress((head + row * 1000).encode(), 1)


@bomb
def gzip_long_cells() -> bytes:
    """200 cells of a megabyte, all different."""
    return gzip.compress(b"a,b\n" + b"".join(b"%d%s,1\n" % (k, b"x" * 950_000) for k in range(200)), 1)


def peak() -> float:
    """The largest memory of this process so far, in MB; ru_maxrss would count what the parent had before."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1000
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def main() -> None:
    from mmexplore.errors import BadData
    from mmexplore.tabular import load

    source = Path(sys.argv[1])
    before = peak()
    try:
        data = load(source.read_bytes(), source.name)
        words = f"read: {len(data):,} rows, {len(data.columns):,} columns"
    except BadData as error:
        words = f"refused: {error}"
    except MemoryError:
        words = "MemoryError"
    print(f"{peak():.0f} {before:.0f} {words[:260]}")


if __name__ == "__main__":
    main()
