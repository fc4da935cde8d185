# %% [markdown]
# # 09 · FSRCNN
#
# SRCNN spends nearly all its work on pixels that bicubic made up. Two years later three of its
# authors turned the order round: do all the thinking on the small picture, and enlarge in the very
# last layer. The new network has a quarter of the parameters, needs a small part of the work, and
# is closer to the truth.
#
# **You will be able to**
#
# - say what each of FSRCNN's five parts does to the data, and count its layers, its parameters and
#   its work;
# - write a transposed convolution and a PixelShuffle in a few lines, and turn one into the other;
# - tell from kernel and stride whether a layer tends to a checkerboard.
#
# **Time** about 40 minutes · **Before this** [08 · SRCNN](08_srcnn.ipynb)

# %%
import copy
import timeit

import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

import srcourse as sr
from srcourse import claims, results, zoo
from srcourse.classroom import check
from srcourse.images import luma
from srcourse.layers import conv_parameters
from srcourse.metrics import evaluate, make_lr
from srcourse.models.cost import multiply_adds, parameters
from srcourse.models.features import feature_maps
from srcourse.models.picture import enlarge, to_tensor
from srcourse.models.reach import extent
from srcourse.resampling import modcrop
from srcourse.widgets import FeatureMaps, ModelCompare, Predict

# %% [markdown]
# ## Predict first
#
# To make a picture of 1280 × 720 pixels, twice as wide and high as before, SRCNN multiplies and
# adds 52.7 billion times (lesson 08). FSRCNN has about a quarter of SRCNN's parameters, and works
# on the small picture, which has a quarter of the pixels.

# %%
Predict(
    "09-cheaper",
    "How many times less does FSRCNN multiply and add?",
    choices=("about 4 times", "about 8 times", "about 18 times", "about 64 times"),
    answer=lambda: (
        "about "
        f"{float(multiply_adds(zoo.build('srcnn', 2)) / multiply_adds(zoo.build('fsrcnn', 2))):.0f}"
        " times"
    ),
    because="Four times fewer pixels, and 4.6 times fewer weights: the two multiply.",
)

# %% [markdown]
# ## Think small, then enlarge
#
# Doing the work on the LR picture and enlarging at the end is called **post-upsampling**. Here is
# what the two networks hold on their way, from left to right.


# %%
def held(name, side=32):
    """Channels and side of all that the network holds, from its input to its result."""
    outputs = feature_maps(zoo.build(name, 2), np.zeros((side, side)))
    shapes = [values.shape for _, kind, values in outputs if kind != "PReLU"]
    return [(1, side)] + [(channels, rows) for channels, rows, _ in shapes]


figure, axes = plt.subplots(2, 1, figsize=(11, 4.4), layout="constrained", sharex=True)
for axis, name in zip(axes, ("srcnn", "fsrcnn"), strict=True):
    left = 0
    for channels, side in held(name):
        colour = "#56b4e9" if side == 32 else "#e69f00"
        width = 2 + channels
        box = (left, -side / 2)
        axis.add_patch(plt.Rectangle(box, width, side, facecolor=colour, edgecolor="black"))
        axis.text(left + width / 2, -side / 2 - 9, channels, ha="center", va="center")
        left += width + 14
    axis.set(ylim=(-46, 36), xlim=(-5, 400), title=name.upper())
    axis.axis("off")
plt.show()

# %% [markdown]
# *Height is the picture's side: blue for the small picture, orange for the enlarged one. Width is
# the number of channels, written below. SRCNN is wide where it is high. FSRCNN is high only at its
# end.*
#
# ## Five parts, eight layers
#
# 1. **Feature extraction**: 5 × 5, from luma to $d = 56$ channels. As 5 × 5 pixels of the small
#    picture cover about what 9 × 9 of the enlarged one do, nothing is lost.
# 2. **Shrinking**: 1 × 1, from $d$ channels to $s = 12$.
# 3. **Mapping**: $m = 4$ layers of 3 × 3, 12 channels to 12.
# 4. **Expanding**: 1 × 1, from $s$ back to $d$ channels.
# 5. **Deconvolution**: 9 × 9, from $d$ channels to the enlarged picture.
#
# A PReLU follows each convolution: $\max(0, x) + a \min(0, x)$, with a slope $a$ for negative
# numbers that each channel learns. ReLU is the case $a = 0$, and can leave a channel silent for
# good.
#
# The source report says that FSRCNN has five layers, and that shrinking reduces the low-resolution
# dimension. Send a picture through and look.

