"""I_dep, I_CCS, I_wedge and I_proj against slow implementations of their definitions."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy.sparse.csgraph import connected_components

from mmexplore.info.measures import proj as proj_module
from mmexplore.info.pid import pid
from tests.info.tables import COPY, GATES, RDN, XOR, random_table


def proportional_fit(p: np.ndarray, constraints: frozenset[frozenset[int]], sweeps: int = 3000) -> np.ndarray:
    """Maximum entropy under the marginals named in `constraints`, by plain iterative proportional fitting."""
    q = np.full(p.shape, 1.0)
    wanted = [tuple(sorted(set(range(3)) - c)) for c in constraints]
    for _ in range(sweeps):
        before = q
        for axes in wanted:
            now = q.sum(axis=axes, keepdims=True)
            q = q * np.divide(p.sum(axis=axes, keepdims=True), now, out=np.zeros_like(now), where=now > 0)
        if np.abs(q - before).max() < 1e-16:
            break
    return q


def information(q: np.ndarray) -> float:
    """I(X1,X2;Y) in bits."""
    product = q.sum(axis=2, keepdims=True) * q.sum(axis=(0, 1), keepdims=True)
    on = q > 0
    return float((q[on] * np.log2(q[on] / product[on])).sum())


def lattice_unique(p: np.ndarray, source: int) -> float:
    """min over every edge of the dependency lattice that adds the constraint (source, target)."""
    pairs = [frozenset(c) for c in ((0, 1), (0, 2), (1, 2))]
    alone = [frozenset({k}) for k in range(3)]
    link = frozenset({source, 2})
    others = [c for c in pairs if c != link]
    gains = []
    for chosen in itertools.chain.from_iterable(itertools.combinations(others, k) for k in range(3)):
        below = frozenset([*chosen, *alone])
        gains.append(information(proportional_fit(p, below | {link})) - information(proportional_fit(p, below)))
    return min(gains)


@pytest.mark.rounding
@pytest.mark.parametrize("seed", range(12))
def test_dep_is_the_least_gain_on_the_lattice(seed):
    p = random_table(seed, [(2, 2, 2), (2, 3, 2), (3, 3, 3)][seed % 3])
    r = pid(p, "dep")
    assert r.converged
    assert r.unique1 == pytest.approx(lattice_unique(p, 0), abs=1e-9)
    assert r.unique2 == pytest.approx(lattice_unique(p, 1), abs=1e-9)


@pytest.mark.parametrize("name", ["AND", "SUM", "NOT_TWO", "PWUNQ", "PROB1", "RDNERR"])
def test_dep_on_gates(name):
    r = pid(GATES[name], "dep")
    assert r.unique1 == pytest.approx(lattice_unique(GATES[name], 0), abs=1e-3)  # plain fitting crawls on zeros
    assert r.unique2 == pytest.approx(lattice_unique(GATES[name], 1), abs=1e-3)


@pytest.mark.rounding
@pytest.mark.parametrize("seed", range(12))
def test_ccs_outcome_by_outcome(seed):
    p = random_table(seed, [(2, 2, 2), (2, 3, 2), (3, 3, 3)][seed % 3])
    q = proportional_fit(p, frozenset(frozenset(c) for c in ((0, 1), (0, 2), (1, 2))))
    py = q.sum(axis=(0, 1))
    total = 0.0
    for a, b, y in np.ndindex(*q.shape):
        i1 = math.log2(q[a, :, y].sum() / q[a].sum() / py[y])
        i2 = math.log2(q[:, b, y].sum() / q[:, b].sum() / py[y])
        i12 = math.log2(q[a, b, y] / q[a, b].sum() / py[y])
        c = i1 + i2 - i12
        if min(i1, i2, i12, c) > 0 or max(i1, i2, i12, c) < 0:
            total += q[a, b, y] * c
    assert pid(p, "ccs").redundancy == pytest.approx(total, abs=1e-9)


def test_ccs_of_independent_modalities_is_not_decided_by_rounding():
    # x2 tells nothing, so no outcome is a common change of surprisal, however the zeros are rounded
    rng = np.random.default_rng(2)
    for _ in range(50):
        p = rng.dirichlet(np.ones(6)).reshape(3, 1, 2) * rng.dirichlet(np.ones(4)).reshape(1, 4, 1)
        assert pid(p / p.sum(), "ccs").redundancy == pytest.approx(0.0, abs=1e-12)


@pytest.mark.rounding
@pytest.mark.parametrize("seed", range(15))
def test_wedge_of_random_graphs(seed):
    p = random_table(seed, (5, 6, 3), 0.12)
    linked = p.sum(axis=2) > 0
    graph = np.block([[np.zeros((5, 5)), linked], [linked.T, np.zeros((6, 6))]])
    _, label = connected_components(graph, directed=False)
    common = np.zeros((label.max() + 1, 3))
    for a in range(5):
        common[label[a]] += p[a].sum(axis=0)
    on = common > 0
    product = common.sum(axis=1, keepdims=True) * common.sum(axis=0, keepdims=True)
    expected = (common[on] * np.log2(common[on] / product[on])).sum()
    assert pid(p, "wedge").redundancy == pytest.approx(expected, abs=1e-13)


@pytest.mark.rounding
def test_wedge_ends_with_the_least_noise():
    noisy = (1 - 1e-9) * RDN + 1e-9 / 8
    assert pid(RDN, "wedge").redundancy == pytest.approx(1.0, abs=1e-12)
    r = pid(noisy, "wedge")
    assert r.redundancy == pytest.approx(0.0, abs=5e-15)
    assert r.synergy < -0.99


@pytest.mark.rounding
def test_wedge_follows_a_long_chain():
    # one component that is only found by walking: x1 = k meets x2 = k and k + 1
    p = np.zeros((40, 41, 2))
    for k in range(40):
        p[k, k, k % 2] = p[k, k + 1, k % 2] = 1 / 80
    assert pid(p, "wedge").redundancy == pytest.approx(0.0, abs=1e-14)
    assert pid(np.transpose(p, (1, 0, 2)), "wedge").redundancy == pytest.approx(0.0, abs=1e-14)


def projected_by_em(xy: np.ndarray, other: np.ndarray, sweeps: int = 20000) -> float:
    """I(X -> other) in bits, each projection by expectation maximisation from uniform weights."""
    py = xy.sum(axis=0)
    corner = other[other.sum(axis=1) > 0]
    corner = corner / corner.sum(axis=1, keepdims=True)
    total = 0.0
    for row in xy:
        if row.sum() == 0:
            continue
        w = np.full(len(corner), 1 / len(corner))
        on = row > 0
        for _ in range(sweeps):
            w = w * (corner[:, on] @ (row[on] / row.sum() / (w @ corner[:, on])))
        total += (row[on] * np.log2((w @ corner)[on] / py[on])).sum()
    return float(total)


@pytest.mark.parametrize("seed", range(9))
def test_proj_encloses_expectation_maximisation(seed):
    p = random_table(seed, [(2, 2, 3), (3, 3, 3), (4, 3, 5)][seed % 3], [1.0, 0.6][seed % 2])
    joint1, joint2 = p.sum(axis=1), p.sum(axis=0)
    slow = min(projected_by_em(joint1, joint2), projected_by_em(joint2, joint1))
    r = pid(p, "proj")
    assert r.converged
    assert 0 <= r.gap <= 1e-9
    assert r.redundancy == pytest.approx(slow, abs=1e-4)  # expectation maximisation approaches a boundary like 1/n
    assert slow <= r.upper.redundancy + 1e-12


@pytest.mark.rounding
@pytest.mark.parametrize("seed", range(6))
def test_two_values_of_the_target_are_a_clip(seed):
    # the same table with y = 1 split in two equal halves takes the general path, and says the same
    p = random_table(seed, (3, 4, 2), 0.8)
    split = np.concatenate([p[..., :1], p[..., 1:] / 2, p[..., 1:] / 2], axis=2)
    assert pid(split, "proj").redundancy == pytest.approx(pid(p, "proj").redundancy, abs=2e-9)


@pytest.mark.rounding
def test_proj_on_tables_of_fifteen_decades():
    rng = np.random.default_rng(4)
    p = 10 ** (-15 * rng.random((100, 4, 3, 5))) * (rng.random((100, 4, 3, 5)) < 0.5)
    p[:, 0, 0, 0] += 1e-3
    r = pid(p / p.sum(axis=(1, 2, 3), keepdims=True), "proj")
    assert r.converged.all()
    assert r.gap.max() <= 1e-9


def test_proj_admits_what_it_missed(monkeypatch):
    p = random_table(0, (4, 3, 5))
    exact = pid(p, "proj").redundancy
    monkeypatch.setattr(proj_module, "_MAX_STEPS", 2)
    r = pid(p, "proj")
    assert not r.converged
    assert r.lower.redundancy <= exact <= r.upper.redundancy


def test_the_gates_that_tell_projections_apart():
    assert pid(XOR, "proj").redundancy == pytest.approx(0.0, abs=1e-12)
    assert pid(COPY, "proj").redundancy == pytest.approx(0.0, abs=1e-9)
