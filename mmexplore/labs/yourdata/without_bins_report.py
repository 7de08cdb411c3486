"""What measurements tell without bins, as figures, a table, and sentences on where the estimators agree."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from mmexplore.estimators.mi import REGISTRY as INFORMATION
from mmexplore.estimators.pids import REGISTRY as DECOMPOSITION
from mmexplore.estimators.tables.estimate import Estimate, Interval
from mmexplore.labs.yourdata.report import Names, bars_in_unit
from mmexplore.labs.yourdata.without_bins import Measured, WithoutBins, contradicted
from mmexplore.plot.kinds import Bar, Bars
from mmexplore.plot.tables import Cell, Table
from mmexplore.report import Finding, Section
from mmexplore.tabular import csv_text
from mmexplore.types import ATOM_SYMBOLS, ATOMS, INFORMATION_SYMBOLS, INFORMATIONS
from mmexplore.units import in_unit, per_bit

STATES = "states (above)"
ANY = "any definition"
NOTABLE = 0.03  # bits; smaller differences are not spoken of
VAGUE = (0.1, 0.25)  # bits, and share of I12: a difference known no better than to the larger one is no agreement
_SHORT = {"ksg": "neighbours", "copula": "copula", "gaussian": "Gaussian", "hybrid": "copula + neighbours"}


def short(name: str) -> str:
    """What an estimator is called in a figure."""
    return _SHORT.get(name, name)


def informations_figure(found: WithoutBins, names: Names, unit: str, states: Estimate | None = None) -> Bars:
    """I1, I2 and I12 by every estimator, and of the states."""
    bars = []
    for part in INFORMATIONS:
        for name, parts in found.informations.items():
            one = parts[part]
            bars.append(_bar(f"{INFORMATION_SYMBOLS[part]} · {short(name)}", one.mi, one.interval))
        if states is not None:
            bars.append(
                _bar(
                    f"{INFORMATION_SYMBOLS[part]} · {STATES}",
                    float(getattr(states.value, part)),
                    states.intervals.get(part),
                )
            )
    note = (
        f"I1: what {names[0]} tells of {names[2]}, I2: {names[1]}, I12: both. Whiskers: intervals of each estimator's own kind. "
        f"{found.n:,} rows."
    )
    return bars_in_unit(Bars(f"Information on {names[2]}, without bins", tuple(bars), note=note), unit)


def atoms_figure(found: WithoutBins, names: Names, unit: str, states: Estimate | None = None) -> Bars:
    """The atoms by every decomposition, of the states, and what the informations alone allow."""
    bars = []
    for atom, symbol in ATOM_SYMBOLS.items():
        for name, pid in found.pids.items():
            bars.append(
                _bar(f"{symbol} · {short(name)}", float(getattr(pid.value, atom)), pid.intervals.get(atom), symbol)
            )
        if states is not None:
            value, interval = float(getattr(states.value, atom)), states.intervals.get(atom)
            bars.append(_bar(f"{symbol} · {STATES}", value, interval, symbol))
        if atom in found.allowed:
            bars.append(_bar(f"{symbol} · {ANY}", math.nan, found.allowed[atom]))
    note = (
        f"R: redundancy, U1: only {names[0]}, U2: only {names[1]}, S: synergy. “{ANY.capitalize()}”: between the whiskers lies every "
        f"decomposition with atoms of at least 0, given the informations by {short(found.trusted)}; sampling error is not in it."
    )
    return bars_in_unit(Bars(f"The atoms of {names[2]}, without bins", tuple(bars), note=note), unit)


def _bar(label: str, value: float, interval: Interval | None, symbol: str = "") -> Bar:
    low, high = (None, None) if interval is None else interval
    value = round(value, 9) + 0.0  # no -5e-17
    return Bar(label, value, symbol, low=low, high=high)  # type: ignore[arg-type]


def numbers(found: WithoutBins, unit: str, states: Estimate | None = None) -> Table:
    """Every number: (value, low, high) where there is an interval."""
    k = per_bit(unit)

    def cell(value: float, interval: Interval | None) -> Cell:
        return k * value if interval is None else (k * value, k * interval.low, k * interval.high)

    columns = (
        "",
        *(f"{INFORMATION_SYMBOLS[p]} ({unit})" for p in INFORMATIONS),
        *(f"{s} ({unit})" for s in ATOM_SYMBOLS.values()),
        "s",
    )
    rows: list[tuple[Cell, ...]] = []
    for name, parts in found.informations.items():
        told = [cell(parts[p].mi, parts[p].interval) for p in INFORMATIONS]
        seconds = sum(parts[p].seconds for p in INFORMATIONS)
        rows.append((INFORMATION[name].label, *told, None, None, None, None, round(seconds, 2)))
    for name, pid in found.pids.items():
        told = [cell(float(getattr(pid.value, p)), pid.intervals.get(p)) for p in (*INFORMATIONS, *ATOMS)]
        rows.append((f"Decomposition: {_label(name)}", *told, round(pid.seconds, 2)))
    if found.allowed:
        ends = [(k * e.low, k * e.high) for e in (found.allowed[a] for a in ATOMS)]
        rows.append(
            (f"Any decomposition, from the informations by {short(found.trusted)}", None, None, None, *ends, None)
        )
    if states is not None:
        told = [cell(float(getattr(states.value, p)), states.intervals.get(p)) for p in (*INFORMATIONS, *ATOMS)]
        rows.append(("States, as binned", *told, round(states.seconds, 2)))
    return Table(columns, tuple(rows), "Every number, without bins")


def _label(name: str) -> str:
    """A decomposition's label; the hybrid is not trained here, and says so."""
    return "copula with neighbours (hybrid)" if name == "hybrid" else DECOMPOSITION[name].label


