"""ONE declaration of a parameter.

A generator, a what-if, a view of a page is a frozen dataclass whose fields are made by `param`. From that one place come
the range check, the widget, the URL key, the command-line option, the table in the docs and the cache key.

    >>> @dataclass(frozen=True)
    ... class Knob(Spec):
    ...     noise: float = param(0.0, label="Noise", low=0.0, high=0.5, step=0.01, help="Chance that the label is wrong.")
    >>> Knob(noise=0.7)
    Traceback (most recent call last):
        ...
    mmexplore.errors.BadSpec: noise is 0.7; allowed: 0 to 0.5
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from mmexplore.errors import BadSpec, MmexploreError

_KEY = "mmexplore"


@dataclass(frozen=True)
class Parameter:
    """What is known of one field of a spec: its name, type, default, allowed values and words."""

    name: str
    type: type
    default: Any
    label: str
    low: float | None
    high: float | None
    step: float | None
    choices: tuple[str, ...] | None
    unit: str
    help: str
    max_length: int

    def check(self, value: Any) -> Any:
        """Return `value` in this parameter's type, or raise `BadSpec` with what is allowed."""
        if self.type is bool:
            if isinstance(value, bool):
                return value
            raise BadSpec(f"{self.name} is {value!r}; allowed: true or false")
        if self.type is str:
            if not isinstance(value, str):
                raise BadSpec(f"{self.name} is {value!r}; allowed: a text")
            if self.choices is not None and value not in self.choices:
                raise BadSpec(f"{self.name} is {value[:60]!r}; allowed: {', '.join(self.choices)}")
            if len(value) > self.max_length:
                raise BadSpec(f"{self.name} has {len(value)} characters; allowed: at most {self.max_length}")
            return value
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            raise BadSpec(f"{self.name} is {str(value)[:60]!r}; allowed: {self.allowed()}") from None
        low = -math.inf if self.low is None else self.low
        high = math.inf if self.high is None else self.high
        whole = self.type is not int or number == math.floor(number)
        if isinstance(value, bool) or not math.isfinite(number) or not low <= number <= high or not whole:
            raise BadSpec(f"{self.name} is {value}; allowed: {self.allowed()}")
        return self.type(number)

    def allowed(self) -> str:
        """The allowed values in words."""
        if self.choices is not None:
            return ", ".join(self.choices)
        kind = "whole numbers " if self.type is int else ""
        low = "" if self.low is None else f"{self.low:g} "
        high = "" if self.high is None else f"{self.high:g}"
        return f"{kind}{low}to {high}".strip() if low or high else f"any {self.type.__name__}"

    def parse(self, text: str) -> Any:
        """Read the value from a URL or a command line."""
        if self.type is bool:
            if text not in ("0", "1"):
                raise BadSpec(f"{self.name} is {text[:60]!r}; allowed: 0 or 1")
            return text == "1"
        return self.check(text)

    def format(self, value: Any) -> str:
        """Write the value so that `parse` reads back exactly the same."""
        if self.type is bool:
            return "1" if value else "0"
        return repr(value) if self.type is float else str(value)


def param(
    default: Any,
    *,
    label: str,
    low: float | None = None,
    high: float | None = None,
    step: float | None = None,
    choices: tuple[str, ...] | None = None,
    unit: str = "",
    help: str = "",
    max_length: int = 2000,
) -> Any:
    """Declare a field of a `Spec`; its type is the type of its default (str, bool, int or float)."""
    return dataclasses.field(
        default=default,
        metadata={
            _KEY: {
                "label": label,
                "low": low,
                "high": high,
                "step": step,
                "choices": choices,
                "unit": unit,
                "help": help,
                "max_length": max_length,
            }
        },
    )


@dataclass(frozen=True)
class Spec:
    """Base of every frozen declaration; values are checked and normalised when an instance is made."""

    def __post_init__(self) -> None:
        for parameter in self.parameters():
            object.__setattr__(self, parameter.name, parameter.check(getattr(self, parameter.name)))

    @classmethod
    @functools.cache  # asked for fifty times a run of a page
    def parameters(cls) -> tuple[Parameter, ...]:
        """The declared parameters, in order."""
        return tuple(
            Parameter(name=f.name, type=type(f.default), default=f.default, **f.metadata[_KEY])
            for f in dataclasses.fields(cls)
            if _KEY in f.metadata
        )

    @classmethod
    def parameter(cls, name: str) -> Parameter:
        """One declared parameter by name."""
        for parameter in cls.parameters():
            if parameter.name == name:
                return parameter
        raise BadSpec(
            f"{cls.__name__} has no parameter {name!r}; allowed: {', '.join(p.name for p in cls.parameters())}"
        )

    @classmethod
    def field(cls, name: str) -> Any:
        """The declaration of one field, for a spec that has the same parameter: ``bins: int = Other.field("bins")``."""
        found = next(f for f in dataclasses.fields(cls) if f.name == cls.parameter(name).name)
        return dataclasses.field(default=found.default, metadata=found.metadata)

    def replace(self, **changes: Any) -> Self:
        """A copy with some values changed (and checked)."""
        return dataclasses.replace(self, **changes)

    def put(self, **changes: Any) -> Self:
        """What a page does to change values; a spec whose values hang together overrides it."""
        return self.replace(**changes)

    def to_query(self) -> dict[str, str]:
        """The values that differ from their defaults, as text for a URL."""
        return {
            p.name: p.format(getattr(self, p.name)) for p in self.parameters() if getattr(self, p.name) != p.default
        }

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> tuple[Self, list[str]]:
        """Read a spec from URL text; what cannot be read keeps its default and is told in a sentence."""
        values: dict[str, Any] = {}
        problems: list[str] = []
        for p in cls.parameters():
            if p.name in query:
                try:
                    values[p.name] = p.parse(query[p.name])
                except BadSpec as error:
                    problems.append(str(error))
        try:
            return cls(**values), problems
        except MmexploreError as error:  # each value is allowed, but not all of them together
            return cls(), [*problems, str(error)]

    def identity(self) -> str:
        """A short stable hash of the class and every value: cache key, run folder, export name."""
        values = {p.name: p.format(getattr(self, p.name)) for p in self.parameters()}
        text = json.dumps([type(self).__name__, values], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]
