# %% [markdown]
# # Assignment 4 · PSNR, SSIM, and a PRS with an interval
#
# Three ways to judge an enlarged picture: how far its pixels are off, how much of the structure is
# left, and whether a classifier still knows what it shows. You write each of them, and then what
# hardly any table prints: how sure its numbers are.
#
# **From** lessons 13 (PSNR and SSIM), 14 (performance recovery score) and 15 (what no network
# knows) · **Time** 60 to 90 minutes · **20 points**, 16 of them by the checks in this notebook
#
# How it works:
#
# - Write where it says so. Then run the cell below your answer: it gives your points and, where
#   something is amiss, a hint. Run it as often as you like.
# - Everything here is written by hand, so a library's ready-made function earns nothing. NumPy's
#   sums, means, slices and windows are yours to use, and so is Python's `math`.
# - Two answers are written in words. Your teacher reads those.
# - Before you hand in: *Kernel → Restart Kernel and Run All Cells*.

# %%
from math import comb

import matplotlib.pyplot as plt
import numpy as np

import srcourse as sr
from srcourse.classroom import grade
from srcourse.classroom.assignments.material import two_restorations

# %% [markdown]
# ## 1. Luma (2 points)
#
# The field compares neither R nor G nor B but the luma Y, in the studio range of ITU-R BT.601,
# where black is 16 and white 235. For R, G and B from 0 to 1
#
# $$Y = 16 + 65.481\,R + 128.553\,G + 24.966\,B$$
#
# Return Y in these levels, as floats, not rounded. Pictures of `uint8`, from 0 to 255, are worth
# one point. The other is for pictures of floats, which go from 0 to 1. What tells the two apart is
# the array's `dtype`.


# %% answer="a4-luma"
def luma(image):
    """Y of an RGB picture (H, W, 3): floats from 16 to 235, (H, W)."""
    ### BEGIN SOLUTION
    rgb = image / 255 if image.dtype == np.uint8 else image
    return 16 + rgb @ np.array([65.481, 128.553, 24.966])
    ### END SOLUTION


# %% test="a4-luma"
grade("a4-luma", luma)

# %% [markdown]
# ## 2. PSNR by the protocol (3 points)
#
# Lesson 13 had the formula. Here is the whole protocol for one enlarged picture:
#
# 1. Y of both pictures, not rounded. You may call your `luma`.
# 2. Cut off a border of `scale` pixels on each side.
# 3. $10 \log_{10}(255^2 / \text{MSE})$, in decibels; infinite where the two are equal.
#
# Two points are for an `sr` of `uint8`. The third is for one as a network gives it: floats on the
# scale of 0 to 255, with values a little below 0 and beyond 255. A file of 8 bits could hold no
# such thing, so it is rounded and clipped before anything else. (NumPy's `errstate` keeps it from
# warning of a division by zero.)


# %% answer="a4-psnr"
def psnr(hr, sr, scale):
    """PSNR in dB of sr against hr, both (H, W, 3); hr is uint8."""
    ### BEGIN SOLUTION
    sr = np.clip(np.round(sr), 0, 255).astype(np.uint8)
    error = (luma(hr) - luma(sr))[scale:-scale, scale:-scale]
    with np.errstate(divide="ignore"):
        return 10 * np.log10(255**2 / np.mean(error**2))
    ### END SOLUTION


# %% test="a4-psnr"
grade("a4-psnr", psnr)

# %% [markdown]
# ## 3. SSIM (3 points)
#
# $$\text{SSIM} = \frac{(2\mu_x\mu_y + c_1)(2\sigma_{xy} + c_2)}
# {(\mu_x^2 + \mu_y^2 + c_1)(\sigma_x^2 + \sigma_y^2 + c_2)}
# \qquad c_1 = (0.01 \cdot 255)^2 \quad c_2 = (0.03 \cdot 255)^2$$
#
# The means $\mu$, the variances $\sigma^2$ and the covariance $\sigma_{xy}$ are taken in a window
# of 11 × 11 pixels and weighted by a Gaussian: a pixel at $(i, j)$ from the middle counts in
# proportion to $e^{-(i^2 + j^2) / (2 \cdot 1.5^2)}$, and all weights add up to 1.
# There is no $n - 1$ anywhere.
#
# `x` and `y` are luma, floats from 0 to 255. Pictures of 11 × 11, which are one window, are worth
# two points. In larger ones the window goes to every place where all of it fits, and the SSIM of
# the pictures is the mean.


