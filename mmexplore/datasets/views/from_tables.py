"""Every real table of `mmexplore.datasets.real_tables` on the shelf, in the columns' own units, with the decomposition of its table.

A table keeps its name. Two names were taken before: ``wine`` and ``diabetes`` are `real_columns`; their tables, with the label that the
table has (growers by name; thirds of the progression), are ``wine_table`` and ``diabetes_table``.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, ClassVar

from mmexplore.datasets.real_tables import real_data, real_info, real_samples
from mmexplore.datasets.views.base import VIEWS, Factor, Facts, Form, LabelTruth, TwoViews, View, held_out_rows
from mmexplore.datasets.views.linear_factors import linear_factors
from mmexplore.datasets.views.tables import table_truth
from mmexplore.spec import param

_RENAMED = {"wine": "wine_table", "diabetes": "diabetes_table"}
_TWICE = ("breast_cancer", "wine_table")  # the same rows and label as breast-cancer and wine, which are listed
_IMAGES: dict[str, tuple[int, int]] = {"digits": (8, 4), "digits_parity": (8, 4)}


@dataclass(frozen=True)
class TableView(View):
    """Base of the adapters: a real table as a declaration of two views.

    Class attributes:
        table: the table's name.
    """

    table: ClassVar[str]

    seed: int = param(0, label="Seed", low=0, high=2**31 - 1, step=1, help="Of the choice of held-out samples.")

    def sample(self, seed: int) -> TwoViews:
        """All rows of the table, a quarter held out."""
        samples, info = real_samples(self.table), real_info(self.table)
        held_out = held_out_rows(len(samples.y), 0.25, self.stream("held out"))
        image = _IMAGES.get(self.table)
        label = Factor(info.names[2], "label", samples.y, len(samples.y_labels))
        return TwoViews(
            x1=samples.x1,
            x2=samples.x2,
            held_out=held_out,
            columns1=samples.columns1,
            columns2=samples.columns2,
            names=(info.names[0], info.names[1]),
            y=samples.y,
            class_names=samples.y_labels,
            factors=(label, *linear_factors(samples.x1, samples.x2, ~held_out)),
            form1=self._form(),
            form2=self._form(),
            image1=image,
            image2=image,
        )

    def _form(self) -> Form:
        return "image" if self.table in _IMAGES else "columns"

    def facts(self) -> Facts:
        """As the table is."""
        info = real_info(self.table)
        form = self._form()
        return Facts(
            samples=info.rows,
            columns1=len(info.columns1),
            columns2=len(info.columns2),
            form1=form,
            form2=form,
            classes=len(info.y_labels),
            continuous=form == "columns",
        )

    def truth(self) -> LabelTruth:
        """The decomposition of the table that `mmexplore.real` counts."""
        return table_truth(self.table)


def adapted(table: str) -> type[View]:
    """The adapter of one real table."""
    info = real_info(table)
    about: dict[str, Any] = {
        "name": _RENAMED.get(table, table),
        "title": info.title,
        "sentence": f"{info.x1_text} {info.x2_text}",
        "source": f"{info.source}; {info.citation}; {info.license}",
        "listed": _RENAMED.get(table, table) not in _TWICE,
        "table": table,
    }
    namespace = {**about, "__module__": __name__, "__doc__": f"{info.title}, as two views."}
    made: type[View] = dataclasses.make_dataclass(
        f"{table.title().replace('_', '')}View", [], bases=(TableView,), namespace=namespace, frozen=True
    )
    return made


for _table in real_data():
    VIEWS.add(_RENAMED.get(_table, _table), adapted(_table))
