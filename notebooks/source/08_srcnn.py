# %% [markdown]
# # 08 · SRCNN
#
# In 2014 Chao Dong and three colleagues enlarged pictures with a network of three layers, and came
# closer to the truth than the best methods of the day. You will write it, count it, and train it on
# photographs until it passes bicubic, which takes about a minute.
#
# **You will be able to**
#
# - write SRCNN as the paper's three equations, and say what each of them does to a patch;
# - count its weights, its multiplications, and how far it sees;
# - train it until it beats bicubic, and say why PSNR asks for the squared error as the loss, and
#   why Adam needs so many steps.
#
# **Time** about 45 minutes · **Before this** [07 · Interpolation](07_interpolation.ipynb)

# %%
import copy
import inspect

import matplotlib.pyplot as plt
import numpy as np
import torch
from torch.nn import functional as F

import srcourse as sr
from srcourse import claims, zoo
from srcourse.classroom import check
from srcourse.images import luma
from srcourse.layers import conv_multiply_adds, conv_parameters
from srcourse.metrics import evaluate, make_lr, psnr
from srcourse.models.cost import multiply_adds, parameters
from srcourse.models.picture import enlarge
from srcourse.models.reach import extent
from srcourse.models.srcnn import SRCNN
from srcourse.resampling import bicubic, modcrop
from srcourse.training.soap import SOAP
from srcourse.widgets import FeatureMaps, ModelCompare, Predict

torch.set_num_threads(1)  # one core adds up in one order: run it again, and it goes the same way

# %% [markdown]
# ## Predict first
#
# SRCNN's three layers have 64 kernels of 9 × 9, then 32 of 5 × 5, then a single one of 5 × 5.

# %%
Predict(
    "08-weights",
    "Which layer holds most of the network's weights?",
    choices=("the first, with its large kernels", "the second", "the third"),
    answer="the second",
    because="Each of its 32 kernels reaches through all 64 channels: 32 · 64 · 25 = 51,200 of "
    "57,184 weights.",
)

# %% [markdown]
# ## Enlarge first, then repair
#
# The idea takes one sentence: let bicubic enlarge the picture, and let a network repair the result.
# Input and output then have the same size, as in any filter, and the network can leave the question
# of where the new pixels lie to lesson 07. This order is called **pre-upsampling**.
#
# SRCNN works on luma alone, as bright and dark matter most (lesson 01); bicubic makes the two
# colour planes. In the paper's letters, $Y$ is the enlarged picture, and the network $F$ should
# bring $F(Y)$ close to the original $X$.

# %%
photo = sr.images.sample("astronaut")[20:180, 140:300]
x = luma(photo)
y = bicubic(luma(make_lr(photo, 2)), 2)

figure, axes = plt.subplots(1, 3, figsize=(10, 3.6), layout="constrained")
shown = {"Y, from bicubic": y, "X, the original": x, "X − Y, on grey": 0.5 + 2 * (x - y)}
for axis, (name, picture) in zip(axes, shown.items(), strict=True):
    axis.imshow(picture, cmap="gray", vmin=0, vmax=1)
    axis.set_title(name)
    axis.axis("off")
plt.show()

# %% [markdown]
# *What the network is given, what it should make of it, and what it has to add (doubled, to be
# seen). Most of that lies along edges.*
#
# ## Three equations, three lines
#
# $$F_1(Y) = \max(0,\; W_1 * Y + B_1)$$
#
# $$F_2(Y) = \max(0,\; W_2 * F_1(Y) + B_2)$$
#
# $$F(Y) = W_3 * F_2(Y) + B_3$$
#
# The star is a convolution, and $\max(0, \cdot)$ is ReLU. The network of this course is these three
# lines; before them comes the enlarging.

# %%
print(inspect.getsource(SRCNN.forward))

# %% [markdown]
# Is that really all? Take a fresh network's weights out, and compute the equations with torch's
# plain convolution. (`zoo` is where the course keeps its networks: `build` makes a fresh one, with
# random weights, and `load` one that is trained. Torch wants pictures as (how many, channels, rows,
# columns).)


# %%
def conv(planes, weight, bias):
    k = weight.shape[-1] // 2
    return F.conv2d(F.pad(planes, (k, k, k, k), mode="replicate"), weight, bias)


