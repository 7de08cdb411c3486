"""The sidebar: the question, a generator with its dials, what is varied, who competes and how they are set."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from mmexplore.datasets.generators import REGISTRY
from mmexplore.labs.contest.competitors import competitors
from mmexplore.labs.contest.contest import PAIRS, ladder, sweepable
from mmexplore.labs.contest.scene import CompareScene, generators
from mmexplore.labs.contest.ui import STATE
from mmexplore.spec import Parameter
from mmexplore.ui.failures import plain

_QUESTIONS = {"pid": "PID", "mi": "MI", "calibration": "Calibration"}
_SHOW = {"atoms": "R, U1, U2, S", "informations": "I1, I2, I12"}
_LABELS = {"label": "Labels", "number": "Numbers"}
_LONG = 12  # steps of a whole-number slider that still are worth single steps


def sidebar() -> None:
    """Every control of the page."""
    scene = STATE.view
    st.segmented_control(
        "What is estimated",
        tuple(_QUESTIONS),
        format_func=_QUESTIONS.__getitem__,
        required=True,
        width="stretch",
        help=STATE.spec.parameter("question").help,
        **STATE.bind("question", scene.question),
    )
    _generator(scene)
    st.divider()
    _axis(scene)
    st.divider()
    _who(scene)
    _how(scene)


def _generator(scene: CompareScene) -> None:
    base = scene.base()
    names = generators(scene.question)
    key = STATE.key("generator")
    if st.session_state.get(key) != base.name:
        st.session_state[key] = base.name
    st.selectbox(
        "Generator",
        names,
        format_func=lambda name: REGISTRY[name].title,
        key=key,
        on_change=lambda: STATE.update(data=st.session_state[key]),
        help="Rows drawn from a known law; the truth is computed, not estimated.",
    )
    st.caption(base.sentence)
    for parameter in base.parameters():
        if parameter.name not in (scene.over, "seed"):
            change = _dialler(parameter.name)
            _widget(
                f"dial {parameter.name}", parameter, getattr(base, parameter.name), change, ladder(base, parameter.name)
            )
    if scene.question == "mi" and base.kind == "pid":
        st.segmented_control(
            "Which information",
            tuple(PAIRS),
            format_func=PAIRS.__getitem__,
            required=True,
            width="stretch",
            **STATE.bind("pair", scene.pair),
        )
    if scene.question == "pid":
        st.segmented_control(
            "Show",
            tuple(_SHOW),
            format_func=_SHOW.__getitem__,
            required=True,
            width="stretch",
            **STATE.bind("show", scene.show),
        )
    if base.target == "label":
        st.segmented_control(
            "Labels are handed over as",
            tuple(_LABELS),
            format_func=_LABELS.__getitem__,
            required=True,
            width="stretch",
            help=STATE.spec.parameter("labels").help,
            **STATE.bind("labels", scene.labels),
        )


def _dialler(name: str) -> Callable[[Any], None]:
    return lambda value: STATE.update(dial=(name, value))


def _axis(scene: CompareScene) -> None:
    base = scene.base()
    if scene.question != "calibration":
        st.selectbox(
            "Along the axis",
            sweepable(base),
            format_func=lambda name: base.parameter(name).label if name in sweepable(base) else name,
            help=STATE.spec.parameter("over").help,
            **STATE.bind("over", scene.over),
        )
    steps, reach = scene.steps(), scene.reach()
    if len(steps) > 1:
        for column, name, shown in zip(st.columns(2), ("first", "last"), reach, strict=True):
            with column:
                st.selectbox(
                    STATE.spec.parameter(name).label,
                    steps,
                    format_func=lambda v: f"{v:,.0f}" if float(v).is_integer() else f"{v:g}",
                    **STATE.bind(name, shown),
                )
    STATE.control("points")
    STATE.control("seeds")
    seed = base.parameter("seed")
    _widget("dial seed", seed, base.seed, _dialler("seed"), ())


def _who(scene: CompareScene) -> None:
    every = competitors(scene.asked())
    chosen = scene.chosen()
    for trained, title in ((False, "Estimators, at once"), (True, "Trained, in a process of their own")):
        names = tuple(name for name, c in every.items() if c.trained == trained)
        key = STATE.key("trained" if trained else "at once")
        shown = [name for name in names if name in chosen]
        if st.session_state.get(key) != shown:
            st.session_state[key] = shown
        st.pills(
            title,
            names,
            selection_mode="multi",
            format_func=lambda name: every[name].label,
            key=key,
            on_change=_chosen,
            help="Started by hand below the figures; seconds to minutes." if trained else None,
        )


def _chosen() -> None:
    parts = [st.session_state.get(STATE.key(name)) or [] for name in ("at once", "trained")]
    STATE.update(estimators=",".join(name for part in parts for name in part))


def _how(scene: CompareScene) -> None:
    """Settings of the estimators on show."""
    with st.expander("Settings of the estimators", key=STATE.key("settings")):
        chosen = scene.chosen()
        if not chosen:
            st.caption("No estimator is chosen.")
            return
        key = STATE.key("settings of")
        if st.session_state.get(key) not in chosen:
            st.session_state[key] = next(iter(chosen))
        name = st.selectbox("Of", tuple(chosen), format_func=lambda n: chosen[n].label, key=key)
        st.caption(plain(chosen[name].summary))
        settings = scene.settings(name)
        for parameter in settings.parameters():
            _widget(f"tune {name} {parameter.name}", parameter, getattr(settings, parameter.name), _tuner(name, parameter.name), ())  # fmt: skip


def _tuner(estimator: str, setting: str) -> Callable[[Any], None]:
    return lambda value: STATE.update(tune=(estimator, setting, value))


def _widget(
    name: str, parameter: Parameter, value: Any, change: Callable[[Any], None], steps: tuple[float, ...]
) -> None:
    """The control of a parameter that is no field of the page's own spec."""
    key = STATE.key(name)
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value

    def changed() -> None:
        now = st.session_state[key]
        if now is not None:
            change(now)

    words: dict[str, Any] = {
        "label": f"{parameter.label} ({parameter.unit})" if parameter.unit else parameter.label,
        "help": parameter.help or None,
        "key": key,
        "on_change": changed,
    }
    low, high = parameter.low, parameter.high
    if parameter.type is bool:
        st.toggle(**words)
    elif parameter.choices is not None:
        st.selectbox(options=parameter.choices, **words)
    elif parameter.type is int and steps and high is not None and low is not None and high - low > _LONG:
        options = sorted({*(int(v) for v in steps), int(value)})
        st.select_slider(options=options, format_func=lambda v: f"{v:,}", **words)
    elif low is None or high is None or (high - low) / (parameter.step or 1) > 200:
        kind = parameter.type
        step = kind(parameter.step or 1)
        st.number_input(
            min_value=None if low is None else kind(low),
            max_value=None if high is None else kind(high),
            step=step,
            format="%d" if kind is int else "%g",
            **words,
        )
    else:
        kind = parameter.type
        st.slider(min_value=kind(low), max_value=kind(high), step=kind(parameter.step or 1), **words)
