"""Self-contained HTML reports: fill a `Content`, call `render_report`."""

from mmexplore.report.content import Content, Finding, Reference, Section
from mmexplore.report.decomposition import (
    DEFINITIONS,
    REFERENCES,
    decomposition_content,
    library_versions,
    null_questions,
    nulls_table,
)
from mmexplore.report.page import render_report

__all__ = [
    "DEFINITIONS",
    "REFERENCES",
    "Content",
    "Finding",
    "Reference",
    "Section",
    "decomposition_content",
    "library_versions",
    "null_questions",
    "nulls_table",
    "render_report",
]
