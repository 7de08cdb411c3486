"""Tables behind the pages: gates of known decomposition, real data in two modalities, and what-ifs that act on any table."""

from mmexplore.datasets.gate_tables import gate, gate_info, gates
from mmexplore.datasets.labelled import LabelledTable
from mmexplore.datasets.real_tables import Binning, RealTable, real, real_data, real_info, real_samples, real_table
from mmexplore.datasets.whatif import WhatIf, mix, what_if

__all__ = [
    "Binning",
    "LabelledTable",
    "RealTable",
    "WhatIf",
    "gate",
    "gate_info",
    "gates",
    "mix",
    "real",
    "real_data",
    "real_info",
    "real_samples",
    "real_table",
    "what_if",
]
