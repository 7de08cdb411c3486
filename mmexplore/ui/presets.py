"""A lab's views to start from: a row of buttons with one's own data at its end, or chips for a side bar; with what the chosen one shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from mmexplore.lab import Preset
from mmexplore.ui.state import PageState


def preset_row(
    state: PageState[Any],
    presets: Mapping[str, Preset],
    chosen: str,
    *,
    choose: Callable[[str], None] | None = None,
    own: str = "",
    own_values: Mapping[str, Any] | None = None,
    words: bool = True,
) -> None:
    """Draw the buttons.

    Args:
        state: of the page.
        presets: by name.
        chosen: name of the one on show.
        choose: goes to the preset of a name; by default its values are put into the present view.
        own: label of a last button, which leads to the visitor's own data; empty: there is none.
        own_values: what that button puts into the view.
        words: whether the words on the chosen one stand below.
    """

    def by_default(name: str) -> None:
        state.jump(**{path: value for path, value in presets[name].values.items() if not state.locks(path)})

    if state.hides("preset"):
        return
    locked = state.locks("preset")
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key=state.key("stories")):
        for name, preset in presets.items():
            st.button(
                preset.title,
                key=state.key(f"story {name}"),
                type="primary" if name == chosen else "secondary",
                on_click=choose or by_default,
                args=(name,),
                disabled=locked,
            )
        if own:
            st.button(
                own,
                key=state.key("story own"),
                icon=":material/upload_file:",
                type="tertiary",
                on_click=lambda: state.jump(**(own_values or {})),
                disabled=locked,
            )
    if words:
        st.caption(presets[chosen].why)


def preset_chips(
    state: PageState[Any],
    label: str,
    titles: Mapping[str, str],
    chosen: str | None,
    words: str,
    choose: Callable[[str], None],
    *,
    help: str | None = None,
) -> None:
    """Draw the chips and a sentence; nothing where the link hides them.

    Args:
        state: of the page.
        label: above them.
        titles: what each is called, by name.
        chosen: name of the one on show; None: the view is none of them.
        words: the sentence below; "" for none.
        choose: goes to the one of a name.
        help: of the label.
    """
    if state.hides("preset"):
        return
    key = state.show("preset", chosen)

    def picked() -> None:
        name = st.session_state[key]
        if name is not None:  # a deselected one keeps what was
            choose(name)

    st.pills(
        label,
        tuple(titles),
        format_func=titles.__getitem__,
        key=key,
        on_change=picked,
        disabled=state.locks("preset"),
        help=help,
    )
    if words:
        st.caption(words)
