# %% [markdown]
# # 03 · Convolution
#
# A convolution slides a small table of numbers over a picture. That one operation sharpens
# photographs, finds edges, and, with numbers that were learned, enlarges pictures: every network
# of this course is built from it.
#
# **You will be able to**
#
# - compute a convolution by hand, and write it as four loops;
# - say how large its output is for any padding, stride and dilation;
# - explain why a network for pictures uses convolutions, and count what it saves, up to a picture
#   in 8K.
#
# **Time** about 35 minutes ·
# **Before this** [02 · Neurons and gradients](02_neurons_and_gradients.ipynb)

# %%
import matplotlib.pyplot as plt
import numpy as np
import torch

import srcourse as sr
from srcourse import claims
from srcourse.classroom import check
from srcourse.layers import (
    conv_multiply_adds,
    conv_output_size,
    conv_parameters,
    convolve2d,
    dense_parameters,
    named_kernel,
)
from srcourse.widgets import ConvolutionStepper, KernelExplorer, Predict

# %% [markdown]
# ## Predict first
#
# A picture has 5 × 5 pixels. A table of 3 × 3 numbers slides over it, one pixel at a time, and
# never leaves the picture. At each stop it produces one number.

# %%
Predict(
    "03-stops",
    "How many numbers come out?",
    answer=lambda: conv_output_size(5, 3) ** 2,
    because="3 stops along each side: the table's left column can lie on columns 0, 1 and 2.",
)

# %% [markdown]
# ## What a convolution is
#
# Take the **kernel** $K$, a table of $k \times k$ numbers. Lay it on the picture $I$. Multiply each
# of its numbers with the pixel under it, and add up the products:
#
# $$O(r, c) = \sum_{i=0}^{k-1} \sum_{j=0}^{k-1} K(i, j) \, I(r + i,\; c + j)$$
#
# Then move on by one pixel and do it again. The products are taken number by number: this is no
# matrix product. And the numbers may be any real numbers; fractions and negative ones do most of
# the interesting work.
#
# Here is the sum, as code. The two outer loops visit each pixel of the output, the two inner ones
# each number of the kernel.


# %%
def convolve(image, kernel):
    k = len(kernel)
    rows, cols = image.shape[0] - k + 1, image.shape[1] - k + 1
    output = np.zeros((rows, cols))
    for r in range(rows):
        for c in range(cols):
            for i in range(k):
                for j in range(k):
                    output[r, c] += kernel[i, j] * image[r + i, c + j]
    return output


image = np.array(
    [
        [1, 1, 1, 0, 0],
        [0, 1, 1, 1, 0],
        [0, 0, 1, 1, 1],
        [0, 0, 1, 1, 0],
        [0, 1, 1, 0, 0],
    ]
)
kernel = np.array([[1, 0, 1], [0, 1, 0], [1, 0, 1]])
convolve(image, kernel)

# %% [markdown]
# This 5 × 5 picture is a classic of textbooks. Our source report shows it too, with a single number
# of the result, the 4 in the corner, and without its kernel. With a diagonal cross of ones as its
# kernel you get that 4, and eight more numbers beside it.
#
# ### Live: step through it
#
# Press **Next** (or the right arrow key) and follow one stop at a time: the window, the nine
# products, their sum.

# %%
ConvolutionStepper()

# %% [markdown]
# **Try**
#
# - Set the padding to 1. The picture grows a border of zeros, and the result is 5 × 5 again.
# - Set the stride to 2. Which stops are left out?
# - Set the dilation to 2. The kernel keeps its nine numbers and reaches over 5 × 5 pixels.
#
# **Notice** that the formula below the grids is always filled in with your numbers.
#
# ## How large is the output?
#
# Along one side of $n$ pixels, with $p$ pixels added at each end (the **padding**), $s$ pixels from
# one stop to the next (the **stride**) and the kernel's numbers $d$ pixels apart (the **dilation**,
# usually 1), the kernel makes
#
# $$\left\lfloor \frac{n + 2p - d(k - 1) - 1}{s} \right\rfloor + 1$$
#
# stops, where $\lfloor \; \rfloor$ rounds down (Dumoulin and Visin 2016, relationship 15). Two
# cases have names. **Valid** adds nothing. **Same** adds as much as it takes for the output to be
# as large as the picture: $p = (k-1)/2$ at stride 1.
#
# The source report says two things here that the formula does not bear out. Let us check them.

