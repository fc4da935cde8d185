# %% [markdown]
# # 11 · SelNet
#
# Every network so far switches with ReLU: what is negative is closed off, what is positive passes.
# Nobody learned that rule. In 2017 Jae-Seok Choi and Munchurl Kim put a switch in its place that
# *is* learned, for each channel and each pixel. You will build it, take its gradient by hand, look
# at where it opens in a photograph, and test whether it is worth its price.
#
# **You will be able to**
#
# - say what ReLU's gradient is, and what about ReLU cannot be learned;
# - write the selection unit and its gradient, and choose its weights so that it becomes the
#   identity, a half, or ReLU;
# - count SelNet's layers and costs, and judge an experiment that compares two activations.
#
# **Time** about 35 minutes · **Before this** [10 · BTSRN](10_btsrn.ipynb)

# %%
import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

import srcourse as sr
from srcourse import claims, zoo
from srcourse.classroom import check
from srcourse.images import luma, to_float, to_uint8
from srcourse.layers import convolve2d, named_kernel, relu, sigmoid
from srcourse.metrics import evaluate, make_lr, psnr
from srcourse.models import reach
from srcourse.models.cost import multiply_adds, parameters
from srcourse.models.picture import enlarge
from srcourse.models.selnet import LOUD, STEEP, SelectionUnit, SelNet
from srcourse.resampling import modcrop
from srcourse.widgets import FeatureMaps, Predict

torch.manual_seed(0)
torch.set_num_threads(1)  # the networks trained below are so small that a second core delays them
BLUE, ORANGE, GREEN, PINK = "#0072b2", "#e69f00", "#009e73", "#cc79a7"

# %% [markdown]
# ## Predict first
#
# A ReLU gets −2 at one pixel and 3 at another. After it the training error is known, and it is
# passed back through the ReLU to the layer before. Each layer multiplies it with its slope.

# %%
Predict(
    "11-relu-slope",
    "With what does ReLU multiply the error on the way back?",
    choices=[
        "it cannot be passed back through ReLU",
        "with 0 at the first pixel and 1 at the second",
        "with 0.5 at both",
        "with 0 at the first pixel and 3 at the second",
    ],
    answer="with 0 at the first pixel and 1 at the second",
    because="Below zero ReLU is flat, above it has slope 1. The next cells check it.",
)

# %% [markdown]
# ## ReLU is a switch
#
# Write ReLU as a product, of the value and a switch that is 0 or 1:
#
# $$\mathrm{ReLU}(x) = x \cdot [x > 0]$$
#
# Its slope is the switch, $[x > 0]$. The source report says of ReLU that "its training error can't
# be back-propagated". Ask autograd:

# %%
x = torch.tensor([-2.0, 3.0], requires_grad=True)
torch.relu(x).sum().backward()
print("slope of ReLU at −2 and 3:", *(f"{slope:.0f}" for slope in x.grad))

with_relu = nn.Sequential(
    nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.Conv2d(16, 16, 3, padding=1), nn.ReLU()
)
with_relu(torch.rand(1, 1, 24, 24)).square().mean().backward()
reached = [(p.grad != 0).float().mean().item() for p in with_relu[0].parameters()]
print("below two ReLUs, most weights of the first layer get a gradient:", min(reached) > 0.5)

# %% [markdown]
# Where the switch is open the error passes as it is, and where it is closed it stops. Networks with
# dozens of ReLUs are trained in this way. So the sentence is wrong as it stands, but two true ones
# lie near it:
#
# - *Where* a ReLU is closed nothing comes back through it. A channel that is negative at every
#   pixel of every picture gets no gradient, and mostly stays that way: it is called **dead**.
# - The **switch itself** has nothing to learn. It is thrown at 0, and looks at its own channel at
#   its own pixel, and nothing else. Training can move what arrives at the switch, but not its rule.
#
# ## The selection unit
#
# SelNet replaces the switch by one that is computed from all channels of the pixel, by weights of
# its own:
#
# $$\mathrm{SU}(x) = x \cdot \sigma\big(W\,\mathrm{ReLU}(x) + b\big) \qquad
# \sigma(t) = \frac{1}{1 + e^{-t}}$$
#
# The paper calls the right factor the *selection module*, the left one the *identity mapping*. $W$
# is a 1 × 1 convolution: at each pixel, one matrix for its $C$ channels. Line for line:


# %%
def selection_unit(x, weight, bias):
    r = torch.relu(x)
    t = torch.einsum("oi,nihw->nohw", weight, r) + bias.view(-1, 1, 1)
    s = 1 / (1 + torch.exp(-t))
    return x * s


unit = SelectionUnit(8)
x = torch.randn(2, 8, 6, 6)
with torch.no_grad():
    same = torch.allclose(selection_unit(x, unit.conv.weight[:, :, 0, 0], unit.conv.bias), unit(x))
    s = unit.selection(x)
print("equals the network's:", same)
print(f"ReLU's switch is 0 or 1. This one lies between 0 and 1: {bool(0 < s.min() < s.max() < 1)}")

# %% [markdown]
# ## Its gradient
#
# Take one pixel. $x$ has $C$ numbers, $g$ is the error that arrives from behind, and $\odot$
# multiplies number by number. $y = x \odot s$ is a product, so $x$ gets the error in two ways:
# directly, times $s$, and through the switch. With $\sigma' = s (1 - s)$, the error that reaches
# the switch's input is
#
# $$q = g \odot x \odot s \odot (1 - s)$$
#
# and from there the rest follows by the chain rule of lesson 02:
#
# $$\frac{\partial E}{\partial x} = g \odot s + [x > 0] \odot W^\top q \qquad
# \frac{\partial E}{\partial W} = \sum_{\text{pixels}} q \, \mathrm{ReLU}(x)^\top \qquad
# \frac{\partial E}{\partial b} = \sum_{\text{pixels}} q$$
#
# In NumPy, with the pixels in a row, `x` is $C \times N$:


# %%
def unit_gradients(x, weight, bias, g):
    s = sigmoid(weight @ relu(x) + bias[:, None])
    q = g * x * s * (1 - s)
    return g * s + (x > 0) * (weight.T @ q), q @ relu(x).T, q.sum(axis=1)


random = np.random.default_rng(0)
x, weight, bias, g = (random.normal(size=size) for size in ((4, 30), (4, 4), 4, (4, 30)))
by_hand = unit_gradients(x, weight, bias, g)

tensors = [torch.tensor(a, requires_grad=True) for a in (x, weight, bias)]
unit_of = selection_unit(tensors[0].view(1, 4, 1, 30), *tensors[1:])
by_autograd = torch.autograd.grad(unit_of, tensors, torch.tensor(g).view(1, 4, 1, 30))
for name, mine, theirs in zip("xWb", by_hand, by_autograd, strict=True):
    print(f"gradient for {name}, as autograd has it:", np.allclose(mine, theirs))

# %% [markdown]
# This is what the unit has and ReLU has not: $q$ is the training error *of the switch*, and $W$ and
# $b$ learn from it. Besides, a nearly closed switch still lets a part of the error back: the
# first term is $g \odot s$, and $s$ is never quite 0.
#
# ## What it can imitate
#
# With one channel the unit is a curve, and two numbers bend it:

# %%
line = np.linspace(-2, 2, 401)


def su(x, w, b):
    return x * sigmoid(w * relu(x) + b)


imitations = {
    "identity": (0, 20),
    "a half": (0, 0),
    "leaky ReLU, 0.2": (400, np.log(0.2 / 0.8)),
    "close to ReLU": (400, -6),
}
figure, axes = plt.subplots(1, 4, figsize=(11, 2.7), sharey=True, layout="constrained")
for axis, (name, (w, b)) in zip(axes, imitations.items(), strict=True):
    axis.plot(line, su(line, w, b), color=BLUE, label="SU(x)")
    axis.plot(line, sigmoid(w * relu(line) + b), color=ORANGE, linestyle="--", label="its switch")
    axis.set(title=f"{name}\nw = {w}, b = {b:.2g}", xlabel="x")
axes[0].legend()
plt.show()

# %% [markdown]
# *Blue: what comes out. Orange, dashed: the switch. Below zero ReLU(x) is 0, so with one channel
# the switch stands at σ(b) there, whatever w is.*
#
# - $b$ large, $w = 0$: the switch is open, $\mathrm{SU}(x) = x$.
# - Both 0: half open everywhere, $\mathrm{SU}(x) = x/2$. A unit with small weights is close to
#   this.
# - $b$ negative closes the negative side: $\sigma(b)$ is its slope. $w$ positive opens the positive
#   side, from $x = -b/w$ on.
#
# ReLU itself is a limit. It takes $b \to -\infty$ and $w/|b| \to \infty$, so the weights must grow
# without bound:

# %%
print(f"{'w':>10}{'b':>6}{'largest difference to ReLU on [−2, 2]':>42}")
for b in (-2, -4, -8, -16):
    w = 10 * b**2
    print(f"{w:>10}{b:>6}{abs(su(line, w, b) - relu(line)).max():>42.5f}")

# %% [markdown]
# One more relative: for $w = 1$, $b = 0$ the positive side is $x\,\sigma(x)$, which is known as
# SiLU or Swish, and became popular in the same year.
#
# ### What ReLU cannot do
#
# With two channels the switch of one may listen to the other. Give the unit a photograph as its
# first channel and the strength of its edges as the second. Let the second open the first.

# %%
photo = to_float(sr.images.sample("camera"))[60:260, 160:360]
edges = np.hypot(
    *(convolve2d(photo, named_kernel(k), padding="same") for k in ("sobel-x", "sobel-y"))
)
x = np.stack([photo, edges])
weight, bias = np.array([[0, 12], [0, 0]]), np.array([-6, 0])

s = sigmoid(np.einsum("oi,irc->orc", weight, relu(x)) + bias[:, None, None])
figure, axes = plt.subplots(1, 4, figsize=(11, 3), layout="constrained")
shown = {"channel 1": photo, "channel 2: edges": edges, "switch of channel 1": s[0]}
shown["channel 1 after the unit"] = (x * s)[0]
for axis, (name, picture) in zip(axes, shown.items(), strict=True):
    axis.imshow(picture, cmap="gray", vmin=0, vmax=1)
    axis.set_title(name, fontsize=11)
    axis.axis("off")
plt.show()

# %% [markdown]
# *The photograph passes where there are edges, and only there. ReLU would pass all of it: no pixel
# of it is negative.*

# %%
open_at = s[0] > 0.5
print("open exactly where the edges are stronger than 0.5:", np.array_equal(open_at, edges > 0.5))
print("ReLU would leave the photograph as it is:", np.array_equal(relu(photo), photo))

# %% [markdown]
# ## The network
#
# SelNet works on luma and, like BTSRN, adds its answer to bicubic. All of its layers but the last
# work before the enlarging, which is done by PixelShuffle: a convolution makes $64 s^2$ channels,
# and each group of $s^2$ of them is laid out as a square of $s \times s$ pixels.

# %%
network = zoo.build("selnet", 2)
large = [m for m in network.modules() if isinstance(m, nn.Conv2d) and m.kernel_size == (3, 3)]
units = [m for m in network.modules() if isinstance(m, SelectionUnit)]
before = [c for c in large if c is not network.tail]
print("3×3 convolutions up to PixelShuffle:", len(before), "  after it:", len(large) - len(before))
print("selection units, with a 1×1 convolution each:", len(units))

tiny = nn.PixelShuffle(2)(torch.arange(8.0).view(1, 8, 1, 1))  # 8 channels of one pixel
print("PixelShuffle, 8 channels of 1×1:", tiny.int().tolist()[0])

# %% [markdown]
# "22 layers", as the paper and the report have it, are the 3 × 3 convolutions that stand before the
# enlarging. One more comes after it, and the 1 × 1 layers in the units are not counted. Any such
# figure needs a word on what it counts. Weights leave less room; these are the published ones:

# %%
published = {2: 974, 3: 1159, 4: 1417}  # thousands
for scale, count in published.items():
    built = parameters(zoo.build("selnet", scale))
    print(f"×{scale}: ours {built:,}, published {count:,} thousand: {built // 1000 == count}")

# %% [markdown]
# (Where exactly the paper's identity skips start and end we could not check; they have no weights.
# Ours go around pairs of convolutions.)
#
# ### What the switches cost
#
# A 1 × 1 layer has a ninth of the weights of a 3 × 3 layer, and visits the same pixels.