# %%
network = zoo.build("fsrcnn", 2)
picture = luma(sr.images.sample("camera"))[100:140, 200:248]
print(f"{'part':<10}{'layer':<18}{'kernel':>7}{'channels':>10}{'rows':>6}{'columns':>9}")
count = 0
for name, kind, values in feature_maps(network, picture):
    if kind == "PReLU":
        continue
    count += 1
    side = dict(network.named_modules())[name].kernel_size[0]
    channels, rows, columns = values.shape
    print(f"{name.split('.')[0]:<10}{kind:<18}{side} × {side}{channels:>10}{rows:>6}{columns:>9}")
print(f"parts: {len(list(network.children()))}, layers with weights: {count}")

# %% [markdown]
# Five *parts*; the paper calls them that too. The third holds four layers, so there are eight. And
# all through the first seven the picture keeps its 40 rows and 48 columns: what shrinks, from 56 to
# 12, is the number of **channels**. The resolution changes once, in the last layer, and grows.
#
# ### Why shrink?
#
# A 3 × 3 layer from $n$ to $n$ channels has $9n^2$ weights. Narrow layers are cheap, by the square.

# %%
d, s, m = 56, 12, 4
narrow = conv_parameters(d, s, 1) + m * conv_parameters(s, s, 3) + conv_parameters(s, d, 1)
print(f"shrink, map at {s} channels, expand: {narrow:>8,}")
print(f"map at {d} channels:                 {m * conv_parameters(d, d, 3):>8,}")

# %% [markdown]
# ### Count it
#
# | part | weights | biases | slopes |
# |-|-|-|-|
# | extract | 25 · 56 = 1,400 | 56 | 56 |
# | shrink | 56 · 12 = 672 | 12 | 12 |
# | map | 4 · 9 · 12 · 12 = 5,184 | 4 · 12 = 48 | 48 |
# | expand | 12 · 56 = 672 | 56 | 56 |
# | deconvolve | 81 · 56 = 4,536 | 1 | – |
# | | 12,464 | 173 | 172 |

# %%
weights = 25 * d + d * s + m * 9 * s * s + s * d + 81 * d
biases = d + s + m * s + d + 1
slopes = d + s + m * s + d
print(f"{weights:,} + {biases} + {slopes} = {weights + biases + slopes:,}")
for scale in (2, 3, 4):
    print(f"×{scale}: counted {parameters(zoo.build('fsrcnn', scale)):,}")

# %% [markdown]
# The scale changes nothing about the count: it is only the last layer's stride. (The paper counts
# weights alone, 12,464.)
#
# ## The way up, first kind: a transposed convolution
#
# A convolution gathers: it lays the kernel on the picture, and makes one number of what lies below.
# A **transposed convolution** does the reverse. It takes each pixel, and *stamps* the kernel onto
# the result, multiplied by the pixel. From one pixel to the next the stamp moves by the stride, and
# where stamps overlap, they add up.


# %%
def transposed(x, kernel, stride):
    k = len(kernel)
    rows, cols = x.shape
    out = np.zeros(((rows - 1) * stride + k, (cols - 1) * stride + k))
    for r in range(rows):
        for c in range(cols):
            out[r * stride : r * stride + k, c * stride : c * stride + k] += x[r, c] * kernel
    return out


def tensor(array):
    return torch.tensor(np.ascontiguousarray(array), dtype=torch.float64)[None, None]


random = np.random.default_rng(0)
x, kernel = random.normal(size=(5, 7)), random.normal(size=(9, 9))
by_torch = F.conv_transpose2d(tensor(x), tensor(kernel), stride=2)[0, 0].numpy()
print("stamping 5 × 7 with stride 2 gives", transposed(x, kernel, 2).shape)
print("equals torch:", np.allclose(transposed(x, kernel, 2), by_torch))

