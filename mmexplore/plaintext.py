"""Text from elsewhere, read with care: JSON that cannot bring a reader down, and values of any kind for a sentence.

Python's JSON reader gives up on deep nesting with an error of its own, and what it just manages to read, the next function that
walks it does not. Here everything that cannot be used is one `BadData` with a sentence.
"""

from __future__ import annotations

import json
import re
from typing import Any

from mmexplore.errors import BadData

DEEPEST = 40  # lists within lists
_HALF = re.compile(rb"\\u[dD][89a-fA-F]")
SHOWN = 60  # characters of a value in a sentence


def read_json(text: str | bytes, what: str) -> Any:
    """The value that a JSON text stands for.

    Args:
        text: the text; bytes are UTF-8.
        what: the text's name, for the sentence that refuses it.

    Raises:
        BadData: no JSON, no UTF-8, nested deeper than `DEEPEST`, or with half a letter in it.
    """
    try:
        value = json.loads(text)
    except RecursionError:
        raise _too_deep(what) from None
    except ValueError as error:  # also bytes that are no UTF-8, and whole numbers of thousands of digits
        raise BadData(f"{what[:SHOWN]} is no JSON: {str(error)[:200]}") from None
    data = text.encode("utf-8", "replace") if isinstance(text, str) else text
    if data.count(b"[") + data.count(b"{") > DEEPEST and _deep(value):
        raise _too_deep(what)
    if _HALF.search(data) and not _whole_letters(value):
        raise BadData(f"{what[:SHOWN]} holds half of a letter (a lone surrogate); allowed: whole letters")
    return value


def shown(value: Any) -> str:
    """A value of any kind for a sentence: at most `SHOWN` characters of it, whatever it is.

    >>> shown(0.7), shown("x"), shown([[1]])
    ('0.7', "'x'", 'a list')
    """
    if isinstance(value, str):
        return repr(value[:SHOWN])
    if isinstance(value, int) and value.bit_length() > 3 * SHOWN:
        return f"a number of about {max(1, int(value.bit_length() * 0.30103))} digits"
    if value is None or isinstance(value, bool | int | float):
        return str(value)
    return f"a {type(value).__name__[:SHOWN]}"


def docstring(text: str) -> str:
    """A text as the first line of a script, whatever it holds: one line, no backslash, single quotes."""
    words = " ".join("".join(c if c.isprintable() else " " for c in text).replace("\\", "").replace('"', "'").split())
    return f'"""{words}"""'


def _too_deep(what: str) -> BadData:
    return BadData(f"{what[:SHOWN]} is nested too deeply; allowed: at most {DEEPEST} lists or mappings in one another")


def _deep(value: Any) -> bool:
    """Whether a value is nested deeper than allowed, found level by level."""
    level: list[Any] = [value]
    for _ in range(DEEPEST + 1):
        level = [one for one in level if isinstance(one, list | dict)]
        if not level:
            return False
        level = [inner for outer in level for inner in (outer.values() if isinstance(outer, dict) else outer)]
    return True


def _whole_letters(value: Any) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True
