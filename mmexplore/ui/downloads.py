"""A row of download buttons: every page offers its numbers, its data and its script the same way."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from mmexplore.runs import Run
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


def run_archive(state: PageState[Any], run: Run) -> None:
    """The button for a finished run's folder."""
    st.download_button(
        "The run (ZIP)",
        run.archive,
        file_name=f"{run.name}.zip",
        mime="application/zip",
        on_click="ignore",
        icon=":material/folder_zip:",
        key=state.key("download run"),
        help="Its spec, frames, arrays and result: `python -m mmexplore runs` opens it elsewhere.",
    )


def views_archive(state: PageState[Any], views: Mapping[str, np.ndarray]) -> None:
    """The button for a visitor's own two views as arrays."""
    packed = io.BytesIO()
    np.savez(packed, allow_pickle=False, **views)
    st.download_button(
        "Your two views (NPZ)",
        packed.getvalue(),
        file_name="two-views.npz",
        on_click="ignore",
        icon=":material/download:",
        key=state.key("download views"),
        help="The rows that were trained on: arrays x1, x2 and, where there is a label, y. The script reads your file itself.",
    )
