from __future__ import annotations

import clarabel
import numpy as np
import pytest
from scipy import sparse

from mmexplore.info import maxent
from mmexplore.info.maxent import RESIDUAL, pairwise_maxent
from tests.info.tables import GATES, RDNUNQXOR, XOR, random_table


def entropy_by_cone(p: np.ndarray) -> float:
    """The largest entropy in nats under the pair marginals, from an exponential-cone solver."""
    cells = np.indices(p.shape).reshape(3, -1)
    live = (p.sum(0)[cells[1], cells[2]] > 0) & (p.sum(1)[cells[0], cells[2]] > 0) & (p.sum(2)[cells[0], cells[1]] > 0)
    cells = cells[:, live]
    n = cells.shape[1]
    rows, right = [], []
    for k in range(3):
        keep = [j for j in range(3) if j != k]
        pair = p.sum(axis=k)
        code = np.ravel_multi_index([cells[j] for j in keep], pair.shape)
        for c in np.flatnonzero(pair.reshape(-1) > 0):
            rows.append((code == c).astype(float))
            right.append(pair.reshape(-1)[c])
    # variables (q, t): maximise sum t with (t, q, 1) in the exponential cone q exp(t / q) <= 1, that is t <= -q ln q
    equal = sparse.hstack([sparse.csc_matrix(np.array(rows)), sparse.csc_matrix((len(rows), n))])
    cone = sparse.lil_matrix((3 * n, 2 * n))
    for i in range(n):
        cone[3 * i, n + i] = -1
        cone[3 * i + 1, i] = -1
    offset = np.tile([0.0, 0.0, 1.0], n)
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    solver = clarabel.DefaultSolver(
        sparse.csc_matrix((2 * n, 2 * n)),
        np.concatenate([np.zeros(n), -np.ones(n)]),
        sparse.vstack([equal, cone.tocsc()]).tocsc(),
        np.concatenate([right, offset]),
        [clarabel.ZeroConeT(len(rows)), *[clarabel.ExponentialConeT()] * n],
        settings,
    )
    return -solver.solve().obj_val


def entropy(q: np.ndarray) -> float:
    positive = q[q > 0]
    return float(-(positive * np.log(positive)).sum())


@pytest.mark.rounding
@pytest.mark.parametrize("name", ["SUM", "BOOM", "NOT_TWO", "PROB2", "GBAND", "AND", "RDNERR", "SUBTLE"])
def test_entropy_equals_the_cone_solvers(name):
    q = pairwise_maxent(GATES[name][None]).q[0]
    assert entropy(q) == pytest.approx(entropy_by_cone(GATES[name]), abs=1e-6)


@pytest.mark.rounding
@pytest.mark.parametrize("seed", range(8))
def test_entropy_equals_the_cone_solvers_on_sparse_tables(seed):
    p = random_table(seed, (3, 4, 3), 0.5)
    assert entropy(pairwise_maxent(p[None]).q[0]) == pytest.approx(entropy_by_cone(p), abs=1e-6)


@pytest.mark.rounding
@pytest.mark.parametrize("name", GATES)
def test_gates_reach_the_residual(name):
    result = pairwise_maxent(GATES[name][None])
    assert result.converged[0]
    for axis in range(3):
        np.testing.assert_allclose(result.q[0].sum(axis), GATES[name].sum(axis), atol=RESIDUAL)


@pytest.mark.parametrize("shape", [(2, 2, 2), (3, 3, 3), (4, 4, 4), (3, 5, 2), (2, 9, 3), (2, 2, 12), (6, 6, 11)])
@pytest.mark.parametrize("density", [1.0, 0.5, 0.25])
@pytest.mark.parametrize("spread", ["mild", "15 decades", "counts", "1e-15 among ones"])
def test_hard_tables_reach_the_residual(shape, density, spread):
    rng = np.random.default_rng(7)
    size = (20, *shape)
    value = {
        "mild": rng.random(size) ** 3,
        "15 decades": 10 ** (-15 * rng.random(size)),
        "counts": rng.integers(1, 4, size).astype(float),
        "1e-15 among ones": np.where(rng.random(size) < 0.3, 1e-15, rng.random(size)),
    }[spread]
    p = value * (rng.random(size) < density)
    p[:, 0, 0, 0] += 1e-3
    p /= p.sum(axis=(1, 2, 3), keepdims=True)
    result = pairwise_maxent(p)
    assert result.residual.max() <= RESIDUAL
    assert result.q.min() >= 0
    assert all(entropy(q) >= entropy(t) - 1e-10 for q, t in zip(result.q, p, strict=True))


