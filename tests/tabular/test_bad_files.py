"""A corpus of wrong files: each gets a sentence that says what is wrong, where, and what to do."""

from __future__ import annotations

import gzip
import json
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from mmexplore.errors import BadData
from mmexplore.tabular import MAX_BYTES, guess_roles, load
from tests.tabular.make import npy, npy_claiming, npz, parquet, zipped

FRAME = pd.DataFrame({"a": [1, 2, 3], "b": ["x", "y", "x"]})
LINES = "".join(f"{i},{i % 3}\n" for i in range(200))
WIDE_NUMBERS = ",".join("1" * 10 for _ in range(100_000))

TEXT = {
    "empty": (b"", ["is empty"]),
    "blank": (b" \n\t\n  \n", ["is empty"]),
    "separators only": (b",,,\n,,,\n", ["is empty"]),
    "comments only": (b"# made by hand\n", ["comments", "no rows"]),
    "header only": (b"x1,x2,y\n", ["header line but no rows"]),
    "header and blank cells": (b"x1,x2,y\n,,\n,,\n", ["no values", "missing"]),
    "one row": (b"a,b,c\n1,2,x\n", ["only one row", "at least 2"]),
    "duplicate header": (b"a,b,a\n1,2,3\n4,5,6\n", ["two columns are called 'a'", "columns 1 and 3", "rename"]),
    "blank header": (b"a,,c\n1,2,3\n4,5,6\n", ["column 2 has no name"]),
    "first header blank, not an index": (b",b,c\n1,2,3\n1,5,6\n", ["column 1 has no name"]),
    "short row": (b"a,b,c\n1,2,3\n4,5\n6,7,8\n", ["line 3", "2 cells", "header has 3"]),
    "single cell": (b"a,b\n1,2\n3,4\n5\n", ["line 4", "1 cell;"]),
    "long row": (b"a,b\n1,2\n3,4,5\n", ["line 3", "3 cells", "quotes around it"]),
    "long row far down": (f"a,b\n{LINES}1,2,3\n".encode(), ["line 202", "3 cells", "header has 2"]),
    "ragged after a cell of two lines": (b'a,b\n"x\ny",2\n3\n4,5\n', ["line 4", "1 cell"]),
    "unclosed quote": (b'a,b\n1,2\n"3,4\n5,6\n', ["line 3", "never closed"]),
    "unclosed quote in the last cell": (b'a,b\n1,2\n3,"4', ["line 3", "never closed"]),
    "quote that swallows lines": (b'a,b\n1,2\n"3,4\n5,6\n7,"8"\n', ["line 3", "quote"]),
    "NUL": (b"a,b\n1,2\n3,\x004\n", ["not text", "byte 11", "line 3", "NUL"]),
    "binary": (bytes(range(1, 256)) * 4, ["not text", "UTF-8"]),
    "control characters": (b"a,b\n\x01\xff,2\n", ["not text", "line 2"]),
    "cut UTF-16": ("a,b\n1,2\n3,4\n".encode("utf-16")[:-1], ["UTF-16", "save it as UTF-8"]),
    "a long line": (b"a,b\n" + b"x" * 1_000_001 + b"\n", ["line 2", "1,000,001 bytes", "1,000,000"]),
    "a long cell": (b"a,b\n1," + b"x" * 200_000 + b"\n2,3\n", ["line 2", "131,072 characters"]),
    "a table in one line": (WIDE_NUMBERS.encode(), ["line 1", "1,099,999 bytes", "a line for each row"]),
    "too many columns": (",".join(f"c{i}" for i in range(20_001)).encode() + b"\n", ["20,001 columns", "20,000"]),
    "too many cells": (
        b",".join([b"a"] * 5000) + b"\n" + (b"," * 4999 + b"\n") * 4100,
        ["20,500,000 cells", "20,000,000"],
    ),
}
FOREIGN = {
    "Excel": (zipped(xl__workbook_DOT_xml=b"<x/>", rels=b""), ["Excel workbook", "save it as CSV"]),
    "old Excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), ["old Excel"]),
    "OpenDocument": (zipped(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"), ["Office document"]),
    "Word": (zipped(word__document_DOT_xml=b"<x/>"), ["Office document"]),
    "zip": (zipped(data_DOT_csv=b"a,b\n1,2\n"), ["zip archive", "unpack"]),
    "cut zip": (zipped(data_DOT_csv=b"a,b\n1,2\n")[:-30], ["zip", "damaged"]),
    "PNG": (b"\x89PNG\r\n\x1a\n" + bytes(50), ["PNG picture"]),
    "JPEG": (b"\xff\xd8\xff\xe0" + bytes(50), ["JPEG picture"]),
    "PDF": (b"%PDF-1.7\n...", ["PDF"]),
    "JSON records": (json.dumps([{"a": 1, "b": 2}]).encode(), ["JSON", "CSV"]),
    "JSON object": (b'\n  {"a": [1, 2]}', ["JSON"]),
    "JSON arrays": (b"[[1, 2], [3, 4]]", ["JSON"]),
    "HTML": (b"\n<!DOCTYPE html><html><body>404</body></html>", ["HTML", "download the file itself"]),
    "XML": (b'\xef\xbb\xbf<?xml version="1.0"?><r/>', ["XML"]),
    "pickle": (pickle.dumps({"a": [1, 2]}), ["pickle", "never opened"]),
    "HDF5": (b"\x89HDF\r\n\x1a\n" + bytes(50), ["HDF5"]),
    "SQLite": (b"SQLite format 3\x00" + bytes(50), ["SQLite"]),
    "Feather": (b"ARROW1\x00\x00" + bytes(50), ["Arrow", "Parquet"]),
    "bzip2": (b"BZh91AY&SY", ["bzip2", "gzip"]),
    "program": (b"\x7fELF\x02\x01\x01\x00", ["program, not text"]),
    "gzip of a picture": (gzip.compress(b"\x89PNG\r\n", mtime=0), ["PNG"]),
    "gzip twice": (gzip.compress(gzip.compress(b"a,b\n1,2\n", mtime=0)), ["twice"]),
    "cut gzip": (gzip.compress(LINES.encode())[:-12], ["cut short"]),
    "damaged gzip": (gzip.compress(LINES.encode())[:-8] + bytes(8), ["damaged"]),
    "gzip of nothing": (gzip.compress(b"", mtime=0), ["is empty"]),
}
ARRAYS = {
    "objects": (npy(np.array([1, "a", None], dtype=object), allow_pickle=True), ["Python objects", "never opened"]),
    "objects in npz": (npz(x1=np.array([{}, []], dtype=object), x2=[1, 2], y=[1, 2]), ["'x1'", "Python objects"]),
    "complex": (npz(x1=np.array([1j, 2]), x2=[1, 2], y=[1, 2]), ["'x1'", "complex", "two columns"]),
    "three dimensions": (
        npz(x1=np.zeros((4, 2, 3)), x2=np.zeros(4), y=np.zeros(4)),
        ["3 dimensions", "(4, 2, 3)", "reshape"],
    ),
    "no dimension": (npy(np.array(5.0)), ["0 dimensions"]),
    "unequal lengths": (npz(x1=np.zeros((4, 2)), x2=np.zeros(5), y=np.zeros(4)), ["'x1' has 4", "'x2' has 5"]),
    "empty array": (npz(x1=np.zeros((0, 3)), x2=np.zeros(0), y=np.zeros(0)), ["'x1' is empty", "(0, 3)"]),
    "durations": (npy(np.array([1, 2], "m8[s]")), ["timedelta64", "allowed"]),
    "cut npy": (npy(np.arange(10.0))[:-8], ["claims 80 bytes", "holds 72", "cut short"]),
    "cut header": (npy(np.arange(10.0))[:20], ["damaged header"]),
    "code for a header": (npy_claiming("<f8", (2,)).replace(b"(2,)", b"print(1)"), ["damaged header"]),
    "negative side": (npy_claiming("<f8", (-5,)), ["(-5,)", "from 1 up"]),
    "text beyond Unicode": (npy_claiming("<U1", (2,), b"\xff" * 8), ["no Unicode"]),
    "damaged npz": (npz(x1=np.arange(99.0))[:60] + b"\xff" * 9 + npz(x1=np.arange(99.0))[69:], ["damaged"]),
    "npz without arrays": (zipped(readme_DOT_txt=b"hello"), ["zip archive"]),
    "npz with a picture": (zipped(x1_DOT_npy=b"\x89PNG\r\n"), ["'x1'", "damaged header"]),
}
PARQUET = {
    "cut": (parquet(FRAME)[:-20], ["Parquet", "cut short"]),
    "only the first bytes": (b"PAR1", ["Parquet", "cut short"]),
    "hollow": (b"PAR1" + bytes(100) + b"PAR1", ["damaged Parquet"]),
    "damaged": (parquet(FRAME)[:-60] + bytes(40) + parquet(FRAME)[-20:], ["damaged Parquet"]),
    "no rows": (parquet(FRAME[:0]), ["no rows"]),
    "one row": (parquet(FRAME[:1]), ["only one row"]),
    "lists": (parquet(pd.DataFrame({"v": [[1, 2], [3]]})), ["no column of numbers", "'v' (list"]),
    "bytes": (parquet(pd.DataFrame({"v": [b"x", b"y"]})), ["no column of numbers", "'v' (binary"]),
}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(*case, id=f"{what}: {name}")
        for what, cases in (("text", TEXT), ("foreign", FOREIGN), ("arrays", ARRAYS), ("parquet", PARQUET))
        for name, case in cases.items()
    ],
)
def test_a_wrong_file_gets_its_sentence(content, words):
    with pytest.raises(BadData) as caught:
        load(content, "data.csv")
    said = str(caught.value)
    assert all(word in said for word in words), said
    assert "\n" not in said
    assert len(said) < 500
    assert "data.csv" in said or "column" in said


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b",a,b\n0,1,x\n1,1,y\n2,3,x\n", ["column 1", "rows apart", "left out"]),
        (b"Unnamed: 0,a,b\n5,1,x\n6,1,y\n7,3,x\n", ["'Unnamed: 0'", "left out"]),
        (b"a b\nr1 1 x\nr2 2 y\nr3 3 x\n", ["rows apart"]),
        (b"a,b,\n1,2,\n3,4,\n", ["column 3", "empty", "left out"]),
        (b"a,b\n1,x\n,y\n3,\n4,z\n", ["2 of 4 rows have a missing value", "'a' 1", "'b' 1"]),
        (b"a,b\n1,x\ninf,y\n3,z\n", ["'a'", "1 infinite", "line 3", "missing"]),
        (b"a,b\n1,x\n2,x\n3,x\nmany,x\n", ["'a' mixes numbers and text", "'many'", "line 5", "1 of 4"]),
        (b"a,b\n1,x\n123456789012345678901234,y\n", ["'a'", "so many digits", "text"]),
        (b"a,b\n007,x\n012,y\n", ["'a'", "zeros in front", "text"]),
        (b"a,b\n12%,x\n50%,y\n", ["'a'", "percent", "0.25"]),
        (b"a;b\n1,5;x\n2,5;y\n", ["semicolon"]),
        (b"a;b\n1,5;x\n2,5;y\n", ["'a' has a decimal comma"]),
        (b'a,b\n"1,234",x\n"5,678",y\n', ["'a'", "may mean either", "thousands"]),
        (b"5.1,setosa\n4.9,other\n4.7,setosa\n", ["looks like data", "column 1"]),
        (b"a,b\n1/2/2020,x\n3/4/2020,y\n", ["'a' holds dates", "day/month/year", "month/day/year would be possible"]),
        ("a,é\n1,x\n2,y\n".encode("latin-1"), ["not UTF-8", "line 1", "Windows-1252"]),
        ("a,b\n1,x\n2,y\n".encode("utf-16"), ["UTF-16"]),
        (b"\xef\xbb\xbfa,b\n1,x\n2,y\n", ["byte order mark"]),
        (b"a\n1\n2\n", ["only one column"]),
        (b"a,b\n1,x\n,\n2,y\n", ["1 rows without any value"]),
        (gzip.compress(b"a,b\n1,x\n2,y\n", mtime=0), ["gzip"]),
        (parquet(FRAME), ["ends in .csv, but it is Parquet"]),
        (parquet(pd.DataFrame({"v": [[1], [2]], "a": [1, 2]})), ["left out", "'v' (list"]),
        (parquet(pd.DataFrame({"a": ["1", "2"], "b": [1, 2]})), ["'a' holds numbers", "as text"]),
        (npz(a=[1, 2], b=[3, 4]), ["called 'a', 'b', not x1, x2 and y"]),
    ],
)  # fmt: skip
def test_what_was_done_is_told(content, words):
    notes = load(content, "data.csv").notes
    assert any(all(word in note for word in words) for note in notes), notes