# %% answer="a4-ssim"
def ssim(x, y):
    """The mean SSIM of two pictures (H, W), a number."""
    ### BEGIN SOLUTION
    offsets = np.arange(11) - 5
    line = np.exp(-(offsets**2) / (2 * 1.5**2))
    weight = np.outer(line, line) / line.sum() ** 2
    x, y = (np.lib.stride_tricks.sliding_window_view(p, (11, 11)) for p in (x, y))

    def mean(windows):
        return np.sum(weight * windows, axis=(2, 3))

    mean_x, mean_y = mean(x), mean(y)
    var_x, var_y = mean(x * x) - mean_x**2, mean(y * y) - mean_y**2
    cov = mean(x * y) - mean_x * mean_y
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    above = (2 * mean_x * mean_y + c1) * (2 * cov + c2)
    below = (mean_x**2 + mean_y**2 + c1) * (var_x + var_y + c2)
    return np.mean(above / below)
    ### END SOLUTION


# %% test="a4-ssim"
grade("a4-ssim", ssim)

# %% [markdown]
# ## 4. Nearer, or better? (2 points, in words)
#
# A photograph of a lawn was shrunk by 3. Two methods enlarged it again.

# %%
hr, first, second = two_restorations()
figure, axes = plt.subplots(1, 3, figsize=(8, 3), layout="constrained")
for axis, (title, picture) in zip(
    axes, {"the original": hr, "first": first, "second": second}.items(), strict=True
):
    axis.imshow(picture, cmap="gray", vmin=0, vmax=255)
    axis.set_title(title)
    axis.axis("off")
plt.show()

lr = sr.metrics.make_lr(hr, 3)
print("        PSNR, dB   SSIM   consistency, dB")
for name, picture in {"first": first, "second": second}.items():
    decibels, similar = sr.metrics.psnr(hr, picture), sr.metrics.ssim(hr, picture)
    print(f"{name:<8}{decibels:8.1f}{similar:7.2f}{sr.metrics.consistency(lr, picture, 3):18.1f}")

# %% [markdown]
# *Consistency, from lesson 15: the PSNR between the small picture and the enlarged one, shrunk
# again. From 45 dB on one calls a picture consistent.*
#
# - Which of the two looks more like a photograph of a lawn, and why do PSNR and SSIM put it last?
# - The second picture is about 3 dB worse, that is, its MSE is about twice that of the first. It
#   shows blades of grass that are as strong as the true ones, at places of their own. Why twice?
# - Which of the two would a network make that was trained by mean squared error, and why?
# - Name a use for which you would take the second picture, and one for which you must not, although
#   it is consistent.
#
# About seven sentences.

# %% scratch=true
print(sr.metrics.psnr(first, second))  # measure here what you need

# %% [markdown] written="a4-nearer" points=2
# ### BEGIN SOLUTION
# The second looks like grass, the first like a blurred photograph. Both measures compare the pixel
# here with the pixel here: a sharp blade at the wrong place is wrong twice, where it is and where
# it should be, and a smear is wrong only once. SSIM's windows do not vary together with the
# original's, so its covariance falls as well.
#
# The first picture lacks the fine detail, so its error is that detail. The second has other detail
# in its place: its error is the true detail less the invented one. The two have nothing to do with
# each other and are equally strong, so their squares add up: twice the MSE, and
# 10 · log10(2) = 3 dB.
#
# A network trained by mean squared error makes the first one. Many lawns shrink to this small
# picture, the blades in each at other places, and their mean, which has the least squared error, is
# smooth.
#
# The second may stand in an advertisement, or be the background of a film. It must not be used to
# find or to count something in it, as in a picture of evidence or a medical one: its fine detail
# was never there. Consistency does not warn, since what was invented is just what shrinking cannot
# see.
#
# **Rubric**
#
# - ½ point: the second looks more natural; both measures compare pixel with pixel (or window with
#   window) at the same place and punish detail that is misplaced.
# - ½ point: missing and invented detail are two independent errors of one size, so the MSE doubles.
# - ½ point: the first one, as the mean of all that could have been.
# - ½ point: one use of each kind, the second with the reason that the detail is made up. "It is
#   consistent, so it can be trusted" earns nothing here.
# ### END SOLUTION

