# %% [markdown]
# # Assignment 2 · Interpolation and the residual block
#
# Two things that every super-resolution network stands on. Bicubic interpolation is what it has to
# beat, and often what it starts from; the residual block is what it is built of. You write both,
# and take the second one's gradient by hand.
#
# **From** lessons 05 (residual networks), 06 (the problem) and 07 (interpolation) · **Time** 60 to
# 90 minutes · **20 points**, 16 of them by the checks in this notebook
#
# How it works:
#
# - Write where it says so. Then run the cell below your answer: it gives your points and, where
#   something is amiss, a hint. Run it as often as you like.
# - Where an answer is to be written by hand, a library's ready-made function earns nothing.
#   NumPy's sums, products and slices are yours to use. Question 5 is written in torch.
# - Two answers are written in words. Your teacher reads those.
# - Before you hand in: *Kernel → Restart Kernel and Run All Cells*.

# %%
import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import nn

import srcourse as sr
from srcourse.classroom import grade
from srcourse.classroom.assignments.material import weak_baseline

# %% [markdown]
# ## 1. Where a pixel lies (2 points)
#
# A picture's line is resized by `scale` and has `n` pixels then. Where does the centre of each of
# these `n` pixels lie on the line as it was, counted in its pixels, from the centre of its first
# one? Enlarging by whole numbers is worth one point; the other is for every scale, above 1 or
# below.


# %% answer="a2-positions"
def positions(n, scale):
    """The n places, an array of floats."""
    ### BEGIN SOLUTION
    return (np.arange(n) + 0.5) / scale - 0.5
    ### END SOLUTION


# %% test="a2-positions"
grade("a2-positions", positions)

# %% [markdown]
# ## 2. Keys' kernel (2 points)
#
# $$k(x) = \begin{cases}
# (a+2)|x|^3 - (a+3)|x|^2 + 1 & |x| \le 1 \\
# a|x|^3 - 5a|x|^2 + 8a|x| - 4a & 1 < |x| < 2 \\
# 0 & \text{else}
# \end{cases}$$
#
# `x` is an array of distances, some of them negative. The second point is for other values of $a$.


# %% answer="a2-cubic"
def cubic(x, a=-0.5):
    """The weight of each distance in x: an array of its shape."""
    ### BEGIN SOLUTION
    x = np.abs(x)
    near = (a + 2) * x**3 - (a + 3) * x**2 + 1
    far = a * x**3 - 5 * a * x**2 + 8 * a * x - 4 * a
    return np.where(x <= 1, near, np.where(x < 2, far, 0.0))
    ### END SOLUTION


# %% test="a2-cubic"
grade("a2-cubic", cubic)

# %% [markdown]
# ## 3. A line (3 points)
#
# Enlarge a line of samples by a whole `scale`, with $a = -0.5$. Each new sample at the place $x$ is
# made of four old ones, from $\lfloor x \rfloor - 1$ to $\lfloor x \rfloor + 2$, each with the
# weight $k(x - j)$. The result is float, neither rounded nor clipped.
#
# Beyond an end, the line goes on as in a mirror that stands at its border: … c b a | a b c …
# The last of the three points is for the ends.


# %% answer="a2-line"
def enlarge_line(line, scale):
    """The enlarged line: scale times as many samples."""
    ### BEGIN SOLUTION
    n = len(line)
    padded = np.pad(np.asarray(line, dtype=float), 4, mode="symmetric")
    output = np.zeros(scale * n)
    for i, x in enumerate(positions(scale * n, scale)):
        first = int(np.floor(x)) - 1
        for j in range(first, first + 4):
            output[i] += cubic(x - j) * padded[j + 4]
    return output
    ### END SOLUTION


# %% test="a2-line"
grade("a2-line", enlarge_line)

# %% [markdown]
# ## 4. A picture (3 points)
#
# Now a picture of `uint8`, first along one axis, then along the other. What comes out is `uint8`
# again: rounded and clipped once, at the very end. Grey pictures `(H, W)` are worth two points,
# colour `(H, W, 3)` the third. You may call your `enlarge_line`.


# %% answer="a2-picture"
def enlarge(image, scale):
    """The enlarged picture, uint8."""
    ### BEGIN SOLUTION
    values = np.apply_along_axis(enlarge_line, 0, image.astype(float), scale)
    values = np.apply_along_axis(enlarge_line, 1, values, scale)
    return np.clip(np.round(values), 0, 255).astype(np.uint8)
    ### END SOLUTION


# %% test="a2-picture"
grade("a2-picture", enlarge)

# %% [markdown]
# ## 5. The residual block (3 points)
#
# Write the block of He and others (2016) as a module of torch, without batch normalisation:
#
# $$H(x) = \mathrm{ReLU}\big(F(x) + S(x)\big) \qquad F(x) = W_2 * \mathrm{ReLU}(W_1 * x)$$
#
# `conv1` and `conv2` are 3 × 3 convolutions with biases, padded so that they keep the picture's
# size; `conv1` has the stride. The shortcut $S$ is $x$ itself where the shapes agree, and
# `projection` is `None` then. Else `projection` is a 1 × 1 convolution with the stride and without
# a bias. Name the three as here. Two points are for blocks whose shapes agree.


