"""A row of badges behind a title, as one element of the page: what hovering would say of each stands behind one help mark."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import streamlit as st

Colour = Literal["red", "orange", "yellow", "blue", "green", "violet", "gray", "grey", "primary"]


@dataclass(frozen=True)
class Badge:
    """One badge.

    Attributes:
        label: what it says.
        icon: ``:material/name:``.
        color: a colour that `st.badge` knows.
        help: the sentences behind it, in Markdown.
    """

    label: str
    icon: str
    color: Colour = "blue"
    help: str = ""

    def text(self) -> str:
        """The badge in Markdown, as `st.badge` writes it."""
        label = self.label.replace("[", "\\[").replace("]", "\\]")
        return f":{self.color}-badge[{self.icon} {label}]"

    def draw(self) -> None:
        """Draw it alone; its help appears on hover."""
        st.badge(self.label, icon=self.icon, color=self.color, help=self.help or None)


def headline(title: str, badges: Iterable[Badge]) -> None:
    """A title (in Markdown) and its badges in one element, which costs a run one message instead of one each."""
    row = list(badges)
    helps = [f"{badge.text()}\n\n{badge.help}" for badge in row if badge.help]
    st.markdown(" ".join([f"**{title}**", *(badge.text() for badge in row)]), help="\n\n".join(helps) or None)
