"""Real data in two modalities that come along. A new data set is one file of this folder."""

from mmexplore.datasets.real_tables.declaration import (
    Binning,
    RealData,
    RealTable,
    declare,
    real,
    real_data,
    real_info,
    real_samples,
    real_table,
)

__all__ = [
    "Binning",
    "RealData",
    "RealTable",
    "declare",
    "real",
    "real_data",
    "real_info",
    "real_samples",
    "real_table",
]
