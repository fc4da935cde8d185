# %% [markdown]
# # 13 · PSNR and SSIM
#
# Five lessons have ended in decibels. What does a decibel stand for, and what does it not see? This
# lesson spoils one photograph in seven ways that PSNR cannot tell apart. Then it scores one network
# in ten ways, and gets ten figures.
#
# **You will be able to**
#
# - write PSNR and SSIM from their formulas, and get what scikit-image gets;
# - say what each of the two does not see, and show it with a picture;
# - judge whether the figures of two papers may be compared at all.
#
# **Time** about 40 minutes · **Before this** [12 · EDSR](12_edsr.ipynb)

# %%
import matplotlib.pyplot as plt
import numpy as np
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

import srcourse as sr
from srcourse import claims, results
from srcourse.classroom import check
from srcourse.distortions import KINDS, at_psnr, in_words
from srcourse.metrics import audit, make_lr, psnr, ssim, ssim_map
from srcourse.resampling import gaussian_kernel, imresize
from srcourse.widgets import DistortionExplorer, Predict


def draw(*pictures, rows=1, width=9.5, **how):
    """Pictures in rows, each a (title, image) with values from 0 to 1."""
    columns = len(pictures) // rows
    height, wide = pictures[0][1].shape[:2]
    figure_height = rows * (width / columns * height / wide + 0.35)
    _, axes = plt.subplots(rows, columns, figsize=(width, figure_height), layout="constrained")
    for axis, (title, image) in zip(np.ravel(axes), pictures, strict=True):
        axis.imshow(image, **{"cmap": "gray", "vmin": 0, "vmax": 1} | how)
        axis.set_title(title, fontsize=10)
        axis.axis("off")


# %% [markdown]
# ## Predict first
#
# Take a photograph and make every pixel brighter by 10 of the 255 levels. Side by side you would
# see it, one after the other hardly. Compare: bicubic at ×2 reaches 33.7 dB on Set5, and at ×4,
# where everything fine is gone, 28.4 dB.

# %%
Predict(
    "13-brighter",
    "Which PSNR has the brighter photograph?",
    choices=["about 48 dB", "about 38 dB", "about 33 dB", "about 28 dB"],
    answer="about 28 dB",
    because="The error is 10 everywhere, so the MSE is 100: 10 · log10(255² / 100) = 28.1 dB.",
)

# %% [markdown]
# ## PSNR
#
# $I$ is the original, $\hat I$ the picture to be judged, $N$ the number of their pixels, and $L$
# the largest value that a pixel *can* have: 255 in a file of 8 bits, 1 for floats.
#
# $$\text{MSE} = \frac{1}{N} \sum_{i=1}^{N} \big(I(i) - \hat I(i)\big)^2 \qquad
# \text{PSNR} = 10 \log_{10} \frac{L^2}{\text{MSE}}$$


# %%
def mse_by_hand(original, other):
    return np.mean((original.astype(float) - other.astype(float)) ** 2)


def psnr_by_hand(original, other, largest=255):
    with np.errstate(divide="ignore"):  # without any error the fraction is infinite
        return 10 * np.log10(largest**2 / mse_by_hand(original, other))


photo = sr.images.sample("astronaut")[:256, 100:356]
random = np.random.default_rng(0)
noisy = np.clip(photo + random.normal(0, 12, photo.shape), 0, 255).astype(np.uint8)
ours, theirs = psnr_by_hand(photo, noisy), peak_signal_noise_ratio(photo, noisy)
print(f"by hand {ours:.3f} dB, scikit-image {theirs:.3f} dB, ours {psnr(photo, noisy):.3f} dB")
print("a picture and itself:", psnr_by_hand(photo, photo), "dB")

# %% [markdown]
# The noise had a standard deviation of 12 levels. PSNR undoes that: from the decibels one can read
# how large the error is, as the root of the mean square.

# %%
print("every pixel wrong by   PSNR")
for levels in (1, 2, 4, 8, 16, 32, 255):
    print(f"{levels:>10} of 255 {20 * np.log10(255 / levels):11.2f} dB")

# %% [markdown]
# Half the error is 6 dB more, a hundredth of a decibel is a change of a thousandth, and 0 dB is as
# wrong as black for white. Between two papers there is often a tenth of a decibel: an error smaller
# by about one per cent.
#
# Three things go wrong in code, and none of them raises an error.