def test_the_same_note_on_many_columns_is_said_a_few_times():
    header = ";".join(f"c{i}" for i in range(300))
    row = ";".join("1,5" for _ in range(300))
    notes = load(f"{header}\n{row}\n{row}\n".encode()).notes
    assert len(notes) < 8
    assert any("297 more columns" in note for note in notes)


@pytest.mark.parametrize(
    ("cells", "kind", "words"),
    [
        ([f"user {i}" for i in range(30)], "identifier", ["I = H(Y)"]),
        (list(range(100, 130)), "identifier", ["I = H(Y)"]),
        ([7 * i for i in range(30)], "number", []),
        (["same"] * 30, "constant", ["'same'", "nothing to explain"]),
        ([1.5] * 30, "constant", ["'1.5'"]),
        ([""] * 30, "empty", ["no value"]),
        (["yes", "no", "no"] * 10, "boolean", []),
        (["True", "False", "False"] * 10, "boolean", []),
        (["2020-01-01", "2020-01-02"] * 15, "date", []),
        ([0.5, 1.5, 2.25] * 10, "number", []),
        (["a", "b", "c"] * 10, "category", []),
    ],
)
def test_kinds_of_columns_and_their_warnings(cells, kind, words):
    text = "v,w\n" + "".join(f"{cell},{i % 4}\n" for i, cell in enumerate(cells))
    info = load(text.encode()).column("v")
    assert info.kind == kind
    assert all(word in info.warning for word in words)
    assert bool(info.warning) == bool(words)


