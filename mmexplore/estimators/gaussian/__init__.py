"""The Gaussian decomposition of a population from rows of it."""

from mmexplore.estimators.gaussian.estimate import GaussianEstimate, GaussianSettings, gaussian_pid_from_samples

__all__ = ["GaussianEstimate", "GaussianSettings", "gaussian_pid_from_samples"]
