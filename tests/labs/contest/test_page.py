"""The page Compare through AppTest: what is drawn is what the public estimators say, beside the truth; nothing throws."""

from __future__ import annotations

import csv
import io
import random
import re
import time
from typing import Any
from urllib.parse import urlencode

import pytest
from streamlit.testing.v1 import AppTest

import mmexplore as mm
from mmexplore.datasets import generator
from mmexplore.labs.contest.presets import PRESETS
from mmexplore.labs.contest.scene import CompareScene
from mmexplore.labs.contest.ui import TABS
from tests.labs.pages import figures, healthy, open_lab, press, query_of, words

QUICK = {"question": "mi", "data": "gaussian-pair", "data.bits": "1.5", "last": "200.0", "points": "2", "seeds": "1"}


def settle(app: AppTest, seconds: float = 60.0) -> AppTest:
    """Run until the estimates are there: a browser does so by itself."""
    until = time.monotonic() + seconds
    while "compare.jobs" in app.session_state and app.session_state["compare.jobs"] and time.monotonic() < until:
        time.sleep(0.2)
        app.run()
    return app


def leave(app: AppTest) -> None:
    """Stop the work that a visitor who goes away would stop."""
    for button in app.button:
        if button.key and button.key.startswith("stop "):
            button.click()
    app.run()


def open_page(**query: str) -> AppTest:
    return settle(open_lab("contest", **query))


def view(app: AppTest) -> CompareScene:
    scene: CompareScene = app.session_state["compare.timeline"].present.view
    return scene


def test_estimates_stand_beside_the_truth():
    app = open_page(**QUICK, estimators="gaussian,ksg")
    assert healthy(app)
    said = figures(app)["Information between the two views"]["alt"]
    assert "truth: 1.5000 at 100, 1.5000 at 200" in said
    for name, label in (("gaussian", "Gaussian"), ("ksg", "Nearest neighbours (KSG)")):
        values = []
        for n in (100, 200):
            x1, _, y = mm.make("gaussian-pair", bits=1.5, n=n)
            values.append(mm.mutual_information(x1, y, name).mi)
        assert f"{label}: {values[0]:.4f} at 100, {values[1]:.4f} at 200" in said
    table = app.dataframe[0].value
    assert list(table["estimator"]) == ["Gaussian", "Nearest neighbours (KSG)"]
    error = float(table["error (bit)"][0])
    assert error < 0.5


PARTS = ("Redundancy R", "Unique to modality 1", "Unique to modality 2", "Synergy S")


def four(app: AppTest) -> dict[str, Any]:
    """What the figure of panels was given."""
    [shown] = [given for title, given in figures(app).items() if title.endswith("estimates beside the truth")]
    return shown


def of_panel(given: dict[str, Any], title: str) -> str:
    """What the sentence of a figure says of one panel."""
    said: str = given["alt"].split(f"{title}: ", 1)[1]
    return min((said.split(f" {other}: ", 1)[0] for other in PARTS), key=len)


def test_four_parts_are_four_panels_with_one_legend():
    app = open_page(**{"data": "gaussian", "data.seed": "2"}, last="200.0", points="2", seeds="1", estimators="thin")
    assert healthy(app)
    shown = four(app)
    assert [a["text"] for a in shown["spec"]["layout"]["annotations"]] == list(PARTS)
    assert [t["name"] for t in shown["spec"]["data"] if t["showlegend"]] == ["truth", "Thin-PID"]
    x1, x2, y = mm.make("gaussian", n=200, seed=2)
    found = mm.estimate_pid(x1, x2, y, "thin")
    assert f"{found.redundancy:.4f} at 200" in of_panel(shown, "Redundancy R")
    assert f"{mm.make('gaussian', n=20).truth.synergy:.4f} at 200" in of_panel(shown, "Synergy S")
    app = open_page(
        **{"data": "gaussian", "data.seed": "2"},
        last="200.0",
        points="2",
        seeds="1",
        estimators="thin",
        show="informations",
    )
    assert f"{found.value.i12:.4f} at 200" in four(app)["alt"].split("I(X1,X2;Y): ", 1)[1]


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_draws(tab):
    app = open_page(**QUICK, estimators="gaussian,binned")
    app.query_params["tab"] = tab
    app.run()
    assert healthy(app)
    text = words(app)
    assert {
        "scores": "root mean square",
        "intervals": "independent of the others",
        "numbers": "Means over the samples",
        "cost": "seconds include",
        "assumed": "jointly Gaussian",
        "said": "Binned",
        "export": "prints the same numbers",
    }[tab] in text


