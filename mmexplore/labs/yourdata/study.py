"""A study: which data, which columns play which part, how they become states, what is changed, how it is estimated.

One frozen spec for the Your data page, its link, its report and its script; the file itself is not in it, only its SHA-256.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from mmexplore import datasets, tabular
from mmexplore.datasets import LabelledTable
from mmexplore.discretize import METHODS, Discretization, Discretizer, discretize_target
from mmexplore.discretize.discretizer import BINS_HELP, MAX_BINS, METHOD_HELP, MIN_BINS
from mmexplore.errors import BadData
from mmexplore.estimators.tables.counts import rows_of
from mmexplore.estimators.tables.dependence import Dependence
from mmexplore.estimators.tables.drawn import Sampling, drawn
from mmexplore.estimators.tables.estimate import Settings
from mmexplore.info.tables import MAX_CELLS
from mmexplore.labs.yourdata.measured_settings import MeasuredSettings
from mmexplore.labs.yourdata.predictive_settings import PredictiveChoices
from mmexplore.labs.yourdata.sampling import placed, sampling_of
from mmexplore.spec import param
from mmexplore.tabular import Dataset, Roles
from mmexplore.tabular.cells_or_rows import COUNT
from mmexplore.tabular.reading import Reading, asked_of
from mmexplore.tabular.scales import FEW_STATES, Scale, Scales, scaled, scales, sentences
from mmexplore.units import unit_field
from mmexplore.whatif import Changed, RowWhatIf

_NAMES = 60_000  # characters of a selection of columns in a link


@dataclass(frozen=True)
class Study(Settings, RowWhatIf, MeasuredSettings, PredictiveChoices, Reading, Scales):
    """Everything one sees on the Your data page."""

    source: str = param("real", label="Data", choices=("real", "gate", "file"), widget="segments")
    real: str = param("breast_cancer", label="Data set", choices=datasets.real_data())
    gate: str = param(
        "and", label="Gate", choices=datasets.gates(), help="Rows drawn from a world whose truth is known."
    )
    gate_noise: float = param(0.1, label="Label noise", low=0.0, high=0.5, step=0.01)
    drawn: int = param(500, label="Rows drawn", low=10, high=100_000, step=10)
    file: str = param("", label="SHA-256 of the file", max_length=64)
    x1: str = param(
        "",
        label="Modality 1",
        max_length=_NAMES,
        help="Columns: names, patterns like audio_*, or /regular expressions/.",
    )
    x2: str = param(
        "",
        label="Modality 2",
        max_length=_NAMES,
        help="Columns: names, patterns like text_*, or /regular expressions/.",
    )
    y: str = param("", label="Target", max_length=2000, help="One column.", widget="select")
    method: str = param("quantile", label="Binning of numbers", choices=METHODS, help=METHOD_HELP)
    bins1: int = param(4, label="Bins of modality 1", low=MIN_BINS, high=MAX_BINS, step=1, help=BINS_HELP)
    bins2: int = param(4, label="Bins of modality 2", low=MIN_BINS, high=MAX_BINS, step=1, help=BINS_HELP)
    bins_y: int = param(
        3,
        label="Bins of a measured target",
        low=2,
        high=12,
        step=1,
        help="A target that is a measurement is cut into quantiles.",
    )
    each: bool = Discretizer.field("each")
    directions: int = Discretizer.field("directions")
    missing: str = Discretizer.field("missing")
    fit_on: float = param(
        1.0,
        label="Fit the bins on",
        low=0.1,
        high=1.0,
        step=0.05,
        help="Share of the rows the states are made from; below 1 only the other rows are counted, so that no row decides its own bin.",
    )
    slice: str = param(
        "",
        label="Slice by",
        max_length=2000,
        help="A column: one decomposition for each of its values.",
        widget="select",
    )
    unit: str = unit_field()

    def settings(self) -> Settings:
        """The part that says how it is estimated."""
        return Settings(**{p.name: getattr(self, p.name) for p in Settings.parameters()})

    def what_if(self) -> RowWhatIf:
        """The part that says how rows are changed."""
        return RowWhatIf(**{p.name: getattr(self, p.name) for p in RowWhatIf.parameters()})

    def reading(self) -> dict[str, Any]:
        """How the file is read, as `mmexplore.tabular.load` takes it; what is left to the content is left out."""
        return asked_of(self)

    def changed(self) -> bool:
        """Whether the rows are changed at all."""
        return self.what_if() != RowWhatIf()

    def unchanged(self) -> Study:
        """The same study of the rows as they are."""
        return self.replace(**{p.name: p.default for p in RowWhatIf.parameters()})

    def discretizer(self, modality: int) -> Discretizer:
        """How modality 1 or 2 becomes states."""
        bins = self.bins1 if modality == 1 else self.bins2
        return Discretizer(
            method=self.method, bins=bins, each=self.each, directions=self.directions, missing=self.missing
        )

    def put(self, **changes: Any) -> Study:
        """A copy with values changed; another data set comes with its own columns and bins."""
        if {"source", "real", "gate", "file"} & changes.keys():
            kept = ("measure", "unit", "correction", "bootstraps", "permutations", "level", "seed")
            fresh = Study(
                **{
                    name: getattr(self, name)
                    for name in (*kept, "source", "real", "gate", "gate_noise", "drawn", "file")
                }
            )
            study = dataclasses.replace(fresh, **changes)
            if study.source == "real" and not {"bins1", "method"} & changes.keys():
                info = datasets.real_info(study.real)
                study = study.replace(bins1=info.bins1, bins2=info.bins2, method=info.method)
            return study
        return self.replace(**changes)


@dataclass(frozen=True)
class Prepared:
    """Rows as states, and how they came to be that.

    Attributes:
        name: of the data.
        roles: which columns play which part, and why.
        table: relative frequencies (or the probabilities given) with the names of the states.
        codes: states of the rows, three arrays of shape (n,); None for a table of probabilities, which has no rows.
        rows: which rows of the data are counted, shape (n,); None for any table.
        made: how modality 1, modality 2 and target became states; empty for any table.
        said: what was done and what may mislead, in sentences.
        done: those of them that say what the what-ifs did.
        sampling: how the rows were drawn, as far as it is said, and what looks like subjects.
        file: name of the file, as it was given; "" where there is none.
    """

    name: str
    roles: Roles
    table: LabelledTable
    codes: tuple[np.ndarray, np.ndarray, np.ndarray] | None
    rows: np.ndarray | None
    made: tuple[Discretization, ...]
    said: tuple[str, ...]
    done: tuple[str, ...] = ()
    sampling: Sampling = field(default_factory=Sampling)
    file: str = ""

    @cached_property
    def dependence(self) -> Dependence | None:
        """How far the rows are from being draws of their own; None for any table."""
        return None if self.codes is None or self.rows is None else drawn(*self.codes, self.sampling).dependence

    @property
    def doubt(self) -> str:
        """That rows look dependent and nothing was said of it, in sentences; empty where not."""
        seen = self.dependence
        return seen.words() if seen is not None and seen.unanswered else ""

    @property
    def n(self) -> int:
        """Rows counted; 0 for a table of probabilities."""
        return 0 if self.codes is None else len(self.codes[0])


@lru_cache(maxsize=16)
def _real_dataset(name: str) -> Dataset:
    samples, info = datasets.real_samples(name), datasets.real_info(name)
    return tabular.from_arrays(
        samples.x1,
        samples.x2,
        samples.y,
        columns1=samples.columns1,
        columns2=samples.columns2,
        y_name=info.names[2],
        y_labels=samples.y_labels,
        name=info.title,
    )


@lru_cache(maxsize=16)
def _gate_dataset(name: str, noise: float, rows: int, seed: int) -> Dataset:
    p = datasets.gate(name, noise=noise)
    drawn = np.random.default_rng(np.random.SeedSequence([seed, rows])).choice(p.size, size=rows, p=p.ravel())
    x1, x2, y = np.unravel_index(drawn, p.shape)
    title = f"{rows:,} rows of {datasets.gate_info(name).title}, label noise {noise:g}"
    return tabular.from_arrays(x1, x2, y, name=title)


def dataset_of(study: Study) -> Dataset:
    """The data set that comes along, or the rows drawn from a gate; a file is the caller's to bring."""
    if study.source == "real":
        return _real_dataset(study.real)
    if study.source == "gate":
        return _gate_dataset(study.gate, study.gate_noise, study.drawn, study.seed)
    raise BadData("no file is loaded; drop one on the page")


