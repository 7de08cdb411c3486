"""Figures of results: they hold the numbers of what they are made from."""

from __future__ import annotations

import numpy as np
import pytest

import mmexplore as mm
from mmexplore.errors import BadData, Unsupported
from mmexplore.estimators.tables.curves import against_bins, against_n
from mmexplore.estimators.tables.estimate import Settings, estimate
from mmexplore.plot.decomposition import atoms_figure, bins_figure, sizes_figure, table_figure
from tests.plot.examples import traces

SYMBOLS = ["R", "U1", "U2", "S", "", "", ""]


def drawn(figure):
    """Lengths of the bars."""
    return next(t["x"] for t in traces(figure, "bar") if len(t["x"]) == len(figure.bars) and "base" not in t)


@pytest.mark.parametrize("gate, expected", [("xor", [0, 0, 0, 1, 0, 0, 1]), ("rdn", [1, 0, 0, 0, 1, 1, 1])])
def test_the_atoms_of_a_gate_are_those_of_mathematics(gate, expected):
    figure = mm.plot.atoms(mm.pid(mm.gate(gate)))
    assert [bar.atom for bar in figure.bars] == SYMBOLS
    assert drawn(figure) == pytest.approx(expected, abs=1e-6) and figure.unit == "bit"
    assert "every atom within" in figure.source


def test_the_unit_goes_with_the_numbers():
    figure = mm.plot.atoms(mm.pid(mm.gate("xor")).to("nat"), ("a", "b"), title="mine")
    assert drawn(figure)[3] == pytest.approx(np.log(2), abs=1e-6) and figure.unit == "nat" and figure.title == "mine"
    assert figure.spec()["layout"]["xaxis"]["title"]["text"] == "nat" and figure.bars[1].label == "U1, only a"


def test_a_gaussian_decomposition_has_its_closed_form():
    covariance = np.eye(3) + 0.5 * np.array([[0, 0, 1], [0, 0, 1], [1, 1, 0]])
    result = mm.gaussian_pid(covariance, 1, 1, 1)
    bars = drawn(mm.plot.atoms(result))
    alone = -0.5 * np.log2(1 - 0.25)  # I(X1;Y) of a correlation of 0.5
    assert bars[4:6] == pytest.approx([alone, alone], abs=1e-5)
    assert bars[6] == pytest.approx(-0.5 * np.log2(1 - 0.5), abs=1e-5)
    assert bars[0] + bars[1] == pytest.approx(bars[4], abs=1e-4)


def test_what_is_no_single_decomposition_is_refused():
    with pytest.raises(Unsupported, match=r"a batch of \(2,\)"):
        mm.plot.atoms(mm.pid(np.stack([mm.gate("and"), mm.gate("xor")])))
    with pytest.raises(Unsupported, match="dict is no decomposition"):
        mm.plot.atoms({})


def test_measures_stand_beside_each_other():
    figure = mm.plot.measures(mm.gate("xor"), measures=["broja", "mmi"])
    assert figure.rows == ("broja", "mmi") and figure.values.shape == (1, 2, 4)
    assert figure.values[0, 0] == pytest.approx([0, 0, 0, 1], abs=1e-6)  # redundancy, unique, unique, synergy


def test_a_table_is_one_map_for_each_state_of_the_target():
    p = mm.gate("and")
    figure = mm.plot.table(p, ("a", "b", "c"))
    assert [t["z"] for t in traces(figure, "heatmap")] == [p[..., k].tolist() for k in range(2)]
    assert figure.panels == ("0", "1") and (figure.row_label, figure.column_label, figure.panel_label) == (
        "a",
        "b",
        "c",
    )
    with pytest.raises(BadData, match=r"allowed: \(n1, n2, ny\)"):
        mm.plot.table(p[0])


def test_curves_of_atoms_have_their_colours():
    figure = mm.plot.curve(
        [1, 2], {"S": [0.0, 1.0], "synergy": ([0.5, 0.5], [0.4, 0.4], [0.6, 0.6]), "other": [1, 2], "more": [1, 2]}
    )
    assert [(s.atom, s.hue) for s in figure.series] == [("S", None), ("S", None), ("", 0), ("", 1)]
    assert figure.series[1].low.tolist() == [0.4, 0.4] and figure.series[0].low is None
    with pytest.raises(BadData, match="21 lines; allowed: at most 20"):
        mm.plot.curve([1], {str(k): [1] for k in range(21)})


def test_maps_and_clouds_of_arrays():
    figure = mm.plot.heat([[1.0, 2.0]], ["r"], ["a", "b"])
    assert traces(figure, "heatmap")[0]["z"] == [[1.0, 2.0]] and figure.columns == ("a", "b")
    cloud = mm.plot.scatter([[0, 1], [2, 3], [4, 5]], ["a", "b", "a"])
    assert [(t["name"], t["x"], t["customdata"]) for t in traces(cloud)] == [("a", [0, 4], [0, 2]), ("b", [2], [1])]
    for wrong in (lambda: mm.plot.heat([1.0]), lambda: mm.plot.scatter([[1.0]])):
        with pytest.raises(BadData, match="allowed"):
            wrong()


def test_a_mutual_information_has_its_interval_and_its_seeds():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 1))
    e = mm.mutual_information(x, x + rng.normal(size=(200, 1)), "gaussian")
    figure = mm.plot.estimate(e)
    assert figure.bars[0].value == e.mi and len(figure.bars) == 1 + len(e.seeds)
    assert (figure.bars[0].low, figure.bars[0].high) == (tuple(e.interval) if e.interval is not None else (None, None))
    assert figure.source == "200 rows, gaussian"
    assert [b.atom for b in mm.plot.estimate(mm.pid(mm.gate("xor"))).bars] == SYMBOLS


def rows(n=600):
    p = mm.gate("and", noise=0.1)
    return np.unravel_index(np.random.default_rng(0).choice(p.size, n, p=p.ravel()), p.shape)


def test_an_estimate_fills_its_figures():
    codes, settings = rows(), Settings(bootstraps=60, permutations=40)
    e = estimate(*codes, settings)
    figure = atoms_figure(e, ("sound", "sight"))
    assert [b.atom for b in figure.bars] == SYMBOLS
    assert [b.value for b in figure.bars[:4]] == pytest.approx(list(e.value.atoms))
    assert (figure.bars[3].low, figure.bars[3].high) == e.intervals["synergy"]
    assert figure.bars[3].null_high == e.nulls[0].high["synergy"] and figure.bars[3].p_value == e.p_value("synergy")
    assert figure.bars[1].label == "U1, only sound" and "95% intervals" in figure.note
    assert "600 rows" in figure.source and mm.plot.atoms(e).bars == atoms_figure(e).bars
    bare = atoms_figure(estimate(*codes, Settings(bootstraps=0, permutations=0)), informations=False)
    assert len(bare.bars) == 4 and bare.bars[0].low is None and bare.table().columns == ("what", "bit")

    sizes = against_n(*codes, settings, sizes=(50, 600), repeats=5)
    curve = sizes_figure(sizes)
    assert curve.log and curve.x.tolist() == [50, 600] and len(curve.series) == 5
    np.testing.assert_array_equal(curve.series[3].y, sizes.mean["synergy"])
    bins = bins_figure(against_bins(lambda b: tuple(c % b for c in codes), (2, 3), settings, repeats=5))
    assert bins.x.tolist() == [2, 3] and bins.series[-1].faint
    p = mm.gate("and")
    heat = table_figure(p, (("a", "b"), ("c", "d"), (0, 1)))
    np.testing.assert_array_equal(heat.values[1], p[..., 1])
