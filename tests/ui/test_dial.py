from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from mmexplore import palette
from mmexplore.errors import BadData, BadSpec
from mmexplore.spec import Spec, param
from mmexplore.ui.dial import KNOB_VIEWS, THEORY_VIEWS, VIEWS, Axis, Grid, Stacks, Tables, assets, dial
from mmexplore.ui.dial.model import PID, decode, encode, encode_grid, encode_stacks, encode_tables

X = Axis("x", "Noise", 0.0, 0.5, 0.01)
Y = Axis("y", "Mix", 0.0, 1.0, 0.05)


def fields(shape=(5, 7)):
    names = ("i1", "i2", "i12", "union")
    return {name: np.linspace(0, 1 + i, math.prod(shape)).reshape(shape) for i, name in enumerate(names)}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-50, 50), min_size=1, max_size=40))
def test_a_field_comes_back_within_half_a_step_of_its_own_range(values):
    back = decode(json.loads(json.dumps(encode("f", values))))
    half = (max(values) - min(values)) / 65535 / 2
    assert np.max(np.abs(back - values)) <= half * (1 + 1e-6) + 1e-12


def test_the_ends_of_a_field_and_a_constant_come_back_as_they_were():
    back = decode(encode("f", [0.25, -1.5, 3.0]))
    assert back[1] == -1.5
    assert back[2] == 3.0
    assert (decode(encode("f", np.full(6, 0.7))) == 0.7).all()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_refused_by_name(bad):
    broken = {**fields(), "i2": np.full((5, 7), bad)}
    with pytest.raises(BadData, match="i2"):
        encode_grid(Grid("g", (X, Y), broken))


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(BadData, match="shapes"):
        encode_grid(Grid("g", (X, Y), {**fields(), "i2": np.zeros((5, 6))}))
    with pytest.raises(BadData, match="shapes"):
        encode_grid(Grid("g", (X,), fields()))
    with pytest.raises(BadSpec, match="axes"):
        encode_grid(Grid("g", (), fields()))
    with pytest.raises(BadData, match="nodes"):
        encode_grid(Grid("g", (X, Y), fields((1, 7))))


def test_tables_need_one_name_a_state():
    p = np.full((2, 2, 2, 2, 2), 0.125)
    coded = encode_tables(Tables(p, ("a", "b"), ("c", "d"), ("e", "f")), 2)
    assert coded["shape"] == [2, 2]
    assert decode(coded["p"]).shape == (32,)
    assert encode_tables(Tables(None, ("a",), ("b",), ("c",)), 2) == {"states": [["a"], ["b"], ["c"]]}
    with pytest.raises(BadData, match="name a state"):
        encode_tables(Tables(p, ("a",), ("c", "d"), ("e", "f")), 2)
    with pytest.raises(BadData, match="grid axes"):
        encode_tables(Tables(p, ("a", "b"), ("c", "d"), ("e", "f")), 1)


def test_marks_stand_evenly_along_the_slider_whatever_their_values():
    beta = Axis("beta", "Beta", 0.5, 32.0, 1 / 60, marks=(0.5, 32.0))
    assert beta.nodes(7) == pytest.approx([0.5, 1, 2, 4, 8, 16, 32])
    assert beta.place(4.0) == pytest.approx(0.5)
    gamma = Axis("gamma", "Gamma", 0.0, 4.0, 0.1, marks=(0.0, 0.25, 1.0, 4.0))
    assert gamma.nodes(4) == pytest.approx(gamma.marks)
    assert gamma.nodes(7) == pytest.approx([0, 0.125, 0.25, 0.5, 1, 2, 4])  # evenly from 0, then by equal factors
    for value in (0.0, 0.1, 0.25, 0.7, 3.9, 4.0):
        assert gamma.value(gamma.place(value)) == pytest.approx(value, abs=1e-12)
    coded = encode_grid(Grid("m", (beta, gamma), fields((4, 7))))["axes"]
    assert [(a["low"], a["high"], a["marks"]) for a in coded] == [(0, 1, [0.5, 32.0]), (0, 3, [0.0, 0.25, 1.0, 4.0])]
    for marks in ((0.5, 16.0), (0.5, 0.2, 32.0), (1.0, 32.0)):
        with pytest.raises(BadSpec, match="marks"):
            Axis("beta", "Beta", 0.5, 32.0, 0.1, marks=marks)


