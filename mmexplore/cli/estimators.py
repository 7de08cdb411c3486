"""What the verbs that estimate have in common: settings as text, one line for each estimator, and columns that say how rows were drawn."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from mmexplore import tabular
from mmexplore.errors import BadSpec
from mmexplore.spec import Spec

ROW_ORDER = "row order"


class Described(Protocol):
    """An estimator, as far as a line of help needs it."""

    @property
    def label(self) -> str:
        """What it is called."""

    @property
    def summary(self) -> str:
        """What it does, in a sentence or two."""


def values_of(texts: Sequence[str], settings: type[Spec]) -> dict[str, Any]:
    """The values of ``--set name=value ...``.

    Raises:
        BadSpec: no such setting, or no such value.
    """
    values = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise BadSpec(f"--set is {text[:60]!r}; allowed: NAME=VALUE, for instance seed=1")
        values[name] = settings.parameter(name).parse(value)
    return values


def help_lines(entries: Iterable[tuple[str, Described]]) -> str:
    """The estimators for the end of a help text, a line each."""
    named = list(entries)
    width = max(len(name) for name, _ in named)
    lines = (f"  {name:<{width}}  {entry.label}: {_first(entry.summary)}" for name, entry in named)
    return "\n".join(["estimators (--list says more):", *lines])


def _first(text: str) -> str:
    return text.partition(". ")[0].rstrip(".") + "."


def options_of_estimator(command: argparse.ArgumentParser, default: str, only: str = "") -> None:
    """What both verbs that estimate from rows can be told: the estimator with its settings, the device, how rows were drawn, the form of the answer.

    Args:
        command: of the verb.
        default: name of the estimator that is taken where none is named.
        only: as in `options_of_sampling`.
    """
    command.add_argument("--estimator", metavar="E", default=default, help=f"one of those below; default: {default}")
    command.add_argument("--set", metavar="NAME=VALUE", nargs="+", default=[], help="settings of the estimator")
    command.add_argument(
        "--device", metavar="D", help="cpu or cuda, for networks; default: MMEXPLORE_DEVICE, else what is there"
    )
    options_of_sampling(command, only)
    command.add_argument("--list", action="store_true", help="list the estimators and their settings")
    command.add_argument("--json", action="store_true", help="JSON for programs")


def options_of_sampling(command: argparse.ArgumentParser, only: str = "") -> None:
    """`--groups`, `--time` and `--weights`; `only`: which estimators take them."""
    words: Mapping[str, str] = {
        "groups": "column of the subject that rows repeat",
        "time": f"column that a series is ordered by, or {ROW_ORDER!r}",
        "weights": "column of how many rows each stands for",
    }
    for name, text in words.items():
        command.add_argument(f"--{name}", metavar="COLUMN", help=text + (f"; {only}" if only else ""))


def sampling_columns(data: tabular.Dataset, options: argparse.Namespace) -> dict[str, str]:
    """The column of each of `groups`, `time`, `weights` that is said; empty for the order of the rows.

    Raises:
        BadSpec: none or several columns.
    """
    found = {}
    for role in ("groups", "time", "weights"):
        text = getattr(options, role)
        if text is None:
            continue
        columns = [""] if role == "time" and text == ROW_ORDER else list(tabular.match_columns(data, text))
        if len(columns) != 1:
            raise BadSpec(f"--{role} is {text[:60]!r}, which names {len(columns)} columns; allowed: one column")
        found[role] = columns[0]
    return found
