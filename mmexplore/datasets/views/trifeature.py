"""Small Trifeature: two pictures of coloured, textured shapes that share their shape; drawn on the fly.

    view i: shape (10) x texture (10) x colour (10), 32 x 32, at a random place, turn, size and brightness;
    both views show one shape (redundant); texture 1, texture 2, colours are each view's own (unique);
    match = whether the colour of view 2 is among the five that belong to the texture of view 1 (synergy: either alone tells nothing).

After Hermann & Lampinen 2020 (arXiv 2006.12433) and, in two views, Dufumier, Castillo-Navarro, Tuia & Thiran 2025 (CoMM, arXiv
2409.07402). There one colour belongs to each texture, and textures and colours are drawn so that half of the pairs match
(``mapping="one"``): then I(texture 1; colour 2) = .74 bit is shared, too. Here five of ten belong, in a Latin pattern, and both
are drawn independently (``mapping="half"``): the match is pure synergy of exactly one bit.
"""

from __future__ import annotations

import colorsys

import numpy as np

from mmexplore.datasets.views.base import (
    Factor,
    Facts,
    Kind,
    LabelTruth,
    TwoViews,
    View,
    declare,
    last_rows,
    pixel_names,
)
from mmexplore.info.pid import pid
from mmexplore.spec import param

SIDE = 32
SHAPES = ("disk", "square", "triangle", "diamond", "cross", "ring", "star", "hexagon", "half disk", "bar")
TEXTURES = ("plain", "rows", "columns", "diagonal", "checks", "dots", "grid", "rings", "zigzag", "grain")
KINDS = 10
_LABELS = ("shape", "texture1", "texture2", "match")
_KIND_OF: dict[str, Kind] = {
    "shape": "shared",
    "texture1": "unique1",
    "colour1": "unique1",
    "texture2": "unique2",
    "colour2": "unique2",
    "match": "synergy",
}