# %% [markdown]
# The name *deconvolution* stuck, but nothing is undone: convolve a picture, transpose-convolve the
# result with the same kernel, and you do not get the picture back. "Transposed" is meant literally.
# Write a convolution as a matrix that makes a short list of a long one; its transpose makes a long
# one of a short one. Along a line:

# %%
taps = np.array([1.0, 2.0, 3.0])
matrix = np.zeros((3, 7))
for row in range(3):
    matrix[row, 2 * row : 2 * row + 3] = taps  # stride 2
print("the convolution's matrix\n", matrix.astype(int))
line = np.array([1.0, 0.0, 2.0])
print("its transpose times (1, 0, 2):", matrix.T @ line)
by_torch = F.conv_transpose1d(
    torch.tensor(line)[None, None], torch.tensor(taps)[None, None], stride=2
)
print("torch's conv_transpose1d:     ", by_torch[0, 0].numpy())

# %% [markdown]
# ## The way up, second kind: PixelShuffle
#
# ESPCN, published in the same year, ends in another way. An ordinary convolution makes $s^2$
# channels of the small picture's size, and these are *interleaved*: the four numbers that a pixel
# has in four channels become its four sub-pixels. Nothing is computed, the numbers only move. It is
# also called sub-pixel convolution.


# %%
def pixel_shuffle(x, s):
    """(s², H, W) → (s·H, s·W)."""
    _, rows, cols = x.shape
    return x.reshape(s, s, rows, cols).transpose(2, 0, 3, 1).reshape(s * rows, s * cols)


four = np.stack([np.full((2, 3), channel) for channel in range(4)])
print(pixel_shuffle(four, 2))
maps = random.normal(size=(9, 4, 5))
by_torch = F.pixel_shuffle(torch.tensor(maps)[None], 3)[0, 0].numpy()
print("equals torch:", np.array_equal(pixel_shuffle(maps, 3), by_torch))

# %% [markdown]
# ## They are one
#
# Look at a transposed convolution from the result's side, along a line. Pixel $i$ stamps at $si$,
# so the output pixel $o$ receives
#
# $$O(o) = \sum_i K(o - s\,i)\, I(i)$$
#
# Let $o = s\,q + a$, where the **phase** $a$ runs from 0 to $s - 1$. Then
#
# $$O(s\,q + a) = \sum_i K_a(q - i)\, I(i) \qquad\text{with}\quad K_a(j) = K(s\,j + a)$$
#
# So the pixels of phase $a$ only ever meet every $s$-th number of the kernel, and what they compute
# with these is an ordinary convolution on the small picture (with the kernel turned round, as
# mathematicians have it). In two dimensions there are $s^2$ phases. A transposed convolution with a
# kernel of side $s \cdot k$ is a convolution with $s^2$ kernels of side $k$, and a PixelShuffle.


# %%
def phases(kernel, s):
    """(s·k, s·k) → (s², k, k): each phase's share of the kernel, turned round."""
    return np.stack([kernel[a::s, b::s][::-1, ::-1] for a in range(s) for b in range(s)])


for s_, k in ((2, 3), (3, 3), (4, 2)):
    large = random.normal(size=(s_ * k, s_ * k))
    small = torch.tensor(phases(large, s_))[:, None]
    maps = F.conv2d(F.pad(tensor(x), (k - 1,) * 4), small)[0].numpy()
    same = np.allclose(pixel_shuffle(maps, s_), transposed(x, large, s_))
    print(f"stride {s_}, kernel {s_ * k}×{s_ * k} against {s_**2} kernels {k}×{k}: equal {same}")

# %% [markdown]
# The two have the same weights, the same work and the same result. Choose by convenience.
#
# And FSRCNN, whose 9 is no multiple of 2? Put a row and a column of zeros below and beside its
# kernel: nothing changes, and now its side is 10. So even this layer is a 5 × 5 convolution from 56
# to 4 channels, and a PixelShuffle. Three of its four kernels have a row or a column of zeros.

