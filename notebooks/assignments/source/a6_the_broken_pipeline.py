# %% [markdown]
# # Assignment 6 · The broken pipeline
#
# A good network in a bad pipeline gives bad pictures, or good figures that mean nothing. Here are
# eight pipelines, A to H. Each runs without an error, each has one bug, and each of these bugs has
# been in somebody's published code. You read the symptoms, name the bug, mend it, and write two
# checks that would have found it.
#
# **From** lessons 01 (pixels), 06 (the problem), 07 (interpolation), 08 to 12 (the networks) and 13
# (PSNR) · **Time** 60 to 90 minutes · **20 points**, 18 of them by the checks in this notebook
#
# How it works:
#
# - First look at all eight, then answer. Write where it says so, and run the cell below your
#   answer: it gives your points and, where something is amiss, a hint. Run it as often as you like.
# - You may use any library, and all that this notebook imports.
# - One answer is written in words. Your teacher reads it.
# - Before you hand in: *Kernel → Restart Kernel and Run All Cells*.

# %%
import matplotlib.pyplot as plt
import numpy as np
import torch

import srcourse as sr
from srcourse.classroom import grade
from srcourse.classroom.assignments.pipelines import batch_network, network, sampled, sticker
from srcourse.metrics import psnr
from srcourse.resampling import bicubic, bilinear, imresize


def to_levels(values):
    """Floats from 0 to 1 as uint8, clipped and rounded."""
    return np.round(255 * np.clip(values, 0, 1)).astype(np.uint8)


