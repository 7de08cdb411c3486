"""Rows taken for draws of their own: series, subjects, weights, and informations of them against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import lfilter

import mmexplore as mm
from mmexplore.errors import BadData
from mmexplore.estimators.independent import independent_rows
from mmexplore.estimators.tables.drawn import Sampling


def ar(rng: np.random.Generator, rho: float, n: int = 1500) -> np.ndarray:
    return np.asarray(lfilter([1], [1, -rho], rng.normal(size=n + 500) * np.sqrt(1 - rho * rho))[500:])


def iid(rng):
    return rng.normal(size=(2, 600))


def by_target(rng):
    y = np.sort(rng.integers(0, 3, 600))
    return y + rng.normal(size=600), y


def by_modality(rng):
    x = np.sort(rng.normal(size=600))
    return x, x + rng.normal(size=600)


@pytest.mark.parametrize("rows", [iid, by_target, by_modality])
@pytest.mark.parametrize("seed", range(5))
def test_draws_and_sorted_files_are_taken_whole(rows, seed):
    found = independent_rows(rows(np.random.default_rng(seed)))
    assert found.words == "" and len(found.rows) == 600


@pytest.mark.parametrize("said", [True, None])
@pytest.mark.parametrize("estimator", ["ksg", "copula", "gaussian"])
def test_recordings_that_have_nothing_to_do_with_each_other_tell_nothing(said, estimator):
    for seed in (1, 2, 3):
        rng = np.random.default_rng(seed)
        x, y = ar(rng, 0.98), ar(rng, 0.98)
        found = mm.mutual_information(x, y, estimator, time=said)
        assert found.interval.low <= 0.0 <= found.interval.high
        assert found.n < 100 and "one in" in found.warnings[0]
        if estimator == "ksg":  # neighbours of the rows as they are, are neighbours in time
            assert mm.mutual_information(x, y, time=False).interval.low > 0.0


def test_columns_beside_a_slow_one_do_not_hide_it():
    rng = np.random.default_rng(0)
    x = np.column_stack([rng.normal(size=(1500, 3)), ar(rng, 0.98)])
    found = mm.mutual_information(x, ar(rng, 0.98), "gaussian")
    assert found.n < 150 and found.interval.low <= 0.0


def test_an_order_that_is_given_is_the_order_of_the_series():
    rng = np.random.default_rng(4)
    x, y, order = ar(rng, 0.98), ar(rng, 0.98), rng.permutation(1500)
    mixed = mm.mutual_information(x[order], y[order], time=order)
    straight = mm.mutual_information(x, y, time=True)
    assert mixed.mi == pytest.approx(straight.mi, abs=1e-9) and mixed.n == straight.n
    assert mm.mutual_information(x[order], y[order]).n == 1500  # nobody can see it there


def test_one_row_of_every_subject_is_taken_and_the_truth_is_covered():
    rho, share = 0.7, 0.9  # correlation of subjects, and their share of the variance
    truth = -0.5 * np.log2(1 - (share * rho) ** 2)
    covered = 0
    for seed in range(6):
        rng = np.random.default_rng(seed)
        u, v = rng.multivariate_normal([0, 0], [[1, rho], [rho, 1]], 150).T
        subject = rng.permutation(np.repeat(np.arange(150), 8))
        x, y = (np.sqrt(share) * s[subject] + np.sqrt(1 - share) * rng.normal(size=1200) for s in (u, v))
        found = independent_rows((x, y), Sampling(groups=subject))
        assert sorted(subject[found.rows]) == list(range(150))
        of_subjects = mm.mutual_information(x, y, "ksg", groups=subject)
        assert of_subjects.n == 150
        covered += of_subjects.interval.low <= truth <= of_subjects.interval.high
    assert covered >= 5


def test_weights_make_rows_a_sample_of_the_population():
    # kept with a chance that hangs on x + y: among the kept, x and y of correlation 0 are correlated
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 9000))
    chance = np.where(x + y > 0, 0.45, 0.15)
    kept = rng.random(9000) < chance
    x, y, weights = x[kept], y[kept], 1 / chance[kept]
    plain, weighted = (mm.mutual_information(x, y, "ksg", weights=w) for w in (None, weights))
    assert plain.mi > 0.04 and weighted.interval.low <= 0.0 <= weighted.interval.high
    assert "proportion to their weights" in weighted.warnings[0] and weighted.n < plain.n
    taken = independent_rows((x, y), Sampling(weights=weights)).rows
    assert np.mean(x[taken] + y[taken] > 0) == pytest.approx(0.5, abs=0.05)
    assert np.corrcoef(x, y)[0, 1] < -0.08 and abs(np.corrcoef(x[taken], y[taken])[0, 1]) < 0.06


def test_counts_are_rows_written_once():
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 3, 400), rng.integers(0, 2, 400)
    counts = rng.integers(0, 4, 400)
    labels = {"x_kind": "label", "y_kind": "label", "time": False}
    once = mm.mutual_information(x, y, "binned", weights=counts, weights_are="counts", **labels)
    repeated = mm.mutual_information(np.repeat(x, counts), np.repeat(y, counts), "binned", **labels)
    assert once.mi == pytest.approx(repeated.mi, abs=1e-12) and once.n == counts.sum()


def test_what_leaves_too_few_rows_or_does_not_fit_is_a_sentence():
    rng = np.random.default_rng(0)
    x, y = ar(rng, 0.999, 400), ar(rng, 0.999, 400)
    with pytest.raises(BadData, match="may be taken for independent and alike"):
        mm.mutual_information(x, y)
    with pytest.raises(BadData, match="groups has shape"):
        mm.mutual_information(x, y, groups=[1, 2])
    with pytest.raises(BadData, match="weights"):
        mm.mutual_information(x, y, time=False, weights=-np.ones(400))
