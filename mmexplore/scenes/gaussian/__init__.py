"""Gaussian: two channels in the plane, a covariance, or the rows of a data set."""
