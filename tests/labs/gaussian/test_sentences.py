"""Sentences of the Gaussian page against readings that do not come from it: scipy's eigenvalues, regressions on drawn rows, log determinants."""

from __future__ import annotations

import re

import numpy as np
import pytest
from scipy.linalg import eigh
from sklearn.linear_model import LinearRegression

import mmexplore as mm
from mmexplore.datasets.gaussian_systems import CORNERS, TwoChannels, gaussian_system
from mmexplore.info.gaussian import ThinPath
from mmexplore.labs.gaussian.rows import _label_words
from mmexplore.labs.gaussian.scene import GaussianScene
from mmexplore.labs.gaussian.ui.path import sentences as path_sentences
from mmexplore.labs.gaussian.ui.spectrum import bars, sentences
from tests.labs.pages import healthy, open_lab, words

Array = np.ndarray


def random_covariance(seed: int, p: int) -> Array:
    root = np.random.default_rng(seed).normal(size=(p, 2 * p))
    return root @ root.T / p


def left_open(cov: Array, known: slice, dy: int) -> Array:
    """Cov(Y | rows `known`), by a Schur complement."""
    cross = cov[known, -dy:]
    return cov[-dy:, -dy:] - cross.T @ np.linalg.solve(cov[known, known], cross)


def spectrum_of(cov: Array, d1: int, d2: int, dy: int) -> tuple[Array, Array]:
    """Half log2 of scipy's generalised eigenvalues of (Cov(Y|X2), Cov(Y|X1)), and the eigenvectors."""
    values, vectors = eigh(left_open(cov, slice(d1, d1 + d2), dy), left_open(cov, slice(0, d1), dy))
    return 0.5 * np.log2(values), vectors


def informations(cov: Array, d1: int, d2: int, dy: int) -> tuple[float, float, float]:
    """I1, I2 and I12 in bits, by log determinants."""
    whole = np.linalg.slogdet(cov[-dy:, -dy:])[1]
    parts = (slice(0, d1), slice(d1, d1 + d2), slice(0, d1 + d2))
    return tuple((whole - np.linalg.slogdet(left_open(cov, part, dy))[1]) / (2 * np.log(2)) for part in parts)


SYSTEMS = [(1, 2, 2, 2), (2, 3, 2, 3), (3, 2, 4, 1), (4, 3, 3, 2)]


@pytest.mark.parametrize(("seed", "d1", "d2", "dy"), SYSTEMS)
def test_who_knows_a_direction_better_is_what_regressions_on_drawn_rows_say(seed, d1, d2, dy):
    cov = random_covariance(seed, d1 + d2 + dy)
    result = mm.gaussian_pid(cov, d1, d2, dy)
    told = sentences(GaussianScene(source="file", d1=d1, d2=d2), result, cov)
    values, vectors = spectrum_of(cov, d1, d2, dy)
    rows = np.random.default_rng(seed).multivariate_normal(np.zeros(len(cov)), cov, size=40_000)
    order = np.argsort(-np.abs(values))
    assert len(told) == min(dy, 4)
    for line, k in zip(told, order, strict=False):
        [(who, apart)] = re.findall(r"modality (\d) knows it better by ([\d.]+) bit", line)
        assert int(who) == (1 if values[k] > 0 else 2)
        assert float(apart) == pytest.approx(abs(values[k]), abs=6e-4)
        target = rows[:, -dy:] @ vectors[:, k]
        shares = [float(share) for share in re.findall(r"explains ([\d.]+)\s%", line)] + [
            float(share) for share in re.findall(r"modality 2 ([\d.]+)\s%\)", line)
        ]
        for share, part in zip(shares, (slice(0, d1), slice(d1, d1 + d2)), strict=True):
            fit = LinearRegression().fit(rows[:, part], target)
            assert share == pytest.approx(100 * fit.score(rows[:, part], target), abs=1.5)
    drawn = bars(result, cov).bars
    assert sum(bar.value for bar in drawn if bar.value > 0) == pytest.approx(values[values > 0].sum(), abs=1e-9)
    assert float(result.unique1) == pytest.approx(values[values > 0].sum(), abs=1e-9)
    assert float(result.unique2) == pytest.approx(-values[values < 0].sum(), abs=1e-9)