def test_a_key_is_an_identifier_by_its_name():
    rows = "".join(f"{i * i + 3},{i % 2},{i * i}\n" for i in range(30))
    data = load(b"patient_id,y,area\n" + rows.encode())
    assert data.column("patient_id").kind == "identifier"
    assert data.column("area").kind == "number"


def test_paths_are_checked(tmp_path):
    with pytest.raises(BadData, match="No such file"):
        load(tmp_path / "none.csv")
    with pytest.raises(BadData, match="no file"):
        load(tmp_path)
    with pytest.raises(BadData, match="no file"):
        load(Path("/dev/zero"))
    large = tmp_path / "large.csv"
    with large.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(BadData, match="200,000,001 bytes; allowed: 200,000,000"):
        load(large)


def test_an_encrypted_archive_is_refused():
    content = bytearray(npz(x1=[1, 2], x2=[1, 2], y=[1, 2]))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(signature)
        while at >= 0:
            content[at + offset] |= 1  # "is encrypted"
            at = content.find(signature, at + 1)
    with pytest.raises(BadData, match=r"damaged NPZ.*encrypted"):
        load(bytes(content), "data.npz")


def test_a_column_unknown_names_its_neighbours():
    with pytest.raises(BadData, match=r"no column 'aeg'; did you mean 'age'\? its columns: age, dose"):
        load(b"age,dose\n1,2\n3,4\n").column("aeg")


