"""Maps: shades by value on one scale, names of rows and columns, numbers where they fit."""

from __future__ import annotations

import numpy as np
import pytest

from mmexplore.errors import BadData
from mmexplore.palette import SEQUENTIAL
from mmexplore.plot.kinds import Heat
from mmexplore.plot.kinds.heat import MOST_CELLS
from tests.plot.examples import NAN, traces

VALUES = np.array([[[0.0, 0.1], [0.2, 0.4]]])
FIGURE = Heat("t", VALUES, ("y",), ("r1", "r2"), ("c1", "c2"), "Y", "X1", "X2")


def test_cells_are_shaded_by_value_between_the_ends_of_the_scale():
    [cells] = traces(FIGURE, "heatmap")
    assert cells["z"] == [[0.0, 0.1], [0.2, 0.4]] and (cells["zmin"], cells["zmax"]) == (0.0, 0.4)
    places, colours = zip(*cells["colorscale"], strict=True)
    assert colours == SEQUENTIAL and places == pytest.approx(np.linspace(0, 1, len(SEQUENTIAL)))


def test_all_panels_share_one_scale():
    values = np.array([[[0.1, 0.0]], [[0.4, -0.2]]])
    both = traces(Heat("t", values, ("a", "b"), ("r",), ("c1", "c2")), "heatmap")
    assert {(t["zmin"], t["zmax"]) for t in both} == {(-0.2, 0.4)}
    assert [(t["xaxis"], t["yaxis"]) for t in both] == [("x", "y"), ("x2", "y2")]


def test_rows_run_from_top_to_bottom_with_their_names():
    side, foot = FIGURE.spec()["layout"]["yaxis"], FIGURE.spec()["layout"]["xaxis"]
    assert side["autorange"] == "reversed" and side["ticktext"] == ["r1", "r2"] and side["tickvals"] == [0, 1]
    assert foot["ticktext"] == ["c1", "c2"] and foot["title"]["text"] == "X2" and side["title"]["text"] == "X1"
    assert [a["text"] for a in FIGURE.spec()["layout"]["annotations"]] == ["Y = y"]


def test_small_maps_show_their_numbers_and_larger_ones_a_scale():
    [small] = traces(FIGURE, "heatmap")
    assert small["text"] == [["0", ".100"], [".200", ".400"]] and small["showscale"] is False
    [large] = traces(Heat("t", np.ones((1, 2, 12)), ("y",), ("a", "b"), tuple("abcdefghijkl")), "heatmap")
    assert "text" not in large and large["showscale"] is True
    assert large["colorbar"]["title"]["text"] == "probability"


def test_pointing_at_a_cell_says_where_it_is_and_its_value():
    [cells] = traces(FIGURE, "heatmap")
    assert cells["hovertext"][0][1] == "X1: r1<br>X2: c2<br>Y: y<br>probability: <b>0.1</b>"


def test_an_empty_cell_stays_empty():
    figure = Heat("t", np.array([[[0.5, NAN]]]), ("y",), ("r",), ("a", "b"))
    [cells] = traces(figure, "heatmap")
    assert figure.table().rows == (("r", "a", "y", 0.5),)
    assert cells["z"] == [[0.5, None]] and cells["text"] == [[".500", ""]] and cells["zmax"] == 0.5
    assert cells["hoverongaps"] is False


def test_many_names_do_not_all_have_a_tick():
    side = Heat("t", np.ones((1, 100, 2)), ("y",), tuple(f"r{k}" for k in range(100)), ("a", "b")).spec()["layout"]["yaxis"]  # fmt: skip
    assert side["ticktext"] == [f"r{k}" for k in range(0, 100, 3)] and side["tickvals"] == list(range(0, 100, 3))


def test_too_many_cells_are_a_sentence():
    large = Heat("t", np.ones((1, 201, 200)), ("y",), ("r",) * 201, ("c",) * 200)
    assert large.values.size == MOST_CELLS + 200 and large.spec()["data"] == []
    assert f"40,200 cells are too many to draw; allowed: {MOST_CELLS:,}" in large.to_json() and len(large.to_json()) < 5000  # fmt: skip
    assert Heat("t", np.ones((1, 200, 200)), ("y",), ("r",) * 200, ("c",) * 200).spec()["data"]


def test_the_table_holds_what_is_not_nothing():
    table = FIGURE.table()
    assert table.columns == ("X1", "X2", "Y", "probability")
    assert table.rows == (("r1", "c2", "y", 0.1), ("r2", "c1", "y", 0.2), ("r2", "c2", "y", 0.4))
    assert FIGURE.alt() == "probability of 2 x 2 x 1 cells, the largest 0.4000."


def test_what_does_not_fit_is_refused():
    with pytest.raises(BadData, match=r"values have shape \(1, 2, 2\); allowed: that of the names, \(1, 2, 1\)"):
        Heat("t", np.ones((1, 2, 2)), ("a",), ("a", "b"), ("a",))
