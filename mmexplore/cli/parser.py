"""The verbs and their options. What-if options come from the declarations of `mmexplore.whatif.tables.WhatIf`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import NoReturn

from mmexplore.cli import (
    bottleneck,
    doctor,
    estimate,
    gaussian,
    information,
    labs,
    make,
    sources,
    studies,
    train,
    verbs,
    view,
)
from mmexplore.errors import BadSpec
from mmexplore.spec import Parameter
from mmexplore.version import __version__
from mmexplore.whatif.tables import WhatIf

EXAMPLES = """examples:
  python -m mmexplore pid --gate and --noise 0.1
  python -m mmexplore pid --real iris --measure imin --json
  python -m mmexplore pid --table table.csv            columns x1, x2, y and p (or count): one line a cell
  python -m mmexplore pid rows.csv --x1 age,sex --x2 dose --y outcome --bins 4
  python -m mmexplore pid data.parquet --x1 'audio_*' --x2 '/^text_[0-9]+$/' --y label --bins 4
  python -m mmexplore study rows.csv --x1 'a_*' --x2 'b_*' --y label --report report.html
  python -m mmexplore study rows.csv --modalities 'audio: a_*; video: v_*; text: t_*' --y label
  python -m mmexplore compare --gate copy              every measure side by side
  python -m mmexplore gaussian --cov cov.npy --dims 2,3,1
  python -m mmexplore bottleneck --rho 0.9,0.5 --betas 1:64:13
  python -m mmexplore estimate --make warped --estimator flow
  python -m mmexplore information rows.csv --x 'audio_*' --y mood --estimator ksg
  python -m mmexplore make sign-sum --n 5000 --seed 1 --d 5 --out data.npz
  python -m mmexplore view noisy-digits --seed 1 --out views.npz
  python -m mmexplore lab decompose gate=xor noise=0.1 a page's view: its numbers, its link, its script
  python -m mmexplore train count steps=20             a run, as on the pages; `runs` lists what was run
"""

_LONGEST = 400  # characters of a complaint


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaints are one sentence.

    Attributes:
        last: makes the last lines of the help, once it is asked for.
    """

    last: Callable[[], str] | None = None

    def format_help(self) -> str:
        """The help, with its last lines as they are written."""
        if self.last is not None:
            self.epilog, self.formatter_class = self.last(), argparse.RawDescriptionHelpFormatter
        return super().format_help()

    def error(self, message: str) -> NoReturn:
        """Raise the complaint for `mmexplore.cli.main` to print."""
        told = message if len(message) <= _LONGEST else f"{message[:_LONGEST]} ..."
        raise BadSpec(f"{told} (see: {self.prog} --help)")


