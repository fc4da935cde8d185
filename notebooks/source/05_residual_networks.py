# %% [markdown]
# # 05 · Residual networks
#
# More layers can do more. Yet when researchers went from 20 layers to 56, their network became
# worse, even at what it had been shown. One plus sign changed that. In this lesson you watch it
# happen, and then you test the explanation that is usually given for it.
#
# **You will be able to**
#
# - say what degradation is, and tell it from vanishing gradients by measuring both;
# - write a residual block, its shortcut where shapes differ, and its gradient;
# - explain why a network for super-resolution learns only the difference to bicubic.
#
# **Time** about 35 minutes · **Before this**
# [04 · Pooling and classification](04_pooling_and_classification.ipynb)

# %%
import copy
import inspect

import matplotlib.pyplot as plt
import numpy as np
import torch

import srcourse as sr
from srcourse import claims
from srcourse.classroom import check
from srcourse.images import luma, to_float
from srcourse.layers import conv_parameters, relu
from srcourse.metrics import psnr
from srcourse.models.residual import Block, DepthNet
from srcourse.resampling import bicubic, imresize, modcrop
from srcourse.training.race import Runner
from srcourse.widgets import DepthRace, Predict
from srcourse.widgets.depth_race import COLOURS, STARTS, painting

torch.set_num_threads(1)  # the networks below are so small that a second core only delays them

# %% [markdown]
# ## Predict first
#
# Two networks learn the same small picture by heart. One has 8 layers. The other is built in the
# same way, out of the same kind of layers, and has 32. It can do all that the small one can, and
# more. Both are trained for the same number of steps.

# %%
Predict(
    "05-depth",
    "Which has the lower error, on the very picture that it was trained on?",
    choices=["the one with 8 layers", "the one with 32 layers", "they end up alike"],
    answer="the one with 8 layers",
    because="By far. That it has more to offer does not mean that training finds it.",
)

# %% [markdown]
# ## The degradation problem
#
# In 2015 Kaiming He and three colleagues opened a paper with a puzzle. They had trained plain
# networks, one convolution after the other, on two data sets. The deeper one was worse each time:
#
# | | layers | error on other pictures | error in **training** | where in the paper |
# |-|-|-|-|-|
# | ImageNet, plain | 18 | 27.94 % | lower | table 2, figure 4 |
# | | 34 | 28.54 % | **higher** | |
# | CIFAR-10, plain | 20 | lower | lower | figure 1 |
# | | 56 | higher | **higher** | |
#
# Look at the last column. A network that is too large for its data *overfits*: its training error
# is low, and its error on other pictures is not. Here the training error itself went up. The
# authors call it **degradation**. Their networks had **batch normalisation**: after each layer,
# every number is shifted and scaled to mean 0 and variance 1 over the batch of examples that pass
# together, then by a scale and a shift that are learned. And they checked that the gradients had a
# healthy size. Our source report compares such networks too, and says that skip connections help
# because they solve the vanishing gradient (both are explained below). The paper says that this is
# unlikely to be the cause. We shall measure it.
#
# ### A task that trains in seconds
#
# ImageNet has 1.28 million pictures. We take one photograph of 24 × 24 pixels, and ask a network
# for the grey level at a place. Its input is the row and the column, and some waves of them, since
# of two plain numbers a small network makes only smooth pictures. There is no second picture to
# be tested on: what we look at is the training error, and nothing else.

# %%
inputs, targets, photo = (torch.tensor(a, dtype=torch.float32) for a in painting())
print("inputs", tuple(inputs.shape), "targets", tuple(targets.shape))
print(f"error of an even grey: {targets.square().mean():.2f}")

figure, axes = plt.subplots(1, 6, figsize=(11, 2.2), layout="constrained")
shown = {"row": 0, "column": 1, "slow wave": 2, "faster": 7, "faster still": 15}
for axis, (name, k) in zip(axes, shown.items(), strict=False):
    axis.imshow(inputs[:, k].reshape(24, 24), cmap="gray")
    axis.set_title(name)
axes[-1].imshow(photo, cmap="gray", vmin=0, vmax=1)
axes[-1].set_title("to be learned")
for axis in axes:
    axis.axis("off")
plt.show()

