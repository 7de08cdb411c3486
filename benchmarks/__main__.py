"""Benchmarks one after the other, each in a process of its own; without a name the solver beside its peers.

python -m benchmarks [NAME ... | all] [--device cuda]     further options, written --rounds=5, go to a single benchmark
"""

from __future__ import annotations

import subprocess
import sys

from benchmarks.options import parser

NAMES = (
    "bottleneck",
    "broja",
    "dependent",
    "independent",
    "dial",
    "differences",
    "estimators",
    "factorcl",
    "figures",
    "gaussian",
    "information",
    "knob",
    "load",
    "moves",
    "pids",
    "predictive",
    "repeated",
    "runs",
    "soak",
)


def main() -> int:
    """Run what was named; 1 if one of them failed."""
    made = parser(__doc__, prog="python -m benchmarks")
    made.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}, or all; default: broja")
    options, rest = made.parse_known_args()
    names = NAMES if options.names == ["all"] else tuple(options.names) or ("broja",)
    for name in names:
        if name not in NAMES:
            made.error(f"{name!r} is no benchmark; allowed: {', '.join(NAMES)}, all")
    if rest and len(names) > 1:
        made.error(f"{' '.join(rest)}: options of its own go to one benchmark at a time")
    failed = []
    for name in names:
        if len(names) > 1:
            print(f"\n## {name}\n", flush=True)
        command = [sys.executable, "-m", f"benchmarks.{name}", "--device", options.device, *rest]
        if subprocess.run(command).returncode:
            failed.append(name)
    if failed and len(names) > 1:
        print(f"\nFailed: {', '.join(failed)}", file=sys.stderr)
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
