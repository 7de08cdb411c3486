"""Differences of two answers: their intervals beside textbook errors and known truth; other rows read by the same predictors; learning curves."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest

import mmexplore as mm
from benchmarks.differences import bits, bits_truth, classes, classes_truth, seven
from mmexplore.errors import BadData
from mmexplore.estimators.predictive import Prediction, RowAtoms
from mmexplore.estimators.predictive.change import Change, changes, sentence
from mmexplore.estimators.predictive.curve import NAMES, LearningCurve, Point
from mmexplore.estimators.predictive.estimate import Design
from mmexplore.estimators.predictive.learning import pieces, together
from mmexplore.estimators.predictive.reread import reread
from mmexplore.estimators.predictive.rows import reading
from mmexplore.estimators.tables.estimate import Interval
from mmexplore.types import ATOM_SYMBOLS

N = 400


def rows(i12: np.ndarray, index: np.ndarray | None = None, clusters: np.ndarray | None = None) -> RowAtoms:
    """Rows of which only I12 says anything."""
    n = len(i12)
    zero = np.zeros(n)
    index = np.arange(n) if index is None else index
    return RowAtoms(index, 10 * n, np.zeros(n, dtype=np.int64), zero, zero, i12, zero, zero, np.ones(n), clusters)


def fitted(x1: np.ndarray, x2: np.ndarray, y: np.ndarray, seed: int = 0) -> Prediction:
    found = mm.estimate_pid(x1, x2, y, estimator="predictive", target="label", draws=0, seed=seed).predictive
    assert found is not None
    return found


@pytest.fixture(scope="module")
def noise() -> tuple[Prediction, Prediction, Prediction]:
    """Gaussian classes: as they are, with another seed, and with noise of one standard deviation in modality 2."""
    before, after = classes(N, 3)
    return fitted(*before), fitted(*before, seed=1), fitted(*after)


@pytest.fixture(scope="module")
def four() -> Prediction:
    """Four classes of two bits; modality 1 shows both, modality 2 the first one."""
    return fitted(*bits(N, 0)[0])


# -- the formula --------------------------------------------------------------------------------------------------------------


def test_the_same_rows_give_the_paired_error_and_others_the_sum_of_both():
    rng = np.random.default_rng(0)
    a = rng.normal(1.0, 2.0, 200)
    b = a + rng.normal(0.3, 0.1, 200)
    paired = changes(rows(a), rows(b), refitted=False)["i12"]
    assert paired.value == pytest.approx(np.mean(b - a), abs=1e-12)
    assert paired.se == pytest.approx(np.std(b - a, ddof=1) / np.sqrt(200), rel=1e-9)
    assert paired.clear
    apart = changes(rows(a), rows(b), places=(np.arange(200), np.arange(200, 400)), refitted=False)["i12"]
    expected = np.sqrt((np.var(a) + np.var(b)) / 200 * 400 / 399)
    assert apart.se == pytest.approx(expected, rel=1e-9) and not apart.clear


def test_a_subgroup_shares_its_rows_with_the_whole():
    """Mean of a part less mean of all is (1 - share) times (mean of the part less mean of the rest), whose errors add up."""
    rng = np.random.default_rng(1)
    a = rng.normal(size=300)
    part = np.arange(100)
    one = changes(rows(a), rows(a[part], part), refitted=False)["i12"]
    rest = np.sqrt(np.var(a[:100]) / 100 + np.var(a[100:]) / 200)
    assert one.value == pytest.approx(2 / 3 * (a[:100].mean() - a[100:].mean()), abs=1e-12)
    assert one.se == pytest.approx(2 / 3 * rest, rel=0.01)


def test_groups_count_once_however_they_are_numbered():
    rng = np.random.default_rng(2)
    group = np.repeat(np.arange(30), 10)
    shift = rng.normal(size=30)
    a, b = rng.normal(size=300), np.zeros(300)
    b = a + shift[group]
    found = changes(rows(a, clusters=group), rows(b, clusters=(29 - group)), refitted=False)["i12"]
    assert found.se == pytest.approx(np.std(shift, ddof=1) / np.sqrt(30), rel=1e-9)
    # a part of the rows, whose groups are numbered from 0 again, belongs to the same groups
    kept = group >= 15
    part = changes(rows(a, clusters=group), rows(b[kept], np.flatnonzero(kept), group[kept] - 15), refitted=False)[
        "i12"
    ]
    phi = np.bincount(group[kept], b[kept] - b[kept].mean(), 30) / kept.sum() - np.bincount(group, a - a.mean()) / 300
    assert part.se == pytest.approx(np.sqrt((phi @ phi) * 30 / 29), rel=1e-9)


def test_intervals_of_overlapping_rows_cover_as_often_as_they_say():
    """Rows 0-299 before, 100-399 after; half of a row's value stays; 1,000 draws."""
    inside, first, second = 0, np.arange(300), np.arange(100, 400)
    for seed in range(1000):
        rng = np.random.default_rng(seed)
        own, old, new = rng.exponential(size=(3, 400))
        before, after = (own + old)[first], (own + new + 0.1)[second]
        low, high = changes(rows(before), rows(after), places=(first, second), refitted=False)["i12"].interval
        inside += low <= 0.1 <= high
    assert 930 <= inside <= 970


