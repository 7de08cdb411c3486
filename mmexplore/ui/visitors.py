"""Who is looking at a page: the browser's secret, else the session; and whether the teacher's key was given.

The key comes in a link (`mmexplore serve` prints it) or is typed on the page of runs. It is taken out of the address at once and kept in the
visitor's session, so that no link that is copied from there carries it.
"""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from mmexplore.runs import owners, store

KEY = "teacher"  # in a link
_TEACHER = "mmexplore teacher"
_WRONG = "mmexplore teacher refused"


def asking() -> owners.Who:
    """Who asks in this run of a page; the command line outside of one."""
    context = get_script_run_ctx(suppress_warning=True)
    if context is None:
        return owners.COMMAND_LINE
    cookie = st.context.cookies.to_dict().get(owners.COOKIE, "")
    secret = f"cookie {cookie}" if owners.is_secret(cookie) else f"session {context.session_id}"
    return owners.visitor(store.root(), secret, teacher=is_teacher())


def is_teacher() -> bool:
    """Whether this visitor has given the teacher's key."""
    return st.session_state.get(_TEACHER) is True


def give_key(text: str) -> None:
    """Take a text as the teacher's key, or note that it is none."""
    right = owners.is_key(store.root(), text.strip()[:200])
    st.session_state[_TEACHER] = right or is_teacher()
    st.session_state[_WRONG] = not right


def refused() -> bool:
    """Whether the last key that was given was none; once."""
    return st.session_state.pop(_WRONG, False) is True


def leave() -> None:
    """Be a visitor like others again."""
    st.session_state[_TEACHER] = False


def take_key() -> None:
    """Take the teacher's key out of the address, where it is in there."""
    if KEY in st.query_params:
        texts = st.query_params.get_all(KEY)
        del st.query_params[KEY]
        give_key(texts[-1] if texts else "")
