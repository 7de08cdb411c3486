"""The sidebar: presets, where the information lies, what is trained, and how; of each view what it needs."""

from __future__ import annotations

import streamlit as st

from mmexplore import runs
from mmexplore.datasets import real_info
from mmexplore.datasets.views import VIEWS
from mmexplore.labs.losses.needs import LEFT_OUT
from mmexplore.labs.losses.objectives import BASELINES, OBJECTIVES, Objective, objectives
from mmexplore.labs.losses.presets import PRESETS, preset_of
from mmexplore.labs.losses.scene import WEIGHTS, FactorClScene
from mmexplore.labs.losses.table_task import Kept
from mmexplore.labs.losses.ui import STATE
from mmexplore.labs.losses.ui.file import choose_file
from mmexplore.labs.losses.ui.information import on_dial
from mmexplore.tabular.two_views import OWN
from mmexplore.ui.left_out import left_out
from mmexplore.ui.presets import preset_chips

_CHOICES = {
    "linear": "A weighted sum",
    "network": "A random network",
    "half": "Five of ten colours",
    "one": "One of ten colours",
    "shared": "the shared bit",
    "unique1": "the bit unique to view 1",
    "unique2": "the bit unique to view 2",
    "synergy": "the XOR",
    "shape": "shape (shared)",
    "texture1": "texture of picture 1",
    "texture2": "texture of picture 2",
    "match": "match (synergy)",
    "both": "both views",
    "first": "view 1 alone",
}
_HEAD = "head"
_HEADS = {"mlp": "MLP, one hidden layer", "mlp2": "MLP, two hidden layers", "linear": "Linear", "none": "None"}
_LATENTS = ("ws", "w1", "w2", "columns", "rows")
_KNOBS = {"kept.methods.dvsib.beta": "Beta of DVSIB", "kept.methods.dvsib.gamma": "Gamma of DVSIB"}


def sidebar() -> None:
    """Every control of the open view that is not under the live dial."""
    scene = STATE.view
    if scene.view == "sweep":
        _methods(scene)
        st.divider()
        _head(scene)
        _controls("sweep", "side", "label", "ratios", "seeds", "steps", "rate")
        with _folded("Advanced", "sweep.", "methods."):
            _controls("sweep", "embedding", "width", "layers", "batch", "rows", "augment")
            _of_methods(scene)
            _controls("sweep", "latents", "looks", "seed")
    elif scene.view == "bounds":
        _controls("bounds", "truths_nats", "conditional", "critic", "batch", "dims", "seeds", "steps")
        with _folded("Advanced", "bounds."):
            _controls("bounds", "width", "rate", "looks", "seed")
    elif scene.view == "table":
        _table(scene)
    else:
        _lab(scene)


def _lab(scene: FactorClScene) -> None:
    _presets(scene)
    _data(scene)
    st.divider()
    _methods(scene)
    st.divider()
    _head(scene)
    _controls("lab", "rate", "steps", "seeds")
    with _folded("Advanced", "lab.", "methods."):
        _controls("lab", "embedding", "width", "layers", "batch", "augment")
        _of_methods(scene)
        _controls("lab", "latents", "looks", "seed")


def _controls(head: str, *names: str) -> None:
    """Controls of some parameters of one part of the view."""
    for name in names:
        path = f"{head}.{name}"
        known = STATE.view.at(path)
        written = (
            {"format_func": _table_title if path == "data.table" else _choice} if known.choices is not None else {}
        )
        STATE.control(path, **written)


def _choice(choice: str) -> str:
    return _CHOICES.get(choice, choice)


def _table_title(table: str) -> str:
    return real_info(table).title


def _folded(title: str, *heads: str) -> st.delta_generator.DeltaGenerator:
    """An expander; nothing to open where the link hides all that would stand in it."""
    paths = [path for path in STATE.view.paths() if path.startswith(heads)]
    empty = all(STATE.hides(path) for path in paths)
    return st.container() if empty else st.expander(title, key=STATE.key(f"{title.lower()} {heads[0]}"))


# -- where to start -------------------------------------------------------------------------------------------------------


def _presets(scene: FactorClScene) -> None:
    if any(STATE.hides(path) or STATE.locks(path) for path in ("data", "methods")):
        return  # a link that narrows the page: its setting is to stay
    now = preset_of(scene)
    titles = {name: _preset_words(name) for name in PRESETS}
    words = PRESETS[now].why if now else "A setting of your own."
    preset_chips(
        STATE, "Start from", titles, now, words, _to_preset, help="With a tick: already trained here, open at once."
    )


def _preset_words(name: str) -> str:
    ready = runs.find(_TASKS[name]).state.phase == "finished"
    return f"{':material/check: ' if ready else ''}{PRESETS[name].title}"


