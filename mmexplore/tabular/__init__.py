"""Files to columns: `load` reads what people bring, robustly, and says in sentences what it did or what is wrong.

Importing this package imports neither pandas nor pyarrow; reading a file does.
"""

from mmexplore.tabular.dataset import ColumnInfo, Dataset, Roles
from mmexplore.tabular.loading import load
from mmexplore.tabular.safe import csv_cell

__all__ = [
    "ColumnInfo",
    "Dataset",
    "Roles",
    "csv_cell",
    "load",
]
