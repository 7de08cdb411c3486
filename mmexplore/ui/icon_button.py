"""A button of the bar beside the headline: an icon; its name is for those who hear the page, its help for those who point."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from mmexplore.ui.state import PageState


def icon_button(
    state: PageState[Any], name: str, label: str, icon: str, act: Callable[[], None], help: str, *, enabled: bool = True
) -> None:
    """Draw it.

    Args:
        state: of the page.
        name: of its key, unique on the page.
        label: what it is called.
        icon: name of a Material symbol.
        act: called when it is pressed.
        help: a sentence.
        enabled: whether it can be pressed.
    """
    st.button(
        label,
        icon=f":material/{icon}:",
        type="tertiary",
        on_click=act,
        disabled=not enabled,
        key=state.key(name),
        help=help,
    )
