"""What a link says of how a page is shown: read, bounded, told where it cannot be read, and kept when the view changes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest
from streamlit.testing.v1 import AppTest

from mmexplore import links
from mmexplore.labs.decompose.scene import Scene
from mmexplore.labs.decompose.ui import STATE
from mmexplore.links import Around, Offered
from mmexplore.ui import choosers
from mmexplore.ui.dial import assets
from tests.labs.pages import given, healthy, open_lab, press, query_of, words

VIEWS = Path(assets.__file__).parent / "views"
OFFERED = Offered(("one", "about"), ("check",), {"diagram.shape": "discs|tiles", "map.field": ".{1,40}"})


def read(query: str, offered: Offered | None = OFFERED) -> tuple[Around, list[str]]:
    _, around, problems = links.read(Scene, parse_qs(query, keep_blank_values=True), offered)
    return around, problems


def test_what_is_written_is_read_again():
    around = Around(
        hide=("noise", "gate.*"),
        lock=("measure",),
        tab="about",
        charts={"diagram.shape": "tiles", "map.field": "I(X;Y)", "every-map.field": "S"},
        open=("check",),
        present="1",
        lesson="first-steps:3",
    )
    view = Scene(gate="dice")
    query = urlencode(links.write(links.Moment(view), around))
    assert read(query) == (around, [])
    assert links.read(Scene, parse_qs(query), OFFERED)[0].view == view
    assert links.write(links.Moment(Scene()), Around()) == {}


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("tab=nothing", "tab names 'nothing'"),
        ("open=check,nothing", "open names 'nothing'"),
        ("charts=diagram.shape:squares", "'diagram.shape:squares'"),
        ("charts=pie.slice:1", "'pie.slice:1'"),
        ("charts=diagram.shape", "'diagram.shape'"),
        ("present=<b>", "present is '<b>'"),
        ("lesson=%3Cscript%3E", "lesson is '<script>'"),
        ("lesson=" + "a" * 201, "lesson has 201 characters"),
        ("charts=" + "a" * 2001, "charts has 2001 characters"),
        ("tab=one&tab=about", "tab is given 2 times"),
    ],
)
def test_what_cannot_be_read_is_left_out_and_told(query, word):
    around, (problem,) = read(query)
    assert word in problem
    assert (around.tab, around.charts, around.present, around.lesson) == ("", {}, "", "")
    assert around.open == (("check",) if "open" in query else ())


def test_the_rest_of_a_link_is_read_beside_what_cannot_be():
    around, problems = read("charts=diagram.shape:squares,map.field:S&tab=about")
    assert (around.charts, around.tab, len(problems)) == ({"map.field": "S"}, "about", 1)


def test_every_chooser_of_the_charts_is_known_to_links():
    drawn = {
        f"{file.stem}.{name}"
        for file in VIEWS.glob("*.js")
        for name in re.findall(r'dial\.choose\(fig, "[^"]*", "(\w+)"', file.read_text("utf-8"))
    }
    assert drawn == set(choosers.PATTERNS) and len(drawn) > 5
    for file in VIEWS.glob("*.js"):  # none in another form, which this test would not see
        assert file.read_text("utf-8").count(".choose(") == sum(n.startswith(f"{file.stem}.") for n in drawn)


# -- on a page ------------------------------------------------------------------------------------------------------------

KEPT = {
    "hide": "gate",
    "lock": "noise",
    "tab": "about",
    "charts": "diagram.shape:tiles",
    "present": "1",
    "lesson": "sarcasm:2",
}


def test_reset_undo_and_a_unit_keep_how_the_page_is_shown():
    app = open_lab("decompose", gate="xor", noise="0.1", measure="imin", **KEPT)
    assert healthy(app) and not app.warning
    app.button_group(key="decompose.unit").set_value("nat").run()
    assert query_of(app) == {"gate": "xor", "noise": "0.1", "measure": "imin", "unit": "nat", **KEPT}
    press(app, "Undo")
    assert query_of(app) == {"gate": "xor", "noise": "0.1", "measure": "imin", **KEPT}
    press(app, "Reset")
    # what the link hides or locks is not the visitor's to change: Reset leaves it
    assert query_of(app) == {"gate": "xor", "noise": "0.1", **KEPT}
    assert next(b for b in app.button if b.label == "Reset").disabled


def test_a_preset_keeps_how_the_page_is_shown():
    kept = {"lock": "beta", "tab": "about", "lesson": "knob"}
    app = open_lab("knob", beta="20.0", **kept)
    app.button(key="knob.story digits").click().run()
    assert healthy(app)
    query = query_of(app)
    assert {name: query[name] for name in kept} == kept and query["data"] == "noisy-digits" and query["beta"] == "20.0"


def test_presets_are_hidden_and_locked_by_the_link():
    for lab, stories in (("knob", "knob.story "), ("yourdata", "yourdata.story ")):
        assert any(str(b.key).startswith(stories) for b in open_lab(lab).button)
        assert not any(str(b.key).startswith(stories) for b in open_lab(lab, hide="preset").button)
        assert all(b.disabled for b in open_lab(lab, lock="preset").button if str(b.key).startswith(stories))
    for lab, name in (("gaussian", "gaussian.preset"), ("contest", "compare.preset"), ("losses", "learn.preset")):
        of_page = {"view": "methods"} if lab == "losses" else {}
        assert not open_lab(lab, **of_page).button_group(key=name).disabled
        assert open_lab(lab, lock="preset", **of_page).button_group(key=name).disabled
        assert name not in [group.key for group in open_lab(lab, hide="preset", **of_page).button_group]


def test_a_tab_that_is_not_there_is_told_and_the_first_one_shown():
    app = open_lab("decompose", tab="nothing", charts="diagram.shape:squares")
    assert "tab names 'nothing', which this page does not have" in words(app).replace("\\", "")
    assert "'diagram.shape:squares'" in words(app).replace("\\", "")
    assert app.session_state["decompose.tabs"] == STATE.tabs["certificate"]


def test_a_link_can_narrow_a_page_to_one_tab():
    app = open_lab("decompose", tab="measures", hide="tab")
    assert healthy(app) and not app.warning and not app.tabs
    assert any("<b>BROJA</b>" in element.proto.body for element in app.get("html"))


def test_the_dial_is_told_what_the_link_says_and_only_once():
    app = open_lab("decompose", charts="diagram.shape:tiles,every-map.field:S", present="1")
    (told,) = _told(app)
    assert told == {"rev": 1, "charts": {"diagram.shape": "tiles"}, "present": "1"}
    app.selectbox(key="decompose.measure").set_value("imin").run()
    assert [t["rev"] for t in _told(app)] == [1]  # the visitor's own change of the view
    app.query_params.clear()
    app.query_params["measure"] = "imin"  # Back to before
    app.run()
    assert _told(app) == [{"rev": 2, "charts": {}, "present": ""}]


def _told(app: AppTest) -> list[dict[str, Any]]:
    return [said["around"] for said in given(app) if "around" in said]


def _sent_by_a_browser() -> None:
    """A page on which the dial has sent what stands in the session."""
    import streamlit as st

    from mmexplore.labs.decompose.ui import STATE
    from mmexplore.ui.dial import around

    STATE.sync()
    st.session_state["decompose.dial"] = {"around": st.session_state["sent"]}
    around.take(STATE, "decompose.dial", ("diagram", "map"))


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"charts": {"map.field": "S"}, "present": "1"}, {"charts": "every-map.field:S,map.field:S", "present": "1"}),
        ({"charts": {"diagram.shape": "<b>", "kept.on": "0 means", "no": 1}, "present": "<b>"}, {}),
        ({"charts": "all", "present": 7}, {}),
        ("nonsense", {"charts": "every-map.field:S,diagram.shape:tiles"}),  # as the address has it
    ],
)
def test_what_a_browser_sends_of_its_choosers_is_checked(sent, kept):
    app = AppTest.from_function(_sent_by_a_browser)
    app.query_params["charts"] = "every-map.field:S,diagram.shape:tiles"  # the first is another dial's
    app.session_state["sent"] = sent
    app.run()
    assert not app.exception and query_of(app) == {"charts": "every-map.field:S", **kept}
