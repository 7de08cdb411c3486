"""Sentences of the page against readings that do not come from it: what training believes, where theory jumps, what a slider weighs."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.optimize import minimize
from scipy.signal import argrelmin
from scipy.stats import binom, norm
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.neighbors import KNeighborsRegressor
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

from mmexplore.datasets.views import two_views
from mmexplore.info.bottleneck import gaussian_ib_of, pair_lagrangian_nats, symmetric_ib_of
from mmexplore.info.bottleneck.symmetric import spinodal
from mmexplore.labs.knob.dial import ALIVE, RARE_PART, RARE_SURE, dial_of_arrays, rate_name
from mmexplore.labs.knob.exact_curves import gaussian_curve
from mmexplore.labs.knob.exact_plane import BLENDS, plane_parts
from mmexplore.labs.knob.figures import (
    OWN_SCORE,
    collapse_table,
    information_curves,
    separate_curves,
    separate_excess,
    separate_table,
)
from mmexplore.labs.knob.methods import method, methods
from mmexplore.labs.knob.numbers import at_setting, label_lost, numbers_at
from mmexplore.labs.knob.scene import KnobScene
from mmexplore.labs.knob.sweep_results import effort, sentence
from mmexplore.labs.knob.theory import KnobTheory, blended, exact_betas
from mmexplore.labs.knob.train.alignments import ClipAlignment
from mmexplore.labs.knob.train.data import standardise
from mmexplore.labs.knob.train.rare_features import rare_features
from mmexplore.labs.knob.train.saved import representations
from mmexplore.labs.knob.ui.how_much_data import _here
from mmexplore.runs import Run
from mmexplore.runs.store import SHIPPED
from tests.labs.knob.made_runs import RHO, grid_of


def shipped(**values):
    run = Run(SHIPPED / KnobScene(**values).task("").name())
    assert run.state.phase == "finished", "this run comes with the program: python -m benchmarks.knob presets"
    return run


def test_trainings_own_score_lies_above_what_can_be_known():
    """Two digits share their class alone, so no code of one knows more than log2 10 bits of the other; the score says otherwise."""
    grid = shipped(data="noisy-digits", method="dvib").arrays("grid")
    score = grid["relevance_bound_nats"] / math.log(2)
    assert (score > math.log2(10)).mean() > 0.9
    assert "no bound" in OWN_SCORE


READ = [({"data": "noisy-digits", "method": "dvib"}, 2.0, 1.0), ({"data": "noisy-digits", "method": "dvib"}, 16.0, 1.0),
        ({"data": "noisy-digits", "method": "dvsib"}, 8.0, 0.0), ({"data": "noisy-digits", "method": "dvsib"}, 8.0, 1.0),
        ({"data": "rare-fault", "method": "dvib"}, 1.2, 1.0), ({"data": "rare-fault", "method": "dvib"}, 16.0, 1.0)]  # fmt: skip


def independent(values, beta, gamma):
    """A shipped run's representation drawn anew from its weights, its data, and its arrays."""
    run = shipped(**values)
    z = representations(run, beta, gamma, seed=5)
    data = standardise(two_views(run.task.data).draw(), "cpu")
    return run.arrays("grid"), z, data


@pytest.mark.parametrize(("values", "beta", "gamma"), READ)
def test_what_probes_say_is_what_scikit_learn_reads_from_the_saved_networks(values, beta, gamma):
    grid, z, data = independent(values, beta, gamma)
    fit, new = data.train[:1024], data.held_out
    scaler = StandardScaler().fit(z["Zx"][fit])
    rows = scaler.transform(z["Zx"])
    y = data.views.y
    linear = LogisticRegression(C=1.0, max_iter=3000).fit(rows[fit], y[fit])
    mlp = MLPClassifier((48,), alpha=0.3, max_iter=150, random_state=0).fit(rows[fit], y[fit])
    for name, model in (("kept", linear), ("kept_mlp", mlp)):
        noise = 2 * math.sqrt(0.25 / len(new) + 0.25 / int(grid["rows_judged"]))
        assert at_setting(grid, name, beta, gamma)[0, 0] == pytest.approx(
            model.score(rows[new], y[new]), abs=noise + 0.02
        )
    told = -log_loss(y[new], linear.predict_proba(rows[new])) + float(grid["label_entropy_nats"])
    assert at_setting(grid, "label_nats", beta, gamma)[0] == pytest.approx(told, abs=0.1)