def roles_of(study: Study, dataset: Dataset) -> Roles:
    """The roles that were chosen, filled up by a guess that says what it rests on."""
    guess = tabular.guess_roles(dataset)
    chosen = {
        role: tabular.match_columns(dataset, text)
        for role, text in (("x1", study.x1), ("x2", study.x2), ("y", study.y))
        if text
    }
    if not chosen:
        return guess
    y = chosen.get("y", guess.y)
    x1, x2 = (chosen.get(role, tuple(n for n in getattr(guess, role) if n not in y)) for role in ("x1", "x2"))
    if "x1" in chosen and "x2" not in chosen:
        x2 = tuple(name for name in x2 if name not in x1)
    if "x2" in chosen and "x1" not in chosen:
        x1 = tuple(name for name in x1 if name not in x2)
    left = ", ".join(sorted({"x1", "x2", "y"} - chosen.keys()))
    return Roles(x1, x2, y, f"as chosen; {left} guessed: {guess.why}" if left else "as chosen")


def checked_roles(study: Study, dataset: Dataset) -> Roles:
    """The roles, where they can be played.

    Raises:
        BadData: no or several targets, a modality without columns, or a column that plays two parts.
    """
    roles = roles_of(study, dataset)
    if len(roles.y) != 1:
        raise BadData(f"the target has {len(roles.y)} columns; choose one column as the target")
    for role, names in (("modality 1", roles.x1), ("modality 2", roles.x2)):
        if not names:
            raise BadData(f"{role} has no columns; choose at least one")
        if roles.y[0] in names:
            raise BadData(f"{roles.y[0][:60]!r} is the target and part of {role}; it can be only one of them")
    if study.weights and study.weights in (*roles.x1, *roles.x2, *roles.y):
        raise BadData(
            f"{study.weights[:60]!r} is the weight of the rows and part of a modality or the target; it can be only one of them"
        )
    both = sorted(set(roles.x1) & set(roles.x2))
    if both:
        raise BadData(f"{both[0][:60]!r} is part of both modalities; it can be part of one")
    return roles


