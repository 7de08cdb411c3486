"""Reports on results of the library, which know of no study: the same claims, figures and tables as those of the page."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mmexplore.devices import on_host
from mmexplore.errors import BadData, Unsupported
from mmexplore.estimators.estimate_pid import PIDEstimate
from mmexplore.estimators.predictive.curve import LearningCurve
from mmexplore.estimators.tables.estimate import Estimate
from mmexplore.labs.yourdata.advice import Advice, advise
from mmexplore.labs.yourdata.evidence import Evidence, evidence_of
from mmexplore.labs.yourdata.headline import headline_of
from mmexplore.labs.yourdata.headline_report import predictive_content, title_of
from mmexplore.labs.yourdata.report import Names, listed, numbers
from mmexplore.plot.results import SEEN
from mmexplore.plot.results import atoms as atoms_figure
from mmexplore.plot.tables import Table
from mmexplore.plot.text import clean, cut
from mmexplore.report import DEFINITIONS, REFERENCES, Content, Finding, Section, decomposition_content, library_versions
from mmexplore.types import ATOM_SYMBOLS, ATOMS, INFORMATION_SYMBOLS, INFORMATIONS, PID
from mmexplore.version import __version__

_QUESTION = "What do these two modalities tell about the target, and can one believe it?"
_LONGEST = 60  # characters of a name: sentences hold several


def content_of(
    result: PIDEstimate | Estimate | PID, names: Sequence[str], curve: LearningCurve | None = None
) -> Content:
    """What a report on a result says.

    Raises:
        BadData: a batch of tables, or names that are not three.
        Unsupported: a result of another kind.
    """
    if isinstance(names, str) or len(names) != 3:
        raise BadData(f"names is {names!r:.80}; allowed: three, of modality 1, of modality 2 and of the target")
    one, two, target = (cut(clean(str(name)), _LONGEST) for name in names)
    called = (one, two, target)
    if isinstance(result, PIDEstimate):
        return _predictive(result, called, curve)
    if curve is not None:
        raise Unsupported(
            "learning is of predictors; allowed: with a result of estimate_pid with estimator='predictive'"
        )
    if isinstance(result, Estimate):
        return _table_estimate(result, called)
    if isinstance(result, PID):
        return _table(result, called)
    raise Unsupported(
        f"a report on {type(result).__name__} is not made; allowed: results of estimate_pid with estimator='predictive', of "
        "estimate_from_samples and of pid"
    )


def _predictive(estimate: PIDEstimate, names: Names, curve: LearningCurve | None) -> Content:
    if estimate.predictive is None:
        raise Unsupported(f"estimator is {estimate.estimator!r}, which makes no report; allowed: 'predictive'")
    settings = {p.label: p.format(getattr(estimate.settings, p.name)) for p in estimate.settings.parameters()}
    columns = estimate.predictive.columns
    about = Content(
        title=title_of(names),
        data={names[0]: listed(columns[0]), names[1]: listed(columns[1])},
        settings=settings,
        script=_script(estimate),
    )
    return predictive_content(headline_of(estimate, np.arange(estimate.n)), about, names, curve=curve)


def _script(estimate: PIDEstimate) -> str:
    """Source text that makes the estimate again of rows that the reader has."""
    given = [f"    {p.name}={getattr(estimate.settings, p.name)!r}," for p in estimate.settings.parameters()]
    lines = [
        "import mmexplore as mm",
        "",
        "# x1, x2, y: the rows; groups, time and weights as they were given",
        "answer = mm.estimate_pid(",
        "    x1,",
        "    x2,",
        "    y,",
        '    estimator="predictive",',
        f"    target={estimate.target!r},",
        *given,
        ")",
        'mm.html_report(answer, "report.html")',
    ]
    return "\n".join(lines) + "\n"


def _table_estimate(estimate: Estimate, names: Names) -> Content:
    reading = advise(evidence_of(estimate, names))
    about = Content(
        title=title_of(names),
        question=_QUESTION,
        findings=_findings(reading),
        warnings=reading.caveats,
        sections=(Section("Every number", (numbers(estimate, "bit"),)),),
    )
    return decomposition_content(estimate, about, version=__version__, names=names)


def _table(pid: PID, names: Names) -> Content:
    if np.ndim(on_host(pid.i12)):
        raise BadData(f"the result is a batch of shape {np.shape(on_host(pid.i12))}; allowed: one table")
    bits = pid.to("bit")
    evidence = Evidence(
        value={name: float(getattr(bits, name)) for name in (*ATOMS, *INFORMATIONS)},
        names=names,
        measure=pid.measure,
        unit=pid.unit,
    )
    reading = advise(evidence)
    gap = float(pid.gap)
    certainty = f"every atom within {gap:.1e} {pid.unit}" if np.isfinite(gap) else "none for this measure"
    return Content(
        title=title_of(names),
        question="What do these two modalities tell about the target?",
        made=f"mmexplore {__version__}",
        data={"Data": "A table of probabilities, no sample", "Measure": pid.measure, "Certificate": certainty},
        findings=_findings(reading),
        warnings=reading.caveats,
        sections=(
            Section("The decomposition", (atoms_figure(pid, names),)),
            Section("Every number", (_pid_numbers(pid),)),
        ),
        versions={"mmexplore": __version__, **library_versions()},
        definitions=DEFINITIONS,
        references=REFERENCES,
    )


def _pid_numbers(pid: PID) -> Table:
    lower, upper, gap = pid.lower._asdict(), pid.upper._asdict(), float(pid.gap)
    drawn = np.isfinite(gap) and gap > SEEN
    symbols = {**ATOM_SYMBOLS, **INFORMATION_SYMBOLS, "union": "I*", "coinformation": "R − S"}
    rows = tuple(
        (
            symbol,
            float(getattr(pid, name)),
            (float(lower[name]), float(upper[name])) if drawn and name in lower else None,
        )
        for name, symbol in symbols.items()
    )
    return Table(("", f"value ({pid.unit})", f"certified ({pid.unit})"), rows, "Every number")


def _findings(reading: Advice) -> tuple[Finding, ...]:
    return tuple(Finding(c.sentence, c.verdict, c.reason) for c in reading.claims)
