"""Estimators of decompositions: what they promise alike, and what is known of the quick ones."""

from __future__ import annotations

import numpy as np
import pytest

import mmexplore as mm
from mmexplore.errors import BadData, BadSpec, Unsupported
from mmexplore.estimators.normal_scores import NormalScores, normal_scores
from mmexplore.estimators.pids import REGISTRY, TARGETS
from mmexplore.estimators.pids.rows import read_rows
from mmexplore.types import ATOMS

QUICK = tuple(name for name, entry in REGISTRY.items() if not entry.trains)
N = 400


def rows(seed: int = 0, n: int = N) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(n, 2))
    x1, x2 = z + rng.normal(size=(n, 2)), z[:, :1] + rng.normal(size=(n, 1))
    return x1, x2, {"vector": z, "scalar": z[:, 0], "label": (z[:, 0] > 0).astype(int)}


def test_everything_asked_for_is_there():
    asked = {"gaussian", "copula", "thin", "flow", "batch", "binned", "hybrid", "predictive"}
    assert asked <= set(mm.pid_estimators())


@pytest.mark.parametrize("name", mm.pid_estimators())
def test_a_target_that_cannot_be_taken_is_refused_with_an_alternative(name):
    entry = REGISTRY[name]
    x1, x2, y = rows(n=40)
    for target in set(TARGETS) - set(entry.targets):
        with pytest.raises(Unsupported) as refusal:
            mm.estimate_pid(x1, x2, y[target], name)
        others = [other for other, e in REGISTRY.items() if target in e.targets and f'"{other}"' in str(refusal.value)]
        assert others, refusal.value


@pytest.mark.parametrize("name", mm.pid_estimators())
def test_bad_rows_are_told_in_a_sentence(name):
    entry = REGISTRY[name]
    x1, x2, ys = rows(n=200)
    y = ys[entry.targets[0]]
    hole = x1.copy()
    hole[3, 1] = np.nan
    if not entry.any_columns:
        with pytest.raises(BadData, match=r"missing|x1"):
            mm.estimate_pid(hole, x2, y, name)
    with pytest.raises(BadData, match="same rows"):
        mm.estimate_pid(x1[:-1], x2, y, name)
    with pytest.raises(BadSpec, match="wrong"):
        mm.estimate_pid(x1, x2, y, name, wrong=1)
    if name != "binned" and not entry.any_columns:  # there a constant column is a state without information
        with pytest.raises(BadData, match=r"x2\[1\] is constant"):
            mm.estimate_pid(x1, np.ones(200), y, name)
        wide = np.random.default_rng(0).normal(size=(200, 300))
        with pytest.raises(BadData, match="rows for"):
            mm.estimate_pid(wide, x2, y, name)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if REGISTRY[name].slow else pytest.mark.rounding) for name in QUICK]
)
def test_atoms_add_up_and_modalities_may_change_places(name):
    x1, x2, ys = rows(n=150 if REGISTRY[name].slow else N)
    kept = {p.name: 0 for p in REGISTRY[name].settings.parameters() if p.name in ("bootstraps", "draws")}
    here = mm.estimate_pid(x1, x2, ys["vector"], name, **kept)
    there = mm.estimate_pid(x2, x1, ys["vector"], name, **kept)
    v = here.value
    assert v.redundancy + v.unique1 == pytest.approx(v.i1, abs=1e-12)
    assert v.redundancy + v.unique2 == pytest.approx(v.i2, abs=1e-12)
    assert sum(v.atoms) == pytest.approx(v.i12, abs=1e-12)
    tolerance = 1e-3 if name == "thin" else 0.03  # folds are other rows after the swap of columns in none of them
    assert here.unique1 == pytest.approx(there.unique2, abs=tolerance)
    assert here.redundancy == pytest.approx(there.redundancy, abs=tolerance)
    assert here.to_dict()["converged"] is here.converged


@pytest.mark.rounding
@pytest.mark.parametrize("name", ["gaussian", "copula"])
def test_gaussian_rows_give_their_closed_form(name):
    made = mm.make("gaussian", n=3000, corner="unique")
    found = mm.estimate_pid(*made, estimator=name, bootstraps=60)
    for atom in ATOMS:
        assert getattr(found, atom) == pytest.approx(getattr(made.truth, atom), abs=0.06)
    assert found.converged
    assert found.intervals["i12"].low < made.truth.i12 < found.intervals["i12"].high


