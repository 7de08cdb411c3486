"""What PCA, PLS, CCA and regularised CCA keep of what two views share: against rows drawn and projected, and known limits."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.cross_decomposition import PLSSVD
from sklearn.decomposition import PCA
from sklearn.linear_model import LinearRegression

from mmexplore.datasets.linear_views import LinearViews
from mmexplore.errors import BadSpec
from mmexplore.labs.knob.reductions import METHODS, shared_kept

VIEWS = LinearViews(columns=12, shared=2, private=3, shared_strength=0.5, private_strength=0.4, seed=5)


def drawn(views: LinearViews, n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows of x, of y, and of the shared signals."""
    mix_x, mix_y = views.mixing()
    scale = views.scales(views.shared_strength, views.private)
    z = rng.normal(size=(n, len(scale)))
    return z @ (mix_x * scale).T, z @ (mix_y * scale).T, z[:, -views.shared :]


@pytest.mark.parametrize("n", [45, 90, 300])
def test_what_pca_and_pls_keep_is_what_fresh_rows_show(n):
    found = shared_kept(VIEWS, (n,), replicates=1)
    rows = VIEWS.stream(1)  # the stream of the first replicate
    x, y, _ = drawn(VIEWS, n, rows)
    fresh_x, fresh_y, signals = drawn(VIEWS, 40_000, np.random.default_rng(1))
    pls = PLSSVD(n_components=2, scale=False).fit(x, y)
    projections = [
        (PCA(2).fit(x).transform(fresh_x), PCA(2).fit(y).transform(fresh_y)),
        pls.transform(fresh_x, fresh_y),
    ]
    for k, pair in enumerate(projections):
        shares = []
        for z, whole in zip(pair, (fresh_x, fresh_y), strict=True):
            r2 = [LinearRegression().fit(a, signals).score(a, signals) for a in (z, whole)]
            shares.append(r2[0] / r2[1])
        assert found.signal[k, 0] == pytest.approx(np.mean(shares), abs=0.02)
        rho = np.corrcoef(np.hstack(pair).T)
        told = -0.5 * np.log2(np.linalg.det(rho) / np.linalg.det(rho[:2, :2]) / np.linalg.det(rho[2:, 2:]))
        assert found.information[k, 0] == pytest.approx(told, abs=0.03)


def test_given_rows_enough_cca_keeps_all_there_is_and_never_more():
    found = shared_kept(VIEWS, (40, 4000), replicates=4)
    cca = METHODS.index("CCA")
    assert found.signal[cca, -1] == pytest.approx(1.0, abs=0.01)
    assert found.information[cca, -1] == pytest.approx(float(found.total), rel=0.02)
    assert (found.signal <= 1 + 1e-9).all() and (found.information <= found.total + 1e-9).all()
    assert (found.signal_low <= found.signal_high).all()


@pytest.mark.rounding
def test_the_total_is_the_information_between_the_views():
    mix_x, mix_y = VIEWS.mixing()
    both = np.vstack([mix_x, mix_y]) * VIEWS.scales(VIEWS.shared_strength, VIEWS.private)
    cov = both @ both.T
    log_dets = [np.linalg.slogdet(c)[1] for c in (cov[:12, :12], cov[12:, 12:], cov)]
    expected = (log_dets[0] + log_dets[1] - log_dets[2]) / (2 * np.log(2))
    assert float(shared_kept(VIEWS, (10,), replicates=1).total) == pytest.approx(expected)


@pytest.mark.rounding
def test_a_full_ridge_is_pls_and_none_is_cca():
    full, none = (shared_kept(VIEWS, (60, 300), ridge=r, replicates=2) for r in (1.0, 0.0))
    assert full.signal[3] == pytest.approx(full.signal[1], abs=1e-8)
    assert none.signal[3] == pytest.approx(none.signal[2], abs=1e-8)


def test_regularised_cca_needs_fewer_rows_than_pls_and_pca_does_not_get_there():
    weak = LinearViews(private=8, shared_strength=0.3)  # the private signals are stronger
    found = shared_kept(weak, replicates=3)
    pca, pls, cca, ridged = found.needed(0.7)
    assert np.isnan(pca) and found.signal[0, -1] < 0.2
    assert ridged < cca < 300
    assert np.isnan(pls) or ridged < pls
    alone = shared_kept(weak, (4000,), replicates=2, private=0)  # with nothing private, variance is the right guide
    assert alone.signal[0, 0] > 0.95


def test_chance_is_the_share_of_columns():
    one = shared_kept(LinearViews(columns=20, shared=1, private=0, shared_strength=0.02), (10,), kept=5, replicates=1)
    assert float(one.chance) == pytest.approx(5 / 20, abs=0.05)  # nearly white columns: k random of d directions


