# %% [markdown]
# # 04 · Pooling and classification
#
# A convolution answers at every pixel. To say *what* a picture shows, a network must boil thousands
# of such answers down to one. This lesson follows them: pooling makes the maps smaller, a dense
# layer weighs what is left, softmax turns scores into probabilities. At the end you train the whole
# chain yourself, in well under a minute.
#
# **You will be able to**
#
# - pool a map by hand, and say what pooling keeps, what it loses, and which noise it lets through;
# - compute a dense layer, softmax and cross-entropy, and count the parameters on the way;
# - train a small classifier, and test it so that the result means something.
#
# **Time** about 40 minutes · **Before this** [03 · Convolution](03_convolution.ipynb)

# %%
import inspect
from functools import partial

import matplotlib.pyplot as plt
import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn.functional import cross_entropy

import srcourse as sr
from srcourse import claims
from srcourse.classroom import check
from srcourse.images import luma, rgb, to_float
from srcourse.layers import (
    conv_multiply_adds,
    convolve2d,
    dense_parameters,
    named_kernel,
    pool2d,
    relu,
)
from srcourse.models.classifier import Classifier
from srcourse.widgets import PoolingExplorer, Predict

torch.set_num_threads(1)  # the network below is so small that more threads would not help

# %% [markdown]
# ## Predict first
#
# A camera in the dark records nothing but noise: every pixel is a random number with mean 0 and
# standard deviation 1. You cut the picture into blocks of 2 × 2 pixels and keep the **largest**
# number of each block, a million times.

# %%
Predict(
    "04-noise",
    "What is the average of the numbers that you kept?",
    choices=["about 0", "about 0.25", "about 0.5", "about 1", "about 2"],
    answer=lambda: (
        f"about {np.random.default_rng(0).normal(size=(10**6, 4)).max(axis=1).mean():.0f}"
    ),
    because="The largest of four is rarely a small one. It is measured below.",
)

# %% [markdown]
# ## What pooling is
#
# Lay a window of $k \times k$ on a map, keep **one** number of what lies in it, move on by the
# stride $s$, and do it again. Max pooling keeps the largest number, average pooling the mean:
#
# $$P_{\max}(r, c) = \max_{0 \le i, j < k} I(sr + i,\; sc + j) \qquad
# P_{\text{avg}}(r, c) = \frac{1}{k^2} \sum_{i=0}^{k-1} \sum_{j=0}^{k-1} I(sr + i,\; sc + j)$$
#
# In code the two differ in one word, the function that is handed in as `keep`:


# %%
def pool(image, k, stride, keep):
    rows = (image.shape[0] - k) // stride + 1
    cols = (image.shape[1] - k) // stride + 1
    output = np.zeros((rows, cols))
    for r in range(rows):
        for c in range(cols):
            window = image[r * stride : r * stride + k, c * stride : c * stride + k]
            output[r, c] = keep(window)
    return output


image = np.array(
    [
        [1, 3, 2, 1],
        [4, 8, 0, 1],
        [5, 1, 0, 2],
        [1, 1, 6, 4],
    ]
)
print("max:\n", pool(image, 2, 2, np.max))
print("average:\n", pool(image, 2, 2, np.mean))

# %%
BLUE, ORANGE, GREEN, PINK = "#0072b2", "#e69f00", "#009e73", "#cc79a7"


def draw_table(axis, table, colours, title):
    """A table of numbers as coloured squares."""
    for (r, c), value in np.ndenumerate(table):
        axis.add_patch(plt.Rectangle((c, r), 1, 1, facecolor=colours[r, c], alpha=0.4))
        axis.add_patch(plt.Rectangle((c, r), 1, 1, fill=False, edgecolor="white", linewidth=2))
        axis.text(c + 0.5, r + 0.5, f"{value:g}", ha="center", va="center", fontsize=13)
    axis.set(xlim=(0, table.shape[1]), ylim=(table.shape[0], 0), aspect="equal", title=title)
    axis.axis("off")


small = np.array([[BLUE, ORANGE], [GREEN, PINK]])
figure, axes = plt.subplots(1, 3, figsize=(7, 2.7), layout="constrained", width_ratios=[4, 2, 2])
draw_table(axes[0], image, small.repeat(2, axis=0).repeat(2, axis=1), "four windows")
draw_table(axes[1], pool(image, 2, 2, np.max), small, "max")
draw_table(axes[2], pool(image, 2, 2, np.mean), small, "average")
plt.show()