def forest(rows, y, fit):
    """Log probabilities of the classes of all rows, by trees that may look at every column wherever they part rows."""
    model = RandomForestClassifier(40, min_samples_leaf=12, max_features=None, random_state=0).fit(rows[fit], y[fit])
    return np.log(np.maximum(model.predict_proba(rows), 1e-3))


@pytest.mark.parametrize(("values", "beta", "gamma"), READ)
def test_an_alarm_is_raised_where_a_forest_gains_from_the_feature(values, beta, gamma):
    """Trees on the representation and on the representation with the flag: what the flag adds in samples that have it."""
    grid, z, data = independent(values, beta, gamma)
    flags = rare_features(data.views)
    rows, y, fit = np.hstack(list(z.values())), data.views.y, data.train[:4000]
    name, has = flags.names[0], flags.rows[:, 0]
    at = data.held_out[has[data.held_out]]
    used = np.concatenate([fit, at])
    rows, y, has, fit, at = rows[used], y[used], has[used], np.arange(len(fit)), np.arange(len(fit), len(used))
    without, told = forest(rows, y, fit)[at, y[at]], forest(np.column_stack([rows, has]), y, fit)[at, y[at]]
    tells = float(grid["rare_nats"][list(grid["rare"]).index(name)])
    ours, error = (float(at_setting(grid, f"rare_gain_{n}", beta, gamma)[0]) for n in ("nats", "error_nats"))
    alarm = ours - RARE_SURE * error > 0 and ours > RARE_PART * tells
    assert alarm == (values["data"] == "rare-fault" and beta < 2)
    assert alarm == ((told - without).mean() > RARE_PART * tells)


@pytest.mark.parametrize("beta", [4.0, 8.0, 16.0])
def test_methods_of_one_loss_are_told_alike(beta):
    """At gamma = 0 DVCCA minimises DVIB's loss, so the table must not tell them apart by more than trained networks differ."""
    told = [
        float(at_setting(shipped(method=name).arrays("grid"), "relevance_nats", beta, 0.0)) / math.log(2)
        for name in ("dvib", "beta-dvcca")
    ]
    assert told[0] == pytest.approx(told[1], abs=0.1)


@pytest.mark.parametrize("beta", [2.0, 8.0, 32.0])
def test_no_table_gives_the_codes_more_about_each_other_than_about_y(beta):
    """Zy is made from Y, so I(Zx;Zy) <= I(Zx;Y)."""
    for values in ({"method": "dvsib"}, {"method": "dvsib", "data": "noisy-digits"}):
        for gamma in (0.0, 1.0):
            numbers = numbers_at(KnobScene(**values, beta=beta, gamma=gamma), shipped(**values).arrays("grid"))
            assert numbers["I(Zx;Zy) (bit)"] <= numbers["I(Zx;Y) (bit)"] + 1e-6
            assert numbers["I(X;Zx), at least (bit)"] <= numbers["I(X;Zx), at most (bit)"] + 0.02


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


@pytest.mark.parametrize(
    ("name", "gamma", "speaks"),
    [
        ("dvib", 1.0, True),
        ("dvsib", 0.0, True),
        ("dvsib", 0.25, False),
        ("beta-dvcca", 0.0, True),
        ("beta-dvcca", 1.0, False),
        ("beta-vae", 1.0, False),
    ],
)
def test_an_excess_is_said_only_of_what_theory_minimises(name, gamma, speaks):
    """The closed forms minimise rates against I(Zx;Y) or I(Zx;Zy). A method that pays for reconstructions lies far above them where it is trained
    best: shipped runs of DVSIB and DVCCA by more than 1 nat at gamma 1, within .1 nat at gamma 0."""
    from mmexplore.labs.knob.ui.live import excess_words  # Streamlit

    scene = KnobScene(method=name, gamma=gamma)
    grid = shipped(method=name).arrays("grid")
    column = int(np.argmin(np.abs(grid["gamma"] - gamma)))
    worst = float(np.nanmax(grid["excess_nats"][:, column]))
    assert scene.declared().is_bottleneck(gamma) == speaks
    assert (worst < 0.1) == speaks
    words = excess_words(scene, worst)
    assert ("excess Lagrangian over exact theory" in words) == speaks
    assert "falls short here" not in words
    assert ("falls short here" in excess_words(scene, 0.2)) == speaks


