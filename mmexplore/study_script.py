"""A study as a Python script that makes its numbers again through the public API."""

from __future__ import annotations

from mmexplore.study import Prepared, Study


def study_script(study: Study, prepared: Prepared) -> str:
    """Source text; a file is named as ``data.csv``, to be replaced by where it lies."""
    from_file = study.source == "file"
    rows = prepared.codes is not None
    lines = ["import json", ""]
    lines.append("from mmexplore.estimators.estimate import estimate" if rows else "import mmexplore as mm")
    lines.append(f"from mmexplore.study import Study, {'prepare' if from_file else 'dataset_of, prepare'}")
    lines += ["from mmexplore.tabular import load", ""] if from_file else [""]
    plain = Study()
    told = {
        p.name: getattr(study, p.name)
        for p in study.parameters()
        if p.name != "file" and getattr(study, p.name) != getattr(plain, p.name)
    }
    arguments = "".join(f"\n    {name}={value!r}," for name, value in told.items())
    lines.append(f"study = Study({arguments}\n)" if arguments else "study = Study()")
    if from_file:
        lines += [f"# SHA-256 of the file: {study.file}", 'prepared = prepare(study, load("data.csv"))']
    else:
        lines.append("prepared = prepare(study, dataset_of(study))")
    if rows:
        lines.append("found = estimate(*prepared.codes, study.settings())")
    else:
        lines.append("found = mm.pid(prepared.table.p, study.measure)")
    lines.append("print(json.dumps(found.to_dict(), indent=2))")
    return "\n".join(lines) + "\n"
