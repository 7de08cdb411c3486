"""A page's state is one frozen spec, held beside its history and written into the URL.

Widgets show the spec and callbacks replace it; nothing else holds state. So undo, a link, the Back button and a reload are
the same thing: another spec becomes the present.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import streamlit as st

from mmexplore.errors import MmexploreError
from mmexplore.spec import Parameter, Spec
from mmexplore.timeline import Timeline

S = TypeVar("S", bound=Spec)

_VISIBLE = "visible page"
_ENTERED = "page was entered by this run"
_MOMENT = 10.0  # seconds: a busy browser may be that late


def visiting(page: str) -> None:
    """At the start of every full run, whichever page it shows: note whether the visitor has just come to it."""
    st.session_state[_ENTERED] = st.session_state.get(_VISIBLE) != page
    st.session_state[_VISIBLE] = page


class PageState(Generic[S]):
    """The state of one page in one visitor's session.

    Args:
        page: the page's name; prefixes every key in the session's state.
        spec: class of the view; its defaults are what an empty URL shows.
    """

    def __init__(self, page: str, spec: type[S]) -> None:
        self.page = page
        self.spec = spec

    def key(self, name: str) -> str:
        """Session-state key of a widget of this page."""
        return f"{self.page}.{name}"

    @property
    def timeline(self) -> Timeline[S]:
        """The history, made at the first look."""
        key = self.key("timeline")
        if key not in st.session_state:
            st.session_state[key] = Timeline(self.spec())
        timeline: Timeline[S] = st.session_state[key]
        return timeline

    @property
    def view(self) -> S:
        """What the page shows now."""
        return self.timeline.present

    # -- URL ---------------------------------------------------------------------------------------------------------

    def sync(self) -> None:
        """At the top of a full run: take over a link, Back or Forward; restore the view when the page is re-entered."""
        self._take_url()
        st.session_state[self.key("drawn revision")] = self.timeline.revision

    def rerun_if_stale(self) -> None:
        """At the top of a fragment: rerun the whole page if the view jumped, since widgets outside must follow."""
        if st.session_state.get(self.key("drawn revision")) != self.timeline.revision:
            st.rerun()

    def _take_url(self) -> None:
        query = st.query_params.to_dict()
        if st.session_state.get(_ENTERED, True) and not query and self.key("timeline") in st.session_state:
            self._write_url()
        elif query != st.session_state.get(self.key("query"), {}):
            view, problems = self.spec.from_query(query)
            if self.key("timeline") in st.session_state:
                self.timeline.jump(view)
            else:  # arrived by a link: there is nothing to undo
                st.session_state[self.key("timeline")] = Timeline(view)
            st.session_state[self.key("query")] = query
            st.session_state[self.key("problems")] = problems

    def _write_url(self) -> None:
        query = self.view.to_query()
        st.session_state[self.key("query")] = query
        st.session_state[self.key("problems")] = []
        if st.query_params.to_dict() != query:
            st.query_params.from_dict(query)

    @property
    def problems(self) -> list[str]:
        """What could not be read from the link, as sentences."""
        problems: list[str] = st.session_state.get(self.key("problems"), [])
        return problems

    # -- Changes (called from callbacks) -----------------------------------------------------------------------------

    def update(self, **changes: Any) -> None:
        """Replace some values by the user's hand on a widget."""
        self._change(lambda: self.timeline.commit(self.view.put(**changes)))

    def jump(self, **changes: Any) -> None:
        """Replace some values from elsewhere (a preset, a table): widgets take them over."""
        self._change(lambda: self.timeline.jump(self.view.put(**changes)))

    def undo(self) -> None:
        """One step back."""
        self._change(self.timeline.undo)

    def redo(self) -> None:
        """One step forward."""
        self._change(self.timeline.redo)

    def reset(self) -> None:
        """Back to the defaults; undo brings the view back."""
        self._change(lambda: self.timeline.jump(self.spec()))

    def _change(self, change: Callable[[], Any]) -> None:
        try:
            change()
        except MmexploreError as error:
            st.session_state[self.key("refused")] = str(error)
            return
        st.session_state.pop(self.key("refused"), None)
        self._write_url()

    @property
    def refused(self) -> str | None:
        """Why the last change was not taken, if it was not: the last good view stays."""
        refused: str | None = st.session_state.get(self.key("refused"))
        return refused

    # -- Widgets -----------------------------------------------------------------------------------------------------

    def bind(self, name: str, shown: Any) -> dict[str, Any]:
        """Keyword arguments that tie a widget to the view's field `name`, which the widget shows as `shown`."""
        return {"key": self.show(name, shown), "on_change": self._take, "args": (name,)}

    def show(self, name: str, shown: Any) -> str:
        """Make the widget called `name` show a value; its key.

        A browser that is told of two runs at once draws the second only, and a value that was set in the first would be lost: the
        widget would stand at its lowest value, and say so at the next run. So for a moment the value is set again in every run.
        """
        key = self.key(name)
        told: dict[str, float] = st.session_state.setdefault(self.key("told"), {})
        now = time.monotonic()
        if key not in st.session_state or st.session_state[key] != shown:
            st.session_state[key] = shown
            told[name] = now
        elif now - told.get(name, -_MOMENT) < _MOMENT:
            st.session_state[key] = shown
        return key

    def _take(self, name: str) -> None:
        value = st.session_state[self.key(name)]
        if value is not None:  # a deselected choice keeps what was
            self.update(**{name: value})

    def control(self, name: str, *, label: str | None = None, **extra: Any) -> None:
        """Draw the widget of one declared parameter: a slider for numbers, a select box for choices, a switch for bools.

        Args:
            name: the parameter.
            label: words to show instead of the declared label.
            extra: further arguments of the widget, for instance ``format_func``.
        """
        parameter = self.spec.parameter(name)
        words: dict[str, Any] = {"label": label or parameter.label, "help": parameter.help or None}
        tie = self.bind(name, getattr(self.view, name))
        if parameter.type is bool:
            st.toggle(**words, **tie, **extra)
        elif parameter.choices is not None:
            options = extra.pop("options", parameter.choices)
            st.selectbox(**words, options=options, **tie, **extra)
        else:
            st.slider(**words, **_range(parameter), **tie, **extra)


def _range(parameter: Parameter) -> dict[str, Any]:
    """min, max and step of a slider in the parameter's own type."""
    kind = parameter.type
    return {
        "min_value": kind(parameter.low),
        "max_value": kind(parameter.high),
        "step": kind(parameter.step or 1),
    }