def test_the_downloads_hold_the_numbers_and_stand_alone():
    app = open_page(**QUICK, estimators="gaussian")
    from mmexplore.labs.contest.contest import contest
    from mmexplore.labs.contest.ui.export import COLUMNS, as_csv

    scene = view(app)
    points = contest(scene.plan(), scene.at_once()).points
    rows = list(csv.DictReader(io.StringIO(as_csv(scene, points))))
    assert tuple(rows[0]) == COLUMNS
    for row, point in zip(rows, points, strict=True):
        assert float(row["estimate_bits"]) == point.values["mi"]
        assert float(row["truth_bits"]) == 1.5
        made = mm.make(row["data"])
        assert mm.mutual_information(made.x1, made.y, row["estimator"]).mi == point.values["mi"]
    app.query_params["tab"] = "export"
    app.run()
    labels = [button.proto.label for button in app.get("download_button")]
    assert labels == ["Estimates (CSV)", "Figures (HTML)", "Script (Python)"]
    assert app.code[0].value.startswith('"""Correlated Gaussian views, over rows')


def test_a_preset_is_shown_with_its_reason_and_undone():
    app = open_page(**QUICK, estimators="gaussian")
    before = view(app)
    app.button_group(key="compare.preset").set_value("label").run()  # what was begun for the last view is given up
    assert healthy(app)
    assert view(app) == CompareScene().put(preset="label")
    assert any(PRESETS["label"].why[:40] in e.value for e in app.caption)
    next(b for b in app.button if b.label == "Undo").click().run()
    assert view(app) == before
    next(b for b in app.button if b.label == "Reset").click().run()
    assert view(app) == CompareScene()
    assert healthy(app)
    leave(app)


def test_what_an_estimator_refuses_is_said():
    app = open_page(data="sign-sum", last="200.0", points="2", seeds="1", estimators="binned,gaussian")
    assert not app.exception
    assert any("Gaussian" in e.value and "class label" in e.value for e in app.warning)
    # only refusals: still a page
    app = open_page(data="sign-sum", last="200.0", points="2", seeds="1", estimators="gaussian")
    assert not app.exception
    assert any("class label" in e.value for e in app.warning)


def test_what_is_not_known_is_said():
    app = open_page(
        **{"data": "latent", "data.t": "3", "data.d": "3", "data.setting": "mix1"},
        last="200.0",
        points="2",
        seeds="1",
        estimators="binned",
    )
    assert healthy(app)
    assert "the truth is not known here" in words(app)
    assert "Published" in words(app)
    assert app.dataframe[0].value["error (bit)"][0] == "truth not known"


def test_a_bad_link_is_told_and_the_rest_shown():
    app = open_lab("contest", **{**QUICK, "data": "gaussian-pear", "points": "99"})
    assert not app.exception
    warned = " ".join(e.value for e in app.warning)
    assert "gaussian\\-pear" in warned or "gaussian-pear" in warned
    assert re.search(r"points is 99", warned)
    leave(app)


def test_a_trained_estimator_waits_for_its_start():
    app = open_page(**QUICK, estimators="gaussian,infonce")
    assert healthy(app)
    assert any(b.label == "Train at 2 places" for b in app.button)
    assert "not run yet" in " ".join(badge.proto.body for badge in app.get("markdown"))


def test_no_estimator_for_this_target_says_what_to_do(monkeypatch):
    monkeypatch.setattr(CompareScene, "chosen", lambda self: {})
    app = open_page(data="sign-sum", last="200.0", points="2")
    assert not app.exception
    assert any("hand the labels over as numbers" in e.value for e in app.info)


def test_a_walk_over_the_generators_and_dials_throws_nothing():
    rng = random.Random(4)
    app = open_page(**QUICK, estimators="gaussian")
    for _ in range(8):
        boxes = [b for b in app.selectbox if b.key in ("compare.data", "compare.over")]
        box = rng.choice(boxes)
        options = box.options
        choice = rng.choice(range(len(options)))
        box.select_index(choice)
        settle(app.run())
        assert not app.exception
        small = view(app)
        assert generator(small.data_text()) == small.base()
        if small.plan().ats[-1] > 500 and small.over == "n":
            last = next(b for b in app.selectbox if b.key == "compare.last")
            last.set_value(200.0)
            settle(app.run())
            assert not app.exception


def test_dials_and_settings_of_the_sidebar_change_the_view():
    app = open_page(**QUICK, estimators="binned,gaussian")
    app.slider(key="compare.data.d").set_value(5)
    settle(app.run())
    assert view(app).base().d == 5
    number = next(w for w in (*app.slider, *app.number_input) if w.key == "compare.tuned.binned.bins")
    number.set_value(4)
    settle(app.run())
    assert view(app).settings_of("binned").bins == 4
    app.number_input(key="compare.data.seed").set_value(9)
    settle(app.run())
    assert view(app).base().seed == 9
    app.button_group(key="compare.at once").set_value(["gaussian"])
    settle(app.run())
    assert view(app).estimators == "gaussian"
    app.button_group(key="compare.question").set_value("calibration")
    settle(app.run())
    assert (view(app).over, view(app).question) == ("bits", "calibration")
    assert healthy(app)


