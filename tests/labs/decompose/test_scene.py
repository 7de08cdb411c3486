"""A scene names one table, whichever way it is reached: directly, by its link, by its script."""

import contextlib
import dataclasses
import io
import itertools
import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import mmexplore as mm
from mmexplore import datasets
from mmexplore.labs.decompose.dialgrid import dial_grid, grid_scene
from mmexplore.labs.decompose.scene import WHAT_IFS, Scene
from mmexplore.labs.decompose.script import script

SCENES = [
    Scene(),
    Scene(gate="xor", noise=0.1),
    Scene().put(**{"gate": "gaussians", "gate.angle": 45.0, "gate.bins": 8}),
    Scene(source="mix", gate="rdn", other="dice", mix=0.3, bias1=0.2),
    Scene(source="real", real="iris", bins1=3, bins2=5, method="kmeans", noise2=0.4),
    Scene(source="draw", drawn="2x3x2~1,2,3,4,5,6,7,8,9,10,11,12", correlation=-0.5, unit="nat", measure="imin"),
]


def numbers() -> st.SearchStrategy[Scene]:
    """Any scene the controls can make."""
    ranges = {p.name: st.floats(p.low, p.high) for p in Scene.parameters() if p.type is float}
    choices = {p.name: st.sampled_from(p.choices) for p in Scene.parameters() if p.choices}
    dials = st.sampled_from(("auto", "mix", "gate.angle", *WHAT_IFS))
    bins = st.integers(2, 5)
    return st.builds(Scene, **ranges, **choices, dial_x=dials, dial_y=dials, bins1=bins, bins2=bins)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(numbers())
def test_every_scene_the_controls_can_make_is_a_probability_table_with_words(scene):
    table = scene.table()
    assert table.ndim == 3
    assert (table >= 0).all()
    assert table.sum() == pytest.approx(1.0, abs=1e-12)
    x, y = scene.axes()
    assert x != y
    assert all(scene.at(path).type is float for path in (x, y))
    assert tuple(len(names) for names in scene.labels()) == table.shape
    assert scene.title()
    assert all(scene.names())
    assert Scene.from_query(scene.to_query()) == (scene, [])


@pytest.mark.parametrize("scene", SCENES, ids=lambda s: s.title())
def test_the_exported_script_prints_the_same_numbers(scene):
    out = io.StringIO()
    space: dict[str, object] = {}
    with contextlib.redirect_stdout(out):
        exec(compile(script(scene), "script", "exec"), space)
    said = json.loads(out.getvalue())
    ours = scene.decompose()
    for name in (*mm.types.ATOMS, "i1", "i2", "i12"):
        assert said[name] == pytest.approx(float(getattr(ours, name)), abs=1e-9)
    assert said["unit"] == scene.unit
    assert space["grid"].redundancy.shape == (61, 61)


