# %% [markdown]
# # 07 · Interpolation
#
# A picture twice as wide and high has four times as many pixels: four numbers are to be made from
# one that was measured. Interpolation mixes each of them from the measured numbers nearby, by the
# same few weights everywhere. It is what every viewer does when you zoom in, and the mark that
# every network has to beat.
#
# **You will be able to**
#
# - say where a pixel of the large picture lies in the small one, and what half a pixel costs;
# - write nearest-neighbour, bilinear and bicubic interpolation, as one formula with three kernels;
# - measure how much of a reduced picture they bring back, and show what they cannot.
#
# **Time** about 40 minutes · **Before this** [06 · The problem](06_the_problem.ipynb)

# %%
import timeit

import matplotlib.pyplot as plt
import numpy as np
import torch

import srcourse as sr
from srcourse import claims, results
from srcourse.classroom import check
from srcourse.metrics import evaluate, make_lr, psnr
from srcourse.resampling import cubic_kernel, imresize, modcrop
from srcourse.widgets import Predict, ScaleExplorer

# %% [markdown]
# ## Predict first
#
# A grey picture has an edge: all pixels on its left are 50, all on its right 200. Bicubic
# interpolation makes it four times as large.

# %%
edge = np.tile(np.repeat([50.0, 200.0], 8), (16, 1))

# %%
Predict(
    "07-edge",
    "How bright is the brightest pixel of the large picture?",
    choices=("a little less than 200", "200", "more than 200"),
    answer=lambda: "more than 200" if sr.resampling.bicubic(edge, 4).max() > 200 else "200",
    because="Some of bicubic's weights are negative: it adds contrast that was not there.",
)

# %% [markdown]
# ## Where a pixel lies
#
# A pixel is a small square, and its number belongs to the square's *centre*. Counted in pixels from
# the picture's left edge, the centre of pixel $i$ is at $i + \tfrac12$. Make the picture $s$ times
# as wide, and the place $i + \tfrac12$ of the large picture is the place $(i + \tfrac12)/s$ of the
# small one. Its pixels are counted by their centres again, so half a pixel goes off:
#
# $$x(i) = \frac{i + \tfrac12}{s} - \tfrac12$$


# %%
def position(i, scale):
    return (i + 0.5) / scale - 0.5


print("×2:", position(np.arange(6), 2))
print("×3:", position(np.arange(6), 3).round(2))

# %% [markdown]
# The first pixel of the large picture lies *before* the centre of the small picture's first one.
# That looks odd, and many a program computes $i/s$ instead. Draw both, at ×3:

# %%
ways = {"(i + ½)/s − ½": position, "i/s": lambda i, scale: i / scale}


def row_of_pixels(axis, centres, width, bottom, colour):
    for number, x in enumerate(centres):
        corner = (x - width / 2, bottom)
        axis.add_patch(plt.Rectangle(corner, width, 0.6, facecolor=colour, edgecolor="black"))
        axis.text(x, bottom + 0.3, number, ha="center", va="center")


figure, axes = plt.subplots(1, 2, figsize=(11, 2.2), layout="constrained", sharey=True)
for axis, (name, where) in zip(axes, ways.items(), strict=True):
    place = where(np.arange(12), 3)
    row_of_pixels(axis, range(4), 1, 0, "#cfe8f5")
    row_of_pixels(axis, place, 1 / 3, 1, "#f6dfae")
    axis.vlines(place, 0.52, 1, color="#0072b2")
    axis.set(xlim=(-0.7, 4), ylim=(-0.1, 1.7), yticks=[], title=name)
    axis.set_xlabel("place in the small picture")
plt.show()

# %% [markdown]
# *Below, four pixels of the small picture; above, the twelve that they become. On the left the two
# cover the same ground. On the right everything is read too far to the right, and the last pixel
# lies outside.*
#
# How far? By $i/s - x(i) = (s - 1)/2s$ of a small pixel, which is $(s - 1)/2$ pixels of the large
# picture: half a pixel at ×2, a whole one at ×3, one and a half at ×4. We shall measure below what
# that costs.
#
# ## One formula, three kernels
#
# Along one line, each new pixel is a weighted sum of the old ones. The weight depends on one thing,
# how far the old pixel lies from the new one's place:
#
# $$O(i) = \sum_j k\big(x(i) - j\big)\, I(j)$$
#
# The function $k$ is the interpolation's **kernel**. Choose a box, a triangle or a cubic curve, and
# you have nearest-neighbour, linear or cubic interpolation.


# %%
def box(x):
    return np.where((x >= -0.5) & (x < 0.5), 1.0, 0.0)


def triangle(x):
    return np.maximum(0.0, 1 - np.abs(x))


def keys(x, a=-0.5):
    x = np.abs(x)
    near = (a + 2) * x**3 - (a + 3) * x**2 + 1
    far = a * x**3 - 5 * a * x**2 + 8 * a * x - 4 * a
    return np.where(x <= 1, near, np.where(x < 2, far, 0.0))


kernels = {
    "nearest": box,
    "bilinear": triangle,
    "bicubic, a = −0.5": keys,
    "bicubic, a = −0.75": lambda x: keys(x, -0.75),
}
looks = [("#0072b2", ":"), ("#e69f00", "--"), ("#009e73", "-"), ("#cc79a7", "-.")]

