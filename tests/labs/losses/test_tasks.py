"""The lab's tasks and objectives as declarations: text, checks, no torch."""

import subprocess
import sys
from pathlib import Path

import pytest

from mmexplore.errors import BadSpec
from mmexplore.labs.losses.bounds_task import Bounds
from mmexplore.labs.losses.objectives import ATOMS_KEPT, BASELINES, OBJECTIVES, READOUTS, objectives, write
from mmexplore.labs.losses.table_task import Kept
from mmexplore.labs.losses.task import FactorCl, FactorClSweep
from mmexplore.runs.task import TASKS, task_from_dict


@pytest.mark.parametrize("name", OBJECTIVES.names())
def test_an_objective_says_all_a_page_needs(name):
    declared = OBJECTIVES[name]
    assert declared.name == name
    for text in (declared.title, declared.family, declared.sentence, declared.formula, declared.why, declared.program):
        assert text
    assert len(declared.keeps) == len(ATOMS_KEPT)
    assert set(declared.keeps) <= {"kept", "lost", "ingredients", "depends"}
    assert declared.reference or name in BASELINES
    assert declared.terms or name in BASELINES
    assert objectives(declared().text()) == (declared(),)
    assert set(declared().readouts()) <= set(READOUTS)


def test_text_is_read_back_with_values():
    chosen = objectives("clip, factorcl-ssl?club=0.5&bug=1 ,dvsib?gamma=0.0")
    assert [o.name for o in chosen] == ["clip", "factorcl-ssl", "dvsib"]
    assert chosen[1].bug
    assert chosen[1].heading() == "FactorCL-SSL (club weight 0.5, as in the public code)"
    assert objectives(write(chosen)) == chosen


@pytest.mark.parametrize(
    "text",
    [
        "",
        ",",
        "clipp",
        "clip,clip",
        "clip?temperature=9",
        "clip?warmth=1",
        "clip?temperature=x",
        "clip?temperature=0.1&temperature=0.2",
        "clip?temperature",
    ],
)
def test_bad_text_is_told(text):
    with pytest.raises(BadSpec):
        objectives(text)


@pytest.mark.parametrize(
    "make",
    [
        lambda: FactorCl(methods="raw"),
        lambda: FactorCl(data="factors?rows=1"),
        lambda: FactorCl(seeds=11),
        lambda: FactorClSweep(methods="untrained"),
        lambda: Kept(methods="nothing"),
        lambda: Bounds(truths_nats="2,-1"),
        lambda: Bounds(truths_nats="two"),
    ],
)
def test_bad_tasks_are_told(make):
    with pytest.raises(BadSpec):
        make()


def test_tasks_come_back_from_their_words():
    for kind in ("factorcl", "factorcl-sweep", "kept", "kept-sweep", "bounds"):
        declared = TASKS[kind]()
        assert task_from_dict(declared.to_dict()) == declared
        assert declared.title()


def test_the_sweep_goes_from_all_shared_to_all_unique():
    spec = FactorClSweep(ratios=3, side="first")
    shares = [spec.views(r).shares() for r in spec.unique_ratios()]
    assert [tuple(s) for s in shares] == [(1, 0, 0, 0), (0.5, 0.5, 0, 0), (0, 1, 0, 0)]
    assert tuple(FactorClSweep(ratios=2).views(1.0).shares()) == (0, 0.5, 0.5, 0)


def test_declarations_need_no_torch():
    code = "import sys, mmexplore.runs.task as t; [t.TASKS[k]().title() for k in t.TASKS.names() if k in ('factorcl', 'kept', 'bounds')]; "
    code += "from mmexplore.datasets.views import two_views; two_views('factors').truth(); print('torch' in sys.modules, 'sklearn' in sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3]
    )
    assert run.stdout.split() == ["False", "False"]
