"""From the command line's options to one table p[x1, x2, y], and the words that say where it came from."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mmexplore import datasets, tabular
from mmexplore.discretize import Discretizer
from mmexplore.errors import BadData, BadSpec
from mmexplore.estimators.tables.drawn import Drawn, drawn
from mmexplore.info.samples import label_codes, table_from_samples
from mmexplore.labs.yourdata.first_words import compare_readings, scale_facts
from mmexplore.labs.yourdata.sampling import sampling_of
from mmexplore.labs.yourdata.study import Study
from mmexplore.spec import Parameter
from mmexplore.tabular.limits import MAX_TABLE
from mmexplore.tabular.reading import Reading
from mmexplore.tabular.safe import listed, quoted
from mmexplore.tabular.scales import Scale, Scales, scaled, scales, sentences
from mmexplore.whatif.tables import WhatIf

READING_PARAMETERS = (*Reading.parameters(), *Scales.parameters())
_MIX = Parameter("mix", float, 0.5, "Mix", 0.0, 1.0, 0.01, None, "", "", 0)


@dataclass(frozen=True)
class Source:
    """A table and where it came from.

    Attributes:
        table: p[x1, x2, y], shape (n1, n2, ny).
        origin: the options that made it, for JSON.
        title: the same in words.
        rows: how many were counted, None for a table that was given.
        notes: what was not as asked for.
        first: what has to be known before the numbers.
    """

    table: npt.NDArray[np.float64]
    origin: dict[str, Any]
    title: str
    rows: int | None = None
    notes: tuple[str, ...] = ()
    first: tuple[str, ...] = ()


def read(options: argparse.Namespace) -> Source:
    """The table that the options ask for."""
    named = {name: getattr(options, name) for name in ("gate", "real", "table", "file")}
    given = [name for name, value in named.items() if value is not None]
    if len(given) != 1:
        sources = (
            "nothing" if not given else " and ".join(f"--{name}" if name != "file" else "a file" for name in given)
        )
        raise BadSpec(
            f"{sources} to decompose; allowed: one of --gate NAME, --real NAME, --table FILE, FILE with --x1 --x2 --y"
        )
    _refuse_misplaced(options, given[0])
    source = {"gate": _gate, "real": _real, "table": _table, "file": _rows}[given[0]](options)
    changes = {
        p.name: p.parse(getattr(options, p.name)) for p in WhatIf.parameters() if getattr(options, p.name) is not None
    }
    if not changes:
        return source
    changed = ", ".join(f"{WhatIf.parameter(name).label.lower()} {value:g}" for name, value in changes.items())
    return dataclasses.replace(
        source,
        table=datasets.what_if(source.table, **changes),
        origin=source.origin | changes,
        title=f"{source.title}, {changed}",
    )


_BELONGS = {
    "x1": ("file",),
    "x2": ("file",),
    "y": ("file",),
    "bins": ("file", "real", "gate"),
    "method": ("file", "real"),
    "groups": ("file",),
    "time": ("file",),
    "weights": ("file",),
    "weights_are": ("file",),
    "normalize": ("table",),
    "na": ("file", "table"),
    "not_na": ("file", "table"),
    "read_as": ("file",),
    "nominal": ("file",),
    "ordinal": ("file",),
    "mix_with": ("gate",),
    "mix": ("gate",),
}


def _refuse_misplaced(options: argparse.Namespace, chosen: str) -> None:
    """An option that would be ignored is an error: the answer would not be to what was asked."""
    for name in own_parameters():
        if name not in _BELONGS and chosen != "gate" and getattr(options, name) is not None:
            raise BadSpec(f"--{name} is a gate's own parameter; it belongs to --gate")
    shown = {"gate": "--gate", "real": "--real", "table": "--table", "file": "a file of rows"}
    for option, owners in _BELONGS.items():
        if chosen not in owners and getattr(options, option) not in (None, False):
            places = " or ".join(shown[owner] for owner in owners)
            raise BadSpec(f"--{option.replace('_', '-')} has no effect with {shown[chosen]}; it belongs to {places}")


def reading(options: argparse.Namespace) -> dict[str, Any]:
    """How a file is to be read, as `mmexplore.tabular.load` takes it."""
    given = {p.name: getattr(options, p.name) for p in Reading.parameters()}
    return {name: Reading.parameter(name).parse(text) for name, text in given.items() if text is not None}


def own_parameters() -> dict[str, Parameter]:
    """The parameters that single gates have of their own, by name; the first gate's words stand for all."""
    parameters: dict[str, Parameter] = {}
    for name in datasets.gates():
        for parameter in datasets.gate_info(name).spec.parameters():
            parameters.setdefault(parameter.name, parameter)
    return parameters