# %%
trained = zoo.load("fsrcnn", 2)
deconv = trained.deconv
padded = F.pad(deconv.weight, (0, 1, 0, 1))  # 56 × 1 × 10 × 10
small = torch.stack([padded[:, 0, a::2, b::2].flip(1, 2) for a in (0, 1) for b in (0, 1)])
features = torch.rand(1, 56, 12, 16)
with torch.no_grad():
    shuffled = F.pixel_shuffle(F.conv2d(features, small, deconv.bias.repeat(4), padding=2), 2)
    print("kernels of the convolution:", tuple(small.shape))
    print("not zero, of 25:", [int((kernel[0] != 0).sum()) for kernel in small])
    print("equals the deconvolution:", torch.allclose(shuffled, deconv(features), atol=1e-5))

# %% [markdown]
# ## The checkerboard
#
# Those zeros have a consequence. A pixel of the first phase is made from 25 numbers of the kernel,
# its neighbour from 20, the one diagonally from it from 16. Count for other kernels and strides how
# many stamps lie on each pixel, along a line:


# %%
def overlap(k, stride):
    """How many stamps lie on each of `stride` neighbouring pixels, far from the border."""
    stamps = np.zeros(40 * stride + k, int)
    for i in range(40):
        stamps[i * stride : i * stride + k] += 1
    return stamps[20 * stride : 21 * stride].tolist()


for k, stride in ((3, 2), (4, 2), (8, 2), (9, 2), (9, 3), (9, 4), (8, 4)):
    counts = overlap(k, stride)
    word = "even" if len(set(counts)) == 1 else "uneven"
    print(f"kernel {k}, stride {stride}: {counts!s:<14}{word:<8}multiple: {k % stride == 0}")

# %% [markdown]
# The overlap is even where the kernel's side is a multiple of the stride, and only there. FSRCNN's
# 9 × 9 is even at ×3, and uneven at ×2 and ×4.

# %%
figure, axes = plt.subplots(1, 4, figsize=(11, 3), layout="constrained")
for axis, (k, stride) in zip(axes, ((9, 2), (9, 3), (9, 4), (3, 2)), strict=True):
    stamps = transposed(np.ones((12, 12)), np.ones((k, k)), stride)[12:24, 12:24]
    axis.imshow(stamps / stamps.max(), cmap="gray", vmin=0, vmax=1.1)
    axis.set_title(f"kernel {k}, stride {stride}")
    axis.axis("off")
plt.show()

# %% [markdown]
# *An even picture, stamped with a kernel of ones: 12 × 12 pixels of the result. Where the overlap
# is uneven there is a pattern, for this kernel. The smaller the kernel, the stronger it is.*
#
# A trained kernel is not made of ones. Training can make up for the overlap, with smaller numbers
# in the phase that has more of them. It did:

# %%
tap_sizes = [[float(deconv.weight[:, 0, a::2, b::2].abs().mean()) for b in (0, 1)] for a in (0, 1)]
(both_even, one_even), (other_even, none_even) = tap_sizes
print("the fewer numbers a phase has, the larger they are:", end=" ")
print(both_even < min(one_even, other_even) and max(one_even, other_even) < none_even)

# %% [markdown]
# Nor is an even overlap a promise. What counts in the end is whether the phases' numbers *sum* to
# the same, and random weights do not, whatever their number. PixelShuffle has the same trouble at
# first. To see it, give a network an even grey, and look how far the pixels of the result differ,
# as a share of their mean.


# %%
def unevenness(network):
    """Of the result for an even grey, far from its border: largest − smallest, over the mean."""
    scale = network.scale
    with torch.no_grad():
        result = network(torch.full((1, 1, 24, 24), 0.5))[0, 0].numpy()
    inner = result[8 * scale : 16 * scale, 8 * scale : 16 * scale]
    return (inner.max() - inner.min()) / np.abs(inner).mean()


torch.manual_seed(0)
for scale in (2, 3):
    before, after = unevenness(zoo.build("fsrcnn", scale)), unevenness(zoo.load("fsrcnn", scale))
    print(f"×{scale}: fresh, over 100 %: {before > 1}; trained, under 1 %: {after < 0.01}")

# %% [markdown]
# At ×3, where the overlap is even, the fresh network is just as uneven as at ×2; and training
# levels both. So the uneven overlap is no fate. It is a bias that training has to work against, and
# on harder pictures than an even grey some of it may be left. Later networks mostly avoid it: by
# PixelShuffle, or by nearest-neighbour enlarging with a convolution after it.
#
# ## What it costs
#
# A convolution's weights are used once for each pixel that it makes, a transposed one's once for
# each pixel that it *reads*. So everything in FSRCNN happens as often as the small picture has
# pixels.