def numbers_csv(found: WithoutBins, unit: str) -> str:
    """One line a number, as CSV text."""
    k = per_bit(unit)
    lines: list[list[object]] = [
        ["kind", "estimator", "quantity", f"value ({unit})", "low", "high", f"ceiling ({unit})", "rows"]
    ]
    for name, parts in found.informations.items():
        for part, one in parts.items():
            ceiling = "" if one.ceiling is None else k * one.ceiling
            lines.append(
                ["information", name, INFORMATION_SYMBOLS[part], k * one.mi, *_ends(one.interval, k), ceiling, one.n]
            )
    for name, pid in found.pids.items():
        for quantity in (*INFORMATIONS, *ATOMS):
            value = k * float(getattr(pid.value, quantity))
            called = INFORMATION_SYMBOLS.get(quantity) or ATOM_SYMBOLS[quantity]
            lines.append(["decomposition", name, called, value, *_ends(pid.intervals.get(quantity), k), "", pid.n])
    for atom, ends in found.allowed.items():
        lines.append(["allowed", "any", ATOM_SYMBOLS[atom], "", *_ends(ends, k), "", found.n])
    for name, why in found.refused.items():
        lines.append(["refused", name, why, "", "", "", "", ""])
    return csv_text(lines)


def _ends(interval: Interval | None, k: float) -> list[Any]:
    return ["", ""] if interval is None else [k * interval.low, k * interval.high]


def readings(
    found: WithoutBins, names: Names, unit: str, states: Estimate | None = None, states_of_target: int | None = None
) -> tuple[Finding, ...]:
    """Where the estimators agree, where they do not, and whom to trust then.

    Args:
        found: what they gave.
        names: of modality 1, modality 2 and target.
        unit: of the numbers in the sentences.
        states: the discretised answer.
        states_of_target: into how many bins the target was cut there; None where it was not.
    """
    informed = {name: parts["i12"] for name, parts in found.informations.items()}
    told = [
        *_shape(informed, found, names, unit),
        *_alone(found, names, unit),
        *_against_states(informed, names, unit, states, states_of_target),
    ]
    if len(found.pids) + (states is not None) > 1:
        told += _atoms_agree(found, unit, states if states_of_target is None else None)
    if found.allowed:
        told.append(_leeway(found, unit))
    return tuple(told)


