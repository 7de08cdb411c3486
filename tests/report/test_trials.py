"""Trials: places on the paper are those of the numbers, names are text, what is off the chart is said."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from mmexplore.report.sheet import sheet
from mmexplore.report.trials import INKS, mark

from mmexplore.plot.kinds import Level, TrialGroup, Trials

NAN = float("nan")


def group(label="one", ink=0, x=(1.0, 10.0, 100.0), y=(1.0, 2.0, 3.0), low=None, high=None, single=None) -> TrialGroup:
    k = len(x)
    blank = np.full(k, NAN)
    return TrialGroup(
        label,
        ink,
        np.array(x),
        np.array(y),
        blank if low is None else np.array(low),
        blank if high is None else np.array(high),
        np.empty((k, 0)) if single is None else np.array(single),
    )


def parts(svg: str, tag: str, kind: str) -> list[ET.Element]:
    found = ET.fromstring(svg).iter(f"{{http://www.w3.org/2000/svg}}{tag}")
    return [e for e in found if kind in (e.get("class") or "").split()]


def points(element: ET.Element) -> np.ndarray:
    return np.array([[float(v) for v in pair.split(",")] for pair in element.get("points", "").split()])


def test_a_logarithmic_axis_puts_powers_at_equal_distances():
    figure = Trials(
        "t", (group(),), (Level("truth", np.array([1.0, 10.0, 100.0]), np.array([1.0, 2.0, 4.0])),), log_x=True
    )
    svg = draw(figure, "u")
    [line] = parts(svg, "polyline", "joined")
    x, y = points(line).T
    assert x[1] - x[0] == pytest.approx(x[2] - x[1], abs=0.2)
    assert y[0] - y[1] == pytest.approx(y[1] - y[2], abs=0.2)
    [truth] = parts(svg, "polyline", "truth")
    assert points(truth)[:2, 1] == pytest.approx(y[:2], abs=0.11)
    assert y[2] - points(truth)[2, 1] == pytest.approx(y[0] - y[1], abs=0.2)


def test_groups_at_one_place_stand_side_by_side():
    svg = draw(Trials("t", tuple(group(f"g{k}", k) for k in range(3)), log_x=True), "u")
    firsts = [points(line)[0, 0] for line in parts(svg, "polyline", "joined")]
    assert np.diff(firsts) == pytest.approx([6.0, 6.0], abs=0.11)


def test_an_estimate_far_beyond_the_truth_is_an_arrow_at_the_edge():
    level = Level("truth", np.array([1.0, 100.0]), np.array([1.0, 1.0]))
    svg = draw(Trials("t", (group(y=(1.0, 90.0, NAN)),), (level,), named=False), "u")
    marks = parts(svg, "circle", "mark")
    arrows = [e for e in parts(svg, "polygon", "f-c0") if "mark" not in (e.get("class") or "")]
    assert (len(marks), len(arrows)) == (1, 1)
    assert points(arrows[0])[:, 1].min() < 20


def test_a_ceiling_far_above_does_not_flatten_the_rest():
    places = np.array([1.0, 10.0, 100.0])
    truth = Level("truth", places, np.array([1.0, 1.0, 1.0]))
    far, near = (Level("ceiling", places, np.full(3, height), 2) for height in (9.0, 3.5))
    assert not parts(draw(Trials("t", (group(),), (truth, far), named=False), "u"), "polyline", "ceiling")
    assert len(parts(draw(Trials("t", (group(),), (truth, near), named=False), "u"), "polyline", "ceiling")) == 1


def test_intervals_and_single_samples_are_drawn_where_there_are_some():
    one = group(low=(0.5, NAN, 2.0), high=(1.5, 2.5, 4.0), single=[[0.9, 1.1], [NAN, 2.0], [3.0, 3.0]])
    svg = draw(Trials("t", (one,)), "u")
    assert len(parts(svg, "path", "reach")) == 2
    assert len(parts(svg, "circle", "single")) == 5
    rows = [row for row in twin(Trials("t", (one,), x_label="n")).rows if row[0] == "one"]
    assert rows[0] == ("one", 1.0, 1.0, (0.5, 1.5))
    assert rows[1] == ("one", 10.0, 2.0, None)


def test_names_are_text_and_the_figure_tells_its_numbers():
    nasty = '<script>alert("x")</script>'
    svg = draw(Trials(nasty, (group(nasty),), x_label="rows", y_label="bit"), "u")
    assert "<script" not in svg
    about = next(e.text for e in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}desc"))
    assert about is not None and "1.0000 at 1" in about and "3.0000 at 100" in about
    assert "no estimate yet" in draw(Trials("t", ()), "u")
    legend = draw(Legend((("truth", -1), (nasty, 2))), "u")
    assert "<script" not in legend


def test_every_ink_has_a_shape_of_its_own():
    shapes = {re.sub(r"c\d", "", mark(0.0, 0.0, k)) for k in range(INKS)}
    assert len(shapes) == INKS


def test_a_sheet_is_one_file_that_stands_alone():
    figures = [Trials(f"figure {k}", (group(),), named=k == 0) for k in range(3)]
    tree = ET.fromstring(sheet(figures, "all of them"))
    inner = [e for e in tree if e.tag.endswith("svg")]
    tops = [float(e.get("y", "nan")) for e in inner]
    heights = [float(e.get("height", "nan")) for e in inner]
    assert len(inner) == 3
    assert all(b >= a + h for a, b, h in zip(tops, tops[1:], heights, strict=False))
    style = next(e for e in tree if e.tag.endswith("style")).text
    assert style is not None and "--c0:" in style
