"""Tables behind the pages: gates of known decomposition, real data in two modalities, and what-ifs that act on any table."""

from mmexplore.datasets.gate_tables import gate, gate_info, gates
from mmexplore.datasets.whatif import WhatIf, mix, what_if

__all__ = ["WhatIf", "gate", "gate_info", "gates", "mix", "what_if"]
