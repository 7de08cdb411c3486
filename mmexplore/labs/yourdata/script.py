"""A study as a Python script that makes its numbers again through the public API."""

from __future__ import annotations

from mmexplore.labs.yourdata.modalities import about_data
from mmexplore.labs.yourdata.study import Prepared, Study, dataset_of, prepare, roles_of
from mmexplore.tabular import Dataset
from mmexplore.tabular.safe import clean_name
from mmexplore.tabular.script import LOAD, loading_lines, reading_lines


def script(study: Study) -> str:
    """The script of a study of bundled or simulated rows.

    Raises:
        BadData: the rows are those of a file, or they cannot be decomposed.
    """
    dataset = dataset_of(study)
    if about_data(study, dataset, roles_of(study, dataset)):
        return data_script(study, dataset)
    return study_script(study, prepare(study, dataset))


def data_script(study: Study, dataset: Dataset) -> str:
    """Source text of a study of the data, by predictors; a file has the name it was dropped with and lies beside the script."""
    lines = [
        "import json",
        "",
        "import mmexplore as mm",
        "from mmexplore.labs.yourdata.modalities import modalities",
        *_opened(study, dataset),
        "rows = modalities(study, data)",
        "answer = mm.estimate_pid(",
        "    rows.x1,",
        "    rows.x2,",
        "    rows.y,",
        '    estimator="predictive",',
        "    target=rows.target,",
        "    groups=rows.sampling.groups,",
        "    time=rows.sampling.time,",
        "    weights=rows.sampling.weights,",
        f"    classes={study.bins_y},",
        f"    draws={study.draws},",
        f"    level={study.level!r},",
        f"    seed={study.seed},",
        ")",
        "print(json.dumps(answer.to_dict(), indent=2))",
    ]
    return "\n".join(lines) + "\n"


def pairs_script(study: Study, dataset: Dataset) -> str:
    """Source text that decomposes every pair of modalities of a study; a file has the name it was dropped with."""
    lines = [
        "import json",
        "",
        "from mmexplore.estimators.watching import Collector",
        "from mmexplore.labs.yourdata.pair_numbers import every_pair",
        "from mmexplore.labs.yourdata.pair_rows import grouped_rows",
        "from mmexplore.labs.yourdata.task import pairs_task_of",
        *_opened(study, dataset),
        "settings = pairs_task_of(study, data.sha256).settings()",
        'pairs = every_pair(grouped_rows(study, data), settings, Collector("cpu"))',
        "print(json.dumps(pairs.to_dict(), indent=2))",
    ]
    return "\n".join(lines) + "\n"


def _opened(study: Study, dataset: Dataset) -> list[str]:
    """The last imports of a script, and the lines that make ``study`` and ``data``."""
    imported = "from mmexplore.labs.yourdata.study import Study"
    if study.source != "file":
        return [f"{imported}, dataset_of", "", _study_line(study), "data = dataset_of(study)"]
    return [imported, LOAD, "", _study_line(study), *reading_lines(dataset, study.reading())]


def _study_line(study: Study) -> str:
    plain = Study()
    told = {
        p.name: getattr(study, p.name)
        for p in study.parameters()
        if p.name != "file" and getattr(study, p.name) != getattr(plain, p.name)
    }
    arguments = "".join(f"\n    {name}={value!r}," for name, value in told.items())
    return f"study = Study({arguments}\n)" if arguments else "study = Study()"


def study_script(study: Study, prepared: Prepared, measured: bool = False) -> str:
    """Source text; a file is named as it was dropped, and lies beside the script; `measured`: with the answer without bins."""
    from_file = study.source == "file"
    rows = prepared.codes is not None
    lines = ["import json", ""]
    lines.append("from mmexplore.estimators.tables.estimate import estimate" if rows else "import mmexplore as mm")
    lines.append(
        f"from mmexplore.labs.yourdata.study import Study, {'prepare' if from_file else 'dataset_of, prepare'}"
    )
    lines += [LOAD] if from_file else []
    lines += ["from mmexplore.labs.yourdata.without_bins import measured, without_bins", ""] if measured else [""]
    lines.append(_study_line(study))
    if from_file:
        lines += loading_lines(prepared.file or prepared.name, clean_name(study.file), study.reading())
    else:
        lines.append("data = dataset_of(study)")
    lines.append("prepared = prepare(study, data)")
    if rows:
        lines.append("found = estimate(*prepared.codes, study.settings(), sampling=prepared.sampling)")
    else:
        lines.append("found = mm.pid(prepared.table.p, study.measure)")
    lines.append("print(json.dumps(found.to_dict(), indent=2))")
    if measured:
        lines.append("print(json.dumps(without_bins(measured(study, data), study).to_dict(), indent=2))")
    return "\n".join(lines) + "\n"
