# %% [markdown]
# # Assignment 5 · Colour bins and the annealed mean
#
# A colorizer of the kind that lesson 16 shows is a network with a good deal of arithmetic around
# it. You write the arithmetic: from a photograph to what the network is trained on, the loss with
# its weights, and the way back from the network's scores to a picture in colour.
#
# **From** lessons 16 (colorization) and 04 (classification) · **Time** 60 to 90 minutes · **20
# points**, 16 of them by the checks in this notebook
#
# How it works:
#
# - Write where it says so. Then run the cell below your answer: it gives your points and, where
#   something is amiss, a hint. Run it as often as you like.
# - All is written by hand with NumPy. A library's ready-made function earns nothing; you may ask it
#   in a cell of your own whether you are right (`skimage.color.rgb2lab`, for one).
# - Two answers are written in words. Your teacher reads those.
# - Before you hand in: *Kernel → Restart Kernel and Run All Cells*.
#
# The paper behind it is R. Zhang, P. Isola and A. A. Efros, *Colorful image colorization* (2016).

# %%
import matplotlib.pyplot as plt
import numpy as np

import srcourse as sr
from srcourse import colorization
from srcourse.classroom import grade

# %% [markdown]
# ## 1. From sRGB to Lab (3 points)
#
# A photograph's numbers are no amounts of light: sRGB has bent them, so that the dark ones get more
# of the 256 levels. Lab is reached in three steps.
#
# 1. Unbend each number $v$ of R, G and B:
#    $v / 12.92$ up to $0.04045$, and $\left((v + 0.055)/1.055\right)^{2.4}$ above.
# 2. Multiply by a matrix, which gives $X$, $Y$ and $Z$, and divide these by the white's:
#    $x = X/X_n$, $y = Y/Y_n$, $z = Z/Z_n$.
# 3. Bend them again, as the eye does, with $f(t) = \sqrt[3]{t}$ above $\delta^3$ and
#    $f(t) = t/(3\delta^2) + 4/29$ up to it, where $\delta = 6/29$. Then
#
# $$L = 116 f(y) - 16 \qquad a = 500 \left(f(x) - f(y)\right) \qquad
# b = 200 \left(f(y) - f(z)\right)$$
#
# `rgb` is `(H, W, 3)`, floats from 0 to 1. Bright colours are worth two points; the third is for
# dark ones, which need the straight pieces.

# %%
XYZ = np.array(
    [
        [0.412453, 0.357580, 0.180423],  # X is this row times (R, G, B)
        [0.212671, 0.715160, 0.072169],  # Y
        [0.019334, 0.119193, 0.950227],  # Z
    ]
)
WHITE = np.array([0.95047, 1.0, 1.08883])  # X, Y and Z of daylight, D65


# %% answer="a5-lab"
def lab(rgb):
    """L, a and b of each pixel: (H, W, 3)."""
    ### BEGIN SOLUTION
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    t = linear @ XYZ.T / WHITE
    delta = 6 / 29
    f = np.where(t > delta**3, np.cbrt(t), t / (3 * delta**2) + 4 / 29)
    x, y, z = f[..., 0], f[..., 1], f[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)
    ### END SOLUTION


# %% test="a5-lab"
grade("a5-lab", lab)

# %% [markdown]
# ## 2. The nearest bin (1 point)
#
# The network chooses among **bins**: points of a grid of step 10 in the plane of a and b. Few will
# do to work with. Here are fourteen, in their colours.

# %%
BINS = 10.0 * np.array(
    [
        *([0, 0], [1, 0], [0, 1], [1, 1], [-1, 0], [0, -1], [1, 2]),  # pale
        *([2, 3], [3, 4], [4, 4], [5, 4]),  # to red
        *([0, -2], [1, -3], [1, -4]),  # to blue
    ]
)
figure, axis = plt.subplots(figsize=(4.2, 4), layout="constrained")
shown = sr.images.lab_to_rgb(np.column_stack([np.full(len(BINS), 65.0), BINS])[None])[0]
axis.scatter(*BINS.T, s=190, c=shown, marker="s")
for number, place in enumerate(BINS):
    axis.annotate(number, place, ha="center", va="center", fontsize=9)
axis.set(xlim=(-30, 65), ylim=(-50, 55), aspect="equal", title="fourteen bins and their numbers")
axis.set(xlabel="a: green to red", ylabel="b: blue to yellow")
plt.show()

# %% [markdown]
# *Each square is a bin. Bins whose numbers follow each other need not be neighbours.*
#
# For each pixel of `ab`, `(H, W, 2)`, find the number of the bin that is nearest to it, by the
# straight distance. `bins` is `(Q, 2)`, in any order, and not all of a grid: a colour may lie far
# outside.