# %% [markdown]
# *Five of the 18 numbers that the network is given for each pixel, and the photograph that it has
# to make of them. An answer of 0 everywhere, an even grey, has an error of 1.*
#
# ## The residual block
#
# A few layers of a network, taken together, are to compute some function $H(x)$. A **plain** block
# computes it directly. A **residual** block computes the *difference* to its input, and adds the
# input back:
#
# $$H(x) = F(x) + x \qquad F(x) = W_2 \, \mathrm{ReLU}(W_1 x)$$
#
# If the best thing to do is nothing, a plain block must learn to copy its input through two layers
# and a ReLU. A residual block must learn zero. The way along which $x$ travels is the **shortcut**,
# or skip connection. It has no weights. A network of such blocks is called a **ResNet**.
#
# In the paper, batch normalisation follows each layer, and one more ReLU follows the sum. Here is
# the whole of it, with dense layers in the place of convolutions.

# %%
print(inspect.getsource(Block))

# %% [markdown]
# ### Where is the activation?
#
# The source report writes $H(x) = f(wx + b) + x$. There the activation is the branch's last step,
# and it makes a difference: a ReLU never gives a negative number, so such a block can only *add*.
# In the paper the branch ends with a layer of weights, and the ReLU stands after the sum.

# %%
random = np.random.default_rng(0)
x = relu(random.normal(size=(1000, 24)))  # as it comes out of the block before
w1, w2 = random.normal(scale=(2 / 24) ** 0.5, size=(2, 24, 24))

as_reported = relu(relu(x @ w1) @ w2) + x
as_published = relu(relu(x @ w1) @ w2 + x)
for name, h in (("as the report has it", as_reported), ("as published", as_published)):
    print(f"{name:<21} lowers {(h < x).mean():4.0%} of its numbers, raises {(h > x).mean():4.0%}")

# %% [markdown]
# ### The same weights, one plus sign apart
#
# `DepthNet` is a first layer, a row of such blocks and a last layer. With one seed, a plain and a
# residual network start from the same weights.

# %%
plain, residual = (DepthNet(32, shortcut=shortcut, seed=0) for shortcut in (False, True))
pairs = zip(plain.parameters(), residual.parameters(), strict=True)
print("parameters:", *(sum(p.numel() for p in net.parameters()) for net in (plain, residual)))
print("the same weights:", all(torch.equal(a, b) for a, b in pairs))

# %% [markdown]
# And this is the training: all pixels at once, the mean squared error, and Adam, as in lesson 04.

# %%
print(inspect.getsource(Runner))

# %% [markdown]
# ## Live: the race
#
# Press **Start**. Both networks learn the photograph, step by step, while you watch: what they make
# of it, their errors, and the size of the gradient in each of their layers.

# %%
DepthRace()

# %% [markdown]
# **Try**
#
# - 8 layers, then 16, 24 and 32. From where on does the plain network lose?
# - 32 layers and other learning rates. Can you find one that saves the plain network?
# - 32 layers and *no norm, small weights*. Read the scale beside the gradients before you start.
# - 32 layers and *no norm, He's weights*, which start larger. Who is in trouble now?
#
# **Notice** that up to 16 layers the plain network is at least as fast. The shortcut is no booster.
# It is what lets you go on building.
#
# ## Four depths, three seeds
#
# One race may be luck. So here are 24 of them.

# %%
DEPTHS, SEEDS, STEPS = (4, 8, 16, 32), (0, 1, 2), 120
runs = {
    (kind, depth, seed): Runner(DepthNet(depth, kind == "residual", seed=seed), inputs, targets)
    for kind in COLOURS
    for depth in DEPTHS
    for seed in SEEDS
}
for runner in runs.values():
    runner.run(STEPS)

figure, axes = plt.subplots(1, 4, figsize=(11, 3), sharey=True, layout="constrained")
for axis, depth in zip(axes, DEPTHS, strict=True):
    for kind, style in (("plain", "-"), ("residual", "--")):
        for seed in SEEDS:
            losses = runs[kind, depth, seed].losses
            axis.semilogy(losses, style, color=COLOURS[kind], label=kind if seed == 0 else None)
    axis.set(title=f"{depth} layers", xlabel="step")
axes[0].set_ylabel("training error")
axes[0].legend()
plt.show()

