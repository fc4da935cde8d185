# %% [markdown]
# # 16 · Colorization
#
# A grey photograph says how bright each point was, and nothing of its colour. Yet you know that the
# grass in it was green. A network can learn to know it too. The hard part is what it should do
# where nobody can know: a shirt may have been of any colour.
#
# **You will be able to**
#
# - take a picture apart in Lab, and say why a network trained with L2 paints in mud;
# - turn colours into classes and back: soft encoding, rebalancing, annealed mean;
# - judge a colorizer by measures and by a blind test, and say whether super-resolution before it
#   changes anything.
#
# **Time** about 40 minutes · **Before this**
# [15 · What no network knows](15_what_no_network_knows.ipynb), and the chroma of
# [01 · Eyes and pixels](01_eyes_and_pixels.ipynb)

# %%
import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

import srcourse as sr
from srcourse import claims, colorization, results, zoo
from srcourse.classroom import check
from srcourse.colorization import annealed_mean, bins, encode, rebalancing, smoothed
from srcourse.colorization.bins import nearest
from srcourse.colorization.measure import auc, truth
from srcourse.colorization.picture import colours
from srcourse.images import lab_to_rgb, rgb_to_lab
from srcourse.metrics.binomial import wilson
from srcourse.models.colorful import Colorful
from srcourse.models.cost import parameters
from srcourse.resampling import imresize
from srcourse.widgets import BlindChoice, ColorizationExplorer, Predict

torch.set_num_threads(1)  # the networks trained below are so small that a second core delays them
SAMPLES = ("astronaut", "chelsea", "coffee", "rocket", "hubble_deep_field", "retina")


def draw(*pictures, rows=1, width=9.5, size=10):
    """Pictures in rows, each a (title, image)."""
    columns = len(pictures) // rows
    height, wide = pictures[0][1].shape[:2]
    figure_height = rows * (width / columns * height / wide + 0.32)
    _, axes = plt.subplots(rows, columns, figsize=(width, figure_height), layout="constrained")
    for axis, (title, image) in zip(np.ravel(axes), pictures, strict=True):
        axis.imshow(image, interpolation="nearest")
        axis.set_title(title, fontsize=size)
        axis.axis("off")


def apart(ab, other):
    """The distance of two colours, in units of ab."""
    return np.hypot(*np.moveaxis(np.asarray(ab) - other, -1, 0))


# %% [markdown]
# ## Predict first
#
# In one half of all photographs a shirt of a certain make is red, in the other half green. In grey
# the two look the same. A network learns from thousands of such photographs to colour the grey
# ones, with the squared error (L2) as its loss.

# %%
Predict(
    "16-shirt",
    "Which colour will it give the shirt?",
    choices=[
        "red in some photographs, green in others",
        "always the same one of the two",
        "a brown that no shirt has",
        "it leaves the shirt grey",
    ],
    answer="a brown that no shirt has",
    because="We train one below, in seconds, and look.",
)

# %% [markdown]
# ## Lab, taken apart
#
# The paper of this lesson, *Colorful image colorization* (Zhang, Isola and Efros 2016), works in
# **CIE Lab**. L is the lightness, 0 for black and 100 for white. a runs from green (below 0) to
# red, b from blue to yellow; both are 0 for grey. The axes were chosen so that equal distances look
# about equally different.

# %%
photo = sr.images.sample("coffee")
lab = rgb_to_lab(photo)
light, a, b = np.moveaxis(lab, -1, 0)
flat, zero = np.full_like(light, 65), np.zeros_like(light)


def joined(*planes):
    return lab_to_rgb(np.dstack(planes))


draw(
    ("the photograph", photo),
    ("L alone, a = b = 0", joined(light, zero, zero)),
    ("a and b, at L = 65", joined(flat, a, b)),
    ("a alone: green to red", joined(flat, a, zero)),
    ("b alone: blue to yellow", joined(flat, zero, b)),
    (
        "L, with a and b at a quarter",
        joined(light, *(imresize(imresize(c, 1 / 4), 4) for c in (a, b))),
    ),
    rows=2,
)
plt.show()

# %% [markdown]
# *The second picture is all that the network is given; the third is all that it has to find. In the
# last one a and b were shrunk to a quarter and enlarged again, and hardly anybody sees it: the eye
# takes its outlines from L. So the network may predict its colours coarsely.*

# %%
back = lab_to_rgb(lab)
print("Lab and back gives the photograph:", bool(abs(255 * back - photo).max() < 0.5))
grey = joined(light, zero, zero)
print("L alone is grey:", bool((grey.max(axis=2) - grey.min(axis=2)).max() < 1 / 255))
print("its lightness is that of the photograph:", np.allclose(rgb_to_lab(grey)[..., 0], light))
print(f"a is between {a.min():.0f} and {a.max():.0f}, b between {b.min():.0f} and {b.max():.0f}")

