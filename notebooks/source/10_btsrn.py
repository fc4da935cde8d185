# %% [markdown]
# # 10 · BTSRN
#
# SRCNN works on the enlarged picture, FSRCNN on the small one. In 2017 Yuchen Fan and his
# colleagues did both: most blocks before the enlarging, where they are cheap, and a few after it,
# where they see the pixels that count. How many of each? Their answer was a table, and reading such
# a table is half of this lesson.
#
# **You will be able to**
#
# - write BTSRN's block and its way up line by line, and check them against the network;
# - count its weights and multiplications, and say why a block costs scale² times as much after the
#   enlarging;
# - say what a table of PSNRs can tell once you know how far apart two trainings of one network end.
#
# **Time** about 40 minutes · **Before this** [09 · FSRCNN](09_fsrcnn.ipynb)

# %%
import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

import srcourse as sr
from srcourse import claims, results, zoo
from srcourse.classroom import check
from srcourse.images import rgb, to_float, to_uint8
from srcourse.layers import conv_parameters
from srcourse.metrics import evaluate, make_lr, psnr
from srcourse.models.btsrn import BTSRN
from srcourse.models.cost import multiply_adds, parameters
from srcourse.models.picture import enlarge
from srcourse.resampling import bicubic, imresize, modcrop
from srcourse.widgets import ModelCompare, Predict

torch.manual_seed(0)
torch.set_num_threads(1)  # the networks trained below are so small that a second core delays them
BLUE, ORANGE, GREEN, GREY = "#0072b2", "#e69f00", "#009e73", "#777777"

# %% [markdown]
# ## Predict first
#
# BTSRN has ten blocks, all alike. Six work on the small picture, four on the one that is twice as
# high and twice as wide.

# %%
Predict(
    "10-second-stage",
    "Of all the network's multiplications, how many percent are done by the four later blocks?",
    answer=lambda: float(
        100 * (1 - multiply_adds(BTSRN(2, hr_blocks=0)) / multiply_adds(BTSRN(2)))
    ),
    unit="%",
    because="Each of them costs as much as four of the earlier ones: at ×2 it has four times as "
    "many pixels to visit.",
)

# %% [markdown]
# ## Two stages
#
# The name stands for *balanced two-stage residual network*. Let us send a small picture through it,
# part by part, and look at the shape of what comes out.

# %%
network = zoo.build("btsrn", 2)
lr = torch.rand(1, 3, 24, 36)
parts = {
    "head, 1×1": network.head,
    "LR stage": network.lr_stage,
    "way up": network.up,
    "HR stage": network.hr_stage,
    "tail, 1×1": network.tail,
}
x = lr
print(f"{'':<12}{'channels × rows × columns':<28}weights and biases")
with torch.no_grad():
    for name, part in parts.items():
        x = part(x)
        shape = " × ".join(map(str, x.shape[1:]))
        print(f"{name:<12}{shape:<28}{parameters(part):>9,}")
    same = torch.equal(network.enlarge(lr) + x, network(lr))
print(f"{'together':<40}{parameters(network):>9,}")
print("the network's answer is bicubic plus what the tail gives:", same)

# %% [markdown]
# The head turns three colours into 128 channels, the tail turns 128 channels into three colours.
# Between them, nothing but blocks and one step up. The first stage works out what there is to be
# seen; the second corrects it at full size.
#
# ## The block, line by line
#
# $$u = W_1 * \varphi(x) + b_1 \qquad\qquad y = x + W_2 * \varphi(u) + b_2$$
#
# $W_1$ is a 1 × 1 convolution from 128 channels to 64, the **projection**. $W_2$ is a 3 × 3
# convolution back to 128. $\varphi$ is a ReLU that lets a fifth of the negative side through,
# $\varphi(t) = \max(t,\, 0.2\,t)$.


# %%
def leaky(t):
    return torch.maximum(t, 0.2 * t)


def block(x, w1, b1, w2, b2):
    u = torch.einsum("oi,nihw->nohw", w1[:, :, 0, 0], leaky(x)) + b1.view(-1, 1, 1)
    f = F.conv2d(leaky(u), w2, b2, padding=1)
    return x + f


