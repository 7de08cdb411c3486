"""The sidebar: the question, a generator with its values, what is varied, which estimators and how they are set."""

from __future__ import annotations

import streamlit as st

from mmexplore.datasets.generators import REGISTRY
from mmexplore.labs.contest.competitors import competitors
from mmexplore.labs.contest.contest import PAIRS, sweepable
from mmexplore.labs.contest.presets import PRESETS
from mmexplore.labs.contest.scene import CompareScene, generators
from mmexplore.labs.contest.ui import STATE
from mmexplore.ui.failures import plain
from mmexplore.ui.presets import preset_chips

_QUESTIONS = {"pid": "PID", "mi": "MI", "calibration": "Calibration"}
_SHOW = {"atoms": "R, U1, U2, S", "informations": "I1, I2, I12"}
_LABELS = {"label": "Labels", "number": "Numbers"}


def sidebar() -> None:
    """Every control of the page."""
    scene = STATE.view
    _presets(scene)
    STATE.control("question", format_func=_QUESTIONS.__getitem__, width="stretch")
    _generator(scene)
    st.divider()
    _axis(scene)
    st.divider()
    _estimators(scene)
    _settings(scene)


def _presets(scene: CompareScene) -> None:
    now = scene.preset()
    titles = {name: preset.title for name, preset in PRESETS.items()}
    words = PRESETS[now].why if now is not None else ""
    preset_chips(STATE, "Where each one fails", titles, now, words, lambda name: STATE.jump(preset=name))


def _generator(scene: CompareScene) -> None:
    base = scene.base()
    STATE.control("data", options=generators(scene.question), format_func=lambda name: REGISTRY[name].title)
    st.caption(base.sentence)
    for name in (
        *base.own(),
        *(p.name for p in base.parameters() if p.name not in base.own()),
    ):  # what all have comes last
        if name not in (scene.over, "seed"):
            STATE.control(f"data.{name}")
    if scene.question == "mi" and base.kind == "pid":
        STATE.control("pair", format_func=PAIRS.__getitem__, width="stretch")
    if scene.question == "pid":
        STATE.control("show", format_func=_SHOW.__getitem__, width="stretch")
    if base.target == "label":
        STATE.control("labels", format_func=_LABELS.__getitem__, width="stretch")


def _axis(scene: CompareScene) -> None:
    base = scene.base()
    if scene.question != "calibration":
        names = sweepable(base)
        STATE.control(
            "over",
            options=names,
            format_func=lambda name: base.parameter(name).label if name in names else name,
        )
    steps = scene.steps()
    if len(steps) > 1:
        for column, name, shown in zip(st.columns(2), ("first", "last"), scene.reach(), strict=True):
            with column:
                STATE.control(name, shown=shown, options=steps, format_func=_place)
    STATE.control("points")
    STATE.control("seeds")
    STATE.control("data.seed")


def _place(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:g}"


def _estimators(scene: CompareScene) -> None:
    """Two lists of one field: those that are computed at once and those that train."""
    if STATE.hides("estimators"):
        return
    every = competitors(scene.asked())
    chosen = scene.chosen()
    for trained, title in ((False, "Estimators, at once"), (True, "In a process of their own")):
        names = tuple(name for name, c in every.items() if c.trained == trained)
        st.pills(
            title,
            names,
            selection_mode="multi",
            format_func=lambda name: every[name].label,
            key=STATE.show("trained" if trained else "at once", [name for name in names if name in chosen]),
            on_change=_take_estimators,
            disabled=STATE.locks("estimators"),
            help="Started by hand below the figures; seconds to minutes." if trained else None,
        )


def _take_estimators() -> None:
    parts = [st.session_state.get(STATE.key(name)) or [] for name in ("at once", "trained")]
    STATE.update(estimators=",".join(name for part in parts for name in part))


def _settings(scene: CompareScene) -> None:
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
        for parameter in scene.settings_of(name).parameters():
            STATE.control(f"tuned.{name}.{parameter.name}")
