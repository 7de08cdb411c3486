import numpy as np
import pytest

from mmexplore.errors import BadSpec
from mmexplore.estimators.tables.counts import count_codes, rows_of
from mmexplore.estimators.tables.curves import against_bins, against_n, default_sizes
from mmexplore.estimators.tables.drawn import Sampling
from mmexplore.estimators.tables.estimate import ALL, Settings
from mmexplore.info.pid import pid

P = np.random.default_rng(1).dirichlet(np.full(18, 2.0)).reshape(3, 3, 2)
ROWS = rows_of(np.random.default_rng(0).multinomial(1500, P.ravel()).reshape(P.shape))
QUICK = Settings(permutations=100)


def test_sizes_go_up_to_all_rows_on_a_log_axis():
    sizes = default_sizes(10_000)
    assert sizes[0] == 16
    assert sizes[-1] == 10_000
    np.testing.assert_allclose(np.diff(np.log(sizes)), np.log(10_000 / 16) / 8, rtol=0.05)
    assert default_sizes(5) == (5,)


def test_the_curve_ends_at_the_plugin_and_bends_like_its_bias():
    c = against_n(*ROWS, QUICK, sizes=(60, 240, 1500), repeats=100)
    r = pid(count_codes(*ROWS))
    for name in ALL:
        assert c.mean[name][-1] == pytest.approx(getattr(r, name), abs=1e-5)
        assert np.all(c.low[name] <= c.mean[name] + 1e-12)  # of all rows every subset is the same table
        assert np.all(c.mean[name] <= c.high[name] + 1e-12)
    assert not c.stopped
    # full support: bias of I12 is (9 - 1)(2 - 1) / (2 n ln 2), and so is its null
    drop = c.mean["i12"][1] - c.mean["i12"][2]
    assert drop == pytest.approx(8 / (2 * np.log(2)) * (1 / 240 - 1 / 1500), rel=0.35)
    np.testing.assert_allclose(c.null["i12"] * c.sizes, 8 / (2 * np.log(2)), rtol=0.2)
    assert c.corrected == {}


def test_bands_are_those_of_new_rows():
    # the band of m rows out of n is widened to that of m fresh rows
    c = against_n(*ROWS, Settings(permutations=0, level=0.9), sizes=(750,), repeats=400)
    fresh = pid(np.random.default_rng(2).multinomial(750, P.ravel(), size=2000).reshape(-1, *P.shape), tolerance=1e-6)
    for name in ("i12", "synergy"):
        width = np.diff(np.quantile(getattr(fresh, name), [0.05, 0.95]))[0]
        assert c.high[name][0] - c.low[name][0] == pytest.approx(width, rel=0.25)
    assert c.null == {}


def test_a_direct_correction_flattens_the_curve():
    c = against_n(*ROWS, QUICK.replace(correction="panzeri_treves", permutations=0), sizes=(100, 1500), repeats=100)
    bend = c.mean["i12"][0] - c.mean["i12"][1]
    assert abs(c.corrected["i12"][0] - c.corrected["i12"][1]) < 0.3 * bend
    assert np.all(c.low["synergy"] >= 0)


def test_curves_are_the_same_each_time_and_can_be_stopped():
    one, two = (against_n(*ROWS, QUICK, sizes=(30, 100), repeats=10) for _ in range(2))
    np.testing.assert_array_equal(one.mean["synergy"], two.mean["synergy"])
    np.testing.assert_array_equal(one.null["synergy"], two.null["synergy"])
    asked = []

    def stop():
        asked.append(1)
        return len(asked) > 4

    part = against_n(*ROWS, QUICK, sizes=(30, 100, 500), repeats=10, should_stop=stop)
    assert part.stopped
    assert len(part.sizes) < 3
    assert all(len(v) == len(part.sizes) for v in part.mean.values())
    none = against_n(*ROWS, QUICK, should_stop=lambda: True)
    assert none.stopped
    assert len(none.sizes) == 0


@pytest.mark.parametrize("wrong", [{"sizes": (0, 5)}, {"sizes": (5, 1501)}, {"sizes": ()}, {"repeats": 1}])
def test_sizes_and_repeats_are_checked(wrong):
    with pytest.raises(BadSpec):
        against_n(*ROWS, QUICK, **wrong)