# %%
print("5×5 padded to 6×6, kernel 3×3:", conv_output_size(6, 3), "a side, not 5")
print("5×5 padded to 7×7, kernel 3×3:", conv_output_size(7, 3), "a side: this is 'same'")
for n in (5, 7, 9):
    print(f"valid, {n}×{n}, kernel 3×3: {conv_output_size(n, 3)} a side")

# %% [markdown]
# So 6 × 6 is not enough for "same", which needs a ring of one pixel all around: 7 × 7. And the
# valid output has the kernel's size only by chance: 5 − 3 + 1 happens to be 3. In general it is
# $n - k + 1$.
#
# ### A word about turning
#
# Mathematicians turn the kernel by 180° before they slide it, and call only that a convolution;
# without the turn it is a *cross-correlation*. Deep learning does not turn, and calls it
# convolution all the same. A network learns its kernels, so it does not care. For a kernel that
# looks the same after the turn, like the cross above, there is no difference at all. For one that
# finds edges, such as Sobel's, there is:

# %%
sobel = named_kernel("sobel-x")
tensor = torch.tensor(image, dtype=torch.float64)[None, None]  # one picture, one channel
by_torch = torch.nn.functional.conv2d(tensor, torch.tensor(sobel)[None, None])[0, 0].numpy()
print("ours equals torch's conv2d:", np.allclose(convolve2d(image, sobel), by_torch))
print("turned, Sobel changes sign:", np.allclose(convolve2d(image, sobel, flip=True), -by_torch))

# %% [markdown]
# ## Live: what kernels do to photographs
#
# Edit the kernel, or take one with a name. Point at a pixel of the photograph (or focus it and use
# the arrow keys) to see its neighbourhood, the products and their sum.

# %%
KernelExplorer("sharpen")

# %% [markdown]
# **Try**
#
# - *box* and *gaussian* at 7 × 7: both blur. Look at the flag's stripes: which is smoother?
# - *sharpen*: its numbers sum to 1, so the overall brightness stays.
# - *sobel-x*, shown "plus 128": bright and dark lines where the picture changes from left to right.
# - Take the identity and write a −1 into one corner. What do you get, and why?
#
# **Notice** the sum of the weights. Kernels that sum to 1 keep an even area as it is; kernels that
# sum to 0 turn it to black, and answer only to change.
#
# Each statement in a cell:

# %%
photo = sr.images.sample("camera").astype(float)
print(f"the photograph: mean {photo.mean():.2f}")
for name in ("identity", "box", "gaussian", "sharpen", "sobel-x", "laplacian"):
    k = named_kernel(name)
    result = convolve2d(photo, k, padding="same", edge="symmetric")
    print(f"{name:<10} weights sum to {k.sum():.2f}, mean of the result {result.mean():.2f}")

# %% [markdown]
# ## A colour picture is three planes
#
# A colour picture is a block of numbers: height × width × 3. A filter, as above, treats each plane
# by itself. In a network such planes are called **channels**, or **maps**; there may be many, and
# few stand for a colour. Its layer does more: for each output channel it has one kernel *per input
# channel*, and adds the three results up. A 3 × 3 layer from 3 to 64 channels therefore has 3 · 64
# kernels.

# %%
coffee = sr.images.sample("coffee")
figure, axes = plt.subplots(1, 4, figsize=(11, 2.6), layout="constrained")
axes[0].imshow(coffee)
axes[0].set_title("the photograph")
for axis, plane, name in zip(
    axes[1:], np.moveaxis(coffee, 2, 0), ("red", "green", "blue"), strict=True
):
    axis.imshow(plane, cmap="gray", vmin=0, vmax=255)
    axis.set_title(f"its {name} plane")
for axis in axes:
    axis.axis("off")
plt.show()

# %% [markdown]
# *The brown table is bright in the red plane and dark in the blue one; the white cup is bright in
# all three.*

# %%
print("kernel numbers, 3×3, 3 → 64 channels:", conv_parameters(3, 64, 3, bias=False))
print("and 64 biases, one per output channel:", conv_parameters(3, 64, 3))

# %% [markdown]
# ## Why not an ordinary network?
#
# A fully connected layer, also called *dense*, could do anything a convolution does. It would
# connect every output number with every pixel. Count what that costs to turn a picture into one of
# the same size, three channels each. (A *multiply-add* is one product, added to a sum.)