def test_places_are_checked():
    with pytest.raises(BadData, match="places"):
        changes(rows(np.zeros(20)), rows(np.zeros(20)), places=(np.arange(20), np.arange(19)))


# -- with predictors ----------------------------------------------------------------------------------------------------------


def test_another_seed_alone_is_no_difference(noise):
    found = changes(noise[0].rows, noise[1].rows)
    assert not any(one.clear for one in found.values())
    assert sentence(found, ATOM_SYMBOLS).startswith("No difference is seen")


def test_noise_in_modality_2_takes_what_the_closed_form_says(noise):
    truth = [seven(atoms) for atoms in classes_truth()]
    found = noise[2].since(noise[0])
    for name, right in zip(NAMES, truth[1] - truth[0], strict=True):
        low, high = found[name].interval
        assert low - 0.02 <= right <= high + 0.02, name
    assert found["i2"].clear and found["i2"].interval.high < 0
    assert found["i1"].value == 0.0 and found["i1"].se == 0.0  # the same predictor of the same columns
    assert "I2 -0." in sentence(found, {"i2": "I2"})


def test_nothing_changed_is_read_as_it_was(noise):
    before = noise[0]
    same = reread(before.rows, before.posteriors, np.ones(N))
    for name, values in before.rows.quantities().items():
        assert same.quantities()[name] == pytest.approx(values, abs=2e-3), name


def test_classes_that_were_drawn_unevenly_are_balanced_by_weights():
    """Three in four rows of a class are thrown away; weighed back, the closed form of equal classes is what is read."""
    x1, x2, y = classes(1400, 5)[0]
    kept = (y == 0) | (np.arange(1400) % 4 == 0)
    found = fitted(x1[kept], x2[kept], y[kept])
    share = np.bincount(found.rows.codes) / found.rows.n
    read = reread(found.rows, found.posteriors, 1.0 / share[found.rows.codes])
    truth = seven(classes_truth()[0])
    values = read.quantities()
    for name, right in zip(NAMES, truth, strict=True):
        mean, se = read.scatter(values[name])
        assert mean == pytest.approx(right, abs=2.6 * max(se, 0.03)), name
    assert read.scatter(values["i12"])[0] > found.rows.scatter(found.rows.i12)[0]  # unequal classes have less to tell


def test_joined_classes_keep_only_the_bit_that_is_left(four):
    """Classes 0, 1 and 2, 3 as one leave the bit that both modalities show; the other pairing the one that is unique to modality 1."""
    r, u1, _, s = (float(v) for v in bits_truth()[0])
    for joined, right in (((0, 0, 1, 1), (r, 0.0, 0.0, s)), ((0, 1, 0, 1), (0.0, u1, 0.0, 0.0))):
        read = reread(four.rows, four.posteriors, np.ones(N), np.array(joined))
        atoms = [read.scatter(read.quantities()[name])[0] for name in NAMES[:4]]
        assert atoms == pytest.approx(right, abs=0.09)
        lost = changes(four.rows, read, refitted=False)["i12"]
        assert lost.clear and lost.interval.high < 0


def test_answers_to_other_rows_are_not_compared_row_by_row(noise):
    with pytest.raises(BadData, match="the same rows"):
        noise[0].since(dataclasses.replace(noise[1], rows=dataclasses.replace(noise[1].rows, given=7)))


def test_some_rows_are_read_through_the_library_too(four):
    part = np.arange(N) < 200
    found = four.on_rows(part, np.array([0, 0, 1, 1]))
    read = reread(four.rows, four.posteriors, part.astype(float), np.array([0, 0, 1, 1]))
    assert found["i12"].after == pytest.approx(read.scatter(read.i12)[0], abs=1e-12)
    with pytest.raises(BadData, match="negative"):
        four.on_rows(np.full(N, -1.0))


