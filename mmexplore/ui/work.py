"""Seconds-long work on a page: what it gives appears at once where it is quick, else a progress bar with time left and stop.

An answer is kept under the identity of its question, and shown for that question only: while a new one is worked on, the page
shows its progress and never the old answer. Work of a visitor who has left is stopped, and work begun for another view that the
page no longer asks for: few pieces of work go on at a time, and visitors take turns.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st
from streamlit.runtime import Runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from mmexplore.jobs import WORKERS, Elsewhere, Job, Report, Work
from mmexplore.ui.failures import plain
from mmexplore.ui.following import follow
from mmexplore.ui.state import PageState
from mmexplore.ui.visitors import asking

T = TypeVar("T")

_AT_ONCE = 0.35  # seconds a page waits before it shows a progress bar
_KEPT = 12  # finished answers a visitor's session keeps
_GONE = 30.0  # seconds without a connection after which a visitor's work is stopped


def computed(state: PageState[Any], name: str, key: str, work: Work[T], *, price: float | None = None) -> T | None:
    """The answer of `work`, or None while it is under way (a progress bar is drawn then) or where it failed.

    Args:
        state: of the page.
        name: what is computed, in a word; a new `key` under the same name stops the old work.
        key: identity of the answer.
        work: see `mmexplore.jobs`.
        price: seconds that it is likely to need, where `work` does not say it: what is short goes first.
    """
    answers: dict[str, Any] = st.session_state.setdefault(state.key("answers"), {})
    jobs: dict[str, Job[Any]] = st.session_state.setdefault(state.key("jobs"), {})
    _asked(state)[name] = state.view
    job = jobs.get(name)
    if job is not None and job.key != key:
        job.stop()
        del jobs[name]
        job = None
    if key in answers:
        answers[key] = answers.pop(key)  # the latest used last
        answer: T = answers[key]
        if _stopped(answer):
            _offer_again(state, name, key, "Stopped early: this is what was done by then.")
        return answer
    if job is None:
        job = jobs[name] = WORKERS.submit(
            key,
            _while_connected(work),
            visitor=asking().hash,
            price=work.price if isinstance(work, Elsewhere) else price,
        )
    if job.wait(_AT_ONCE):
        return _take(state, job, answers, name)
    follow(lambda: _watch(state, name))
    return None


def stop_what_nobody_asks_for(state: PageState[Any]) -> None:
    """Stop work that was begun for another view than the present one, and that the page did not ask for when it was drawn just now.

    What belongs to the present view goes on, whichever tab is open.
    """
    jobs: dict[str, Job[Any]] = st.session_state.get(state.key("jobs"), {})
    asked = _asked(state)
    for name in [name for name in jobs if asked.get(name) != state.view]:
        jobs.pop(name).stop()


def _asked(state: PageState[Any]) -> dict[str, Any]:
    """The view for which the page asked last for each piece of work."""
    asked: dict[str, Any] = st.session_state.setdefault(state.key("asked"), {})
    return asked


def forget(state: PageState[Any]) -> None:
    """Stop all work of the page and drop its answers."""
    for job in st.session_state.pop(state.key("jobs"), {}).values():
        job.stop()
    st.session_state.pop(state.key("answers"), None)


def _take(state: PageState[Any], job: Job[Any], answers: dict[str, Any], name: str) -> Any:
    if job.error is not None:
        st.error(plain(job.error), icon=":material/error:")
        return None
    if job.result is None:
        _offer_again(state, name, job.key, "Stopped before anything was done.")
        return None
    answers[job.key] = job.result
    while len(answers) > _KEPT:
        answers.pop(next(iter(answers)))
    st.session_state[state.key("jobs")].pop(name, None)  # with the data it worked on
    if _stopped(job.result):
        _offer_again(state, name, job.key, "Stopped early: this is what was done by then.")
    return job.result


def _stopped(answer: Any) -> bool:
    parts = answer if isinstance(answer, tuple) else (answer,)
    return any(getattr(getattr(part, "estimate", part), "stopped", False) for part in parts)


def _offer_again(state: PageState[Any], name: str, key: str, sentence: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(sentence, icon=":material/stop_circle:", color="orange")
        st.button(
            "Compute in full",
            icon=":material/play_arrow:",
            key=f"again {name}",
            on_click=_drop,
            args=(state, name, key),
        )


def _drop(state: PageState[Any], name: str, key: str) -> None:
    st.session_state.get(state.key("answers"), {}).pop(key, None)
    st.session_state.get(state.key("jobs"), {}).pop(name, None)


def _while_connected(work: Work[T]) -> Work[T]:
    """The same work, which also stops once the visitor has been gone for a while."""
    connected = _connection()
    seen = time.monotonic()

    def watched(report: Report, stop: Callable[[], bool]) -> T:
        def stop_or_gone() -> bool:
            nonlocal seen
            if connected():
                seen = time.monotonic()
            return stop() or time.monotonic() - seen > _GONE

        return work(report, stop_or_gone)

    return watched


def _connection() -> Callable[[], bool]:
    """Whether the visitor of this run has a page open; always so where there is no server."""
    context = get_script_run_ctx()
    if context is None or not Runtime.exists():
        return lambda: True
    session, runtime = context.session_id, Runtime.instance()
    return lambda: runtime.is_active_session(session)


def _watch(state: PageState[Any], name: str) -> None:
    """Follow a job until it ends; then the whole page runs and shows the answer."""
    job: Job[Any] | None = st.session_state.get(state.key("jobs"), {}).get(name)
    if job is None or job.done:
        st.rerun()
        return
    if job.stopping:
        text, share = "Stopping", job.share
    elif not job.running:
        ahead = WORKERS.ahead(job)
        text, share = (f"In the queue, {ahead} before this one" if ahead else "About to begin"), 0.0
    else:
        left = job.seconds_left()
        text = f"{plain(job.words)}{'' if left is None else f' · about {max(1, round(left))} s of work left'}"
        if job.resting:
            text = f"Others go first for a moment. {text}"
        share = job.share
    st.progress(share, text=text)
    st.button(
        "Stop",
        icon=":material/stop:",
        key=f"stop {name}",
        on_click=job.stop,
        disabled=job.stopping,
        help="What is done by then is shown.",
    )