# %%
def share_of_units(network):
    """Of the multiply-adds: those of 1×1 convolutions."""
    total = small = 0
    for weight, times in reach.convolutions(network):
        total += weight.numel() * times
        small += weight.numel() * times * (weight.shape[2:] == (1, 1))
    assert total == multiply_adds(network) * network.scale**2
    return small / total


in_units = sum(parameters(unit) for unit in units)
print(f"weights in the 21 units: {in_units:,} of {parameters(network):,}")
print(f"their share of the weights:       {in_units / parameters(network):.1%}")
for scale in (2, 3, 4):
    share = share_of_units(zoo.build("selnet", scale))
    print(f"their share of multiply-adds, ×{scale}: {share:.1%}")

# %% [markdown]
# The exponentials come on top. They are no multiply-adds, and a CPU takes its time over them.
#
# ## Live: walk through a trained SelNet
#
# `selnet-mini` has five pairs of 32 channels. Choose a layer whose name ends in `.conv`: that is
# the inside of a selection unit, just before σ. Mid grey is a switch that stands at a half,
# brighter is more open, darker more closed.

# %%
FeatureMaps(network="selnet-mini", scale=2, layer="body.1.body.1.conv")

# %% [markdown]
# **Try**
#
# - Compare `head.0`, the first convolution, with `head.1.conv`, the switch that stands behind it.
# - Go through the channels of one unit. Can you find one that opens at edges, one for dark areas,
#   one that hardly cares?
# - Follow the units from the first to the last pair.
#
# **Notice** the figures under the enlarged channel: they are what σ is applied to. σ is 0.1 at −2.2
# and 0.9 at 2.2.
#
# ## Where do the switches stand?
#
# Let us collect all of them for one photograph: the output of σ, in each of the eleven units.


# %%
def selections(network, lr):
    """What each selection unit of `network` lets through for the picture `lr`."""
    found = {}
    hooks = [
        unit.register_forward_pre_hook(
            lambda unit, given, name=name: found.update({name: unit.selection(*given)[0].numpy()})
        )
        for name, unit in network.named_modules()
        if isinstance(unit, SelectionUnit)
    ]
    enlarge(network, lr)
    for hook in hooks:
        hook.remove()
    return found


hr = sr.images.sample("astronaut")[:256, 100:356]
lr = make_lr(hr, 2)
trained = zoo.load("selnet-mini", 2)
torch.manual_seed(0)
fresh = zoo.build("selnet-mini", 2)
quiet = zoo.build("selnet-mini", 2)  # as torch would start it
with torch.no_grad():
    quiet.head[0].weight /= LOUD
    quiet.head[0].bias /= LOUD
    for unit in quiet.modules():
        if isinstance(unit, SelectionUnit):
            unit.conv.weight /= STEEP
switches = {
    "as torch starts": selections(quiet, lr),
    "as ours starts": selections(fresh, lr),
    "trained": selections(trained, lr),
}

figure, axes = plt.subplots(2, 6, figsize=(11, 4), layout="constrained")
for axis, (name, s) in zip(axes.flat, switches["trained"].items(), strict=False):
    axis.imshow(s[s.std(axis=(1, 2)).argmax()], cmap="gray")
    axis.set_title(name, fontsize=10)
for axis in axes.flat:
    axis.axis("off")
axes[-1, -1].imshow(luma(lr), cmap="gray")
axes[-1, -1].set_title("the picture", fontsize=10)
plt.show()

# %% [markdown]
# *Of each unit, the switch that changes most over the picture, from its lowest value (black) to its
# highest (white).*

# %%
figure, axis = plt.subplots(figsize=(7, 2.8), layout="constrained")
bins = np.linspace(0, 1, 61)
for (name, found), colour in zip(switches.items(), (GREEN, ORANGE, BLUE), strict=True):
    every = np.concatenate([s.ravel() for s in found.values()])
    axis.hist(every, bins, color=colour, label=name, density=True, histtype="step", linewidth=1.8)
axis.set(xlabel="switch: 0 closed, 1 open", ylabel="how often", xlim=(0, 1), yscale="log")
axis.legend()
plt.show()

# %% [markdown]
# *All switches of all pixels, before training (green, orange) and after it (blue); the vertical
# axis is logarithmic. ReLU's switches would be two needles, at 0 and at 1.*

