"""The report on every pair of several modalities: which stand out, the matrix, every number with its interval, how they were made."""

from __future__ import annotations

from mmexplore.labs.yourdata.headline_report import DEFINITIONS, REFERENCES
from mmexplore.labs.yourdata.pair_numbers import Pair, Pairs, matrix, pairs_table
from mmexplore.labs.yourdata.pairs import grouping, left_words
from mmexplore.labs.yourdata.report import listed, shown
from mmexplore.labs.yourdata.script import pairs_script
from mmexplore.labs.yourdata.study import Study
from mmexplore.labs.yourdata.task import PAIR_ROWS
from mmexplore.report import Content, Finding, Section, library_versions
from mmexplore.tabular import Dataset, csv_text
from mmexplore.types import ATOM_SYMBOLS
from mmexplore.units import in_unit
from mmexplore.version import __version__


def pairs_content(every: Pairs, study: Study, dataset: Dataset) -> Content:
    """A whole report on every pair, in the unit of the study.

    Args:
        every: what was found.
        study: as it was asked.
        dataset: the data.
    """
    made = grouping(study, dataset)
    told = (*PAIR_ROWS, "bins_y", "level")
    figures = (matrix(every.names, every.pairs, study.unit), pairs_table(every.pairs, study.unit, every.level))
    beyond = tuple(f"{_named(pair)}: {pair.interaction}" for pair in every.pairs)
    sections = [Section("Every pair", figures), Section("More than adding up both?", beyond)]
    said = tuple(filter(None, (left_words(every.left, "in no modality"), *every.said)))
    if said:
        sections.append(Section("What was done, and what may mislead", said))
    if dataset.notes:
        sections.append(Section("How the file was read", tuple(f"{note}." for note in dataset.notes)))
    return Content(
        title=f"What every pair of {len(every.names)} modalities tells about {made.target[:60]}",
        question="Which two modalities tell the same, and which tell more together?",
        made=f"mmexplore {__version__}",
        data={
            "Data": dataset.name,
            **{f"Modality {group.name}": listed(group.columns) for group in made.groups},
            "Grouping": made.why,
            "Target": made.target,
            "Rows": f"{every.n:,} given, {every.rows:,} used",
            "What is decomposed": every.title,
            "Classes": listed(every.classes),
            "Ceiling H(Y)": f"{in_unit(every.entropy, study.unit):.4g} {study.unit}",
        },
        sha256=dataset.sha256,
        findings=tuple(Finding(sentence) for sentence in standing_out(every.pairs, study.unit)),
        warnings=tuple(f"{note}." for note in dataset.first_notes()),
        sections=tuple(sections),
        settings={p.label: shown(p, getattr(study, p.name)) for p in Study.parameters() if p.name in told},
        seeds={"Seed": study.seed},
        versions={"mmexplore": __version__, **library_versions()},
        definitions=DEFINITIONS,
        references=REFERENCES,
        script=pairs_script(study, dataset),
    )


def standing_out(pairs: tuple[Pair, ...], unit: str) -> tuple[str, ...]:
    """The pairs with the most synergy and the most redundancy, each in a sentence."""
    sentences = []
    for name in ("synergy", "redundancy"):
        most = max(pairs, key=lambda pair: pair.readings[name].value)
        read = in_unit(max(0.0, most.readings[name].value), unit)
        sentences.append(f"Most {name}: {_named(most)}, {ATOM_SYMBOLS[name]} {read:.3g} {unit}.")
    return tuple(sentences)


def pairs_csv(every: Pairs, unit: str) -> str:
    """One line a pair, every number with the ends of its interval."""
    made = pairs_table(every.pairs, unit, every.level)
    heads: list[object] = [
        *made.columns[:2],
        *(f"{c}{end}" for c in made.columns[2:] for end in ("", ", low", ", high")),
    ]
    lines: list[list[object]] = [heads]
    for row in made.rows:
        numbers = (cell if isinstance(cell, tuple) else (cell, None, None) for cell in row[2:])
        lines.append([*row[:2], *(number for three in numbers for number in three)])
    return csv_text(lines)


def _named(pair: Pair) -> str:
    return f"{pair.first} × {pair.second}"
