"""Trials: places on the paper are those of the numbers, what is off the chart is an arrow, ceilings do not flatten."""

from __future__ import annotations

import numpy as np
import pytest

from mmexplore.palette import CATEGORICAL
from mmexplore.plot.kinds import Level, TrialGroup, TrialPanels, Trials
from mmexplore.plot.theme import HUES, mark
from tests.plot.examples import NAN, entries, texts, traces

X = np.array([1.0, 10.0, 100.0])
TRUTH = Level("truth", X, np.array([1.0, 2.0, 4.0]))


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


def means(figure, name):
    """The trace of a group's estimates."""
    return next(t for t in traces(figure, "scatter", name=name) if t.get("hoverinfo") == "text")


def test_estimates_and_truth_lie_where_their_numbers_are():
    figure = Trials("t", (group(),), (TRUTH,), log_x=True)
    one, truth = means(figure, "one"), traces(figure, name="truth")[0]
    assert one["x"] == [1.0, 10.0, 100.0] and one["y"] == [1.0, 2.0, 3.0]
    assert (truth["x"], truth["y"]) == ([1.0, 10.0, 100.0], [1.0, 2.0, 4.0])
    made = figure.spec()["layout"]
    assert made["xaxis"]["type"] == "log" and made["yaxis"]["type"] == "linear"
    low, high = made["xaxis"]["range"]
    assert low < 0 and high > 2  # of a log axis: powers of ten
    assert made["xaxis"]["ticktext"] == ["1", "10", "100"]
    low, high = made["yaxis"]["range"]
    assert low <= 0 and high > 4


def test_groups_at_one_place_stand_side_by_side_at_equal_distances():
    figure = Trials("t", tuple(group(f"g{k}", k) for k in range(3)), log_x=True)
    x = np.log10([means(figure, f"g{k}")["x"] for k in range(3)])
    apart = np.diff(x, axis=0)
    assert (apart > 0).all() and np.allclose(apart, apart[0, 0], rtol=1e-4)
    assert x[1] == pytest.approx([0, 1, 2], abs=1e-6) and apart[0, 0] < 0.1
    straight = Trials("t", tuple(group(f"g{k}", k) for k in range(2)))
    apart = np.subtract(means(straight, "g1")["x"], means(straight, "g0")["x"])
    assert apart == pytest.approx([apart[0]] * 3, rel=1e-3) and 0 < apart[0] < 5


def test_an_estimate_far_beyond_the_truth_is_an_arrow_at_the_edge():
    level = Level("truth", np.array([1.0, 100.0]), np.array([1.0, 1.0]))
    figure = Trials("t", (group(y=(1.0, 90.0, NAN)),), (level,))
    one = means(figure, "one")
    high = figure.spec()["layout"]["yaxis"]["range"][1]
    assert one["marker"]["symbol"] == [mark(hue=0), "arrow-up"] and len(one["y"]) == 2
    assert one["y"][1] == pytest.approx(high, rel=1e-5) and high < 10
    assert "90 bit" in one["hovertext"][1]  # the number itself is not cut
    below = means(Trials("t", (group(y=(1.0, -90.0, NAN)),), (level,)), "one")
    assert below["marker"]["symbol"][1] == "arrow-down" and -10 < below["y"][1] < 0


def test_a_ceiling_far_above_does_not_flatten_the_rest():
    truth = Level("truth", X, np.array([1.0, 1.0, 1.0]))
    far, near = (Level("ceiling", X, np.full(3, height), 2) for height in (9.0, 3.5))
    alone = Trials("t", (group(),), (truth,)).spec()["layout"]["yaxis"]["range"]
    figure = Trials("t", (group(),), (truth, far))
    assert not traces(figure, name="ceiling") and figure.spec()["layout"]["yaxis"]["range"] == alone
    figure = Trials("t", (group(),), (truth, near))
    [drawn] = traces(figure, name="ceiling")
    assert set(drawn["y"]) == {3.5} and figure.spec()["layout"]["yaxis"]["range"][1] > 3.5
    assert ("ceiling", 1.0, 9.0, None) in Trials("t", (group(),), (truth, far)).table().rows


def test_a_level_that_stays_runs_across_the_whole_figure():
    figure = Trials("t", (group(),), (Level("truth", X, np.ones(3)),))
    [drawn] = traces(figure, name="truth")
    assert [drawn["x"][0], drawn["x"][-1]] == pytest.approx(figure.spec()["layout"]["xaxis"]["range"], rel=1e-5)


