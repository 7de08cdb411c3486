"""A thousand links that nobody would write, over all pages of a real server; and that no visitor is shown what another one brought."""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest

from benchmarks.serving import Server
from mmexplore.labs import LABS, in_order
from mmexplore.serve.client import Visitor
from tests.labs.pages import open_lab

NASTY = (
    "nan", "-inf", "1e999", "-1", "0", "1e-300", "9" * 400, "", " ", "None", "true", "%00", "\u202eabc", "<script>alert(1)</script>",
    "$x^2$", ":red[x]", "../../etc/passwd", "a,b,c", "a=b&c=d", "{}", "[[[[", '{"a": 1}', "x" * 3000, "ünïcödé ☃", "%{x}", "own", "0.5",
    "1", "2", "64", "and", "xor", "digits", "iris", "noisy-digits", "dvsib", "clip,factorcl-ssl", "broja", "bit", "nat",
)  # fmt: skip
ELSEWHERE = (
    "hide",
    "lock",
    "pin",
    "start",
    "lesson",
    "page",
    "\x00",
    "looked",
    "data.n",
    "tuned.x.y",
    "__class__",
    "a" * 500,
)


def links(count: int, seed: int) -> Iterator[tuple[str, str]]:
    """Pages and queries: known keys and unknown ones, with values that fit, nearly fit, or do not."""
    draw = random.Random(seed)
    labs = [lab for lab in in_order() if lab.scene is not None]
    for _ in range(count):
        lab = draw.choice(labs)
        view = lab.scene()
        pairs = []
        for _ in range(draw.randint(1, 6)):
            path = draw.choice(ELSEWHERE) if draw.random() < 0.15 else draw.choice(view.paths())
            value = draw.choice(NASTY)
            if path not in ELSEWHERE and draw.random() < 0.4:
                choices = getattr(_parameter(view, path), "choices", None)
                value = str(draw.choice(list(choices))) if choices else value
            pairs.append((path, value))
        yield lab.url, urlencode(pairs, errors="surrogatepass")


def _parameter(view, path):
    try:
        return view.parameter(path)
    except Exception:  # a path of another choice
        return None


async def walk(address: str, every: list[tuple[str, str]], visitors: int) -> list[str]:
    """Open them all, several visitors at once; what went wrong."""
    left, wrong = list(enumerate(every)), []

    async def one() -> None:
        async with Visitor(address) as visitor:
            await visitor.open(timeout=120)
            while left:
                number, (page, query) = left.pop()
                try:
                    await visitor.go(page, query, timeout=120)
                except (OSError, TimeoutError) as error:
                    wrong.append(f"{number} {page}?{query[:200]}: {type(error).__name__} {error}")
                    return
                wrong.extend(f"{number} {page}?{query[:200]}: {error}" for error in visitor.errors)

    await asyncio.gather(*(one() for _ in range(visitors)))
    return wrong


def apart(job):
    """Run a coroutine in a thread of its own: a browser test may have left a loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(job)).result()


def test_the_links_reach_every_page():
    pages = {page for page, _ in links(400, 1)}
    assert pages == {LABS[name].url for name in LABS.names() if LABS[name].scene is not None}


@pytest.mark.parametrize("column", ["ünï ☃", "1e999", "a=b&c=d", "<b>"])
def test_a_subgroup_of_a_column_that_is_not_there_is_a_sentence_with_a_way_back(column):
    app = open_lab("yourdata", column=column)
    assert not app.exception and app.error
    assert sum(button.label == "No changes" for button in app.button) == 2


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2))
def test_five_hundred_links_that_nobody_would_write_each_open_a_page(seed, tmp_path):
    with Server(env={"MMEXPLORE_RUNS": str(tmp_path)}, within=300.0) as server:
        wrong = apart(walk(server.address, list(links(500, seed)), 3))
        log = server.log()
    assert not wrong, "\n".join(wrong[:10])
    assert "fault " not in log, log[max(0, log.index("fault ") - 200) :][:3000]


class Listening(Visitor):
    """Keeps every byte that the server sends."""

    heard = b""

    def _take(self, data):
        self.heard += data if isinstance(data, bytes) else data.encode()
        return super()._take(data)


SECRETS = {"your_data": b"zebraweight", "knob": b"quokkaleft", "learn": b"axolotlright", "gaussian": b"okapisigma"}


def file_of(page: str) -> tuple[str, bytes]:
    """A file for a page, with a word in its own name and, where it has any, in those of its columns."""
    secret = SECRETS[page].decode()
    draw = random.Random(page)
    if page == "gaussian":
        size = 4
        rows = [[str(1.0 if i == j else 0.2) for j in range(size)] for i in range(size)]
        return f"{secret}.csv", "\n".join(map(",".join, rows)).encode()
    names = [f"{secret}_{k}" for k in range(4)] + ["label"]
    rows = [[f"{draw.gauss(0, 1):.4f}" for _ in range(4)] + [str(draw.randint(0, 1))] for _ in range(300)]
    return f"{secret}.csv", "\n".join(",".join(row) for row in [names, *rows]).encode()


@pytest.mark.skipif(sys.platform != "linux", reason="own data are trained on in /dev/shm")
def test_nothing_that_one_visitor_brings_is_sent_to_another(tmp_path):
    """Files dropped on every page that takes some, columns chosen, a training begun; another visitor walks over all pages."""

    async def both(address: str) -> tuple[bytes, bytes]:
        async with Listening(address) as owner, Listening(address) as other:
            await owner.open(timeout=120)
            await other.open(timeout=120)
            for page in SECRETS:
                await owner.go(
                    page, "source=file" if page in ("your_data", "gaussian") else "data=own&steps=20000", timeout=120
                )
                place = next(e for e in owner.elements.values() if e.kind == "file_uploader")
                await owner.upload(place, *file_of(page), timeout=120)
                start = [e for e in owner.elements.values() if e.kind == "button" and e.proto.label.startswith("Train")]
                if start:
                    await owner.press(start[0], timeout=120)
                for path in other.pages:
                    await other.go(path, timeout=120)
                await other.go("runs", "show=everything", timeout=120)
            return owner.heard, other.heard

    with Server(env={"MMEXPLORE_RUNS": str(tmp_path)}, within=300.0) as server:
        mine, others = apart(both(server.address))
    for page, secret in SECRETS.items():
        assert secret in mine, f"{page}: the file was not shown to its own visitor"
        assert secret not in others, f"{page}: another visitor was sent its columns"
