import numpy as np
import pytest

from mmexplore.errors import BadData
from mmexplore.estimators.tables.counts import as_counts, count_codes, rows_of
from mmexplore.info.samples import table_from_samples


def codes(seed=0, n=300):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 4, n), rng.integers(0, 3, n), rng.integers(0, 2, n)


def test_counts_are_those_of_the_labels():
    c = codes()
    np.testing.assert_allclose(count_codes(*c) / 300, table_from_samples(*c).p, atol=1e-15)


def test_states_that_do_not_occur_are_dropped():
    x1, x2, y = codes()
    np.testing.assert_array_equal(count_codes(5 * x1 + 2, x2 + 7, 10**12 * y), count_codes(x1, x2, y))
    padded = np.zeros((6, 5, 3), dtype=int)
    padded[1:5, 2:, 1:] = count_codes(x1, x2, y)
    np.testing.assert_array_equal(as_counts(padded), count_codes(x1, x2, y))


def test_rows_and_counts_are_the_same_thing():
    table = count_codes(*codes())
    np.testing.assert_array_equal(count_codes(*rows_of(table)), table)


def test_truth_values_are_codes():
    assert count_codes([True, False], [False, False], [True, False]).shape == (2, 1, 2)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (([0, 1], [0], [0, 1]), "modality 2 has 1"),
        (([], [], []), "no rows"),
        (([0.5], [0], [0]), "modality 1"),
        (([0], [-1], [0]), "hold -1"),
        (([[0]], [0], [0]), "shape"),
        ((["a"], [0], [0]), "modality 1"),
        ((np.arange(20_000), np.arange(20_000), np.zeros(20_000, int)), "20,000 x 20,000"),
    ],
)
def test_what_is_no_code_is_refused(columns, said):
    with pytest.raises(BadData, match=said):
        count_codes(*columns)


@pytest.mark.parametrize(
    "table",
    [
        np.ones((2, 2)),
        np.full((2, 2, 2), 0.125),
        -np.ones((2, 2, 2)),
        np.zeros((2, 2, 2)),
        [[["a"]]],
        [[[1e9]]],
        [[[1e300, 1e300]]],
    ],
)
def test_what_is_no_count_is_refused(table):
    with pytest.raises(BadData):
        as_counts(table)
