"""The dial's HTML, CSS and JavaScript as strings: files concatenated once at import, no build step.

Order: core (small tools), engine (state, sliders, drawing, committing), hover (what is under the pointer), keys (their list,
the link to the dial), save (tables and files), present (one chart fills the window), then every file of `views/`, each of which
puts one entry into VIEWS. Indentation and whole-line comments are left out of what is sent.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from mmexplore import palette
from mmexplore.plot.document import lean

_HERE = Path(__file__).parent


@cache
def dial_js() -> str:
    """The dial's module."""
    scales = json.dumps({"seq": palette.SEQUENTIAL, "div": palette.DIVERGING, "cat": palette.CATEGORICAL})
    files = [_HERE / name for name in ("core.js", "engine.js", "hover.js", "keys.js", "save.js", "present.js")]
    files += sorted((_HERE / "views").glob("*.js"))
    return "\n".join([f"const SCALES = {scales};", *(lean(f.read_text("utf-8")) for f in files)])


@cache
def say_js() -> str:
    """The module of the messenger that brings the grid and the answers to a dial."""
    return lean((_HERE / "say.js").read_text("utf-8"))


@cache
def dial_css() -> str:
    """The dial's style sheet, colours first."""
    return (
        palette.css(".dial") + "\n" + "".join((_HERE / name).read_text("utf-8") for name in ("dial.css", "present.css"))
    )


@cache
def view_names() -> tuple[str, ...]:
    """The views there are: one file each."""
    return tuple(sorted(f.stem for f in (_HERE / "views").glob("*.js")))