distance = np.linspace(-2.5, 2.5, 1001)
figure, axis = plt.subplots(figsize=(8, 3.2), layout="constrained")
for (name, kernel), (colour, dash) in zip(kernels.items(), looks, strict=True):
    axis.plot(distance, kernel(distance), color=colour, linestyle=dash, linewidth=2, label=name)
axis.axhline(0, color="grey", linewidth=0.8)
axis.set(xlabel="distance in pixels of the small picture", ylabel="weight")
axis.legend()
plt.show()

# %% [markdown]
# *The three kernels, the cubic one twice. All are 1 at distance 0 and 0 at distances 1 and 2 (the
# box is 0 from ½ on): where a new pixel falls on an old one, it copies it. Only the cubic ones go
# below zero.*
#
# The weights of each new pixel sum to 1, wherever it lies. An even grey therefore stays as it is.

# %%
anywhere = np.linspace(0, 1, 1001)
for name, kernel in kernels.items():
    sums = sum(kernel(anywhere - j) for j in range(-2, 4))
    lowest = kernel(distance).min()
    print(f"{name:<20} sum {sums.min():.6f} to {sums.max():.6f}, lowest weight {lowest:6.3f}")

# %% [markdown]
# ### Nearest neighbour
#
# In a picture the place of a new pixel has two coordinates, $y$ down and $x$ across. The simplest
# answer is the pixel in whose square it falls.


# %%
def nearest_pixel(image, y, x):
    return image[int(np.floor(y + 0.5)), int(np.floor(x + 0.5))]


# %% [markdown]
# ### Bilinear
#
# Take the 2 × 2 pixels around the place. Mix each of the two rows linearly, then mix the two
# results, again linearly.


# %%
def bilinear_pixel(image, y, x):
    r, c = int(np.floor(y)), int(np.floor(x))
    v, u = y - r, x - c
    upper = (1 - u) * image[r, c] + u * image[r, c + 1]
    lower = (1 - u) * image[r + 1, c] + u * image[r + 1, c + 1]
    return (1 - v) * upper + v * lower


# %% [markdown]
# The source report calls the result a *quadratic* interpolation. Two linear steps, and something
# quadratic? Multiply it out, with $I_{rc}$ for the four pixels:
#
# $$I_{00} + (I_{01} - I_{00})\,u + (I_{10} - I_{00})\,v + (I_{00} - I_{01} - I_{10} + I_{11})\,uv$$
#
# Along a row or a column only one of $u$ and $v$ changes: a straight line. On a diagonal both do,
# and the last term becomes a parabola. That one product $uv$ is all that is quadratic about it;
# $u^2$ and $v^2$ never occur. It is the product of two linear interpolations, and that is what
# *bilinear* says.

# %%
four = np.array([[10.0, 50.0], [200.0, 0.0]])
t = np.linspace(0, 0.9999, 101)  # at 1 the next four pixels take over
figure, axes = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained", width_ratios=(1, 1.6))
surface = [[bilinear_pixel(four, v, u) for u in t] for v in t]
axes[0].contourf(t, t, surface, levels=12, cmap="gray")
axes[0].set(xlabel="u", ylabel="v", title="between four pixels", aspect="equal", ylim=(1, 0))
for name, v, colour, dash in (
    ("along a row, v = 0.25", np.full(101, 0.25), "#e69f00", "--"),
    ("along the diagonal, u = v", t, "#56b4e9", "-"),
):
    look = {"color": colour, "linestyle": dash, "linewidth": 2}
    axes[0].plot(t, v, **look)
    axes[1].plot(
        t, [bilinear_pixel(four, *place) for place in zip(v, t, strict=True)], **look, label=name
    )
axes[1].set(xlabel="u", ylabel="grey level")
axes[1].legend()
plt.show()

# %% [markdown]
# *Between the pixels 10, 50, 200 and 0. Follow the two lines on the left in the plot on the right:
# the row is straight, the diagonal bends.*

# %%
u, v = 0.3, 0.8  # (1 − v, v) · I · (1 − u, u)ᵀ
product = np.array([1 - v, v]) @ four @ np.array([1 - u, u])
print("as a product of two:", np.isclose(product, bilinear_pixel(four, v, u)))
quarters = (0, 0.25, 0.5, 0.75)
for name, along in (("row", lambda s: (0.25, s)), ("diagonal", lambda s: (s, s))):
    steps = np.diff([bilinear_pixel(four, *along(s)) for s in quarters])
    print(f"steps of a quarter along the {name}: {steps}")

# %% [markdown]
# ### Bicubic
#
# Now 4 × 4 pixels count, each by the kernel of its distance down times the kernel of its distance
# across. The kernel is that of Keys (1981). He asked for two cubic pieces that pass through the
# samples and meet smoothly; that settles everything but one number, the slope $a$ at distance 1:
#
# $$k(x) = \begin{cases}
# (a+2)|x|^3 - (a+3)|x|^2 + 1 & |x| \le 1 \\
# a|x|^3 - 5a|x|^2 + 8a|x| - 4a & 1 < |x| < 2 \\
# 0 & \text{else}
# \end{cases}$$
#
# You have seen it as code above: `keys`.


# %%
def bicubic_pixel(image, y, x, a=-0.5):
    r, c = int(np.floor(y)), int(np.floor(x))
    total = 0.0
    for i in range(r - 1, r + 3):
        for j in range(c - 1, c + 3):
            total += keys(y - i, a) * keys(x - j, a) * image[i, j]
    return float(total)


print("keys is the course's cubic_kernel:", np.allclose(keys(distance), cubic_kernel(distance)))