torch.manual_seed(0)
network = zoo.build("srcnn", 2)
(W1, B1), (W2, B2), (W3, B3) = (
    layer.parameters() for layer in (network.extract, network.map, network.reconstruct)
)
lr = torch.rand(1, 1, 20, 30)
Y = network.enlarge(lr)

F1 = torch.relu(conv(Y, W1, B1))
F2 = torch.relu(conv(F1, W2, B2))
result = conv(F2, W3, B3)

for name, planes in (("LR", lr), ("Y", Y), ("F1(Y)", F1), ("F2(Y)", F2), ("F(Y)", result)):
    print(f"{name:<6}{planes.shape[1]:>3} × {planes.shape[2]} × {planes.shape[3]}")
print("equals the network:", torch.allclose(result, network(lr), atol=1e-5))

# %% [markdown]
# The authors give each line a job.
#
# 1. **Patch extraction.** A 9 × 9 window of $Y$ becomes a list of 64 numbers, one for each kernel:
#    how much is there of this edge, of that spot?
# 2. **Mapping.** The 64 numbers that describe a blurred patch become 32 that describe a sharp one.
#    Without the $\max$ this would be a matrix, and a matrix cannot decide.
# 3. **Reconstruction.** The sharp patches overlap. The last layer lays them over each other, and
#    weighs them into one grey level for each pixel.
#
# The first job in figures: cut a patch out, lay it out as a row of 81 numbers, and multiply it by a
# table. That is what the convolution does, at every pixel.

# %%
r, c = 17, 25
patch = Y[0, 0, r - 4 : r + 5, c - 4 : c + 5]
vector = torch.relu(W1.reshape(64, 81) @ patch.reshape(81) + B1)
print("64 numbers for one patch:", torch.allclose(vector, F1[0, :, r, c], atol=1e-5))

# %% [markdown]
# The paper's first network has a 1 × 1 kernel in the middle, and is named 9-1-5 after its kernels.
# There the 64 numbers of each pixel are mapped without a look at their neighbours. Its best, 9-5-5,
# maps 5 × 5 of them at a time. That is the one we build.
#
# ## Count it
#
# A layer has a kernel for each pair of an input and an output channel, and a bias for each output
# channel:
#
# | layer | weights | biases | together |
# |-|-|-|-|
# | extraction | 9 · 9 · 1 · 64 = 5,184 | 64 | 5,248 |
# | mapping | 5 · 5 · 64 · 32 = 51,200 | 32 | 51,232 |
# | reconstruction | 5 · 5 · 32 · 1 = 800 | 1 | 801 |
# | | 57,184 | 97 | 57,281 |

# %%
for name, sides in (("srcnn", (9, 5, 5)), ("srcnn-915", (9, 1, 5))):
    channels = ((1, 64), (64, 32), (32, 1))
    rows = list(zip(channels, sides, strict=True))
    by_hand = [conv_parameters(n_in, n_out, side) for (n_in, n_out), side in rows]
    without = sum(conv_parameters(n_in, n_out, side, bias=False) for (n_in, n_out), side in rows)
    counted = parameters(zoo.build(name, 2))
    print(f"{name:<10}{by_hand} sum {sum(by_hand):,}, counted {counted:,}, weights {without:,}")

# %% [markdown]
# So nine weights in ten sit in the middle layer, and a 1 × 1 kernel there makes the network seven
# times smaller. Papers count in either way: 8,032 and 57,184 are the same two networks without
# their biases. Neither figure depends on the scale, because the network does not know it.
#
# ## How far it sees
#
# A 9 × 9 kernel reads 4 pixels on each side. The second layer reads, 2 pixels on each side, numbers
# that have read 4; the third adds another 2. A layer of side $k$ adds $k - 1$ to the width:
#
# $$1 + (9 - 1) + (5 - 1) + (5 - 1) = 17$$
#
# This is the **receptive field**: the pixels of $Y$ that a pixel of the result depends on. To see
# it, turn the question round. Change one pixel of $Y$, and look which pixels of the result change.


# %%
def repair(network, y):
    """The three equations, on pictures that are enlarged already: (N, 1, H, W)."""
    f1 = torch.relu(network.extract(y))
    f2 = torch.relu(network.map(f1))
    return network.reconstruct(f2)