def test_stacks_keep_bytes_as_bytes_and_floats_to_their_range():
    pictures = np.arange(5 * 7 * 6, dtype=np.uint8).reshape(5, 7, 6)
    rates = np.linspace(0, 3, 5 * 7 * 2).reshape(5, 7, 2)
    coded = json.loads(json.dumps(encode_stacks(Stacks({"a": pictures, "b": rates}, {"view": {"n": 6}}), 2)))
    assert (decode(coded["arrays"]["a"]) == pictures.ravel()).all()
    assert decode(coded["arrays"]["b"]) == pytest.approx(rates.ravel(), abs=3 / 131070 + 1e-12)
    assert coded["arrays"]["b"]["shape"] == [5, 7, 2]
    assert coded["static"] == {"view": {"n": 6}}
    assert encode_stacks(Stacks({"a": pictures[0]}, {}), 1)["arrays"]["a"]["shape"] == [1, 7, 6]
    assert encode_stacks(Stacks({"a": pictures[0, 0]}, {}), 0)["arrays"]["a"]["shape"] == [1, 1, 6]
    with pytest.raises(BadData, match="stack 'b'"):
        encode_stacks(Stacks({"b": np.full((5, 7, 2), np.nan)}, {}), 2)
    with pytest.raises(BadData, match="grid axes first"):
        encode_stacks(Stacks({"b": np.zeros(5)}, {}), 2)


def test_a_grid_without_axes_holds_plain_numbers():
    coded = encode_grid(Grid("still", (), {"i1": 0.5, "i2": 0.25, "i12": 1.0, "union": 0.75}))
    assert coded["shape"] == [1, 1]
    assert decode(coded["fields"]["union"]) == pytest.approx([0.75])


def test_an_axis_takes_everything_from_the_declaration():
    class Knob(Spec):
        """A declared parameter."""

        noise: float = param(0.1, label="Noise", low=0.0, high=0.5, step=0.005, unit="%", help="A sentence.")

    from dataclasses import dataclass

    parameter = dataclass(frozen=True)(Knob).parameter("noise")
    axis = Axis.of(parameter, low_words="none")
    assert (axis.key, axis.label, axis.low, axis.high, axis.step) == ("noise", "Noise", 0.0, 0.5, 0.005)
    assert (axis.decimals, axis.default, axis.unit, axis.help, axis.low_words) == (3, 0.1, "%", "A sentence.", "none")


@pytest.mark.parametrize(
    ("low", "high", "step"), [(1, 0, 0.1), (0, 1, 0), (0, 1, 2), (0, math.inf, 1), (math.nan, 1, 0.1)]
)
def test_an_axis_that_cannot_be_dragged_is_refused(low, high, step):
    with pytest.raises(BadSpec, match="knob"):
        Axis("knob", "Knob", low, high, step)


def test_the_quantities_of_a_pid_keep_its_identities():
    weights = {q.key: dict(q.of) for q in PID}

    def total(*signed):
        out: dict[str, float] = {}
        for sign, key in signed:
            for field, weight in weights[key].items():
                out[field] = out.get(field, 0) + sign * weight
        return {field: weight for field, weight in out.items() if weight}

    assert total((1, "R"), (1, "U1")) == weights["I1"]
    assert total((1, "R"), (1, "U2")) == weights["I2"]
    assert total((1, "R"), (1, "U1"), (1, "U2"), (1, "S")) == weights["I12"]
    assert total((1, "R"), (-1, "S")) == weights["CI"]


def test_the_code_sent_once_is_small_and_free_of_addresses():
    code, sheet, messenger = assets.dial_js(), assets.dial_css(), assets.say_js()
    every = (*VIEWS, *KNOB_VIEWS, *THEORY_VIEWS)
    assert set(every) == set(assets.view_names())
    assert all(f"VIEWS.{name} =" in code for name in every)
    assert len(messenger) < 1000
    for text in (code, sheet, messenger):
        assert "https://" not in text
        assert text.replace("http://www.w3.org/2000/svg", "").count("http://") == 0
        assert "innerHTML" not in text


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a, b):
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("theme", "paper"), [("light", "#FFFFFF"), ("dark", "#12161C")])
def test_lines_and_letters_of_the_atoms_are_legible_on_their_paper(theme, paper):
    for ink in palette.ATOMS.values():
        assert contrast(ink.line[theme], paper) >= 4.5
        assert ink.line[theme] in palette.css(".dial")
        assert ink.fill[theme] in palette.css(".dial")
    assert len({ink.pattern for ink in palette.ATOMS.values()}) == 4


def test_the_sequential_scale_rises_in_lightness_and_the_diverging_one_is_even():
    light = [luminance(c) for c in palette.SEQUENTIAL]
    assert light == sorted(light)
    middle = len(palette.DIVERGING) // 2
    both = [luminance(c) for c in palette.DIVERGING]
    assert both[middle] == max(both)
    assert both[: middle + 1] == sorted(both[: middle + 1])
    assert both[middle:] == sorted(both[middle:], reverse=True)