# %% [markdown]
# ## A whole picture: two matrices
#
# Since the weight is a product, of one factor for $y$ and one for $x$, the whole picture can be
# enlarged along one axis first and along the other afterwards. Each time it is a matrix product:
# row $i$ of the matrix holds the weights with which the new pixel $i$ mixes the old ones. Beyond
# the border the picture is continued as in a mirror.


# %%
def matrix(n, scale, kernel, where=position):
    place = where(np.arange(scale * n), scale)
    mirror = np.pad(np.eye(n), [(2, 2), (0, 0)], mode="symmetric")
    return kernel(place[:, None] - np.arange(-2, n + 2)) @ mirror


def enlarge(image, scale, kernel, where=position):
    rows, cols = (matrix(n, scale, kernel, where) for n in image.shape[:2])
    return np.einsum("yr,xc,rc...->yx...", rows, cols, image, optimize=True)


matrix(4, 2, triangle)

# %% [markdown]
# Four pixels become eight: each row mixes two neighbours, ¾ of the nearer and ¼ of the farther one.
# The same with `keys` has four numbers in a row. Do the matrices agree with the code for one pixel,
# with the functions that the course uses from here on, and with torch?

# %%
small = imresize(sr.images.sample("camera"), 1 / 8).astype(float)
rows, cols = range(60, 70), range(60, 90)
for method, one_pixel, kernel in (
    ("nearest", nearest_pixel, box),
    ("bilinear", bilinear_pixel, triangle),
    ("bicubic", bicubic_pixel, keys),
):
    large = enlarge(small, 3, kernel)
    singly = [[one_pixel(small, position(r, 3), position(c, 3)) for c in cols] for r in rows]
    one = np.allclose(large[60:70, 60:90], singly)
    course = np.allclose(large, imresize(small, 3, method=method))
    print(f"{method:<9} one pixel at a time: {one}, the course's imresize: {course}")

inside = np.s_[8:-8, 8:-8]  # torch repeats the edge pixel, the course mirrors the border
for name, kernel in list(kernels.items())[1:]:
    theirs = torch.nn.functional.interpolate(
        torch.tensor(small)[None, None], scale_factor=3, mode=name.split(",")[0]
    )[0, 0].numpy()
    print(f"{name:<20} torch: {np.allclose(enlarge(small, 3, kernel)[inside], theirs[inside])}")

# %% [markdown]
# Bicubic agrees with torch only in the last line: torch (and OpenCV) take $a = -0.75$. MATLAB and
# Pillow take $-0.5$, and so do the papers' tables. Two programs that both say "bicubic" need not
# mean the same.
#
# ## The lost half pixel
#
# Back to the bug: the same matrices, with $i/s$ for the place. We try it on six photographs that
# come with the course, by the field's protocol: reduce, enlarge, compare by PSNR. The cell
# computes, and does not tell yet; guess before you go on.

# %%
names = ("astronaut", "chelsea", "coffee", "rocket", "camera", "brick")
photos = {name: sr.images.sample(name) for name in names}


def as_pixels(values):
    return np.clip(np.floor(values + 0.5), 0, 255).astype(np.uint8)


def protocol(upscaler, scale):
    """The mean PSNR over the photographs."""
    return evaluate(upscaler, photos.items(), scale)["mean"]["psnr"]


def read_at(where):
    return lambda lr, scale: as_pixels(enlarge(lr, scale, keys, where))


bicubic_psnr = {scale: protocol(read_at(position), scale) for scale in (2, 3, 4)}
shifted_psnr = {scale: protocol(read_at(ways["i/s"]), scale) for scale in (2, 3, 4)}

# %%
Predict(
    "07-half-pixel",
    "How much does bicubic lose at ×2, where its places are off by half a pixel of the result?",
    choices=("about 0.1 dB", "about 0.5 dB", "more than 2 dB"),
    answer=lambda: "more than 2 dB" if bicubic_psnr[2] - shifted_psnr[2] > 2 else "about 0.5 dB",
    because="PSNR compares pixel with pixel, and forgives nothing that has moved.",
)

# %%
nearest_psnr = {s: protocol(lambda lr, s: sr.upscale(lr, s, "nearest"), s) for s in (2, 3, 4)}
print("PSNR    bicubic   with i/s   it loses   has moved by   nearest, without the bug")
for scale in (2, 3, 4):
    right, shifted = bicubic_psnr[scale], shifted_psnr[scale]
    print(
        f"×{scale} {right:12.2f} {shifted:10.2f} {right - shifted:10.2f}"
        f" {(scale - 1) / 2:>7} pixels {nearest_psnr[scale]:15.2f}"
    )

lr = make_lr(photos["camera"], 3).astype(float)
right, shifted = enlarge(lr, 3, keys), enlarge(lr, 3, keys, ways["i/s"])
print(
    "at ×3 it is the right picture, one pixel up and left:",
    np.allclose(shifted[:-1, :-1], right[1:, 1:]),
)

# %% [markdown]
# By eye, nobody would notice half a pixel. By PSNR, bicubic with the bug falls below nearest
# neighbour without it. Wherever a bicubic baseline looks strangely weak, look for the half pixel
# first.

# %%
crop = np.s_[90:180, 180:290]
original = modcrop(photos["camera"], 3).astype(float)
figure, axes = plt.subplots(1, 4, figsize=(11, 2.6), layout="constrained")
for axis, name, picture in zip(axes, ("bicubic", "with i/s"), (right, shifted), strict=False):
    axis.imshow(picture[crop], cmap="gray", vmin=0, vmax=255)
    axis.set_title(name)
