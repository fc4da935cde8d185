# %% [markdown]
# # 00 · Start here
#
# In a few weeks of evenings you will build networks that enlarge real pictures, and you will know
# what each of their lines does. Today you enlarge a photograph, look around, and make sure that
# your machine is ready. Everything runs on it: you need no account, no GPU and no internet.
#
# **You will be able to**
#
# - enlarge a picture in three lines, with interpolation and with a trained network;
# - say what super-resolution asks for, and what it cannot give;
# - find your way through the course, and see what you have done.
#
# **Time** about 15 minutes · **Before this** some Python and NumPy; nothing about networks

# %% [markdown]
# **How a lesson works.** It is a notebook: text, code, and things to move. Click a grey cell and
# press **Shift + Enter** to run it; start with the next one. You cannot break anything. This is
# your own copy, and `srcourse lab --refresh 00_start_here` writes a fresh one beside it.

# %%
import matplotlib.pyplot as plt

import srcourse as sr
from srcourse import doctor
from srcourse.classroom import check, course_map
from srcourse.metrics import make_lr, psnr
from srcourse.widgets import Predict, ScaleExplorer

# %% [markdown]
# ## Predict first
#
# Each lesson begins with a question. Guess before you read on; a wrong guess teaches more than no
# guess. Nobody sees it but you. The code of the next cell is folded away behind three dots, since
# it holds the answer; run it like any other.

# %%
Predict(
    "00-invented",
    "A photograph becomes twice as high and twice as wide. How many pixels must be made from each "
    "one that it had?",
    answer=4,
    because="It grows in both directions, 2 × 2. Four numbers, and only one is known.",
)

# %% [markdown]
# ## Three lines
#
# Load, enlarge, save. `"chelsea"` is a cat that comes with the course. For a photograph of your
# own, put it beside this notebook and write `sr.images.load("my-photo.jpg")` in the first line.

# %%
picture = sr.images.sample("chelsea")
bigger = sr.upscale(picture, scale=2, model="edsr-mini")
sr.images.save("bigger.png", bigger)

print("before", picture.shape, "after", bigger.shape)

# %% [markdown]
# The new file `bigger.png` lies beside this notebook. `edsr-mini` is a network with eight small
# blocks, trained by this course's own command. Lesson 12 builds it.
#
# Is it any good? To know that, we need to know the truth. So we take a picture, make it small, let
# three methods enlarge the small one, and compare with the picture that we had. *Nearest* copies
# the nearest pixel, *bicubic* mixes the pixels around by a fixed rule; both are **interpolation**,
# and nothing in them is learned. The network is the third.

# %%
hr = picture[60:220, 100:340]  # the truth: "high resolution"
lr = make_lr(hr, 2)  # half as high and wide: "low resolution"
results = {
    "nearest": sr.upscale(lr, 2, "nearest"),
    "bicubic": sr.upscale(lr, 2, "bicubic"),
    "edsr-mini": sr.upscale(lr, 2, "edsr-mini"),
    "the truth": hr,
}
figure, axes = plt.subplots(1, 4, figsize=(11, 2.6), layout="constrained")
for axis, (name, result) in zip(axes, results.items(), strict=True):
    axis.imshow(result[20:110, 10:110])
    axis.set_title(name)
    axis.axis("off")
plt.show()

# %% [markdown]
# *Look at the dark rim of the eye and at the fur below it. Nearest gives squares; bicubic is soft;
# the network draws a firmer rim and a few more hairs, and still not all those that the truth has.*
#
# The usual figure for closeness is PSNR, in decibels (dB): higher is closer. Lesson 07 has its
# formula. As the field does, we measure the brightness alone (lesson 01 says why), and leave out
# two pixels along the border.

# %%
scores = {name: psnr(hr, result, channel="y", border=2) for name, result in results.items()}
del scores["the truth"]  # it would be infinite
ranking = sorted(scores, key=scores.get)
print("from worst to best:", ", ".join(ranking))
print("the network is closer than bicubic:", scores["edsr-mini"] > scores["bicubic"])

# %% [markdown]
# ## Live: look for yourself
#
# The same comparison, on any photograph. Drag to move, use the wheel or **+** and **−** to zoom.
# (*Bicubic's a* and the curves below the pictures are for lesson 07.)

# %%
ScaleExplorer("chelsea", methods=["nearest", "bicubic", "edsr-mini"], zoom=3)

# %% [markdown]
# **Try**
#
# - *astronaut*: the flag and the lettering. Where does the network help most?
# - *brick* and *grass*: fine texture. Where does it hardly help?
# - A photograph of your own.
#
# **Notice** that the network sharpens what it recognises, edges and lines, and cannot bring back
# what the small picture no longer holds. What it adds is likely, not seen. That is why nobody
# should read a number plate off an enlarged picture; the course returns to this.
#
# ## Is your machine ready?

# %%
problems = [c for c in doctor.checks() if not c.ok]
for problem in problems:
    print(f"{problem.name}: {problem.found}. {problem.advice}")
print("everything is there" if not problems else "see the lines above")

# %% [markdown]
# In a terminal, `srcourse doctor` shows all that it looked at.
#
# ## The map of the course
#
# The times are for reading and trying; exercises come on top. Lessons end with exercises. Each has
# a checker that tells you what is wrong and hints at why. What you pass is kept in `progress.json`,
# a small file beside this notebook; run this cell again to see your map.

# %%
course_map()

# %% [markdown]
# First comes what eyes take from a picture (01), then how a network learns (02) and the operations
# that it is made of (03 to 05), then what super-resolution asks (06), the methods that need no
# training (07), and the networks (08 to 12). Then you learn to judge their pictures (13 to 15), to
# colour them (16), to enlarge videos (17), and how an application is made of all that (18). Lesson
# 19 brings together what the course found out.
#
# The course grew out of a university report on super-resolution, which it calls the *source
# report*, and checks what it says: `srcourse claims` lists its statements, each with a verdict.
#
# ## Exercises
#
# ### 1. Your first enlargement
#
# Enlarge the cat by a factor of 3, with the model `"bicubic"`, and put the result into `bigger`.

# %%
bigger = None  # your line here

check("00-enlarge", bigger)

# %% [markdown]
# <details><summary>Solution: 00-enlarge</summary>
#
# ```python
# bigger = sr.upscale(sr.images.sample("chelsea"), scale=3, model="bicubic")
# ```
#
# </details>
#
# ### 2. How many pixels are invented?
#
# From each pixel of the small picture, scale × scale are made. One number was there for them; the
# others are invented. Write their share, from 0 to 1, for any scale.


# %%
def invented(scale):
    pass  # your line here


check("00-invented", invented)

# %% [markdown]
# <details><summary>Solution: 00-invented</summary>
#
# ```python
# def invented(scale):
#     return 1 - 1 / scale**2
# ```
#
# </details>
#
# ## Key points
#
# - Super-resolution makes a larger picture from a small one; at ×2 it makes four numbers from one.
# - A trained network is closer to the truth than interpolation, and still guesses.
# - Predict, move, read the code, check.
#
# **Next** [01 · Eyes and pixels](01_eyes_and_pixels.ipynb)
#
# ## References
#
# - Z. Wang, J. Chen and S. C. H. Hoi, *Deep learning for image super-resolution: a survey*, IEEE
#   TPAMI, 2021.