# %% [markdown]
# *Four windows of 2 × 2, stride 2: none overlap. The 8 wins its window outright; in the average the
# other three have a say.*
#
# With a stride smaller than the window, windows **overlap**. The source report's figure slides
# 3 × 3 over a map of 5 × 5, one pixel at a time. With the numbers from Dumoulin and Visin's guide:

# %%
guide = np.array(
    [
        [3, 3, 2, 1, 0],
        [0, 0, 1, 3, 1],
        [3, 1, 2, 2, 3],
        [2, 0, 0, 2, 2],
        [2, 0, 0, 0, 1],
    ]
)
print("max 3×3, stride 1:\n", pool(guide, 3, 1, np.max))
print("average 3×3, stride 1:\n", pool(guide, 3, 1, np.mean).round(2))
tensor = torch.tensor(guide, dtype=torch.float32)[None, None]
print(
    "as torch has it:",
    np.allclose(nn.MaxPool2d(3, stride=1)(tensor)[0, 0], pool(guide, 3, 1, np.max))
    and np.allclose(nn.AvgPool2d(3, stride=1)(tensor)[0, 0], pool(guide, 3, 1, np.mean)),
)

# %% [markdown]
# Almost all of the maxima are 3: one large number decides every window that it lies in.
#
# The size follows the formula of lesson 03, $\lfloor (n - k)/s \rfloor + 1$. But there is no kernel
# here, and nothing to learn. Average pooling *is* a convolution, with a kernel that is fixed. Max
# pooling is none: it does not even keep sums.

# %%
count = sum(p.numel() for p in nn.MaxPool2d(2).parameters())
print("parameters of a max pooling layer:", count)
averaged = pool(guide, 3, 1, np.mean)
print(
    "average pooling is the box kernel:",
    np.allclose(averaged, convolve2d(guide, named_kernel("box"))),
)
a, b = guide, guide[::-1]
together, apart = pool(a + b, 3, 1, np.max), pool(a, 3, 1, np.max) + pool(b, 3, 1, np.max)
print("max of a sum is the sum of the maxima:", np.array_equal(together, apart))

# %% [markdown]
# ## Live: a window over a picture
#
# Point at a window (or focus a picture and use the arrow keys) to see its numbers and the one that
# is kept. The result is drawn as large as the original, so you can compare what is left of it.

# %%
PoolingExplorer("max", side=32)

# %% [markdown]
# **Try**
#
# - At 64 × 64 pixels, switch between the maximum and the average. What happens to the thin legs of
#   the tripod, which are dark? Then pool the *feature* instead, a map of vertical edges as lesson
#   03 made it, where what matters is bright.
# - Window 4 × 4 with stride 1: nothing gets much smaller, and the maximum grows into squares.
# - Pool the *even grey* and raise the noise. Which of the two gets brighter?
# - Set the shift to 1 px, on the *feature*. Compare the column "change ÷ own variation" before and
#   after pooling, for windows of 2 × 2 and of 4 × 4.
#
# **Notice** that no slider could be learned. Window, stride and kind are chosen by whoever builds
# the network.
#
# ## Why pool at all?
#
# **Less work.** Halve both sides, and the next layer has a quarter of the pixels to visit.
#
# **A wider view.** One step after the pooling is two steps before it, so a 3 × 3 kernel reaches
# further. How far? Ask which pixels of the input could move one number of the output: those whose
# gradient is not zero. (We pool by averages here, because a maximum hands its gradient only to the
# pixel that won.)

# %%
before = conv_multiply_adds(32, 32, 32, 64, 3)
after = conv_multiply_adds(16, 16, 32, 64, 3)
print(f"multiply-adds of the next layer: {before:,} without pooling, {after:,} with")


def reach(*layers):
    """How many pixels a side one number of the output depends on."""
    x = torch.zeros(1, 1, 32, 32, requires_grad=True)
    y = nn.Sequential(*layers)(x)
    middle = y.shape[2] // 2
    y[0, 0, middle, middle].backward()
    return int((x.grad[0, 0] != 0).any(dim=0).sum())


