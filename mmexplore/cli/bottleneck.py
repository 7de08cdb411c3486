"""`bottleneck`: exact bottlenecks of a covariance, of canonical correlations, or of a table p(x, y), over beta."""

from __future__ import annotations

import argparse
import json
from typing import Any

import numpy as np

from mmexplore.cli.gaussian import covariance
from mmexplore.cli.show import aligned, number
from mmexplore.errors import BadSpec
from mmexplore.info.bottleneck import (
    blend_ib,
    canonical_correlations,
    decoder_ib,
    deterministic_ib,
    discrete_ib,
    gaussian_ib_of,
    symmetric_ib_of,
)
from mmexplore.info.bottleneck.decoders import WEIGHTS
from mmexplore.plaintext import shown
from mmexplore.units import per_bit

WORDS = "exact bottlenecks over beta: what compression keeps of a covariance, of correlations, or of a table"
_OF_RHO = ("gaussian", "symmetric")
_OF_TABLE = ("discrete", "deterministic")
_KINDS = (*_OF_RHO, *WEIGHTS, "blend", *_OF_TABLE)
_MOST = 10_000


def add_options(command: argparse.ArgumentParser) -> None:
    """Options that belong to this verb alone."""
    command.add_argument("--cov", metavar="FILE", help="covariance of x and y in this order: .npy or .csv")
    command.add_argument("--dims", metavar="D1,D2", help="how many of its rows belong to x and to y")
    command.add_argument("--rho", metavar="R1,R2,...", help="canonical correlations instead of a covariance")
    command.add_argument("--joint", metavar="FILE", help="a table p(x, y), a row for each x: .npy or .csv")
    command.add_argument("--kind", default="", metavar="K", help=f"{', '.join(_KINDS)}; default: by what is given")
    command.add_argument(
        "--betas", default="1:64:13", metavar="B", help="numbers with commas, or LOW:HIGH:HOW_MANY; large keeps more"
    )
    command.add_argument("--blend", type=float, metavar="A", help="of kind blend: 0 X's own, 1 what is shared")


def run(options: argparse.Namespace) -> int:
    """`bottleneck`."""
    given = [name for name in ("cov", "rho", "joint") if getattr(options, name) is not None]
    if len(given) != 1:
        raise BadSpec("one of the three is needed: --cov FILE --dims D1,D2, or --rho R1,R2,..., or --joint FILE")
    kind = options.kind or ("discrete" if given == ["joint"] else "gaussian")
    allowed = {"cov": _KINDS[: -len(_OF_TABLE)], "rho": _OF_RHO, "joint": _OF_TABLE}[given[0]]
    if kind not in allowed:
        raise BadSpec(f"--kind is {kind[:40]!r}; allowed with --{given[0]}: {', '.join(allowed)}")
    if (kind == "blend") != (options.blend is not None):
        raise BadSpec("--kind blend and --blend A belong together")
    result = _answer(options, given[0], kind, _betas(options.betas))
    unit = "nat" if options.nats else "bit"
    k = per_bit(unit)
    names = {"rate": "rate", "relevance": "relevance"} | ({"entropy": "H(T)"} if kind in _OF_TABLE else {})
    columns = {head: k * np.atleast_1d(getattr(result, name)) for name, head in names.items()}
    count_names = {"clusters": "clusters", "active": "open modes"}
    counts = {head: np.atleast_1d(getattr(result, name)) for name, head in count_names.items() if hasattr(result, name)}
    if options.json:
        answer = result.to_dict()
        answer.pop("encoder", None)
        print(json.dumps(answer | {"kind": kind, "unit": "bit"}, indent=2, allow_nan=False))
        return 0
    head = ["beta", *(f"{name} ({unit})" for name in columns), *counts]
    rows = [
        [f"{b:.4g}", *(number(v[i]) for v in columns.values()), *(str(int(c[i])) for c in counts.values())]
        for i, b in enumerate(np.atleast_1d(result.beta))
    ]
    print("\n".join([f"{kind} bottleneck; I(X;Y) = {number(k * result.information)} {unit}", *aligned([head, *rows], right=range(len(head)))]))  # fmt: skip
    print(_notes(result, kind))
    return 0


def _answer(options: argparse.Namespace, given: str, kind: str, betas: np.ndarray) -> Any:
    if given == "joint":
        table = covariance(options.joint)
        whole = table.size and (table == np.round(table)).all()
        return {"discrete": discrete_ib, "deterministic": deterministic_ib}[kind](
            table.astype(np.int64) if whole else table, betas
        )
    if given == "rho":
        rho: Any = _numbers("--rho", options.rho)
    else:
        d1, d2 = _dims(options.dims)
        cov = covariance(options.cov)
        if kind == "blend":
            return blend_ib(cov, d1, d2, betas, options.blend)
        if kind in WEIGHTS:
            return decoder_ib(cov, d1, d2, betas, kind)
        rho = canonical_correlations(cov, d1, d2).correlations
    return (gaussian_ib_of if kind == "gaussian" else symmetric_ib_of)(rho, betas)


def _notes(result: Any, kind: str) -> str:
    if kind == "symmetric":
        parts = [f"{a:.4g} to {b:.4g}" for a, b in zip(result.spinodal, result.transition, strict=True)]
        return f"Each pair opens by a jump: it can rest open from the first beta on and is better from the second on: {', '.join(parts)}."
    if kind == "deterministic":
        return "Certificate: no single move of a state and no merge of two clusters is better."
    if kind == "discrete":
        rest, gap = float(result.residual.max()), float(result.gap_nats.max())
        return f"Certificate: stationary to {rest:.0e}; Lagrangians within {gap:.0e} nat of the minimum, as far as probing saw."
    return f"Certificate: closed form. Modes open at beta {', '.join(f'{b:.4g}' for b in result.critical[:12])}."


def _betas(text: str) -> np.ndarray:
    if ":" not in text:
        return _numbers("--betas", text)
    try:
        low, high, many = text.split(":")
        ends, count = (float(low), float(high)), int(many)
    except ValueError:
        ends, count = (0.0, 0.0), 0
    if not (0 < ends[0] < ends[1] < float("inf") and 2 <= count <= _MOST):
        raise BadSpec(f"--betas is {text[:60]!r}; allowed: LOW:HIGH:HOW_MANY with 0 < LOW < HIGH and 2 to {_MOST:,}")
    return np.geomspace(*ends, count)


def _numbers(name: str, text: str) -> np.ndarray:
    try:
        return np.array([float(part) for part in text.split(",")])
    except ValueError:
        raise BadSpec(f"{name} is {text[:60]!r}; allowed: numbers with commas") from None


def _dims(text: str | None) -> tuple[int, int]:
    try:
        d1, d2 = (int(part) for part in (text or "").split(","))
    except ValueError:
        raise BadSpec(f"--dims is {shown(text)}; allowed: two whole numbers with commas, for instance 2,3") from None
    return d1, d2
