import json

import numpy as np
import pytest

from mmexplore.datasets import gate
from mmexplore.errors import BadData, BadSpec
from mmexplore.estimators.tables.corrections import REGISTRY
from mmexplore.estimators.tables.counts import rows_of
from mmexplore.estimators.tables.diagnostics import traffic_light
from mmexplore.estimators.tables.drawn import Sampling
from mmexplore.estimators.tables.entropic import predicted_bias
from mmexplore.estimators.tables.estimate import ALL, Settings, estimate, estimate_counts
from mmexplore.info.pid import measures, pid
from mmexplore.types import ATOMS

NOISY_AND = gate("and", noise=0.1)
GENERIC = np.random.default_rng(1).dirichlet(np.full(18, 2.0)).reshape(3, 3, 2)
STRONG = np.random.default_rng(1).dirichlet(np.full(18, 0.6)).reshape(3, 3, 2)
QUICK = Settings(bootstraps=40, permutations=40)
BARE = Settings(bootstraps=0, permutations=0)


def sample(p, n, seed=0):
    return np.random.default_rng(seed).multinomial(n, np.ravel(p)).reshape(p.shape)


def same(a, b):
    """Everything two estimates say is equal, but for the time they took."""
    a, b = a.to_dict(), b.to_dict()
    for e in (a, b):
        del e["seconds"], e["plugin"]["seconds"], e["value"]["seconds"]
    return a == b


@pytest.mark.parametrize("measure", measures())
def test_the_plugin_is_the_decomposition_of_the_table(measure):
    c = sample(GENERIC, 400)
    e = estimate_counts(c, Settings(measure=measure, bootstraps=20, permutations=20))
    r = pid(c / 400, measure)
    for name in ALL:
        assert getattr(e.plugin, name) == pytest.approx(getattr(r, name), abs=1e-9)
        assert e.intervals[name].low <= e.intervals[name].high
    assert e.value == e.plugin
    assert e.n == 400
    assert e.shape == (3, 3, 2)


def test_rows_in_any_order_and_counts_say_the_same():
    c = sample(GENERIC, 300)
    rows = np.stack(rows_of(c))[:, np.random.default_rng(0).permutation(300)]
    assert same(estimate(*rows, QUICK), estimate_counts(c, QUICK))


@pytest.mark.parametrize("correction", REGISTRY.names())
def test_nothing_depends_on_how_the_work_is_cut(correction):
    c = sample(GENERIC, 200)
    settings = QUICK.replace(correction=correction)
    whole, *cut = (estimate_counts(c, settings, chunk=chunk) for chunk in (0, 7, 40))
    for other in cut:
        for name in ALL:
            np.testing.assert_allclose(other.draws[name], whole.draws[name], atol=1e-12)
            np.testing.assert_allclose(other.intervals[name], whole.intervals[name], atol=1e-12)
            assert getattr(other.value, name) == pytest.approx(getattr(whole.value, name), abs=1e-12)
        assert [n.p_values for n in other.nulls] == [n.p_values for n in whole.nulls]
    assert same(whole, estimate_counts(c, settings))
    assert not np.array_equal(estimate_counts(c, settings.replace(seed=1)).draws["i1"], whole.draws["i1"])


def test_swapping_the_modalities_swaps_the_answer():
    c = sample(GENERIC, 200_000)
    one, two = estimate_counts(c, QUICK), estimate_counts(c.transpose(1, 0, 2), QUICK)
    for a, b in (("unique1", "unique2"), ("i1", "i2"), ("redundancy", "redundancy"), ("synergy", "synergy")):
        assert getattr(one.plugin, a) == pytest.approx(getattr(two.plugin, b), abs=1e-9)
        np.testing.assert_allclose(one.intervals[a], two.intervals[b], atol=2 * one.spread[a])
        assert one.light.rows_per_cell == two.light.rows_per_cell
    assert one.bias.i1 == pytest.approx(two.bias.i2)
    assert one.bias.synergy == pytest.approx(two.bias.synergy)


def test_names_of_states_do_not_matter():
    c = sample(GENERIC, 300)
    one, two = estimate_counts(c, BARE), estimate_counts(c[::-1, [1, 2, 0], ::-1], BARE)
    for name in ALL:
        assert getattr(one.plugin, name) == pytest.approx(getattr(two.plugin, name), abs=1e-9)
    assert one.bias == two.bias
    assert one.light == two.light


def test_duplicated_rows_change_the_error_and_not_the_plugin():
    c = sample(GENERIC, 300)
    once, often = estimate_counts(c, QUICK), estimate_counts(16 * c, QUICK)
    for name in ALL:
        assert getattr(often.plugin, name) == pytest.approx(getattr(once.plugin, name), abs=1e-9)
    assert often.bias.i12 == pytest.approx(once.bias.i12 / 16)
    assert often.spread["i12"] == pytest.approx(once.spread["i12"] / 4, rel=0.4)