def conv():
    return nn.Conv2d(1, 1, 3)


print("two 3×3 layers see", reach(conv(), conv()), "pixels a side;")
print("with a 2×2 pooling between them,", reach(conv(), nn.AvgPool2d(2), conv()))

# %% [markdown]
# **Small shifts matter less.** The source report puts it more strongly: pooled features are
# "rotational and positional invariant". Let us measure. We take a feature, the vertical edges of
# the photograph *camera*, move the photograph by a few pixels, and compare the pooled maps. 0 means
# that nothing changed; 1 means that they differ as much as the map's numbers differ from their own
# mean.


# %%
def edges(photo):
    """A feature as a first layer might compute it: Sobel-x, then ReLU."""
    return relu(convolve2d(photo, named_kernel("sobel-x")))


def difference(after, before):
    return abs(after - before).mean() / abs(before - before.mean()).mean()


camera = sr.images.sample("camera").astype(float)
still = edges(camera[:, 16:])
moved = {shift: edges(camera[:, 16 - shift : -shift]) for shift in (1, 2, 4, 8)}
ways = {"not pooled": np.asarray}
for k in (2, 4, 8):
    for kind in ("max", "average"):
        ways[f"{kind} pooled {k}×{k}"] = partial(pool2d, size=k, kind=kind)

print(f"{'moved by':<22}" + "".join(f"{shift:>5} px" for shift in moved))
for name, way in ways.items():
    row = [difference(way(after), way(still)) for after in moved.values()]
    print(f"{name:<22}" + "".join(f"{d:>8.2f}" for d in row))

# %% [markdown]
# Not invariant, but **tolerant**, and only of shifts that are small against the window: 8 × 8
# hardly notices one pixel, and 2 × 2 does. Here max pooling comes out ahead of the average. An edge
# is a thin bright line on black, and its maximum stays in the window until the whole line has left
# it.
#
# And rotation? We turn the photograph about its middle. For scale, the last column puts another
# photograph in its place.


# %%
def middle(name, angle=0):
    """The middle of a photograph turned by `angle`, so that no corner is empty."""
    turned = Image.fromarray(sr.images.sample(name)).rotate(angle, Image.Resampling.BICUBIC)
    return np.asarray(turned.crop((76, 76, 436, 436))).astype(float)


angles = (2, 5, 10, 45, 90)
print(f"{'turned by':<18}" + "".join(f"{a:>6}°" for a in angles) + "   another photo")
upright = {k: pool2d(edges(middle("camera")), k) for k in (2, 8, 32)}
for k, reference in upright.items():
    row = [difference(pool2d(edges(middle("camera", a)), k), reference) for a in angles]
    other = difference(pool2d(edges(middle("brick")), k), reference)
    print(f"{f'max pooled {k}×{k}':<18}" + "".join(f"{d:>7.2f}" for d in row) + f"{other:>16.2f}")

wall = sr.images.sample("brick").astype(float)
standing, lying = edges(wall).mean(), edges(np.rot90(wall)).mean()
print(f"\nbrick wall, mean of the whole map: {standing:.1f}, turned by 90°: {lying:.1f}")

# %% [markdown]
# Two degrees are tolerated by the largest windows. From 10° on the 8 × 8 maxima differ by more than
# they vary, which is not far from a different photograph. The last line goes to the extreme and
# pools over the *whole* map, which forgets position completely. It still tells a standing wall from
# a lying one, because the feature under the pooling looks for vertical edges.
#
# Pooling cannot give back an invariance that the features do not have. Networks learn to cope with
# turned pictures from turned examples.
#
# One more thing about shifts. A map that is pooled with stride 2 moves along with the picture only
# at every second pixel:

# %%
one, two, start = (pool2d(m, 2) for m in (moved[1], moved[2], still))
print(f"moved by 2, compared one place further: {difference(two[:, 1:], start[:, :-1]):.2f}")
best = min(difference(one[:, 1:], start[:, :-1]), difference(one, start))
print(f"moved by 1, compared wherever it fits best: {best:.2f}")

# %% [markdown]
# Zhang (2019) traces the nervousness of large classifiers under one-pixel shifts to just this, and
# calms it by blurring before each pooling.
#
# ## Does max pooling remove noise?
#
# The report says that max pooling "discards the noisy activations altogether", and so "performs a
# lot better" than the average. Take pure noise with mean 0 and variance 1, and pool it both ways.

