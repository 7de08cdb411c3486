"""ONE declaration of a parameter.

A generator, a what-if, a view of a page is a frozen dataclass whose fields are made by `param`. From that one place come
the range check, the widget, the URL key, the command-line option, the table in the docs and the cache key.

    >>> @dataclass(frozen=True)
    ... class Knob(Spec):
    ...     noise: float = param(0.0, label="Noise", low=0.0, high=0.5, step=0.01, help="Chance that the label is wrong.")
    >>> Knob(noise=0.7)
    Traceback (most recent call last):
        ...
    mmexplore.errors.BadSpec: noise is 0.7; allowed: 0 to 0.5

A spec may hold specs: `part` holds one of a fixed class, `chosen` one whose class hangs on another field (data and the settings of
these data). Dotted paths reach inside: ``scene.get("data.noise")``, ``scene.put(**{"data.noise": 0.2})``, ``?data.noise=0.2``.

The text form of a spec that has a name is ``name?key=value&key=value`` with the values that differ from their defaults: written by
`Entry.text`, read by `mmexplore.registry.Registry.read`. Malformed text and repeated keys are refused.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import math
from abc import ABC
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self
from urllib.parse import parse_qsl, urlencode

from mmexplore.errors import BadSpec, MmexploreError
from mmexplore.plaintext import shown

_KEY = "mmexplore"
_PART = "mmexplore part"


@dataclass(frozen=True)
class Parameter:
    """What is known of one field of a spec: its name, type, default, allowed values and words."""

    name: str
    type: type
    default: Any
    label: str
    low: float | None
    high: float | None
    step: float | None
    choices: tuple[str, ...] | None
    unit: str
    help: str
    max_length: int = 2000
    widget: str = ""

    def check(self, value: Any) -> Any:
        """Return `value` in this parameter's type, or raise `BadSpec` with what is allowed."""
        if self.type is bool:
            if isinstance(value, bool):
                return value
            raise BadSpec(f"{self.name} is {shown(value)}; allowed: true or false")
        if self.type is str:
            if not isinstance(value, str):
                raise BadSpec(f"{self.name} is {shown(value)}; allowed: a text")
            if self.choices is not None and value not in self.choices:
                raise BadSpec(f"{self.name} is {value[:60]!r}; allowed: {', '.join(self.choices)}")
            if len(value) > self.max_length:
                raise BadSpec(f"{self.name} has {len(value)} characters; allowed: at most {self.max_length}")
            if not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
                raise BadSpec(f"{self.name} is {shown(value)}; allowed: a text of whole letters")
            return value
        return self._number(value)

    def _number(self, value: Any) -> Any:
        """The number a value stands for, in this parameter's type and range."""
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            raise BadSpec(f"{self.name} is {shown(value)}; allowed: {self.allowed()}") from None
        low = -math.inf if self.low is None else self.low
        high = math.inf if self.high is None else self.high
        finite = math.isfinite(number)
        whole = self.type is not int or (finite and number == math.floor(number))
        if isinstance(value, bool) or not finite or not low <= number <= high or not whole:
            told = value[:60] if isinstance(value, str) else f"{value}"[:60]
            raise BadSpec(f"{self.name} is {told}; allowed: {self.allowed()}")
        return self.type(number)

    def allowed(self) -> str:
        """The allowed values in words."""
        if self.choices is not None:
            return ", ".join(self.choices)
        kind = "whole numbers " if self.type is int else ""
        low = "" if self.low is None else f"{self.low:g} "
        high = "" if self.high is None else f"{self.high:g}"
        return f"{kind}{low}to {high}".strip() if low or high else f"any {self.type.__name__}"

    def parse(self, text: str) -> Any:
        """Read the value from a URL or a command line."""
        if self.type is bool:
            if text not in ("0", "1"):
                raise BadSpec(f"{self.name} is {text[:60]!r}; allowed: 0 or 1")
            return text == "1"
        return self.check(text)

    def format(self, value: Any) -> str:
        """Write the value so that `parse` reads back exactly the same."""
        if self.type is bool:
            return "1" if value else "0"
        return repr(value) if self.type is float else str(value)


def param(
    default: Any,
    *,
    label: str,
    low: float | None = None,
    high: float | None = None,
    step: float | None = None,
    choices: tuple[str, ...] | None = None,
    unit: str = "",
    help: str = "",
    max_length: int = 2000,
    widget: str = "",
) -> Any:
    """Declare a field of a `Spec`; its type is the type of its default (str, bool, int or float).

    `widget` says how a page draws it where the range does not decide: ``"slider"``, ``"number"``, ``"log"`` (a slider in equal ratios),
    ``"select"``, ``"segments"`` (choices side by side) or ``"text"``.
    """
    return dataclasses.field(
        default=default,
        metadata={
            _KEY: {
                "label": label,
                "low": low,
                "high": high,
                "step": step,
                "choices": choices,
                "unit": unit,
                "help": help,
                "max_length": max_length,
                "widget": widget,
            }
        },
    )


