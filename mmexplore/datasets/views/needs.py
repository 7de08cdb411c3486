"""What a method needs of two views, and the sentence that says why a data set does not fit."""

from __future__ import annotations

from dataclasses import dataclass

from mmexplore.datasets.views.base import VIEWS, Facts, Form, View, views
from mmexplore.errors import MmexploreError


@dataclass(frozen=True)
class Needs:
    """What a lab asks of its data; the defaults ask for nothing.

    Attributes:
        label: whether it must have a label of at least two classes.
        forms: the forms of a view that the lab can read.
        continuous: whether both views must be continuous.
        fewest_samples, most_samples: training and held-out samples together; 0 is no limit.
        fewest_columns, most_columns: numbers that make one sample of a view; 0 is no limit.
        most_classes: of the label; 0 is no limit.
    """

    label: bool = False
    forms: tuple[Form, ...] = ("columns", "image", "series", "text")
    continuous: bool = False
    fewest_samples: int = 0
    most_samples: int = 0
    fewest_columns: int = 1
    most_columns: int = 0
    most_classes: int = 0


def why_not(declaration: View, needs: Needs) -> str | None:
    """Why a data set does not fit, in a sentence; None where it fits.

    Args:
        declaration: the data set with its values; nothing is drawn.
        needs: what the lab asks for.
    """
    try:
        facts = declaration.facts()
    except MmexploreError as error:
        return str(error)
    return _label_fault(facts, needs) or _form_fault(facts, needs) or _size_fault(facts, needs)


def offered(needs: Needs) -> tuple[tuple[str, ...], dict[str, str]]:
    """Names of the listed data sets that fit with their default values, and of the others the reason why they do not."""
    reasons = {name: why_not(VIEWS[name](), needs) for name in views()}
    fitting = tuple(name for name, reason in reasons.items() if reason is None)
    return fitting, {name: reason for name, reason in reasons.items() if reason is not None}


def _label_fault(facts: Facts, needs: Needs) -> str | None:
    if needs.label and facts.classes < 2:
        has = "a number as its target, and no label" if facts.numeric_target else "no label"
        return f"it has {has}; needed: a label of at least 2 classes"
    if needs.most_classes and facts.classes > needs.most_classes:
        return f"its label has {facts.classes} classes; allowed: at most {needs.most_classes}"
    return None


def _form_fault(facts: Facts, needs: Needs) -> str | None:
    for number, form in ((1, facts.form1), (2, facts.form2)):
        if form not in needs.forms:
            return f"view {number} is of the form {form}; allowed: {', '.join(needs.forms)}"
    if needs.continuous and not facts.continuous:
        return "its views are not continuous; needed: views of measured numbers, not of a few levels"
    return None


def _size_fault(facts: Facts, needs: Needs) -> str | None:
    if facts.samples < needs.fewest_samples:
        return f"it has {facts.samples:,} samples; needed: at least {needs.fewest_samples:,}"
    if needs.most_samples and facts.samples > needs.most_samples:
        return f"it has {facts.samples:,} samples; allowed: at most {needs.most_samples:,}"
    for number, columns in ((1, facts.columns1), (2, facts.columns2)):
        if columns < needs.fewest_columns:
            return f"view {number} has {columns:,} columns; needed: at least {needs.fewest_columns:,}"
        if needs.most_columns and columns > needs.most_columns:
            return f"a sample of view {number} is {columns:,} numbers; allowed: at most {needs.most_columns:,}"
    return None