# %% [markdown]
# *Three seeds of each. From 4 to 16 layers the blue lines (plain) fall faster and faster. At 32
# they hardly fall. The dashed orange ones (residual) do not care.*
#
# Training amplifies the last digits, in which machines differ. So here it is in statements that
# hold on yours too:


# %%
def errors(kind, depth):
    return np.array([runs[kind, depth, seed].losses[-1] for seed in SEEDS])


def always(statement, truths):
    print(f"{statement}: {bool(np.all(truths))}")


plain, residual = ({depth: errors(kind, depth) for depth in DEPTHS} for kind in COLOURS)
print("with every seed, after 120 steps:")
always("plain 32 has over 20 times the error of plain 8", plain[32] > 20 * plain[8])
always("plain 32 has over 20 times the error of residual 32", plain[32] > 20 * residual[32])
always("residual 32 has a lower error than residual 8", residual[32] < residual[8])
always("plain 16 has a lower error than residual 16", plain[16] < residual[16])

# %% [markdown]
# The first line is degradation, in our small task and in spite of batch normalisation. The last one
# keeps us honest: where a plain network can be trained, it does well without shortcuts.
#
# Perhaps 0.003 was just a bad learning rate for the plain one?

# %%
for rate in (0.001, 0.01):
    nets = (DepthNet(32, shortcut) for shortcut in (False, True))
    ends = [Runner(net, inputs, targets, rate).run(STEPS).losses[-1] for net in nets]
    always(f"rate {rate}: plain 32 over 20 times the error of residual 32", ends[0] > 20 * ends[1])

# %% [markdown]
# ## Is it the vanishing gradient?
#
# The story goes like this: the gradient is passed back from layer to layer, shrinks each time, and
# is nothing when it arrives at the first. The shortcut lets it pass. If that were the trouble here,
# the blue bars would be low at the left.

# %%
figure, axes = plt.subplots(1, 2, figsize=(11, 3), sharey=True, layout="constrained")
layers = np.arange(1, 33)
for axis, steps in zip(axes, (0, STEPS), strict=True):
    for shift, kind in ((-0.2, "plain"), (0.2, "residual")):
        start = Runner(DepthNet(32, kind == "residual", seed=0), inputs, targets)
        runner = runs[kind, 32, 0] if steps else start
        axis.bar(layers + shift, runner.gradients(), 0.4, log=True, color=COLOURS[kind], label=kind)
    axis.set(title=f"after {steps} steps", xlabel="layer, from the input to the output")
axes[0].set_ylabel("size of its gradient")
axes[1].legend()
plt.show()

# %% [markdown]
# *The bars of the plain network (blue) rise to the left: its first layers receive the **largest**
# gradients. Nothing vanishes, and yet it hardly learns. In the right picture the orange bars are
# short, because that network is nearly done.*
#
# So small gradients are not what holds it back. (They grow so much because of batch normalisation:
# Yang and others showed in 2019 that without shortcuts it makes gradients grow exponentially
# towards the input. He and his colleagues called theirs healthy, and left the cause open.)
#
# Gradients do vanish elsewhere. What decides is how the weights start, and whether the layers are
# normalised. Here are three ways to start the 32 layers. The first is the one above. The other two
# have no normalisation: once with the small weights that torch gives a layer by default, once with
# the larger ones that He and his colleagues had worked out, earlier in 2015, to suit ReLU.


# %%
def power_of_ten(number):
    return f"10^{round(np.log10(number))}"


print(f"{'':<26}{'plain':^28}{'residual':^28}")
print(f"{'':<26}" + 2 * f"{'first gradient':>16}{'learned':>12}")
for name, start in STARTS.items():
    row = f"{name:<26}"
    for shortcut in (False, True):
        runner = Runner(DepthNet(32, shortcut, **start), inputs, targets)
        row += f"{power_of_ten(runner.gradients()[0]):>16}"
        row += f"{'yes' if runner.run(STEPS).losses[-1] < 0.2 else 'no':>12}"
    print(row)

