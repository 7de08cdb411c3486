"""The parts of the Knob page: data and methods, the dial of a trained method, exact theory, comparisons, and what one takes along."""

import streamlit as st

from mmexplore.labs.knob.scene import KnobScene
from mmexplore.ui.state import PageState

STATE: PageState[KnobScene] = PageState("knob", KnobScene)
FOLLOW = ("Compare methods", "How much data do I need?", "Take it with you")  # tabs that show the setting of the knobs


def turned(dial: str, values: dict[str, float]) -> None:
    """A dial was let go at these knobs."""
    STATE.turn(dial, **{name: float(f"{v:.6g}") for name, v in values.items()})


def follow() -> None:
    """At the top of a fragment: rerun the whole page if the part below shows the knobs where they no longer are."""
    below = st.session_state.get(STATE.key("below"), FOLLOW[0])
    STATE.follow(*(("beta", "gamma") if below in FOLLOW else ()))