@pytest.mark.parametrize(
    ("weights", "merged", "words"),
    [
        (np.ones(3), None, "shape"),
        (np.r_[np.ones(5), np.zeros(N - 5)], None, "5 rows are left"),
        (np.ones(N), np.zeros(4, dtype=int), "one class"),
    ],
)
def test_rows_that_cannot_be_read_are_a_sentence(four, weights, merged, words):
    with pytest.raises(BadData, match=words):
        reread(four.rows, four.posteriors, weights, merged)


# -- against the number of rows -----------------------------------------------------------------------------------------------


def test_pieces_are_nested_and_hold_every_class_alike():
    codes = np.repeat([0, 1, 2], [500, 200, 100])
    found = pieces(codes, Design(), 0)
    assert [len(part) for pair in found for part in pair] == [100, 100, 200, 200, 400, 400]
    assert np.array_equal(np.sort(np.concatenate(found[-1])), np.arange(800))
    for smaller, larger in itertools.pairwise(found):
        assert all(set(part) <= set(whole) for part, whole in zip(smaller, larger, strict=True))
    for pair in found:
        for part in pair:
            assert np.bincount(codes[part]) / len(part) == pytest.approx([0.625, 0.25, 0.125], abs=0.02)
    assert len(pieces(codes[::2], Design(), 0)) == 2  # a quarter holds 12 of the rarest, an eighth would hold 6


def test_groups_stay_whole_and_series_stay_in_order():
    codes, group = np.tile([0, 1], 200), np.repeat(np.arange(40), 10)
    first, second = pieces(codes, Design(groups=group), 0)[-1]
    assert not set(group[first]) & set(group[second]) and len(first) == len(second) == 200
    time = np.random.default_rng(0).permutation(400)
    first, second = pieces(codes, Design(time=time), 0)[-1]
    assert time[first].max() < time[second].min()


def test_too_few_rows_to_halve_are_a_sentence():
    with pytest.raises(BadData, match="at least 20 of every class"):
        pieces(np.repeat([0, 1], [60, 15]), Design(), 0)


def test_pieces_together_are_their_rows():
    a, b = np.arange(30.0), np.arange(50.0)
    both = together([rows(a, clusters=np.arange(30) // 3), rows(b, np.arange(30, 80), np.arange(50) // 5)])
    assert both.n == 80 and both.units == 20
    assert both.scatter(both.i12)[0] == pytest.approx(np.concatenate([a, b]).mean())


def curve(low: float, high: float, cost: tuple[float, float] = (-0.01, 0.01)) -> LearningCurve:
    """Half: .5 bit; all: half of low + high more."""

    def change(ends: tuple[float, float]) -> Change:
        return Change(0.5, 0.5 + sum(ends) / 2, (ends[1] - ends[0]) / 3.92, Interval(*ends))

    points = tuple(Point(n, 2, {name: reading(0.5, 0.01, 0.95) for name in NAMES}) for n in (500, 1000))
    return LearningCurve(points, {"i12": change((low, high))}, {"i12": change(cost)}, (3, 4), 0.95)


@pytest.mark.parametrize(
    ("low", "high", "verdict", "said"),
    [
        (0.02, 0.10, "rising", "about 0.030 to 0.060 bit"),
        (-0.01, 0.012, "flat", "less than 0.012 bit"),
        (-0.03, 0.05, "unclear", "up to 0.050 bit, or nothing"),
        (-0.03, 0.024, "flat", "less than 0.024 bit"),  # below a twentieth of I12
    ],
)
def test_what_is_said_of_more_rows_follows_the_last_doubling(low, high, verdict, said):
    made = curve(low, high)
    assert made.verdict == verdict
    assert said in made.words() and "no certificate" in made.words() and "500 to 1,000 rows" in made.words()
    assert "nat" in made.words(np.log(2), "nat")


def test_a_cost_of_noise_columns_is_named_only_where_it_is_seen():
    assert "lower I12 by 0.060 bit (0.040 to 0.080)" in curve(0, 0.1, (-0.08, -0.04)).noise_words()
    assert "no loss is seen" in curve(0, 0.1).noise_words()
    assert dataclasses.asdict(curve(0, 0.1))["columns"] == (3, 4)