def _gate(options: argparse.Namespace) -> Source:
    info = datasets.gate_info(options.gate)
    own = {name: getattr(options, name) for name in own_parameters() if getattr(options, name) is not None}
    for name in own:
        allowed = [p.name for p in info.spec.parameters()]
        if name not in allowed:
            has = f"it has {', '.join(allowed)}" if allowed else "it has none of its own"
            raise BadSpec(f"gate {options.gate!r} has no parameter {name!r}; {has}")
        own[name] = info.spec.parameter(name).parse(str(own[name]))
    table = datasets.gate(options.gate, **own)
    title = info.title + "".join(f", {info.spec.parameter(name).label.lower()} {v:g}" for name, v in own.items())
    if options.mix_with is None:
        if options.mix is not None:
            raise BadSpec("--mix gives a share but no second gate; name it with --mix-with NAME")
        return Source(table, {"gate": options.gate} | own, title)
    share = _MIX.default if options.mix is None else _MIX.parse(options.mix)
    other = datasets.gate_info(options.mix_with).title
    return Source(
        datasets.mix(table, datasets.gate(options.mix_with), share),
        {"gate": options.gate} | own | {"mix_with": options.mix_with, "mix": share},
        f"{title} mixed with {other}, share {share:g}",
    )


def _real(options: argparse.Namespace) -> Source:
    chosen: dict[str, Any] = {}
    if options.bins is not None:
        chosen |= {"bins1": options.bins, "bins2": options.bins}
    if options.method is not None:
        chosen |= {"method": options.method}
    made = datasets.real_table(options.real, **chosen)
    notes = tuple(f"x{k}: {note}" for k, m in enumerate((made.modality1, made.modality2), 1) for note in m.notes)
    origin = {"real": options.real, "rows": made.rows} | dataclasses.asdict(made.binning) | {"notes": list(notes)}
    return Source(made.table.p, origin, datasets.real_info(options.real).title, made.rows, notes)


def _table(options: argparse.Namespace) -> Source:
    dataset = tabular.load(options.table, **reading(options) | {"read_as": "cells"})
    return _cells(options, dataset, {"table": options.table})


def _cells(options: argparse.Namespace, dataset: tabular.Dataset, origin: dict[str, Any]) -> Source:
    """A table given cell by cell."""
    try:
        table = tabular.table_from(dataset, normalize=options.normalize).p
    except BadData as error:
        raise BadData(str(error).replace("normalize divides", "--normalize divides")) from None
    first = dataset.first_notes() if "file" in origin else ()
    return Source(
        table, origin | {"notes": list(dataset.notes)}, dataset.name, notes=_reading_note(dataset), first=first
    )


def _rows(options: argparse.Namespace) -> Source:
    missing = [f"--{role}" for role in ("x1", "x2", "y") if not getattr(options, role)]
    if missing:
        raise BadSpec(f"{', '.join(missing)} missing; a file of rows needs --x1 COLUMNS --x2 COLUMNS --y COLUMN")
    dataset = tabular.load(options.file, **reading(options))
    chosen = {role: tabular.match_columns(dataset, getattr(options, role)) for role in ("x1", "x2", "y")}
    if dataset.kind == "table":
        guess = tabular.guess_roles(dataset)
        if any(chosen[role] != getattr(guess, role) for role in chosen):
            raise BadData(
                f"{dataset.name} is read as cells of a table, of which no columns can be chosen; allowed: --read-as rows, or --x1 x1 --x2 x2 --y y"
            )
        return _cells(options, dataset, {"file": options.file})
    used = list(dict.fromkeys(name for names in chosen.values() for name in names))
    found = scales(dataset, tuple(chosen.values()), options.nominal or "", options.ordinal or "")
    whole = dataset.frame[used].notna().all(axis=1).to_numpy()
    if not whole.any():
        raise BadData(
            f"{dataset.name}: no row has a value in all of {listed(used)}; fill them in or name other columns"
        )
    frame, notes = dataset.frame[used], []
    if not whole.all():
        frame = frame[whole]
        notes.append(f"{int((~whole).sum()):,} rows with a missing value in these columns are left out")
    notes.extend(warning for name in used if (warning := dataset.column(name).warning))
    at = np.flatnonzero(whole)
    rows, bin_notes = _counted(dataset, frame, at, chosen, found, _discretizer(options), options)
    table, notes = _shares(rows), [*rows.words(drawn_again=False), *notes, *bin_notes]
    told = _both_ways(dataset, frame, at, chosen, found, options, table)
    origin = {"file": options.file, **{role: list(names) for role, names in chosen.items()}, "rows": rows.n}
    if options.weights is not None or rows.dependence.words():
        origin |= {
            "effective_rows": rows.effective,
            "weights": options.weights,
            "dependence": rows.dependence.to_dict() | {"words": rows.dependence.words(drawn_again=False)},
        }
    if options.bins is not None:
        origin |= {"bins": options.bins, "method": options.method or "quantile"}
    if not told:
        notes += sentences({name: scale for name, scale in found.items() if name not in chosen["y"]})
    if facts := scale_facts(found):
        origin |= {"scales": facts}
    origin |= {"notes": [*told, *dataset.notes, *notes]}
    first = (*told, *dataset.first_notes(used))
    return Source(table, origin, dataset.name, rows.n, (*_reading_note(dataset), *notes), first)