def build() -> argparse.ArgumentParser:
    """The whole command line."""
    parser = Parser(
        prog="python -m mmexplore",
        description="See what two modalities tell about a target: redundancy, uniqueness, synergy.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"mmexplore {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True, parser_class=Parser)

    _add_pid(commands)
    _add_study(commands)

    compare = _command(commands, "compare", verbs.compare_all, "every measure side by side on the same table")
    _source(compare)
    _output(compare)

    gauss = _command(commands, "gaussian", gaussian.run, gaussian.WORDS)
    gaussian.add_options(gauss)
    _output(gauss)

    necks = _command(commands, "bottleneck", bottleneck.run, bottleneck.WORDS)
    bottleneck.add_options(necks)
    _output(necks)

    estimating = _command(commands, "estimate", estimate.run, estimate.WORDS)
    estimate.add_options(estimating)
    reading_options(estimating)
    estimating.last = estimate.estimators

    informing = _command(commands, "information", information.run, information.WORDS)
    information.add_options(informing)
    reading_options(informing)
    informing.last = information.estimators

    making = _command(commands, "make", make.run, make.WORDS)
    make.add_options(making)

    view.add_options(_command(commands, "view", view.run, view.WORDS))

    training = _command(commands, "train", train.train, train.TRAIN_WORDS)
    train.add_train_options(training)
    training.add_argument("--json", action="store_true", help="JSON for programs")

    runs = _command(commands, "runs", train.manage, train.RUNS_WORDS)
    train.add_runs_options(runs)
    runs.add_argument("--json", action="store_true", help="JSON for programs")

    lab = _command(commands, "lab", labs.run, labs.WORDS)
    labs.add_options(lab)

    for name, run, words in (
        ("measures", verbs.list_measures, "the definitions, and why they differ"),
        ("gates", verbs.list_gates, "the gates, and what they stand for"),
        ("data", verbs.list_real, "the real data sets that come along"),
    ):
        listing = _command(commands, name, run, words)
        listing.add_argument("--json", action="store_true", help="JSON for programs")

    _add_serve(commands)
    doctor.add_options(_command(commands, "doctor", doctor.run, doctor.WORDS))
    return parser


def _add_pid(commands: argparse._SubParsersAction) -> None:
    pid = _command(commands, "pid", verbs.decompose, "decompose a gate, a real data set, a table or rows of a file")
    _source(pid)
    pid.add_argument("--measure", default="broja", metavar="M", help="definition (see: measures); default: broja")
    pid.add_argument("--tolerance", type=float, default=1e-9, metavar="BIT", help="certified gap asked for; 1e-9")
    _output(pid)
    pid.add_argument(
        "--report", metavar="OUT.html", help="estimate from the rows (as: study) and write a self-contained report"
    )


def _add_study(commands: argparse._SubParsersAction) -> None:
    study = _command(commands, "study", studies.study, "estimate from rows: intervals, nulls, curves, a report")
    study.add_argument("file", nargs="?", metavar="FILE", help="CSV, TSV, Parquet, NPZ, NPY, also with gzip")
    study.add_argument("--real", metavar="NAME", help="a real data set (see: data)")
    study.add_argument("--gate", metavar="NAME", help="rows drawn from a gate (see: gates)")
    for parameter in studies.parameters():
        dest = f"study_{parameter.name}"
        flags = [studies.option(parameter.name), *(["--time"] if parameter.name == "order" else [])]
        study.add_argument(*flags, dest=dest, metavar="V", help=_words(parameter))
    study.add_argument("--report", metavar="OUT.html", help="write a self-contained report")
    _output(study)


def _add_serve(commands: argparse._SubParsersAction) -> None:
    serve = _command(commands, "serve", verbs.serve, "start the dashboard on this machine")
    serve.add_argument("--port", type=int, metavar="N", help="default: 8501, or the next free one")
    serve.add_argument("--watch", action="store_true", help="for development: rerun pages when a file changes")


def _command(commands: argparse._SubParsersAction, name: str, run: verbs.Verb, words: str) -> Parser:
    command: Parser = commands.add_parser(name, help=words, description=words.capitalize() + ".", allow_abbrev=False)
    command.set_defaults(run=run)
    return command


def _source(command: argparse.ArgumentParser) -> None:
    """Options that choose the table and what is done to it."""
    source = command.add_argument_group("what to decompose (one of)")
    source.add_argument("--gate", metavar="NAME", help="a gate (see: gates)")
    source.add_argument("--real", metavar="NAME", help="a real data set (see: data)")
    source.add_argument("--table", metavar="FILE", help="a probability table: columns x1, x2, y and p (or count)")
    source.add_argument(
        "file",
        nargs="?",
        metavar="FILE",
        help="sample rows, with --x1, --x2 and --y: CSV, TSV, Parquet, NPZ, NPY, also with gzip",
    )
    rows = command.add_argument_group("sample rows")
    for role, words in (("x1", "modality 1"), ("x2", "modality 2"), ("y", "the target")):
        rows.add_argument(
            f"--{role}",
            metavar="COLUMNS",
            help=f"columns of {words}: names, globs (a_*) or /regular expressions/, with commas",
        )
    for name, words in (
        ("groups", "column of the subject or recording that rows repeat; = takes identical rows for one"),
        (
            "time",
            "column that a series is ordered by, 'row order' for the order of the file, or - : rows are independent",
        ),
        ("weights", "column with the weight of every row"),
    ):
        rows.add_argument(f"--{name}", metavar="COLUMN", help=words)
    rows.add_argument("--weights-are", metavar="KIND", help="sampling (default) or counts")
    rows.add_argument(
        "--bins",
        type=int,
        metavar="N",
        help="discretise measurements into N bins (also of --real, and of the gate gaussians)",
    )
    rows.add_argument("--method", metavar="M", help="quantile (default) or kmeans")
    rows.add_argument("--normalize", action="store_true", help="divide --table by its sum: counts and weights")
    reading_options(rows)
    changes = command.add_argument_group("what if")
    changes.add_argument("--mix-with", metavar="NAME", help="mix the gate with this one")
    changes.add_argument("--mix", metavar="SHARE", help="share of the other gate, 0 to 1; default: 0.5")
    for parameter in WhatIf.parameters():
        changes.add_argument(f"--{parameter.name}", metavar="V", help=_words(parameter))
    own = command.add_argument_group("parameters of some gates")
    for name, parameter in sources.own_parameters().items():
        if name not in ("bins", "method"):  # those have an option already
            own.add_argument(f"--{name}", metavar="V", help=_words(parameter))


def reading_options(command: argparse._ActionsContainer) -> None:
    """How the file is read: rows or cells, missing values, codes."""
    for parameter in sources.READING_PARAMETERS:
        option = "--" + parameter.name.replace("_", "-")
        command.add_argument(option, metavar="V", dest=parameter.name, help=_words(parameter))


def _output(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="JSON for programs")
    command.add_argument("--nats", action="store_true", help="nats instead of bits")


def _words(parameter: Parameter) -> str:
    text = f"{parameter.label}, {parameter.allowed()}; default: {parameter.default}. {parameter.help}"
    return text.replace("%", "%%")
