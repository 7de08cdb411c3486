"""Figures of single points: every value is drawn, names cannot become markup, the table holds the numbers."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from mmexplore.errors import BadData
from mmexplore.plot.kinds import Cloud, Curves, Dots, Scatter, Series, Strip

EVIL = "<script>alert(1)</script>"
DOTS = Dots(
    "Kept",
    ("shared", "unique"),
    (Strip(EVIL, ((0.9, 1.0, 0.8), (0.1, float("nan"))), hue=1), Strip("raw", ((1.0,), ()), muted=True)),
    "bit",
    lines=(("chance", (0.5, None)),),
)


def marks(svg, *tags):
    return [node for node in ET.fromstring(svg).iter() if node.tag.rsplit("}", 1)[-1] in tags]


def test_every_single_value_is_a_dot_and_means_stand_in_the_table():
    svg = draw(DOTS, "u")
    dots = [node for node in marks(svg, "rect", "circle") if node.get("class", "").startswith("p-")]
    assert len(dots) == 5  # three seeds, one finite of two, one reference
    assert "<script" not in svg and "&lt;script" in svg
    rows = DOTS.table().rows
    assert rows[0][1] == pytest.approx((0.9, 0.8, 1.0)) and rows[1][2] is None
    assert rows[2] == ("chance", 0.5, None)


def test_a_dot_lies_where_its_value_is_on_the_axis():
    figure = Dots("t", ("c",), (Strip("a", ((0.25, 0.75),), hue=0),), "bit")
    frame = next(n for n in marks(draw(figure, "u"), "rect") if n.get("class") == "frame")
    left, width = float(frame.get("x")), float(frame.get("width"))
    places = [float(n.get("cx")) for n in marks(draw(figure, "u"), "circle")]
    assert [(x - left) / width for x in places] == pytest.approx([0.25, 0.75], abs=1e-3)


def test_two_readings_of_a_row_are_filled_and_hollow_joined_by_their_means_with_what_they_started_from():
    strip = Strip("a", ((0.2, 0.4),), hue=0, others=((0.7, 0.9),), starts=((0.1, None),))
    figure = Dots("t", ("c",), (strip, Strip("b", ((0.5,),), hue=1)), "bit", readings=("before", "behind", "untrained"))
    svg = draw(figure, "u")
    frame = next(n for n in marks(svg, "rect") if n.get("class") == "frame")
    left, width = float(frame.get("x")), float(frame.get("width"))

    def places(kind, at):
        return [
            (float(n.get(at)) - left) / width
            for n in marks(svg, "circle", "line")
            if n.get("class", "").startswith(kind)
        ]

    assert places("hollow", "cx") == pytest.approx([0.7, 0.9], abs=1e-3)
    assert places("p-c0", "cx") == pytest.approx([0.2, 0.4], abs=1e-3)
    assert places("between", "x1") + places("between", "x2") == pytest.approx([0.3, 0.8], abs=1e-3)
    assert places("start", "x1") == pytest.approx([0.1], abs=1e-3)
    table = figure.table()
    assert table.columns[1:] == (
        "c, before (mean, least, most)",
        "c, behind (mean, least, most)",
        "c, before, untrained",
        "c, behind, untrained",
    )
    assert table.rows[0][1:] == (pytest.approx((0.3, 0.2, 0.4)), pytest.approx((0.8, 0.7, 0.9)), 0.1, None)
    assert table.rows[1][2:] == (None, None, None)
    assert "before: mean 0.300 of 0.200, 0.400 (untrained: 0.100); behind: mean 0.800" in svg


def test_clouds_keep_one_scale_for_both_directions():
    cloud = Cloud("z", np.array([0.0, 4.0, 0.0]), np.array([0.0, 0.0, 2.0]), np.array([0, 0, 0]))
    points = [(float(n.get("cx")), float(n.get("cy"))) for n in marks(draw(Scatter("t", (cloud,)), "u"), "circle")]
    (x0, y0), (x1, _), (_, y2) = points
    assert (x1 - x0) / (y0 - y2) == pytest.approx(2.0, rel=1e-3)
    assert twin(Scatter("t", (cloud,), ("only",))).rows[0][:3] == ("z", "only", 3)


def test_lines_of_a_palette_differ_in_colour_and_dashes():
    x = np.arange(3.0)
    svg = draw(Curves("t", x, tuple(Series(str(k), x + k, hue=k) for k in range(3)), "step"), "u")
    lines = marks(svg, "polyline")
    assert len({(n.get("class"), n.get("stroke-dasharray")) for n in lines}) == 3


@pytest.mark.parametrize(
    "make",
    [
        lambda: Dots("t", ("a", "b"), (Strip("s", ((1.0,),)),), "bit"),
        lambda: Dots("t", ("a",), (Strip("s", ((1.0,),), others=((1.0,), (1.0,))),), "bit"),
        lambda: Dots("t", ("a",), (Strip("s", ((1.0,),), starts=((None, None),) * 2),), "bit"),
        lambda: Dots("t", ("a",), (), "bit", low=1.0, high=1.0),
        lambda: Dots("t", ("a",), (), "bit", lines=(("l", ()),)),
        lambda: Cloud("t", np.zeros(3), np.zeros(2), np.zeros(3)),
    ],
)
def test_what_does_not_fit_is_told(make):
    with pytest.raises(BadData, match="allowed"):
        make()
