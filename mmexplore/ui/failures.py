"""What the reader sees when something is wrong: a sentence of ours, or an apology with what to do."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import streamlit as st

from mmexplore.errors import MmexploreError, noted
from mmexplore.ui.state import PageState

_LOG = logging.getLogger("mmexplore.pages")


@contextmanager
def guarded(state: PageState[Any], part: str = "") -> Iterator[None]:
    """Run a page's body or a fragment: errors of ours as sentences, anything else logged and apologised for.

    Args:
        state: of the page.
        part: which part of the page, where several are guarded side by side.
    """
    after = f" in {part}" if part else ""
    try:
        yield
    except MmexploreError as error:
        st.error(f"{plain(str(error))}\n\nThe last good view is one step back.", icon=":material/error:")
        st.button("Undo", on_click=state.undo, key=state.key(f"undo after error{after}"))
    except Exception as error:
        # Streamlit steers its own control flow (rerun, stop) by exceptions that are no faults
        if type(error).__module__.startswith("streamlit"):
            raise
        number = noted(_LOG, "page %s failed on %s", state.page, state.view.to_query())
        st.error(
            f"Sorry, this view failed on our side; the details are in the server's log under fault {number}. "
            "Undo goes back to the last view, Reset starts afresh.",
            icon=":material/error:",
        )
        st.button("Undo", on_click=state.undo, key=state.key(f"undo after fault{after}"))
        st.button("Reset", on_click=state.reset, key=state.key(f"reset after fault{after}"))


def notices(state: PageState[Any]) -> None:
    """What a link held that could not be read, and why the last change was refused."""
    if state.problems:
        listing = "\n".join(f"- {plain(problem)}" for problem in state.problems)
        st.warning(f"This link could not be read in full; the rest is shown with its defaults.\n{listing}")
    if state.refused:
        st.warning(f"{plain(state.refused)}. The last good view is still shown.")


def sentence(text: str) -> str:
    """Why something was refused, as a sentence, with a capital and a full stop, that Markdown leaves alone."""
    return plain(f"{text[:1].upper()}{text[1:].removesuffix('.')}.")


def plain(text: str) -> str:
    """Text that Markdown and LaTeX leave alone."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]()#+!|<>$~:" else c for c in text)
