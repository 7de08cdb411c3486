"""The samples in both modalities' planes: draw around some of them, and see which rows, which cells and which atoms they are."""

from __future__ import annotations

import numpy as np
import streamlit as st

from mmexplore.labs.yourdata import headline_figures, samples
from mmexplore.labs.yourdata.answer import names_of
from mmexplore.labs.yourdata.headline import Headline
from mmexplore.labs.yourdata.study import Prepared
from mmexplore.labs.yourdata.ui import STATE
from mmexplore.plot.kinds import Scatter
from mmexplore.tabular import Dataset, Roles
from mmexplore.ui.failures import plain
from mmexplore.ui.figure import figure, selected
from mmexplore.ui.pictures import table
from mmexplore.ui.session_cache import in_session

_COLUMNS = 4  # of each modality, beside a row's atoms
_LISTED = 60  # columns that are offered as colours


def _chosen(what: str) -> None:
    STATE.show_so(charts={**STATE.around.charts, f"samples.{what}": st.session_state[STATE.key(f"samples {what}")]})


@st.fragment
def samples_tab(headline: Headline, dataset: Dataset, roles: Roles, made: Prepared | None) -> None:
    """Runs alone when points are selected."""
    names = names_of(STATE.view, roles)
    directions = STATE.around.charts.get("samples.directions", "principal")
    kinds = [name for name in samples.COLOURS if name != "states" or (made is not None and made.codes is not None)]
    names_of_columns = dataset.names[:_LISTED]
    offered = [*kinds, *map(str, range(len(names_of_columns)))]

    def called(choice: str) -> str:
        return plain(names_of_columns[int(choice)][:40]) if choice.isdigit() else samples.COLOURS[choice]

    colour = STATE.around.charts.get("samples.colour", "target")
    colour = colour if colour in offered else "target"
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.segmented_control(
            "Directions",
            tuple(samples.DIRECTIONS),
            format_func=samples.DIRECTIONS.__getitem__,
            required=True,
            key=STATE.show("samples directions", directions),
            on_change=_chosen,
            args=("directions",),
            help="Principal components know nothing of the target. Discriminant directions were fitted to these very rows: with many columns they "
            "show classes apart that are not.",
        )
        st.selectbox(
            "Colour",
            offered,
            format_func=called,
            key=STATE.show("samples colour", colour),
            on_change=_chosen,
            args=("colour",),
            width=260,
        )
    column = names_of_columns[int(colour)] if colour.isdigit() else ""
    asked = (dataset.sha256, STATE.view.identity(), headline.seconds, directions, colour)
    columns = (roles.x1, roles.x2)
    drawn = in_session(
        "samples",
        asked,
        lambda: samples.samples_of(
            headline, dataset, columns, names, directions=directions, colour=colour, column=column, made=made
        ),
    )
    coloured = column[:40] or samples.COLOURS[colour].lower()

    def drawing(rows: list[int]) -> Scatter:
        inside = np.array([row for row in rows if row < len(dataset)], dtype=np.int64)
        return samples.scatter(drawn, names, inside if len(inside) else None, coloured=coloured)

    chosen = selected(drawing, f"samples {dataset.sha256[:12]} {headline.title[:40]} {directions}")
    if not chosen:
        st.caption("Nothing is selected: take the lasso (or the box) from the figure's bar and draw around points.")
        return
    _selection(headline, dataset, roles, made, names, chosen)


def _selection(
    headline: Headline,
    dataset: Dataset,
    roles: Roles,
    made: Prepared | None,
    names: tuple[str, str, str],
    rows: list[int],
) -> None:
    study = STATE.view
    read = samples.selected(headline, rows, names, study.level)
    if read is None:
        st.caption("The selected samples are not among the rows of the answer.")
        return
    st.markdown(f"**{plain(read.sentence)}**")
    left, right = st.columns(2, gap="large")
    with left:
        if read.read:
            title = f"What the {int(read.inside.sum()):,} selected samples contribute"
            figure(headline_figures.subgroup(read.read, names, study.unit, title, study.level), "figure selection")
            st.caption(
                "Means over the selected rows, with the predictors and the shares of the classes of all rows. Selected by eye, they are no sample of "
                "anything: their intervals say how far these rows scatter, not what new rows would show."
            )
        else:
            st.caption(f"Fewer than {samples.FEWEST} samples: no interval is given.")
    with right:
        cells = None if made is None else samples.cells_of(made, rows, names)
        if cells is not None:
            st.markdown("**In the table of states**")
            table(cells, "selection cells")
    columns = (*roles.x1[:_COLUMNS], *roles.x2[:_COLUMNS])
    table(samples.rows_of(headline, dataset, columns, rows, study.unit), "selection rows")