def show(**pictures):
    """Pictures in a row, each under its title."""
    wide = min(8, 2.9 * len(pictures))
    _, axes = plt.subplots(1, len(pictures), figsize=(wide, 3.1), layout="constrained")
    for axis, (title, picture) in zip(axes, pictures.items(), strict=True):
        axis.imshow(picture, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
        axis.set_title(title.replace("_", " "), fontsize=10)
        axis.axis("off")
    plt.show()


# %% [markdown]
# The pieces, all of them in order:
#
# - `network(x)` enlarges ×2. It wants `(H, W, 3)`, RGB, floats from 0 to 1, and gives such a
#   picture back, not clipped. It has memory for 96 × 96 pixels.
# - `sampled(image, rows, cols)` reads a picture of floats by the cubic at the places given, counted
#   in pixels from the centre of the first one. Beyond the border the picture is mirrored.
# - `batch_network()` makes a trained torch network ×2 for grey pictures, `(N, 1, H, W)`, floats
#   from 0 to 1.
# - `bicubic(image, scale)` and `bilinear(image, scale)` enlarge floats, `imresize` is MATLAB's.
#
# ## Pipeline A
#
# Reads with OpenCV, shows with matplotlib.


# %%
def pipeline_a(bgr):
    """What cv2.imread gave, uint8 → enlarged ×2, RGB, uint8."""
    small = bgr / 255
    large = network(small)
    return to_levels(large)


# %%
portrait = sr.images.sample("astronaut")[0:180, 130:310]
small_portrait = imresize(portrait, 1 / 2)
from_opencv = small_portrait[..., ::-1].copy()
found = pipeline_a(from_opencv)
show(the_original=portrait, pipeline_A=found)
print(f"PSNR {psnr(portrait, found):.1f} dB")

# %% [markdown]
# *A portrait before it was made small, and as pipeline A enlarges it.*
#
# ## Pipeline B
#
# For pictures that are too large for the network's memory.


# %%
def pipeline_b(image, size=32):
    """RGB uint8 of any size → enlarged ×2, tile by tile."""
    h, w = image.shape[:2]
    large = np.zeros((2 * h, 2 * w, 3))
    for top in range(0, h, size):
        for left in range(0, w, size):
            tile = image[top : top + size, left : left + size]
            bottom, right = 2 * (top + size), 2 * (left + size)
            large[2 * top : bottom, 2 * left : right] = network(tile / 255)
    return to_levels(large)


# %%
found = pipeline_b(small_portrait)
at_once = pipeline_b(small_portrait, size=96)  # this picture is small enough
error = np.abs(found.astype(float) - at_once).max(axis=-1)
show(pipeline_B=found, error_times_10=np.minimum(10 * error, 255))
print(f"largest error {error.max():.0f} levels")

# %% [markdown]
# *Left, the result. Right, how far it is from what the network makes of the whole picture, ten
# times as strong.*
#
# ## Pipeline C
#
# The shortest of all.


# %%
def pipeline_c(image):
    """RGB uint8 → enlarged ×2."""
    x = image.astype(np.float32)
    large = network(x)
    return np.clip(np.round(large), 0, 255).astype(np.uint8)


# %%
found = pipeline_c(small_portrait)
by_bicubic = to_levels(bicubic(small_portrait / 255, 2))
show(the_original=portrait, bicubic=by_bicubic, pipeline_C=found)
print(f"bicubic interpolation     {psnr(portrait, by_bicubic):.2f} dB")
print(f"the network's authors     {psnr(portrait, at_once):.2f} dB")
print(f"pipeline C                {psnr(portrait, found):.2f} dB")

# %% [markdown]
# *The picture looks as it should, only a little soft. The figures compare it with bicubic
# interpolation and with what the network's authors report for it.*
#
# ## Pipeline D
#
# The same network, another way to the file.


# %%
def pipeline_d(image):
    """RGB uint8 → enlarged ×2."""
    large = 255 * network(image / 255)
    levels = np.round(large).astype(int)
    return levels.astype(np.uint8)


# %%
cup = sr.images.sample("coffee")[90:220, 190:320]
found = pipeline_d(imresize(cup, 1 / 2))
show(the_original=cup, pipeline_D=found)
print(f"PSNR {psnr(cup, found):.1f} dB")

# %% [markdown]
# *A cup's bright rim, and what became of it.*
#
# ## Pipeline E
#
# For logos and stickers with a transparent ground. No network: two lines of bilinear interpolation.


# %%
def pipeline_e(rgba):
    """RGBA uint8 → enlarged ×2, RGBA uint8."""
    x = rgba / 255
    colour = bilinear(x[..., :3], 2)
    alpha = bilinear(x[..., 3], 2)
    return to_levels(np.dstack([colour, alpha]))


# %%
def over(rgba, ground):
    """RGBA laid over an even ground."""
    alpha = rgba[..., 3:] / 255
    return to_levels((rgba[..., :3] * alpha + np.array(ground) * (1 - alpha)) / 255)


small_sticker = sticker(32)
found = pipeline_e(small_sticker)
show(
    as_it_came=over(small_sticker, 255),
    pipeline_E_over_white=over(found, 255),
    pipeline_E_over_orange=over(found, (255, 140, 30)),
)

# %% [markdown]
# *A sticker of 32 × 32 pixels over white; enlarged, over white; enlarged, over its own orange,
# where its rim should vanish.*
#
# ## Pipeline F
#
# Several grey pictures at once, by a network of torch.


# %%
def pipeline_f(batch):
    """(N, H, W) uint8 → (N, 2H, 2W) uint8."""
    net = batch_network()
    x = torch.tensor(batch[:, None] / 255, dtype=torch.float32)
    with torch.no_grad():
        large = net(x)
    return to_levels(large[:, 0].numpy())


# %%
camera = sr.images.sample("camera")
face = imresize(camera[70:170, 170:270], 1 / 2)
black, white = np.full_like(face, 10), np.full_like(face, 245)
show(
    as_it_came=face,
    alone=pipeline_f(np.stack([face]))[0],
    beside_black=pipeline_f(np.stack([face, black]))[0],
    beside_white=pipeline_f(np.stack([face, white]))[0],
)

# %% [markdown]
# *The same picture, enlarged three times: alone, in one batch with a black picture, in one batch
# with a white one.*
#
# ## Pipeline G
#
# Interpolation by a whole `scale`.


# %%
def pipeline_g(image, scale):
    """Grey or colour, uint8 → enlarged by the cubic."""
    h, w = image.shape[:2]
    rows = np.linspace(0, h - 1, scale * h)
    cols = np.linspace(0, w - 1, scale * w)
    return to_levels(sampled(image / 255, rows, cols))


# %%
bricks = sr.images.sample("brick")
found = pipeline_g(imresize(bricks, 1 / 4), 4)
usual = to_levels(bicubic(imresize(bricks, 1 / 4) / 255, 4))
miss = 127.5 + 2 * (bricks.astype(float) - found)
show(
    missing_at_the_left=miss[226:286, 0:60],
    missing_in_the_middle=miss[226:286, 226:286],
    missing_at_the_right=miss[226:286, 452:512],
)
for place, first in {"left": 0, "middle": 206, "right": 412}.items():
    strip = np.s_[:, first : first + 100]
    print(f"{place:8}bicubic {psnr(bricks[strip], usual[strip]):.2f} dB", end="   ")
    print(f"pipeline G {psnr(bricks[strip], found[strip]):.2f} dB")

# %% [markdown]
# *What pipeline G at ×4 misses of a brick wall, twice as strong, grey for nothing, at three places;
# and its PSNR there beside that of the usual bicubic. Look at the joints between the bricks.*
#
# ## Pipeline H
#
# Makes the LR pictures for a benchmark.


# %%
def pipeline_h(hr, scale):
    """Grey or colour, uint8, sides that scale divides → the LR picture, uint8."""
    h, w = hr.shape[0] // scale, hr.shape[1] // scale
    rows = (np.arange(h) + 0.5) * scale - 0.5
    cols = (np.arange(w) + 0.5) * scale - 0.5
    return to_levels(sampled(hr / 255, rows, cols))


# %%
rings = sr.images.sample("zone_plate")
rings = rings[: rings.shape[0] // 3 * 3, : rings.shape[1] // 3 * 3]
show(the_original=rings, LR_by_pipeline_H=pipeline_h(rings, 3))


def usual_upscaler(lr, scale):
    return to_levels(bicubic(lr / 255, scale))


print("PSNR of one and the same upscaler, bicubic:")
for scale in (2, 3, 4):
    hr = camera[:504, :504]
    by_h = psnr(hr, usual_upscaler(pipeline_h(hr, scale), scale), border=scale)
    protocol = sr.metrics.evaluate(usual_upscaler, [("camera", hr)], scale)["mean"]["psnr"]
    print(f"×{scale}   as published {protocol:.2f} dB   on the LR of pipeline H {by_h:.2f} dB")

# %% [markdown]
# *Rings that grow finer from the middle to the sides, and the LR picture ×3 that pipeline H makes
# of them. The figures: a photograph, made small by the field's protocol or by pipeline H, and
# enlarged by the same bicubic.*
#
# ## 1. Name them (4 points)
#
# Give each of the eight the cause of its symptoms. Half a point for each right name. Six causes
# are left over.
#
# | name | the cause |
# |-|-|
# | `"JPEG"` | the picture was saved as JPEG on the way |
# | `"aliasing"` | made small without antialiasing |
# | `"alpha"` | the colour of transparent pixels is mixed into visible ones |
# | `"batch norm"` | batch normalisation is in training mode |
# | `"border"` | the border was not left out of the score |
# | `"channel order"` | BGR where RGB is expected |
# | `"gamma"` | linear light was taken for sRGB |
# | `"grid shift"` | the two pixel grids do not lie on each other as they should |
# | `"no halo"` | tiles are enlarged without their surroundings |
# | `"overfitting"` | the network was tested on what it was trained on |
# | `"padding"` | the network pads with zeros instead of the border's pixels |
# | `"rounding"` | levels are cut down instead of rounded |
# | `"value range"` | the network gets other levels than it was trained on |
# | `"wrap-around"` | levels out of range start again at the other end |

# %% answer="a6-names"
names = {"A": None, "B": None, "C": None, "D": None, "E": None, "F": None, "G": None, "H": None}
### BEGIN SOLUTION
names = {
    "A": "channel order",
    "B": "no halo",
    "C": "value range",
    "D": "wrap-around",
    "E": "alpha",
    "F": "batch norm",
    "G": "grid shift",
    "H": "aliasing",
}
### END SOLUTION

# %% test="a6-names"
grade("a6-names", names)

# %% [markdown]
# ## 2. Mend them (11 points)
#
# Write each pipeline anew, without its bug. It takes what the broken one takes and returns `uint8`,
# clipped and rounded. Copy the code from above, and change as little as you can.
#
# **A** (1 point). The result is for matplotlib: RGB.


# %% answer="a6-mend-a"
def mended_a(bgr):
    """What cv2.imread gave, uint8 → enlarged ×2, RGB, uint8."""
    ### BEGIN SOLUTION
    rgb = bgr[..., ::-1]
    return to_levels(network(rgb / 255))
    ### END SOLUTION


# %% test="a6-mend-a"
grade("a6-mend-a", mended_a)

# %% [markdown]
# **B** (2 points). The result should be what the network would make of the whole picture, had it
# the memory. At the picture's own border the network looks after itself: hand it nothing invented.
# It sees 3 pixels of the small picture in each direction. One point for sides that are multiples of
# `size`, the other for any.


# %% answer="a6-mend-b"
def mended_b(image, size=32):
    """RGB uint8 of any size → enlarged ×2, tile by tile."""
    ### BEGIN SOLUTION
    halo = 3
    high, wide = image.shape[:2]
    whole = np.zeros((2 * high, 2 * wide, 3))
    for y in range(0, high, size):
        for x in range(0, wide, size):
            above, before = min(halo, y), min(halo, x)
            around = image[y - above : y + size + halo, x - before : x + size + halo]
            inner = network(around / 255)[2 * above :, 2 * before :][: 2 * size, : 2 * size]
            whole[2 * y : 2 * y + inner.shape[0], 2 * x : 2 * x + inner.shape[1]] = inner
    return to_levels(whole)
    ### END SOLUTION


# %% test="a6-mend-b"
grade("a6-mend-b", mended_b)

# %% [markdown]
# **C** (1 point). The result should be worth the network's effort.


# %% answer="a6-mend-c"
def mended_c(image):
    """RGB uint8 → enlarged ×2."""
    ### BEGIN SOLUTION
    return to_levels(network(image.astype(np.float32) / 255))
    ### END SOLUTION


# %% test="a6-mend-c"
grade("a6-mend-c", mended_c)

# %% [markdown]
# **D** (1 point). Do not use `to_levels` here: write out what it does.


# %% answer="a6-mend-d"
def mended_d(image):
    """RGB uint8 → enlarged ×2."""
    ### BEGIN SOLUTION
    whole = np.round(255 * network(image / 255))
    return np.clip(whole, 0, 255).astype(np.uint8)
    ### END SOLUTION


# %% test="a6-mend-d"
grade("a6-mend-d", mended_d)

# %% [markdown]
# **E** (1½ points). Over any even ground, the enlarged sticker should look like the sticker laid
# over that ground and enlarged then. What colour stands where alpha is 0 does not count.


# %% answer="a6-mend-e"
def mended_e(rgba):
    """RGBA uint8 → enlarged ×2, RGBA uint8."""
    ### BEGIN SOLUTION
    values = rgba / 255
    opacity = bilinear(values[..., 3], 2)[..., None]
    weighted = bilinear(values[..., :3] * values[..., 3:], 2)
    colour = weighted / np.maximum(opacity, 1e-6)
    return to_levels(np.concatenate([colour, opacity], axis=2))
    ### END SOLUTION


# %% test="a6-mend-e"
grade("a6-mend-e", mended_e)

# %% [markdown]
# **F** (1½ points).


# %% answer="a6-mend-f"
def mended_f(batch):
    """(N, H, W) uint8 → (N, 2H, 2W) uint8."""
    ### BEGIN SOLUTION
    trained = batch_network().eval()
    with torch.inference_mode():
        answer = trained(torch.tensor(batch[:, None] / 255).float())
    return to_levels(answer.numpy()[:, 0])
    ### END SOLUTION


# %% test="a6-mend-f"
grade("a6-mend-f", mended_f)

# %% [markdown]
# **G** (1½ points). Still by the cubic, and for every whole scale.


# %% answer="a6-mend-g"
def mended_g(image, scale):
    """Grey or colour, uint8 → enlarged by the cubic."""
    ### BEGIN SOLUTION
    places = [(np.arange(scale * n) + 0.5) / scale - 0.5 for n in image.shape[:2]]
    return to_levels(sampled(image / 255, *places))
    ### END SOLUTION


# %% test="a6-mend-g"
grade("a6-mend-g", mended_g)

# %% [markdown]
# **H** (1½ points). The LR picture should be that of the field's protocol, on which the published
# figures rest. Scale 2 alone is worth half a point.


# %% answer="a6-mend-h"
def mended_h(hr, scale):
    """Grey or colour, uint8, sides that scale divides → the LR picture, uint8."""
    ### BEGIN SOLUTION
    return imresize(hr, 1 / scale)
    ### END SOLUTION


# %% test="a6-mend-h"
grade("a6-mend-h", mended_h)

# %% [markdown]
# ## 3. Prove it (3 points)
#
# A bug that was found once comes back. What keeps it away is a check that runs by itself. It knows
# nothing of the code and has no right result to compare with. It only calls the pipeline, on
# pictures that you choose for it.
#
# **The grids** (1½ points). `enlarge` takes a grey picture `(H, W)` of floats from 0 to 1, with
# sides from 8 pixels, and gives `(2H, 2W)`. Write a check that returns `True` if the enlarged
# picture lies where it should, and `False` if it is shifted, be it in one direction only or at some
# places only. It will meet several enlargers. How smooth or sharp they are should not matter to it.
#
# Half a point for a check that lets all pass that are right, and not the one that reads at `i / 2`.


# %% answer="a6-prove-grid"
def grids_agree(enlarge):
    """True if enlarge puts everything in its place."""
    ### BEGIN SOLUTION
    for row, col in ((3, 3), (8, 12), (12, 4)):
        dot = np.zeros((16, 18))
        dot[row, col] = 1
        answer = enlarge(dot)
        for axis, place in ((1, row), (0, col)):
            profile = answer.sum(axis=axis)
            centre = (profile * np.arange(len(profile))).sum() / profile.sum()
            if abs(centre - (2 * place + 0.5)) > 0.05:
                return False
    return True
    ### END SOLUTION


# %% test="a6-prove-grid"
grade("a6-prove-grid", grids_agree)

# %% [markdown]
# **The neighbours** (1½ points). `upscale` takes a batch of grey pictures `(N, H, W)`, floats from
# 0 to 1, and gives `(N, 2H, 2W)`. Write a check that returns `True` if what becomes of a picture
# depends on that picture alone: not on its neighbours in the batch, and not on what was upscaled
# before. Differences of a millionth are no evidence: sums of floats have them.
#
# Half a point for a check that lets all pass that are right, and not the one that is in training
# mode.


# %% answer="a6-prove-batch"
def pictures_are_independent(upscale):
    """True if each picture of a batch is upscaled as if it were alone."""
    ### BEGIN SOLUTION
    random = np.random.default_rng(0)
    subject = random.random((1, 8, 8))
    dark, bright = 0.2 * subject[:, ::-1], 0.8 + 0.2 * subject[:, :, ::-1]
    alone = upscale(subject)[0]
    results = [
        upscale(np.concatenate([subject, dark]))[0],
        upscale(np.concatenate([bright, subject]))[1],
        upscale(subject)[0],
    ]
    return all(np.allclose(alone, result, atol=1e-4) for result in results)
    ### END SOLUTION


# %% test="a6-prove-batch"
grade("a6-prove-batch", pictures_are_independent)

# %% [markdown]
# ## 4. The bug that helps (2 points, in words)
#
# Seven of the eight bugs lower the figure that is reported, or spoil the picture, and so somebody
# will look for them. One of them raised it, at one scale.
#
# Which one, and at which scale? Say why it raises bicubic's PSNR there although its LR picture is
# worse. Why is a bug that raises the figure worse than one that lowers it? Name one more
# deviation from lesson 06 or 13, not one of the eight, that raises a reported PSNR, and say how you
# would find out whether a table that you read has such a bug.
#
# About eight sentences.

# %% scratch=true
print(sorted(names))  # measure here what you need

# %% [markdown] written="a6-the-bug-that-helps" points=2
# ### BEGIN SOLUTION
# Pipeline H, no antialiasing, at ×2: bicubic gains there and loses at ×3 and ×4. PSNR asks whether
# each pixel comes back. Without antialiasing the LR pixels are sharper, they hold more of the
# contrast that the original has at their places, and an interpolation that hardly changes what lies
# near its samples gives this contrast back. The stripes that fold in cost less than that, as long
# as the step is small; at ×3 and ×4 most of the detail folds, and the loss is larger.
#
# Who gets a lower figure than the paper searches for the reason. Who gets a higher one believes
# that the method is good, and publishes. And the figure is compared with those of others, whose LR
# pictures were made in another way, so that the gain of the bug is taken for a gain of the method.
#
# Another one: Y computed with 64.738 in the place of 65.738, or the picture scored before it is
# rounded to 8 bits; both gain some hundredths of a decibel. To find out: score plain bicubic in the
# same pipeline. Its figures are known for each data set and scale, and it has nothing to learn. If
# it differs from the published one by a tenth of a decibel, the pipeline differs.
#
# **Rubric**
#
# - ½ point: H (no antialiasing) at ×2.
# - ½ point: a reason that fits: the LR pixels keep contrast that antialiasing takes from them, and
#   PSNR rewards this where little folds. "The picture is sharper" alone earns half of it.
# - ½ point: nobody searches for a bug that flatters, and the comparison with others is spoilt.
# - ½ point: another deviation that raises the figure, and a test, such as bicubic against its
#   published value.
# ### END SOLUTION
