"""The command line: the same verbs as the pages. ``python -m mmexplore pid --gate and --json``.

Answers go to stdout, a table for people or ``--json`` for programs. What cannot be answered is one sentence on stderr and
exit status 2.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence

from mmexplore.cli.parser import build
from mmexplore.errors import MmexploreError
from mmexplore.writing import FULL, because

_LONGEST = 2000  # characters of an error


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status."""
    try:
        arguments = build().parse_args(argv)
        status: int = arguments.run(arguments)
        sys.stdout.flush()
    except MmexploreError as error:
        sentence = str(error).encode(errors="backslashreplace").decode()
        print(f"mmexplore: {sentence if len(sentence) <= _LONGEST else sentence[:_LONGEST] + ' ...'}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # `| head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        if error.errno not in (*FULL, errno.EIO):
            raise
        print(f"mmexplore: the answer could not be written: {because(error)}", file=sys.stderr)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nor can what is left of it
        return 2
    return status
