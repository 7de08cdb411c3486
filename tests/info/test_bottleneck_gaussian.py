"""Gaussian bottlenecks: closed forms against numerical optimisation, identities, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

import mmexplore as mm
from mmexplore.errors import BadData, BadSpec
from mmexplore.info.bottleneck import (
    blend_ib,
    canonical_correlations_from_rows,
    decoder_ib,
    excess_over_nats,
    gaussian_ib_of,
    relevance_at,
)

NAT = np.log(2.0)


def random_covariance(d1: int, d2: int, seed: int) -> np.ndarray:
    a = np.random.default_rng(seed).normal(size=(d1 + d2, d1 + d2 + 2))
    return a @ a.T / (d1 + d2 + 2)


def log_det(matrix: np.ndarray) -> float:
    return float(np.linalg.slogdet(matrix)[1])


def informations(a: np.ndarray, cov: np.ndarray, d1: int) -> tuple[float, float]:
    """I(T;X) and I(T;Y) in nats of T = A X + unit noise, by log-determinants."""
    sx, sy, sxy = cov[:d1, :d1], cov[d1:, d1:], cov[:d1, d1:]
    one = np.eye(len(a))
    given_y = sx - sxy @ np.linalg.solve(sy, sxy.T)
    rate = 0.5 * log_det(a @ sx @ a.T + one)
    return rate, rate - 0.5 * log_det(a @ given_y @ a.T + one)


@pytest.mark.rounding
@pytest.mark.parametrize(("seed", "beta"), [(0, 3.0), (1, 6.0), (2, 20.0)])
def test_no_linear_encoder_does_better_and_the_best_one_agrees(seed, beta):
    d1, d2 = 3, 2
    cov = random_covariance(d1, d2, seed)

    def loss(z: np.ndarray) -> float:
        rate, kept = informations(z.reshape(d2, d1), cov, d1)
        return rate - beta * kept

    rng = np.random.default_rng(seed)
    starts = [minimize(loss, rng.normal(size=d1 * d2), method="BFGS", options={"gtol": 1e-9}) for _ in range(3)]
    best = min(starts, key=lambda found: found.fun)
    exact = mm.gaussian_ib(cov, d1, d2, beta)
    rate, kept = informations(best.x.reshape(d2, d1), cov, d1)
    assert exact.lagrangian_nats == pytest.approx(best.fun, abs=1e-8)
    assert exact.rate_nats == pytest.approx(rate, abs=1e-4)
    assert exact.relevance_nats == pytest.approx(kept, abs=1e-4)


def test_one_pair_by_hand():
    # rho^2 = 1/2, beta = 4: I(T;X) = 1/2 ln 3, I(T;Y) = 1/2 ln 3 - 1/2 ln 2
    found = gaussian_ib_of([0.5**0.5], 4.0)
    assert found.rate_nats == pytest.approx(0.5 * np.log(3))
    assert found.relevance_nats == pytest.approx(0.5 * np.log(1.5))
    assert found.rate == pytest.approx(0.5 * np.log2(3))
    assert found.critical.tolist() == pytest.approx([2.0])
    assert found.information == pytest.approx(0.5)  # -1/2 log2(1/2)


def test_modes_open_at_their_critical_betas_and_the_slope_is_one_over_beta():
    rho = np.array([0.95, 0.8, 0.5, 0.0])
    betas = np.geomspace(1.01, 400, 4001)
    found = gaussian_ib_of(rho, betas)
    assert found.critical.tolist() == pytest.approx([1 / 0.9025, 1 / 0.64, 4.0, np.inf])
    assert found.active.tolist() == [(rho**2 * b > 1).sum() for b in betas]
    assert (np.diff(found.rate) >= 0).all() and (np.diff(found.relevance) >= 0).all()
    assert (found.relevance <= np.minimum(found.rate, found.information)).all()  # data processing
    slope = np.diff(found.relevance)[found.active[:-1] > 0] / np.diff(found.rate)[found.active[:-1] > 0]
    middle = np.sqrt(betas[1:] * betas[:-1])[found.active[:-1] > 0]
    assert slope == pytest.approx(1 / middle, rel=2e-3)
    assert found.residual_nats < 1e-14
    assert gaussian_ib_of(rho, 1e9).relevance == pytest.approx(found.information, abs=1e-6)


def test_the_curve_without_its_parameter_is_the_same_curve():
    rho = [0.97, 0.9, 0.9, 0.3]
    found = gaussian_ib_of(rho, np.geomspace(1.0, 1e4, 300))
    assert found.relevance_at(found.rate) == pytest.approx(found.relevance, abs=1e-12)
    assert relevance_at([0.0], [0.0, 2.0]).tolist() == [0.0, 0.0]
    with pytest.raises(BadSpec, match="rate"):
        relevance_at(rho, -1.0)


def test_blahut_arimoto_on_a_discretised_gaussian_finds_the_same_curve():
    rho, n = 0.9, 41
    x = np.linspace(-4, 4, n)
    density = np.exp(-(x[:, None] ** 2 - 2 * rho * x[:, None] * x + x**2) / (2 * (1 - rho**2)))
    found = mm.discrete_ib(density / density.sum(), [1.5, 3.0, 8.0])
    exact = gaussian_ib_of([rho], [1.5, 3.0, 8.0])
    assert found.rate == pytest.approx(exact.rate, abs=2e-3)
    assert found.relevance == pytest.approx(exact.relevance, abs=2e-3)
    assert found.critical == pytest.approx(exact.critical[0], rel=1e-3)


# -- decoders of fixed variance -----------------------------------------------------------------------------------------


@pytest.mark.rounding
@pytest.mark.parametrize(("blend", "beta"), [(0.0, 1.5), (0.35, 4.0), (1.0, 9.0)])
def test_water_filling_is_the_best_a_linear_encoder_can_do(blend, beta):
    d1, d2 = 3, 2
    cov = random_covariance(d1, d2, 5)
    sx, sxy = cov[:d1, :d1], cov[:d1, d1:]

    def loss(z: np.ndarray) -> float:
        a = z.reshape(d1, d1)
        seen = np.linalg.inv(a @ sx @ a.T + np.eye(d1))
        told = [np.trace(part.T @ a.T @ seen @ a @ part) for part in (sx, sxy)]
        error_x, error_y = np.trace(sx) - told[0], np.trace(cov[d1:, d1:]) - told[1]
        return 0.5 * log_det(a @ sx @ a.T + np.eye(d1)) + 0.5 * beta * ((1 - blend) * error_x + blend * error_y)

    rng = np.random.default_rng(0)
    best = min(
        (minimize(loss, rng.normal(size=d1 * d1), method="BFGS", options={"gtol": 1e-9}) for _ in range(3)),
        key=lambda found: found.fun,
    )
    exact = blend_ib(cov, d1, d2, beta, blend)
    assert exact.loss_nats == pytest.approx(best.fun, abs=1e-8)
    rate, kept = informations(best.x.reshape(d1, d1), cov, d1)
    assert exact.rate_nats == pytest.approx(rate, abs=1e-4)
    assert exact.relevance_nats == pytest.approx(kept, abs=1e-4)


@pytest.mark.rounding
def test_the_blend_runs_from_the_vae_to_dvib_and_dvcca_is_its_middle():
    cov, betas = random_covariance(4, 3, 2), np.geomspace(0.1, 50, 9)
    for method, blend, scale in (("beta-VAE", 0.0, 1.0), ("DVIB", 1.0, 1.0), ("beta-DVCCA", 0.5, 2.0)):
        named, blended = decoder_ib(cov, 4, 3, betas, method), blend_ib(cov, 4, 3, scale * betas, blend)
        assert named.rate == pytest.approx(blended.rate)
        assert named.relevance == pytest.approx(blended.relevance)
        assert named.error_y == pytest.approx(blended.error_y)
    vae = decoder_ib(cov, 4, 3, betas, "beta-VAE")
    assert vae.variances == pytest.approx(np.linalg.eigvalsh(cov[:4, :4])[::-1])
    assert vae.error_x == pytest.approx(np.minimum(vae.variances, 1 / betas[:, None]).sum(1))
    dvib = decoder_ib(cov, 4, 3, betas, "DVIB")
    assert dvib.error_y == pytest.approx(dvib.floor_y + np.minimum(dvib.variances, 1 / betas[:, None]).sum(1))


@pytest.mark.rounding
def test_no_decoder_of_fixed_variance_beats_the_bottleneck():
    cov, betas = random_covariance(4, 3, 7), np.geomspace(0.1, 500, 40)
    rho = mm.canonical_correlations(cov, 4, 3).correlations
    for blend in (0.0, 0.3, 0.8, 1.0):
        found = blend_ib(cov, 4, 3, betas, blend)
        assert (found.relevance <= relevance_at(rho, found.rate) + 1e-9).all()
    white = np.eye(3)
    white[0, 2] = white[2, 0] = 0.8  # one shared coordinate: every method that looks at y keeps that one alone
    only = decoder_ib(white, 2, 1, [2.0, 10.0], "DVIB")
    assert only.relevance == pytest.approx(relevance_at([0.8], only.rate))


# -- canonical correlations ---------------------------------------------------------------------------------------------


@pytest.mark.rounding
def test_canonical_correlations_do_not_see_the_coordinates():
    cov = random_covariance(4, 3, 1)
    rng = np.random.default_rng(0)
    turn = np.zeros((7, 7))
    turn[:4, :4], turn[4:, 4:] = rng.normal(size=(4, 4)), rng.normal(size=(3, 3))
    one, two = mm.canonical_correlations(cov, 4, 3), mm.canonical_correlations(turn @ cov @ turn.T, 4, 3)
    assert one.correlations == pytest.approx(two.correlations, abs=1e-9)
    joint = 0.5 * (log_det(cov[:4, :4]) + log_det(cov[4:, 4:]) - log_det(cov))
    assert one.information_nats == pytest.approx(joint)
    variates = one.weights1.T @ cov[:4, 4:] @ one.weights2
    assert variates == pytest.approx(np.diag(one.correlations), abs=1e-9)


@pytest.mark.rounding
def test_rows_give_what_their_covariance_gives_and_say_when_they_are_few():
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(60, 5)), rng.normal(size=(60, 6))
    found = canonical_correlations_from_rows(x, y)
    exact = mm.canonical_correlations(np.cov(np.hstack([x, y]).T), 5, 6)
    assert found.correlations == pytest.approx(exact.correlations)
    assert any("60 rows for 5 + 6 columns" in told for told in found.warnings)
    wide = [canonical_correlations_from_rows(rng.normal(size=(400, 50)), rng.normal(size=(400, 60))) for _ in range(4)]
    assert np.mean([one.correlations[0] for one in wide]) == pytest.approx(
        wide[0].chance, abs=0.02
    )  # independent views
    assert canonical_correlations_from_rows(x, y, ridge=0.5).correlations[0] < found.correlations[0]


@pytest.mark.parametrize(
    ("x", "y", "told"),
    [
        (np.zeros((9, 2)), np.zeros((8, 2)), "9 rows and y has 8"),
        (np.c_[np.arange(9.0), np.ones(9)], np.arange(9.0), "column 2 of x is constant"),
        (np.full((9, 1), np.nan), np.arange(9.0), "missing or not finite"),
        (np.arange(1.0), np.arange(1.0), "have 1 rows"),
        (np.c_[np.arange(9.0), 2 * np.arange(9.0)], np.arange(9.0), "x are linearly dependent"),
        ([["a"]] * 9, np.arange(9.0), "no number"),
    ],
)
def test_rows_that_cannot_be_used_are_refused_in_a_sentence(x, y, told):
    with pytest.raises(BadData, match=told):
        canonical_correlations_from_rows(x, y)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: gaussian_ib_of([1.0], 2.0), "without noise"),
        (lambda: gaussian_ib_of([1.5], 2.0), "holds 1.5"),
        (lambda: gaussian_ib_of([[0.5]], 2.0), "shape"),
        (lambda: gaussian_ib_of([0.5], [1.0, -2.0]), "betas holds -2"),
        (lambda: gaussian_ib_of([0.5], np.inf), "betas holds inf"),
        (lambda: gaussian_ib_of([0.5], []), "betas is empty"),
        (lambda: mm.gaussian_ib(np.eye(3), 1, 1, 2.0), r"allowed: \(2, 2\)"),
        (lambda: mm.gaussian_ib(np.eye(2), 0, 2, 2.0), "d1 is 0"),
        (lambda: mm.gaussian_ib([[1, 2], [2, 1]], 1, 1, 2.0), "canonical correlation of 2"),
        (lambda: mm.gaussian_ib([[1, 0], [0, np.nan]], 1, 1, 2.0), "not finite"),
        (lambda: decoder_ib(np.eye(2), 1, 1, 2.0, "VIB"), "allowed: beta-VAE, DVIB, beta-DVCCA"),
        (lambda: blend_ib(np.eye(2), 1, 1, 2.0, 1.5), "blend is 1.5"),
        (lambda: mm.canonical_correlations(np.eye(2), 1, 1, ridge=-1), "ridge is -1"),
        (lambda: mm.excess_lagrangian_nats(1, 1, 2, [0.5], against="dvsib"), "allowed: gaussian, symmetric"),
        (lambda: mm.excess_lagrangian_nats(np.nan, 1, 2, [0.5]), "rate_nats holds"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_a_sentence(call, told):
    with pytest.raises((BadData, BadSpec), match=told):
        call()


# -- the score ----------------------------------------------------------------------------------------------------------


@pytest.mark.rounding
def test_the_excess_is_what_a_suboptimal_encoder_lacks():
    rng = np.random.default_rng(4)
    cov = random_covariance(3, 3, 4)
    rho = mm.canonical_correlations(cov, 3, 3).correlations
    points = np.array([informations(rng.normal(size=(2, 3)) * s, cov, 3) for s in np.geomspace(0.1, 10, 50)])
    for beta in (1.2, 5.0, 60.0):
        excess = mm.excess_lagrangian_nats(points[:, 0], points[:, 1], beta, rho)
        assert (excess >= 0).all()
    # nothing told at beta = 4, rho^2 = 1/2: the whole of I* - R* / beta is lacking
    lacking = 0.5 * np.log(1.5) - 0.5 * np.log(3) / 4
    assert mm.excess_lagrangian_nats(0.0, 0.0, 4.0, [0.5**0.5]) == pytest.approx(lacking)
    optimum = mm.gaussian_ib(cov, 3, 3, [2.0, 8.0])
    assert excess_over_nats(optimum.rate_nats, optimum.relevance_nats, optimum) == pytest.approx([0, 0])