def test_a_link_hides_and_locks_single_controls():
    app = open_page(
        **QUICK, estimators="binned", hide="data.seed,tuned.binned.*,pair", lock="data.bits,estimators,last"
    )
    assert healthy(app)
    keys = {w.key for w in (*app.slider, *app.number_input, *app.selectbox, *app.toggle)}
    assert "compare.data.d" in keys
    assert not {key for key in keys if key.startswith("compare.tuned.") or key == "compare.data.seed"}
    disabled = {w.key: w.disabled for w in (*app.slider, *app.number_input, *app.selectbox, *app.button_group)}
    assert disabled["compare.data.bits"] and disabled["compare.last"] and disabled["compare.at once"]
    assert not disabled["compare.data.d"]
    app = open_page(**QUICK, estimators="binned", hide="estimators,data.colour")
    assert not [b for b in app.button_group if b.key == "compare.at once"]
    assert any("hide names" in e.value and "colour" in e.value for e in app.warning)


def drawn_by_control() -> None:
    """A page that draws the control of every path of the view in the session."""
    import streamlit as st

    from mmexplore.labs.contest.ui import STATE

    options = {"data": ("warped", "gaussian-pair"), "over": ("n", "bits"), "first": (-1.0,), "last": (-1.0, 200.0)}
    STATE.sync()
    for path in STATE.view.paths():
        STATE.control(path, **({"options": options[path]} if path in options else {}))
    st.write(len(STATE.view.paths()))


@pytest.mark.parametrize("question", ["pid", "mi", "calibration"])
def test_every_path_has_a_control(question):
    app = AppTest.from_function(drawn_by_control, default_timeout=60)
    scene = CompareScene().put(question=question)
    app.query_params.update(scene.to_query())
    app.run()
    assert not app.exception
    drawn = (*app.slider, *app.number_input, *app.selectbox, *app.toggle, *app.text_input, *app.button_group)
    assert {w.key for w in drawn} == {f"compare.{path}" for path in scene.paths()}


def beside(app: AppTest) -> dict[tuple[str, str], tuple[str, ...]]:
    """The table of pinned and present scores."""
    frame = next(f.value for f in app.dataframe if "B − A" in f.value.columns)
    return {(row[0], row[1]): tuple(row[2:]) for row in frame.itertuples(index=False)}


def test_pinned_scores_stand_beside_the_present_ones_and_travel_in_the_link():
    app = open_page(**QUICK, estimators="gaussian")
    error = float(app.dataframe[0].value["error (bit)"][0])
    settle(press(app, "Pin as A"))
    assert healthy(app)
    assert beside(app)["Gaussian", "error (bit)"] == (f"{error:.3f}", f"{error:.3f}", "0.000")
    app.number_input(key="compare.data.seed").set_value(5)
    settle(app.run())
    assert healthy(app)
    values = []
    for n in (100, 200):
        x1, _, y = mm.make("gaussian-pair", bits=1.5, n=n, seed=5)
        values.append(mm.mutual_information(x1, y, "gaussian").mi - 1.5)
    rms = (sum(v * v for v in values) / 2) ** 0.5
    a, b, difference = beside(app)["Gaussian", "error (bit)"]
    assert float(a) == error
    assert float(b) == pytest.approx(rms, abs=6e-4)
    assert float(difference.replace("−", "-")) == pytest.approx(rms - error, abs=2e-3)
    again = settle(open_page(**query_of(app)))
    assert healthy(again)
    assert beside(again)["Gaussian", "error (bit)"] == (a, b, difference)
    settle(press(app, "Undo"))
    assert beside(app)["Gaussian", "error (bit)"] == (a, a, "0.000")
    settle(press(app, "Undo"))
    assert not [f for f in app.dataframe if "B − A" in f.value.columns]


def test_a_run_that_the_pinned_setting_does_not_have_is_named():
    pin = CompareScene.from_query({**QUICK, "estimators": "gaussian,infonce", "data.seed": "91"})[0]
    app = open_page(**QUICK, estimators="gaussian", pin=urlencode(pin.to_query()))
    assert healthy(app)
    assert "A: InfoNCE has no run for this setting" in words(app).replace("\\", "")
    assert "A: Of Gaussian, 0 of 2 estimates are there" in words(app).replace("\\", "")