@pytest.mark.rounding
def test_settings_broadcast_and_agree_with_one_by_one():
    grid = shared_kept(VIEWS, (20, 80), replicates=2, shared_strength=[[0.1], [0.9]], private=[0, 3, 7])
    assert grid.signal.shape == (4, 2, 3, 2) and grid.chance.shape == (2, 3)
    one = shared_kept(VIEWS.replace(shared_strength=0.9, private=3), (20, 80), replicates=2)
    assert grid.signal[:, 1, 1] == pytest.approx(one.signal)
    assert grid.needed(0.5).shape == (4, 2, 3)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: shared_kept(VIEWS, (2,)), "rows is"),
        (lambda: shared_kept(VIEWS, kept=13), "allowed: whole numbers from 1 to 12"),
        (lambda: shared_kept(VIEWS, ridge=1.5), "ridge is 1.5"),
        (lambda: shared_kept(VIEWS, replicates=0), "replicates is 0"),
        (lambda: shared_kept(VIEWS, (10, 20), replicates=1).needed(1.0), "share is 1.0"),
        (lambda: LinearViews(columns=5), "columns is 5"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_a_sentence(call, told):
    with pytest.raises(BadSpec, match=told):
        call()


def by_hand(views: LinearViews) -> tuple[float, float]:
    """What PLS keeps of the shared signals with infinitely many samples, and what random directions keep, from the true covariances."""
    mix_x, mix_y = (mix * views.scales(views.shared_strength, views.private) for mix in views.mixing())
    u, _, vt = np.linalg.svd(mix_x @ mix_y.T)
    kept, chance = [], []
    rng = np.random.default_rng(0)
    for mix, directions in ((mix_x, u[:, : views.shared]), (mix_y, vt.T[:, : views.shared])):
        cov, signal = mix @ mix.T, mix[:, -views.shared :]

        def share(w, cov=cov, signal=signal):
            return np.trace(signal.T @ w @ np.linalg.solve(w.T @ cov @ w, w.T @ signal))

        whole = share(np.eye(len(cov)))
        kept.append(share(directions) / whole)
        chance.append(np.mean([share(rng.normal(size=(len(cov), views.shared))) for _ in range(300)]) / whole)
    return float(np.mean(kept)), float(np.mean(chance))


@pytest.mark.parametrize("seed", range(3))
def test_large_private_signals_lead_pls_astray_below_chance_and_for_ever(seed):
    views = LinearViews(seed=seed)  # the page's defaults
    limit, chance = by_hand(views)
    found = shared_kept(views, (100, 4000), replicates=2)
    pls, cca = METHODS.index("PLS"), METHODS.index("CCA")
    assert found.limit[pls] == pytest.approx(limit, abs=1e-6) and found.limit[cca] == pytest.approx(1.0)
    assert found.signal[pls, 0] < chance == pytest.approx(float(found.chance), abs=0.01)
    assert 0.4 < limit < 0.75


@pytest.mark.parametrize("columns", [10, 25, 40])
def test_cca_finds_chance_until_samples_outnumber_the_columns_of_both_views(columns):
    views = LinearViews(columns=columns, private=4, shared_strength=0.6)
    few, many = 2 * columns, 12 * columns
    rng = np.random.default_rng(1)
    x, y, _ = drawn(views, few, rng)
    qx, qy = (np.linalg.qr(v - v.mean(0))[0] for v in (x, y))
    assert np.linalg.svd(qx.T @ qy)[1].max() == pytest.approx(
        1.0, abs=1e-9
    )  # a perfect correlation, whatever the truth
    found = shared_kept(views, (few, many), mixings=3, replicates=2)
    cca = METHODS.index("CCA")
    assert found.signal[cca, 0] < 0.5 < found.signal[cca, 1]


def test_mixings_are_drawn_and_the_dial_agrees_with_the_table():
    from mmexplore.labs.knob.theory import KnobTheory

    one = [shared_kept(VIEWS.replace(seed=VIEWS.seed + k), (60,), replicates=2) for k in range(3)]
    three = shared_kept(VIEWS, (60,), replicates=2, mixings=3)
    assert three.signal == pytest.approx(np.mean([r.signal for r in one], axis=0)) and three.replicates == 6
    scene = KnobTheory()
    grid, here = scene.need_grid(), scene.need_here()
    node = grid.signal[:, list(scene.need_nodes()).index(scene.need_strength), list(grid.rows).index(scene.need_rows)]
    spread = (here.signal_high - here.signal_low)[:, 0] / 2.56  # 10 to 90 % of a normal law
    assert (abs(node - here.signal[:, 0]) < 3 * spread / 8**0.5 + 1e-3).all()