# %%
brighter = np.clip(photo.astype(int) + 20, 0, 255).astype(np.uint8)
wrong = 10 * np.log10(255**2 / np.mean((photo - brighter) ** 2))
print(f"brighter by 20 levels:              {psnr(photo, brighter):6.2f} dB")
print(f"the same, subtracted in uint8:      {wrong:6.2f} dB")
print(f"floats from 0 to 1, L left at 255:  {psnr_by_hand(photo / 255, brighter / 255):6.2f} dB")
dark, dark_noisy = photo // 4, noisy // 4
largest_there = psnr(dark, dark_noisy, data_range=int(dark.max()))
print(f"a dark photograph, L = 255:         {psnr(dark, dark_noisy):6.2f} dB")
print(f"L = the largest value that it has:  {largest_there:6.2f} dB")

# %% [markdown]
# A `uint8` holds no more than 255. The square of 20 is 400, of which 144 is left, and so the
# picture seems better than it is; below 24 dB such code never gets, whatever you give it. The
# second mistake adds 48 dB, and the third makes the figure depend on the brightest pixel.
#
# ## SSIM
#
# PSNR takes each pixel alone. Wang, Bovik, Sheikh and Simoncelli (2004) wanted to ask whether the
# *structure* is the same, and compare small windows $x$ and $y$ of the two pictures in three ways:
#
# $$l = \frac{2\mu_x\mu_y + c_1}{\mu_x^2 + \mu_y^2 + c_1} \qquad
# c = \frac{2\sigma_x\sigma_y + c_2}{\sigma_x^2 + \sigma_y^2 + c_2} \qquad
# s = \frac{\sigma_{xy} + c_2/2}{\sigma_x\sigma_y + c_2/2}$$
#
# **Luminance**: are the means $\mu$ alike? **Contrast**: do the windows vary as much, by their
# standard deviations $\sigma$? **Structure**: do they vary *together*? $\sigma_{xy}$ is the
# covariance, and divided by $\sigma_x\sigma_y$ it is the correlation. Multiplied,
# $\sigma_x\sigma_y$ cancels, and what is left is the formula that everybody quotes:
#
# $$\text{SSIM}(x, y) = l \cdot c \cdot s = \frac{(2\mu_x\mu_y + c_1)(2\sigma_{xy} + c_2)}
# {(\mu_x^2 + \mu_y^2 + c_1)(\sigma_x^2 + \sigma_y^2 + c_2)}$$
#
# A window has 11 × 11 pixels, and the middle ones count most: the weights are a Gaussian of
# σ = 1.5 and sum to 1. The constants are $c_1 = (0.01 L)^2$ and $c_2 = (0.03 L)^2$.

# %%
weight = gaussian_kernel(1.5, size=11)


def three_parts(x, y, largest=255):
    mean_x, mean_y = np.sum(weight * x), np.sum(weight * y)
    var_x, var_y = np.sum(weight * (x - mean_x) ** 2), np.sum(weight * (y - mean_y) ** 2)
    cov = np.sum(weight * (x - mean_x) * (y - mean_y))
    c1, c2 = (0.01 * largest) ** 2, (0.03 * largest) ** 2
    both = np.sqrt(var_x * var_y)
    luminance = (2 * mean_x * mean_y + c1) / (mean_x**2 + mean_y**2 + c1)
    contrast = (2 * both + c2) / (var_x + var_y + c2)
    structure = (cov + c2 / 2) / (both + c2 / 2)
    return luminance, contrast, structure


def ssim_by_hand(x, y, largest=255):
    return np.prod(three_parts(x, y, largest))


grey, grey_noisy = (sr.images.luma(p) * 255 for p in (photo, noisy))
windows = {
    "eye": np.s_[97:108, 142:153],
    "hair": np.s_[40:51, 150:161],
    "wall": np.s_[8:19, 190:201],
}
mean, full = structural_similarity(
    grey, grey_noisy, data_range=255, gaussian_weights=True, sigma=1.5,
    use_sample_covariance=False, full=True,
)  # fmt: skip
print("window  luminance  contrast  structure    SSIM  scikit-image")
for name, (rows, columns) in windows.items():
    x, y = grey[rows, columns], grey_noisy[rows, columns]
    parts = "".join(f"{part:10.3f}" for part in three_parts(x, y))
    middle = full[rows.start + 5, columns.start + 5]
    print(f"{name:<8}{parts}{ssim_by_hand(x, y):10.3f}{middle:11.3f}")
