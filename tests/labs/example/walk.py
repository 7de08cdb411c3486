"""Walks the example lab as a visitor would; run in a process of its own, whose labs come from ``MMEXPLORE_LABS``."""

from __future__ import annotations

import json
import math
import time

import mmexplore as mm
from mmexplore import runs
from mmexplore.labs import LABS
from tests.labs.pages import given, healthy, open_lab, press, query_of, words


def h(p: float) -> float:
    """Entropy of a bit, in bits."""
    return 0.0 if p in (0.0, 1.0) else -p * math.log2(p) - (1 - p) * math.log2(1 - p)


def page() -> None:
    """Controls, dial, numbers, pin, links that hide and lock."""
    app = open_lab("sensors", error1="0.25")
    assert healthy(app) and [t.value for t in app.title] == [LABS["sensors"].question]
    exact = next(data["exact"]["fields"] for data in given(app) if data.get("exact"))
    assert abs(exact["i1"] - (1 - h(0.25))) < 1e-9  # a binary symmetric channel
    assert {s.label for s in app.slider} == set()  # both errors lie on the dial
    assert any("certified" in m.value and "redundancy" in m.value for m in app.markdown)
    press(app, "Pin as A")
    app.sidebar.number_input(key="sensors.toss.seed").set_value(7).run()
    assert healthy(app) and query_of(app) == {"error1": "0.25", "toss.seed": "7", "pin": "error1=0.25"}
    assert any("B − A" in m.value for m in app.markdown)
    press(app, "Undo")
    assert query_of(app) == {"error1": "0.25", "pin": "error1=0.25"}
    narrow = open_lab("sensors", hide="toss.*,preset", lock="unit")
    assert healthy(narrow) and not narrow.sidebar.number_input and narrow.sidebar.button_group[0].disabled
    wrong = open_lab("sensors", error1="9", hide="nothing")
    assert not wrong.exception and "error1 is 9" in words(wrong) and "nothing" in words(wrong)


def run() -> None:
    """Start, watch, and read what came out."""
    app = open_lab("sensors", **{"toss.tosses": "1000"})
    press(app, "Start")
    task = LABS["sensors"].task(LABS["sensors"].scene().put(**{"toss.tosses": 1000}))
    deadline = time.monotonic() + 120
    while runs.find(task).state.phase != "finished" and time.monotonic() < deadline:
        time.sleep(0.1)
    app.run()
    counts = runs.find(task).arrays("counts")["counts"]
    assert counts.sum() == 1000
    expected = float(mm.pid(counts / 1000).redundancy)
    assert healthy(app) and any(
        "redundancy of the tosses" in m.value and f"{expected:.3f}" in m.value for m in app.markdown
    )
    app.query_params["tab"] = "export"
    app.run()
    assert "Script (Python)" in {b.label for b in app.get("download_button")} or app.code
    runs_page = open_lab("runs", looked=task.name())
    assert any(link.proto.page == "sensors" for link in runs_page.get("page_link"))


def home() -> None:
    """The example stands on Home."""
    links = {(link.proto.label, link.proto.page) for link in open_lab("home").get("page_link")}
    assert ("Two sensors", "sensors") in links


if __name__ == "__main__":
    for step in (page, home, run):
        step()
        print(json.dumps({"walked": step.__name__}), flush=True)
