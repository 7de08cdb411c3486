"""Runs on a page: start, watch while it works, pause, stop, and what it gave once it is over.

    run_panel(STATE, task, draw)        # `draw(run)` is called again and again while it works, and once it is over

A page never waits: while a run is active one part of it looks how far the run is, three times a second where few people are there, and
another one draws what it gave so far, less often (see `mmexplore.ui.following`). A second visitor who asks for the same task watches the
same run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from mmexplore import runs
from mmexplore.errors import BadData, MmexploreError
from mmexplore.runs import Run, State, owners, store
from mmexplore.runs.task import Task
from mmexplore.ui import visitors
from mmexplore.ui.failures import guarded, plain, sentence
from mmexplore.ui.following import DRAW, follow
from mmexplore.ui.state import PageState

__all__ = ["duration", "phase_badge", "run_panel"]

owners.use(visitors.asking)  # from here on the verbs know which visitor asks

Arrays = Mapping[str, np.ndarray]
Takes = Callable[[], float | None]

_NAMED = 4  # runs that are named beside the queue

# phase -> words, icon, colour of the badge
PHASES: dict[str, tuple[str, str, str]] = {
    "absent": ("not run yet", ":material/radio_button_unchecked:", "gray"),
    "queued": ("in the queue", ":material/hourglass_empty:", "orange"),
    "running": ("running", ":material/play_circle:", "blue"),
    "paused": ("paused", ":material/pause_circle:", "orange"),
    "finished": ("finished", ":material/check_circle:", "green"),
    "stopped": ("stopped early", ":material/stop_circle:", "orange"),
    "failed": ("failed", ":material/error:", "red"),
    "killed": ("killed", ":material/error:", "red"),
    "unreadable": ("damaged", ":material/broken_image:", "red"),
}


def run_panel(
    state: PageState[Any],
    task: Task | Callable[[], Task],
    draw: Callable[[Run], None] | None,
    *,
    name: str = "run",
    start: str = "Start",
    data: Arrays | Callable[[], Arrays] | None = None,
    idle: Callable[[], None] | None = None,
    auto: bool = False,
    takes: Takes | None = None,
    keeps: bool = False,
) -> None:
    """Draw the controls of a task's run and what it gave so far.

    Args:
        state: of the page.
        task: what to run; another task is another run, and the old one goes on for whoever watches it. Or what makes it, asked again when
            the start button is pressed: for a panel that is not drawn anew at every change of the task while there is no run.
        draw: draws the run; called while it works and after its end, not before its first frame or result. None: it is drawn elsewhere.
        name: tells two panels of a page apart.
        start: words on the start button.
        data: arrays of the visitor's own data, for a task whose `own_data` is true; or what makes them, called when a run is started.
        idle: drawn while there is no run yet: what can be said without it.
        auto: start it where there is none, without being asked.
        takes: as `Task.seconds`, where the page knows the rows and the task does not.
        keeps: whether the last result stays, greyed and with its setting named, until another setting has one.
    """
    last = state.key(f"{name} last result")
    try:
        asked = task() if callable(task) else task
        run = runs.find(asked)
        if not nobody_runs() and auto and run.state.phase == "absent":
            run = _start(task, data)
    except MmexploreError as error:
        st.info(sentence(str(error)), icon=":material/info:")
        return
    if run.state.active:
        follow(lambda: _watch(state, asked, name, data))
        if draw is not None:
            follow(lambda: _growing(state, asked, draw, last if keeps else ""), every=DRAW)
        return
    _controls(state, task, run, name, start, data, takes)
    if not run.exists and (gone := store.why_gone(asked)):
        st.warning(f"{plain(gone)}.", icon=":material/delete_history:")
    new = store.replacing(run)
    if new is not None and new.state.active:
        follow(lambda: _watch_again(state, run, name))
    elif new is not None:
        st.warning(plain(again_words(new)), icon=":material/warning:")
    if run.exists and (run.frames() or run.result()):
        if draw is not None:
            with guarded(state):
                draw(run)
            if keeps:
                st.session_state[last] = (asked, draw)
        run.look()
        return
    if idle is not None:
        idle()
    if keeps:
        _greyed(state, asked, last)


def _greyed(state: PageState[Any], task: Task, last: str) -> None:
    """The result that was on show before, as it was drawn then, with what sets its setting apart from that of `task`."""
    before: tuple[Task, Callable[[Run], None]] | None = st.session_state.get(last)
    if before is None or type(before[0]) is not type(task):
        return
    run = runs.find(before[0])
    if not (run.exists and (run.frames() or run.result())):
        return
    apart = "; ".join(f"{label} {value}" for label, value in before[0].apart_from(task).items())
    st.info(
        plain(f"Still shown, greyed: the last result, of another setting ({apart[:300]})."), icon=":material/history:"
    )
    with st.container(key=state.key("greyed")), guarded(state):
        before[1](run)


def _watch(state: PageState[Any], task: Task, name: str, data: Arrays | Callable[[], Arrays] | None) -> None:
    """How far a run is, and what can be done with it."""
    run = runs.find(task)
    if not run.state.active:
        st.rerun()
    if not nobody_runs() and runs.forgotten(run):
        with suppress(MmexploreError):  # the queue is full: it is tried again
            _start(task, data)
    _controls(state, task, run, name, "Start", data)


def _growing(state: PageState[Any], task: Task, draw: Callable[[Run], None], last: str = "") -> None:
    """What an active run gave so far; before its first frame the last result of another setting, under the key `last`."""
    run = runs.find(task)
    if not run.state.active:
        st.rerun()
    with guarded(state):
        if run.frames():
            draw(run)
        elif last:
            _greyed(state, task, last)


def _watch_again(state: PageState[Any], run: Run, name: str) -> None:
    """How far the run is that is to replace the one on the page."""
    new = store.replacing(run)
    if new is None or not new.state.active:
        st.rerun()
    nobody_runs()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if not owners.why_not(new.path):
            st.button(
                "Stop running it again",
                icon=":material/stop:",
                key=state.key(f"{name} stop again"),
                on_click=_stop,
                args=(new, state.key(f"{name} refused")),
            )
        st.progress(new.state.share, text=plain(again_words(new)), width="stretch")


def nobody_runs() -> bool:
    """Make sure that somebody executes runs; where that is not possible, say why and give true. What is there can be looked at all the same."""
    try:
        runs.engine().ready()
    except MmexploreError as error:
        st.warning(plain(f"Nothing can be run: {error}."), icon=":material/warning:")
        return True
    return False


def _stop(run: Run, refused: str) -> None:
    try:
        runs.stop(run)
    except BadData:
        pass  # somebody has deleted it: the page shows that
    except MmexploreError as error:
        st.session_state[refused] = str(error)


def again_words(new: Run) -> str:
    """How the run stands that is to replace a result."""
    now = new.state
    if now.active:
        return f"Being run again; this result stays until the new one is finished. {progress_words(new, now)}"
    return f"Running it again did not come to its end: {now.words}. The result from before is still here"


def _start(task: Task | Callable[[], Task], data: Arrays | Callable[[], Arrays] | None, *, again: bool = False) -> Run:
    return runs.start(task() if callable(task) else task, data() if callable(data) else data, again=again)


def _controls(
    state: PageState[Any],
    task: Task | Callable[[], Task],
    run: Run,
    name: str,
    start: str,
    data: Arrays | Callable[[], Arrays] | None,
    takes: Takes | None = None,
) -> None:
    """One row: what can be done with the run now, and how it stands."""
    now = run.state
    refused = f"{name} refused"

    def act(action: Callable[[], Any]) -> None:
        try:
            action()
        except MmexploreError as error:
            st.session_state[state.key(refused)] = str(error)
        else:
            st.session_state.pop(state.key(refused), None)

    def button(label: str, icon: str, action: Callable[[], Any], **more: Any) -> None:
        st.button(
            label,
            icon=f":material/{icon}:",
            key=state.key(f"{name} {label}"),
            on_click=act,
            args=(action,),
            **more,
        )

    watched = owners.why_not(run.path) if run.exists and not run.shipped else ""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if watched and now.active:
            st.progress(now.share, text=plain(progress_words(run, now)), width="stretch")
        elif now.phase in ("queued", "running"):
            if now.phase == "running":
                button("Pause", "pause", lambda: runs.pause(run), help="Its place is free for others meanwhile.")
            button("Stop", "stop", lambda: runs.stop(run), help="What is done by then is kept.")
            st.progress(now.share, text=plain(progress_words(run, now)), width="stretch")
        elif now.phase == "paused":
            button("Continue", "play_arrow", lambda: runs.resume(run), type="primary")
            button("Stop", "stop", lambda: runs.stop(run), help="What is done by then is kept.")
            st.progress(now.share, text=plain(progress_words(run, now)), width="stretch")
        else:
            label = start if now.phase == "absent" else "Run again"
            ask = state.key(f"{name} ask again")
            if now.phase != "finished":
                asked_first(run, ask, lambda: button(label, "play_arrow", lambda: _start(task, data), type="primary"))
            phase_badge(run, now)
            if now.phase != "finished":
                expected(task() if callable(task) else task, takes)
            elif not _being_replaced(run) and not watched:
                anew = partial(_start, task, data, again=True)
                asked_first(run, ask, lambda: button("Run again", "replay", anew, type="tertiary"))
    if watched and now.active:
        st.caption(watched)
    if now.phase in ("failed", "killed", "unreadable"):
        st.error(sentence(now.words), icon=":material/error:")
    for warning in now.warnings:
        st.warning(plain(warning), icon=":material/warning:")
    if (refusal := st.session_state.get(state.key(refused))) is not None:
        st.error(sentence(refusal), icon=":material/error:")


def expected(task: Task, takes: Takes | None = None) -> None:
    """About how long a run would take, where that is known and worth a word."""
    seconds = runs.estimate(task, takes)
    if seconds is not None and seconds >= 1.0:
        st.caption(f"takes about {rough(seconds)} on this machine", width="content")


def rough(seconds: float) -> str:
    """Seconds in words, to one or two digits: 8 s, 40 s, 3 min, 2 h."""
    if seconds < 90:
        return f"{round(seconds) if seconds < 10 else 5 * round(seconds / 5)} s"
    minutes = seconds / 60
    if minutes < 90:
        return f"{round(minutes) if minutes < 10 else 5 * round(minutes / 5)} min"
    return f"{round(minutes / 60):,} h"


def _being_replaced(run: Run) -> bool:
    new = store.replacing(run)
    return new is not None and new.state.active


def asked_first(run: Run, key: str, button: Callable[[], None]) -> None:
    """Draw a button that runs something again; where somebody has pinned what is there, behind a question.

    Args:
        run: what is there.
        key: of the question, in the session's state.
        button: draws the button.
    """
    if run.shipped or not run.pinned:
        button()
        return
    with st.popover("Run again", icon=":material/replay:", type="tertiary", key=key):
        st.caption(
            "This run is pinned. The new one takes its place, for everybody, once it has finished; until then this one stays."
        )
        button()


def progress_words(run: Run, now: State) -> str:
    """How an active run stands, with the time left."""
    if now.phase == "queued":
        if runs.held_back(run):
            return "In the queue; it begins when another run of the same visitor has ended"
        ahead = runs.ahead(run)
        where = f"In the queue, {ahead} before this one" if ahead else "In the queue, next to begin"
        working = [_named(other) for other in runs.at_work()[:_NAMED]]
        return f"{where}. Now running: {', '.join(working)}" if working else where
    words = f"{now.words[:1].upper()}{now.words[1:]}"
    if now.phase == "paused":
        return f"Paused. {words}"
    return words if now.seconds_left is None else f"{words} · about {duration(max(1.0, now.seconds_left))} left"


def _named(run: Run) -> str:
    """What is run, in words; nothing of what another visitor brought."""
    try:
        task = run.task
    except MmexploreError:
        return run.name
    return "a run on somebody's own data" if task.own_data else task.title()


def phase_badge(run: Run, now: State | None = None) -> None:
    """How a run stands: a badge, and where and how long it ran."""
    now = run.state if now is None else now
    words, icon, colour = PHASES[now.phase]
    st.badge(words, icon=icon, color=colour)  # type: ignore[arg-type]
    facts = []
    if run.shipped:
        facts.append("precomputed")
    if now.seconds:
        facts.append(f"{duration(now.seconds)} on {now.device or 'cpu'}")
    if now.outdated:
        facts.append("made by another version of the method")
    if facts:
        st.caption(" · ".join(facts), width="content")


def duration(seconds: float) -> str:
    """Seconds in words: 0.4 s, 12 s, 3 min 5 s."""
    if seconds < 9.95:
        return f"{seconds:.1f} s".replace(".0 ", " ")
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
