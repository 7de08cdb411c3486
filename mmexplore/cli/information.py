"""`information`: the mutual information of two variables from rows, by any estimator; from a file or from a generator with its truth."""

from __future__ import annotations

import argparse
import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from mmexplore import tabular
from mmexplore.cli.estimators import help_lines, options_of_estimator, sampling_columns, values_of
from mmexplore.cli.show import aligned, listing, mind, number
from mmexplore.cli.sources import reading
from mmexplore.datasets.generators import Made, make
from mmexplore.errors import BadData, BadSpec, Unsupported
from mmexplore.estimators.mi.declaration import REGISTRY, MutualInformation, mutual_information
from mmexplore.estimators.mi.variables import PAIRS
from mmexplore.tabular.safe import quoted
from mmexplore.tabular.scales import Scale, scaled, scales, sentences

if TYPE_CHECKING:
    from pandas import DataFrame

WORDS = "estimate the mutual information of two variables from rows, by any estimator"
_OF = {"1": "I(X1;Y)", "2": "I(X2;Y)", "12": "I(X1,X2;Y)"}


@dataclass(frozen=True)
class _Given:
    """The two variables of an estimate.

    Attributes:
        x, y: rows, numbers (n, d) or labels (n,).
        kinds: "number" or "label", of either.
        name: what is estimated.
        source: where the rows are from.
        truth: of the generator, in bits; None where it is not known.
        sampling: groups, time and weights of the rows, where they are said.
        first: what has to be known before the number.
        notes: how the rows were read.
    """

    x: np.ndarray
    y: np.ndarray
    kinds: tuple[str, str]
    name: str
    source: str
    truth: float | None = None
    sampling: Mapping[str, Any] = field(default_factory=dict)
    first: Sequence[str] = ()
    notes: Sequence[str] = ()


def add_options(command: argparse.ArgumentParser) -> None:
    """Options that belong to this verb alone."""
    command.add_argument("file", nargs="?", metavar="FILE", help="rows: CSV, TSV, Parquet, NPZ, NPY, also with gzip")
    for role in ("x", "y"):
        command.add_argument(f"--{role}", metavar="COLUMNS", help="columns of one variable: measurements, or labels")
    command.add_argument(
        "--make", metavar="NAME", help="rows of a generator (see: make --list), its text form name?n=500&seed=1"
    )
    command.add_argument("--of", metavar="WHICH", help="with --make: of modality 1, 2 or 12 (both); default: 12")
    options_of_estimator(command, "ksg")


def estimators() -> str:
    """The estimators, for the help."""
    return help_lines(REGISTRY.items())


def run(options: argparse.Namespace) -> int:
    """`information`."""
    if options.list:
        print(_listed(options.json))
        return 0
    if (options.file is None) == (options.make is None):
        raise BadSpec("one of the two is needed: FILE --x COLUMNS --y COLUMNS, or --make NAME (or --list)")
    settings = values_of(options.set, REGISTRY[options.estimator].settings)
    given = _made(options) if options.make is not None else _read(options)
    try:
        found = mutual_information(
            given.x,
            given.y,
            options.estimator,
            x_kind=given.kinds[0],
            y_kind=given.kinds[1],
            device=options.device,
            **given.sampling,
            **settings,
        )
    except Unsupported as error:  # the way out of the library is none of a command
        sentence, _, otherwise = str(error).partition(". If the label's numbers are measurements")
        way = f". If {options.y}'s numbers are measurements, name the column with --ordinal" if options.y else ""
        raise Unsupported(sentence + (way if otherwise else "")) from None
    if options.json:
        known = {"truth": given.truth, "source": given.source, "notes": [*given.first, *given.notes]}
        print(json.dumps(found.to_dict() | known, indent=2, allow_nan=False))
    else:
        print(_text(found, given))
    return 0


def _made(options: argparse.Namespace) -> _Given:
    for role in ("x", "y", "groups", "time", "weights"):
        if getattr(options, role) is not None:
            raise BadSpec(f"--{role} has no effect with --make; it belongs to a file of rows")
    made: Made = make(options.make)
    if made.spec.kind == "mi":
        if options.of is not None:
            raise BadSpec(f"--of has no effect with {made.spec.name!r}: it has two views and no target")
        return _Given(made.x1, made.y, ("number", "number"), "I(X;Y)", made.spec.text(), made.truth.i1)
    of = options.of or "12"
    if of not in _OF:
        raise BadSpec(f"--of is {of[:60]!r}; allowed: {', '.join(_OF)}")
    x = np.concatenate([made.x1, made.x2], axis=1) if of == "12" else made.x1 if of == "1" else made.x2
    kind = "label" if made.target == "label" else "number"
    truth = {"1": made.truth.i1, "2": made.truth.i2, "12": made.truth.i12}[of]
    return _Given(x, made.y, ("number", kind), _OF[of], made.spec.text(), truth)