# %%
PIXELS = 1280 * 720
srcnn = float(multiply_adds(zoo.build("srcnn", 2))) * PIXELS
print("for a picture of 1280 × 720 pixels")
for scale in (2, 3, 4):
    work = float(multiply_adds(zoo.build("fsrcnn", scale))) * PIXELS
    charged = ((weights - 81 * d) / scale**2 + 81 * d) * PIXELS
    print(
        f"×{scale}: SRCNN {srcnn / 1e9:.1f} G, FSRCNN {work / 1e9:.2f} G, "
        f"{srcnn / work:.0f} times less; in some tables {charged / 1e9:.1f} G"
    )

# %% [markdown]
# The paper's "more than 40 times" is the figure at ×3. Some later tables give FSRCNN 6.0, 5.0 and
# 4.6 G, as in the last column. They charge the deconvolution's 4,536 weights for each pixel of the
# *result*. But a pixel there meets only the numbers of its own phase, at ×3 one in nine.
#
# It also sees farther. SRCNN's 17 pixels are enlarged ones (lesson 08); FSRCNN's layers read the
# small picture itself, and there are more of them.

# %%
for name in ("srcnn", "fsrcnn"):
    sides = [2 * extent(zoo.build(name, scale)).halo + 1 for scale in (2, 3, 4)]
    print(f"{name:<7}LR pixels along a side of what it sees, at ×2, ×3, ×4:", *sides)

# %% [markdown]
# ## How fast it is
#
# Multiply-adds are not seconds. Let us measure, and measure a third network too: FSRCNN with its
# last layer written as a convolution and a PixelShuffle. It has the same weights and gives the same
# picture.

# %%
shuffling = copy.deepcopy(trained)
last = nn.Conv2d(56, 4, 5, padding=2)
last.weight.data, last.bias.data = small, deconv.bias.repeat(4)
shuffling.deconv = nn.Sequential(last, nn.PixelShuffle(2)).to(memory_format=torch.channels_last)

lr = torch.rand(1, 1, 160, 160).to(memory_format=torch.channels_last)
runners = {
    "SRCNN": zoo.load("srcnn", 2),
    "FSRCNN": trained,
    "FSRCNN, shuffling": shuffling.requires_grad_(False),
}
seconds = dict.fromkeys(runners, np.inf)
cores = torch.get_num_threads()
torch.set_num_threads(1)  # the fairest where other programs run beside
with torch.inference_mode():
    same = torch.allclose(shuffling(lr), trained(lr), atol=1e-4)
    for _ in range(4):  # in turn, and the best of four
        for name, net in runners.items():
            taken = timeit.timeit(lambda net=net: net(lr), number=1)
            seconds[name] = min(seconds[name], taken)
torch.set_num_threads(cores)

print("the two FSRCNNs give the same picture:", same)

# %%
figure, axis = plt.subplots(figsize=(8, 2.1), layout="constrained")
bars = axis.barh(list(seconds), [1000 * t for t in seconds.values()], color="#0072b2")
axis.bar_label(bars, fmt="%.0f ms", padding=3)
axis.margins(x=0.12)
axis.invert_yaxis()
axis.set(xlabel="milliseconds for 160 × 160 pixels at ×2, on one core")
plt.show()

# %% [markdown]
# *Measured on the machine that made this page, or on yours if you ran the cell.*
#
# On our machine neither reaches 18 times. Narrow layers do little with each number that they fetch
# from memory, and fetching takes time. But look at the last two bars: the same arithmetic, in
# another order. Convolutions are what libraries are best at, and a transposed one is used less and
# tuned less. The count of multiply-adds says what is possible, a clock says what is.
#
# ## Live: what it holds
#
# The 12 channels after shrinking are all that reaches the mapping.

# %%
FeatureMaps("fsrcnn", 2, layer="shrink.0")

# %% [markdown]
# **Try**
#
# - Go from `extract.0` to `shrink.0`: from 56 maps to 12. Is there one that still looks like the
#   photograph?
# - Go on through `map` to `expand.0`. Where do edges stand out most?
# - The last layer, `deconv`: only now does the picture grow.
#
# **Notice** that every map up to `expand` has the size of the small picture.
#
# ## Live: SRCNN against FSRCNN

