"""The parts of the Knob page: data and methods, the dial of a trained method, exact theory, comparisons, and what one takes along."""

import streamlit as st

from mmexplore.labs.knob.scene import KnobScene
from mmexplore.ui.state import PageState

STATE: PageState[KnobScene] = PageState("knob", KnobScene)
FOLLOW = ("Compare methods", "How much data do I need?", "Take it with you")  # tabs that show the setting of the knobs
_DIALS = ("dial", "methods")


def turned(dial: str, values: dict[str, float]) -> None:
    """A dial was let go at these knobs: the other dials of the page have to follow."""
    STATE.update(**{name: float(f"{v:.6g}") for name, v in values.items()})
    key = STATE.key(f"turned {dial}")
    st.session_state[key] = st.session_state.get(key, 0) + 1


def revision(dial: str) -> int:
    """What rises whenever a dial has to be moved from outside: by undo, a link, or another dial; never by its own reader's hand."""
    others = sum(st.session_state.get(STATE.key(f"turned {other}"), 0) for other in _DIALS if other != dial)
    return STATE.timeline.revision * 1_000_000 + others


def drawn() -> None:
    """At the top of a full run: note where the knobs stand."""
    st.session_state[STATE.key("drawn knobs")] = (STATE.view.beta, STATE.view.gamma)


def rerun_if_behind() -> None:
    """At the top of a fragment: rerun the whole page if the other part shows the knobs where they no longer are."""
    STATE.rerun_if_stale()
    follows = st.session_state.get(STATE.key("below"), FOLLOW[0]) in FOLLOW
    if follows and st.session_state.get(STATE.key("drawn knobs")) != (STATE.view.beta, STATE.view.gamma):
        st.rerun()
