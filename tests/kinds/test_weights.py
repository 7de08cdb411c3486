"""Weights: sampling weights recover the population, equal weights change nothing, counts are repeated rows."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import mmexplore as mm
from mmexplore.cli import main
from mmexplore.errors import BadData, BadSpec
from mmexplore.estimators.tables.drawn import Sampling, drawn
from mmexplore.estimators.tables.estimate import ALL, Settings, estimate
from mmexplore.labs.yourdata.answer import answer
from mmexplore.labs.yourdata.sampling import suggested_weights
from mmexplore.labs.yourdata.study import Study, prepare
from mmexplore.tabular import guess_roles, load

QUICK = Settings(bootstraps=80, permutations=0)
# a population with unique and synergistic parts, and chances of being drawn that depend on states and target
POPULATION = mm.gate("and", noise=0.1)
CHANCE = np.array([[[0.9, 0.2], [0.3, 0.8]], [[0.2, 0.6], [0.25, 0.9]]])


def survey(seed: int, n: int = 1500) -> tuple[np.ndarray, ...]:
    """Rows of the population, each kept with its own chance; weights are the inverse."""
    rng = np.random.default_rng(seed)
    cell = rng.choice(8, size=3 * n, p=POPULATION.ravel())
    cell = cell[rng.random(3 * n) < CHANCE.ravel()[cell]][:n]
    x1, x2, y = np.unravel_index(cell, (2, 2, 2))
    return x1, x2, y, 1 / CHANCE.ravel()[cell]


@pytest.fixture(scope="module")
def surveys():
    return [survey(seed) for seed in range(24)]


def test_weights_recover_the_population_and_rows_alone_do_not(surveys):
    truth = mm.pid(POPULATION)
    weighted = [estimate(*s[:3], QUICK.replace(seed=k), sampling=Sampling(weights=s[3])) for k, s in enumerate(surveys)]
    plain = [estimate(*s[:3], QUICK.replace(seed=k)) for k, s in enumerate(surveys)]
    wrong = 0
    for name in ("redundancy", "synergy", "i1", "i2", "i12"):
        t = float(getattr(truth, name))
        values = np.array([float(getattr(e.value, name)) for e in weighted])
        assert values.mean() == pytest.approx(t, abs=0.012)
        covered = sum(e.intervals[name].low <= t <= e.intervals[name].high for e in weighted)
        assert covered >= 19  # of 24: at a coverage of .88 fewer have a chance of 6 %
        wrong += sum(e.intervals[name].low <= t <= e.intervals[name].high for e in plain) < 12
    assert wrong >= 3


def test_the_effective_number_of_rows_is_kish_s(surveys):
    x1, x2, y, w = surveys[0]
    e = estimate(x1, x2, y, QUICK, sampling=Sampling(weights=w))
    assert e.weighted and e.effective == pytest.approx(w.sum() ** 2 / (w**2).sum())
    assert e.light.rows_per_cell == pytest.approx(e.effective / 8)
    assert any("sampling weights" in warning for warning in e.warnings) and "independent ones" in e.light.sentence
    assert e.to_dict()["effective_rows"] == pytest.approx(e.effective)
    assert e.plugin.i1 == pytest.approx(mm.pid(_table(x1, x2, y, w)).i1, abs=1e-9)


def _table(x1, x2, y, w):
    table = np.zeros((2, 2, 2))
    np.add.at(table, (x1, x2, y), w)
    return table / table.sum()


@pytest.mark.parametrize("weight", [1.0, 0.25, 7.0])
def test_equal_weights_change_nothing(surveys, weight):
    x1, x2, y, _ = surveys[1]
    settings = Settings(bootstraps=40, permutations=40)
    one, two = (
        estimate(x1, x2, y, settings),
        estimate(x1, x2, y, settings, sampling=Sampling(weights=np.full(len(y), weight))),
    )
    assert one.intervals == two.intervals and [n.p_values for n in one.nulls] == [n.p_values for n in two.nulls]
    assert one.effective == two.effective == len(y) and not two.weighted


def test_counts_are_repeated_rows(surveys):
    x1, x2, y, _ = (column[:120] for column in surveys[2])
    often = np.random.default_rng(0).integers(0, 5, 120)
    settings = Settings(bootstraps=40, permutations=40)
    counted = estimate(x1, x2, y, settings, sampling=Sampling(time=False, weights=often, weights_are="counts"))
    repeated = estimate(*(np.repeat(c, often) for c in (x1, x2, y)), settings, sampling=Sampling(time=False))
    assert counted.n == often.sum() and counted.intervals == repeated.intervals
    assert [n.p_values for n in counted.nulls] == [n.p_values for n in repeated.nulls]


def test_scaling_weights_changes_nothing_and_weight_0_is_no_row(surveys):
    x1, x2, y, w = surveys[3]
    one, two = (estimate(x1, x2, y, QUICK, sampling=Sampling(weights=k * w)) for k in (1, 1e6))
    for name in ALL:
        assert one.intervals[name] == pytest.approx(two.intervals[name], abs=1e-9)
    kept = np.arange(len(y)) % 3 > 0
    less = estimate(x1, x2, y, QUICK, sampling=Sampling(weights=w * kept))
    fewer = estimate(x1[kept], x2[kept], y[kept], QUICK, sampling=Sampling(weights=w[kept]))
    assert less.n == fewer.n == kept.sum() and less.intervals == fewer.intervals


def test_false_alarms_of_weighted_rows():
    alarms = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        x1, x2, y = rng.integers(0, 3, 600), rng.integers(0, 3, 600), rng.integers(0, 2, 600)
        w = np.exp(rng.normal(size=600))
        e = estimate(x1, x2, y, Settings(bootstraps=0, permutations=39, seed=seed), sampling=Sampling(weights=w))
        alarms += e.p_value("i12") <= 0.05
    assert alarms <= 6  # of 40; more have a chance of .3 % at 5 %


def test_weights_of_subjects_are_drawn_with_them(surveys):
    x1, x2, y, w = surveys[4]
    made = drawn(x1, x2, y, Sampling(groups=np.arange(len(y)) % 40, weights=w))
    table = made.bootstrap()(np.random.default_rng(0))
    assert table.sum() == pytest.approx(1) and made.table() == pytest.approx(_table(x1, x2, y, w))


@pytest.fixture(scope="module")
def file(surveys) -> bytes:
    x1, x2, y, w = surveys[5]
    frame = pd.DataFrame(
        {"drug": np.array(["no", "yes"])[x1], "diet": np.array(["a", "b"])[x2], "ill": y, "final_weight": w.round(4)}
    )
    return frame.to_csv(index=False).encode()


def test_a_weight_is_never_guessed_a_part_and_is_offered(file):
    data = load(file, "survey.csv")
    roles = guess_roles(data)
    assert "final_weight" not in (*roles.x1, *roles.x2, *roles.y) and roles.y == ("ill",)
    assert suggested_weights(data) == "final_weight"
    assert prepare(Study(source="file"), data).sampling.weights is None  # offered, not applied


@pytest.mark.parametrize(
    "name, values, expected",
    [
        ("wgt", [100.0, 2500.0, 70.0], True),
        ("pweight", [1.0, 2.0, 3.5], True),
        ("weight", [0.8, 1.0, 1.3], True),
        ("weight", [61.0, 72.5, 80.0], False),
        ("body_weight", [0.9, 1.1, 1.2], False),
        ("weight_kg", [0.9, 1.1, 1.2], False),
        ("height", [0.9, 1.1, 1.2], False),
        ("wgt", [-1.0, 2.0, 1.2], False),
    ],
)
def test_what_looks_like_weights(name, values, expected):
    text = f"{name},x,z,y\n" + "".join(f"{values[k % 3]},{k % 2},{k % 3},{'ab'[k % 2]}\n" for k in range(30))
    assert (suggested_weights(load(text.encode(), "f.csv")) == name) == expected


def test_every_verb_takes_weights_alike(file, surveys, tmp_path, capsys):
    path = tmp_path / "survey.csv"
    path.write_bytes(file)
    x1, x2, y, w = surveys[5]
    truth = mm.pid(_table(x1, x2, y, w.round(4)))
    parts = ["--x1", "drug", "--x2", "diet", "--y", "ill", "--weights", "final_weight", "--json"]
    assert main(["pid", str(path), *parts]) == 0
    plain = json.loads(capsys.readouterr().out)
    assert (
        main(["study", str(path), *parts, "--method", "categorical", "--bootstraps", "40", "--permutations", "0"]) == 0
    )
    study = json.loads(capsys.readouterr().out)
    assert (
        main(
            ["estimate", str(path), *parts, "--estimator", "binned", "--set", "correction=plugin", "method=categorical"]
        )
        == 0
    )
    estimated = json.loads(capsys.readouterr().out)
    spec = Study(
        source="file",
        y="ill",
        x1="drug",
        x2="diet",
        weights="final_weight",
        method="categorical",
        bootstraps=40,
        permutations=0,
    )
    page = answer(spec, load(file, "survey.csv")).found
    sampled = mm.estimate_from_samples(x1, x2, y, weights=w.round(4), bootstraps=40, permutations=0)
    for name in ("redundancy", "unique1", "unique2", "synergy"):
        t = float(getattr(truth, name))
        for found in (
            plain[name],
            study[name],
            estimated["value"][name],
            getattr(page.value, name),
            getattr(sampled.value, name),
        ):
            assert float(found) == pytest.approx(t, abs=1e-6)
    assert page.effective == pytest.approx(study["estimate"]["effective_rows"])


def test_weights_that_are_none_are_refused(file):
    rows = ([0, 1] * 20, [0, 1] * 20, [0, 1] * 20)
    for weights, what in (
        ([-1] * 40, "negative"),
        ([1.0] * 39, "shape"),
        (["a"] * 40, "no numbers"),
        ([0] * 40, "nothing but 0"),
    ):
        with pytest.raises(BadData, match=what):
            mm.estimate_from_samples(*rows, weights=weights)
    with pytest.raises(BadData, match="fractions"):
        mm.estimate_from_samples(*rows, weights=[0.5] * 40, weights_are="counts")
    with pytest.raises(BadSpec, match="sampling, counts"):
        mm.estimate_from_samples(*rows, weights=[1] * 40, weights_are="odds")
    with pytest.raises(BadData, match="only one of them"):
        prepare(Study(source="file", x1="drug", x2="diet", y="ill", weights="ill"), load(file, "survey.csv"))
