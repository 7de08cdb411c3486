"""What stands on every lab's page, and the whole page of a lab that has none of its own.

The generic page draws a lab from its declaration: presets and every parameter in the side bar; undo, redo, reset, pin and link; the live
dial; the run with its controls; figures, each with its numbers; a table of numbers, beside those of a pinned view; what one takes along.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import partial
from types import ModuleType
from typing import Any

import streamlit as st

from mmexplore import runs
from mmexplore.lab import Dial, Lab, Number
from mmexplore.plot.tables import Table
from mmexplore.report import Content, Section, library_versions, render_report
from mmexplore.runs import Run
from mmexplore.spec import Spec
from mmexplore.tabular import csv_text
from mmexplore.ui.actions import action_row, headline
from mmexplore.ui.dial import Axis, Grid, Quantity, dial
from mmexplore.ui.dial.model import PID
from mmexplore.ui.downloads import download_row
from mmexplore.ui.failures import guarded, notices, plain
from mmexplore.ui.figure import figure
from mmexplore.ui.frame import through_app
from mmexplore.ui.presets import preset_chips
from mmexplore.ui.run_panel import run_panel
from mmexplore.ui.state import PageState
from mmexplore.ui.tabs import tab_row
from mmexplore.ui.words import number
from mmexplore.ui.work import stop_what_nobody_asks_for
from mmexplore.version import __version__

TABS = {"numbers": "Numbers", "about": "About", "export": "Export"}


def draw(lab: Lab, own: ModuleType | None) -> None:
    """Draw a lab's page.

    Args:
        lab: its declaration.
        own: its module `page`, if it has one: a function `page` that draws what is below the headline, and, where the page has a view,
            its `STATE`. None: the generic page.
    """
    through_app()
    state = getattr(own, "STATE", None)
    if own is None and lab.scene is not None:
        state = PageState(lab.url, lab.scene, tabs=TABS)
    if state is not None:
        state.sync()
    headline(lab.question)
    if state is not None:
        notices(state)
    if own is not None:
        own.page()
    elif state is not None:
        _page(lab, state)
    if state is not None:
        stop_what_nobody_asks_for(state)


def _page(lab: Lab, state: PageState[Any]) -> None:
    with guarded(state), st.sidebar:
        _sidebar(lab, state)
    with guarded(state):
        action_row(state)
    _live(lab, state)


# -- side bar -------------------------------------------------------------------------------------------------------------


def _sidebar(lab: Lab, state: PageState[Any]) -> None:
    """Presets, then every parameter; those of parts in folds."""
    view = state.view
    if lab.presets:
        here = next((name for name, preset in lab.presets.items() if preset.of(type(view)) == view), None)
        titles = {name: preset.title for name, preset in lab.presets.items()}
        words = plain(lab.presets[here].why) if here is not None else ""
        preset_chips(state, "Start from", titles, here, words, partial(_to_preset, lab, state))
    shown = [path for path in view.paths() if path not in _on_dial(lab, view)]
    for path in shown:
        if "." not in path:
            state.control(path)
    for head in dict.fromkeys(path.partition(".")[0] for path in shown if "." in path):
        mine = [path for path in shown if path.startswith(f"{head}.") and not state.hides(path)]
        if mine:
            with st.expander(head.replace("_", " ").capitalize(), key=state.key(f"part {head}")):
                for path in mine:
                    state.control(path)


def _on_dial(lab: Lab, view: Spec) -> tuple[str, ...]:
    return () if lab.dial is None else lab.dial.paths(view)


def _to_preset(lab: Lab, state: PageState[Any], name: str) -> None:
    made = lab.presets[name].of(state.spec)
    state.jump(**{path: made.get(path) for path in made.paths()})


# -- the main part --------------------------------------------------------------------------------------------------------


@st.fragment
def _live(lab: Lab, state: PageState[Any]) -> None:
    """Runs alone when the dial is let go or a run ends."""
    view = state.view
    state.follow(*(path for path in view.paths() if path not in _on_dial(lab, view)))
    with guarded(state):
        if lab.dial is not None:
            _dial(lab, state)
        task = lab.task(view) if lab.task is not None else None
        if task is None:
            _shown(lab, state, None)
        else:
            run_panel(state, task, lambda run: _shown(lab, state, run), idle=lambda: _shown(lab, state, None))


@st.cache_resource(max_entries=100, show_spinner="Computing the map …")
def _grid(name: str, identity: str, _declared: Dial, _view: Spec, _paths: tuple[str, ...]) -> Grid:
    """The grid of a view whose sliders stand at their defaults, for all visitors."""
    quantities = tuple(Quantity(symbol, words, {n: 1}) for n, (symbol, words) in _declared.quantities.items())
    axes = tuple(Axis.of(_view.at(path), path=path) for path in _paths)
    fields = dict(_declared.fields(_view))
    return Grid(id=f"{name} {identity}", axes=axes, fields=fields, quantities=quantities or PID)


def _dial(lab: Lab, state: PageState[Any]) -> None:
    view, declared = state.view, lab.dial
    if declared is None:
        return
    paths = declared.paths(view)
    at_defaults = view.put(**{path: view.at(path).default for path in paths})
    at = tuple(float(view.get(path)) for path in paths)
    dial(
        _grid(lab.name, at_defaults.identity(), declared, at_defaults, paths),
        at,
        key=state.key("dial"),
        views=declared.views,
        exact={"value": at, **declared.exact(view)},
        unit=getattr(view, "unit", "bit"),
        rev=state.revision(),
        title=lab.title,
        caption=f"{lab.title}, mmexplore {__version__}",
        on_commit=lambda values: state.update(**_rounded(view, paths, values)),
        state=state,
    )


def _rounded(view: Spec, paths: tuple[str, ...], values: tuple[float, ...]) -> dict[str, Any]:
    made = {}
    for path, value in zip(paths, values, strict=True):
        made[path] = round(value) if view.at(path).type is int else float(f"{value:.6g}")
    return made


def _shown(lab: Lab, state: PageState[Any], run: Run | None) -> None:
    """Figures, and below them numbers, words and what one takes along."""
    view = state.view
    if lab.figures is not None:
        for k, shown in enumerate(lab.figures(view, run)):
            figure(shown, f"{lab.name} {k}")
    name, tab = tab_row(state, [name for name in TABS if name != "about" or lab.about])
    with tab:
        if name == "numbers":
            _numbers(lab, state, run)
        elif name == "about":
            st.markdown(lab.about)
        else:
            _export(lab, state, run)


# -- numbers --------------------------------------------------------------------------------------------------------------


def numbers_of(lab: Lab, view: Spec, run: Run | None) -> tuple[Number, ...]:
    """The lab's numbers of a view; none where it declares none."""
    return tuple(lab.numbers(view, run)) if lab.numbers is not None else ()


