"""A folder registers what it holds by being imported: a new method, gate, data set or lab is one new file or folder.

`Registry(kind, package)` imports every module of `package` the first time it is read, so that adding a file adds an entry
to the page's choices, the command line's choices and the contract tests at once. What lies above a registry (the labs declare
kinds of runs) is named by whoever lies above both: `Registry.look_in`.
"""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from collections.abc import Iterator
from typing import Generic, TypeVar

from mmexplore.errors import BadSpec
from mmexplore.plaintext import shown
from mmexplore.spec import Entry

T = TypeVar("T")


class Registry(Generic[T]):
    """Named things of one kind, filled by the modules of one package.

    Args:
        kind: what an entry is called in error messages, for instance ``"measure"``.
        packages: dotted names of the packages whose modules fill the registry.
    """

    def __init__(self, kind: str, *packages: str) -> None:
        self.kind = kind
        self._waiting = list(packages)
        self._items: dict[str, T] = {}

    def look_in(self, *packages: str) -> None:
        """Name further packages; they are imported when the registry is read next, and not before."""
        self._waiting.extend(packages)

    def add(self, name: str, item: T) -> T:
        """Register `item` under `name`; a name can be taken only once."""
        if name in self._items:
            raise BadSpec(f"{self.kind} {name!r} is registered twice")
        self._items[name] = item
        return item

    def _load(self) -> None:
        for name in tuple(self._waiting):
            package = importlib.import_module(name)
            for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda m: m.name):
                importlib.import_module(f"{name}.{module.name}")
            if name in self._waiting:  # a module that reads the registry while it is being filled was here first
                self._waiting.remove(name)

    def names(self) -> tuple[str, ...]:
        """Every registered name, in the order of registration."""
        self._load()
        return tuple(self._items)

    def items(self) -> Iterator[tuple[str, T]]:
        """Pairs of name and entry."""
        self._load()
        return iter(self._items.items())

    def __contains__(self, name: object) -> bool:
        self._load()
        return isinstance(name, str) and name in self._items

    def __getitem__(self, name: str) -> T:
        self._load()
        try:
            return self._items[name]
        except (KeyError, TypeError):
            close = difflib.get_close_matches(name[:60], self._items, n=1) if isinstance(name, str) else []
            hint = f"did you mean {close[0]!r}? " if close else ""
            raise BadSpec(f"{self.kind} {shown(name)} is not known; {hint}allowed: {', '.join(self._items)}") from None

    def get(self, name: object) -> T | None:
        """The entry of a name, or None."""
        return self[str(name)] if name in self else None


S = TypeVar("S", bound=Entry)


class EntryRegistry(Registry[type[S]]):
    """A registry of classes of specs, whose text form is ``name?key=value``."""

    def read(self, text: str, *, longest: int = 500) -> S:
        """Read a text form.

        Args:
            text: as `mmexplore.spec.Entry.text` writes it.
            longest: most characters of it.

        Raises:
            BadSpec: too long, an unknown name, malformed text, a repeated or unknown key, a value that is not allowed.
        """
        if not isinstance(text, str) or len(text) > longest:
            raise BadSpec(f"the {self.kind} is {shown(text)}; allowed: a name and values, at most {longest} characters")
        name, _, values = text.partition("?")
        return self[name].from_text(values, f"{self.kind} {name}")
