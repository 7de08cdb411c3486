from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mmexplore.discretize import Discretizer
from mmexplore.errors import BadData, BadSpec

BOTH = ("quantile", "kmeans")


def scores(x, weights):
    x = np.asarray(x, dtype=float)
    sd = x.std(0)
    return ((x - x.mean(0)) / np.where(sd > 1e-12, sd, 1)) @ weights


few = st.floats(-5, 5).map(lambda v: round(v, 1))


def test_quantile_bins_of_one_column_are_its_quantiles():
    x = np.random.default_rng(0).normal(10, 3, size=1001)
    d = Discretizer(bins=5).discretize(x, ["height"])
    np.testing.assert_allclose(d.edges, np.quantile(x, [0.2, 0.4, 0.6, 0.8]), atol=0.05)
    np.testing.assert_array_equal(d.codes, np.searchsorted(d.edges, x))
    assert d.counts.max() - d.counts.min() <= 1
    assert d.labels[0] == f"below {d.edges[0]:.3g}" and d.labels[1] == f"{d.edges[0]:.3g} to {d.edges[1]:.3g}"
    assert d.weights.tolist() == [1.0] and d.explained == pytest.approx(1)
    assert d.columns == ("height",) and d.notes == ()


def test_first_direction_and_its_share_agree_with_the_correlation_matrix():
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(2, 4000))
    r = 0.6
    x = np.stack([a, r * a + np.sqrt(1 - r * r) * b], axis=1) * [3, 0.01] + [5, -2]
    d = Discretizer().discretize(x)
    np.testing.assert_allclose(d.weights, [np.sqrt(0.5)] * 2, atol=1e-12)
    assert d.explained == pytest.approx((1 + np.corrcoef(x.T)[0, 1]) / 2, abs=1e-12)
    s = scores(x, [np.sqrt(0.5)] * 2)
    np.testing.assert_allclose(d.edges, np.quantile(s, [0.25, 0.5, 0.75]), atol=0.01)
    np.testing.assert_array_equal(d.codes, np.searchsorted(d.edges, s))


def test_the_direction_agrees_with_scikit_learns():
    from sklearn.decomposition import PCA
    from sklearn.preprocessing import StandardScaler

    x = np.random.default_rng(2).gamma(2, size=(200, 6)) @ np.random.default_rng(3).normal(size=(6, 6))
    d = Discretizer().discretize(x)
    pca = PCA(1).fit(StandardScaler().fit_transform(x))
    assert abs(pca.components_[0] @ d.weights) == pytest.approx(1, abs=1e-10)
    assert d.explained == pytest.approx(pca.explained_variance_ratio_[0], abs=1e-10)
    assert d.weights.sum() > 0


@pytest.mark.parametrize("method", BOTH)
def test_units_do_not_matter(method):
    x = np.random.default_rng(4).normal(size=(300, 3))
    codes = Discretizer(method=method, bins=5).discretize(x).codes
    np.testing.assert_array_equal(
        Discretizer(method=method, bins=5).discretize(x * [2, 1e150, 1e-150] + [3, 0, 0]).codes, codes
    )


@pytest.mark.parametrize("method", BOTH)
@settings(max_examples=60, deadline=None)
@given(x=arrays(float, st.tuples(st.integers(1, 40), st.integers(1, 3)), elements=few), bins=st.integers(2, 12))
def test_any_data_make_full_ordered_bins(method, x, bins):
    d = Discretizer(method=method, bins=bins).discretize(x)
    distinct = len(np.unique(x, axis=0))
    assert 1 <= d.bins <= min(bins, distinct)
    assert d.codes.shape == (len(x),) and d.counts.sum() == len(x) and (d.counts > 0).all()
    assert len(set(d.labels)) == d.bins == len(d.counts) == len(d.centres)
    assert -1e-12 <= d.explained <= 1 + 1e-12
    assert (d.bins < bins) == any("bins were asked for" in note for note in d.notes)
    if distinct > 1 and method == "kmeans":
        assert d.bins >= 2
    means = [scores(x, d.weights)[d.codes == k].mean() for k in range(d.bins)]
    assert (np.diff(means) >= -1e-9).all()
    for k in range(d.bins):
        np.testing.assert_allclose(d.centres[k], x[d.codes == k].mean(axis=0), atol=1e-9)
    _, rows = np.unique(x, axis=0, return_inverse=True)
    for row in range(distinct):
        assert len(set(d.codes[rows.ravel() == row])) == 1, "equal rows share a state"


