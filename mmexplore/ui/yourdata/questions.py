"""What may be asked of an answer: every number, enough rows, the binning, what if, slices, the data, a report."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import streamlit as st

from mmexplore import study_report
from mmexplore.errors import MmexploreError
from mmexplore.estimators.compare import Difference, Group, difference, per_group
from mmexplore.estimators.curves import BinsCurve, SizeCurve, against_bins, against_n
from mmexplore.estimators.estimate import Estimate
from mmexplore.report import render_report
from mmexplore.rows import names_text, subgroups
from mmexplore.study import Prepared, Study, prepare
from mmexplore.study_script import study_script
from mmexplore.tabular import Dataset, csv_cell
from mmexplore.ui.failures import plain
from mmexplore.ui.work import computed
from mmexplore.ui.yourdata import STATE
from mmexplore.ui.yourdata.answer import names_of, reading_of, truth
from mmexplore.ui.yourdata.pictures import show, table
from mmexplore.ui.yourdata.prepared import data_key, estimate_key, prepared

_BINS = tuple(range(2, 13))
_LISTED = 400


def questions(dataset: Dataset, made: Prepared, found: Estimate | None) -> None:
    """Tabs; only the open one is computed."""
    parts: dict[str, Callable[[], None]] = {"Table": lambda: _table(made)}
    if made.codes is not None:
        parts |= {"Numbers": lambda: _numbers(found), "Enough rows?": lambda: _enough(made)}
    if dataset.kind == "rows":
        parts |= {
            "Binning": lambda: _binning(dataset, made),
            "What if": lambda: _what_if(dataset, made),
            "Slices": lambda: _slices(dataset, made),
        }
    parts |= {"Data": lambda: _data(dataset), "Report": lambda: _report(dataset, made, found)}
    tabs = st.tabs(tuple(parts), key=STATE.key("questions"), on_change="rerun")
    for tab, draw in zip(tabs, parts.values(), strict=True):
        with tab:
            if tab.open:
                draw()


def _numbers(found: Estimate | None) -> None:
    if found is None:
        st.caption("The numbers appear when the estimate is done.")
        return
    table(study_report.numbers(found, STATE.view.unit), "every number")
    for null in found.nulls:
        st.caption(f"**{null.kind.label}** ({null.done:,} times; keeps {null.kind.keeps}): {null.kind.question}")


def _table(made: Prepared) -> None:
    if made.table.p.size > 4000:
        st.info(f"The table has {made.table.p.size:,} cells, too many to draw. Use fewer bins to see it.")
    else:
        show(study_report.table(made, names_of(made)), "table")
    for said in made.said:
        st.caption(plain(said))


def _enough(made: Prepared) -> None:
    codes = made.codes
    if codes is None:
        return
    settings = STATE.view.settings()
    found = computed(
        STATE,
        "sizes",
        f"sizes {estimate_key(made)}",
        lambda report, stop: against_n(*codes, settings, progress=report, should_stop=stop),
    )
    if found is not None and len(found.sizes):
        show(study_report.sizes(found, names_of(made), STATE.view.unit, truth()), "sizes")


def _binning(dataset: Dataset, made: Prepared) -> None:
    study = STATE.view
    for name, one in zip(names_of(made), made.made, strict=False):
        st.markdown(f"**{plain(name)}**: {plain('; '.join(one.sentences()))}.")
    if study.method == "categorical" or not any(one.numbers for one in made.made[:2]):
        st.caption("Nothing is binned: every value is a state as it is.")
        return

    def codes(number: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        again = prepare(study.replace(bins1=number, bins2=number), dataset)
        if again.codes is None:
            raise TypeError("rows expected")
        return again.codes

    found = computed(
        STATE,
        "bins",
        f"bins {dataset.sha256} {data_key(study.replace(bins1=2, bins2=2))} {study.settings().identity()}",
        lambda report, stop: against_bins(codes, _BINS, study.settings(), progress=report, should_stop=stop),
    )
    if found is not None and found.points:
        show(study_report.bins(found, names_of(made), study.unit), "bins")


def _what_if(dataset: Dataset, made: Prepared) -> None:
    """Change the rows, and see what it did."""
    study = STATE.view
    columns = st.columns(3, gap="large")
    with columns[0]:
        st.markdown("**Spoil a modality**")
        for name in ("noise1", "noise2", "replace1", "replace2"):
            parameter = Study.parameter(name)
            high = 5.0 if name.startswith("noise") else 1.0
            st.slider(
                parameter.label,
                0.0,
                high,
                step=parameter.step,
                help=parameter.help,
                **STATE.bind(name, min(high, getattr(study, name))),
            )
        st.selectbox(
            "Shuffle",
            ("none", "x1", "x2", "y"),
            format_func={"none": "nothing", "x1": "modality 1", "x2": "modality 2", "y": "the target"}.__getitem__,
            help=Study.parameter("shuffle").help,
            **STATE.bind("shuffle", study.shuffle),
        )
    with columns[1]:
        st.markdown("**Change the rows**")
        st.number_input(
            "Misalign by rows",
            -100_000,
            100_000,
            help=Study.parameter("shift").help,
            **STATE.bind("shift", study.shift),
        )
        STATE.control("balance")
        st.number_input(
            "Rows (0: all)", 0, 100_000_000, help=Study.parameter("rows").help, **STATE.bind("rows", study.rows)
        )
        choices = ["", *dataset.names[:_LISTED]]
        st.selectbox(
            "Keep a subgroup of",
            choices,
            format_func=lambda n: n or "all rows",
            key=_synced("pick column", study.column),
            on_change=_subgroup,
        )
        if study.column:
            st.text_input(
                "… whose value is (or range, as 30..40)", key=_synced("pick keep", study.keep), on_change=_subgroup
            )
    with columns[2]:
        st.markdown("**Take columns or classes away**")
        unchanged = prepared(study.unchanged(), dataset)
        for name, own in (("drop1", unchanged.roles.x1), ("drop2", unchanged.roles.x2)):
            st.multiselect(
                Study.parameter(name).label,
                own[:_LISTED],
                key=_synced(f"pick {name}", _dropped(getattr(study, name))),
                on_change=_drop,
                args=(name,),
            )
        st.button("No changes", icon=":material/filter_alt_off:", on_click=_clear, disabled=not study.changed())
    if not study.changed():
        st.caption(
            "Change something above: the answer before and after stand here side by side, with the interval of the difference."
        )
        return
    before, after = unchanged.codes, made.codes
    if before is None or after is None:
        return
    same = unchanged.rows is not None and made.rows is not None and np.array_equal(unchanged.rows, made.rows)
    settings = study.settings()
    found: Difference | None = computed(
        STATE,
        "change",
        f"change {estimate_key(made)}",
        lambda report, stop: difference(before, after, settings, paired=same, progress=report, should_stop=stop),
    )
    if found is not None:
        show(study_report.change(found, names_of(made), study.unit, _sentence(made)), "change")


def _sentence(made: Prepared) -> str:
    return " ".join(f"{said}." for said in made.said[-6:])


def _slices(dataset: Dataset, made: Prepared) -> None:
    """One decomposition for every value of a column."""
    study = STATE.view
    st.selectbox(
        "Slice by",
        ["", *dataset.names[:_LISTED]],
        format_func=lambda name: name or "choose a column",
        key=_synced("pick slice", study.slice),
        on_change=lambda: STATE.update(slice=st.session_state[STATE.key("pick slice")]),
    )
    codes, rows = made.codes, made.rows
    if not study.slice or codes is None or rows is None:
        return
    if study.slice not in dataset.info:
        st.warning(f"There is no column {plain(study.slice[:60])} in these data.")
        return
    labels = np.full(len(dataset), "", dtype=object)
    for group in subgroups(dataset.frame[study.slice]):
        labels[group.rows] = group.label
    kept = labels[rows] != ""
    settings, values = study.settings(), labels[rows][kept].astype(str)
    c1, c2, cy = (c[kept] for c in codes)
    found: tuple[Group, ...] | None = computed(
        STATE,
        "groups",
        f"groups {study.slice} {estimate_key(made)}",
        lambda report, stop: per_group(c1, c2, cy, values, settings, progress=report, should_stop=stop),
    )
    if found is None:
        return
    figures = study_report.groups(found, names_of(made), study.unit, study.slice)
    for start in range(0, len(figures), 2):
        for column, (k, figure) in zip(
            st.columns(2, gap="large"), enumerate(figures[start : start + 2], start), strict=False
        ):
            with column:
                show(figure, f"group {k}")
                light = found[k].estimate.light
                if light.colour != "green":
                    st.caption(f":material/warning: {plain(light.sentence)}")


def _data(dataset: Dataset) -> None:
    """The first rows, and what is in every column."""
    import pandas as pd

    st.caption(f"{len(dataset):,} rows, {len(dataset.columns):,} columns. SHA-256 {dataset.sha256[:16]}…")
    for note in dataset.notes:
        st.caption(plain(note))
    st.dataframe(dataset.frame.iloc[:200, :60], hide_index=True, height=280)
    infos = dataset.columns[:2000]
    st.dataframe(
        pd.DataFrame(
            {
                "column": [i.name for i in infos],
                "kind": [i.kind for i in infos],
                "different values": [i.distinct for i in infos],
                "missing": [i.missing for i in infos],
                "for example": [", ".join(i.examples) for i in infos],
                "mind": [i.warning for i in infos],
            }
        ),
        hide_index=True,
        height=320,
    )


def _report(dataset: Dataset, made: Prepared, found: Estimate | None) -> None:
    """Everything as one file, and the numbers as CSV and JSON."""
    import json

    if found is None:
        st.caption(
            "A table of probabilities has no report of its own: see Decompose."
            if made.codes is None
            else "Ready when the estimate is done."
        )
        return
    answers = st.session_state.get(STATE.key("answers"), {})

    def kept(kind: type, start: str) -> object | None:
        return next((a for key, a in reversed(answers.items()) if isinstance(a, kind) and key.startswith(start)), None)

    sizes = kept(SizeCurve, f"sizes {estimate_key(made)}")
    by_bins = kept(BinsCurve, f"bins {dataset.sha256}")
    by_group = kept(tuple, f"groups {STATE.view.slice} {estimate_key(made)}") if STATE.view.slice else None
    content = study_report.report_of(
        STATE.view,
        made,
        found,
        reading_of(found, made),
        names_of(made),
        dataset.sha256,
        against_rows=sizes if isinstance(sizes, SizeCurve) else None,
        against_bins=by_bins if isinstance(by_bins, BinsCurve) else None,
        by_group=by_group if isinstance(by_group, tuple) else (),
        truth=truth(),
    )
    numbers = study_report.numbers(found, STATE.view.unit)
    lines = [",".join(csv_cell(str(c)) for c in numbers.columns)]
    lines += [",".join("" if c is None else csv_cell(str(c)) for c in row) for row in numbers.rows]
    script = study_script(STATE.view, made)
    with st.container(horizontal=True):
        for label, data, suffix, mime in (
            ("Report (HTML)", render_report(content), "html", "text/html"),
            ("Numbers (CSV)", "\n".join(lines) + "\n", "csv", "text/csv"),
            ("Everything (JSON)", json.dumps(found.to_dict(), indent=2), "json", "application/json"),
            ("Script (Python)", script, "py", "text/x-python"),
        ):
            st.download_button(
                label,
                data,
                file_name=f"mmexplore-study.{suffix}",
                mime=mime,
                on_click="ignore",
                icon=":material/download:",
                key=f"study {suffix}",
            )
    missing = [name for name, there in (("Enough rows?", sizes), ("Binning", by_bins)) if there is None]
    if missing and dataset.kind == "rows":
        st.caption(
            f"The report holds what has been computed: open {' and '.join(missing)} first to have their figures in it."
        )
    st.code(script, language="python")


# -- controls that stand for a text of the spec --------------------------------------------------------------------------


def _synced(name: str, value: object) -> str:
    """Key of a widget that shows `value`."""
    key = STATE.key(name)
    if st.session_state.get(key) != value:
        st.session_state[key] = value
    return key


def _dropped(text: str) -> list[str]:
    import json

    return list(json.loads(text)) if text else []


def _drop(name: str) -> None:
    STATE.update(**{name: names_text(st.session_state[STATE.key(f"pick {name}")])})


def _subgroup() -> None:
    column = st.session_state[STATE.key("pick column")]
    same = column == STATE.view.column
    STATE.update(column=column, keep=st.session_state.get(STATE.key("pick keep"), "") if same else "")


def _clear() -> None:
    fresh = STATE.view.unchanged()
    try:
        STATE.jump(**{p.name: getattr(fresh, p.name) for p in Study.parameters()})
    except MmexploreError:
        STATE.reset()
