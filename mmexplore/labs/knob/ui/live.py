"""The live block: the dial over the settings of a trained network; while there is none, exact theory and a start button."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from mmexplore import runs
from mmexplore.errors import MmexploreError
from mmexplore.labs.knob.dial import KnobDial, RunArrays, dial_of_arrays
from mmexplore.labs.knob.methods import method, methods
from mmexplore.labs.knob.numbers import clipped, numbers_at, value_at
from mmexplore.labs.knob.presets import PRESETS
from mmexplore.labs.knob.preview import theory
from mmexplore.labs.knob.scene import KnobScene, correlations_of
from mmexplore.labs.knob.task import Knob
from mmexplore.labs.knob.ui import STATE
from mmexplore.labs.knob.ui.dials import Dials, shown
from mmexplore.labs.knob.ui.file import arrays_of, named, waiting
from mmexplore.labs.knob.ui.periodic import periodic
from mmexplore.runs import Run
from mmexplore.tabular.two_views import OWN, Arrays
from mmexplore.ui.actions import action_row
from mmexplore.ui.failures import guarded, plain
from mmexplore.ui.presets import preset_row
from mmexplore.ui.run_panel import run_panel
from mmexplore.ui.words import number
from mmexplore.units import per_nat

EXCESS_MUCH = 0.1  # nats from which a network is said to fall short of exact theory
_KEPT = 24  # dials shared by all visitors, about 2 MB each


def live_block(dials: Dials) -> None:
    """Actions, methods, run and dial."""
    with guarded(STATE):
        action_row(STATE)
        scene = STATE.view
        own = arrays_of(scene)
        own_id, arrays = own or ("", None)
        stories(scene)
        _methods(scene, own_id)
        if scene.data == OWN and own is None:
            waiting(scene)
            return
        _run(scene, own_id, arrays, dials)


def _methods(scene: KnobScene, own_id: str) -> None:
    """The methods that open at once, as chips; all of them, drawn as a table, on demand."""
    there = ready(scene, own_id)
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key=STATE.key("methods row")):
        if not STATE.hides("method"):
            table = st.popover("All methods", icon=":material/grid_view:", width="content")
            with table.container(width=900):
                periodic(scene.method, there, key="knob.periodic", on_choose=_choose)
            names = [name for name in methods() if name in there or name == scene.method]
            st.pills(
                "Method",
                names,
                format_func=lambda name: method(name).title,
                key=STATE.show("method chip", scene.method),
                on_change=_chosen,
                disabled=STATE.locks("method"),
                label_visibility="collapsed",
                help="These have been trained on these data: they open at once.",
            )
        here = _story(scene)
        if here is not None:
            with st.popover("What to try", type="tertiary", icon=":material/lightbulb:", width="content"):
                st.markdown(PRESETS[here].why)
        with st.popover(
            f"About {plain(scene.declared().title)}", type="tertiary", icon=":material/info:", width="content"
        ):
            about_method(scene)


def _chosen() -> None:
    name = st.session_state[STATE.key("method chip")]
    if name is not None:
        _choose(name)


def stories(scene: KnobScene) -> None:
    """Scenes to start from, while nothing else has been chosen."""
    here = _story(scene)
    if here is not None:
        preset_row(STATE, PRESETS, here, choose=_start_from, own="Own data", own_values={"data": OWN}, words=False)


def _story(scene: KnobScene) -> str | None:
    """The preset on show, wherever its knobs stand."""
    knobs = {"beta": scene.beta, "gamma": scene.gamma, "unit": scene.unit}
    return next((name for name, p in PRESETS.items() if p.of(KnobScene).replace(**knobs) == scene), None)


def _start_from(name: str) -> None:
    preset = PRESETS[name].of(KnobScene)
    locked = {
        path for path in preset.paths() if STATE.locks(path) or (path.startswith("data.") and STATE.locks("data"))
    }
    STATE.jump(**{path: preset.get(path) for path in preset.paths() if path != "unit" and path not in locked})


def _choose(name: str) -> None:
    if not STATE.locks("method"):
        STATE.jump(method=name)


def ready(scene: KnobScene, own_id: str) -> set[str]:
    """Methods that have a finished run on these data."""
    if scene.data == OWN and not own_id:
        return set()
    return {name for name in methods() if runs.find(scene.task(own_id, method=name)).has("grid")}


def about_method(scene: KnobScene) -> None:
    """The chosen method in words, with the loss that follows from its graphs."""
    declared = scene.declared()
    acts = " and ".join({"beta": "β", "gamma": "γ"}[knob] for knob in declared.knobs)
    st.markdown(
        f"**{plain(declared.title)}.** {plain(declared.sentence)} **Keeps** {plain(declared.keeps)}. **Discards**: {plain(declared.discards)}.  \n"
        f"Minimised, in nats: `{declared.formula}`" + (f" · knobs that act: {acts}" if acts else " · no knob acts")
    )


# -- the run --------------------------------------------------------------------------------------------------------------


def _run(scene: KnobScene, own_id: str, arrays: Arrays | None, dials: Dials) -> None:
    task = scene.task(own_id)
    run_panel(
        STATE,
        task,
        lambda run: _draw(scene, run, dials),
        name="knob",
        start="Train it",
        data=arrays,
        idle=lambda: _theory(scene, arrays, dials),
    )


def _draw(scene: KnobScene, run: Run, dials: Dials) -> None:
    """The dial of a run that has ended or of one that is under way."""
    if run.has("grid") and not run.state.active:
        knob_dial, arrays = dial_of(run)
        dials.above.append(
            shown(scene, knob_dial, "knob.dial", f"{scene.title()}, trained", lambda now: _pin(now, knob_dial))
        )
        dials.above.append((st.container(), lambda now: _numbers(now, run, arrays)))
        if STATE.pinned is not None:
            dials.above.append((st.container(), lambda now: _comparison(now, arrays)))
        return
    drawn = [frame for frame in run.frames() if frame.get("arrays")]
    if drawn and run.has("about"):
        coarse: dict[str, np.ndarray] = {**run.arrays("about"), **run.arrays(str(drawn[-1]["arrays"]))}
        knob_dial = dial_of_arrays(f"{run.name} {drawn[-1]['arrays']}", coarse, scene.declared())
        shown(scene, knob_dial, "knob.dial", f"{scene.title()}, in training").answer()
        st.caption(
            f"Step {drawn[-1]['step']:,}, on a coarse grid of {len(coarse['beta'])} × {len(coarse['gamma'])} settings; latents and reconstructions are shown "
            "at the middle of the dial. The full grid comes at the end."
        )
    elif run.frames():
        st.caption("The first grid is being computed.")
    if run.state.phase == "stopped" and not run.has("grid"):
        st.info(
            "This run was stopped before its grid was computed: only coarse results exist. Run it again for all of them."
        )


def dial_of(run: Run) -> tuple[KnobDial, RunArrays]:
    """The dial and the arrays of a finished run: shared by all visitors, or of this visitor's session for their own data."""
    key = f"{run.name} {run.state.ended or 0:.0f}"
    if not run.task.own_data:
        return _shared(key, run)
    mine = st.session_state.get(STATE.key("own dial"))
    if mine is None or mine[0] != key:
        mine = (key, *_computed(key, run))
        st.session_state[STATE.key("own dial")] = mine
    return mine[1], mine[2]


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def _shared(key: str, _run: Run) -> tuple[KnobDial, RunArrays]:
    return _computed(key, _run)


