from __future__ import annotations

import numpy as np
import pytest

from mmexplore.datasets.views import two_views
from mmexplore.datasets.views.own import given_views
from mmexplore.errors import BadData, BadSpec


def correlations(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Canonical correlations by orthonormal bases."""
    qa, qb = (np.linalg.qr(v - v.mean(axis=0))[0] for v in (a, b))
    return np.linalg.svd(qa.T @ qb)[1]


def test_the_gaussian_beneath_the_warp_has_its_correlations():
    views = two_views("warped-gaussian?correlations=0.3,0.9&n=20000&warp=0&warp_y=1").draw()
    assert views.canonical.correlations.tolist() == [0.9, 0.3]
    np.testing.assert_allclose(correlations(views.canonical.u, views.canonical.v), [0.9, 0.3], atol=0.01)
    # without a warp, the views themselves; with one, less is left for straight lines
    np.testing.assert_allclose(correlations(views.x1, views.canonical.v), [0.9, 0.3], atol=0.01)
    assert correlations(views.x1, views.x2)[0] < 0.88
    np.testing.assert_allclose(views.x2.var(axis=0).mean(), 1, atol=0.02)


def test_noisy_digits_share_the_class_only_and_no_image_is_on_both_sides():
    views = two_views("noisy-digits?n=400&turn=0&shrink=0&noise=0").draw()
    assert views.ceiling.endswith("3.322 bit")
    train = {row.tobytes() for row in np.round(views.x1[~views.held_out], 6)}
    train |= {row.tobytes() for row in np.round(views.x2[~views.held_out], 6)}
    held = [row.tobytes() for row in np.round(np.vstack([views.x1[views.held_out], views.x2[views.held_out]]), 6)]
    assert not train & set(held)
    assert not (views.x1 == views.x2).all(axis=1).any()  # another image of the digit
    assert views.factors[0].classes == 10


def test_turning_by_90_degrees_is_a_turn_of_the_array():
    from mmexplore.datasets.views.noisy_digits import _turned

    image = np.random.default_rng(0).uniform(size=(1, 8, 8))
    for degrees, expected in ((0, image[0]), (90, np.rot90(image[0])), (180, np.rot90(image[0], 2))):
        found = _turned(image, np.deg2rad(np.array([float(degrees)])), np.ones(1))[0]
        assert any(np.allclose(found, side, atol=1e-9) for side in (expected, np.rot90(expected, 2)))
    np.testing.assert_allclose(_turned(image, np.zeros(1), np.ones(1)), image, atol=1e-12)


def good(n: int = 60) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {"x1": rng.normal(size=(n, 2)), "x2": rng.normal(size=(n, 3)), "y": np.arange(n) % 3}


def test_own_views_get_a_label_and_linear_factors():
    views = given_views(good())
    assert views.class_names == ("0", "1", "2")
    assert views.factors[0].name == "target"
    assert {factor.kind for factor in views.factors} >= {"unique1", "unique2"}
    number = given_views(good() | {"y": np.linspace(0, 1, 60)})
    assert number.y is None
    assert number.factors[0].classes == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"x2": np.zeros((59, 3))}, "x has 60 rows and y has 59"),
        ({"x1": np.ones((60, 2))}, "x is constant in column 1, 2"),
        (
            {"x1": np.vstack([good()["x1"][:59], [[1.0, np.nan]]])},
            "x holds 1 values that are missing .* row 60, column 2",
        ),
        (
            {"x1": np.zeros((1, 2)), "x2": np.zeros((1, 3)), "y": np.zeros(1)},
            "the views have 1 row; allowed: at least 40",
        ),
        ({"y": np.zeros(12)}, "y has 12 rows"),
        ({"x1": np.array([["a"]] * 60)}, "x1 holds text"),
        ({"x1": np.zeros((60, 0))}, "at least one column"),
    ],
)
def test_bad_views_get_a_sentence(change, words):
    with pytest.raises(BadData, match=words):
        given_views(good() | change)


def test_a_missing_view_is_named():
    with pytest.raises(BadData, match="no x2"):
        given_views({"x1": np.zeros((60, 2))})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("warped-gausian", "did you mean 'warped-gaussian'"),
        ("warped-gaussian?correlations=0.5,2", "correlations is '0.5,2'; allowed"),
        ("warped-gaussian?n", "name=value"),
        ("noisy-digits?noise=9", "noise is 9"),
        ("noisy-digits?colour=1", "has no parameter 'colour'"),
    ],
)
def test_bad_texts_are_named(text, words):
    with pytest.raises(BadSpec, match=words):
        two_views(text)
