"""The control of a declared parameter, on every page: which widget it is follows from its declaration.

Switch for bools; select box for choices (or segments side by side); text field; slider for a range of at most 200 steps; number field
for longer ranges and open ends; a slider in equal ratios where the declaration asks for one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import streamlit as st

from mmexplore.spec import Parameter

MOST_STEPS = 200  # of a slider
_RATIOS = 60  # places of a slider in equal ratios


def kind_of(parameter: Parameter) -> str:
    """``toggle``, ``select``, ``segments``, ``text``, ``slider``, ``number`` or ``log``."""
    if parameter.type is bool:
        return "toggle"
    if parameter.widget:
        return parameter.widget
    if parameter.choices is not None:
        return "select"
    if parameter.type is str:
        return "text"
    if parameter.low is None or parameter.high is None:
        return "number"
    step = parameter.step or (1 if parameter.type is int else 0)
    return "slider" if step and (parameter.high - parameter.low) / step <= MOST_STEPS else "number"


def ratios(parameter: Parameter, value: float) -> list[float]:
    """The places of a slider in equal ratios; the present value and the default are among them."""
    low, high = float(parameter.low or 0.0), float(parameter.high or 1.0)
    places = np.geomspace(low, high, _RATIOS)
    digits = 2 - math.floor(math.log10(max(places[1] / places[0] - 1.0, 1e-9)))
    rounded = {float(f"{place:.{max(digits, 2)}g}") for place in places}
    kind = parameter.type
    return sorted({kind(v) for v in (*rounded, low, high, parameter.default, value) if low <= v <= high})


def draw(
    parameter: Parameter,
    value: Any,
    tie: dict[str, Any],
    *,
    label: str | None = None,
    widget: str | None = None,
    options: Sequence[Any] | None = None,
    format_func: Callable[[Any], str] | None = None,
    **extra: Any,
) -> None:
    """Draw the widget of a parameter.

    Args:
        parameter: its declaration.
        value: what it shows.
        tie: key, callback and whether it is locked, as `mmexplore.ui.state.PageState.bind` gives them.
        label: words to show instead of the declared ones.
        widget: another kind than `kind_of` says.
        options: the choices that are offered, where they are not all the declared ones.
        format_func: how a choice is written.
        extra: further arguments of the Streamlit widget; a bound that depends on the data goes before the declared one.
    """
    kind = widget or kind_of(parameter)
    words = label if label is not None else parameter.label
    if parameter.unit and label is None:
        words = f"{words} ({parameter.unit})"
    common: dict[str, Any] = {"label": words, "help": parameter.help or None, **tie, **extra}
    if kind == "toggle":
        st.toggle(**common)
    elif kind in ("select", "segments"):
        offered = parameter.choices if options is None else options
        common |= {"options": offered or (), "format_func": format_func or str}
        if kind == "select":
            st.selectbox(**common)
        else:
            st.segmented_control(**common, required=True)
    elif kind == "text":
        st.text_input(**common, max_chars=parameter.max_length)
    elif kind == "log":
        st.select_slider(**common, options=ratios(parameter, value), format_func=format_func or _number)
    elif kind == "slider":
        st.slider(**(_range(parameter) | common))
    else:
        st.number_input(**(_range(parameter) | common), format="%d" if parameter.type is int else "%g")


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


def _range(parameter: Parameter) -> dict[str, Any]:
    """min, max and step in the parameter's own type."""
    kind = parameter.type
    return {
        "min_value": None if parameter.low is None else kind(parameter.low),
        "max_value": None if parameter.high is None else kind(parameter.high),
        "step": kind(parameter.step or (1 if kind is int else 0.01)),
    }
