"""Memory is refused before it is taken, and bombs stop at the limit."""

from __future__ import annotations

import gzip
import io
import tracemalloc
import zipfile
import zlib
from contextlib import contextmanager

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from mmexplore.errors import BadData
from mmexplore.tabular import load
from tests.tabular.make import npy_claiming


@contextmanager
def at_most(megabytes: float):
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < megabytes * 1e6
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (npy_claiming("<f8", (10**6, 10**5)), "100,000 columns; allowed: 20,000"),
        (npy_claiming("<f8", (10**11,)), "100,000,000,000 cells"),
        (npy_claiming("<f8", (10**30, 10**30)), "columns; allowed"),
        (npy_claiming("<U50000", (10**6,)), "200,000,000,000 bytes; allowed"),
        (npy_claiming("<U100000000", (2,)), "800,000,000 bytes; allowed"),
        (npy_claiming("<f8", (10**7,)), "claims 80,000,000 bytes"),
        (npy_claiming("<U0", (10**7,)), "no length"),
        (npy_claiming([(f"f{k}", "<f8") for k in range(100)], (10**6,)), "100,000,000 cells"),
        (npy_claiming("(" * 20_000, (1,)), "damaged header"),
    ],
    ids=lambda value: value if isinstance(value, str) else "npy",
)
def test_a_header_that_claims_too_much_takes_no_memory(content, words):
    with at_most(5), pytest.raises(BadData) as caught:
        load(content)
    assert words in str(caught.value)


def test_a_gzip_bomb_stops_at_the_limit():
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(bytes(10_000_000)) for _ in range(30)) + packer.flush()
    assert len(bomb) < 400_000
    with at_most(300), pytest.raises(BadData, match="unpacks to more than is allowed: 200,000,000"):
        load(bomb, "bomb.csv.gz")


def test_a_gzip_of_endless_parts_stops():
    with pytest.raises(BadData, match="100,000 parts"):
        load(gzip.compress(b"") * 100_001)


def test_a_zip_bomb_is_refused_by_what_its_arrays_claim():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("x1.npy", "w") as member:
        member.write(npy_claiming("<f8", (15_000_000, 2)))
        for _ in range(24):
            member.write(bytes(10_000_000))
    assert len(out.getvalue()) < 400_000
    with at_most(5), pytest.raises(BadData, match="30,000,000 cells"):
        load(out.getvalue())


def test_many_arrays_count_together():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for k in range(5):
            archive.writestr(f"x{k}.npy", npy_claiming("|b1", (5_000_000,), bytes(5_000_000)))
    with at_most(5), pytest.raises(BadData, match="25,000,000 cells"):
        load(out.getvalue())


def test_a_zip_with_a_giant_list_of_members_is_not_opened():
    name = b"m" * 60_000 + b".npy"
    entry = b"PK\x01\x02" + bytes(24) + len(name).to_bytes(2, "little") + bytes(16) + name
    entries = entry * 100
    end = b"PK\x05\x06" + bytes(4) + (100).to_bytes(2, "little") * 2
    end += len(entries).to_bytes(4, "little") + (4).to_bytes(4, "little") + bytes(2)
    with pytest.raises(BadData, match="list of 6,"):
        load(b"PK\x03\x04" + entries + end)


def test_one_long_text_a_million_times_stays_small():
    text = pa.array(["x" * 50_000])
    column = pa.DictionaryArray.from_arrays(pa.array(np.zeros(100_000, np.int32)), text)
    out = io.BytesIO()
    pa.parquet.write_table(pa.table({"a": column, "b": np.arange(100_000) % 7}), out, store_schema=False)
    before = pa.total_allocated_bytes()
    pool = pa.default_memory_pool()
    data = load(out.getvalue())
    assert data.column("a").kind == "constant"
    assert data.column("a").examples[0].endswith("…")
    assert pa.total_allocated_bytes() - before < 50e6
    assert pool.max_memory() < 2e9  # dense, the column has 5 GB


def test_a_parquet_footer_that_announces_too_much_is_refused():
    out = io.BytesIO()
    pa.parquet.write_table(pa.table({"a": pa.array(np.zeros(21_000_000, np.int8))}), out)
    with pytest.raises(BadData, match="21,000,000 cells"):
        load(out.getvalue())


def test_a_million_rows_and_five_thousand_columns_are_welcome():
    tall = load(b"a,b\n" + b"1.5,x\n2.5,y\n" * 500_000)
    assert (len(tall), tall.column("a").distinct) == (1_000_000, 2)
    names = [f"{'audio' if i % 2 else 'text'}_{i}" for i in range(4999)] + ["label"]
    row = ",".join(["1.5"] * 4999)
    wide = load("\n".join([",".join(names), *(f"{row},{'ab'[i % 2]}" for i in range(20))]).encode())
    assert (len(wide), len(wide.columns)) == (20, 5000)