@dataclass(frozen=True)
class Part:
    """A field that holds a spec.

    Attributes:
        name: of the field.
        prefix: first step of the dotted paths to its values, in links and elsewhere.
        of: the field whose value chooses the class; "" where it is fixed.
        kind: the class for a value of that field; None: there is nothing to set.
        leave: parameters that are set elsewhere and are not reached through the part.
    """

    name: str
    prefix: str
    of: str
    kind: Callable[[Any], type[Spec] | None]
    leave: tuple[str, ...]

    def of_owner(self, owner: Spec) -> type[Spec]:
        """The class it has in this owner."""
        return self.kind(getattr(owner, self.of) if self.of else None) or Spec

    def parameters(self, spec_class: type[Spec]) -> tuple[Parameter, ...]:
        """What can be reached through the part."""
        return tuple(p for p in spec_class.parameters() if p.name not in self.leave)


def part(spec_class: type[Spec], *, leave: tuple[str, ...] = (), prefix: str = "") -> Any:
    """Declare a field that holds a spec of one class, ``training: Training = part(Training, leave=("seed",))``."""
    return _part(lambda _: spec_class, "", leave, prefix)


def chosen(of: str, kind: Callable[[Any], type[Spec] | None], *, leave: tuple[str, ...] = (), prefix: str = "") -> Any:
    """Declare a field that holds a spec whose class hangs on the field `of`; its paths begin with that field's name.

    ``settings: Views = chosen("data", VIEWS.get)`` makes ``data.noise`` a parameter while `data` names views that have one.
    """
    return _part(kind, of, leave, prefix or of)


def _part(kind: Callable[[Any], type[Spec] | None], of: str, leave: tuple[str, ...], prefix: str) -> Any:
    return dataclasses.field(default=None, metadata={_PART: {"kind": kind, "of": of, "leave": leave, "prefix": prefix}})


def read_pairs(text: str, what: str) -> dict[str, str]:
    """The pairs of ``key=value&key=value``; the one rule for texts of all specs.

    Args:
        text: the text; empty: no pairs.
        what: whose values they are, for the sentence that refuses them.

    Raises:
        BadSpec: malformed, or a key stands there twice.
    """
    try:
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text), errors="strict")
    except ValueError:
        raise BadSpec(f"the values of {what} are {text[:60]!r}; allowed: name=value, joined by &") from None
    values = dict(pairs)
    if len(values) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise BadSpec(f"{twice[:60]!r} is given twice for {what}; allowed: once")
    return values


