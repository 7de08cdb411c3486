"""The Gaussian page through AppTest: what is shown is what the public API says, and nothing throws."""

from __future__ import annotations

import contextlib
import io
import json
import math
import random

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import mmexplore as mm
from mmexplore.datasets.gaussian_systems import CORNERS
from mmexplore.info.gaussian import ThinPath, thin_pid
from mmexplore.labs.gaussian.scene import GaussianScene
from mmexplore.labs.gaussian.ui import TABS as ALL_TABS
from mmexplore.labs.gaussian.ui.path import STEPS, curves, decimals, sentences
from mmexplore.labs.gaussian.ui.spectrum import called, directions
from mmexplore.ui.dial.model import decode
from tests.labs.pages import finished, given, healthy, open_lab, query_of, words

TABS = tuple(tab for tab in ALL_TABS if tab != "rows")  # which only data sets have


def open_page(**query: str) -> AppTest:
    return open_lab("gaussian", **query)


def exact(app: AppTest) -> dict:
    return next(data["exact"]["fields"] for data in given(app) if data.get("exact"))


def covariance(seed: int = 5, p: int = 7) -> np.ndarray:
    root = np.random.default_rng(seed).normal(size=(p, 2 * p))
    return root @ root.T / p


def npy(array: np.ndarray) -> bytes:
    out = io.BytesIO()
    np.save(out, array)
    return out.getvalue()


def upload(app: AppTest, content: bytes, name: str = "cov.npy") -> AppTest:
    app.file_uploader[0].upload(name, content).run()
    return app


def test_the_first_view_is_two_rotated_channels():
    app = open_page()
    assert healthy(app)
    # gains of 3 and 1/2: half the log of (1 + 9)(1 + 1/4)
    assert exact(app)["i1"] == pytest.approx(0.5 * math.log2(12.5), abs=1e-10)
    assert "Exact closed form" in words(app)
    assert "MMI would overstate R" in words(app)


@pytest.mark.parametrize("corner", CORNERS)
def test_a_corner_is_shown_and_written_into_the_link(corner):
    app = open_page(angle1="111.0")
    app.button_group(key="gaussian.preset").set_value(corner).run()
    assert healthy(app)
    ours = GaussianScene().put(corner=corner)
    assert exact(app)["union"] == pytest.approx(ours.decompose().union, abs=1e-10)
    query = {name: value if isinstance(value, str) else value[0] for name, value in app.query_params.items()}
    assert GaussianScene.from_query(query) == (ours, [])


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("query", [{}, {"target": "first", "unit": "nat"}, {"columns": "40", "angle2": "0.0"}], ids=str)
def test_every_tab_opens(tab, query):
    app = open_page(**query)
    app.query_params["tab"] = tab
    app.run()
    assert healthy(app)
    assert ("A scalar target forces" in words(app)) == (query.get("target") == "first")


def test_mmi_stands_beside_the_exact_answer():
    app = open_page(angle2="90.0", across1="0.0", across2="0.0")
    app.query_params["tab"] = "mmi"
    app.run()
    # each sees a coordinate of its own: half the log of 10 unique to either, which MMI calls redundancy and synergy
    assert "| Redundancy (R) | 0.0000 | 1.6610 | 1.6610 |" in words(app)
    assert "| Unique to modality 1 (U1) | 1.6610 | 0.0000 | −1.6610 |" in words(app)


def test_the_ellipses_come_with_the_grid():
    app = open_page()
    tables = next(data["tables"] for data in given(app) if "tables" in data)
    assert tables["kind"] == "covariances"
    stack = decode(tables["p"]).reshape(*tables["shape"], 4, 3)
    assert stack[..., 0, :] == pytest.approx(np.broadcast_to([1.0, 0.0, 1.0], stack[..., 0, :].shape), abs=1e-4)
    # nothing but modality 1's channel decides what it leaves open: 1 / (1 + 9) along, 1 / (1 + 1/4) across
    assert stack[3, 7, 1] == pytest.approx([0.1, 0.0, 0.8], abs=1e-4)
    assert not any("tables" in data for data in given(open_page(target="first")))


