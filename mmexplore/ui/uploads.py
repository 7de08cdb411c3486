"""A place to drop a file: read once, its bytes not kept; what cannot be read is said, and what was there stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from mmexplore.errors import MmexploreError
from mmexplore.ui.failures import plain
from mmexplore.ui.held import held
from mmexplore.ui.state import PageState

Take = Callable[[bytes, str], None]


def uploader(state: PageState[Any], label: str, take: Take, *, help: str, megabytes: int | None = None) -> None:
    """Draw the place.

    Args:
        state: of the page.
        label: which kinds of files.
        take: takes the bytes and the name of a file that was dropped; what it raises is shown by `wrong`.
        help: what becomes of the file.
        megabytes: the largest file; None for the server's own limit.
    """
    # a new key after every file empties the widget: the bytes are not kept beside what was read from them
    number = st.session_state.setdefault(state.key("uploads"), 0)
    st.file_uploader(
        label,
        key=state.key(f"upload {number}"),
        on_change=_dropped,
        args=(state, number, take),
        max_upload_size=megabytes,
        help=help,
    )


def wrong(state: PageState[Any], still_shown: str = "") -> None:
    """Say why the last file was not taken, or is gone, if so; `still_shown`: what is still on show then."""
    gone = held(state).gone
    if gone:
        st.warning(f"{plain(gone)}.", icon=":material/delete_history:")
    refusal = st.session_state.get(state.key("file wrong"))
    if refusal:
        st.error(plain(refusal), icon=":material/error:")
        if still_shown:
            st.caption(still_shown)


def forget_wrong(state: PageState[Any]) -> None:
    """The last file no longer matters."""
    st.session_state.pop(state.key("file wrong"), None)


def _dropped(state: PageState[Any], number: int, take: Take) -> None:
    file = st.session_state.get(state.key(f"upload {number}"))
    if file is None:
        return
    st.session_state[state.key("uploads")] = number + 1
    forget_wrong(state)
    try:
        take(file.getvalue(), file.name)
    except MmexploreError as error:
        st.session_state[state.key("file wrong")] = str(error)
