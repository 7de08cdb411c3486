from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import mmexplore as mm
from mmexplore.datasets import real, real_data, real_info, real_samples, real_table, what_if
from mmexplore.errors import BadSpec
from mmexplore.info.samples import table_from_samples

SIZES = {  # rows and columns of the data sets as scikit-learn documents them
    "breast_cancer": (569, 10, 10, (212, 357)),
    "wine": (178, 4, 9, (59, 71, 48)),
    "digits": (1797, 32, 32, (178, 182, 177, 183, 181, 182, 181, 179, 174, 180)),
    "digits_parity": (1797, 32, 32, (891, 906)),
    "diabetes": (442, 4, 6, None),
    "iris": (150, 2, 2, (50, 50, 50)),
}


def test_the_promised_data_are_here():
    assert set(real_data()) == set(SIZES)


@pytest.mark.parametrize("name", SIZES)
def test_rows_columns_and_counts(name):
    n, d1, d2, counts = SIZES[name]
    info, s = real_info(name), real_samples(name)
    assert s.x1.shape == (n, d1) and s.x2.shape == (n, d2) and s.y.shape == (n,)
    assert info.rows == n and len(info.columns1) == d1 and len(info.columns2) == d2
    assert s.columns1 == info.columns1 and s.y_labels == info.y_labels
    found = np.bincount(s.y)
    assert len(found) == len(info.y_labels)
    if counts:
        assert tuple(found) == counts
    else:
        assert found.max() - found.min() <= 6  # thirds, but for equal values
    assert not any(array.flags.writeable for array in (s.x1, s.x2, s.y))
    assert np.isfinite(s.x1).all() and np.isfinite(s.x2).all()


def test_the_columns_are_the_ones_named():
    from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, load_wine

    for name, bunch in (("breast_cancer", load_breast_cancer()), ("wine", load_wine()), ("iris", load_iris())):
        s, names = real_samples(name), [str(f) for f in bunch.feature_names]
        for columns, x in ((s.columns1, s.x1), (s.columns2, s.x2)):
            np.testing.assert_array_equal(x, bunch.data[:, [names.index(c) for c in columns]])
    raw = load_diabetes(scaled=False)
    s = real_samples("diabetes")
    np.testing.assert_array_equal(np.hstack([s.x1, s.x2]), raw.data)
    assert [c.split()[0] for c in (*s.columns1, *s.columns2)] == list(raw.feature_names)
    assert raw.target[s.y == 0].max() < raw.target[s.y == 1].min() < raw.target[s.y == 2].min()


def test_the_halves_make_the_digit():
    from sklearn.datasets import load_digits

    s = real_samples("digits")
    images = np.concatenate([s.x1.reshape(-1, 8, 4), s.x2.reshape(-1, 8, 4)], axis=2)
    np.testing.assert_array_equal(images, load_digits().images)
    assert s.columns1[5] == "row 2 column 2" and s.columns2[5] == "row 2 column 6"
    np.testing.assert_array_equal(real_samples("digits_parity").y, s.y % 2)


@pytest.mark.parametrize("name", SIZES)
@pytest.mark.parametrize("options", [{}, {"bins1": 2, "bins2": 12}, {"bins1": 5, "bins2": 3, "method": "kmeans"}])
def test_the_table_counts_the_rows(name, options):
    t, s = real_table(name, **options), real_samples(name)
    p = real(name, **options)
    assert p.shape == (t.modality1.bins, t.modality2.bins, len(s.y_labels))
    assert p.sum() == pytest.approx(1, abs=1e-12)
    np.testing.assert_allclose(p * t.rows, np.round(p * t.rows), atol=1e-9)
    np.testing.assert_allclose(p.sum((0, 1)), np.bincount(s.y) / len(s.y), atol=1e-12)
    counted = table_from_samples(t.modality1.codes, t.modality2.codes, s.y)
    np.testing.assert_allclose(p, counted.p, atol=1e-15)
    assert t.table.x1_labels == t.modality1.labels and t.table.y_labels == s.y_labels


@pytest.mark.parametrize("method", ["quantile", "kmeans"])
@pytest.mark.parametrize("bins", [3, 4, 6])
def test_petals_tell_more_than_sepals(method, bins):
    r = mm.pid(real("iris", bins1=bins, bins2=bins, method=method))
    assert r.i2 > r.i1 + 0.3
    assert r.unique2 > 0.3 > r.unique1


@pytest.mark.parametrize("method", ["quantile", "kmeans"])
def test_two_summaries_of_the_same_nuclei_are_mostly_redundant(method):
    r = mm.pid(real("breast_cancer", method=method))
    assert r.redundancy > 0.7 * r.i12
    assert r.i1 + r.unique2 + r.synergy == pytest.approx(r.i12, abs=1e-9)


def test_the_halves_of_a_digit_tell_each_their_own():
    r, parity = mm.pid(real("digits")), mm.pid(real("digits_parity"))
    assert min(r.unique1, r.unique2) > 0.5
    assert parity.i12 < r.i12  # parity is a function of the digit
    assert parity.i1 < r.i1 and parity.i2 < r.i2


def test_more_clusters_tell_no_less_about_the_digit_on_average():
    totals = [mm.pid(real("digits", bins1=b, bins2=b), measure="mmi").i12 for b in (2, 4, 8, 12)]
    assert totals == sorted(totals)


def test_what_ifs_act_on_real_data_too():
    eps = np.array([0.0, 0.1, 0.5])
    batch = real("iris", bins1=3, bins2=3, noise=eps)
    np.testing.assert_allclose(batch[1], what_if(real("iris", bins1=3, bins2=3), noise=0.1), atol=1e-16)
    i12 = mm.pid(batch, measure="mmi").i12
    assert i12[0] > i12[1] > i12[2] > 0


@pytest.mark.parametrize("name", SIZES)
def test_every_declaration_is_complete(name):
    info = real_info(name)
    for text in (info.title, info.x1_text, info.x2_text, info.source, info.license, info.citation, info.story):
        assert text.strip()
    assert info.question.endswith("?") and len(info.names) == 3
    assert real_table(name).binning.bins1 == info.bins1


def test_unknown_things_are_named():
    with pytest.raises(BadSpec, match="data set 'irish' is not known; did you mean 'iris'"):
        real("irish")
    with pytest.raises(BadSpec, match="bins1 is 1; allowed: whole numbers 2 to 12"):
        real("iris", bins1=1)
    with pytest.raises(BadSpec, match="method is 'equal'"):
        real("iris", method="equal")
    with pytest.raises(BadSpec, match="WhatIf has no parameter 'nois'"):
        real("iris", nois=0.1)


def test_declarations_are_read_without_scikit_learn():
    code = (
        "import sys, mmexplore.datasets as d; d.gates(); [d.real_info(n) for n in d.real_data()];"
        "sys.exit(any(m.split('.')[0] in ('sklearn', 'scipy', 'pandas', 'torch') for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