print(
    f"\nmean over all windows: ours {ssim(grey, grey_noisy, data_range=255):.4f}, theirs {mean:.4f}"
)

# %% [markdown]
# The same noise everywhere, and PSNR counts it the same everywhere. SSIM does not. In the eye and
# the hair, light and dark stand out from the noise, and the windows still vary together. The wall
# hardly varies at all; there the noise is most of what can be seen.
#
# Note the options that scikit-image needs to give the paper's figure. Left alone it takes a uniform
# window of 7 × 7 and divides by $n - 1$: another figure, under the same name.

# %%
plain = structural_similarity(grey, grey_noisy, data_range=255)
print(f"SSIM by the paper {mean:.3f}, by scikit-image's defaults {plain:.3f}")

# %% [markdown]
# What are $c_1$ and $c_2$ for? The source report calls its $c$ the correlation. Take windows in
# which nothing varies, a clear sky or a black frame:


# %%
def without_constants(x, y):
    with np.errstate(invalid="ignore"):
        means = 2 * np.mean(x) * np.mean(y) / (np.mean(x) ** 2 + np.mean(y) ** 2)
        cov = np.mean((x - x.mean()) * (y - y.mean()))
        return means * 2 * cov / (np.var(x) + np.var(y))


black, sky = np.zeros((11, 11)), np.full((11, 11), 200.0)
speck = sky + 0.1 * (np.indices((11, 11)).sum(axis=0) % 2)
for name, x, y in (
    ("black and black", black, black),
    ("sky and the same sky", sky, sky),
    ("sky, and 0.1 of a level off here and there", sky, speck),
    ("sky and black", sky, black),
):
    print(f"{name:<44}with {ssim_by_hand(x, y):7.4f}   without {without_constants(x, y):7.4f}")

# %% [markdown]
# Without the constants it is 0 divided by 0, or a fall from 1 to 0 for a change that no file of 8
# bits can hold. They steady the ratio where there is nothing to divide by, and matter little
# elsewhere.
#
# And a picture that has no window of 11 × 11 has no SSIM:

# %%
try:
    ssim(photo[:10], photo[:10])
except ValueError as error:
    print(error)

# %% [markdown]
# ## Seven pictures, one PSNR
#
# Here is the photograph, and seven times the same, spoiled in different ways. The strength of each
# was searched until PSNR was 24 dB.

# %%
NAMES = {kind: kind for kind in KINDS} | {"jpeg": "JPEG", "salt": "salt and pepper"}
original = photo / 255
spoiled = {kind: at_psnr(photo, kind, 24) for kind in KINDS}
draw(
    ("the original", original),
    *(
        (f"{NAMES[kind]}: {in_words(kind, how)}", picture)
        for kind, (how, picture) in spoiled.items()
    ),
    rows=2,
    width=12,
)
plt.show()

# %% [markdown]
# *One photograph, spoiled in seven ways. Rank them before you go on: which one would you rather
# have on your wall, and which one least?*

# %%
scores = {kind: (psnr(original, p), ssim(original, p)) for kind, (_, p) in spoiled.items()}
best, worst = (pick(scores, key=lambda kind: scores[kind][1]) for pick in (max, min))

# %%
Predict(
    "13-nearest",
    "Which of the seven would you rank first, as the nearest to the original?",
    choices=list(NAMES.values()),
    answer=lambda: NAMES[best],
    because="That is SSIM's choice. By PSNR all seven are equal, and no rank is the right one.",
)

# %%
Predict(
    "13-farthest",
    "And which one last?",
    choices=list(NAMES.values()),
    answer=lambda: NAMES[worst],
    because="Again SSIM's choice. If yours is another one, you have found what it does not see.",
)

# %%
print(f"{'':<16}{'PSNR':>8}{'SSIM':>8}")
for kind in sorted(scores, key=lambda kind: -scores[kind][1]):
    decibels, similar = scores[kind]
    print(f"{NAMES[kind]:<16}{decibels:8.2f}{similar:8.2f}")
print("all within 0.01 dB:", max(abs(decibels - 24) for decibels, _ in scores.values()) < 0.01)

