"""The page's answer in one sentence: which estimator is closest to the truth here, which is farthest off, and whose intervals cover it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from mmexplore.labs.contest.figures import Score

NOMINAL = 0.95  # of the estimators' own intervals
_DOUBT = 2.0  # standard errors of the share of intervals, below which coverage is said to fall short
_ALIKE = 0.005  # bit: errors closer than this are called alike


def verdict(scores: Sequence[Score], *, known: bool, done: bool = True) -> str:
    """The sentence.

    Args:
        scores: of the estimators on show, all against the same truths.
        known: whether there is a truth at all.
        done: whether all estimates are there.
    """
    so_far = "" if done else "So far: "
    if not known:
        return f"{so_far}the truth is not known here: estimates can be compared with one another only."
    judged = sorted((s for s in scores if s.points and math.isfinite(s.error)), key=lambda s: s.error)
    refused = [s.label for s in scores if s.refused and not s.points]
    tail = f" {_and(refused)} gave no estimate." if refused else ""
    if not judged:
        return f"{so_far}no estimate yet.{tail}"
    best, worst = judged[0], judged[-1]
    if len(judged) == 1:
        text = f"Here {best.label} is off by {_bits(best.error)} (root mean square){_covers(best)}."
    elif worst.error - best.error < _ALIKE:
        text = f"Here all estimators are alike: off by {_bits(best.error)} to {_bits(worst.error)} (root mean square)."
    else:
        text = (
            f"Here {best.label} is closest to the truth, off by {_bits(best.error)} (root mean square){_covers(best)}; "
            f"{worst.label} is off by {_bits(worst.error)}{_which(worst)}."
        )
    short = [s for s in judged if s is not best and falls_short(s)]
    if short:
        first, *rest = [f"{s.label} cover it in {s.covered} of {s.intervals}" for s in short[:1]] + [
            f"those of {s.label} in {s.covered} of {s.intervals}" for s in short[1:]
        ]
        text += f" Intervals of {', '.join((first, *rest))}."
    return f"{so_far}{text[:1].lower() if so_far else text[:1]}{text[1:]}{tail}"


def falls_short(score: Score) -> bool:
    """Whether fewer of an estimator's own 95 % intervals cover the truth than chance would explain."""
    if not score.intervals:
        return False
    return score.covered / score.intervals < NOMINAL - _DOUBT * math.sqrt(NOMINAL * (1 - NOMINAL) / score.intervals)


def _covers(score: Score) -> str:
    if not score.intervals:
        return " (it gives no intervals)"
    return (
        f"; {score.covered} of its {score.intervals} intervals cover the truth{' only' if falls_short(score) else ''}"
    )


def _which(score: Score) -> str:
    """In which direction an estimator errs, where it errs in one."""
    if abs(score.bias) < 0.5 * score.error:
        return ""
    return ", on average too high" if score.bias > 0 else ", on average too low"


def _bits(value: float) -> str:
    return f"{value:.3f} bit" if value < 0.1 else f"{value:.2f} bit"


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