@pytest.mark.parametrize(
    ("angle2", "along2", "noise"), [(100.0, 3.0, 0.0), (60.0, 3.0, 0.0), (40.0, 2.0, 0.3), (120.0, 4.0, -0.5)]
)
def test_where_a_direction_lies_is_where_scipy_finds_it(angle2, along2, noise):
    scene = GaussianScene(angle1=10.0, angle2=angle2, along2=along2, noise=noise)
    cov = scene.covariance()
    values, vectors = spectrum_of(cov, 2, 2, 2)
    told = sentences(scene, scene.decompose(), cov)
    assert len(told) == 2
    for line in told:
        k = int(np.argmax(values) if ": modality 1 knows" in line else np.argmin(values))
        angle = np.degrees(np.arctan2(vectors[1, k], vectors[0, k])) % 180
        named = float(re.findall(r"irection (\d+)°", line)[0])
        assert abs((named - angle + 90) % 180 - 90) <= 0.51
        for turned, where in re.findall(r", (?:nearly )?(at right angles to )?where modality (\d) looks", line):
            own = (10.0, angle2)[int(where) - 1] + (90.0 if turned else 0.0)
            assert abs((angle - own + 90) % 180 - 90) < (5.0 if "nearly" in line else 0.05)
    if angle2 == 100.0:  # at right angles: each knows its own direction better
        assert [line.count("where modality") for line in told] == [1, 1]


MMI = [{"angle2": 60.0}, {"angle2": 25.0, "along2": 2.0, "noise": 0.4}, {"angle2": 130.0, "across1": 1.0, "unit": "nat"},
       {"angle2": 60.0, "target": "first"}, {"angle1": 30.0, "angle2": 75.0, "along2": 0.0, "across2": 0.0}]  # fmt: skip


@pytest.mark.parametrize("values", MMI, ids=str)
def test_what_mmi_misses_is_the_smaller_unique_part(values):
    scene = GaussianScene(**values)
    dy = 1 if scene.target == "first" else 2
    spectrum = spectrum_of(scene.covariance(), 2, 2, dy)[0]
    i1, i2, _ = informations(scene.covariance(), 2, 2, dy)
    missed = min(spectrum[spectrum > 1e-12].sum(), -spectrum[spectrum < -1e-12].sum())
    app = open_lab("gaussian", tab="mmi", **{k: str(v) for k, v in values.items()})
    assert healthy(app)
    if missed > 1e-9:
        shown = missed * (np.log(2) if scene.unit == "nat" else 1)
        whom = "both modalities know" if abs(i1 - i2) < 1e-9 else f"modality {1 if i1 < i2 else 2} knows"
        assert f"Here {whom} directions of the target better than the other does: {shown:.3f} {scene.unit} of" in words(
            app
        )
        assert any(f"MMI would overstate R by {shown:.3f} {scene.unit}" in m.value for m in app.markdown)
    else:
        assert "**agrees** with the exact answer" in words(app)
        assert ("For a scalar target it always does." in words(app)) == (dy == 1)


@pytest.mark.parametrize("apart", [0.0, 20.0, 40.0])
def test_opposite_noise_cancels_where_both_look_the_same_way_and_alike_noise_where_they_look_oppositely(apart):
    def both(turn: float, noise: float) -> float:
        return informations(gaussian_system(angle1=0.0, angle2=turn, noise=noise), 2, 2, 2)[2]

    assert both(apart, -0.9) > max(both(apart, 0.0), both(apart, 0.9))
    assert both(180.0 - apart, 0.9) > both(180.0 - apart, -0.9)
    assert "when both look the same way" in TwoChannels.parameter("noise").help


