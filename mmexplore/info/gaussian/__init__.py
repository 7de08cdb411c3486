"""The exact decomposition of jointly Gaussian variables, and views beside it."""

from mmexplore.info.gaussian.closed_form import gaussian_pid
from mmexplore.info.gaussian.delta import delta_pid
from mmexplore.info.gaussian.result import GaussianPID
from mmexplore.info.gaussian.thin import ThinPath, thin_pid

__all__ = ["GaussianPID", "ThinPath", "delta_pid", "gaussian_pid", "thin_pid"]