# -- the exact curve, and what the network makes of it ------------------------------------------------------------------------


@pytest.mark.parametrize("dimension", [0, 1, 2, 3])
def test_dimensions_die_at_the_marks_in_theory_and_fade_in_the_network(dimension):
    """Rates of the closed form 1/2 ln((beta - 1) rho^2 / (1 - rho^2)), against the shipped network's."""
    grid = shipped().arrays("grid")
    square = float(np.sort(grid["correlations"])[::-1][dimension] ** 2)
    mark = gaussian_curve(np.sort(grid["correlations"])[::-1])["critical"][dimension]
    assert mark["label"] == f"dimension {dimension + 1} opens at beta {1 / square:.2f}"
    rates = grid["kl_nats"][:, -1, 0, dimension]
    alive = rates / math.log(2) >= ALIVE
    beta = grid["beta"]
    if dimension == 3:
        assert not alive.any() and beta[-1] > 1 / square  # left out, where theory opens it
        return
    assert (np.diff(rates) > -0.02).all()  # it only fades on the way down
    assert alive[beta < 1 / square].any()  # beyond the mark
    assert alive[0] == (dimension < 2)  # still there at beta = 1
    assert (grid["kl_nats"][:, -1, 0, dimension + 1] <= rates + 0.02).all()  # in the same order
    exact = 0.5 * np.log((beta - 1) * square / (1 - square), where=beta > 1 / square, out=np.zeros(len(beta)))
    strong = beta > 4 / square
    assert np.abs(rates - exact)[strong].max() < 0.25 * exact[strong].max() + 0.35


@pytest.mark.parametrize("beta", [2.0, 8.0, 32.0])
def test_a_vae_pays_for_private_coordinates_with_far_more_bits(beta):
    """A regression on the saved representation reads a private coordinate of X from the VAE's and not from DVIB's."""
    read = {}
    for name in ("beta-vae", "dvib"):
        run = shipped(method=name)
        z = representations(run, beta, 1.0, seed=7)["Zx"]
        data = standardise(two_views(run.task.data).draw(), "cpu")
        grid = run.arrays("grid")
        private = next(np.ravel(f.values) for f in data.views.factors if f.name == "private 1 of X")
        fit, new = data.train[:3000], data.held_out[:3000]
        model = KNeighborsRegressor(25).fit(z[fit], private[fit])
        read[name] = (model.score(z[new], private[new]), float(at_setting(grid, "rate_nats", beta, 1.0)[0]))
    assert read["beta-vae"][0] > 0.5 > 0.1 > read["dvib"][0]
    assert read["beta-vae"][1] > 2 * read["dvib"][1]


@pytest.mark.parametrize(("data", "method", "beta"), [("noisy-digits", "dvib", 1.0), ("noisy-digits", "dvsib", 1.0), ("noisy-digits", "dvsib", 1.5)])  # fmt: skip
def test_means_of_a_latent_of_few_bits_predict_what_samples_do_not(data, method, beta):
    """Logistic regressions on means and on samples of the shipped networks where they compress most."""
    run = shipped(data=data, method=method)
    rows = standardise(two_views(run.task.data).draw(), "cpu")
    fit, new, score = rows.train[:1500], rows.held_out[:1500], {}
    for means in (True, False):
        z = representations(run, beta, 0.0, means=means, seed=3, data=rows)["Zx"]
        z = z / z[fit].std(axis=0)
        model = LogisticRegression(max_iter=300).fit(z[fit], rows.views.y[fit])
        score[means] = model.score(z[new], rows.views.y[new])
    assert score[True] > score[False] + 0.03


# -- theory of two codes -----------------------------------------------------------------------------------------------------

