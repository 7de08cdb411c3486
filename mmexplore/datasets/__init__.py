"""Data behind the pages: gates of known decomposition, real data in two modalities, what-ifs that act on any table, generators
of continuous modalities with their truth, and one shelf of two views (`mmexplore.datasets.views`).

``mmexplore.generators()`` lists the generators that ``mmexplore.make`` knows. ``mmexplore.datasets()``, its first name, still does the
same for one version, without a warning: the package is also a function.
"""

import sys
import types

from mmexplore.datasets.gate_tables import gate, gate_info, gates
from mmexplore.datasets.generators import Generator, Made, Sample, Truth, generator, make
from mmexplore.datasets.generators import generators as names
from mmexplore.datasets.labelled import LabelledTable
from mmexplore.datasets.real_tables import Binning, RealTable, real, real_data, real_info, real_samples, real_table
from mmexplore.whatif.tables import WhatIf, mix, what_if

__all__ = [
    "Binning",
    "Generator",
    "LabelledTable",
    "Made",
    "RealTable",
    "Sample",
    "Truth",
    "WhatIf",
    "gate",
    "gate_info",
    "gates",
    "generator",
    "make",
    "mix",
    "names",
    "real",
    "real_data",
    "real_info",
    "real_samples",
    "real_table",
    "what_if",
]


# To be removed after the next version: `mmexplore.generators()` is the name.
class _Callable(types.ModuleType):
    """``mmexplore.datasets`` is this package for whoever imports it, and the list of generators for whoever calls it."""

    def __call__(self) -> tuple[str, ...]:
        return names()


sys.modules[__name__].__class__ = _Callable
