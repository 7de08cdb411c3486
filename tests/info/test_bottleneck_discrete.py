"""Discrete bottlenecks: against brute force and numerical optimisation, the limits, and the certificate."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import softmax, xlogy

import mmexplore as mm
from mmexplore.errors import BadData, BadSpec


def joint(nx: int, ny: int, seed: int, spread: float = 0.5) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.dirichlet(np.ones(ny) * spread, size=nx) * rng.dirichlet(np.ones(nx) * 3)[:, None]


def informations(p: np.ndarray, q: np.ndarray) -> tuple[float, float, float]:
    """I(T;X), I(T;Y) and H(T) in nats of an encoder (nx, nt), by entropies."""
    px = p.sum(1)
    entropy = lambda a: -float(xlogy(a, a).sum())  # noqa: E731
    t = px @ q
    rate = entropy(px) + entropy(t) - entropy(px[:, None] * q)
    kept = entropy(p.sum(0)) + entropy(t) - entropy(q.T @ p)
    return rate, kept, entropy(t)


@pytest.mark.parametrize("beta", [1.7, 3.0, 8.0])
def test_it_is_as_low_as_a_search_from_many_starts(beta):
    p = joint(5, 4, 3)

    def loss(z: np.ndarray) -> float:
        rate, kept, _ = informations(p, softmax(z.reshape(5, 5), axis=1))
        return rate - beta * kept

    rng = np.random.default_rng(0)
    best = min(
        minimize(loss, 3 * rng.normal(size=25), method="L-BFGS-B", options={"maxiter": 2000}).fun for _ in range(6)
    )
    found = mm.discrete_ib(p, [beta])
    assert found.converged.all()
    assert found.lagrangian_nats[0] <= best + 1e-7
    assert found.lagrangian_nats[0] >= best - found.gap_nats[0] - 1e-4
    rate, kept, entropy = informations(p, found.encoder[0])
    assert (found.rate_nats[0], found.relevance_nats[0]) == pytest.approx((rate, kept), abs=1e-9)
    assert found.entropy[0] * np.log(2) == pytest.approx(entropy)


def test_thirty_settings_of_a_large_joint_are_stationary_and_certified_but_for_nearly_hard_ones():
    betas = np.geomspace(1.05, 60, 30)
    found = mm.discrete_ib(joint(32, 16, 0, 0.3), betas)
    assert found.converged.all() and found.residual.max() < 1e-7
    assert np.median(found.gap_nats) < 1e-6 and found.gap_nats.max() < 0.01
    assert (np.diff(found.rate) > -1e-6).all() and (np.diff(found.relevance) > -1e-6).all()
    assert (found.relevance <= np.minimum(found.rate, found.information) + 1e-9).all()
    assert found.residual_nats < 1e-8
    assert found.rate[betas < 1].size == 0 and found.rate[0] < 1e-9  # nothing is kept at beta near 1
    slope = np.diff(found.relevance) / np.maximum(np.diff(found.rate), 1e-30)
    moving = np.diff(found.rate) > 1e-4  # the curve is concave with slope 1 / beta
    assert (slope[moving] <= 1 / betas[:-1][moving] + 1e-6).all() and (
        slope[moving] >= 1 / betas[1:][moving] - 1e-6
    ).all()


@pytest.mark.rounding
def test_the_order_of_betas_and_the_names_of_states_do_not_matter():
    p, betas = joint(6, 3, 1), [2.0, 9.0, 4.0]
    one, two = mm.discrete_ib(p, betas), mm.discrete_ib(p[::-1, ::-1], betas[::-1])
    assert one.lagrangian_nats == pytest.approx(two.lagrangian_nats[::-1], abs=1e-9)


@pytest.mark.rounding
def test_the_trivial_solution_gives_way_at_the_critical_beta():
    noise = 0.1  # a symmetric binary channel: sigma_2 = 1 - 2 noise
    p = np.array([[0.5 * (1 - noise), 0.5 * noise], [0.5 * noise, 0.5 * (1 - noise)]])
    critical = 1 / (1 - 2 * noise) ** 2
    found = mm.discrete_ib(p, [0.98 * critical, 1.02 * critical, 500.0])
    assert found.critical == pytest.approx(critical)
    assert found.clusters.tolist() == [1, 2, 2]
    assert found.relevance[2] == pytest.approx(found.information, abs=1e-3)


@pytest.mark.rounding
def test_copies_of_a_state_are_told_apart_by_nobody():
    p = joint(4, 3, 2)
    doubled = np.repeat(p, 2, axis=0) / 2
    betas = [2.0, 5.0, 50.0]
    one, two = mm.discrete_ib(p, betas), mm.discrete_ib(doubled, betas)
    assert two.rate == pytest.approx(one.rate, abs=1e-6)
    assert two.clusters.tolist() == one.clusters.tolist()


def test_counts_and_fewer_clusters():
    found = mm.discrete_ib(np.array([[40, 10], [10, 40], [25, 25]]), [20.0], clusters=2)
    assert found.encoder.shape == (1, 3, 2)
    assert found.rate[0] <= 1 + 1e-9


# -- deterministic ------------------------------------------------------------------------------------------------------


def partitions(n: int) -> list[np.ndarray]:
    found = []
    for labels in itertools.product(range(n), repeat=n):
        if all(label <= max(labels[:k], default=-1) + 1 for k, label in enumerate(labels)):
            found.append(np.eye(n)[list(labels)])
    return found


@pytest.mark.parametrize("seed", range(4))
def test_hard_clusters_against_every_partition(seed):
    p, betas = joint(6, 4, seed), np.array([1.5, 3.0, 6.0, 20.0])
    every = np.array([informations(p, q) for q in partitions(6)])
    assert len(every) == 203  # Bell's number
    best = (every[:, 2][:, None] - betas * every[:, 1][:, None]).min(0)
    found = mm.deterministic_ib(p, betas)
    mine = np.log(2) * (found.entropy - betas * found.relevance)
    assert (mine >= best - 1e-9).all()
    assert mine == pytest.approx(best, abs=2e-3)  # a local search: it may stop one state away from the best partition
    assert np.isin(found.encoder, (0, 1)).all()
    assert found.rate == pytest.approx(found.entropy)  # I(T;X) = H(T) for hard clusters


def test_more_is_kept_at_larger_beta_and_at_the_end_everything():
    p = joint(32, 16, 0, 0.3)
    found = mm.deterministic_ib(p, np.geomspace(1.05, 200, 12))
    assert (np.diff(found.relevance) >= -1e-9).all()
    assert found.relevance[-1] == pytest.approx(found.information, abs=1e-6)
    soft = mm.discrete_ib(p, np.geomspace(1.05, 200, 12))
    assert (soft.lagrangian_nats <= found.lagrangian_nats + soft.gap_nats + 1e-9).all()
    assert mm.deterministic_ib(p, [200.0], clusters=5).clusters[0] <= 5


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: mm.discrete_ib([0.5, 0.5], [2.0]), r"allowed: \(nx, ny\)"),
        (lambda: mm.discrete_ib([[0.5, 0.6]], [2.0]), "sums to 1.1"),
        (lambda: mm.discrete_ib([[0.5, -0.5], [0.5, 0.5]], [2.0]), "negative"),
        (lambda: mm.discrete_ib([[0.5, 0.5], [0, 0]], [2.0]), "row 2 of joint has no mass"),
        (lambda: mm.discrete_ib(np.zeros((2, 2)), [2.0]), "sums to 0"),
        (lambda: mm.discrete_ib([["a"]], [2.0]), "no array of numbers"),
        (lambda: mm.discrete_ib([[0.5, 0.5]], [0.0]), "betas holds 0"),
        (lambda: mm.discrete_ib([[0.5, 0.5]], [2.0], clusters=2), "clusters is 2"),
        (lambda: mm.deterministic_ib(np.ones((600, 2)) / 1200, [2.0]), "at most 512"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_a_sentence(call, told):
    with pytest.raises((BadData, BadSpec), match=told):
        call()