def scales_of(study: Study, dataset: Dataset, roles: Roles) -> dict[str, Scale]:
    """What the numbers of the columns of a study are taken for: labels or measurements.

    Those of modalities that come along, or are drawn from a gate, stay as they are; so do those that noise is added to, and a target
    that is to be a number, unless they are said to be labels.

    Raises:
        BadData: see `mmexplore.tabular.scales`.
    """
    found = scales(dataset, (roles.x1, roles.x2, roles.y), study.nominal, study.ordinal)
    measured = {
        *((*roles.x1, *roles.x2) if study.source != "file" else ()),
        *(roles.x1 if study.noise1 else ()),
        *(roles.x2 if study.noise2 else ()),
        *(roles.y if study.target_as == "number" else ()),
    }
    return {name: scale for name, scale in found.items() if scale.chosen or name not in measured}


def change(study: Study, dataset: Dataset) -> tuple[Changed, Roles]:
    """The columns of the three parts, numbers that are codes as labels, after the what-ifs."""
    roles = checked_roles(study, dataset)
    found = scales_of(study, dataset, roles)
    frame = dataset.frame
    return (
        study.what_if().apply(
            scaled(frame[list(roles.x1)], found),
            scaled(frame[list(roles.x2)], found),
            scaled(frame[list(roles.y)], found)[roles.y[0]],
            seed=study.seed,
            others=frame if study.column else None,
        ),
        roles,
    )