def _both_ways(
    dataset: tabular.Dataset,
    frame: Any,
    at: Any,
    chosen: Mapping[str, Sequence[str]],
    found: Mapping[str, Scale],
    options: argparse.Namespace,
    table: npt.NDArray[np.float64],
) -> list[str]:
    """Which numbers were taken for codes, where the other way changes the answer, and that answer."""
    told = sentences(found)
    if not told:
        return []
    turned = {
        name: dataclasses.replace(scale, nominal=not scale.nominal) if scale.open else scale
        for name, scale in found.items()
    }
    try:
        other, _ = _counted(dataset, frame, at, chosen, turned, _discretizer(options) or Discretizer(), options)
    except BadData:
        return told
    compared = compare_readings(table, _shares(other))
    return [] if compared is None else [*told, compared] if compared else told


def _counted(
    dataset: tabular.Dataset,
    frame: Any,
    at: Any,
    chosen: Mapping[str, Sequence[str]],
    found: Mapping[str, Scale],
    discretizer: Discretizer | None,
    options: argparse.Namespace,
) -> tuple[Drawn, list[str]]:
    """All rows as states, which lie at the places `at` of the file, and notes on how measurements were binned."""
    frame = scaled(frame, found)
    labels: list[npt.NDArray[np.int64]] = []
    notes: list[str] = []
    for role, names in chosen.items():
        codes, own = _states(dataset, frame, names, role, discretizer, found)
        labels.append(codes)
        notes.extend(f"{role}: {note}" for note in own)
    rows = _drawn(options, dataset, chosen, labels, at)
    table = rows.table()
    if table.size > MAX_TABLE:
        raise BadData(
            f"{dataset.name}: {' x '.join(f'{n:,}' for n in table.shape)} states make a table of {table.size:,} cells; "
            f"allowed: {MAX_TABLE:,}. Name fewer columns, or merge labels"
        )
    return rows, notes


def _shares(rows: Drawn) -> npt.NDArray[np.float64]:
    """The table of the states, weighted as the rows are."""
    counted = rows.table()
    return np.asarray(counted / counted.sum())


def _drawn(
    options: argparse.Namespace,
    dataset: tabular.Dataset,
    chosen: Mapping[str, Sequence[str]],
    labels: Sequence[Any],
    rows: Any,
) -> Drawn:
    """The rows as codes, and how they were drawn, as far as it is said."""
    study = Study(
        groups=options.groups or "",
        order=in_order(options.time or ""),
        weights=options.weights or "",
        weights_are=options.weights_are or "sampling",
    )
    roles = tabular.Roles(tuple(chosen["x1"]), tuple(chosen["x2"]), tuple(chosen["y"]), "as chosen")
    table_from_samples(*labels)  # first, for its checks
    codes1, codes2, codes_y = (label_codes(role, label)[0] for role, label in zip(chosen, labels, strict=True))
    return drawn(codes1, codes2, codes_y, sampling_of(study, dataset, roles, rows))


def in_order(text: str) -> str:
    """What orders a series, as a study writes it: a column, or * for the order of the file."""
    return "*" if text == "row order" else text


def _reading_note(dataset: tabular.Dataset) -> tuple[str, ...]:
    """How the file was read, in one line."""
    return (f"Read: {'; '.join(dataset.notes)}.",) if dataset.notes else ()


def _states(
    dataset: tabular.Dataset,
    frame: Any,
    names: Sequence[str],
    role: str,
    discretizer: Discretizer | None,
    found: Mapping[str, Scale],
) -> tuple[npt.NDArray[np.int64], tuple[str, ...]]:
    """Integer labels of one modality or the target, shape (rows, parts), and notes on how measurements were binned."""
    measured = [name for name in names if frame[name].dtype.kind in "ifM" and dataset.column(name).distinct > 2]
    parts = [frame[name].factorize(sort=True)[0] for name in names if name not in set(measured)]
    if not measured:
        return np.stack(parts, axis=1), ()
    if discretizer is None:
        raise BadData(
            f"{dataset.name}: column {quoted(measured[0], 60)} of {role} is a measurement with "
            f"{dataset.column(measured[0]).distinct:,} different values ({found[measured[0]].why}); allowed: labels; --bins N to discretise it, "
            f"or --nominal {measured[0][:60]} to take each value as a label"
        )
    binned = discretizer.discretize(frame[measured])
    return np.stack([*parts, binned.codes], axis=1), binned.notes


def _discretizer(options: argparse.Namespace) -> Discretizer | None:
    if options.bins is None:
        if options.method is not None:
            raise BadSpec("--method says how to discretise but not into how many bins; add --bins N")
        return None
    return Discretizer(bins=options.bins, method=options.method or "quantile")
