"""Every parameter of every spec against values that no sound hand writes: a sentence each time, and never another error."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator

import pytest

from mmexplore.cli import main
from mmexplore.datasets.generators.declaration import REGISTRY as GENERATORS
from mmexplore.datasets.views.base import VIEWS
from mmexplore.errors import BadSpec
from mmexplore.estimators.mi.declaration import REGISTRY as MI
from mmexplore.estimators.pids.declaration import REGISTRY as PIDS
from mmexplore.labs import LABS
from mmexplore.labs.knob.methods.declaration import REGISTRY as METHODS
from mmexplore.labs.losses.objectives.declaration import OBJECTIVES
from mmexplore.runs.task import TASKS, task_from_dict
from mmexplore.spec import Parameter, Spec

LONGEST = 1500  # characters of a sentence: the longest list of choices, and some
TEXTS = ("nan", "-nan", "inf", "-inf", "1e999", "-1e999", "", "9" * 400, "9" * 5000, "x" * 100_000, "\ud800", "[[[[")
DEEP = "[" * 900 + "]" * 900
JSON = (
    "NaN",
    "Infinity",
    "-Infinity",
    "1e999",
    '""',
    "9" * 400,
    f'"{"x" * 100_000}"',
    "null",
    "[]",
    "{}",
    DEEP,
    '"\\ud800"',
)


def below(of: type[Spec]) -> Iterator[type[Spec]]:
    for cls in of.__subclasses__():
        yield cls
        yield from below(cls)


def every_spec() -> list[type[Spec]]:
    for registry in (GENERATORS, VIEWS, MI, PIDS, METHODS, OBJECTIVES, TASKS, LABS):
        assert registry.names()  # imports all that declare specs
    found = {cls for cls in below(Spec) if cls.__module__.startswith("mmexplore.") and cls.parameters()}
    return sorted(found, key=lambda cls: (cls.__module__, cls.__qualname__))


SPECS = every_spec()


def may_be(parameter: Parameter, value: object) -> bool:
    """Whether the declaration itself allows the value."""
    return (
        parameter.type is str
        and isinstance(value, str)
        and (parameter.choices is None or value in parameter.choices)
        and len(value) <= parameter.max_length
        and "\ud800" not in value
    )


def refused(parameter: Parameter, read, value: object) -> str:
    with pytest.raises(BadSpec) as caught:
        read(value)
    sentence = str(caught.value)
    assert sentence.startswith(parameter.name) and len(sentence) <= LONGEST
    assert "allowed:" in sentence
    sentence.encode()
    return sentence


def test_the_contract_reaches_everything_that_is_declared():
    names = {cls.__qualname__ for cls in SPECS}
    for registry in (TASKS, VIEWS, GENERATORS, OBJECTIVES):
        assert {cls.__qualname__ for _, cls in registry.items() if cls.parameters()} <= names
    assert {lab.scene.__qualname__ for _, lab in LABS.items() if lab.scene is not None} <= names
    assert sum(len(cls.parameters()) for cls in SPECS) > 500


@pytest.mark.parametrize("cls", SPECS, ids=lambda cls: f"{cls.__module__}.{cls.__qualname__}")
def test_every_parameter_refuses_in_a_sentence(cls):
    for parameter in cls.parameters():
        for text in TEXTS:
            if not may_be(parameter, text):
                refused(parameter, parameter.parse, text)
        for value in (math.nan, math.inf, -math.inf, 10**400, 10**5000, None, [], {}, b"x", 1j, json.loads(DEEP)):
            refused(parameter, parameter.check, value)


@pytest.mark.parametrize("name", [name for name, lab in LABS.items() if lab.scene is not None])
def test_every_value_of_a_link_is_refused_in_a_sentence_and_the_page_keeps_its_default(name):
    scene = LABS[name].scene
    parts = {part.prefix for part in scene.parts()}
    for path in (path for path in scene().paths() if "." not in path or path.partition(".")[0] in parts):
        for text in TEXTS:
            view, problems = scene.from_query({path: text})
            allowed = may_be(scene().at(path), text)
            assert allowed or problems, (path, text[:20])
            assert all(len(problem) <= LONGEST for problem in problems)
            assert problems == [] or view.get(path) == scene().get(path)


@pytest.mark.parametrize("kind", TASKS.names())
def test_every_value_of_a_description_is_refused_in_a_sentence(kind, tmp_path, capsys):
    for parameter in TASKS[kind].parameters():
        for text in JSON:
            value = json.loads(text)
            if may_be(parameter, value):
                continue
            with pytest.raises(BadSpec) as caught:
                task_from_dict({"kind": kind, "values": {parameter.name: value}})
            assert len(str(caught.value)) <= LONGEST


def said(capsys, *words: str) -> str:
    """What the command line says to words that it must refuse."""
    assert main(words) == 2
    told = capsys.readouterr()
    assert told.out == "" and told.err.startswith("mmexplore: ") and told.err.count("\n") == 1
    assert len(told.err) <= 2100 and "Traceback" not in told.err
    return told.err


@pytest.mark.parametrize("kind", TASKS.names())
def test_every_option_of_train_is_refused_in_a_sentence(kind, capsys, tmp_path):
    file = tmp_path / "spec.json"
    for k, parameter in enumerate(TASKS[kind].parameters()):
        texts = [text for text in (TEXTS[0], TEXTS[2 + k % (len(TEXTS) - 2)], "9" * 400) if not may_be(parameter, text)]
        for text in texts:
            assert parameter.name in said(capsys, "train", kind, f"{parameter.name}={text}")
        for text in [
            text for text in ("NaN", JSON[1 + k % (len(JSON) - 1)]) if not may_be(parameter, json.loads(text))
        ]:
            file.write_text(f'{{"kind": "{kind}", "values": {{"{parameter.name}": {text}}}}}')
            told = said(capsys, "train", str(file))
            assert any(words in told for words in (parameter.name, "nested too deeply", "half of a letter"))


@pytest.mark.parametrize("name", [name for name, lab in LABS.items() if lab.scene is not None])
def test_every_option_of_a_lab_is_refused_in_a_sentence(name, capsys):
    view = LABS[name].scene()
    for k, path in enumerate(view.paths()):
        for text in ("nan", TEXTS[1 + k % (len(TEXTS) - 1)]):
            if not may_be(view.at(path), text):
                said(capsys, "lab", name, f"{path}={text}")


@pytest.mark.parametrize("verb", ["make", "view", "estimate"])
@pytest.mark.parametrize("text", TEXTS)
def test_text_forms_are_refused_in_a_sentence(verb, text, capsys):
    name = {"make": "sign-sum", "view": "noisy-digits", "estimate": "warped"}[verb]
    words = ["estimate", "--make"] if verb == "estimate" else [verb]
    said(capsys, *words, f"{name}?seed={text}&n={text}")
    said(capsys, *words, text or "?")


WITH_NUMBERS = [
    ("pid", "--gate", "and", "--noise"),
    ("pid", "--gate", "and", "--tolerance"),
    ("pid", "--gate", "gaussians", "--bins"),
    ("pid", "--real", "iris", "--bins"),
    ("pid", "--gate", "and", "--mix-with", "or", "--mix"),
    ("make", "sign-sum", "--n"),
    ("make", "sign-sum", "--seed"),
    ("view", "noisy-digits", "--seed"),
    ("estimate", "--make", "warped", "--n"),
    ("study", "--real", "iris", "--bins"),
    ("study", "--real", "iris", "--seed"),
    ("gaussian", "--cov", "cov.npy", "--dims"),
    ("bottleneck", "--rho"),
    ("bottleneck", "--rho", "0.5", "--betas"),
    ("serve", "--port"),
]
FILES = [
    ("train",),
    ("runs", "show"),
    ("lab",),
    ("study",),
    ("pid", "--table"),
    ("gaussian", "--dims", "1,1,1", "--cov"),
]


@pytest.mark.parametrize("words", WITH_NUMBERS, ids=" ".join)
def test_every_other_number_of_the_command_line_is_refused_in_a_sentence(words, capsys):
    for text in TEXTS:
        said(capsys, *words, text)


@pytest.mark.parametrize("words", FILES, ids=" ".join)
def test_names_that_no_file_can_have_are_refused_in_a_sentence(words, capsys):
    for name in ("x" * 100_000, "x\0y", "\ud800", "y" * 300 + ".json", "z" * 300 + ".csv", "."):
        said(capsys, *words, name)


@pytest.mark.parametrize("depth", [41, 900, 100_000])
def test_deep_json_is_refused_in_a_sentence(depth, capsys, tmp_path):
    file = tmp_path / "spec.json"
    for text in ("[" * depth, "[" * depth + "]" * depth, '{"kind": ' * depth + "1" + "}" * depth):
        file.write_text(text)
        assert "JSON" in (told := said(capsys, "train", str(file))) or "nested too deeply" in told


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"\x00" * 100, b"nul", b'{"kind": "count"', b"9" * 5000])
def test_files_that_are_no_json_are_refused_in_a_sentence(content, capsys, tmp_path):
    file = tmp_path / "spec.json"
    file.write_bytes(content)
    assert "no JSON" in said(capsys, "train", str(file))


@pytest.mark.parametrize("text", [DEEP, "[" * 100_000, "NaN", "9" * 400])
def test_lists_in_json_of_a_study_are_read_with_care(text):
    _, problems = LABS["yourdata"].scene.from_query({"merge": text, "study.merge": text})
    assert problems and all(len(problem) <= LONGEST for problem in problems)
