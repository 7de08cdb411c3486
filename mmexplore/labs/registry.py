"""Which labs there are, how their pages are drawn, and which of them shows a run."""

from __future__ import annotations

import importlib
import importlib.util
from types import ModuleType
from typing import Any

from mmexplore.lab import Lab
from mmexplore.registry import Registry
from mmexplore.runs.task import Task
from mmexplore.spec import Spec

PACKAGE = "mmexplore.labs"

LABS: Registry[Lab] = Registry("lab", PACKAGE)


def declare(lab: Lab) -> Lab:
    """Register a lab; called once in the `__init__` of its folder."""
    return LABS.add(lab.name, lab)


def in_order() -> list[Lab]:
    """Every lab, as the navigation shows them from left to right."""
    return sorted((lab for _, lab in LABS.items()), key=lambda lab: (lab.order, lab.name))


def page_of(lab: Lab) -> ModuleType | None:
    """The lab's own page, or None where the kit draws it."""
    name = f"{PACKAGE}.{lab.name}.page"
    return importlib.import_module(name) if importlib.util.find_spec(name) else None


def show(name: str) -> None:
    """Draw the page of a lab; what the scripts in `pages/` do."""
    lab_page = importlib.import_module("mmexplore.ui.lab_page")  # with Streamlit, so not before it is wanted
    lab = LABS[name]
    lab_page.draw(lab, page_of(lab))


def pages() -> list[Any]:
    """The page of every lab, in order; the first is the one that the bare address shows."""
    page_for = importlib.import_module("mmexplore.ui.navigation").page_for
    return [page_for(lab, show, default=k == 0) for k, lab in enumerate(in_order())]


def page_for(lab: Lab) -> Any:
    """The page of one lab, for links to it."""
    return pages()[in_order().index(lab)]


def place_of(task: Task) -> tuple[Lab, Spec] | None:
    """The lab and the view that asks for the same run, or None where no page shows this task."""
    for lab in in_order():
        if isinstance(task, lab.tasks):
            view = lab.view_of(task)
            if view is not None:
                return lab, view
    return None