# %% [markdown]
# PSNR is a sum over pixels: it does not care where an error lies, nor what its neighbours are. An
# error of the same size everywhere, a smear along the edges, a few dead pixels: all the same to it.
# SSIM does see a difference, because it asks what else is going on in the window. But look who
# comes last. It calls the noisy picture worse, by far, than a JPEG that has lost the colours of the
# face. Was that your ranking too? Its map shows how it came to its own.

# %%
maps = {kind: ssim_map(original, picture).mean(axis=2) for kind, (_, picture) in spoiled.items()}
draw(
    ("the original", original),
    *((NAMES[kind], maps[kind]) for kind in KINDS),
    rows=2,
    width=12,
    cmap="cividis",
)
plt.show()

# %% [markdown]
# *SSIM at each pixel, yellow for 1, dark blue for 0. Noise is punished wherever the photograph is
# even, blur and shift at the edges and in the hair. JPEG loses most where its blocks meet, and in
# the face, and still less than noise does on the bare wall. Contrast and brightness cost little,
# most of all in the black cloth, where some levels more or less are a large share of what there
# is.*
#
# ## What SSIM does not see either
#
# It was made to agree better with the eye, and often does. But it is a formula as well.

# %%
grass = sr.images.sample("grass")[:256, :256] / 255
here, moved = grass[:, 1:], grass[:, :-1]
small = imresize(here[:, :255][:255], 1 / 3)
cases = {
    "moved by one pixel": (here, moved),
    "shrunk by 3, enlarged": (here[:255, :255], np.clip(imresize(small, 3), 0, 1)),
    "brighter by 25 levels": (grass, np.clip(grass + 25 / 255, 0, 1)),
}
print(f"{'grass':<26}{'PSNR':>6}{'SSIM':>8}")
for name, (x, y) in cases.items():
    print(f"{name:<26}{psnr(x, y):6.1f}{ssim(x, y):8.2f}")

draw(
    ("grass", here[60:156, 60:156]),
    *((name, y[60:156, 60:156]) for name, (_, y) in cases.items()),
    width=11,
)
plt.show()

# %% [markdown]
# *The second picture is as sharp as the first, and you would not find the difference. The third has
# lost the blades. SSIM takes them for equally bad, and hardly minds the fourth.*
#
# PSNR would put the one that moved *below* the blurred one. Both compare the pixel here with the
# pixel here. A network that draws a blade of grass, sharp and one pixel off, loses to one that
# draws a smear: so both measures reward smears wherever the place is uncertain, and that is the
# rule in super-resolution. Whoever wants sharp pictures has to measure something else as well.
#
# How far the two part company can be drawn. Each line is one way to spoil the photograph, from a
# little to a lot.

# %%
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#444444")
tiny = imresize(photo, 1 / 2)
figure, axis = plt.subplots(figsize=(8, 4.2), layout="constrained")
for kind, colour, marker in zip(KINDS, COLOURS, "osv^D<P", strict=True):
    targets = np.arange(20, 41, 2)
    similar = []
    for target in targets:
        try:
            similar.append(ssim(tiny / 255, at_psnr(tiny, kind, target)[1]))
        except ValueError:  # this kind cannot spoil it so much
            similar.append(np.nan)
    axis.plot(targets, similar, color=colour, marker=marker, label=NAMES[kind])
axis.axvline(24, color="#999999", linestyle=":", linewidth=1)
axis.set(xlabel="PSNR, dB", ylabel="SSIM", title="Seven ways to spoil one photograph")
axis.legend(frameon=False)
plt.show()

# %% [markdown]
# *Go up the dotted line: there one PSNR has seven values of SSIM. Or go across: one SSIM has as
# many PSNRs. Towards the right the lines meet, since who makes hardly any error makes it in every
# measure.*
#
# ## Live: spoil it yourself
#
# Move the strength, change the kind, and hold PSNR at a value while the kind changes.

# %%
DistortionExplorer()

# %% [markdown]
# **Try** a shift, and the smallest strength at which you see it at all. What have PSNR and SSIM
# lost by then? Now hold that PSNR and go through the other kinds. **Notice** which picture you
# would call ruined, and what SSIM calls ruined. Take the brick wall or the grass, then a face.
#
# ## One network, ten figures
#
# A measure also has to be taken in the same way by everybody. The field's protocol ([lesson
# 06](06_the_problem.ipynb), [lesson 07](07_interpolation.ipynb)) says: LR by antialiased bicubic,
# rounded to 8 bits; PSNR on the luma Y, 16 to 235; a border of `scale` pixels left out. Every part
# of this has been done otherwise in print. `audit` scores one method by the protocol, and then
# changes one thing at a time.