theirs = network.lr_stage[0]
x = torch.randn(1, 128, 12, 12)
with torch.no_grad():
    same = torch.allclose(block(x, *theirs.body.parameters()), theirs(x), atol=1e-5)
print("equals the network's block:", same)

# %% [markdown]
# Two things deserve a look. First, a 1 × 1 convolution sees one pixel at a time: it is a matrix,
# 64 × 128, applied to the 128 numbers of each pixel, as the `einsum` spells out. It makes the
# expensive layer behind it cheaper. Without it, a residual block of this width would be two
# convolutions of 3 × 3:

# %%
projected = conv_parameters(128, 64, 1) + conv_parameters(64, 128, 3)
plain = 2 * conv_parameters(128, 128, 3)
print(f"1×1 and 3×3: {projected:,} weights and biases, counted {parameters(theirs):,}")
print(f"two 3×3:     {plain:,}, {plain / projected:.1f} times as many")

# %% [markdown]
# Second, the activations stand **before** the convolutions (*pre-activation*), so that none stands
# on the skip. In the blocks of [lesson 05](05_residual_networks.ipynb) a ReLU follows each sum, and
# whatever is negative is lost there. Here what comes out of a stage is what went in, plus what each
# block has added:

# %%
with torch.no_grad():
    h, added = x, 0
    for one in network.lr_stage:
        f = one.body(h)
        h, added = h + f, added + f
    print("stage = input + the sum of six branches:", torch.allclose(h, x + added, atol=1e-5))
    print("and that is what the network computes:", torch.allclose(h, network.lr_stage(x)))

# %% [markdown]
# ## The way up
#
# Between the stages each pixel becomes $s \times s$ pixels, in two ways that are added. **Nearest**
# repeats it. A **deconvolution** (the transposed convolution of lesson 09), whose kernel is as
# large as its stride, multiplies its 128 numbers with a matrix of its own for each of the
# $s \times s$ places:
#
# $$y(sr + i,\; sc + j) = x(r, c) + W_{ij}^\top x(r, c) + b \qquad 0 \le i, j < s$$


# %%
def way_up_by_hand(x, weight, bias, s):
    y = x.repeat_interleave(s, 2).repeat_interleave(s, 3)
    for i in range(s):
        for j in range(s):
            y[:, :, i::s, j::s] += torch.einsum("io,nihw->nohw", weight[:, :, i, j], x)
    return y + bias.view(-1, 1, 1)


up = zoo.build("btsrn", 3).up[0]  # at ×3, so that rows and columns cannot be mixed up by luck
weight, bias = up.deconv.weight, up.deconv.bias
with torch.no_grad():
    y = up(x)
    print("equals the network's:", torch.allclose(way_up_by_hand(x, weight, bias, 3), y, atol=1e-5))
    with_identity = weight + torch.eye(128)[:, :, None, None]
    alone = F.conv_transpose2d(x, with_identity, bias, stride=3)
    print("the deconvolution alone, 1 added to its diagonals:", torch.allclose(alone, y, atol=1e-5))

# %% [markdown]
# So nearest adds nothing that the deconvolution could not do by itself: it is the deconvolution
# whose matrices are all the identity. It is a *shortcut around the step up*. The deconvolution
# starts from "repeat each pixel" and learns the difference, by the same reasoning as everywhere in
# lesson 05.
#
# Why is the kernel as large as the stride? Then the squares lie side by side. Larger kernels
# overlap, and unevenly where the stride does not divide them, which can show as a checkerboard in
# the picture. Count how many contributions each pixel of the result gets:

# %%
for kernel, stride in ((2, 2), (3, 3), (3, 2), (9, 2)):
    counts = F.conv_transpose2d(
        torch.ones(1, 1, 12, 12), torch.ones(1, 1, kernel, kernel), stride=stride
    )
    inside = counts[0, 0, kernel:-kernel, kernel:-kernel].unique().int().tolist()
    print(f"kernel {kernel}, stride {stride}: {' or '.join(map(str, inside))}")

