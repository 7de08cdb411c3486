"""By simulation, seeds fixed: p-values under nulls that hold, and how often intervals cover. Tolerances are four standard errors."""

import numpy as np
import pytest
from scipy import stats

from mmexplore.estimators.tables.estimate import Settings, estimate_counts
from mmexplore.info.broja import solve
from mmexplore.info.pid import pid
from mmexplore.types import ATOMS

RNG = np.random.default_rng(11)
THREE = RNG.dirichlet(np.full(3, 4.0), size=2)
UNRELATED = np.einsum("a,b,y->aby", THREE[0], THREE[1], [0.4, 0.6])
GENERIC = RNG.dirichlet(np.full(18, 1.5)).reshape(3, 3, 2)


def tables(p, n, number, seed):
    return np.random.default_rng(seed).multinomial(n, p.ravel(), size=number).reshape(number, *p.shape)


@pytest.fixture(scope="module")
def under_the_null():
    """Nothing is related to anything, so every shuffle's null holds."""
    settings = Settings(bootstraps=0, permutations=39)
    return [
        estimate_counts(c, settings.replace(seed=k, null="modality1" if k % 2 else "target"))
        for k, c in enumerate(tables(UNRELATED, 120, 160, 5))
    ]


@pytest.mark.parametrize(
    ("null", "name"),
    [("target", "i12"), ("target", "synergy"), ("modality1", "i1"), ("within", "synergy"), ("within", "i12")],
)
def test_p_values_are_uniform_under_the_null(under_the_null, null, name):
    p = np.array([e.p_value(name, null) for e in under_the_null if e.p_value(name, null) is not None])
    assert len(p) in (80, 160)
    seen = np.bincount(np.ceil(10 * p - 1e-9).astype(int) - 1, minlength=10)  # p is one of 1/40 ... 40/40
    assert stats.chisquare(seen).pvalue > 0.001


@pytest.mark.parametrize("name", ATOMS)
def test_p_values_of_atoms_are_never_too_small(under_the_null, name):
    # atoms that are 0 in most samples and most shuffles have p = 1 there: valid, not uniform
    p = np.array([e.p_value(name) for e in under_the_null if e.p_value(name) is not None])
    for level in (0.05, 0.1, 0.2, 0.5):
        assert np.mean(p <= level + 1e-9) <= level + 4 * np.sqrt(level * (1 - level) / len(p))


def test_p_values_below_are_uniform_too(under_the_null):
    p = np.array([next(n for n in e.nulls if n.kind.key == "within").p_below["synergy"] for e in under_the_null])
    assert stats.chisquare(np.bincount(np.ceil(10 * p - 1e-9).astype(int) - 1, minlength=10)).pvalue > 0.001


def test_synergy_that_is_not_there_is_seldom_found():
    coupling = np.clip(solve(GENERIC[None], 1e-9, coupling=True).coupling[0], 0, None)
    coupling /= coupling.sum()
    assert pid(coupling).synergy == pytest.approx(0, abs=1e-8)
    settings = Settings(bootstraps=0, permutations=39)
    p = np.array(
        [estimate_counts(c, settings.replace(seed=k)).p_value("synergy", "no_synergy") for k, c in enumerate(tables(coupling, 300, 100, 6))]
    )  # fmt: skip
    # a parametric bootstrap is approximate: up to 9 % at the 5 % level were seen
    assert np.mean(p <= 0.05) <= 0.05 + 0.04 + 4 * np.sqrt(0.05 * 0.95 / 100)
    assert np.mean(p <= 0.5) <= 0.5 + 4 * np.sqrt(0.25 / 100)


@pytest.mark.parametrize(("correction", "n"), [("plugin", 600), ("panzeri_treves", 600), ("plugin", 3000)])
def test_intervals_cover_at_about_their_rate(correction, n):
    truth = pid(GENERIC)
    assert min(truth.atoms) >= 0
    settings = Settings(bootstraps=100, permutations=0, correction=correction)
    found = [estimate_counts(c, settings.replace(seed=k)).intervals for k, c in enumerate(tables(GENERIC, n, 80, n))]
    for name in (*ATOMS, "i1", "i2", "i12"):
        value = getattr(truth, name)
        covered = np.mean([e[name].low - 1e-9 <= value <= e[name].high + 1e-9 for e in found])
        assert covered >= 0.95 - 4 * np.sqrt(0.95 * 0.05 / 80), name


def test_percentile_intervals_never_cover_nothing_and_moved_ones_do():
    found = [estimate_counts(c, Settings(bootstraps=100, permutations=0, seed=k)) for k, c in enumerate(tables(UNRELATED, 200, 40, 8))]  # fmt: skip
    assert all(np.quantile(e.draws["synergy"], 0.025) > 0 for e in found)
    for name in ("synergy", "i1", "i2", "i12"):
        assert np.mean([e.intervals[name].low == 0 for e in found]) >= 0.85


def test_too_few_rows_undercover_synergy_and_the_light_is_red():
    p = np.random.default_rng(2).dirichlet(np.ones(72)).reshape(6, 6, 2)
    truth = pid(p).synergy
    found = [estimate_counts(c, Settings(bootstraps=100, permutations=0, seed=k)) for k, c in enumerate(tables(p, 100, 40, 9))]  # fmt: skip
    assert np.mean([e.intervals["synergy"].low <= truth <= e.intervals["synergy"].high for e in found]) < 0.8
    assert {e.light.colour for e in found} == {"red"}