def test_undo_redo_and_reset():
    app = open_page()
    app.button_group(key="gaussian.preset").set_value("tied").run()
    app.button_group(key="gaussian.target").set_value("first").run()
    app.button(key="gaussian.undo").click().run()
    assert app.button_group(key="gaussian.target").value in ("plane", ["plane"])
    app.button(key="gaussian.undo").click().run()
    assert exact(app)["union"] == pytest.approx(GaussianScene().decompose().union, abs=1e-10)
    app.button(key="gaussian.redo").click().run()
    assert exact(app)["union"] == pytest.approx(exact(app)["i1"], abs=1e-10)
    app.button(key="gaussian.reset").click().run()
    assert exact(app)["union"] == pytest.approx(GaussianScene().decompose().union, abs=1e-10)
    assert healthy(app)


def test_a_covariance_of_ones_own_is_decomposed_and_parted_anew():
    app = upload(open_page(source="file"), npy(covariance()))
    assert healthy(app)
    assert exact(app)["union"] == pytest.approx(mm.gaussian_pid(covariance(), 3, 3, 1).union, abs=1e-10)
    assert "A scalar target forces" in words(app)
    app.number_input(key="gaussian.d1").set_value(2).run()
    assert exact(app)["union"] == pytest.approx(mm.gaussian_pid(covariance(), 2, 3, 2).union, abs=1e-10)
    assert "A scalar target forces" not in words(app)
    for tab in TABS:
        app.query_params["tab"] = tab
        app.run()
        assert healthy(app)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (npy(np.diag([1.0, 1, 1, 1, 1, 1, -1])), "variance"),
        (npy(np.ones((7, 7))), "singular"),
        (npy(covariance() + np.triu(np.ones((7, 7)))), "not symmetric"),
        (npy(covariance() + np.diag([np.nan, 0, 0, 0, 0, 0, 0])), "not finite"),
        (npy(np.eye(7)[:4]), "covariance is square"),
        (b"\x93NUMPY\x01\x00v\x00", "header"),
    ],
    ids=["negative", "singular", "lopsided", "missing", "rows", "damaged"],
)
def test_a_wrong_file_is_a_sentence_and_the_last_good_view_stays(content, told):
    app = upload(open_page(source="file"), npy(covariance()))
    before = exact(app)
    upload(app, content, "wrong.npy")
    assert not app.exception
    assert told in app.error[0].value.replace("\\", "")
    assert exact(app) == before
    assert "loaded before is still on show" in words(app)


def test_a_link_to_a_file_asks_for_it():
    app = open_page(source="file", file="ab" * 32, d1="2", d2="2")
    assert healthy(app)
    assert "Drop the same file" in words(app)


def test_a_large_covariance_is_shown_without_a_dial():
    big = covariance(2, 210)
    app = upload(open_page(source="file"), npy(big))
    assert healthy(app)
    assert "decomposed without a dial" in words(app)


def test_the_script_on_the_page_prints_the_numbers_on_the_page():
    app = open_page(noise="-0.4", unit="nat")
    app.query_params["tab"] = "export"
    app.run()
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(app.code[0].value, "script", "exec"), {})
    said = json.loads(out.getvalue())
    assert said["union"] == pytest.approx(exact(app)["union"] * math.log(2), abs=1e-10)
    assert said["unit"] == "nat"


@pytest.mark.parametrize("query", [{"columns": "3"}, {"noise": "nan"}, {"corner": "x", "dial_x": "<b>"}, {"d1": "1e9"}])
def test_a_bad_link_is_explained_and_never_crashes(query):
    app = open_page(**query)
    assert healthy(app)
    assert exact(app)["i12"] > 0


