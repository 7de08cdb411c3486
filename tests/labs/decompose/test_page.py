"""Every page through AppTest: what is shown is what the public API says, and nothing throws."""

import random

import pytest
from streamlit.testing.v1 import AppTest

import mmexplore as mm
from mmexplore.datasets import WhatIf
from mmexplore.labs.decompose.scene import Scene
from tests.labs.pages import given, healthy, open_lab, query_of, words


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
        {"gate": "gaussians", "gate.angle": "45.0", "gate.bins": "6"},
        {"gate": "gaussians", "own": "angle=45.0&bins=6", "dial_x": "noise", "dial_y": "angle"},
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
    assert query_of(app) == {"pin": "gate=xor"}
    app.button(key="decompose.unpin").click().run()
    assert not any("| B − A |" in element.value for element in app.markdown)


def test_every_measure_stands_side_by_side():
    app = open_page(gate="pwunq")
    app.query_params["tab"] = "measures"
    app.run()
    assert healthy(app)
    html = " ".join(element.proto.body for element in app.get("html"))
    for name in mm.measures():
        assert f"<b>{mm.info.measures.REGISTRY[name].label}</b>" in html


@pytest.mark.parametrize("source", ["gate", "mix", "real", "draw"])
@pytest.mark.parametrize("tab", ["certificate", "about", "export"])
def test_every_tab_of_every_source_opens(source, tab):
    app = open_page(source=source, other="xor")
    app.query_params["tab"] = tab
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


OLD_PIN = "gate=gaussians&own=angle%3D45.0%26bins%3D6"


def test_an_old_pin_is_still_read():
    app = open_page(gate="xor", pin=OLD_PIN)
    assert healthy(app)
    assert not app.warning
    pin = next(data["pin"] for data in given(app) if data.get("pin"))
    theirs = mm.pid(mm.gate("gaussians", angle=45.0, bins=6))
    assert pin["label"] == "A: Two Gaussians (angle 45, bins 6)"
    assert pin["fields"]["union"] == pytest.approx(float(theirs.union), abs=1e-9)


def test_a_parameter_of_the_gate_is_a_control_in_the_link():
    app = open_page(gate="dice")
    app.slider(key="decompose.gate.alpha").set_value(3).run()
    assert healthy(app)
    assert query_of(app) == {"gate": "dice", "gate.alpha": "3"}
    assert exact(app)["i12"] == pytest.approx(float(mm.pid(mm.gate("dice", alpha=3), "mmi").i12), abs=1e-9)
    app.selectbox(key="decompose.gate").set_value("and").run()
    app.selectbox(key="decompose.gate").set_value("dice").run()
    assert app.slider(key="decompose.gate.alpha").value == 1
    assert query_of(app) == {"gate": "dice"}


def test_the_axes_of_the_dial_are_chosen_by_path():
    app = open_page(gate="gaussians")
    axes = [a["key"] for data in given(app) if data.get("kind") == "grid" for a in data["grid"]["axes"]]
    assert axes == ["gate.angle", "noise"]
    app.selectbox(key="decompose.dial_x").set_value("bias1").run()
    assert healthy(app)
    app.selectbox(key="decompose.dial_y").set_value("noise").run()
    assert query_of(app) == {"gate": "gaussians", "dial_x": "bias1", "dial_y": "noise"}
    assert app.slider(key="decompose.gate.angle").value == 30.0  # off the dial, so in the side bar


def fixed(app: AppTest) -> list[str] | None:
    """What the dial is told not to move."""
    return next(data.get("fixed") for data in given(app) if data.get("kind") == "echo")


def keys(app: AppTest) -> set[str]:
    return {w.key for kind in ("slider", "selectbox", "number_input", "button") for w in app.get(kind) if w.key}


def test_a_link_hides_and_locks_a_parameter_of_the_gate():
    app = open_page(gate="dice", hide="gate.alpha")
    assert healthy(app)
    assert "decompose.gate.alpha" not in keys(app)
    assert fixed(app) is None
    app = open_page(gate="dice", lock="gate.alpha", **{"gate.alpha": "3"})
    slider = app.slider(key="decompose.gate.alpha")
    assert (slider.disabled, slider.value) == (True, 3)
    assert not app.warning


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"lock": "gate.glue"}, ["locked", ""]),
        ({"lock": "gate.*"}, ["locked", ""]),
        ({"hide": "noise"}, ["", "hidden"]),
        ({"hide": "noise", "lock": "noise,gate.glue"}, ["locked", "hidden"]),
        ({"lock": "bias1"}, None),
    ],
)
def test_a_link_locks_and_hides_an_axis_of_the_dial(query, expected):
    app = open_page(gate="dice", **query)
    assert healthy(app)
    assert not app.warning
    assert fixed(app) == expected


def test_what_is_hidden_leaves_no_empty_heading():
    app = open_page(hide="dial_x,dial_y,noise1,noise2,bias1,bias2")
    assert healthy(app)
    assert "What the sliders move" not in words(app)
    assert not [e for e in app.expander if e.label == "More what-ifs"]


def test_taking_the_what_ifs_away_leaves_those_that_are_locked():
    app = open_page(noise="0.1", bias1="0.3", lock="noise")
    app.button(key="decompose.clear").click().run()
    assert query_of(app) == {"noise": "0.1", "lock": "noise"}


def test_a_hidden_or_locked_drawing():
    app = open_page(source="draw", hide="drawn")
    assert healthy(app)
    assert "How often does each combination occur?" not in words(app)
    app = open_page(source="draw", lock="drawn")
    assert healthy(app)
    assert all(app.number_input(key=f"decompose.size{k}").disabled for k in range(3))
    app = open_page(lock="source")
    assert next(b for b in app.button if b.label == "Edit this table by hand").disabled


def test_a_repeated_key_and_one_that_is_unknown_are_sentences():
    app = open_page(gate="gaussians", own="angle=1&angle=2")
    assert "'angle' is given twice for the gate" in words(app).replace("\\", "")
    assert exact(app)["i12"] == pytest.approx(float(mm.pid(mm.gate("gaussians"), "mmi").i12), abs=1e-9)
    app = open_page(gate="xor", **{"gate.angle": "1"})
    assert "gate.angle is not known here" in words(app).replace("\\", "")


def every_control() -> None:
    import streamlit as st

    from mmexplore.labs.decompose.ui import STATE

    STATE.jump(**st.session_state["ask"])
    for path in STATE.view.paths():
        STATE.control(path)


@pytest.mark.parametrize(
    "ask",
    [
        {},
        *({"source": s} for s in ("mix", "real", "draw")),
        *({"gate": g} for g in ("gaussians", "dice", "imperfect_rdn")),
    ],
    ids=str,
)
def test_every_parameter_of_the_view_has_a_control(ask):
    app = AppTest.from_function(every_control, default_timeout=30)
    app.session_state["ask"] = ask
    app.run()
    assert not app.exception
    view = Scene().put(**ask)
    kinds = ("slider", "selectbox", "number_input", "text_input", "toggle", "segmented_control", "button_group")
    drawn = {w.key for kind in kinds for w in app.get(kind) if getattr(w, "key", None)}
    assert {f"decompose.{path}" for path in view.paths()} <= drawn