def test_a_copy_has_nothing_of_its_own():
    x, _, y = rows_of(sample(GENERIC, 500))
    e = estimate(x, x, y, QUICK, sampling=Sampling(time=False))  # written out cell by cell
    for name in ("unique1", "unique2", "synergy"):
        assert getattr(e.plugin, name) == pytest.approx(0, abs=1e-9)
        assert e.intervals[name].high < 1e-6
    assert e.plugin.redundancy == pytest.approx(e.plugin.i1, abs=1e-9)
    assert any("copies" in w for w in e.warnings)


@pytest.mark.parametrize("which", [0, 1])
def test_a_constant_modality_tells_nothing(which):
    rows = list(rows_of(sample(GENERIC, 500)))
    rows[which] = np.full(500, 3)
    e = estimate(*rows, QUICK, sampling=Sampling(time=False))  # written out cell by cell
    assert (e.plugin.i1, e.plugin.i2)[which] == pytest.approx(0, abs=1e-12)
    for name in ("redundancy", f"unique{which + 1}", "synergy"):
        assert getattr(e.plugin, name) == pytest.approx(0, abs=1e-9)
        assert e.p_value(name) == 1.0
    assert any(f"Modality {which + 1} has one value" in w for w in e.warnings)


@pytest.mark.parametrize("correction", [n for n in REGISTRY.names() if n != "quadratic"])
def test_a_constant_target_has_nothing_to_tell(correction):
    x1, x2, _ = rows_of(sample(GENERIC, 100))
    e = estimate(x1, x2, np.zeros(100, int), QUICK.replace(correction=correction))
    for name in ALL:
        assert getattr(e.value, name) == pytest.approx(0, abs=1e-12)
        assert e.p_value(name) == 1.0
    assert "The target has one value" in e.warnings[0]


def test_one_row_is_answered():
    e = estimate([0], [0], [0], QUICK)
    assert e.plugin.i12 == 0.0
    assert e.n == 1


def test_p_values_see_what_is_there_and_not_what_is_not():
    rows = rows_of(sample(NOISY_AND, 400))
    e = estimate(*rows, Settings(bootstraps=0, permutations=99))
    for name in ("redundancy", "synergy", "i1", "i2", "i12"):
        assert e.p_value(name) == 0.01
    assert e.p_value("synergy", "no_synergy") == 0.01
    assert e.p_value("synergy", "within") == 0.01
    assert e.p_value("unique1", "within") is None
    found = []
    for seed in range(9):
        shuffled = np.random.default_rng(seed).permutation(rows[2])
        found.append(estimate(rows[0], rows[1], shuffled, Settings(bootstraps=0, permutations=99)))
    assert all(np.median([e.p_value(name) for e in found]) > 0.2 for name in ALL)


def test_a_modality_that_only_repeats_shows_as_less_than_its_pairing_shuffled():
    p = np.zeros((2, 2, 2))
    for x in (0, 1):
        for y in (0, 1):
            p[x, x, y] = 0.4 if x == y else 0.1  # two copies of a label that errs with 0.2
    within = estimate_counts(sample(p, 300), Settings(bootstraps=0, permutations=99)).nulls[1]
    assert within.p_below["synergy"] == 0.01
    assert within.p_values["synergy"] == 1.0


@pytest.mark.parametrize(("null", "kept"), [("modality1", "i2"), ("modality2", "i1")])
def test_the_other_modality_stays_when_one_is_shuffled(null, kept):
    e = estimate_counts(sample(NOISY_AND, 300), Settings(bootstraps=0, permutations=60, null=null))
    np.testing.assert_allclose(e.nulls[0].draws[kept], getattr(e.plugin, kept), atol=1e-12)
    assert kept not in e.nulls[0].p_values


def test_the_pairing_shuffled_leaves_all_but_synergy():
    within = estimate_counts(sample(GENERIC, 300), QUICK).nulls[1]
    assert within.kind.key == "within"
    for name in ("redundancy", "unique1", "unique2", "i1", "i2"):
        assert np.ptp(within.draws[name]) < 1e-9
    assert np.ptp(within.draws["synergy"]) > 1e-3
    mmi = estimate_counts(sample(GENERIC, 300), QUICK.replace(measure="mmi"))
    assert [n.kind.key for n in mmi.nulls] == ["target", "within"]
    np.testing.assert_allclose(mmi.nulls[1].draws["i12"], within.draws["i12"], atol=1e-12)


def test_and_at_few_rows_looks_unique():
    # both uniquenesses are 0 in truth, and their bias falls like 1/sqrt(n): by half when n grows fourfold
    def bias(n):
        tables = np.random.default_rng(4).multinomial(n, gate("and").ravel(), size=600).reshape(-1, 2, 2, 2)
        r = pid(tables, tolerance=1e-6)
        return r.unique1.mean(), 0.311278 - r.redundancy.mean(), 0.5 - r.synergy.mean()

    for few, more in zip(bias(100), bias(1600), strict=True):
        assert few > 0.015
        assert 2.8 < few / more < 5.5  # 4 for 1/sqrt(n), 16 for 1/n
    null = estimate_counts(sample(gate("and"), 1600), QUICK).nulls[0]
    assert null.mean["unique1"] < 0.2 * bias(1600)[0]


