"""Files that are to become large in memory: whatever they are, they are read or refused in a sentence, below 1.2 GB."""

from __future__ import annotations

import io
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from mmexplore import allowance
from mmexplore.allowance import Allowance
from mmexplore.errors import BadData
from mmexplore.tabular import load, parquet, turns
from mmexplore.tabular.delimited import _single_tabs
from mmexplore.tabular.pages import unpacked_bytes
from tests.hostile.bombs import BOMBS, parquet_of

MOST = 1200  # MB
QUICK = ("parquet_blobs_beside_a_dotted_name",)


def peak_of(kind: str, folder: Path) -> tuple[float, str]:
    """The peak of the memory of a process that reads a file, in MB, and what became of the file."""
    file = folder / kind
    file.write_bytes(BOMBS[kind]())
    told = subprocess.run(
        [sys.executable, "-m", "tests.hostile.bombs", str(file)], capture_output=True, text=True, timeout=600
    )
    file.unlink()
    assert told.returncode == 0, told.stderr[-600:]
    peak, _, words = told.stdout.strip().splitlines()[-1].split(" ", 2)
    return float(peak), words


@pytest.mark.parametrize("kind", QUICK)
def test_a_small_file_does_not_become_a_large_one(kind, tmp_path):
    peak, words = peak_of(kind, tmp_path)
    assert peak < MOST, words
    assert words.startswith(("read", "refused"))


@pytest.mark.long
@pytest.mark.parametrize("kind", [kind for kind in BOMBS if kind not in QUICK])
def test_nor_does_any_other(kind, tmp_path):
    peak, words = peak_of(kind, tmp_path)
    assert peak < MOST, words
    assert words.startswith(("read", "refused"))


# -- the pages of a Parquet file ---------------------------------------------------------------------------------------


def pages_of(content: bytes, most: int = 10**9) -> int:
    metadata = pa.parquet.ParquetFile(io.BytesIO(content)).metadata
    return unpacked_bytes(content, metadata, set(range(metadata.num_columns)), most, "f")


@pytest.mark.parametrize(("compression", "version"), [("none", "1.0"), ("zstd", "1.0"), ("snappy", "2.0")])
def test_the_headers_of_pages_add_up_to_what_the_footer_of_an_honest_file_says(compression, version):
    rng = np.random.default_rng(0)
    columns = {
        "n": rng.standard_normal(10_000),
        "i": pa.array(np.arange(10_000), mask=np.arange(10_000) % 7 == 0),
        "t": pa.array([f"word {k % 5000}" for k in range(10_000)]),
        "l": pa.array([[1, 2]] * 10_000),
    }
    content = parquet_of(
        columns, compression=compression, data_page_version=version, data_page_size=5000, row_group_size=4000
    )
    metadata = pa.parquet.ParquetFile(io.BytesIO(content)).metadata
    chunks = [
        metadata.row_group(g).column(c) for g in range(metadata.num_row_groups) for c in range(metadata.num_columns)
    ]
    claimed = sum(chunk.total_uncompressed_size for chunk in chunks)  # with the headers themselves, a few bytes a page
    told = pages_of(content)
    assert 0.93 * claimed < told <= claimed
    if compression == "none":
        assert told < sum(chunk.total_compressed_size for chunk in chunks)


def lying(content: bytes) -> bytes:
    """The same file with a footer that says that its columns are small."""
    metadata = pa.parquet.ParquetFile(io.BytesIO(content)).metadata
    start = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    footer = content[start:]
    group = metadata.row_group(0)
    for size in {group.total_byte_size, group.column(0).total_uncompressed_size}:
        old = zigzag(size)
        footer = footer.replace(old, zigzag(2 ** (7 * (len(old) - 1) - 1)))
    return content[:start] + footer


def zigzag(value: int) -> bytes:
    value, out = value * 2, bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def test_a_footer_that_lies_about_its_columns_is_not_believed(monkeypatch):
    monkeypatch.setattr(parquet, "MAX_UNPACKED", 20_000_000)
    texts = pa.array(["x" * 400_000 + str(k) for k in range(60)])
    content = lying(parquet_of({"t": texts}, compression="zstd", use_dictionary=False, write_statistics=False))
    claimed = pa.parquet.ParquetFile(io.BytesIO(content)).metadata.row_group(0).total_byte_size
    assert claimed < 19_000_000 < 24_000_000 < pages_of(content) and len(content) < 300_000
    with pytest.raises(BadData, match="unpacks to more than 20,000,000 bytes"):
        load(content, "lying.parquet")


