"""The exact decomposition of jointly Gaussian variables, and views beside it."""

from mmexplore.info.gaussian.closed_form import gaussian_pid
from mmexplore.info.gaussian.result import GaussianPID

__all__ = ["GaussianPID", "gaussian_pid"]
