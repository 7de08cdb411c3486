"""Where networks are computed, and on how many threads.

The device is noted in a result and is no part of its identity: a shared link works on a laptop. Threads are one: how many of them a matrix
product is parted among changes its last digits, training makes those large, and the same spec is to give the same numbers.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator
from contextlib import contextmanager

import threadpoolctl

from mmexplore.errors import BadSpec, Unsupported


def choose_device(asked: str | None = None) -> str:
    """As asked, else ``MMEXPLORE_DEVICE``, else cuda where there is one, else cpu; imports torch unless the answer is cpu.

    Raises:
        BadSpec: neither cpu nor cuda.
        Unsupported: cuda, and this machine has none.
    """
    wanted = asked or os.environ.get("MMEXPLORE_DEVICE") or ""
    if wanted not in ("", "cpu", "cuda"):
        raise BadSpec(f"device is {wanted[:60]!r}; allowed: cpu, cuda")
    if wanted == "cpu":
        return "cpu"
    there = bool(importlib.import_module("torch").cuda.is_available())
    if wanted == "cuda" and not there:
        raise Unsupported("device is 'cuda', but no CUDA device is at hand; allowed here: cpu")
    return "cuda" if there else "cpu"


@contextmanager
def on_one_thread() -> Iterator[None]:
    """Linear algebra and networks on one thread, as many as before afterwards; imports torch."""
    torch = importlib.import_module("torch")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with threadpoolctl.threadpool_limits(limits=1):
            yield
    finally:
        torch.set_num_threads(before)
