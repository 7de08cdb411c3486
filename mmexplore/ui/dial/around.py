"""What stands around a dial's view, between the page's state and the browser: what its choosers stand at, and the presentation.

The browser draws what was chosen at once and tells it afterwards, so that the address can hold it. What a link or Back says goes the other
way, with a number that rises each time: the browser takes it over then, and never under the reader's hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from mmexplore import links
from mmexplore.ui.state import PageState


def word_of(key: str) -> str:
    """What stands before the names of a dial's choosers: nothing for the page's own dial, else ``name-``."""
    last = key.rpartition(".")[2]
    return "" if last == "dial" else f"{last}-"


def said(state: Any, key: str) -> dict[str, Any]:
    """What the dial of this key is told of it; nothing where the page has no state that could hold it."""
    if not isinstance(state, PageState):
        return {}
    around, word = state.around, word_of(key)
    mine = {name.removeprefix(word): value for name, value in around.charts.items() if _is_of(name, word)}
    return {"around": {"rev": state.arrivals, "charts": mine, "present": around.present}}


def take(state: Any, key: str, views: Sequence[str]) -> None:
    """In the dial's callback: keep what the browser says that its choosers stand at, and whether it presents."""
    sent = st.session_state.get(key)
    told = sent.get("around") if isinstance(sent, Mapping) else None
    if not isinstance(state, PageState) or not isinstance(told, Mapping):
        return
    word, said_ = word_of(key), told.get("charts")
    chosen = said_ if isinstance(said_, Mapping) else {}
    text = ",".join(f"{word}{name}:{value}" for name, value in chosen.items() if str(name).partition(".")[0] in views)
    mine, _ = links.choices(text, state.offered.charts)
    others = {
        name: value
        for name, value in state.around.charts.items()
        if not (_is_of(name, word) and name.removeprefix(word).partition(".")[0] in views)
    }
    state.show_so(charts=others | mine, present=links.presented(told.get("present")))


def _is_of(name: str, word: str) -> bool:
    return name.startswith(word) if word else "-" not in name