# %% [markdown]
# ## 5. How sure is an accuracy? (2 points)
#
# A classifier named `right` of `n` pictures rightly. Which true rates $r$ go with that? Wilson's
# interval takes all from which the share $p = \text{right} / n$ is at most $z$ standard deviations
# away:
#
# $$|p - r| \le z \sqrt{\frac{r\,(1 - r)}{n}}$$
#
# Return its two ends. Square both sides and you have a quadratic equation for $r$; or look for the
# ends with a loop, to four decimals. Note that it is $r$ that stands under the root, and not $p$.
# The second point is for other values of $z$.


# %% answer="a4-wilson"
def wilson(right, n, z=1.96):
    """The ends of the interval, low and high, as shares."""
    ### BEGIN SOLUTION
    p = right / n
    middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    reach = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    return middle - reach, middle + reach
    ### END SOLUTION


# %% test="a4-wilson"
grade("a4-wilson", wilson)

# %% [markdown]
# ## 6. A PRS and its interval (2 points)
#
# The report's score divides two accuracies, both over the same $n$ pictures: $s$ on what an SR
# method made of them, and $t$ on the originals. Were it two sets of pictures, both accuracies would
# sway on their own. They are paired, and what hits both leaves the ratio alone. What is left comes
# from a share $d$ of the pictures: those on which exactly **one** of the two versions is named
# rightly. Lesson 14's formula, with the correlation put in, becomes
#
# $$\text{PRS} = \frac{s}{t} \qquad
# \text{low},\ \text{high} = \text{PRS} \cdot e^{\mp 1.96\, w} \qquad
# w = \sqrt{\frac{d}{n\, s\, t}}$$
#
# `named_sr`, `named_hr` and `labels` are arrays of $n$ classes, as whole numbers: what the SR
# pictures were named, what the originals were named, and the truth. Return three numbers: the score
# and the two ends. A right score is worth one point, whatever the ends are.


# %% answer="a4-prs"
def prs(named_sr, named_hr, labels):
    """Three numbers: the score, low and high."""
    ### BEGIN SOLUTION
    of_sr, of_hr = named_sr == labels, named_hr == labels
    s, t = np.mean(of_sr), np.mean(of_hr)
    w = np.sqrt(np.mean(of_sr != of_hr) / (len(labels) * s * t))
    return s / t, s / t * np.exp(-1.96 * w), s / t * np.exp(1.96 * w)
    ### END SOLUTION


# %% test="a4-prs"
grade("a4-prs", prs)

# %% [markdown]
# ## 7. Two methods on the same pictures (2 points)
#
# Is the second method better than the first, or was it luck? Both enlarged the same pictures.
# `first` and `second` hold a number for each: 1 where it was named rightly, else 0. A picture that
# both got right, or neither, speaks for no one. Of the other $m$ pictures some fall to the first
# method and some to the second; let $k$ be the larger of the two numbers. Were the methods equally
# good, a coin would decide to whom each falls (McNemar 1947).
#
# Return how likely it is that $m$ tosses fall as unevenly as they did or more so, to either side:
#
# $$p = 2 \cdot \frac{1}{2^m} \sum_{i=k}^{m} \binom{m}{i}$$
#
# and 1 where that is more than 1. `comb(m, i)` gives $\binom{m}{i}$. The second point is for
# methods that have equally many pictures each, be it none at all.


