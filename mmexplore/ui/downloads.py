"""A row of download buttons: every page offers its numbers, its data and its script the same way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from mmexplore.ui.state import PageState

_MIME = {
    "csv": "text/csv",
    "html": "text/html",
    "json": "application/json",
    "npy": "application/octet-stream",
    "py": "text/x-python",
    "svg": "image/svg+xml",
}


def download_row(state: PageState[Any], files: Mapping[str, tuple[str, str | bytes]]) -> None:
    """Draw one button a file.

    Args:
        state: of the page; prefixes the buttons' keys.
        files: label -> (file name, content); the name's ending says what it is.
    """
    with st.container(horizontal=True):
        for label, (name, content) in files.items():
            st.download_button(
                label,
                content,
                file_name=name,
                mime=_MIME[name.rsplit(".", 1)[-1]],
                on_click="ignore",
                icon=":material/download:",
                key=state.key(f"download {label}"),
            )
