"""Every script of the theory tabs runs as it stands and prints the numbers of the view."""

from __future__ import annotations

import contextlib
import io
import math
import re

import pytest

import mmexplore as mm
from mmexplore.labs.knob.scene import KnobScene
from mmexplore.labs.knob.theory import KnobTheory
from mmexplore.labs.knob.theory_script import collapse_script, exact_script, howmuch_script


def output(script: str) -> tuple[str, dict]:
    names: dict = {}
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(script, "script", "exec"), names)
    return said.getvalue(), names


def test_collapse():
    said, names = output(collapse_script(KnobTheory(sym_beta=6.0, sym_square=0.9)))
    found = KnobTheory(sym_beta=6.0).sym_numbers()
    numbers = [float(n) for n in re.findall(r"\d+\.\d+", said)]
    expected = [found["spinodal"], found["transition"], found["global_rate"], found["global_kept"]]
    assert numbers == pytest.approx(expected)
    assert (names["down"] >= names["up"]).all()


def test_how_much_data():
    scene = KnobTheory(need_columns=10, need_private=2, need_rows=60.0)
    said, names = output(howmuch_script(scene))
    assert names["here"].signal == pytest.approx(scene.need_here().signal)
    assert "samples until 80% is kept" in said


@pytest.mark.parametrize("data", ["wine", "warped-gaussian"])
def test_the_exact_plane(data):
    said, names = output(exact_script(KnobScene(data=data, exact_beta=4.0, exact_blend=0.25)))
    blend = names["blend"]
    assert [float(n) for n in re.findall(r"\d+\.\d+", said)][:2] == pytest.approx([blend.rate, blend.relevance])
    assert blend.relevance == pytest.approx(mm.blend_ib(names["cov"], names["d1"], names["d2"], 4.0, 0.25).relevance)
    if data == "warped-gaussian":
        assert blend.rate == pytest.approx(
            0.5 * sum(max(0.0, math.log2(4.0 * (0.75 + 0.25 * r**2))) for r in (0.9, 0.8, 0.6, 0.3, 0, 0))
        )