def test_stopping_returns_what_is_done():
    asked = []

    def stop():
        asked.append(1)
        return len(asked) > 2

    e = estimate_counts(sample(GENERIC, 300), Settings(bootstraps=2000, permutations=2000), should_stop=stop)
    assert e.stopped
    assert 0 < len(e.draws["i1"]) < 2000
    assert e.nulls == ()
    assert e.plugin.converged
    at_once = estimate_counts(sample(GENERIC, 300), Settings(correction="bootstrap"), should_stop=lambda: True)
    assert at_once.stopped
    assert at_once.intervals == {}
    assert at_once.value == at_once.plugin
    assert any("Stopped before" in w for w in at_once.warnings)


def test_progress_rises_to_the_end():
    shares = []
    estimate_counts(sample(GENERIC, 300), QUICK, progress=lambda share, what: shares.append((share, what)))
    assert [s for s, _ in shares] == sorted(s for s, _ in shares)
    assert shares[0][0] == 0
    assert shares[-1] == (1.0, "Done")
    assert all(what for _, what in shares)


def test_solver_error_is_kept_apart_from_sampling_error():
    e = estimate_counts(sample(GENERIC, 300), QUICK)
    assert e.plugin.gap <= 1e-9
    assert e.solver_gap_max <= e.replicate_tolerance == 1e-6
    assert e.spread["synergy"] > 1e3 * e.solver_gap_max
    assert estimate_counts(1000 * sample(GENERIC, 1000), QUICK).replicate_tolerance == pytest.approx(1e-8)
    assert np.isnan(estimate_counts(sample(GENERIC, 300), QUICK.replace(measure="ccs")).solver_gap_max)


def test_numbers_are_fit_for_json():
    e = estimate_counts(sample(GENERIC, 300), QUICK.replace(correction="quadratic"))
    told = json.loads(json.dumps(e.to_dict(), allow_nan=False))
    assert told["value"]["certificate"] == "none"
    assert told["plugin"]["certificate"] == "certified"
    assert set(told["intervals"]) == set(ALL)


def test_signed_atoms_are_not_cut_at_zero():
    c = sample(gate("xor"), 400) + sample(np.full((2, 2, 2), 1 / 8), 100)
    e = estimate_counts(c, QUICK.replace(measure="ccs"))
    assert min(e.intervals[name].low for name in ATOMS) < 0
    assert min(e.intervals[name].low for name in ("i1", "i2")) == 0


@pytest.mark.parametrize(
    ("n", "p", "colour"),
    [(20_000, STRONG, "green"), (150, STRONG, "amber"), (40, STRONG, "red")],
)
def test_the_light_follows_its_rule(n, p, colour):
    c = sample(p, n)
    e = estimate_counts(c, BARE)
    assert e.light.colour == colour
    assert e.light.rows_per_cell == n / 18
    assert e.light.rows_per_occupied_cell == n / np.count_nonzero(c)
    assert f"{n:,} rows for 3 x 3 x 2 = 18 cells" in e.light.sentence
    assert "Green: at least 15 rows" in e.light.rule


def test_the_light_is_red_where_most_is_bias():
    c = np.full((5, 5, 4), 4)
    bias = predicted_bias(c)
    assert traffic_light(c, 1.2 * bias.i12, bias).colour == "red"
    assert traffic_light(c, 4 * bias.i12, bias).colour == "amber"


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ((np.arange(200), np.arange(200) % 3, np.arange(200) % 2), "Modality 1 has 200 states in 200 rows"),
        ((np.arange(200) % 3, np.arange(200) // 2, np.arange(200) % 2), "like an identifier"),
        ((np.arange(400) % 19, np.arange(400) % 21, np.arange(400) % 2), "are the only ones with their pair"),
        ((np.arange(50) % 2, np.arange(50) % 3, np.arange(50)), "Most values of the target occur once"),
        ((np.arange(50) % 2, np.arange(50) % 3, np.arange(50) == 7), "has 1 row of 50"),
        (rows_of(np.rint(60 * gate("and")).astype(int)), "U1 and U2 may be 0"),
    ],
)
def test_what_misleads_is_said(columns, said):
    assert any(said in w for w in estimate(*columns, QUICK.replace(bootstraps=20, permutations=0)).warnings)


def test_an_identifier_tells_the_whole_target():
    rng = np.random.default_rng(0)
    e = estimate(np.arange(300), rng.integers(0, 3, 300), rng.integers(0, 2, 300), BARE)
    assert e.plugin.i1 == pytest.approx(1, abs=0.02)
    assert e.light.colour == "red"


def test_settings_are_checked():
    for wrong in ({"bootstraps": 2001}, {"correction": "magic"}, {"level": 1.0}, {"null": "within"}, {"measure": "x"}):
        with pytest.raises(BadSpec):
            Settings(**wrong)
    with pytest.raises(BadData):
        estimate([0], [0, 1], [0])