def touched(function, before, row, col):
    """The height and width of what changes in the result when one pixel does."""
    after = before.clone()
    after[0, 0, row, col] += 1
    with torch.no_grad():
        changed = (function(after) != function(before))[0, 0].nonzero()
    return tuple((changed.max(0).values - changed.min(0).values + 1).tolist())


random_y = torch.rand(1, 1, 60, 60)
for name in ("srcnn", "srcnn-915"):
    net = zoo.build(name, 2)
    reached = touched(lambda y, net=net: repair(net, y), random_y, 30, 30)
    print(f"{name:<10}one pixel of Y reaches {reached}")

# %% [markdown]
# Yet these 17 pixels are *enlarged* pixels, mixed from few real ones. Bicubic itself reads two LR
# pixels on each side. How many LR pixels does one pixel of the result see in all? `extent` works it
# out from the layers; `halo` is how many LR pixels it sees beyond its own.

# %%
for scale in (2, 3, 4):
    halo = extent(zoo.build("srcnn", scale)).halo
    side = 2 * halo + 1
    print(f"×{scale}: {halo} LR pixels on each side, a window of at most {side} × {side}")

# %% [markdown]
# From 13 × 13 at ×2 to 9 × 9 at ×3 and ×4: the window holds less of the original just when more is
# to be guessed. Working on the enlarged picture wastes sight.
#
# ## Borders
#
# At the picture's border a kernel wants pixels that are not there. In training, the paper lets the
# picture shrink. Its code for use repeats the edge pixel, and so do we. Filling up with zeros,
# which is what networks mostly do, would surround every picture with black. The network takes that
# for a hard edge, and does something about it.


# %%
def with_border(network, mode):
    twin = copy.deepcopy(network)
    for layer in (twin.extract, twin.map, twin.reconstruct):
        layer.padding_mode = mode
    return twin


def psnr_of(picture, where):
    return -10 * np.log10(np.mean((picture - x)[where] ** 2))


trained = zoo.load("srcnn", 2)
repaired = {
    mode: enlarge(with_border(trained, mode), luma(make_lr(photo, 2)))
    for mode in ("replicate", "zeros")
}
strip = np.ones(x.shape, bool)
strip[8:-8, 8:-8] = False  # what lies deeper than 8 pixels never sees the border
near, deep = (
    {mode: psnr_of(picture, where) for mode, picture in repaired.items()}
    for where in (strip, ~strip)
)
print("deep inside, the same:", np.isclose(deep["replicate"], deep["zeros"]))
print("near the border, zeros cost more than 6 dB:", near["replicate"] - near["zeros"] > 6)

# %%
figure, axes = plt.subplots(1, 3, figsize=(8, 2.8), layout="constrained")
shown = {
    "the original": x,
    "edge pixels repeated": repaired["replicate"],
    "zeros": repaired["zeros"],
}
for axis, (name, picture) in zip(axes, shown.items(), strict=True):
    axis.imshow(picture[:32, :32], cmap="gray", vmin=0, vmax=1)
    axis.set_title(name)
    axis.axis("off")
plt.show()

# %% [markdown]
# *The picture's upper left corner. On the right, the black that is not there darkens the outermost
# row and column, and leaves stripes behind them, bright and dark.*
#
# The field's protocol leaves out only `scale` pixels at the border, here two of the eight that are
# touched. Such a mistake would show in the score.
#
# ## The loss: MSE and PSNR are one thing
#
# SRCNN is trained to make the mean squared error small, and it is judged by PSNR. For values from 0
# to 1 these are the same quantity on two rulers:
#
# $$\mathrm{PSNR} = 10 \log_{10} \frac{1}{\mathrm{MSE}} = -10 \log_{10} \mathrm{MSE}$$

# %%
random = np.random.default_rng(0)
for noise in (0.1, 0.05, 0.025):
    worse = x + noise * random.normal(size=x.shape)
    mse = np.mean((worse - x) ** 2)
    print(f"MSE {mse:.5f}   −10·log10(MSE) {-10 * np.log10(mse):.2f}   PSNR {psnr(x, worse):.2f}")

# %% [markdown]
# A quarter of the MSE is 6 dB more, whatever the picture. So whoever wants a high PSNR minimises
# the MSE. It says nothing about whether people like the result (lesson 06).
#
# With several pictures there is a catch. Papers report the *mean PSNR*, and that is not the PSNR of
# the mean error: one difficult picture rules the second and not the first.

