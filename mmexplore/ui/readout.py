"""The parts of a page that run alone, and the one of them that runs when a dial is let go: the read-out.

Streamlit sends every element of a fragment anew at each of its runs, changed or not, and the server pays about half a millisecond for each: for the
buttons above a dial, its grid and the tabs below as much as for the number that has changed. So a page with a dial is drawn in parts:

- what stands still (`Face.draw`, titles, tabs, tables that do not hang on the dial's position) outside of the read-out;
- the read-out (`part(STATE, READOUT, draw)`): the dial's answer (`Face.answer`), a headline, a table or a sentence: **at most seven elements, the wrapper of
  each outside container it writes into counted**, so that a move sends at most twelve messages. It may write into containers that were made outside of it
  (an open tab, say), in every run of the part that made them. What is behind a closed tab or expander is not drawn;
- what changes rarely (undo becomes possible, a note appears) in parts of their own, which say what they show of the view (`shows=`): `moved`, called by the
  dial's callback, lets them run beside the read-out only where that is no longer what it was when they were drawn.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Hashable
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitAPIException

from mmexplore.ui.failures import guarded
from mmexplore.ui.state import PARTS, PageState

READOUT = "readout"


def part(
    state: PageState[Any],
    name: str,
    draw: Callable[[], None],
    *,
    shows: Callable[[], Hashable] | None = None,
    follow: tuple[str, ...] = (),
) -> None:
    """Draw a part of a page that can run alone.

    Args:
        state: of the page.
        name: of the part, unique on the page.
        draw: draws it, from the page's state as it is then.
        shows: what it shows of the view that a dial may change, see `moved`.
        follow: paths of values that the rest of the page shows, see `PageState.follow`.
    """

    def run() -> None:
        state.follow(*follow)
        if shows is not None:
            _parts(state)[name] = (shows, shows())
        with guarded(state, name):
            draw()

    st.fragment(run, key=state.key(f"part {name}"))()


def moved(state: PageState[Any]) -> None:
    """In a dial's callback, once the state has been changed: let the parts run beside the read-out that no longer show what is so."""
    stale = [name for name, (shows, drawn) in _parts(state).items() if shows() != drawn]
    if stale:
        with contextlib.suppress(StreamlitAPIException):  # one of them is no longer on the page: then all of it runs
            st.rerun([state.key(f"part {name}") for name in (*stale, READOUT)])
        st.rerun()


def _parts(state: PageState[Any]) -> dict[str, tuple[Callable[[], Hashable], Hashable]]:
    """What the parts of the page show, each as it says itself, and as it was when it was drawn."""
    parts: dict[str, tuple[Callable[[], Hashable], Hashable]] = st.session_state.setdefault(state.key(PARTS), {})
    return parts
