# %% [markdown]
# # Assignment 3 · FSRCNN from its figure, trained
#
# A paper's figure and a few lines about it: that is often all there is. You count a network's
# parameters from it, build it, cut the pairs it learns from, write the step by which it learns, and
# train a small one. It starts as noise, and after some seconds it enlarges a photograph.
#
# **From** lessons 08 (SRCNN) and 09 (FSRCNN) · **Time** 60 to 90 minutes · **20 points**, 16 of
# them by the checks in this notebook
#
# How it works:
#
# - Write where it says so. Then run the cell below your answer: it gives your points and, where
#   something is amiss, a hint. Run it as often as you like.
# - Questions 1, 2 and 4 are written by hand: there a library's ready-made function earns nothing,
#   NumPy is yours to use. Questions 3, 5 and 6 are written in torch, but not with the course's own
#   networks.
# - Two answers are written in words. Your teacher reads those.
# - Before you hand in: *Kernel → Restart Kernel and Run All Cells*.

# %%
import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

import srcourse as sr
from srcourse.classroom import grade
from srcourse.images import luma
from srcourse.resampling import imresize

torch.set_num_threads(1)  # for a network this small, threads cost more than they give

# %% [markdown]
# ## The figure
#
# FSRCNN($d$, $s$, $m$), as Dong, Loy and Tang (2016) draw it, works on luma. From left to right:
#
# | part | layer | channels | after it |
# |-|-|-|-|
# | `extract` | convolution 5 × 5 | 1 → $d$ | PReLU |
# | `shrink` | convolution 1 × 1 | $d$ → $s$ | PReLU |
# | `mapping` | $m$ convolutions 3 × 3 | $s$ → $s$ each | PReLU after each |
# | `expand` | convolution 1 × 1 | $s$ → $d$ | PReLU |
# | `deconv` | transposed convolution 9 × 9, its stride the scale | $d$ → 1 | nothing |
#
# All layers have biases. A PReLU is $\max(0, x) + a \min(0, x)$, and each channel learns a slope
# $a$ of its own. The convolutions keep the picture's size.
#
# ## 1. Count it (3 points)
#
# How many numbers does the network learn? Give three: its weights, its biases and its slopes. One
# point each.


# %% answer="a3-parameters"
def fsrcnn_parameters(d, s, m):
    """How many weights, biases and slopes FSRCNN(d, s, m) has: three whole numbers."""
    ### BEGIN SOLUTION
    weights = 25 * d + d * s + m * 9 * s * s + s * d + 81 * d
    slopes = d + s + m * s + d
    return weights, slopes + 1, slopes
    ### END SOLUTION


# %% test="a3-parameters"
grade("a3-parameters", fsrcnn_parameters)

# %% [markdown]
# ## 2. How large is what comes out? (2 points)
#
# A transposed convolution stamps its kernel once for each of the `size` pixels, `stride` pixels
# apart, and adds up what overlaps. Then `padding` pixels are cut off at each end, and
# `output_padding` pixels are put on at the far end. How many pixels is the result long?
#
# One point is for the stamps alone, the other for the two paddings.


# %% answer="a3-deconv-size"
def deconv_size(size, kernel, stride, padding=0, output_padding=0):
    """The result's number of pixels along one side."""
    ### BEGIN SOLUTION
    return (size - 1) * stride + kernel - 2 * padding + output_padding
    ### END SOLUTION


# %% test="a3-deconv-size"
grade("a3-deconv-size", deconv_size)

# %% [markdown]
# ## 3. Build it (4 points)
#
# Write the network. Name its five parts as in the table. The first four are `nn.Sequential`, each
# of convolutions with a PReLU after each; `deconv` is the layer alone, with `padding=4`. Your
# formula tells which `output_padding` makes $n$ pixels exactly `scale` · $n$.
#
# One point is for the layers, two are for what comes out at ×2, the last for other scales and other
# $d$, $s$, $m$.


# %% answer="a3-network"
class FSRCNN(nn.Module):
    """(N, 1, H, W) becomes (N, 1, scale · H, scale · W)."""

    def __init__(self, scale, d=56, s=12, m=4):
        super().__init__()
        ### BEGIN SOLUTION
        self.extract = nn.Sequential(nn.Conv2d(1, d, 5, padding=2), nn.PReLU(d))
        self.shrink = nn.Sequential(nn.Conv2d(d, s, 1), nn.PReLU(s))
        layers = []
        for _ in range(m):
            layers += [nn.Conv2d(s, s, 3, padding=1), nn.PReLU(s)]
        self.mapping = nn.Sequential(*layers)
        self.expand = nn.Sequential(nn.Conv2d(s, d, 1), nn.PReLU(d))
        self.deconv = nn.ConvTranspose2d(d, 1, 9, stride=scale, padding=4, output_padding=scale - 1)
        ### END SOLUTION

    def forward(self, x):
        ### BEGIN SOLUTION
        return self.deconv(self.expand(self.mapping(self.shrink(self.extract(x)))))
        ### END SOLUTION


