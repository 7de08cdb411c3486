"""Who competes: the estimators of both registries, mutual information and decomposition, in the words they share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from mmexplore.errors import BadSpec
from mmexplore.estimators import mi, pids
from mmexplore.spec import Spec

Question = Literal["pid", "mi"]


@runtime_checkable
class Timed(Protocol):
    """Settings of an estimator that say how long it takes."""

    def seconds(self, n: int, dims: tuple[int, int, int]) -> float:
        """About how many seconds an estimate from n rows takes; `dims`: columns of x1, x2 and y."""


@dataclass(frozen=True)
class Competitor:
    """An estimator as the contest sees it: the words of its registry, whichever it is.

    Attributes:
        name, label, summary, assumes, fails, reference: of its declaration (`fails` may be empty).
        trained: whether it trains networks, or takes seconds otherwise, so that it runs in a process of its own.
        takes: kinds of target it can answer for.
        settings: class of its settings.
    """

    name: str
    label: str
    summary: str
    assumes: str
    fails: str
    reference: str
    trained: bool
    takes: tuple[str, ...]
    settings: type[Spec]


def competitors(question: Question) -> dict[str, Competitor]:
    """Every estimator that answers a question, by name."""
    by_name = {}
    if question == "mi":
        for name, e in mi.REGISTRY.items():
            takes = _mi_targets(e.takes)
            by_name[name] = Competitor(
                name, e.label, e.summary, e.assumes, "", e.reference, e.trained, takes, e.settings
            )
    else:
        for name, p in pids.REGISTRY.items():
            by_name[name] = Competitor(
                name,
                p.label,
                p.summary,
                p.assumes,
                p.fails,
                p.reference,
                p.trains or p.slow,
                p.targets,
                p.settings,
            )
    return dict(sorted(by_name.items()))  # whichever file was imported first


def _mi_targets(pairs: tuple[str, ...]) -> tuple[str, ...]:
    numbers = ("scalar", "vector") if "numbers" in pairs else ()
    return (*numbers, *(("label",) if "mixed" in pairs else ()))


def competitor(question: Question, name: str) -> Competitor:
    """One estimator; `BadSpec` names those there are."""
    known = competitors(question)
    if name not in known:
        raise BadSpec(f"estimator {str(name)[:60]!r} is not known; allowed: {', '.join(known)}")
    return known[name]


def settings_from(question: Question, name: str, text: str) -> Spec:
    """An estimator's settings from text, ``"bins=4&bootstraps=0"``; empty: its defaults."""
    return competitor(question, name).settings.from_text(text, f"the settings of {name}")
