"""What can be run: every training or long estimation is declared by one light file, beside what it belongs to, and executed elsewhere.

A task is a frozen spec of plain values. It names its program by a dotted string, so that declaring it imports no torch; a
worker process imports the program and calls ``program(task, recorder)``. Kind, version and values are the identity of a run.

    >>> @task
    ... class Count(Task):
    ...     kind = "count"
    ...     program = "somewhere:count"
    ...     steps: int = param(10, label="Steps", low=1, high=100)
    ...     def title(self) -> str:
    ...         return f"count to {self.steps}"
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self, TypeVar, dataclass_transform

from mmexplore.errors import BadSpec
from mmexplore.registry import Registry
from mmexplore.spec import Spec, param

__all__ = ["TASKS", "Task", "param", "task", "task_from_dict"]


@dataclass(frozen=True)
class Task(Spec):
    """Base of every declaration of something that runs in a process of its own.

    Attributes:
        kind: its name in folders, links and on the command line.
        version: raised whenever the same values would give other numbers.
        program: ``"package.module:function"``, called with the task and a `mmexplore.runs.recorder.Recorder`.
    """

    kind: ClassVar[str] = ""
    version: ClassVar[int] = 1
    program: ClassVar[str] = ""

    def title(self) -> str:
        """What is run, in words."""
        return self.kind

    def seconds(self) -> float | None:
        """About how long it takes on one core; None where that is not known beforehand (see `mmexplore.runs.limits`)."""
        return None

    @property
    def own_data(self) -> bool:
        """Whether it works on arrays that a visitor brought: these stay in memory and are listed to nobody else."""
        return str(getattr(self, "data", "")).startswith("own?")

    def identity(self) -> str:
        """A short stable hash of kind, version and every value."""
        values = {p.name: p.format(getattr(self, p.name)) for p in self.parameters()}
        text = json.dumps([self.kind, self.version, values], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def name(self) -> str:
        """The name of its run, which is the name of the run's folder."""
        return f"{self.kind}-{self.identity()}"

    def to_dict(self) -> dict[str, Any]:
        """Kind, version and all values, for JSON."""
        return {
            "kind": self.kind,
            "version": self.version,
            "values": {p.name: getattr(self, p.name) for p in self.parameters()},
        }

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> Self:
        """A task from plain values; `BadSpec` names what it does not know."""
        known = [p.name for p in cls.parameters()]
        for name in values:
            if name not in known:
                raise BadSpec(f"{cls.kind} has no field {str(name)[:60]!r}; allowed: {', '.join(known)}")
        return cls(**dict(values))


TASKS: Registry[type[Task]] = Registry("kind of run", "mmexplore.runs")

T = TypeVar("T", bound=Task)


@dataclass_transform(frozen_default=True)
def task(cls: type[T]) -> type[T]:
    """Make a class a frozen task and register it under its kind."""
    made = dataclass(frozen=True)(cls)
    if not made.kind or ":" not in made.program:
        raise BadSpec(f"{cls.__name__} has kind {made.kind!r} and program {made.program!r}; both are needed")
    TASKS.add(made.kind, made)
    return made


def task_from_dict(description: Any) -> Task:
    """Read what `Task.to_dict` wrote, also from a file of another version or another hand.

    Raises:
        BadSpec: not such a mapping, an unknown kind, an unknown field or a value that is not allowed.
    """
    if not isinstance(description, Mapping) or not isinstance(description.get("kind"), str):
        raise BadSpec('this is no description of a run; allowed: {"kind": ..., "values": {...}}')
    unknown = sorted(set(map(str, description)) - {"kind", "version", "values"})
    if unknown:
        raise BadSpec(
            f"the description of a run has the unknown field {unknown[0][:60]!r}; allowed: kind, version, values"
        )
    values = description.get("values", {})
    if not isinstance(values, Mapping):
        raise BadSpec("the values of a run are no mapping; allowed: field names with plain values")
    return TASKS[description["kind"]].from_values({str(k): v for k, v in values.items()})