def test_fewer_distinct_values_than_bins():
    d = Discretizer(bins=4).discretize([0] * 90 + [1] * 5 + [2] * 5)
    assert d.counts.tolist() == [90, 5, 5]
    assert d.labels == ("below 0.5", "0.5 to 1.5", "above 1.5")
    assert d.notes == ("4 bins were asked for and 3 are used: there are only 3 distinct values",)


def test_ties_merge_bins_and_say_so():
    x = np.concatenate([np.zeros(80), np.linspace(1, 2, 20)])
    d = Discretizer(bins=4).discretize(x)
    assert d.counts.tolist() == [80, 20]
    assert d.notes == ("4 bins were asked for and 2 are used: so many rows are equal that bins were merged",)


@pytest.mark.parametrize("method", BOTH)
def test_constant_columns_carry_no_weight(method):
    x = np.random.default_rng(5).normal(size=(100, 2))
    with_constant = np.column_stack([x[:, 0], np.full(100, 0.1), x[:, 1]])
    d = Discretizer(method=method).discretize(with_constant, ["a", "flat", "b"])
    np.testing.assert_array_equal(d.codes, Discretizer(method=method).discretize(x).codes)
    assert d.weights[1] == 0 and d.notes == ("flat is constant and carries no weight",)
    alone = Discretizer(method=method).discretize(np.full((10, 2), 0.1))
    assert alone.bins == 1 and alone.explained == 0
    assert "only 1 distinct value" in alone.notes[-1]


def test_kmeans_finds_clusters_that_are_there():
    rng = np.random.default_rng(6)
    truth = np.repeat(np.arange(5), 40)
    corners = np.array([[0, 0], [10, 0], [0, 10], [10, 10], [5, 25]])
    x = corners[truth] + rng.normal(size=(200, 2))
    d = Discretizer(method="kmeans", bins=5).discretize(x)
    assert sorted(d.counts.tolist()) == [40] * 5
    for k in range(5):
        assert len(set(d.codes[truth == k])) == 1
    assert d.explained > 0.95 and d.edges.size == 0


def test_kmeans_spread_is_about_as_small_as_scikit_learns():
    from sklearn.cluster import KMeans

    x = np.random.default_rng(7).normal(size=(400, 4))
    z = (x - x.mean(0)) / x.std(0)
    d = Discretizer(method="kmeans", bins=6).discretize(x)
    best = KMeans(6, n_init=20, random_state=0).fit(z).inertia_
    assert (1 - d.explained) * (z**2).sum() <= best * 1.01


def test_many_rows_are_clustered_through_some_of_them():
    rng = np.random.default_rng(8)
    truth = rng.integers(0, 3, 20_000)
    d = Discretizer(method="kmeans", bins=3).discretize(truth * 20.0 + rng.normal(size=20_000))
    np.testing.assert_array_equal(d.codes, truth)


@pytest.mark.parametrize("method", BOTH)
def test_the_same_twice(method):
    x = np.random.default_rng(9).normal(size=(150, 5))
    a, b = (Discretizer(method=method, bins=7).discretize(x) for _ in range(2))
    np.testing.assert_array_equal(a.codes, b.codes)
    assert a.labels == b.labels


def test_a_frame_brings_its_names():
    frame = pd.DataFrame({"age": [1, 2, 3, 4], "dose": [0.1, 0.4, 0.2, 0.9]})
    assert Discretizer(bins=2).discretize(frame).columns == ("age", "dose")


@pytest.mark.parametrize(
    "x, words",
    [
        ([1.0, np.nan, 2.0], "column 1 has 1 value missing or infinite"),
        (np.array([[1, 2], [3, np.inf]]), "column 2 has 1 value missing or infinite"),
        ("text", "are 'text'; allowed: an array, a list or a frame"),
        (5, "are '5'"),
        (np.array([1j, 2]), "column 1 holds complex numbers"),
        ([{}, {"a": 1}], "column 1 holds values that are no labels"),
        ([], r"shape \(0,\)"),
        (np.zeros((0, 2)), r"shape \(0, 2\)"),
        (np.zeros((2, 2, 2)), r"shape \(2, 2, 2\)"),
        ([[1, 2], [3]], "ragged"),
    ],
)
def test_what_cannot_be_is_said(x, words):
    with pytest.raises(BadData, match=words):
        Discretizer(missing="refuse").discretize(x)


def test_bad_settings_are_named():
    with pytest.raises(BadSpec, match="bins is 65; allowed: whole numbers 2 to 64"):
        Discretizer(bins=65)
    with pytest.raises(BadSpec, match="method is 'means'; allowed: quantile, width, kmeans, principal, categorical"):
        Discretizer(method="means")
    with pytest.raises(BadData, match="1 column names for 2 columns"):
        Discretizer().discretize(np.eye(2), ["a"])
