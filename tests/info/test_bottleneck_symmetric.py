"""The symmetric bottleneck: the transition against numerical optimisation, its published numbers, branches and sweeps."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq, minimize, minimize_scalar

import mmexplore as mm
from mmexplore.errors import BadSpec
from mmexplore.info.bottleneck import escape, pair_lagrangian_nats, spinodal, sweep, symmetric_ib_of, transition
from mmexplore.info.bottleneck.symmetric import sign_codes

RHO = 0.9**0.5


def lagrangian(kappa: float, beta: float, square: float, recon: float = 0.0) -> float:
    return -np.log(1 - kappa) + beta / 2 * np.log(1 - square * kappa**2) + recon * (1 - kappa)


def test_the_numbers_of_one_pair_with_squared_correlation_point_nine():
    assert spinodal(RHO) == pytest.approx(2.9250, abs=5e-5)
    assert transition(RHO) == pytest.approx(3.5206, abs=5e-5)
    just_above = symmetric_ib_of([RHO], float(transition(RHO)) * (1 + 1e-12))
    assert just_above.rate_nats / 2 == pytest.approx(1.2322, abs=5e-5)  # the jump of each view


@pytest.mark.parametrize("square", [0.98, 0.9, 0.5, 0.1])
def test_transition_and_branches_against_a_search(square):
    def lowest(beta: float) -> tuple[float, float]:
        grid = np.linspace(1e-3, 1 - 1e-6, 20_000)
        k = grid[np.argmin(lagrangian(grid, beta, square))]
        low, high = max(k - 1e-3, 1e-9), min(k + 1e-3, 1 - 1e-12)
        found = minimize_scalar(
            lagrangian, bounds=(low, high), args=(beta, square), method="bounded", options={"xatol": 1e-13}
        )
        return float(found.x), float(found.fun)

    sp, first = float(spinodal(square**0.5)), float(transition(square**0.5))
    assert brentq(lambda b: lowest(b)[1], 1.01 * sp, 3 * sp + 10, xtol=1e-10) == pytest.approx(first, rel=1e-7)
    for beta in (1.001 * sp, first, 2 * first):
        found = symmetric_ib_of([square**0.5], beta)
        kappa, barrier = found.open[0], found.barrier[0]
        for k, sign in ((kappa, 1), (barrier, -1)):  # a minimum and a maximum, by differences
            h = 1e-5 * (1 - k)  # second differences of about 1e-12, a thousand times rounding
            around = lagrangian(k - h, beta, square) + lagrangian(k + h, beta, square) - 2 * lagrangian(k, beta, square)
            assert abs(lagrangian(k + h, beta, square) - lagrangian(k - h, beta, square)) / (2 * h) < 1e-4
            assert sign * around >= 0
        assert found.collapsed[0] == 0 < barrier < kappa < 1
    below = symmetric_ib_of([square**0.5], 0.999 * sp)
    assert np.isnan(below.open[0]) and np.isnan(below.barrier[0]) and below.rate == 0


@pytest.mark.parametrize("beta", [3.0, 6.0, 20.0])
def test_no_pair_of_linear_codes_does_better(beta):
    rng = np.random.default_rng(1)
    a = rng.normal(size=(5, 5))
    base = np.diag([0.97, 0.8])
    cov = np.eye(5)
    cov[:2, 2:4], cov[2:4, :2] = base, base
    turn = np.zeros((5, 5))
    turn[:2, :2], turn[2:, 2:] = a[:2, :2], a[2:, 2:]  # views of 2 and 3 columns, in any coordinates
    cov = turn @ cov @ turn.T
    sx, sy, sxy = cov[:2, :2], cov[2:, 2:], cov[:2, 2:]

    def loss(z: np.ndarray) -> float:
        ax, ay = z[:4].reshape(2, 2), z[4:].reshape(2, 3)
        zx, zy = ax @ sx @ ax.T + np.eye(2), ay @ sy @ ay.T + np.eye(2)
        cross = ax @ sxy @ ay.T
        log_dets = [np.linalg.slogdet(m)[1] for m in (zx, zy, np.block([[zx, cross], [cross.T, zy]]))]
        return 0.5 * (log_dets[0] + log_dets[1]) - beta / 2 * (log_dets[0] + log_dets[1] - log_dets[2])

    exact = symmetric_ib_of([0.97, 0.8], beta)
    assert mm.symmetric_ib(cov, 2, 3, beta).rate == pytest.approx(exact.rate, abs=1e-6)
    canonical = mm.canonical_correlations(cov, 2, 3)
    starts = [rng.normal(size=10) * scale for scale in (0.3, 3.0)]
    for gains in (
        [4.0, 0.0],
        [4.0, 4.0],
    ):  # below its own transition a second open pair is no more than a local minimum
        weights = [(w * gains).T.ravel() for w in (canonical.weights1, canonical.weights2)]
        starts.append(np.concatenate(weights) * rng.uniform(0.9, 1.1, size=10))
    found = min(minimize(loss, start, method="BFGS", options={"gtol": 1e-8}).fun for start in starts)
    assert exact.lagrangian_nats <= found + 1e-7
    assert exact.lagrangian_nats == pytest.approx(found, abs=1e-5)


def test_a_cold_start_stays_collapsed_at_any_beta():
    def loss(z: np.ndarray, beta: float) -> float:
        kx, ky = 1 - np.exp(-(z**2))
        return -0.5 * np.log(1 - kx) - 0.5 * np.log(1 - ky) + beta / 2 * np.log(1 - 0.9 * kx * ky)

    for beta in (4.0, 32.0):
        cold = minimize(loss, [0.05, 0.05], args=(beta,)).x
        warm = minimize(loss, [2.0, 1.5], args=(beta,)).x
        assert 1 - np.exp(-(cold**2)) == pytest.approx([0, 0], abs=1e-4)
        assert 1 - np.exp(-(warm**2)) == pytest.approx([symmetric_ib_of([RHO], beta).open[0]] * 2, abs=1e-4)


# -- with reconstruction ------------------------------------------------------------------------------------------------


def test_with_reconstruction_alone_it_is_water_filling():
    found = symmetric_ib_of([0.0, 0.6], 1e-9, gamma=3.0, variance=[2.0, 0.25])
    # falling correlations: the shared pair has variance 0.25 and stays shut, the private one is kept at 1/2 ln 6 a view
    assert found.variances.tolist() == [0.25, 2.0]
    assert found.kappa == pytest.approx([0.0, 1 - 1 / 6], abs=1e-9)
    assert found.rate_nats == pytest.approx(np.log(6), abs=1e-9)
    assert found.relevance == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("recon", [0.3, 0.9, 1.0, 1.2, 3.0])
@pytest.mark.parametrize("beta", [0.5, 1.05, 2.0, 3.3, 9.0])
def test_branches_with_reconstruction_against_a_search(beta, recon):
    found = symmetric_ib_of([RHO], beta, gamma=recon / 0.5, variance=0.5)
    grid = np.linspace(0, 1 - 1e-7, 200_001)
    value = lagrangian(grid, beta, 0.9, recon)
    assert lagrangian(found.kappa[0], beta, 0.9, recon) <= value.min() + 1e-9
    inner = value[1:-1]
    dips = grid[1:-1][(inner < value[:-2]) & (inner < value[2:])]
    dips = np.r_[[0.0] if value[0] < value[1] else [], dips]
    tops = grid[1:-1][(inner > value[:-2]) & (inner > value[2:])]
    mine = [k for k in (found.collapsed[0], found.open[0]) if np.isfinite(k)]
    assert mine == pytest.approx(dips.tolist(), abs=1e-4)
    assert ([found.barrier[0]] if np.isfinite(found.barrier[0]) else []) == pytest.approx(tops.tolist(), abs=1e-4)


def test_reconstruction_opens_smoothly_where_beta_is_small_and_by_a_jump_where_it_is_large():
    gammas = np.linspace(0.5, 1.1, 601)
    smooth, jump = (symmetric_ib_of([RHO], beta, gamma=gammas).kappa[:, 0] for beta in (1.0, 2.0))
    assert np.abs(np.diff(smooth)).max() < 0.05 and smooth[0] == 0 < smooth[-1]
    assert np.abs(np.diff(jump)).max() > 0.3


# -- the knob turned ----------------------------------------------------------------------------------------------------


def test_the_way_up_and_the_way_down_differ():
    betas = np.geomspace(1.5, 32, 400)
    way = sweep([RHO], betas)
    assert (way.up == 0).all()  # with no kick nothing leaves the collapsed state
    falls = betas[way.down[:, 0] > 0].min()
    assert falls == pytest.approx(float(spinodal(RHO)), rel=0.01)
    kicked = sweep([RHO], betas, kick=0.1)
    jumps = betas[kicked.up[:, 0] > 0].min()
    assert jumps == pytest.approx(float(escape(RHO, 0.1)), rel=0.01)
    assert pair_lagrangian_nats(0.1, jumps, RHO) >= pair_lagrangian_nats(0.1001, jumps, RHO)  # downhill outwards
    assert (kicked.point("down").rate >= kicked.point("up").rate).all()
    assert kicked.point("up").rate[-1] == pytest.approx(symmetric_ib_of([RHO], 32.0).rate)


def test_enough_reconstruction_ends_the_hysteresis():
    gammas = np.linspace(0.5, 1.5, 301)
    two_ways = [sweep([RHO], beta, gamma=gammas) for beta in (1.0, 2.5)]
    assert two_ways[0].up == pytest.approx(two_ways[0].down)  # beta rho^2 < 1
    assert np.abs(two_ways[1].up - two_ways[1].down).max() > 0.3
    assert two_ways[1].up[-1] == pytest.approx(two_ways[1].down[-1])


def test_every_pair_has_its_own_transition_and_they_add():
    rho = np.array([0.95, 0.8, 0.0])
    found = symmetric_ib_of(rho, [4.0, 40.0])
    assert found.transition[2] == np.inf == found.spinodal[2]
    for k in range(3):
        alone = symmetric_ib_of(rho[k : k + 1], [4.0, 40.0])
        assert alone.kappa[:, 0] == pytest.approx(found.kappa[:, k])
    assert found.rate == pytest.approx(sum(symmetric_ib_of([r], [4.0, 40.0]).rate for r in rho))
    assert (found.relevance <= found.information).all() and (found.relevance <= found.rate / 2 + 1e-12).all()
    assert found.on("collapsed").rate.tolist() == [0, 0]
    assert symmetric_ib_of(rho, np.geomspace(1, 100, 200)).residual_nats < 1e-12


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: symmetric_ib_of([0.5], 2.0, gamma=-1), "gamma holds -1"),
        (lambda: symmetric_ib_of([0.5], 2.0, variance=[1, 2]), "one for each of the 1"),
        (lambda: symmetric_ib_of([0.5], [1, 2, 3], gamma=[1, 2]), "broadcast"),
        (lambda: sweep([0.5], [3.0, 2.0]), "rising"),
        (lambda: sweep([0.5], [2.0, 3.0], kick=1.0), "kick is 1.0"),
        (lambda: escape(0.5, 0.0), "kick is 0.0"),
        (lambda: symmetric_ib_of([0.5], 2.0).on("upper"), "allowed: collapsed, open, global"),
        (lambda: sweep([0.5], [2.0, 3.0]).point("left"), "allowed: up, down"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_a_sentence(call, told):
    with pytest.raises(BadSpec, match=told):
        call()


@pytest.mark.parametrize("square", [0.5, 0.9, 0.99])
def test_signs_beat_silence_from_where_a_count_of_signs_says(square):
    """Against the information between the signs of drawn pairs, and the Gaussian codes' own transition."""
    rng = np.random.default_rng(3)
    x = rng.standard_normal(2_000_000)
    y = square**0.5 * x + (1 - square) ** 0.5 * rng.standard_normal(len(x))
    agree = np.mean((x > 0) == (y > 0))
    shared = np.log(2) + agree * np.log(agree) + (1 - agree) * np.log(1 - agree)
    beta = sign_codes(square**0.5)
    assert beta == pytest.approx(2 * np.log(2) / shared, rel=0.01)
    assert (beta < float(transition(square**0.5))) == (square > 0.95)  # strong pairs: before any Gaussian code


def test_without_correlation_signs_never_pay():
    assert sign_codes(0.0) == np.inf
    assert sign_codes(1.0) == pytest.approx(2.0)
