# %% [markdown]
# # Assignment 1 · Convolution and pooling by hand
#
# You write the two operations that every network of this course is built from, for one picture and
# then for many channels, and follow a gradient backwards through one of them. No library does it
# for you: NumPy holds the numbers, the loops are yours.
#
# **From** lessons 03 (convolution) and 04 (pooling and classification) · **Time** 60 to 90
# minutes · **20 points**, 16 of them by the checks in this notebook
#
# How it works:
#
# - Write where it says so. Then run the cell below your answer: it gives your points and, where
#   something is amiss, a hint. Run it as often as you like.
# - Where an answer is to be written by hand, a library's ready-made function earns nothing.
#   NumPy's sums, maxima, slices and `einsum` are yours to use.
# - Two answers are written in words. Your teacher reads those.
# - Before you hand in: *Kernel → Restart Kernel and Run All Cells*.

# %%
import matplotlib.pyplot as plt
import numpy as np

from srcourse.classroom import grade

# %% [markdown]
# ## 1. With a pencil (2 points)
#
# Take the picture and the kernel below, a sheet of paper and a pencil.
#
# $$I = \begin{pmatrix} 1&3&0&2\\4&1&5&2\\0&2&1&3\\2&5&4&1 \end{pmatrix} \qquad
# K = \begin{pmatrix} 1&2&0\\0&-1&0\\3&0&1 \end{pmatrix}$$
#
# Slide $K$ over $I$ as deep learning does it, without turning it. Write down the result
#
# - `valid`: without padding, one pixel at a time;
# - `padded`: with one ring of zeros around the picture, and stride 2.

# %% answer="a1-by-hand"
valid = None  # a table, such as [[0, 0], [0, 0]]
padded = None
### BEGIN SOLUTION
valid = [[7, 7], [14, 26]]
padded = [[0, 5], [13, 26]]
### END SOLUTION

# %% test="a1-by-hand"
grade("a1-by-hand", (valid, padded))

# %% [markdown]
# ## 2. How large is the output? (2 points)
#
# Along one side of `size` pixels, with `padding` pixels added at each end, a kernel of `kernel`
# numbers that lie `dilation` pixels apart moves on by `stride` pixels at a time. How often does it
# stop? In lesson 03 you wrote this without dilation, which is worth one of the two points.


# %% answer="a1-output-size"
def output_size(size, kernel, stride=1, padding=0, dilation=1):
    """The number of stops along one side, a whole number."""
    ### BEGIN SOLUTION
    reach = dilation * (kernel - 1) + 1
    return (size + 2 * padding - reach) // stride + 1
    ### END SOLUTION


# %% test="a1-output-size"
grade("a1-output-size", output_size)

# %% [markdown]
# ## 3. Convolution in loops (4 points)
#
# Now the whole of it, for a grey picture `(H, W)` and a square kernel with an odd side. The kernel
# is not turned. Beyond the picture's border stands zero. Compute in float: a picture may come as
# `uint8`, where 200 + 100 is 44.
#
# Two points are for stride 1 without padding, one more for stride and padding, the last for
# dilation.


# %% answer="a1-conv2d"
def conv2d(image, kernel, stride=1, padding=0, dilation=1):
    """The kernel slid over the image: a new array, each side as output_size has it."""
    ### BEGIN SOLUTION
    k = len(kernel)
    pixels = np.pad(np.asarray(image, dtype=float), padding)
    rows = output_size(image.shape[0], k, stride, padding, dilation)
    cols = output_size(image.shape[1], k, stride, padding, dilation)
    output = np.zeros((rows, cols))
    for r in range(rows):
        for c in range(cols):
            for i in range(k):
                for j in range(k):
                    pixel = pixels[r * stride + i * dilation, c * stride + j * dilation]
                    output[r, c] += float(kernel[i, j]) * pixel
    return output
    ### END SOLUTION


# %% test="a1-conv2d"
grade("a1-conv2d", conv2d)

# %% [markdown]
# ## 4. A layer (3 points)
#
# A layer of a network has many channels on both sides. For each output channel $o$ it holds one
# kernel for each input channel $i$, adds up what they give, and adds one number, the bias:
#
# $$y_o = b_o + \sum_i K_{o,i} * x_i$$
#
# `x` is `(channels in, H, W)`, `weight` is `(channels out, channels in, k, k)`, `bias` is
# `(channels out,)`. Stride 1, no padding. You may call your `conv2d`.


# %% answer="a1-layer"
def conv_layer(x, weight, bias):
    """The layer's output, (channels out, H - k + 1, W - k + 1)."""
    ### BEGIN SOLUTION
    maps = []
    for o in range(len(bias)):
        maps.append(sum(conv2d(x[i], weight[o, i]) for i in range(len(x))) + bias[o])
    return np.array(maps)
    ### END SOLUTION


# %% test="a1-layer"
grade("a1-layer", conv_layer)

# %% [markdown]
# ## 5. Is the convolution worth it? (2 points, in words)
#
# A classmate says: "A dense layer from every pixel to every pixel can do all that a convolution
# does, and more. So it must be the better first layer for a network that sharpens photographs."
#
# Answer with numbers. For a grey picture of 640 × 480 pixels, give the number of weights of both
# (the convolution 3 × 3, one channel in and out, no biases). Then name two things that the
# convolution takes for granted about pictures, and for one of them a picture where it is wrong.
#
# About six sentences. Use the cell below to compute.

# %% scratch=true
print(640 * 480)  # compute here what you need