def _shape(informed: Mapping[str, Any], found: WithoutBins, names: Names, unit: str) -> list[Finding]:
    """Neighbours against ranks."""
    near, ranked = informed.get("ksg"), informed.get("copula")
    if near is None or ranked is None:
        return []
    gap, error = near.mi - ranked.mi, math.hypot(*(_error(one.interval, one.settings.level) for one in (near, ranked)))
    reason = f"I12: neighbours {_amount(near.mi, unit)}, Gaussian copula {_amount(ranked.mi, unit)}, together ± {_amount(1.96 * error, unit)}"
    doubtful = any(w.startswith("Impossible") for w in ranked.warnings)
    if doubtful:
        said = "The Gaussian copula tells more than the label holds: its classes lie too far apart for it. Trust the neighbours."
        return [Finding(said, "no", reason)]
    against = contradicted({"i12": ranked})
    if against and gap > -max(1.96 * error, NOTABLE):
        said = f"The rows speak against the Gaussian copula ({against.split(':')[0].lower()}). Trust the neighbours."
        return [Finding(said, "no", reason)]
    if abs(gap) <= max(1.96 * error, NOTABLE) and _vague(error, near.mi):
        return [Finding(_cannot_tell("neighbours and the Gaussian copula agree", gap, error, unit), "unclear", reason)]
    if abs(gap) <= max(1.96 * error, NOTABLE):
        said = (
            "Neighbours and the Gaussian copula agree on what both tell together: the dependence is as good as monotone, and forms "
            "that rest on ranks are fair here."
        )
        return [Finding(said, "yes", reason)]
    if gap > 0:
        said = (
            f"Neighbours find {_amount(gap, unit)} on {names[2]} that no bending of single columns shows: the dependence is curved, or "
            "the two act together. Trust the neighbours here; Gaussian forms leave this out."
        )
        return [Finding(said, "no", reason)]
    leaning = any(w.startswith(("Still rising", "Dimension")) for w in near.warnings)
    why = " with this many coordinates or this few rows" if leaning else ""
    said = f"Neighbours find {_amount(-gap, unit)} less than the Gaussian copula: they lean down{why}. Trust the copula, or take fewer columns."
    return [Finding(said, "no", reason)]


def _alone(found: WithoutBins, names: Names, unit: str) -> list[Finding]:
    """Whether a single modality tells what ranks do not show: then decompositions that rest on ranks misplace it."""
    near, ranked = found.informations.get("ksg"), found.informations.get("copula")
    if near is None or ranked is None or not found.pids:
        return []
    for part, name in (("i1", names[0]), ("i2", names[1])):
        one, other = near[part], ranked[part]
        gap = one.mi - other.mi
        if gap > max(1.96 * math.hypot(*(_error(v.interval, v.settings.level) for v in (one, other))), NOTABLE):
            reason = f"{INFORMATION_SYMBOLS[part]}: neighbours {_amount(one.mi, unit)}, Gaussian copula {_amount(other.mi, unit)}"
            said = (
                f"Of this, {_amount(gap, unit)} are already told by {name} alone: decompositions that make pairs Gaussian by ranks miss "
                "it in R and U"
                + (", and the one with neighbours counts it as synergy" if "hybrid" in found.pids else "")
                + ". Flows, trained below, can bend pairs further."
            )
            return [Finding(said, "no", reason)]
    return []


def _against_states(
    informed: Mapping[str, Any], names: Names, unit: str, states: Estimate | None, cut: int | None
) -> list[Finding]:
    """What binning kept."""
    best = informed.get("ksg")
    if best is None or states is None:
        return []
    kept = float(states.value.i12)
    reason = f"I12: neighbours {_amount(best.mi, unit)}, states {_amount(kept, unit)}"
    error = math.hypot(
        _error(best.interval, best.settings.level), _error(states.intervals.get("i12"), states.settings.level)
    )
    of_target = (
        f" {names[2].capitalize()} was cut into {cut} bins, of which at most {_amount(math.log2(cut), unit)} can be told."
        if cut
        else ""
    )
    if best.mi - kept > max(1.96 * error, NOTABLE):
        return [Finding(f"The states keep {_amount(kept, unit)} of the {_amount(best.mi, unit)} that neighbours find.{of_target}", "no", reason)]  # fmt: skip
    if kept - best.mi > max(1.96 * error, NOTABLE):
        said = (
            f"The states seem to tell {_amount(kept - best.mi, unit)} more than neighbours find: too few rows a cell inflate the one, "
            "many coordinates deflate the other."
        )
        return [Finding(said, "unclear", reason)]
    if _vague(error, best.mi):
        lost = _cannot_tell("the states lose something that neighbours see", best.mi - kept, error, unit)
        return [Finding(lost, "unclear", reason)]
    least = _amount(max(1.96 * error, NOTABLE), unit)
    return [Finding(f"The states lose nothing that neighbours see, to within {least}.{of_target}", "yes", reason)]


