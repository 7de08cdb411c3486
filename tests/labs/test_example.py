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
    listed = json.loads(call(elsewhere, "-m", "mmexplore", "lab", "--json"))
    assert "sensors" in {lab["name"] for lab in listed}
    told = json.loads(call(elsewhere, "-m", "mmexplore", "lab", "sensors", "error1=0", "error2=0", "--json"))
    values = {n["name"]: n["value"] for n in told["numbers"]}
    assert values["redundancy"] == pytest.approx(1.0, abs=1e-9) and values["synergy"] == pytest.approx(0.0, abs=1e-9)
    assert told["link"] == "/sensors?error1=0.0&error2=0.0"
    assert "sensors" in json.loads(call(elsewhere, "-m", "mmexplore", "runs", "kinds", "--json"))


def test_a_script_of_the_lab_prints_its_numbers(elsewhere):
    text = call(elsewhere, "-m", "mmexplore", "lab", "sensors", "error1=0", "error2=0", "--script")
    printed = call(elsewhere, "-c", text)
    assert "redundancy" in printed and "1.0" in printed


def test_what_is_wrong_is_a_sentence(elsewhere):
    for words in (("nothing",), ("sensors", "error1=9"), ("sensors", "error9=1"), ("sensors", "error1"), ("home",)):
        done = subprocess.run(
            [sys.executable, "-m", "mmexplore", "lab", *words], capture_output=True, text=True, cwd=ROOT, env=elsewhere
        )
        assert done.returncode == 2 and done.stderr.startswith("mmexplore: ") and len(done.stderr.splitlines()) == 1
