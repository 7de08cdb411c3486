"""Whatever the bytes: a data set or a sentence. Whatever the table: it comes back as it was."""

from __future__ import annotations

import gzip

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from mmexplore.errors import BadData
from mmexplore.tabular import column_groups, csv_cell, from_frame, guess_roles, load, table_from
from tests.tabular.make import npy, npz, parquet

SEEDS = (
    b"a;b;c\n1,5;\"x;y\";31.12.2020\n2,5;z;1.1.2021\n;q;\n",
    parquet(pd.DataFrame({"a": [1.5, 2, 3], "t": ["a", "b", "a"], "ok": [True, False, True]})),
    npz(x1=np.eye(3), x2=[1, 2, 3], y=["a", "b", "a"]),
    npy(np.rec.fromarrays([[1, 2], [0.5, 1.5]], names="a,b")),
    gzip.compress(b"a,b\n1,2\n3,4\n"),
    "a,b\n1,2\n3,é\n".encode("utf-16"),
)  # fmt: skip
PIECES = [",", ";", "\t", "\n", "\r", '"', " ", "1", "-", ".", "a", "é", "%", "/", "NA", "1e5", "#", "2020-01-01", "inf", "0", "\0"]  # fmt: skip


def survives(content: bytes) -> None:
    try:
        data = load(content, "any")
    except BadData as error:
        assert "\n" not in str(error)
        assert len(str(error)) < 600
        return
    assert len(data) >= 1
    assert len(data.columns) == data.frame.shape[1]
    assert guess_roles(data).why
    column_groups(data)
    for info in data.columns:
        assert info.distinct + info.missing >= min(len(data), 1)
        assert (info.kind == "empty") == (info.distinct == 0)
    try:
        table = table_from(data, normalize=True)
    except BadData:
        return
    assert table.p.sum() == pytest.approx(1)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.binary(max_size=200))
def test_any_bytes(content):
    survives(content)


@settings(max_examples=500, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_anything_that_looks_like_a_table(text):
    survives(text.encode())


@settings(max_examples=600, deadline=None, derandomize=True)
@given(
    seed=st.sampled_from(SEEDS),
    edits=st.lists(
        st.tuples(st.floats(0, 1), st.integers(0, 3), st.binary(min_size=1, max_size=3)), min_size=1, max_size=5
    ),
)
def test_damaged_files(seed, edits):
    content = bytearray(seed)
    for share, keep, put in edits:
        at = int(share * len(content))
        content[at : at + keep] = put
    survives(bytes(content))


names = st.lists(
    st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=8),
    min_size=2,
    max_size=5,
    unique=True,
)
words = st.sampled_from(["red", "a b", "x,y", 'say "hi"', "two\nlines", "=1+1", "é", "1a", "<b>"])
columns = st.one_of(
    st.just(st.integers(-(2**53), 2**53)),
    st.just(st.floats(-1e300, 1e300)),
    st.just(words),
    st.just(st.booleans()),
)


@st.composite
def frames(draw):
    titles = draw(names)
    rows = draw(st.integers(2, 9))
    cells = {t: draw(st.lists(draw(columns), min_size=rows, max_size=rows)) for t in titles}
    frame = pd.DataFrame(cells)
    for title in titles:
        if frame[title].dtype == "str":
            frame[title] = frame[title].astype("category")
    return frame


@settings(max_examples=150, deadline=None, derandomize=True)
@given(frame=frames(), separator=st.sampled_from([",", ";", "\t", "|"]))
def test_small_tables_come_back_from_every_format(frame, separator):
    expected = from_frame(frame).frame
    assert_frame_equal(load(parquet(frame)).frame, expected, check_categorical=False)
    text = frame.to_csv(index=False, sep=separator, quoting=2)
    if frame.columns[0].startswith("#") or not all(map(str.isprintable, frame.columns)):
        return
    read = load(text.encode(), separator=separator, header=True).frame
    if not any(name.lower().startswith("unnamed") for name in frame.columns):
        assert_frame_equal(read, expected, check_categorical=False, check_dtype=False)


@given(st.text(max_size=20))
def test_no_exported_cell_is_a_formula(text):
    cell = csv_cell(text)
    assert cell.lstrip("'") == text.lstrip("'") or cell == "'" + text
    if cell[:1] in ("=", "+", "-", "@", "\t", "\r", "\n"):
        float(cell)


@pytest.mark.parametrize("text", ["=cmd()", "+1+1", "-1-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "\n=1"])
def test_formulas_are_disarmed(text):
    assert csv_cell(text) == "'" + text


@pytest.mark.parametrize("value", [-0.5, "+3", "-1e5", "plain", "a=b", "", "'quoted"])
def test_numbers_and_plain_text_stay(value):
    assert csv_cell(value) == str(value)
