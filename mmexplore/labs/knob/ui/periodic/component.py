"""The periodic table of methods: a tile each, drawn with its encoder graph (left) and its decoder graph (right); click or keys choose.

Only declarations of ours reach the component, no text of a visitor's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from mmexplore.labs.knob.graphs import Edge
from mmexplore.labs.knob.methods import FAMILIES, Method, method, methods

_HERE = Path(__file__).parent
_table = st.components.v2.component(
    "mmexplore.periodic",
    css=(_HERE / "periodic.css").read_text("utf-8"),
    js=(_HERE / "periodic.js").read_text("utf-8"),
    isolate_styles=True,
)
FAMILY_WORDS = {
    "one sided": ("One-sided", "one encoder, of X"),
    "joint": ("Joint", "one encoder sees both"),
    "symmetric": ("Symmetric", "each view compressed by itself"),
    "deterministic": ("Deterministic", "no noise: nothing to dial"),
}


def periodic(chosen: str, ready: Collection[str], *, key: str, on_choose: Callable[[str], None]) -> None:
    """Draw the table; `on_choose` is called with the name of a tile that was chosen.

    Args:
        chosen: the method on show.
        ready: names of methods that open at once.
        key: unique on the page.
        on_choose: called before the rerun.
    """

    def picked() -> None:
        state = st.session_state.get(key)
        said = state.get("picked") if isinstance(state, Mapping) else None
        name = said.get("name") if isinstance(said, Mapping) else None
        if name in methods():
            on_choose(str(name))

    entries = [method(name) for name in methods()]
    families = [
        {
            "title": FAMILY_WORDS[family][0],
            "words": FAMILY_WORDS[family][1],
            "methods": [_plain(m, m.name in ready) for m in entries if m.family == family],
        }
        for family in FAMILIES
    ]
    _table(key=key, data={"families": families, "chosen": chosen}, on_picked_change=picked)


def _plain(declared: Method, ready: bool) -> dict[str, Any]:
    def pairs(edges: tuple[Edge, ...]) -> list[list[Any]]:
        return [[list(edge.parents), edge.child, edge.directed] for edge in edges]

    return {
        "name": declared.name,
        "title": declared.title,
        "sentence": declared.sentence,
        "encoder": pairs(declared.graphs.encoder),
        "decoder": pairs(declared.graphs.decoder),
        "noisy": declared.stochastic,
        "ready": ready,
    }
