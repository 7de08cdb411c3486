"""Where networks are computed. The device is noted in a result and is no part of its identity: a shared link works on a laptop."""

from __future__ import annotations

import importlib
import os

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
