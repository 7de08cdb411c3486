"""The lab's page through AppTest: what is drawn is what the runs hold, and nothing throws."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mmexplore import runs
from mmexplore.labs.losses.bounds_task import Bounds
from mmexplore.labs.losses.needs import OFFERED
from mmexplore.labs.losses.objectives import BASELINES, OBJECTIVES
from mmexplore.labs.losses.presets import PRESETS
from mmexplore.labs.losses.scene import TABS, FactorClScene
from mmexplore.labs.losses.table_task import Kept, KeptSweep
from mmexplore.labs.losses.task import FactorClSweep
from mmexplore.labs.losses.ui.file import example
from mmexplore.runs import store
from tests.labs.losses import made_runs as lab_runs
from tests.labs.pages import given, healthy, open_lab, query_of, words

SHARED = {"view": "methods", "data.unique1": "0.0", "data.unique2": "0.0"}
# no dial: what is asked here is not where the information lies
FAST = {"view": "methods", "data.label": "shared", "data": "bits", "methods": "clip,factorcl-ssl"}


@pytest.fixture(autouse=True)
def _nothing_shipped(empty_runs_folder, monkeypatch, tmp_path):
    monkeypatch.setattr(store, "SHIPPED", tmp_path / "none")


def open_page(**query: str) -> AppTest:
    return open_lab("losses", **query)


def widgets(app: AppTest) -> list[Any]:
    """Every widget that may show a parameter."""
    kinds = (
        "slider",
        "select_slider",
        "number_input",
        "selectbox",
        "multiselect",
        "toggle",
        "text_input",
        "button_group",
    )
    return [e for kind in kinds for e in app.get(kind)]


def titles(app: AppTest) -> list[str]:
    """Titles of the figures on the page."""
    return [data["title"] for data in given(app) if "spec" in data]


@pytest.mark.parametrize("view", TABS)
def test_every_view_opens_with_no_run_and_says_what_to_do(view):
    app = open_page(**FAST | {"view": view})
    assert healthy(app)
    labels = {b.label for b in app.button}
    start = {
        "methods": "Train 2 methods",
        "factors": "Train 2 methods",
        "sweep": "Run the sweep",
        "bounds": "Train the critics",
    }
    assert start.get(view, "Measure all of them" if view == "table" else "Undo") in labels
    if view == "take":
        assert "no run of this setting yet" in words(app)
    if view == "table":
        assert titles(app) == ["What does each loss keep?"] and "what theory says" in words(app)


def test_the_view_of_the_methods_shows_where_the_information_lies():
    app = open_page(**SHARED)
    assert healthy(app)
    deadline = time.monotonic() + 30  # the dial's grid is computed beside the page
    while (
        not any("exact" in json.loads(e.proto.json) for e in app.get("bidi_component")) and time.monotonic() < deadline
    ):
        time.sleep(0.2)
        app.run()
    exact = next(d["exact"] for d in (json.loads(e.proto.json) for e in app.get("bidi_component")) if d.get("exact"))
    assert exact["value"] == [10.0, 0.0]
    assert exact["fields"]["i1"] == pytest.approx(1.0) and exact["fields"]["union"] == pytest.approx(1.0)  # R = 1 bit
    assert "*shared* I1 + I2 \u2212 I12 = **1.000**" in words(app)


def test_the_pictures_are_shown_with_what_matches():
    app = open_page(view="methods", data="trifeature", **{"data.rows": "500"})
    assert healthy(app)
    caption = next(c.value for c in app.caption if c.value.startswith("Eight pairs"))
    assert caption.count("yes") + caption.count("no,") + caption.endswith("no.") == 8


def test_a_finished_run_is_drawn_with_its_baselines_and_leaks():
    scene = FactorClScene(view="methods").put(
        **{"lab.seeds": 2, "data.rows": 500, "data.unique1": 0.0, "data.unique2": 0.0}
    )
    lab_runs.lab(scene.task("lab"), leak=0.3)
    app = open_page(**scene.to_query())
    assert healthy(app)
    assert "FactorCL-SUP against CLIP on y, both at the representation: 0.950 and 0.700; ahead in every seed" in words(
        app
    ).replace("\\", "")
    shown = titles(app)
    assert "What was kept: accuracy of probes on held-out rows" in shown and "What was kept of each factor" in shown
    assert "Accuracy on y while it trains" in shown and "Embeddings of CoMM" in shown and "Loss terms of CoMM" in shown
    app.selectbox(key="learn.looked").set_value("clip").run()
    assert healthy(app) and "Embeddings of CLIP" in titles(app)
    app.button_group(key="learn.score").set_value("mlp").run()
    assert healthy(app) and query_of(app)["score"] == "mlp"
    app = open_page(**scene.to_query() | {"view": "factors"})
    assert healthy(app) and "Which latents can be read from which representation (R\u00b2)" in titles(app)
    assert any(title.startswith("Nulls") for title in titles(app))


@pytest.mark.parametrize("phase", ["stopped", "failed", "killed"])
def test_a_run_that_ended_early_shows_what_there_is_and_can_be_begun_again(phase):
    scene = FactorClScene.from_query(FAST)[0]
    lab_runs.lab(scene.task("lab"), upto=3, phase=phase)
    app = open_page(**FAST)
    assert not app.exception and "Run again" in {b.label for b in app.button}
    assert "What was kept: accuracy of probes on held-out rows" in titles(app)


def test_the_other_runs_are_drawn():
    lab_runs.sweep(FactorClSweep())
    lab_runs.bounds(Bounds())
    lab_runs.kept(Kept())
    app = open_page(view="sweep")
    assert healthy(app) and "Accuracy over the label's view-specific share, read at the representation" in titles(app)
    assert "Information about that label: its decomposition" in titles(app)
    app.button_group(key="learn.layer").set_value("loss").run()
    assert healthy(app) and "Accuracy over the label's view-specific share, read at the loss" in titles(app)
    app = open_page(view="bounds")
    assert healthy(app) and len(titles(app)) == 2
    # 6, 8 and 10 nats lie above log2 of 128 = 7 bits
    assert "3 of 6 truths lie above log\u2082 of the batch (7.00 bit)" in words(app)
    app = open_page()
    told = "Synergy is explicit at the representation (a linear probe reads it in every seed) with CoMM."
    assert healthy(app) and told in words(app).replace("\\", "")
    assert "Not measured for this generator yet" in words(app)
    lab_runs.stability(KeptSweep())
    app = open_page(layer="loss")
    assert healthy(app) and "explicit at the loss" in words(app)
    assert "Bits kept over widths and learning rates, at the loss" in titles(app)
    app.selectbox(key="learn.order").set_value("synergy").run()
    assert healthy(app) and query_of(app)["order"] == "synergy"


def test_the_knobs_of_the_table_change_its_rows():
    app = open_page(view="table")
    app.slider(key="learn.kept.methods.dvsib.gamma").set_value(0.5).run()
    app.slider(key="learn.kept.private").set_value(1.0).run()
    assert healthy(app)
    task = FactorClScene.from_query(query_of(app))[0].kept
    assert task.private == 1.0
    assert [o.gamma for o in task.chosen() if o.name == "dvsib"] == [0.0, 0.5, 1.0]


@pytest.mark.parametrize("name", ["synergy", "digits"])
def test_a_preset_is_one_click_and_undo_takes_it_back(name):
    app = open_page(**FAST)
    app.button_group(key="learn.preset").set_value(name).run()
    assert healthy(app)
    assert FactorClScene.from_query(query_of(app)) == (PRESETS[name].of(FactorClScene), [])
    app.button(key="learn.undo").click().run()
    assert query_of(app) == FAST and healthy(app)
    app.button(key="learn.reset").click().run()
    assert query_of(app) == {}


def test_two_settings_stand_side_by_side():
    first = FactorClScene.from_query(FAST)[0]
    lab_runs.lab(first.task("lab"))
    app = open_page(**FAST)
    app.button(key="learn.pin").click().run()
    app.slider(key="learn.lab.seeds").set_value(2).run()
    assert healthy(app) and "pin" in query_of(app)
    second = FactorClScene.from_query(query_of(app))[0]
    lab_runs.lab(second.task("lab"))
    app.run()
    assert healthy(app) and "**A** is the pinned setting" in words(app)
    assert titles(app).count("What was kept: accuracy of probes on held-out rows") == 2
    assert "| CLIP | \u22120.000 |" in words(app).replace("+", "\u2212").replace("0.001", "0.000")
    app.button(key="learn.unpin").click().run()
    assert healthy(app) and "pin" not in query_of(app)


def test_all_weights_at_nothing_are_refused_and_the_last_view_stays():
    app = open_page(**SHARED, dial_x="unique1", dial_y="unique2")
    app.slider(key="learn.data.shared").set_value(0.0).run()
    assert not app.exception and "all weights of the label are 0" in words(app)
    assert query_of(app) == SHARED | {"dial_x": "unique1", "dial_y": "unique2"}


def test_a_bad_link_shows_the_rest_and_says_so():
    app = open_page(methods="clipp", view="sweep", lab="<b>=3")
    assert not app.exception and "could not be read in full" in words(app)


def test_own_views_are_read_and_stay_private():
    app = open_page(view="methods", data="own")
    assert healthy(app) and "Drop a file on the left" in words(app)
    app.file_uploader[0].upload("mine.csv", example().encode()).run()
    assert healthy(app) and "6 columns against 6" in words(app) and "Train 5 methods" in {b.label for b in app.button}
    app.file_uploader[0].upload("bad.csv", b"a,b\n1").run()
    assert not app.exception and "The file loaded before is still on show." in words(app)
    gone = open_page(**query_of(app))
    assert healthy(gone) and "This link belongs to a file that is not part of it" in words(gone)
    assert not any(run.task.own_data for run in store.all_runs())


def test_a_file_of_ones_own_is_read_as_asked_and_what_matters_is_said():
    head, *rows = example().splitlines()
    rows = [f"-999{row[row.index(',') :]}" if k % 10 == 0 else row for k, row in enumerate(rows)]
    app = open_page(view="methods", data="own")
    app.file_uploader[0].upload("mine.csv", "\n".join([head, *rows]).encode()).run()
    assert healthy(app) and "-999" in words(app).replace("\\", "")
    app.text_input(key="learn.na").set_value("-999").run()
    assert healthy(app) and query_of(app)["na"] == "-999"
    arrays = app.session_state["learn.held"].derived[1].arrays
    assert len(arrays["y"]) == len(rows) - 60 and arrays["x1"].min() > -100
    cells = "x1,x2,y,count\n" + "".join(f"{a},{b},{c},{1 + a}\n" for a in range(8) for b in range(8) for c in (0, 1))
    app.file_uploader[0].upload("cells.csv", cells.encode()).run()  # looks like cells of a table, and is taken as rows
    assert healthy(app), app.error
    assert len(app.session_state["learn.held"].derived[1].arrays["y"]) == 128


def test_numbers_figures_script_and_run_can_be_taken_along():
    scene = FactorClScene.from_query(FAST)[0]
    lab_runs.lab(scene.task("lab"))
    app = open_page(**FAST | {"view": "take"})
    assert healthy(app)
    labels = {e.proto.label for e in app.get("download_button")}
    assert labels == {"Numbers (CSV)", "Result (JSON)", "Figures (HTML)", "Script (Python)", "The run (ZIP)"}
    assert "FactorCl(" in app.code[0].value


def test_a_real_run_is_started_here_and_ends():
    short = {"seeds": "1", "steps": "20", "width": "8", "embedding": "4", "looks": "2"}
    query = {"view": "methods", "data": "bits", "data.rows": "1000", "methods": "clip"} | {
        f"lab.{k}": v for k, v in short.items()
    }
    app = open_page(**query)
    next(b for b in app.button if b.label == "Train 1 method").click().run()
    run = runs.find(FactorClScene.from_query(query)[0].task("lab"))
    deadline = time.monotonic() + 120
    while run.state.active and time.monotonic() < deadline:
        time.sleep(0.1)
    assert run.state.phase == "finished", run.state.words
    app.run()
    assert healthy(app) and "Embeddings of CLIP" in titles(app)
    assert np.isfinite(run.arrays("table")["accuracy"][:, :, 2]).all()


def test_an_old_link_with_a_pin_is_read():
    pin = urlencode({"data": "bits", "settings": "rows=1000", "lab": "seeds=2"})
    app = open_page(**FAST, pin=pin)
    assert healthy(app)
    pinned = app.session_state["learn.timeline"].present.pin
    assert pinned == FactorClScene(view="methods").put(data="bits", **{"data.rows": 1000, "lab.seeds": 2})


@pytest.mark.parametrize(
    ("query", "path"),
    [
        (FAST, "data.rows"),
        (FAST, "lab.steps"),
        (FAST, "methods.temperature"),
        (FAST, "methods.head"),
        (FAST, "lab.rate"),
        (FAST, "methods"),
        (FAST, "looked"),
        ({"view": "sweep"}, "sweep.ratios"),
        ({"view": "bounds"}, "bounds.critic"),
        ({"view": "table"}, "kept.methods.dvsib.gamma"),
        ({"view": "table"}, "kept.methods"),
        ({"view": "table"}, "kept.methods.head"),
        ({"view": "table"}, "layer"),
        ({"view": "table"}, "stability.rates"),
    ],
)
def test_a_link_hides_and_locks_a_control(query, path):
    def control(app):
        return next((e for e in widgets(app) if e.key == f"learn.{path}"), None)

    assert control(open_page(**query)).disabled is False
    locked = open_page(**query, lock=path)
    assert healthy(locked) and control(locked).disabled is True
    hidden = open_page(**query, hide=path)
    assert healthy(hidden) and control(hidden) is None


def test_the_dial_is_not_offered_for_a_locked_weight():
    app = open_page(**SHARED, lock="data.shared")
    assert healthy(app) and "What the two sliders of the dial move" not in words(app)
    assert app.slider(key="learn.data.shared").disabled and not app.slider(key="learn.data.unique2").disabled
    assert "Start from" in {e.label for e in app.button_group}
    app = open_page(**SHARED, lock="methods,view")
    assert healthy(app) and "Start from" not in {e.label for e in app.button_group} and not app.tabs


def every_control():
    import streamlit as st

    from mmexplore.labs.losses.ui import STATE

    STATE.sync()
    for path in STATE.view.paths():
        STATE.control(path)
    st.caption(f"{len(STATE.view.paths())} controls")


@pytest.mark.parametrize("data", OFFERED)
def test_every_parameter_of_a_view_has_a_control(data):
    query = {
        "view": "methods",
        "data": data,
        "methods": ",".join(name for name in OBJECTIVES.names() if name not in BASELINES),
    }
    scene = FactorClScene.from_query(query)[0]
    app = AppTest.from_function(every_control, default_timeout=60)
    app.query_params.update(query)
    app.run()
    assert healthy(app) and len(scene.paths()) > 90
    assert {e.key for e in widgets(app)} == {f"learn.{path}" for path in scene.paths()}


def test_the_last_result_stays_greyed_until_the_new_setting_has_one():
    scene = FactorClScene.from_query(FAST)[0]
    lab_runs.lab(scene.task("lab"))
    app = open_page(**FAST)
    assert healthy(app) and "Still shown" not in words(app)
    drawn = titles(app)
    app.query_params["lab.seeds"] = "4"
    app.run()
    assert healthy(app)
    said = next(i.value for i in app.info if "Still shown" in i.value)
    assert f"seeds {scene.lab.seeds}" in said and "steps" not in said  # what differs, and nothing else
    assert "What was kept: accuracy of probes on held-out rows" in titles(app) and set(drawn) <= set(titles(app))
    lab_runs.lab(scene.put(**{"lab.seeds": 4}).task("lab"))
    app.run()
    assert healthy(app) and not [i for i in app.info if "Still shown" in i.value]
