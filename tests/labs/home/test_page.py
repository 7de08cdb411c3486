"""Home says what the atoms are, and leads to every lab."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest

import mmexplore as mm
from mmexplore import links
from mmexplore.lab import OWN
from mmexplore.labs import LABS, in_order
from mmexplore.labs.home.page import groups
from tests.labs.pages import given, healthy, open_lab


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


def test_an_example_is_shown_whatever_was_on_its_page_before():
    copy = {"gate": "copy", "measure": "imin"}
    app = open_lab("decompose", **copy)
    assert app.session_state["decompose.timeline"].present.view.gate == "copy"
    for label, gate in (("Smiling while joking (AND)", "and"), ("Sarcasm (XOR)", "xor")):
        example = next(e for e in LABS["decompose"].examples if e.label == label)
        app.query_params.clear()
        app.query_params.update(links.to(LABS["decompose"].query(example.values)))
        app.run()
        assert app.session_state["decompose.timeline"].present.view == LABS["decompose"].view(example.values)
        assert app.session_state["decompose.timeline"].present.view.gate == gate and not app.warning


def test_ones_own_data_stand_last():
    assert list(groups())[-1] == OWN
