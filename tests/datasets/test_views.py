"""The shelf of two views: what every entry promises, and which of them fit the labs."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

import mmexplore as mm
from mmexplore.datasets.generators import REGISTRY as GENERATORS
from mmexplore.datasets.views import VIEWS, LabelTruth, Needs, SharedTruth, offered, two_views, why_not
from mmexplore.datasets.views.tables import decomposition
from mmexplore.errors import BadData, BadSpec
from mmexplore.info.pid import pid
from mmexplore.labs.knob.needs import NEEDS as KNOB
from mmexplore.labs.knob.needs import OFFERED as KNOB_PAGE
from mmexplore.labs.losses.needs import NEEDS as LOSSES
from mmexplore.labs.losses.needs import OFFERED as LOSSES_PAGE

ALL = tuple(name for name in VIEWS.names() if name != "own")  # one's own rows come with a file


def small(name):
    """A declaration with few samples, where their number can be chosen."""
    known = {p.name: p for p in VIEWS[name].parameters()}
    few = {key: max(int(known[key].low), 100) for key in ("n", "rows") if key in known}
    return VIEWS[name](**few)


@pytest.fixture(scope="module", params=ALL)
def drawn(request):
    return small(request.param).draw(3)


def test_arrays_names_and_forms_agree(drawn):
    facts = drawn.declaration.facts()
    assert (drawn.n, drawn.flat1.shape[1], drawn.flat2.shape[1]) == (facts.samples, facts.columns1, facts.columns2)
    assert (drawn.form1, drawn.form2) == (facts.form1, facts.form2)
    assert drawn.held_out.shape == (drawn.n,)
    assert 0.1 < drawn.held_out.mean() < 0.6
    for view, columns, form, image in (
        (drawn.x1, drawn.columns1, drawn.form1, drawn.image1),
        (drawn.x2, drawn.columns2, drawn.form2, drawn.image2),
    ):
        assert view.dtype in (np.float32, np.float64)
        assert np.isfinite(view).all()
        assert len(columns) == len(set(columns)) == view[0].size
        assert (form == "image") == (image is not None)
        if image is not None:
            assert np.prod(image) == view[0].size
            assert view.ndim == 2 or view.shape[1:] == image
    assert len(set(drawn.names)) == 2
    assert all(drawn.names)


def test_labels_are_codes_of_their_classes(drawn):
    facts = drawn.declaration.facts()
    assert (drawn.y is not None) == (facts.classes >= 2)
    assert (drawn.y_real is not None) == facts.numeric_target
    if drawn.y is None:
        assert not drawn.labels
        return
    assert len(drawn.class_names) == facts.classes
    assert next(iter(drawn.labels)) == "y"
    assert drawn.labels["y"] is drawn.y
    for codes in drawn.labels.values():
        assert codes.shape == (drawn.n,)
        assert np.issubdtype(codes.dtype, np.integer)
    assert set(np.unique(drawn.y)) <= set(range(facts.classes))


def test_factors_have_a_kind_and_a_value_a_sample(drawn):
    for factor in drawn.factors:
        assert factor.kind in ("shared", "unique1", "unique2", "synergy", "label")
        assert len(factor.values) == drawn.n
        if factor.classes:
            assert set(np.unique(factor.values)) <= set(range(factor.classes))
    assert len({factor.name for factor in drawn.factors}) == len(drawn.factors)


def test_the_same_seed_draws_the_same_samples_and_another_others(drawn):
    again, other = drawn.declaration.draw(), drawn.declaration.draw(4)
    if getattr(drawn.declaration, "seed", None) is None:
        again = drawn.declaration.draw(3)
    for name in ("x1", "x2", "held_out"):
        np.testing.assert_array_equal(getattr(drawn, name), getattr(again, name))
    assert any(not np.array_equal(getattr(drawn, name), getattr(other, name)) for name in ("x1", "held_out"))


def test_the_text_form_is_read_back(drawn):
    declared = drawn.declaration
    assert two_views(declared.text()) == declared
    assert VIEWS[declared.name]().text() == declared.name


def test_a_shelf_has_every_generator_and_every_real_table():
    assert set(GENERATORS.names()) <= set(mm.views())
    tables = {VIEWS[name].table for name in VIEWS.names() if "_" in name or name in ("digits", "iris")}
    assert tables == set(mm.real_data())
    assert not {"own", "real"} & set(mm.views())


@pytest.mark.parametrize("name", GENERATORS.names())
def test_an_adapted_generator_draws_the_generators_numbers(name):
    made, data = mm.make(name, n=200, seed=5), mm.view(name, n=200, seed=5)
    np.testing.assert_array_equal(made.x1, data.x1)
    np.testing.assert_array_equal(made.x2, data.x2)
    target = data.y if made.target == "label" and made.spec.kind == "pid" else data.y_real
    if made.spec.kind == "mi":
        assert target is None
        assert data.truth.bits == made.truth.i1
        return
    np.testing.assert_array_equal(made.y, target)
    if made.truth.atoms is None:
        assert data.truth is None
    else:
        np.testing.assert_allclose(data.truth.pid.atoms, made.truth.atoms, atol=1e-12)


def test_the_truth_is_that_of_the_declared_table_or_the_closed_form():
    for name, table in (("breast-cancer", "breast_cancer"), ("wine", "wine"), ("digits", "digits")):
        found = two_views(name).truth()
        assert isinstance(found, LabelTruth)
        assert not found.exact
        np.testing.assert_allclose(found.pid.atoms, pid(mm.real(table)).atoms, atol=1e-9)
    bent = two_views("warped-gaussian?correlations=0.6,0.8").truth()
    assert isinstance(bent, SharedTruth)
    assert bent.bits == pytest.approx(-0.5 * np.log2(1 - 0.36) - 0.5 * np.log2(1 - 0.64))
    assert bent.correlations == (0.8, 0.6)
    assert two_views("noisy-digits").truth() is None


def test_a_label_without_a_truth_gets_the_decomposition_of_its_samples():
    found = decomposition(two_views("noisy-digits?n=400"))
    assert not found.exact
    assert float(found.pid.i12) > 0
    with pytest.raises(BadData, match="has no label"):
        decomposition(two_views("warped-gaussian?n=100"))


def test_a_view_takes_values_and_a_seed():
    one = mm.view("warped-gaussian?seed=3&n=100")
    np.testing.assert_array_equal(one.x1, mm.view("warped-gaussian", n=100, seed=3).x1)
    np.testing.assert_array_equal(mm.view("factors", rows=500).x1, mm.view("factors?rows=500", seed=0).x1)
    assert one.factor("shared 1: correlation 0.9").shape == (one.n,)
    with pytest.raises(BadSpec, match="there is no factor 'x'"):
        one.factor("x")
    with pytest.raises(BadSpec, match="no parameter 'rows'"):
        mm.view("wine", rows=3)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("noisy-digit", "did you mean"),
        ("wine?seed", "name=value"),
        ("wine?seed=1&seed=2", "'seed' is given twice"),
        ("wine?colour=1", "no parameter 'colour'"),
        (3, "allowed: a name and values"),
        ("gaussian?columns=3", "even numbers"),
    ],
)
def test_bad_texts_are_named(text, words):
    with pytest.raises(BadSpec, match=words):
        two_views(text)


def test_what_does_not_fit_says_why():
    fits, reasons = offered(KNOB)
    assert set(KNOB_PAGE) <= set(fits)
    assert {"factors", "digits", "gaussian", "spiral"} <= set(fits)
    assert reasons == {"trifeature": "a sample of view 1 is 3,072 numbers; allowed: at most 1,024"}
    fits, reasons = offered(LOSSES)
    assert {"factors", "bits", "trifeature", "noisy-digits", "wine", "digits", "sign-sum"} <= set(fits)
    assert reasons["diabetes"] == "it has a number as its target, and no label; needed: a label of at least 2 classes"
    assert reasons["warped-gaussian"].startswith("it has no label")
    assert {name for name in LOSSES_PAGE if name in mm.views()} <= set(fits)


@pytest.mark.parametrize(
    ("name", "needs", "words"),
    [
        ("wine", Needs(forms=("image",)), "view 1 is of the form columns"),
        ("wine", Needs(fewest_samples=1000), "it has 178 samples; needed: at least 1,000"),
        ("wine", Needs(most_samples=100), "allowed: at most 100"),
        ("wine", Needs(fewest_columns=5), "view 1 has 4 columns"),
        ("digits", Needs(most_classes=2), "its label has 10 classes"),
        ("digits", Needs(continuous=True), "its views are not continuous"),
        ("own", Needs(), "come with a file"),
    ],
)
def test_every_need_has_its_sentence(name, needs, words):
    assert words in str(why_not(VIEWS[name](), needs))


def test_the_digits_are_cut_into_a_left_and_a_right_half():
    data, images = mm.view("digits"), pytest.importorskip("sklearn.datasets").load_digits().images
    assert data.names == ("left half", "right half")
    np.testing.assert_array_equal(data.x1.reshape(-1, *data.image1), images[:, :, :4])
    np.testing.assert_array_equal(data.x2.reshape(-1, *data.image2), images[:, :, 4:])


@pytest.mark.parametrize("weights", [(4.0, 3.0, 3.0), (8.0, 1.0, 1.0), (0.5, 6.0, 3.5)])
def test_what_each_view_knows_of_a_linear_label_is_its_integral(weights):
    """X1 knows a Gaussian of variance 1 - c of a score of variance 1: I(X1;Y) = 1 - E h(Phi(t / sqrt c)), by quadrature; bins lose little of it."""
    shared, unique1, unique2 = (w / 10 for w in weights)
    truth = two_views(f"factors?shared={shared}&unique1={unique1}&unique2={unique2}&synergy=0&rows=500").truth()
    for found, left in ((truth.pid.i1, unique2), (truth.pid.i2, unique1)):
        node, weight = np.polynomial.hermite_e.hermegauss(201)
        p = norm.cdf(node * np.sqrt((1 - left) / left))
        with np.errstate(divide="ignore", invalid="ignore"):
            h = -np.nan_to_num(p * np.log2(p)) - np.nan_to_num((1 - p) * np.log2(1 - p))
        exact = 1 - (weight * h).sum() / weight.sum()
        assert exact - 0.004 < found < exact + 2e-4
    assert truth.pid.gap <= 1e-6