def test_wrong_hints_are_refused():
    for hints in ({"separator": ";;"}, {"separator": '"'}, {"decimal": "x"}):
        with pytest.raises(BadData, match="allowed"):
            load(b"a,b\n1,2\n3,4\n", **hints)


def test_extension_types_of_parquet_stay_storage(tmp_path):
    """Arrow may carry types of Python classes; nothing of them is looked up."""
    table = pa.table({"a": pa.array([1, 2]), "b": pa.array(["x", "y"])})
    metadata = {
        b"pandas": b'{"index_columns": ["a"], "columns": []}',
        b"ARROW:extension:name": b"arrow.py_extension_type",
    }
    out = pa.BufferOutputStream()
    pa.parquet.write_table(table.replace_schema_metadata(metadata), out)
    assert load(out.getvalue().to_pybytes()).names == ("a", "b")


def test_sentences_are_text_and_play_a_part():
    rows = "say,who,x,y\n" + "".join(
        f"the {k % 9} birds sang song {k},user {k},{k / 7:.2f},{'ab'[k % 2]}\n" for k in range(60)
    )
    data = load(rows.encode(), "rows.csv")
    assert (data.column("say").kind, data.column("who").kind) == ("text", "identifier")
    assert "predictors read its words" in data.column("say").warning
    roles = guess_roles(data)
    assert "say" in (*roles.x1, *roles.x2) and "who" not in (*roles.x1, *roles.x2)
