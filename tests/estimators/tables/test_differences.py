import numpy as np
import pytest

from mmexplore.errors import BadData
from mmexplore.estimators.tables.counts import rows_of
from mmexplore.estimators.tables.differences import difference, per_group
from mmexplore.estimators.tables.drawn import Sampling
from mmexplore.estimators.tables.estimate import ALL, Settings, estimate
from mmexplore.info.pid import pid

P = np.random.default_rng(1).dirichlet(np.full(18, 0.7)).reshape(3, 3, 2)
QUICK = Settings(bootstraps=100, permutations=0)


def rows(n, seed=0):
    return rows_of(np.random.default_rng(seed).multinomial(n, P.ravel()).reshape(P.shape))


def test_each_group_is_estimated_on_its_own_rows():
    x1, x2, y = rows(400)
    groups = np.array(["a", "b", "c"])[np.random.default_rng(0).integers(0, 3, 400)]
    told = []
    found = per_group(x1, x2, y, groups, QUICK, progress=lambda share, what: told.append((share, what)))
    assert [g.label for g in found] == ["a", "b", "c"]
    assert sum(g.rows for g in found) == 400
    alone = estimate(x1[groups == "b"], x2[groups == "b"], y[groups == "b"], QUICK)
    assert found[1].estimate.intervals == alone.intervals
    assert [s for s, _ in told] == sorted(s for s, _ in told)
    assert told[-1][1].startswith("c:")


def test_groups_are_checked_and_can_be_stopped():
    with pytest.raises(BadData, match="at most 50"):
        per_group(*rows(400), np.arange(400), QUICK)
    with pytest.raises(BadData, match="one for each row"):
        per_group(*rows(400), np.zeros(399), QUICK)
    stopped = per_group(*rows(400), np.arange(400) % 3, QUICK, should_stop=lambda: True)
    assert len(stopped) == 1
    assert stopped[0].estimate.stopped


def test_no_change_is_no_difference():
    d = difference(rows(300), rows(300), QUICK)
    assert d.paired
    for name in ALL:
        assert d.values[name] == 0
        assert d.intervals[name] == (0, 0)
        assert not d.clear(name)


def test_a_shuffled_modality_loses_what_it_told():
    x1, x2, y = rows(500)
    after = (x1, np.random.default_rng(0).permutation(x2), y)
    d = difference((x1, x2, y), after, QUICK)
    assert d.values["i1"] == pytest.approx(0, abs=1e-12)
    assert d.values["i2"] == pytest.approx(d.after.i2 - d.before.i2)
    assert d.clear("i2")
    assert d.intervals["i2"].high < 0
    assert (d.n_before, d.n_after) == (500, 500)
    assert d.solver_gap_max <= 1e-6


def test_pairs_tell_small_changes_that_separate_rows_cannot():
    x1, x2, y = rows(1000)
    rng = np.random.default_rng(3)
    noisy = np.where(rng.random(1000) < 0.05, rng.integers(0, 3, 1000), x1)
    together, apart = (difference((x1, x2, y), (noisy, x2, y), QUICK, paired=p) for p in (True, False))
    assert together.values == apart.values
    widths = [d.intervals["i1"].high - d.intervals["i1"].low for d in (together, apart)]
    assert widths[0] < 0.5 * widths[1]


def test_differences_of_separate_samples_cover_zero():
    covered = []
    for seed in range(40):
        d = difference(rows(300, seed), rows(500, 100 + seed), QUICK)
        assert not d.paired
        covered.append([d.intervals[name].low <= 0 <= d.intervals[name].high for name in ("synergy", "i1", "i12")])
    assert np.mean(covered) >= 0.88
    assert pid(P).synergy > 0.05


def test_pairs_need_as_many_rows_and_stopping_keeps_what_is_done():
    with pytest.raises(BadData, match="as many"):
        difference(rows(300), rows(200), QUICK, paired=True)
    d = difference(rows(300), rows(300, 1), QUICK, should_stop=lambda: True)
    assert d.stopped
    assert d.intervals == {}
    assert set(d.values) == set(ALL)


# -- rows that depend on each other, and weighted rows -------------------------------------------------------------------------