KAPPA = np.linspace(0.0, 1 - 1e-6, 40_001)


def landscape(beta, square, recon=0.0):
    """The Lagrangian of one pair on a fine grid, in nats, from the mutual informations of Gaussian variables."""
    return -np.log(1 - KAPPA) + beta / 2 * np.log(1 - square * KAPPA**2) - recon * KAPPA


def minima(beta, square, recon=0.0):
    values = np.concatenate([[np.inf], landscape(beta, square, recon), [np.inf]])
    return argrelmin(values)[0] - 1


def first_beta(yes, low=1.0, high=1e4):
    for _ in range(36):
        middle = math.sqrt(low * high)
        low, high = (low, middle) if yes(middle) else (middle, high)
    return high


@pytest.mark.parametrize(
    ("square", "beta", "kick"), [(0.9, 4.0, 0.05), (0.6, 20.0, 0.2), (0.95, 2.6, 0.1), (0.3, 3.0, 0.0)]
)
def test_the_table_of_the_collapse_is_what_a_search_over_codes_finds(square, beta, kick):
    table = collapse_table(KnobTheory(sym_square=square, sym_beta=beta, sym_kick=kick), "bit")
    told = {row[0]: row[1:] for row in table.rows}

    def shown(name):
        return float(told[name][0].removeprefix("β ").split()[0])

    def upper(b):
        """Kappa of the informative state, or None."""
        found = [i for i in minima(b, square) if i > 0]
        return found[-1] if found else None

    exists = first_beta(lambda b: upper(b) is not None)
    better = first_beta(lambda b: upper(b) is not None and landscape(b, square)[upper(b)] < 0)
    assert shown("informative state exists from") == pytest.approx(exists, rel=2e-3)
    assert shown("informative state is better from") == pytest.approx(better, rel=2e-3)
    jump = -0.5 * np.log2(1 - KAPPA[upper(better * 1.0001)])
    assert float(told["informative state is better from"][1].split()[-2]) == pytest.approx(jump, abs=0.02)
    if kick:
        start = int(np.searchsorted(KAPPA, kick))
        out = first_beta(lambda b: landscape(b, square)[start + 1] < landscape(b, square)[start])
        assert shown("a kick is enough from") == pytest.approx(max(out, exists), rel=2e-3)
    else:
        assert told["a kick is enough from"][0] == "never"
    rates = {"collapsed state": 0}
    if upper(beta) is None:
        assert told["informative state"][0] == "–"
    else:
        rates["informative state"] = upper(beta)
    rates["best Gaussian state"] = int(np.argmin(landscape(beta, square)))
    for name, i in rates.items():
        rate, kept = -0.5 * np.log2(1 - KAPPA[i]), -0.5 * np.log2(1 - square * KAPPA[i] ** 2)
        assert shown(name) == pytest.approx(rate, abs=2e-3)
        assert float(told[name][1].split()[-2]) == pytest.approx(kept, abs=2e-3)


@pytest.mark.parametrize(("square", "beta"), [(0.9, 1.05), (0.5, 1.5), (0.9, 4.0), (0.5, 10.0)])
def test_reconstruction_ends_the_collapse_at_one_smoothly_or_by_a_jump(square, beta):
    assert 0 in minima(beta, square, 0.99)
    assert 0 not in minima(beta, square, 1.01)
    opened = KAPPA[min(minima(beta, square, 1.01))]
    assert (opened < 0.3) == (beta * square < 1)
    # with reconstruction the second minimum may come earlier than without: the page says where only of none
    without = 2 / square * (1 + math.sqrt(1 - square))
    assert len(minima(0.99 * without, square)) == 1 and len(minima(1.01 * without, square)) == 2
    assert len(minima(0.97 * without, square, 0.6)) == 2
    assert "Above 1" in KnobTheory.parameter("sym_gamma").help


SWEPT = [([0, 0, 0.8, 1.1], [0, 0, 0, 1.2]), ([0.9, 1.0, 1.1, 1.2], [0, 0, 0, 0]), ([0, 0, 0, 1.1], [0, 0.6, 0.9, 1.0])]


