"""Lines: through their values, with gaps where there is none, with bands, dashes and a legend."""

from __future__ import annotations

import numpy as np
import pytest

from mmexplore.errors import BadData
from mmexplore.palette import ATOMS, CATEGORICAL_LINES
from mmexplore.plot.kinds import Curves, Series
from mmexplore.plot.tables import Table
from tests.plot.examples import entries, traces


def lines(figure):
    return [t for t in traces(figure, "scatter") if "fill" not in t]


def bands(figure):
    return traces(figure, "scatter", fill="toself")


def test_a_line_runs_through_its_values_on_a_log_axis():
    x = np.array([10.0, 100.0, 1000.0])
    figure = Curves("t", x, (Series("s", np.array([0.0, 1.0, 2.0]), "S"),), "rows", log=True)
    [line] = lines(figure)
    assert line["x"] == [10.0, 100.0, 1000.0] and line["y"] == [0.0, 1.0, 2.0]
    assert line["line"]["color"] == ATOMS["S"].line["light"] and line["line"]["dash"] == "10px,3px,2px,3px"
    foot = figure.spec()["layout"]["xaxis"]
    assert foot["type"] == "log" and foot["ticktext"] == ["10", "100", "1,000"] and foot["tickvals"] == x.tolist()
    with pytest.raises(BadData, match="x holds 0; allowed on a log axis: above 0"):
        Curves("t", np.array([0.0, 1.0]), (), "x", log=True)


def test_gaps_split_lines_and_bands():
    y = np.array([0.0, 1.0, np.nan, 1.0, 2.0])
    figure = Curves("t", np.arange(5.0), (Series("s", y, "U1", y - 0.1, y + 0.1),), "x")
    [line], [band] = lines(figure), bands(figure)
    assert line["y"] == [0.0, 1.0, None, 1.0, 2.0] and line["connectgaps"] is False
    # there along the upper ends and back along the lower ones, twice, with a gap between the two
    assert band["x"] == [0, 1, 1, 0, None, 3, 4, 4, 3, None]
    assert band["y"] == pytest.approx([0.1, 1.1, 0.9, -0.1, None, 1.1, 2.1, 1.9, 0.9, None])
    assert Curves("t", np.arange(5.0), (Series("s", y * np.nan),), "x").spec()["data"][0]["y"] == [None] * 5


def test_no_band_lies_over_a_line():
    k = np.arange(3.0)
    figure = Curves("t", k, (Series("a", k, "R", k - 1, k + 1), Series("b", k, "S", k - 1, k + 1)), "x")
    assert ["fill" in t for t in figure.spec()["data"]] == [True, True, False, False]
    assert [t["legendgroup"] for t in figure.spec()["data"]] == ["s0", "s1", "s0", "s1"]  # hidden with its line


def test_every_line_has_one_entry_in_the_legend():
    k = np.array([0.0, 1e-4])
    figure = Curves("t", np.array([1.0, 2.0]), tuple(Series(f"line {n}", k * n, hue=n) for n in range(8)), "x")
    assert entries(figure) == [f"line {n}" for n in range(8)]
    assert entries(Curves("t", k, (Series("alone", k, "R", k, k),), "x")) == []


def test_lines_of_a_palette_differ_in_colour_and_dashes_and_marks():
    x = np.arange(3.0)
    figure = Curves("t", x, tuple(Series(str(k), x + k, hue=k) for k in range(8)), "step")
    drawn = lines(figure)
    assert [t["line"]["color"] for t in drawn] == list(CATEGORICAL_LINES["light"])
    assert len({t["line"]["dash"] for t in drawn}) == 8 and len({t["marker"]["symbol"] for t in drawn}) == 8
    again = lines(Curves("t", x, tuple(Series(str(k), x + k, hue=k) for k in range(16)), "step"))
    assert len({(t["line"]["color"], t["line"]["dash"]) for t in again}) == 16


def test_a_second_reading_has_the_colour_of_the_first_and_is_dotted():
    x = np.arange(3.0)
    drawn = lines(Curves("t", x, (Series("a", x, hue=2), Series("b", x, hue=2, second=True), Series("c", x, faint=True)), "x"))  # fmt: skip
    assert drawn[0]["line"]["color"] == drawn[1]["line"]["color"] != drawn[2]["line"]["color"]
    assert len({t["line"]["dash"] for t in drawn}) == 3 and drawn[2]["line"]["width"] < drawn[0]["line"]["width"]


def test_the_axes_hold_the_bands_and_begin_at_nothing():
    k = np.array([1.0, 2.0])
    low, high = Curves("t", k, (Series("s", k, "S", k - 0.5, k + 3),), "x").spec()["layout"]["yaxis"]["range"]
    assert low == 0 and high > 5
    low, high = Curves("t", k, (Series("s", -k),), "x").spec()["layout"]["yaxis"]["range"]
    assert low < -2 and high > 0
    low, high = Curves("t", k, (Series("s", k),), "x", low=0.5).spec()["layout"]["yaxis"]["range"]
    assert low == 0.5 and high > 2


def test_pointing_says_value_band_and_unit():
    k = np.array([1.0, 2.0])
    whole, bare = lines(Curves("t", k, (Series("s", k, "S", k - 1, k + 1), Series("n", k)), "rows", "I (nat)"))
    assert whole["hovertemplate"] == "%{y:.4~g} nat (%{customdata[0]:.4~g} to %{customdata[1]:.4~g})"
    assert whole["customdata"] == [[0.0, 2.0], [1.0, 3.0]] and bare["hovertemplate"] == "%{y:.4~g} nat"


def test_places_without_numbers_have_their_names():
    figure = Curves("t", np.array([1.0, 2.0]), (Series("s", np.array([0.0, 1.0])),), "bins", x_texts=("few", "many"))
    assert figure.spec()["layout"]["xaxis"]["ticktext"] == ["few", "many"]
    assert [row[0] for row in figure.table().rows] == ["few", "many"]


def test_the_table_and_the_sentence_hold_the_numbers():
    k = np.array([1.0, 2.0])
    curve = Curves("t", k, (Series("s", k, "S", k - 1, k + 1), Series("n", k * 2)), "rows")
    assert curve.table() == Table(("rows", "s", "n"), ((1, (1.0, 0.0, 2.0), 2.0), (2, (2.0, 1.0, 3.0), 4.0)), "t")
    assert curve.alt() == "bit against rows. s: 1.0000 at 1, 2.0000 at 2; n: 2.0000 at 1, 4.0000 at 2"
    gap = Curves("t", np.arange(3.0), (Series("s", np.array([np.nan, 5.0, np.nan])),), "x")
    assert "s: 5.0000 at 1, 5.0000 at 1" in gap.alt()


def test_what_does_not_fit_is_refused():
    with pytest.raises(BadData, match=r"'s' has shape \(3,\); allowed: that of x, \(2,\)"):
        Curves("t", np.arange(2.0), (Series("s", np.arange(3.0)),), "x")
