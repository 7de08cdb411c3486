"""Results that show themselves in notebooks: what lies below declares that it can be shown, what lies above says how.

A notebook asks an object for `_repr_html_`. `Shown` answers with what was declared for its class by `shows` in one of the modules that
`look_in` named, imported when the first result is shown; where nothing was declared the notebook falls back to the plain text.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, TypeVar

Maker = Callable[[Any], str]
M = TypeVar("M", bound=Maker)

_MAKERS: dict[type, Maker] = {}
_WAITING: list[str] = []


def look_in(*modules: str) -> None:
    """Name modules that call `shows`; they are imported when a result is shown, and not before."""
    _WAITING.extend(modules)


def shows(kind: type) -> Callable[[M], M]:
    """Declare a function that makes the HTML of a class of results."""

    def declare(maker: M) -> M:
        _MAKERS[kind] = maker
        return maker

    return declare


def html_of(result: object) -> str | None:
    """HTML without scripts that shows a result; None where nobody declared how."""
    while _WAITING:
        importlib.import_module(_WAITING[0])
        _WAITING.pop(0)
    maker = next((_MAKERS[kind] for kind in type(result).__mro__ if kind in _MAKERS), None)
    return None if maker is None else maker(result)


class Shown:
    """A result that notebooks show as HTML; its text form is unchanged."""

    def _repr_html_(self) -> str | None:
        """What Jupyter and its like show."""
        return html_of(self)