_TASKS = {name: preset.of(FactorClScene).task("lab") for name, preset in PRESETS.items()}


def _to_preset(name: str) -> None:
    made = PRESETS[name].of(FactorClScene)
    view = STATE.view.view if STATE.view.view in ("methods", "factors") else "methods"
    of_preset = {field: getattr(made, field) for field in ("data", "settings", "methods", "lab")}
    STATE.jump(**of_preset, view=view, looked="")


# -- data -----------------------------------------------------------------------------------------------------------------


def _data(scene: FactorClScene) -> None:
    STATE.control("data", format_func=lambda name: VIEWS[name].title)
    st.caption(VIEWS[scene.data].sentence)
    left_out(LEFT_OUT)
    if scene.data == OWN:
        choose_file(scene)
    elif scene.data == "factors":
        _factors(scene)
    else:
        _controls("data", *(p.name for p in scene.settings.parameters()))


def _factors(scene: FactorClScene) -> None:
    _controls("data", "label")
    shown = on_dial(scene)
    if shown:
        st.markdown("**What the two sliders of the dial move**")
        with st.container(horizontal=True):
            for name, other in (("dial_x", scene.dial_y), ("dial_y", scene.dial_x)):
                STATE.control(
                    name,
                    options=[w for w in WEIGHTS if w != other],
                    format_func=lambda w: scene.at(f"data.{w}").label,
                    label_visibility="collapsed",
                )
    _controls("data", *(w for w in WEIGHTS if w not in shown))
    with _folded("Latents, columns, rows", *(f"data.{name}" for name in _LATENTS)):
        _controls("data", *_LATENTS)


# -- methods --------------------------------------------------------------------------------------------------------------


def _methods(scene: FactorClScene) -> None:
    """Which methods; a link may name one with several values."""
    chosen = {o.text(): o for o in scene.chosen()}
    names = [o.name for o in scene.chosen()]
    several = len(set(names)) < len(names)
    others = [name for name in OBJECTIVES.names() if name not in BASELINES and (several or name not in names)]
    offered = chosen | {name: OBJECTIVES[name]() for name in others}
    order = list(OBJECTIVES.names())
    _named("methods", chosen, dict(sorted(offered.items(), key=lambda item: order.index(item[1].name))))


def _named(path: str, chosen: dict[str, Objective], offered: dict[str, Objective]) -> None:
    """A list of objectives, whose text stands at a path."""
    if STATE.hides(path):
        return
    tie = STATE.bind(path, list(chosen))
    parameter = STATE.view.at(path)
    st.multiselect(
        parameter.label,
        list(offered),
        format_func=lambda text: offered[text].heading(),
        help="Raw inputs and an untrained encoder are measured anyway.",
        placeholder="At least one",
        **tie | {"on_change": _picked},
    )


def _picked(path: str) -> None:
    STATE.update(**{path: ",".join(st.session_state[STATE.key(path)])})


def _head(scene: FactorClScene) -> None:
    """The projection head of all methods that have one."""
    if f"methods.{_HEAD}" in scene.paths():
        STATE.control(f"methods.{_HEAD}", format_func=_HEADS.__getitem__)


def _of_methods(scene: FactorClScene) -> None:
    """Values of the chosen methods: once where all that have one agree on its default, else method by method."""
    users: dict[str, dict[str, Objective]] = {}
    for o in scene.chosen():
        for p in o.parameters():
            users.setdefault(p.name, {}).setdefault(o.name, o)
    for name, whose in users.items():
        if name == _HEAD:
            continue  # stands above
        if len({o.parameter(name).default for o in whose.values()}) == 1:
            STATE.control(f"methods.{name}")
        else:
            for o in whose.values():
                STATE.control(f"methods.{o.name}.{name}", label=f"{o.parameter(name).label} of {o.title}")


# -- the table ------------------------------------------------------------------------------------------------------------


def _table(scene: FactorClScene) -> None:
    st.markdown("**The generator**")
    _controls("kept", "flip", "private", "unique", "shared", "nuisance")
    st.divider()
    paths = scene.paths()
    for path, label in _KNOBS.items():
        if path in paths:
            STATE.control(path, label=label)
    if "kept.methods.head" in paths:
        STATE.control("kept.methods.head", format_func=_HEADS.__getitem__)
    _controls("kept", "latents", "rate", "steps", "seeds", "embedding")
    with _folded("Advanced", "kept.", "stability."):
        _controls("kept", "width", "batch", "probe_noise", "seed")
        _controls("stability", "embeddings", "rates")
        chosen = {o.text(): o for o in scene.kept.chosen()}
        usual = {o.text(): o for o in objectives(Kept.parameter("methods").default)}
        _named("kept.methods", chosen, usual | chosen)
