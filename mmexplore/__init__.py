"""mmexplore: see what two modalities tell about a target: redundancy, uniqueness, synergy.

Axes are always [x1, x2, y]; informations are in bits. Importing this package imports neither torch nor Streamlit.

    >>> import mmexplore as mm
    >>> r = mm.pid(mm.gate("and", noise=0.1))
    >>> f"R {r.redundancy:.4f}  S {r.synergy:.4f}  within {r.gap < 1e-9}"
    'R 0.1468  S 0.2655  within True'
"""

from mmexplore import datasets, display, plot
from mmexplore.datasets import (
    WhatIf,
    gate,
    gate_info,
    gates,
    make,
    mix,
    real,
    real_data,
    real_info,
    real_samples,
    real_table,
    what_if,
)
from mmexplore.datasets.generators import generators
from mmexplore.datasets.views import view, views
from mmexplore.discretize import Discretizer
from mmexplore.errors import BadData, BadSpec, MmexploreError, NotConverged, Unsupported
from mmexplore.estimators.estimate_pid import PIDEstimate, estimate_pid, pid_estimators
from mmexplore.estimators.gaussian import GaussianEstimate, gaussian_pid_from_samples
from mmexplore.estimators.learning_curve import learning_curve
from mmexplore.estimators.mi import MutualInformation, mi_estimators, mutual_information
from mmexplore.estimators.tables.estimate import estimate
from mmexplore.estimators.tables.from_samples import estimate_from_samples
from mmexplore.info.bottleneck import (
    blend_ib,
    canonical_correlations,
    canonical_correlations_from_rows,
    decoder_ib,
    deterministic_ib,
    discrete_ib,
    excess_lagrangian_nats,
    gaussian_ib,
    symmetric_ib,
)
from mmexplore.info.compare import compare
from mmexplore.info.gaussian import GaussianPID, gaussian_pid
from mmexplore.info.pid import measures, pid
from mmexplore.info.samples import pid_from_samples, table_from_samples
from mmexplore.labs.html_report import html_report
from mmexplore.runs import train
from mmexplore.runs.task import TASKS
from mmexplore.tabular import load
from mmexplore.types import PID, Atoms
from mmexplore.version import __version__

TASKS.look_in("mmexplore.estimators.mi", "mmexplore.estimators.pids", "mmexplore.labs")
display.look_in("mmexplore.report.notebook")

__all__ = [
    "PID",
    "Atoms",
    "BadData",
    "BadSpec",
    "Discretizer",
    "GaussianEstimate",
    "GaussianPID",
    "MmexploreError",
    "MutualInformation",
    "NotConverged",
    "PIDEstimate",
    "Unsupported",
    "WhatIf",
    "__version__",
    "blend_ib",
    "canonical_correlations",
    "canonical_correlations_from_rows",
    "compare",
    "datasets",
    "decoder_ib",
    "deterministic_ib",
    "discrete_ib",
    "estimate",
    "estimate_from_samples",
    "estimate_pid",
    "excess_lagrangian_nats",
    "gate",
    "gate_info",
    "gates",
    "gaussian_ib",
    "gaussian_pid",
    "gaussian_pid_from_samples",
    "generators",
    "html_report",
    "learning_curve",
    "load",
    "make",
    "measures",
    "mi_estimators",
    "mix",
    "mutual_information",
    "pid",
    "pid_estimators",
    "pid_from_samples",
    "plot",
    "real",
    "real_data",
    "real_info",
    "real_samples",
    "real_table",
    "symmetric_ib",
    "table_from_samples",
    "train",
    "view",
    "views",
    "what_if",
]