# %% [markdown]
# Read it line by line; "learned" means that after 120 steps less than a fifth of the picture's
# variance is left as error.
#
# - **Batch norm**: the plain network has large gradients and does not learn. The residual one does.
#   This is degradation.
# - **Small weights**: *here* the gradient vanishes, and the shortcut cures it.
# - **He's weights**: the plain network learns, 32 layers deep, without shortcut and without batch
#   normalisation. Now it is the residual one that fails: every block adds to the sum, the sum grows
#   from block to block, and so do the gradients. Shortcuts need something that keeps the branches
#   small. EDSR, which has no normalisation either, multiplies the branches of its large version by
#   0.1; lesson 12 builds it.
#
# The source report says that skip connections solve the vanishing gradient. They do, where it
# vanishes. They also help where it does not, and they are not enough where it explodes.
#
# ## What the shortcut does to the gradient
#
# Differentiate $H(x) = F(x) + x$, and the shortcut becomes a 1:
#
# $$\frac{dH}{dx} = \frac{dF}{dx} + 1$$
#
# Autograd, which knows nothing of this line, confirms it at a point:


# %%
def f(x):
    return 0.3 * torch.tanh(2 * x)


x = torch.tensor(0.8, requires_grad=True)
(slope_f,) = torch.autograd.grad(f(x), x)
(slope_h,) = torch.autograd.grad(f(x) + x, x)
print(f"dF/dx = {slope_f:.4f}   dH/dx = {slope_h:.4f}")

# %% [markdown]
# Through a stack of blocks the chain rule multiplies the slopes of all of them. Let every $F$ have
# the same slope $a$, and stack 30:

# %%
print(f"{'slope of F':>10}{'30 plain blocks':>18}{'30 residual blocks':>21}")
for a in (-0.5, -0.01, 0.01, 0.1, 0.5, 1.0):
    print(f"{a:>10}{a**30:>18.0e}{(1 + a) ** 30:>21.1e}")

# %% [markdown]
# For small slopes the 1 keeps the product near 1, where the plain one is gone. For slopes around
# 0.5 or 1 it grows without bound, and for −0.5 it vanishes after all. The 1 is a good starting
# point, not a guarantee: it works as long as the branches stay small.
#
# ## A block at zero is the identity
#
# Now for the authors' own argument. Take a network that is trained, and put more blocks into it
# that do nothing. It is deeper, and its error is the same. So a deeper network that is no worse
# *exists*; if training ends at a worse one, training is to blame.
#
# To do nothing, a residual block needs $F = 0$. With batch normalisation one scale and one shift at
# zero suffice. Let us make 32 layers out of 8.


# %%
def deeper(net, block, times):
    """The network with `block` put in `times` times, before its last layer."""
    *body, last = net
    return torch.nn.Sequential(*body, *[block] * times, last)


def error(net):
    with torch.no_grad():
        return (net(inputs) - targets).square().mean().item()


zero = {kind: Block(24, shortcut=kind == "residual", norm=True) for kind in COLOURS}
for block in zero.values():
    torch.nn.init.zeros_(block.branch[-1].weight)
    torch.nn.init.zeros_(block.branch[-1].bias)

for kind, block in zero.items():
    net = runs[kind, 8, 0].net
    same = error(deeper(net, block, 12)) == error(net)
    print(f"{kind}: 12 blocks at zero put in, the error stays the same: {same}")

copying = Block(24, shortcut=False, norm=False)  # a plain block that hands its input on
for layer in (copying.branch[0], copying.branch[2]):
    torch.nn.init.eye_(layer.weight)
    torch.nn.init.zeros_(layer.bias)
net = runs["plain", 8, 0].net
same = np.isclose(error(deeper(net, copying, 12)), error(net))
print(f"plain: 12 blocks that copy put in, the error stays the same: {same}")

# %% [markdown]
# For a residual block, doing nothing is the zero point, from which the branch departs as far as it
# pays. A plain block at zero erases everything. It *can* copy, with two identity matrices, as the
# last line shows. In our race it would only have to find them, and does not.
#
# ## Does it skip training? Will a bad layer be skipped?
#
# The source report says that the skip connection "skips training from a few layers", and that a
# layer that hurts "will be skipped by regularization". Both can be looked up in our trained
# networks.
#
# First, training: by how much has each layer of the residual network moved from where it started?

# %%
moved = []
for seed in SEEDS:
    before, after = DepthNet(32, seed=seed).layers(), runs["residual", 32, seed].net.layers()
    for old, new in zip(before, after, strict=True):
        moved.append(((new.weight - old.weight).norm() / old.weight.norm()).item())