# %% [markdown]
# (9, 2) is FSRCNN's last layer at ×2. At ×4 BTSRN goes up in two steps of ×2, with one more block
# in between.
#
# ## Residual over bicubic
#
# The tail's three colours are added to the bicubic picture: one shortcut around all of the network.
# Set the tail to zero, and the answer *is* bicubic. A fresh network, with the tail at random, has
# to find that first.

# %%
hr = sr.images.sample("astronaut")[20:180, 140:300]
small = make_lr(hr, 2)


def decibels(picture):
    return psnr(hr, to_uint8(picture), channel="y", border=2)


fresh = zoo.build("btsrn-mini", 2)
for name in ("a fresh network", "its tail at zero"):
    print(f"{name:<18}{decibels(enlarge(fresh, small)):5.1f} dB")
    nn.init.zeros_(fresh.tail[1].weight)
    nn.init.zeros_(fresh.tail[1].bias)
enlarged = bicubic(to_float(small), 2)
print(f"{'bicubic':<18}{decibels(enlarged):5.1f} dB")

# %% [markdown]
# What does a trained one add? `btsrn-mini` is the same network with 32 channels throughout, which
# two cores can train.

# %%
answer = enlarge(zoo.load("btsrn-mini", 2), small)
shown = {
    "bicubic": enlarged,
    "what the network adds, ×4": 0.5 + 4 * (answer - enlarged),
    "their sum": answer,
    "original": to_float(hr),
}
figure, axes = plt.subplots(1, 4, figsize=(11, 3.1), layout="constrained")
for axis, (name, picture) in zip(axes, shown.items(), strict=True):
    axis.imshow(np.clip(picture[20:120, 20:120], 0, 1))
    axis.set_title(name, fontsize=11)
    axis.axis("off")
plt.show()

# %% [markdown]
# *Second picture: grey means that nothing is added. The network is busy along edges, where it makes
# the dark side darker and the bright side brighter, and leaves the skin alone.*

# %%
gain = decibels(answer) - decibels(enlarged)
print(f"the network is more than half a decibel above bicubic here: {gain > 0.5}")

# %% [markdown]
# ## No batch norm
#
# The blocks have none. The report's reason is that batch norm "makes this network invariant to data
# re-scaling". The worry is sound. A picture with half the contrast lacks details of half the
# contrast, so what has to be added halves too: the network must *keep* the scale of its data.

# %%
picture = to_float(hr)


def lacking(picture):
    return picture - bicubic(imresize(picture, 1 / 2), 2)


halves = np.allclose(lacking(0.5 * picture), 0.5 * lacking(picture))
print("half the contrast, half of what bicubic lacks:", halves)

norm = nn.BatchNorm2d(16, eps=1e-9)  # it only guards against a division by 0
branch = nn.Sequential(nn.Conv2d(3, 16, 3, padding=1, bias=False), norm)
x = torch.tensor(picture, dtype=torch.float32).permute(2, 0, 1)[None]


def blind(network):
    with torch.no_grad():
        return torch.allclose(network(0.5 * x), network(x), atol=0.01)


print("convolution + batch norm, in training, gives the same for both:", blind(branch))
print("with a skip around it:", blind(lambda x: x.mean(1, keepdim=True) + branch(x)))
print("in use, with its averages fixed:", blind(branch.eval()))

# %% [markdown]
# But the sentence is too strong. It holds for a branch of convolution and batch norm, while it is
# being trained. A network with skips is not blind, and in use no network with batch norm is.
# [Lesson 12](12_edsr.ipynb) takes batch norm apart.
#
# ## What each stage costs
#
# A block visits each pixel of its maps once and multiplies with all its weights. An LR map has
# $s^2$ times fewer pixels than the result, an HR map just as many. Per pixel of the result, a block
# with $n$ weights costs
#
# $$\frac{n}{s^2} \text{ before the way up} \qquad\qquad n \text{ after it.}$$


# %%
def one_more(scale, **more):
    base = {"lr_blocks": 1, "hr_blocks": 1}
    grown = base | {name: base[name] + n for name, n in more.items()}
    return multiply_adds(BTSRN(scale, **grown)) - multiply_adds(BTSRN(scale, **base))