# %% test="a3-network"
grade("a3-network", FSRCNN)

# %% [markdown]
# ## 4. Pairs to learn from (2 points)
#
# A network learns from small pieces of pictures. Cut a picture and its LR version, both `(H, W)`,
# into pairs. The LR patches are `size` × `size`; they begin at row and column 0 and every `step` LR
# pixels from there, row by row. Those that would stick out are left out. The HR patch of each is
# `scale` times as large, and shows the same piece of the world.
#
# `hr` may have a few more rows and columns at its end than `scale` times those of `lr`. One point
# is for patches that lie side by side (`step` = `size`).


# %% answer="a3-patches"
def cut(lr, hr, scale, size, step):
    """The N patches (N, size, size) of lr, and those of hr, (N, scale · size, scale · size)."""
    ### BEGIN SOLUTION
    small, large = [], []
    for r in range(0, lr.shape[0] - size + 1, step):
        for c in range(0, lr.shape[1] - size + 1, step):
            top, left = scale * r, scale * c
            small.append(lr[r : r + size, c : c + size])
            large.append(hr[top : top + scale * size, left : left + scale * size])
    return np.array(small), np.array(large)
    ### END SOLUTION


# %% test="a3-patches"
grade("a3-patches", cut)

# %% [markdown]
# ## 5. One step (3 points)
#
# Let the network enlarge a batch `lr`, and compare with `hr` by the mean of the squared errors
# (MSE) over all pixels of all pictures. Compute its gradient, and let the optimiser take one step
# with this gradient alone. Return the loss, the one before the step.
#
# One point is for the loss, one for the step, one for a step after a step.


# %% answer="a3-step"
def train_step(network, optimiser, lr, hr):
    """The loss of this batch, a number. The network has learned from it."""
    ### BEGIN SOLUTION
    loss = F.mse_loss(network(lr), hr)
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()
    ### END SOLUTION


# %% test="a3-step"
grade("a3-step", train_step)

# %% [markdown]
# ## 6. Train it (2 points)
#
# Now a small one, FSRCNN(2, 16, 8, 1), for ×2. The cell below makes three pictures ready: the
# luma and the LR version of each. The fourth is not to be learned from. It is for looking.


# %%
def pair(name, scale=2):
    """The LR version and the luma of a sample picture, cropped to a multiple of scale."""
    hr = luma(sr.images.sample(name))
    high, wide = (n - n % scale for n in hr.shape)
    return imresize(hr[:high, :wide], 1 / scale), hr[:high, :wide]


learned_from = [pair(name) for name in ("camera", "coffee", "chelsea")]
test_lr, test_hr = pair("astronaut")

# %% [markdown]
# This recipe takes some seconds, and does better than it must:
#
# - patches of 12 × 12, side by side, of all three pictures: tensors `(N, 1, 12, 12)` and
#   `(N, 1, 24, 24)` of `torch.float32`;
# - 2000 steps, each with 16 patches drawn at random;
# - `torch.optim.Adam` with a learning rate of 0.01. In the second half of the steps it falls to
#   (nearly) zero, in a straight line: `optimiser.param_groups[0]["lr"] = …`;
# - torch's seed fixed before all, so that you get the same again.
#
# On a photograph that your network has not seen, one point is for a PSNR clearly above nearest
# neighbour's, and two are for coming within half a decibel of bicubic, or beyond. Keep the cell's
# time below a minute.

# %% answer="a3-training"
trained = None  # the trained network
### BEGIN SOLUTION
torch.manual_seed(0)
trained = FSRCNN(2, 16, 8, 1)
optimiser = torch.optim.Adam(trained.parameters(), lr=0.01)
small, large = zip(*[cut(lr, hr, 2, 12, 12) for lr, hr in learned_from], strict=True)
small = torch.tensor(np.concatenate(small), dtype=torch.float32)[:, None]
large = torch.tensor(np.concatenate(large), dtype=torch.float32)[:, None]
STEPS = 2000
for i in range(STEPS):
    optimiser.param_groups[0]["lr"] = 0.01 * min(1, 2 * (1 - i / STEPS) + 0.02)
    drawn = torch.randint(len(small), (16,))
    train_step(trained, optimiser, small[drawn], large[drawn])
### END SOLUTION

# %% test="a3-training"
grade("a3-training", trained)

# %%
# What it makes of the fourth picture. PSNR is of luma, without 4 pixels along the border.
methods = {
    "nearest": np.kron(test_lr, np.ones((2, 2))),
    "bicubic": np.clip(imresize(test_lr, 2), 0, 1),
}
if trained is not None:
    with torch.no_grad():
        given = torch.tensor(test_lr, dtype=torch.float32)[None, None]
        methods["yours"] = np.clip(trained(given)[0, 0].numpy(), 0, 1).astype(float)

