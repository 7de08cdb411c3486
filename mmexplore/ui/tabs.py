"""Tabs and folds of which a link says which one is open: ``tab=about``, ``open=check,numbers``.

Names are declared with the page's state and stay, since links hang on them; what is written on a tab may change. Only what is open is
to be drawn: Streamlit runs the bodies of closed ones otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mmexplore.ui.state import PageState


def open_tab(state: PageState[Any], names: Sequence[str] | None = None, default: str = "") -> str:
    """Which of these tabs is open: the one that was asked for, or else `default`, or else the first."""
    there = tuple(state.tabs) if names is None else names
    return next((name for name in (state.around.tab, default) if name in there), there[0])


def tab_row(
    state: PageState[Any], names: Sequence[str] | None = None, *, default: str = ""
) -> tuple[str, DeltaGenerator]:
    """Draw the row of tabs; the name of the open one, and where its body goes.

    Args:
        state: of the page.
        names: of the tabs that the view has, in order; by default all that the page declares. One that was asked for and is not among
            them is opened as soon as it is.
        default: which one is open while none has been asked for; by default the first.
    """
    there = tuple(state.tabs) if names is None else tuple(names)
    name = open_tab(state, there, default)
    if state.hides("tab") or state.locks("tab"):  # a link that narrows the page to one of them
        return name, st.container()
    titles = [state.tabs[n] for n in there]
    row = st.tabs(titles, key=state.show("tabs", state.tabs[name]), on_change=_turned, args=(state,))
    return name, row[there.index(name)]


def _turned(state: PageState[Any]) -> None:
    title = st.session_state[state.key("tabs")]
    first = next(iter(state.tabs))
    state.show_so(tab=next((n for n, words in state.tabs.items() if words == title and n != first), ""))


def fold(state: PageState[Any], name: str, title: str) -> DeltaGenerator | None:
    """Draw a fold; where its body goes, None while it is closed."""
    key = state.show(f"fold {name}", is_open(state, name))
    box = st.expander(title, key=key, on_change=_folded, args=(state, name))
    return box if is_open(state, name) else None


def is_open(state: PageState[Any], name: str) -> bool:
    """Whether a fold is open."""
    return name in state.around.open


def _folded(state: PageState[Any], name: str) -> None:
    others = tuple(n for n in state.around.open if n != name)
    state.show_so(open=(*others, name) if st.session_state[state.key(f"fold {name}")] else others)
