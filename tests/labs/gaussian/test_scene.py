"""A Gaussian scene names one covariance, whichever way it is reached: directly, over a grid, by its link, by its script."""

import contextlib
import io
import itertools
import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mmexplore as mm
from mmexplore.datasets.gaussian_systems import CORNERS, gaussian_system
from mmexplore.labs.gaussian.scene import SYSTEM, GaussianScene, gaussian_grid, grid_scene, posteriors, read_covariance
from mmexplore.labs.gaussian.script import script


def half_log2(x: float) -> float:
    return 0.5 * math.log2(x)


def matrix(seed: int, p: int) -> np.ndarray:
    root = np.random.default_rng(seed).normal(size=(p, 2 * p))
    return root @ root.T / p


OWN = matrix(3, 7)
SCENES = [
    (GaussianScene(), None),
    (GaussianScene().put(corner="synergistic", columns=8, unit="nat"), None),
    (GaussianScene(target="first", noise=0.4, dial_x="along1", dial_y="angle1"), None),
    (GaussianScene(source="file", d1=2, d2=3, blur1=0.5), OWN),
    (GaussianScene(source="file", d1=9, d2=4, blur2=1.0), matrix(4, 15)),
]


# -- the systems ----------------------------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(
    st.floats(0, 180),
    st.floats(0, 180),
    st.tuples(*[st.floats(0, 6)] * 4),
    st.floats(-0.95, 0.95),
    st.sampled_from((1, 2)),
)
def test_each_modality_tells_what_its_gains_say(angle1, angle2, gains, noise, dy):
    along1, across1, along2, across2 = gains
    cov = gaussian_system(
        angle1=angle1, angle2=angle2, along1=along1, across1=across1, along2=along2, across2=across2, noise=noise, dy=dy
    )
    assert np.linalg.eigvalsh(cov)[0] > 0
    r = mm.gaussian_pid(cov, 2, 2, dy)
    if dy == 2:  # parallel channels into orthogonal directions of a standard normal vector
        assert r.i1 == pytest.approx(half_log2(1 + along1**2) + half_log2(1 + across1**2), abs=1e-9)
        assert r.i2 == pytest.approx(half_log2(1 + along2**2) + half_log2(1 + across2**2), abs=1e-9)
    else:
        assert min(r.unique1, r.unique2) == pytest.approx(0, abs=1e-9)


def test_corners_whose_atoms_have_a_closed_form():
    one = half_log2(10)  # a gain of 3
    for corner, atoms in {
        "unique": (0, one, one, 0),
        "independent": (0, one + half_log2(2), 0, 0),
        # the same channel twice, noise averaged: gains grow by sqrt 2
        "tied": (one + half_log2(2), 0, 0, half_log2(19 / 10) + half_log2(3 / 2)),
        # one direction; the mean of two noises of correlation c has variance (1 + c) / 2
        "redundant": (one, 0, 0, half_log2(1 + 18 / 1.95) - one),
        "synergistic": (2 * half_log2(1.25), 0, 0, 2 * half_log2(1 + 0.5 / 0.05) - 2 * half_log2(1.25)),
    }.items():
        scene = GaussianScene().put(corner=corner)
        assert scene.corner() == corner
        np.testing.assert_allclose(scene.decompose().atoms, atoms, atol=1e-12, err_msg=corner)


def test_rotated_channels_have_unique_parts_that_mmi_misses():
    r = GaussianScene().decompose()
    # Cov(Y|X1) and its turn by 60 degrees: det is the same, so lambda and 1/lambda, with lambda + 1/lambda = tr(P1^-1 P2)
    turn = np.array([[0.5, -math.sqrt(0.75)], [math.sqrt(0.75), 0.5]])
    p1 = np.diag([1 / 10, 1 / 1.25])
    trace = np.trace(np.linalg.inv(p1) @ turn @ p1 @ turn.T)
    unique = half_log2((trace + math.sqrt(trace**2 - 4)) / 2)
    assert r.unique1 == pytest.approx(unique, abs=1e-12)
    assert r.unique2 == pytest.approx(unique, abs=1e-12)
    assert r.mmi.redundancy - r.redundancy == pytest.approx(unique, abs=1e-12)


