# %% [markdown]
# # 01 · Eyes and pixels
#
# Pictures are made for eyes. Before we teach a network what a good picture is, it pays to know what
# the eye takes from one: a lot of brightness in fine detail, and surprisingly little colour. The
# whole field measures itself on that difference.
#
# **You will be able to**
#
# - say what rods and cones do, and why brightness and colour are stored apart;
# - split a photograph into luma and chroma with a formula, and put it together again;
# - explain why super-resolution papers score luma, and often enlarge only that.
#
# **Time** about 25 minutes · **Before this** [00 · Start here](00_start_here.ipynb)

# %%
import matplotlib.pyplot as plt
import numpy as np

import srcourse as sr
from srcourse import claims
from srcourse.classroom import check
from srcourse.images import luma, rgb_to_ycbcr, to_float, to_uint8, ycbcr_to_rgb
from srcourse.metrics import psnr
from srcourse.resampling import bicubic, imresize
from srcourse.widgets import ChromaExplorer, Predict

# %% [markdown]
# ## Predict first
#
# A photograph is split into one plane of brightness and two planes of colour. You shrink both
# colour planes to a quarter of their height and width, throw the big ones away, and enlarge the
# small ones back. The brightness stays.

# %%
Predict(
    "01-numbers-left",
    "What percentage of the picture's numbers did you keep?",
    answer=100 * (1 + 2 / 4**2) / 3,
    unit="%",
    because="All of one plane, and a sixteenth of two. Whether you can see it comes below.",
)

# %% [markdown]
# ## From light to signal
#
# Light enters through the cornea and the lens, which throw an upside-down picture on the
# **retina**. There it meets two kinds of receptors.
#
# **Rods**, some hundred million, sit everywhere but in the very centre. They work in dim light and
# tell no colours apart. To see a faint star, look a little past it: then its light falls on rods.
#
# **Cones**, about six million, crowd in the **fovea**, the small centre with which you read this.
# They give sharpness and colour, in good light. There are three kinds, often called red, green and
# blue. Their ranges overlap widely, so *long*, *medium* and *short* are better names; a colour is
# the pattern of the three answers.
#
# The signals pass through a net of neurons to the **ganglion cells**, whose fibres form the optic
# nerve. A ganglion cell does not report how bright its spot is. It compares the centre of a small
# patch with its surround, and so answers to **contrast**. There are a hundred times more receptors
# than fibres: the eye compresses, and it keeps edges.
#
# These are facts of anatomy, which no cell of this notebook can check. But engineers have built on
# them for seventy years, and what they built we can take apart.
#
# ## Luma: one number for brightness
#
# The eye is not equally sensitive to the three primaries of a screen, red, green and blue. Colour
# television needed one signal that a black-and-white set could show, and the standard ITU-R BT.601
# still gives the weights. For $R, G, B$ in $[0, 1]$
#
# $$Y = 16 + 65.481\,R + 128.553\,G + 24.966\,B$$
#
# in 8-bit levels, of which there are 256, from 0 to 255. The result, **luma**, lies between 16
# (black) and 235 (white); the rest was left as headroom. Two differences carry the colour, the
# **chroma**: $C_b$ (how blue) and $C_r$ (how red).

# %%
photo = to_float(sr.images.sample("coffee"))
red, green, blue = np.moveaxis(photo, 2, 0)
by_hand = (16 + 65.481 * red + 128.553 * green + 24.966 * blue) / 255  # luma() is from 0 to 1
print("the formula is sr.images.luma:", np.allclose(by_hand, luma(photo)))
for name, colour in {
    "black": (0, 0, 0),
    "blue": (0, 0, 1),
    "red": (1, 0, 0),
    "green": (0, 1, 0),
    "white": (1, 1, 1),
}.items():
    print(f"{name:<6} has luma {255 * luma(np.full((1, 1, 3), colour, float)).item():6.1f}")

# %% [markdown]
# Pure green is brighter than red and blue together. And now the three planes of a photograph:

# %%
planes = rgb_to_ycbcr(photo)
figure, axes = plt.subplots(1, 4, figsize=(11, 2.3), layout="constrained")
axes[0].imshow(photo)
axes[0].set_title("the photograph")
for axis, plane, name in zip(axes[1:], np.moveaxis(planes, 2, 0), ("Y", "Cb", "Cr"), strict=True):
    axis.imshow(plane, cmap="gray", vmin=0, vmax=1)
    axis.set_title(name)
for axis in axes:
    axis.axis("off")
plt.show()

# %% [markdown]
# *Nearly all the detail is in Y: the shine on the spoon, the grain of the wood. Cb and Cr are soft
# patches.*
#
# That can be measured. How much does a plane change from one pixel to its neighbour, and is the
# conversion really without loss?

# %%
for plane, name in zip(np.moveaxis(planes, 2, 0), ("Y", "Cb", "Cr"), strict=True):
    print(f"{name:<2} changes by {255 * abs(np.diff(plane, axis=1)).mean():.2f} levels a pixel")
print("there and back again, exact:", np.allclose(ycbcr_to_rgb(planes), photo))

# %% [markdown]
# ## Live: what would you miss?
#
# Give brightness and colour each a resolution of its own.

# %%
ChromaExplorer("coffee", luma=1, chroma=4)

# %% [markdown]
# **Try**
#
# - Colours at 1/4: look for a difference. At 1/8 and 1/16, look along the rim of the saucer.
# - Now brightness at 1/4 and the colours at full resolution.
# - Upload a photograph of your own with fine red lettering on white. There the trick is easiest to
#   catch.
#
# **Notice** the two PSNR figures (a higher one means closer to the original; lesson 07 has the
# formula). Coarse colours barely touch the one on luma.
#
# ## The same in numbers
#
# Shrink the chroma planes to a quarter, then the luma plane instead, and compare. `imresize` makes
# the small plane, and bicubic interpolation the large one again; lesson 07 takes both apart. To be
# quick, the widget works on a smaller copy of the photograph. The cell takes all of it, and its
# figures come out a little higher: in a larger picture neighbouring pixels are more alike, so less
# is lost.


# %%
def at_a_quarter(plane):
    height, width = plane.shape
    return bicubic(imresize(plane, 1 / 4), 4)[:height, :width]


y, cb, cr = np.moveaxis(planes, 2, 0)
coarse_colour = ycbcr_to_rgb(np.stack([y, at_a_quarter(cb), at_a_quarter(cr)], axis=2))
coarse_luma = ycbcr_to_rgb(np.stack([at_a_quarter(y), cb, cr], axis=2))
original = to_uint8(photo)
small = ChromaExplorer("coffee").pixels
for where, shown in (("the widget", small), ("this cell", original)):
    print(f"pixels in {where}: {shown.shape[1]} × {shown.shape[0]}")
for name, picture in (("colours at 1/4", coarse_colour), ("brightness at 1/4", coarse_luma)):
    picture = to_uint8(picture)
    on_y, on_rgb = psnr(original, picture, channel="y"), psnr(original, picture)
    print(f"{name:<18} PSNR on luma {on_y:.1f} dB, on RGB {on_rgb:.1f} dB")

# %%
window = np.s_[130:290, 190:430]
figure, axes = plt.subplots(1, 3, figsize=(11, 2.8), layout="constrained")
pictures = {"original": photo, "colours at 1/4": coarse_colour, "brightness at 1/4": coarse_luma}
for axis, (name, picture) in zip(axes, pictures.items(), strict=True):
    axis.imshow(np.clip(picture, 0, 1)[window])
    axis.set_title(name)
    axis.axis("off")
plt.show()

# %% [markdown]
# *The middle picture has thrown away five numbers out of eight, and looks like the original. The
# right one has thrown away fewer, and is ruined.*
#
# JPEG, television and video calls all live on this: they store colour at half the resolution or
# less. And super-resolution uses it twice. The classic networks, SRCNN and FSRCNN, enlarge **only
# Y** and leave Cb and Cr to bicubic interpolation. And papers report PSNR **on Y**, so that a
# figure says something about detail. Mind that: the same picture scores lower on RGB, by 1.4 to 3.3
# decibels in the cell below, and figures of the two kinds must never stand in one table.

