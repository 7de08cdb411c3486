"""Joint states, missing values, rows that were not fitted, and scikit-learn's conventions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

import mmexplore as mm
from mmexplore.discretize import MAX_STATES, METHODS, Discretizer, discretize_target
from mmexplore.errors import BadData, BadSpec


@pytest.fixture
def frame():
    rng = np.random.default_rng(0)
    n = 600
    return pd.DataFrame(
        {
            "age": rng.normal(50, 12, n),
            "dose": rng.gamma(2.0, size=n),
            "sex": rng.choice(["f", "m"], n),
            "smokes": rng.random(n) < 0.3,
        }
    )


def test_categories_are_taken_as_they_are_and_sorted():
    d = Discretizer(method="categorical").discretize(["b", "a", "b", "c"])
    assert d.codes.tolist() == [1, 0, 1, 2] and d.labels == ("a", "b", "c") and d.counts.tolist() == [1, 2, 1]
    d = Discretizer(method="categorical").discretize([10.0, 9.5, 10.0, 2.0])
    assert d.codes.tolist() == [2, 1, 2, 0] and d.labels == ("2.0", "9.5", "10.0")
    size = pd.Categorical(["low", "high", "low"], categories=["low", "mid", "high"], ordered=True)
    d = Discretizer().discretize(pd.Series(size, name="size"))
    assert d.codes.tolist() == [0, 1, 0] and d.labels == ("low", "high") and d.columns == ("size",)
    mixed = Discretizer().discretize(np.array([1, "1", 2, "1"], dtype=object))
    assert mixed.codes.tolist() == [0, 2, 1, 2] and mixed.labels == ("1", "2", "'1'")


def test_a_joint_state_is_what_a_group_by_would_make(frame):
    d = Discretizer(bins=3).discretize(frame)
    alone = Discretizer(bins=3).discretize(frame[["age", "dose"]])
    groups = frame[["sex", "smokes"]].assign(bin=alone.codes).groupby(["bin", "sex", "smokes"]).ngroup()
    np.testing.assert_array_equal(d.codes, groups)
    assert d.labels[0] == f"direction 1 {alone.labels[0]}, sex f, smokes False"
    assert [part.kind for part in d.parts] == ["cut", "category", "category"]
    assert d.numbers == ("age", "dose") and d.columns == tuple(frame.columns)
    np.testing.assert_allclose(d.centres, frame[["age", "dose"]].groupby(groups).mean())
    assert sum(d.counts) == len(frame) and d.missing == 0 and not d.notes


@pytest.mark.parametrize("method", ["quantile", "width"])
def test_each_column_by_itself_agrees_with_pandas(frame, method):
    numbers = frame[["age", "dose"]]
    d = Discretizer(method=method, bins=4, each=True).discretize(numbers)
    cut = pd.qcut if method == "quantile" else pd.cut
    codes = [cut(numbers[name], 4, labels=False) for name in numbers]
    np.testing.assert_array_equal(d.codes, pd.DataFrame(codes).T.groupby(["age", "dose"]).ngroup())
    assert [part.columns for part in d.parts] == [("age",), ("dose",)]
    for part, name in zip(d.parts, numbers, strict=True):
        expected = np.quantile(numbers[name], [0.25, 0.5, 0.75])
        if method == "width":
            low, high = numbers[name].min(), numbers[name].max()
            expected = low + (high - low) * np.array([0.25, 0.5, 0.75])
        np.testing.assert_allclose(part.edges, expected, rtol=0.01)


def test_principal_directions_are_scikit_learns_each_in_quantiles():
    from sklearn.decomposition import PCA
    from sklearn.preprocessing import StandardScaler

    x = np.random.default_rng(1).normal(size=(500, 5)) @ np.random.default_rng(2).normal(size=(5, 5))
    d = Discretizer(method="principal", directions=2, bins=3).discretize(x)
    pca = PCA(2).fit(StandardScaler().fit_transform(x))
    scores = pca.transform(StandardScaler().fit_transform(x))
    bins = []
    for k, part in enumerate(d.parts):
        sign = np.sign(pca.components_[k] @ part.weights)
        np.testing.assert_allclose(sign * pca.components_[k], part.weights, atol=1e-9)
        assert part.explained == pytest.approx(pca.explained_variance_ratio_[k], abs=1e-10)
        bins.append(pd.qcut(sign * scores[:, k], 3, labels=False))
    np.testing.assert_array_equal(d.codes, pd.DataFrame(bins).T.groupby([0, 1]).ngroup())
    assert d.explained == pytest.approx(pca.explained_variance_ratio_.sum())
    one = Discretizer(method="principal", directions=1, bins=5).discretize(x)
    np.testing.assert_array_equal(one.codes, Discretizer(method="quantile", bins=5).discretize(x).codes)


def test_many_columns_have_the_directions_of_a_dense_eigenproblem():
    rng = np.random.default_rng(3)
    x = rng.normal(size=(400, 2)) @ rng.normal(size=(2, 300)) + rng.normal(size=(400, 300))
    d = Discretizer(method="principal", directions=2, bins=3).discretize(x)
    values, vectors = np.linalg.eigh(np.corrcoef(x.T))
    for k, part in enumerate(d.parts):
        assert abs(vectors[:, -1 - k] @ part.weights) == pytest.approx(1, abs=1e-6)
        assert part.explained == pytest.approx(values[-1 - k] / 300, abs=1e-9)


def test_equal_width_leaves_out_empty_bins():
    d = Discretizer(method="width", bins=5).discretize([0, 0, 1, 9, 10])
    assert d.codes.tolist() == [0, 0, 0, 1, 1] and d.labels == ("below 2", "above 8")
    assert d.notes == ("2 of 5 bins of equal width hold rows",)


@pytest.mark.parametrize("method", METHODS)
def test_rows_transform_as_they_were_fitted(frame, method):
    if method == "categorical":
        frame = frame[["sex", "smokes"]]
    model = Discretizer(method=method, bins=3)
    codes = model.fit_transform(frame)
    np.testing.assert_array_equal(model.transform(frame), codes)
    np.testing.assert_array_equal(model.transform(frame.iloc[::-1]), codes[::-1])
    np.testing.assert_array_equal(codes, Discretizer(method=method, bins=3).discretize(frame).codes)
    assert model.labels == model.description_.labels


def test_a_holdout_uses_the_cuts_of_the_other_rows():
    rng = np.random.default_rng(4)
    x = rng.normal(size=(1000, 3)) * [1, 5, 0.1] + 2
    first, second = x[:500], x[500:]
    model = Discretizer(bins=4).fit(first)
    part = model.description_.parts[0]
    z = (second - first.mean(0)) / first.std(0)
    np.testing.assert_array_equal(model.transform(second), np.searchsorted(part.edges, z @ part.weights))
    assert model.transform([[1e300, 1e300, 1e300]]).tolist() == [3]


def test_unseen_categories_go_to_other_and_it_is_said():
    model = Discretizer().fit(pd.DataFrame({"a": ["x", "y", "x"], "b": ["u", "u", "v"]}))
    later = model.apply(pd.DataFrame({"a": ["x", "z", "y"], "b": ["u", "u", "v"]}))
    assert later.codes.tolist() == [0, 3, 3] and later.labels[3] == "other" and later.counts.tolist() == [1, 0, 0, 2]
    assert later.notes == (
        "a: 1 row outside the states seen when fitted goes to other",
        "1 row with a combination not seen when fitted goes to other",
    )
    plain = Discretizer().fit(["other", "a"])
    assert plain.apply(["b"]).labels == ("a", "other", "other (unseen)")
    numbers = Discretizer(method="categorical").fit([1, 2])
    assert numbers.transform([2, 3, 1]).tolist() == [1, 2, 0]


def test_rows_with_missing_values_are_dropped_and_counted(frame):
    holes = frame.copy()
    holes.loc[3, "age"] = np.nan
    holes.loc[5, "dose"] = np.inf
    holes.loc[7, "sex"] = None
    gone = [3, 5, 7]
    d = Discretizer(bins=3).discretize(holes)
    assert np.flatnonzero(~d.kept).tolist() == gone and d.missing == 3
    assert "3 of 600 rows have a missing value and are left out" in d.notes
    assert "dose: infinite values count as missing (1)" in d.notes
    clean = Discretizer(bins=3).discretize(frame.drop(index=gone))
    np.testing.assert_array_equal(d.codes[d.kept], clean.codes)
    np.testing.assert_allclose(d.centres, clean.centres)
    assert d.counts.tolist() == clean.counts.tolist() and d.labels == clean.labels


def test_missing_can_be_a_state(frame):
    holes = frame[["age", "sex"]].copy()
    holes.loc[[3, 4], "age"] = np.nan
    holes.loc[[4, 5], "sex"] = None
    model = Discretizer(bins=2, missing="state").fit(holes)
    d = model.description_
    assert d.missing == 0 and d.parts[0].labels[-1] == "missing" and d.parts[1].labels == ("f", "m", "missing")
    assert d.labels[d.codes[4]] == "age missing, sex missing"
    assert np.flatnonzero(np.char.find(np.array(d.labels)[d.codes], "missing") >= 0).tolist() == [3, 4, 5]
    np.testing.assert_array_equal(model.transform(holes), d.codes)
    edges = Discretizer(bins=2).discretize(holes["age"]).edges
    np.testing.assert_allclose(d.parts[0].edges, edges)
    never = Discretizer(missing="state").fit([1.0, 2.0])
    assert never.transform([np.nan, 2.0]).tolist() == [-1, 1]
    plain = Discretizer(method="categorical", missing="state").discretize(["missing", None])
    assert plain.labels == ("missing", "missing value")


@pytest.mark.parametrize("missing", ["drop", "state"])
def test_nothing_but_missing_is_refused(missing):
    with pytest.raises(BadData, match="every row has a missing value in one of column 1"):
        Discretizer(missing=missing).discretize([np.nan, np.nan])


def test_too_many_states_are_refused_with_what_to_do():
    with pytest.raises(BadData, match=rf"id has 100,000 different values; allowed: {MAX_STATES:,} states"):
        Discretizer(method="categorical").discretize(np.arange(100_000), ["id"])
    x = np.random.default_rng(5).normal(size=(20_000, 8))
    with pytest.raises(BadData, match=r"the columns up to column \d make [\d,]+ joint states \(.*8 x 8\); allowed"):
        Discretizer(bins=8, each=True).discretize(x)
    bits = pd.DataFrame(np.random.default_rng(6).random((20_000, 50)) < 0.5)
    with pytest.raises(BadData, match="make truth values numbers"):
        Discretizer().discretize(bits)
    assert Discretizer().discretize(bits.astype(int)).bins == 4


def test_identifiers_are_told():
    d = Discretizer(method="categorical").discretize([f"patient {k}" for k in range(50)])
    assert "every row is a state of its own" in d.notes[-1]


def test_dates_are_cut_by_day():
    days = pd.date_range("2020-01-01", periods=100, freq="D").to_series(name="visit")
    d = Discretizer(bins=2).discretize(days)
    assert d.counts.tolist() == [50, 50] and d.labels == ("until 2020-02-19", "after 2020-02-19")
    with_gap = days.where(days.index != days.index[3])
    assert Discretizer(bins=2).discretize(with_gap).missing == 1
    zoned = days.dt.tz_localize("Europe/Berlin")
    np.testing.assert_array_equal(Discretizer(bins=2).discretize(zoned).codes, d.codes)


@pytest.mark.parametrize(
    "x",
    [
        pd.Series([1, 2, None, 4], dtype="Int64"),
        pd.Series([1, 2, None, 4], dtype=object),
        np.ma.masked_array([1, 2, 9, 4], [0, 0, 1, 0]),
        [1, 2, None, 4],
        [1.0, 2.0, float("nan"), 4.0],
    ],
    ids=["nullable", "object", "masked", "list", "float"],
)
def test_every_way_to_write_a_missing_number(x):
    assert Discretizer(bins=3).discretize(x).codes.tolist() == [0, 1, -1, 2]


def test_other_columns_than_fitted_are_refused(frame):
    model = Discretizer().fit(frame[["age", "dose"]])
    with pytest.raises(BadData, match="the columns are dose, age; allowed: those it was fitted on, age, dose"):
        model.transform(frame[["dose", "age"]])
    with pytest.raises(BadData, match="1 columns; allowed: the 2 that were fitted"):
        model.transform(frame[["age"]])
    with pytest.raises(BadData, match="age holds text where numbers are needed"):
        model.transform(pd.DataFrame({"age": ["old"], "dose": [1]}))
    model.transform(frame[["age", "dose"]].to_numpy())
    with pytest.raises(BadSpec, match="has learned no states; call fit first"):
        Discretizer().transform([1, 2])


def test_scikit_learns_conventions():
    model = mm.Discretizer(method="width", bins=7).fit([1, 2, 3])
    copy = clone(model)
    assert copy == model and copy.get_params() == model.get_params() and not hasattr(copy, "rule_")
    assert model.set_params(bins=2) is model and model.bins == 2 and not hasattr(model, "rule_")
    with pytest.raises(BadSpec, match="has no parameter 'bin'; allowed: method, bins"):
        model.set_params(bin=3)
    with pytest.raises(BadSpec, match="bins is 1"):
        model.set_params(bins=1, method="quantile")
    assert model.method == "width"
    assert model.fit([1, 2, 3], [0, 1, 0]) is model
    assert Discretizer.from_query(copy.to_query()) == (copy, [])


def test_a_measured_target_is_cut_and_a_label_is_not():
    y = np.random.default_rng(7).normal(size=300)
    d = discretize_target(y, 3, name="progression")
    assert d.counts.tolist() == [100, 100, 100] and d.columns == ("progression",)
    assert d.notes[0] == "progression is a measurement (300 different values): cut into 3 bins of equal counts"
    assert discretize_target(pd.Series([5, 7, 5], name="grade")).labels == ("5", "7")
    assert discretize_target(["a", "b"]).labels == ("a", "b")
    assert discretize_target([1.0, np.nan, 0.0]).codes.tolist() == [1, -1, 0]


def test_what_was_done_in_sentences(frame):
    d = Discretizer(bins=2, each=True).discretize(frame[["age", "sex"]])
    assert d.sentences() == [f"age: 2 states, cut at {np.median(frame['age']):.3g}", "sex: 2 states, as they are"]
    assert "k-means clusters" in Discretizer(method="kmeans").discretize(frame[["age", "dose"]]).sentences()[0]
    assert "direction 1 of 2 standardised columns" in Discretizer().discretize(frame[["age", "dose"]]).sentences()[0]