for axis, name, picture in zip(axes[2:], ("bicubic", "with i/s"), (right, shifted), strict=True):
    axis.imshow((original - picture)[crop], cmap="gray", vmin=-100, vmax=100)
    axis.set_title(f"original − {name}")
for axis in axes:
    axis.axis("off")
plt.show()

# %% [markdown]
# *The two enlargements on the left look alike. On the right, what they miss of the original, with
# grey for nothing: with i/s every edge is bright on one side and dark on the other, as in a relief.
# That is what a shift looks like.*
#
# ## Live: three methods under one zoom
#
# The photograph is reduced as the protocol does it and enlarged again. Drag one picture and all of
# them move.

# %%
ScaleExplorer("astronaut", scale=3, zoom=4, row=50, col=97)

# %% [markdown]
# **Try**
#
# - Go to the eyes at zoom 8. What does each method make of a single dark pixel?
# - Move *Bicubic's a* from −0.5 to −1.5, and watch its curve, its picture and its PSNR. Then to 0:
#   what does the curve look like, and which method does the picture resemble?
# - Take *brick* at ×2. Which method comes second?
# - Take *small_text*, and go from ×2 to ×4. Up to which line can you still read?
#
# **Notice** that the highest PSNR is not always at $a = -0.5$, and that a picture may look crisper
# and score lower.
#
# ## Why bicubic overshoots
#
# Bilinear's weights are all positive and sum to 1: the result is a mean, and lies between its
# pixels. Bicubic subtracts a little of the pixels farther away. Beside an edge that makes the
# bright side brighter and the dark side darker, just as the kernel *sharpen* of lesson 03 did. Here
# is the edge of the prediction.

# %%
place = position(np.arange(8 * 16), 8)
figure, axis = plt.subplots(figsize=(9, 3.2), layout="constrained")
for (name, kernel), (colour, dash) in zip(kernels.items(), looks, strict=True):
    line = enlarge(edge, 8, kernel)[0]
    axis.plot(place, line, color=colour, linestyle=dash, linewidth=2, label=name)
axis.plot(edge[0], "o", color="black", markersize=5, label="pixels of the small picture")
axis.set(xlim=(3.5, 11.5), xlabel="place in the small picture", ylabel="grey level")
axis.legend(loc="upper left")
plt.show()

# %% [markdown]
# *The edge from 50 to 200. Nearest keeps the jump, bilinear draws a ramp, bicubic a steeper ramp
# with a dip before it and a bump behind.*

# %%
for name, kernel in kernels.items():
    large = enlarge(edge, 4, kernel)
    print(f"{name:<20} from {large.min():6.1f} to {large.max():6.1f}")

large = enlarge(make_lr(photos["astronaut"], 3), 3, keys)
beyond = np.mean((large < 0) | (large > 255))
print(f"astronaut ×3, bicubic: {large.min():.0f} to {large.max():.0f}, {beyond:.1%} beyond 0–255")

# %% [markdown]
# What lies beyond 0 and 255 is cut off when the picture is stored. No original holds such values.
#
# ### Does it sharpen? And what are "artifacts"?
#
# The source report says that bicubic gives "smoother results with fewer artifacts". That can be
# measured. Take a wave of a known period, enlarge it four times, and compare with the same wave
# drawn finely. What is left of it is the part **kept**. All the rest was never in the picture:
# **made up**.

# %%
n, scale = 48, 4
print("period in pixels:         12             6             4             3")
for name, kernel in kernels.items():
    cells = []
    for period in (12, 6, 4, 3):
        wave = np.cos(2 * np.pi * (np.arange(n) + 0.5) / period)
        fine = np.cos(2 * np.pi * (position(np.arange(scale * n), scale) + 0.5) / period)
        large = matrix(n, scale, kernel) @ wave
        kept = 2 * np.mean(large * fine)
        made_up = np.sqrt(2 * np.mean((large - kept * fine) ** 2))
        cells.append(f"{kept:5.0%} + {made_up:4.0%}")
    print(f"{name:<20}", "  ".join(cells))

# %% [markdown]
# Read a cell as kept + made up. By this measure the report is right: at every period bicubic with
# $a = -0.5$ makes up less than bilinear, and far less than nearest. It also keeps more of the fine
# waves than bilinear does, and so looks sharper. With $a = -0.75$ a wave of six pixels even comes
# out *larger* than it was.
#
# ### Which $a$?
#
# Keys chose $-\tfrac12$ for a reason. Only there does the kernel reproduce every parabola exactly,
# so on smooth pictures its error falls fastest as the pixels get finer.

# %%
j = np.arange(20.0)
for a in (-0.25, -0.5, -0.75, -1.0):
    wrong_by = [np.sum(keys(x - j, a) * j**2) - x**2 for x in (9.25, 9.5, 9.75)]
    print(f"a = {a:5}: x² is wrong by {np.max(np.abs(wrong_by)):.3f}")

# %% [markdown]
# But our small pictures are not samples of smooth functions. They were reduced, and reducing blurs.
# A kernel that sharpens a little takes some of that back. Which $a$ gives the highest PSNR?

# %%
slopes = np.round(np.arange(-1.6, 0.01, 0.2), 2)
some = [(name, photos[name]) for name in ("chelsea", "camera", "brick")]