# %% [markdown]
# Any colour photograph is a training example: its L is the question, its a and b are the answer.
# Nobody needs to label anything.
#
# ## Why regression turns brown
#
# The obvious loss is the squared distance of the colours (the paper's eq. 1), summed over the
# pixels $h, w$:
#
# $$L_2(\hat Y, Y) = \tfrac12 \sum_{h,w} \lVert Y_{h,w} - \hat Y_{h,w} \rVert_2^2$$
#
# Where several colours are possible, the single answer with the smallest mean squared error is
# their **mean**; you saw that with the number plates of [lesson
# 15](15_what_no_network_knows.ipynb). The mean of a red and a green is neither.
#
# Here is the shirt as a toy: grey squares of one lightness, each in truth red or green by the toss
# of a coin. In the toy a pixel is one of three kinds.

# %%
RED, GREEN = np.array([60.0, 40.0]), np.array([-50.0, 50.0])
KINDS = np.array([[0.0, 0.0], RED, GREEN])  # background, red square, green square
SIDE, SQUARE = 12, 6


def toy(count, rng, red=0.5):
    """Lightness (count, 12, 12), and the kind of each pixel."""
    light, kind = np.full((count, SIDE, SIDE), 85.0), np.zeros((count, SIDE, SIDE), int)
    for n in range(count):
        y, x = rng.integers(1, SIDE - SQUARE, 2)
        here = np.s_[n, y : y + SQUARE, x : x + SQUARE]
        light[here] = 60
        kind[here] = 1 if rng.random() < red else 2
    return light, kind


def batch(light):
    return torch.tensor(light[:, None] / 50 - 1, dtype=torch.float32)


def train(outputs, loss, steps=150, red=0.5):
    """A network of two convolutions that gives `outputs` numbers for each pixel."""
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    network = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(16, outputs, 3, padding=1),
    )
    optimiser = torch.optim.Adam(network.parameters(), lr=0.01)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    for _ in range(steps):
        light, kind = toy(32, rng, red)
        value = loss(network(batch(light)).permute(0, 2, 3, 1), kind)
        optimiser.zero_grad()
        value.backward()
        optimiser.step()
        schedule.step()
    return network


def l2(out, kind):
    return F.mse_loss(out, torch.tensor(KINDS[kind] / 110, dtype=torch.float32))


regression = train(2, l2)
shown_light, shown_kind = toy(4, np.random.default_rng(3))
with torch.no_grad():
    answer = 110 * regression(batch(shown_light)).permute(0, 2, 3, 1).numpy()


def tiles(ab):
    return np.hstack(
        [joined(light, *np.moveaxis(c, -1, 0)) for light, c in zip(shown_light, ab, strict=True)]
    )


draw(
    ("four pictures in grey", tiles(np.zeros((4, SIDE, SIDE, 2)))),
    ("their true colours", tiles(KINDS[shown_kind])),
    ("what L2 makes of them", tiles(answer)),
    rows=3,
    width=6,
)
plt.show()

# %% [markdown]
# *Top: what the network is given. Middle: the truth, by chance. Bottom: its answer, one mud for
# all, which occurs in no picture that it has seen.*

# %%
square = answer[shown_kind > 0].mean(axis=0)
mean = (RED + GREEN) / 2
print("L2's answer lies near the mean of the two:", bool(apart(square, mean) < 20))
print("and far from red and from green:", bool(min(apart(square, RED), apart(square, GREEN)) > 35))

# %% [markdown]
# In photographs the possible colours lie all around, so that their mean lies near grey. That is why
# colorizers trained with L2 are known for pale, brownish pictures.
#
# ## Colours as classes
#
# The paper's idea: do not ask for *the* colour. Ask how likely each colour is. Divide the plane of
# a and b by a grid of step 10 into **bins**, and let the network give each bin a share. A grid
# point serves where it is of use: where some colour of sRGB lies near it.


# %%
def plane(axis, shares=None, light=65, title="", size=110):
    """The bins in the plane of a and b, in their colours; with `shares` as areas."""
    colours = bins()
    shown = lab_to_rgb(np.column_stack([np.full(len(colours), light), colours])[None])[0]
    area = 1.0 if shares is None else shares / shares.max()
    axis.scatter(*colours.T, s=size, c="#eeeeee", marker="s", linewidths=0)
    axis.scatter(
        *colours.T, s=size * area, c=shown, marker="s", edgecolors="#555555", linewidths=0.4
    )
    axis.set(xlim=(-115, 115), ylim=(-115, 115), aspect="equal", title=title)
    axis.set(xlabel="a: green to red", ylabel="b: blue to yellow")


figure, axes = plt.subplots(1, 3, figsize=(10, 3.7), layout="constrained")
for axis, level in zip(axes, (30, 60, 90), strict=True):
    plane(axis, light=level, title=f"the bins at L = {level}", size=54)
plt.show()

# %% [markdown]
# *Each square is a bin, in its colour at that lightness. The outer ones exist at some lightness
# only; elsewhere the screen shows the nearest colour that it has.*
#
# How many are there? That depends on what "near" means, and the paper does not say how it tested
# its grid. Here are two rules.

# %%
points = np.stack(np.meshgrid(*[np.arange(-110.0, 111, 10)] * 2, indexing="ij"), axis=-1)
points = points.reshape(-1, 2)
levels = np.arange(0.0, 101)
every = np.empty((len(levels), len(points), 3))
every[..., 0], every[..., 1:] = levels[:, None], points
exists = abs(rgb_to_lab(lab_to_rgb(every)) - every).max(axis=-1) < 0.01  # not clipped on the way