# %%
sizes = {"CIFAR-10": (32, 32), "VGA": (640, 480), "Full HD": (1920, 1080), "8K": (7680, 4320)}
print(f"{'':<10}{'numbers':>12}{'dense weights':>16}{'conv weights':>14}{'conv multiply-adds':>20}")
for name, (width, height) in sizes.items():
    n = 3 * width * height
    dense = dense_parameters(n, n)
    conv = conv_parameters(3, 3, 3)
    work = conv_multiply_adds(height, width, 3, 3, 3)
    print(f"{name:<10}{n:>12,}{dense:>16.2e}{conv:>14}{work:>20.2e}")

# %% [markdown]
# At 8K the dense layer would need about 10¹⁶ weights, forty petabytes of float32. The convolution
# has 84, at every size. It saves in two ways: a pixel looks only at its **neighbours**, and every
# place **shares** the same kernel. Both are assumptions about pictures, and good ones: what is near
# belongs together, and an edge is an edge wherever it lies.
#
# A dense network also has no idea of *where*. Shuffle all pixels of all pictures in the same way,
# and it learns just as well as before. What it throws away, a convolution keeps: move the picture,
# and the result moves with it.

# %%
moved = np.roll(photo, (0, 7), axis=(0, 1))
inside = np.s_[10:-10, 10:-10]
filtered_then_moved = np.roll(convolve2d(photo, sobel, padding="same"), (0, 7), axis=(0, 1))
moved_then_filtered = convolve2d(moved, sobel, padding="same")
print(
    "moving and filtering commute:",
    np.allclose(filtered_then_moved[inside], moved_then_filtered[inside]),
)

# %% [markdown]
# ## What the source report says
#
# Its sections 2.3 and 2.4 introduce convolution. Statement by statement:

# %%
claims.table("2.3", "2.4.1", "2.4.2")

# %% [markdown]
# ## Exercises
#
# ### 1. The output's size
#
# Write the formula, without dilation. All arguments are whole numbers, and so is the answer.


# %%
def output_size(size, kernel, stride=1, padding=0):
    pass  # your lines here


check("03-output-size", output_size)

# %% [markdown]
# <details><summary>Solution: 03-output-size</summary>
#
# ```python
# def output_size(size, kernel, stride=1, padding=0):
#     return (size + 2 * padding - kernel) // stride + 1
# ```
#
# </details>
#
# ### 2. Convolution in loops
#
# Close your eyes to the cell above, and write it yourself: no padding, stride 1, the kernel not
# turned. `image` is (H, W), `kernel` (k, k), the result an array of (H − k + 1, W − k + 1).


# %%
def my_convolve(image, kernel):
    pass  # your lines here


check("03-convolve", my_convolve)

# %% [markdown]
# <details><summary>Solution: 03-convolve</summary>
#
# ```python
# def my_convolve(image, kernel):
#     k = len(kernel)
#     output = np.zeros((image.shape[0] - k + 1, image.shape[1] - k + 1))
#     for r in range(output.shape[0]):
#         for c in range(output.shape[1]):
#             output[r, c] = (image[r : r + k, c : c + k] * kernel).sum()
#     return output
# ```
#
# </details>
#
# ### 3. A kernel of your own
#
# Find a 3 × 3 kernel that gives 0 on an even area and on vertical edges, and a positive number
# where the picture is dark above and bright below. An edge lies under the kernel at two stops:
# between its first and second row (or column), and between its second and third. The kernel should
# do this at both. Try it in the KernelExplorer.

# %%
my_kernel = np.zeros((3, 3))

check("03-edge-kernel", my_kernel)

# %% [markdown]
# <details><summary>Solution: 03-edge-kernel</summary>
#
# ```python
# my_kernel = np.array([[-1, -1, -1], [0, 0, 0], [1, 1, 1]])
# ```
#
# </details>
#
# ## Key points
#
# - A convolution is a sum of products, kernel times window, at every stop of a sliding window.
# - Its output has $\lfloor (n + 2p - d(k-1) - 1)/s \rfloor + 1$ pixels a side; "same" needs
#   $(k-1)/2$ pixels all around.
# - Few, shared, local weights: 84 where a dense layer would need 10¹⁶.
#
# **Next** [04 · Pooling and classification](04_pooling_and_classification.ipynb)
#
# ## References
#
# - V. Dumoulin and F. Visin, *A guide to convolution arithmetic for deep learning*, 2016,
#   arXiv:1603.07285.
# - Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, *Gradient-based learning applied to document
#   recognition*, Proceedings of the IEEE, 1998.