# %% answer="a2-block"
class ResidualBlock(nn.Module):
    """(N, n_in, H, W) becomes (N, n_out, H / stride, W / stride)."""

    def __init__(self, n_in, n_out, stride=1):
        super().__init__()
        ### BEGIN SOLUTION
        self.conv1 = nn.Conv2d(n_in, n_out, 3, stride=stride, padding=1)
        self.conv2 = nn.Conv2d(n_out, n_out, 3, padding=1)
        self.projection = None
        if n_in != n_out or stride != 1:
            self.projection = nn.Conv2d(n_in, n_out, 1, stride=stride, bias=False)
        ### END SOLUTION

    def forward(self, x):
        ### BEGIN SOLUTION
        branch = self.conv2(torch.relu(self.conv1(x)))
        shortcut = x if self.projection is None else self.projection(x)
        return torch.relu(branch + shortcut)
        ### END SOLUTION


# %% test="a2-block"
grade("a2-block", ResidualBlock)

# %% [markdown]
# ## 6. Its gradient (3 points)
#
# Take the block with dense layers and without the last ReLU, $H = \mathrm{ReLU}(x W_1) W_2 + x$.
# `x` is `(N, n)`, a row for each of $N$ inputs; `w1` is `(n, m)`, `w2` is `(m, n)`. `g` holds the
# loss's slope for each number of $H$. Return the loss's slopes for `x`, `w1` and `w2`, each with
# the shape of what it belongs to. One point each; autograd is not allowed. (You may ask autograd
# whether you are right.)


# %% answer="a2-backward"
def block_backward(x, w1, w2, g):
    """The gradients for x, w1 and w2."""
    ### BEGIN SOLUTION
    a = x @ w1
    h = np.maximum(a, 0)
    back = (g @ w2.T) * (a > 0)
    return back @ w1.T + g, x.T @ back, h.T @ g
    ### END SOLUTION


# %% test="a2-backward"
grade("a2-backward", block_backward)

# %% [markdown]
# ## 7. A weak baseline (2 points, in words)
#
# A colleague shows you the table of a new network: it beats bicubic by 3 dB at ×2. You look at her
# bicubic. It scores far below the published figure, although her enlarged pictures look fine to
# you. Here is one of them, and what it misses of the original.

# %%
hr, hers = weak_baseline()
figure, axes = plt.subplots(1, 3, figsize=(8, 2.4), layout="constrained")
for axis, (title, picture, low, high) in zip(
    axes,
    (
        ("the original", hr, 0, 255),
        ("her bicubic ×2", hers, 0, 255),
        ("original − hers", hr - hers, -100, 100),
    ),
    strict=True,
):
    axis.imshow(picture, cmap="gray", vmin=low, vmax=high)
    axis.set_title(title)
    axis.axis("off")
plt.show()
print(f"PSNR of hers {sr.metrics.psnr(hr, hers, data_range=255):.2f} dB")

# %% [markdown]
# *On the right, grey stands for no difference. Look at both sides of an edge.*
#
# What is the most likely bug, and what in the picture tells you? Name one number that you would
# compute to prove it, and what it would have to be. Then name one other bug that also lowers
# bicubic's PSNR, and say how the difference on the right would look with that one instead.
#
# About six sentences.

# %% scratch=true
print(hers.shape)  # measure here what you need

# %% [markdown] written="a2-weak-baseline" points=2
# ### BEGIN SOLUTION
# The picture is shifted by about half a pixel: it was read at i/s or (i + ½)/s, where
# (i + ½)/s − ½ is right. What tells is the relief: each edge is bright on one side and dark on the
# other, and edges of opposite direction are turned around. A bug in the levels would follow the
# picture and not its slopes.
#
# Proof: shift her picture back by a number of pixels and look for the shift with the highest PSNR.
# It should be best at half a pixel in both directions (or: one enlarged pixel, on a picture that is
# a ramp, gives the shift directly), and there it should come near the published figure.
#
# Another bug: no antialiasing when the LR picture was made. The difference would then be strongest
# in fine textures, as stripes and moiré, the same on both sides of an edge. (Or: a wrong value
# range shows the whole picture in the difference; a border that is not cut off shows at the frame
# only; a = −0.75 shows thin double lines along all edges.)
#
# **Rubric**
#
# - ½ point: a shift of (about) half a pixel, from the formula for the place.
# - ½ point: the relief, bright on one side and dark on the other.
# - ½ point: a number that can be computed, with the value that would prove it.
# - ½ point: another bug with a symptom that tells it from the first.
# ### END SOLUTION

# %% [markdown]
# ## 8. What does the shortcut solve? (2 points, in words)
#
# From a blog: "Deep plain networks fail because their gradients vanish. The shortcut lets the
# gradient pass, and so it solves the problem. Therefore every deep network needs one."
#
# Lesson 05 trained plain and residual networks of 32 layers from three different starts. Name one
# of its results that speaks for the blog and two that speak against it. Then say in your own words
# what the shortcut does, so that all three fit.
#
# About six sentences.

# %% [markdown] written="a2-shortcut" points=2
# ### BEGIN SOLUTION
# For: without normalisation and with small weights, the first layers' gradients are many powers of
# ten smaller in the plain network, which does not learn, and the residual one does.
#
# Against: with batch normalisation the first layers of the plain network get the *largest*
# gradients, and yet it does not learn; so something other than vanishing holds it back. And with
# He's weights and no normalisation the plain network learns, 32 layers deep, while the residual one
# fails, because its sums and its gradients grow from block to block.
#
# The shortcut makes doing nothing the zero point: a block at zero is the identity, and its slope is
# 1 + F'. That keeps deep networks trainable as long as the branches stay small. It is neither
# needed everywhere nor always enough.
#
# **Rubric**
#
# - ½ point: small weights, the case where the gradient does vanish.
# - ½ point: batch normalisation, large gradients and no learning (degradation).
# - ½ point: He's weights, where the plain network learns (or the residual one explodes).
# - ½ point: an account that fits all three: identity as the starting point, 1 + F', small branches.
# ### END SOLUTION
