"""The Your data page through AppTest."""

from __future__ import annotations

import json
import time

import pytest
from streamlit.testing.v1 import AppTest

import mmexplore as mm
from mmexplore.tabular import load
from mmexplore.ui.yourdata import STATE

TABS = ("Table", "Numbers", "Enough rows?", "Binning", "What if", "Slices", "Data", "Report")


def open_page(**query: str) -> AppTest:
    app = AppTest.from_file("../../app.py", default_timeout=60)
    app.run()
    app.switch_page("pages/your_data.py")
    app.query_params.update(query)
    app.run()
    return finished(app)


def finished(app: AppTest) -> AppTest:
    """Wait for the work beside the page."""
    until = time.monotonic() + 40
    while any(b.key and b.key.startswith("stop ") for b in app.button) and time.monotonic() < until:
        time.sleep(0.2)
        app.run()
    return app


def healthy(app: AppTest) -> bool:
    return not app.exception and not app.error


def words(app: AppTest) -> str:
    return " ".join(element.value for element in (*app.markdown, *app.caption, *app.warning, *app.info))


QUICK = {"bootstraps": "50", "permutations": "50"}


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_opens(tab):
    app = open_page(**QUICK)
    app.session_state["yourdata.questions"] = tab
    app.run()
    finished(app)
    assert healthy(app), app.error
    assert "Certified to" in words(app)


@pytest.mark.parametrize("name", mm.real_data())
def test_every_bundled_set_has_an_answer(name):
    app = open_page(source="real", real=name, bins1="3", bins2="3", **QUICK)
    assert healthy(app)
    assert "What this allows one to say" in words(app)


def test_simulated_rows_have_their_truth_beside_them():
    app = open_page(source="gate", gate="xor", gate_noise="0.0", drawn="400", **QUICK)
    assert healthy(app)
    figure = next(e for e in app.get("bidi_component") if "in truth" in e.proto.json)
    assert "S, synergy" in figure.proto.json


def test_without_a_file_one_is_asked_for():
    app = open_page(source="file")
    assert healthy(app)
    assert "Drop a file on the left" in words(app)


def test_a_link_to_a_file_asks_for_that_file():
    app = open_page(source="file", file="a" * 64, x1="audio_*", y="mood")
    assert healthy(app)
    assert "Drop the same file" in words(app)


CSV = "id,audio_a,audio_b,text_a,mood\n" + "".join(
    f"{i},{i % 7},{i % 5},{'<b>$x$' if i % 3 else 'b'},{'up' if (i % 7 > 3) != (i % 3 > 0) else 'down'}\n"
    for i in range(120)
)


def with_file(content: bytes, name: str = "rows.csv", **query: str) -> AppTest:
    """The page as it is after an upload (AppTest cannot drop files)."""
    data = load(content, name)
    app = AppTest.from_file("../../app.py", default_timeout=60)
    app.run()
    app.session_state[STATE.key("files")] = {data.sha256: data}
    app.switch_page("pages/your_data.py")
    app.query_params.update({"source": "file", "file": data.sha256, **QUICK, **query})
    app.run()
    return finished(app)


def test_a_file_is_guessed_shown_and_answered():
    app = with_file(CSV.encode())
    assert healthy(app)
    assert "audio" in words(app)
    assert app.selectbox(key="yourdata.pick y").value == "mood"
    app.session_state["yourdata.questions"] = "Data"
    app.run()
    assert healthy(app)


def test_names_and_cells_with_markup_are_text():
    app = with_file(CSV.replace("mood", "<img src=x onerror=alert(1)>").encode(), y='"<img src=x onerror=alert(1)>"')
    assert healthy(app)
    for element in app.get("bidi_component"):
        drawing = json.loads(element.proto.json).get("svg", "")
        assert "<img" not in drawing  # titles and notes are set as text by the component
    assert "<img" not in words(app).replace("\\<img", "")


def test_a_probability_table_is_exact_and_says_that_it_has_no_rows():
    rows = "".join(f"{a},{b},{a ^ b},0.25\n" for a in (0, 1) for b in (0, 1))
    app = with_file(b"x1,x2,y,p\n" + rows.encode())
    assert healthy(app)
    assert "no sampling error" in words(app)
    assert "100 % told only by both together (synergy)" in words(app)


def test_roles_that_overlap_are_a_sentence_and_the_page_stays():
    app = with_file(CSV.encode(), x1="audio_*, mood", y="mood")
    assert not app.exception
    assert "it can be only one of them" in " ".join(e.value for e in app.error).replace("\\", "")


def test_what_if_shows_before_and_after():
    app = with_file(CSV.encode(), shuffle="y")
    app.session_state["yourdata.questions"] = "What if"
    app.run()
    finished(app)
    assert healthy(app)
    assert any("After minus before" in e.proto.json for e in app.get("bidi_component"))


def test_slices_give_one_answer_for_each_value():
    app = with_file(CSV.encode(), slice="text_a", x2="audio_b", x1="audio_a")
    app.session_state["yourdata.questions"] = "Slices"
    app.run()
    finished(app)
    assert healthy(app)
    assert sum("text_a: " in e.proto.json for e in app.get("bidi_component")) == 2
