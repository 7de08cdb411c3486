"""Sentences of the page against readings that do not come from it: what training believes, where theory jumps, what a slider weighs."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.signal import argrelmin

from mmexplore.info.bottleneck import pair_lagrangian_nats, symmetric_ib_of
from mmexplore.info.bottleneck.symmetric import spinodal
from mmexplore.labs.knob.dial import rate_name
from mmexplore.labs.knob.figures import OWN_SCORE, information_curves, separate_curves, separate_excess, separate_table
from mmexplore.labs.knob.methods import method, methods
from mmexplore.labs.knob.scene import KnobScene
from mmexplore.labs.knob.theory import blended
from mmexplore.runs import Run
from mmexplore.runs.store import SHIPPED
from tests.labs.knob.made_runs import RHO, grid_of


def shipped(**values):
    run = Run(SHIPPED / KnobScene(**values).task("").name())
    if run.state.phase != "finished":
        pytest.skip("this run does not come with the program")
    return run


def test_trainings_own_score_lies_above_what_can_be_known():
    """Two digits share their class alone, so no code of one knows more than log2 10 bits of the other; the score says otherwise."""
    grid = shipped(data="noisy-digits", method="dvib").arrays("grid")
    score = grid["relevance_bound_nats"] / math.log(2)
    assert (score > math.log2(10)).mean() > 0.9
    assert "no bound" in OWN_SCORE


@pytest.mark.parametrize(
    ("name", "about"),
    [
        ("dvib", "Y"),
        ("dvsib", "latents"),
        ("dvsib-private", "latents"),
        ("beta-vae", ""),
        ("beta-joint-dvcca", ""),
        ("beta-dvcca-private", ""),
    ],
)
def test_a_score_is_drawn_only_beside_estimates_of_the_same_variables(name, about):
    declared = method(name)
    assert declared.scores == about
    frames = [{"step": s, "relevance_nats": 1.0, "relevance_bound_nats": 2.0, "rate_nats": 3.0} for s in (1, 2)]
    drawn = [series.label for series in information_curves(frames, "bit", declared).series]
    assert ("training's own score" in drawn) == bool(about)


def test_no_page_calls_a_rate_an_information():
    for name in methods():
        main = method(name).graphs.main
        sees = ",".join(method(name).graphs.sees(main))
        assert "at least" in rate_name(sees, main) and "E KL" in rate_name(sees, main)


@pytest.mark.parametrize("square", [0.5, 0.8, 0.9])
def test_no_pair_rests_half_open_below_its_jump(square):
    """Local minima of the loss, searched on a fine grid at many betas: none between silence and the upper branch's beginning."""
    rho = square**0.5
    least = float(spinodal(rho))
    first = least / (2 * (least - 1))  # kappa where the branch begins
    kappa = np.linspace(0, 1 - 1e-6, 40_001)
    for beta in np.geomspace(1.05, 6 * least, 60):
        minima = kappa[argrelmin(pair_lagrangian_nats(kappa, beta, rho))[0]]
        assert (minima > first - 1e-3).all()
        assert len(minima) == (beta > least)


@pytest.mark.parametrize("beta", [1.5, 4.0, 20.0])
def test_dvcca_stands_at_twice_its_beta_on_the_exact_slider(beta):
    """Reverse water-filling of the stacked target at weight beta (maths of fixed decoders), against the blend at one half."""
    rng = np.random.default_rng(7)
    a = rng.normal(size=(6, 6))
    cov = a @ a.T / 6 + 0.1 * np.eye(6)
    sx, syx = cov[:3, :3], cov[3:, :3]
    told = np.vstack([sx, syx]) @ np.linalg.solve(sx, np.hstack([sx, syx.T]))  # Cov(E[(X, Y) | X])
    nu = np.linalg.eigvalsh(told)
    bits = 0.5 * np.log2(np.maximum(beta * nu, 1.0)).sum()
    assert float(blended(cov, 3, 0.5, 2 * beta).rate) == pytest.approx(bits, rel=1e-9)


@pytest.mark.parametrize(("gamma", "beta"), [(0.0, 8.0), (1.0, 8.0), (0.0, 20.0)])
def test_own_networks_stand_beside_the_conditioned_one_where_the_dial_stands(gamma, beta):
    scene = KnobScene(method="dvsib", gamma=gamma, beta=beta)
    one, many = grid_of(scene.task()), grid_of(scene.separate_task())
    # the conditioned network misses .3 nat at gamma 0 and has .2 nat too much rate in each latent at every other gamma
    one["mutual_nats"][:, 0] -= 0.3
    one["rate_nats"][:, 1:] += 0.2
    one["excess_nats"][:, 0] += 0.25
    table = separate_table(many, one, beta, "nat")
    found = {row[0]: row[1:] for row in table.rows}
    exact = symmetric_ib_of(RHO, many["beta"])
    between = np.interp(np.log(beta), np.log(many["beta"]), np.asarray(exact.relevance) * math.log(2))
    told = found["information between the latents (nat)"]
    assert told[1] == pytest.approx(between, abs=1e-3)
    assert told[2] == pytest.approx(-0.3 if gamma == 0 else 0.0, abs=1.1e-3)
    assert found["rate of all latents (nat)"][2] == pytest.approx(0.0 if gamma == 0 else 0.4, abs=1.1e-3)
    assert found["excess Lagrangian over exact theory (nat)"][2] == pytest.approx(
        0.25 if gamma == 0 else 0.0, abs=1.1e-3
    )
    assert f"γ {gamma:g}" in table.caption and f"β {beta:g}" in table.caption
    assert separate_excess(many, one) == f"nine networks 0.000 nat, one network {0.25 if gamma == 0 else 0.0:.3f} nat"
    curves = {series.label: np.asarray(series.y) for series in separate_curves(many, one, "nat").series}
    apart = curves["rate, one network"] - curves["rate, nine networks"]
    np.testing.assert_allclose(apart, 0.0 if gamma == 0 else 0.2, atol=1e-5)


def test_a_method_without_gamma_is_checked_without_a_word_about_it():
    scene = KnobScene(method="dvib", gamma=0.0)
    one, many = grid_of(scene.task()), grid_of(scene.separate_task())
    table = separate_table(many, one, 8.0, "bit")
    assert "γ" not in table.caption
    assert all(row[3] == 0 for row in table.rows)
