"""The choosers of the charts: what a link may say of them (``charts=diagram.shape:tiles,map.field:S``).

The dials' are named after the view and the chooser in it, see `choose` in ``dial/engine.js``; those of a second dial on a page have its
name before them: ``every-plane.way``.
"""

from __future__ import annotations

# chart and chooser -> a pattern of what it may stand at; what fits the pattern and is not there in this view is left at its default
PATTERNS = {
    "curve.axis": r"[01]",
    "diagram.shape": "discs|tiles",
    "kept.on": r"\d{1,2} (sampled|mlp|means)",
    "learning.what": "share|bits",
    "lost.what": "columns|rows|rare",
    "map.field": r".{1,40}",
    "plane.way": r"\d{1,2}",
    "scatter.of": r"\d{1,2} (latents|means)",
    "scatter.colour": r"\d{1,2}",
}
