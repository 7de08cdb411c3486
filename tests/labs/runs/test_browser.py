"""A run watched in Chromium by two visitors: it moves by itself, and a stop by one is seen by the other."""

from __future__ import annotations

import re
import time

from mmexplore import runs
from mmexplore.runs.count_task import Count


def test_a_run_moves_by_itself_and_a_stop_is_seen_by_everybody(visit):
    task = Count(steps=5000, wait=0.02, seed=int(time.time()))
    run = runs.start(task)
    one, other = visit(f"runs?looked={run.name}"), visit(f"runs?looked={run.name}")
    for page in (one, other):
        page.get_by_text(re.compile("At .* of 5,000")).first.wait_for()
    before = one.get_by_text(re.compile("At .* of 5,000")).first.inner_text()
    one.wait_for_function("old => !document.body.innerText.includes(old)", arg=before)
    one.get_by_role("button", name="Stop").click()
    for page in (one, other):
        page.get_by_role("button", name="Run again").wait_for()
        assert "looked=" in page.url  # watching has not changed the view
    assert run.state.phase == "stopped"