# %% answer="a5-nearest"
def nearest(ab, bins):
    """The number of each pixel's nearest bin, from 0: whole numbers, (H, W)."""
    ### BEGIN SOLUTION
    difference = ab[:, :, None, :] - bins
    return (difference**2).sum(axis=-1).argmin(axis=-1)
    ### END SOLUTION


# %% test="a5-nearest"
grade("a5-nearest", nearest)

# %% [markdown]
# ## 3. Soft encoding (2 points)
#
# A target for training gives a share to the five bins nearest to the colour, by a Gaussian of their
# distance, and 0 to all others:
#
# $$Z_q = \frac{\exp(-\lVert Y - c_q \rVert^2 / 2\sigma^2)}
# {\sum_{p \,\in\, \text{the five nearest}} \exp(-\lVert Y - c_p \rVert^2 / 2\sigma^2)}
# \qquad \sigma = 5$$
#
# In the lesson you wrote this for one colour. Now for `n` of them at once, `ab` being `(n, 2)`. The
# second point is for a colour so far from all bins that every exponential is 0 to the computer. Its
# shares exist all the same.


# %% answer="a5-encode"
def encode(ab, bins):
    """The shares of the bins: a row for each colour, (n, Q)."""
    ### BEGIN SOLUTION
    squared = ((ab[:, None, :] - bins) ** 2).sum(axis=-1)
    near = np.argsort(squared, axis=1)[:, :5]
    z = np.zeros(squared.shape)
    for row, (numbers, distances) in enumerate(zip(near, squared, strict=True)):
        five = distances[numbers]
        gauss = np.exp(-(five - five.min()) / (2 * 5**2))
        z[row, numbers] = gauss / gauss.sum()
    return z
    ### END SOLUTION


# %% test="a5-encode"
grade("a5-encode", encode)

# %% [markdown]
# ## 4. What a rare colour weighs (3 points)
#
# Most pixels are pale. So that the others count, each bin gets a weight.
#
# First the **prior**. `counts` says how many pixels of the training photographs were nearest to
# each bin, $n_p$ of $N$ in all. Each bin's share is spread over all bins by a Gaussian with
# $\sigma = 5$, such that it gives away all that it has, and no more:
#
# $$\tilde p_q = \sum_p \frac{G_{qp}}{\sum_r G_{rp}} \cdot \frac{n_p}{N} \qquad
# G_{qp} = \exp\left(-\lVert c_q - c_p \rVert^2 / 2\sigma^2\right)$$
#
# Then the **weights**, with the mix $\lambda$ of the prior and an even share for all $Q$ bins:
#
# $$w_q \propto \left((1-\lambda)\,\tilde p_q + \frac{\lambda}{Q}\right)^{-1} \qquad
# \sum_q \tilde p_q\, w_q = 1$$
#
# One point each for the prior, for the weights but for a common factor, and for that factor.


# %% answer="a5-weights"
def rebalance(counts, bins, mix=0.5):
    """The prior and the weights of the bins, each (Q,)."""
    ### BEGIN SOLUTION
    squared = ((bins[:, None, :] - bins[None, :, :]) ** 2).sum(axis=-1)
    gauss = np.exp(-squared / (2 * 5**2))
    prior = (gauss / gauss.sum(axis=0)) @ counts / counts.sum()
    weights = 1 / ((1 - mix) * prior + mix / len(prior))
    return prior, weights / (prior * weights).sum()
    ### END SOLUTION


# %% test="a5-weights"
grade("a5-weights", rebalance)

# %% [markdown]
# ## 5. The loss (3 points)
#
# The network gives each of `n` pixels a **score** for each bin. Softmax over the bins turns a
# pixel's scores into its shares $\hat Z$. The loss is the cross-entropy to the soft target, each
# pixel weighted by the weight $w$ of its target's likeliest bin, and the mean over the pixels:
#
# $$\mathrm{loss} = \frac1n \sum_i v_i \left(-\sum_q Z_{iq} \log \hat Z_{iq}\right) \qquad
# v_i = w_{q^*} \quad q^* = \arg\max_q Z_{iq}$$
#
# `scores` and `targets` are `(n, Q)`, `weights` is `(Q,)`. One point where all weights are 1, one
# for the weights, and one for scores of ±900, as a network may give them when it is badly wrong.


# %% answer="a5-loss"
def loss(scores, targets, weights):
    """One number."""
    ### BEGIN SOLUTION
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_shares = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    each = -(targets * log_shares).sum(axis=1)
    return (weights[targets.argmax(axis=1)] * each).mean()
    ### END SOLUTION


# %% test="a5-loss"
grade("a5-loss", loss)

