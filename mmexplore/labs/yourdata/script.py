"""A study as a Python script that makes its numbers again through the public API."""

from __future__ import annotations

from mmexplore.labs.yourdata.study import Prepared, Study, dataset_of, prepare


def script(study: Study) -> str:
    """The script of a study of bundled or simulated rows.

    Raises:
        BadData: the rows are those of a file, or they cannot be decomposed.
    """
    return study_script(study, prepare(study, dataset_of(study)))


def study_script(study: Study, prepared: Prepared, measured: bool = False) -> str:
    """Source text; a file is named as ``data.csv``, to be replaced by where it lies; `measured`: with the answer without bins."""
    from_file = study.source == "file"
    rows = prepared.codes is not None
    lines = ["import json", ""]
    lines.append("from mmexplore.estimators.tables.estimate import estimate" if rows else "import mmexplore as mm")
    lines.append(
        f"from mmexplore.labs.yourdata.study import Study, {'prepare' if from_file else 'dataset_of, prepare'}"
    )
    lines += ["from mmexplore.tabular import load"] if from_file else []
    lines += ["from mmexplore.labs.yourdata.without_bins import measured, without_bins", ""] if measured else [""]
    plain = Study()
    told = {
        p.name: getattr(study, p.name)
        for p in study.parameters()
        if p.name != "file" and getattr(study, p.name) != getattr(plain, p.name)
    }
    arguments = "".join(f"\n    {name}={value!r}," for name, value in told.items())
    lines.append(f"study = Study({arguments}\n)" if arguments else "study = Study()")
    data = 'load("data.csv")' if from_file else "dataset_of(study)"
    if measured:
        lines.append(f"data = {data}")
        data = "data"
    if from_file:
        lines.append(f"# SHA-256 of the file: {study.file}")
    lines.append(f"prepared = prepare(study, {data})")
    if rows:
        lines.append("found = estimate(*prepared.codes, study.settings())")
    else:
        lines.append("found = mm.pid(prepared.table.p, study.measure)")
    lines.append("print(json.dumps(found.to_dict(), indent=2))")
    if measured:
        lines.append("print(json.dumps(without_bins(measured(study, data), study).to_dict(), indent=2))")
    return "\n".join(lines) + "\n"
