"""BROJA through the public call: published values, closed forms, an independent solver, invariances, torch."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

import mmexplore as mm
from tests.info.reference import clarabel_union, degraded, information, nasty, scan_2x2x2
from tests.info.tables import AND, GATES, OR, RDNUNQXOR, correlated_copy, random_table, uniform

AND_R = 0.75 * np.log2(4 / 3)  # I1 of AND, .311278
# an atom is a difference of sums of p log p, with logarithms good to a few units of their last place on any processor
ROUNDING = 5e-15
CLARABEL = 2e-7  # what its answers may be off, seen on tables with a closed form

# Redundancy, unique of x1, unique of x2, synergy: Griffith & Koch 2014; Bertschinger et al. 2014; James et al. 2018
PUBLISHED = {
    "AND": (AND, (AND_R, 0, 0, 0.5)),
    "OR": (OR, (AND_R, 0, 0, 0.5)),
    "NAND": (AND[:, :, ::-1], (AND_R, 0, 0, 0.5)),
    "XOR": (GATES["XOR"], (0, 0, 0, 1)),
    "RDN": (GATES["RDN"], (1, 0, 0, 0)),
    "UNQ1": (GATES["UNQ1"], (0, 1, 0, 0)),
    "COPY": (GATES["COPY"], (0, 1, 1, 0)),
    "SUM": (GATES["SUM"], (0.5, 0, 0, 1)),
    "RDNXOR": (GATES["RDNXOR"], (1, 0, 0, 1)),
    "RDNUNQXOR": (RDNUNQXOR, (1, 1, 1, 1)),
    "PWUNQ": (GATES["PWUNQ"], (0.5, 0, 0, 0.5)),
    # x1 = (a, b), x2 = b
    "two-bit x1, y = a xor b": (uniform("000", "111", "201", "310"), (0, 1, 0, 0)),
    "two-bit x1, y = a and b": (uniform("000", "110", "200", "311"), (AND_R, 0.5, 0, 0)),
}


@pytest.mark.rounding
@pytest.mark.parametrize(("table", "expected"), PUBLISHED.values(), ids=PUBLISHED)
def test_published_values(table, expected):
    r = mm.pid(table)
    np.testing.assert_allclose(r.atoms, expected, atol=1e-9)
    assert r.converged
    assert r.gap <= 1e-9


@pytest.mark.rounding
@pytest.mark.parametrize("name", ["AND", "OR", "XOR", "RDN", "UNQ1", "COPY", "RDNXOR", "PWUNQ"])
def test_atoms_that_vanish_are_zero_to_the_last_digits(name):
    # the certified interval touches the range of I*, whose end is then the answer: far closer than the tolerance of 1e-9
    table, expected = PUBLISHED[name]
    for atom, value in zip(mm.pid(table).atoms, expected, strict=True):
        assert value != 0 or abs(atom) <= ROUNDING


@pytest.mark.parametrize("noise", [0.0, 0.1, 0.3, 0.5])
def test_noisy_xor_is_all_synergy(noise):
    p = (1 - noise) * GATES["XOR"] + noise * GATES["XOR"][:, :, ::-1]
    entropy = -sum(x * np.log2(x) for x in (noise, 1 - noise) if x > 0)
    np.testing.assert_allclose(mm.pid(p).atoms, (0, 0, 0, 1 - entropy), atol=1e-9)


@pytest.mark.rounding
@pytest.mark.parametrize("agree", [0.5, 0.8, 0.95, 1.0])
def test_copy_has_the_information_between_its_sources(agree):
    p = correlated_copy(agree)
    shared = information(p.sum(axis=2))
    np.testing.assert_allclose(mm.pid(p).atoms, (shared, 1 - shared, 1 - shared, 0), atol=1e-9)


@pytest.mark.rounding
def test_two_gaussians():
    # y = +-1, 50 bins on [-5, 5], means of length 2 at 0, 15, 30 and 45 degrees to the first axis
    edges = np.linspace(-5, 5, 51)

    def table(degrees: float) -> np.ndarray:
        mean = 2 * np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])
        sides = [[np.diff(norm.cdf(edges - sign * m)) for m in mean] for sign in (-1, 1)]
        p = np.stack([np.outer(*side) for side in sides], axis=2)
        return p / p.sum()

    expected = [(0, 0.912, 0, 0), (0.170, 0.727, 0, 0.014), (0.485, 0.360, 0, 0.068), (0.720, 0, 0, 0.192)]
    found = mm.pid(np.stack([table(degrees) for degrees in (0, 15, 30, 45)]))
    assert found.converged.all()
    np.testing.assert_allclose(np.stack(found.atoms, axis=1), expected, atol=1e-3)


@pytest.mark.rounding
@pytest.mark.parametrize("shape", [(2, 2, 2), (2, 2, 5), (4, 3, 3), (3, 6, 2), (5, 4, 7), (12, 9, 2), (10, 10, 4)])
def test_a_degraded_channel_has_nothing_unique(shape):
    r = mm.pid(np.stack([degraded(seed, *shape) for seed in range(5)]))
    assert r.converged.all()
    np.testing.assert_allclose(r.unique2, 0.0, atol=1e-9)
    np.testing.assert_allclose(r.union, r.i1, atol=1e-9)


@pytest.mark.rounding
@pytest.mark.parametrize("shape", [(2, 2, 2), (2, 2, 4), (3, 3, 3), (2, 4, 3), (4, 2, 2), (5, 3, 2), (3, 3, 6)])
def test_an_independent_solver_agrees(shape):
    rng = np.random.default_rng(sum(shape))
    for p in [nasty(rng, shape) for _ in range(12)]:
        r = mm.pid(p)
        assert r.converged
        assert r.union_lower - CLARABEL <= clarabel_union(p) <= r.union_upper + CLARABEL


@pytest.mark.rounding
@pytest.mark.parametrize("name", GATES)
def test_an_independent_solver_agrees_on_gates(name):
    r = mm.pid(GATES[name])
    assert r.union_lower - CLARABEL <= clarabel_union(GATES[name]) <= r.union_upper + CLARABEL


@pytest.mark.rounding
@pytest.mark.parametrize("shape", [(8, 8, 8), (20, 20, 2)])
def test_an_independent_solver_agrees_on_larger_tables(shape):
    p = random_table(1, shape)
    r = mm.pid(p)
    assert r.union_lower - CLARABEL <= clarabel_union(p) <= r.union_upper + CLARABEL


@pytest.mark.parametrize("seed", range(6))
def test_a_scan_of_all_couplings_finds_nothing_lower(seed):
    p = random_table(seed, (2, 2, 2))
    scanned = scan_2x2x2(p)
    r = mm.pid(p)
    assert r.union_lower <= scanned + 1e-12
    assert scanned - r.union_upper <= 1e-4  # the grid is that fine


@st.composite
def tables(draw):
    shape = tuple(draw(st.integers(1, 5)) for _ in range(3))
    weight = st.one_of(st.just(0.0), st.sampled_from([1e-15, 1e-12, 1e-6, 1.0, 2.0]), st.floats(1e-9, 1.0))
    n = int(np.prod(shape))
    weights = draw(st.lists(weight, min_size=n, max_size=n).filter(lambda w: sum(w) > 0.5))
    p = np.array(weights).reshape(shape)
    return p / p.sum()


@settings(max_examples=150, deadline=None, derandomize=True)
@given(tables())
def test_every_table_gets_a_valid_interval(p):
    r = mm.pid(p)
    assert r.converged
    assert 0 <= r.gap <= 1e-9
    assert r.union_lower <= r.union <= r.union_upper
    # p itself and independence given y are couplings
    py = p.sum(axis=(0, 1))
    independent = p.sum(axis=1)[:, None] * p.sum(axis=0)[None] / np.where(py > 0, py, 1.0)
    assert r.union_lower <= min(information(p), information(independent)) + 1e-14
    assert min(r.atoms) >= -ROUNDING


@settings(max_examples=30, deadline=None, derandomize=True)
@given(tables(), st.integers(0, 100))
def test_splitting_a_state_changes_nothing(p, pick):
    # its parts say the same about y
    axis = pick % 2
    state, share = pick % p.shape[axis], (pick % 7 + 1) / 8
    part = np.take(p, [state], axis=axis)
    kept = np.moveaxis(p.copy(), axis, 0)
    kept[state] *= 1 - share
    split = np.concatenate([np.moveaxis(kept, 0, axis), share * part], axis=axis)
    np.testing.assert_allclose(mm.pid(split, normalize=True).atoms, mm.pid(p).atoms, atol=3e-9)


@pytest.mark.rounding
@pytest.mark.parametrize("shapes", [((2, 2, 2), (2, 2, 2)), ((2, 3, 2), (2, 2, 3)), ((3, 2, 2), (1, 2, 2))])
def test_independent_systems_add_up(shapes):
    # Bertschinger et al. 2014, Lemma 19
    first, second = random_table(3, shapes[0]), random_table(4, shapes[1], 0.7)
    both = np.einsum("aby,cdz->acbdyz", first, second)
    both = both.reshape([x * y for x, y in zip(*shapes, strict=True)])
    np.testing.assert_allclose(
        mm.pid(both).atoms, np.array(mm.pid(first).atoms) + mm.pid(second).atoms, rtol=0, atol=4e-9
    )


@pytest.mark.rounding
@pytest.mark.parametrize("weight", [0.5, 0.01, 1e-12])
def test_a_switch_all_can_see_adds_its_entropy(weight):
    # tables on disjoint states of x1, x2 and y: supports that hang together nowhere
    parts = random_table(5, (3, 2, 2)), random_table(6, (2, 4, 3), 0.6)
    p = np.zeros((5, 6, 5))
    p[:3, :2, :2], p[3:, 2:, 2:] = weight * parts[0], (1 - weight) * parts[1]
    switch = -weight * np.log2(weight) - (1 - weight) * np.log2(1 - weight)
    expected = switch + weight * mm.pid(parts[0]).union + (1 - weight) * mm.pid(parts[1]).union
    assert mm.pid(p).union == pytest.approx(expected, abs=3e-9)


@pytest.mark.parametrize("shape", [(2, 2, 2), (2, 2, 6), (3, 4, 3), (6, 5, 2), (11, 10, 3)])
def test_torch_and_one_by_one_give_the_same(shape, device):
    rng = np.random.default_rng(7)
    batch = np.stack([nasty(rng, shape) for _ in range(24)])
    together = mm.pid(batch)
    alone = np.array([mm.pid(p).union for p in batch])
    np.testing.assert_allclose(together.union, alone, rtol=0, atol=2e-9)
    tensors = mm.pid(torch.as_tensor(batch, device=device))
    assert isinstance(tensors.union, torch.Tensor)
    assert bool(tensors.converged.all())
    union, lower, upper = (x.cpu().numpy() for x in (tensors.union, tensors.union_lower, tensors.union_upper))
    np.testing.assert_allclose(union, together.union, rtol=0, atol=2e-9)
    # both intervals hold the truth; where they end in I1, I2 or I12, those are rounded
    assert (lower <= together.union_upper + ROUNDING).all()
    assert (together.union_lower <= upper + ROUNDING).all()


def test_a_tolerance_that_is_missed_is_told():
    p = random_table(8, (3, 3, 3))
    asked, answered = mm.pid(p, tolerance=1e-16), mm.pid(p)
    assert not asked.converged
    assert answered.converged
    assert 1e-16 < asked.gap < 1e-11
    assert answered.union_lower <= asked.union_upper
    assert asked.union_lower <= answered.union_upper


@pytest.mark.rounding
def test_a_looser_tolerance_is_cheaper_and_honest():
    batch = np.stack([random_table(seed, (4, 4, 2)) for seed in range(30)])
    exact, loose = mm.pid(batch), mm.pid(batch, tolerance=1e-3)
    assert loose.iterations.sum() < exact.iterations.sum()
    assert (loose.gap <= 1e-3).all()
    assert (np.abs(loose.union - exact.union) <= loose.gap + 1e-9).all()
