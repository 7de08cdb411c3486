"""A scene names one table, whichever way it is reached: directly, by its link, by its script."""

import contextlib
import io
import itertools
import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import mmexplore as mm
from mmexplore.labs.decompose.dialgrid import dial_grid, grid_scene
from mmexplore.labs.decompose.scene import WHAT_IFS, Scene
from mmexplore.labs.decompose.script import script

SCENES = [
    Scene(),
    Scene(gate="xor", noise=0.1),
    Scene(gate="gaussians", own="angle=45.0&bins=8"),
    Scene(source="mix", gate="rdn", other="dice", mix=0.3, bias1=0.2),
    Scene(source="real", real="iris", bins1=3, bins2=5, method="kmeans", noise2=0.4),
    Scene(source="draw", drawn="2x3x2~1,2,3,4,5,6,7,8,9,10,11,12", correlation=-0.5, unit="nat", measure="imin"),
]


def numbers() -> st.SearchStrategy[Scene]:
    """Any scene the controls can make."""
    ranges = {p.name: st.floats(p.low, p.high) for p in Scene.parameters() if p.type is float}
    choices = {p.name: st.sampled_from(p.choices) for p in Scene.parameters() if p.choices}
    dials = st.sampled_from(("auto", "mix", "angle", *WHAT_IFS))
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
    assert x.name != y.name
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
        here = scene.put(**{grid.x.name: float(grid.xs[j]), grid.y.name: float(grid.ys[i])})
        exact = mm.pid(here.table(), scene.measure)
        for name in ("i1", "i2", "i12"):
            assert grid.fields[name][i, j] == pytest.approx(getattr(exact, name), abs=1e-12)
        assert grid.fields["union"][i, j] == pytest.approx(exact.union, abs=2e-6)
        py = here.table().sum(axis=(0, 1))
        assert grid.fields["hy"][i, j] == pytest.approx(-(py[py > 0] * np.log2(py[py > 0])).sum(), abs=1e-12)


def test_the_grid_does_not_depend_on_where_the_dial_stands():
    a, b = Scene(noise=0.1, correlation=0.3), Scene(noise=0.4, unit="nat", pin="gate=xor")
    assert grid_scene(a).identity() == grid_scene(b).identity()
    assert grid_scene(a).identity() != grid_scene(Scene(bias1=0.3)).identity()


def test_a_pin_travels_in_the_link():
    pinned = Scene(gate="xor", noise=0.1)
    scene = Scene(gate="and", unit="nat", pin=pinned.as_pin())
    back, problems = Scene.from_query(scene.to_query())
    assert not problems
    assert back.pinned() == pinned.replace(unit="nat")
    assert Scene(pin="gate=nonsense").pinned() is None
    assert Scene(pin="%%%").pinned() is None or Scene(pin="%%%").pinned() == Scene()
    assert Scene(gate="gaussians", own="angle=10.0", pin=Scene().as_pin()).pinned() == Scene()


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"gate": "nand2"}, "gate is 'nand2'"),
        ({"source": "draw", "drawn": "2x2x2~0,0,0,0,0,0,0,0"}, "every weight is 0"),
        ({"source": "draw", "drawn": "zzz"}, "drawn table starts with 'zzz'"),
        ({"gate": "gaussians", "own": "angle=999"}, "angle is 999"),
        ({"noise": "1e9"}, "noise is"),
    ],
)
def test_a_bad_link_is_told_and_shows_the_rest(query, told):
    scene, problems = Scene.from_query(query)
    assert scene.table().sum() == pytest.approx(1.0)
    assert told in " ".join(problems)


def test_changing_the_gate_drops_the_old_gates_parameters():
    scene = Scene(gate="gaussians").put(angle=45.0)
    assert scene.get("angle") == 45.0
    assert scene.put(gate="and").own == ""


def test_the_literature_is_quoted_only_for_an_untouched_gate():
    assert Scene(gate="xor").expected() == (0, 0, 0, 1)
    assert Scene(gate="xor", noise=0.1).expected() is None
    assert Scene(gate="xor", measure="imin").expected() is None
    assert Scene(source="draw").expected() is None