# %%
ModelCompare(left="srcnn", right="fsrcnn", scale=2, zoom=3)

# %% [markdown]
# **Try**
#
# - Look at the times below the two, and at their parameters.
# - *brick* at zoom 8: can you find a checkerboard?
# - *fsrcnn* against *bicubic*, at ×3 as well.
#
# ## Is it better?

# %%
TEST = ("astronaut", "chelsea", "coffee")
test = [(name, sr.images.sample(name)[60:300, 60:300]) for name in TEST]


def measured(name, scale):
    return evaluate(lambda lr, s: sr.upscale(lr, s, name), test, scale)["mean"]["psnr"]


scores = {name: measured(name, 2) for name in ("bicubic", "srcnn", "fsrcnn")}
print("from worst to best:", ", ".join(sorted(scores, key=scores.get)))
for name, psnr in scores.items():
    print(f"{name:<8}{psnr:.1f} dB")

# %% [markdown]
# On Set5, the five pictures that every paper reports, measured once for each of the weights that
# ship. Ours had a short training on two cores of a CPU. It was enough for both papers' figures at
# ×2 and for FSRCNN's at ×4, and the order is the same:

# %%
PAPER = {"srcnn-x2": 36.66, "fsrcnn-x2": 37.00, "fsrcnn-x3": 33.16, "fsrcnn-x4": 30.71}
shipped = results.manifest()
print(f"{'Set5':<12}{'ours':>8}{'paper':>8}  dB")
for name, paper in PAPER.items():
    if name in shipped:
        print(f"{name:<12}{shipped[name]['measured']['Set5']['psnr']:>8.2f}{paper:>8.2f}")

# %% [markdown]
# ## From one scale to the next
#
# As the body never learns the scale, it can be shared. The authors train at one scale, keep the
# convolutions as they are, and train only the deconvolution anew for the others. Try it. Give six
# photographs, made smaller by 3, to the body that learned ×2. What is left is one linear layer: by
# the section above, a 3 × 3 convolution to nine channels and a PixelShuffle. The best linear layer
# needs no training. It is a problem of least squares, with 56 · 9 weights and a bias for each of
# the nine.


# %%
class Shared(nn.Module):
    """The body of a trained FSRCNN, and a last layer for ×3 by least squares."""

    channels, scale = 1, 3

    def __init__(self, trained):
        super().__init__()
        self.body = nn.Sequential(*list(trained.children())[:-1])

    def columns(self, lr):
        """(1, 1, H, W) → (505, H·W): all that the last layer sees for a pixel, and a 1."""
        seen = F.unfold(self.body(lr), 3, padding=1)[0].double()
        return torch.cat([seen, torch.ones_like(seen[:1])])

    @torch.no_grad()
    def fit(self, pairs):
        a = torch.cat([self.columns(lr) for lr, _ in pairs], dim=1)
        b = torch.cat([F.pixel_unshuffle(hr, 3)[0].flatten(1).double() for _, hr in pairs], dim=1)
        # A little on the diagonal, as some features are nearly mixtures of others.
        self.last = torch.linalg.solve(a @ a.T + 1e-4 * torch.eye(len(a)), a @ b.T)
        return self

    def forward(self, lr):
        nine = (self.last.T @ self.columns(lr)).reshape(1, 9, *lr.shape[2:])
        return F.pixel_shuffle(nine, 3).float()


two, three = (zoo.load("fsrcnn", scale) for scale in (2, 3))
shapes = [[tuple(p.shape) for p in network.parameters()] for network in (two, three)]
print("all tensors have the same shapes at ×2 and ×3:", shapes[0] == shapes[1])

pairs = []
for name in ("rocket", "camera", "brick", "grass", "clock", "text"):
    hr = modcrop(sr.images.sample(name), 3)
    pairs.append([to_tensor(luma(picture)) for picture in (make_lr(hr, 3), hr)])
shared = Shared(two).fit(pairs)

