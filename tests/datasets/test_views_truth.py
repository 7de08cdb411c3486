"""Two-view data with known factors: what they say of themselves holds for the rows they draw."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from mmexplore.datasets.views import two_views
from mmexplore.datasets.views.bits import Bits
from mmexplore.datasets.views.tables import of_arrays, truth_of_arrays
from mmexplore.datasets.views.trifeature import KINDS, Trifeature, render
from mmexplore.errors import BadData, BadSpec


def atoms(text):
    return [float(a) for a in two_views(text).truth().pid.atoms]


def binary_entropy(p):
    return 0.0 if p <= 0 or p >= 1 else -p * np.log2(p) - (1 - p) * np.log2(1 - p)


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("factors?unique1=0&unique2=0", (1, 0, 0, 0)),
        ("factors?shared=0&unique2=0", (0, 1, 0, 0)),
        ("factors?shared=0&unique1=0", (0, 0, 1, 0)),
        ("factors?shared=0&unique1=0&unique2=0&synergy=1", (0, 0, 0, 1)),
        ("bits?label=shared", (1, 0, 0, 0)),
        ("bits?label=unique2", (0, 0, 1, 0)),
        ("bits", (0, 0, 0, 1)),
        ("trifeature?label=shape", (np.log2(10), 0, 0, 0)),
        ("trifeature?label=texture1", (0, np.log2(10), 0, 0)),
        ("trifeature", (0, 0, 0, 1)),
        ("trifeature?mapping=one", (0, 0, 0, 1)),
    ],
)
def test_corners_are_exact(text, want):
    truth = two_views(text).truth()
    assert truth.exact
    assert np.allclose(atoms(text), want, atol=1e-7)


def test_a_label_of_shared_and_one_unique_part():
    # view 1 knows the label; view 2 knows s: I2 = 1 - E h(Phi(s sqrt(a / b))), a : b = 10 : 6, and R = I2
    i2 = 1 - quad(lambda s: binary_entropy(norm.cdf(s * np.sqrt(10 / 6))) * norm.pdf(s), -9, 9)[0]
    r, u1, u2, s = atoms("factors?unique2=0")
    assert r == pytest.approx(i2, abs=3e-3)
    assert (u1, u2, s) == (pytest.approx(1 - i2, abs=3e-3), pytest.approx(0, abs=2e-3), pytest.approx(0, abs=2e-3))


def test_two_equal_private_parts_are_no_unique_information():
    # y = 1[u1 + u2 >= 0]: both channels are alike, so BROJA finds I1 = I2 = R = 1 - E h(Phi(u)) = .27865 bit
    r, u1, u2, s = atoms("factors?shared=0")
    assert r == pytest.approx(0.27865, abs=2e-3)
    assert abs(u1) < 3e-3
    assert abs(u2) < 3e-3
    assert s == pytest.approx(1 - 0.27865, abs=2e-3)


def test_the_notebooks_label_is_the_sign_of_the_mean_of_all_latents():
    sample = two_views("factors?rows=2000").draw(5)
    mean = np.concatenate([sample.factor(k) for k in ("ws", "w1", "w2")], axis=1).mean(axis=1)
    assert np.array_equal(sample.y, (mean >= 0).astype(int))


def test_the_views_hold_their_latents_and_no_others():
    sample = two_views("factors?rows=1000").draw(2)
    x1 = sample.x1.astype(np.float64)
    for name, known in (("ws", True), ("w1", True), ("w2", False)):
        w = sample.factor(name)
        left = w - x1 @ np.linalg.lstsq(x1, w, rcond=1e-6)[0]
        share = left.var() / w.var()
        assert share < 1e-5 if known else share > 0.9


def test_draws_repeat_and_differ():
    for name in ("factors?rows=500&columns=20", "bits?rows=1000", "trifeature?rows=500", "real?table=wine"):
        views = two_views(name)
        one, again, other = views.draw(1), views.draw(1), views.draw(2)
        assert np.array_equal(one.x1, again.x1)
        assert np.array_equal(one.y, again.y)
        assert not np.array_equal(one.x1, other.x1)
        assert set(one.labels) == set(views.label_names)
        assert {f.name for f in one.factors if not f.classes} == set(views.factor_names)


def test_an_augmented_pair_of_bits_shares_exactly_four_bits():
    views = Bits(nuisance=0.0)
    bits = np.array(np.meshgrid(*[[-1, 1]] * 5)).reshape(5, -1).T.astype(np.float32)  # every combination
    members = [views.augment(np.repeat(bits, 50, axis=0), 3, np.random.default_rng(seed)) for seed in (0, 1)]
    states = []
    for x1, x2 in members:
        both = np.concatenate([x1, x2], axis=1).round(4)
        states.append(np.unique(both, axis=0, return_inverse=True)[1])
    counts = np.zeros((32, 32))
    np.add.at(counts, (states[0], states[1]), 1)
    p = counts / counts.sum()
    outer = p.sum(1, keepdims=True) * p.sum(0, keepdims=True)
    information = np.sum(p[p > 0] * np.log2(p[p > 0] / outer[p > 0]))
    # each of 16 classes of states that flip into each other is a block; blocks are filled evenly up to sampling
    assert information == pytest.approx(4.0, abs=0.03)


def test_without_nuisance_and_flip_a_member_is_the_row():
    views = Bits(nuisance=0.0, flip=False, rows=1000)
    sample = views.draw(4)
    x1, x2 = views.augment(sample.latents["bits"], 4, np.random.default_rng(0))
    assert np.allclose(x1, sample.x1)
    assert np.allclose(x2, sample.x2)


def test_the_synergy_of_the_pictures_is_in_neither():
    labels = Trifeature().states(20_000, np.random.default_rng(1))
    n = len(labels["match"])
    for name in ("texture1", "colour2"):
        rates = [labels["match"][labels[name] == k].mean() for k in range(KINDS)]
        assert np.allclose(rates, 0.5, atol=4 * 0.5 / np.sqrt(n / KINDS))
    table = np.zeros((KINDS, KINDS, 2))
    np.add.at(table, (labels["texture1"], labels["colour2"], labels["match"]), 1)
    assert (np.minimum(table[..., 0], table[..., 1]) == 0).all()  # together they tell it without fail


def test_pictures_show_their_colour_and_are_told_apart():
    rng = np.random.default_rng(0)
    kinds = np.arange(KINDS)
    pictures = render(kinds, np.zeros(KINDS, dtype=int), np.zeros(KINDS, dtype=int), 0.0, rng)
    assert pictures.shape == (KINDS, 3, 32, 32)
    assert np.abs(pictures).max() <= 1.0
    red = pictures.mean(axis=(2, 3))
    assert (red[:, 0] > red[:, 1]).all()  # colour 0 is red
    assert len(np.unique((pictures[:, 0] > 0).reshape(KINDS, -1), axis=0)) == KINDS


def test_text_is_read_back():
    assert two_views("factors?shared=3.0&rows=1000").text() == "factors?shared=3.0&rows=1000"


@pytest.mark.parametrize(
    "text", ["factor", "factors?shraed=1", "factors?rows=3", "bits?label=both", "factors?shared=0&unique1=0&unique2=0"]
)
def test_bad_text_is_told(text):
    with pytest.raises(BadSpec):
        two_views(text)


def test_own_rows_are_checked_and_decomposed():
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 2, size=(2, 4000))
    arrays = {"x1": a[:, None] * 2.0, "x2": b[:, None] + 5.0, "y": np.array(["no", "yes"])[a ^ b]}
    sample = of_arrays(arrays, 1)
    assert sample.x1.mean() == pytest.approx(0.0, abs=1e-6)
    assert sample.x1.std() == pytest.approx(1.0, abs=1e-6)
    truth = truth_of_arrays(arrays, bins=2)
    assert not truth.exact
    assert float(truth.pid.synergy) == pytest.approx(1.0, abs=0.01)
    for change in ({"y": np.zeros(4000)}, {"x1": np.full((4000, 1), np.nan)}, {"x2": np.zeros((4000, 2))}):
        with pytest.raises(BadData):
            of_arrays(arrays | change, 1)
    with pytest.raises(BadData):
        of_arrays({k: v[:20] for k, v in arrays.items()}, 1)


@pytest.mark.parametrize(
    "text",
    [
        "factors?rows=40000",
        "factors?rows=40000&unique2=0",
        "factors?rows=40000&shared=0",
        "factors?rows=40000&label=network",
    ],
)
def test_what_the_views_share_allows_the_accuracy_that_is_said(text):
    view = two_views(text)
    drawn = view.draw(3)
    w = drawn.latents["ws"].sum(axis=1) >= 0  # the best guess of a sum's sign from the part that is known
    for label, accuracy in view.shared_accuracy().items():
        hits = (drawn.labels[label] == w).mean()
        assert hits == pytest.approx(accuracy, abs=5 * 0.5 / np.sqrt(40_000)), label


def test_the_ceiling_of_the_notebooks_label_is_the_published_closed_form():
    said = two_views("factors").shared_accuracy()["y"]
    assert said == pytest.approx(1 - np.arccos(np.sqrt(10 / 22)) / np.pi)
    assert round(said, 4) == 0.7355
    assert "y" not in two_views("factors?label=network").shared_accuracy()
    assert "y" not in two_views("factors?synergy=3").shared_accuracy()


@pytest.mark.parametrize(
    "text", ["bits", "bits?label=shared", "trifeature?rows=5000", "trifeature?rows=5000&label=shape"]
)
def test_states_that_are_not_shared_are_guessed(text):
    view = two_views(text)
    drawn = view.draw(1)
    for label, accuracy in view.shared_accuracy().items():
        codes = drawn.labels[label]
        shared = np.array_equal(codes, drawn.labels.get("shared", drawn.labels.get("shape")))
        best = 1.0 if shared else np.bincount(codes).max() / len(codes)
        assert accuracy == pytest.approx(best, abs=0.03), label
