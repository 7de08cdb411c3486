"""A pinned view: buttons that keep and drop it, and its numbers beside the present ones."""

from __future__ import annotations

from typing import Any

import streamlit as st

from mmexplore.types import ATOMS, PID
from mmexplore.ui.failures import plain
from mmexplore.ui.icon_button import icon_button
from mmexplore.ui.state import PageState
from mmexplore.ui.words import atom_title, number


def pin_button(state: PageState[Any]) -> None:
    """Pin the view as A, or unpin what is."""
    if state.pinned is not None:
        icon_button(state, "unpin", "Unpin A", "keep_off", state.unpin, "Drop the pinned view A.")
    else:
        what = "Keeps this view as A; what you change next is B, drawn beside it."
        icon_button(state, "pin", "Pin as A", "keep", state.pin, what)


def comparison(before: str, a: PID, after: str, b: PID, names: tuple[str, str, str] | None = None) -> None:
    """Pinned A against present B, with the difference; `before` and `after` are their titles."""
    rows = [
        f"| {plain(atom_title(atom, names))} | {number(float(getattr(a, atom)))} | {number(float(getattr(b, atom)))} "
        f"| {number(float(getattr(b, atom)) - float(getattr(a, atom)))} |"
        for atom in ATOMS
    ]
    st.markdown(
        "\n".join(
            [
                f"**A** (pinned): {before}  \n**B** (now): {after}",
                "",
                f"| {a.unit} | A | B | B − A |",
                "|:--|--:|--:|--:|",
                *rows,
            ]
        )
    )