# %%
errors = np.array([1e-2, 1e-4])
print(f"mean of the PSNRs {np.mean(-10 * np.log10(errors)):.1f} dB")
print(f"PSNR of the mean MSE {-10 * np.log10(np.mean(errors)):.1f} dB")

# %% [markdown]
# ## Train it
#
# Eight photographs to learn from; three others, which the network never sees, to be tested on. Each
# is reduced by the protocol, enlarged by bicubic, and kept beside its original.

# %%
LEARN = ("rocket", "camera", "brick", "grass", "gravel", "clock", "text", "retina")
TEST = ("astronaut", "chelsea", "coffee")


def pair(name):
    hr = modcrop(sr.images.sample(name), 2)
    both = np.stack([bicubic(luma(make_lr(hr, 2)), 2), luma(hr)])
    return torch.tensor(both, dtype=torch.float32)


pairs = [pair(name) for name in LEARN]
test = [(name, sr.images.sample(name)[100:260, 100:260]) for name in TEST]  # a piece, to be quick
test_bicubic = evaluate(lambda lr, scale: sr.upscale(lr, scale, "bicubic"), test, 2)["mean"]["psnr"]
print(f"bicubic, on the three pieces: {test_bicubic:.1f} dB")


def batch(size, side, rng):
    """Random squares, turned at random: the enlarged pieces, and the original ones."""
    squares = []
    for _ in range(size):
        both = pairs[rng.integers(len(pairs))]
        row, col = (rng.integers(n - side + 1) for n in both.shape[1:])
        square = both[:, row : row + side, col : col + side]
        squares.append(torch.rot90(square, int(rng.integers(4)), (1, 2)))
    squares = torch.stack(squares)
    return squares[:, :1], squares[:, 1:]


# %% [markdown]
# Before the first step, one peculiarity of the paper. It gives the first two layers a learning rate
# of 10⁻⁴ and the last one 10⁻⁵, and says that this matters for the training to converge. The
# gradients of a fresh network show why. Plain gradient descent moves each weight by its gradient
# times the rate; compare that with how large the weights are.

# %%
torch.manual_seed(0)
fresh = zoo.build("srcnn", 2)
blurred, sharp = batch(32, 24, np.random.default_rng(0))
F.mse_loss(repair(fresh, blurred), sharp).backward()


def rms(tensor):
    return tensor.square().mean().sqrt().item()


share = {
    name: rms(layer.weight.grad) / rms(layer.weight)
    for name, layer in (
        ("extract", fresh.extract),
        ("map", fresh.map),
        ("reconstruct", fresh.reconstruct),
    )
}
for name, value in share.items():
    print(f"{name:<12}gradient / weight, against the first layer's: {value / share['extract']:.1f}")

# %% [markdown]
# Against its size, the last layer is pushed about 15 times as hard as the first. A rate that suits
# the first makes it jump; one that suits the last leaves the others standing still. A tenth of the
# rate evens that out.
#
# Now the training itself: draw a batch, compute the loss and its gradients, take a step, and every
# 50 steps look at the test pieces. In the last third the rate falls to zero, so that the weights
# come to rest. Adam makes the steps; it adapts each weight's step to the gradients it has seen, and
# learns far faster than the plain gradient descent of lesson 02. The cell takes about a minute.

# %%
STEPS = 600


def train(network, rate=1e-3, slow=0.1, stop=None, steps_by=torch.optim.Adam):
    rng = np.random.default_rng(0)
    body = [*network.extract.parameters(), *network.map.parameters()]
    last = list(network.reconstruct.parameters())
    optimiser = steps_by([{"params": body}, {"params": last}], lr=rate)
    losses, curve = [], []
    for step in range(stop or STEPS):
        rate_now = rate * min(1, 3 * (1 - step / STEPS))
        for group, share in zip(optimiser.param_groups, (1, slow), strict=True):
            group["lr"] = share * rate_now
        blurred, sharp = batch(16, 24, rng)
        loss = F.mse_loss(repair(network, blurred), sharp)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
        if (step + 1) % 50 == 0:
            reached = evaluate(lambda lr, _: enlarge(network, lr), test, 2)["mean"]["psnr"]
            curve.append((step + 1, reached))
    return losses, np.array(curve)


