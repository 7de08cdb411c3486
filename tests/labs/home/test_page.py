"""Home says what the atoms are, and leads to every lab."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest

import mmexplore as mm
from mmexplore.lab import OWN
from mmexplore.labs import in_order
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
        view, problems = lab.scene.from_query(dict(parse_qsl(link.proto.query_string)))
        example = next(e for e in lab.examples if e.label == link.proto.label)
        assert not problems and view == lab.view(example.values)


def test_ones_own_data_stand_last():
    assert list(groups())[-1] == OWN
