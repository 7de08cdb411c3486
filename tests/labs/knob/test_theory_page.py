"""The theory tabs of the Knob page through AppTest: what is shown is what the library says, and knobs are taken over."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import mmexplore as mm
from mmexplore.datasets.views import two_views
from mmexplore.info.bottleneck import gaussian_ib_of, relevance_at
from mmexplore.labs.knob import sweep_results
from mmexplore.labs.knob.theory import KnobTheory, standardised
from mmexplore.spec import Spec
from mmexplore.ui.dial.model import decode
from mmexplore.ui.words import number


def show(tab: str, **query: str) -> AppTest:
    """One tab alone, on a page of its own."""

    def page(tab: str) -> None:
        import streamlit as st

        from mmexplore.labs.knob.scene import KnobScene
        from mmexplore.labs.knob.ui.collapse import collapse
        from mmexplore.labs.knob.ui.how_much_data import how_much_data
        from mmexplore.labs.knob.ui.theory import exact_plane
        from mmexplore.ui.failures import guarded
        from mmexplore.ui.state import PageState

        state = st.session_state.setdefault("state under test", PageState("knob", KnobScene))
        state.sync()
        with guarded(state):
            {"collapse": collapse, "howmuch": how_much_data, "theory": exact_plane}[tab](state)

    app = AppTest.from_function(page, args=(tab,), default_timeout=60)
    app.query_params.update(query)
    return app.run()


def given(app: AppTest, kind: str) -> dict[str, Any]:
    said = [json.loads(element.proto.json) for element in app.get("bidi_component")]
    return next(data for data in said if data.get("kind") == kind)


def field(app: AppTest, name: str) -> np.ndarray:
    grid = given(app, "grid")["grid"]
    return decode(grid["fields"][name]).reshape(grid["shape"])


def healthy(app: AppTest) -> bool:
    return not app.exception and not app.error


def words(app: AppTest) -> str:
    return " ".join(e.value for e in (*app.markdown, *app.caption, *app.info))


def test_collapse_shows_the_exact_transition_and_gives_the_browser_what_it_needs():
    app = show("collapse", sym_beta="3.3")
    assert healthy(app)
    assert given(app, "grid")["stacks"]["static"]["symmetric"] == {
        "square": 0.9,
        "kick": 0.05,
        "trained": None,
    }
    table = app.dataframe[0].value
    shown = dict(zip(table["exact"], table["value"], strict=True))
    assert shown["informative state exists from"] == "β 2.925"
    assert shown["informative state is better from"] == "β 3.521"
    exact = mm.symmetric_ib([[1, 0.9**0.5], [0.9**0.5, 1]], 1, 1, 3.3)
    assert shown["informative state"] == f"{number(float(exact.on('open').rate) / 2, 4)} bit a view"
    assert (
        shown["best Gaussian state"] == "0.0000 bit a view"
    )  # between the spinodal and the transition the collapsed state is better
    assert shown["signs beat silence from"] == "β 3.821"
    assert given(app, "echo")["value"] == pytest.approx([np.log(3.3) / np.log(64), 0.0])  # places on the sliders


def test_a_pair_of_the_data_is_taken_with_one_click():
    app = show("collapse")
    squares = sorted((float(r) ** 2 for r in two_views("warped-gaussian").rho()), reverse=True)
    pills = app.button_group(key="knob.collapse pair")
    assert [float(option) for option in pills.options] == pytest.approx(squares, abs=0.005)
    pills.set_value(round(squares[1], 2)).run()
    assert healthy(app)
    assert given(app, "grid")["stacks"]["static"]["symmetric"]["square"] == round(squares[1], 2)


def test_without_a_second_state_collapse_says_so_and_a_link_is_read():
    app = show("collapse", sym_beta="2.0", sym_square="0.5", sym_kick="0.0", unit="nat")
    assert healthy(app)
    table = app.dataframe[0].value
    shown = dict(zip(table["exact"], table["value"], strict=True))
    assert shown["informative state"] == "–"
    assert shown["a kick is enough from"] == "never"
    assert shown["informative state exists from"] == f"β {4 * (1 + 0.5**0.5):.4g}"  # (2 / rho^2)(1 + sqrt(1 - rho^2))
    app.slider(key="knob.sym_square").set_value(0.9).run()
    assert healthy(app)
    assert "sym_square" not in app.query_params  # back at its default
    assert given(app, "grid")["stacks"]["static"]["symmetric"]["square"] == 0.9


FRAMES = [
    {"direction": d, "beta": beta, "rate_nats": rate}
    for d, rates in ((0.0, (2.4, 2.2, 0.0)), (1.0, (0.0, 0.0, 0.1)))
    for beta, rate in zip((4.0, 3.0, 2.0)[:: 1 if d == 0 else -1], rates, strict=True)
]


def test_a_swept_network_is_read_and_put_into_words():
    points = sweep_results.points_of([*FRAMES, {"direction": 1.0, "beta": 5.0, "rate_nats": None}])
    assert points["down"] == [[2.0, 0.0], [3.0, pytest.approx(1.1 / np.log(2))], [4.0, pytest.approx(1.2 / np.log(2))]]
    assert [beta for beta, _ in points["up"]] == [2.0, 3.0, 4.0]
    told = sweep_results.sentence(points, 2.925)
    assert "followed beta down **collapsed between 3 and 2** (exact: 2.92)" in told
    assert "followed beta up **stayed collapsed**" in told
    assert sweep_results.sentence({"down": [], "up": []}, 2.925) == ""


def test_the_training_a_sweep_took_is_put_into_words():
    assert sweep_results.effort(FRAMES) == ""  # frames that do not say it
    took = (240.0, 480.0, 1440.0, 240.0, 240.0, 240.0)
    frames = [{**frame, "updates": n, "converged": 1.0} for frame, n in zip(FRAMES, took, strict=True)]
    words = sweep_results.effort(frames)
    assert "240 to 1,440, the most at β 2 on the way down" in words and "All 6 settings converged" in words
    frames[2]["converged"] = 0.0
    assert sweep_results.effort(frames).endswith("Not converged when the sweep went on: β 2 on the way down.")


def test_a_finished_sweep_is_drawn_over_the_exact_branches(monkeypatch):
    points = sweep_results.points_of(FRAMES)
    monkeypatch.setattr("mmexplore.labs.knob.ui.collapse.trained_points", lambda scene: points)
    app = show("collapse")
    assert healthy(app)
    assert given(app, "grid")["stacks"]["static"]["symmetric"]["trained"] == points


@pytest.mark.parametrize("over", ["strength", "private"])
def test_how_much_data_shows_what_the_study_finds(over):
    scene = KnobTheory(need_over=over, need_columns=10, need_private=2)
    app = show("howmuch", **scene.to_query())
    assert healthy(app)
    found = scene.need_grid()
    for i in range(4):
        assert field(app, f"s{i}") == pytest.approx(found.signal[i], abs=2e-5)
    still = given(app, "grid")["stacks"]["static"]["learning"]
    assert still["methods"] == list(found.methods)
    axes = given(app, "grid")["grid"]["axes"]
    assert axes[0]["marks"] == found.rows.tolist()  # one node a mark
    assert len(axes[1]["marks"]) == found.signal.shape[1]
    here = scene.need_here()
    assert app.dataframe[0].value["shared signal kept"].tolist() == [f"{100 * float(s[0]):.0f} %" for s in here.signal]


def test_the_exact_plane_of_the_warped_gaussian_is_exact():
    app = show("theory", exact_blend="0.0", exact_beta="4.0")
    assert healthy(app)
    rho = two_views("warped-gaussian").rho()
    curve = given(app, "grid")["stacks"]["static"]["plane"]["ways"][0]["curves"][0]
    assert curve["y"] == pytest.approx(relevance_at(rho, curve["x"]), abs=1e-9)
    # a VAE of six coordinates of variance 1 at beta 4: each costs 1 bit, and tells of Y what one bit can
    told = sum(relevance_at([r], 1.0) for r in rho)
    assert "a rate of **6.000 bit** over 6 modes" in words(app)
    assert f"carries **{number(told, 3)} bit** about Y" in words(app)
    best = gaussian_ib_of(rho, 4.0)
    assert f"a rate of {number(float(best.rate), 3)} and carries {number(float(best.relevance), 3)} bit" in words(app)
    assert (field(app, "relevance") <= relevance_at(rho, field(app, "rate")) + 1e-3).all()


def test_the_exact_plane_of_real_columns_says_what_it_assumes():
    app = show("theory", data="wine")
    assert healthy(app)
    assert "As if the samples were Gaussian" in words(app)
    views = two_views("wine").draw()
    cov, d1 = standardised(views.x1[~views.held_out], views.x2[~views.held_out])
    ours = mm.blend_ib(cov, d1, len(cov) - d1, 8.0, 1.0)
    assert f"a rate of **{number(float(ours.rate), 3)} bit**" in words(app)


def test_your_own_views_are_asked_for_before_theory_speaks_of_them():
    app = show("theory", data="own")
    assert healthy(app)
    assert "Drop a file" in words(app)


def test_the_fields_are_declared_once_and_have_ranges():
    assert issubclass(KnobTheory, Spec)
    for p in KnobTheory.parameters():
        assert p.name.split("_")[0] in ("sym", "need", "exact")
        assert p.help and (p.choices or p.low is not None)