def app():
    import numpy as np
    import streamlit as st

    from mmexplore.ui.dial import Axis, Grid, dial

    ask = st.session_state.get("ask", {})
    axes = (Axis("x", "Noise", 0.0, 0.5, 0.01), Axis("y", "Mix", 0.0, 1.0, 0.05))
    names = ("i1", "i2", "i12", "union")
    grid = Grid("apptest", axes, {name: np.linspace(0, 1, 35).reshape(5, 7) for name in names})
    kwargs = {"value": (0.1, 0.2), **ask}
    at = dial(grid, key="my.dial", on_commit=lambda v: st.session_state.update({"heard": v}), **kwargs)
    st.text(str(at))


def run(ask=None):
    test = AppTest.from_function(app, default_timeout=20)
    if ask:
        test.session_state["ask"] = ask
    test.run()
    return test


def payloads(test):
    found = [json.loads(e.proto.json) for e in test.get("bidi_component")]
    return {p.get("kind", "dial"): p for p in found}


def test_the_page_sends_code_grid_and_answer_apart():
    test = run(
        {
            "exact": {"value": (0.1, 0.2), "i1": 1, "i2": np.float64(0.5), "i12": 1.2, "union": 1.1, "gap": 1e-12},
            "unit": "nat",
        }
    )
    assert not test.exception
    said = payloads(test)
    assert said["grid"]["grid"]["id"] == said["echo"]["grid"] == "apptest"
    assert said["echo"]["exact"] == {
        "value": [0.1, 0.2],
        "fields": {"i1": 1.0, "i2": 0.5, "i12": 1.2, "union": 1.1},
        "label": "A",
        "gap": 1e-12,
    }
    assert said["echo"]["unit"] == "nat"
    assert len(json.dumps(said["echo"])) < 1000
    assert test.text[0].value == "(0.1, 0.2)"


def test_a_value_out_of_range_is_brought_into_it():
    test = run({"value": (7, -1)})
    assert payloads(test)["echo"]["value"] == [0.5, 0.0]
    assert test.text[0].value == "(0.5, 0.0)"


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        ({"key": "a__b"}, "double underscore"),
        ({"unit": "byte"}, "allowed: bit, nat"),
        ({"views": ("pie",)}, "allowed: alive, barrier, bars"),
        ({"value": (math.nan, 0)}, "2 finite numbers"),
        ({"value": (0.1,)}, "2 finite numbers"),
        ({"exact": {"value": (0, 0), "i1": 1}}, "exact lacks i2, i12, union"),
        (
            {"pin": {"value": (0, 0), "i1": math.inf, "i2": 1, "i12": 1, "union": 1}},
            "pin holds a number that is not finite",
        ),
    ],
)
def test_what_cannot_be_shown_is_refused_with_what_is_allowed(ask, says):
    with pytest.raises((BadData, BadSpec), match=says):
        dial(Grid("refused", (X, Y), fields()), **{"value": (0.1, 0.2), "key": "refused", **ask})


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ({"at": {"rev": 0, "v": [0.25, 0.5]}}, (0.25, 0.5)),
        ({"at": {"rev": 1, "v": [0.25, 0.5]}}, (0.1, 0.2)),
        ({"at": {"rev": 0, "v": [9, -9]}}, (0.5, 0.0)),
        ({"at": {"rev": 0, "v": [0.25]}}, (0.1, 0.2)),
        ({"at": {"rev": 0, "v": ["x", {}]}}, (0.1, 0.2)),
        ({"at": {"rev": 0, "v": [math.nan, 0.5]}}, (0.1, 0.2)),
        ({"at": "nonsense"}, (0.1, 0.2)),
        ({}, (0.1, 0.2)),
    ],
)
def test_what_a_browser_says_is_checked(monkeypatch, state, expected):
    import streamlit

    from mmexplore.ui.dial import committed

    monkeypatch.setattr(streamlit, "session_state", {"k": state})
    assert committed("k", Grid("g", (X, Y), fields()), (0.1, 0.2)) == expected


class Lesson:
    """A link that locks x and hides y."""

    def hides(self, path):
        return path == "y"

    def locks(self, path):
        return path == "x"


def test_what_a_browser_says_of_an_axis_that_is_fixed_is_not_taken():
    test = run({"state": Lesson()})
    assert payloads(test)["echo"]["fixed"] == ["locked", "hidden"]
    test.session_state["my.dial"] = {"at": {"rev": 0, "v": [0.4, 0.9]}}
    assert test.run().text[0].value == "(0.1, 0.2)"
    assert "fixed" not in payloads(run())["echo"]
