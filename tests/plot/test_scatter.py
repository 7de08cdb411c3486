"""Clouds: every finite point, one scale for both directions, one legend entry a group."""

from __future__ import annotations

import numpy as np
import pytest

from mmexplore.errors import BadData
from mmexplore.palette import CATEGORICAL
from mmexplore.plot.kinds import Cloud, Scatter
from mmexplore.plot.kinds.scatter import MOST_POINTS
from tests.plot.examples import NAN, entries, traces

CLOUD = Cloud("z", np.array([0.0, 4.0, 0.0, NAN]), np.array([0.0, 0.0, 2.0, 1.0]), np.array([0, 1, 0, 1]))
FIGURE = Scatter("t", (CLOUD, CLOUD), ("one", "two"), "left", "right")


def test_clouds_keep_one_scale_for_both_directions():
    made = FIGURE.spec()["layout"]
    assert (made["yaxis"]["scaleanchor"], made["yaxis2"]["scaleanchor"]) == ("x", "x2")
    assert made["xaxis"]["constrain"] == made["yaxis"]["constrain"] == "domain"


def test_points_lie_where_they_are_coloured_and_shaped_by_group():
    drawn = traces(FIGURE, "scatter")
    assert [(t["name"], t["x"], t["y"], t["xaxis"]) for t in drawn] == [
        ("one", [0.0, 0.0], [0.0, 2.0], "x"),
        ("two", [4.0], [0.0], "x"),
        ("one", [0.0, 0.0], [0.0, 2.0], "x2"),
        ("two", [4.0], [0.0], "x2"),
    ]
    assert [t["marker"]["color"] for t in drawn[:2]] == list(CATEGORICAL["light"][:2])
    assert drawn[0]["marker"]["symbol"] != drawn[1]["marker"]["symbol"]


def test_groups_beyond_the_palette_are_told_apart():
    k = np.arange(40)
    drawn = traces(Scatter("t", (Cloud("", k * 1.0, k * 1.0, k),)), "scatter")
    assert len({(t["marker"]["color"], t["marker"]["symbol"]) for t in drawn}) == 40


def test_every_group_stands_in_the_legend_once_and_is_hidden_in_all_panels():
    assert entries(FIGURE) == ["one", "two"]
    groups = [t["legendgroup"] for t in traces(FIGURE)]
    assert groups[:2] == groups[2:] and len(set(groups)) == 2


def test_points_that_are_samples_say_which():
    x = np.array([0.0, 1.0, NAN, 3.0])
    figure = Scatter("t", (Cloud("", x, x, np.array([0, 1, 0, 0]), np.array([7, 8, 9, 10]), ("a", "b", "c", "d")),))
    first, second = traces(figure, "scatter")
    assert (first["customdata"], first["text"]) == ([7, 10], ["a", "d"])
    assert (second["customdata"], second["text"]) == ([8], ["b"])
    assert figure.spec()["layout"]["dragmode"] == "lasso" and figure.spec()["narrow"]["dragmode"] is False
    assert "customdata" not in traces(FIGURE)[0] and FIGURE.spec()["layout"]["dragmode"] == "zoom"


def test_pointing_says_group_and_place():
    assert traces(FIGURE)[0]["hovertemplate"] == "one<br>left %{x:.4~g}, right %{y:.4~g}<extra></extra>"


def test_no_more_points_are_drawn_than_a_browser_bears():
    k = np.arange(MOST_POINTS + 10.0)
    [drawn] = traces(Scatter("t", (Cloud("", k, k, np.zeros(len(k), int)),)))
    assert len(drawn["x"]) == MOST_POINTS


def test_the_table_tells_where_groups_lie_and_the_sentence_how_many_there_are():
    cloud = Cloud("z", np.array([0.0, 4.0, 0.0]), np.array([0.0, 0.0, 2.0]), np.array([0, 0, 0]))
    figure = Scatter("t", (cloud,), ("only",))
    [row] = figure.table().rows
    assert row[:3] == ("z", "only", 3)
    assert row[3:] == pytest.approx((4 / 3, 2 / 3, np.sqrt(32 / 9 + 8 / 9)))
    assert figure.alt() == "z: 3 points"


def test_the_table_leaves_out_what_is_not_finite():
    rows = FIGURE.table().rows
    assert rows[1][:3] == ("z", "two", 1) and rows[1][3:] == pytest.approx((4.0, 0.0, 0.0))
    assert all(np.isfinite(v) for row in rows for v in row[3:])


def test_what_does_not_fit_is_told():
    with pytest.raises(BadData, match="allowed"):
        Cloud("t", np.zeros(3), np.zeros(2), np.zeros(3))
    with pytest.raises(BadData, match="allowed"):
        Cloud("t", np.zeros(3), np.zeros(3), np.zeros(3), rows=np.zeros(2))