@pytest.mark.parametrize(("down", "up"), SWEPT)
def test_the_sentence_of_a_sweep_names_the_settings_between_which_it_turned(down, up):
    betas = [2.0, 3.0, 5.0, 8.0]
    told = sentence({"down": list(zip(betas, down, strict=True)), "up": list(zip(betas, up, strict=True))}, 2.925)
    for way, bits, turn in (("down", down, "collapsed"), ("up", up, "became informative")):
        on = np.array(bits) > 0.25
        part = told.split(f"followed beta {way}")[1].split(", and")[0]
        if on.all():
            assert "was informative at every setting" in part
        elif not on.any():
            assert "**stayed collapsed**" in part
        else:
            first = int(np.argmax(on))
            assert turn in part
            assert {f"{betas[first]:g}", f"{betas[first - 1]:g}"} <= set(
                part.replace("*", "").replace(".", " ").split()
            )


# -- the exact plane -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("blend", "beta"), [(0.0, 4.0), (0.5, 8.0), (1.0, 12.0), (0.3, 40.0)])
def test_the_exact_plane_is_what_an_encoder_written_by_hand_does(blend, beta):
    """The encoder of water-filling as a matrix and noise: rate, information and errors by determinants and regressions."""
    rng = np.random.default_rng(11)
    root = rng.normal(size=(7, 9))
    cov = root @ root.T / 6
    d = 4
    sx, sxy, sy = cov[:d, :d], cov[:d, d:], cov[d:, d:]
    b = np.linalg.solve(sx, sxy).T
    values, vectors = np.linalg.eigh(sx)
    half = vectors * np.sqrt(values) @ vectors.T
    nu, modes = np.linalg.eigh(half @ ((1 - blend) * np.eye(d) + blend * b.T @ b) @ half)
    on = beta * nu > 1
    # T = W x + unit noise, W along the open modes of the whitened view, signal beta nu - 1
    w = (np.sqrt(beta * nu[on] - 1)[:, None] * modes[:, on].T) @ np.linalg.inv(half)
    st = w @ sx @ w.T + np.eye(on.sum())
    told = {
        "rate": 0.5 * np.linalg.slogdet(st)[1] / math.log(2),
        "relevance": 0.5
        * (np.linalg.slogdet(st)[1] - np.linalg.slogdet(st - w @ sxy @ np.linalg.solve(sy, sxy.T) @ w.T)[1])
        / math.log(2),
    }
    here = blended(cov, d, blend, beta)
    assert int(here.active) == on.sum()
    assert float(here.rate) == pytest.approx(told["rate"], rel=1e-9)
    assert float(here.relevance) == pytest.approx(told["relevance"], rel=1e-9)
    parts = plane_parts(cov, d)
    betas, i = exact_betas(), round(blend * (BLENDS - 1))
    for name, cross, whole in (("explained_x", w @ sx, sx), ("explained_y", w @ sxy, sy)):
        share = np.trace(cross.T @ np.linalg.solve(st, cross)) / np.trace(whole)
        assert np.interp(math.log(beta), np.log(betas), parts.fields[name][i]) == pytest.approx(share, abs=2e-3)
    top = np.trace(sxy.T @ np.linalg.solve(sx, sxy)) / np.trace(sy)
    assert parts.static["explained"]["parts"][1]["ceiling"] == pytest.approx(top)