print("multiply-adds per pixel of the result, for one more block")
print(f"{'':<6}{'LR stage':>12}{'HR stage':>12}{'ratio':>8}")
for scale in (2, 3, 4):
    lr_cost, hr_cost = one_more(scale, lr_blocks=1), one_more(scale, hr_blocks=1)
    print(f"×{scale:<5}{float(lr_cost):>12,.0f}{float(hr_cost):>12,.0f}{hr_cost / lr_cost!s:>8}")

# %% [markdown]
# Both blocks have the same number of weights. So parameters tell you nothing about time here: they
# do not know where a block stands.

# %%
convolutions = {
    name: sum(p.numel() for p in part.parameters() if p.ndim == 4) for name, part in parts.items()
}
visits = dict(zip(parts, (1 / 4, 1 / 4, 1 / 4, 1, 1), strict=True))  # per pixel of the result, ×2
work = {name: visits[name] * count for name, count in convolutions.items()}
print(
    "the parts add up to the network's multiply-adds:", sum(work.values()) == multiply_adds(network)
)

figure, axis = plt.subplots(figsize=(9, 2.2), layout="constrained")
colours = dict(zip(parts, ("#cccccc", BLUE, GREEN, ORANGE, "#999999"), strict=True))
for row, counted in enumerate((work, convolutions)):
    left, total = 0.0, sum(counted.values())
    for name, count in counted.items():
        share = 100 * count / total
        axis.barh(row, share, left=left, color=colours[name], edgecolor="white")
        if share > 4:
            text = f"{name}\n{share:.0f} %"
            colour = "white" if colours[name] == BLUE else "black"
            axis.text(left + share / 2, row, text, ha="center", va="center", color=colour)
        left += share
axis.set_yticks([0, 1], ["multiply-adds", "weights"])
axis.set(xlim=(0, 100), xlabel="share in percent, at ×2")
for side in ("top", "right", "left"):
    axis.spines[side].set_visible(False)
plt.show()

# %% [markdown]
# *The same network, counted twice. Blue, the six LR blocks, has most of the weights; orange, the
# four HR blocks, does most of the work. Head and tail are too thin to be seen.*
#
# ### 888 thousand or 410 thousand?
#
# Published tables give BTSRN 410 thousand parameters. The authors' own code builds a network of
# more than twice that. Where does 410 come from? Take ten blocks that are 64 channels wide, and
# count their weights:

# %%
per_block = conv_parameters(64, 64, 1, bias=False) + conv_parameters(64, 64, 3, bias=False)
print(f"one block, 64 wide: {per_block:,} weights; ten of them: {10 * per_block:,}")
for scale in (2, 3, 4):
    in_all = (6 / scale**2 + 4) * per_block * 1280 * 720
    print(f"×{scale}: those ten blocks do {in_all / 1e9:.1f} G multiply-adds for 1280 × 720 pixels")
print()
for name, built in (
    ("64 wide, with head, way up and tail", BTSRN(2, width=64, inner=64)),
    ("128 wide, as the authors' code: btsrn", zoo.build("btsrn", 2)),
    ("32 wide: btsrn-mini", zoo.build("btsrn-mini", 2)),
):
    total = float(multiply_adds(built)) * 1280 * 720 / 1e9
    print(f"{name:<40}{parameters(built):>8,} parameters, {total:>3.0f} G multiply-adds at ×2")

# %% [markdown]
# But for rounding, the first four lines are the published figures, 410 K and 207.7, 176.2 and
# 165.2 G (Ahn and others 2018, who compare many networks): ten blocks, without the rest and without
# biases. This course builds the 128-wide network of the authors' code as `btsrn`, with padded
# convolutions where theirs shrink the picture. Before you compare parameters from two papers, ask
# what they count.
#
# ## Live: bicubic against BTSRN
#
# Move the wipe across.

# %%
ModelCompare(left="bicubic", right="btsrn-mini", scale=2)

# %% [markdown]
# **Try**
#
# - Zoom in on the sharpest edge that you find. On which side of it is the difference larger?
# - *brick* and *grass*: where does the network help, and where can it not?
# - A network on the other side: `fsrcnn` has an eighth of the weights. Can you tell them apart?
#
# **Notice** that the figures beside the picture tell two pictures apart long before you can.
#
# ## Build your own
#
# How many blocks, and where? `zoo.build` takes both numbers. One HR block costs as much as four LR
# blocks at ×2, so here are two networks of the same price:

