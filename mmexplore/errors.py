"""Errors written for the reader: they name the field, the value and what is allowed.

Pages and the command line catch `MmexploreError` and show its sentence; anything else is a fault of ours.
"""

from __future__ import annotations


class MmexploreError(Exception):
    """Base of every error this package raises on purpose."""


class BadSpec(MmexploreError, ValueError):
    """A parameter is unknown or out of its range."""


class BadData(MmexploreError, ValueError):
    """The data given cannot be what the function needs (shape, sign, sum, missing values)."""


class Unsupported(MmexploreError, ValueError):
    """The request is well formed, but this method cannot answer it."""


class NotConverged(MmexploreError, RuntimeError):
    """An iterative method stopped before it reached what was asked of it."""