def _read(options: argparse.Namespace) -> _Given:
    missing = [f"--{role}" for role in ("x", "y") if not getattr(options, role)]
    if missing:
        raise BadSpec(f"{', '.join(missing)} missing; a file of rows needs --x COLUMNS --y COLUMNS")
    if options.of is not None:
        raise BadSpec("--of belongs to --make; --x and --y name the columns of a file")
    data = tabular.load(options.file, **reading(options))
    if data.kind == "table":
        raise BadData(f"{data.name} is read as cells of a table, and an estimate takes rows; allowed: --read-as rows")
    names = {role: list(tabular.match_columns(data, getattr(options, role))) for role in ("x", "y")}
    if twice := sorted(set(names["x"]) & set(names["y"])):
        raise BadData(f"{twice[0][:60]!r} is part of x and of y; allowed: one of them")
    drawn = sampling_columns(data, options)
    needed = [*names["x"], *names["y"], *(name for name in drawn.values() if name)]
    whole = data.frame[needed].notna().all(axis=1).to_numpy()
    notes = list(data.notes)
    if not whole.all():
        notes.append(f"{int((~whole).sum()):,} rows with a missing value in these columns are left out")
    found = scales(data, tuple(names.values()), options.nominal or "", options.ordinal or "")
    kinds, taken = {}, dict(found)
    for role, columns in names.items():
        kinds[role], own = _as_one_kind(role, [found[name] for name in columns])
        taken |= own
    x, y = (_values(scaled(data.frame.loc[whole, columns], taken), kinds[role]) for role, columns in names.items())
    return _Given(
        x,
        y,
        (kinds["x"], kinds["y"]),
        "I(X;Y)",
        options.file,
        sampling={role: data.frame.loc[whole, name].to_numpy() if name else True for role, name in drawn.items()},
        first=(*sentences(taken), *data.first_notes([*names["x"], *names["y"]])),
        notes=notes,
    )


def _as_one_kind(role: str, columns: Sequence[Scale]) -> tuple[str, dict[str, Scale]]:
    """What a variable is, and its columns taken so: numbers that may be codes are numbers beside measurements.

    Raises:
        BadData: it holds labels and measurements.
    """
    measured = [scale for scale in columns if not scale.nominal]
    if not measured:
        return "label", {}
    fixed = [scale for scale in columns if scale.nominal and (scale.chosen or not scale.open)]
    if fixed:
        raise BadData(
            f"{role} holds labels ({quoted(fixed[0].column)}: {fixed[0].why}) and measurements ({quoted(measured[0].column)}); allowed: columns of "
            "one kind, which --nominal and --ordinal choose where numbers may be either"
        )
    return "number", {s.column: dataclasses.replace(s, nominal=False) for s in columns if s.nominal}


def _values(frame: DataFrame, kind: str) -> np.ndarray:
    """Measurements, (n, d), or one label a row, (n,): what the columns say together."""
    if kind == "number":
        return np.asarray(frame.to_numpy(dtype=np.float64))
    codes = np.stack([frame[name].factorize(sort=True)[0] for name in frame.columns], axis=1)
    return np.asarray(np.unique(codes, axis=0, return_inverse=True)[1]).reshape(-1)


def _text(found: MutualInformation, given: _Given) -> str:
    entry = REGISTRY[found.estimator]
    sizes = [
        "labels" if kind == "label" else f"{d} column{'s' if d > 1 else ''}"
        for kind, d in zip(found.kinds, found.dims, strict=True)
    ]
    heading = f"{given.source}: {entry.label}, x {sizes[0]}, y {sizes[1]}, {found.n:,} rows, in bits"
    ends = ("", "") if found.interval is None else (number(found.interval.low), number(found.interval.high))
    rows = [["", "value", "low", "high", "truth"], [given.name, number(found.mi), *ends, ""]]
    if given.truth is None:
        rows = [row[:4] for row in rows]
    else:
        rows[1][4] = number(given.truth)
    if found.ceiling is not None:
        rows.append(["ceiling", number(found.ceiling), *[""] * (len(rows[0]) - 2)])
    interval = (
        "No interval is given."
        if found.interval is None
        else f"Interval ({found.settings.level:.0%}): {found.interval_is}"
    )
    took = f"{found.seconds:.1f} s on {found.device}."
    return "\n".join(
        [
            heading,
            *mind(given.first),
            *aligned(rows, right=range(1, 5)),
            interval,
            f"Assumes: {entry.assumes}",
            took,
            *given.notes,
            *found.warnings,
        ]
    )


def _listed(as_json: bool) -> str:
    if as_json:
        fields = ("label", "takes", "summary", "assumes", "interval_is", "reference")
        return json.dumps(
            [
                {"name": name}
                | {key: getattr(entry, key) for key in fields}
                | {"settings": {p.name: p.default for p in entry.settings.parameters()}}
                for name, entry in REGISTRY.items()
            ],
            indent=2,
        )
    return listing(
        (
            name,
            f"{entry.label}. {entry.summary} Takes {', '.join(PAIRS[kind] for kind in entry.takes)}. Assumes: {entry.assumes} "
            f"Settings: {', '.join(f'{p.name}={p.format(p.default)}' for p in entry.settings.parameters())}.",
        )
        for name, entry in REGISTRY.items()
    )
