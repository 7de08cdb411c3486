import dataclasses

import numpy as np
import pytest

from mmexplore.datasets import gate
from mmexplore.errors import Unsupported
from mmexplore.estimators.tables.corrections import REGISTRY, CorrectionInput, Informations
from mmexplore.estimators.tables.corrections.quadratic import at_infinity
from mmexplore.estimators.tables.entropic import alone, effective, predicted_bias
from mmexplore.estimators.tables.estimate import Settings, estimate, estimate_counts
from mmexplore.estimators.tables.resampling import stream
from mmexplore.info.pid import pid
from mmexplore.types import PID

GENERIC = np.random.default_rng(1).dirichlet(np.full(18, 2.0)).reshape(3, 3, 2)


def sample(p, n, seed=0, size=None):
    rng = np.random.default_rng(seed)
    return rng.multinomial(n, np.ravel(p), size=size).reshape(*((size,) if size else ()), *p.shape)


def entropy_miller_madow(counts):
    """Miller 1955: plug-in entropy plus (occupied cells - 1) / 2N, in bits."""
    c = counts[counts > 0]
    p = c / c.sum()
    return -(p * np.log2(p)).sum() + (len(c) - 1) / (2 * c.sum() * np.log(2))


@pytest.mark.parametrize("n", [30, 500])
def test_miller_madow_is_that_of_the_entropies(n):
    c = sample(GENERIC, n)
    value = estimate_counts(c, Settings(correction="miller_madow", bootstraps=0, permutations=0)).value
    h = entropy_miller_madow
    assert value.i1 == pytest.approx(h(c.sum((1, 2))) + h(c.sum((0, 1))) - h(c.sum(1)), abs=1e-12)
    assert value.i2 == pytest.approx(h(c.sum((0, 2))) + h(c.sum((0, 1))) - h(c.sum(0)), abs=1e-12)
    assert value.i12 == pytest.approx(h(c.sum(2).ravel()) + h(c.sum((0, 1))) - h(c.ravel()), abs=1e-12)


@pytest.mark.parametrize("bins", ["occupied", "effective"])
def test_predicted_bias_at_full_support(bins):
    c = np.full((3, 4, 5), 7)
    bias, unit = predicted_bias(c, bins), 1 / (2 * c.sum() * np.log(2))
    assert bias.cells == 60
    assert bias.i1 == pytest.approx(2 * 4 * unit)
    assert bias.i2 == pytest.approx(3 * 4 * unit)
    assert bias.i12 == pytest.approx(11 * 4 * unit)
    assert bias.synergy == pytest.approx(2 * 3 * 4 * unit)


