"""Two views of the reader's own with a label: a file that stays in this visitor's session, and which of its columns are what."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self

import numpy as np
import streamlit as st

from mmexplore import tabular
from mmexplore.errors import BadData
from mmexplore.tabular import Dataset, Roles, column_groups
from mmexplore.tabular.reading import asked_of
from mmexplore.tabular.select import selection, split
from mmexplore.tabular.two_views import OWN, PARTS, Arrays, OwnColumns, arrays_id, roles_for
from mmexplore.ui.failures import plain
from mmexplore.ui.files import Files
from mmexplore.ui.held import held
from mmexplore.ui.state import PageState
from mmexplore.ui.uploads import forget_wrong, uploader
from mmexplore.ui.uploads import wrong as wrong_file

_REMARKS = 4
_AFRESH = dict.fromkeys((*PARTS, "na", "not_na"), "")  # what was chosen for another file
_LISTED = 400
_CHOSEN = 60


class OwnScene(OwnColumns, Protocol):
    """A page's view that may be of a visitor's own file."""

    @property
    def data(self) -> str:
        """The name of the data; `OWN` for a file."""

    @property
    def file(self) -> str:
        """SHA-256 of the file."""

    def replace(self, **changes: Any) -> Self:
        """A copy with values changed."""


@dataclass(frozen=True, eq=False)
class OwnViews:
    """What a visitor's file holds, as chosen.

    Args:
        identity: a short hash of the arrays.
        arrays: x1, x2 and, where there is a label, y; not to be written into.
        note: what was done to them, as a sentence; "" for nothing.
        roles: the columns they were made of.
    """

    identity: str
    arrays: Arrays
    note: str
    roles: Roles


@dataclass(frozen=True, eq=False)
class OwnFile:
    """A page's place for a visitor's own two views.

    Args:
        state: of the page.
        labels: of the three parts.
        make: the checked arrays of a file as a scene parts it, and what was done to them; raises BadData.
        fits: refuses, by raising, a file that the page cannot show.
        needs: what a file has to hold (Markdown).
        private: what becomes of its columns, beyond what is so on every page; ends the sentence.
        example: makes a file that works (CSV).
    """

    state: PageState[Any]
    labels: Mapping[str, str]
    make: Callable[[Any, Dataset], tuple[Arrays, str]]
    fits: Callable[[Dataset], object]
    needs: str
    private: str
    example: Callable[[], str]

    @property
    def files(self) -> Files:
        """The visitor's."""
        return Files(self.state)

    def current(self, scene: OwnScene) -> Dataset | None:
        """The file on show as the scene asks to read it, if the data are a visitor's own and it is loaded.

        Raises:
            BadData: it cannot be read so.
        """
        loaded = self.files.find(scene.file) if scene.data == OWN else None
        return None if loaded is None else self.files.read(loaded, _asked(scene))

    def views(self, scene: OwnScene) -> OwnViews | None:
        """The visitor's views as the scene parts them; None where the data are not their own or not loaded.

        Raises:
            BadData: the chosen columns cannot be what they are to be; the sentence says why.
        """
        dataset = self.current(scene)
        if dataset is None:
            return None
        chosen = (dataset.sha256, scene.x1, scene.x2, scene.y, *asked_of(scene).items())
        mine = held(self.state)
        cached = mine.derived
        if cached is None or cached[0] != chosen:
            arrays, note = self.make(scene, dataset)
            for array in arrays.values():
                array.setflags(write=False)
            cached = (chosen, OwnViews(arrays_id(arrays), arrays, note, roles_for(scene, dataset)))
            mine.derived = cached
            mine.count()
        views: OwnViews = cached[1]
        return views

    def last(self) -> OwnViews | None:
        """The views that were asked for last."""
        cached = held(self.state).derived
        return None if cached is None else cached[1]

    # -- On the page -------------------------------------------------------------------------------------------------

    def choose(self, scene: OwnScene) -> None:
        """Upload, and which columns are which view."""
        if not self._settled("file"):
            uploader(
                self.state,
                "CSV, TSV, Parquet, NPZ, NPY, also .gz",
                self._take,
                help="At most 200 MB. Nothing in the file is executed, and nothing is written to disk.",
            )
        loaded = self.files.find(scene.file)
        wrong_file(self.state, "The file loaded before is still on show." if loaded is not None else "")
        if loaded is None:
            return
        st.markdown(f"**{plain(loaded.name[:50])}**  \n{len(loaded):,} rows, {len(loaded.columns):,} columns")
        if not self._settled("file"):
            st.button(
                "Remove",
                icon=":material/delete:",
                key=self.state.key("remove"),
                on_click=self._remove,
                args=(loaded.sha256,),
            )
        self.files.controls(loaded, asked_of(scene))
        try:
            dataset = self.files.read(loaded, _asked(scene))
        except BadData as error:
            st.error(plain(str(error)))
            return
        if dataset.kind == "rows":
            self._roles(scene, dataset)

    def _settled(self, path: str) -> bool:
        """Whether the link takes the choice away."""
        return self.state.hides(path) or self.state.locks(path)

    def _roles(self, scene: OwnScene, dataset: Dataset) -> None:
        wrong: dict[str, str] = {}
        for part in PARTS:
            try:
                if text := getattr(scene, part):
                    tabular.match_columns(dataset, text)
            except BadData as error:
                wrong[part] = str(error)
        roles = roles_for(scene.replace(**dict.fromkeys(wrong, "")), dataset)
        offered = [*column_groups(dataset), *dataset.names][:_LISTED]
        for part in PARTS:
            if self.state.hides(part):
                continue
            most = 1 if part == "y" else None
            chosen = split(getattr(scene, part)) or list(getattr(roles, part))[: most or _CHOSEN]
            st.multiselect(
                self.labels[part],
                list(dict.fromkeys([*offered, *chosen])),
                key=self.state.show(f"pick {part}", chosen),
                accept_new_options=True,
                max_selections=most,
                on_change=self._picked,
                args=(part,),
                help=self.state.spec.parameter(part).help,
                placeholder="Columns or a pattern",
                disabled=self.state.locks(part),
            )
            if part in wrong:
                st.error(plain(wrong[part]))
        for remark in dataset.remarks((*roles.x1, *roles.x2, *roles.y))[:_REMARKS]:
            st.warning(plain(f"{remark.text[:1].upper()}{remark.text[1:]}."))
        st.caption(f"{len(roles.x1):,} columns against {len(roles.x2):,}, {plain(roles.why)}.")

    def waiting(self, scene: OwnScene) -> None:
        """What to do when a file is wanted and none is loaded."""
        if scene.file:
            sentence = f"This link belongs to a file that is not part of it (SHA-256 {plain(scene.file[:12])}…). Drop the same file on the left."
        else:
            sentence = (
                "Drop a file on the left. Its columns stay in this server's memory while you are here, are trained on by a process that "
                f"keeps them in memory too, and never touch the disk{self.private}."
            )
        st.info(sentence, icon=":material/upload_file:")
        st.markdown(self.needs)
        st.download_button(
            "A file that works (CSV)",
            self.example(),
            file_name="two-views.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
            key=self.state.key("example"),
        )

    # -- Callbacks ---------------------------------------------------------------------------------------------------

    def _picked(self, part: str) -> None:
        self.state.update(**{part: selection(st.session_state[self.state.key(f"pick {part}")])})

    def _take(self, data: bytes, name: str) -> None:
        dataset = tabular.load(data, name)
        if dataset.kind != "rows":  # two views are rows: a table's cells are none
            dataset = tabular.load(data, name, read_as="rows")
        self.fits(dataset)
        self.files.keep(dataset, data)
        if self.state.view.file != dataset.sha256:
            self.state.jump(data=OWN, file=dataset.sha256, **_AFRESH)

    def _remove(self, sha: str) -> None:
        left = self.files.forget(sha)
        forget_wrong(self.state)
        if self.state.view.file:
            self.state.jump(file=left, **_AFRESH)


def _asked(scene: OwnScene) -> dict[str, Any]:
    """How the file is to be read again: two views are rows, whatever they look like."""
    asked = asked_of(scene)
    return {**asked, "read_as": "rows"} if asked else {}


def as_csv(views: Sequence[np.ndarray], happy: np.ndarray) -> str:
    """An example file: columns audio_1… and text_1… of two views, and a column ``mood`` that says happy or sad."""
    head = [
        f"{name}_{k + 1}" for name, view in zip(("audio", "text"), views, strict=True) for k in range(view.shape[1])
    ]
    lines = [",".join([*head, "mood"])]
    for a, b, label in zip(*views, happy, strict=True):
        lines.append(",".join([*(f"{v:.3f}" for v in (*a, *b)), "happy" if label else "sad"]))
    return "\n".join(lines) + "\n"
