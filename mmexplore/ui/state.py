"""A page's state is one frozen spec, held beside its history and written into the URL.

Widgets show the spec and callbacks replace it; nothing else holds state. So undo, a link, the Back button and a reload are
the same thing: another spec becomes the present. Beside the view stands a pinned view (``pin=``), with which it is compared.

Around it stands how the page is shown (`mmexplore.links.Around`): controls that the link hides or locks (``hide=noise,data.*``,
``lock=beta``), which is how a lesson narrows a page; the open tab and folds; what the choosers of the charts stand at; the presentation. It has no
history, and what changes the view (Reset, a preset, Undo) leaves it alone.

Whether a page shows what its address says or what was seen on it last: **an address with a query is obeyed to the letter**, with defaults for all it
does not name, whatever was seen before; every link has one (`mmexplore.links.to`, and the button that copies the address). **Only the bare
address of a page that is come to from another one brings the view back that was left there**: that is what the navigation leads to. The bare
address on the page itself (Back to where one began) is the view of defaults.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, Generic, TypeVar

import streamlit as st

from mmexplore import links
from mmexplore.errors import MmexploreError
from mmexplore.links import Around, Moment, Offered
from mmexplore.spec import Spec
from mmexplore.timeline import Timeline
from mmexplore.ui import choosers, widgets

S = TypeVar("S", bound=Spec)

PARTS = "parts"  # of the page that may run beside a dial's read-out: see `mmexplore.ui.readout`
_VISIBLE = "visible page"
_ENTERED = "page was entered by this run"
_MOMENT = 30.0  # seconds: a busy browser may be that late
_AS_IT_OPENS = Around()


def visiting(page: str) -> None:
    """At the start of every full run, whichever page it shows: note whether the visitor has just come to it."""
    st.session_state[_ENTERED] = st.session_state.get(_VISIBLE) != page
    st.session_state[_VISIBLE] = page


class PageState(Generic[S]):
    """The state of one page in one visitor's session.

    Args:
        page: the page's name; prefixes every key in the session's state.
        spec: class of the view; its defaults are what an empty URL shows.
        tabs: the page's tabs, see `mmexplore.ui.tabs`: name in links -> title.
        folds: names of the folds that a link may open, see `mmexplore.ui.tabs.fold`.
        charts: choosers of charts of the page's own, with patterns of what they may stand at; those of the dials are known.
    """

    def __init__(
        self,
        page: str,
        spec: type[S],
        *,
        tabs: Mapping[str, str] | None = None,
        folds: Iterable[str] = (),
        charts: Mapping[str, str] | None = None,
    ) -> None:
        self.page = page
        self.spec = spec
        self.tabs = dict(tabs or {})
        self.offered = Offered(self.tabs or None, tuple(folds), {**choosers.PATTERNS, **(charts or {})})

    def key(self, name: str) -> str:
        """Session-state key of a widget of this page."""
        return f"{self.page}.{name}"

    @property
    def timeline(self) -> Timeline[Moment[S]]:
        """The history, made at the first look."""
        known: Timeline[Moment[S]] | None = st.session_state.get(self.key("timeline"))
        if known is None:
            known = st.session_state[self.key("timeline")] = Timeline(Moment(self.spec()))
        return known

    @property
    def view(self) -> S:
        """What the page shows now."""
        return self.timeline.present.view

    @property
    def pinned(self) -> S | None:
        """The pinned view, in the present view's unit; None if there is none."""
        present = self.timeline.present
        pin, unit = present.pin, getattr(present.view, "unit", None)
        return pin if pin is None or unit is None else pin.replace(unit=unit)

    def possible(self) -> tuple[bool, bool, bool, bool]:
        """What the row of actions shows of the view: whether there is something to undo, to redo, to reset, and to compare with."""
        timeline = self.timeline
        present = timeline.present
        return bool(timeline.past), bool(timeline.future), present.view != self.start(), present.pin is not None

    def start(self) -> S:
        """What Reset goes back to: the defaults, and the present value of what the link takes out of the visitor's hands."""
        view, made = self.view, self.spec()
        for path in view.paths() if self.around.hide or self.around.lock else ():
            if self.hides(path) or self.locks(path):
                with suppress(MmexploreError):  # a setting of a choice that is no longer there
                    made = made.put(**{path: view.get(path)})
        return made

    # -- URL ---------------------------------------------------------------------------------------------------------

    def sync(self) -> None:
        """At the top of a full run: take over a link, Back or Forward; restore the view when the page is re-entered."""
        self._take_url()
        st.session_state[self.key("drawn")] = self._drawn()
        st.session_state[self.key(PARTS)] = {}

    def _drawn(self) -> tuple[int, str | None, S | None, S]:
        timeline = self.timeline
        return timeline.revision, self.refused, timeline.present.pin, timeline.present.view

    def follow(self, *paths: str) -> None:
        """At the top of a fragment: rerun the whole page if what is outside the fragment must follow.

        That is so when the view jumped (undo, a link, a preset), when a change was refused, when another view or none is pinned, and when a
        value at one of `paths`, which the rest of the page shows, is no longer what it was when the page was drawn.
        """
        drawn = st.session_state.get(self.key("drawn"))
        now = self._drawn()
        if drawn is None or drawn[:3] != now[:3] or any(drawn[3].get(path) != now[3].get(path) for path in paths):
            st.rerun()

    def _take_url(self) -> None:
        texts = {key: st.query_params.get_all(key) for key in st.query_params}
        query = {key: values[-1] for key, values in texts.items() if values}
        known = self.key("timeline") in st.session_state
        if st.session_state.get(_ENTERED, True) and not query and known:
            st.session_state[self.key("around")] = replace(self.around, present="")
            self._write_url()
        elif texts != st.session_state.get(self.key("query"), {}):
            moment, around, problems = links.read(self.spec, texts, self.offered)
            if known:
                self.timeline.jump(moment)
            else:  # arrived by a link: there is nothing to undo
                st.session_state[self.key("timeline")] = Timeline(moment)
            if around != self.around:
                st.session_state[self.key("around")] = around
                st.session_state[self.key("arrivals")] = self.arrivals + 1
            st.session_state[self.key("query")] = texts
            st.session_state[self.key("problems")] = problems

    @property
    def around(self) -> Around:
        """How the page is shown, whatever its view is."""
        around: Around = st.session_state.get(self.key("around"), _AS_IT_OPENS)
        return around

    @property
    def arrivals(self) -> int:
        """How many times a link or Back has changed how the page is shown; what keeps a state of its own in the browser takes it over then."""
        arrivals: int = st.session_state.get(self.key("arrivals"), 0)
        return arrivals

    def show_so(self, **changes: Any) -> None:
        """Replace what stands around the view (see `mmexplore.links.Around`), by the visitor's hand on a tab, a fold or a chart."""
        around = replace(self.around, **changes)
        if around != self.around:
            st.session_state[self.key("around")] = around
            self._write_url()

    def _write_url(self) -> None:
        query = links.write(self.timeline.present, self.around)
        st.session_state[self.key("query")] = {key: [text] for key, text in query.items()}
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
        """Replace some values, by name or path, by the user's hand on a widget."""

        def change() -> None:
            timeline = self.timeline
            timeline.commit(Moment(timeline.present.view.put(**changes), timeline.present.pin))

        self._change(change)

    def jump(self, **changes: Any) -> None:
        """Replace some values from elsewhere (a preset, a table): widgets take them over."""
        self._change(lambda: self.timeline.jump(Moment(self.view.put(**changes), self.timeline.present.pin)))

    def pin(self) -> None:
        """Keep the present view as A."""
        self._change(lambda: self.timeline.commit(Moment(self.view, self.view)))

    def unpin(self) -> None:
        """Compare with nothing any more."""
        self._change(lambda: self.timeline.commit(Moment(self.view)))

    def turn(self, dial: str, **values: Any) -> None:
        """A dial was let go: other dials that show the same values have to follow."""
        self.update(**values)
        turns: dict[str, int] = st.session_state.setdefault(self.key("turns"), {})
        turns[dial] = turns.get(dial, 0) + 1

    def revision(self, dial: str = "") -> int:
        """What rises whenever a dial has to be moved from outside: by undo, a link or another dial, never by its own reader's hand.

        Without a dial's name: by undo and links alone.
        """
        turns: dict[str, int] = st.session_state.get(self.key("turns"), {}) if dial else {}
        return self.timeline.revision * 1_000_000 + sum(n for name, n in turns.items() if name != dial)

    def undo(self) -> None:
        """One step back."""
        self._change(self.timeline.undo)

    def redo(self) -> None:
        """One step forward."""
        self._change(self.timeline.redo)

    def reset(self) -> None:
        """Back to `start`; undo brings the view back."""
        self._change(lambda: self.timeline.jump(Moment(self.start())))

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

    def hides(self, path: str) -> bool:
        """Whether the link hides the control of a parameter."""
        return self.around.hides(path)

    def locks(self, path: str) -> bool:
        """Whether the link locks a parameter: it is shown and cannot be changed."""
        return self.around.locks(path)

    def bind(self, path: str, shown: Any) -> dict[str, Any]:
        """Keyword arguments that tie a widget to the value at a path, which the widget shows as `shown`."""
        tie = {"key": self.show(path, shown), "on_change": self._take, "args": (path,)}
        return {**tie, "disabled": True} if self.locks(path) else tie

    def show(self, name: str, shown: Any) -> str:
        """Make the widget called `name` show a value; its key.

        A browser that is told of two runs at once draws the second only, and a value that was set in the first would be lost: the
        widget would stand at its lowest value, and say so at the next run. So for a moment the value is set again in every run.
        """
        key = self.key(name)
        recent: dict[str, float] = st.session_state.setdefault(self.key("recently shown"), {})
        now = time.monotonic()
        if key not in st.session_state or st.session_state[key] != shown:
            st.session_state[key] = shown
            recent[name] = now
        elif now - recent.get(name, -_MOMENT) < _MOMENT:
            st.session_state[key] = shown
        return key

    def _take(self, path: str) -> None:
        value = st.session_state[self.key(path)]
        if value is not None:  # a deselected choice keeps what was
            self.update(**{path: value})

    def control(self, path: str, *, shown: Any = None, **how: Any) -> None:
        """Draw the control of one declared parameter, unless the link hides it.

        Args:
            path: the parameter's name, or its path inside a part of the view (``data.noise``).
            shown: what it shows where that is not the value itself, which may stand for "as usual".
            how: what `mmexplore.ui.widgets.draw` takes: ``label``, ``options``, ``format_func``, ``widget``, arguments of Streamlit's widget.
        """
        if self.hides(path):
            return
        value = self.view.get(path) if shown is None else shown
        widgets.draw(self.view.at(path), value, self.bind(path, value), **how)
