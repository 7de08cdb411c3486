"""Generators with known truth: their rows and their truths against quadrature, other closed forms, published values, inverses."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats
from scipy.cluster.vq import kmeans2

import mmexplore as mm
from mmexplore.datasets import generator
from mmexplore.datasets.gaussian_systems import CORNERS
from mmexplore.datasets.generators import REGISTRY
from mmexplore.datasets.generators.latent import SETTINGS
from mmexplore.errors import BadSpec
from mmexplore.types import ATOMS

NAMES = mm.generators()


def h(p):
    p = np.clip(p, 1e-300, 1.0)
    q = np.clip(1.0 - p, 1e-300, 1.0)
    return -(p * np.log2(p) + q * np.log2(q))


def values(name, **given):
    truth = mm.make(name, n=20, **given).truth
    return np.array([getattr(truth, atom) for atom in ATOMS])


# ---- every generator


@pytest.mark.parametrize("name", NAMES)
def test_rows_have_the_declared_shape_and_kind(name):
    made = mm.make(name, n=60, seed=3)
    d1, d2, dy = made.spec.dims()
    assert made.x1.shape == (60, d1)
    assert made.x2.shape == (60, d2)
    assert made.x1.dtype == made.x2.dtype == np.float64
    if made.target == "label":
        assert made.y.shape == (60,)
        assert made.y.dtype == np.int64
        assert set(made.y.tolist()) == set(range(len(set(made.y.tolist()))))
    else:
        assert made.y.shape == (60, dy)
        assert made.target == ("scalar" if dy == 1 else "vector")
    assert all(np.isfinite(part).all() for part in made)
    if made.spec.kind == "mi":
        assert np.array_equal(made.y, made.x2)


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_gives_the_same_rows_and_another_one_others(name):
    one, again, other = (mm.make(name, n=100, seed=seed) for seed in (5, 5, 6))
    assert all(np.array_equal(a, b) for a, b in zip(one, again, strict=True))
    assert not np.array_equal(one.x1, other.x1)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "latent"])
def test_the_first_rows_of_a_larger_sample_are_the_smaller_sample(name):
    few, many = mm.make(name, n=50, seed=1), mm.make(name, n=90, seed=1)
    assert all(np.allclose(a, b[:50], rtol=0, atol=1e-12) for a, b in zip(few, many, strict=True))


@pytest.mark.parametrize("name", NAMES)
def test_known_atoms_and_informations_hang_together(name):
    truth = mm.make(name, n=20).truth
    if REGISTRY[name].kind == "mi":
        assert truth.i1 is not None and truth.atoms is None
    elif truth.atoms is not None:
        r, u1, u2, s = truth.atoms
        assert (r + u1, r + u2, r + u1 + u2 + s) == pytest.approx((truth.i1, truth.i2, truth.i12), abs=1e-12)
        assert min(truth.atoms) >= -truth.error - 1e-12
    else:
        assert name == "latent"
    assert truth.source
    assert 0 <= truth.error < 1e-9


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_the_text_form_reads_back(data):
    entry = REGISTRY[data.draw(st.sampled_from(NAMES))]
    chosen = {}
    for p in entry.parameters():
        if p.choices is not None:
            # one column cannot be wound up
            chosen[p.name] = data.draw(st.sampled_from([choice for choice in p.choices if choice != "spiral"]))
        elif p.type is bool:
            chosen[p.name] = data.draw(st.booleans())
        elif p.type is int:
            steps = 2 if p.name == "columns" else 1
            chosen[p.name] = p.low + steps * data.draw(st.integers(0, int(min(p.high, 60) - p.low) // steps))
        else:
            chosen[p.name] = data.draw(st.floats(p.low, p.high))
    spec = entry(**chosen)
    assert generator(spec.text()) == spec


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("sign-sun", "did you mean 'sign-sum'"),
        ("sign-sum?d=0", "d is 0; allowed: whole numbers 1 to 200"),
        ("sign-sum?q=1", "no parameter 'q'"),
        ("sign-sum?d", "name=value"),
        ("sign-sum?" + "d=1&" * 200, "at most 500 characters"),
        ("latent?n=200000&t=200", "numbers in all"),
        ("gaussian?columns=3", "even numbers"),
    ],
)
def test_a_text_that_cannot_be_read_is_told_in_a_sentence(text, told):
    with pytest.raises(BadSpec, match=told.replace("?", r"\?")):
        generator(text)


def test_make_reads_a_text_form_and_refuses_unknown_values():
    made = mm.make("sign-sum?d=5&seed=4", n=30)
    assert (made.spec.d, made.spec.seed, made.spec.n) == (5, 4, 30)
    with pytest.raises(BadSpec, match="no parameter 'angle'"):
        mm.make("sign-sum", angle=3)


# ---- Gaussian systems


@pytest.mark.parametrize("corner", CORNERS)
def test_rows_of_a_gaussian_system_have_its_covariance(corner):
    spec = generator(f"gaussian?corner={corner}&n=40000&columns=4")
    rows = np.concatenate(spec.sample(), axis=1)
    cov, found = spec.covariance(), np.cov(rows.T)
    spread = np.sqrt(np.outer(np.diagonal(cov), np.diagonal(cov)) + cov**2) / math.sqrt(40_000)
    assert (np.abs(found - cov) < 5 * spread).all()


@pytest.mark.parametrize(("columns", "copies", "dy"), [(2, 3, 2), (6, 1, 2), (4, 2, 1)])
def test_truth_of_a_gaussian_system_is_that_of_its_whole_covariance(columns, copies, dy):
    made = generator(f"gaussian?columns={columns}&copies={copies}&dy={dy}&strength=0.8")
    one, k = made.covariance(), columns
    parts = [range(k), range(k, 2 * k), range(2 * k, 2 * k + dy)]
    order = [(c, i) for part in parts for c in range(copies) for i in part]
    whole = np.array([[one[i, j] if c == e else 0.0 for e, j in order] for c, i in order])
    exact = mm.gaussian_pid(whole, k * copies, k * copies, dy * copies)
    assert made.truth().atoms == pytest.approx(tuple(exact.atoms), abs=1e-10)


UNBEND = {
    # each map undone by another formula than the one that made it
    "cubic": lambda y, b: np.array([[np.roots([b, 0, 1, -v]) for v in row] for row in y]),
    "sinh": lambda y, b: np.log(b * y + np.sqrt((b * y) ** 2 + 1)) / b,
    "exp": lambda y, b: np.log(1 + b * y) / b,
}


@pytest.mark.parametrize("warp", ["cubic", "sinh", "exp", "wave"])
def test_a_warp_is_undone_variable_by_variable(warp):
    bent = mm.make("warped", n=40, warp=warp, bend=0.5, seed=2)
    plain = mm.make("warped", n=40, warp=warp, bend=0.0, seed=2)
    for got, wanted in zip(bent, plain, strict=True):
        if warp == "wave":
            back = got.copy()
            for k in range(1, back.shape[1]):
                back[:, k] -= np.cos(2 * back[:, k - 1])
        else:
            back = UNBEND[warp](got, 0.5)
        if warp == "cubic":  # the one real root
            back = np.take_along_axis(back, np.abs(back.imag).argmin(-1)[..., None], -1)[..., 0].real
        assert np.allclose(back, wanted, atol=1e-8)
        assert not np.allclose(got, wanted, atol=0.1)


def test_an_unbent_system_is_the_gaussian_one_turned():
    turned, plain = mm.make("warped", n=500, bend=0.0), mm.make("warped", n=500, bend=0.0, turn=False)
    for a, b in zip(turned, plain, strict=True):
        assert np.allclose((a**2).sum(axis=1), (b**2).sum(axis=1))
    assert turned.truth.atoms == mm.make("gaussian").truth.atoms


# ---- labels


@pytest.mark.parametrize("flip", [0.0, 0.1, 0.31])
def test_sign_of_a_sum_against_quadrature(flip):
    def integrand(z):
        return h(flip + (1 - 2 * flip) * stats.norm.cdf(z)) * stats.norm.pdf(z)

    left = 1 - integrate.quad(integrand, -10, 10, epsabs=1e-12)[0]
    both = 1 - float(h(flip)) if flip else 1.0
    assert values("sign-sum", flip=flip) == pytest.approx((left, 0, 0, both - left), abs=1e-9)


def test_sign_of_a_sum_against_the_published_closed_form_and_a_fine_table():
    assert values("sign-sum") == pytest.approx((0.2787, 0, 0, 0.7213), abs=5e-5)
    assert values("sign-sum", d=40) == pytest.approx(values("sign-sum"))
    made = mm.make("sign-sum", n=200_000, seed=1)
    cells = [np.searchsorted(stats.norm.ppf(np.arange(1, 16) / 16), part[:, 0]) for part in (made.x1, made.x2)]
    table = np.zeros((16, 16, 2))
    np.add.at(table, (*cells, made.y), 1.0)
    r = mm.pid(table / table.sum())
    assert tuple(r.atoms) == pytest.approx((0.2787, 0, 0, 0.7213), abs=0.1)  # binning hides part of the synergy
    assert r.redundancy == pytest.approx(0.2787, abs=0.01)


def test_sign_of_a_product_hides_from_every_pair():
    made = mm.make("sign-product", n=50_000, flip=0.2)
    x1, x2, y = (part[:, 0] for part in made)
    for a, b in ((x1, x2), (x1, y), (x2, y)):
        assert abs(stats.spearmanr(a, b)[0]) < 0.02
        assert abs(stats.spearmanr(np.abs(a), np.abs(b))[0]) < 0.02
    assert stats.kstest(y, "norm").pvalue > 0.001
    assert np.mean(np.sign(y) == np.sign(x1 * x2)) == pytest.approx(0.8, abs=0.01)
    assert values("sign-product", flip=0.2) == pytest.approx((0, 0, 0, 1 - float(h(0.2))))


@pytest.mark.parametrize("angle", [0, 15, 30, 45, 75, 90])
def test_two_clouds_against_the_certified_table_of_many_bins(angle):
    exact = tuple(mm.pid(mm.gate("gaussians", angle=angle, bins=64)).atoms)
    assert values("mixture", angle=angle) == pytest.approx(exact, abs=0.004)


def test_two_clouds_with_correlated_noise_against_integration():
    rho, a1, a2 = -0.6, 2 * math.cos(math.radians(30)), 2 * math.sin(math.radians(30))
    noise = stats.multivariate_normal([0, 0], [[1, rho], [rho, 1]])
    x = np.linspace(-9, 9, 361)
    grid = np.stack(np.meshgrid(x, x, indexing="ij"), -1)
    up, down = (noise.pdf(grid - s * np.array([a1, a2])) for s in (1, -1))
    both = 1 - float((0.5 * (up + down) * h(up / (up + down + 1e-300))).sum() * (x[1] - x[0]) ** 2)
    assert mm.make("mixture", correlation=rho).truth.i12 == pytest.approx(both, abs=1e-6)
    made = mm.make("mixture", n=50_000, correlation=rho)
    within = np.corrcoef(made.x1[made.y == 1, 0], made.x2[made.y == 1, 0])[0, 1]
    assert within == pytest.approx(rho, abs=0.02)


@pytest.mark.parametrize(("gate", "atoms"), [("xor", (0, 0, 0, 1)), ("and", (0.311278, 0, 0, 0.5))])
def test_a_gate_hidden_in_little_noise_is_the_gate(gate, atoms):
    assert values("hidden-gate", gate=gate, d=30) == pytest.approx(atoms, abs=1e-6)
    noisy = tuple(mm.pid(mm.gate(gate, noise=0.1)).atoms)
    assert values("hidden-gate", gate=gate, flip=0.1) == pytest.approx(noisy, abs=1e-6)


@pytest.mark.parametrize("gate", ["xor", "and"])
def test_a_gate_hidden_in_much_noise_against_a_fine_table(gate):
    cuts = np.array([-np.inf, *np.linspace(-2.6, 2.6, 47), np.inf])
    mass = np.stack([np.diff(stats.norm.cdf(cuts, loc=b, scale=0.7)) for b in (-1, 1)])  # (2, bins)
    table = np.zeros((48, 48, 2))
    for a in (0, 1):
        for b in (0, 1):
            table[:, :, (a ^ b) if gate == "xor" else (a & b)] += np.outer(mass[a], mass[b]) / 4
    binned = tuple(mm.pid(table, tolerance=1e-5).atoms)
    assert values("hidden-gate", gate=gate, noise=0.7) == pytest.approx(binned, abs=0.003)


def test_hidden_bits_can_be_found_again():
    made = mm.make("hidden-gate", n=4000, d=12, noise=0.05, seed=2)
    bits = []
    for part in (made.x1, made.x2):
        # the one direction whose fourth moment is that of a sign: kurtosis 1 where a normal direction has 3
        best = min(np.random.default_rng(0).standard_normal((40, 12)), key=lambda w: _kurtosis(part, w))
        for _ in range(60):  # fixed-point iteration for the direction of least kurtosis
            w = best / np.linalg.norm(best)
            best = 3 * w - (part * ((part @ w) ** 3)[:, None]).mean(axis=0)
        bits.append(part @ (best / np.linalg.norm(best)) > 0)
    agree = np.mean((bits[0] ^ bits[1]) == made.y)
    assert max(agree, 1 - agree) > 0.999


def _kurtosis(part, w):
    along = part @ (w / np.linalg.norm(w))
    return float((along**4).mean() / (along**2).mean() ** 2)


# ---- latents


@pytest.mark.parametrize("setting", SETTINGS)
def test_latents_give_equal_classes_and_a_shared_block(setting):
    made = mm.make("latent", n=600, setting=setting, classes=3, d=10, t=12)
    assert np.bincount(made.y).tolist() == [200, 200, 200]
    assert np.array_equal(made.x1[:, 12:], made.x2[:, 12:])
    assert not np.array_equal(made.x1[:, :12], made.x2[:, :12])


def test_a_unique_setting_leaves_the_other_modality_blind():
    made = mm.make("latent", n=20_000, setting="uniqueness0", d=10, t=12)
    seen = [np.abs([np.corrcoef(col, made.y)[0, 1] for col in part.T]) for part in (made.x1[:, :12], made.x2)]
    assert seen[0].max() > 0.3
    assert seen[1].max() < 0.03
    truth = made.truth
    assert (truth.redundancy, truth.unique2, truth.synergy, truth.unique1) == (0, 0, 0, None)


def test_the_published_table_is_given_in_bits():
    published = mm.make("latent", n=20, setting="mix6").truth.published
    assert published == pytest.approx(np.array([0.10, 0, 0.04, 0.05]) / math.log(2))


@pytest.mark.parametrize("setting", ["redundancy", "synergy", "mix2", "mix6"])
def test_the_published_table_is_met_by_the_published_pipeline(setting):
    # rows to length 1, PCA to 2, k-means to 20, exact PID of 1,800 rows; R, U1, U2, S in nats from the paper's table
    published = {
        "redundancy": (0.16, 0, 0, 0.05),
        "synergy": (0.07, 0, 0.01, 0.14),
        "mix2": (0.04, 0.06, 0, 0.07),
        "mix6": (0.10, 0, 0.04, 0.05),
    }[setting]
    made = mm.make("latent", n=2400, setting=setting, seed=1)
    chosen = np.random.default_rng(0).permutation(2400)[:1800]
    codes = []
    for x in (made.x1, made.x2):
        rows = x / np.linalg.norm(x, axis=1, keepdims=True)
        rows = rows - rows.mean(axis=0)
        directions = np.linalg.svd(rows.T @ rows)[0][:, :2]
        codes.append(kmeans2(rows @ directions, 20, minit="++", rng=3)[1][chosen])
    found = mm.pid_from_samples(*codes, made.y[chosen]).to("nat")
    assert tuple(found.atoms) == pytest.approx(published, abs=0.03)


# ---- pairs of views


@pytest.mark.parametrize("values", [{"d": 1}, {"d": 12, "pairs": 3}, {"d": 25, "structure": "dense"}])
def test_information_of_gaussian_views_from_the_determinants_of_many_rows(values):
    made = mm.make("gaussian-pair", n=100_000, bits=1.5, **values)
    both = np.corrcoef(np.concatenate([made.x1, made.y], axis=1).T)
    d = values["d"]
    parts = [np.linalg.slogdet(m)[1] for m in (both[:d, :d], both[d:, d:], both)]
    found = 0.5 * (parts[0] + parts[1] - parts[2]) / math.log(2)
    assert found == pytest.approx(made.truth.i1, abs=0.02)


def test_a_dense_pair_of_25_columns_is_the_benchmark_s():
    # all correlations 1/2 in 25 + 25 dimensions are 1.292 nats
    made = mm.make("gaussian-pair", n=100_000, d=25, structure="dense", bits=1.292 / math.log(2))
    correlations = np.corrcoef(np.concatenate([made.x1, made.y], axis=1).T)[np.triu_indices(50, 1)]
    assert np.abs(correlations - 0.5).max() < 0.02


def test_heavy_tails_against_the_benchmark_and_monte_carlo():
    assert mm.make("student-pair", n=20).truth.i1 * math.log(2) == pytest.approx(0.2242, abs=5e-5)
    made = mm.make("student-pair", n=100_000, dof=3, correlation=0.6, d=2)
    eye, cross = np.eye(2), 0.6 * np.eye(2)
    law = stats.multivariate_t(np.zeros(4), np.block([[eye, cross], [cross, eye]]), df=3)
    one = stats.multivariate_t(np.zeros(2), eye, df=3)
    terms = law.logpdf(np.concatenate([made.x1, made.y], axis=1)) - one.logpdf(made.x1) - one.logpdf(made.y)
    error = terms.std() / math.sqrt(len(terms))
    assert terms.mean() / math.log(2) == pytest.approx(made.truth.i1, abs=4 * error / math.log(2))


def test_a_swiss_roll_unrolls():
    made = mm.make("swiss-roll", n=20_000, turns=2.0, bits=1.0)
    t = np.linalg.norm(made.x1, axis=1) * math.pi * 5
    assert np.allclose(made.x1, np.stack([t * np.cos(t), t * np.sin(t)], 1) / (math.pi * 5))
    u, v = (t / math.pi - 1) / 4, made.y[:, 0]
    assert stats.kstest(u, "uniform").pvalue > 0.001
    rho = np.corrcoef(stats.norm.ppf(u), stats.norm.ppf(v))[0, 1]
    assert -0.5 * math.log2(1 - rho**2) == pytest.approx(1.0, abs=0.03)


def test_a_spiral_unwinds():
    wound = mm.make("spiral", n=20_000, speed=1.3, bits=1.0, d=3)
    straight = mm.make("spiral", n=20_000, speed=0.0, bits=1.0, d=3)
    assert np.allclose(np.linalg.norm(wound.x1, axis=1), np.linalg.norm(straight.x1, axis=1))
    turn = np.exp(-1.3j * (wound.x1**2).sum(axis=1))
    back = (wound.x1[:, 0] + 1j * wound.x1[:, 1]) * turn
    assert np.allclose(np.stack([back.real, back.imag], 1), straight.x1[:, :2])
    assert (
        abs(np.corrcoef(wound.x1[:, 0], wound.y[:, 0])[0, 1])
        < 0.5 * np.corrcoef(straight.x1[:, 0], wound.y[:, 0])[0, 1]
    )


def test_the_first_name_of_the_list_still_works_and_warns_nobody():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert mm.datasets() == mm.generators()
    assert "sign-sum" in mm.generators()