def prepare(study: Study, dataset: Dataset) -> Prepared:
    """From columns to a table of counts.

    Raises:
        BadData: roles that overlap or are empty, too many states, too few rows.
    """
    if dataset.kind == "table":
        return _prepare_table(study, dataset)
    changed, roles = change(study, dataset)
    counted = np.ones(len(changed.rows), dtype=bool)
    if study.fit_on < 1.0:
        lot = np.random.default_rng(np.random.SeedSequence([study.seed, len(counted)])).random(len(counted))
        counted = lot >= np.quantile(lot, study.fit_on)
    x1 = _states(study.discretizer(1), changed.x1, counted)
    x2 = _states(study.discretizer(2), changed.x2, counted)
    found = scales_of(study, dataset, roles)
    own = found.get(roles.y[0])
    numbers = own is not None and own.chosen and not own.nominal
    y = discretize_target(changed.y, study.bins_y, most=study.bins_y if numbers else FEW_STATES)
    kept = x1.kept & x2.kept & y.kept & counted & placed(study, dataset, changed.rows)
    if int(kept.sum()) < 2:
        raise BadData(f"{int(kept.sum())} rows have all of modality 1, modality 2 and target; allowed: at least 2")
    cells = x1.bins * x2.bins * y.bins
    if cells > MAX_CELLS:
        raise BadData(
            f"{x1.bins:,} x {x2.bins:,} x {y.bins:,} states make {cells:,} cells; allowed: {MAX_CELLS:,}. Use fewer bins or columns"
        )
    codes = (x1.codes[kept], x2.codes[kept], y.codes[kept])
    flat = np.ravel_multi_index(codes, (x1.bins, x2.bins, y.bins))
    rows = changed.rows[kept]
    sampling = sampling_of(study, dataset, roles, rows)
    p = np.bincount(flat, sampling.weights, cells).reshape(x1.bins, x2.bins, y.bins)
    if p.sum() <= 0:
        raise BadData("the weights are 0 in all rows that are counted; allowed: some above 0")
    p = p / p.sum()
    said = [*dataset.notes, *changed.sentences]
    if study.fit_on < 1.0:
        said.append(f"The states are made from {int((~counted).sum()):,} rows, and {len(flat):,} others are counted")
    for name, made in (("Modality 1", x1), ("Modality 2", x2), ("Target", y)):
        said += [f"{name}: {note}" for note in made.notes]
    said += sentences({name: scale for name, scale in found.items() if name not in roles.y})
    used = (*roles.x1, *roles.x2, *roles.y)
    said += [warning for warning in (dataset.column(name).warning for name in used[:200]) if warning]
    return Prepared(
        name=dataset.name,
        roles=roles,
        table=LabelledTable(p, x1.labels, x2.labels, y.labels),
        codes=codes,
        rows=rows,
        made=(x1, x2, y),
        said=tuple(dict.fromkeys(said)),
        done=tuple(changed.sentences),
        sampling=sampling,
        file=dataset.file,
    )


def _states(discretizer: Discretizer, x: Any, counted: np.ndarray) -> Discretization:
    """The states of all rows, made from those that are not counted (from all, where all are)."""
    if counted.all():
        return discretizer.discretize(x)
    return discretizer.fit(x[~counted]).apply(x)


def _refuse_roles(study: Study, dataset: Dataset) -> None:
    """Of a table no columns are chosen: never half of either reading."""
    guess = tabular.guess_roles(dataset)
    for part in ("x1", "x2", "y"):
        text = getattr(study, part)
        if text and tabular.match_columns(dataset, text) != getattr(guess, part):
            raise BadData(
                f"{dataset.name} is read as cells of a table, whose {part} is the column {getattr(guess, part)[0]!r}, and {part} is chosen as {text[:60]!r}; "
                "allowed: read it as rows (read_as rows), or choose nothing"
            )


def _prepare_table(study: Study, dataset: Dataset) -> Prepared:
    """A file that is a table already: counts stand for rows, probabilities for themselves."""
    _refuse_roles(study, dataset)
    table = tabular.table_from(dataset)
    counted = [name for name in dataset.names if name.casefold() in COUNT]
    total = float(dataset.frame[counted[0]].sum()) if counted else 0.0
    codes = rows_of(np.rint(table.p * total).astype(np.int64)) if 2 <= total <= MAX_CELLS else None
    kind = "probabilities: exact, there are no rows to err by" if codes is None else "counts: each stands for a row"
    return Prepared(
        name=dataset.name,
        roles=tabular.guess_roles(dataset),
        table=table,
        codes=codes,
        rows=None,
        made=(),
        said=(*dataset.notes, f"{dataset.name} is a table of {kind}"),
        file=dataset.file,
    )