def test_predicted_bias_is_the_mean_error_of_many_samples():
    n = 594
    r = pid(sample(GENERIC, n, size=4000), tolerance=1e-6)
    bias = predicted_bias(np.full((3, 3, 2), n // 18), "occupied")
    truth = pid(GENERIC)
    for name, rows in (("i1", 2), ("i2", 2), ("i12", 8)):
        values = getattr(r, name)
        exact = rows / (2 * n * np.log(2))
        assert getattr(bias, name) == pytest.approx(exact, rel=0.01)
        assert values.mean() - getattr(truth, name) == pytest.approx(
            exact, abs=4 * values.std() / 4000**0.5 + 0.1 * exact
        )


def stepwise_effective(counts, possible):
    """Panzeri & Treves 1996, one cell at a time: the slow twin of `effective`."""
    seen, n = counts[counts > 0], counts.sum()
    r, m, last, off = len(seen), 0, np.inf, None
    if r == possible:
        return r
    off = abs(((1 - seen / n) ** n).sum())
    last = possible
    while off < last and r + m < possible:
        m += 1
        g = m * (1 - (n / (n + r)) ** (1 / n))
        inside = (1 - g) * (seen + 1) / (n + r)
        expected = (1 - (1 - inside) ** n).sum() + m * (1 - (1 - g / m) ** n)
        last, off = off, abs(r - expected)
    return r + m - 1 + (off < last)


@pytest.mark.parametrize(("cells", "n", "alpha"), [(12, 10, 1.0), (60, 30, 0.5), (200, 80, 0.4), (200, 1000, 1.0)])
def test_effective_cells_are_those_found_step_by_step(cells, n, alpha):
    for seed in range(10):
        rng = np.random.default_rng(seed)
        counts = rng.multinomial(n, rng.dirichlet(np.full(cells, alpha)))
        found = effective(counts, cells)
        assert np.count_nonzero(counts) <= found <= cells
        assert found == stepwise_effective(counts, cells)


def test_extrapolation_weights_are_exact_for_two_orders_of_bias():
    sizes = (403, 201, 100)
    f = np.array([2.5 + 3.0 / n - 40.0 / n**2 for n in sizes])
    assert at_infinity(sizes) @ f == pytest.approx(2.5, abs=1e-12)


def test_quadratic_extrapolation_removes_a_synthetic_bias():
    counts = sample(GENERIC, 401)

    def biased(stack):
        n = stack.sum((1, 2, 3))
        zero = np.zeros(len(n))
        numbers = {"i1": 0.1 + 2 / n, "i2": 0.2 - 1 / n**2, "i12": 0.9 + 5 / n + 9 / n**2, "union": 0.3 + 1 / n}
        return PID(**numbers, union_lower=zero, union_upper=zero, measure="broja", certificate="none", converged=True, tolerance=0, iterations=0, seconds=0.0)  # fmt: skip

    whole = biased(counts[None])
    numbers = {field: float(getattr(whole, field)[0]) for field in Informations._fields}
    asked = CorrectionInput(
        counts, dataclasses.replace(whole, **numbers), solve=biased, stream=lambda k: stream(0, "test", k)
    )
    found = REGISTRY["quadratic"].function(asked)
    np.testing.assert_allclose(found, (0.1, 0.2, 0.9, 0.3), atol=1e-12)


@pytest.mark.parametrize("name", REGISTRY.names())
def test_every_correction_keeps_the_identities_and_goes_to_the_truth(name):
    truth = pid(GENERIC)
    e = estimate_counts(sample(GENERIC, 200_000), Settings(correction=name, bootstraps=50, permutations=0))
    r = e.value
    assert r.redundancy + r.unique1 == pytest.approx(r.i1, abs=1e-12)
    assert r.redundancy + r.unique2 == pytest.approx(r.i2, abs=1e-12)
    assert sum(r.atoms) == pytest.approx(r.i12, abs=1e-12)
    for atom in ("redundancy", "unique1", "unique2", "synergy"):
        assert getattr(r, atom) == pytest.approx(getattr(truth, atom), abs=5 * e.spread[atom] + 1e-5)
    assert e.corrected == (name != "plugin")
    assert (r.certificate == "certified") == (name == "plugin")
    if e.corrected:
        assert np.isnan(r.gap)
        assert e.plugin.certificate == "certified"


@pytest.mark.parametrize("name", ["miller_madow", "panzeri_treves", "bootstrap"])
def test_a_correction_takes_bias_off_synergy(name):
    tables = sample(GENERIC, 150, size=60)
    settings = Settings(correction=name, bootstraps=60, permutations=0)
    found = [estimate_counts(t, settings) for t in tables]
    plain, fixed = (np.mean([getattr(e, which).synergy for e in found]) for which in ("plugin", "value"))
    truth = pid(GENERIC).synergy
    assert abs(fixed - truth) < 0.6 * (plain - truth)


def test_a_modality_with_nothing_of_its_own_leaves_the_other_alone():
    counts = np.rint(1000 * gate("and")).astype(int)
    x2_is_a_coin = np.stack([counts.sum(1), counts.sum(1)], axis=1)
    assert alone(pid(x2_is_a_coin)) == "1"
    assert alone(pid(x2_is_a_coin.transpose(1, 0, 2))) == "2"
    assert alone(pid(GENERIC, "mmi")) == ""
    fixed = estimate_counts(x2_is_a_coin, Settings(correction="panzeri_treves", bootstraps=0, permutations=0)).value
    assert fixed.unique2 == pytest.approx(fixed.i2 - fixed.redundancy, abs=1e-12)
    assert fixed.union == fixed.i1


def test_a_correction_that_lacks_what_it_needs_says_so():
    with pytest.raises(Unsupported, match="bootstrap replicates"):
        estimate_counts(sample(GENERIC, 90), Settings(correction="bootstrap", bootstraps=0, permutations=0))
    with pytest.raises(Unsupported, match="at least 8"):
        estimate_counts(sample(GENERIC, 5), Settings(correction="quadratic", bootstraps=0, permutations=0))
    with pytest.raises(Unsupported):
        REGISTRY["quadratic"].function(CorrectionInput(sample(GENERIC, 90), pid(GENERIC)))
    assert Informations._fields == ("i1", "i2", "i12", "union")


@pytest.mark.parametrize("name", REGISTRY.names())
@pytest.mark.parametrize("seed", range(4))
def test_both_modalities_never_tell_less_than_one_of_them(name, seed):
    # few rows and many cells: corrections of I1, I2 and I12 cross in most of such samples
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, [[3], [4], [3]], (3, 40))
    value = estimate(*codes, Settings(correction=name, bootstraps=40, permutations=0)).value
    assert value.i12 >= max(value.i1, value.i2) - 1e-9
    assert value.redundancy + value.unique1 + value.unique2 + value.synergy == pytest.approx(value.i12, abs=1e-9)
