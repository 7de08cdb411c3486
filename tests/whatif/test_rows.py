from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mmexplore.errors import BadData, BadSpec
from mmexplore.whatif import RowWhatIf, groups_text, names_text, subgroups

N = 400


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    x1 = pd.DataFrame({"a": rng.normal(10, 3, N), "b": rng.gamma(2, size=N), "sex": rng.choice(["f", "m"], N)})
    x2 = pd.DataFrame({"c": rng.normal(size=N), "row": np.arange(N)})
    y = pd.Series(rng.choice(["cat", "dog", "eel"], N, p=[0.6, 0.3, 0.1]), name="animal")
    return x1, x2, y


def same(a, b):
    pd.testing.assert_frame_equal(a, b, check_dtype=False)


def test_the_defaults_change_nothing(data):
    after = RowWhatIf().apply(*data)
    same(after.x1, data[0]), same(after.x2, data[1])
    assert after.y.tolist() == data[2].tolist() and after.rows.tolist() == list(range(N))
    assert after.sentence == "Nothing was changed." and after.sentences == ()


def test_noise_is_normal_in_units_of_the_column(data):
    after = RowWhatIf(noise1=2.0).apply(*data, seed=1)
    for name in ("a", "b"):
        noise = (after.x1[name] - data[0][name]) / data[0][name].std(ddof=0) / 2
        assert abs(noise.mean()) < 4 / np.sqrt(N) and abs(noise.std() - 1) < 4 / np.sqrt(2 * N)
    assert abs(np.corrcoef(after.x1["a"] - data[0]["a"], after.x1["b"] - data[0]["b"])[0, 1]) < 4 / np.sqrt(N)
    assert after.x1["sex"].equals(data[0]["sex"]) and after.x2 is not None and after.x2.equals(data[1])
    assert after.sentence == "2 numbers of modality 1 get noise of 2 sd."


def test_noise_keeps_holes_and_takes_whole_numbers_and_huge_ones():
    x = pd.DataFrame({"n": pd.Series([1, None, 3, 4], dtype="Int64"), "big": [1e300, -1e300, 1e300, 0.0], "flat": 1.0})
    after = RowWhatIf(noise1=1.0).apply(x, x, [0, 1, 0, 1]).x1
    assert np.isnan(after["n"].to_numpy()[1]) and np.isfinite(after["big"]).all() and (after["flat"] == 1).all()


def test_a_row_gets_the_same_noise_whatever_else_is_changed(data):
    alone = RowWhatIf(noise1=1.0, noise2=0.5).apply(*data, seed=3)
    spec = RowWhatIf(noise1=1.0, noise2=0.5, drop1=names_text(["b"]), rows=100, column="sex", keep="f", balance=True)
    more = spec.apply(*data, seed=3)
    same(more.x1, alone.x1.iloc[more.rows][["a", "sex"]])
    same(more.x2, alone.x2.iloc[more.rows])


def test_one_seed_gives_one_answer_and_another_seed_another(data):
    spec = RowWhatIf(noise1=1.0, shuffle="x2", rows=50, balance=True, replace1=0.5)
    a, b, c = spec.apply(*data, seed=5), spec.apply(*data, seed=5), spec.apply(*data, seed=6)
    same(a.x1, b.x1), same(a.x2, b.x2)
    assert a.rows.tolist() == b.rows.tolist() != c.rows.tolist()


def test_wrong_categories_keep_their_frequencies(data):
    after = RowWhatIf(replace1=1.0).apply(*data, seed=1)
    share = (data[0]["sex"] == "f").mean()
    assert abs((after.x1["sex"] == "f").mean() - share) < 4 * 0.5 / np.sqrt(N)
    agree = share**2 + (1 - share) ** 2
    assert abs((after.x1["sex"] == data[0]["sex"]).mean() - agree) < 4 * 0.5 / np.sqrt(N)
    half = RowWhatIf(replace1=0.5).apply(*data, seed=1)
    assert abs((half.x1["sex"] == data[0]["sex"]).mean() - (0.5 + 0.5 * agree)) < 4 * 0.5 / np.sqrt(N)
    assert after.x1["a"].equals(data[0]["a"])
    assert RowWhatIf(replace2=0.5).apply(*data).sentences == (
        "Modality 2 has no categories: replacing them changes nothing",
    )


