"""mmexplore: see what two modalities tell about a target: redundancy, uniqueness, synergy.

Axes are always [x1, x2, y]; informations are in bits. Importing this package imports neither torch nor Streamlit.
"""

from mmexplore.errors import BadData, BadSpec, MmexploreError, NotConverged, Unsupported
from mmexplore.info.pid import measures, pid
from mmexplore.types import PID, Atoms

__version__ = "0.1.0"

__all__ = [
    "PID",
    "Atoms",
    "BadData",
    "BadSpec",
    "MmexploreError",
    "NotConverged",
    "Unsupported",
    "measures",
    "pid",
]