def fresh_network():
    torch.manual_seed(0)
    return zoo.build("srcnn", 2).to(memory_format=torch.channels_last)


mine = fresh_network()
losses, curve = train(mine)
print("passes bicubic:", bool(curve[-1, 1] > test_bicubic))

# %%
figure, axes = plt.subplots(1, 2, figsize=(11, 3), layout="constrained")
axes[0].semilogy(losses, color="#0072b2", linewidth=0.7)
axes[0].set(xlabel="step", ylabel="MSE of the batch")
axes[1].plot(*curve.T, "o-", color="#0072b2", label="SRCNN in training")
axes[1].axhline(test_bicubic, color="#d55e00", linestyle="--", label="bicubic")
axes[1].set(xlabel="step", ylabel="PSNR on the test pieces, dB", ylim=(26, None))
axes[1].legend(loc="lower right")
plt.show()

# %% [markdown]
# *Left: the loss of each batch jumps, since brick is harder than sky. Right: what counts. Most of
# the time the network only learns to copy its input; then the curve crosses bicubic's line.*
#
# Adam should care less about the size of a gradient. Does the slow last layer help it too? The same
# start and the same batches, for a quarter of the time, with one rate for all:

# %%
_, one_rate = train(fresh_network(), slow=1, stop=150)
print("after 150 steps the slow last layer is ahead:", bool(curve[2, 1] > one_rate[-1, 1]))

# %% [markdown]
# It does, in this run.
#
# Nobody told the network to begin with a copy: its weights were random, and so at first was its
# picture. (Lesson 05 shows what to do about that. VDSR, two years later, did it.)
#
# ### A better step
#
# But why should it take hundreds of steps to learn a copy? Because neighbouring pixels of a picture
# are nearly alike. When two neighbouring numbers of a kernel grow together, the result changes a
# lot; when one grows and the other shrinks, hardly at all. So the loss is a narrow valley: steep
# walls in the one direction, a gentle floor in the other. How steep? The 81 pixels of the first
# layer's kernels span 81 directions. Which of them does the gradient take?

# %%
gradients = fresh.extract.weight.grad.reshape(64, 81)
eigenvalues, directions = torch.linalg.eigh(gradients.T @ gradients)
strongest_one = directions[:, -1] * directions[:, -1].sum().sign()
print(f"one direction holds {eigenvalues[-1] / eigenvalues.sum():.2%} of the squared gradient")
print("in it, all 81 pixels grow together:", bool((strongest_one > 0).all()))

# %% [markdown]
# Nearly all of the push goes up the wall, and what there is to learn lies along the floor: which of
# the pixels to grow, and which to shrink. Adam gives each weight a step of its own size. That would
# help if the wall stood across a single weight, but it stands across a mixture of all. SOAP, of
# 2024, looks for the directions first, as the cell above does: the eigenvectors, for the outputs,
# the inputs and the pixels of a kernel. Then it takes Adam's step in these coordinates. It is a
# page of code, `srcourse.training.soap`. The same start and the same batches, for a quarter of the
# time:

# %%
_, by_soap = train(fresh_network(), rate=3e-3, stop=150, steps_by=SOAP)
for name, found in (("Adam", curve), ("SOAP", by_soap)):
    print(f"{name} passes bicubic within 150 steps:", bool((found[:3, 1] > test_bicubic).any()))
print("SOAP's 150 steps pass Adam's 600:", bool(by_soap[-1, 1] > curve[-1, 1]))

figure, axis = plt.subplots(figsize=(6.5, 3), layout="constrained")
axis.plot(*by_soap.T, "s-", color="#009e73", label="SRCNN, by SOAP")
axis.plot(*curve.T, "o-", color="#0072b2", label="SRCNN, by Adam")
axis.axhline(test_bicubic, color="#d55e00", linestyle="--", label="bicubic")
axis.set(xlabel="step", ylabel="PSNR on the test pieces, dB", ylim=(26, None))
axis.legend(loc="lower right")
plt.show()

# %% [markdown]
# *Each with a rate that suits it. Adam's curve is the one from above.*
#
# ## The shipped weights
#
# What happens when the training goes on? The course ships SRCNN after a longer one. It had hundreds
# of other photographs, and never the ones used here.