# %%
for name, found in switches.items():
    every = np.concatenate([s.ravel() for s in found.values()])
    between = np.mean((every > 0.1) & (every < 0.9))
    print(f"{name:<16} between 0.1 and 0.9: {between:.0%}   standard deviation {every.std():.2f}")

# %% [markdown]
# The green needle is a trap. As torch draws the first weights, the numbers that reach σ are tiny,
# and every switch stands at a half: the network is linear, and learns nothing but one fixed filter.
# We trained it so; it stood still a little above bicubic for a long while, until the switches had
# found out that they can move. So our network starts with louder features and steeper switches
# (`LOUD` and `STEEP` in `models/selnet.py`), and was past that mark far sooner.
#
# ### Do they switch at all?
#
# A switch that stands still is only a factor. To see how much the network lives by its switching,
# we stop it, in three ways: hold each switch at its channel's mean over this picture, so that it no
# longer tells one pixel from another; hold all of them at a half; or put ReLU in the place of each.


# %%
def with_switches(held):
    """The trained network with `held(name, x)` in the place of each selection."""
    twin = SelNet(2, pairs=5, features=32)
    twin.load_state_dict(trained.state_dict())
    for name, unit in twin.named_modules():
        if isinstance(unit, SelectionUnit):
            unit.selection = lambda x, name=name: held(name, x)
    return enlarge(twin.eval(), lr)


def decibels(picture):
    return psnr(hr, to_uint8(picture), channel="y", border=2)


means = {
    n: torch.tensor(s.mean(axis=(1, 2)))[:, None, None] for n, s in switches["trained"].items()
}
answers = {
    "bicubic": to_float(sr.upscale(lr, 2, "bicubic")),
    "as trained": enlarge(trained, lr),
    "held at each channel's mean": with_switches(lambda name, x: means[name]),
    "held at a half": with_switches(lambda name, x: torch.tensor(0.5)),
    "ReLU's in their place": with_switches(lambda name, x: (x > 0).float()),
}
for name, answer in answers.items():
    print(f"{name:<28}{decibels(answer):5.1f} dB")
lost, gain = (
    decibels(answers["as trained"]) - decibels(answers[other])
    for other in ("held at each channel's mean", "bicubic")
)
print(f"of the {gain:.1f} dB over bicubic the switching makes {lost / gain:.0%}")


# %% [markdown]
# Read it line against line. From *as trained* to *held at each channel's mean* only the switching
# from pixel to pixel is lost, and with it most of what the network has over bicubic: this network
# lives by its switches. Setting all to a half takes away what the channels' factors had learned,
# too. And ReLU in their place shows that the other layers have grown up with their units, and
# cannot be handed over to it.
#
# ## Is this attention?
#
# The report files SelNet under attention: not all elements deserve the same weight. What the unit
# has in common with attention is the **gate**, a factor between 0 and 1 that is computed from the
# data. Gates differ in what they look at. *Squeeze and excitation* (Hu and others 2018) takes the
# mean of each channel over the whole picture, and makes one gate per channel from it:


# %%
def squeeze_and_excitation(x, w1, w2):
    z = x.mean(dim=(2, 3))  # squeeze: one number per channel
    s = torch.sigmoid(torch.relu(z @ w1) @ w2)  # excitation: one gate per channel
    return x * s[:, :, None, None], s


x = torch.randn(1, 32, 20, 20)
w1, w2 = torch.randn(32, 4), torch.randn(4, 32)
unit = SelectionUnit(32)
moved = x.clone()
moved[..., 10:, :] *= 2  # something else in the lower half of the picture
gates = {
    "SE": lambda x: squeeze_and_excitation(x, w1, w2)[1][:, :, None, None],
    "SU": unit.selection,
}
with torch.no_grad():
    for name, gate in gates.items():
        s, after = gate(x), gate(moved)
        same = torch.allclose(s[:, :, :10], after[:, :, :10])
        print(f"{name}: {s.numel():>6,} gates; the upper half's ignore the lower half: {same}")

# %% [markdown]
# A selection unit gives each pixel its own gate, and sees nothing but that pixel. Squeeze and
# excitation sees everything, and gives all pixels the same. The self-attention of transformers goes
# further: there each pixel weighs all the others.
#
# ## Worth its price?
#
# Paper and report expect a better PSNR from the unit than from ReLU. Let us try: a small SelNet
# of two pairs and 16 channels, on the eight photographs and three test pieces of lesson 10. Beside
# ReLU and the selection unit we train two controls. **Leaky ReLU** is a fixed switch that never
# closes completely. And **half** is no switch at all: it halves whatever comes, so that the whole
# network is linear. Whatever *half* can do as well needs no selection.

