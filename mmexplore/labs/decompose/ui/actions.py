"""The page's own action: take the what-ifs away."""

from __future__ import annotations

from mmexplore.datasets import WhatIf
from mmexplore.labs.decompose.ui import STATE
from mmexplore.ui.icon_button import icon_button


def own_actions() -> None:
    """A button beside undo, redo and reset."""
    what = "Noise, bias and correlation back to none; the table stays."
    changed = bool(STATE.view.changes())
    icon_button(STATE, "clear", "No what-ifs", "filter_alt_off", _clear, what, enabled=changed)


def _clear() -> None:
    STATE.jump(**{p.name: p.default for p in WhatIf.parameters() if not STATE.locks(p.name)})
