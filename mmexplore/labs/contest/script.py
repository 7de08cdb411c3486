"""A scene of the page Compare as a Python script that reproduces its numbers through the public API."""

from __future__ import annotations

from mmexplore.labs.contest.contest import Plan
from mmexplore.labs.contest.scene import CompareScene

_REFUSED = (
    "            except mm.MmexploreError as error:",
    "                print(f'# {name} at {value}: {error}')",
    "                continue",
    "            seconds = time.perf_counter() - start",
)


def script(scene: CompareScene) -> str:
    """Source text of a script that prints one line of CSV for every estimate, the truth beside it."""
    plan = scene.plan()
    settings = {name: scene.settings_of(name).differing() for name in scene.chosen()}
    kind = plan.base.parameter(plan.over).type
    ats = [kind(v) for v in plan.ats]
    lines = [
        f'"""{scene.title()}: estimates beside the truth, in bits."""',
        "",
        "import time",
        "",
        "import numpy as np",
        "",
        "import mmexplore as mm",
        "",
        "estimators = {  # name: settings that are not the defaults",
        *(f"    {name!r}: {values!r}," for name, values in settings.items()),
        "}",
        "print('estimator,value,sample,quantity,estimate,truth,seconds')",
        f"for value in {ats!r}:  # {plan.base.parameter(plan.over).label.lower()}",
        f"    for sample in range({plan.seeds}):",
        f"        made = mm.make({plan.base.text()!r}, {plan.over}=value, seed={plan.base.seed} + sample)"
        if plan.over != "seed"
        else f"        made = mm.make({plan.base.text()!r}, seed=value + sample)",
        "        x1, x2, y = made",
    ]
    number = plan.base.target == "label" and plan.labels == "number"
    if number:
        lines.append("        y = y.astype(float)[:, None]  # the label handed over as a number")
    lines += [
        "        for name, settings in estimators.items():",
        "            start = time.perf_counter()",
        "            try:",
    ]
    lines += _estimate(plan)
    text = "\n".join(lines) + "\n"
    return text if "np." in text else text.replace("import numpy as np\n\n", "")


def _estimate(plan: Plan) -> list[str]:
    """The lines that estimate and print, inside the loops."""
    if plan.question == "pid":
        return [
            f"                found = mm.estimate_pid(x1, x2, y, name, target={plan.target!r}, **settings).value",
            *_REFUSED,
            f"            for quantity in {plan.quantities()!r}:",
            "                truth = getattr(made.truth, quantity)",
            "                print(name, value, sample, quantity, float(getattr(found, quantity)), truth, round(seconds, 3), sep=',')",
        ]
    x = "x1" if plan.base.kind == "mi" or plan.pair == "1" else "x2"
    x = "np.concatenate([x1, x2], axis=1)" if plan.pair == "12" and plan.base.kind != "mi" else x
    y_kind = "label" if plan.target == "label" else "number"
    true = "i1" if plan.base.kind == "mi" else f"i{plan.pair}"
    return [
        f"                found = mm.mutual_information({x}, y, name, x_kind='number', y_kind={y_kind!r}, **settings)",
        *_REFUSED,
        f"            print(name, value, sample, 'mi', found.mi, made.truth.{true}, round(seconds, 3), sep=',')",
    ]