print(f"the grid point is itself a colour of sRGB, at some L: {exists.any(axis=0).sum()}")
print(f"it is the nearest grid point to some colour of sRGB:  {len(bins())}")
print("the paper and its authors' weights:                   313")

# %% [markdown]
# This course uses the second rule, as then every colour has its bin within half a step. A network
# with the authors' 313 bins can be loaded all the same: its weights carry their own bins.
#
# ### Soft encoding
#
# A true colour $Y$ must become a target over the bins. All on the nearest bin would be unfair to
# its neighbours, which are almost as good. So the five nearest bins $q$ share it, by a Gaussian of
# their distance with $\sigma = 5$, and the shares are made to sum to 1:
#
# $$Z_q = \frac{\exp(-\lVert Y - c_q \rVert^2 / 2\sigma^2)}
# {\sum_{p \,\in\, \text{the five nearest}} \exp(-\lVert Y - c_p \rVert^2 / 2\sigma^2)}$$


# %%
def soft(y, colours, sigma=5.0):
    squared = ((colours - y) ** 2).sum(axis=1)
    near = np.argsort(squared)[:5]
    z = np.zeros(len(colours))
    z[near] = np.exp(-squared[near] / (2 * sigma**2))
    return z / z.sum()


y = np.array([23.0, 41.0])
print("as the package does it:", np.allclose(soft(y, bins()), encode(y)))
for q in np.argsort(-soft(y, bins()))[:5]:
    print(f"  bin {bins()[q]}: {soft(y, bins())[q]:.3f}")

true = np.concatenate([truth(sr.images.sample(n))[::4, ::4, 1:].reshape(-1, 2) for n in SAMPLES])
lost = apart(annealed_mean(encode(true), 1), true)
print(
    f"encoded and decoded, {len(true)} colours of our photographs move by {lost.mean():.1f}", end=""
)
print(f" on average, at most {lost.max():.1f}")

# %% [markdown]
# A step of the grid is 10, so that little is lost by it.
#
# ### The loss
#
# The network's scores pass through softmax and become shares $\hat Z$. The loss is the
# cross-entropy to the target, as in [lesson 04](04_pooling_and_classification.ipynb), at each pixel
# (eq. 2, for the moment with $v = 1$):
#
# $$L_{cl}(\hat Z, Z) = -\sum_{h,w} v(Z_{h,w}) \sum_q Z_{h,w,q} \log \hat Z_{h,w,q}$$
#
# The same toy, the same two convolutions; only the last one has an output for each bin.

# %%
TARGETS = torch.tensor(encode(KINDS), dtype=torch.float32)  # of each kind of pixel


def cross_entropy(out, kind):
    z = TARGETS[kind]
    return -(z * torch.log_softmax(out, dim=3)).sum(dim=3).mean()


classifier = train(len(bins()), cross_entropy)
with torch.no_grad():
    scores = classifier(batch(shown_light)).permute(0, 2, 3, 1)
    shares = torch.softmax(scores, dim=3).numpy()
possible = shares[shown_kind > 0].mean(axis=0)

