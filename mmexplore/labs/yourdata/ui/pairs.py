"""Three and more modalities: which columns belong together, what every pair of them tells, and the way to each pair."""

from __future__ import annotations

import json

import streamlit as st

from mmexplore.errors import MmexploreError
from mmexplore.labs.yourdata.pair_numbers import Pair, Pairs, by_synergy, matrix, pairs_table
from mmexplore.labs.yourdata.pair_report import pairs_content, pairs_csv, standing_out
from mmexplore.labs.yourdata.pair_rows import grouped_rows, packed_groups
from mmexplore.labs.yourdata.pairs import Grouping, grouping
from mmexplore.labs.yourdata.script import pairs_script
from mmexplore.labs.yourdata.study import Study
from mmexplore.labs.yourdata.task import OF_TWO, pairs_task_of
from mmexplore.labs.yourdata.ui import STATE
from mmexplore.report import render_report
from mmexplore.runs import Run
from mmexplore.tabular import Dataset
from mmexplore.ui.downloads import download_row
from mmexplore.ui.failures import plain
from mmexplore.ui.figure import figure
from mmexplore.ui.pictures import FIELD_WIDTH, table
from mmexplore.ui.run_panel import run_panel
from mmexplore.ui.words import number
from mmexplore.units import in_unit

_SHORT = 24  # characters of a name on a button


def pairs_tab(dataset: Dataset) -> None:
    """Controls of the groups, the run, the matrix."""
    study = STATE.view
    made: Grouping | None = None
    error = ""
    try:
        made = grouping(study, dataset)
    except MmexploreError as why:
        error = str(why)
    _controls(made)
    if made is None:
        st.error(plain(error), icon=":material/error:")
        return
    listed = "; ".join(f"**{plain(group.name)}** {len(group.columns):,}" for group in made.groups)
    st.markdown(f"Columns of each modality ({plain(made.why)}): {listed}. Target: {plain(made.target[:60])}.")
    if made.left:
        st.caption(f"{plain(made.left_words())}.")
    count = len(made.groups) * (len(made.groups) - 1) // 2
    task = pairs_task_of(study, dataset.sha256)
    run_panel(
        STATE,
        task,
        lambda run: _drawn(run, made, dataset),
        name="pairs",
        start=f"Decompose {'the pair' if count == 1 else f'all {count} pairs'}",
        data=lambda: packed_groups(grouped_rows(study, dataset)),
        idle=_idle,
        takes=lambda: task.seconds_of(study, dataset),
    )


def _idle() -> None:
    """Before anything is fitted."""
    st.caption(
        "What each modality tells alone is fitted once; each pair takes about as long as half of the answer above. Nothing is fitted before you "
        "start."
    )


def _controls(made: Grouping | None) -> None:
    """The groups as a text, and the way back to what the data suggest."""
    study = STATE.view
    if STATE.hides("modalities"):
        return
    parameter = STATE.spec.parameter("modalities")
    st.text_area(
        parameter.label,
        max_chars=parameter.max_length,
        help=parameter.help,
        placeholder=made.text()[:2000] if made is not None else "audio: audio_*\nvideo: video_*",
        width=FIELD_WIDTH,
        **STATE.bind("modalities", study.modalities),
    )
    with st.container(horizontal=True):
        if made is not None and not study.modalities:
            st.button(
                "Edit the suggestion",
                icon=":material/edit:",
                key=STATE.key("pairs edit"),
                on_click=STATE.jump,
                kwargs={"modalities": made.text()},
            )
        if study.modalities:
            st.button(
                "Back to the suggestion",
                icon=":material/auto_fix:",
                key=STATE.key("pairs suggested"),
                on_click=STATE.jump,
                kwargs={"modalities": ""},
            )


def _drawn(run: Run, made: Grouping, dataset: Dataset) -> None:
    """What is there so far; the ways to the pairs once it has ended."""
    study, over = STATE.view, not run.state.active
    result = run.result()
    if result:
        every = Pairs.of(result)
        names, pairs, level = every.names, every.pairs, every.level
        st.markdown(
            f"{plain(' '.join(standing_out(every.pairs, study.unit)))} H(Y), the ceiling, is {_bits(every.entropy)}."
        )
    else:
        names, level = made.names, study.level
        pairs = by_synergy(Pair.of(frame) for frame in run.frames())
        count = len(made.groups) * (len(made.groups) - 1) // 2
        st.caption(f"{len(pairs)} of {count} pairs so far.")
    figure(matrix(names, pairs, study.unit), "figure pairs matrix")
    table(pairs_table(pairs, study.unit, level), "pairs")
    if over:
        _open(made, pairs)
    if result:
        _downloads(every, dataset)
    if result and every.said:
        with st.expander(f"What was done, and what may mislead ({len(every.said)})", key=STATE.key("pairs mislead")):
            for sentence in every.said:
                st.markdown(f"- {plain(sentence)}")


def _downloads(every: Pairs, dataset: Dataset) -> None:
    """The report, numbers as CSV and JSON, and the script."""
    study = STATE.view
    script = pairs_script(study, dataset)
    files = {
        "Report (HTML)": ("mmexplore-pairs.html", render_report(pairs_content(every, study, dataset))),
        "Numbers (CSV)": ("mmexplore-pairs.csv", pairs_csv(every, study.unit)),
        "Everything (JSON)": ("mmexplore-pairs.json", json.dumps(every.to_dict(), indent=2)),
        "Script (Python)": ("mmexplore-pairs.py", script),
    }
    download_row(STATE, files)
    with st.expander("The script that makes these numbers again", key=STATE.key("pairs script")):
        st.code(script, language="python")


def _open(made: Grouping, pairs: tuple[Pair, ...]) -> None:
    """A button a pair: it becomes modality 1 and modality 2 of the page, without what-ifs of either, as in the matrix."""
    texts = {group.name: group.text for group in made.groups}
    plain_rows = {name: Study.parameter(name).default for name in OF_TWO}
    if STATE.view.shuffle in ("x1", "x2"):
        plain_rows["shuffle"] = "none"
    st.markdown("**Open a pair**: it becomes modality 1 and modality 2 of this page.")
    with st.container(horizontal=True):
        for k, pair in enumerate(pairs):
            if pair.first in texts and pair.second in texts:
                st.button(
                    plain(f"{pair.first[:_SHORT]} × {pair.second[:_SHORT]}"),
                    key=STATE.key(f"pair {k}"),
                    help=f"S {_bits(pair.synergy)}",
                    on_click=STATE.jump,
                    kwargs={"x1": texts[pair.first], "x2": texts[pair.second], **plain_rows},
                )


def _bits(value: float) -> str:
    unit = STATE.view.unit
    return f"{number(in_unit(max(0.0, value), unit), 3)} {unit}"