# %%
for name in ("astronaut", "chelsea", "coffee", "rocket"):
    hr = sr.images.sample(name)[:300, :400]
    again = bicubic(imresize(hr, 1 / 2), 2)
    on_y, on_rgb = psnr(hr, again, channel="y"), psnr(hr, again)
    print(f"{name:<10} enlarged by bicubic: {on_y:.2f} dB on luma, {on_rgb:.2f} dB on RGB")

# %% [markdown]
# ## A ganglion cell, roughly
#
# A bright centre against a dark surround: as a kernel that is a narrow bell curve, a Gaussian,
# minus a wide one. Lesson 03 explains kernels; here, look only at what such a cell would report.

# %%
centre = sr.resampling.gaussian_kernel(1.0, size=13)
surround = sr.resampling.gaussian_kernel(2.0, size=13)
camera = to_float(sr.images.sample("camera"))
answer = sr.resampling.blur(camera, centre - surround)
figure, axes = plt.subplots(1, 2, figsize=(8, 4), layout="constrained")
axes[0].imshow(camera, cmap="gray")
axes[0].set_title("the photograph")
axes[1].imshow(answer, cmap="gray", vmin=-0.15, vmax=0.15)
axes[1].set_title("centre minus surround")
for axis in axes:
    axis.axis("off")
plt.show()

# %% [markdown]
# *Sky and coat, even areas, all become the same grey. What is left are the contours, and you
# recognise everything.*

# %%
quiet = abs(answer) < 0.02
print(f"nearly silent: {100 * quiet.mean():.0f} % of the cells")

# %% [markdown]
# ## What the source report says
#
# On vision, section 2.2 of the source report describes anatomy. We repeat what it says and mark it
# for what it is: nothing that a notebook could measure.

# %%
claims.table("2.2")

# %% [markdown]
# ## Exercises
#
# ### 1. Luma
#
# Write the formula as a function of a float picture `(H, W, 3)` in [0, 1]. Return 8-bit levels, 16
# to 235, not rounded.


# %%
def my_luma(picture):
    pass  # your lines here


check("01-luma", my_luma)

# %% [markdown]
# <details><summary>Solution: 01-luma</summary>
#
# ```python
# def my_luma(picture):
#     return 16 + picture @ np.array([65.481, 128.553, 24.966])
# ```
#
# </details>
#
# ### 2. Coarse colours
#
# Take a picture in YCbCr, `(H, W, 3)` with even sides. Replace Cb and Cr by versions that went
# through half the resolution, with `imresize` down and `bicubic` up, and leave Y alone. The
# result is `(H, W, 3)` again. This is what JPEG calls 4:2:0.


# %%
def halve_colours(ycbcr):
    pass  # your lines here


check("01-halve-colours", halve_colours)

# %% [markdown]
# <details><summary>Solution: 01-halve-colours</summary>
#
# ```python
# def halve_colours(ycbcr):
#     y, cb, cr = np.moveaxis(ycbcr, 2, 0)
#     coarse = [bicubic(imresize(plane, 1 / 2), 2) for plane in (cb, cr)]
#     return np.stack([y, *coarse], axis=2)
# ```
#
# </details>
#
# ### 3. What is left
#
# A colour picture of $H \times W$ pixels has $3HW$ numbers. Write the share of them, from 0 to 1,
# that is left when the chroma planes are shrunk by `factor` in height and width.


# %%
def share_left(factor):
    pass  # your lines here


check("01-share-left", share_left)

# %% [markdown]
# <details><summary>Solution: 01-share-left</summary>
#
# ```python
# def share_left(factor):
#     return (1 + 2 / factor**2) / 3
# ```
#
# </details>
#
# ## Key points
#
# - The eye takes detail from brightness and little from colour; it answers to contrast.
# - Luma is a weighted sum of red, green and blue, in which green counts most.
# - Super-resolution papers score luma. Say which channel a figure is for.
#
# **Next** [02 · Neurons and gradients](02_neurons_and_gradients.ipynb)
#
# ## References
#
# - ITU-R Recommendation BT.601-7, *Studio encoding parameters of digital television*, 2011.
# - N. J. Wade and M. T. Swanston, *Visual Perception: An Introduction*, Psychology Press, 2013.
# - B. A. Wandell, *Foundations of Vision*, Sinauer, 1995.
