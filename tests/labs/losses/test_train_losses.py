"""Each objective's loss against a small case worked out by hand, and gradients that flow only where they should."""

import math

import numpy as np
import pytest
import torch
from torch.nn.functional import normalize

from mmexplore.labs.losses.objectives import OBJECTIVES, objectives
from mmexplore.labs.losses.train.bank import Conv, Dense, Heads, Mlp, clip_each, streams
from mmexplore.labs.losses.train.critics import Concatenated, Separable, cosine
from mmexplore.labs.losses.train.method import Batch, Shape, make
from mmexplore.labs.losses.train.methods.bottleneck import negative_log_likelihood
from mmexplore.labs.losses.train.methods.masked import hide
from mmexplore.labs.losses.train.methods.supcon import supervised_contrastive
from mmexplore.labs.losses.train.methods.supervised import label_loss

B, K = 8, 2
TRAINED = [name for name in OBJECTIVES.names() if name not in ("raw", "untrained")]


def shape(**changes):
    values = {"seeds": (1, 2), "view1": (6,), "view2": (5,), "classes": (2,), "width": 8, "layers": 1, "embedding": 4}
    return Shape(**{**values, **changes})


def batch(device, b=B):
    g = torch.Generator().manual_seed(0)

    def rows(d):
        return torch.randn((K, b, d), generator=g).to(device)

    labels = torch.arange(b, device=device).remainder(2).expand(K, b)[..., None]
    return Batch(rows(6), rows(5), labels, (rows(6), rows(5)), (rows(6), rows(5)))


@pytest.fixture
def made(device):
    return lambda name, **changes: make(objectives(name)[0], shape(device=device, **changes))


