from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmexplore.errors import BadData, BadSpec
from mmexplore.info.pid import pid
from mmexplore.info.samples import pid_from_samples, table_from_samples


def naive(x1, x2, y):
    l1, l2, ly = (sorted(set(v)) for v in (x1, x2, y))
    p = np.zeros((len(l1), len(l2), len(ly)))
    for a, b, c in zip(x1, x2, y, strict=True):
        p[l1.index(a), l2.index(b), ly.index(c)] += 1
    return p / len(x1)


rows = st.lists(st.tuples(st.integers(-3, 3), st.sampled_from("abç"), st.booleans()), min_size=1, max_size=60)


@settings(max_examples=60, deadline=None)
@given(rows)
def test_counts_of_any_rows(data):
    x1, x2, y = map(list, zip(*data, strict=True))
    table = table_from_samples(x1, x2, y)
    np.testing.assert_allclose(table.p, naive(x1, x2, y), atol=1e-15)
    assert table[1:] == (tuple(sorted(set(x1))), tuple(sorted(set(x2))), tuple(sorted(set(y))))


@settings(max_examples=30, deadline=None)
@given(rows)
def test_every_container_gives_the_same_table(data):
    x1, x2, y = map(list, zip(*data, strict=True))
    expected = table_from_samples(x1, x2, y).p
    frame = pd.DataFrame({"x1": x1, "x2": x2, "y": y})
    variants = [
        (np.array(x1), np.array(x2), np.array(y)),
        (tuple(x1), np.array(x2, dtype=object), (v for v in y)),
        (frame["x1"], frame["x2"], frame["y"]),
        (frame["x1"].astype("Int64"), frame["x2"].astype("category"), frame["y"].astype("boolean")),
        (frame[["x1"]], pd.Categorical(x2), frame["y"].to_numpy()),
        (np.array(x1, dtype=float), pd.Index(x2), np.array(y)[:, None]),
        (np.array(x1, dtype=np.int8), np.array(x2).astype("S" if "ç" not in x2 else "U"), y),
    ]
    for variant in variants:
        np.testing.assert_array_equal(table_from_samples(*variant).p, expected)


def test_categories_keep_their_order_and_drop_what_is_not_there():
    grade = pd.Categorical(["low", "high", "low"], categories=["low", "middle", "high"], ordered=True)
    for column in (grade, pd.Series(grade)):
        table = table_from_samples(column, [0, 0, 0], [1, 2, 1])
        assert table.labels1 == ("low", "high")
        np.testing.assert_allclose(table.p[:, 0], [[2 / 3, 0], [0, 1 / 3]])


def test_several_columns_are_one_joint_symbol():
    rng = np.random.default_rng(0)
    bits = rng.integers(0, 2, size=(500, 3))
    y = bits[:, 0] ^ bits[:, 1]
    table = table_from_samples(bits[:, :2], bits[:, 2], y)
    assert table.labels1 == ((0, 0), (0, 1), (1, 0), (1, 1))
    code = bits[:, 0] * 2 + bits[:, 1]
    np.testing.assert_array_equal(table.p, table_from_samples(code, bits[:, 2], y).p)
    frame = pd.DataFrame({"a": bits[:, 0], "b": np.where(bits[:, 1], "yes", "no")})
    mixed = table_from_samples(frame, bits[:, 2], y)
    assert mixed.labels1 == ((0, "no"), (0, "yes"), (1, "no"), (1, "yes"))
    np.testing.assert_array_equal(mixed.p, table.p)
    listed = table_from_samples([(a, "yes" if b else "no") for a, b in bits[:, :2].tolist()], bits[:, 2], y)
    assert listed.labels1 == mixed.labels1
    np.testing.assert_array_equal(listed.p, table.p)


def test_many_joined_columns_do_not_overflow():
    wide = np.random.default_rng(1).integers(0, 1000, size=(300, 12))
    table = table_from_samples(np.zeros(300, int), np.zeros(300, int), wide)
    assert table.p.shape == (1, 1, 300)
    assert [tuple(map(int, row)) for row in sorted(wide.tolist())] == list(table.labels_y)