def _computed(key: str, run: Run) -> tuple[KnobDial, RunArrays]:
    arrays, task = run.arrays("grid"), run.task
    arrays = named(arrays) if task.own_data else arrays
    return dial_of_arrays(key, arrays, method(task.method if isinstance(task, Knob) else "")), arrays


def _theory(scene: KnobScene, arrays: Arrays | None, dials: Dials) -> None:
    """Exact theory while there is no trained network: at once, and marked as such."""
    try:
        result = correlations_of(scene, arrays)
    except MmexploreError as error:
        st.caption(plain(f"No Gaussian theory for these samples: {error}."))
        return
    identity = f"theory {scene.pair().text() if arrays is None else ''} {scene.method} {scene.low} {scene.high} {result.rho.sum():.12f} {len(result.rho)}"
    knob_dial = theory(identity, result.rho, scene.declared(), scene.low, scene.high)
    text = "Not trained yet. This is the exact theory"
    text += (
        " of these very data: the warp changes no information."
        if result.exact
        else ", as if the samples were Gaussian with their own canonical correlations; real data may hold more information."
    )
    st.info(f"{text} *Train it* trains a network, and then shows everything else.", icon=":material/function:")
    dials.above.append(shown(scene, knob_dial, "knob.theory", f"{scene.title()}: exact Gaussian theory"))
    for sentence in result.warnings:
        st.caption(plain(sentence))


# -- numbers where the knobs stand ----------------------------------------------------------------------------------------


