from __future__ import annotations

import pytest

from mmexplore.errors import BadSpec
from mmexplore.labs.knob.graphs import Graphs, edges
from mmexplore.labs.knob.methods import FAMILIES, method, methods


def test_the_whole_periodic_table_is_there():
    assert methods() == (
        "beta-vae",
        "dvib",
        "beta-dvcca",
        "beta-dvcca-private",
        "beta-joint-dvcca",
        "beta-joint-dvcca-private",
        "dvsib",
        "dvsib-private",
        "dsib",
        "clip",
        "barlow-twins",
        "vicreg",
        "deep-cca",
    )
    assert {method(name).family for name in methods()} == set(FAMILIES)


# Table 1 of arXiv 2310.03311, with gamma beside the reconstructions
@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("beta-vae", "I_E(X;Zx) - beta I_D(X;Zx)"),
        ("dvib", "I_E(X;Zx) - beta I_D(Y;Zx)"),
        ("beta-dvcca", "I_E(X;Zx) - beta [I_D(Y;Zx) + gamma I_D(X;Zx)]"),
        ("beta-joint-dvcca", "I_E(X,Y;Z) - beta [I_D(X;Z) + I_D(Y;Z)]"),
        (
            "beta-dvcca-private",
            "I_E(X;Z) + I_E(X;Wx) + I_E(Y;Wy) - beta [I_D(Y;Z,Wy) + gamma I_D(X;Z,Wx)]",
        ),
        ("beta-joint-dvcca-private", "I_E(X,Y;Z) + I_E(X;Wx) + I_E(Y;Wy) - beta [I_D(X;Z,Wx) + I_D(Y;Z,Wy)]"),
        ("dvsib", "I_E(X;Zx) + I_E(Y;Zy) - beta [I(Zx;Zy) + gamma (I_D(X;Zx) + I_D(Y;Zy))]"),
        (
            "dvsib-private",
            "I_E(X;Zx) + I_E(Y;Zy) + I_E(X;Wx) + I_E(Y;Wy) - beta [I(Zx;Zy) + gamma (I_D(X;Zx,Wx) + I_D(Y;Zy,Wy))]",
        ),
        ("dsib", "-I(Zx;Zy)"),
    ],
)
def test_losses_follow_from_the_graphs(name, formula):
    assert method(name).formula == formula


def test_which_knobs_act():
    acting = {name: method(name).knobs for name in methods()}
    assert acting["dvib"] == acting["beta-vae"] == acting["beta-joint-dvcca"] == ("beta",)
    assert acting["dvsib"] == acting["beta-dvcca"] == acting["dvsib-private"] == ("beta", "gamma")
    assert all(acting[name] == () for name in ("dsib", "clip", "barlow-twins", "vicreg", "deep-cca"))


@pytest.mark.parametrize(
    ("encoder", "decoder", "words"),
    [
        ("X->Zx", "Zy->X", "from encoded latents"),
        ("Zx->X", "", "from X or Y to a latent"),
        ("X->Z; Y->Z", "Z->X", "twice"),
        ("X=>Z", "", "edges such as"),
        ("X->Z", "Z->Wx", "to X or Y"),
    ],
)
def test_graphs_that_mean_nothing_are_refused(encoder, decoder, words):
    with pytest.raises(BadSpec, match=words):
        Graphs.read(encoder, decoder)


def test_edges_are_read_and_written():
    assert [edge.text for edge in edges("Zx -- Zy; Zx,Wx->X")] == ["Zx--Zy", "Zx,Wx->X"]
