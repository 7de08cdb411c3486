"""The proof of the house: a lab is five files in one folder, and no other file is touched."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = Path(__file__).parent / "example" / "sensors"


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory) -> dict[str, str]:
    """The environment of a process that finds the example in a folder of its own."""
    folder = tmp_path_factory.mktemp("labs")
    shutil.copytree(EXAMPLE, folder / "sensors", ignore=shutil.ignore_patterns("__pycache__"))
    assert len(list((folder / "sensors").iterdir())) == 5
    own = {"MMEXPLORE_LABS": str(folder), "MMEXPLORE_RUNS": str(tmp_path_factory.mktemp("runs"))}
    return {**os.environ, **own, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}


# a process in which many commands are given: its labs are imported once
COMMANDS = """
import contextlib, io, json, sys
from mmexplore.cli import main
answers = []
for words in json.loads(sys.argv[1]):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(words)
    answers.append((status, out.getvalue(), err.getvalue()))
print(json.dumps(answers))
"""


def commands(env: dict[str, str], *lines: str) -> list[tuple[int, str, str]]:
    """Exit status, answer and errors of each ``mmexplore LINE``."""
    answers = json.loads(call(env, "-c", COMMANDS, json.dumps([line.split() for line in lines])))
    return [(status, out, err) for status, out, err in answers]


def call(env: dict[str, str], *words: str) -> str:
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, cwd=ROOT, env=env, timeout=300)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def test_it_turns_up_on_its_page_on_home_among_runs_and_can_be_run(elsewhere):
    walked = call(elsewhere, "tests/labs/example/walk.py")
    assert [json.loads(line)["walked"] for line in walked.splitlines() if line.startswith("{")] == [
        "page",
        "home",
        "run",
    ]


def test_it_keeps_the_contract_of_all_labs(elsewhere):
    passed = call(
        elsewhere, "-m", "pytest", "-p", "no:cacheprovider", "tests/labs/test_contract.py", "-k", "sensors or own"
    )
    assert "passed" in passed and "sensors" not in passed


def test_the_command_line_knows_it(elsewhere):
    view = "lab sensors error1=0 error2=0"
    answers = commands(elsewhere, "lab --json", f"{view} --json", "runs kinds --json", f"{view} --script")
    assert [status for status, _, _ in answers] == [0, 0, 0, 0]
    listed, said, kinds, text = (out for _, out, _ in answers)
    assert "sensors" in {lab["name"] for lab in json.loads(listed)}
    values = {n["name"]: n["value"] for n in json.loads(said)["numbers"]}
    assert values["redundancy"] == pytest.approx(1.0, abs=1e-9) and values["synergy"] == pytest.approx(0.0, abs=1e-9)
    assert json.loads(said)["link"] == "/sensors?error1=0.0&error2=0.0"
    assert "sensors" in json.loads(kinds)
    printed = call(elsewhere, "-c", text)  # a script of the lab prints its numbers
    assert "redundancy" in printed and "1.0" in printed


def test_what_is_wrong_is_a_sentence(elsewhere):
    wrong = ("nothing", "sensors error1=9", "sensors error9=1", "sensors error1", "home")
    for status, _, errors in commands(elsewhere, *(f"lab {words}" for words in wrong)):
        assert status == 2 and errors.startswith("mmexplore: ") and len(errors.splitlines()) == 1
