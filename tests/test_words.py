"""The field's standard terms: phrases that pages, reports and the command line do not say."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "mmexplore"
# phrase -> what is said instead
FORBIDDEN = {
    r"\bat rest\b": "converged",
    r"told back": "reconstruction, or what a probe reads",
    r"crooked": "nonlinear",
    r"[Tt]ake it with you": "export",
    r"computed beforehand": "precomputed",
    r"(intervals?|they) that hold the truth": "coverage",
    r"exclusive or\b": "XOR",
    r"what there is to keep": "relevant information",
    r"in (the )?company of": "synergy",
    r"\b\w+ and \d+ more\b": "x1 (16 columns)",
}


def strings(path: Path) -> list[tuple[int, str]]:
    """Texts of a file with their lines: those of Python without docstrings, all lines of JavaScript but comments."""
    text = path.read_text("utf-8")
    if path.suffix == ".js":
        return [(k, line) for k, line in enumerate(text.splitlines(), 1) if not line.lstrip().startswith("//")]
    tree = ast.parse(text)
    documented = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented
    ]


FILES = sorted(
    p for p in (*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.js")) if "viewer" not in p.parts or p.name == "viewer.js"
)


@pytest.mark.parametrize("phrase", FORBIDDEN)
def test_no_page_says_it(phrase):
    said = [
        f"{path.relative_to(PACKAGE)}:{line}: {text.strip()[:80]!r}; say {FORBIDDEN[phrase]}"
        for path in FILES
        for line, text in strings(path)
        if re.search(phrase, text)
    ]
    assert not said, "\n".join(said)


def test_the_lint_sees_what_is_said_and_what_is_not(tmp_path):
    (tmp_path / "a.py").write_text('"""At rest it is at rest."""\nx = f"{1} is at rest"\n')
    (tmp_path / "b.js").write_text("// at rest\nsay('at rest')\n")
    hits = [line for name in ("a.py", "b.js") for line, text in strings(tmp_path / name) if "at rest" in text]
    assert hits == [2, 2]
