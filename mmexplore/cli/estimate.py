"""`estimate`: a decomposition from rows of numbers, by any estimator; from a file or from a generator with its truth."""

from __future__ import annotations

import argparse
import dataclasses
import json
from typing import Any

from mmexplore import tabular
from mmexplore.cli.estimators import help_lines, options_of_estimator, sampling_columns, values_of
from mmexplore.cli.show import aligned, listing, mind, number
from mmexplore.cli.sources import reading
from mmexplore.datasets.generators import Truth, make
from mmexplore.errors import BadData, BadSpec
from mmexplore.estimators.estimate_pid import PIDEstimate, estimate_pid
from mmexplore.estimators.pids import REGISTRY, TARGETS
from mmexplore.tabular.scales import Scale, scaled, scales, sentences
from mmexplore.types import ATOMS, INFORMATIONS

WORDS = "estimate a decomposition from rows of measurements, by any estimator"
_SAMPLING = ("groups", "time", "weights")
_SYMBOLS = dict(zip((*ATOMS, *INFORMATIONS), ("R", "U1", "U2", "S", "I1", "I2", "I12"), strict=True))


def add_options(command: argparse.ArgumentParser) -> None:
    """Options that belong to this verb alone."""
    command.add_argument("file", nargs="?", metavar="FILE", help="rows: CSV, TSV, Parquet, NPZ, NPY, also with gzip")
    for role, words in (("x1", "modality 1"), ("x2", "modality 2"), ("y", "the target")):
        command.add_argument(f"--{role}", metavar="COLUMNS", help=f"columns of {words} in the file of rows")
    command.add_argument(
        "--make", metavar="NAME", help="rows of a generator (see: make --list), its text form name?n=500&seed=1"
    )
    command.add_argument("--target", metavar="KIND", help=f"what y is: {', '.join(TARGETS)}; else its values decide")
    options_of_estimator(command, "gaussian", "predictive and binned only")


def estimators() -> str:
    """The estimators, for the help."""
    return help_lines(REGISTRY.items())


def run(options: argparse.Namespace) -> int:
    """`estimate`."""
    if options.list:
        print(_listed(options.json))
        return 0
    if (options.file is None) == (options.make is None):
        raise BadSpec("one of the two is needed: FILE --x1 --x2 --y, or --make NAME (or --list)")
    settings = values_of(options.set, REGISTRY[options.estimator].settings)
    rows, truth, source, notes, kind, first = _made(options) if options.make is not None else _read(options)
    settings |= dict(zip(_sampling(options), rows[3:], strict=True))
    x1, x2, y = rows[:3]
    estimate = estimate_pid(
        x1, x2, y, options.estimator, target=options.target or kind, device=options.device, **settings
    )
    if options.json:
        known = {"truth": truth.to_dict() if truth is not None else None, "source": source, "notes": [*first, *notes]}
        print(json.dumps(estimate.to_dict() | known, indent=2, allow_nan=False))
    else:
        print(_text(estimate, truth, source, notes, first))
    return 0


_Given = tuple[tuple[Any, ...], Truth | None, str, list[str], str | None, list[str]]


def _sampling(options: argparse.Namespace) -> list[str]:
    """What is said of how rows were drawn: `groups`, `time`, `weights`."""
    return [name for name in _SAMPLING if getattr(options, name) is not None]


def _made(options: argparse.Namespace) -> _Given:
    for role in ("x1", "x2", "y", *_SAMPLING):
        if getattr(options, role) is not None:
            raise BadSpec(f"--{role} has no effect with --make; it belongs to a file of rows")
    made = make(options.make)
    if made.spec.kind != "pid":
        raise BadSpec(
            f"{made.spec.name!r} has two views and no target; allowed: generators of two modalities and a target"
        )
    return (made.x1, made.x2, made.y), made.truth, made.spec.text(), [], made.target, []