# %% [markdown]
# ## 6. The annealed mean (3 points)
#
# Now the way back, from the scores of a picture, `(H, W, Q)`, to a colour for each pixel. The
# shares $z$ are annealed with the temperature $T$, and the bins' colours averaged by them:
#
# $$f_T(z)_q = \frac{\exp(\log(z_q)/T)}{\sum_p \exp(\log(z_p)/T)} \qquad
# H = \sum_q f_T(z)_q\, c_q$$
#
# You have the scores $s$, and $z$ is their softmax. What does $f_T(z)$ become in terms of $s$? One
# point is for $T = 0.38$, one for other temperatures, and one for very low temperatures and very
# large scores.


# %% answer="a5-annealed"
def annealed_mean(scores, bins, temperature=0.38):
    """a and b of each pixel: (H, W, 2)."""
    ### BEGIN SOLUTION
    s = scores / temperature  # log z is s but for a constant, and that cancels
    f = np.exp(s - s.max(axis=-1, keepdims=True))
    f = f / f.sum(axis=-1, keepdims=True)
    return f @ bins
    ### END SOLUTION


# %% test="a5-annealed"
grade("a5-annealed", annealed_mean)

# %% [markdown]
# ## 7. Joining (1 point)
#
# The network's colours come at a fraction of the picture's size: `light` is `(k·h, k·w)`, `ab` is
# `(h, w, 2)`, and the whole number `k` follows from both. Give each pixel of the picture its own L
# and the colour that covers it, a block of `k` × `k` pixels for each.


# %% answer="a5-join"
def join(light, ab):
    """L, a and b of each pixel: (k·h, k·w, 3)."""
    ### BEGIN SOLUTION
    k = len(light) // len(ab)
    large = np.repeat(np.repeat(ab, k, axis=0), k, axis=1)
    return np.concatenate([light[:, :, None], large], axis=2)
    ### END SOLUTION


# %% test="a5-join"
grade("a5-join", join)

# %% [markdown]
# ## 8. Four balloons (2 points, in words)
#
# A photographer has thousands of pictures of the same balloon: in 30 % of them it is red, in 20 %
# green, in 30 % blue, in 20 % gold. In grey they look alike.

# %%
BALLOONS = {"red": (50, 40), "green": (-50, 40), "blue": (0, -50), "gold": (0, 60)}  # a and b
SHARES = np.array([0.3, 0.2, 0.3, 0.2])
colours = np.array(list(BALLOONS.values()), dtype=float)
patches = sr.images.lab_to_rgb(np.column_stack([np.full(4, 65.0), colours])[None])[0]
figure, axes = plt.subplots(1, 4, figsize=(6.4, 2), layout="constrained")
for axis, name, patch, share in zip(axes, BALLOONS, patches, SHARES, strict=True):
    axis.add_patch(plt.Circle((0, 0), 1, color=patch))
    axis.set(xlim=(-1.1, 1.1), ylim=(-1.1, 1.1), aspect="equal")
    axis.set_title(f"{name} in {share:.0%}\na, b = {BALLOONS[name]}", fontsize=9)
    axis.axis("off")
plt.show()

# %% [markdown]
# *The four balloons at the same lightness, with their a and b.*
#
# A classmate trains a network to colour them with the squared error of a and b as its loss. All
# balloons come out in the same pale brown, and the loss no longer falls. She says: "The network is
# too small. With more layers and more time the loss would go on falling, and the colours would come
# out right."
#
# Answer with numbers. Which a and b does the best network of any size give, what is its mean
# squared error, and what would it be for a network that always says red? Which loss remains to the
# best network that gives shares to four bins instead, with cross-entropy (a hard target, all
# weights 1)? That one is not 0 either: what has been gained? Last, name a thing in photographs for
# which the squared error gives the right colour.
#
# About six sentences. Use the cell below to compute.

# %% scratch=true
print(np.hypot(*colours.T))  # compute here what you need

# %% [markdown] written="a5-grey" points=2
# ### BEGIN SOLUTION
# The input is the same in all cases, so any network gives the same answer to all of them, and the
# squared error is smallest at the mean of the four colours: a = 5, b = 17, a pale brown. Its mean
# squared error is 3206. Always red has 5760, although red is right in 30 % of the pictures. So the
# loss is at its lowest, and it is the loss that wants the brown; more layers and more time change
# nothing.
#
# With shares over four bins, the best network says 0.3, 0.2, 0.3 and 0.2, and the cross-entropy
# that remains is −Σ p log p = 1.37. It is not 0, as nobody can know the colour. But the answer now
# holds all four colours and how likely each is, and no brown. What to make of it is decided
# afterwards, with a temperature.
#
# The squared error is right where the grey picture settles the colour, so that there is one peak
# only: grass, a clear sky, a ripe tomato among other tomatoes.
#
# **Rubric**
#
# - ½ point: the mean, (5, 17), with 3206.
# - ½ point: always red has 5760, or in other words: the brown is the minimum of this loss, whatever
#   the network's size.
# - ½ point: 1.37 (in base 2: 1.97), and that the shares keep all four colours, to choose later.
# - ½ point: a thing whose colour is settled by how it looks in grey.
# ### END SOLUTION