def _atoms_agree(found: WithoutBins, unit: str, states: Estimate | None) -> list[Finding]:
    """Spread of R and S over the decompositions."""
    values: list[tuple[str, Any]] = [(short(name), pid.value) for name, pid in found.pids.items()]
    if states is not None:
        values.append(("states", states.value))
    if len(values) < 2:
        return []
    told, worst = [], 0.0
    for atom in ("redundancy", "synergy"):
        by = sorted((float(getattr(value, atom)), name) for name, value in values)
        worst = max(worst, by[-1][0] - by[0][0])
        told.append(
            f"{ATOM_SYMBOLS[atom]} from {_amount(by[0][0], unit)} ({by[0][1]}) to {_amount(by[-1][0], unit)} ({by[-1][1]})"
        )
    total = max(float(value.i12) for _, value in values)
    fine = worst <= max(0.1 * total, NOTABLE)
    said = f"The decompositions {'agree' if fine else 'do not agree'}: {' and '.join(told)}."
    return [
        Finding(said, "yes" if fine else "no", f"the widest spread is {_amount(worst, unit)} of {_amount(total, unit)}")
    ]


def _leeway(found: WithoutBins, unit: str) -> Finding:
    """What any definition must say."""
    r, s = found.allowed["redundancy"], found.allowed["synergy"]
    said = (
        f"Whatever the definition, as long as no atom is negative: R lies between {_amount(r.low, unit)} and {_amount(r.high, unit)}, S between "
        f"{_amount(s.low, unit)} and {_amount(s.high, unit)}, if the informations by {short(found.trusted)} are right."
    )
    return Finding(said, "", "max(0, I1 + I2 − I12) ≤ R ≤ min(I1, I2)")


def _vague(error: float, information: float) -> bool:
    """Whether a difference of so large an error says nothing either way."""
    return 1.96 * error > max(VAGUE[0], VAGUE[1] * information)


def _cannot_tell(whether: str, gap: float, error: float, unit: str) -> str:
    return f"These rows cannot tell whether {whether}: the difference is {_amount(gap, unit)} ± {_amount(1.96 * error, unit)}."


def _error(interval: Interval | None, level: float) -> float:
    """Standard error behind an interval of a level."""
    from scipy.special import ndtri

    return 0.0 if interval is None else 0.5 * (interval.high - interval.low) / float(ndtri(0.5 * (1 + level)))


def _amount(bits: float, unit: str) -> str:
    told = f"{abs(in_unit(bits, unit)):.2f}"
    return f"{'−' if bits < 0 and float(told) else ''}{told} {unit}"


def choice(found: WithoutBins) -> tuple[tuple[str, str, str], ...]:
    """Of every estimator at work: its label, what it assumes, and when to prefer it or how it fails."""
    told = [
        (INFORMATION[name].label, INFORMATION[name].assumes, INFORMATION[name].summary) for name in found.informations
    ]
    for name in found.pids:
        entry = DECOMPOSITION[name]
        if name == "hybrid":
            told.append(
                (
                    "Decomposition: copula with neighbours (hybrid, no flows)",
                    "Ranks make every pair Gaussian; of both modalities together nothing but few coordinates.",
                    "As the copula, and neighbours add the synergy that no pair shows. Flows in place of ranks can be trained below.",
                )
            )
        else:
            told.append((f"Decomposition: {_label(name)}", entry.assumes, f"{entry.summary} {entry.fails}"))
    return tuple(told)


def sections(
    found: WithoutBins, rows: Measured, names: Names, states: Estimate | None, states_of_target: int | None
) -> tuple[Section, ...]:
    """The part of a report, in bits."""
    blocks: list[Any] = [informations_figure(found, names, "bit", states)]
    if found.pids or found.allowed:
        blocks.append(atoms_figure(found, names, "bit", states if states_of_target is None else None))
    blocks.append(numbers(found, "bit", states))
    for finding in readings(found, names, "bit", states, states_of_target):
        blocks.append(f"{finding.sentence} ({finding.reason})")
    blocks += [f"{label}. Assumes: {assumes} {when}" for label, assumes, when in choice(found)]
    blocks += [f"Interval of {INFORMATION[n].label}: {INFORMATION[n].interval_is}" for n in found.informations]
    blocks += [*found.warnings, *(f"{short(n)} gave nothing: {why}" for n, why in found.refused.items()), *found.said]
    blocks.append(
        f"Taken as numbers: {_listed(rows.columns1)} | {_listed(rows.columns2)} | {rows.column_y} as a "
        f"{'label' if rows.target == 'label' else 'measurement'}."
    )
    return (Section("Without bins", tuple(blocks)),)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:40]) + (f" and {len(names) - 40:,} more" if len(names) > 40 else "")