# %%
cat = sr.images.sample("chelsea")[20:272, 110:362]
audit(lambda lr, scale: sr.upscale(lr, scale, "bicubic"), cat, 2)

# %% [markdown]
# The first group takes the very same enlarged picture, and only scores it otherwise. Read it as: so
# much better or worse would this method *look*, in somebody's table, without being it.
#
# - **RGB** also counts the errors of the colours, and uses the whole range of 255 levels.
# - **Full range**: Y from 0 to 255, as JPEG has it. The errors grow by 255/219, and so PSNR falls
#   by the same amount for every picture and every method.
# - **64.738** is a slip of the pen for 65.738 in Y's formula, and stands in programs that many have
#   copied.

# %%
print(f"20 · log10(219 / 255) = {20 * np.log10(219 / 255):.2f} dB")

# %% [markdown]
# The second group makes the LR picture otherwise, and leaves the method as it is. For bicubic that
# moves the figure by less than one might fear. Now a network that has learned from antialiased
# pictures only:

# %%
found = audit(lambda lr, scale: sr.upscale(lr, scale, "edsr-mini"), cat, 2)
print(f"edsr-mini ×2, by the protocol {found.psnr:.1f} dB")
for row in found.rows:
    print(f"{row.group:<13}{row.deviation:<30}{round(row.change, 1) + 0.0:+5.1f} dB")

# %% [markdown]
# It falls apart. An LR picture made without antialiasing keeps some of the detail that is too fine
# for its pixels: its edges are sharper, with steps in them. The network has learned that edges in
# LR pictures are soft and must be sharpened. It sharpens these once more, steps and all.

# %%
face = sr.images.sample("astronaut")[60:156, 176:272]
without = imresize(face, 1 / 2, antialias=False)
draw(
    ("the original", face),
    ("edsr-mini, antialiased LR", sr.upscale(make_lr(face, 2), 2)),
    ("edsr-mini, LR without", sr.upscale(without, 2)),
    ("bicubic, LR without", sr.upscale(without, 2, "bicubic")),
    width=12,
    vmax=255,
)
plt.show()

# %% [markdown]
# *The third picture: lashes, brows and folds are overdone, teeth have gaps, and specks have come
# into the eyes. Bicubic cannot sharpen, and so has nothing to overdo.*
#
# ### On Set5
#
# The same audit on the field's five pictures, recorded by `srcourse audit`:

# %%
record = results.read("audit")
print(record["command"], "\n")
audits = {(a["model"], a["scale"]): a for a in record["results"]["audits"]}
print(f"{'':<32}{'bicubic':^21}{'edsr-mini':^21}")
print(f"{'Set5':<32}" + "".join(f"{f'×{scale}':>7}" for _, scale in audits))
print(f"{'the protocol, dB':<32}" + "".join(f"{a['psnr']:7.2f}" for a in audits.values()))
for rows in zip(*(a["rows"] for a in audits.values()), strict=True):
    print(
        f"{rows[0]['deviation']:<32}"
        + "".join(f"{round(row['change'], 2) + 0.0:+7.2f}" for row in rows)
    )

# %% [markdown]
# What to read in it:
#
# - **RGB and Y are two different scales.** About two decibels lie between them, and not the same
#   amount for each method. DIV2K's validation figures are RGB, Set5's are Y: never set them side by
#   side.
# - **Small does not mean harmless.** The slip of the pen gives each method 0.04 dB, for free. By
#   its paper the full EDSR, with thirty times the parameters, is 0.13 dB above its baseline at ×2
#   ([lesson 12](12_edsr.ipynb)).
# - **Pillow's bicubic makes the same LR pictures as MATLAB's here; OpenCV's makes others.** It is
#   not its other kernel, a = −0.75, that does it: with antialiasing that moves the figures by a
#   third of a decibel at most. OpenCV does not antialias. (We compute it by the same formula,
#   without OpenCV.) At ×3 the two rows without antialiasing are equal: there every cubic kernel
#   copies the middle one of three pixels.
# - **Higher is not better when the question changes.** At ×2 bicubic scores *more* on LR pictures
#   without antialiasing, at ×3 and ×4 less. It is the same bicubic.