# %%
SPLITS = {"1 + 1": {"lr_blocks": 1, "hr_blocks": 1}, "5 + 0": {"lr_blocks": 5, "hr_blocks": 0}}
for name, blocks in SPLITS.items():
    built = zoo.build("btsrn-mini", 2, **blocks)
    print(
        f"{name} blocks: {float(multiply_adds(built)):,.0f} multiply-adds per pixel, "
        f"{parameters(built):,} parameters"
    )

# %% [markdown]
# Which one learns better? Eight photographs to learn from, pieces of three others to be tested on,
# some hundred steps, and three seeds of each.

# %%
LEARN = ("rocket", "camera", "brick", "grass", "gravel", "clock", "text", "retina")
TEST = ("astronaut", "chelsea", "coffee")


def planes(image):
    return torch.tensor(to_float(rgb(image)).transpose(2, 0, 1), dtype=torch.float32)


originals = [modcrop(sr.images.sample(name), 2) for name in LEARN]
pairs = [(planes(make_lr(hr, 2)), planes(hr)) for hr in originals]
test = [(name, sr.images.sample(name)[100:260, 100:260]) for name in TEST]


def batch(size, side, rng):
    """Random LR squares, turned at random, and the same squares of the originals."""
    drawn = []
    for _ in range(size):
        small, large = pairs[rng.integers(len(pairs))]
        r, c = (rng.integers(n - side + 1) for n in small.shape[1:])
        turns = int(rng.integers(4))
        cuts = (
            small[:, r : r + side, c : c + side],
            large[:, 2 * r : 2 * (r + side), 2 * c : 2 * (c + side)],
        )
        drawn.append([torch.rot90(cut, turns, (1, 2)) for cut in cuts])
    return [torch.stack(squares) for squares in zip(*drawn, strict=True)]


def score(upscaler):
    return evaluate(upscaler, test, 2)["mean"]["psnr"]


def train(network, seed, steps=300, rate=4e-3):
    rng = np.random.default_rng(seed)
    optimiser = torch.optim.Adam(network.parameters())
    for step in range(steps):
        optimiser.param_groups[0]["lr"] = rate * (1 - step / steps)
        small, large = batch(4, 16, rng)
        loss = F.l1_loss(network(small), large)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return score(lambda lr, _: enlarge(network, lr))


reached = {}
for name, blocks in SPLITS.items():
    for seed in (0, 1, 2):
        torch.manual_seed(seed)
        reached[name, seed] = train(zoo.build("btsrn-mini", 2, **blocks), seed)

# %%
bicubic_here = score(lambda lr, scale: sr.upscale(lr, scale, "bicubic"))
figure, axis = plt.subplots(figsize=(6, 2.2), layout="constrained")
for row, (name, colour) in enumerate(zip(SPLITS, (ORANGE, BLUE), strict=True)):
    runs = np.array([reached[name, seed] for seed in (0, 1, 2)])
    axis.plot(runs, [row] * 3, "o", color=colour)
    axis.plot(runs.mean(), row, "|", color="black", markersize=22)
axis.axvline(bicubic_here, color=GREY, linestyle="--")
axis.text(bicubic_here, 0.5, " bicubic", color=GREY, va="center")
axis.set_yticks([0, 1], [f"{name} blocks" for name in SPLITS])
axis.set(ylim=(-0.6, 1.6), xlabel="mean PSNR on the test pieces, dB")
plt.show()

# %% [markdown]
# *Each dot is one training, the black bars are the means of three.*

# %%
one, five = (np.array([reached[name, seed] for seed in (0, 1, 2)]) for name in SPLITS)
print("all six pass bicubic:", bool(min(one.min(), five.min()) > bicubic_here))
apart = np.ptp(five)
print(f"three trainings of 5 + 0 end more than 0.01 dB apart: {bool(apart > 0.01)}")