# %% [markdown]
# ## 9. What does the temperature trade? (2 points, in words)
#
# A wall was blue or orange in the photographs of the training, one as often as the other. A network
# finds it more likely blue towards the left and more likely orange towards the right, with some
# noise from pixel to pixel. Its shares are turned into colours at three temperatures.

# %%
random = np.random.default_rng(38)
orange = np.clip(np.linspace(0.15, 0.85, 40) + random.normal(0, 0.04, (20, 40)), 0, 1)
blue_bins, orange_bins = colorization.encode(np.array([[0.0, -50.0], [20.0, 60.0]]))
wall = orange[..., None] * orange_bins + (1 - orange[..., None]) * blue_bins

figure, axes = plt.subplots(1, 3, figsize=(8, 2.3), layout="constrained")
for axis, temperature in zip(axes, (1, 0.38, 0.02), strict=True):
    ab = colorization.annealed_mean(wall, temperature)
    chroma = np.hypot(*np.moveaxis(ab, -1, 0)).mean()
    jump = np.hypot(*np.moveaxis(np.diff(ab[:, 15:26], axis=1), -1, 0)).mean()
    axis.imshow(sr.images.lab_to_rgb(np.dstack([np.full(ab.shape[:2], 65.0), ab])))
    axis.set_title(f"T = {temperature}\nsaturation {chroma:.0f}, jump {jump:.0f}", fontsize=10)
    axis.axis("off")
plt.show()

# %% [markdown]
# *The saturation is the mean of $\sqrt{a^2 + b^2}$; the jump is the mean distance of a pixel's
# colour from its right neighbour's, in the middle quarter of the wall. Look there, and at the
# ends.*
#
# What does one gain by a lower temperature, and what does one pay? Answer with the numbers above,
# and say where on the wall each of the two is seen. What does $T$ do at a pixel whose shares are
# one half and one half, and why can no temperature help there? And rebalancing makes pictures more
# vivid too: what does it change that $T$ does not?
#
# About six sentences.

# %% [markdown] written="a5-temperature" points=2
# ### BEGIN SOLUTION
# A lower temperature gains saturation: 24 at T = 1, 39 at 0.38 and 56 at 0.02. It is seen most
# between the ends and the middle, where one colour leads but the mean is dull. The price is
# consistency: the jump from pixel to pixel rises from 5 over 13 to 30. At T = 0.02 the middle of
# the wall is a pattern of blue and orange dots, as a little noise decides which of the two leads.
# At 0.38 the ends are nearly as vivid as the mode, and the middle passes over gradually; this is
# the paper's compromise.
#
# At one half and one half both shares stay equal at every T, so the answer is their mean, greyish,
# and the slightest noise tips it at a low T. T makes large shares larger. It adds no knowledge
# about which is right.
#
# Rebalancing acts in training: it changes what the network learns, the shares themselves, in favour
# of rare colours everywhere. T acts afterwards, on given shares, and favours whatever leads, even
# where that is grey.
#
# **Rubric**
#
# - ½ point: gain, the saturation, with the numbers of two temperatures.
# - ½ point: price, the jumps between neighbours (dots in the middle), with the numbers.
# - ½ point: equal shares stay equal at any T; noise decides.
# - ½ point: rebalancing changes the shares in training, in favour of rare colours; T takes the
#   shares as they are, and favours the likeliest, which may be grey.
# ### END SOLUTION

# %% [markdown]
# ## What it was for
#
# Nothing to answer here: your own functions on a photograph. Its true colours, at a quarter of the
# size, are encoded over all the course's bins, decoded, and joined with L. It is what a network
# would show that is never wrong.

# %% scratch=true
photo = sr.images.sample("coffee")[:, :600][::2, ::2] / 255
true = lab(photo)
small = true[1::4, 1::4, 1:]
bins = colorization.bins()
shares = encode(small.reshape(-1, 2), bins).reshape(*small.shape[:2], len(bins))
decoded = annealed_mean(np.log(np.maximum(shares, 1e-12)), bins, 0.38)
figure, axes = plt.subplots(1, 3, figsize=(8, 2.3), layout="constrained")
for axis, (title, ab) in zip(
    axes,
    {
        "L alone": np.zeros_like(small),
        "the nearest bin": bins[nearest(small, bins)],
        "encoded and decoded": decoded,
    }.items(),
    strict=True,
):
    axis.imshow(sr.images.lab_to_rgb(join(true[..., 0], ab)))
    axis.set_title(title, fontsize=10)
    axis.axis("off")
plt.show()