# %%
LEARN = ("rocket", "camera", "brick", "grass", "gravel", "clock", "text", "retina")
TEST = ("astronaut", "chelsea", "coffee")


class Half(nn.Module):
    def forward(self, x):
        return 0.5 * x


ACTIVATIONS = {
    "ReLU": nn.ReLU,
    "leaky ReLU": lambda: nn.LeakyReLU(0.2),
    "half": Half,
    "selection unit": lambda: SelectionUnit(16),
}


def small_net(activation, seed):
    torch.manual_seed(seed)
    network = SelNet(2, pairs=2, features=16)
    network.head[1] = activation()
    for pair in network.body:
        pair.body[1], pair.body[3] = activation(), activation()
    return network


def planes(image):
    return torch.tensor(luma(image), dtype=torch.float32)[None]


originals = [modcrop(sr.images.sample(name), 2) for name in LEARN]
pairs = [(planes(make_lr(original, 2)), planes(original)) for original in originals]
test = [(name, sr.images.sample(name)[100:260, 100:260]) for name in TEST]


def batch(size, side, rng):
    """Random LR squares, turned at random, and the same squares of the originals."""
    drawn = []
    for _ in range(size):
        low, high = pairs[rng.integers(len(pairs))]
        r, c = (rng.integers(n - side + 1) for n in low.shape[1:])
        turns = int(rng.integers(4))
        cuts = (
            low[:, r : r + side, c : c + side],
            high[:, 2 * r : 2 * (r + side), 2 * c : 2 * (c + side)],
        )
        drawn.append([torch.rot90(cut, turns, (1, 2)) for cut in cuts])
    return [torch.stack(squares) for squares in zip(*drawn, strict=True)]


def score(upscaler):
    return evaluate(upscaler, test, 2)["mean"]["psnr"]


