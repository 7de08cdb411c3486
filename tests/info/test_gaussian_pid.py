"""The exact Gaussian decomposition against solvers and identities that do not know its formula."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
import torch
from scipy.optimize import minimize

import mmexplore as mm
from mmexplore import BadData

ATOMS = ("redundancy", "unique1", "unique2", "synergy")


def random_covariance(p: int, seed: int, rows: int | None = None) -> np.ndarray:
    a = np.random.default_rng(seed).normal(size=(p, rows or p + 3))
    return a @ a.T / a.shape[1]


def channels(h1: np.ndarray, h2: np.ndarray, noise: np.ndarray | None = None) -> np.ndarray:
    """Covariance of x_i = H_i y + n_i with Cov(y) = I, Cov(n_i) = I and Cov(n1, n2) = `noise`."""
    h = np.vstack([h1, h2])
    sigma = np.eye(len(h))
    if noise is not None:
        sigma[: len(h1), len(h1) :] = noise
        sigma[len(h1) :, : len(h1)] = noise.T
    return np.block([[h @ h.T + sigma, h], [h.T, np.eye(h.shape[1])]])


def information(cov: np.ndarray, x: list[int], y: list[int]) -> float:
    """I(x; y) in bits from three determinants."""
    det = [np.linalg.slogdet(cov[np.ix_(k, k)])[1] for k in (x, y, x + y)]
    return (det[0] + det[1] - det[2]) / (2 * np.log(2))


def iterated_union(cov: np.ndarray, d1: int, d2: int, dy: int) -> float:
    """min over the cross-covariance of (x1, x2) given y, by BFGS from three starts; the norm is kept below 1 by tanh."""
    a, b, y = slice(0, d1), slice(d1, d1 + d2), slice(d1 + d2, None)
    gain = np.linalg.solve(cov[y, y], cov[y, : d1 + d2])
    left = cov[: d1 + d2, : d1 + d2] - gain.T @ cov[y, y] @ gain
    roots = [np.linalg.cholesky(left[a, a]), np.linalg.cholesky(left[b, b])]
    mean = gain.T @ cov[y, y] @ gain

    def value(z: np.ndarray) -> float:
        u, s, vt = np.linalg.svd(z.reshape(d1, d2), full_matrices=False)
        cross = roots[0] @ (u * np.tanh(s) @ vt) @ roots[1].T
        noise = np.block([[left[a, a], cross], [cross.T, left[b, b]]])
        return (np.linalg.slogdet(noise + mean)[1] - np.linalg.slogdet(noise)[1]) / (2 * np.log(2))

    rng = np.random.default_rng(1)
    starts = [np.zeros(d1 * d2), rng.normal(size=d1 * d2), -rng.normal(size=d1 * d2)]
    return min(minimize(value, z, method="BFGS", options={"gtol": 1e-8, "maxiter": 2000}).fun for z in starts)


@pytest.mark.rounding
@pytest.mark.parametrize("dims", [(1, 1, 1), (2, 1, 2), (2, 2, 2), (1, 3, 2), (3, 2, 3)])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_an_iterative_minimiser_finds_the_same_union(dims, seed):
    cov = random_covariance(sum(dims), seed)
    r = mm.gaussian_pid(cov, *dims)
    found = iterated_union(cov, *dims)
    assert r.union <= found + 1e-9
    assert r.union == pytest.approx(found, abs=2e-5)


@pytest.mark.rounding
@pytest.mark.parametrize("seed", range(5))
def test_informations_are_the_ratio_of_determinants(seed):
    cov = random_covariance(8, seed)
    r = mm.gaussian_pid(cov, 3, 2, 3)
    x1, x2, y = [0, 1, 2], [3, 4], [5, 6, 7]
    assert r.i1 == pytest.approx(information(cov, x1, y), abs=1e-11)
    assert r.i2 == pytest.approx(information(cov, x2, y), abs=1e-11)
    assert r.i12 == pytest.approx(information(cov, x1 + x2, y), abs=1e-11)
    assert r.redundancy + r.unique1 == pytest.approx(r.i1, abs=1e-12)
    assert sum(getattr(r, a) for a in ATOMS) == pytest.approx(r.i12, abs=1e-12)
    assert min(r.atoms) > -1e-12


@pytest.mark.rounding
@pytest.mark.parametrize("seed", range(5))
def test_under_the_optimal_coupling_the_pairs_stay_and_the_two_tell_the_union(seed):
    dims = (3, 2, 4) if seed % 2 else (3, 4, 2)
    cov = random_covariance(9, seed)
    r = mm.gaussian_pid(cov, *dims, coupling=True)
    q, d1, d2 = r.coupling, dims[0], dims[1]
    x1, x2, y = list(range(d1)), list(range(d1, d1 + d2)), list(range(d1 + d2, 9))
    for pair in (x1 + y, x2 + y):
        np.testing.assert_allclose(q[np.ix_(pair, pair)], cov[np.ix_(pair, pair)], atol=1e-13)
    assert np.linalg.eigvalsh(q)[0] > -1e-12
    nearly = q.copy()  # at the optimum the modalities may repeat each other: open the coupling by a hair
    nearly[:d1, d1 : d1 + d2] *= 1 - 1e-7
    nearly[d1 : d1 + d2, :d1] *= 1 - 1e-7
    assert information(nearly, x1 + x2, y) == pytest.approx(r.union, abs=1e-4)


@pytest.mark.rounding
@pytest.mark.parametrize("seed", range(4))
def test_a_scalar_target_has_the_smaller_information_in_common(seed):
    cov = random_covariance(6, seed)
    r = mm.gaussian_pid(cov, 2, 3, 1)
    assert r.redundancy == pytest.approx(min(r.i1, r.i2), abs=1e-12)
    assert r.mmi.redundancy == pytest.approx(r.redundancy, abs=1e-12)


@pytest.mark.rounding
@pytest.mark.parametrize("seed", range(3))
def test_a_noisier_copy_has_nothing_of_its_own(seed):
    rng = np.random.default_rng(seed)
    h1, mix = rng.normal(size=(3, 3)), rng.normal(size=(2, 3))
    # x2 = mix x1 + noise
    c1 = channels(h1, np.zeros((0, 3)))
    x1, cross = c1[:3, :3], c1[:3, 3:]
    x2 = mix @ x1 @ mix.T + np.diag([0.3, 0.7])
    cov = np.block([[x1, x1 @ mix.T, cross], [mix @ x1, x2, mix @ cross], [cross.T, cross.T @ mix.T, np.eye(3)]])
    r = mm.gaussian_pid(cov, 3, 2, 3)
    assert r.unique2 == pytest.approx(0, abs=1e-12)
    assert r.synergy == pytest.approx(0, abs=1e-12)
    assert r.redundancy == pytest.approx(r.i2, abs=1e-12)


@pytest.mark.rounding
def test_independent_systems_add_up():
    c, e = random_covariance(6, 0), random_covariance(8, 1)
    one, two = mm.gaussian_pid(c, 2, 2, 2), mm.gaussian_pid(e, 3, 2, 3)
    order = [0, 1, 6, 7, 8, 2, 3, 9, 10, 4, 5, 11, 12, 13]
    both = np.zeros((14, 14))
    both[:6, :6], both[6:, 6:] = c, e
    r = mm.gaussian_pid(both[np.ix_(order, order)], 5, 4, 5)
    for atom in ATOMS:
        assert getattr(r, atom) == pytest.approx(getattr(one, atom) + getattr(two, atom), abs=1e-11)


@pytest.mark.rounding
def test_channels_that_see_different_coordinates_are_unique():
    # x1 = 3 y1 + n, x2 = y2 + n: log2(10)/2 and log2(2)/2 bits, nothing shared, nothing hidden
    r = mm.gaussian_pid(channels(np.array([[3.0, 0.0]]), np.array([[0.0, 1.0]])), 1, 1, 2)
    assert r.atoms == pytest.approx((0, np.log2(10) / 2, 0.5, 0), abs=1e-12)
    np.testing.assert_allclose(r.spectrum, [np.log2(10) / 2, -0.5], atol=1e-12)
    np.testing.assert_allclose(np.abs(r.directions), np.eye(2), atol=1e-12)
    np.testing.assert_allclose(r.known1, [0.9, 0], atol=1e-12)
    np.testing.assert_allclose(r.known2, [0, 0.5], atol=1e-12)


@pytest.mark.rounding
def test_tied_channels_are_all_redundant():
    h = np.random.default_rng(0).normal(size=(3, 3))
    turn = np.linalg.qr(np.random.default_rng(1).normal(size=(3, 3)))[0]
    r = mm.gaussian_pid(channels(h, turn @ h), 3, 3, 3)
    assert r.unique1 == pytest.approx(0, abs=1e-12)
    assert r.unique2 == pytest.approx(0, abs=1e-12)
    assert r.redundancy == pytest.approx(r.i1, abs=1e-12)


@pytest.mark.rounding
@pytest.mark.parametrize("seed", range(3))
def test_invertible_maps_of_each_variable_change_nothing(seed):
    rng = np.random.default_rng(seed)
    cov = random_covariance(8, seed)
    t = np.zeros((8, 8))
    for block in (slice(0, 3), slice(3, 5), slice(5, 8)):
        n = block.stop - block.start
        t[block, block] = rng.normal(size=(n, n)) + 2 * np.eye(n)
    before, after = mm.gaussian_pid(cov, 3, 2, 3), mm.gaussian_pid(t @ cov @ t.T * 1e-8, 3, 2, 3)
    assert after.atoms == pytest.approx(before.atoms, abs=1e-10)
    np.testing.assert_allclose(after.spectrum, before.spectrum, atol=1e-10)


@pytest.mark.rounding
def test_swapping_the_modalities_swaps_the_unique_parts():
    cov = random_covariance(8, 3)
    order = [3, 4, 0, 1, 2, 5, 6, 7]
    a, b = mm.gaussian_pid(cov, 3, 2, 3), mm.gaussian_pid(cov[np.ix_(order, order)], 2, 3, 3)
    assert (a.redundancy, a.unique1, a.unique2, a.synergy) == pytest.approx(
        (b.redundancy, b.unique2, b.unique1, b.synergy), abs=1e-12
    )


@pytest.mark.rounding
def test_many_decimals():
    """1e-10 bits: the same sums in 60-digit arithmetic."""
    cov = random_covariance(9, 5)
    with mpmath.workdps(60):
        m = mpmath.matrix(cov.tolist())

        def posterior(rows: list[int]) -> object:
            y = range(6, 9)
            c = mpmath.matrix([[m[i, j] for j in rows] for i in y])
            xx = mpmath.matrix([[m[i, j] for j in rows] for i in rows])
            yy = mpmath.matrix([[m[i, j] for j in y] for i in y])
            return yy - c * xx**-1 * c.T

        p1, p2 = posterior([0, 1, 2]), posterior([3, 4, 5])
        values = mpmath.eig(p1**-1 * p2, right=False, left=False)
        logs = [mpmath.log(mpmath.re(v), 2) / 2 for v in values]
        unique = [float(sum(v for v in logs if v > 0)), float(-sum(v for v in logs if v < 0))]
    r = mm.gaussian_pid(cov, 3, 3, 3)
    assert [r.unique1, r.unique2] == pytest.approx(unique, abs=1e-11)


@pytest.mark.rounding
def test_the_certificate_is_tight_and_honest():
    for seed in range(20):
        r = mm.gaussian_pid(random_covariance(30, seed, 60), 10, 10, 10)
        assert 0 <= r.gap < 1e-11
        assert r.union_lower <= r.union <= r.union_upper
        assert r.converged
        assert r.certificate == "exact"


@pytest.mark.rounding
def test_a_batch_is_its_members():
    covs = np.stack([random_covariance(7, s) for s in range(6)]).reshape(2, 3, 7, 7)
    batch = mm.gaussian_pid(covs, 2, 3, 2, coupling=True)
    assert batch.redundancy.shape == (2, 3)
    for i in range(2):
        for j in range(3):
            one = mm.gaussian_pid(covs[i, j], 2, 3, 2, coupling=True)
            for atom in ATOMS:
                assert getattr(batch, atom)[i, j] == pytest.approx(getattr(one, atom), abs=1e-12)
            np.testing.assert_allclose(batch.spectrum[i, j], one.spectrum, atol=1e-12)
            np.testing.assert_allclose(batch.coupling[i, j], one.coupling, atol=1e-12)


@pytest.mark.rounding
def test_torch_gives_the_same(device):
    covs = np.stack([random_covariance(7, s) for s in range(4)])
    here, there = mm.gaussian_pid(covs, 2, 3, 2), mm.gaussian_pid(torch.tensor(covs, device=device), 2, 3, 2)
    for atom in ATOMS:
        np.testing.assert_allclose(getattr(there, atom).cpu().numpy(), getattr(here, atom), atol=1e-12)
    np.testing.assert_allclose(there.spectrum.cpu().numpy(), here.spectrum, atol=1e-12)
    assert bool(there.converged.all())


def test_gradients(device):
    root = torch.tensor(np.random.default_rng(0).normal(size=(2, 6, 8)), requires_grad=True, device=device)

    def atoms(a: torch.Tensor) -> torch.Tensor:
        return torch.stack(list(mm.gaussian_pid(a @ a.mT, 2, 2, 2).atoms))

    assert torch.autograd.gradcheck(atoms, (root,), nondet_tol=1e-9)  # a GPU adds in another order each time


def test_the_gradient_is_finite_at_a_tie(device):
    cov = torch.tensor(channels(np.eye(2), np.eye(2)), requires_grad=True, device=device)
    mm.gaussian_pid(cov, 2, 2, 2).unique1.backward()
    assert bool(torch.isfinite(cov.grad).all())


def test_a_thousand_dimensions_with_a_small_target():
    rng = np.random.default_rng(0)
    h1, h2 = rng.normal(size=(1000, 2)) / 30, rng.normal(size=(1000, 2)) / 40
    r = mm.gaussian_pid(channels(h1, h2), 1000, 1000, 2)
    # the sufficient statistics of y: information matrices add up over coordinates
    k1, k2 = np.eye(2) + h1.T @ h1, np.eye(2) + h2.T @ h2
    assert r.i1 == pytest.approx(np.log2(np.linalg.det(k1)) / 2, abs=1e-10)
    assert r.i12 == pytest.approx(np.log2(np.linalg.det(k1 + k2 - np.eye(2))) / 2, abs=1e-10)
    logs = np.log2(np.linalg.eigvals(np.linalg.solve(k2, k1)).real) / 2
    assert r.unique1 == pytest.approx(logs[logs > 0].sum(), abs=1e-10)
    assert r.unique2 == pytest.approx(-logs[logs < 0].sum(), abs=1e-10)


def test_nats_and_plain_numbers():
    r = mm.gaussian_pid(random_covariance(6, 0), 2, 2, 2)
    nats = r.to("nat")
    assert nats.redundancy == pytest.approx(r.redundancy * np.log(2))
    np.testing.assert_allclose(nats.spectrum, r.spectrum * np.log(2))
    plain = nats.to_dict()
    assert plain["spectrum"] == pytest.approx(list(nats.spectrum))
    assert plain["mmi"]["redundancy"] == pytest.approx(min(nats.i1, nats.i2))


GOOD = random_covariance(4, 0)
COPY = channels(np.eye(2), np.eye(2), np.eye(2))  # x1 and x2 are the same


def spoiled(i: int, j: int, value: float) -> np.ndarray:
    cov = GOOD.copy()
    cov[i, j] = value
    return cov


@pytest.mark.rounding
@pytest.mark.parametrize(
    ("cov", "dims", "words"),
    [
        (GOOD[:3], (1, 1, 2), "square"),
        (GOOD, (1, 1, 1), "1 \\+ 1 \\+ 1 = 3"),
        (GOOD, (0, 2, 2), "d1 is 0"),
        (GOOD, (1.5, 1, 1), "d1 is 1.5"),
        (spoiled(0, 1, 9.0), (1, 1, 2), "not symmetric"),
        (spoiled(0, 0, np.nan), (1, 1, 2), "finite"),
        (spoiled(2, 2, 0.0), (1, 1, 2), "y\\[1\\].*constant"),
        (spoiled(2, 2, -1.0), (1, 1, 2), "variance"),
        (np.array([[1, 2.0, 0, 0], [2, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]), (2, 1, 1), "semi-definite.*x1"),
        (np.array([[1, 0, 1.0], [0, 1, 0], [1, 0, 1]]), (1, 1, 1), "x1 and y together.*infinite"),
        (np.array([[1, 0, 1.0], [0, 1, 1], [1, 1, 2]]), (1, 1, 1), "x1, x2 and y together"),
        (
            np.array([[1, 1, 0, 0.5], [1, 1, 0, 0.5], [0, 0, 1, 0.5], [0.5, 0.5, 0.5, 0.5]]),
            (1, 2, 1),
            "x2 and y together.*infinite",
        ),
        ([["a"]], (1, 1, 1), "numbers"),
        (np.full((4, 4), 1j), (1, 1, 2), "real"),
        (np.zeros((0, 4, 4)), (1, 1, 2), "empty"),
    ],
)
def test_what_cannot_be_decomposed_is_refused_in_a_sentence(cov, dims, words):
    with pytest.raises(BadData, match=words):
        mm.gaussian_pid(cov, *dims)


def test_torch_refuses_in_the_same_words(device):
    with pytest.raises(BadData, match=r"x1 and y together.*infinite"):
        mm.gaussian_pid(torch.tensor([[1, 0, 1.0], [0, 1, 0], [1, 0, 1]], device=device), 1, 1, 1)


def test_torch_answers_for_copies_in_the_limit(device):
    cov = torch.tensor(COPY, device=device, requires_grad=True)
    r = mm.gaussian_pid(cov, 2, 2, 2)  # two channels of 1/2 bit each, the same for both
    assert r.limit.startswith("Limit: x2[1], x2[2] are linear functions")
    assert [float(v.detach().cpu()) for v in r.atoms] == pytest.approx([1, 0, 0, 0], abs=1e-12)
    r.redundancy.backward()
    assert bool(torch.isfinite(cov.grad).all())


@pytest.mark.rounding
@pytest.mark.parametrize("k", range(0, 13, 2))
def test_rounding_stays_within_what_is_told(k):
    """The modalities repeat each other ever more closely; the same determinants in 60-digit arithmetic."""
    rng = np.random.default_rng(k)
    base = rng.normal(size=(6, 6))
    base[2:4] = base[:2] + 10 ** (-k / 2) * rng.normal(size=(2, 6))
    cov = base @ base.T
    with mpmath.workdps(60):
        m = mpmath.matrix(cov.tolist())
        x, y = m[:4, :4], m[4:, 4:]
        i12 = float(mpmath.log(mpmath.det(x) * mpmath.det(y) / mpmath.det(m), 2) / 2)
    r = mm.gaussian_pid(cov, 2, 2, 2)
    assert abs(r.i12 - i12) <= r.accuracy
    assert r.converged == (r.accuracy < 1e-6)
    assert (k < 4) <= r.converged <= (k < 10)