def mixed(n: int) -> list[np.ndarray]:
    """Rows in no order."""
    order = np.random.default_rng(5).permutation(n)
    return [column[order] for column in rows(n)]


def spoiled(column: np.ndarray) -> np.ndarray:
    """A third of the rows drawn anew."""
    rng = np.random.default_rng(7)
    return np.where(rng.random(len(column)) < 0.33, rng.permutation(column), column)


def width(d, name):
    return d.intervals[name].high - d.intervals[name].low


@pytest.mark.parametrize("paired", [True, False])
def test_subjects_of_equal_rows_tell_no_more_than_one_row_each(paired):
    x1, x2, y = mixed(200)
    after = spoiled(x1)
    settings = QUICK.replace(bootstraps=300)
    one = difference((x1, x2, y), (after, x2, y), settings, paired=paired, sampling=Sampling(time=False))
    subjects = np.repeat(np.arange(200), 6)
    sides = [[np.repeat(column, 6) for column in side] for side in ((x1, x2, y), (after, x2, y))]
    many = difference(*sides, settings, paired=paired, sampling=Sampling(subjects))
    naive = difference(*sides, settings, paired=paired, sampling=Sampling(time=False))
    for name in ("i1", "i12", "synergy"):
        assert many.values[name] == pytest.approx(one.values[name], abs=1e-5)
        assert width(many, name) == pytest.approx(width(one, name), rel=0.25)
        assert width(naive, name) < 0.6 * width(many, name)
    assert "200 subjects" in many.warnings[0] and not one.warnings


def slow(seed: int) -> np.ndarray:
    """Two states that stay for 12 rows on average, of 1,200 rows."""
    return np.cumsum(np.random.default_rng(seed).random(1200) < 1 / 12) % 2


def test_a_series_is_drawn_in_the_same_blocks_on_both_sides():
    before = (slow(1), slow(2), slow(3))
    same = difference(before, before, QUICK, sampling=Sampling(time=True))
    assert all(same.intervals[name] == (0, 0) for name in ALL)
    after = (spoiled(before[0]), *before[1:])
    series = difference(before, after, QUICK, sampling=Sampling(time=True))
    seen = difference(before, after, QUICK)
    free = difference(before, after, QUICK, sampling=Sampling(time=False))
    assert width(series, "i12") > 1.5 * width(free, "i12") and width(seen, "i12") > 1.5 * width(free, "i12")
    assert "series" in series.warnings[0] and "alike" in seen.warnings[0]


def test_weighted_rows_are_drawn_with_their_weights():
    x1, x2, y = mixed(400)
    weights = np.where(y == 0, 4.0, 1.0)
    d = difference((x1, x2, y), (spoiled(x1), x2, y), QUICK, sampling=Sampling(weights=weights))
    for side, column in ((d.before, x1), (d.after, spoiled(x1))):
        shares = np.zeros(P.shape)
        np.add.at(shares, (column, x2, y), weights)
        assert side.i12 == pytest.approx(pid(shares / shares.sum()).i12, abs=1e-9)
    assert "weighted" in d.warnings[0] and d.intervals["i1"].low < d.values["i1"] < d.intervals["i1"].high
    counted = difference(
        (x1, x2, y), (spoiled(x1), x2, y), QUICK, sampling=Sampling(weights=weights, weights_are="counts")
    )
    assert counted.n_before == int(weights.sum()) and width(counted, "i1") < width(d, "i1")


@pytest.mark.parametrize("counts", [np.arange(400) % 5, (np.arange(400) < 150) * 1])
def test_counts_are_rows_written_once_and_0_is_no_row(counts):
    x1, x2, y = mixed(400)
    sides = ((x1, x2, y), (spoiled(x1), x2, y))
    once = difference(*sides, QUICK, sampling=Sampling(time=False, weights=counts, weights_are="counts"))
    whole = difference(*([np.repeat(c, counts) for c in side] for side in sides), QUICK, sampling=Sampling(time=False))
    assert once.n_before == int(counts.sum()) and once.paired
    for name in ALL:
        assert once.values[name] == pytest.approx(whole.values[name], abs=1e-5)
        assert once.intervals[name] == pytest.approx(whole.intervals[name], abs=1e-5)