# %%
change = {
    (model, scale, row["deviation"]): row["change"]
    for (model, scale), a in audits.items()
    for row in a["rows"]
}
scales = (2, 3, 4)
networks = [change["edsr-mini", s, "LR without antialiasing"] for s in scales]
print("edsr-mini loses more than 4 dB without antialiasing, at each scale:", max(networks) < -4)
same = (
    change["bicubic", 3, "LR without antialiasing"] == change["bicubic", 3, "LR by OpenCV's cubic"]
)
print("at ×3 the two rows without antialiasing are equal:", same)
lead = {s: audits["edsr-mini", s]["psnr"] - audits["bicubic", s]["psnr"] for s in scales}
kept = {
    s: lead[s] + n - change["bicubic", s, "LR without antialiasing"]
    for s, n in zip(scales, networks, strict=True)
}
for s in scales:
    print(f"×{s}: edsr-mini leads by {lead[s]:+.1f} dB; without antialiasing by {kept[s]:+.1f} dB")

# %% [markdown]
# The last lines are the ones to remember. The network's lead is a lead *on pictures that were made
# small in one certain way*. On others, plain bicubic is ahead. Your camera has never heard of
# MATLAB's `imresize`.
#
# ## What the source report says

# %%
claims.table("1.3")

# %% [markdown]
# ## Exercises
#
# ### 1. PSNR
#
# Write PSNR. `x` and `y` are arrays of one shape, floats or `uint8`; `largest` is $L$. Two equal
# pictures have an infinite PSNR.


# %%
def my_psnr(x, y, largest=255):
    pass  # your lines here


check("13-psnr", my_psnr)

# %% [markdown]
# <details><summary>Solution: 13-psnr</summary>
#
# ```python
# def my_psnr(x, y, largest=255):
#     mse = np.mean((x.astype(float) - y.astype(float)) ** 2)
#     if mse == 0:
#         return np.inf
#     return 10 * np.log10(largest**2 / mse)
# ```
#
# </details>
#
# ### 2. SSIM of one window
#
# Write SSIM for one window of floats. `weight` has the window's shape and sums to 1: use it in the
# means, the variances and the covariance.


# %%
def my_ssim(x, y, weight, largest=255):
    pass  # your lines here


check("13-ssim", my_ssim)

# %% [markdown]
# <details><summary>Solution: 13-ssim</summary>
#
# ```python
# def my_ssim(x, y, weight, largest=255):
#     c1, c2 = (0.01 * largest) ** 2, (0.03 * largest) ** 2
#     mean_x, mean_y = np.sum(weight * x), np.sum(weight * y)
#     var_x = np.sum(weight * (x - mean_x) ** 2)
#     var_y = np.sum(weight * (y - mean_y) ** 2)
#     cov = np.sum(weight * (x - mean_x) * (y - mean_y))
#     above = (2 * mean_x * mean_y + c1) * (2 * cov + c2)
#     below = (mean_x**2 + mean_y**2 + c1) * (var_x + var_y + c2)
#     return above / below
# ```
#
# </details>
#
# ## Key points
#
# - PSNR is the size of the error and nothing else: pictures of one PSNR can look entirely
#   different.
# - SSIM compares means, contrast and structure in windows. It sees more, and still takes a shift
#   that nobody notices for damage, and a change of brightness for none.
# - A figure means something only with its protocol: channel, range, border, rounding, and how the
#   LR pictures were made. A network's lead holds for the LR pictures that it was trained on.
#
# **Next** [14 · Performance recovery score](14_performance_recovery_score.ipynb)
#
# ## References
#
# - Z. Wang, A. C. Bovik, H. R. Sheikh and E. P. Simoncelli, *Image quality assessment: from error
#   visibility to structural similarity*, IEEE Transactions on Image Processing, 2004.
# - Z. Wang and A. C. Bovik, *Mean squared error: love it or leave it?*, IEEE Signal Processing
#   Magazine, 2009.
# - J. Nilsson and T. Akenine-Möller, *Understanding SSIM*, 2020, arXiv:2006.13846.
# - Z. Wang, J. Chen and S. C. H. Hoi, *Deep learning for image super-resolution: a survey*, IEEE
#   TPAMI, 2021, arXiv:1902.06068.
