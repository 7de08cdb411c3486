"""The sidebar: presets, where the information lies, who is trained, and how; of each view what it needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from mmexplore import runs
from mmexplore.datasets import real_info
from mmexplore.datasets.views import VIEWS as DATA
from mmexplore.labs.losses.needs import PAGE
from mmexplore.labs.losses.objectives import BASELINES, OBJECTIVES, Objective, objectives
from mmexplore.labs.losses.presets import PRESETS, preset_of
from mmexplore.labs.losses.scene import RUNS, WEIGHTS, FactorClScene
from mmexplore.labs.losses.ui import STATE
from mmexplore.labs.losses.ui.file import choose_file
from mmexplore.spec import Parameter
from mmexplore.tabular.two_views import OWN

_WORDS = {
    "linear": "A weighted sum",
    "network": "A random network",
    "half": "Five of ten colours",
    "one": "One of ten colours",
    "shared": "the shared bit",
    "unique1": "view 1's own bit",
    "unique2": "view 2's own bit",
    "synergy": "the exclusive or",
    "shape": "shape (shared)",
    "texture1": "texture of picture 1",
    "texture2": "texture of picture 2",
    "match": "match (synergy)",
    "both": "both views",
    "first": "view 1 alone",
}
_TASKS = {name: preset.of(FactorClScene).task("lab") for name, preset in PRESETS.items()}


def sidebar() -> None:
    """Every control of the open view that is not under the live dial."""
    scene = STATE.view
    if scene.view == "sweep":
        _methods(scene)
        _sweep()
    elif scene.view == "bounds":
        _bounds()
    elif scene.view == "table":
        _table(scene)
    else:
        _presets(scene)
        _data(scene)
        st.divider()
        _methods(scene)
        st.divider()
        _field("lab", "seeds")
        _field("lab", "steps", high=2000)
        with st.expander("Advanced", key=STATE.key("advanced")):
            for name in ("embedding", "width", "layers", "batch"):
                _field("lab", name)
            _field("lab", "augment")
            _rate("lab")
            _of_methods(scene)
            _field("lab", "looks")
            _number("lab", "seed")


def _presets(scene: FactorClScene) -> None:
    now = preset_of(scene)
    key = STATE.show("preset", now)
    st.pills(
        "Start from",
        tuple(PRESETS),
        format_func=_preset_words,
        key=key,
        on_change=_to_preset,
        help="With a tick: already trained here, open at once.",
    )
    st.caption(PRESETS[now].why if now else "A setting of your own.")


def _preset_words(name: str) -> str:
    ready = runs.find(_TASKS[name]).state.phase == "finished"
    return f"{':material/check: ' if ready else ''}{PRESETS[name].title}"


def _to_preset() -> None:
    name = st.session_state[STATE.key("preset")]
    if name is not None:  # a deselected preset keeps what was
        base = {field: STATE.spec.parameter(field).default for field in ("data", "settings", "methods", "lab")}
        made = FactorClScene().put(**PRESETS[name].values)
        view = STATE.view.view if STATE.view.view in ("methods", "factors") else "methods"
        STATE.jump(**base | {field: getattr(made, field) for field in base} | {"view": view, "looked": ""})


# -- data -----------------------------------------------------------------------------------------------------------------


def _data(scene: FactorClScene) -> None:
    st.selectbox("Data", PAGE, format_func=lambda n: DATA[n].title, **STATE.bind("data", scene.data))
    st.caption(DATA[scene.data].sentence)
    if scene.data == OWN:
        choose_file(scene)
        return
    known = {p.name: p for p in scene.data_parameters()}
    values = scene.data_values()
    hidden: set[str] = set()
    if scene.data == "factors":
        _value("data", known["label"], values)
        if scene.dialled:
            st.markdown("**What the two sliders of the dial move**")
            with st.container(horizontal=True):
                for name, other in (("dial_x", scene.dial_y), ("dial_y", scene.dial_x)):
                    st.selectbox(
                        STATE.spec.parameter(name).label,
                        [w for w in WEIGHTS if w != other],
                        format_func=lambda w: known[w].label,
                        label_visibility="collapsed",
                        **STATE.bind(name, getattr(scene, name)),
                    )
            hidden = {scene.dial_x, scene.dial_y}
        for w in WEIGHTS:
            if w not in hidden:
                _value("data", known[w], values)
        with st.expander("Latents, columns, rows", key=STATE.key("latents")):
            for name in ("ws", "w1", "w2", "columns", "rows"):
                _value("data", known[name], values)
        return
    for parameter in known.values():
        words = _table_title if parameter.name == "table" else None
        _value("data", parameter, values, words)


def _table_title(table: str) -> str:
    return real_info(table).title


# -- methods --------------------------------------------------------------------------------------------------------------


def _methods(scene: FactorClScene) -> None:
    chosen = {o.name: o for o in scene.chosen()}
    several = len(chosen) < len(scene.chosen())  # a link may name one with several values
    texts = {o.text(): o for o in scene.chosen()}
    offered = {
        **texts,
        **{
            name: cls() for name, cls in OBJECTIVES.items() if name not in BASELINES and (several or name not in chosen)
        },
    }
    options = sorted(offered, key=lambda text: list(OBJECTIVES.names()).index(offered[text].name))
    key = STATE.show("methods", list(texts))
    st.multiselect(
        "Methods",
        options,
        format_func=lambda text: offered[text].heading(),
        key=key,
        on_change=_picked,
        help="Raw inputs and an untrained encoder stand in every table anyway.",
        placeholder="At least one",
    )


def _picked() -> None:
    STATE.update(methods=",".join(st.session_state[STATE.key("methods")]))


def _of_methods(scene: FactorClScene) -> None:
    """Values of the chosen methods: once where all that have it agree on its default, else method by method."""
    found: dict[tuple[str, Any], list[Objective]] = {}
    for o in scene.chosen():
        for p in o.parameters():
            found.setdefault((p.name, p.default), []).append(o)
    for (name, _), whose in found.items():
        parameter = whose[0].parameter(name)
        alike = sum(key[0] == name for key in found) == 1
        for o in whose[:1] if alike else whose:
            field = f"method_{name}" if alike else f"method_{name}@{o.name}"
            label = parameter.label if alike else f"{parameter.label} of {o.title}"
            _widget(field, parameter, getattr(o, name), label=label)


# -- the other runs -------------------------------------------------------------------------------------------------------


def _sweep() -> None:
    st.divider()
    for name in ("side", "label", "ratios", "seeds"):
        _field("sweep", name)
    _field("sweep", "steps", high=2000)
    with st.expander("Advanced", key=STATE.key("advanced sweep")):
        for name in ("embedding", "width", "layers", "batch", "rows", "augment"):
            _field("sweep", name)
        _rate("sweep")
        _of_methods(STATE.view)
        _number("sweep", "seed")


def _bounds() -> None:
    values = STATE.view.values("bounds")
    st.text_input(
        "True informations (nats)",
        help="Numbers set apart by commas; 1 nat = 1.4427 bit.",
        **STATE.bind("bounds_truths_nats", values.get("truths_nats", RUNS["bounds"].parameter("truths_nats").default)),
    )
    for name in ("conditional", "critic", "batch", "dims", "seeds"):
        _field("bounds", name)
    _field("bounds", "steps", high=5000)
    with st.expander("Advanced", key=STATE.key("advanced bounds")):
        _field("bounds", "width")
        _rate("bounds")
        _number("bounds", "seed")


def _table(scene: FactorClScene) -> None:
    st.markdown("**The generator**")
    for name in ("flip", "private", "unique", "shared", "nuisance"):
        _field("kept", name)
    st.divider()
    _knobs(scene)
    for name in ("seeds", "steps"):
        _field("kept", name, high=3000 if name == "steps" else None)
    with st.expander("Advanced", key=STATE.key("advanced table")):
        for name in ("embedding", "width", "batch", "probe_noise"):
            _field("kept", name)
        _rate("kept")
        _number("kept", "seed")
        _rows(scene)


def _rows(scene: FactorClScene) -> None:
    chosen = {o.text(): o for o in scene.kept_task().chosen()}
    usual = {o.text(): o for o in objectives(RUNS["kept"].parameter("methods").default)}
    offered = usual | chosen
    key = STATE.show("kept methods", list(chosen))
    st.multiselect(
        "Objectives",
        list(offered),
        format_func=lambda text: offered[text].heading(),
        key=key,
        on_change=lambda: STATE.update(kept_methods=",".join(st.session_state[key])),
    )


def _knobs(scene: FactorClScene) -> None:
    """Beta of all bottlenecks, and gamma of the ones that stand between gamma 0 and 1."""
    chosen = scene.kept_task().chosen()
    with_beta = [o for o in chosen if o.name == "dvsib"]
    between = [o for o in with_beta if 0 < o.gamma < 1]  # type: ignore[attr-defined]
    if with_beta:
        parameter = with_beta[0].parameter("beta")
        st.number_input(
            "Beta of DVSIB",
            parameter.low,
            parameter.high,
            step=1.0,
            help=parameter.help,
            **_tie("knob beta", float(with_beta[0].beta), lambda v: _turn("beta", v)),  # type: ignore[attr-defined]
        )
    if between:
        st.slider(
            "Gamma of DVSIB",
            0.05,
            0.95,
            step=0.05,
            help="The row between gamma 0 (shared only) and gamma 1 (tells the views back).",
            **_tie("knob gamma", float(between[0].gamma), lambda v: _turn("gamma", v)),  # type: ignore[attr-defined]
        )


def _turn(knob: str, value: float) -> None:
    made = []
    for o in STATE.view.kept_task().chosen():
        if o.name == "dvsib" and (knob == "beta" or 0 < o.gamma < 1):  # type: ignore[attr-defined]
            o = o.replace(**{knob: round(float(value), 6)})
        made.append(o.text())
    STATE.update(kept_methods=",".join(dict.fromkeys(made)))


def _tie(name: str, shown: Any, take: Any) -> dict[str, Any]:
    key = STATE.show(name, shown)
    return {"key": key, "on_change": lambda: take(st.session_state[key])}


# -- widgets of values that are parts of a text ---------------------------------------------------------------------------


def _field(run: str, name: str, high: float | None = None) -> None:
    parameter = RUNS[run].parameter(name)
    value = STATE.view.values(run).get(name, parameter.default)
    _widget(f"{run}_{name}", parameter, value, high=high)


def _value(group: str, parameter: Parameter, values: dict[str, Any], words: Callable[[str], str] | None = None) -> None:
    _widget(f"{group}_{parameter.name}", parameter, values.get(parameter.name, parameter.default), words=words)


def _widget(
    field: str,
    parameter: Parameter,
    value: Any,
    *,
    label: str = "",
    high: float | None = None,
    words: Callable[[str], str] | None = None,
) -> None:
    told: dict[str, Any] = {"label": label or parameter.label, "help": parameter.help or None}
    tie = STATE.bind(field, value)
    if parameter.type is bool:
        st.toggle(**told, **tie)
    elif parameter.choices is not None:
        st.selectbox(options=list(parameter.choices), format_func=words or _said, **told, **tie)
    else:
        kind = parameter.type
        top = kind(max(min(parameter.high or 0, high or parameter.high or 0), value))
        st.slider(**told, min_value=kind(parameter.low), max_value=top, step=kind(parameter.step or 1), **tie)


def _said(choice: str) -> str:
    return _WORDS.get(choice, choice)


def _rate(run: str) -> None:
    parameter = RUNS[run].parameter("rate")
    value = STATE.view.values(run).get("rate", parameter.default)
    st.number_input(
        parameter.label,
        parameter.low,
        parameter.high,
        step=1e-4,
        format="%.4f",
        **STATE.bind(f"{run}_rate", value),
    )


def _number(run: str, name: str) -> None:
    parameter = RUNS[run].parameter(name)
    value = STATE.view.values(run).get(name, parameter.default)
    st.number_input(
        parameter.label,
        int(parameter.low or 0),
        int(parameter.high or 0),
        step=1,
        help=parameter.help or None,
        **STATE.bind(f"{run}_{name}", value),
    )
