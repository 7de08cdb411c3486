"""The table of the losses as a figure: bars as long as the bits kept, every seed a dot, a ring where theory is contradicted."""

from __future__ import annotations

import pytest

from mmexplore.labs.losses.retained import Retained, Row
from mmexplore.palette import ATOMS
from tests.plot.examples import entries, traces

KEPT = ((0.9, 0.7), (0.1, 0.3), (0.6,), (0.5,))
FIGURE = Retained(
    "t",
    (
        Row("CLIP", KEPT, ((0.4,),) * 4, ("kept", "kept", "lost", "depends"), 3.0),
        Row("later", ((),) * 4, ((),) * 4, ("lost",) * 4),
    ),
)


def test_bars_are_as_long_as_the_bits_kept_in_the_colours_of_the_atoms():
    bars = [t for t in traces(FIGURE, "bar") if t["width"] == 0.44 and t["marker"]["color"] in {i.fill["light"] for i in ATOMS.values()}]  # fmt: skip
    assert [t["x"] for t in bars] == [pytest.approx([v]) for v in (0.8, 0.2, 0.6, 0.5)]
    assert [t["marker"]["color"] for t in bars] == [ATOMS[a].fill["light"] for a in ("R", "U1", "U2", "S")]
    assert [t["xaxis"] for t in bars] == ["x", "x2", "x3", "x4"]


def test_a_ring_stands_where_theory_is_contradicted():
    rings = [len(t["x"]) for t in traces(FIGURE, "scatter") if t.get("marker", {}).get("size") == 17]
    assert rings == [0, 1, 1, 0]  # kept but 0.2 of a bit, lost but 0.6


def test_the_table_and_the_sentence_hold_the_means_and_the_legend_says_the_marks():
    row = dict(zip(FIGURE.table().columns, FIGURE.table().rows[0], strict=True))
    assert row["Shared, bits kept (mean, least, most)"] == pytest.approx((0.8, 0.7, 0.9)) and row["seconds"] == 3.0
    assert FIGURE.table().rows[1][1] is None
    assert (
        FIGURE.alt()
        == "Bits of 1 kept, means over seeds. CLIP: shared 0.80, unique 1 0.20, unique 2 0.60, synergy 0.50"
    )
    assert len(entries(FIGURE)) == len(set(entries(FIGURE))) and "measured otherwise" in entries(FIGURE)
