"""Every page through AppTest: what is shown is what the public API says, and nothing throws."""

import random

import pytest
from streamlit.testing.v1 import AppTest

import mmexplore as mm
from mmexplore.datasets import WhatIf
from mmexplore.labs.decompose.scene import Scene
from tests.labs.pages import given, healthy, open_lab


def open_page(**query: str) -> AppTest:
    return open_lab("decompose", **query)


def exact(app: AppTest) -> dict:
    return next(data["exact"]["fields"] for data in given(app) if data.get("exact"))


def test_the_first_view_is_and():
    app = open_page()
    assert healthy(app)
    # h(1/4) - 1/2 and 1/2: Bertschinger et al. 2014
    assert exact(app)["i1"] == pytest.approx(0.311278124459, abs=1e-10)
    assert exact(app)["i12"] - exact(app)["union"] == pytest.approx(0.5, abs=1e-9)
    assert any("Certified" in element.value for element in app.markdown) or any(
        "Certified" in badge.proto.body for badge in app.get("markdown")
    )


def test_choosing_a_gate_shows_it_and_writes_the_link():
    app = open_page()
    app.selectbox(key="decompose.gate").set_value("xor").run()
    assert healthy(app)
    assert app.query_params["gate"] in ("xor", ["xor"])
    assert exact(app)["i12"] - exact(app)["union"] == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize(
    "query",
    [
        {"gate": "xor", "noise": "0.11", "unit": "nat"},
        {"source": "real", "real": "iris", "bins1": "3", "bins2": "3"},
        {"source": "mix", "gate": "rdn", "other": "copy", "mix": "0.25"},
        {"source": "draw", "drawn": "2x3x2~1,2,3,4,5,6,7,8,9,10,11,12", "measure": "imin"},
        {"gate": "gaussians", "own": "angle=45.0&bins=6"},
    ],
    ids=lambda q: q.get("source", "gate"),
)
def test_a_link_restores_the_view(query):
    app = open_page(**query)
    assert healthy(app)
    assert not app.warning or query.get("source") == "real"
    scene, problems = Scene.from_query(query)
    assert not problems
    assert exact(app)["union"] == pytest.approx(float(mm.pid(scene.table(), scene.measure).union), abs=1e-9)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"gate": "<script>alert(1)</script>"}, "is not"),
        ({"source": "draw", "drawn": "2x2x2~1,2"}, "has 2 weights"),
        ({"noise": "-3", "measure": "nothing"}, "noise is"),
        ({"source": "draw", "drawn": "9" * 9000}, "9000 characters"),
        ({"pin": "gate=%00", "bins1": "1e9"}, "bins1 is"),
    ],
)
def test_a_bad_link_is_explained_and_never_crashes(query, told):
    app = open_page(**query)
    assert healthy(app)
    if told != "is not":
        assert told in " ".join(element.value for element in app.warning).replace("\\", "")
    assert exact(app)["i12"] >= 0


def test_undo_redo_and_reset():
    app = open_page()
    app.selectbox(key="decompose.gate").set_value("xor").run()
    app.selectbox(key="decompose.measure").set_value("imin").run()
    app.button(key="decompose.undo").click().run()
    assert app.selectbox(key="decompose.measure").value == "broja"
    app.button(key="decompose.undo").click().run()
    assert app.selectbox(key="decompose.gate").value == "and"
    app.button(key="decompose.redo").click().run()
    assert app.selectbox(key="decompose.gate").value == "xor"
    app.button(key="decompose.reset").click().run()
    assert app.selectbox(key="decompose.gate").value == "and"
    app.button(key="decompose.undo").click().run()
    assert app.selectbox(key="decompose.gate").value == "xor"
    assert healthy(app)


def test_pin_a_and_compare_with_b():
    app = open_page(gate="xor")
    app.button(key="decompose.pin").click().run()
    app.selectbox(key="decompose.gate").set_value("and").run()
    assert healthy(app)
    table = next(element.value for element in app.markdown if "| B − A |" in element.value)
    # S: 1 for XOR, 1/2 for AND
    assert "| Synergy | 1.0000 | 0.5000 | −0.5000 |" in table
    assert Scene.from_query({k: v if isinstance(v, str) else v[0] for k, v in app.query_params.items()})[0].pinned()
    app.button(key="decompose.unpin").click().run()
    assert not any("| B − A |" in element.value for element in app.markdown)


def test_every_measure_stands_side_by_side():
    app = open_page(gate="pwunq")
    app.session_state["decompose.below"] = "Every measure"
    app.run()
    assert healthy(app)
    html = " ".join(element.proto.body for element in app.get("html"))
    for name in mm.measures():
        assert f"<b>{mm.info.measures.REGISTRY[name].label}</b>" in html


@pytest.mark.parametrize("source", ["gate", "mix", "real", "draw"])
@pytest.mark.parametrize("tab", ["Certificate", "About", "Take it with you"])
def test_every_tab_of_every_source_opens(source, tab):
    app = open_page(source=source, other="xor")
    app.session_state["decompose.below"] = tab
    app.run()
    assert healthy(app)


def test_no_corner_of_the_declared_ranges_throws():
    """A random walk over the corners of every widget: no traceback, and the shown numbers are the scene's."""
    chance = random.Random(7)
    app = open_page()
    corners = {p.name: (p.low, p.high) for p in WhatIf.parameters()} | {
        "mix": (0.0, 1.0),
        "bins1": (2, 12),
        "bins2": (2, 12),
    }
    choices = {p.name: p.choices for p in Scene.parameters() if p.choices}
    for _ in range(25):
        changes = {name: chance.choice(values) for name, values in choices.items() if chance.random() < 0.5}
        changes |= {name: chance.choice(ends) for name, ends in corners.items() if chance.random() < 0.3}
        if changes.get("real", "").startswith("digits"):
            changes |= {"bins1": 2, "bins2": 2}
        query = Scene(**changes).to_query()
        app.query_params.clear()
        app.query_params.update(query)
        app.run()
        assert healthy(app), query
        assert exact(app)["i12"] == pytest.approx(float(mm.pid(Scene(**changes).table(), "mmi").i12), abs=1e-9), query