def test_more_columns_change_nothing():
    few, many = (GaussianScene(noise=-0.6, columns=c).decompose() for c in (2, 30))
    np.testing.assert_allclose(few.atoms, many.atoms, atol=1e-11)
    assert GaussianScene(columns=30).dims() == (30, 30, 2)


def test_turning_everything_turns_nothing():
    a, b = (GaussianScene(angle1=x, angle2=x + 50, noise=0.3).decompose() for x in (0, 77))
    np.testing.assert_allclose(a.atoms, b.atoms, atol=1e-12)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [({"columns": 3}, "columns is 3"), ({"dy": 3}, "dy is 3"), ({"noise": [0.5, 1.0]}, "noise is 1.0")],
)
def test_a_system_that_does_not_exist_is_refused(wrong, told):
    with pytest.raises(mm.BadSpec, match=told):
        gaussian_system(**wrong)


# -- the scene ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("scene", "own"), SCENES, ids=lambda s: s.title() if isinstance(s, GaussianScene) else "")
def test_the_grid_holds_the_exact_answers_at_its_nodes(scene, own):
    grid = gaussian_grid(scene, own)
    n = len(grid.fields["i1"])
    xs, ys = (np.linspace(p.low, p.high, n) for p in (grid.x, grid.y))
    for i, j in itertools.product((0, n // 2, n - 1), repeat=2):
        here = scene.replace(**{grid.x.name: float(xs[j]), grid.y.name: float(ys[i]), "unit": "bit"})
        exact = here.decompose(own)
        for name, field in grid.fields.items():
            assert field[i, j] == pytest.approx(getattr(exact, name), abs=1e-9)


def test_the_ellipses_are_what_is_left_open():
    grid = gaussian_grid(GaussianScene(noise=0.5))
    for known, seen in (("i1", "given1"), ("i2", "given2"), ("i12", "given12")):
        open_ = np.linalg.det(getattr(grid.posteriors, seen))
        np.testing.assert_allclose(-0.5 * np.log2(open_), grid.fields[known], atol=1e-9)
    # regression by brute force: the residuals' covariance of a sample with exactly this covariance
    cov = OWN
    rows = np.linalg.cholesky(cov).T  # cov = rows.T @ rows
    fit = np.linalg.lstsq(rows[:, :2], rows[:, 5:], rcond=None)[0]
    left = rows[:, 5:] - rows[:, :2] @ fit
    scale = np.sqrt(np.outer(cov.diagonal()[5:], cov.diagonal()[5:]))
    np.testing.assert_allclose(posteriors(cov, (2, 3, 2)).given1, left.T @ left / scale, atol=1e-12)


def test_the_grid_does_not_depend_on_where_the_dial_stands_nor_on_the_columns():
    a, b = GaussianScene(angle2=10.0, noise=0.3), GaussianScene(angle2=90.0, columns=60, unit="nat")
    assert grid_scene(a).identity() == grid_scene(b).identity()
    assert grid_scene(a).identity() != grid_scene(GaussianScene(along1=1.0)).identity()


def test_noise_on_a_modality_only_takes_away():
    clean, blurred = (GaussianScene(source="file", d1=2, d2=3, blur1=b).decompose(OWN) for b in (0.0, 1.0))
    assert blurred.i1 < clean.i1
    assert blurred.i2 == pytest.approx(clean.i2, abs=1e-12)
    assert blurred.unique1 <= clean.unique1
    assert blurred.i12 < clean.i12


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from(tuple(CORNERS)), st.sampled_from(SYSTEM), st.sampled_from(SYSTEM), st.sampled_from(("bit", "nat"))
)
def test_a_scene_travels_in_its_link(corner, x, y, unit):
    scene = GaussianScene(dial_x=x, dial_y=y, unit=unit).put(corner=corner)
    assert GaussianScene.from_query(scene.to_query()) == (scene, [])
    assert len({p.name for p in scene.axes()}) == 2
    assert scene.axes()[0].name == x


def test_a_bad_link_is_told():
    scene, problems = GaussianScene.from_query({"columns": "3", "noise": "7"})
    assert scene == GaussianScene()
    assert "noise is 7" in " ".join(problems)
    with pytest.raises(mm.BadSpec, match="corner is 'pure'"):
        GaussianScene().put(corner="pure")
    with pytest.raises(mm.BadSpec, match="less than the 7 rows"):
        GaussianScene(source="file", d1=4, d2=3).decompose(OWN)
    with pytest.raises(mm.BadData, match="not loaded"):
        GaussianScene(source="file").decompose()


@pytest.mark.parametrize(("scene", "own"), SCENES, ids=lambda s: s.title() if isinstance(s, GaussianScene) else "")
def test_the_exported_script_prints_the_same_numbers(scene, own, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    if own is not None:
        np.save("covariance.npy", own)
    out = io.StringIO()
    space: dict[str, object] = {}
    with contextlib.redirect_stdout(out):
        exec(compile(script(scene, own), "script", "exec"), space)
    said = json.loads(out.getvalue())
    ours = scene.decompose(own)
    for name in (*mm.types.ATOMS, "i1", "i2", "i12"):
        assert said[name] == pytest.approx(float(getattr(ours, name)), abs=1e-12)
    assert said["unit"] == scene.unit
    grid = gaussian_grid(scene, own)
    if len(grid.fields["i1"]) == 61:
        factor = math.log(2) if scene.unit == "nat" else 1.0
        np.testing.assert_allclose(space["grid"].union, factor * grid.fields["union"], atol=1e-9)


# -- files ----------------------------------------------------------------------------------------------------------------


def as_npy(array: np.ndarray, **options: object) -> bytes:
    out = io.BytesIO()
    np.save(out, array, **options)
    return out.getvalue()


def as_csv(array: np.ndarray, separator: str = ",") -> bytes:
    out = io.StringIO()
    np.savetxt(out, array, delimiter=separator)
    return out.getvalue().encode()


@pytest.mark.parametrize("form", ["npy", "fortran", ",", ";", "\t"])
def test_a_covariance_is_read_as_it_was_written(form):
    data = {"npy": as_npy(OWN), "fortran": as_npy(np.asfortranarray(OWN))}.get(form) or as_csv(OWN, form)
    name = "cov.npy" if form in ("npy", "fortran") else "cov.csv"
    np.testing.assert_allclose(read_covariance(data, name), OWN, rtol=1e-15)


@pytest.mark.parametrize(
    ("data", "name", "told"),
    [
        (as_npy(np.ones((20, 4))), "rows.npy", "20 rows and 4 columns; a covariance is square"),
        (as_npy(np.eye(2)), "small.npy", "at least 3 rows"),
        (as_npy(np.array([[{}, 1], [1, 2]], dtype=object), allow_pickle=True), "objects.npy", "Python objects"),
        (as_npy(np.array([["a", "b", "c"]] * 3)), "text.npy", "no numbers"),
        (as_npy(OWN)[:200], "cut.npy", "cut short"),
        (b"", "empty.csv", "empty"),
        (b"a,b,c\nx,y,z\nu,v,w\nr,s,t\n", "words.csv", "no numbers"),
        (b"\x93NUMPY\x01\x00", "header.npy", "header"),
        (as_npy(np.zeros((1001, 1001), dtype=np.float32)), "large.npy", "at most 1,000 rows"),
        (bytes(20_000_001), "huge.npy", "20,000,001 bytes"),
    ],
    ids=lambda v: v if isinstance(v, str) and "." in v else "",
)
def test_a_file_that_is_no_covariance_is_refused_in_a_sentence(data, name, told):
    with pytest.raises(mm.BadData, match=told):
        read_covariance(data, name)


# -- data sets ------------------------------------------------------------------------------------------------------------


def test_rows_of_a_generator_are_decomposed_as_their_correlations():
    scene = GaussianScene.from_query({"source": "data", "data": "gaussian?n=500&seed=3&corner=unique"})[0]
    x1, x2, y = mm.make("gaussian", n=500, seed=3, corner="unique")
    ours = mm.gaussian_pid(np.corrcoef(np.hstack([x1, x2, y]).T), 2, 2, 2)
    assert scene.decompose().redundancy == pytest.approx(ours.redundancy, abs=1e-10)
    assert scene.rows().truth.unique1 == pytest.approx(mm.make("gaussian", corner="unique").truth.unique1)
    assert scene.rows().warnings == ()
    more = scene.replace(blur1=1.0).decompose()
    assert more.i1 < ours.i1
    assert more.i2 == pytest.approx(ours.i2, abs=1e-10)


@pytest.mark.parametrize("labels", ["number", "columns"])
def test_a_label_is_warned_of_first(labels):
    scene = GaussianScene(source="data", data="real:iris", labels=labels)
    rows = scene.rows()
    assert rows.dims == (2, 2, 1 if labels == "number" else 2)
    assert "class label (3 classes)" in rows.warnings[0]
    assert "discrete decomposition" in rows.warnings[0]
    # as Gaussians the rows would tell more than the entropy of three equally frequent classes
    assert scene.decompose().i12 > math.log2(3)


def test_data_sets_that_cannot_be_taken_are_refused():
    for values, words in (
        ({"data": "spiral"}, "no target"),
        ({"data": "real:nothing"}, "allowed"),
        ({"data": "gaussian", "data.n": 7}, "allowed"),
    ):
        with pytest.raises(mm.MmexploreError, match=words):
            GaussianScene(source="data").put(**values)
    with pytest.raises(mm.BadData, match="Take fewer rows"):
        GaussianScene(source="data").put(data="latent", **{"data.n": 20000}).rows()


@pytest.mark.parametrize(
    "values",
    [{"data": "real:wine"}, {"data": "mixture", "data.n": 300}, {"data": "warped", "data.n": 200, "data.warp": "wave"}],
)
def test_the_script_of_a_data_set_gives_the_same_numbers(values):
    scene = GaussianScene(source="data", labels="columns", blur2=0.5).put(**values)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(script(scene), "script", "exec"), {})
    told = json.loads(out.getvalue())
    assert told["synergy"] == pytest.approx(scene.decompose().synergy, abs=1e-9)


OLD_LINKS = [
    ({"source": "data", "data": "warped?n=400"}, {"source": "data", "data.n": "400"}, "warped?n=400"),
    (
        {"source": "data", "data": "gaussian?n=500&seed=3&corner=unique", "blur1": "0.5"},
        {
            "source": "data",
            "blur1": "0.5",
            "data": "gaussian",
            "data.n": "500",
            "data.seed": "3",
            "data.corner": "unique",
        },
        "gaussian?n=500&seed=3&corner=unique",
    ),
    (
        {"source": "data", "data": "real:wine", "labels": "columns"},
        {"source": "data", "data": "real:wine", "labels": "columns"},
        "real:wine",
    ),
    ({"data": "mixture"}, {"data": "mixture"}, "mixture"),
]


@pytest.mark.parametrize(("old", "new", "text"), OLD_LINKS, ids=lambda v: v if isinstance(v, str) else "")
def test_an_older_link_shows_the_same(old, new, text):
    scene, problems = GaussianScene.from_query(old)
    assert problems == []
    assert scene.to_query() == new
    assert GaussianScene.from_query(new) == (scene, [])
    assert scene.data_text() == text


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("warped?n=500&n=600", "'n' is given twice for the data set warped; allowed: once"),
        ("warped?n", "the values of the data set warped are 'n'; allowed: name=value, joined by &"),
        ("warped?n=7", "data.n is 7; allowed: whole numbers 20 to 200000"),
        ("warped?colour=3", "data.colour is not known here"),
        ("real:wine?n=50", "data.n is not known here; allowed: nothing"),
    ],
)
def test_what_cannot_be_read_of_a_link_is_a_sentence_and_the_rest_is_kept(data, told):
    scene, problems = GaussianScene.from_query({"source": "data", "data": data, "blur1": "0.5"})
    assert scene == GaussianScene(source="data", data=data.partition("?")[0], blur1=0.5)
    (problem,) = problems
    assert told in problem


def test_the_values_of_another_data_set_go():
    scene = GaussianScene(source="data").put(**{"data.n": 300, "data.bend": 0.0})
    assert scene.data_text() == "warped?n=300&bend=0.0"
    assert scene.put(data="real:iris").put(data="warped").data_text() == "warped"
    assert grid_scene(scene.put(source="system")).identity() == grid_scene(GaussianScene()).identity()
    with pytest.raises(mm.BadSpec, match="bend is 9"):
        scene.put(**{"data.bend": 9.0})