def test_damaged_headers_of_pages_are_a_sentence():
    content = parquet_of({"a": np.arange(1000.0)}, compression="none", use_dictionary=False)
    for value in (0x00, 0x0C, 0x19, 0x8C, 0xFF):
        with pytest.raises(BadData, match=r"damaged|too many pages"):
            load(content[:4] + bytes([value]) * 40 + content[44:], "damaged.parquet")


def test_a_dot_in_a_name_reads_that_column_and_no_nested_one():
    nested = pa.array([{"b": k, "c": None} for k in range(50)], pa.struct([("b", pa.int64()), ("c", pa.int8())]))
    data = load(
        parquet_of({"a": nested, "a.b": np.arange(50.0) % 7 + 0.5, "n.x": np.arange(50) % 3, "z": ["u", "v"] * 25}),
        "f.parquet",
    )
    assert data.names == ("a.b", "n.x", "z") or list(data.names) == ["a.b", "n.x", "z"]
    assert data.frame["a.b"].tolist() == [k % 7 + 0.5 for k in range(50)]
    assert data.frame["z"].tolist() == ["u", "v"] * 25


def test_runs_of_blanks_become_one_tab_as_a_regular_expression_says():
    import re

    rng = np.random.default_rng(4)
    for _ in range(200):
        text = bytes(rng.choice(np.frombuffer(b"ab  \t\t\n\n", np.uint8), 60))
        text = text.replace(b"a\n", b"a\r\n")
        slow = re.sub(rb"[ \t]+", b"\t", re.sub(rb"[ \t]*\r?\n[ \t]*", b"\n", text.strip(b" \t")))
        assert _single_tabs(text) == slow


# -- turns and room ----------------------------------------------------------------------------------------------------


def test_large_files_are_read_one_after_the_other_and_small_ones_meanwhile(monkeypatch):
    inside, most, go_on = [], [], threading.Event()
    large = b"x" * turns.LARGE

    def read() -> None:
        with turns.turn(large, "large.csv"):
            inside.append(1)
            most.append(len(inside))
            go_on.wait(5)
            inside.pop()

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    time.sleep(0.1)
    with turns.turn(b"a,b\n", "small.csv"):
        assert len(inside) == 1
    monkeypatch.setattr(turns, "_PATIENCE", 0.05)
    with pytest.raises(BadData, match="Try again in a minute"), turns.turn(large, "another.csv"):
        pass
    go_on.set()
    for thread in threads:
        thread.join(5)
    assert most == [1, 1, 1]


class Thing:
    """Something of a visitor's that takes bytes."""

    def __init__(self, size: int, session: str, idle: float, busy: bool = False) -> None:
        self._size, self.session, self.used, self.busy, self.gone = size, session, time.time() - idle, busy, ""

    def size(self) -> int:
        return self._size

    def go(self, sentence: str) -> bool:
        if not self.busy:
            self._size, self.gone = 0, sentence
        return not self.busy


def test_the_oldest_idle_goes_first_and_nobody_loses_what_is_in_use(monkeypatch):
    monkeypatch.setenv("MMEXPLORE_OWN_MB", "100")
    room, mb = Allowance(), 1_000_000
    old, older = Thing(30 * mb, "a", 300), Thing(30 * mb, "b", 600)
    training, used = Thing(20 * mb, "c", 900, busy=True), Thing(20 * mb, "d", 5)
    for thing in (old, older, training, used):
        room.add(thing)
    room.make_room(20 * mb, "e")
    assert older.gone.endswith("it had not been used for 10 minutes") and not (old.gone or used.gone or training.gone)
    room.make_room(60 * mb, "e")
    assert old.gone and not used.gone
    with pytest.raises(BadData, match=r"no room for 70.0 MB more .* Try again in a few minutes"):
        room.make_room(70 * mb, "e")
    room.make_room(70 * mb, "d")  # one's own of another page goes for one's own
    assert used.gone and not training.gone
    with pytest.raises(BadData, match="allowed on this server for all visitors' own data: 100 MB"):
        room.make_room(101 * mb, "e")


def test_what_has_grown_brings_nothing_down_that_is_in_use(monkeypatch):
    monkeypatch.setenv("MMEXPLORE_OWN_MB", "10")
    room = Allowance()
    idle, used = Thing(8_000_000, "a", allowance.IDLE + 60), Thing(9_000_000, "b", 1)
    room.add(idle)
    room.add(used)
    room.make_room(0, "")
    assert idle.gone and not used.gone
