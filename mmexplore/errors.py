"""Errors written for the reader: they name the field, the value and what is allowed.

Pages and the command line catch `MmexploreError` and show its sentence; anything else is a fault of ours.
"""

from __future__ import annotations

import logging
import secrets


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


def noted(log: logging.Logger, what: str, *values: object) -> str:
    """Log the exception that is being handled under a number, and hand the number out: with it the reader's words lead to the log's lines.

    Args:
        log: where to.
        what: what failed, as a logging format.
        values: its values.
    """
    number = secrets.token_hex(3)
    log.exception(f"fault {number}: {what}", *values)
    return number
