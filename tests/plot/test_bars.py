"""Bars: as long as their values, with their intervals and the band of chance."""

from __future__ import annotations

import pytest

from mmexplore.palette import ATOMS
from mmexplore.plot.kinds import Bar, Bars
from mmexplore.plot.tables import Table
from tests.plot.examples import NAN, traces

BARS = Bars(
    "t",
    (Bar("a", 0.5, "R", 0.4, 0.6, 0.05, 0.1), Bar("b", 0.25, "U1"), Bar("c", -0.25, "U2"), Bar("d", 0.125)),
    source="600 rows",
)


def values(figure):
    """The trace of the bars themselves."""
    return next(t for t in traces(figure, "bar") if len(t["y"]) == len(figure.bars) and "base" not in t)


def test_bars_are_as_long_as_their_values():
    bars = values(BARS)
    assert bars["x"] == [0.5, 0.25, -0.25, 0.125] and bars["y"] == [0, 1, 2, 3]
    assert bars.get("base") is None and bars["orientation"] == "h"


def test_an_atom_has_its_colour_and_its_pattern():
    bars = values(BARS)
    assert bars["marker"]["color"][:3] == [ATOMS[atom].fill["light"] for atom in ("R", "U1", "U2")]
    assert bars["marker"]["pattern"]["shape"] == ["x", "/", "\\", ""]
    assert bars["marker"]["color"][3] not in {ink.fill["light"] for ink in ATOMS.values()}


def test_whiskers_end_where_the_interval_ends():
    [whiskers] = [t for t in traces(BARS, "scatter") if "error_x" in t]
    assert whiskers["y"] == [0] and whiskers["x"] == [0.5]
    assert whiskers["x"][0] + whiskers["error_x"]["array"][0] == pytest.approx(0.6)
    assert whiskers["x"][0] - whiskers["error_x"]["arrayminus"][0] == pytest.approx(0.4)


def test_the_band_of_chance_lies_where_chance_puts_it():
    [band] = [t for t in traces(BARS, "bar") if "base" in t]
    assert band["y"] == [0] and band["base"] == [0.05] and band["x"] == pytest.approx([0.05])
    assert band["hovertext"] == ["chance alone: 0.05 to 0.1 bit"]
    assert band["width"] > values(BARS)["width"]  # seen beside the bar that covers it


def test_nothing_is_drawn_of_what_is_not_known():
    bare = Bars("t", (Bar("a", 0.5), Bar("b", 0.1)))
    assert not [t for t in traces(bare) if "error_x" in t or "base" in t]
    assert bare.table().columns == ("what", "bit")


def test_the_axis_holds_everything_that_is_drawn():
    low, high = BARS.spec()["layout"]["xaxis"]["range"]
    assert low < -0.25 and high > 0.6
    low, high = Bars("t", (Bar("a", 0.1, "R", 0.0, 2.0, 0.0, 3.0),)).spec()["layout"]["xaxis"]["range"]
    assert low == 0 and high > 3
    low, high = Bars("t", (Bar("a", NAN), Bar("b", 0.0))).spec()["layout"]["xaxis"]["range"]
    assert low <= 0 < high


def test_names_stand_beside_their_bars_from_top_to_bottom():
    side = BARS.spec()["layout"]["yaxis"]
    assert side["tickvals"] == [0, 1, 2, 3] and side["ticktext"] == ["a", "b", "c", "d"]
    assert side["range"][0] > side["range"][1]  # the first is on top
    assert BARS.spec()["layout"]["xaxis"]["title"]["text"] == "bit"


def test_the_number_stands_behind_all_that_is_drawn_of_a_bar():
    [written] = traces(BARS, "scatter", mode="text")
    assert [text.strip() for text in written["text"]] == [
        "<b>0.500</b>",
        "<b>0.250</b>",
        "<b>\u22120.250</b>",
        "<b>0.125</b>",
    ]
    assert written["x"] == [0.6, 0.25, 0.0, 0.125]


def test_pointing_at_a_bar_says_its_value_interval_chance_and_source():
    said = values(BARS)["hovertext"]
    assert said[0] == "<b>a</b><br>0.5 bit<br>interval 0.4 to 0.6 bit<br>chance alone 0.05 to 0.1 bit<br>600 rows"
    assert "p = 0.01" in values(Bars("t", (Bar("a", 0.5, p_value=0.01),)))["hovertext"][0]


def test_the_sentence_and_the_table_hold_the_numbers():
    assert BARS.alt().startswith("a 0.5000 bit (interval 0.4000 to 0.6000); b 0.2500 bit; c \u22120.2500 bit")
    bars = Bars("t", (Bar("a", 0.5, "R", 0.4, 0.6, None, None), Bar("b", 0.1)))
    assert bars.table() == Table(("what", "bit", "interval"), (("a", 0.5, (0.4, 0.6)), ("b", 0.1, None)), "t")
    whole = Bars("t", (Bar("a", 0.5, "R", 0.4, 0.6, 0.0, 0.1, 0.05, 0.01),), "nat").table()
    assert whole.columns == ("what", "nat", "interval", "chance alone", "mean of chance", "p")
    assert whole.rows == (("a", 0.5, (0.4, 0.6), (0.0, 0.1), 0.05, 0.01),)
    assert Bars("t", (Bar("a", 1.0),), about="its own words").alt() == "its own words"