figure, axes = plt.subplots(1, 4, figsize=(8, 2.7), layout="constrained")
for axis, (name, picture) in zip(axes, {"the original": test_hr, **methods}.items(), strict=False):
    axis.imshow(picture[60:160, 170:270], cmap="gray", vmin=0, vmax=1)
    psnr = sr.metrics.psnr(test_hr, picture, border=4, data_range=1)
    axis.set_title(name if picture is test_hr else f"{name}\n{psnr:.2f} dB")
for axis in axes:
    axis.axis("off")
plt.show()

# %% [markdown]
# *A piece of the fourth picture; the numbers are of the whole of it. Look at the eyes and at the
# teeth.*
#
# ## 7. What may you say? (2 points, in words)
#
# A classmate writes into her report: "My FSRCNN, trained for ten seconds, beats bicubic by 0.6 dB
# at ×2. The paper's FSRCNN has 37.00 dB, so mine is 5 dB worse than the paper's."
#
# Say what is wrong with each of the two sentences. Name two things that keep her number and the
# paper's from being compared, and say what she would have to do so that they may be. Then say what
# else she should measure before she may write that networks such as hers beat bicubic, with your
# own numbers from the cell above.
#
# About six sentences. Use the cell below to compute.

# %% scratch=true
print(imresize(test_lr, 2).shape)  # measure here what you need

# %% [markdown] written="a3-honest" points=2
# ### BEGIN SOLUTION
# The second sentence compares different pictures. The paper's 37.00 dB is a mean over the five
# pictures of Set5; hers is of one photograph, and bicubic's PSNR differs by many decibels from
# picture to picture. The protocol may differ too: the channel (luma from 16 to 235, in levels), the
# border that is cut off (as many pixels as the scale), the rounding to uint8, and how the LR
# picture was made. Nor is it the paper's network: FSRCNN(16, 8, 1) has far fewer parameters than
# FSRCNN(56, 12, 4). She would have to run hers over Set5 with the paper's protocol, and check that
# her bicubic gives the published 33.66 dB there.
#
# The first sentence is one picture and one training. Another start gives another number, and the
# gain differs between pictures. Before she generalises, she should measure many pictures that were
# not learned from, and a few seeds, and give the spread. Mine is ahead of bicubic on this picture
# by the number above the figure; on a drawing or a text it may well be behind.
#
# **Rubric**
#
# - ½ point: other pictures (Set5 against one photograph), so the 5 dB say nothing.
# - ½ point: a second reason: another network or training, or one difference of protocol by name.
# - ½ point: the remedy: Set5 by the paper's protocol, with bicubic's published PSNR as the check.
# - ½ point: one picture and one seed; more of both, with a spread, and own numbers given.
# ### END SOLUTION

# %% [markdown]
# ## 8. Where does a pixel go? (2 points, in words)
#
# The LR pixel $i$ covers `scale` pixels of the HR picture: from $s\,i$ to $s\,i + s - 1$. FSRCNN's
# deconvolution stamps its 9 × 9 kernel for this pixel. With `padding=4` the middle of the stamp
# comes to lie on the HR pixel $s\,i$.
#
# How far is that from the middle of the pixels that the LR pixel covers, at ×2, ×3 and ×4? Which
# `padding` and `output_padding` would put it right at ×3, and why is there none that does at ×2?
# And yet FSRCNN with `padding=4` works at every scale. How can that be, and what does it cost?
#
# About six sentences.

# %% [markdown] written="a3-where" points=2
# ### BEGIN SOLUTION
# The middle of the pixels that LR pixel $i$ covers lies at $s\,i + (s-1)/2$. The stamp's middle
# lies at $s\,i$, which is off by $(s-1)/2$ towards the upper left: ½ pixel at ×2, 1 at ×3, 1½ at
# ×4.
#
# At ×3 padding 3 moves the result by one pixel, and the size is right with `output_padding=0`:
# $3(n-1) + 9 - 6 = 3n$. At ×2 the middle would have to lie between two pixels. A kernel with an odd
# side has its middle on a pixel, and padding moves it by whole pixels only (a kernel of 8 or 10
# would do).
#
# All of it is learned. Training can put the kernel's weight to the lower right of its middle, and
# the layers before can move the picture by parts of an LR pixel, as any convolution can. Between
# them they bring it back to its place. The cost: seen from the pixel's true place the kernel
# reaches less far on one side than on the other, and a part of what is learned is only that move.
# 9 × 9 is large enough for that to matter little.
#
# **Rubric**
#
# - ½ point: ½, 1 and 1½ pixels, (s − 1)/2.
# - ½ point: padding 3 and output_padding 0 at ×3.
# - ½ point: at ×2 the middle falls between pixels, and an odd kernel's cannot.
# - ½ point: what is learned makes up for it (the kernel, or the layers before it), at the cost of
#   reach on one side, or of weights that are spent on it.
# ### END SOLUTION
