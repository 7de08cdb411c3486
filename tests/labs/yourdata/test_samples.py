"""Samples in the planes of both modalities: directions as scikit-learn finds them, colours and selections as counted with pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

import mmexplore as mm
from mmexplore.labs.yourdata import samples
from mmexplore.labs.yourdata.headline import Headline, headline_of
from mmexplore.labs.yourdata.study import Study, dataset_of, prepare, roles_of
from mmexplore.plot.theme import Inks
from mmexplore.tabular import Dataset

NAMES = ("mean", "worst", "diagnosis")


@pytest.fixture(scope="module")
def asked() -> tuple[Headline, Dataset, Study]:
    study = Study(real="breast_cancer")
    dataset = dataset_of(study)
    roles = roles_of(study, dataset)
    frame = dataset.frame
    x1, x2 = (frame[list(columns)].to_numpy(dtype=float) for columns in (roles.x1, roles.x2))
    found = mm.estimate_pid(x1, x2, frame[roles.y[0]].astype(str).to_numpy(), estimator="predictive", seed=0)
    return headline_of(found, np.arange(len(frame))), dataset, study


def same_up_to_sign(a, b, **how):
    signs = np.sign((a * b).sum(axis=0))
    assert a == pytest.approx(b * signs, **how)


def test_principal_directions_are_those_of_scikit_learn():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(300, 5)) @ rng.normal(size=(5, 5)) + 7.0, columns=list("abcde"))
    x = samples.matrix(frame, list("abcde"))
    assert x.mean(axis=0) == pytest.approx(np.zeros(5), abs=1e-12) and x.std(axis=0) == pytest.approx(np.ones(5))
    fitted = PCA(2).fit(x)
    plane = samples.principal(x)
    same_up_to_sign(plane.places, fitted.transform(x), abs=1e-9)
    assert plane.names == tuple(
        f"component {k + 1} ({share:.0%})" for k, share in enumerate(fitted.explained_variance_ratio_)
    )


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_discriminant_directions_are_those_of_scikit_learn(classes):
    rng = np.random.default_rng(classes)
    codes = rng.integers(0, classes, 600)
    x = rng.normal(size=(600, 6)) + 2.0 * rng.normal(size=(classes, 6))[codes]
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    plane = samples.discriminant(x, codes)
    theirs = LinearDiscriminantAnalysis(solver="eigen").fit(x, codes).transform(x)
    k = min(2, classes - 1)
    for j in range(k):
        assert abs(np.corrcoef(plane.places[:, j], theirs[:, j])[0, 1]) > 0.999  # a small ridge is all that differs
    if k == 1:
        assert abs(np.corrcoef(*plane.places.T)[0, 1]) < 1e-9 and plane.names[1] == "component of the rest"


def test_categories_gaps_and_columns_without_spread_are_numbers_too():
    frame = pd.DataFrame(
        {"kind": pd.Categorical(["a", "b", None, "a"]), "gap": [1.0, np.nan, 3.0, np.inf], "same": [2.0] * 4}
    )
    x = samples.matrix(frame, ["kind", "gap", "same"])
    assert x.shape == (4, 4) and np.isfinite(x).all()
    assert x[1, 2] == 0.0 and x[3, 2] == 0.0  # what is missing lies at the mean
    assert (x[:, 3] == 0).all()


def test_a_selection_is_counted_as_pandas_counts_it(asked):
    headline, dataset, _ = asked
    rng = np.random.default_rng(1)
    for size in (40, 200, 5):
        rows = rng.choice(len(dataset), size, replace=False)
        read = samples.selected(headline, rows.tolist(), NAMES, 0.95)
        y = dataset.frame["diagnosis"].astype(str).to_numpy()
        one, two = (np.array(headline.classes)[p.argmax(axis=1)] == y for p in headline.posteriors)
        assert f"{size} of {len(dataset)} samples selected" in read.sentence
        assert f"both right {(one & two)[rows].sum()}" in read.sentence
        for name, share in pd.Series(y[rows]).value_counts(normalize=True).items():
            assert f"{name} {round(share * size)} ({share:.0%}; of all rows {(y == name).mean():.0%})" in read.sentence
        if size < samples.FEWEST:
            assert not read.read
            continue
        for atom, reading in read.read.items():
            values = np.asarray(headline.rows.quantities()[atom])[rows]
            assert reading.value == pytest.approx(values.mean())
            assert reading.se == pytest.approx(values.std(ddof=1) / np.sqrt(size), rel=0.05)
    assert samples.selected(headline, [], NAMES, 0.95) is None


def test_cells_of_the_table_of_states_are_those_of_a_cross_table(asked):
    _, dataset, study = asked
    made = prepare(study, dataset)
    rows = np.arange(0, len(dataset), 3)
    table = samples.cells_of(made, rows.tolist(), NAMES)
    states = pd.DataFrame(np.stack(made.codes, axis=1), columns=list("abc"), index=made.rows)
    counts = states[states.index.isin(rows)].value_counts()
    assert [row[3] for row in table.rows] == counts.to_list()[: len(table.rows)]
    everywhere = states.value_counts()
    labels = (made.table.x1_labels, made.table.x2_labels, made.table.y_labels)
    for row in table.rows:
        key = tuple(labels[j].index(row[j]) for j in range(3))
        assert row[4] == everywhere[key]


@pytest.mark.parametrize("colour", ["target", "right", "states", "mean radius"])
def test_every_sample_has_one_colour_and_stands_at_its_own_row(asked, colour):
    headline, dataset, study = asked
    roles = roles_of(study, dataset)
    made = prepare(study, dataset)
    of = {"column": colour} if colour not in samples.COLOURS else {"colour": colour}
    drawn = samples.samples_of(headline, dataset, (roles.x1, roles.x2), NAMES, made=made, **of)
    assert len(drawn.group) == len(dataset) and drawn.group.max() < len(drawn.groups)
    if colour == "mean radius":  # quarters of a number
        assert np.bincount(drawn.group) == pytest.approx(np.full(4, len(dataset) / 4), abs=8)
    if colour == "target":
        for k, name in enumerate(drawn.groups):
            assert (drawn.group == k).sum() == (dataset.frame["diagnosis"].astype(str) == name).sum()
    chosen = np.array([3, 400])
    figure = samples.scatter(drawn, NAMES, chosen)
    marked = set()
    for trace in figure.traces(Inks()):
        marked |= {trace["customdata"][k] for k in trace["selectedpoints"]}
    assert marked == set(chosen.tolist())
    assert [row[0] for row in samples.rows_of(headline, dataset, ("mean radius",), chosen.tolist(), "bit").rows] == [
        4,
        401,
    ]
