"""The methods that a view or a task names: one text, whose values are reached by paths.

``methods.temperature`` is the temperature of all methods that have one, ``methods.clip.temperature`` that of CLIP.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

from mmexplore.labs.losses.objectives import Objective, write
from mmexplore.spec import Named, Spec


class Methods(Named):
    """Objectives by name.

    Args:
        chosen: in order.
    """

    def __init__(self, chosen: Iterable[Objective]) -> None:
        super().__init__((o.name, o) for o in chosen)

    def paths(self) -> tuple[str, ...]:
        """Every path that leads to a value, those to all methods at once first."""
        every = [(name, p.name) for name, spec in self.entries for p in spec.parameters()]
        return tuple(dict.fromkeys([*(key for _, key in every), *(f"{name}.{key}" for name, key in every)]))

    def text(self) -> str:
        """What `mmexplore.labs.losses.objectives.objectives` reads; those that have become equal stand there once."""
        return write(tuple(dict.fromkeys(spec for _, spec in self.entries if isinstance(spec, Objective))))


@dataclass(frozen=True)
class WithMethods(Spec, ABC):
    """Base of a spec whose field `methods` is the text of objectives."""

    @abstractmethod
    def chosen(self) -> tuple[Objective, ...]:
        """The objectives, in order."""

    def by_name(self) -> Methods:
        """What paths that begin with ``methods`` lead into."""
        return Methods(self.chosen())

    def inside(self, head: str) -> Any:
        """As `Spec.inside`, with the methods."""
        return self.by_name() if head == "methods" else super().inside(head)

    def with_inside(self, head: str, inner: Any) -> Self:
        """As `Spec.with_inside`, with the methods."""
        if head == "methods":
            return self.replace(methods=Methods(spec for _, spec in inner.entries).text())
        return super().with_inside(head, inner)

    def paths(self) -> tuple[str, ...]:
        """As `Spec.paths`, with the values of the methods."""
        return (*super().paths(), *(f"methods.{path}" for path in self.by_name().paths()))
