"""Seconds-long work on a page: what it gives appears at once where it is quick, else a progress bar with time left and stop."""

from __future__ import annotations

from typing import Any, TypeVar

import streamlit as st

from mmexplore.jobs import WORKERS, Job, Work
from mmexplore.ui.failures import plain
from mmexplore.ui.state import PageState

T = TypeVar("T")

_AT_ONCE = 0.35  # seconds a page waits before it shows a progress bar
_KEPT = 12  # finished answers a visitor's session keeps


def computed(state: PageState[Any], name: str, key: str, work: Work[T]) -> T | None:
    """The answer of `work`, or None while it is under way (a progress bar is drawn then) or where it failed.

    Args:
        state: of the page.
        name: what is computed, in a word; a new `key` under the same name stops the old work.
        key: identity of the answer.
        work: see `mmexplore.jobs`.
    """
    answers: dict[str, Any] = st.session_state.setdefault(state.key("answers"), {})
    if key in answers:
        answers[key] = answers.pop(key)  # the latest used last
        found: T = answers[key]
        return found
    jobs: dict[str, Job[Any]] = st.session_state.setdefault(state.key("jobs"), {})
    job = jobs.get(name)
    if job is None or job.key != key:
        if job is not None:
            job.stop()
        job = jobs[name] = WORKERS.submit(key, work)
    if job.wait(_AT_ONCE):
        return _take(job, answers, jobs, name)
    _watch(state, name)
    return None


def _take(job: Job[Any], answers: dict[str, Any], jobs: dict[str, Job[Any]], name: str) -> Any:
    if job.error is not None:
        st.error(plain(job.error), icon=":material/error:")
        return None
    if job.result is None:
        st.info("Stopped.", icon=":material/stop_circle:")
        if st.button("Compute again", key=f"again {name}"):
            jobs.pop(name)
            st.rerun()
        return None
    answers[job.key] = job.result
    while len(answers) > _KEPT:
        answers.pop(next(iter(answers)))
    return job.result


@st.fragment(run_every=0.4)
def _watch(state: PageState[Any], name: str) -> None:
    """Follow a job until it ends; then the whole page runs and shows the answer."""
    job: Job[Any] | None = st.session_state.get(state.key("jobs"), {}).get(name)
    if job is None or job.done:
        st.rerun()
        return
    if not job.running:
        ahead = WORKERS.ahead(job)
        st.progress(0.0, text=f"In the queue, {ahead} before this one" if ahead else "About to begin")
    else:
        left = job.seconds_left()
        told = "" if left is None else f" · about {max(1, round(left))} s left"
        st.progress(job.share, text=f"{plain(job.words)}{told}")
    st.button(
        "Stop",
        icon=":material/stop:",
        key=f"stop {name}",
        on_click=job.stop,
        disabled=job.stopping,
        help="What is done by then is shown.",
    )