def _numbers(lab: Lab, state: PageState[Any], run: Run | None) -> None:
    numbers = numbers_of(lab, state.view, run)
    if not numbers:
        st.caption("There is nothing to read off yet.")
        return
    st.markdown(_table(("", "value", "interval", "certificate"), [_row(n) for n in numbers]))
    if state.pinned is not None:
        st.markdown("**Compared with A, the pinned view**")
        st.markdown(_table(("", "A", "B", "B − A"), _differences(lab, state.pinned, numbers)))


def _row(n: Number) -> tuple[str, ...]:
    interval = "" if n.low is None or n.high is None else f"{number(n.low)} to {number(n.high)}"
    return n.name, _value(n), interval, n.certificate


def _value(n: Number) -> str:
    return "–" if n.value is None else f"{number(n.value)} {n.unit}".strip()


def _differences(lab: Lab, pinned: Spec, present: tuple[Number, ...]) -> list[tuple[str, ...]]:
    task = lab.task(pinned) if lab.task is not None else None
    run = None if task is None else runs.find(task)
    before = {n.name: n for n in numbers_of(lab, pinned, run if run is not None and run.exists else None)}
    rows: list[tuple[str, ...]] = []
    for b in present:
        a = before.get(b.name)
        known = a is not None and a.value is not None and b.value is not None
        difference = number(b.value - a.value) if known else "–"  # type: ignore[union-attr, operator]
        rows.append((b.name, "–" if a is None else _value(a), _value(b), difference))
    return rows


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|:--|" + "--:|" * (len(head) - 1)]
    return "\n".join([*lines, *("| " + " | ".join(plain(cell) for cell in row) + " |" for row in rows)])


# -- export ---------------------------------------------------------------------------------------------------------------


def as_csv(numbers: tuple[Number, ...]) -> str:
    """One row a number: name, value, unit, interval, certificate."""
    lines: list[Iterable[object]] = [["name", "value", "unit", "low", "high", "certificate"]]
    for n in numbers:
        lines.append([n.name, n.value, n.unit, n.low, n.high, n.certificate])
    return csv_text(lines)


def as_json(lab: Lab, view: Spec, numbers: tuple[Number, ...]) -> str:
    """The view, its numbers and the version, as JSON text."""
    rows = [{k: v for k, v in vars(n).items() if v not in (None, "")} for n in numbers]
    document: Mapping[str, Any] = {"lab": lab.name, "view": view.to_query(), "numbers": rows, "mmexplore": __version__}
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)


def report_of(lab: Lab, view: Spec, run: Run | None) -> Content:
    """The view as a report: numbers, figures, settings, script."""
    numbers = numbers_of(lab, view, run)
    rows = tuple((n.name, n.value, n.unit, None if n.low is None or n.high is None else (n.low, n.high), n.certificate) for n in numbers)  # fmt: skip
    blocks: list[Any] = [Table(("number", "value", "unit", "interval", "certificate"), rows)] if rows else []
    blocks += list(lab.figures(view, run)) if lab.figures is not None else []
    return Content(
        title=lab.title,
        question=lab.question,
        sections=(Section("Numbers and figures", tuple(blocks)),) if blocks else (),
        settings={view.at(path).label: view.get(path) for path in view.paths()},
        versions={"mmexplore": __version__, **library_versions()},
        script=lab.script(view) if lab.script is not None else "",
    )


def _export(lab: Lab, state: PageState[Any], run: Run | None) -> None:
    view = state.view
    numbers, name = numbers_of(lab, view, run), f"mmexplore-{lab.name}-{view.identity()[:8]}"
    files: dict[str, tuple[str, str | bytes]] = {
        "Report (HTML)": (f"{name}.html", render_report(report_of(lab, view, run)))
    }
    if numbers:
        files["Numbers (CSV)"] = (f"{name}.csv", as_csv(numbers))
        files["Numbers (JSON)"] = (f"{name}.json", as_json(lab, view, numbers))
    if lab.script is not None:
        files["Script (Python)"] = (f"{name}.py", lab.script(view))
    download_row(state, files)
    if lab.script is not None:
        st.caption("The script gives the same numbers:")
        st.code(lab.script(view), language="python")
