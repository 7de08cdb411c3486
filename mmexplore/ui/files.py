"""Files that a visitor dropped: kept in their session with their bytes, so that they can be read otherwise when that is asked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import streamlit as st

from mmexplore import tabular
from mmexplore.allowance import ALLOWANCE
from mmexplore.tabular import Dataset
from mmexplore.ui.failures import plain
from mmexplore.ui.held import bytes_of, held
from mmexplore.ui.session_cache import forget_session
from mmexplore.ui.state import PageState

_KEPT = 2
_BYTES_KEPT = 400_000_000  # of all files of one visitor together; the latest is always kept
_FOUND = 12  # words that are listed
_READ_AS = {"auto": "By content", "rows": "A sample", "cells": "A cell"}


class Files:
    """The files of a page's visitor, by the SHA-256 of their bytes.

    Args:
        state: of the page.
    """

    def __init__(self, state: PageState[Any]) -> None:
        self._state = state

    @property
    def all(self) -> dict[str, Dataset]:
        """Each as its content suggests, the latest last."""
        return held(self._state).files

    def find(self, sha: str) -> Dataset | None:
        """One of them, or the latest where none is named; None where it is not there."""
        return self.all.get(sha) if sha else next(reversed(self.all.values()), None)

    def keep(self, data: Dataset, content: bytes) -> None:
        """Add one; older ones go when they are too many or too large together.

        Raises:
            BadData: visitors' own data take all the room there is for them.
        """
        mine = held(self._state)
        ALLOWANCE.make_room(bytes_of(data) + len(content), mine.session, spare=mine)
        files, contents = mine.files, mine.contents
        files.pop(data.sha256, None)
        files[data.sha256], contents[data.sha256] = data, content
        while len(files) > 1 and (len(files) > _KEPT or sum(map(self._bytes, files.values())) > _BYTES_KEPT):
            self._drop(next(iter(files)))
        mine.gone = ""
        mine.count()

    def forget(self, sha: str) -> str:
        """Remove one; the latest of those that stay, or nothing."""
        mine = held(self._state)
        self._drop(sha)
        mine.readings.clear()
        mine.derived = None
        mine.count()
        forget_session()
        return next(reversed(mine.files), "")

    def read(self, loaded: Dataset, asked: Mapping[str, Any]) -> Dataset:
        """A file read as asked (see `mmexplore.tabular.load`).

        Raises:
            BadData: it cannot be read so.
        """
        content = self._contents.get(loaded.sha256)
        if not asked or content is None:
            return loaded
        kept: dict[str, Dataset] = held(self._state).readings
        key = json.dumps([loaded.sha256, dict(asked)], sort_keys=True)
        data = kept.pop(key, None)
        if data is None:
            data = tabular.load(content, loaded.file, **asked)
        kept[key] = data  # the latest used last
        while len(kept) > _KEPT:
            kept.pop(next(iter(kept)))
        held(self._state).count()
        return data

    def controls(self, loaded: Dataset, asked: Mapping[str, Any]) -> None:
        """How the file is read: rows or cells where the page offers it, and which words and numbers are missing values."""
        state = self._state
        offered = {p.name for p in state.spec.parameters()}
        with st.expander("How the file is read", expanded=bool(asked), key=state.key("reading")):
            if "read_as" in offered:
                state.control("read_as", format_func=_READ_AS.__getitem__)
            state.control("na")
            state.control("not_na")
            found = loaded.absent[:_FOUND]
            if found:
                st.caption("Found in the file, by itself:")
            for one in found:
                what = "missing" if one.taken else "not missing"
                st.caption(
                    f"{plain(repr(one.text[:24]))} in {plain(one.column[:40])}, {one.count:,} times: {what}, as {plain(one.why)}"
                )

    @property
    def _contents(self) -> dict[str, bytes]:
        return held(self._state).contents

    def _bytes(self, data: Dataset) -> int:
        return bytes_of(data) + len(self._contents.get(data.sha256, b""))

    def _drop(self, sha: str) -> None:
        self.all.pop(sha, None)
        self._contents.pop(sha, None)
