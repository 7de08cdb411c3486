"""A "Copy link" button: copies the page's address, or a given text, and says so.

Browsers give `navigator.clipboard` only to secure pages (https or this machine), so there is a second way for a plain http
address in a classroom, and a third where the browser refuses both: the text is shown, selected, ready to be copied by hand.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from mmexplore.links import START

_HERE = Path(__file__).parent
_button = st.components.v2.component(
    "mmexplore.copylink",
    css=(_HERE / "copylink.css").read_text("utf-8"),
    js=(_HERE / "copylink.js").read_text("utf-8"),
    isolate_styles=True,
)


def copy_link(text: str | None = None, *, key: str, label: str = "Copy link", help: str = "") -> None:
    """Draw the button.

    Args:
        text: what is copied; None: the address of the page at the moment of the click.
        key: unique on the page.
        label: what the button says.
        help: a sentence shown on hover.
    """
    _button(key=key, data={"text": text, "label": label, "help": help, "start": START}, width="content")