def test_pid_of_all_rows_of_and():
    r = pid_from_samples([0, 0, 1, 1], [0, 1, 0, 1], ["no", "no", "no", "yes"])
    assert (r.redundancy, r.unique1, r.unique2, r.synergy) == pytest.approx((0.311278124, 0, 0, 0.5), abs=2e-9)
    mmi = pid_from_samples([0, 0, 1, 1], [0, 1, 0, 1], [0, 0, 0, 1], measure="mmi")
    assert mmi.measure == "mmi"


def test_a_hundred_thousand_rows():
    rng = np.random.default_rng(2)
    x1, x2 = rng.integers(0, 5, 100_000), rng.choice(["red", "green", "blue"], 100_000)
    y = (x1 > 2) ^ (x2 == "red")
    table = table_from_samples(x1, x2, y)
    assert table.p.shape == (5, 3, 2)
    assert table.p[4, 2, 1] == np.mean((x1 == 4) & (x2 == "red") & y) == 0
    r, exact = pid_from_samples(x1, x2, y), pid(table.p)
    assert r.synergy == exact.synergy


@pytest.mark.parametrize(
    "values",
    [
        [1.0, math.nan, 2.0],
        ["a", None, "b"],
        ["a", math.nan, "b"],
        np.array(["a", None, "b"], dtype=object),
        np.ma.MaskedArray([1, 2, 3], mask=[0, 1, 0]),
        pd.Series([1, None, 2], dtype="Int64"),
        pd.Series(["a", None, "b"]),
        pd.Categorical(["a", None, "b"]),
        pd.Series([1, pd.NA, 2], dtype=object),
        np.array(["2020-01-01", "NaT", "2020-01-02"], dtype="datetime64[D]"),
        np.array([[1, 2], [1, math.nan], [2, 2]]),
    ],
)
def test_missing_values_are_refused(values):
    with pytest.raises(BadData, match="x2 has a missing value"):
        table_from_samples([0, 1, 2], values, [0, 1, 0])


@pytest.mark.parametrize(
    "columns, words",
    [
        (([0, 1], [0, 1, 1], [0, 1]), "x1 has 2, x2 has 3, y has 2"),
        (([], [], []), "x1 is empty"),
        ((np.zeros((3, 0)), [1, 2, 3], [1, 2, 3]), "x1 has no columns"),
        (("abc", [1, 2, 3], [1, 2, 3]), "x1 is 'abc'; allowed: a sequence"),
        ((5, [1], [1]), "x1 is '5'"),
        (([1], np.zeros((1, 1, 1)), [1]), r"x2 has shape \(1, 1, 1\)"),
        (([1, 2], [[1, 2], [1]], [1, 2]), "x2 is ragged"),
        (([1, 2], np.array([1j, 2]), [1, 2]), "x2 holds complex128"),
        (([1, 2], [{}, {}], [1, 2]), "x2 holds values that are no labels"),
    ],
)
def test_what_cannot_be_is_said(columns, words):
    with pytest.raises(BadData, match=words):
        table_from_samples(*columns)


def test_measured_numbers_are_sent_to_the_discretiser():
    rng = np.random.default_rng(3)
    n = 200
    ok = rng.integers(0, 2, n)
    for measured in (rng.normal(size=n), rng.normal(size=n).astype(object), np.round(rng.normal(size=n), 2)):
        with pytest.raises(BadData, match=r"x1 holds .* different measured numbers in 200 rows.*discretise"):
            table_from_samples(measured, ok, ok)
    halves = rng.integers(0, 6, n) / 2
    assert table_from_samples(halves, ok, ok).labels1 == (0, 0.5, 1, 1.5, 2, 2.5)
    ages = rng.integers(20, 90, 5000).astype(float)
    assert table_from_samples(ages, np.ones(5000), np.ones(5000)).p.shape == (70, 1, 1)


def test_a_table_too_large_is_refused_before_it_is_made():
    rows_ = np.arange(4000)
    with pytest.raises(BadData, match=r"4,000 x 4,000 x 4,000 = 64,000,000,000 cells; allowed: 50,000,000"):
        table_from_samples(rows_, rows_, rows_)


def test_an_unknown_measure_is_named():
    with pytest.raises(BadSpec, match="measure 'brojaa'"):
        pid_from_samples([0], [0], [0], measure="brojaa")
