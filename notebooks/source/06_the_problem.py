# %% [markdown]
# # 06 · The problem
#
# Super-resolution turns a small picture into a large one with more detail in it. Where should the
# detail come from? The small picture does not hold it. This lesson states the problem exactly, and
# shows why nobody can solve it without knowing something about pictures.
#
# **You will be able to**
#
# - degrade a picture by the field's equations, and tell each term by what it does to the picture;
# - build different HR pictures with one and the same LR picture, and count how many there are;
# - say what a model minimises, and fit a first one, a linear one, that beats bicubic.
#
# **Time** about 40 minutes · **Before this** [05 · Residual networks](05_residual_networks.ipynb)

# %%
from io import BytesIO

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

import srcourse as sr
from srcourse import claims, datasets
from srcourse.classroom import check
from srcourse.layers import conv_multiply_adds, conv_parameters
from srcourse.metrics import psnr
from srcourse.resampling import blur, cubic_kernel, degrade, gaussian_kernel, imresize, weights
from srcourse.widgets import DegradationExplorer, Predict


def draw(*pictures):
    """Pictures in a row, each a (title, image), with their pixels visible."""
    _, axes = plt.subplots(
        1, len(pictures), figsize=(9.5, 9.5 / len(pictures) + 0.3), layout="constrained"
    )
    for axis, (title, image) in zip(axes, pictures, strict=True):
        axis.imshow(image, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
        axis.set_title(title, fontsize=10)
        axis.axis("off")


# %% [markdown]
# ## Predict first
#
# Take a block of 2 × 2 grey pixels, each a whole number from 0 to 255. Shrink it to one grey pixel,
# again a whole number from 0 to 255.

# %%
Predict(
    "06-blocks",
    "How many different blocks become the same pixel, on average?",
    answer="about 16 million",
    choices=["about 4", "about 1,000", "about 65,000", "about 16 million"],
    because="256⁴ blocks have to share 256 pixels: that is 256³ for each.",
)

# %% [markdown]
# ## What super-resolution asks
#
# Somewhere there was a sharp, large picture $I_y$, the **HR** (high-resolution) picture. On its way
# to us it lost something: a lens blurred it, a sensor sampled it, a program shrank and compressed
# it. What we hold is the **LR** picture
#
# $$I_x = D(I_y;\, \delta) \tag{1}$$
#
# $D$ is the **degradation**: everything that happened. $\delta$ are the numbers that say how much
# of it: by which factor, how blurred, how noisy.
#
# Super-resolution looks for a model $F$ that goes back:
#
# $$\hat I_y = F(I_x;\, \theta) \tag{2}$$
#
# $\theta$ are the model's own numbers, its parameters. Bicubic interpolation has none worth
# mentioning; the networks from lesson 08 on have thousands to millions, and learn them. (The source
# report writes $I'_y$ for the answer here and $\hat I_y$ later. It is the same picture.)

# %%
D, F = degrade, sr.upscale

hr = sr.images.sample("chelsea")[20:260, 110:350]  # I_y
lr = D(hr, scale=3)  # I_x = D(I_y; δ)
guess = F(lr, scale=3, model="bicubic")  # Î_y = F(I_x; θ)

score = psnr(hr, guess, channel="y", border=3)
draw(
    (f"HR, {hr.shape[1]} × {hr.shape[0]}", hr),
    (f"LR, {lr.shape[1]} × {lr.shape[0]}", lr),
    (f"SR by bicubic, {score:.1f} dB", guess),
)
plt.show()

# %% [markdown]
# *The whiskers: sharp lines on the left, broken steps in the middle, soft streaks on the right. The
# enlarged picture has the HR picture's size, and not its detail. PSNR says how far off it is, in
# decibels on the luma; higher is better, and lesson 07 has the formula.*
#
# ## How a picture loses its resolution
#
# Most papers take the simplest degradation there is, a downsampling by the **scale** $s$:
#
# $$D(I_y;\, \delta) = (I_y)\!\downarrow_s \tag{3}$$
#
# and nearly all of them use the same one, bicubic with antialiasing, which averages before it drops
# pixels (lesson 07 shows how, and what happens without). Cameras do more than that. A second model
# comes closer:
#
# $$D(I_y;\, \delta) = (I_y \otimes \kappa)\!\downarrow_s + \, n_\varsigma \tag{4}$$
#
# First a convolution with a **blur kernel** $\kappa$: lens and motion. Then the downsampling. Then
# **noise** $n_\varsigma$ is added, a random number for each pixel, Gaussian with standard deviation
# $\varsigma$ and independent from pixel to pixel, which is called *white*. Here are the three
# steps, one line each.

# %%
kappa = gaussian_kernel((3.0, 0.8), angle=30)
random = np.random.default_rng(0)

blurred = blur(hr / 255, kappa)  # I_y ⊗ κ
small = imresize(blurred, 1 / 3)  # ↓s
noisy = small + random.normal(0, 12 / 255, small.shape)  # + n_ς, ς = 12 grey levels

draw(
    ("$I_y$", hr),
    (r"$I_y \otimes \kappa$", blurred.clip(0, 1)),
    (r"$(I_y \otimes \kappa)\downarrow_3$", small.clip(0, 1)),
    (r"$\ldots + n_\varsigma$", noisy.clip(0, 1)),
)
plt.show()

# %% [markdown]
# *The blur smears along 30°, as a moving camera does; the noise comes after the downsampling, so
# each speck is a whole LR pixel.*
#
# `degrade` does these steps and two more that real pictures meet. **Speckle** is noise that
# multiplies instead of adding; radar and ultrasound have it. **JPEG** throws away what a viewer
# hardly sees, block by block. Each alone at scale 3, and then a little of each:

# %%
terms = {
    "downsampling alone": {},
    "blur, isotropic": {"blur": 2.0},
    "blur, anisotropic": {"blur": (4.0, 0.7, 30.0)},
    "noise": {"noise": 20},
    "speckle": {"speckle": 0.2},
    "JPEG, quality 15": {"jpeg": 15},
    "a little of each": {"blur": (3.0, 0.7, 30.0), "noise": 8, "speckle": 0.08, "jpeg": 40},
}
figure, axes = plt.subplots(2, 4, figsize=(10, 5.4), layout="constrained")
axes[0, 0].imshow(hr)
axes[0, 0].set_title("HR", fontsize=10)
for axis, (name, delta) in zip(axes.flat[1:], terms.items(), strict=True):
    degraded = degrade(hr, 3, **delta, seed=0)
    score = psnr(hr, sr.upscale(degraded, 3, "bicubic"), channel="y", border=3)
    axis.imshow(degraded, interpolation="nearest")
    axis.set_title(f"{name} ({score:.1f} dB)", fontsize=10)
for axis in axes.flat:
    axis.axis("off")
plt.show()

# %% [markdown]
# *Seven LR pictures of one cat. In brackets: PSNR after bicubic enlargement. Isotropic blur is
# equal in all directions, anisotropic blur is not: compare the fur on the cheek. JPEG costs the
# colours first. The last picture has a little of everything, like a photograph that was sent
# around.*
#
# Noise and speckle look alike here. They are not: one has the same strength everywhere, the other
# grows with the brightness. Two even areas, one dark and one bright, tell them apart.

# %%
for name, delta in {"noise": {"noise": 10}, "speckle": {"speckle": 0.1}}.items():
    for level in (50, 150):
        area = degrade(np.full((400, 400), level, np.uint8), 2, **delta, seed=4)
        print(f"{name:<8} on grey level {level:3}: standard deviation {area.std():4.1f}")

# %% [markdown]
# ### Live: degrade it yourself
#
# The photograph on the left, what is left of it in the middle, and what bicubic makes of that on
# the right. Below them the blur kernel $\kappa$.

# %%
DegradationExplorer("astronaut", scale=3)

# %% [markdown]
# **Try**
#
# - Raise *Blur, σ along* alone, then turn the *angle*. Which edges stay sharp?
# - Bring both σ to 2, then move the downsampling from 1/2 to 1/4. How much does the scale still
#   matter once the picture is blurred?
# - Clear it with *Downsampling alone*, then add noise. At which σ do you notice it in the LR
#   picture, and at which in the number?
# - Lower the JPEG quality until the blocks show.
#
# **Notice** that nothing in the LR picture says which sliders were moved. A soft picture may be a
# soft scene.
#
# ## One LR picture, many HR pictures
#
# Now the count from the beginning. A block of 2 × 2 pixels with 256 levels can be filled in
# $256^4$ ways, and one pixel in 256. A block of 4 × 4 leaves even more:

# %%
for side in (2, 3, 4):
    blocks_per_pixel = 256 ** (side**2) // 256
    print(f"{side} × {side} blocks for each pixel, on average: {blocks_per_pixel:.2e}")

# %% [markdown]
# Most of those blocks look like nothing. But there are pictures among them that look like
# something, and we can build them. Look at the weights with which the downsampling at scale 2 makes
# one LR pixel out of a row of HR pixels:

# %%
indices, w = weights(16, 8, 1 / 2, cubic_kernel, 4.0, antialias=True)
pattern = np.tile([1, -1, -1, 1], 4)
sums = (w * pattern[indices]).sum(axis=1)

print("HR pixel", "".join(f"{i:8d}" for i in indices[4]))
print("weight  ", "".join(f"{x:8.4f}" for x in w[4]))
print("pattern ", "".join(f"{p:8d}" for p in pattern[indices[4]]))
print("largest sum of weight × pattern, over all LR pixels:", abs(sums).max().round(12))

# %% [markdown]
# The weights read the same from both sides. The pattern +1, −1, −1, +1, … has the opposite sign on
# the other side of each LR pixel's centre. So every weight meets a plus and a minus, and each sum
# is zero: **the downsampling cannot see this pattern**, however strong it is. In algebra's words,
# the pattern lies in the null space of $\downarrow_2$.
#
# What adds nothing can be added to any picture. Each row may have its own strength, and stripes the
# other way do as well:

# %%
plain = np.clip(hr, 45, 210).astype(int)  # room for ±40
stripes = np.tile([1, -1, -1, 1], 60)
strength = np.rint(40 * np.sin(np.pi * np.arange(240) / 239)).astype(int)  # a row's, whole levels

upright = plain + np.outer(strength, stripes)[..., None]
lying = plain + np.outer(stripes, strength)[..., None]

hr_pictures = [picture.astype(np.uint8) for picture in (plain, upright, lying)]
lr_pictures = [imresize(picture, 1 / 2) for picture in hr_pictures]

titles = ("HR, one", "HR, another", "HR, a third", "the LR of all three")
draw(*zip(titles, [*hr_pictures, lr_pictures[0]], strict=True))
plt.show()
for title, other, small in zip(titles[1:3], hr_pictures[1:], lr_pictures[1:], strict=True):
    apart = abs(other.astype(int) - plain).max()
    same = np.array_equal(small, lr_pictures[0])
    print(f"“{title}” differs from “HR, one” by up to {apart} levels. The same LR file: {same}")

# %% [markdown]
# *A cat, a cat behind a blind, a cat behind another blind. Shrunk by 2, they are one and the same
# file.*
#
# Whatever model you take, it gets the same input for all three, and gives the same answer. It can
# be right once at most. And three is nothing: the strength of each row was free.

# %%
pictures = 81**240  # a strength from −40 to 40 for each of 240 rows
print("striped pictures with this LR picture: a number of", len(str(pictures)), "digits")
print("PSNR of one bicubic answer against each HR picture, dB:")
answer = sr.upscale(lr_pictures[0], 2, "bicubic")
print([round(psnr(picture, answer, channel="y", border=2), 1) for picture in hr_pictures])

# %% [markdown]
# Super-resolution is **ill-posed**: the data does not determine the answer. What makes it possible
# all the same is that photographs are not arbitrary. Fur is likely, such blinds are not. To learn
# what is likely is the whole business of a network, and also its limit: it returns what is
# *likely*, which need not be what was *there*.
#
# ## Blind: when the degradation is unknown
#
# Usually nobody tells us $D$ and $\delta$. Super-resolution is then called **blind**, and a good
# part of it is detective work. A simple case first: somewhere in the picture there is an edge, and
# we know that it was sharp. Blur spreads it. The difference from pixel to pixel across the edge
# shows how far, and there a useful rule holds: when convolutions follow each other, their
# **variances add**. So we measure the spread, subtract what the downsampling alone would do, and
# the root of the rest is the blur's σ.

# %%
step = np.full((48, 240), 0.25)
step[:, 120:] = 0.75  # a drawn edge
secret = np.random.default_rng(6).uniform(0.8, 3.0)  # the σ to find
scale = 4
lr_edge = degrade(step, scale, blur=secret)


def spread(lr):
    """The variance, in LR pixels, of the steps along the middle row."""
    steps = np.diff(lr[len(lr) // 2])
    steps = steps / steps.sum()
    place = np.arange(len(steps))
    middle = (steps * place).sum()
    return (steps * (place - middle) ** 2).sum()


own = spread(degrade(step, scale))  # what the downsampling alone does
estimate = scale * np.sqrt(spread(lr_edge) - own)
misled = scale * np.sqrt(spread(degrade(step, scale, blur=secret, noise=2, seed=0)) - own)
print(f"true σ: {secret:.2f} pixels, estimated: {estimate:.2f}")
print(f"the same measurement under noise of 2 grey levels: {misled:.0f}")

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 2.8), layout="constrained")
for row, style, name in (
    (degrade(step, scale)[6], "o-", "downsampling alone"),
    (lr_edge[6], "s-", "with the unknown blur"),
):
    colour = "#0072b2" if style == "o-" else "#d55e00"
    left.plot(row, style, color=colour, label=name)
    right.plot(np.arange(59) + 0.5, np.diff(row), style, color=colour)
left.set(title="the edge in the LR picture", xlabel="LR pixel", ylabel="brightness", xlim=(24, 35))
right.set(title="its steps from pixel to pixel", xlabel="LR pixel", xlim=(24, 35))
left.legend(loc="lower right")
plt.show()

# %% [markdown]
# *Left: the blurred edge climbs over more pixels. Right: its steps make a wider hill; the width of
# that hill is what we measured.*
#
# Most photographs hold no edge that is known to be sharp, and a little noise is enough to spoil the
# measurement, as the second number shows. But suppose you have some guess. What does a **wrong**
# one cost? Here is a small model that needs to be told the degradation, *back-projection* (Irani
# and Peleg 1991): degrade your present guess, compare with the LR picture, enlarge the difference,
# add it, and repeat.


# %%
def shrink(image, sigma, scale=2):
    """Eq. 4 without noise: blur with σ, then downsample; σ = 0 is eq. 3."""
    return imresize(blur(image, gaussian_kernel(sigma)) if sigma else image, 1 / scale)


def back_project(lr, sigma, scale=2, rounds=12):
    guess = imresize(lr, scale)
    for _ in range(rounds):
        guess = guess + imresize(lr - shrink(guess, sigma, scale), scale)
    return guess.clip(0, 1)


face = sr.images.sample("camera")[80:208, 170:298] / 255
true_sigmas, assumed_sigmas = (0.8, 1.4, 2.0), (0, 0.8, 1.4, 2.0)
restored, table = {}, []
for true in true_sigmas:
    lr = np.round(shrink(face, true) * 255) / 255
    scores = [psnr(face, imresize(lr, 2).clip(0, 1), border=6)]
    for assumed in assumed_sigmas:
        restored[true, assumed] = back_project(lr, assumed)
        scores.append(psnr(face, restored[true, assumed], border=6))
    table.append(f"{true:<9}" + "".join(f"{score:10.1f}" for score in scores))

print("PSNR, dB            back-projection that assumes a blur of σ =")
print("true σ      bicubic" + "".join(f"{sigma or 'none':>10}" for sigma in assumed_sigmas))
print("\n".join(table))

# %%
draw(
    ("HR", 255 * face),
    ("true σ 1.4, assumed none", 255 * restored[1.4, 0]),
    ("true σ 1.4, assumed 1.4", 255 * restored[1.4, 1.4]),
    ("true σ 1.4, assumed 2.0", 255 * restored[1.4, 2.0]),
)
plt.show()

# %% [markdown]
# *Assume too little blur and the picture stays soft. Assume too much and it rings: false bright and
# dark lines run along every edge.*
#
# In each row the true σ wins, by a decibel or more. To assume no blur where there is one, as a
# method does that knows only eq. (3), gives much of the gain away; to assume too much can end far
# below plain bicubic. A network that was trained on one degradation carries that assumption in its
# weights. So methods for real pictures either estimate $\kappa$ from the picture, or train on many
# random degradations at once (BSRGAN, Zhang et al. 2021).
#
# ## What the model is asked to minimise
#
# Learning means choosing the parameters that make the answers good on examples. With
# $\arg\min_\theta$ for "the $\theta$ that makes what follows smallest":
#
# $$\hat\theta = \arg\min_\theta \; L(\hat I_y, I_y) + \lambda\, \Phi(\theta) \tag{5}$$
#
# $L$ is the **loss**, the distance between the model's answer and the truth. $\Phi$ is the
# **regularisation**: what we hold against parameters as such, before any data. $\lambda$ weighs one
# against the other. Two losses are common:
#
# $$L_1 = \frac1N \sum_i |\hat I(i) - I(i)| \qquad\qquad L_2 = \frac1N \sum_i (\hat I(i) - I(i))^2$$
#
# They differ in what they answer when several truths are possible, and we have just seen that
# several always are. Say five HR pictures fit an LR picture, and one of their pixels has these
# values:

# %%
truths = np.array([40, 50, 60, 70, 220])
answers = np.arange(256)
l1 = abs(answers[:, None] - truths).mean(axis=1)
l2 = ((answers[:, None] - truths) ** 2).mean(axis=1)

figure, axes = plt.subplots(1, 2, figsize=(9, 2.8), layout="constrained")
for axis, loss, name, colour in zip(
    axes, (l1, l2), ("$L_1$", "$L_2$"), ("#0072b2", "#d55e00"), strict=True
):
    axis.plot(answers, loss, color=colour)
    axis.plot(answers[loss.argmin()], loss.min(), "o", color=colour)
    axis.plot(truths, np.zeros(5), "k|", markersize=12)
    axis.set(title=f"{name} is least at {answers[loss.argmin()]}", xlabel="the model's answer")
plt.show()
negative = 2 * plain - upright  # the plain picture minus the stripes: the same LR picture again
print("median:", int(np.median(truths)), "  mean:", int(truths.mean()))
print(
    "“another” and its negative average to “one”:", np.array_equal((upright + negative) / 2, plain)
)

# %% [markdown]
# *The ticks are the five possible truths. $L_1$ picks the middle one, the median, 60. $L_2$ picks
# the mean, 88, which is none of them: the nearest is 18 away, and the farthest, 220, has drawn it
# there.*
#
# So the best answer under $L_2$ is the **average of all pictures that fit**. Average the striped
# cat with the cat whose stripes are exchanged, and no stripes are left: what cannot be known is
# answered by the middle. That is why results trained this way look soft, and it is no defect of the
# network. $L_2$ is PSNR's own loss; $L_1$ is less drawn to the outlier, and often trains better
# (lesson 12 compares them).
#
# ### A first model, in closed form
#
# With $L_2$, a linear model and $\Phi(\theta) = \lVert\theta\rVert^2$, eq. (5) has an exact
# solution; no training loop is needed. Let the model look at the 5 × 5 LR pixels around a place,
# and say how the four HR pixels there differ from bicubic's. That is a table $X$ of inputs, a table
# $Y$ of targets, and 25 × 4 parameters. Setting the derivative of (5) to zero gives
#
# $$\left(\tfrac1N X^\top X + \lambda\, \mathbf 1\right) \hat\theta = \tfrac1N X^\top Y$$


# %%
def examples(name):
    """Inputs X (N, 25) and targets Y (N, 4) from one photograph, at scale 2."""
    hr = sr.images.luma(sr.images.sample(name))
    hr = hr[: len(hr) // 2 * 2, : hr.shape[1] // 2 * 2]
    lr = np.round(255 * imresize(hr, 1 / 2)) / 255
    patches = np.lib.stride_tricks.sliding_window_view(lr, (5, 5)).reshape(-1, 25)
    missing = hr - imresize(lr, 2)  # what bicubic does not know
    fours = missing.reshape(lr.shape[0], 2, lr.shape[1], 2).swapaxes(1, 2)[2:-2, 2:-2]
    return patches - patches[:, [12]], fours.reshape(-1, 4)  # relative to the middle pixel


def fit(X, Y, lam):
    """The θ with the least mean squared error plus λ‖θ‖²: eq. (5), solved."""
    n = len(X)
    return np.linalg.solve(X.T @ X / n + lam * np.eye(25), X.T @ Y / n)


def gain(X, Y, theta):
    """dB gained over bicubic."""
    return 10 * np.log10((Y**2).mean() / ((Y - X @ theta) ** 2).mean())


X, Y = examples("camera")
theta = fit(X, Y, 1e-4)
slope = X.T @ (X @ theta - Y) / len(X) + 1e-4 * theta
print(
    f"{len(X):,} examples; at the solution the derivative of eq. (5) is zero:",
    np.allclose(slope, 0),
)

# %% [markdown]
# How does it do on photographs that it was not fitted to, and what does λ do? We fit twice, once to
# all examples and once to only 400 of them.

# %%
valid = [examples(name) for name in ("astronaut", "chelsea", "coffee")]
X_valid, Y_valid = (np.concatenate(tables) for tables in zip(*valid, strict=True))
few = np.random.default_rng(0).permutation(len(X))[:400]

lambdas = 10.0 ** np.arange(-7, 2)
on_few = [gain(X[few], Y[few], fit(X[few], Y[few], lam)) for lam in lambdas]
few_on_new = [gain(X_valid, Y_valid, fit(X[few], Y[few], lam)) for lam in lambdas]
all_on_new = [gain(X_valid, Y_valid, fit(X, Y, lam)) for lam in lambdas]

figure, axis = plt.subplots(figsize=(9, 3.6), layout="constrained")
axis.axhline(0, color="k", linewidth=1)
for gains, colour, style, name in (
    (on_few, "#e69f00", "s:", "400 examples, on themselves"),
    (few_on_new, "#d55e00", "o-", "400 examples, on other photographs"),
    (all_on_new, "#0072b2", "^--", f"all {len(X):,} examples, on other photographs"),
):
    axis.semilogx(lambdas, gains, style, color=colour, label=name)
axis.set(xlabel="λ", ylabel="dB over bicubic", ylim=(-1, 2.2))
axis.legend()
plt.show()

# %% [markdown]
# *Follow the orange-red line. On the left, λ too small: far above bicubic on its own 400 examples
# (dotted), below it on new photographs. On the right, λ too large: all parameters are pressed to
# zero, and bicubic is what remains. Between them lies a λ that helps.*

# %%
best = int(np.argmax(few_on_new))
print("dB over bicubic on other photographs")
for which, lam, found in (
    ("400 examples, smallest λ", lambdas[0], few_on_new[0]),
    ("400 examples, best λ", lambdas[best], few_on_new[best]),
    ("400 examples, largest λ", lambdas[-1], few_on_new[-1]),
    ("all examples, smallest λ", lambdas[0], all_on_new[0]),
):
    print(f"{which:<26}{lam:8.0e}{found:+8.1f}")

# %% [markdown]
# With all examples λ hardly matters, until it is too large: the data speaks for itself. And look at
# what we have: a super-resolution model, trained on one photograph by solving one equation, that
# beats bicubic on three others by about a decibel. It is one convolution, with four 5 × 5 kernels.
# Everything that follows in this course improves on it by stacking convolutions with
# nonlinearities between them.
#
# ## The data sets
#
# Examples come from data sets. These twelve are the ones that a survey of the field lists (Wang,
# Chen and Hoi 2021), and the source report after it. A few come with LR pictures beside the HR
# ones; for most you make them yourself, by eq. (3).

# %%
datasets.table()

# %% [markdown]
# In the source report's copy of this table, the keywords slipped by one row from OutdoorScene down:
# that row got PIRM's as well as its own, each row below it got the next one's, and Urban100 was
# left with none. The table above has them where they belong. You can tell without the survey: whose
# pictures are the baby, the bird and the butterfly?

# %%
printed = {  # the report's rows, from PIRM down
    "PIRM": "baby, bird, butterfly, head, woman",
    "Set5": "humans, animals, insects, flowers, vegetables, comic, slides",
    "Set14": "car, flower, fruit, human face",
    "T91": "architecture, city, structure, urban",
}
owner = {", ".join(datasets.about(name).keywords): name for name in datasets.names()}
for name, keywords in printed.items():
    print(f"printed beside {name:<6} {keywords:<62} belongs to {owner[keywords]}")

# %% [markdown]
# Set5's five files are called baby, bird, butterfly, head and woman. (The table's reference
# numbers, which go up to [50], are the survey's; the report's own list of references ends at [28].)
#
# The other columns can be checked a little as well. Multiply the mean sides, and you do not get the
# mean number of pixels. Is that a mistake?

# %%
for name in ("BSDS300", "DIV2K", "Set5"):
    d = datasets.about(name)
    print(f"{name:<8} {d.width} × {d.height} = {d.width * d.height:9,}, mean pixels {d.pixels:9,}")

d = datasets.about("BSDS300")
lying_share = (d.width - 321) / (481 - 321)
print(f"\nBSDS300: 481 × 321 = {481 * 321:,} pixels, whether it lies or stands")
print(f"481 + 321 = {481 + 321}; mean width + mean height = {d.width + d.height}")
print(f"so {lying_share:.0%} of the pictures lie, and {1 - lying_share:.0%} stand upright")

set5 = np.array([(512, 512), (288, 288), (256, 256), (280, 280), (228, 344)])
(w, h), n = set5.mean(axis=0), set5.prod(axis=1).mean()
print(f"\nSet5, from its five sizes: {w:.0f} × {h:.0f}, mean pixels {n:,.0f}")

# %% [markdown]
# It is none. The mean of a product is not the product of the means. Every BSDS picture is 481 ×
# 321, lying or upright, so its number of pixels is always the same while the mean sides lie in
# between; the figures fit exactly. So do Set5's. DIV2K too has both kinds.
#
# What a data set is **for** matters more than its size. A model that has seen the test pictures is
# tested on nothing. The trap in this list: the benchmark called B100 lies inside both BSDS sets.

# %%
datasets.table("train", "test", "use", "terms", "paper")

# %% [markdown]
# The terms are as far as we could find them; "none found" means just that, and is no permission.
# Most allow research and teaching, and little else. A model for sale needs other pictures.
#
# ## Where super-resolution is used
#
# - **Surveillance**: a face or a number plate that covers few pixels is enlarged before a person or
#   a program looks at it.
# - **Medicine**: a fine MRI scan takes long, covers little, or is noisy. A coarser one is enlarged.
# - **Streaming**: send small frames, enlarge them at the viewer's. What it saves, with JPEG as the
#   codec:


# %%
def jpeg_bytes(image):
    file = BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=80)
    return file.tell()


coffee = sr.images.sample("coffee")
half = imresize(coffee, 1 / 2)
share = jpeg_bytes(half) / jpeg_bytes(coffee)
print(f"pixels to send: {half.size / coffee.size:.2f} of all; bytes to send: {share:.1f} of all")

# %% [markdown]
# In the third case a mistake costs some quality. In the first two it may cost a person dearly. You
# have built three pictures with one LR picture; a model would have handed you one of them, or none.
# **An SR picture is a guess, not evidence.** The evidence is the LR picture, and what it does not
# hold cannot be read off its enlargement, however sharp that looks.
#
# ## The families of methods
#
# A map of what lies ahead. It has two questions in it: *where* is the picture enlarged, and *what*
# is the network made of? A method answers both, so most belong to more than one family.
#
# | family | idea | path | example | lesson |
# |:--|:--|:--|:--|:--|
# | pre-upsampling | enlarge first, then repair | LR → bicubic → network | SRCNN | 08 |
# | post-upsampling | work small, enlarge last | LR → network → enlarge | FSRCNN | 09 |
# | multi-stage | work small, enlarge, work large | network → enlarge → network | BTSRN | 10 |
# | residual | learn only what to add | any | SRResNet, EDSR | 05, 12 |
# | recursive | apply the same layers again and again | any | DRCN | the cell below |
# | attention | learn which features to let through | any | SelNet | 11 |
# | generative | give one likely picture, not the average | any | SRGAN | none |
#
# Two of these ideas are already countable. Working before the enlargement saves work by the square
# of the scale; applying one layer many times saves parameters, and no work.

# %%
width, height, layers = 1280, 720, 16  # the SR picture; 3 × 3 layers, 64 → 64 channels
for name, scale in (("pre-upsampling", 1), ("post-upsampling, ×2", 2), ("post-upsampling, ×4", 4)):
    work = layers * conv_multiply_adds(height // scale, width // scale, 64, 64, 3)
    print(f"{name:<20} {work / 1e9:7.1f} billion multiply-adds for {layers} layers")
print(f"{layers} layers of their own: {layers * conv_parameters(64, 64, 3):9,} parameters")
print(f"one layer, {layers} times:  {conv_parameters(64, 64, 3):9,} parameters")

# %% [markdown]
# ## What the source report says
#
# Its sections 1.1, 1.2, 1.5 and 1.6, statement by statement, measured just now.

# %%
claims.table("1.1", "1.2", "1.5", "1.6")

# %% [markdown]
# ## Exercises
#
# ### 1. Degrade
#
# Write eq. (4) as a function, from the parts `blur` and `imresize`. `hr` holds floats from 0 to 1,
# `kernel` is a table as `gaussian_kernel` gives it; `noise` is ς in grey levels of 255; draw the
# noise from `random`, a NumPy generator. Clip the result to 0 … 1.


# %%
def my_degrade(hr, kernel, scale, noise, random):
    pass  # your lines here


check("06-degrade", my_degrade)

# %% [markdown]
# <details><summary>Solution: 06-degrade</summary>
#
# ```python
# def my_degrade(hr, kernel, scale, noise, random):
#     lr = imresize(blur(hr, kernel), 1 / scale)
#     lr = lr + random.normal(0, noise / 255, lr.shape)
#     return lr.clip(0, 1)
# ```
#
# </details>
#
# ### 2. How many?
#
# A grey picture of `height` × `width` pixels is shrunk by `scale` (which divides both sides). Both
# it and its LR picture have `levels` grey levels. How many HR pictures are there for each LR
# picture, on average? Python's whole numbers are as long as they need to be.


# %%
def how_many(height, width, scale, levels=256):
    pass  # your lines here


check("06-how-many", how_many)

# %% [markdown]
# <details><summary>Solution: 06-how-many</summary>
#
# ```python
# def how_many(height, width, scale, levels=256):
#     hr_pixels = height * width
#     lr_pixels = (height // scale) * (width // scale)
#     return levels ** (hr_pixels - lr_pixels)
# ```
#
# </details>
#
# ### 3. A twin
#
# Make another picture that has the same LR picture as `photo` at scale **3**, bit for bit, and
# differs from it by at least 5 grey levels on average. It has the photograph's shape and type,
# `uint8`. The pattern for scale 2 was 1, −1, −1, 1. What must hold around the centre of each LR
# pixel now, and from one to the next?

# %%
photo = np.clip(sr.images.sample("camera")[60:252, 120:312], 40, 215)
pair = photo, photo  # put your twin in the second place

check("06-twin", pair)

# %% [markdown]
# <details><summary>Solution: 06-twin</summary>
#
# ```python
# photo = np.clip(sr.images.sample("camera")[60:252, 120:312], 40, 215)
# pattern = np.tile([1, 0, -1, -1, 0, 1], 32)
# pair = photo, (photo.astype(int) + 30 * pattern).astype(np.uint8)
# ```
#
# Within an LR pixel's three HR pixels the pattern is antisymmetric, and the next three have the
# opposite sign, so that the mirrored border fits too.
#
# </details>
#
# ### 4. What to train on
#
# You will report your results on Set5, Set14, B100 and Urban100. Choose at least 1,000 training
# pictures from the registry, none of them a test picture and none of them twice: a dictionary from
# a data set's name to how many of its pictures you take. `datasets.about(name)` knows the rest.

# %%
training = {}

check("06-training-set", training)

# %% [markdown]
# <details><summary>Solution: 06-training-set</summary>
#
# ```python
# training = {"DIV2K": 800, "BSDS500": 400}
# ```
#
# DIV2K's other 200 pictures are for validation and test, BSDS500's other 100 are B100, and BSDS300
# is contained in BSDS500.
#
# </details>
#
# ## Key points
#
# - An LR picture is a degraded HR picture, $(I_y \otimes \kappa)\!\downarrow_s + n_\varsigma$.
#   Which blur and which noise is usually unknown, and a wrong assumption costs decibels.
# - Many HR pictures have the same LR picture. A model picks the likely one, or the average of all.
# - It is chosen by $\arg\min_\theta L + \lambda\Phi(\theta)$, on pictures that no test contains.
#
# **Next** [07 · Interpolation](07_interpolation.ipynb)
#
# ## References
#
# - Z. Wang, J. Chen and S. C. H. Hoi, *Deep learning for image super-resolution: a survey*, IEEE
#   TPAMI, 2021, arXiv:1902.06068.
# - M. Irani and S. Peleg, *Improving resolution by image registration*, CVGIP: Graphical Models and
#   Image Processing, 1991.
# - K. Zhang, J. Liang, L. Van Gool and R. Timofte, *Designing a practical degradation model for
#   deep blind image super-resolution*, ICCV 2021, arXiv:2103.14006.
# - J. Kim, J. K. Lee and K. M. Lee, *Deeply-recursive convolutional network for image
#   super-resolution*, CVPR 2016, arXiv:1511.04491.
# - C. Ledig et al., *Photo-realistic single image super-resolution using a generative adversarial
#   network*, CVPR 2017, arXiv:1609.04802.
