"""What the command lines of all benchmarks share: `--device`, and a line on the machine above the results.

    options = parse(parser(__doc__))

With ``--device cuda`` networks and tensors are on a GPU; what uses no torch takes the option and does what it always does.
"""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Sequence

import numpy as np

from benchmarks.timing import in_one_thread
from mmexplore.devices import choose_device
from mmexplore.errors import MmexploreError


def parser(description: str | None, prog: str | None = None) -> argparse.ArgumentParser:
    """A parser with `--device`, to which a benchmark adds its own options."""
    made = argparse.ArgumentParser(
        prog=prog, description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument(
        "--device", choices=("cpu", "cuda"), default="cpu", help="where tensors and networks are (default: cpu)"
    )
    return made


def parse(
    made: argparse.ArgumentParser, argv: Sequence[str] | None = None, *, one_thread: bool = True
) -> argparse.Namespace:
    """The options, once the device is known to be there and told to every process started from here; prints the machine.

    Args:
        made: of `parser`.
        argv: the words of the command line; default: those of this process.
        one_thread: start this process anew with one thread, as `benchmarks.timing.in_one_thread` does.
    """
    options = made.parse_args(argv)
    try:
        os.environ["MMEXPLORE_DEVICE"] = choose_device(options.device)
    except MmexploreError as error:
        made.error(str(error))
    if one_thread:
        in_one_thread()
    print(f"{machine(options.device)}\n", flush=True)
    return options


def machine(device: str) -> str:
    """Processor, versions, device and load, in a line."""
    name = device
    if device == "cuda":
        import torch

        name = f"cuda ({torch.cuda.get_device_name()}, torch {torch.__version__})"
    load = f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores before the run"
    return f"{platform.machine()}, Python {platform.python_version()}, NumPy {np.__version__}, device {name}, {load}"