# %% [markdown]
# All that differs between three dots in a row is the seed: other weights to start from, other
# patches. Keep the distance between them in mind. Then change the numbers of blocks, the steps or
# the seeds, and run the cells again.
#
# ## Two tables
#
# The source report prints two tables, from the paper's search for the best numbers of blocks. In
# the first the HR stage changes, and the LR stage has six blocks; in the second it is the other way
# round, with four blocks in the HR stage.

# %%
REPORTED = {
    "hr": {3: 34.14024, 4: 34.16181, 5: 34.12123},
    "lr": {5: 34.15799, 6: 34.16181, 7: 34.15126, 8: 34.16568, 9: 34.18892},
}
for stage, table in REPORTED.items():
    print(f"{stage.upper()} blocks " + "".join(f"{n:>10}" for n in table))
    print(f"{'PSNR, dB':<10}" + "".join(f"{value:>10.5f}" for value in table.values()))
    print(f"{'to 6 + 4':<10}" + "".join(f"{value - 34.16181:>+10.3f}" for value in table.values()))

# %% [markdown]
# The tables name neither their pictures nor the scale. Is it Set5 at ×3, where the paper has 34.03
# dB, or DIV2K at ×2, where other networks lie between 33 and 35? They give each value to a hundred
# thousandth of a decibel, and each was trained once, as far as we are told. Seven blocks are worse
# than six, and eight are better again.
#
# Here is our own table, for `btsrn-mini` at ×2. The main entry, 6 + 4, was trained three times,
# from three seeds, and with nothing else changed. This took longer than a lesson, so the figures
# come from a file that `srcourse curves` wrote.

# %%
record = results.read("btsrn_blocks")
final = {name: run["history"][-1]["psnr"] for name, run in record["results"].items()}
base = "btsrn-mini-6-4"
seeds = np.array([final[base], final[f"{base}-seed1"], final[f"{base}-seed2"]])
ours = {
    "hr": {n: final[f"btsrn-mini-6-{n}"] for n in (3, 4, 5)},
    "lr": {n: final[f"btsrn-mini-{n}-4"] for n in (5, 6, 7, 8, 9)},
}
run = record["results"][base]
print(f"{run['step']} steps each; PSNR on Set5 at ×{run['recipe']['scale']}, dB")
for stage, table in ours.items():
    print(f"{stage.upper()} blocks " + "".join(f"{n:>8}" for n in table))
    print(f"{'PSNR, dB':<10}" + "".join(f"{value:>8.2f}" for value in table.values()))
print(f"6 + 4, three seeds: {', '.join(f'{value:.2f}' for value in seeds)}")
spread = seeds.std(ddof=1)
print(f"their standard deviation: {spread:.2f} dB")

# %%
figure, axes = plt.subplots(1, 2, figsize=(10, 3.4), sharey=True, layout="constrained")
for axis, (stage, fixed) in zip(axes, (("hr", "6 LR"), ("lr", "4 HR")), strict=True):
    low, high = seeds.min() - seeds.mean(), seeds.max() - seeds.mean()
    axis.axhspan(low, high, color="#dddddd", label="ours, 6 + 4: three seeds")
    mine = {n: value - seeds.mean() for n, value in ours[stage].items()}
    theirs = {n: value - 34.16181 for n, value in REPORTED[stage].items()}
    axis.plot(mine.keys(), mine.values(), "o", color=BLUE, label="ours, against the seeds' mean")
    axis.plot(
        theirs.keys(), theirs.values(), "s", color=ORANGE, label="the report's, against 6 + 4"
    )
    axis.set(xticks=list(mine), xlabel=f"{stage.upper()} blocks, with {fixed} blocks")
axes[0].set_ylabel("difference in PSNR, dB")
axes[0].legend(fontsize=9)
plt.show()

# %% [markdown]
# *Grey: how far three trainings of one and the same network lie apart. A dot inside the band says
# nothing about its number of blocks. At 6 LR and at 4 HR blocks the dot is the seed that the others
# share.*

# %%
others = {name: value for name, value in final.items() if not name.startswith(base)}
inside = [name for name, value in others.items() if seeds.min() <= value <= seeds.max()]
print(f"{len(inside)} of the {len(others)} other networks lie inside the band")
for number, seed in enumerate(seeds):
    better = sum(value > seed for value in others.values())
    print(f"6 + 4 with seed {number}: {better} of the others are better")