@pytest.mark.parametrize(("squares", "beta"), [((0.8, 0.5), 4.0), ((0.9, 0.3), 3.0), ((0.7, 0.6), 12.0)])
def test_a_learned_covariance_of_y_traces_the_bottleneck_and_variances_do_where_columns_come_apart(squares, beta):
    """Rate + beta/2 log of what is left open of Y, minimised over linear encoders by a general optimiser."""
    rho = np.sqrt(np.array(squares))
    turn = np.array([[math.cos(0.6), -math.sin(0.6)], [math.sin(0.6), math.cos(0.6)]])

    def best(mix, full):
        def loss(entries):
            w = entries.reshape(2, 2)
            st = w @ w.T + np.eye(2)
            cross = w @ np.diag(rho) @ mix.T
            left = mix @ mix.T - cross.T @ np.linalg.solve(st, cross)
            open_ = np.linalg.slogdet(left)[1] if full else np.log(np.diag(left)).sum()
            return 0.5 * np.linalg.slogdet(st)[1] + beta / 2 * open_

        starts = np.random.default_rng(0).normal(scale=2.0, size=(6, 4))
        found = min((minimize(loss, start, tol=1e-10) for start in starts), key=lambda r: r.fun)
        w = found.x.reshape(2, 2)
        return 0.5 * np.linalg.slogdet(w @ w.T + np.eye(2))[1]

    mixed = np.diag([2.0, 0.6]) @ turn
    exact = float(gaussian_ib_of(rho, beta).rate) * math.log(2)
    assert best(mixed, True) == pytest.approx(exact, abs=2e-3)
    assert best(np.diag([2.0, 0.6]), False) == pytest.approx(exact, abs=2e-3)
    assert abs(best(mixed @ np.diag([1.0, 0.4]), False) - exact) > 5e-3


# -- how much data -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("columns", "shared", "strength"), [(20, 2, 0.2), (10, 1, 0.6), (30, 3, 0.08)])
def test_the_line_above_the_methods_is_that_of_covariances_written_down(columns, shared, strength):
    scene = KnobTheory(need_columns=columns, need_shared=shared, need_strength=strength, need_private=3, need_rows=50.0)
    note = _here.__wrapped__(scene.identity(), scene)["note"][0]
    explained = float(note.split("explain ")[1].split(" %")[0])
    whole = float(note.split("hold ")[1].split(" bit")[0])
    chance = float(note.split("directions keep ")[1].split(" %")[0])
    rng, shares, bits, randoms = np.random.default_rng(0), [], [], []
    for _ in range(300):
        own, common = rng.normal(size=(2, columns, 3)), rng.normal(size=(2, columns, shared)) * math.sqrt(strength)
        x, y = (
            np.eye(columns) + scene.need_private_strength * o @ o.T + c @ c.T for o, c in zip(own, common, strict=True)
        )
        both = np.block([[x, common[0] @ common[1].T], [common[1] @ common[0].T, y]])
        bits.append(
            (np.linalg.slogdet(x)[1] + np.linalg.slogdet(y)[1] - np.linalg.slogdet(both)[1]) / (2 * math.log(2))
        )
        some = rng.normal(size=(columns, shared))
        known = [
            np.trace(common[0].T @ w @ np.linalg.solve(w.T @ x @ w, w.T @ common[0])) / shared
            for w in (np.eye(columns), some)
        ]
        shares.append(known[0])
        randoms.append(known[1] / known[0])
    # the page means over 40 mixings
    for told, found in ((explained / 100, shares), (whole, bits), (chance / 100, randoms)):
        assert told == pytest.approx(np.mean(found), abs=4 * np.std(found) / math.sqrt(40) + 0.006)


# -- what a preset says of the data ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_fault_is_told_by_four_samples_in_a_hundred(seed):
    views = two_views(f"rare-fault?seed={seed}").draw()
    flags = rare_features(views)
    has = np.asarray(flags.rows[:, list(flags.names).index("vibration high")], dtype=bool)
    assert has.mean() == pytest.approx(0.04, abs=0.008)
    assert views.y[has].mean() > 0.9  # it tells of a fault ...
    assert views.y[~has].mean() == pytest.approx(0.5, abs=0.02)  # ... where the label is a coin else


@pytest.mark.parametrize("beta", [1.0, 1.2, 1.5])
def test_the_mean_loss_hardly_notices_that_the_fault_is_lost(beta):
    """What telling the flag's samples apart would add, in the mean over all samples, against what it is for those that have it."""
    run = shipped(data="rare-fault", method="dvib")
    grid = run.arrays("grid")
    e = list(grid["rare"]).index("vibration high")
    gain = float(at_setting(grid, "rare_gain_nats", beta, 1.0)[e])
    told = float(at_setting(grid, "relevance_nats", beta, 1.0))
    assert gain * float(grid["rare_share"][e]) < 0.15 * told
    assert gain > 0.5 * float(grid["rare_nats"][e])