def test_no_corner_of_the_declared_ranges_throws():
    chance = random.Random(11)
    app = open_page()
    ends = {p.name: (p.low, p.high) for p in GaussianScene().dials()}
    for _ in range(12):
        changes = {name: chance.choice(pair) for name, pair in ends.items() if chance.random() < 0.6}
        x, y = chance.sample(tuple(ends), 2)
        scene = GaussianScene(**changes, dial_x=x, dial_y=y, target=chance.choice(("plane", "first")))
        app.query_params.clear()
        app.query_params.update(scene.to_query())
        app.run()
        assert healthy(app), scene
        assert exact(app)["union"] == pytest.approx(scene.decompose().union, abs=1e-9)


def test_directions_in_words():
    # modality 1 sees y1 + y2 (scaled to variance 1 each), modality 2 sees y1 - y2
    root = math.sqrt(0.5)
    h = np.array([[root, root / 2], [root, -root / 2]])
    cov = np.block(
        [[h @ np.diag([1, 4]) @ h.T + 0.1 * np.eye(2), h @ np.diag([1, 4])], [np.diag([1, 4]) @ h.T, np.diag([1, 4])]]
    )
    weights = directions(mm.gaussian_pid(cov, 1, 1, 2), cov)
    assert [called(w) for w in weights.T] == ["direction 45°", "direction 135°"]
    assert called(np.array([0.1, -0.9, 0.3, 0.0])) == "− 0.90 y2 + 0.30 y3 + 0.10 y1 …"


def test_a_pinned_view_stands_beside_the_present_one():
    app = open_page(angle2="90.0", across1="0.0", across2="0.0")
    app.button(key="gaussian.pin").click().run()
    app.button_group(key="gaussian.preset").set_value("tied").run()
    assert healthy(app)
    data = next(d for d in given(app) if d.get("exact"))
    assert data["pin"]["label"].startswith("A: ")
    pinned = GaussianScene(angle2=90.0, across1=0.0, across2=0.0).decompose()
    assert f"| Unique to modality 1 | {pinned.unique1:.4f} | 0.0000 | −{pinned.unique1:.4f} |" in words(app)
    app.button(key="gaussian.unpin").click().run()
    assert "(pinned)" not in words(app)


@pytest.mark.parametrize("query", [{}, {"angle1": "0.0", "angle2": "0.0", "unit": "nat"}], ids=str)
def test_the_optimisers_path_is_drawn_toward_the_exact_line(query):
    app = open_page(**query)
    app.query_params["tab"] = "path"
    finished(app.run())
    assert healthy(app)
    told = words(app)
    assert "the closed form took" in told
    assert "arXiv 2510.04417" in told
    assert "Stopped early" not in told
    big = open_page(columns="40", **query)
    big.query_params["tab"] = "path"
    big.run()
    assert "at most 60 rows" in words(big)


def test_a_data_set_shows_its_truth_and_an_estimate_with_intervals():
    app = open_page(source="data", data="warped?n=400")
    assert healthy(app)
    truth = mm.make("warped").truth
    assert f"U1 {truth.unique1:.3f}" in words(app)
    assert "Not Gaussian" in words(app)
    app.query_params["tab"] = "rows"
    finished(app.run())
    assert healthy(app)
    assert "95% intervals" in words(app)
    (bend,) = [w for w in (*app.slider, *app.number_input) if w.key == "gaussian.data.bend"]
    bend.set_value(0.0).run()
    assert healthy(app)
    assert "Not Gaussian" not in words(app)
    assert query_of(app) == {"source": "data", "data.n": "400", "data.bend": "0.0", "tab": "rows"}
    app.button_group(key="gaussian.source").set_value("system").run()  # the open tab belongs to data sets alone
    assert healthy(app)


def test_a_copy_is_answered_in_the_limit_and_says_so():
    cov = covariance()
    make = np.eye(7)
    make[3] = make[0]  # the first coordinate of modality 2 repeats that of modality 1
    app = upload(open_page(source="file"), npy(make @ cov @ make.T))
    assert healthy(app)
    assert "Singular covariance: the limit" in words(app)
    for tab in TABS:
        app.query_params["tab"] = tab
        app.run()
        assert healthy(app)