@dataclass(frozen=True)
class Spec:
    """Base of every frozen declaration; values are checked and normalised when an instance is made."""

    def __post_init__(self) -> None:
        for parameter in self.parameters():
            object.__setattr__(self, parameter.name, parameter.check(getattr(self, parameter.name)))
        for part in self.parts():
            wanted, value = part.of_owner(self), getattr(self, part.name)
            if type(value) is not wanted:  # none was given, or it belongs to another choice
                object.__setattr__(self, part.name, wanted())

    # -- what is declared ----------------------------------------------------------------------------------------------

    @classmethod
    @functools.cache  # asked for fifty times a run of a page
    def parameters(cls) -> tuple[Parameter, ...]:
        """The declared parameters, in order."""
        return tuple(
            Parameter(name=f.name, type=type(f.default), default=f.default, **f.metadata[_KEY])
            for f in dataclasses.fields(cls)
            if _KEY in f.metadata
        )

    @classmethod
    @functools.cache
    def parts(cls) -> tuple[Part, ...]:
        """The fields that hold specs, in order."""
        made = ((f.name, dict(f.metadata[_PART])) for f in dataclasses.fields(cls) if _PART in f.metadata)
        return tuple(Part(name=name, **{**known, "prefix": known["prefix"] or name}) for name, known in made)

    @classmethod
    def parameter(cls, name: str) -> Parameter:
        """One declared parameter by name."""
        for parameter in cls.parameters():
            if parameter.name == name:
                return parameter
        raise _unknown(cls.__name__, name, (p.name for p in cls.parameters()))

    @classmethod
    def field(cls, name: str) -> Any:
        """The declaration of one field, for a spec that has the same parameter: ``bins: int = Other.field("bins")``."""
        declared = next(f for f in dataclasses.fields(cls) if f.name == cls.parameter(name).name)
        return dataclasses.field(default=declared.default, metadata=declared.metadata)

    # -- paths ---------------------------------------------------------------------------------------------------------

    def inside(self, head: str) -> Any:
        """The spec that paths beginning with `head` lead into: it has `get`, `at` and `put`."""
        for part in self.parts():
            if part.prefix == head:
                return _Left(getattr(self, part.name), part.leave)
        raise _unknown(type(self).__name__, head, (part.prefix for part in self.parts()))

    def with_inside(self, head: str, inner: Any) -> Self:
        """A copy with another spec behind the paths that begin with `head`."""
        part = next(part for part in self.parts() if part.prefix == head)
        return self.replace(**{part.name: inner.spec})

    def at(self, path: str) -> Parameter:
        """The declared parameter at a path: ``noise``, or ``data.noise`` inside a part."""
        head, _, rest = path.partition(".")
        parameter: Parameter = self.inside(head).at(rest) if rest else self.parameter(head)
        return parameter

    def get(self, path: str) -> Any:
        """The value at a path."""
        head, _, rest = path.partition(".")
        return self.inside(head).get(rest) if rest else getattr(self, self.parameter(head).name)

    def paths(self) -> tuple[str, ...]:
        """Every path that leads to a parameter, those of the parts last."""
        own = [p.name for p in self.parameters()]
        for part in self.parts():
            own += [f"{part.prefix}.{p.name}" for p in part.parameters(type(getattr(self, part.name)))]
        return tuple(own)

    def shown_besides(self) -> tuple[str, ...]:
        """Names of controls that stand for no one parameter (a row of presets), for links that hide or lock them."""
        return ("preset",)

    def replace(self, **changes: Any) -> Self:
        """A copy with some values changed (and checked)."""
        return dataclasses.replace(self, **changes)

    def put(self, **changes: Any) -> Self:
        """A copy with values changed, by name or by path; what was set for another choice goes back to its defaults.

        A spec whose values hang together in other ways overrides it.
        """
        plain = {key: value for key, value in changes.items() if "." not in key}
        for part in self.parts():
            if part.of in plain and plain[part.of] != getattr(self, part.of):
                plain.setdefault(part.name, None)
        made = self.replace(**plain)
        inner: dict[str, dict[str, Any]] = {}
        for key, value in changes.items():
            head, dot, rest = key.partition(".")
            if dot:
                inner.setdefault(head, {})[rest] = value
        for head, values in inner.items():
            made = made.with_inside(head, made.inside(head).put(**values))
        return made

    def differing(self) -> dict[str, Any]:
        """The values that differ from their defaults, those of parts left out."""
        return {p.name: getattr(self, p.name) for p in self.parameters() if getattr(self, p.name) != p.default}

    def labelled(self) -> dict[str, str]:
        """Every value as text by its label in lower case, those of parts with it."""
        labels = {path: self.at(path).label for path in self.paths()}
        return {label[:1].lower() + label[1:]: self.at(path).format(self.get(path)) for path, label in labels.items()}

    def apart_from(self, other: Spec) -> dict[str, str]:
        """What this one has and the other has not: text of a value by its label.

        >>> from mmexplore.labs.knob.scene import KnobScene
        >>> KnobScene(beta=4.0).apart_from(KnobScene(beta=2.0))
        {'β: keep more': '4'}
        """
        theirs = other.labelled()
        return {label: text for label, text in self.labelled().items() if theirs.get(label) != text}

    # -- text ----------------------------------------------------------------------------------------------------------

    def to_query(self) -> dict[str, str]:
        """The values that differ from their defaults, as text for a URL."""
        query = {name: self.parameter(name).format(value) for name, value in self.differing().items()}
        for part in self.parts():
            inner = getattr(self, part.name).to_query()
            query |= {f"{part.prefix}.{key}": text for key, text in inner.items() if key not in part.leave}
        return query

    @classmethod
    def of_old_links(cls, query: dict[str, str]) -> dict[str, str]:
        """A link's query in today's keys; a spec that once had others overrides it, so that old links are still read.

        Raises:
            BadSpec: an old key holds text that cannot be read.
        """
        return query

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> tuple[Self, list[str]]:
        """Read a spec from URL text; what cannot be read keeps its default and is told in a sentence."""
        values: dict[str, Any] = {}
        problems: list[str] = []
        known = dict(query)
        try:
            known = cls.of_old_links(known)
        except BadSpec as error:
            problems.append(str(error))
        for p in cls.parameters():
            if p.name in known:
                try:
                    values[p.name] = p.parse(known[p.name])
                except BadSpec as error:
                    problems.append(str(error))
        for part in cls.parts():
            start = f"{part.prefix}."
            texts = {key.removeprefix(start): text for key, text in known.items() if key.startswith(start)}
            if texts:
                kind = part.kind(values.get(part.of, cls.parameter(part.of).default) if part.of else None) or Spec
                inner, refused = _inner_from_query(kind, texts, {p.name for p in part.parameters(kind)})
                values[part.name] = inner
                problems += [f"{start}{problem}" for problem in refused]
        try:
            return cls(**values), problems
        except MmexploreError as error:  # each value is allowed, but not all of them together
            return cls(), [*problems, str(error)]

    @classmethod
    def from_text(cls, text: str, what: str) -> Self:
        """Read ``key=value&key=value``, what stands behind the question mark of a text form.

        Args:
            text: the text.
            what: whose values they are, for the sentence that refuses them.

        Raises:
            BadSpec: malformed text, a repeated or unknown key, a value that is not allowed.
        """
        pairs = read_pairs(text, what)
        for key in pairs:
            if key not in {p.name for p in cls.parameters()}:
                raise _unknown(what, key, (p.name for p in cls.parameters()))
        return cls(**{key: cls.parameter(key).parse(value) for key, value in pairs.items()})

    def identity(self) -> str:
        """A short stable hash of the class and every value: cache key, run folder, export name."""
        values = {p.name: p.format(getattr(self, p.name)) for p in self.parameters()}
        for part in self.parts():
            inner = getattr(self, part.name)
            values[part.prefix + "."] = f"{type(inner).__name__}?{urlencode(inner.to_query())}"
        text = json.dumps([type(self).__name__, values], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Entry(Spec, ABC):
    """A spec that stands in a registry under its name, and has a text form.

    Class attributes:
        name: the name.
    """

    name: ClassVar[str] = ""

    def text(self) -> str:
        """The text form: the name, and the values that differ from their defaults."""
        query = urlencode(self.to_query())
        return f"{self.name}?{query}" if query else self.name


@dataclass(frozen=True)
class _Left:
    """A spec as it is reached through a part: some of its parameters are set elsewhere."""

    spec: Spec
    leave: tuple[str, ...]

    def at(self, path: str) -> Parameter:
        if path in self.leave:
            raise _unknown(type(self.spec).__name__, path, (p for p in self.spec.paths() if p not in self.leave))
        return self.spec.at(path)

    def get(self, path: str) -> Any:
        return self.spec.get(self.at(path).name if "." not in path else path)

    def put(self, **changes: Any) -> _Left:
        for path in changes:
            self.at(path)
        return _Left(self.spec.put(**changes), self.leave)


class Named:
    """Several specs by name inside another one: ``methods.clip.temperature`` is of one, ``methods.temperature`` of all that have it.

    Args:
        entries: names and specs, in order; a name may stand there more than once.
    """

    def __init__(self, entries: Iterable[tuple[str, Spec]]) -> None:
        self.entries = tuple(entries)

    def _split(self, path: str) -> tuple[str, str]:
        """Name ("" for all) and parameter."""
        for name, _ in self.entries:
            if path.startswith(f"{name}."):
                return name, path.removeprefix(f"{name}.")
        return "", path

    def _those(self, path: str) -> tuple[str, str, Spec]:
        name, key = self._split(path)
        for whose, spec in self.entries:
            if name in ("", whose) and any(p.name == key for p in spec.parameters()):
                return name, key, spec
        raise _unknown("this choice", path, (f"{n}.{p.name}" for n, s in self.entries for p in s.parameters()))

    def at(self, path: str) -> Parameter:
        """The declared parameter at a path."""
        _, key, spec = self._those(path)
        return spec.parameter(key)

    def get(self, path: str) -> Any:
        """The value at a path: of the first that has it."""
        _, key, spec = self._those(path)
        return getattr(spec, key)

    def put(self, **changes: Any) -> Named:
        """A copy with values changed by path."""
        entries = list(self.entries)
        for path, value in changes.items():
            name, key, _ = self._those(path)
            entries = [
                (whose, spec.replace(**{key: value}))
                if name in ("", whose) and any(p.name == key for p in spec.parameters())
                else (whose, spec)
                for whose, spec in entries
            ]
        return Named(entries)


def _unknown(what: str, name: str, allowed: Iterable[str]) -> BadSpec:
    return BadSpec(f"{what} has no parameter {str(name)[:60]!r}; allowed: {', '.join(allowed) or 'none'}")


def _inner_from_query(kind: type[Spec], texts: dict[str, str], allowed: set[str]) -> tuple[Spec, list[str]]:
    """A part from URL text, with a sentence for every key that it does not have."""
    inner, problems = kind.from_query({key: text for key, text in texts.items() if key in allowed})
    unknown = [key for key in texts if key not in allowed]
    problems += [f"{key[:60]} is not known here; allowed: {', '.join(sorted(allowed)) or 'nothing'}" for key in unknown]
    return inner, problems
