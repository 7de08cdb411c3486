"""The numeric tests under the linear algebra of other processors.

OpenBLAS has kernels for families of processors and takes those of the processor it finds; they add in other orders and with or without
fused multiplications, so that every number differs in its last digits. What the tests marked `rounding` assert has to hold under each
of them: it is mathematics within a tolerance, not an accident of this machine. NumPy and SciPy bring an OpenBLAS each; OPENBLAS_CORETYPE
chooses for both. Zen shares Haswell's kernels in most builds, which is why it may report that name.
"""

from __future__ import annotations

import json
import os
import platform
import signal
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
KERNELS = {
    "Haswell": ("Haswell",),
    "Zen": ("Zen", "Haswell"),
    "SkylakeX": ("SkylakeX",),
    "Sandybridge": ("Sandybridge",),
}
# Sandybridge has no AVX2: there NumPy's and torch's own loops are told to do without, too
MORE = {"Sandybridge": {"NPY_DISABLE_CPU_FEATURES": "X86_V3", "ATEN_CPU_CAPABILITY": "default"}}
X86 = platform.machine().lower() in ("x86_64", "amd64", "x64")

pytestmark = pytest.mark.skipif(
    not X86,
    reason=f"these are kernels of x86-64 processors; this one is {platform.machine()}, whose own kernel the suite runs under",
)

# Says which kernels have worked, by name, before any test: one that the processor cannot execute ends here. Then what pytest is to run.
PROGRAM = """
import json, sys
import numpy as np, scipy.linalg, threadpoolctl
square = np.random.default_rng(0).normal(size=(120, 120))
for library in (np.linalg, scipy.linalg):
    library.svd(square @ square.T + np.eye(120))
    library.cholesky(square @ square.T + np.eye(120))
    library.solve(square, square)
print(json.dumps([p["architecture"] for p in threadpoolctl.threadpool_info() if p["internal_api"] == "openblas"]), flush=True)
if sys.argv[1:]:
    import pytest
    sys.exit(pytest.main(sys.argv[1:]))
"""


@dataclass(frozen=True)
class Answer:
    """What a process under one kernel said.

    Attributes:
        ran: the kernels that its OpenBLAS libraries used; empty where the first instruction that the processor lacks ended it.
        code: its exit code.
        text: all it wrote after the kernels.
    """

    ran: tuple[str, ...]
    code: int
    text: str


def run(kernel: str, *arguments: str) -> Answer:
    """The program above under one kernel, on one thread, with nothing of this test run around it."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "OPENBLAS_", "NPY_", "ATEN_"))}
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    found = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        env=kept | threads | {"OPENBLAS_CORETYPE": kernel} | MORE.get(kernel, {}),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    first, _, rest = found.stdout.partition("\n")
    ran = tuple(json.loads(first)) if first.startswith("[") else ()
    return Answer(ran, found.returncode, f"{rest}\n{found.stderr}".strip())


def marked() -> list[str]:
    """The files with tests marked `rounding`, wherever they lie; to import all others would take longer than the tests."""
    files = set((ROOT / "tests").rglob("test_*.py")) - {Path(__file__)}
    return [str(file) for file in sorted(files) if "mark.rounding" in file.read_text(encoding="utf-8")]


@cache
def probe(kernel: str) -> Answer:
    """Whether this processor executes a kernel."""
    return run(kernel)


@cache
def own() -> tuple[str, ...]:
    """The kernels that this process uses, and so the whole suite."""
    import scipy.linalg  # noqa: F401  its OpenBLAS is loaded with it
    import threadpoolctl

    return tuple(p["architecture"] for p in threadpoolctl.threadpool_info() if p["internal_api"] == "openblas")


def already(kernel: str) -> str:
    """Who runs the same kernels: the suite itself, or one before it in the list; empty for nobody."""
    ran = set(probe(kernel).ran)
    if kernel not in MORE and ran == set(own()):
        return "the suite itself"
    before = list(KERNELS)[: list(KERNELS).index(kernel)]
    return next((other for other in before if MORE.get(other) == MORE.get(kernel) and set(probe(other).ran) == ran), "")


def cannot_execute(answer: Answer) -> bool:
    """Whether the processor refused an instruction, which says that the kernel is not for it."""
    return not answer.ran and answer.code == -signal.SIGILL


@pytest.mark.parametrize("kernel", KERNELS)
def test_the_numbers_hold_under_the_kernel_of_another_processor(kernel):
    if cannot_execute(probe(kernel)):
        pytest.skip(f"this processor cannot execute OpenBLAS's kernel {kernel}")
    if twin := already(kernel):
        pytest.skip(
            f"asked for {kernel}, OpenBLAS takes {' and '.join(sorted(set(probe(kernel).ran)))}, under which {twin} runs"
        )
    answer = run(kernel, "-p", "no:cacheprovider", "-x", "-m", "rounding", *marked())
    asked = f"{kernel} was asked of NumPy's and SciPy's OpenBLAS; they ran {answer.ran or answer.text}"
    assert answer.ran and set(answer.ran) <= set(KERNELS[kernel]), asked
    if answer.code != 0:
        pytest.fail(f"under the kernel {kernel}:\n{answer.text[-6000:]}", pytrace=False)


def test_at_least_two_kernels_that_differ_can_be_run_here():
    answers = {kernel: probe(kernel) for kernel in KERNELS}
    different = {name for answer in answers.values() for name in answer.ran}
    assert len(different) >= 2, f"nothing was compared: {answers}"