def _numbers(scene: KnobScene, run: Run, arrays: RunArrays) -> None:
    """Units, errors, n and seed of what the dial shows, and the score against exact theory."""
    k, unit = per_nat(scene.unit), scene.unit
    result = run.result()
    parts = []
    main = scene.declared().graphs.main
    relevance, error = value_at(arrays, "relevance_nats", scene), value_at(arrays, "relevance_error_nats", scene)
    if relevance is not None:
        around = "" if error is None else f" ± {number(k * float(error), 3)}"
        parts.append(
            f"I({main};Y) = {number(k * float(relevance), 3)}{around} {unit}, by {plain(str(result.get('estimator', 'an independent estimator')))}"
        )
    excess = value_at(arrays, "excess_nats", scene)
    if excess is not None:
        parts.append(excess_words(scene, float(excess)))
    if "gamma" in scene.declared().knobs and scene.gamma > 0:
        parts.append(
            "above γ = 0 a network of its own may keep other things than this one: *Check it* under *Train live*"
        )
    samples = [
        f"{result[name]:,} {words}"
        for name, words in (
            ("n_train", "training samples"),
            ("n_fitted", "of them to fit the probes"),
            ("n_judged", "held-out samples to judge"),
        )
        if name in result
    ]
    parts += [", ".join(samples)] if samples else []
    parts.append(f"seed {scene.seed}; latents are sampled unless it says means")
    st.caption(" · ".join(parts))


def excess_words(scene: KnobScene, excess: float) -> str:
    """How far from exact theory the network is, where its loss is the one that theory minimises, and what to do where it is far."""
    if not scene.declared().is_bottleneck(scene.gamma):
        return f"{number(excess, 3)} nat above the exact bottleneck, which is not what is minimised here: reconstructions are paid for as well"
    words = f"**excess Lagrangian over exact theory {number(excess, 3)} nat** (0 is perfect; below 0 only by sampling noise)"
    if excess <= EXCESS_MUCH:
        return words
    return (
        f"{words}. :orange[More than {EXCESS_MUCH:g} nat: one network for all settings falls short here, or its information is estimated too low; "
        "*Check it* under *Train live* sets networks of their own beside it]"
    )


def _pin(scene: KnobScene, knob_dial: KnobDial) -> dict[str, Any] | None:
    """The pinned result as the dial draws it, where it has the same quantities."""
    result = pinned_run(scene)
    if result is None:
        return None
    pinned, other, arrays = result
    beta, gamma = clipped(arrays, pinned)
    fields: dict[str, float] = {}
    for name in knob_dial.grid.fields:
        source = other.grid.fields.get(name)
        if source is None:
            return None
        axes, value = other.grid.axes, {"beta": beta, "gamma": gamma}
        fields[name] = _read(np.asarray(source, dtype=float), [(a, value[a.key]) for a in axes])
    at = [axis.clip(float(getattr(pinned, axis.key))) for axis in knob_dial.grid.axes]
    return {"value": at, **fields, "label": f"A: {pinned.declared().title}"}


def _read(array: np.ndarray, at: list[tuple[Any, float]]) -> float:
    """A field between its nodes; the first axis runs along the last dimension."""
    for axis, value in at:
        n = array.shape[-1]
        place = (axis.place(axis.clip(value)) - axis.place(axis.low)) / (axis.place(axis.high) - axis.place(axis.low))
        where = place * (n - 1)
        k = min(int(where), n - 2)
        array = (k + 1 - where) * array[..., k] + (where - k) * array[..., k + 1]
    return float(array)


def pinned_run(scene: KnobScene) -> tuple[KnobScene, KnobDial, RunArrays] | None:
    """The pinned scene with the dial and arrays of its run; None if there is none or its run does not exist."""
    pinned = STATE.pinned
    if pinned is None:
        return None
    own = arrays_of(pinned) if pinned.data == OWN else None
    if pinned.data == OWN and own is None:
        return None
    run = runs.find(pinned.task(own[0] if own else ""))
    if not run.has("grid"):
        return None
    if run.task.own_data:  # the session keeps one dial of own data, that of the present scene
        return pinned, *_computed(run.name, run)
    return pinned, *dial_of(run)


def _comparison(scene: KnobScene, arrays: RunArrays) -> None:
    """Pinned A against present B, with the difference."""
    if STATE.pinned is None:
        return
    result = pinned_run(scene)
    if result is None:
        st.caption("A is pinned, but its run no longer exists.")
        return
    pinned, _, theirs = result
    a, b = numbers_at(pinned, theirs), numbers_at(scene, arrays)
    names = [name for name in b if name in a]
    where = {
        s: f"β {number(clipped(h, s)[0], 2)}, γ {number(clipped(h, s)[1], 3)}"
        for s, h in ((pinned, theirs), (scene, arrays))
    }
    rows = [
        f"| {plain(name)} | {number(a[name], 3)} | {number(b[name], 3)} | {number(b[name] - a[name], 3)} |"
        for name in names
    ]
    st.markdown(
        "\n".join(
            [
                f"**A** (pinned): {plain(pinned.title())}, {where[pinned]}  \n**B** (now): {plain(scene.title())}, {where[scene]}",
                "",
                "| on sampled latents | A | B | B − A |",
                "|:--|--:|--:|--:|",
                *rows,
            ]
        )
    )