@pytest.mark.rounding
def test_the_copula_does_not_mind_monotone_maps_of_columns():
    x1, x2, ys = rows()
    y = ys["vector"]
    plain = mm.estimate_pid(x1, x2, y, "copula", bootstraps=0)
    bent = mm.estimate_pid(np.exp(x1), x2**3, np.sinh(y), "copula", bootstraps=0)
    gauss = mm.estimate_pid(np.exp(x1), x2**3, np.sinh(y), "gaussian", bootstraps=0)
    assert bent.value.atoms == pytest.approx(plain.value.atoms, abs=1e-12)
    assert abs(gauss.value.i12 - plain.value.i12) > 0.1


@pytest.mark.rounding
def test_thin_pid_walks_to_the_closed_form_and_says_where_it_has_not_arrived():
    x1, x2, ys = rows()
    exact = mm.gaussian_pid(np.cov(np.column_stack([x1, x2, ys["vector"]]).T), 2, 1, 2)
    arrived = mm.estimate_pid(x1, x2, ys["vector"], "thin", steps=3000)
    assert arrived.converged
    assert arrived.redundancy == pytest.approx(exact.redundancy, abs=1e-4)
    assert arrived.curve["union"][-1] == pytest.approx(exact.union, abs=1e-4)
    early = mm.estimate_pid(x1, x2, ys["vector"], "thin", steps=3)
    assert not early.converged
    assert not next(c for c in early.checks if c.name == "converged").passed


@pytest.mark.rounding
def test_binned_decomposes_a_gate_of_two_columns():
    a, b = np.tile([0.0, 0, 1, 1], 200), np.tile([0.0, 1, 0, 1], 200)
    label = np.where(a != b, "odd", "even")
    found = mm.estimate_pid(a, b, label, "binned", bins=2, bootstraps=0, correction="plugin")
    assert found.target == "label"
    assert found.synergy == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize(
    ("y", "kind"),
    [
        (np.array(["a", "b"] * 10), "label"),
        (np.array([True, False] * 10), "label"),
        (np.array([0, 1] * 10), "label"),
        (np.array([0.0, 1.0] * 10), "label"),
        (np.arange(20), "scalar"),
        (np.linspace(0, 1, 20), "scalar"),
        (np.zeros((20, 3)), "vector"),
        (np.array(["a", "b"] * 10, dtype=object), "label"),
        (np.linspace(0, 1, 20).astype(object), "scalar"),
    ],
)
def test_what_kind_of_target_values_are(y, kind):
    x = np.arange(20.0)
    assert read_rows(x, x, y).target == kind


def test_the_reader_may_say_what_the_target_is():
    x = np.arange(20.0)
    counts = np.array([0, 1] * 10)
    assert read_rows(x, x, counts, "scalar").target == "scalar"
    assert read_rows(x, x, np.arange(20) // 5 * 1.5, "label").classes == ("0.0", "1.5", "3.0", "4.5")
    with pytest.raises(BadSpec, match="target is 'labels'"):
        read_rows(x, x, counts, "labels")
    with pytest.raises(BadData, match="one class"):
        read_rows(x, x, np.zeros(20), "label")
    with pytest.raises(BadData, match="without a label"):
        read_rows(x, x, np.array(["a", None] * 10, dtype=object), "label")


@pytest.mark.rounding
def test_normal_scores_are_standard_normal_and_monotone():
    x = np.random.default_rng(0).exponential(size=(999, 1))
    z = normal_scores(x)
    assert z.mean() == pytest.approx(0, abs=1e-12)
    assert z.std() == pytest.approx(1, abs=0.01)
    assert np.array_equal(np.argsort(z[:, 0]), np.argsort(x[:, 0]))
    other = np.linspace(-1, 20, 200)[:, None]
    mapped = NormalScores.fit(x).apply(other)
    assert (np.diff(mapped[:, 0]) >= 0).all()
    assert np.abs(mapped).max() < np.abs(z).max() + 0.6
    assert normal_scores(np.array([[1.0], [1], [2], [2]]))[0, 0] == pytest.approx(-0.6744897501960817)  # Phi^-1(1/4)