def test_synergy_of_nothing_grows_with_the_square_of_the_bins():
    rng = np.random.default_rng(0)
    n = 4000
    z1, z2, y = rng.random(n), rng.random(n), rng.integers(0, 2, n)
    asked = []

    def make(bins):
        asked.append(bins)
        return (bins * z1).astype(int), (bins * z2).astype(int), y

    c = against_bins(make, (2, 4, 8), QUICK, repeats=30)
    assert asked == [2, 4, 8]
    assert [p.shape for p in c.points] == [(2, 2, 2), (4, 4, 2), (8, 8, 2)]
    expected = [(b * b - 1) / (2 * n * np.log(2)) for b in (2, 4, 8)]
    np.testing.assert_allclose(c.values("i12")[1:], expected[1:], rtol=0.4)
    np.testing.assert_allclose([p.null["i12"] for p in c.points], expected, rtol=0.35)
    np.testing.assert_allclose([p.bias.i12 for p in c.points], expected, rtol=0.05)
    assert all(p.null["synergy"] <= p.null_high["synergy"] for p in c.points)
    assert c.points[2].null["synergy"] > 8 * c.points[0].null["synergy"]
    assert against_bins(make, (2, 3), QUICK, should_stop=lambda: True).stopped
    assert against_bins(make, (2,), QUICK.replace(permutations=0)).points[0].null == {}


# -- rows that depend on each other, and weighted rows -------------------------------------------------------------------------


def slow(n: int, phi: float, seed: int) -> np.ndarray:
    """Three states of an autoregressive series."""
    noise = np.random.default_rng(seed).normal(size=n)
    series = np.empty(n)
    series[0] = noise[0] / np.sqrt(1 - phi * phi)
    for t in range(1, n):
        series[t] = phi * series[t - 1] + noise[t]
    return np.digitize(series * np.sqrt(1 - phi * phi), (-0.43, 0.43))


def test_of_series_that_have_nothing_to_do_with_each_other_the_null_reads_as_much_as_the_rows():
    series = [slow(1200, 0.97, seed) for seed in (1, 2, 3)]
    for sampling in (Sampling(time=True), None):  # said, or seen
        c = against_n(*series, QUICK, sampling=sampling, sizes=(300, 1200), repeats=60)
        assert np.all(c.null["i12"] > 0.6 * c.mean["i12"])
        b = against_bins(lambda _: series, (3,), QUICK, sampling=sampling, repeats=60)
        assert b.points[0].null["i12"] > 0.6 * b.points[0].plugin.i12
        assert b.points[0].light.colour != "green"
    free = against_n(*series, QUICK, sampling=Sampling(time=False), sizes=(1200,), repeats=60)
    assert free.null["i12"][0] < 0.3 * c.mean["i12"][-1]  # shuffles of single rows take it for information
    assert free.high["i12"][0] - free.low["i12"][0] < 0.6 * (c.high["i12"][-1] - c.low["i12"][-1])


def test_subsets_of_rows_that_repeat_subjects_are_whole_subjects():
    # 150 subjects of 8 equal rows tell as much as 150 rows
    subjects = [column[:150] for column in ROWS]
    one = against_n(*subjects, QUICK, sampling=Sampling(time=False), sizes=(50, 150), repeats=150)
    repeated = [np.repeat(column, 8) for column in subjects]
    groups = np.repeat(np.arange(150), 8)
    many = against_n(*repeated, QUICK, sampling=Sampling(groups), sizes=(400, 1200), repeats=150)
    for name in ("i12", "synergy"):
        np.testing.assert_allclose(many.mean[name], one.mean[name], rtol=0.1)
        np.testing.assert_allclose(many.null[name], one.null[name], rtol=0.15)
        np.testing.assert_allclose(many.high[name] - many.low[name], one.high[name] - one.low[name], rtol=0.3)


def test_weighted_rows_keep_their_weights():
    weights = np.where(ROWS[2] == 0, 3.0, 1.0)
    c = against_n(*ROWS, QUICK, sampling=Sampling(weights=weights), sizes=(400, 1500), repeats=60)
    shares = np.zeros(P.shape)
    np.add.at(shares, ROWS, weights)
    assert c.mean["i12"][-1] == pytest.approx(pid(shares / shares.sum()).i12, abs=1e-6)
    assert c.mean["i12"][0] > c.mean["i12"][-1] and c.corrected == {}
    # weight 0: as if the row were not there
    out = against_n(*ROWS, QUICK, sampling=Sampling(weights=(np.arange(1500) < 700) * 1.0), sizes=(700,), repeats=20)
    few = against_n(*(column[:700] for column in ROWS), QUICK, sizes=(700,), repeats=20)
    assert out.mean["i12"] == few.mean["i12"] and out.low["synergy"] == few.low["synergy"]
