"""What is computed from a visitor's own data: kept in their session alone, for the latest few questions, and gone with it.

Caches that all visitors share (`st.cache_resource`, `functools.lru_cache`, dictionaries of a module) hold only what comes along with
the program or is drawn from a declared law.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import streamlit as st

T = TypeVar("T")

_KEY = "computed from own data"
_MOST = 4


def in_session(name: str, key: Hashable, make: Callable[[], T], most: int = _MOST) -> T:
    """`make()`, kept in this session under a name for its latest `most` keys."""
    kept: dict[Hashable, Any] = st.session_state.setdefault(_KEY, {}).setdefault(name, {})
    made: T = kept.pop(key) if key in kept else make()
    kept[key] = made  # the latest used last
    while len(kept) > most:
        kept.pop(next(iter(kept)))
    return made


def forget_session() -> None:
    """Drop all of it: the data it was computed from are gone."""
    st.session_state.pop(_KEY, None)
