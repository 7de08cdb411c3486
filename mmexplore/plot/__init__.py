"""Figures: one kind of data, one renderer (Plotly), on pages, in reports and in notebooks.

>>> import mmexplore as mm
>>> mm.plot.atoms(mm.pid(mm.gate("xor"))).table().rows[3][:2]
('S, synergy', 1.0)

Every function returns a figure that shows itself in a notebook, has Plotly's own object as `.figure` and writes itself with `.save("x.html")`.
`mmexplore.plot.figure` says what a figure is, `mmexplore.plot.kinds` holds its kinds.
"""

from mmexplore.plot.figure import Figure
from mmexplore.plot.results import atoms, curve, estimate, heat, measures, run, scatter, table
from mmexplore.plot.tables import Table

__all__ = ["Figure", "Table", "atoms", "curve", "estimate", "heat", "measures", "run", "scatter", "table"]
