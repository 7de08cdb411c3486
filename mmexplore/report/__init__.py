"""Self-contained HTML reports: fill a `Content`, call `render_report`."""

from mmexplore.report.content import (
    Bar,
    Bars,
    Content,
    Curves,
    Finding,
    Heat,
    Reference,
    Section,
    Series,
    Table,
)
from mmexplore.report.decomposition import (
    DEFINITIONS,
    REFERENCES,
    atoms_figure,
    bins_figure,
    decomposition_content,
    library_versions,
    null_questions,
    nulls_table,
    sizes_figure,
    table_figure,
)
from mmexplore.report.page import render_report

__all__ = [
    "DEFINITIONS",
    "REFERENCES",
    "Bar",
    "Bars",
    "Content",
    "Curves",
    "Finding",
    "Heat",
    "Reference",
    "Section",
    "Series",
    "Table",
    "atoms_figure",
    "bins_figure",
    "decomposition_content",
    "library_versions",
    "null_questions",
    "nulls_table",
    "render_report",
    "sizes_figure",
    "table_figure",
]