# %%
noise = np.random.default_rng(0).normal(size=(2000, 2000))
for kind in ("max", "average"):
    pooled = pool2d(noise, 2, kind=kind)
    print(f"{kind:<8} mean {abs(pooled.mean()):.2f}   variance {pooled.var():.2f}")

# %% [markdown]
# So the average removes three quarters of the variance and stays unbiased. The maximum removes half
# of it, and adds a whole standard deviation of brightness that was never there. It *selects* noise.

# %%
ramp = np.tile(np.linspace(0.2, 0.7, 120), (60, 1))
noisy = ramp + 0.1 * np.random.default_rng(1).normal(size=ramp.shape)
shown = {
    "noisy": noisy,
    "max pooled 2×2": pool2d(noisy, 2),
    "average pooled 2×2": pool2d(noisy, 2, kind="average"),
}
figure, axes = plt.subplots(2, 3, figsize=(10, 3.6), layout="constrained", sharey="row")
for (top, bottom), (title, picture) in zip(axes.T, shown.items(), strict=True):
    top.imshow(picture, cmap="gray", vmin=0, vmax=1, extent=(0, 120, 60, 0))
    top.set_title(title)
    top.axis("off")
    places = (np.arange(picture.shape[1]) + 0.5) * 120 / picture.shape[1]
    bottom.plot(places, picture[len(picture) // 2], color=BLUE, linewidth=1, label="middle row")
    bottom.plot(ramp[0], color=ORANGE, linewidth=2, label="the truth")
    bottom.set(ylim=(0, 1), xlabel="column")
axes[1, 0].set_ylabel("brightness")
axes[1, 0].legend(loc="upper left", frameon=False, fontsize=8)
plt.show()

# %% [markdown]
# *Below each picture, its middle row. The maximum rides above the truth all along; the average
# scatters around it.*
#
# Why then do classifiers use max pooling so often? Because their maps are not brightness plus
# noise. After a ReLU most numbers are zero, and the few large ones say "here it is". Boureau, Ponce
# and LeCun (2010) worked this out. A small test: in 4 × 4 numbers of noise (standard deviation 1)
# there is a signal, or there is not. How often does the pooled window with the signal beat the one
# without?


# %%
def told_apart(signal):
    random = np.random.default_rng(0)
    with_signal = random.normal(size=(50_000, 4, 4)) + signal
    without = random.normal(size=(50_000, 4, 4))
    return [
        (keep(with_signal, axis=(1, 2)) > keep(without, axis=(1, 2))).mean()
        for keep in (np.max, np.mean)
    ]


one_spot = np.zeros((4, 4))
one_spot[1, 2] = 4
everywhere = np.full((4, 4), 0.5)
for name, signal in {"4 at one pixel": one_spot, "0.5 at every pixel": everywhere}.items():
    by_max, by_mean = told_apart(signal)
    print(f"{name:<20} max is right in {by_max:.0%}, average in {by_mean:.0%}")

# %% [markdown]
# A rare, strong answer: take the maximum. A weak one everywhere: take the average. Neither is "a
# lot better". And where brightness has to come out right, as in enlarging pictures, a maximum is
# out of place:

# %%
for name in ("fsrcnn", "edsr-baseline"):
    kinds = [type(module).__name__ for module in sr.zoo.build(name, 2).modules()]
    print(f"{name}: {kinds.count('Conv2d')} convolutions, {kinds.count('MaxPool2d')} max poolings")

# %% [markdown]
# ## From maps to a decision
#
# After two rounds of convolution and pooling a 32 × 32 picture has become, say, 64 maps of 8 × 8.
# Now where a feature lies counts for little, and what counts is which of them occur together.
# **Flattening** writes all numbers in one column $x$. A **dense** (fully connected) layer
# multiplies it with a matrix and adds a bias:
#
# $$y = W x + b$$
#
# Each of its outputs weighs every input, and that is its price: as many weights as inputs times
# outputs.

# %%
torch.manual_seed(0)
maps = torch.rand(1, 64, 8, 8)
x = maps.reshape(-1)
dense = nn.Linear(64 * 8 * 8, 64)
W, b = dense.weight, dense.bias
print("x has", len(x), "numbers, W is", "×".join(map(str, W.shape)))
print(
    "W x + b is what torch computes:",
    torch.allclose(W @ x + b, dense(nn.Flatten()(maps))[0], atol=1e-5),
)
print("parameters:", f"{W.numel() + b.numel():,}", "=", f"{dense_parameters(64 * 8 * 8, 64):,}")

# %% [markdown]
# Two dense layers in a row would be one matrix, as lesson 02 showed for neurons; the ReLU between
# them makes the difference.
#
# The last dense layer has one output per class, its **score** $z$: any real number. **Softmax**
# turns scores into shares that are positive and sum to 1, and **cross-entropy** is the loss: minus
# the logarithm of the share that the right class $t$ got.
#
# $$p_i = \frac{e^{z_i}}{\sum_j e^{z_j}} \qquad L = -\ln p_t$$

# %%
z = np.array([2.0, 1.0, -1.0])
p = np.exp(z) / np.exp(z).sum()
print("by hand:", p.round(3), " by torch:", torch.softmax(torch.tensor(z), dim=0).numpy().round(3))
print(
    "10 more for every score, the same shares:",
    np.allclose(p, np.exp(z + 10) / np.exp(z + 10).sum()),
)

right = 0
by_torch = cross_entropy(torch.tensor(z)[None], torch.tensor([right])).item()
print(f"cross-entropy, if class {right} is right: {-np.log(p[right]):.3f}, by torch {by_torch:.3f}")
print(
    f"sure and right, p = 0.99: {-np.log(0.99):.2f};  sure and wrong, p = 0.01: {-np.log(0.01):.2f}"
)
print(f"ten classes, no idea, p = 0.1: {-np.log(0.1):.2f}")

# %% [markdown]
# Keep the last number in mind: 2.30 is where the loss of an untrained network of ten classes
# starts.
#
# The shares are positive and sum to 1, as probabilities do. Whether a network that says 0.7 is
# right seven times in ten is another question; we shall ask ours.
#
# ## The network
#
# The source report's own classifier (its section 5.3) has "2 convolution layers and 2 dense
# layers". It names no widths; ours are common ones. This is all of it:

# %%
print(inspect.getsource(Classifier))

# %% [markdown]
# Send a picture through, layer by layer:

# %%
network = Classifier()
x = torch.rand(1, 3, 32, 32)
total = sum(p.numel() for p in network.parameters())
for layer in network:
    x = layer(x)
    shape = "×".join(map(str, x.shape[1:]))
    parameters = sum(p.numel() for p in layer.parameters())
    share = f"{parameters:>9,}  {parameters / total:>4.0%}" if parameters else ""
    print(f"{type(layer).__name__:<10} → {shape:<10}{share}".rstrip())
print(f"{'in all':<23}{total:>9,}")

dense_work = 64 * 8 * 8 * 64 + 64 * 10
conv_work = conv_multiply_adds(32, 32, 3, 32, 3) + conv_multiply_adds(16, 16, 32, 64, 3)
print(f"\ndense layers, of all multiply-adds: {dense_work / (dense_work + conv_work):.0%}")
unpooled = dense_parameters(64 * 32 * 32, 64)
print(f"the first one, without the two poolings before it: {unpooled:,} parameters")

# %% [markdown]
# The report calls the fully connected layer "a (usually) cheap way" to combine features. In
# arithmetic it is. In memory it is the most expensive part by far, and pooling is what keeps it
# affordable: without the two poolings it would have sixteen times as many weights.
#
# ## Train it
#
# The task: ten photographs, and a crop of 32 × 32 pixels. Which photograph is it from?
#
# Three decisions make the difference between a test and a self-deception.
#
# - **Which crops to test on.** Crops that overlap share pixels, and a network can learn pixels by
#   heart. So it trains on crops that lie entirely in the *left* halves, and is tested on crops that
#   lie entirely in the *right* halves. No pixel is in both.
# - **What may give the answer away.** Four of the ten photographs are grey. If the others kept
#   their colours, "has it any colour?" would settle a lot, and a mean colour much of the rest. So
#   all are made grey, and the grey plane fills the three channels. For comparison we train once
#   more with the colours left in.
# - **What to compare with.** Chance is 1 in 10. Brightness alone does better than that: take the
#   photograph whose mean grey is nearest. A network should beat this by a margin.

# %%
NAMES = ["astronaut", "chelsea", "coffee", "rocket", "hubble_deep_field", "retina"]
NAMES += ["camera", "brick", "grass", "gravel"]
photos = {
    "grey": [rgb(luma(to_float(rgb(sr.images.sample(name))))) for name in NAMES],
    "colour": [to_float(rgb(sr.images.sample(name))) for name in NAMES],
}


def crops(kind, half, count, random):
    """Crops, equally many of each photograph: (count, 3, 32, 32) in [0, 1]; and their classes."""
    classes = np.arange(count) % len(NAMES)
    found = []
    for k in classes:
        photo = photos[kind][k]
        width = photo.shape[1] // 2
        photo = photo[:, :width] if half == "left" else photo[:, -width:]
        r, c = random.integers(photo.shape[0] - 31), random.integers(width - 31)
        found.append(photo[r : r + 32, c : c + 32])
    batch = np.stack(found).transpose(0, 3, 1, 2).astype(np.float32)
    return torch.from_numpy(batch), torch.from_numpy(classes)


example, _ = crops("grey", "left", 20, np.random.default_rng(3))
figure, axes = plt.subplots(2, 10, figsize=(11, 2.6), layout="constrained")
for axis, crop in zip(axes.flat, example, strict=True):
    axis.imshow(crop.permute(1, 2, 0), vmin=0, vmax=1)
    axis.axis("off")
for axis, name in zip(axes[0], NAMES, strict=True):
    axis.set_title(name.split("_")[0], fontsize=9)
plt.show()

# %% [markdown]
# *Two crops of each left half, in grey. Some tell you at once where they are from. Others are an
# even grey, and nobody could.*
#
# Training is the loop of lesson 02: predict, measure the loss, take its gradient, step. Each step
# sees 60 crops, a **batch**, and is made by *Adam*: gradient descent that adapts the rate of each
# weight to the gradients it has seen. The rate falls to zero towards the end. The network is half
# as wide here (16 and 32 maps), to keep it short. Centring the pixels around 0 helps it start.


# %%
def scores(network, crops):
    return network(4 * (crops - 0.5))


def train(kind, steps=300):
    torch.manual_seed(0)
    random = np.random.default_rng(0)
    network = Classifier(side=32, classes=len(NAMES), features=16)
    optimizer = torch.optim.Adam(network.parameters(), lr=2e-3)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1, 0, steps)
    losses = []
    for _ in range(steps):
        x, t = crops(kind, "left", 60, random)
        loss = cross_entropy(scores(network, x), t)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
    return network, losses


trained = {kind: train(kind) for kind in ("grey", "colour")}
for kind, (_, losses) in trained.items():
    print(f"{kind:<7} loss at the first step {losses[0]:.1f},", end=" ")
    print("at the last twenty less than half of that:", np.mean(losses[-20:]) < losses[0] / 2)

# %%
figure, axis = plt.subplots(figsize=(7, 2.8), layout="constrained")
for (kind, (_, losses)), colour in zip(trained.items(), (BLUE, ORANGE), strict=True):
    axis.plot(losses, color=colour, linewidth=0.5, alpha=0.5)
    axis.plot(
        np.arange(10, len(losses) - 9),
        np.convolve(losses, np.ones(20) / 20, "valid"),
        color=colour,
        label=kind,
    )
axis.axhline(np.log(10), color="#555555", linestyle="--", linewidth=1)
axis.text(len(losses), np.log(10) - 0.05, "no idea: 2.30", ha="right", va="top", fontsize=9)
axis.set(xlabel="step", ylabel="cross-entropy", ylim=(0, 2.6), title="loss on the left halves")
axis.legend(frameon=False, loc="lower left")
plt.show()

# %% [markdown]
# *Both curves start at 2.30, as computed above. Thick: the mean of twenty steps.*
#
# Now the test, on 2000 crops of the right halves. (Other processors round differently, and a
# training amplifies it; so the cells below print statements that have room to spare.)


# %%
def accuracy(kind, half):
    x, t = crops(kind, half, 2000, np.random.default_rng(1))
    with torch.inference_mode():
        return (scores(trained[kind][0], x).argmax(dim=1) == t).double().mean().item()


def nearest_mean(kind):
    """Accuracy of naming the photograph whose left half has the nearest mean colour."""
    means = torch.tensor(
        np.stack([p[:, : p.shape[1] // 2].mean(axis=(0, 1)) for p in photos[kind]])
    )
    x, t = crops(kind, "right", 2000, np.random.default_rng(1))
    return (
        (torch.cdist(x.mean(dim=(2, 3)).double(), means).argmin(dim=1) == t).double().mean().item()
    )


results = {kind: accuracy(kind, "right") for kind in trained}
print("chance: 0.1")
for kind in trained:
    print(f"nearest mean, {kind}: {nearest_mean(kind):.2f}")
print("network, grey, above 0.6:", results["grey"] > 0.6)
print("network, colour, above 0.8:", results["colour"] > 0.8)
gain = accuracy("grey", "left") - results["grey"]
print("network, grey, on other crops of the left halves, better by 0.1 or more:", gain > 0.1)

# %% [markdown]
# Read it from the top. The mean grey level alone is right three times as often as chance, and the
# mean colour more often still: with the colours left in, a good part of the success would have been
# no achievement. The network beats both by a wide margin.
#
# The last line is the self-deception that we avoided. Crops that are drawn anew, but from the same
# left halves, are easier. Tested on those, the network would have looked better than it is.

# %%
x, t = crops("grey", "right", 2000, np.random.default_rng(1))
with torch.inference_mode():
    shares = torch.softmax(scores(trained["grey"][0], x), dim=1)
named = shares.argmax(dim=1)
confusion = np.zeros((10, 10))
for true, guess in zip(t, named, strict=True):
    confusion[true, guess] += 100 / (len(t) / 10)

figure, axis = plt.subplots(figsize=(7, 5.6), layout="constrained")
axis.imshow(confusion, cmap="Blues", vmin=0, vmax=100)
for (r, c), value in np.ndenumerate(confusion):
    if value >= 0.5:
        axis.text(
            c, r, f"{value:.0f}", ha="center", va="center", color="white" if value > 60 else "black"
        )
labels = [name.split("_")[0] for name in NAMES]
axis.set_xticks(range(10), labels, rotation=40, ha="right")
axis.set_yticks(range(10), labels)
axis.set(xlabel="the network says", ylabel="the crop is from")
axis.set_title(f"per cent of each right half's crops; {results['grey']:.0%} of all are right")
plt.show()

# %% [markdown]
# *A row for each photograph: where its crops went. On the diagonal they are right.*

# %%
per_photo = dict(zip(NAMES, confusion.diagonal() / 100, strict=True))
textures = [per_photo[name] for name in ("hubble_deep_field", "brick", "grass", "gravel")]
things = [per_photo[name] for name in ("astronaut", "chelsea", "coffee", "camera")]
print("stars, brick, grass, gravel: each above 0.8:", min(textures) > 0.8)
print("astronaut, cat, cup, cameraman: on average below 0.45:", np.mean(things) < 0.45)
too_sure = shares.max(dim=1).values.mean().item() - results["grey"]
print("the share it gives its own answer, less its accuracy: below 0.1:", abs(too_sure) < 0.1)

# %% [markdown]
# Now look at *what* it knows. A brick wall is the same on the left and on the right, and so are
# grass, gravel and a field of stars. But the right half of *camera* is sky, lawn and a tripod,
# while a man in a dark coat fills most of the left one, with some sky and a little lawn around him.
# What the two halves share is not much, and of such photographs the network gets fewer than half of
# the crops right. What carries over is texture. An accuracy alone would not have told you.
#
# The last line answers the question from above. On average this network is about as sure as it is
# right. That is no law; to see how it changes, call `train("grey", steps=3000)` and wait a few
# minutes.

# %%
figure, axes = plt.subplots(2, 10, figsize=(11, 3.1), layout="constrained")
for axis, crop, share, true in zip(axes.flat, x[:20], shares[:20], t[:20], strict=True):
    guess = int(share.argmax())
    fine = guess == true
    axis.imshow(crop.permute(1, 2, 0), vmin=0, vmax=1)
    axis.set_xticks([])
    axis.set_yticks([])
    for spine in axis.spines.values():
        spine.set(color=BLUE if fine else ORANGE, linewidth=3)
    axis.set_title(f"{'✓' if fine else '✗'} {labels[guess]}\n{share.max():.2f}", fontsize=8.5)
for axis, label in zip(axes[1], labels, strict=True):
    axis.set_xlabel(label, fontsize=8.5)
plt.show()

# %% [markdown]
# *Twenty crops of right halves. Above each is the name that the network gives it, with the share
# from softmax; below each column the photograph that the crops are from. Blue frame and ✓: right.
# Orange frame and ✗: wrong.*
#
# A later lesson puts such a classifier to use: the source report enlarges pictures, asks a
# classifier what they show, and takes its accuracy as a score for the enlargement.
#
# ## What the source report says
#
# Its sections 2.4.3 and 2.4.4 cover pooling and the fully connected layer. Statement by statement:

# %%
claims.table("2.4.3", "2.4.4")

# %% [markdown]
# ## Exercises
#
# ### 1. Max pooling in loops
#
# Write it yourself, for any window and stride: `image` is (H, W), the window `size` × `size`, the
# result an array. Windows that would stick out are left out. Mind that a map may hold negative
# numbers only.


# %%
def my_max_pool(image, size, stride):
    pass  # your lines here


check("04-max-pool", my_max_pool)

# %% [markdown]
# <details><summary>Solution: 04-max-pool</summary>
#
# ```python
# def my_max_pool(image, size, stride):
#     rows = (image.shape[0] - size) // stride + 1
#     cols = (image.shape[1] - size) // stride + 1
#     output = np.zeros((rows, cols))
#     for r in range(rows):
#         for c in range(cols):
#             top, left = r * stride, c * stride
#             output[r, c] = image[top : top + size, left : left + size].max()
#     return output
# ```
#
# </details>
#
# ### 2. What flattening costs
#
# A square picture of `side` pixels passes through convolutions that keep its size, and `poolings`
# times through a 2 × 2 pooling, which leaves an odd last row out. At the end there are `channels`
# maps. They are flattened, and a dense layer with biases gives `outputs` numbers. How many
# parameters does that layer have?


# %%
def flat_dense_parameters(side, channels, poolings, outputs):
    pass  # your lines here


check("04-flat-dense", flat_dense_parameters)

# %% [markdown]
# <details><summary>Solution: 04-flat-dense</summary>
#
# ```python
# def flat_dense_parameters(side, channels, poolings, outputs):
#     for _ in range(poolings):
#         side = side // 2
#     return (channels * side * side + 1) * outputs
# ```
#
# </details>
#
# ### 3. A softmax that does not overflow
#
# $e^{1000}$ is more than a float can hold. You saw that the same number added to every score
# changes nothing: use it. `z` is an array of scores, and the result one of as many shares.


# %%
def my_softmax(z):
    pass  # your lines here


check("04-softmax", my_softmax)

# %% [markdown]
# <details><summary>Solution: 04-softmax</summary>
#
# ```python
# def my_softmax(z):
#     powers = np.exp(z - np.max(z))
#     return powers / powers.sum()
# ```
#
# </details>
#
# ## Key points
#
# - Pooling keeps one number of each window. It has no weights; it saves work, widens the view and
#   tolerates small shifts. It is invariant to neither shift nor rotation.
# - The maximum keeps rare, strong answers and lifts noise by a standard deviation; the average
#   halves its standard deviation. Which is better depends on what the map holds.
# - Flatten, dense, softmax, cross-entropy: a classifier. Its accuracy means something only on
#   pictures kept apart, and beside chance and a simple baseline.
#
# **Next** [05 · Residual networks](05_residual_networks.ipynb)
#
# ## References
#
# - V. Dumoulin and F. Visin, *A guide to convolution arithmetic for deep learning*, 2016,
#   arXiv:1603.07285.
# - Y.-L. Boureau, J. Ponce and Y. LeCun, *A theoretical analysis of feature pooling in visual
#   recognition*, ICML 2010.
# - R. Zhang, *Making convolutional networks shift-invariant again*, ICML 2019, arXiv:1904.11486.
# - A. Krizhevsky, *Learning multiple layers of features from tiny images*, 2009: CIFAR-10.