@pytest.mark.parametrize("scene", SCENES, ids=lambda s: s.title())
def test_the_grid_holds_the_exact_answers_at_its_nodes(scene):
    grid = dial_grid(scene)
    for i, j in itertools.product((0, len(grid.ys) // 2, len(grid.ys) - 1), (0, len(grid.xs) // 2, len(grid.xs) - 1)):
        x, y = grid.paths
        here = scene.put(**{x: float(grid.xs[j]), y: float(grid.ys[i])})
        exact = mm.pid(here.table(), scene.measure)
        for name in ("i1", "i2", "i12"):
            assert grid.fields[name][i, j] == pytest.approx(getattr(exact, name), abs=1e-12)
        assert grid.fields["union"][i, j] == pytest.approx(exact.union, abs=2e-6)
        py = here.table().sum(axis=(0, 1))
        assert grid.fields["hy"][i, j] == pytest.approx(-(py[py > 0] * np.log2(py[py > 0])).sum(), abs=1e-12)


def test_the_grid_does_not_depend_on_where_the_dial_stands():
    a, b = Scene(noise=0.1, correlation=0.3), Scene(noise=0.4, unit="nat")
    assert grid_scene(a).identity() == grid_scene(b).identity()
    assert grid_scene(a).identity() != grid_scene(Scene(bias1=0.3)).identity()
    two = Scene().put(gate="gaussians")
    assert grid_scene(two).identity() == grid_scene(two.put(**{"gate.angle": 30.0})).identity()
    assert grid_scene(two).identity() != grid_scene(two.put(**{"gate.bins": 4})).identity()


GAUSSIANS = {"gate": "gaussians"}


# A link as it was written before a scene could hold a gate's own parameters, and what it shows.
OLD_LINKS = [
    ({**GAUSSIANS, "own": "angle=45.0&bins=8"}, {**GAUSSIANS, "gate.angle": "45.0", "gate.bins": "8"}),
    ({**GAUSSIANS, "own": "angle=45.0"}, {**GAUSSIANS, "gate.angle": "45.0"}),
    ({**GAUSSIANS, "own": ""}, GAUSSIANS),
    ({**GAUSSIANS, "own": "bins=8", "gate.bins": "9"}, {**GAUSSIANS, "gate.bins": "9"}),
    ({**GAUSSIANS, "dial_x": "angle", "dial_y": "noise1"}, {**GAUSSIANS, "dial_x": "gate.angle", "dial_y": "noise1"}),
    ({**GAUSSIANS, "dial_x": "noise", "dial_y": "angle"}, {**GAUSSIANS, "dial_x": "noise", "dial_y": "gate.angle"}),
    (
        {"gate": "dice", "own": "alpha=3&glue=0.25", "noise": "0.1"},
        {"gate": "dice", "gate.alpha": "3", "gate.glue": "0.25", "noise": "0.1"},
    ),
    (
        {"source": "mix", "gate": "imperfect_rdn", "own": "slip=0.2", "other": "and", "mix": "0.3", "dial_x": "mix"},
        {"source": "mix", "gate": "imperfect_rdn", "gate.slip": "0.2", "other": "and", "mix": "0.3", "dial_x": "mix"},
    ),
    ({"gate": "xor", "noise": "0.1", "dial_y": "bias1"}, {"gate": "xor", "noise": "0.1", "dial_y": "bias1"}),
]


@pytest.mark.parametrize(("old", "new"), OLD_LINKS, ids=lambda q: "&".join(q))
def test_an_old_link_shows_the_same_view(old, new):
    scene, problems = Scene.from_query(old)
    again, none = Scene.from_query(new)
    assert problems == none == []
    assert scene == again
    assert scene.axes() == again.axes()


@pytest.mark.parametrize(
    ("old", "call"),
    [
        ({**GAUSSIANS, "own": "angle=45.0&bins=8"}, lambda: mm.gate("gaussians", angle=45.0, bins=8)),
        ({"gate": "dice", "own": "alpha=3&glue=0.25"}, lambda: mm.gate("dice", alpha=3, glue=0.25)),
        (
            {"source": "mix", "gate": "imperfect_rdn", "own": "slip=0.2", "other": "and", "mix": "0.3"},
            lambda: mm.mix(mm.gate("imperfect_rdn", slip=0.2), mm.gate("and"), 0.3),
        ),
    ],
    ids=["gaussians", "dice", "mix"],
)
def test_an_old_link_shows_the_same_table(old, call):
    assert (Scene.from_query(old)[0].table() == call()).all()


@pytest.mark.parametrize("gate", [g for g in mm.gates() if mm.gate_info(g).spec.parameters()])
def test_the_parameters_of_a_gate_are_paths_of_the_scene(gate):
    scene = Scene().put(gate=gate)
    for parameter in mm.gate_info(gate).spec.parameters():
        path = f"gate.{parameter.name}"
        assert path in scene.own_paths()
        assert scene.at(path) == parameter
        assert scene.get(path) == parameter.default
        moved = scene.put(**{path: parameter.high})
        assert (moved.table() == mm.gate(gate, **{parameter.name: parameter.high})).all()
        assert Scene.from_query(moved.to_query()) == (moved, [])


def test_the_gates_own_parameters_count_for_a_gate_or_a_mix_only():
    scene = Scene().put(**{"gate": "gaussians", "gate.angle": 45.0})
    real = scene.put(source="real")
    assert real.own_paths() == ()
    assert real.own_values() == {}
    assert (real.table() == Scene().put(source="real").table()).all()
    assert real.title() == Scene(source="real").title()
    assert real.axes() == ("noise1", "noise2")
    assert real.put(source="gate").get("gate.angle") == 45.0
    assert scene.put(source="mix").axes() == ("mix", "noise")


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"gate": "nand2"}, "gate is 'nand2'"),
        ({"source": "draw", "drawn": "2x2x2~0,0,0,0,0,0,0,0"}, "every weight is 0"),
        ({"source": "draw", "drawn": "zzz"}, "drawn table starts with 'zzz'"),
        ({"gate": "gaussians", "own": "angle=999"}, "angle is 999"),
        ({"gate": "gaussians", "gate.angle": "999"}, "gate.angle is 999"),
        ({"gate": "and", "gate.angle": "1"}, "gate.angle is not known here"),
        ({"gate": "gaussians", "own": "angle=1&angle=2"}, "'angle' is given twice for the gate"),
        ({"gate": "gaussians", "own": "angle"}, "the values of the gate are 'angle'"),
        ({"gate": "gaussians", "own": "%%%"}, "the values of the gate are '%%%'"),
        ({"noise": "1e9"}, "noise is"),
    ],
)
def test_a_bad_link_is_told_and_shows_the_rest(query, told):
    scene, problems = Scene.from_query(query)
    assert scene.table().sum() == pytest.approx(1.0)
    assert told in " ".join(problems)


def test_another_gate_comes_with_its_defaults():
    scene = Scene(gate="gaussians").put(**{"gate.angle": 45.0})
    assert scene.get("gate.angle") == 45.0
    assert scene.put(gate="and").to_query() == {}
    assert scene.put(gate="dice").get("gate.glue") == 0.0
    assert scene.put(gate="and").put(gate="gaussians").get("gate.angle") == Scene(gate="gaussians").get("gate.angle")
    assert scene.put(noise=0.1).get("gate.angle") == 45.0
    both = scene.put(**{"gate": "dice", "gate.glue": 0.5})
    assert (both.get("gate.glue"), both.get("gate.alpha")) == (0.5, 1)


def test_another_gate_of_the_same_parameters_comes_with_its_defaults(monkeypatch):
    """Two gates that share a class of parameters: a value set for one is not the other's."""
    infos = {name: mm.gate_info(name) for name in ("gaussians", "dice")}
    infos["dice"] = dataclasses.replace(infos["gaussians"], name="dice")
    monkeypatch.setattr(datasets, "gate_info", infos.__getitem__)
    scene = Scene(gate="gaussians").put(**{"gate.angle": 45.0})
    other = scene.put(gate="dice")
    assert type(other.own) is type(scene.own)
    assert other.get("gate.angle") == 30.0


def test_the_literature_is_quoted_only_for_an_untouched_gate():
    assert Scene(gate="xor").expected() == (0, 0, 0, 1)
    assert Scene(gate="xor", noise=0.1).expected() is None
    assert Scene(gate="xor", measure="imin").expected() is None
    assert Scene(source="draw").expected() is None