def with_slope(a):
    return lambda lr, scale: imresize(lr, scale, a=a)


figure, axis = plt.subplots(figsize=(8, 3.2), layout="constrained")
for scale, colour, mark in ((2, "#0072b2", "o"), (3, "#e69f00", "s"), (4, "#009e73", "^")):
    curve = [evaluate(with_slope(a), some, scale)["mean"]["psnr"] for a in slopes]
    standard = evaluate(with_slope(-0.5), some, scale)["mean"]["psnr"]
    axis.plot(slopes, np.array(curve) - standard, color=colour, marker=mark, label=f"×{scale}")
    best = slopes[np.argmax(curve)]
    print(f"×{scale}: the best of these is a = {best}, by {max(curve) - standard:.2f} dB over −0.5")
axis.axhline(0, color="grey", linewidth=0.8)
axis.axvline(-0.5, color="grey", linewidth=0.8)
axis.set(xlabel="a", ylabel="dB over a = −0.5", ylim=(-1.2, 0.6))
axis.legend()
plt.show()

# %% [markdown]
# *PSNR over the parameter, on three photographs, the LR picture made by the protocol each time. The
# grey cross is the field's standard. Look where each curve has its top.*
#
# So the standard bicubic of the tables is not the best bicubic. A network that beats it by no more
# than this may have learned nothing but to sharpen.
#
# ## What it costs
#
# The report calls bicubic's speed "much lower". Count the multiplications for one pixel of the
# result. Directly, each of the kernel's pixels needs one. In two passes, the first makes only $1/s$
# of the pixels, so it takes $k/s + k$ for a kernel over $k$ pixels.

# %%
print("                direct   two passes at ×2   at ×4")
for name, k in (("nearest", 1), ("bilinear", 2), ("bicubic", 4)):
    print(f"{name:<12}{k * k:>10}{k / 2 + k:>19}{k / 4 + k:>8}")

picture = photos["camera"].astype(np.float32)


def seconds(method):
    return min(timeit.repeat(lambda: imresize(picture, 2, method=method), number=1, repeat=7))


ratio = seconds("bicubic") / seconds("nearest")
print("bicubic takes longer than nearest:", ratio > 1)
print("16 times as long, as the direct count has it:", ratio > 16)

# %% [markdown]
# Nearest does not even multiply; it copies. Bicubic, written in two passes, does twice bilinear's
# work, and neither is much. How long it takes on your machine depends on more than the count: on
# how often the picture travels through memory, on the number type, on threads, on who wrote the
# loop. So no times are printed here. Measure your own.
#
# ## Shrinking: the other half
#
# To make the small picture, the same formula runs with $s < 1$. But now a kernel of 4 × 4 pixels
# *skips* most of the picture. What it skips does not vanish; it comes back in another shape. The
# zone plate shows it: rings that get finer outwards.

# %%
plate = sr.images.sample("zone_plate")
reduced = {
    "every third pixel": imresize(plate, 1 / 3, antialias=False),
    "antialiased": imresize(plate, 1 / 3),
}
figure, axes = plt.subplots(1, 3, figsize=(10.5, 3.8), layout="constrained")
axes[0].imshow(plate, cmap="gray", vmin=0, vmax=255)
axes[0].set_title("zone plate, 256 × 256")
for axis, (name, picture) in zip(axes[1:], reduced.items(), strict=True):
    axis.imshow(picture, cmap="gray", vmin=0, vmax=255)
    axis.set_title(f"a third of the size, {name}")
for axis in axes:
    axis.axis("off")
plt.show()

# %% [markdown]
# *In the middle: new centres of rings, where there were none. That is **aliasing**. On the right
# the fine rings have faded into grey before the pixels were taken.*
#
# A wave needs at least two pixels (Nyquist's limit). At a third of the size those are six pixels of
# the large picture. Everything finer has to be averaged away first, or it poses as something
# coarser. **Antialiasing** does that: it makes the kernel wider by the same factor, here 12 pixels
# instead of 4.

# %%
y, x = np.mgrid[0:86, 0:86] * 3 + 1 - 127.5
wave = 256 / (0.8 * np.maximum(np.hypot(y, x), 1))  # the period of the rings there, in pixels
finer = wave < 5
print(
    f"where the rings are finer than 5 pixels, {finer.mean():.0%} of the picture, should be grey:"
)
for name, picture in reduced.items():
    print(f"   {name:<18} standard deviation {picture[finer].std():5.1f}")

# %% [markdown]
# ### What leaving it out does to PSNR
#
# Most tables of super-resolution rest on antialiased LR pictures. A program that forgets it
# (OpenCV's `INTER_CUBIC` and torch's `interpolate` do not antialias unless asked) solves another
# problem:


# %%
def psnr_of(photo, scale, antialias, a=-0.5):
    """There and back by bicubic, as the protocol has it but for `antialias` and `a`."""
    hr = modcrop(photo, scale)
    back = imresize(imresize(hr, 1 / scale, antialias=antialias, a=a), scale, a=a)
    return psnr(hr, back, channel="y", border=scale)


def print_row(label, values, form=">11"):
    print(f"{label:<24}" + "".join(f"{value:{form}}" for value in values))


print_row("change in PSNR, dB", (*names, "mean"))
for label, a in (("not antialiased", -0.5), ("and with a = −0.75", -0.75)):
    for scale in (2, 3, 4):
        change = [psnr_of(p, scale, False, a) - psnr_of(p, scale, True) for p in photos.values()]
        print_row(f"{label:<20} ×{scale}", (*change, np.mean(change)), ">11.2f")