def train(network, seed, count=240, rate=4e-3):
    rng = np.random.default_rng(seed)
    optimiser = torch.optim.Adam(network.parameters())
    curve = []
    for step in range(1, count + 1):
        optimiser.param_groups[0]["lr"] = rate * (1 - (step - 1) / count)
        low, high = batch(8, 16, rng)
        loss = F.l1_loss(network(low), high)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % (count // 6) == 0:
            curve.append((step, score(lambda lr, _: enlarge(network, lr))))
    return np.array(curve)


curves = {
    (name, seed): train(small_net(activation, seed), seed)
    for name, activation in ACTIVATIONS.items()
    for seed in (0, 1, 2)
}

# %%
COLOURS = dict(zip(ACTIVATIONS, (ORANGE, GREEN, PINK, BLUE), strict=True))
final = {name: np.array([curves[name, s][-1, 1] for s in (0, 1, 2)]) for name in ACTIVATIONS}
bicubic_here = score(lambda lr, scale: sr.upscale(lr, scale, "bicubic"))

figure, axes = plt.subplots(1, 2, figsize=(11, 3.2), layout="constrained")
for row, (name, colour) in enumerate(COLOURS.items()):
    mean = np.mean([curves[name, seed] for seed in (0, 1, 2)], axis=0)
    axes[0].plot(*mean.T, "o-", color=colour, label=name)
    axes[1].plot(final[name], [row] * 3, "o", color=colour)
    axes[1].plot(final[name].mean(), row, "|", color="black", markersize=20)
axes[0].axhline(bicubic_here, color="#777777", linestyle="--", label="bicubic")
axes[0].set(xlabel="step", ylabel="mean PSNR on the test pieces, dB", title="mean of three seeds")
axes[0].legend(fontsize=9)
axes[1].set(xlabel="mean PSNR, dB", ylim=(-0.6, 3.6), title="the last step, each seed")
axes[1].set_yticks(range(4), list(COLOURS))
plt.show()

# %% [markdown]
# *Left: how the four learn. Right: each dot is one training, the black bars are the means.*

# %%
print("parameters:", {name: parameters(small_net(a, 0)) for name, a in ACTIVATIONS.items()})
means = np.array([scores.mean() for scores in final.values()])
worst = min(scores.min() for scores in final.values())
print("every training ends more than 0.4 dB above bicubic:", bool(worst > bicubic_here + 0.4))
print("the four means lie within 0.3 dB:", bool(np.ptp(means) < 0.3))
best = final["selection unit"].mean() - final["half"].mean()
print("the selection unit is ahead of half by 0.1 dB:", bool(best > 0.1))

# %% [markdown]
# No prize for the unit here, although it has the most parameters. *Half*, which cannot switch at
# all, does as well. A linear network, however deep, is nothing but one fixed filter for each of the
# four places of a new pixel, and in some hundred steps none of the four learns much more than that.
#
# So a short race says nothing about selection, whoever comes in first: what it measures is how
# quickly each finds that one filter. Selecting takes longer to learn. In the trained `selnet-mini`,
# after thousands of steps on hundreds of photographs, you saw above what it cost to hold the
# switches still.
#
# ## What the source report says
#
# Its section 3.4, statement by statement:

# %%
claims.table("3.4")

# %% [markdown]
# ## Exercises
#
# ### 1. The selection unit
#
# In NumPy, with the pixels in a row: `x` is (channels, pixels), `weight` is (channels out, channels
# in), `bias` has one number per channel. `relu` and `sigmoid` are there.


# %%
def my_unit(x, weight, bias):
    pass  # your lines here


check("11-selection-unit", my_unit)

# %% [markdown]
# <details><summary>Solution: 11-selection-unit</summary>
#
# ```python
# def my_unit(x, weight, bias):
#     return x * sigmoid(weight @ relu(x) + bias[:, None])
# ```
#
# </details>
#
# ### 2. Its slope
#
# One channel: $y = x \, \sigma(w \, \mathrm{ReLU}(x) + b)$. Return $dy/dx$, for a number `x` that
# is not 0. (`sigmoid` and `relu` take numbers too.)


# %%
def unit_slope(x, w, b):
    pass  # your lines here


check("11-slope", unit_slope)

# %% [markdown]
# <details><summary>Solution: 11-slope</summary>
#
# ```python
# def unit_slope(x, w, b):
#     s = sigmoid(w * relu(x) + b)
#     return s + x * s * (1 - s) * w * (x > 0)
# ```
#
# </details>
#
# ### 3. An imitation
#
# Find the two numbers with which a selection unit of one channel comes within 0.05 of
# $\max(x,\, 0.1\,x)$, the leaky ReLU of slope 0.1, everywhere on $[-2, 2]$. Give them as `(w, b)`.

# %%
my_w_and_b = (0, 0)

check("11-imitate", my_w_and_b)

# %% [markdown]
# <details><summary>Solution: 11-imitate</summary>
#
# ```python
# my_w_and_b = (200, np.log(0.1 / 0.9))  # σ(b) = 0.1 below zero; w opens the rest at once
# ```
#
# </details>
#
# ## Key points
#
# - ReLU's gradient is 0 or 1, and the error passes wherever it is 1. What cannot be learned is the
#   switch: its place, and what it looks at.
# - The selection unit $x \cdot \sigma(W\,\mathrm{ReLU}(x) + b)$ is a learned switch per channel and
#   pixel. It contains the identity and a half, and ReLU as a limit of large weights.
# - An activation that wins has not shown *why*, and one that does not may not have had the time.
#   Controls tell: a switch that never closes, no switch, and the trained switches held still.
#
# **Next** [12 · EDSR](12_edsr.ipynb)
#
# ## References
#
# - J.-S. Choi and M. Kim, *A deep convolutional neural network with selection units for
#   super-resolution*, CVPR Workshops (NTIRE) 2017.
# - J. Hu, L. Shen and G. Sun, *Squeeze-and-excitation networks*, CVPR 2018, arXiv:1709.01507.
# - P. Ramachandran, B. Zoph and Q. V. Le, *Searching for activation functions*, 2017,
#   arXiv:1710.05941: Swish; S. Elfwing, E. Uchibe and K. Doya, 2017, arXiv:1702.03118: SiLU.
# - W. Shi and others, *Real-time single image and video super-resolution using an efficient
#   sub-pixel convolutional neural network*, CVPR 2016, arXiv:1609.05158: PixelShuffle.