@pytest.mark.parametrize("k", [3, -3])
def test_a_shift_pairs_with_earlier_or_later_rows_and_cuts_the_ends(data, k):
    after = RowWhatIf(shift=k).apply(*data)
    assert len(after.rows) == N - 3
    np.testing.assert_array_equal(after.x2["row"], after.rows - k)
    assert after.x1["a"].tolist() == data[0]["a"].iloc[after.rows].tolist()
    assert after.y.tolist() == data[2].iloc[after.rows].tolist()
    np.testing.assert_array_equal(after.rows2, after.rows - k)
    assert ("earlier" if k > 0 else "later") in after.sentence


@pytest.mark.parametrize("which", ["x1", "x2", "y"])
def test_a_shuffle_permutes_one_of_the_three(data, which):
    after = RowWhatIf(shuffle=which).apply(*data, seed=2)
    taken = {"x1": after.rows1, "x2": after.rows2, "y": after.rows_y}
    for name, rows in taken.items():
        assert sorted(rows) == list(range(N)) and (rows.tolist() == list(range(N))) == (name != which)
    assert after.x1["a"].tolist() == data[0]["a"].iloc[after.rows1].tolist()
    assert after.x2["row"].tolist() == after.rows2.tolist()
    assert after.y.tolist() == data[2].iloc[after.rows_y].tolist()


def test_merged_classes_count_as_one(data):
    after = RowWhatIf(merge=groups_text([["cat", "eel"]])).apply(*data)
    assert after.y.value_counts().to_dict() == {
        "cat + eel": int((data[2] != "dog").sum()),
        "dog": int((data[2] == "dog").sum()),
    }
    numbers = RowWhatIf(merge=groups_text([[0, 2]])).apply(
        data[0], data[1], data[2].map({"cat": 0, "dog": 1, "eel": 2})
    )
    assert sorted(set(numbers.y)) == ["0 + 2", "1"]
    with pytest.raises(BadSpec, match="merge names 'cow'; allowed: cat, dog, eel"):
        RowWhatIf(merge='[["cat", "cow"]]').apply(*data)


def test_balance_takes_as_many_of_each_class_as_the_rarest_has(data):
    least = int((data[2] == "eel").sum())
    after = RowWhatIf(balance=True).apply(*data, seed=1)
    assert after.y.value_counts().to_dict() == {"cat": least, "dog": least, "eel": least}
    assert sorted(set(after.rows)) == after.rows.tolist()
    holes = data[2].where(data[2].index > 10, None)
    assert (RowWhatIf(balance=True).apply(data[0], data[1], holes).rows > 10).all()
    with pytest.raises(BadData, match="the target has 2,000 classes; allowed: 1,000"):
        RowWhatIf(balance=True).apply(np.zeros(2000), np.zeros(2000), np.arange(2000))


def test_balanced_draws_every_row_of_a_class_alike(data):
    drawn = np.zeros(N)
    for seed in range(200):
        drawn[RowWhatIf(balance=True).apply(*data, seed=seed).rows] += 1
    cats = drawn[(data[2] == "cat").to_numpy()]
    p = (data[2] == "eel").sum() / len(cats)
    assert abs(cats.mean() / 200 - p) < 1e-12 and abs(cats.var() - 200 * p * (1 - p)) < 0.25 * 200 * p * (1 - p)


@pytest.mark.parametrize(
    "column, keep, wanted",
    [
        ("sex", "f", lambda x1, x2, y: x1["sex"] == "f"),
        ("a", "8..12", lambda x1, x2, y: x1["a"].between(8, 12)),
        ("a", "..8", lambda x1, x2, y: x1["a"] <= 8),
        ("row", "300..", lambda x1, x2, y: x2["row"] >= 300),
        ("animal", "dog", lambda x1, x2, y: y == "dog"),
        ("site", "north..west", lambda x1, x2, y: y.index % 2 == 0),
        ("day", "2020-02-01..2020-03-01", lambda x1, x2, y: (y.index >= 31) & (y.index <= 60)),
        ("open", "True", lambda x1, x2, y: y.index % 3 == 0),
    ],
)
def test_subgroups_are_kept_by_value_or_range(data, column, keep, wanted):
    others = pd.DataFrame(
        {
            "site": np.where(np.arange(N) % 2 == 0, "north..west", "south"),
            "day": pd.date_range("2020-01-01", periods=N),
            "open": np.arange(N) % 3 == 0,
        }
    )
    after = RowWhatIf(column=column, keep=keep).apply(*data, others=others)
    np.testing.assert_array_equal(after.rows, np.flatnonzero(wanted(*data)))
    assert f"({len(after.rows):,} of 400)" in after.sentence


