"""Before and after of a change: what two answers differ by, in figures, a table and a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mmexplore.errors import BadData
from mmexplore.estimators.predictive.change import Change, changes, sentence
from mmexplore.labs.yourdata.at_once import at_once, only_rows
from mmexplore.labs.yourdata.headline import Headline
from mmexplore.labs.yourdata.report import Names, bars_in_unit
from mmexplore.labs.yourdata.study import Study
from mmexplore.plot.kinds import Bar, Bars
from mmexplore.plot.tables import Cell, Table
from mmexplore.report import Section
from mmexplore.tabular import Dataset
from mmexplore.types import ATOM_SYMBOLS, ATOM_WORDS, ATOMS, INFORMATION_SYMBOLS
from mmexplore.units import per_bit

SYMBOLS = ATOM_SYMBOLS | INFORMATION_SYMBOLS
ANEW = "Fitted anew"
AT_ONCE = "The same predictors"


@dataclass(frozen=True)
class Answer:
    """One answer to a change.

    Attributes:
        title: which one.
        found: what it says against the answer before.
        means: what it means, in a sentence.
    """

    title: str
    found: Mapping[str, Change]
    means: str


def refitted(before: Headline, after: Headline, *, same_data: bool = True) -> Answer:
    """Two answers by predictors of their own.

    Args:
        before, after: the answers.
        same_data: whether both are of the rows of one data set; else they share none.
    """
    first = before.places
    second = after.places + (0 if same_data else int(first.max(initial=0)) + 1)
    found = changes(before.rows, after.rows, after.level, places=(first, second))
    both = len(np.intersect1d(first, second))
    if both == before.rows.n == after.rows.n:
        how = f"The same {both:,} rows on both sides, so what they share cancels"
    elif both:
        how = f"{both:,} rows are on both sides of {before.rows.n:,} and {after.rows.n:,}, and cancel as far as they do"
    else:
        how = f"{before.rows.n:,} and {after.rows.n:,} rows, none of them on both sides: the errors of both add up"
    return Answer(ANEW, found, f"{how}; what fitting anew moves by chance is in the interval.")


def answers_to(
    before: Headline, after: Headline | None, study: Study, dataset: Dataset
) -> tuple[tuple[Answer, ...], str]:
    """Every answer to the what-ifs of a study, the one of the same predictors first; and why that one is missing, where it is.

    Args:
        before, after: the answers without and with the what-ifs; `after` is None while it is made.
        study: with its what-ifs.
        dataset: the data.
    """
    anew = () if after is None else (refitted(before, after),)
    if not only_rows(study):
        return anew, ""
    try:
        made = at_once(before, study, dataset)
    except BadData as error:
        return anew, f"No answer of the same predictors: {error}."
    if made is None:
        return anew, (
            "The run of the unchanged rows did not keep what an answer at once needs; run it again to have one."
        )
    return (Answer(AT_ONCE, made.changes, made.means), *anew), ""


def section(answers: Sequence[Answer], names: Names, unit: str, level: float) -> Section:
    """The part of a report on what the what-ifs change."""
    said = tuple(f"{answer.title}: {words(answer, unit)}" for answer in answers)
    figures = tuple(differences(answer, names, unit, level) for answer in answers)
    return Section("What the what-ifs change", (*said, beside(answers, names, unit), *figures, numbers(answers, unit)))


def words(answer: Answer, unit: str) -> str:
    """Which numbers changed by more than their intervals, and how much the others could have."""
    return sentence(answer.found, SYMBOLS, per_bit(unit), unit)


def beside(answers: Sequence[Answer], names: Names, unit: str) -> Bars:
    """The atoms of every answer, and those before in grey."""
    bars = []
    for name in ATOMS:
        for k, answer in enumerate(answers):
            title = ATOM_WORDS[name].label.format(*names) if not k else f"… {answer.title.lower()}"
            bars.append(Bar(title, answer.found[name].after, ATOM_SYMBOLS[name]))  # type: ignore[arg-type]
        bars.append(Bar("… before", answers[0].found[name].before))
    said = ", then ".join(answer.title.lower() for answer in answers)
    note = f"Coloured: {said}; grey: before. How sure a difference is, the figure of differences says."
    return bars_in_unit(Bars("Before and after", tuple(bars), note=note), unit)


def differences(answer: Answer, names: Names, unit: str, level: float) -> Bars:
    """After minus before, with intervals."""
    bars = [_bar(answer.found[name], ATOM_WORDS[name].label.format(*names), ATOM_SYMBOLS[name]) for name in ATOMS]
    alone = {"i1": names[0], "i2": names[1], "i12": "both"}
    bars += [_bar(answer.found[name], f"{symbol}, {alone[name]}") for name, symbol in INFORMATION_SYMBOLS.items()]
    note = f"{level:.0%} intervals of the differences. {answer.means}"
    return bars_in_unit(Bars(f"After minus before: {answer.title.lower()}", tuple(bars), note=note), unit)


def numbers(answers: Sequence[Answer], unit: str) -> Table:
    """Every number before and after, and what it changed by."""
    k = per_bit(unit)
    rows: list[tuple[Cell, ...]] = []
    for answer in answers:
        for name, symbol in SYMBOLS.items():
            one = answer.found[name]
            ends = tuple(k * end for end in one.interval)
            rows.append((answer.title, symbol, k * one.before, k * one.after, k * one.value, k * one.se, *ends))
    heads = ("before", "after", "difference", "standard error", "interval, low", "interval, high")
    return Table(("answer", "", *(f"{head} ({unit})" for head in heads)), tuple(rows), "Before and after")


def _bar(one: Change, label: str, atom: str = "") -> Bar:
    ends = {"low": one.interval.low, "high": one.interval.high} if np.isfinite(one.se) else {}
    return Bar(label, one.value, atom, **ends)  # type: ignore[arg-type]