@pytest.mark.parametrize("corner", CORNERS)
def test_what_a_corner_says_is_in_its_covariance(corner):
    cov = gaussian_system(**CORNERS[corner].values)
    i1, i2, i12 = informations(cov, 2, 2, 2)
    spectrum = spectrum_of(cov, 2, 2, 2)[0]
    unique1, unique2 = spectrum[spectrum > 1e-12].sum(), -spectrum[spectrum < -1e-12].sum()
    synergy, redundancy = i12 - i1 - unique2, i1 - unique1
    if corner == "rotated":
        assert i1 == pytest.approx(i2) and min(unique1, unique2) > 0.5
    elif corner == "redundant":
        assert synergy < 0.02 < 1.6 < redundancy and max(unique1, unique2) < 1e-9
    elif corner == "unique":
        assert synergy == pytest.approx(0, abs=1e-9) and redundancy == pytest.approx(0, abs=1e-9)
    elif corner == "synergistic":
        assert i1 + i2 < 0.2 * i12
    elif corner == "tied":
        assert max(unique1, unique2) < 1e-9
    else:
        assert i2 == pytest.approx(0, abs=1e-12) and unique1 == pytest.approx(i12)


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (0, 2, 1)])
def test_other_numbers_for_the_same_classes_give_other_atoms(order):
    drawn = mm.real_samples("wine")
    codes = np.unique(drawn.y, return_inverse=True)[1]

    def told(numbers: tuple[int, ...]) -> Array:
        blocks = np.hstack([drawn.x1, drawn.x2, np.array(numbers)[codes][:, None]])
        cov = np.corrcoef(blocks.T)
        return np.array(informations(cov, drawn.x1.shape[1], drawn.x2.shape[1], 1))

    others = [told(other) for other in ((0, 1, 2), (1, 0, 2), (0, 2, 1)) if other != order]
    assert all(np.abs(told(order) - other).max() > 0.05 for other in others)
    assert "other numbers for the same classes give other atoms" in _label_words(3, "number")


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_a_label_as_columns_often_says_more_than_the_label_holds_and_not_always(classes):
    """Clouds around their class's corner, far apart; and a parity of signs, which no covariance shows."""
    rng = np.random.default_rng(classes)
    y = rng.integers(classes, size=20_000)
    columns = (y[:, None] == np.arange(classes - 1)).astype(float)
    x = 12.0 * np.eye(classes)[y] + rng.normal(size=(len(y), classes))
    cov = np.corrcoef(np.hstack([x, columns]).T)
    assert informations(cov, classes - 1, 1, classes - 1)[2] > 1.1 * np.log2(classes)
    z = rng.normal(size=(len(y), 2))
    parity = (z[:, :1] * z[:, 1:] > 0).astype(float)  # 1 bit
    assert informations(np.corrcoef(np.hstack([z, parity]).T), 1, 1, 1)[2] < 0.01
    assert "often over-states" in _label_words(classes + 1, "columns")
    assert f"at most {np.log2(classes + 1):.2f} bit" in _label_words(classes + 1, "columns")
    assert "can tell more than the label holds" in _label_words(2, "number")


@pytest.mark.parametrize(("rows", "columns"), [(30, 4), (60, 10), (100, 20)])
def test_informations_of_a_covariance_of_few_rows_come_out_too_large(rows, columns):
    rng = np.random.default_rng(rows)
    found = np.array(
        [informations(np.corrcoef(rng.normal(size=(rows, 2 * columns + 2)).T), columns, columns, 2) for _ in range(20)]
    )  # of variables that share nothing
    assert (found.min(axis=0) > 0).all() and found.mean(axis=0)[2] > 0.5


@pytest.mark.parametrize("seed", range(4))
def test_what_is_told_of_an_optimisers_path_is_in_the_path(seed):
    rng = np.random.default_rng(seed)
    stopped, last = bool(seed % 2), [0.0, 0.0, 0.25, -0.031][seed]
    union = 1.5 + np.append(rng.normal(scale=0.2, size=80 + seed), last)
    path = ThinPath(union, np.full(len(union), 0.5), 1.5, stopped)
    told = " ".join(path_sentences(path, 1.0, GaussianScene().decompose(), 0.1))
    assert ("It converged after" in told) == stopped and f"{80 + seed} steps" in told
    assert ("at the exact answer" in told) == (last == 0)
    if last:
        assert f"{'−' if last < 0 else ''}{abs(last):.4f} bit from the exact answer" in told
    assert f"up to {np.abs(union - 1.5).max():.3f} bit off" in told
    assert "edge where it becomes singular" not in told  # the largest singular value stays at one half