# %% answer="a4-mcnemar"
def mcnemar(first, second):
    """The p-value, exact and two-sided."""
    ### BEGIN SOLUTION
    only_first = int(np.sum((first == 1) & (second == 0)))
    only_second = int(np.sum((first == 0) & (second == 1)))
    m, k = only_first + only_second, max(only_first, only_second)
    return min(1, 2 * sum(comb(m, i) for i in range(k, m + 1)) / 2**m)
    ### END SOLUTION


# %% test="a4-mcnemar"
grade("a4-mcnemar", mcnemar)

# %% [markdown]
# ## 8. Which difference holds? (2 points)
#
# Two groups each compared two methods, A and B, on 100 pictures of their own. In both groups A had
# 63 right and B had 72.
#
# | Table 1 | B right | B wrong |
# |:-|-:|-:|
# | **A right** | 60 | 3 |
# | **A wrong** | 12 | 25 |
#
# | Table 2 | B right | B wrong |
# |:-|-:|-:|
# | **A right** | 47 | 16 |
# | **A wrong** | 25 | 12 |
#
# For each table give the number of pictures that speak, p to three decimals, and your verdict:
# `"B"` (or `"A"`) if that method is better with p below 0.05, else `"open"`. One point each.

# %% answer="a4-reading"
table_1 = None  # such as (7, 0.453, "open")
table_2 = None
### BEGIN SOLUTION
table_1 = (15, 0.035, "B")
table_2 = (41, 0.211, "open")
### END SOLUTION

# %% test="a4-reading"
grade("a4-reading", (table_1, table_2))

# %% [markdown]
# ## 9. What a PRS hides (2 points, in words)
#
# From a leaflet: "Our upscaler recovers 98 % of the picture. The nearest rival comes to 96 %." On
# the back, in small print:
#
# | 500 test images | right |
# |:-|-:|
# | originals, 32 × 32 | 350 |
# | our upscaler, from 16 × 16 | 343 |
# | the rival, from 16 × 16 | 336 |
# | the images of 16 × 16 as they are | 329 |
#
# "Each row by a classifier that was trained, once, on such images."
#
# - What would an upscaler score that does nothing? Of what the small images lose, how much does
#   this one win back?
# - Is it better than its rival? Say which number is missing, and give one value of it with which
#   the lead of 7 images would hold, and one with which it would not.
# - Name two more things that "98 % of the picture" hides, one about the classifiers and one about
#   the pictures.
#
# About seven sentences.

# %% scratch=true
print(343 / 350)  # compute here what you need

# %% [markdown] written="a4-what-prs-hides" points=2
# ### BEGIN SOLUTION
# The small images score 329 / 350 = 0.94 as they are, so the scale begins there and not at 0. Of
# the 21 images that are lost the upscaler wins back 14: two thirds, not 98 %.
#
# Whether it beats its rival depends on how many images only one of the two gets right. Were there
# 7, all of them its own, then p = 2 / 2⁷ = 0.016, and the lead would hold. Were there 21, 14
# against 7, then p = 0.19, and it would not. The leaflet gives the sums only. (Wilson's interval of
# 343 of 500 goes from 0.644 to 0.725, but it is the wrong tool here: the images are the same.)
#
# The classifiers were trained anew on each kind of image, so they could get used to the flaws; one
# that knows only originals might say something else. And each was trained once: another start might
# turn the order round.
#
# And the score says nothing about the picture. It counts whether a small network finds the right
# one of ten classes. Faces, letters and colours may be wrong, and details invented, as long as a
# cat still passes for a cat.
#
# **Rubric**
#
# - ½ point: 0.94 for doing nothing, and 14 of 21, two thirds.
# - ½ point: the number of images on which the two differ (or the table of both), with a value for
#   which the lead holds and one for which it does not. Odd numbers of at least 7; up to 9 it holds
#   (8 : 1, p = 0.039), from 11 on it does not (9 : 2, p = 0.065).
# - ½ point: a classifier of its own for each row, or trained only once, with what may come of it.
# - ½ point: the right class is not the right picture, with an example.
# ### END SOLUTION