print(len(moved), "layers in three networks; every one moved by more than 1 %:", min(moved) > 0.01)

# %% [markdown]
# No layer is skipped. The shortcut is a second way, *beside* the layers; those learn as all layers
# do.
#
# Second, a layer that hurts. Let us make one: we give the fourth block of a trained network random
# weights, and train on, with a strong *weight decay* as the regularisation: each step also pulls
# every weight a little towards zero. Will the network close the block's branch? That is, will
# $F(x)$ become small beside $x$?


# %%
def share(net, number):
    """How large the branch of block `number` is, beside what comes in along the shortcut."""
    x = inputs
    with torch.no_grad():
        for part in net:
            if part is net.blocks()[number]:
                return (part.branch(x).norm() / x.norm()).item()
            x = part(x)


def tell(when, net):
    print(f"{when:<24} error below 0.1: {error(net) < 0.1!s:<6} |F(x)| / |x| = {share(net, 3):.1f}")


net = copy.deepcopy(runs["residual", 16, 0].net)
tell("trained", net)
hurt = net.blocks()[3]
random_weights = torch.Generator().manual_seed(1)
for layer in (hurt.branch[0], hurt.branch[3]):
    torch.nn.init.normal_(layer.weight, 0, (2 / 24) ** 0.5, random_weights)
tell("a block hurt", net)
runner = Runner(net, inputs, targets)
runner.optimizer = torch.optim.AdamW(net.parameters(), 0.003, weight_decay=0.1)
runner.run(STEPS)
tell("trained on, with decay", net)

# %% [markdown]
# The network recovers, and the branch is as large as ever. The block is not skipped: it is
# *repaired*, like any other layer with a gradient. Weight decay pulls at all weights alike, whether
# their layer helps or hurts; it cannot tell.
#
# Third, *could* a layer be skipped? Take out one block at a time, without training again.


# %%
def without(net, number):
    """The network with block `number` taken out: the next one gets its input instead."""
    return torch.nn.Sequential(*[part for part in net if part is not net.blocks()[number]])


figure, axes = plt.subplots(2, 8, figsize=(11, 3.2), layout="constrained")
for row, kind in zip(axes, COLOURS, strict=True):
    net = runs[kind, 16, 1].net
    nets = [net] + [without(net, number) for number in range(7)]
    for number, (axis, shown) in enumerate(zip(row, nets, strict=True)):
        with torch.no_grad():
            axis.imshow(shown(inputs).reshape(24, 24), cmap="gray", vmin=-2, vmax=2)
        axis.set_title(f"without {number}" if number else f"{kind} 16")
        axis.axis("off")
plt.show()

# %% [markdown]
# *Left, what two networks of 16 layers learned. To the right, the same networks with one of their
# seven blocks taken out. Plain: noise, whichever it is. Residual: damaged, but in the later ones a
# dark head before a light wall is left.*

# %%
likeness, factors = ({kind: np.zeros((len(SEEDS), 7)) for kind in COLOURS} for _ in range(2))
for kind in COLOURS:
    for seed in SEEDS:
        net = runs[kind, 16, seed].net
        for number in range(7):
            rest = without(net, number)
            with torch.no_grad():
                answer = rest(inputs)
            likeness[kind][seed, number] = np.corrcoef(answer[:, 0], targets[:, 0])[0, 1]
            factors[kind][seed, number] = error(rest) / error(net)

print("taking out any block, with every seed:")
for kind in COLOURS:
    always(f"{kind}: over 10 times the error", factors[kind] > 10)
print("correlation of the answer with the photograph, averaged over the blocks, with every seed:")
always("plain: below 0.2", likeness["plain"].mean(axis=1) < 0.2)
always("residual: above 0.25", likeness["residual"].mean(axis=1) > 0.25)

# %% [markdown]
# Veit, Wilber and Belongie did this in 2016 with a ResNet of 110 layers: taking out one block
# changed its error hardly at all, while a plain network, VGG, fell to chance. Their view is that a
# residual network is many paths of different length at once, most of which survive. Ours is small,
# with few paths, and suffers more. But the difference is of the same kind.
#
# And no block of it was idle. What hurts is not switched off by itself: a branch becomes small
# where the *loss* makes it small.
#
# ## When the shapes differ
#
# $F(x) + x$ needs both to have the same shape. Where a network halves the picture and doubles its
# channels, the shortcut must follow. The paper tries two ways:
#
# - **A, zero padding**: take every second pixel; fill the new channels with zeros. No weights.
# - **B, projection**: a 1 × 1 convolution with stride 2. It is one small matrix, applied to the
#   channels of every second pixel.

