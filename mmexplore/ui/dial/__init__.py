"""The live dial. A new chart of it is one file in `views/`: see `core.js` for what it is given.

What is drawn, as data, is here without Streamlit, for whoever computes it beside a page; what draws it is imported when it is asked for.
"""

from typing import TYPE_CHECKING, Any

from mmexplore.ui.dial.model import Axis, Grid, Quantity, Stacks, Tables

if TYPE_CHECKING:
    from mmexplore.ui.dial.component import KNOB_VIEWS, THEORY_VIEWS, VIEWS, Face, committed, dial, exact_of

__all__ = [
    "KNOB_VIEWS",
    "THEORY_VIEWS",
    "VIEWS",
    "Axis",
    "Face",
    "Grid",
    "Quantity",
    "Stacks",
    "Tables",
    "committed",
    "dial",
    "exact_of",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from mmexplore.ui.dial import component

    return getattr(component, name)