pieces = [(n, sr.images.sample(n)[100:259, 100:259]) for n in ("astronaut", "chelsea", "coffee")]
reached = {
    name: evaluate(upscaler, pieces, 3)["mean"]["psnr"]
    for name, upscaler in (
        ("bicubic", lambda lr, scale: sr.upscale(lr, scale, "bicubic")),
        ("×2's body, least squares", lambda lr, _: enlarge(shared, lr)),
        ("shipped ×3", lambda lr, _: enlarge(three, lr)),
    )
}
for name, value in reached.items():
    print(f"{value - reached['bicubic']:+.1f} dB  {name}")

# %% [markdown]
# Without one step of training, a body that has never seen ×3 brings most of what the ×3 network's
# own does. The shipped networks started from ×2's weights too, and then went on with all layers.
# The file tells the way:

# %%
for run in reversed(zoo.lineage(zoo.training(zoo.weights_file("fsrcnn", 3)))):
    print(f"×{run['recipe']['scale']}: {run['step']:>6,} steps")

# %% [markdown]
# ## What the source report says
#
# Its section 3.2, statement by statement:

# %%
claims.table("3.2")

# %% [markdown]
# ## Exercises
#
# ### 1. Count the weights
#
# How many weights has FSRCNN with `d`, `s` and `m`? Weights only, without biases and slopes, as the
# paper counts.


# %%
def fsrcnn_weights(d, s, m):
    pass  # your lines here


check("09-weights", fsrcnn_weights)

# %% [markdown]
# <details><summary>Solution: 09-weights</summary>
#
# ```python
# def fsrcnn_weights(d, s, m):
#     return 5 * 5 * d + d * s + m * 3 * 3 * s * s + s * d + 9 * 9 * d
# ```
#
# </details>
#
# ### 2. Stamp a line
#
# A transposed convolution along a line, in NumPy: `x` and `kernel` are lists of numbers, the result
# is an array. No padding: it is as long as the stamps reach.


# %%
def stamp(x, kernel, stride):
    pass  # your lines here


check("09-stamp", stamp)

# %% [markdown]
# <details><summary>Solution: 09-stamp</summary>
#
# ```python
# def stamp(x, kernel, stride):
#     out = np.zeros((len(x) - 1) * stride + len(kernel))
#     for i, value in enumerate(x):
#         out[i * stride : i * stride + len(kernel)] += value * np.array(kernel)
#     return out
# ```
#
# </details>
#
# ### 3. The way back
#
# Undo PixelShuffle: from a picture (s·H, s·W) make an array of the s² small ones, (s², H, W), so
# that `pixel_shuffle` gives the picture again.


# %%
def unshuffle(picture, s):
    pass  # your lines here


check("09-unshuffle", unshuffle)

# %% [markdown]
# <details><summary>Solution: 09-unshuffle</summary>
#
# ```python
# def unshuffle(picture, s):
#     return np.stack([picture[a::s, b::s] for a in range(s) for b in range(s)])
# ```
#
# </details>
#
# ## Key points
#
# - FSRCNN works on the small picture and enlarges last. Five parts, eight layers, 12,809 parameters
#   at every scale; what shrinks in it is channels.
# - A transposed convolution stamps, PixelShuffle interleaves; with a kernel of $s \cdot k$ they are
#   the same thing. Where the kernel is no multiple of the stride, stamps overlap unevenly, and
#   training has to make up for it.
# - 18 times fewer multiply-adds than SRCNN at ×2, 41 at ×3, 73 at ×4; the time shrinks too, though
#   not as much.
#
# **Next** [10 · BTSRN](10_btsrn.ipynb), which works on both sides of the enlarging
#
# ## References
#
# - C. Dong, C. C. Loy and X. Tang, *Accelerating the super-resolution convolutional neural
#   network*, ECCV 2016, arXiv:1608.00367.
# - W. Shi and others, *Real-time single image and video super-resolution using an efficient
#   sub-pixel convolutional neural network*, CVPR 2016, arXiv:1609.05158 (ESPCN); and *Is the
#   deconvolution layer the same as a convolutional layer?*, 2016, arXiv:1609.07009.
# - A. Odena, V. Dumoulin and C. Olah, *Deconvolution and checkerboard artifacts*, Distill, 2016.
# - A. Aitken and others, *Checkerboard artifact free sub-pixel convolution*, 2017,
#   arXiv:1707.02937.
