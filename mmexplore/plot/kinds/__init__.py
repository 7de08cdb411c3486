"""The kinds of figures: one file each. A figure is frozen data; `mmexplore.plot.figure` says what every kind can do."""

from mmexplore.plot.kinds.bars import Atom, Bar, Bars
from mmexplore.plot.kinds.curves import Curves, Series
from mmexplore.plot.kinds.dots import Dots, Strip
from mmexplore.plot.kinds.heat import Heat
from mmexplore.plot.kinds.scatter import Cloud, Scatter
from mmexplore.plot.kinds.trials import Level, TrialGroup, TrialPanels, Trials

__all__ = [
    "Atom",
    "Bar",
    "Bars",
    "Cloud",
    "Curves",
    "Dots",
    "Heat",
    "Level",
    "Scatter",
    "Series",
    "Strip",
    "TrialGroup",
    "TrialPanels",
    "Trials",
]