# %%
x = torch.tensor(random.normal(size=(16, 8, 8)), dtype=torch.float32)  # channels, rows, columns

option_a = torch.nn.functional.pad(x[:, ::2, ::2], (0, 0, 0, 0, 0, 16))  # 16 channels, behind

projection = torch.nn.Conv2d(16, 32, 1, stride=2, bias=False)
matrix = projection.weight[:, :, 0, 0].detach()  # 32 × 16
option_b = torch.zeros(32, 4, 4)
for row in range(4):
    for col in range(4):
        option_b[:, row, col] = matrix @ x[:, 2 * row, 2 * col]

print("A:", tuple(option_a.shape), "  B:", tuple(option_b.shape))
a_is_x_and_zeros = torch.equal(option_a[:16], x[:, ::2, ::2]) and not option_a[16:].any()
b_is_torchs = torch.allclose(option_b, projection(x[None])[0], atol=1e-5)
print("A holds x, then zeros:", a_is_x_and_zeros)
print("B by hand is what torch's convolution gives:", b_is_torchs)
print("weights of A: 0, of B:", conv_parameters(16, 32, 1, bias=False), end=", ")
print("of one 3 × 3 layer beside them:", conv_parameters(16, 32, 3, bias=False))

# %% [markdown]
# Which is better? On ImageNet, with 34 layers, A had an error of 25.03 %, B 24.52 %, and
# projections on every shortcut 24.19 % (table 3 of the paper). The plain network had 28.54 %. So
# nearly all of the gain comes from having a shortcut, and little from its kind. Networks for
# super-resolution mostly keep one shape throughout, and need neither.
#
# ## Where residuals come back in super-resolution
#
# A picture that was enlarged by bicubic interpolation is already close to the original. Why should
# a network compute all of it again? Let it learn the difference, and add it to the bicubic picture:
# one shortcut around the whole network. How much is left to learn?

# %%
print("variance of (original − bicubic), as a share of the original's")
print(f"{'':<12}" + "".join(f"{f'×{scale}':>9}" for scale in (2, 3, 4)))
for name in ("astronaut", "chelsea", "coffee", "camera"):
    row = f"{name:<12}"
    for scale in (2, 3, 4):
        hr = modcrop(luma(to_float(sr.images.sample(name))), scale)
        upscaled = bicubic(imresize(hr, 1 / scale), scale)
        row += f"{(hr - upscaled).var() / hr.var():>9.1%}"
    print(row)

# %%
hr = modcrop(luma(to_float(sr.images.sample("astronaut"))), 4)
upscaled = bicubic(imresize(hr, 1 / 4), 4)
difference = hr - upscaled
corner = np.s_[40:168, 150:278]
figure, axes = plt.subplots(1, 4, figsize=(11, 3), layout="constrained")
shown = {"original": hr, "bicubic ×4": upscaled, "difference + grey": 0.5 + difference}
for axis, (name, picture) in zip(axes, shown.items(), strict=False):
    axis.imshow(picture[corner], cmap="gray", vmin=0, vmax=1)
    axis.set_title(name)
    axis.axis("off")
bins = np.linspace(-0.5, 1, 120)
axes[3].hist(difference.ravel(), bins, color="#e69f00", label="difference", log=True)
axes[3].hist(hr.ravel(), bins, color="#0072b2", histtype="step", lw=2, label="original", log=True)
axes[3].set(title="how often each value occurs", xlabel="value")
axes[3].legend()
plt.show()

# %% [markdown]
# *The difference is grey nearly everywhere, but for edges. Its values crowd around zero (orange),
# those of the picture use the whole range (blue).*
#
# And a block at zero is the identity, on the scale of a whole network: one that answers nothing at
# all already gives the bicubic picture.

# %%
nothing = np.zeros_like(hr)
print(f"a network that answers 0, alone:         {psnr(hr, nothing):5.1f} dB")
print(f"a network that answers 0, plus bicubic:  {psnr(hr, upscaled + nothing):5.1f} dB")

