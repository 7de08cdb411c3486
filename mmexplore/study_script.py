"""A study as a Python script that makes its numbers again through the public API."""

from __future__ import annotations

from mmexplore.study import Prepared, Study


def study_script(study: Study, prepared: Prepared) -> str:
    """Source text; a file is named as ``data.csv``, to be replaced by where it lies."""
    lines = ["import json", "", "import mmexplore as mm", ""]
    if study.source == "file":
        lines += [f"# SHA-256 of the file: {study.file}", 'data = mm.load("data.csv")']
    plain = Study(source=study.source)
    told = {
        p.name: getattr(study, p.name)
        for p in study.parameters()
        if p.name != "file" and getattr(study, p.name) != getattr(plain, p.name)
    }
    arguments = "".join(f"\n    {name}={value!r}," for name, value in told.items())
    lines += [
        f"study = mm.Study({arguments}\n)" if arguments else "study = mm.Study()",
        f"prepared = mm.prepare(study{', data' if study.source == 'file' else ''})",
        "found = mm.estimate(*prepared.codes, study.settings())"
        if prepared.codes is not None
        else "found = mm.pid(prepared.table.p, study.measure)",
        "print(json.dumps(found.to_dict(), indent=2))",
    ]
    return "\n".join(lines) + "\n"