# %% [markdown]
# At ×2 it *raises* PSNR on all six, at ×3 and ×4 all but the bricks lose. Where do the LR pixels
# come from? Without antialiasing, one of them is mixed along a line like this:

# %%
for scale in (2, 3, 4):
    pixels, mix = sr.resampling.weights(24, 24 // scale, 1 / scale, cubic_kernel, 4.0, False)
    used = ", ".join(f"{w:.4g} × pixel {i}" for i, w in zip(pixels[2], mix[2], strict=True))
    first, last = 2 * scale, 3 * scale - 1
    print(f"×{scale}: LR pixel 2 stands for HR pixels {first} to {last}, and is {used}")

# %% [markdown]
# At ×2 and at ×4 an LR pixel lies halfway between two HR pixels, and the mix is the same: nearly
# all its weight lies on these two. At ×2 they are all that the pixel stands for. That is sharper
# than antialiasing, and aliases little. At ×4 it stands for four, and the outer two hardly count,
# so what is fine in them comes back as aliasing. At ×3 it falls right upon one HR pixel, takes that
# one alone, and loses most.
#
# None of this makes bicubic a better or worse method: it is another question, and figures must not
# be compared across the two.
#
# ## How close? Two measures
#
# PSNR has been the judge so far, and it is only a formula. $L$ is the largest value a pixel can
# have, 255 here:
#
# $$\text{MSE} = \frac{1}{N} \sum_{i=1}^{N} \big(I(i) - \hat I(i)\big)^2 \qquad
# \text{PSNR} = 10 \log_{10} \frac{L^2}{\text{MSE}}$$
#
# It asks how large the errors are, not what they look like. **SSIM** (Wang and others 2004)
# compares small windows $x$ and $y$ of the two pictures: their means $\mu$, their variances
# $\sigma^2$ and their covariance $\sigma_{xy}$.
#
# $$\text{SSIM}(x, y) = \frac{(2\mu_x\mu_y + c_1)(2\sigma_{xy} + c_2)}
# {(\mu_x^2 + \mu_y^2 + c_1)(\sigma_x^2 + \sigma_y^2 + c_2)}$$
#
# The source report takes $c$ for the correlation. It is a pair of small constants,
# $c_1 = (0.01 L)^2$ and $c_2 = (0.03 L)^2$, which keep the ratio steady where a window is even.
# Both formulas as code, SSIM for one window of 11 × 11 pixels, the middle ones counting most:


# %%
def psnr_by_hand(x, y, largest=255):
    return 10 * np.log10(largest**2 / np.mean((x - y) ** 2))


def ssim_of_window(x, y, largest=255):
    weight = sr.resampling.gaussian_kernel(1.5, size=11)

    def mean(values):
        return np.sum(weight * values)

    mean_x, mean_y = mean(x), mean(y)
    var_x, var_y = mean(x**2) - mean_x**2, mean(y**2) - mean_y**2
    cov = mean(x * y) - mean_x * mean_y
    c1, c2 = (0.01 * largest) ** 2, (0.03 * largest) ** 2
    means = (2 * mean_x * mean_y + c1) / (mean_x**2 + mean_y**2 + c1)
    return means * (2 * cov + c2) / (var_x + var_y + c2)


hr = photos["camera"].astype(float)
back = imresize(imresize(hr, 1 / 2), 2)
by_course = sr.metrics.ssim_map(hr, back, data_range=255)
hair, sky = np.s_[95:106, 215:226], np.s_[40:51, 60:71]
same = np.isclose(psnr_by_hand(hr, back), psnr(hr, back, data_range=255))
print("PSNR equals the course's:", same)
for name, (rows, cols) in {"in the hair": hair, "in the sky": sky}.items():
    one = ssim_of_window(hr[rows, cols], back[rows, cols])
    same = np.isclose(one, by_course[rows.start, cols.start])
    print(f"SSIM {name}: {one:.3f}, equals the course's: {same}")
print(f"mean over all windows: {by_course.mean():.3f}")

# %% [markdown]
# SSIM is 1 for equal windows, and tells where bicubic loses most: in the fine lines of the hair.
# Neither knows what a picture is worth to you: both only compare it with another one.
#
# ## There and back
#
# Reducing and then enlarging is not the identity. How far off is it? Each method, by the protocol:

# %%
methods = ("nearest", "bilinear", "bicubic")
scores = {}
print_row("PSNR, dB", (*names, "mean"))
for scale in (2, 3, 4):
    for method in methods:
        found = evaluate(lambda lr, s, m=method: sr.upscale(lr, s, m), photos.items(), scale)
        scores[method, scale] = [row["psnr"] for row in found["images"]]
        print_row(f"×{scale} {method}", (*scores[method, scale], found["mean"]["psnr"]), ">11.2f")

for scale in (2, 3, 4):
    beaten = np.array(scores["nearest", scale]) > scores["bilinear", scale]
    print(f"×{scale}: nearest scores above bilinear on", np.array(names)[beaten].tolist() or "none")

# %% [markdown]
# Bicubic wins everywhere. That bilinear is "much better" than nearest, as the report says, holds on
# the mean; look at the rocket at ×2, where its blur costs more than the blocks do.

# %%
hr = modcrop(photos["coffee"], 4)
crop = np.s_[60:180, 330:490]
figure, axes = plt.subplots(1, 4, figsize=(11, 2.5), layout="constrained")
axes[0].imshow(hr[crop])
axes[0].set_title("original")
for axis, method in zip(axes[1:], methods, strict=True):
    axis.imshow(sr.upscale(make_lr(photos["coffee"], 4), 4, method)[crop])
    axis.set_title(f"{method} ×4")
for axis in axes:
    axis.axis("off")
plt.show()

# %% [markdown]
# *A sixteenth of the pixels, enlarged again. Follow the rim of the cup: steps, then a soft band,
# then a firmer one. The fine line around the saucer is lost in all three.*
#
# ### Beside the published figures
#
# The field's test sets are Set5 and Set14. They are not ours to ship, so this was run once, with
# `srcourse evaluate bicubic`, and recorded.

# %%
published = {"Set5": (33.66, 30.39, 28.42), "Set14": (30.23, 27.54, 26.00)}  # Dong et al. 2016
recorded = {(m["set"], m["scale"]): m["psnr"] for m in results.read("bicubic")["results"]["means"]}
print("bicubic, PSNR   recorded   published   difference")
for name, row in published.items():
    for scale, paper in zip((2, 3, 4), row, strict=True):
        ours = recorded[name, scale]
        print(f"{name:<6} ×{scale}      {ours:9.2f}   {paper:9.2f}   {ours - paper:+10.3f}")

# %% [markdown]
# Within 0.03 dB, and the rest is rounding. The papers' code takes the luma first and rounds *that*
# to 8 bits; its LR picture is never rounded at all. Ours keeps pictures that you could save: the
# colours of LR and SR are rounded, the luma is not. (Papers differ among themselves, too: some
# print 30.24 and 27.55 for Set14 at ×2 and ×3.)


# %%
def luma_first(photo, scale):
    """PSNR as the published tables have it: all on luma, rounded at the start and the end."""
    y = np.round(255 * sr.images.luma(modcrop(photo, scale)))
    back = np.clip(np.round(imresize(imresize(y, 1 / scale), scale)), 0, 255)
    error = (y - back)[scale:-scale, scale:-scale]
    return 10 * np.log10(255**2 / np.mean(error**2))


for scale in (2, 3, 4):
    change = np.mean([luma_first(p, scale) for p in photos.values()]) - bicubic_psnr[scale]
    print(f"×{scale}: luma first changes the mean by {change:+.3f} dB")

# %% [markdown]
# A few thousandths here, in the direction of Set5's difference above. If you have Set5 and Set14,
# hand their pictures to `luma_first`: it gives the published figures to the second decimal.
#
# ## What interpolation cannot do
#
# It cannot know. Lesson 06 found many originals for one LR picture; this is the plainest case. Here
# are two originals, one with a fine chequered pattern laid over it. Reduced by half, both give the
# *same* LR picture: each of its pixels averages light squares and dark ones alike. No method that
# sees only this picture can tell which of the two it came from.

# %%
first = np.clip(photos["camera"], 20, 235)
r, c = np.indices(first.shape)
second = (first + np.where((r + c) % 2, 12, -12)).astype(np.uint8)
inside = np.s_[1:-1, 1:-1]  # at the very border the pattern meets its mirror image
same = np.array_equal(make_lr(first, 2)[inside], make_lr(second, 2)[inside])
print(f"PSNR between the originals {psnr(first, second):.2f} dB, their LR pictures equal: {same}")

# %% [markdown]
# What is finer than the small picture's pixels is gone, and interpolation does not bring it back.
# The **spectrum** takes a picture apart into waves and shows this at a glance: coarse waves in its
# middle, fine ones outside.

# %%
hr = photos["camera"][:510, :510].astype(float)
back = imresize(make_lr(hr.astype(np.uint8), 3).astype(float), 3)
window = np.outer(np.hanning(510), np.hanning(510))  # else the picture's border draws a cross


def spectrum(picture):
    return np.abs(np.fft.fftshift(np.fft.fft2((picture - picture.mean()) * window)))


figure, axes = plt.subplots(1, 3, figsize=(11, 3.8), layout="constrained")
for axis, name, picture in zip(axes, ("the original", "bicubic ×3"), (hr, back), strict=False):
    shown = np.log10(spectrum(picture) + 1)
    axis.imshow(shown, cmap="gray", vmin=1, vmax=5.5, extent=(-0.5, 0.5, -0.5, 0.5))
    square = plt.Rectangle((-1 / 6, -1 / 6), 1 / 3, 1 / 3, fill=False, edgecolor="#e69f00")
    axis.add_patch(square)
    axis.set(xlabel="waves a pixel", xticks=[-0.5, 0, 0.5], yticks=[-0.5, 0, 0.5])
    axis.set_title(f"spectrum of {name}")
axes[2].imshow(hr - back, cmap="gray", vmin=-60, vmax=60)
axes[2].set_title("original − bicubic ×3")
axes[2].axis("off")
plt.show()

# %% [markdown]
# *The square holds what the small picture's pixels can carry. What bicubic shows outside it is no
# detail, but a fading repetition of the inside: the part that is made up. On the right, what is
# missing, with grey for nothing: edges, the coat's seams, the tripod. This is the picture that the
# networks of the next lessons learn to paint.*

# %%
f = np.fft.fftshift(np.fft.fftfreq(510))
outside = np.maximum(np.abs(f[:, None]), np.abs(f)) > 1 / 6
before, after = (np.sum(spectrum(p)[outside] ** 2) for p in (hr, back))
print(f"of the energy outside the square, bicubic has {after / before:.0%}")
missing = spectrum(hr - back) ** 2
print(f"of the energy that is missing, {missing[outside].sum() / missing.sum():.0%} lies outside")

# %% [markdown]
# Look at the second line: not all that is missing lies outside. Some of it was within the small
# picture's reach, weakened by the antialiasing and by the cubic kernel. A sharper kernel gets a
# part of that back, as you saw. The rest has to be *known*: how hair looks, how edges run. That is
# what learning is for.
#
# ## What the source report says
#
# Its section 1.4, statement by statement, measured just now. (Section 1.3 is lesson 13's.)

# %%
claims.table("1.4")

# %% [markdown]
# ## Exercises
#
# ### 1. The other way round
#
# Where does the centre of pixel `j` of the small picture land in the large one? Count in pixels of
# the large picture, with 0 for the centre of its first one; the answer need not be whole.


# %%
def landing(j, scale):
    pass  # your lines here


check("07-landing", landing)

# %% [markdown]
# <details><summary>Solution: 07-landing</summary>
#
# ```python
# def landing(j, scale):
#     return (j + 0.5) * scale - 0.5
# ```
#
# </details>
#
# ### 2. Bilinear in loops
#
# Enlarge a grey image (H, W) to twice its height and width, as an array (2H, 2W) of floats. Beyond
# the border, repeat the edge pixel.


# %%
def twice(image):
    pass  # your lines here


check("07-bilinear", twice)

# %% [markdown]
# <details><summary>Solution: 07-bilinear</summary>
#
# ```python
# def twice(image):
#     height, width = image.shape
#     output = np.zeros((2 * height, 2 * width))
#     for i in range(2 * height):
#         for j in range(2 * width):
#             y, x = (i + 0.5) / 2 - 0.5, (j + 0.5) / 2 - 0.5
#             r, c = int(np.floor(y)), int(np.floor(x))
#             v, u = y - r, x - c
#             rows = max(r, 0), min(r + 1, height - 1)
#             cols = max(c, 0), min(c + 1, width - 1)
#             upper = (1 - u) * image[rows[0], cols[0]] + u * image[rows[0], cols[1]]
#             lower = (1 - u) * image[rows[1], cols[0]] + u * image[rows[1], cols[1]]
#             output[i, j] = (1 - v) * upper + v * lower
#     return output
# ```
#
# </details>
#
# ### 3. Four weights
#
# A new pixel lies at the place `t`, from 0 to 1. Give the weights of the pixels −1, 0, 1 and 2, in
# this order, in bicubic interpolation with $a = -0.5$. You may use `cubic_kernel`, the course's
# `keys`.


# %%
def four_weights(t):
    pass  # your lines here


check("07-weights", four_weights)

# %% [markdown]
# <details><summary>Solution: 07-weights</summary>
#
# ```python
# def four_weights(t):
#     return cubic_kernel(t - np.array([-1, 0, 1, 2]))
# ```
#
# </details>
#
# ### 4. Find the bug
#
# This enlarges a line of samples by linear interpolation, the ends repeated. It runs, and its
# results look plausible. But the line has moved. Mend it.


# %%
def enlarge_line(line, scale):
    n = len(line)
    output = np.zeros(scale * n)
    for i in range(scale * n):
        x = (i + 0.5) / scale
        x = min(max(x, 0), n - 1)
        left = min(int(x), n - 2)
        t = x - left
        output[i] = (1 - t) * line[left] + t * line[left + 1]
    return output


check("07-find-the-bug", enlarge_line)

# %% [markdown]
# <details><summary>Solution: 07-find-the-bug</summary>
#
# ```python
# def enlarge_line(line, scale):
#     n = len(line)
#     output = np.zeros(scale * n)
#     for i in range(scale * n):
#         x = (i + 0.5) / scale - 0.5
#         x = min(max(x, 0), n - 1)
#         left = min(int(x), n - 2)
#         t = x - left
#         output[i] = (1 - t) * line[left] + t * line[left + 1]
#     return output
# ```
#
# </details>
#
# ## Key points
#
# - Pixel $i$ of the large picture lies at $(i + \tfrac12)/s - \tfrac12$ in the small one; a lost
#   half pixel costs decibels.
# - Nearest, bilinear and bicubic are one weighted sum with three kernels, along one axis and then
#   the other; bicubic's negative weights sharpen and overshoot.
# - "Bicubic" is a figure only with its $a$, its antialiasing and its rounding; what is finer than
#   the small picture's pixels, none of them brings back.
#
# **Next** [08 · SRCNN](08_srcnn.ipynb), the first network, which takes bicubic's picture and
# repairs it
#
# ## References
#
# - R. G. Keys, *Cubic convolution interpolation for digital image processing*, IEEE Transactions on
#   Acoustics, Speech, and Signal Processing 29(6), 1981.
# - P. R. Smith, *Bilinear interpolation of digital images*, Ultramicroscopy 6, 1981.
# - C. Dong, C. C. Loy, K. He and X. Tang, *Image super-resolution using deep convolutional
#   networks*, IEEE Transactions on Pattern Analysis and Machine Intelligence 38(2), 2016 (the
#   published bicubic figures).
# - Z. Wang, J. Chen and S. C. H. Hoi, *Deep learning for image super-resolution: a survey*, IEEE
#   Transactions on Pattern Analysis and Machine Intelligence 43(10), 2021, section 3.2.
