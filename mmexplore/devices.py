"""Where networks are computed, and on how many threads.

The device is noted in a result and is no part of its identity: a shared link works on a laptop. Threads are one: how many of them a matrix
product is parted among changes its last digits, training makes those large, and the same spec is to give the same numbers. A GPU is told
to add in a fixed order: its numbers differ from a CPU's, not from its own.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

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


def on_host(data: Any) -> Any:
    """A torch tensor as a NumPy array, wherever it lives; everything else as it is."""
    return data.detach().cpu().numpy() if hasattr(data, "detach") else data


@contextmanager
def on_one_thread() -> Iterator[None]:
    """Linear algebra and networks on one thread, as many as before afterwards; does not import torch for those who have not."""
    torch = sys.modules.get("torch")
    before = torch.get_num_threads() if torch is not None else 1
    try:
        if torch is not None:
            torch.set_num_threads(1)
        with threadpoolctl.threadpool_limits(limits=1):
            yield
    finally:
        if torch is not None:
            torch.set_num_threads(before)


@contextmanager
def repeatable(device: str) -> Iterator[None]:
    """The same spec gives the same numbers on one machine: one thread, and on a GPU fixed orders of adding and whole float32 products.

    Where torch has no such algorithm for an operation on a GPU it says so in a warning.
    """
    with on_one_thread():
        if device != "cuda":
            yield
            return
        torch = importlib.import_module("torch")
        os.environ.setdefault(
            "CUBLAS_WORKSPACE_CONFIG", ":4096:8"
        )  # cuBLAS reads it when it starts, and varies without
        before = torch.get_deterministic_debug_mode()
        torch.set_deterministic_debug_mode("warn")
        try:
            with torch.backends.cudnn.flags(enabled=True, benchmark=False, deterministic=True, allow_tf32=False):
                yield
        finally:
            torch.set_deterministic_debug_mode(before)