# %%
about = zoo.training(zoo.weights_file("srcnn", 2))
recipe = about["recipe"]
steps = sum(run["step"] for run in zoo.lineage(about))  # each began with the last one's weights
print(f"{steps:,} steps of {recipe['batch']} patches,", end=" ")
print(f"from {about['data']['pictures']} pictures")
print("loss:", recipe["loss"], " the slow layer:", recipe["slow"].rstrip("."), end="  ")
print("the last steps by:", recipe["optimiser"].upper())

scores = {
    name: evaluate(upscaler, test, 2)["mean"]["psnr"]
    for name, upscaler in (
        ("bicubic", lambda lr, scale: sr.upscale(lr, scale, "bicubic")),
        ("your minute", lambda lr, _: enlarge(mine, lr)),
        ("shipped", lambda lr, scale: sr.upscale(lr, scale, "srcnn")),
    )
}
print("from worst to best:", ", ".join(sorted(scores, key=scores.get)))
print(f"the shipped weights are {scores['shipped'] - scores['bicubic']:.1f} dB above bicubic")

# %% [markdown]
# ### What the filters look like
#
# Each kernel of the first layer is a picture of 9 × 9. Here are the 16 that matter most, judged by
# the size of their weights times that of the weights which read them.


# %%
def strongest(first, second, count=16):
    size = first.flatten(1).norm(dim=1) * second.transpose(0, 1).flatten(1).norm(dim=1)
    return first[size.argsort(descending=True)[:count], 0].detach().numpy()


rows = {
    "fresh": strongest(fresh.extract.weight, fresh.map.weight),
    "your minute": strongest(mine.extract.weight, mine.map.weight),
    "shipped": strongest(trained.extract.weight, trained.map.weight),
}
figure, axes = plt.subplots(3, 16, figsize=(11, 2.5), layout="constrained")
for line, (name, kernels) in zip(axes, rows.items(), strict=True):
    for axis, kernel in zip(line, kernels, strict=True):
        peak = np.abs(kernel).max()
        axis.imshow(kernel, cmap="gray", vmin=-peak, vmax=peak)
        axis.set(xticks=[], yticks=[])
    line[0].set_ylabel(name, rotation=0, ha="right", va="center")
plt.show()

# %% [markdown]
# *Grey is 0, white positive, black negative. The first row is noise. A minute brings out a dark or
# bright spot here and there. In the last row little noise is left: spots, bars and stripes of
# several directions, strongest in the middle. They answer to points, edges and fine patterns.*
#
# ## Live: inside the network
#
# Every layer's maps for a photograph. `enlarge` is bicubic's picture; `extract` and `map` are shown
# before ReLU, so that grey is 0 and what is darker will be cut off.

# %%
FeatureMaps("srcnn", 2, layer="extract")

# %% [markdown]
# **Try**
#
# - Walk through the channels of `extract`. Which answer to edges, and to edges of which direction?
# - Go on to `map`: 32 channels, and harder to name.
# - *brick*, and *text*: which channels fall silent?
#
# **Notice** that all maps are as large as the *enlarged* picture.
#
# ## Live: bicubic against SRCNN

# %%
ModelCompare(left="bicubic", right="srcnn", scale=2, zoom=3)

# %% [markdown]
# **Try**
#
# - Drag the line over the rim of the badge. Edges gain most.
# - *grass* and *gravel*: how much is there to see, and what do the figures say?
# - Compare *srcnn* with *original*. What does neither method bring back?
#
# ## What it costs
#
# Each weight is used once for each pixel of the enlarged picture. For a picture of 1280 × 720
# pixels, in billions (G, for giga):

# %%
HEIGHT, WIDTH = 720, 1280
total = 0
for name, n_in, n_out, side in (
    ("extract", 1, 64, 9),
    ("map", 64, 32, 5),
    ("reconstruct", 32, 1, 5),
):
    work = conv_multiply_adds(HEIGHT, WIDTH, n_in, n_out, side)
    total += work
    print(f"{name:<12}{work / 1e9:6.1f} G multiply-adds")
counted = multiply_adds(zoo.build("srcnn", 2)) * HEIGHT * WIDTH
print(f"together {total / 1e9:.1f} G, and counted from the network {float(counted) / 1e9:.1f} G")

# %% [markdown]
# That is the same at every scale. But at ×4 there are 16 pixels for each one that was measured. All
# are mixtures that bicubic made, and the network works on each of them as if it were a new one. The
# same three layers on the small picture would take

