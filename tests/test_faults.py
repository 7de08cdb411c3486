"""A fault of ours has a number: the reader is given it, and the log has it beside what went wrong."""

from __future__ import annotations

import logging
import re

from streamlit.testing.v1 import AppTest

from mmexplore.jobs import Workers
from mmexplore.runs import store
from mmexplore.runs.count_task import Count
from mmexplore.runs.folder import Run
from mmexplore.runs.worker import execute

NUMBER = re.compile(r"under fault ([0-9a-f]{6})")


def test_a_page_gives_the_number_that_the_log_has(caplog):
    def script():
        from mmexplore.labs.decompose.scene import Scene
        from mmexplore.ui.failures import guarded
        from mmexplore.ui.state import PageState

        state = PageState("decompose", Scene)
        state.sync()
        with guarded(state):
            raise RuntimeError("the inside of the machine")

    with caplog.at_level(logging.ERROR, "mmexplore.pages"):
        app = AppTest.from_function(script).run()
    assert not app.exception
    (shown,) = app.error
    number = NUMBER.search(shown.value).group(1)
    assert "inside of the machine" not in shown.value
    assert f"fault {number}" in caplog.text and "the inside of the machine" in caplog.text


def test_a_job_gives_the_number_that_the_log_has(caplog):
    def fail(report, stop):
        raise RuntimeError("the inside of a job")

    with caplog.at_level(logging.ERROR, "mmexplore.jobs"):
        job = Workers(1).submit("key", fail)
        assert job.wait(10)
    number = NUMBER.search(job.error).group(1)
    assert f"fault {number}" in caplog.text and "the inside of a job" in caplog.text


def test_a_run_gives_the_number_that_its_log_has(caplog, empty_runs_folder, monkeypatch):
    def fail(task, recorder):
        raise RuntimeError("the inside of a run")

    monkeypatch.setattr("mmexplore.runs.worker.program_of", lambda task: fail)
    run, _ = store.prepare(Count(steps=3))
    with caplog.at_level(logging.ERROR, "mmexplore.runs.worker"):
        execute(run.path)
    state = Run(run.path).state
    number = NUMBER.search(state.words).group(1)
    assert state.phase == "failed" and "RuntimeError" in state.words and "inside" not in state.words
    assert f"fault {number}" in caplog.text and "the inside of a run" in caplog.text


def test_two_faults_have_two_numbers(caplog):
    def fail(report, stop):
        raise ValueError("again")

    errors = []
    for k in range(2):
        job = Workers(1).submit(str(k), fail)
        assert job.wait(10)
        errors.append(job.error)
    assert errors[0] != errors[1]