def test_what_is_not_there_is_said(data):
    with pytest.raises(BadSpec, match="column is 'age'; allowed: animal, a, b, sex, c, row"):
        RowWhatIf(column="age", keep="3").apply(*data)
    with pytest.raises(BadData, match=r"0 rows have sex = 'x'; allowed: at least 2\. Its values: "):
        RowWhatIf(column="sex", keep="x").apply(*data)
    with pytest.raises(BadSpec, match=r"keep is 'tall'; allowed: a number, or a range like 30\.\.40"):
        RowWhatIf(column="a", keep="tall").apply(*data)
    with pytest.raises(BadSpec, match=r"keep is 'x\.\.y'; allowed"):
        RowWhatIf(column="a", keep="x..y").apply(*data)
    with pytest.raises(BadSpec, match="drop1 names 'z'; allowed: a, b, sex"):
        RowWhatIf(drop1='["z"]').apply(*data)
    with pytest.raises(BadSpec, match="drop2 names every column of modality 2"):
        RowWhatIf(drop2='["c", "row"]').apply(*data)
    with pytest.raises(BadData, match="shift is 399, but there are 400 rows; allowed: -398 to 398"):
        RowWhatIf(shift=399).apply(*data)
    with pytest.raises(BadData, match="x1 has 400, x2 has 400, y has 3"):
        RowWhatIf().apply(data[0], data[1], [1, 2, 3])
    with pytest.raises(BadData, match="1 of 400 rows would be left"):
        RowWhatIf(rows=1).apply(*data)


@pytest.mark.parametrize(
    "values, words",
    [
        ({"drop1": "age"}, "drop1 is 'age'; allowed: a list in JSON"),
        ({"drop1": "[1]"}, "allowed: a list of names in JSON"),
        ({"merge": '[["a"]]'}, "lists of two or more labels"),
        ({"merge": '[["a", "b"], ["b", "c"]]'}, "each label once"),
        ({"merge": "[" * 40_000}, "allowed: a list in JSON"),
        ({"keep": "3"}, "keep names a value but column is empty"),
        ({"noise1": -1}, "noise1 is -1; allowed: 0 to 100"),
        ({"shuffle": "x3"}, "allowed: none, x1, x2, y"),
    ],
)
def test_bad_settings_are_named(values, words):
    with pytest.raises(BadSpec, match=words):
        RowWhatIf(**values)


def test_a_link_carries_every_change():
    spec = RowWhatIf(
        shift=-2, merge=groups_text([["a;+b", "ü"]]), drop1=names_text(['na"me']), balance=True, noise2=0.5
    )
    assert RowWhatIf.from_query(spec.to_query()) == (spec, [])
    assert RowWhatIf.from_query({"merge": "oops"})[0] == RowWhatIf()


def test_the_order_is_the_one_that_is_documented(data):
    spec = RowWhatIf(shift=5, column="row", keep="10..200", merge=groups_text([["dog", "eel"]]), balance=True, rows=60)
    after = spec.replace(shuffle="y").apply(*data, seed=1)
    assert after.x2["row"].between(10, 200).all() and (after.rows >= 15).all() and len(after.rows) == 60
    assert [s.split()[0] for s in after.sentences] == ["Modality", "Only", "Classes", "Every", "60", "The"]


def test_names_that_are_equal_get_noise_of_their_own():
    x = pd.DataFrame(np.tile(np.arange(50.0)[:, None], 2), columns=["a", "a"])
    after = RowWhatIf(noise1=1.0).apply(x, x, np.arange(50)).x1
    assert not np.allclose(after.iloc[:, 0], after.iloc[:, 1])


def test_subgroups_split_the_rows(data):
    groups = subgroups(data[2])
    assert [g.label for g in groups] == ["cat", "dog", "eel"]
    assert sorted(np.concatenate([g.rows for g in groups])) == list(range(N))
    quarters = subgroups(data[0]["a"], bins=4)
    assert [len(g.rows) for g in quarters] == [100] * 4 and quarters[0].label.startswith("below")
    with pytest.raises(BadData, match="id has 400 values; allowed: 12 subgroups"):
        subgroups(pd.Series([f"p{k}" for k in range(N)], name="id"))