def test_a_label_taken_for_a_number_is_warned_of():
    app = open_page(source="data", data="real:wine")
    assert healthy(app)
    assert "and no Gaussian variable" in words(app)
    assert "A scalar target forces" in words(app)
    app.button_group(key="gaussian.labels").set_value("columns").run()
    assert healthy(app)
    assert "over-states what is told" in words(app)
    app.selectbox(key="gaussian.data").set_value("latent").run()
    assert not app.exception
    assert "singular" in words(app)


def test_the_path_is_measured_from_the_exact_answer():
    cov = GaussianScene().covariance()
    found = thin_pid(cov, 2, 2, 2, steps=STEPS)
    drawn = curves(found, math.log(2.0), "nat")
    assert drawn.series[0].y[-1] == pytest.approx((found.union[-1] - found.exact) * math.log(2.0), abs=1e-12)
    assert (drawn.series[0].low <= drawn.series[0].y).all()
    assert not drawn.series[1].y.any()
    right = decimals(found, 1.0, "bit").series[0].y
    assert right[-1] >= 5 > right[0]  # it converges here: Zhao et al. stop at 1e-7
    told = " ".join(sentences(found, 1.0, GaussianScene().decompose(), 0.1))
    assert f"{len(found.union) - 1:,} steps" in told
    assert "at the exact answer" in told


@pytest.mark.parametrize("stopped", [True, False])
@pytest.mark.parametrize("last", [0.0, 15.0])
def test_at_a_tie_the_page_tells_what_this_path_did(stopped, last):
    # rounding decides whether a path on the singular edge rests and where: here four that some machine may draw
    found = ThinPath(np.array([1.0] * 30 + [1.0 + last] * 30), np.ones(60), 1.0, stopped)
    told = " ".join(sentences(found, 1.0, GaussianScene().put(corner="tied").decompose(), 0.1))
    assert ("It converged after **59 steps**" in told) == stopped
    assert ("**not converged after 59 steps**" in told) != stopped
    assert ("at the exact answer" in told) == (last == 0)
    assert ("15.0000 bit from the exact answer" in told) == (last == 15)
    assert "another computer may draw another path" in told
    assert "never" not in told


def test_errors_on_decompose_are_in_the_pages_unit():
    app = open_lab("decompose", unit="nat")
    badges = " ".join(
        element.value for element in app.markdown if "Certified" in element.value or "Literature" in element.value
    )
    assert " nat" in badges
    assert " bit" not in badges


def test_a_link_hides_and_locks_single_controls():
    app = open_page(source="data", data="warped", hide="data.seed,unit", lock="data.bend,source")
    assert healthy(app)
    drawn = {w.key: w.disabled for w in (*app.slider, *app.number_input, *app.selectbox, *app.button_group)}
    assert "gaussian.data.seed" not in drawn and "gaussian.unit" not in drawn
    assert drawn["gaussian.data.bend"] and drawn["gaussian.source"]
    assert not drawn["gaussian.data.n"]


def drawn_by_control() -> None:
    """A page that draws the control of every path of the view in the session."""
    from mmexplore.labs.gaussian.ui import STATE

    STATE.sync()
    view = STATE.view
    for path in view.paths():
        options = {"options": (view.get(path),)} if path in ("data", "dial_x", "dial_y") else {}
        STATE.control(path, **options)


@pytest.mark.parametrize("values", [{}, {"source": "data", "data": "warped"}, {"source": "data", "data": "real:wine"}])
def test_every_path_has_a_control(values):
    app = AppTest.from_function(drawn_by_control, default_timeout=60)
    scene = GaussianScene().put(**values)
    app.query_params.update(scene.to_query())
    app.run()
    assert not app.exception
    drawn = (*app.slider, *app.number_input, *app.selectbox, *app.toggle, *app.text_input, *app.button_group)
    assert {w.key for w in drawn} == {f"gaussian.{path}" for path in scene.paths()}
