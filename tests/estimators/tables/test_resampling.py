import numpy as np
import pytest
from scipy import stats

from mmexplore.estimators.tables import resampling
from mmexplore.estimators.tables.resampling import stream
from mmexplore.info.pid import pid

COUNTS = np.random.default_rng(3).integers(0, 9, (3, 4, 2))
N = int(COUNTS.sum())


def draws(draw, number=400):
    return np.stack([draw(stream(0, "test", k)) for k in range(number)])


KEPT = {
    resampling.target_shuffled: [(2,), (0, 1)],
    resampling.modality1_shuffled: [(0,), (1, 2)],
    resampling.modality2_shuffled: [(1,), (0, 2)],
    resampling.shuffled_within_classes: [(0, 2), (1, 2)],
}


@pytest.mark.parametrize("shuffle", KEPT, ids=lambda f: f.__name__)
@pytest.mark.parametrize("scale", [1, 1000], ids=["by rows", "by counts"])
def test_a_shuffle_keeps_its_margins_and_breaks_the_rest(shuffle, scale):
    counts = scale * COUNTS
    tables = draws(shuffle(counts), 300)
    kept = KEPT[shuffle]
    for axes in kept:
        away = tuple(a for a in range(3) if a not in axes)
        np.testing.assert_array_equal(
            tables.sum(axis=tuple(a + 1 for a in away)), np.array([counts.sum(axis=away)] * 300)
        )
    p = counts / counts.sum()
    if shuffle is resampling.shuffled_within_classes:
        expected = np.einsum("ay,by->aby", p.sum(1), p.sum(0)) / p.sum((0, 1))
    else:
        one = kept[0]
        alone = p.sum(axis=tuple(a for a in range(3) if a not in one), keepdims=True)
        expected = alone * p.sum(axis=one, keepdims=True)
    error = tables.mean(0) - counts.sum() * expected
    assert np.all(np.abs(error) <= 4.5 * tables.std(0) / np.sqrt(300) + 1e-9)


@pytest.mark.parametrize("scale", [1, 400], ids=["by rows", "by counts"])
def test_a_shuffled_two_by_two_table_is_hypergeometric(scale):
    counts = scale * np.array([[[3, 1]], [[2, 4]]])
    top = draws(resampling.target_shuffled(counts), 2000)[:, 0, 0, 0]
    law = stats.hypergeom(10 * scale, 4 * scale, 5 * scale)
    cuts = np.unique(law.ppf([0.2, 0.4, 0.6, 0.8])).astype(int)
    seen = np.bincount(np.searchsorted(cuts, top), minlength=len(cuts) + 1)
    expected = 2000 * np.diff([0, *law.cdf(cuts), 1])
    assert stats.chisquare(seen, expected).pvalue > 0.001


def test_bootstrap_rows_are_multinomial():
    tables = draws(resampling.bootstrap(COUNTS), 2000)
    assert np.all(tables.sum((1, 2, 3)) == N)
    assert not tables[:, COUNTS == 0].any()
    p = COUNTS / N
    assert np.all(np.abs(tables.mean(0) - COUNTS) <= 4.5 * np.sqrt(N * p * (1 - p) / 2000))
    np.testing.assert_allclose(tables.var(0), N * p * (1 - p), rtol=0.2, atol=1e-9)


def test_parts_are_disjoint():
    pieces = resampling.parts(COUNTS, N // 4, 4)(stream(0, "test"))
    assert np.all(pieces.sum((1, 2, 3)) == N // 4)
    assert np.all(pieces.sum(0) <= COUNTS)
    np.testing.assert_array_equal(resampling.parts(COUNTS, N, 1)(stream(0, "test"))[0], COUNTS)


def test_rows_without_synergy_come_from_a_population_without_it():
    tables = draws(resampling.least_synergy(1000 * COUNTS), 1)
    assert pid(1000 * COUNTS).synergy > 0.05
    assert pid(tables[0]).synergy < 1e-3
    np.testing.assert_allclose(tables[0].sum(1) / tables.sum(), COUNTS.sum(1) / N, atol=0.01)


def test_streams_have_names_and_numbers():
    seen = {stream(s, name, k).integers(2**60) for s in (0, 1) for name in ("a", "b") for k in (0, 1)}
    assert len(seen) == 8
    assert stream(5, "a", 3).integers(2**60) == stream(5, "a", 3).integers(2**60)