def test_intervals_and_single_samples_are_drawn_where_there_are_some():
    one = group(low=(0.5, NAN, 2.0), high=(1.5, 2.5, 4.0), single=[[0.9, 1.1], [NAN, 2.0], [3.0, 3.0]])
    figure = Trials("t", (one,), x_label="n")
    reach = means(figure, "one")["error_y"]
    assert reach["array"] == [0.5, None, 1.0] and reach["arrayminus"] == [0.5, None, 1.0]
    [single] = [t for t in traces(figure, name="one") if t.get("hoverinfo") != "text"]
    assert single["y"] == [0.9, 1.1, 2.0, 3.0, 3.0] and single["x"] == [1, 1, 10, 100, 100]
    assert "error_y" not in means(Trials("t", (group(),)), "one")
    rows = [row for row in figure.table().rows if row[0] == "one"]
    assert rows[0] == ("one", 1.0, 1.0, (0.5, 1.5)) and rows[1] == ("one", 10.0, 2.0, None)


def test_pointing_says_value_place_interval_error_and_samples():
    one = group(low=(0.5, NAN, 2.0), high=(1.5, 2.5, 4.0), single=[[0.9, 1.1], [NAN, 2.0], [3.0, 3.0]])
    said = means(Trials("t", (one,), (TRUTH,), "rows"), "one")["hovertext"][2]
    assert said == "<b>one</b>: 3 bit<br>rows: 100<br>interval 2 to 4<br>truth 4, error \u22121<br>mean of 2 samples"


def test_the_figure_tells_its_numbers_and_says_where_there_are_none():
    about = Trials("t", (group(),), (TRUTH,), x_label="rows").alt()
    assert "truth: 1.0000 at 1, 4.0000 at 100" in about and "one: 1.0000 at 1, 3.0000 at 100" in about
    empty = Trials("t", ())
    assert "no estimate yet" in list(texts(empty.spec())) and empty.alt() == "No estimate yet."
    assert "no estimate yet" not in list(texts(Trials("t", (group(),)).spec()))


def test_a_logarithmic_value_axis_holds_what_is_positive():
    made = Trials("t", (group(y=(0.1, 10.0, 1000.0)),), log_y=True).spec()["layout"]["yaxis"]
    low, high = made["range"]
    assert made["type"] == "log" and -1.3 < low < -1 and 3 < high < 3.3


def test_every_ink_has_a_mark_and_a_colour_of_its_own():
    assert len({mark(hue=k) for k in range(HUES)}) == HUES == len(set(CATEGORICAL["light"]))
    assert len({(mark(hue=k), CATEGORICAL["light"][k % HUES]) for k in range(HUES**2)}) == HUES**2


def test_every_group_and_level_stands_in_the_legend_once():
    figure = Trials("t", (group("a", 0, single=np.ones((3, 2))), group("b", 1)), (TRUTH,))
    assert entries(figure) == ["truth", "a", "b"]


def test_panels_share_one_legend_and_keep_their_numbers():
    one = Trials("first", (group("a", 0), group("b", 1)), (TRUTH,), "n")
    other = Trials("second", (group("b", 1), group("c", 2)), (TRUTH,), "n")
    both = TrialPanels("t", (one, other))
    assert entries(both) == ["truth", "a", "b", "c"]
    groups = {t["legendgroup"] for t in traces(both, name="b")}
    assert len(groups) == 1 and {t["xaxis"] for t in traces(both, name="b")} == {"x", "x2"}
    made = both.spec()["layout"]
    assert [a["text"] for a in made["annotations"]] == ["first", "second"]
    assert (
        made["xaxis"]["domain"][1] < made["xaxis2"]["domain"][0] and made["yaxis"]["domain"] == made["yaxis2"]["domain"]
    )
    narrow = both.spec()["narrow"]
    assert (
        narrow["xaxis"]["domain"] == narrow["xaxis2"]["domain"]
        and narrow["yaxis"]["domain"][0] > narrow["yaxis2"]["domain"][1]
    )
    rows = both.table().rows
    assert both.table().columns == ("panel", "what", "n", "bit", "interval")
    assert rows == tuple(("first", *r) for r in one.table().rows) + tuple(("second", *r) for r in other.table().rows)
    assert both.alt() == f"first: {one.alt()} second: {other.alt()}"