# %% [markdown]
# With the first seed alone we could have told a fine story: 6 + 4 beats all the others, just as the
# paper chose. With the second or the third in its place, nearly every other network beats 6 + 4.
# Our table tells seeds apart, not numbers of blocks.
#
# ## What can such a table tell?
#
# Think of five networks that are equally good, each trained once. Luck puts them in some order, and
# you would print a table with a winner. How far apart would the best and the worst be? Let luck be
# normal with a standard deviation of $\sigma$, and try it a hundred thousand times.

# %%
luck = np.random.default_rng(0).normal(size=(100_000, 5))
ranges = {k: np.ptp(luck[:, :k], axis=1).mean() for k in (3, 5)}
for k, width in ranges.items():
    print(f"best minus worst of {k} equal networks: {width:.1f} σ on average")
for stage, table in REPORTED.items():
    width = max(table.values()) - min(table.values())
    print(
        f"the report's {stage.upper()} table spans {width:.3f} dB: "
        f"{len(table)} equal networks do that with σ = {width / ranges[len(table)]:.3f} dB"
    )
print(f"measured on our three seeds: σ = {spread:.2f} dB")

three = np.random.default_rng(1).normal(size=(100_000, 3)).std(axis=1, ddof=1)
low, high = np.quantile(three, (0.05, 0.95))
print(f"what three seeds say of a true σ of 1: mostly between {low:.1f} and {high:.1f}")

# %% [markdown]
# Our σ does not settle their table. It belongs to a small network after a very short training, and
# long trainings of a larger one may end much closer together. But it shows what theirs lacks. With
# a σ of 0.02 dB or so, both of their tables look like what equal networks would give, and a reader
# cannot know whether it was larger or smaller than that.
#
# So what would be enough? Train each candidate from several seeds, and compare the difference of
# the means with its **standard error**,
#
# $$\frac{\bar b - \bar a}{\sqrt{s_a^2 / n_a + s_b^2 / n_b}}$$
#
# where $s$ is the standard deviation over the seeds (with $n - 1$ in its formula) and $n$ their
# number. As a rule of thumb, below 2 nothing has been shown. With few seeds ask for more than that,
# for $s$ itself is a guess, as the last line above says. The error falls with the square root of
# the number of seeds: half the difference takes four times the trainings.

# %%
for difference in (0.04, 0.02, 0.01):
    n = int(np.ceil(2 * (2 * spread / difference) ** 2))
    print(
        f"with our σ, {difference} dB is two standard errors from {n} trainings of each network on"
    )

# %% [markdown]
# What *can* be read off the report's tables? That no entry is far from the others:

# %%
every = [value for table in REPORTED.values() for value in table.values()]
print(f"all entries of both tables lie within {max(every) - min(every):.2f} dB")
cheapest, dearest = BTSRN(2, 6, 3), BTSRN(2, 6, 5)
print(f"work of 6 + 5 over 6 + 3: {float(multiply_adds(dearest) / multiply_adds(cheapest)):.2f}")

# %% [markdown]
# If a block matters so little, take as few as you can pay for. That is the trade-off the report
# speaks of, and it does not need five decimals.
#
# To run our tables yourself, or to add the seeds that they lack (each entry takes some minutes):

# %%
recipe = record["results"]["btsrn-mini-7-4"]["recipe"]
assert recipe["options"] == {"lr_blocks": 7, "hr_blocks": 4}
print(
    f"srcourse train btsrn-mini-x2 --set lr_blocks=7 --set hr_blocks=4 --set seed=1 \\\n"
    f"    --set optimiser=adam --steps {recipe['steps']} --images FOLDER --validation Set5 \\\n"
    "    --out btsrn-mini-7-4-seed1.safetensors\n"
    "srcourse curves btsrn-mini-*.safetensors --out btsrn_blocks.json"
)

# %% [markdown]
# ### 37.75 dB
#
# One more figure of the report's. Beside a single picture it prints "BTSRN / 37.75 dB". That is
# what the paper gives as the *mean over the five pictures* of Set5 at ×2. Single pictures lie far
# from a mean, whatever the method:

# %%
for name in ("chelsea", "astronaut", "coffee", "grass", "rocket"):
    whole = modcrop(sr.images.sample(name), 2)
    upscaled = sr.upscale(make_lr(whole, 2), 2, "bicubic")
    print(f"{name:<12}bicubic ×2: {psnr(whole, upscaled, channel='y', border=2):.1f} dB")

# %% [markdown]
# ## What the source report says
#
# Its section 3.3, statement by statement:

# %%
claims.table("3.3")

# %% [markdown]
# ## Exercises
#
# ### 1. The way up
#
# In NumPy: `x` is (channels, rows, columns). `weight` is (channels in, channels out, scale, scale),
# as torch keeps it for a deconvolution; there is no bias. Give nearest plus deconvolution.


# %%
def way_up(x, weight, scale):
    pass  # your lines here


check("10-way-up", way_up)

# %% [markdown]
# <details><summary>Solution: 10-way-up</summary>
#
# ```python
# def way_up(x, weight, scale):
#     y = x.repeat(scale, axis=1).repeat(scale, axis=2)
#     for i in range(scale):
#         for j in range(scale):
#             y[:, i::scale, j::scale] += np.einsum("io,irc->orc", weight[:, :, i, j], x)
#     return y
# ```
#
# </details>
#
# ### 2. What the blocks cost
#
# Blocks as in `btsrn`: 128 channels, projected to 64. Return the multiply-adds of all blocks of
# both stages, per pixel of the result. Biases do not multiply. (At ×4 take the blocks as given, and
# leave out the one between the two steps up.)


# %%
def blocks_cost(lr_blocks, hr_blocks, scale):
    pass  # your lines here


check("10-blocks-cost", blocks_cost)

# %% [markdown]
# <details><summary>Solution: 10-blocks-cost</summary>
#
# ```python
# def blocks_cost(lr_blocks, hr_blocks, scale):
#     weights = 128 * 64 + 64 * 128 * 3 * 3
#     return weights * (lr_blocks / scale**2 + hr_blocks)
# ```
#
# </details>
#
# ### 3. Standard errors
#
# `a` and `b` hold the PSNRs of two networks, one value for each seed. Return how many standard
# errors the mean of `b` lies above that of `a`.


# %%
def standard_errors(a, b):
    pass  # your lines here


check("10-standard-errors", standard_errors)

# %% [markdown]
# <details><summary>Solution: 10-standard-errors</summary>
#
# ```python
# def standard_errors(a, b):
#     a, b = np.array(a), np.array(b)
#     error = np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))
#     return (b.mean() - a.mean()) / error
# ```
#
# </details>
#
# Try it on `one` and `five` from above.
#
# ## Key points
#
# - BTSRN: ten pre-activation blocks of a 1 × 1 projection and a 3 × 3 convolution; six before the
#   way up, four after it; nearest plus deconvolution between them; all of it added to bicubic.
# - A block costs scale² times as much after the enlarging, with the same weights. And a count of
#   parameters means little until you know what was counted.
# - One training per entry cannot rank networks that lie within the spread between seeds. Repeat,
#   and divide the difference by its standard error.
#
# **Next** [11 · SelNet](11_selnet.ipynb)
#
# ## References
#
# - Y. Fan, H. Shi, J. Yu, D. Liu, W. Han, H. Yu, Z. Wang, X. Wang and T. S. Huang, *Balanced
#   two-stage residual networks for image super-resolution*, CVPR Workshops (NTIRE) 2017.
# - K. He, X. Zhang, S. Ren and J. Sun, *Identity mappings in deep residual networks*, 2016,
#   arXiv:1603.05027: pre-activation.
# - A. Odena, V. Dumoulin and C. Olah, *Deconvolution and checkerboard artifacts*, Distill, 2016.
# - N. Ahn, B. Kang and K.-A. Sohn, *Fast, accurate, and lightweight super-resolution with cascading
#   residual network*, ECCV 2018, arXiv:1803.08664: the table with 410 K.
# - X. Bouthillier and others, *Accounting for variance in machine learning benchmarks*, MLSys 2021,
#   arXiv:2103.03098.