# %%
for scale in (2, 3, 4):
    print(f"×{scale}: {total / scale**2 / 1e9:5.1f} G multiply-adds, 1/{scale**2} of it")

# %% [markdown]
# Someone would then have to enlarge at the end. That is the next lesson.
#
# ## What the source report says
#
# Its section 3.1, statement by statement:

# %%
claims.table("3.1")

# %% [markdown]
# One of its sentences reads as if the first layer worked on the LR picture. It works on the one
# that bicubic has enlarged; the paper calls that one "low-resolution" too, for its lack of detail.
#
# ## Exercises
#
# ### 1. Count the parameters
#
# How many parameters has an SRCNN with kernels of side `f1`, `f2` and `f3`, with `n1` channels
# after the first layer and `n2` after the second? It works on luma, and has biases.


# %%
def srcnn_parameters(f1, f2, f3, n1=64, n2=32):
    pass  # your lines here


check("08-parameters", srcnn_parameters)

# %% [markdown]
# <details><summary>Solution: 08-parameters</summary>
#
# ```python
# def srcnn_parameters(f1, f2, f3, n1=64, n2=32):
#     extract = f1 * f1 * 1 * n1 + n1
#     mapping = f2 * f2 * n1 * n2 + n2
#     reconstruct = f3 * f3 * n2 * 1 + 1
#     return extract + mapping + reconstruct
# ```
#
# </details>
#
# ### 2. The three equations
#
# Write the forward pass as the paper trains it: no padding, so that the picture shrinks. `y` is
# (1, 1, H, W), `weights` and `biases` hold three tensors each. `F.conv2d(y, weight, bias)` is a
# convolution without padding.


# %%
def three_equations(y, weights, biases):
    pass  # your lines here


check("08-forward", three_equations)

# %% [markdown]
# <details><summary>Solution: 08-forward</summary>
#
# ```python
# def three_equations(y, weights, biases):
#     f1 = torch.relu(F.conv2d(y, weights[0], biases[0]))
#     f2 = torch.relu(F.conv2d(f1, weights[1], biases[1]))
#     return F.conv2d(f2, weights[2], biases[2])
# ```
#
# </details>
#
# ### 3. How far a network sees
#
# `sides` lists the kernels' sides, layer by layer, with stride 1. How many pixels wide is the
# receptive field? Return a whole number.


# %%
def receptive_field(sides):
    pass  # your lines here


check("08-receptive-field", receptive_field)

# %% [markdown]
# <details><summary>Solution: 08-receptive-field</summary>
#
# ```python
# def receptive_field(sides):
#     return 1 + sum(side - 1 for side in sides)
# ```
#
# </details>
#
# ## Key points
#
# - SRCNN is bicubic and three convolutions with two ReLUs: patches become features, features become
#   sharper features, and these become pixels. 57,281 parameters, most of them in the middle.
# - Its loss is the MSE, and PSNR is −10·log₁₀ of that; a minute of training passes bicubic.
# - As neighbouring pixels are alike, the loss is a narrow valley across the weights. An optimiser
#   that looks for its directions first needs a quarter of the steps.
# - It computes everything on the enlarged picture: 52.7 G multiply-adds for 1280 × 720, at any
#   scale, and a view of ever less of the LR picture as the scale grows.
#
# **Next** [09 · FSRCNN](09_fsrcnn.ipynb), the same authors' remedy
#
# ## References
#
# - C. Dong, C. C. Loy, K. He and X. Tang, *Image super-resolution using deep convolutional
#   networks*, IEEE Transactions on Pattern Analysis and Machine Intelligence 38(2), 2016,
#   arXiv:1501.00092. The first version is *Learning a deep convolutional network for image
#   super-resolution*, ECCV 2014.
# - J. Kim, J. K. Lee and K. M. Lee, *Accurate image super-resolution using very deep convolutional
#   networks*, CVPR 2016, arXiv:1511.04587 (VDSR).
# - D. P. Kingma and J. Ba, *Adam: a method for stochastic optimization*, ICLR 2015,
#   arXiv:1412.6980.
# - N. Vyas, D. Morwani and others, *SOAP: improving and stabilizing Shampoo using Adam*, 2024,
#   arXiv:2409.11321.