def noise(shape, device, seed=0):
    """Normal numbers, the same on every device."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed)).to(device)


def numbers(tensor):
    return tensor.detach().double().cpu().numpy()


def plain_nce(z1, z2, temperature, symmetric):
    """InfoNCE of one member by loops, nats."""
    a, b = (z / np.linalg.norm(z, axis=1, keepdims=True) for z in (z1, z2))
    f = a @ b.T / temperature
    n = len(f)

    def one(g):
        return np.mean([g[i, i] - math.log(sum(math.exp(v) for v in g[i]) / n) for i in range(n)])

    return 0.5 * (one(f) + one(f.T)) if symmetric else one(f)


# -- stacks ------------------------------------------------------------------------------------------------------------------


def test_a_member_of_a_stack_computes_what_it_computes_alone(device):
    seeds = [3, 9, 4]
    x = noise((3, 7, 6), device)
    stack = Mlp(streams(seeds, "net"), [6, 5, 4]).to(device)
    for i, seed in enumerate(seeds):
        alone = Mlp(streams([seed], "net"), [6, 5, 4]).to(device)
        assert torch.allclose(alone(x[i : i + 1])[0], stack(x)[i], atol=1e-6)


def test_dense_is_the_linear_map_of_its_numbers(device):
    layer = Dense(streams([1, 2], "d"), 3, 2).to(device)
    x = noise((2, 4, 3), device)
    want = np.stack([numbers(x[k]) @ numbers(layer.weight[k]) + numbers(layer.bias[k]) for k in range(2)])
    assert np.allclose(numbers(layer(x)), want, atol=1e-6)


def test_heads_are_networks_of_their_own(device):
    heads = Heads(streams([1, 2], "h"), 3, [4, 4, 2]).to(device)
    x = noise((2, 5, 4), device)
    out = heads(x)
    assert out.shape == (3, 2, 5, 2)
    first, second = heads.net.layers
    h = torch.relu(x[1] @ first.weight[2 * 2 + 1] + first.bias[2 * 2 + 1])  # head 2 of member 1
    assert torch.allclose(out[2, 1], h @ second.weight[5] + second.bias[5], atol=1e-6)


@pytest.mark.parametrize("channels", [3, 8])
def test_a_convolution_of_a_stack_is_one_convolution_a_member(channels, device):
    conv = Conv(streams([1, 2], "c"), channels, 4, 3, 2).to(device)
    x = noise((2, 5, channels, 8, 8), device)
    want = torch.stack(
        [torch.nn.functional.conv2d(x[k], conv.weight[k], conv.bias[k], stride=2, padding=1) for k in range(2)]
    )
    assert torch.allclose(conv(x), want, atol=1e-5)


def test_gradients_are_clipped_member_by_member(device):
    small, large = torch.full((1, 4), 0.5), torch.full((1, 4), 50.0)  # norms 1 and 100
    gradients = [torch.cat([small, large]).to(device)]
    clip_each(gradients, 10.0, 2)
    assert gradients[0][0].norm().item() == pytest.approx(1.0)
    assert gradients[0][1].norm().item() == pytest.approx(10.0, rel=1e-5)
    copies = [torch.tensor([[3.0], [30.0], [4.0], [40.0]], device=device)]  # two heads of two members: norms 5 and 50
    clip_each(copies, 10.0, 2)
    assert copies[0].ravel().tolist() == pytest.approx([3.0, 6.0, 4.0, 8.0])


# -- critics -----------------------------------------------------------------------------------------------------------------


def test_the_concatenated_critic_is_a_network_of_each_pair(device):
    critic = Concatenated(streams([1, 2], "f"), 3, 2, 6).to(device)
    x, y = (noise((2, 4, d), device, d) for d in (3, 2))
    f = critic(x, y)
    one, two = critic.rest.layers
    for i, j in ((0, 0), (1, 3), (3, 1)):
        pair = torch.cat([x[1, i], y[1, j]])
        weight = torch.cat([critic.first.weight[1], critic.second.weight[1]])
        h = torch.relu(pair @ weight + critic.first.bias[1, 0] + critic.second.bias[1, 0])
        h = torch.relu(h @ one.weight[1] + one.bias[1, 0])
        assert f[1, i, j].item() == pytest.approx((h @ two.weight[1] + two.bias[1, 0]).item(), abs=1e-5)


def test_the_separable_critic_is_a_cosine_over_the_temperature(device):
    critic = Separable(streams([1, 2], "f"), 3, 2, 6, 5, 0.25).to(device)
    x, y = (noise((2, 4, d), device, d) for d in (3, 2))
    g, h = normalize(critic.g(x), dim=-1), normalize(critic.h(y), dim=-1)
    assert critic(x, y)[1, 2, 3].item() == pytest.approx(4.0 * (g[1, 2] @ h[1, 3]).item(), abs=1e-5)
    assert critic(x, y).abs().max() <= 4.0 + 1e-5


# -- losses by hand ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("head", ["mlp", "mlp2", "linear", "none"])
def test_clip_is_symmetric_infonce_of_cosines_of_what_is_read_at_the_loss(head, made, device):
    method, rows = made(f"clip?temperature=0.5&head={head}"), batch(device)
    loss, terms = method.loss(rows, torch.Generator(device))
    read = method.embeddings(rows.x1, rows.x2)
    z1, z2 = (read["z1"], read["z2"]) if head == "none" else (read["loss1"], read["loss2"])
    want = [plain_nce(numbers(z1[k]), numbers(z2[k]), 0.5, True) for k in range(K)]
    assert np.allclose(numbers(-loss), want, atol=1e-5)
    assert np.allclose(numbers(terms["nce_12"]), np.array(want) / math.log(2), atol=1e-5)


def test_infonce_of_perfect_codes_reaches_the_ceiling(device):
    z = torch.eye(8, device=device)[None]
    from mmexplore.training.bounds import infonce

    assert infonce(cosine(z, z, 0.02)).item() == pytest.approx(math.log(8), abs=1e-6)


def test_cross_self_adds_one_bound_a_view(made, device):
    method, rows = made("cross-self"), batch(device)
    loss, _ = method.loss(rows, torch.Generator(device))
    (z1, z2), (t1, t2) = method.project(*rows.first), method.project(*rows.second)
    want = sum(plain_nce(numbers(a[0]), numbers(b[0]), 0.2, True) for a, b in ((z1, z2), (z1, t1), (z2, t2)))
    assert -loss[0].item() == pytest.approx(want, abs=1e-5)


def test_supcon_by_hand(device):
    # three embeddings: 0 and 1 of one label; the third has no partner and does not count
    f = torch.tensor([[[9.0, 1.0, 2.0], [1.0, 9.0, 0.0], [2.0, 0.0, 9.0]]], device=device)
    same = torch.tensor([[[True, True, False], [True, True, False], [False, False, True]]], device=device)
    anchor0 = 1.0 - math.log(math.exp(1) + math.exp(2))
    anchor1 = 1.0 - math.log(math.exp(1) + math.exp(0))
    assert supervised_contrastive(f, same).item() == pytest.approx(-(anchor0 + anchor1) / 2, abs=1e-6)


def test_comm_pairs_each_view_with_the_other_augmentation(made, device):
    method, rows = made("comm"), batch(device)
    loss, terms = method.loss(rows, torch.Generator(device))
    (h1, h2), (t1, t2) = method.encode(*rows.first), method.encode(*rows.second)
    z, t = method.head(method.fuse(h1, h2)), method.head(method.fuse(t1, t2))
    tau = method.objective.temperature

    def alone(h, view):
        return method.head(method.alone(h, view))

    def nce(a, b):
        return plain_nce(numbers(a[1]), numbers(b[1]), tau, True)

    view1 = 0.5 * (nce(alone(t1, 1), z) + nce(alone(h1, 1), t))
    view2 = 0.5 * (nce(alone(t2, 2), z) + nce(alone(h2, 2), t))
    assert terms["nce_1"][1].item() * math.log(2) == pytest.approx(view1, abs=1e-4)
    assert -loss[1].item() == pytest.approx(nce(z, t) + view1 + view2, abs=1e-4)


def test_a_code_of_one_view_does_not_see_the_other(made, device):
    for name in ("comm", "comm-linear", "masked", "early", "clip"):
        method, rows = made(name), batch(device)
        one, two = method.embeddings(rows.x1, rows.x2), method.embeddings(rows.x1, rows.x2 + 1.0)
        assert torch.equal(one["z1"], two["z1"])
        assert not torch.equal(one["z12"], two["z12"])


def test_linear_fusion_is_a_sum_over_views(made, device):
    method = made("comm-linear")
    h = [noise((K, B, 8), device, i) for i in range(4)]
    mixed = method.fuse(h[0], h[1]) - method.fuse(h[2], h[1])
    assert torch.allclose(mixed, method.fuse(h[0], h[3]) - method.fuse(h[2], h[3]), atol=1e-5)


def test_the_likelihood_of_a_decoder_is_the_normal_one(device):
    from scipy.stats import norm

    x, guess = torch.tensor([[[1.0, 2.0], [0.0, -1.0]]]), torch.tensor([[[0.5, 2.5], [0.0, 0.0]]])
    want = -norm.logpdf(x.numpy(), guess.numpy(), math.exp(0.5 * 0.3)).sum(axis=-1).mean()
    found = negative_log_likelihood(*(part.to(device) for part in (x, guess, torch.tensor([0.3]))))
    assert found.item() == pytest.approx(want, abs=1e-6)


def test_the_rate_is_the_divergence_of_the_code_from_the_prior(made, device):
    from torch.distributions import Normal, kl_divergence

    method, rows = made("vae"), batch(device)
    _, rate = method.sample(rows.x1, 1, torch.Generator(device).manual_seed(0))
    mean, log_var = method.encoder1(rows.x1).chunk(2, dim=-1)
    want = kl_divergence(Normal(mean, (0.5 * log_var).exp()), Normal(0.0, 1.0)).sum(-1).mean(-1)
    assert torch.allclose(rate, want, atol=1e-5)


def test_gamma_zero_forgets_reconstruction(made, device):
    rows = batch(device)
    for name in ("dvsib?gamma=0.0", "dvcca?gamma=0.0"):
        method = made(name)
        loss, _ = method.loss(rows, torch.Generator(device).manual_seed(0))
        gradients = torch.autograd.grad(loss.sum(), list(method.back1.parameters()), allow_unused=True)
        assert all(g is None or not g.any() for g in gradients)


def test_cross_entropy_of_several_labels_adds_up(device):
    logits = torch.tensor([[[0.0, 0.0, math.log(3.0), 0.0, 0.0]]], device=device)
    labels = torch.tensor([[[1, 0]]], device=device)
    assert label_loss(logits, labels, (2, 3)).item() == pytest.approx(math.log(2) + math.log(5 / 3), abs=1e-6)


def test_hiding_hides_the_asked_share_and_whole_patches(device):
    g = torch.Generator(device).manual_seed(0)
    rows = hide(torch.ones((1, 200, 50), device=device), 0.3, g)
    assert (rows == 0).float().mean().item() == pytest.approx(0.3, abs=0.02)
    picture = hide(torch.ones((1, 50, 3, 32, 32), device=device), 0.3, g).reshape(50, 3, 4, 8, 4, 8)
    inside = picture.mean(dim=(1, 3, 5))
    assert set(inside.unique().tolist()) <= {0.0, 1.0}


# -- FactorCL ----------------------------------------------------------------------------------------------------------------


def factorcl_by_hand(method, rows):
    """The six terms of FactorCL-SSL of member 0, nats."""
    (z1, z2), (t1, t2) = method.encode(rows.x1, rows.x2), method.encode(*rows.second)
    h1, h2, a1, a2 = method.heads1(z1), method.heads2(z2), method.heads1(t1), method.heads2(t2)

    def nce(f):
        f = numbers(f[0])
        return np.mean(np.diag(f)) - np.mean(np.log(np.exp(f).mean(axis=1)))

    def club(f):
        f = numbers(f[0])
        off = f[~np.eye(len(f), dtype=bool)]
        return np.mean(np.diag(f)) - off.mean()

    def beside(h, a, i):
        return torch.cat([h[i], a[i]], dim=-1)

    return {
        "nce_12": nce(method.nce_12(h1[0], h2[0])),
        "club_pair": club(method.club_pair(beside(h1, a1, 1), beside(h2, a2, 1))),
        "nce_1": nce(method.nce_1(h1[2], a1[2])),
        "nce_2": nce(method.nce_2(h2[2], a2[2])),
        "club_12": club(method.club_12(h1[3], h2[3])),
        "nce_pair": nce(method.nce_pair(beside(h1, a1, 4), beside(h2, a2, 4))),
    }


@pytest.mark.parametrize("critic", ["separable", "concatenated"])
def test_factorcl_ssl_is_its_six_terms(critic, made, device):
    method, rows = made(f"factorcl-ssl?critic={critic}&club=0.5"), batch(device)
    loss, terms = method.loss(rows, torch.Generator(device))
    want = factorcl_by_hand(method, rows)
    for name, value in want.items():
        assert terms[name][0].item() * math.log(2) == pytest.approx(value, abs=2e-5), name
    gain = want["nce_12"] + want["nce_1"] + want["nce_2"] + want["nce_pair"]
    assert loss[0].item() == pytest.approx(0.5 * (want["club_12"] + want["club_pair"]) - gain, abs=1e-4)


def test_the_bug_of_the_public_code_conditions_on_the_view_itself(made, device):
    rows = batch(device)
    right, wrong = made("factorcl-ssl"), made("factorcl-ssl?bug=1")
    wrong.load_state_dict(right.state_dict())
    terms = [m.loss(rows, torch.Generator(device))[1] for m in (right, wrong)]
    for name in terms[0]:
        assert torch.allclose(terms[0][name], terms[1][name]) == (name != "club_pair"), name
    # the conditions then do not see the augmentation at all
    other = Batch(rows.x1, rows.x2, rows.labels, rows.first, (rows.second[0] + 1.0, rows.second[1] - 1.0))
    assert torch.allclose(wrong.loss(other, torch.Generator(device))[1]["club_pair"], terms[1]["club_pair"])


def test_factorcl_sup_puts_the_label_where_the_augmentation_was(made, device):
    method, rows = made("factorcl-sup"), batch(device)
    _, terms = method.loss(rows, torch.Generator(device))
    z1, z2 = method.encode(rows.x1, rows.x2)
    y = torch.nn.functional.one_hot(rows.labels[..., 0], 2).float()
    f = numbers(method.nce_1(method.heads1(z1)[2], y)[0])
    want = np.mean(np.diag(f)) - np.mean(np.log(np.exp(f).mean(axis=1)))
    assert terms["nce_1"][0].item() * math.log(2) == pytest.approx(want, abs=1e-5)
    assert terms["nce_1"][0].item() <= 1.0 + 0.3  # a fair label tells one bit, up to the batch's scatter
    del z2


@pytest.mark.parametrize("name", ["factorcl-sup", "factorcl-ssl", "factorcl-indaug"])
def test_outer_and_inner_steps_keep_apart(name, made, device):
    method, rows = made(name), batch(device)
    outer, inner = method.outer(), method.critics()
    assert not {id(p) for p in outer} & {id(p) for p in inner}
    assert len(outer) + len(inner) == len(list(method.parameters()))
    method.loss(rows, torch.Generator(device))
    gradients = torch.autograd.grad(method.inner_loss().sum(), outer, allow_unused=True)
    assert all(g is None for g in gradients)  # embeddings are held fixed while the CLUB critics are fitted
    gradients = torch.autograd.grad(method.inner_loss().sum(), inner)
    assert all(torch.isfinite(g).all() for g in gradients)


def test_heads_are_gathered_by_what_they_are_for(made, device):
    method, rows = made("factorcl-ssl"), batch(device)
    embeddings = method.embeddings(rows.x1, rows.x2)
    heads = method.heads1(embeddings["z1"])
    assert torch.equal(embeddings["s1"], torch.cat([heads[0], heads[1]], dim=-1))
    assert torch.equal(embeddings["u1"], torch.cat([heads[2], heads[3], heads[4]], dim=-1))


# -- all of them -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TRAINED)
def test_every_objective_declares_its_terms_and_members_do_not_meet(name, made, device):
    method, rows = made(name), batch(device)
    loss, terms = method.loss(rows, torch.Generator(device).manual_seed(0))
    assert loss.shape == (K,)
    assert set(terms) == set(method.objective.terms)
    gradients = torch.autograd.grad(loss[0], method.outer(), allow_unused=True)
    for g in gradients:
        if g is not None:
            assert not g.reshape(-1, K, g[0].numel())[:, 1].any()
    assert set(method.embeddings(rows.x1, rows.x2)) == set(method.objective.readouts())


@pytest.mark.parametrize("name", ["clip", "factorcl-ssl", "comm", "masked"])
def test_pictures_go_through_every_kind_of_method(name, made, device):
    method = made(name, view1=(3, 32, 32), view2=(3, 32, 32))
    x = [noise((K, 4, 3, 32, 32), device, i) for i in range(6)]
    rows = Batch(x[0], x[1], torch.zeros((K, 4, 1), dtype=torch.long, device=device), (x[2], x[3]), (x[4], x[5]))
    loss, _ = method.loss(rows, torch.Generator(device).manual_seed(0))
    assert torch.isfinite(loss).all()


# -- two layers ---------------------------------------------------------------------------------------------------------------

HEADED = [name for name in TRAINED if "head" in {p.name for p in OBJECTIVES[name].parameters()}]


def test_the_contrastive_losses_have_heads():
    contrastive = {
        "clip",
        "cross-self",
        "supcon",
        "comm",
        "comm-linear",
        "factorcl-sup",
        "factorcl-ssl",
        "factorcl-indaug",
    }
    assert set(HEADED) == contrastive


@pytest.mark.parametrize("name", HEADED)
@pytest.mark.parametrize("head", ["mlp", "mlp2", "linear", "none"])
def test_only_what_stands_behind_the_head_reaches_the_loss(name, head, made, device):
    method, rows = made(f"{name}?head={head}"), batch(device, 80)
    read = method.embeddings(30 * rows.x1, 30 * rows.x2)  # beyond all biases
    assert set(read) == set(method.objective.readouts())
    assert ("loss12" in read) == (head != "none")
    # a head of linear layers only: the layer at the loss is an affine map of the representation
    z, p = (numbers(read[name][0]) for name in ("z1", "loss1" if head != "none" else "z1"))
    joined = np.concatenate([z, np.ones((len(z), 1))], axis=1)
    left_over = p - joined @ np.linalg.lstsq(joined, p, rcond=None)[0]
    assert (np.abs(left_over).max() < 1e-4 * np.abs(p).max()) == (head in ("linear", "none"))


@pytest.mark.parametrize("name", ["vae", "dvsib", "dvcca"])
def test_latents_are_drawn_about_their_means_with_the_variance_that_is_paid_for(name, made, device):
    method, rows = made(name), batch(device)
    mean = method.embeddings(rows.x1, rows.x2)["z1"]
    draws = torch.stack(
        [method.embeddings(rows.x1, rows.x2, torch.Generator(device).manual_seed(i))["z1"] for i in range(400)]
    )
    e = method.shape.embedding
    sd = (0.5 * method.encoder1(rows.x1)[..., e:]).exp()
    assert (((draws.mean(dim=0) - mean) / sd).abs() < 5 / math.sqrt(400)).all()
    assert ((draws.std(dim=0) / sd - 1).abs() < 5 / math.sqrt(800)).all()
    again = method.embeddings(rows.x1, rows.x2, torch.Generator(device).manual_seed(7))["z1"]
    assert torch.equal(again, draws[7])


# -- the conditional terms ------------------------------------------------------------------------------------------------------


def optimal_scores(x1, x2, rho, y, means):
    """Log ratio of the joint to the product law of two normal numbers of correlation rho about the means of a label."""
    a, c = x1 - means[y], x2 - means[y]
    a, c = a[:, :, None], (x2[:, None] - means[y][:, :, None])
    quadratic = (rho**2 * (a**2 + c**2) - 2 * rho * a * c) / (2 * (1 - rho**2))
    return -0.5 * math.log(1 - rho**2) - quadratic


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.8])
def test_the_conditional_bounds_stand_for_the_information_given_the_label(rho, device):
    from mmexplore.training.bounds import conditional_infonce, conditional_nce_club, infonce, nce_club

    b = 2048
    y = torch.arange(b, device=device).remainder(2).expand(4, b)
    same = y[:, :, None] == y[:, None]
    first, second = torch.randn((2, 4, b), generator=torch.Generator().manual_seed(0)).to(device)
    means = torch.tensor([-3.0, 3.0], device=device)  # the label itself can be read off either view
    x1 = means[y] + first
    x2 = means[y] + rho * first + math.sqrt(1 - rho**2) * second
    f = optimal_scores(x1, x2, rho, y, means)
    truth = -0.5 * math.log(1 - rho**2)
    both_ways = rho**2 / (1 - rho**2)  # NCE-CLUB at the optimal critic: both directed divergences
    assert conditional_infonce(f, same).mean().item() == pytest.approx(truth, abs=0.03)
    assert conditional_nce_club(f, same).mean().item() == pytest.approx(both_ways, abs=0.1)
    # a critic that is told the label in both inputs scores pairs of unlike labels at will: with them as negatives H(Y) is added
    blind = f.masked_fill(~same, -50.0)
    assert infonce(blind).mean().item() == pytest.approx(truth + math.log(2), abs=0.03)
    assert nce_club(blind).mean().item() > both_ways + 5


def test_conditional_bounds_of_one_label_are_the_plain_ones(device):
    from mmexplore.training.bounds import conditional_infonce, conditional_nce_club, infonce, nce_club

    f = noise((3, 8, 8), device)
    same = torch.ones((3, 8, 8), dtype=torch.bool, device=device)
    assert torch.allclose(conditional_infonce(f, same), infonce(f), atol=1e-6)
    assert torch.allclose(conditional_nce_club(f, same), nce_club(f), atol=1e-6)


def test_rows_alone_with_their_label_say_nothing(device):
    from mmexplore.training.bounds import conditional_infonce, conditional_nce_club

    f = noise((1, 4, 4), device)
    labels = torch.tensor([[0, 0, 1, 2]], device=device)
    same = labels[:, :, None] == labels[:, None]
    pair = numbers(f[0, :2, :2])
    nce = sum(pair[i, i] - math.log(np.exp(pair[i]).mean()) for i in range(2)) / 4
    assert conditional_infonce(f, same).item() == pytest.approx(nce, abs=1e-6)
    club = (pair[0, 0] - pair[0, 1] + pair[1, 1] - pair[1, 0]) / 2
    assert conditional_nce_club(f, same).item() == pytest.approx(club, abs=1e-6)


@pytest.mark.parametrize("critic", ["separable", "concatenated"])
def test_trained_on_independent_views_the_conditional_terms_of_the_supervised_form_are_nothing(critic, device):
    """Views that tell the label and, given it, have nothing in common: I(X1;X2|Y) = 0, though both terms could see H(Y) = 1 bit."""
    b = 64 if critic == "concatenated" else 256
    method = make(objectives(f"factorcl-sup?critic={critic}")[0], shape(device=device, width=16))
    adam = torch.optim.Adam(method.outer(), lr=3e-3)
    inner = torch.optim.Adam(method.critics(), lr=3e-3)
    g = torch.Generator().manual_seed(0)

    def rows(b=b):
        y = torch.arange(b).remainder(2).expand(K, b)[..., None]
        x1, x2 = (torch.randn((K, b, d), generator=g) + 3.0 * (2 * y - 1) for d in (6, 5))
        return Batch(x1.to(device), x2.to(device), y.to(device))

    for _ in range(60):
        loss, _ = method.loss(rows(), torch.Generator(device))
        adam.zero_grad()
        loss.sum().backward()
        adam.step()
        inner.zero_grad()
        method.inner_loss().sum().backward()
        inner.step()
    with torch.no_grad():
        terms = [method.loss(rows(), torch.Generator(device))[1] for _ in range(3000 // b)]
    for name in ("nce_pair", "club_pair"):
        assert abs(torch.stack([t[name] for t in terms]).mean().item()) < 0.02, name
    assert torch.stack([t["nce_12"] for t in terms]).mean().item() > 0.9  # what they share is the label's bit