def _read(options: argparse.Namespace) -> _Given:
    missing = [f"--{role}" for role in ("x1", "x2", "y") if not getattr(options, role)]
    if missing:
        raise BadSpec(f"{', '.join(missing)} missing; a file of rows needs --x1 COLUMNS --x2 COLUMNS --y COLUMNS")
    data = tabular.load(options.file, **reading(options))
    if data.kind == "table":
        raise BadData(
            f"{data.name} is read as cells of a table, and an estimate takes rows; allowed: pid --table FILE, or --read-as rows"
        )
    names = {role: list(tabular.match_columns(data, getattr(options, role))) for role in ("x1", "x2", "y")}
    gaps = REGISTRY[options.estimator].any_columns  # which it reads itself
    drawn = sampling_columns(data, options)
    needed = [*([] if gaps else [*names["x1"], *names["x2"]]), *names["y"], *(name for name in drawn.values() if name)]
    whole = data.frame[needed].notna().all(axis=1).to_numpy()
    notes = list(data.notes)
    if not whole.all():
        notes.append(f"{int((~whole).sum()):,} rows with a missing value in these columns are left out")
    found = scales(data, tuple(names.values()), options.nominal or "", options.ordinal or "")
    first, found = _as_taken(options.estimator, found, set(names["y"]))
    first += data.first_notes([name for part in names.values() for name in part])
    frames = [scaled(data.frame.loc[whole, part], found) for part in names.values()]
    x1, x2 = (frame if gaps else frame.to_numpy() for frame in frames[:2])
    y = frames[2].to_numpy()
    more = (data.frame.loc[whole, name].to_numpy() if name else True for name in drawn.values())
    kind = _kind(options.estimator, [found[name] for name in names["y"]])
    return (x1, x2, y[:, 0] if y.shape[1] == 1 else y, *more), None, options.file, notes, kind, first


def _as_taken(estimator: str, found: dict[str, Scale], target: set[str]) -> tuple[list[str], dict[str, Scale]]:
    """What columns are taken for by an estimator that may take numbers alone, and what is said of it."""
    entry = REGISTRY[estimator]
    if entry.any_columns:
        return sentences(found), found
    told, taken = [], {}
    for name, scale in found.items():
        labels = scale.nominal and (name in target and "label" in entry.targets)
        if scale.nominal and scale.chosen and not labels:
            raise BadData(
                f"column {name[:60]!r} is said to be nominal, and {estimator} takes numbers alone; allowed: --estimator predictive, or the verbs pid and study"
            )
        if labels and scale.open:
            told.append(scale.remark().whole)
        elif scale.nominal and scale.open:
            told.append(
                f"column {name[:40]!r} is taken as numbers by {estimator}, with an order and distances, though it may hold codes ({scale.why}); "
                "--estimator predictive, pid and study take it as labels"
            )
        taken[name] = scale if labels or not scale.nominal else dataclasses.replace(scale, nominal=False)
    return told, taken


def _kind(estimator: str, target: list[Scale]) -> str | None:
    """What the target is by the scale of its one column; None where its values decide."""
    if len(target) != 1:
        return None
    kind = "label" if target[0].nominal else "scalar"
    return kind if kind in REGISTRY[estimator].targets else None


def _text(estimate: PIDEstimate, truth: Truth | None, source: str, notes: list[str], first: list[str]) -> str:
    entry = REGISTRY[estimate.estimator]
    d1, d2, dy = estimate.dims
    target = "a class label" if estimate.target == "label" else f"a target of {dy} column{'s' if dy > 1 else ''}"
    heading = f"{source}: {entry.label}, {d1} + {d2} columns and {target}, {estimate.n:,} rows, in bits"
    rows = [["", "value", "low", "high", "truth"]]
    for name, symbol in _SYMBOLS.items():
        reach = estimate.intervals.get(name)
        known = getattr(truth, name) if truth is not None else None
        ends = [number(reach.low), number(reach.high)] if reach else ["", ""]
        rows.append([symbol, number(getattr(estimate.value, name)), *ends, "" if known is None else number(known)])
    if truth is None or truth.atoms is None:
        rows = [row[:4] for row in rows]
    state = "Converged." if estimate.converged else "NOT CONVERGED."
    checks = [f"{'passed' if check.passed else 'FAILED'}  {check.name}: {check.words}" for check in estimate.checks]
    took = f"{estimate.seconds:.1f} s on {estimate.device}."
    more = () if estimate.predictive is None else estimate.predictive.statements()[:3]
    return "\n".join(
        [
            heading,
            *mind(first),
            *aligned(rows, right=range(1, 5)),
            f"{state} {took}",
            *checks,
            *notes,
            *estimate.warnings,
            *more,
        ]
    )


def _listed(as_json: bool) -> str:
    if as_json:
        return json.dumps(
            [
                {
                    "name": name,
                    "label": entry.label,
                    "targets": list(entry.targets),
                    "summary": entry.summary,
                    "assumes": entry.assumes,
                    "fails": entry.fails,
                    "reference": entry.reference,
                    "settings": {p.name: p.default for p in entry.settings.parameters()},
                }
                for name, entry in REGISTRY.items()
            ],
            indent=2,
        )
    return listing(
        (
            name,
            f"{entry.summary} Targets: {', '.join(entry.targets)}. Assumes: {entry.assumes} Fails: {entry.fails} "
            f"Settings: {', '.join(f'{p.name}={p.format(p.default)}' for p in entry.settings.parameters())}.",
        )
        for name, entry in REGISTRY.items()
    )