@pytest.mark.parametrize("batch", [8, 64, 256])
def test_clip_cannot_be_rewarded_beyond_the_logarithm_of_its_batch(batch):
    z = torch.randn(1, batch, 16, generator=torch.Generator().manual_seed(batch))
    alignment = ClipAlignment()
    torch.nn.init.constant_(alignment.log_scale, 4.6)
    with torch.no_grad():
        assert float(alignment(z, z, None)) == pytest.approx(math.log(batch), abs=0.02)
        assert float(alignment(z, z, None)) <= math.log(batch) + 1e-5


@pytest.mark.parametrize(("gamma", "chance", "judged"), [(0.0, 0.1, 768), (1.0, 0.5, 300), (0.3, 0.25, 2000)])
def test_the_label_is_lost_where_guessing_would_do_as_well(gamma, chance, judged):
    """Against the share of right guesses that a binomial law of chance exceeds in about 2.3 of 100 cases."""
    beta, gammas = np.geomspace(1, 64, 13), np.array([0.0, 0.3, 1.0])
    rng = np.random.default_rng(judged)
    rising = chance + 0.4 * np.clip((np.log(beta)[:, None] - 1.0 - gammas) / 3, 0, 1) + rng.uniform(0, 0.002, (13, 3))
    run = {"beta": beta, "gamma": gammas, "kept": rising[:, :, None, None], "factors": np.array(["class"]),
           "factor_score": np.array(["accuracy"]), "factor_chance": np.array([chance]), "rows_judged": np.array(judged)}  # fmt: skip
    most = norm.isf(0.0228, chance, math.sqrt(chance * (1 - chance) / judged))
    read = rising[:, list(gammas).index(gamma)]
    assert abs(read - most).min() > 1e-4  # none is at the edge
    assert label_lost(run, gamma) == pytest.approx(beta[read <= most].max())
    assert binom.sf(math.floor(most * judged), judged, chance) < 0.05


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_steps_a_sweep_took_are_counted_anew(seed):
    rng = np.random.default_rng(seed)
    betas, took = np.geomspace(2, 16, 5), rng.permutation(np.arange(1, 11)) * 240
    settled = np.ones(10, dtype=bool) if seed == 0 else rng.uniform(size=10) > 0.3
    frames = [
        {"direction": way, "beta": beta, "updates": float(took[5 * way + i]), "converged": float(settled[5 * way + i])}
        for way in (0, 1)
        for i, beta in enumerate(betas)
    ]
    told = effort(frames)
    where = int(np.argmax(took))
    assert f"240 to 2,400, the most at β {betas[where % 5]:.3g} on the way {('down', 'up')[where // 5]}" in told
    open_ended = told.split("when the sweep went on: ")[1].count("β") if "went on" in told else 0
    assert open_ended == (~settled).sum()
    assert ("All 10 settings converged." in told) == settled.all()


@pytest.mark.parametrize("beta", [1.0, 4.0, 16.0])
def test_what_is_lost_of_a_column_is_what_a_regression_on_the_representation_leaves(beta):
    """Nearest neighbours in the shipped representation, held-out samples: no decoder of the run is asked."""
    run = shipped(data="rare-fault", method="dvib")
    data = standardise(two_views(run.task.data).draw(), "cpu")
    z = representations(run, beta, 1.0, seed=2, data=data)["Zx"]
    dialled = dial_of_arrays("lost", run.arrays("grid"), method("dvib"))
    facts, lost = dialled.stacks.static["lost"], dialled.stacks.arrays["lost"]
    place = int(np.argmin(np.abs(run.arrays("grid")["beta"] - beta)))
    fit, new = data.train[:6000], data.held_out[:3000]
    for view, target in zip(facts["views"], (data.views.x1, data.views.x2), strict=True):
        model = KNeighborsRegressor(40).fit(z[fit], target[fit])
        left = ((target[new] - model.predict(z[new])) ** 2).mean(axis=0) / target[new].var(axis=0)
        told = lost[place, view["first"] : view["first"] + view["count"]]
        np.testing.assert_allclose(told, left, atol=0.1)
        assert told.mean() == pytest.approx(left.mean(), abs=0.05)