# %% [markdown]
# You will meet both kinds again: the block inside the network in SRResNet and EDSR, and the
# shortcut around all of it in VDSR and in many others.
#
# ## What the source report says
#
# Its section 2.5, statement by statement, each with what a cell finds:

# %%
claims.table("2.5")

# %% [markdown]
# ## Exercises
#
# ### 1. The residual block
#
# Write the forward pass, without normalisation: `x` has one row per pixel, `w1` and `w2` are
# square, and the result has the shape of `x`. The last ReLU comes where the paper has it. Use
# `x @ w` for a layer.


# %%
def residual_block(x, w1, w2):
    pass  # your lines here


check("05-residual-block", residual_block)

# %% [markdown]
# <details><summary>Solution: 05-residual-block</summary>
#
# ```python
# def residual_block(x, w1, w2):
#     f = relu(x @ w1) @ w2
#     return relu(f + x)
# ```
#
# </details>
#
# ### 2. The slope of a stack
#
# `slopes` holds dF/dx of each residual block of a stack, at the place where the signal passes. What
# is the slope of the whole stack, from its input to its output? Return one number.


# %%
def stack_slope(slopes):
    pass  # your lines here


check("05-stack-slope", stack_slope)

# %% [markdown]
# <details><summary>Solution: 05-stack-slope</summary>
#
# ```python
# def stack_slope(slopes):
#     product = 1.0
#     for slope in slopes:
#         product *= 1 + slope
#     return product
# ```
#
# </details>
#
# ### 3. The zero-padded shortcut
#
# In NumPy: `x` is (channels, rows, columns). Keep every `stride`-th row and column, from the first
# on, and put as many channels of zeros behind those of `x` as it takes to have `channels` in all.


# %%
def zero_padded(x, channels, stride):
    pass  # your lines here


check("05-zero-padded", zero_padded)

# %% [markdown]
# <details><summary>Solution: 05-zero-padded</summary>
#
# ```python
# def zero_padded(x, channels, stride):
#     kept = x[:, ::stride, ::stride]
#     zeros = np.zeros((channels - len(kept), *kept.shape[1:]))
#     return np.concatenate([kept, zeros])
# ```
#
# </details>
#
# ### 4. What projections cost
#
# The ResNet with 34 layers doubles its channels three times: 64 to 128, to 256, to 512. With option
# B, how many weights do its three projections have together? (1 × 1, without bias.)

# %%
projection_weights = 0

check("05-projection-weights", projection_weights)

# %% [markdown]
# <details><summary>Solution: 05-projection-weights</summary>
#
# ```python
# projection_weights = 64 * 128 + 128 * 256 + 256 * 512
# ```
#
# </details>
#
# ## Key points
#
# - Degradation: a deeper plain network has a higher *training* error, in spite of batch
#   normalisation and with gradients that do not vanish. Vanishing gradients are another trouble, of
#   weights that start too small.
# - $H(x) = F(x) + x$: at zero the block is the identity, and its slope is $1 + dF/dx$. No layer is
#   skipped; the shortcut is a second way. Zero padding or a 1 × 1 projection fit it where shapes
#   differ.
# - In super-resolution the same idea is: learn the original minus bicubic, a few hundredths of the
#   picture's variance.
#
# **Next** [06 · The problem](06_the_problem.ipynb)
#
# ## References
#
# - K. He, X. Zhang, S. Ren and J. Sun, *Deep residual learning for image recognition*, 2015,
#   arXiv:1512.03385.
# - K. He, X. Zhang, S. Ren and J. Sun, *Delving deep into rectifiers*, 2015, arXiv:1502.01852.
# - K. He, X. Zhang, S. Ren and J. Sun, *Identity mappings in deep residual networks*, 2016,
#   arXiv:1603.05027: where the activation should stand.
# - A. Veit, M. Wilber and S. Belongie, *Residual networks behave like ensembles of relatively
#   shallow networks*, NIPS 2016, arXiv:1605.06431.
# - G. Yang, J. Pennington, V. Rao, J. Sohl-Dickstein and S. Schoenholz, *A mean field theory of
#   batch normalization*, ICLR 2019, arXiv:1902.08129.