@pytest.mark.rounding
def test_no_interaction_of_three_is_left():
    # at full support the optimum has no three-way term: every odds ratio of odds ratios is 1
    q = pairwise_maxent(random_table(3, (3, 4, 3))[None]).q[0]
    logs = np.log(q)
    logs = np.diff(np.diff(np.diff(logs, axis=0), axis=1), axis=2)
    np.testing.assert_allclose(logs, 0.0, atol=1e-9)


@pytest.mark.rounding
def test_scalar_path_equals_newton():
    tables = np.stack([random_table(seed, (2, 2, 2), density) for seed in range(60) for density in (1.0, 0.7)])
    wide = np.concatenate([tables, np.zeros((120, 2, 2, 1))], axis=3)  # an unused state sends it down the other path
    np.testing.assert_allclose(pairwise_maxent(tables).q, pairwise_maxent(wide).q[..., :2], atol=1e-11)


@pytest.mark.rounding
def test_conjugate_gradients_equal_the_dense_system(monkeypatch):
    p = np.stack([random_table(seed, (4, 5, 3)) for seed in range(4)])
    dense = pairwise_maxent(p)
    monkeypatch.setattr(maxent, "_DENSE_UNKNOWNS", 0)
    monkeypatch.setattr(maxent, "_MOST_UNKNOWNS", 0)
    free = pairwise_maxent(p)
    assert free.converged.all()
    np.testing.assert_allclose(free.q, dense.q, atol=1e-11)


def test_the_dense_system_takes_over_where_conjugate_gradients_fall_short(monkeypatch):
    rng = np.random.default_rng(0)
    p = 10 ** (-15 * rng.random((5, 6, 6, 6))) * (rng.random((5, 6, 6, 6)) < 0.3)
    p /= p.sum(axis=(1, 2, 3), keepdims=True)
    monkeypatch.setattr(maxent, "_DENSE_UNKNOWNS", 0)
    # whichever of the two it was: how far conjugate gradients get on such tables is rounding's choice; below they get nowhere
    assert pairwise_maxent(p).converged.all()
    calls = []

    def nowhere(s, q, ga, gb, ridge):
        calls.append(len(q))
        return np.zeros_like(ga), np.zeros_like(gb)

    monkeypatch.setattr(maxent, "_conjugate_gradients", nowhere)
    helped = pairwise_maxent(p)
    assert calls
    assert helped.converged.all()
    monkeypatch.setattr(maxent, "_MOST_UNKNOWNS", 0)
    assert not pairwise_maxent(p).converged.any()


@pytest.mark.rounding
def test_known_solutions():
    np.testing.assert_allclose(pairwise_maxent(XOR[None]).q[0], 1 / 8, atol=1e-15)
    # pairs of (shared, private, parity) bits leave the parity bit of y free
    flat = pairwise_maxent(RDNUNQXOR[None]).q[0]
    np.testing.assert_allclose(flat[RDNUNQXOR > 0], 1 / 64, atol=1e-13)


def test_what_does_not_vary_stays():
    p = random_table(1, (1, 1, 5))
    np.testing.assert_array_equal(pairwise_maxent(p[None]).q[0], p)
    p = random_table(1, (1, 4, 5))
    np.testing.assert_allclose(pairwise_maxent(p[None]).q[0], p, atol=1e-15)


@pytest.mark.rounding
def test_chunks_do_not_show(monkeypatch):
    p = np.stack([random_table(seed, (3, 3, 3), 0.6) for seed in range(9)])
    whole = pairwise_maxent(p).q
    monkeypatch.setattr(maxent, "_CHUNK_NUMBERS", 1)
    np.testing.assert_allclose(pairwise_maxent(p).q, whole, atol=1e-11)


def test_too_few_steps_are_admitted(monkeypatch):
    monkeypatch.setattr(maxent, "_MAX_STEPS", 1)
    assert not pairwise_maxent(random_table(3, (3, 4, 3))[None]).converged[0]
