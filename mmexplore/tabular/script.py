"""Lines of a Python script that read a visitor's own file as a page reads it: under the name it was given, lying beside the script."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mmexplore.tabular.dataset import Dataset
from mmexplore.tabular.two_views import FileColumns, OwnColumns

LOAD = "from mmexplore.tabular import load"


def reading_lines(dataset: Dataset, asked: Mapping[str, Any], into: str = "data") -> list[str]:
    """A comment with the file's hash, and the line that reads it; wants the import `LOAD`.

    Args:
        dataset: of the file.
        asked: how it is read, as `mmexplore.tabular.load` takes it.
        into: the name of the variable.
    """
    return loading_lines(dataset.file or dataset.name, dataset.sha256, asked, into)


def loading_lines(file: str, sha256: str, asked: Mapping[str, Any], into: str = "data") -> list[str]:
    """`reading_lines` of a file by its name."""
    arguments = ", ".join([repr(file), *(f"{name}={value!r}" for name, value in asked.items())])
    return [f"# SHA-256 of the file: {sha256}", f"{into} = load({arguments})"]


def two_views_lines(chosen: OwnColumns, dataset: Dataset, make: str) -> list[str]:
    """Lines that make ``arrays`` of the chosen columns; want the imports `LOAD` and `FileColumns`.

    Args:
        chosen: the columns of the two views and the label.
        dataset: of the file.
        make: the call that parts the file, with ``{}`` for its arguments.
    """
    asked = {name: value for name in ("na", "not_na") if (value := getattr(chosen, name, ""))}
    columns = {name: value for name in ("x1", "x2", "y") if (value := getattr(chosen, name))}
    text = ", ".join(f"{name}={value!r}" for name, value in columns.items())
    return [
        *reading_lines(dataset, {"read_as": "rows", **asked}, "rows"),
        f"arrays = {make.format(f'{FileColumns.__name__}({text}), rows')}",
    ]
