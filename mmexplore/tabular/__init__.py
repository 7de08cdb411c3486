"""Files to columns: `load` reads what people bring, robustly, and says in sentences what it did or what is wrong.

Importing this package imports neither pandas nor pyarrow; reading a file does.
"""

from mmexplore.tabular.dataset import ColumnInfo, Dataset, Roles
from mmexplore.tabular.frames import from_arrays, from_frame
from mmexplore.tabular.limits import MANY_VALUES, MAX_BYTES, MAX_CELLS, MAX_COLUMNS
from mmexplore.tabular.loading import load
from mmexplore.tabular.roles import guess_roles, modality_groups
from mmexplore.tabular.safe import csv_cell, csv_text
from mmexplore.tabular.select import column_groups, match_columns
from mmexplore.tabular.table import table_from

__all__ = [
    "MANY_VALUES",
    "MAX_BYTES",
    "MAX_CELLS",
    "MAX_COLUMNS",
    "ColumnInfo",
    "Dataset",
    "Roles",
    "column_groups",
    "csv_cell",
    "csv_text",
    "from_arrays",
    "from_frame",
    "guess_roles",
    "load",
    "match_columns",
    "modality_groups",
    "table_from",
]