@declare
class Trifeature(View):
    """Pairs of pictures."""

    name = "trifeature"
    title = "Small Trifeature"
    sentence = "Two 32 x 32 pictures that share their shape; texture and colour are each one's own; a match needs both."
    scaled = True
    label_names = ("y", "shape", "texture1", "colour1", "texture2", "colour2", "match")

    label: str = param(
        "match", label="Label", choices=_LABELS, help="shape: redundant; texture: unique; match: synergy."
    )
    mapping: str = param(
        "half",
        label="What matches",
        choices=("half", "one"),
        help="half: five colours belong to each texture, drawn independently. one: a single colour, and half of the pairs match.",
    )
    turn: float = param(15.0, label="Turn", low=0.0, high=45.0, step=5.0, unit="°", help="At most so far either way.")
    rows: int = param(6000, label="Pairs", low=500, high=20_000, step=500, help="A fifth is held out.")

    def facts(self) -> Facts:
        """Two pictures of three colours."""
        count = 3 * SIDE**2
        return Facts(self.rows, count, count, "image", "image", classes=2 if self.label == "match" else KINDS)

    def sample(self, seed: int) -> TwoViews:
        """Pairs of pictures; which colours belong to which texture is that of the seed."""
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(5,)))
        facts = self.states(self.rows, rng)
        x1 = render(facts["shape"], facts["texture1"], facts["colour1"], self.turn, rng)
        x2 = render(facts["shape"], facts["texture2"], facts["colour2"], self.turn, rng)
        names = pixel_names(SIDE, SIDE, ("red", "green", "blue"))
        return TwoViews(
            x1=x1,
            x2=x2,
            held_out=last_rows(self.rows),
            columns1=names,
            columns2=names,
            names=("picture 1", "picture 2"),
            y=facts[self.label],
            class_names=self._class_names(),
            labels={"y": facts[self.label]} | facts,
            factors=tuple(
                Factor(name, kind, facts[name], 2 if name == "match" else KINDS) for name, kind in _KIND_OF.items()
            ),
            form1="image",
            form2="image",
            image1=(3, SIDE, SIDE),
            image2=(3, SIDE, SIDE),
            ceiling="the pictures share their shape, log2 10 = 3.322 bit"
            + (", and .74 bit of texture and colour" if self.mapping == "one" else ""),
        )

    def _class_names(self) -> tuple[str, ...]:
        names = {"match": ("no match", "match"), "shape": SHAPES}
        return names.get(self.label, TEXTURES)

    def states(self, n: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
        """What `n` pairs show, codes (n,) each."""
        shape, texture1, colour1, texture2, colour2 = rng.integers(0, KINDS, size=(5, n))
        order, colours = rng.permutation(KINDS), rng.permutation(KINDS)
        if self.mapping == "one":
            right = colours[order[texture1]]
            match = rng.integers(0, 2, size=n)
            other = (right + rng.integers(1, KINDS, size=n)) % KINDS
            colour2 = np.where(match == 1, right, other)
        else:
            match = ((colours[colour2] - order[texture1]) % KINDS < KINDS // 2).astype(np.int64)
        return {
            "shape": shape,
            "texture1": texture1,
            "colour1": colour1,
            "texture2": texture2,
            "colour2": colour2,
            "match": match,
        }

    def truth(self) -> LabelTruth:
        """Each label is a fact of one kind."""
        if self.label == "match":
            p = np.zeros((KINDS, KINDS, 2))
            for t in range(KINDS):
                for c in range(KINDS):
                    if self.mapping == "one":
                        p[t, c, int(t == c)] = 0.05 if t == c else 0.5 / 90
                    else:
                        p[t, c, int((c - t) % KINDS < KINDS // 2)] = 0.01
        elif self.label == "shape":
            p = np.zeros((KINDS, KINDS, KINDS))
            p[np.arange(KINDS), np.arange(KINDS), np.arange(KINDS)] = 1 / KINDS
        else:
            own = np.eye(KINDS)[:, None, :] / KINDS
            p = own if self.label == "texture1" else own.transpose(1, 0, 2)
        return LabelTruth(pid(p), True, "exact, as if each picture told its shape, texture and colour without doubt")

    def shared_accuracy(self) -> dict[str, float]:
        """The shape is known; where a single colour belongs to a texture, these share information too, and nothing is said of them."""
        of = {"shape": 1.0, "colour1": 1 / KINDS, "texture2": 1 / KINDS}
        if self.mapping == "half":
            of |= {"texture1": 1 / KINDS, "colour2": 1 / KINDS, "match": 0.5}
        return ({"y": of[self.label]} if self.label in of else {}) | of


def render(
    shape: np.ndarray, texture: np.ndarray, colour: np.ndarray, turn: float, rng: np.random.Generator, chunk: int = 1000
) -> np.ndarray:
    """Pictures, float32 (n, 3, 32, 32), between -1 and 1."""
    n = len(shape)
    angle = np.deg2rad(rng.uniform(-turn, turn, size=n))
    size = rng.uniform(9.0, 12.5, size=n)
    place = rng.uniform(-3.0, 3.0, size=(2, n))
    phase = rng.uniform(0.0, 1.0, size=(2, n))
    bright = rng.uniform(0.75, 1.0, size=n)
    ground = rng.uniform(0.0, 0.25, size=n)
    grain = rng.integers(0, 2, size=(n, 9, 9)).astype(np.float32)
    palette = np.array([colorsys.hsv_to_rgb(k / KINDS, 1.0, 1.0) for k in range(KINDS)], dtype=np.float32)
    row, column = np.meshgrid(np.arange(SIDE) - (SIDE - 1) / 2, np.arange(SIDE) - (SIDE - 1) / 2, indexing="ij")
    pictures = np.empty((n, 3, SIDE, SIDE), dtype=np.float32)
    for start in range(0, n, chunk):
        part = slice(start, min(start + chunk, n))
        cos, sin = np.cos(angle[part])[:, None, None], np.sin(angle[part])[:, None, None]
        down, right = row - place[0, part][:, None, None], column - place[1, part][:, None, None]
        scale = size[part][:, None, None]
        u, v = (cos * right + sin * down) / scale, (cos * down - sin * right) / scale  # (m, 32, 32)
        inside = np.empty_like(u)
        light = np.empty_like(u)
        for k in range(KINDS):
            those = shape[part] == k
            # the edge is one pixel wide
            inside[those] = np.clip(0.5 - _distance(k, u[those], v[those]) * scale[those], 0.0, 1.0)
            those = texture[part] == k
            light[those] = _light(k, u[those], v[those], phase[:, part][:, those], grain[part][those])
        tint = palette[colour[part]] * bright[part][:, None]  # (m, 3)
        painted = tint[:, :, None, None] * (0.25 + 0.75 * light)[:, None]
        behind = ground[part][:, None, None, None]
        pictures[part] = 2.0 * (behind + (painted - behind) * inside[:, None]) - 1.0
    return pictures


def _distance(kind: int, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Below 0 inside the shape, in units of its size (a signed distance, or close to one)."""
    radius, au, av = np.hypot(u, v), np.abs(u), np.abs(v)
    name = SHAPES[kind]
    if name == "disk":
        return radius - 0.9
    if name == "square":
        return np.maximum(au, av) - 0.8
    if name == "triangle":
        return np.maximum(0.866 * au - 0.5 * (v + 0.9), v - 0.75)
    if name == "diamond":
        return 0.707 * (au + av) - 0.72
    if name == "cross":
        return np.minimum(np.maximum(au - 0.95, av - 0.32), np.maximum(av - 0.95, au - 0.32))
    if name == "ring":
        return np.abs(radius - 0.7) - 0.25
    if name == "star":
        around = np.arctan2(u, -v)
        wave = np.abs((around * 5 / (2 * np.pi)) % 1.0 - 0.5) * 2.0  # 1 at the tips
        return (radius - (0.42 + 0.63 * wave)) * 0.6
    if name == "hexagon":
        return np.maximum(0.866 * au + 0.5 * av, av) - 0.8
    if name == "half disk":
        return np.maximum(np.hypot(u, v - 0.4) - 1.0, v - 0.4)
    return np.maximum(au - 0.38, av - 1.0)


def _light(kind: int, u: np.ndarray, v: np.ndarray, phase: np.ndarray, grain: np.ndarray) -> np.ndarray:
    """The texture's brightness, 0 to 1."""
    p, q = phase[0][:, None, None], phase[1][:, None, None]
    name = TEXTURES[kind]

    def wave(t: np.ndarray) -> np.ndarray:
        return np.clip(0.5 + 1.6 * np.sin(2 * np.pi * t), 0.0, 1.0)

    if name == "plain":
        return np.ones_like(u)
    if name == "rows":
        return wave(1.9 * v + p)
    if name == "columns":
        return wave(1.9 * u + p)
    if name == "diagonal":
        return wave(1.35 * (u + v) + p)
    if name == "checks":
        return np.clip(0.5 + 2.0 * np.sin(2 * np.pi * (1.3 * u + p)) * np.sin(2 * np.pi * (1.3 * v + q)), 0.0, 1.0)
    if name == "dots":
        near = np.hypot((1.7 * u + p) % 1.0 - 0.5, (1.7 * v + q) % 1.0 - 0.5)
        return np.clip((near - 0.27) * 8.0, 0.0, 1.0)
    if name == "grid":
        lines = np.minimum(np.abs((1.5 * u + p) % 1.0 - 0.5), np.abs((1.5 * v + q) % 1.0 - 0.5))
        return np.clip((lines - 0.1) * 8.0, 0.0, 1.0)
    if name == "rings":
        return wave(2.0 * np.hypot(u, v) + p)
    if name == "zigzag":
        return wave(1.9 * v + p + 0.9 * np.abs((1.6 * u + q) % 1.0 - 0.5))
    picked_u = np.clip(((u + 1.5) * 3.0).astype(int), 0, 8)
    picked_v = np.clip(((v + 1.5) * 3.0).astype(int), 0, 8)
    return grain[np.arange(len(u))[:, None, None], picked_v, picked_u]
