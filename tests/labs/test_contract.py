"""What every lab's declaration promises; labs in folders of ``MMEXPLORE_LABS`` are held to it as well."""

from __future__ import annotations

import ast

import pytest

from mmexplore.errors import MmexploreError
from mmexplore.labs import LABS, in_order, place_of
from mmexplore.report import Content
from mmexplore.runs.task import TASKS
from tests.labs.pages import healthy, open_lab

NAMES = LABS.names()
WITH_VIEW = [name for name in NAMES if LABS[name].scene is not None]


def test_names_addresses_and_places_are_each_labs_own():
    labs = in_order()
    for field in ("name", "url", "order", "title", "question"):
        values = [getattr(lab, field) for lab in labs]
        assert len(set(values)) == len(values), field
    assert labs[0].name == "home"


@pytest.mark.parametrize("name", NAMES)
def test_its_page_opens(name):
    app = open_lab(name)
    assert healthy(app)
    assert [title.value for title in app.title] == [LABS[name].question]


@pytest.mark.parametrize("name", WITH_VIEW)
def test_a_link_brings_back_its_view_and_every_preset(name):
    lab = LABS[name]
    views = {"start": lab.scene()} | {key: preset.of(lab.scene) for key, preset in lab.presets.items()}
    for key, view in views.items():
        assert lab.scene.from_query(view.to_query()) == (view, []), key
    assert lab.scene().to_query() == {}


@pytest.mark.parametrize("name", WITH_VIEW)
def test_every_path_of_its_view_leads_to_a_declared_parameter(name):
    view = LABS[name].scene()
    for path in view.paths():
        parameter = view.at(path)
        assert parameter.label and parameter.check(view.get(path)) == view.get(path)
        assert view.put(**{path: view.get(path)}).get(path) == view.get(path)


@pytest.mark.parametrize("name", WITH_VIEW)
def test_examples_and_presets_have_words(name):
    lab = LABS[name]
    for preset in lab.presets.values():
        assert preset.title and preset.why.endswith((".", "?"))
    for example in lab.examples:
        assert example.heading and example.label and example.why
        assert lab.query(example.values) == (lab.view(example.values).to_query() if example.values else {})


@pytest.mark.parametrize("name", NAMES)
def test_its_runs_lead_back_to_it(name):
    lab = LABS[name]
    for kind in lab.tasks:
        assert TASKS[kind.kind] is kind and kind.program.startswith(f"mmexplore.labs.{name}.")
    if lab.task is None:
        return
    for view in (lab.scene(), *(preset.of(lab.scene) for preset in lab.presets.values())):
        try:
            task = lab.task(view)
        except MmexploreError:  # a view of one's own file has no run before the file is there
            continue
        if task is not None:
            place = place_of(task)
            assert place is not None and place[0] is lab and lab.task(place[1]) == task


@pytest.mark.parametrize("name", [name for name in WITH_VIEW if LABS[name].script is not None])
def test_its_script_is_python(name):
    text = LABS[name].script(LABS[name].scene())
    ast.parse(text)
    assert "mmexplore" in text


@pytest.mark.parametrize("name", [name for name in WITH_VIEW if LABS[name].numbers is not None])
def test_its_numbers_are_finite_have_units_and_lie_in_their_intervals(name):
    from mmexplore.ui.lab_page import report_of

    lab = LABS[name]
    found = tuple(lab.numbers(lab.scene(), None))
    assert found and len({n.name for n in found}) == len(found)
    for n in found:
        assert n.value is None or (n.value == n.value and abs(n.value) != float("inf"))
        if n.low is not None and n.high is not None and n.value is not None:
            assert n.low - 1e-9 <= n.value <= n.high + 1e-9
    assert isinstance(report_of(lab, lab.scene(), None), Content)


@pytest.mark.parametrize("name", [name for name in WITH_VIEW if LABS[name].dial is not None])
def test_its_dial_agrees_with_the_exact_answer_at_the_corners(name):
    lab = LABS[name]
    view = lab.scene()
    paths, fields = lab.dial.paths(view), lab.dial.fields(view)
    for side, place in (("low", 0), ("high", -1)):
        corner = view.put(**{path: getattr(view.at(path), side) for path in paths})
        exact = lab.dial.exact(corner)
        for field, values in fields.items():
            assert values[(place,) * len(paths)] == pytest.approx(exact[field], abs=1e-8), (side, field)
