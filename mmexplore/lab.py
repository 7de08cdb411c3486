"""What a lab declares. One folder under `mmexplore/labs` is one lab: a page, its view, its runs, its figures.

The declaration is the only thing that navigation, Home, Runs, the command line, the server's warm-up and the contract tests read; it
imports neither Streamlit nor torch. A lab without a `page.py` of its own is drawn by the kit from what stands here.

    declare(Lab(name="knob", title="Knob", icon="tune", url="knob", order=50, question="What does compression keep?", scene=KnobScene))
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from mmexplore.errors import BadSpec
from mmexplore.runs.folder import Run
from mmexplore.runs.task import Task
from mmexplore.spec import Spec

S = TypeVar("S", bound=Spec)

OWN = "Yours"  # the heading of examples that ask for one's own data: it comes last


@dataclass(frozen=True)
class Preset:
    """A view to start from: a question with an answer that can be watched.

    Attributes:
        title: a few words, for its button.
        why: what to look at, or what goes wrong and what to do about it.
        values: what `put` of the lab's view takes.
    """

    title: str
    why: str
    values: Mapping[str, Any] = field(default_factory=dict)
    _made: dict[type[Spec], Spec] = field(default_factory=dict, init=False, repr=False, compare=False)

    def of(self, view: type[S]) -> S:
        """The view, made once: pages ask at every move of a dial which preset they show."""
        made = self._made.get(view)
        if made is None:
            made = self._made[view] = view().put(**self.values)
        return cast(S, made)


@dataclass(frozen=True)
class Example:
    """A link on the landing page.

    Attributes:
        heading: the group it stands in; groups come in the order in which the labs name them.
        label: of the link.
        why: what is seen there, in a few words.
        values: what `put` of the lab's view takes; none: the page as it opens.
    """

    heading: str
    label: str
    why: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Number:
    """One row of a lab's table of numbers: what the figures show, for export and for readers who see no figures.

    Attributes:
        name: what it is.
        value: in `unit`; None where there is none.
        unit: bit, nat, share ... or "".
        low, high: its interval, where it has one.
        certificate: what is known of it: exact, certified, estimate ...
    """

    name: str
    value: float | None
    unit: str = ""
    low: float | None = None
    high: float | None = None
    certificate: str = ""


@dataclass(frozen=True)
class Dial:
    """A lab's live dial: fields over the ranges of one or two parameters, computed in one batch and drawn in the browser.

    Attributes:
        paths: parameters under the sliders of a view; the first runs along the last dimension of the fields.
        fields: of a view: arrays by name, each of shape (n,) or (n2, n1), at evenly spaced values of the parameters; the same wherever
            the sliders stand. With the names i1, i2, i12 and union (bits) the dial draws a decomposition.
        exact: of a view: the same numbers at its own values, by name, computed and not interpolated.
        quantities: symbol and words of each field that is drawn, where they are no decomposition.
        views: which charts; see `mmexplore.ui.dial`.
    """

    paths: Callable[[Any], tuple[str, ...]]
    fields: Callable[[Any], Mapping[str, Any]]
    exact: Callable[[Any], Mapping[str, float]]
    quantities: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    views: tuple[str, ...] = ("bars", "curve", "map")


def _no_view(task: Task) -> Spec | None:
    return None


@dataclass(frozen=True, kw_only=True)
class Lab:
    """The declaration of a lab.

    Attributes:
        name: of its folder and of its entry in the registry.
        title: in the navigation.
        icon: name of a Material symbol.
        url: path of its page; links hang on it, so it stays.
        order: place in the navigation, from left to right.
        question: headline of the page.
        scene: class of the page's view; None: the page has no view of its own.
        tasks: kinds of runs that it declares.
        view_of: the view that shows the run of a task; None where no view shows exactly it.
        presets: views to start from.
        examples: its links on the landing page.
        task: what has to be run for a view; None: nothing.
        dial: the live dial.
        figures: figures of a view, with its run where there is one.
        numbers: the same as rows of numbers.
        outcome: numbers of a run of its kinds by itself, whether a view shows it or not; None: those of the view that shows it.
        script: a Python script that gives the same numbers.
        about: definitions, assumptions and references, as Markdown of our own.
        warm: yields calls that compute beforehand what the page's visitors would wait for.
        miniature: draws the lab's miniature on the landing page.
    """

    name: str
    title: str
    icon: str
    url: str
    order: int
    question: str
    scene: type[Spec] | None = None
    tasks: tuple[type[Task], ...] = ()
    view_of: Callable[[Any], Spec | None] = _no_view
    presets: Mapping[str, Preset] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()
    task: Callable[[Any], Task | None] | None = None
    dial: Dial | None = None
    figures: Callable[[Any, Run | None], Iterable[Any]] | None = None
    numbers: Callable[[Any, Run | None], Iterable[Number]] | None = None
    outcome: Callable[[Run], Iterable[Number]] | None = None
    script: Callable[[Any], str] | None = None
    about: str = ""
    warm: Callable[[], Iterable[Callable[[], object]]] | None = None
    miniature: Callable[[], None] | None = None

    def view(self, values: Mapping[str, Any]) -> Spec:
        """The lab's view with some values set."""
        if self.scene is None:
            raise BadSpec(f"the page {self.title} has no view")
        return self.scene().put(**values)

    def query(self, values: Mapping[str, Any]) -> dict[str, str]:
        """The link's query for a view with these values; empty for the page as it opens."""
        return self.view(values).to_query() if values else {}
