"""`gaussian`: the exact decomposition of a covariance, or an estimate from the rows of a file."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from mmexplore import tabular
from mmexplore.cli.show import aligned, number
from mmexplore.errors import BadData, BadSpec
from mmexplore.estimators.gaussian import GaussianEstimate, GaussianSettings, gaussian_pid_from_samples
from mmexplore.info.gaussian import GaussianPID, gaussian_pid
from mmexplore.plaintext import shown
from mmexplore.types import ATOMS, INFORMATIONS
from mmexplore.units import Unit

WORDS = "the exact decomposition of Gaussian variables, from a covariance or from rows"
_SYMBOLS = dict(zip((*ATOMS, *INFORMATIONS), ("R", "U1", "U2", "S", "I1", "I2", "I12"), strict=True))
_MOST_BYTES = 4 * 1024**3


def add_options(command: argparse.ArgumentParser) -> None:
    """Options that belong to this verb alone."""
    command.add_argument("--cov", metavar="FILE", help="covariance of x1, x2, y in this order: .npy or .csv")
    command.add_argument("--dims", metavar="D1,D2,DY", help="how many of its rows belong to x1, x2 and y")
    command.add_argument("file", nargs="?", metavar="FILE", help="rows of measurements: CSV, TSV, Parquet, NPZ, NPY")
    for role, words in (("x1", "modality 1"), ("x2", "modality 2"), ("y", "the target")):
        command.add_argument(f"--{role}", metavar="COLUMNS", help=f"columns of {words} in the file of rows")
    for parameter in GaussianSettings.parameters():
        words = f"{parameter.label}, {parameter.allowed()}; default: {parameter.default}. {parameter.help}"
        command.add_argument(f"--{parameter.name}", metavar="V", help=words.replace("%", "%%") + " Of rows.")


def run(options: argparse.Namespace) -> int:
    """`gaussian`."""
    if (options.cov is None) == (options.file is None):
        raise BadSpec("one of the two is needed: --cov FILE --dims D1,D2,DY, or FILE --x1 --x2 --y")
    unit: Unit = "nat" if options.nats else "bit"
    settings = [p.name for p in GaussianSettings.parameters() if getattr(options, p.name) is not None]
    if options.cov is not None:
        for name in ("x1", "x2", "y", *settings):
            if getattr(options, name) is not None:
                raise BadSpec(f"--{name} has no effect with --cov; it belongs to a file of rows")
        result = gaussian_pid(covariance(options.cov), *dims(options.dims)).to(unit)
        answer: dict[str, Any] = result.to_dict() | {"source": options.cov, "dims": list(dims(options.dims))}
        text = _exact(result, options.cov, dims(options.dims))
    else:
        if options.dims is not None:
            raise BadSpec("--dims has no effect with a file of rows; it belongs to --cov")
        if options.nats:
            raise BadSpec("--nats belongs to --cov; estimates from rows are in bits")
        values = {
            p.name: p.parse(getattr(options, p.name)) for p in GaussianSettings.parameters() if p.name in settings
        }
        estimate, notes = _estimate(options, GaussianSettings(**values))
        answer = estimate.to_dict() | {"source": options.file, "notes": notes}
        text = _estimated(estimate, options.file, notes)
    print(json.dumps(answer, indent=2, allow_nan=False) if options.json else text)
    return 0


def dims(text: str | None) -> tuple[int, int, int]:
    """Three whole numbers with commas."""
    try:
        d1, d2, dy = (int(part) for part in (text or "").split(","))
    except ValueError:
        raise BadSpec(
            f"--dims is {shown(text)}; allowed: three whole numbers with commas, for instance 2,3,1"
        ) from None
    return d1, d2, dy


def covariance(name: str) -> np.ndarray:
    """A matrix from an .npy file, or from a text with commas or blanks and at most one line of names."""
    path = Path(name)
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise BadData(f"{path.name} has {path.stat().st_size:,} bytes; allowed: {_MOST_BYTES:,}")
        if path.suffix == ".npy":
            loaded = np.load(path, allow_pickle=False)
            if not isinstance(loaded, np.ndarray):
                raise BadData(f"{path.name} is no .npy array; allowed: .npy with one matrix, or .csv")
            return loaded
        lines = [line.replace(",", " ").split() for line in path.read_text(encoding="utf-8-sig").splitlines()]
    except (OSError, UnicodeDecodeError, EOFError) as error:
        raise BadData(f"{path.name} cannot be read: {getattr(error, 'strerror', None) or error}") from None
    except ValueError as error:
        if isinstance(error, BadData):
            raise
        raise BadData(f"{path.name} is no .npy array of numbers: {str(error)[:100]}") from None
    lines = [line for line in lines if line]
    for skip in (0, 1):
        try:
            rows = [[float(cell) for cell in line] for line in lines[skip:]]
        except ValueError:
            continue
        if rows and len({len(row) for row in rows}) == 1:
            return np.array(rows)
        break
    raise BadData(
        f"{path.name} holds no matrix of numbers; allowed: lines of equal length, with commas, names above at most"
    )


def _estimate(options: argparse.Namespace, settings: GaussianSettings) -> tuple[GaussianEstimate, list[str]]:
    missing = [f"--{role}" for role in ("x1", "x2", "y") if not getattr(options, role)]
    if missing:
        raise BadSpec(f"{', '.join(missing)} missing; a file of rows needs --x1 COLUMNS --x2 COLUMNS --y COLUMNS")
    data = tabular.load(options.file)
    names = {role: list(tabular.match_columns(data, getattr(options, role))) for role in ("x1", "x2", "y")}
    used = [name for part in names.values() for name in part]
    whole = data.frame[used].notna().all(axis=1).to_numpy()
    notes = list(data.notes)
    if not whole.all():
        notes.append(f"{int((~whole).sum()):,} rows with a missing value in these columns are left out")
    x1, x2, y = (data.frame.loc[whole, part].to_numpy() for part in names.values())
    return gaussian_pid_from_samples(x1, x2, y, settings), notes


def _exact(result: GaussianPID, source: str, sizes: tuple[int, int, int]) -> str:
    heading = (
        f"{Path(source).name}: Gaussian, {sizes[0]} + {sizes[1]} + {sizes[2]} coordinates, exact, in {result.unit}s"
    )
    rows = [[_SYMBOLS[name], number(getattr(result, name))] for name in _SYMBOLS]
    lines = [heading, *aligned(rows), _spectrum(result.spectrum)]
    lines.append(f"MMI, for comparison: R {number(result.mmi.redundancy)}, U1 {number(result.mmi.unique1)}, U2 {number(result.mmi.unique2)}, S {number(result.mmi.synergy)}.")  # fmt: skip
    lines.append(
        f"Certificate: closed form; its dual agrees to {max(result.gap, 0.0):.1e} {result.unit}, rounding of the informations "
        f"about {result.accuracy:.1e}."
    )
    if result.limit:
        lines.append(result.limit)
    if sizes[2] == 1:
        lines.append("Scalar target: min(U1, U2) = 0 whatever the data.")
    return "\n".join(lines)


def _estimated(estimate: GaussianEstimate, source: str, notes: list[str]) -> str:
    d1, d2, dy = estimate.dims
    heading = (
        f"{Path(source).name}: Gaussian, {d1} + {d2} + {dy} coordinates, estimated from {estimate.n:,} rows, in bits"
    )
    rows = [["", "value", "plug-in", "low", "high"]]
    for name, symbol in _SYMBOLS.items():
        reach = estimate.intervals.get(name) or estimate.bracket.get(name)
        ends = [number(reach.low), number(reach.high)] if reach else ["", ""]
        rows.append([symbol, number(getattr(estimate.value, name)), number(getattr(estimate.plugin, name)), *ends])
    reach_words = (
        f"low, high: {estimate.settings.level:.0%} intervals"
        if estimate.intervals
        else "low, high: bracket without sampling error"
    )
    return "\n".join([heading, *aligned(rows, right=range(1, 5)), reach_words + ".", _spectrum(estimate.spectrum), *notes, *estimate.warnings])  # fmt: skip


def _spectrum(values: Iterable[float]) -> str:
    shown = [number(value) for value in values]
    more = f" and {len(shown) - 8} more" if len(shown) > 8 else ""
    return f"Spectrum (above 0: unique to modality 1): {', '.join(shown[:8])}{more}"