# %% [markdown] written="a1-dense" points=2
# ### BEGIN SOLUTION
# The picture has 307,200 pixels. The dense layer has a weight for each pair of an input and an
# output pixel: 307,200² ≈ 9.4 × 10¹⁰, about 380 GB in float32. The convolution has 9. The classmate
# is right that the dense layer could represent the convolution. It could not be stored or trained,
# it works at one size only, and it must learn the same edge anew at each place.
#
# A convolution takes for granted that what matters for a pixel lies near it (locality), and that
# the same rule holds at every place (shared weights). Where the second is wrong: a portrait with a
# time stamp always in the same corner, or a lens that is sharp in the middle and soft at the rim.
# Where the first is wrong: a repeated pattern whose twin lies at the other end of the picture.
#
# **Rubric**
#
# - ½ point: 9.4 × 10¹⁰ weights (10¹¹ as an order of magnitude will do). Half of it for 307,200.
# - ½ point: 9 weights.
# - ½ point: locality and weight sharing, in any words. "Fewer weights" is a consequence and no
#   assumption.
# - ½ point: a picture that breaks the assumption it is given for, with a reason.
# ### END SOLUTION

# %% [markdown]
# ## 6. Pooling (3 points)
#
# Keep one number of each window: its largest (`"max"`) or its mean (`"average"`). The windows are
# `size` × `size` and move on by `stride`. Windows that would stick out are left out. A map may hold
# negative numbers only. Max pooling is worth two of the three points.


# %% answer="a1-pool"
def pool(image, size, stride, kind):
    """The pooled map, a new array of floats."""
    ### BEGIN SOLUTION
    rows = (image.shape[0] - size) // stride + 1
    cols = (image.shape[1] - size) // stride + 1
    output = np.zeros((rows, cols))
    for r in range(rows):
        for c in range(cols):
            top, left = r * stride, c * stride
            window = image[top : top + size, left : left + size]
            output[r, c] = window.max() if kind == "max" else window.mean()
    return output
    ### END SOLUTION


# %% test="a1-pool"
grade("a1-pool", pool)

# %% [markdown]
# ## 7. Where the gradient goes (2 points)
#
# In training, the gradient comes back the same way. Say the loss rises by $g$ when the pooled
# number rises by one. By how much does it rise when a pixel of the map does?
#
# Write this for max pooling with windows that do not overlap (stride = size), over maps whose sides
# `size` divides. `gradient` holds one number for each window. No two numbers of a window are equal.


# %% answer="a1-pool-backward"
def pool_backward(image, gradient, size):
    """The loss's slope for each pixel of the map: an array of the map's shape."""
    ### BEGIN SOLUTION
    slopes = np.zeros(image.shape)
    for r in range(gradient.shape[0]):
        for c in range(gradient.shape[1]):
            window = image[r * size : (r + 1) * size, c * size : (c + 1) * size]
            i, j = np.unravel_index(window.argmax(), window.shape)
            slopes[r * size + i, c * size + j] = gradient[r, c]
    return slopes
    ### END SOLUTION


# %% test="a1-pool-backward"
grade("a1-pool-backward", pool_backward)

# %% [markdown]
# ## 8. Which pooling? (2 points, in words)
#
# Below are two maps as a first layer might give them. One is an even grey area under noise. The
# other holds a few strong answers, five edges that were found, on a quiet ground. Both are pooled,
# 4 × 4, by each kind.

# %%
random = np.random.default_rng(0)
noisy = 1 + random.normal(0, 0.5, (32, 32))
sparse = random.normal(0, 0.05, (32, 32))
sparse[random.integers(0, 32, 5), random.integers(0, 32, 5)] = 4

figure, axes = plt.subplots(2, 3, figsize=(7, 5.4), layout="constrained")
for row, (name, picture) in zip(axes, {"noise": noisy, "edges": sparse}.items(), strict=True):
    blocks = picture.reshape(8, 4, 8, 4)
    shown = {
        f"{name}, as it came": picture,
        "max": blocks.max(axis=(1, 3)),
        "average": blocks.mean(axis=(1, 3)),
    }
    for axis, (title, values) in zip(row, shown.items(), strict=True):
        axis.imshow(values, cmap="gray", vmin=-0.5, vmax=4)
        axis.set_title(f"{title}\nmean {values.mean():.2f}, std {values.std():.2f}")
        axis.axis("off")
plt.show()

# %% [markdown]
# *Above, noise around 1; below, five strong answers. The numbers in the titles tell what each
# pooling did to the mean and to the spread.*
#
# Which kind of pooling would you take for which map, and why? Say for each of the two maps what the
# *other* kind would do to it, with the numbers above. Then say what neither of them keeps.
#
# About six sentences.

# %% [markdown] written="a1-which-pooling" points=2
# ### BEGIN SOLUTION
# For the noisy map, the average: its mean stays at 1, and the spread falls to about a quarter,
# since a window has 16 independent numbers. Max pooling would take the largest error of 16 and call
# it the signal: the mean rises from 1 to nearly 2.
#
# For the edges, the maximum: each window that holds one answers with the full 4. The average
# divides it by 16, down to 0.25 or so, and it nearly drowns.
#
# Neither keeps where in its window the answer was, and two edges in one window become one.
#
# **Rubric**
#
# - ½ point: average for the noise, maximum for the edges.
# - ½ point: max pooling lifts the mean of the noise, with the number from the picture.
# - ½ point: averaging weakens the edges by the window's 16 pixels, with the number.
# - ½ point: the place within the window is lost (or: how many there were).
# ### END SOLUTION
