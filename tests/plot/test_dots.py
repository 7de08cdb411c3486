"""Dots: every single value is drawn at its place, means across, two readings apart."""

from __future__ import annotations

import pytest

from mmexplore.errors import BadData
from mmexplore.palette import CATEGORICAL
from mmexplore.plot.kinds import Dots, Strip
from tests.plot.examples import NAN, entries, traces

DOTS = Dots(
    "Kept",
    ("shared", "unique"),
    (Strip("clip", ((0.9, 1.0, 0.8), (0.1, NAN)), hue=1), Strip("raw", ((1.0,), ()), muted=True)),
    "bit",
    lines=(("chance", (0.5, None)),),
)
TWO = Dots(
    "t",
    ("c",),
    (
        Strip("a", ((0.2, 0.4),), hue=0, others=((0.7, 0.9),), starts=((0.1, None),)),
        Strip("b", ((0.5,),), hue=1),
    ),
    "bit",
    readings=("before", "behind", "untrained"),
)


def places(figure, group):
    return [v for t in traces(figure, "scatter", legendgroup=group) for v in t["x"]]


def test_every_finite_value_is_a_dot_in_its_row_and_column():
    first, second = traces(DOTS, "scatter", legendgroup="first")
    assert (first["x"], first["y"]) == ([0.9, 1.0, 0.8, 1.0], [0, 0, 0, 1])
    assert (second["x"], second["y"]) == ([0.1], [0])
    assert (first["xaxis"], second["xaxis"]) == ("x", "x2") and first["yaxis"] == second["yaxis"] == "y"
    assert first["marker"]["color"][:3] == [CATEGORICAL["light"][1]] * 3
    assert first["marker"]["color"][3] not in CATEGORICAL["light"]  # a reference is plain


def test_means_stand_across_their_dots():
    assert places(DOTS, "mean") == pytest.approx([0.9, 1.0, 0.1])


def test_a_value_beyond_the_axis_is_drawn_at_its_end():
    figure = Dots("t", ("c",), (Strip("a", ((-0.5, 0.25, 7.0),), hue=0),), "bit")
    assert places(figure, "first") == [0.0, 0.25, 1.0]
    low, high = figure.spec()["layout"]["xaxis"]["range"]
    assert low < 0 and high > 1  # a dot at the end is whole
    assert figure.table().rows[0][1] == pytest.approx((2.25, -0.5, 7.0))  # the table tells the truth


def test_two_readings_are_filled_and_hollow_joined_by_their_means_with_what_they_started_from():
    assert places(TWO, "first") == [0.2, 0.4, 0.5] and places(TWO, "start") == [0.1]
    [hollow] = [t for t in traces(TWO, "scatter", legendgroup="second") if t["mode"] == "markers"]
    assert hollow["x"] == [0.7, 0.9]
    [filled] = traces(TWO, "scatter", legendgroup="first")
    paper = hollow["marker"]["color"]
    assert isinstance(paper, str) and hollow["marker"]["line"]["color"] == filled["marker"]["color"][:2]
    [joined] = traces(TWO, "scatter", mode="lines", name="joined")
    assert joined["x"] == [pytest.approx(0.3), pytest.approx(0.8), None]
    assert joined["y"][0] < 0 < joined["y"][1] and joined["y"][:1] == filled["y"][:1]
    assert filled["y"][2] == 1  # one reading stands in the middle of its row


def test_the_table_of_two_readings():
    table = TWO.table()
    assert table.columns[1:] == (
        "c, before (mean, least, most)",
        "c, behind (mean, least, most)",
        "c, before, untrained",
        "c, behind, untrained",
    )
    assert table.rows[0][1:] == (pytest.approx((0.3, 0.2, 0.4)), pytest.approx((0.8, 0.7, 0.9)), 0.1, None)
    assert table.rows[1][2:] == (None, None, None)
    said = traces(TWO, "scatter", legendgroup="first")[0]["hovertext"][0]
    assert "before: mean 0.3 of 2: 0.2, 0.4<br>untrained: 0.1<br>behind: mean 0.8 of 2: 0.7, 0.9" in said


def test_the_table_of_one_reading_holds_means_and_lines():
    rows = DOTS.table().rows
    assert rows[0][1] == pytest.approx((0.9, 0.8, 1.0)) and rows[1][2] is None
    assert rows[2] == ("chance", 0.5, None)


def test_a_line_stands_in_the_columns_that_have_one():
    [line] = traces(DOTS, "scatter", name="chance")
    assert set(line["x"]) == {0.5} and line["xaxis"] == "x"
    assert min(line["y"]) < 0 and max(line["y"]) > len(DOTS.strips) - 1
    assert line["hovertemplate"] == "chance: 0.5 bit<extra></extra>"


def test_every_name_stands_in_the_legend_once():
    for figure in (DOTS, TWO):
        assert len(entries(figure)) == len(set(entries(figure)))
    assert set(entries(DOTS)) == {"single values", "mean", "chance"}
    assert set(entries(TWO)) == {"before", "behind", "untrained", "mean"}


def test_what_only_a_later_column_has_stands_in_the_legend_too():
    late = Dots("t", ("a", "b"), (Strip("s", ((0.5,), (0.5,)), 0),), "bit", lines=(("chance", (None, 0.5)),))
    assert "chance" in entries(late)
    empty = Dots("t", ("a", "b"), (Strip("s", ((), (0.5,)), 0),), "bit")
    assert "single values" in entries(empty)


def test_the_sentence_holds_the_means():
    assert DOTS.alt().startswith("Means in bit. clip: shared 0.900, unique 0.100; raw: shared 1.000")


@pytest.mark.parametrize(
    "make",
    [
        lambda: Dots("t", ("a", "b"), (Strip("s", ((1.0,),)),), "bit"),
        lambda: Dots("t", ("a",), (Strip("s", ((1.0,),), others=((1.0,), (1.0,))),), "bit"),
        lambda: Dots("t", ("a",), (Strip("s", ((1.0,),), starts=((None, None),) * 2),), "bit"),
        lambda: Dots("t", ("a",), (), "bit", low=1.0, high=1.0),
        lambda: Dots("t", ("a",), (), "bit", lines=(("l", ()),)),
    ],
)
def test_what_does_not_fit_is_told(make):
    with pytest.raises(BadData, match="allowed"):
        make()
