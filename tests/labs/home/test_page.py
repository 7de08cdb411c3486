"""Home says what the atoms are, and leads to every lab."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest

import mmexplore as mm
from mmexplore import links
from mmexplore.lab import OWN
from mmexplore.labs import LABS, in_order
from mmexplore.labs.home.page import groups
from mmexplore.labs.registry import page_of
from tests.labs.pages import given, healthy, open_lab, query_of


def test_it_says_what_the_atoms_are_and_opens_with_a_live_dial():
    app = open_lab("home")
    assert healthy(app)
    text = " ".join(element.proto.body for element in app.get("html"))
    for word in ("Redundancy", "Unique to modality 1", "Synergy"):
        assert word in text
    exact = next(data["exact"]["fields"] for data in given(app) if data.get("exact"))
    assert exact["union"] == pytest.approx(mm.pid(mm.mix(mm.gate("rdn"), mm.gate("xor"), 0.5)).union, abs=1e-9)


def test_every_example_of_every_lab_is_a_link_to_its_page():
    app = open_lab("home")
    shown = {(link.proto.label, link.proto.page) for link in app.get("page_link")}
    declared = {(example.label, lab.url) for lab in in_order() for example in lab.examples}
    assert shown == declared
    for link in app.get("page_link"):
        lab = next(lab for lab in in_order() if lab.url == link.proto.page)
        query = parse_qs(link.proto.query_string)
        moment, _, problems = links.read(lab.scene, query)
        example = next(e for e in lab.examples if e.label == link.proto.label)
        assert query and not problems and moment.view == lab.view(example.values)


OTHER = {
    "decompose": {"gate": "copy", "measure": "imin", "tab": "about"},
    "yourdata": {"real": "wine", "decompose": "states", "bootstraps": "50", "permutations": "50", "tab": "data"},
    "gaussian": {"angle2": "30.0", "charts": "map.field:S"},
    "contest": {
        "question": "mi",
        "data": "gaussian-pair",
        "seeds": "1",
        "points": "2",
        "last": "200.0",
        "tab": "numbers",
    },
    "knob": {"beta": "20.0", "tab": "about", "lock": "latent"},
    "losses": {"view": "about", "lock": "score"},
}


@pytest.mark.parametrize(
    ("name", "label"), [(lab.name, example.label) for lab in in_order() for example in lab.examples]
)
def test_an_example_is_shown_whatever_was_on_its_page_before(name, label):
    lab = LABS[name]
    example = next(e for e in lab.examples if e.label == label)
    app = open_lab(name, **OTHER[name])
    state = page_of(lab).STATE
    seen = app.session_state[state.key("timeline")].present.view
    assert seen != lab.scene() and seen != lab.view(example.values)
    app.switch_page("pages/home.py").run()
    app.switch_page(f"pages/{lab.url}.py")
    app.query_params.clear()
    app.query_params.update(links.to(lab.query(example.values)))
    app.run()
    assert app.session_state[state.key("timeline")].present.view == lab.view(example.values)
    assert app.session_state[state.key("around")] == links.Around()
    assert query_of(app) == links.to(lab.query(example.values)) and healthy(app)


def test_the_navigation_brings_back_the_view_that_was_left():
    app = open_lab("decompose", gate="copy", present="1", tab="about", lock="noise")
    app.switch_page("pages/home.py").run()
    app.switch_page("pages/decompose.py")
    app.query_params.clear()
    app.run()
    assert query_of(app) == {"gate": "copy", "tab": "about", "lock": "noise"}  # the presentation has ended
    app.query_params.clear()  # the bare address on the page itself, as Back may lead to it
    app.run()
    assert app.session_state["decompose.timeline"].present.view == LABS["decompose"].scene() and not query_of(app)


def test_ones_own_data_stand_last():
    assert list(groups())[-1] == OWN