figure, axes = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
plane(axes[0], title="regression: one answer")
plane(axes[1], possible, title="classification: a share for each bin")
for name, spot, mark, shift in (
    ("red", RED, "o", (4, -18)),
    ("green", GREEN, "s", (-12, -18)),
    ("L2's answer", square, "X", (-28, -18)),
):
    for axis in axes:
        axis.scatter(
            *spot, s=110, color="k" if mark == "X" else "none", edgecolors="k", marker=mark
        )
        note = axis.annotate(name, spot, shift, textcoords="offset points")
        note.set_bbox({"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1})
plt.show()

# %% [markdown]
# *What the two networks say of a grey square. Left, all bins, and the one answer of L2, in between.
# Right, each bin is drawn as large as its share: two peaks, at the two colours that there are, and
# next to nothing where L2 gave its answer.*

# %%
near_red = possible[apart(bins(), RED) < 15].sum()
near_green = possible[apart(bins(), GREEN) < 15].sum()
near_l2 = possible[apart(bins(), mean) < 15].sum()
for name, share in (("red", near_red), ("green", near_green)):
    print(f"about half of the share lies around {name}:", bool(0.3 < share < 0.7))
print("less than a twentieth around their mean: ", bool(near_l2 < 0.05))

# %% [markdown]
# **Try** `train(2, l2, red=0.8)` and `train(len(bins()), cross_entropy, red=0.8)`, for a shirt that
# is mostly red. What do the shares become, and what the answer of L2?
#
# The network knows that it does not know, and says so in numbers. The picture needs *one* colour,
# though. How to choose one comes now.
#
# ### The annealed mean
#
# The **mode**, the likeliest bin, is vivid; but neighbouring pixels may jump from one peak to
# another. The **mean** is smooth, and as dull as L2. The paper goes between, with a temperature $T$
# (eq. 5):
#
# $$H(Z) = \mathbb{E}\left[f_T(z)\right], \qquad
# f_T(z)_q = \frac{\exp(\log(z_q)/T)}{\sum_p \exp(\log(z_p)/T)}$$
#
# At $T = 1$ the shares stay as they are, and $H$ is the mean. The colder, the more the large shares
# win; $T \to 0$ leaves the mode. The paper takes $T = 0.38$. Say that red has 55 % and green 45 %:


# %%
def annealed(z, temperature):
    with np.errstate(divide="ignore"):  # the logarithm of 0 is −∞, and its exponential 0 again
        f = np.exp(np.log(z) / temperature)
    return (f / f.sum()) @ bins()


z = 0.55 * encode(RED) + 0.45 * encode(GREEN)
print("as the package does it:", np.allclose(annealed(z, 0.38), annealed_mean(z, 0.38)))
print("T = 1 is the mean:     ", np.allclose(annealed(z, 1), z @ bins()))
print("T = 0.01 is the mode:  ", np.allclose(annealed(z, 0.01), bins()[z.argmax()], atol=0.1))
for temperature in (1, 0.7, 0.38, 0.2, 0.1, 0.01):
    print(f"T = {temperature:<5g} a, b = {annealed(z, temperature).round(1)}")

# %%
path = np.array([annealed(z, t) for t in np.geomspace(0.01, 1, 60)])
figure, axis = plt.subplots(figsize=(4.6, 4.3), layout="constrained")
plane(axis, z)
axis.plot(*path.T, color="k")
for temperature, mark in ((1, "X"), (0.38, "D"), (0.01, "o")):
    axis.plot(*annealed(z, temperature), mark, color="k", ms=9, label=f"T = {temperature:g}")
axis.legend(loc="lower left")
plt.show()

# %% [markdown]
# *From the mean (cross) to the mode (dot), as it gets colder. At 0.38 the answer has moved only a
# little, as the two are almost equally likely. It leans to what is likelier, and no temperature
# makes an undecided network decided.*
#
# ### Rebalancing
#
# Which colours are common? Pale ones, by far: walls, skies, earth, skin. Let us count over our six
# colour photographs, and smooth the counts, as the paper does, with a Gaussian of $\sigma = 5$.
# That is the **prior** $\tilde p$.

# %%
counts = np.bincount(nearest(true), minlength=len(bins()))
prior = smoothed(counts)
weight = rebalancing(prior, 0.5)

figure, axes = plt.subplots(1, 2, figsize=(9.5, 3.8), layout="constrained")
for axis, values, title in (
    (axes[0], np.log10(prior.clip(1e-6)), "how common: log₁₀ of the prior"),
    (axes[1], weight, "what a pixel of that colour weighs"),
):
    dots = axis.scatter(*bins().T, c=values, s=90, marker="s", cmap="viridis")
    figure.colorbar(dots, ax=axis)
    axis.set(aspect="equal", xlabel="a", ylabel="b", title=title)
plt.show()

# %% [markdown]
# *Left: the middle, where the pale colours are, is more common by powers of ten (−6 stands for all
# below). Right: the weights made of it. Of course the prior used in training comes from the
# training photographs; these six only show its shape.*
#
# A network that is to be right for most pixels learns to be pale. So each pixel is weighted by how
# rare its colour is. The weight belongs to the likeliest bin of its target,
# $v(Z) = w_{q^*}$ with $q^* = \arg\max_q Z_q$. To keep the rarest from ruling, the prior is first
# mixed with the uniform distribution over the $Q$ bins (eq. 4), with $\lambda = 1/2$:
#
# $$w \propto \left((1-\lambda)\,\tilde p + \frac{\lambda}{Q}\right)^{-1}, \qquad
# \mathbb{E}[w] = \sum_q \tilde p_q\, w_q = 1$$


# %%
def weights(prior, mix):
    w = 1 / ((1 - mix) * prior + mix / len(prior))
    return w / (prior * w).sum()


print("as the package does it:", np.allclose(weights(prior, 0.5), weight))
print(f"they average to {(prior * weight).sum():.3f} under the prior")
for mix in (0.01, 0.1, 0.5, 1.0):
    w = weights(prior, mix)
    print(f"λ = {mix:<5g} the rarest colour weighs {w.max() / w.min():6.0f} times the commonest")

# %% [markdown]
# ## The network
#
# L goes in at the picture's size; the scores come out at a quarter of it. The report describes the
# paper's figure: each "conv layer" stands for a block of two or three convolutions with ReLU,
# followed by batch norm; there is no pooling, and the resolution changes between blocks. We count.

# %%
network = Colorful(torch.zeros(313, 2), width=64)  # the paper's
pooling = sum("Pool" in type(module).__name__ for module in network.modules())
x, size = torch.zeros(1, 1, 64, 64), 64
print("block  convolutions  channels  dilation  size     batch norm")
with torch.no_grad():
    network.eval()
    for number in range(1, 9):
        block = getattr(network, f"model{number}")
        convolutions = [m for m in block if isinstance(m, nn.Conv2d | nn.ConvTranspose2d)]
        norm = any(isinstance(m, nn.BatchNorm2d) for m in block)
        x = block(x)
        channels, dilation = convolutions[0].out_channels, convolutions[0].dilation[0]
        shown = "1" if x.shape[-1] == size else f"1/{size // x.shape[-1]}"
        print(f"{number:>5}{len(convolutions):>14}{channels:>10}{dilation:>10}  {shown:<9}{norm}")
print(f"pooling layers: {pooling}")
print(f"parameters, the paper's 64 channels and 313 bins: {parameters(network):>12,}")
ours = colorization.load()
print(f"parameters, our colorful-mini:                    {parameters(ours):>12,}")

# %% [markdown]
# The report has it right, with two limits. The resolution does not change *between* the blocks: the
# last convolution in each of blocks 1 to 3 takes a stride of 2. And the eighth block has no batch
# norm. It begins with a transposed convolution ([lesson 09](09_fsrcnn.ipynb)), which brings the
# maps from an eighth back to a quarter, and ends with a 1×1 convolution to the bins. Blocks 5 and 6
# use a *dilation* of 2, which spreads the kernel's nine taps over five pixels: a wider view at no
# cost.
#
# Our **colorful-mini** is this network with a quarter of the channels. Its training was short:
# first on the small pictures of CIFAR-10, then on photographs; how long, you will see below. The
# paper's saw over a million. So expect blots, and colours that are plainly wrong. What this lesson
# is about is the idea, and how one measures it. Here is what it makes of all six colour photographs
# of the course, on none of which it was trained.

# %%
gallery = []
for name in SAMPLES:
    picture = sr.images.sample(name)
    side = min(picture.shape[:2])
    piece = imresize(picture[:side, :side], 192 / side)
    gallery.append((piece, sr.colorize(piece)))
grey = [
    (f"{n}, L", sr.images.rgb(sr.images.to_uint8(sr.images.luma(t))))
    for n, (t, _) in zip(SAMPLES, gallery, strict=True)
]
draw(
    *grey,
    *(("ours", ours) for _, ours in gallery),
    *(("truth", true_one) for true_one, _ in gallery),
    rows=3,
    size=8,
)
plt.show()

# %% [markdown]
# *Top: what it saw. Middle: what it made of it. Bottom: the truth. Look for places where the colour
# follows the thing, and for the larger ones where it does not. All are shown, not the best.*
#
# ## Live: the colours that a pixel may have

# %%
ColorizationExplorer("coffee", pixel=(215, 330))

# %% [markdown]
# **Try**
#
# - Move the temperature from one end to the other. Where does the picture change most?
# - Click the table, the cup, the spoon. Then a photograph of another kind: the rocket, the camera
#   man, one of your own.
# - Put *truth* on the right and *coloured* on the left, and wipe.
#
# **Notice** how wide the distributions are. Where does the truth lie in them? Is it something that
# the network holds possible, even where mode and mean miss it? And notice the squares: one
# distribution stands for a whole cell of pixels.
#
# ### What it does with other pictures
#
# A picture that is in colour already is taken as grey, and that is said. Of some others too there
# is something to know. `srcourse colorize PICTURE… -o OUT` says the same as it goes.

# %%
scan = np.where(sr.images.sample("small_text") > 127, 255, 0).astype(np.uint8)
for name, picture in {
    "a colour photograph": photo,
    "a scan in black and white": scan,
    "a tiny picture": photo[:9, :9, 1],
    "a grey photograph": sr.images.sample("camera"),
}.items():
    print(f"{name:<26} {colorization.remark(picture) or 'nothing to remark'}")
from_colour = sr.colorize(photo)
kept = abs(rgb_to_lab(from_colour)[..., 0] - light)
print(f"half of all pixels keep their L to within {np.median(kept):.1f}")
try:
    sr.colorize(photo, temperature=2)
except ValueError as error:
    print(error)

# %% [markdown]
# L is kept, but for colours that the screen cannot show at that lightness.
#
# ## Three losses, measured
#
# Three networks of one size were trained alike: with L2, with classification, and with
# classification and rebalancing, which is the paper's choice. How good are they? Three measures,
# taken on photographs that none was trained on: some kept back from the training folders
# (*holdout*), those of Set14 that are in colour, and the course's own (*samples*).
#
# - **AuC.** Which share of the pixels comes within a distance $d$ of its true colour? Take the mean
#   of that share over all $d$ from 0 to 150. *Rebalanced*, each pixel weighs as much as its colour
#   is rare.
# - **PSNR of ab**, the squared error in decibels.
# - **Saturation**, the mean of $\sqrt{a^2 + b^2}$, beside that of the truth.

# %%
d = np.array([0.0, 30.0, 75.0, 200.0])  # four pixels, so far from their true colours
share_within = [(d <= limit).mean() for limit in np.linspace(0, 150, 15_001)]
print(f"AuC by hand {np.mean(share_within):.3f}, by the package {auc(d):.3f}")

# %%
record = results.read("colorization")
rows = record["results"]["rows"]
training = record["results"]["training"]  # of each file of weights
LABELS = {"regression": "L2", "classification": "classification", "rebalanced": "rebalanced"}
measured = {}
for row in rows:
    file, _, temperature = row["colorizer"].partition(", T = ")
    if file == "grey":
        measured[row["set"], "left grey"] = row
    elif temperature == "0.38":
        measured[row["set"], LABELS[training[file]["recipe"]["loss"]]] = row
sets, methods = list(dict.fromkeys(s for s, _ in measured)), ["left grey", *LABELS.values()]

print(record["data"])
for name in sets:
    print(f"\n{name:<18}    AuC  rebalanced  PSNR of ab  saturation  (truth)")
    for method in methods:
        row = measured[name, method]
        print(
            f"  {method:<16}{row['auc']:>7.1%}{row['auc_rebalanced']:>12.1%}"
            f"{row['psnr_ab']:>12.2f}{row['saturation']:>12.1f}{row['saturation_truth']:>9.1f}"
        )

# %%
figure, axes = plt.subplots(1, 3, figsize=(10, 3.8), layout="constrained")
COLOURS = ("#999999", "#0072b2", "#e69f00", "#009e73")
for axis, key, title in zip(
    axes,
    ("saturation", "auc", "auc_rebalanced"),
    ("saturation", "AuC", "rebalanced AuC"),
    strict=True,
):
    for place, (method, colour) in enumerate(zip(methods, COLOURS, strict=True)):
        x = np.arange(len(sets)) + 0.2 * (place - 1.5)
        axis.bar(x, [measured[s, method][key] for s in sets], 0.18, color=colour, label=method)
    axis.set(title=title, xticks=range(len(sets)), xticklabels=sets)
    if key != "saturation":
        axis.set_ylim(0.5, 1)
for number, name in enumerate(sets):
    true_saturation = measured[name, "L2"]["saturation_truth"]
    axes[0].hlines(
        true_saturation, number - 0.42, number + 0.42, color="k", label="" if number else "truth"
    )
figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=5)
plt.show()

# %% [markdown]
# *Each group is a set of photographs. Left: the black line is the truth's saturation. What stays
# below it is paler than the photographs, what rises above it is gaudier. Both axes of AuC begin at
# 0.5, and the grey bar is a picture left as it was.*
#
# The paper found: L2 is desaturated; classification is less so; rebalancing brings back the rare
# colours, and so raises the rebalanced AuC. Is it so with our three?


# %%
def where(question, holds):
    print(question)
    for name in sets:
        print(f"  {name:<10} {'yes' if holds(name) else 'no'}")


def value(name, method, key):
    return measured[name, method][key]


where(
    "Is L2 paler than the truth?",
    lambda s: value(s, "L2", "saturation") < value(s, "L2", "saturation_truth"),
)
where(
    "Is classification more saturated than L2?",
    lambda s: value(s, "classification", "saturation") > value(s, "L2", "saturation"),
)
where(
    "Is rebalanced more saturated than classification?",
    lambda s: value(s, "rebalanced", "saturation") > value(s, "classification", "saturation"),
)
where(
    "Has rebalanced a higher rebalanced AuC than classification?",
    lambda s: (
        value(s, "rebalanced", "auc_rebalanced") > value(s, "classification", "auc_rebalanced")
    ),
)
where(
    "Is some network's AuC higher than that of leaving the picture grey?",
    lambda s: max(value(s, m, "auc") for m in methods[1:]) > value(s, "left grey", "auc"),
)

# %% [markdown]
# Read your answers off the lines, and do not explain a *no* away. These are single trainings of
# small networks; another seed would move the figures, and more training might turn some of them.
# And mind what is measured: a meadow painted pink is saturated too. A mean over all pixels does not
# tell right colours from loud ones.
#
# The last question is there for a reason: most pixels of most photographs are nearly grey, so a
# method that colours nothing is hard to beat by raw AuC. That is why the rebalanced one exists.
# (The paper reports 89.5 % and 67.3 % for its full method, on other photographs than ours.)
#
# Neither tells whether a picture looks *right*. A blue car painted red, without a blot, counts as a
# bad error, though nobody could know better. So the paper asked two more judges. A network that
# recognises things (VGG) named 56.0 % of its coloured pictures rightly, against 68.3 % of the true
# ones. And it asked people; we come to them below.

# %%
for about in training.values():
    stages = zoo.lineage(about)[::-1]
    told = [
        f"{stage['step']:,} steps on {stage['data']['pictures']:,} pictures" for stage in stages
    ]
    minutes = sum(stage["seconds"] for stage in stages) / 60
    loss = LABELS[about["recipe"]["loss"]]
    print(f"{loss}: {', then '.join(told)}; {minutes:.0f} minutes in all")
print("what ships:", LABELS[zoo.training(colorization.file())["recipe"]["loss"]])

# %% [markdown]
# ## Does super-resolution before it change anything?
#
# The report enlarged grey pictures with EDSR, coloured them, and found that EDSR "didn't affect the
# colorization results", at no scale. Before you accept a result of *no difference*, ask whether
# there could have been one.

# %%
lr = imresize(sr.images.sample("chelsea"), 1 / 2)
larger = sr.upscale(lr, 2, "edsr-mini")


def colours_of(picture, side):
    """a and b for the picture shrunk to `side`, at the size of the small picture."""
    return colours(colorization.load(), picture, 0.38, side, lr.shape)


seen = [colorization.small(picture) for picture in (lr, larger)]
fixed = apart(colours_of(lr, 128), colours_of(larger, 128))

# %%
Predict(
    "16-before",
    "A cat of 226 × 150 pixels is coloured, once as it is and once enlarged ×2 by edsr-mini. The "
    "colorizer shrinks both to 128 pixels, its own size. How far apart are the two predictions, on "
    "average, in units of ab?",
    choices=["less than 2", "2 to 8", "more than 8"],
    answer=lambda: (
        "less than 2" if fixed.mean() < 2 else "2 to 8" if fixed.mean() <= 8 else "more than 8"
    ),
    because="Compare what the network gets to see in the two cases.",
)

# %%
print("what the network sees: ", *(f"{s.shape[1]} × {s.shape[0]}" for s in seen))
print(
    "its L differs by less than 0.5 (of 100) on average:", bool(abs(seen[0] - seen[1]).mean() < 0.5)
)
print(f"the colours differ by {fixed.mean():.1f} on average (of a range of 110)")

# %% [markdown]
# The colorizer first shrinks every picture to its own fixed size. Whatever EDSR has added is thrown
# away before the network looks, and both times it sees nearly the same picture. The report's
# finding is built in: it would have come out for any enlargement whatever, plain bicubic too. The
# authors' network shrinks to 256 × 256.
#
# There is a question with an answer, though: what if the colorizer runs at the picture's *own*
# resolution? Nothing in it asks for a fixed size; `side` sets it.

# %%
own = apart(colours_of(lr, max(lr.shape)), colours_of(larger, max(larger.shape)))
print(f"sizes seen: {max(lr.shape)} and {max(larger.shape)} pixels")
print(f"the colours differ by {own.mean():.1f} on average")
print("that is more than at the fixed size:", bool(own.mean() > 2 * fixed.mean()))

draw(
    ("as it is, side 128", sr.colorize(lr)),
    ("enlarged, side 128", imresize(sr.colorize(larger), 1 / 2)),
    ("as it is, side 226", sr.colorize(lr, side=226)),
    ("enlarged, side 452", imresize(sr.colorize(larger, side=452), 1 / 2)),
    rows=2,
    width=8,
)
plt.show()

# %% [markdown]
# *Top: the report's way, one picture twice. Bottom: each at its own size. All are shown at the
# small picture's size.*
#
# Now the input does differ, and so does the answer. Is it a better one? The network was trained on
# patches in which things have a certain size in pixels. At twice the size it looks, through the
# same window, at half as much of the scene: there is more detail, and less to tell from what it is
# that one sees. Which of the two counts for more has to be measured, and one cat is not a
# measurement.
#
# So here is the larger experiment. Each grey photograph was shrunk, and coloured in four versions:
# as that small picture (*lr*), enlarged by bicubic, enlarged by EDSR (*sr*), and unshrunk (*hr*).
# *Change* is how far the colours lie from those of *lr*, in units of ab.

# %%
after = results.read("colour_after_sr")
print(after["command"], after["data"], sep="\n")
for resolution in ("fixed", "own"):
    print(f"\n{resolution} size")
    print("               change: bicubic     sr      AuC:     lr  bicubic     sr     hr")
    kept = [r for r in after["results"]["rows"] if r["resolution"] == resolution]
    for key in dict.fromkeys((r["set"], r["scale"]) for r in kept):
        one = {r["input"]: r for r in kept if (r["set"], r["scale"]) == key}
        changes = f"{one['bicubic']['change']:>20.1f}{one['sr']['change']:>7.1f}{'':>10}"
        shares = "".join(f"{one[name]['auc']:>8.1%}" for name in ("lr", "bicubic", "sr", "hr"))
        print(f"{key[0]:<8} ×{key[1]} {changes}{shares}")

own = [r for r in after["results"]["rows"] if r["resolution"] == "own"]
auc_of = {n: np.mean([r["auc"] for r in own if r["input"] == n]) for n in ("lr", "bicubic", "sr")}
apart = abs(auc_of["sr"] - auc_of["bicubic"])
print("\nat its own size, is EDSR's picture coloured better than the small one:", end=" ")
print("yes" if auc_of["sr"] > auc_of["lr"] + 0.01 else "no")
print(f"and how far from bicubic's is its AuC, on the mean: {apart:.1%}")

# %% [markdown]
# At the fixed size there is next to nothing to see. At its own size the colours change by a good
# deal, and bicubic, which adds no detail at all, changes them as much as EDSR does. What the
# colorizer notices is the size of things, not the detail. The report's "no difference" was built
# into its experiment; what it set out to ask has an answer too, and for this colorizer, trained on
# small patches, it is: enlarging first does not help.

# %% [markdown]
# ## The paper's blind test
#
# The paper showed people the true photograph and its own colours side by side, a second each, and
# asked which one was made by the computer. It fooled them in 32 % of the **trials**. (The report
# makes of this "32 % of the humans". That is something else: nobody was fooled once for all.) Had
# nobody been able to tell, it would be 50 %: pure guessing fools you half of the time.
#
# Now you, against colorful-mini. You have met some of these pictures, which makes it easy; and our
# network makes it easier still.


# %%
def true_and_ours(name, crop, longest=256):
    picture = sr.images.sample(name)[crop]
    picture = imresize(picture, min(1, longest / max(picture.shape)))
    return picture, sr.colorize(picture)


PIECES = {
    "astronaut": np.s_[:, :],
    "her face": np.s_[20:180, 140:300],
    "the cat": np.s_[:, :],
    "its eye": np.s_[60:200, 120:300],
    "the coffee": np.s_[:, :],
    "the table": np.s_[:140, :180],
    "the rocket": np.s_[:, 120:520],
    "the retina": np.s_[300:1100, 300:1100],
}
SOURCES = ("astronaut", "astronaut", "chelsea", "chelsea", "coffee", "coffee", "rocket", "retina")
BlindChoice(
    [true_and_ours(name, crop) for name, crop in zip(SOURCES, PIECES.values(), strict=True)],
    "Which one has its true colours?",
    key="16-blind",
    names=list(PIECES),
)

# %% [markdown]
# **Notice** the interval beside your share of hits. The share of trials in which you were fooled is
# what is missing to 100 %. How many trials does it take to tell the paper's 32 % from chance?

# %%
for trials in (8, 25, 50, 100, 1000):
    low, high = wilson(round(0.32 * trials), trials)
    verdict = "chance is ruled out" if high < 0.5 else "could be chance"
    print(f"fooled in {round(0.32 * trials):3} of {trials:4}: {low:4.0%} to {high:4.0%}, {verdict}")

# %% [markdown]
# And what does it prove to fool people? That the colours are *plausible*. As in [lesson
# 15](15_what_no_network_knows.ipynb): a coloured photograph of 1900 shows no colour of 1900. The
# paper says so itself: it does not want the true colours back, only believable ones.
#
# ## What the source report says

# %%
claims.table("6")

# %% [markdown]
# ## Exercises
#
# ### 1. Encode
#
# Write the soft encoding of one colour `ab`, (2,), over the bins `colours`, (Q, 2): the five
# nearest share it by a Gaussian of σ = 5, and all others get 0. Return the shares, (Q,), which add
# up to 1.


# %%
def my_encode(ab, colours):
    pass  # your lines here


check("16-encode", my_encode)

# %% [markdown]
# <details><summary>Solution: 16-encode</summary>
#
# ```python
# def my_encode(ab, colours):
#     squared = ((colours - ab) ** 2).sum(axis=1)
#     near = np.argsort(squared)[:5]
#     z = np.zeros(len(colours))
#     z[near] = np.exp(-squared[near] / (2 * 5**2))
#     return z / z.sum()
# ```
#
# </details>
#
# ### 2. Decode
#
# Write the annealed mean: from `shares`, (Q,), and `colours`, (Q, 2), one colour (2,), at a
# `temperature` above 0. Some shares may be 0.


# %%
def my_annealed_mean(shares, colours, temperature):
    pass  # your lines here


check("16-decode", my_annealed_mean)

# %% [markdown]
# <details><summary>Solution: 16-decode</summary>
#
# ```python
# def my_annealed_mean(shares, colours, temperature):
#     f = shares ** (1 / temperature)  # exp(log z / T), and 0 stays 0
#     return f @ colours / f.sum()
# ```
#
# </details>
#
# ### 3. Rebalance
#
# From the `prior`, (Q,), and λ, a number here called `mix`, return the weights of the bins, (Q,).
# Under the prior they average to 1.


# %%
def my_rebalancing(prior, mix):
    pass  # your lines here


check("16-rebalance", my_rebalancing)

# %% [markdown]
# <details><summary>Solution: 16-rebalance</summary>
#
# ```python
# def my_rebalancing(prior, mix):
#     w = 1 / ((1 - mix) * prior + mix / len(prior))
#     return w / (prior * w).sum()
# ```
#
# </details>
#
# ## Key points
#
# - Where several colours are possible, the best answer to L2 is their mean, a mud that never
#   occurs. Shares over bins can hold all of them; the temperature chooses between vivid and smooth.
# - Most pixels are pale. Rebalancing weighs rare colours up, and a fair measure has to do the same.
# - "No difference" means something only where there could have been one: a colorizer that shrinks
#   its input first cannot see what super-resolution added.
#
# **Next** [17 · Video](17_video.ipynb): super-resolution, frame by frame.
#
# ## References
#
# - R. Zhang, P. Isola and A. A. Efros, *Colorful image colorization*, ECCV 2016, arXiv:1603.08511.
# - G. Larsson, M. Maire and G. Shakhnarovich, *Learning representations for automatic
#   colorization*, ECCV 2016, arXiv:1603.06668: the same idea at the same time, with histograms of
#   hue and chroma.
# - S. Iizuka, E. Simo-Serra and H. Ishikawa, *Let there be color!*, ACM Transactions on Graphics
#   35(4), 2016: what the same year did with regression, and with labels of the scene.
# - CIE 15:2004, *Colorimetry*: Lab.
# - E. B. Wilson, *Probable inference, the law of succession, and statistical inference*, Journal of
#   the American Statistical Association 22, 1927.
