# %% [markdown]
# # 12 · EDSR
#
# In 2017 a team from Seoul won the NTIRE challenge with a network that is mostly an older one with
# parts taken out. This is the network that our source report chose, and the one behind
# `sr.upscale`. We take out the parts one by one, and measure what each removal buys.
#
# **You will be able to**
#
# - say what EDSR removed from SRResNet, and show by measurement why;
# - compute the size and the cost of any EDSR, and read its paper's table;
# - compare super-resolution networks fairly, and load the weights that others trained.
#
# **Time** about 40 minutes · **Before this** [11 · SelNet](11_selnet.ipynb)

# %%
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

import srcourse as sr
from srcourse import claims, results, zoo
from srcourse.classroom import check
from srcourse.metrics import make_lr, psnr
from srcourse.models.cost import multiply_adds, parameters
from srcourse.models.edsr import EDSR, ResBlock
from srcourse.models.srresnet import BNBlock
from srcourse.training.growth import grown
from srcourse.training.memory import kept_for_backward
from srcourse.widgets import ModelCompare, Predict

torch.manual_seed(0)
DARK, LIGHT = "#0072b2", "#e69f00"

# %% [markdown]
# ## Predict first
#
# A block of SRResNet is: convolution, batch norm, PReLU, convolution, batch norm, and the sum with
# what came in. While a network trains, it keeps what its layers computed, to find the gradients on
# the way back.

# %%
Predict(
    "12-memory",
    "Take the two batch norms out. How much of that memory is saved, roughly?",
    answer=40,
    unit="%",
    because="Each of the five layers keeps what it was given, and two of the five are batch norms.",
)

# %% [markdown]
# ## Three blocks
#
# Here are the blocks of three networks, as one function each. They differ in what stands between
# the two convolutions and after the sum.
#
# | | He et al. 2015 | SRResNet | EDSR |
# |-|-|-|-|
# | inside | conv, BN, ReLU, conv, BN | conv, BN, PReLU, conv, BN | conv, ReLU, conv |
# | after the sum | ReLU | nothing | nothing |


# %%
def resnet_block(x, conv1, bn1, conv2, bn2):
    return F.relu(x + bn2(conv2(F.relu(bn1(conv1(x))))))


def srresnet_block(x, conv1, bn1, prelu, conv2, bn2):
    return x + bn2(conv2(prelu(bn1(conv1(x)))))


def edsr_block(x, conv1, conv2, res_scale=1.0):
    return x + res_scale * conv2(F.relu(conv1(x)))


x = torch.randn(1, 64, 16, 16)
theirs, ours = BNBlock(64), ResBlock(64, res_scale=0.1)
conv1, bn1, prelu, conv2, bn2 = theirs.body
with torch.no_grad():
    print(
        "SRResNet's block:",
        torch.allclose(theirs(x), srresnet_block(x, conv1, bn1, prelu, conv2, bn2)),
    )
    print(
        "EDSR's block:    ",
        torch.allclose(ours(x), edsr_block(x, ours.body[0], ours.body[2], 0.1), atol=1e-6),
    )

# %% [markdown]
# The ReLU after the sum went first: it would cut off everything negative on the road that is to
# carry the picture through unharmed ([lesson 05](05_residual_networks.ipynb)). SRResNet did that.
# EDSR removed the batch norms.
#
# ## Why no batch norm
#
# Batch norm takes each channel's mean and spread *of the batch at hand*, and divides them out. A
# classifier is glad of that: a cat in the shade is the same cat. Super-resolution is not. Its
# output is the picture itself, and a darker picture must come out darker.

# %%
branch = nn.Sequential(nn.Conv2d(3, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16, eps=1e-9))
photo = torch.tensor(sr.images.sample("chelsea")[80:144, 120:184] / 255.0).permute(2, 0, 1)[None]
photo = photo.float()
with torch.no_grad():
    for name, network in (("convolution and batch norm", branch), ("convolution alone", branch[0])):
        same = torch.allclose(network(photo), network(0.5 * photo), atol=0.01)
        print(f"{name:<28} same answer for the picture at half its brightness: {same}")

# %% [markdown]
# While it trains, the branch cannot even see how bright its picture was. The skip still knows, so a
# network with batch norm is not blind; but its branches work on something other than the picture,
# and at the end they use averages over the training set in place of the batch's. That is the
# flexibility which the report says is lost. What it says in section 3.3, that batch norm makes the
# *network* blind to its data's scale, is true of such a branch in training only.
#
# ### Memory
#
# For the way back, autograd keeps the tensors that it will need. We can count them.


# %%
def block_without_norm():
    block = BNBlock(64)
    block.body[1], block.body[4] = nn.Identity(), nn.Identity()
    return block


maps = torch.rand(1, 64, 32, 32, requires_grad=True)
blocks = {
    "SRResNet": BNBlock(64),
    "without batch norm": block_without_norm(),
    "EDSR": ResBlock(64, 1.0),
}
kept = {name: kept_for_backward(block, maps) for name, block in blocks.items()}
for name, memory in kept.items():
    print(f"{name:<20} keeps {memory / (64 * 32 * 32 * 4):.1f} stacks of 64 maps")
print(f"saved without batch norm: {1 - kept['without batch norm'] / kept['SRResNet']:.0%}")
print(f"saved by EDSR's block:    {1 - kept['EDSR'] / kept['SRResNet']:.0%}")

# %% [markdown]
# That is the paper's 40 %, which the report passes on. ReLU in place of PReLU saves another fifth,
# as it shares its output with the convolution that follows. Note what it is a share *of*: the
# memory of training. Someone who only enlarges a picture saves nothing, since then nothing is kept,
# and batch norm vanishes altogether. With its averages
# fixed it is one multiplication and one addition per channel, which fold into the convolution:
#
# $$\gamma \, \frac{w * x + b - \mu}{\sigma} + \beta \;=\; \frac{\gamma}{\sigma} w * x
# \;+\; \Big(\frac{\gamma}{\sigma}(b - \mu) + \beta\Big)$$

# %%
conv, norm = nn.Conv2d(8, 8, 3, padding=1), nn.BatchNorm2d(8)
for _ in range(20):
    norm(conv(torch.rand(4, 8, 16, 16)))  # lets the averages settle
norm.eval()

factor = norm.weight / torch.sqrt(norm.running_var + norm.eps)
folded = nn.Conv2d(8, 8, 3, padding=1)
with torch.no_grad():
    folded.weight.copy_(factor.view(-1, 1, 1, 1) * conv.weight)
    folded.bias.copy_(factor * (conv.bias - norm.running_mean) + norm.bias)
    x = torch.rand(1, 8, 16, 16)
    print(
        "one convolution does the work of both:",
        torch.allclose(folded(x), norm(conv(x)), atol=1e-5),
    )

# %% [markdown]
# ## Wide networks, and a factor of 0.1
#
# What batch norm had also done is to keep the numbers in bounds. Each block *adds* to its input, so
# from block to block the sums grow. The full EDSR has 32 blocks of 256 channels. Its authors found
# training numerically unstable from some width on, and put a factor of 0.1 before each sum. Let us
# send noise through such blocks, with He's random start ([lesson 05](05_residual_networks.ipynb)),
# and look at its size.


# %%
def sizes(features, res_scale, blocks=32):
    torch.manual_seed(0)
    x, found = torch.randn(1, features, 12, 12), []
    with torch.no_grad():
        for _ in range(blocks):
            block = ResBlock(features, res_scale)
            for layer in (block.body[0], block.body[2]):
                nn.init.kaiming_normal_(layer.weight)
            x = block(x)
            found.append(float(x.std()))
    return found


growth = {1.0: sizes(64, 1.0), 0.1: sizes(64, 0.1)}
print(f"after 32 blocks: ×{growth[1.0][-1]:.0e} without, ×{growth[0.1][-1]:.1f} with the factor")

runs = results.read("edsr_scaling")["results"]
losses = {
    (rate, factor): [e["loss"] for e in runs[f"rate-{rate}-factor-{factor}"]["history"]]
    for rate in (0.002, 0.005)
    for factor in (1.0, 0.1)
}
steps = [e["step"] for e in runs["rate-0.005-factor-0.1"]["history"]]
figure, axes = plt.subplots(1, 2, figsize=(10, 3.4), layout="constrained")
for factor, colour in ((1.0, LIGHT), (0.1, DARK)):
    axes[0].semilogy(range(1, 33), growth[factor], color=colour, label=f"factor {factor:g}")
    axes[1].semilogy(steps, losses[0.005, factor], color=colour, marker=".")
axes[0].set(xlabel="block", ylabel="standard deviation", title="At the start")
axes[0].legend()
axes[1].set(xlabel="step", ylabel="L1 loss", title="In training, at a rate of 0.005")
plt.show()

# %% [markdown]
# *Left: what random blocks make of noise of size 1. Right: an EDSR of 32 blocks of 64 channels,
# trained twice by `srcourse train`, once with each factor; each point is the mean of ten steps. An
# L1 loss of 1 is as wrong as white for black.*

# %%
for rate in (0.002, 0.005):
    for factor in (1.0, 0.1):
        found = losses[rate, factor]
        print(
            f"rate {rate}, factor {factor}: "
            f"largest loss {max(found):.1g}, after {steps[-1]} steps {found[-1]:.3f}"
        )

# %% [markdown]
# At a gentle rate both learn, and the one without the factor only begins with a jolt. At a rate
# that the scaled network still bears, the other one explodes.
#
# ## L1 or L2
#
# PSNR is the mean squared error in another dress ([lesson 08](08_srcnn.ipynb)), so minimising L2
# should be the straight way to it. EDSR's authors trained with L1, the mean of $|e|$, and got a
# higher PSNR. We trained the same small network both ways, with the same start and the same
# patches.

# %%
record = results.read("edsr_losses")
figure, axis = plt.subplots(figsize=(7, 3.4), layout="constrained")
for (loss, name), colour in zip((("l1", "L1"), ("mse", "L2")), (DARK, LIGHT), strict=True):
    history = record["results"][f"edsr-mini-{loss}"]["history"]
    axis.plot(
        [e["step"] for e in history],
        [e["psnr"] for e in history],
        color=colour,
        marker="o",
        label=name,
    )
    print(f"{name}: {history[-1]['psnr']:.2f} dB on Set5 after {history[-1]['step']:,} steps")
axis.set(xlabel="step", ylabel="PSNR on Set5, dB", title="edsr-mini ×2, two losses")
axis.legend()
plt.show()

# %% [markdown]
# *One run of each, so read the gap with care. A reason that is often given: the gradient of
# $e^2$ shrinks with the error itself, and near the goal, where errors are small, little pulls the
# network on; that of $|e|$ is as large as ever.*
#
# ## The table
#
# The report copies a table from the paper: blocks, filters, parameters of four networks. We need
# not copy it. Each network is built, and its numbers are counted.

# %%
rows = [
    ("SRResNet ×4", zoo.build("srresnet", 4), 16, 64, "–", "yes", "L2"),
    ("EDSR baseline ×2", zoo.build("edsr-baseline", 2), 16, 64, "–", "no", "L1"),
    ("EDSR baseline ×4", zoo.build("edsr-baseline", 4), 16, 64, "–", "no", "L1"),
    ("MDSR baseline", zoo.build("mdsr", 2, blocks=16), 16, 64, "–", "no", "L1"),
    ("EDSR ×2", zoo.build("edsr", 2), 32, 256, "0.1", "no", "L1"),
    ("EDSR ×4", zoo.build("edsr", 4), 32, 256, "0.1", "no", "L1"),
    ("MDSR", zoo.build("mdsr", 2), 80, 64, "–", "no", "L1"),
    ("our edsr-mini ×2", zoo.build("edsr-mini", 2), 8, 32, "–", "no", "L1"),
]
print(f"{'':<18}blocks  filters  parameters  scaling  BN   loss   G multiply-adds, 720p")
for name, network, blocks, filters, scaling, bn, loss in rows:
    cost = float(multiply_adds(network)) * 1280 * 720 / 1e9
    print(
        f"{name:<18}{blocks:>6}{filters:>9}{parameters(network):>12,}{scaling:>9}{bn:>5}{loss:>6}{cost:>10,.0f}"
    )

# %% [markdown]
# The report's 1.5 M and 43 M are the sizes at ×4; at ×2 the baseline has 1.37 M and EDSR
# 40.7 M: there the way up is one convolution and one PixelShuffle, at ×4 two of each. The last
# column is what the parameters do not tell: a full EDSR multiplies nine million million times for
# one 720p picture.
#
# Where do the numbers come from? A 3×3 convolution from $F$ to $F$ channels has $9F^2 + F$
# weights, and there are two in each of $B$ blocks: twice the blocks, about twice the weights; twice
# the channels, about four times.

# %%
for blocks, filters in ((16, 64), (32, 64), (16, 128)):
    network = EDSR(2, blocks, filters)
    print(f"B = {blocks}, F = {filters:>3}: {parameters(network):>10,} parameters")

# %% [markdown]
# ### MDSR: three scales, one body
#
# The paper's other network shares its body among the scales. Each scale has its own two blocks
# before, and its own way up.

# %%
mdsr = zoo.build("mdsr", 2, blocks=16)
shared = sum(parameters(part) for part in (mdsr.head, mdsr.body, mdsr.tail))
print(f"MDSR baseline {parameters(mdsr):,}, of which all three scales share {shared:,}")
print(
    f"three single baselines {sum(parameters(zoo.build('edsr-baseline', s)) for s in (2, 3, 4)):,}"
)

# %% [markdown]
# ## Live: compare two methods
#
# Choose any two methods and any photograph, your own too, and move the wipe across.

# %%
ModelCompare(left="bicubic", right="edsr-mini", scale=2)

# %% [markdown]
# **Try** the cat's whiskers and the camera's tripod with bicubic on one side; then two networks. Go
# to ×4, where they exist. **Notice** how little of the picture differs: flat areas are the same for
# all. And notice where a network *invents*: a sharp line need not be a true one.
#
# ## All networks, theirs and ours
#
# The report's section 4.2 compares EDSR with the others. Here are the papers' figures on Set5, next
# to the weights that ship with this course, measured by the protocol of
# [lesson 06](06_the_problem.ipynb). Ours were trained on two cores of a CPU, for minutes or a few
# hours, not for days on a GPU; and the small variants have a small part of the papers' weights.

# %%
PUBLISHED = {  # PSNR on Set5 at ×2, ×3, ×4, from the papers
    "bicubic": (33.66, 30.39, 28.42),
    "srcnn": (36.66, 32.75, 30.48),
    "fsrcnn": (37.00, 33.16, 30.71),
    "btsrn": (37.75, 34.03, 31.85),
    "selnet": (37.89, 34.27, 32.00),
    "srresnet": (None, None, 32.05),
    "edsr-baseline": (37.98, 34.37, 32.09),
    "edsr": (38.11, 34.65, 32.46),
    "mdsr": (38.11, 34.66, 32.50),
}
bicubic = {
    row["scale"]: row["psnr"]
    for row in results.read("bicubic")["results"]["means"]
    if row["set"] == "Set5"
}
measured = {("bicubic", scale): value for scale, value in bicubic.items()}
measured |= {
    (entry["recipe"]["model"], entry["recipe"]["scale"]): entry["measured"]["Set5"]["psnr"]
    for entry in results.manifest().values()
}
names = [*PUBLISHED, *sorted({name for name, _ in measured} - set(PUBLISHED))]
print(f"{'PSNR on Set5, dB':<18}{'published':^24}{'ours':^24}")
print(f"{'':<18}" + "".join(f"{'×' + str(s):>8}" for s in (2, 3, 4)) * 2)
for name in names:
    theirs = PUBLISHED.get(name, (None,) * 3)
    ours = [measured.get((name, scale)) for scale in (2, 3, 4)]
    print(f"{name:<18}" + "".join(f"{v:8.2f}" if v else f"{'–':>8}" for v in (*theirs, *ours)))

# %% [markdown]
# A dash means that no such weights were published, or that none ship here. `srcourse evaluate` with
# a folder of pictures measures any of them again, and `data/weights/manifest.json` tells how each
# was trained.
#
# ### A large network from a small one
#
# The baseline's weights here did not begin at random. It was first made to compute exactly what
# `edsr-mini` does: the small network's kernels lie in the first channels of each layer, the weights
# with which those would read the new channels are zero, and the eight further blocks add nothing to
# them. Then it learned on. So it starts where the small network ended, and does not spend hours on
# the way there (Chen, Goodfellow and Shlens 2016, [Net2Net](https://arxiv.org/abs/1511.05641)).

# %%
small, large = zoo.load("edsr-mini", 2), zoo.build("edsr-baseline", 2)
large.load_state_dict(grown(small.state_dict(), large.state_dict()))
noise = torch.rand(1, 3, 24, 24)
with torch.no_grad():
    same = torch.allclose(large(noise), small(noise), atol=1e-4)
print(f"{parameters(large) / parameters(small):.0f} times the weights, the same picture: {same}")

runs = zoo.lineage(zoo.training(zoo.weights_file("edsr-baseline", 2)))
seconds = sum(run["seconds"] for run in runs if run["recipe"]["model"] == "edsr-baseline")
print(f"then it learned on for {seconds / 3600:.1f} hours")
takes = {row["model"]: row["seconds_per_megapixel"] for row in results.read("bench")["results"]}
print(f"a picture takes {takes['edsr-baseline'] / takes['edsr-mini']:.0f} times as long")
for name in ("Set5", "Set14"):
    first, then = (
        results.manifest()[f"{network}-x2"]["measured"][name]["psnr"]
        for network in ("edsr-mini", "edsr-baseline")
    )
    print(f"{name}: edsr-mini {first:.2f} dB, the baseline {then:.2f} dB")

# %% [markdown]
# But room to learn is not learning. The paper's baseline reaches 37.98 dB on Set5. Ours has seen a
# small part of its patches, takes several times as long for a picture as the small network, and
# gains about a tenth of a decibel by it.
#
# ### Eight looks at one picture
#
# One more tenth of a decibel is free, if time is. Turn and flip the picture in all eight ways,
# enlarge each, undo the turn, and take the mean. The paper calls it self-ensemble.

# %%
hr = sr.images.sample("coffee")[96:288, 160:352]
lr = make_lr(hr, 2)
once = psnr(hr, sr.upscale(lr, 2), channel="y", border=2)
eight = psnr(hr, sr.upscale(lr, 2, self_ensemble=True), channel="y", border=2)
print(f"the mean of eight is better: {eight > once}, by {eight - once:.1f} dB")

# %% [markdown]
# ## The gallery
#
# The report closes its chapter with pictures: the original, the traditional way, and EDSR. Here are
# ours.

# %%
crops = {"chelsea": np.s_[84:180, 132:228], "astronaut": np.s_[60:156, 176:272]}
scales = zoo.trained()["edsr-mini"]
figure, axes = plt.subplots(
    2 * len(crops), len(scales) + 1, figsize=(2.5 * (len(scales) + 1), 10), layout="constrained"
)
for pair, (name, crop) in zip(axes.reshape(len(crops), 2, -1), crops.items(), strict=True):
    hr = sr.images.sample(name)[crop]
    pair[0, 0].imshow(hr)
    pair[0, 0].set_title(f"{name}, original")
    for column, scale in enumerate(scales, 1):
        for row, model in enumerate(("bicubic", "edsr-mini")):
            enlarged = sr.upscale(make_lr(hr, scale), scale, model)
            score = psnr(hr, enlarged, channel="y", border=scale)
            pair[row, column].imshow(enlarged)
            pair[row, column].set_title(f"{model} ×{scale}, {score:.1f} dB", fontsize=10)
for axis in axes.flat:
    axis.axis("off")
plt.show()

# %% [markdown]
# *Each photograph was made smaller by the factor above the picture and enlarged again, by bicubic
# and below by edsr-mini. Compare the hairs around the cat's eye, and the woman's lashes and teeth.
# What the smaller picture no longer holds, a network can only guess.*
#
# ## Weights of others
#
# EDSR's authors and other projects publish weights. `zoo.load_checkpoint` reads them, in the
# authors' names for the tensors or in the other common ones, and without ever running code that a
# file may hide. The best-known trap is a loader that skips what does not fit and says nothing.
# Here we lose one tensor on purpose.

# %%
with tempfile.TemporaryDirectory() as folder:
    tensors = zoo.build("edsr-baseline", 2).state_dict()
    del tensors["body.3.body.2.bias"]
    save_file(tensors, Path(folder, "edsr.safetensors"))
    try:
        zoo.load_checkpoint(Path(folder, "edsr.safetensors"), "edsr-baseline", 2)
    except ValueError as error:
        print(str(error).replace(folder, "…"))

# %% [markdown]
# ## What the source report says

# %%
claims.table("4.1", "4.3")

# %% [markdown]
# ## Exercises
#
# ### 1. The block
#
# Write EDSR's block. `conv1` and `conv2` are functions from maps to maps.


# %%
def my_block(x, conv1, conv2, res_scale):
    pass  # your lines here


check("12-block", my_block)

# %% [markdown]
# <details><summary>Solution: 12-block</summary>
#
# ```python
# def my_block(x, conv1, conv2, res_scale):
#     return x + res_scale * conv2(torch.relu(conv1(x)))
# ```
#
# </details>
#
# ### 2. PixelShuffle
#
# The layer at the end of EDSR takes `(C · s · s, H, W)` and gives `(C, s · H, s · W)`: channel
# $c\,s^2 + i\,s + j$ becomes the pixels in row $i$ and column $j$ of each $s \times s$ square of
# channel $c$. Write it for a NumPy array.


# %%
def my_pixel_shuffle(maps, s):
    pass  # your lines here


check("12-pixel-shuffle", my_pixel_shuffle)

# %% [markdown]
# <details><summary>Solution: 12-pixel-shuffle</summary>
#
# ```python
# def my_pixel_shuffle(maps, s):
#     channels, height, width = maps.shape
#     squares = maps.reshape(channels // s**2, s, s, height, width)
#     return squares.transpose(0, 3, 1, 4, 2).reshape(-1, s * height, s * width)
# ```
#
# </details>
#
# ### 3. How large is it?
#
# Write a formula for the number of parameters of an EDSR with `blocks` blocks of `features`
# channels at ×2 or ×3. It has, all 3×3 and with biases: a head from 3 channels, two convolutions in
# each block, one after the last block, one to `scale² · features` channels, and a tail to 3.


# %%
def edsr_parameters(blocks, features, scale):
    pass  # your lines here


check("12-parameters", edsr_parameters)

# %% [markdown]
# <details><summary>Solution: 12-parameters</summary>
#
# ```python
# def edsr_parameters(blocks, features, scale):
#     def conv(n_in, n_out):
#         return 9 * n_in * n_out + n_out
#
#     f = features
#     body = (2 * blocks + 1) * conv(f, f)
#     return conv(3, f) + body + conv(f, scale**2 * f) + conv(f, 3)
# ```
#
# </details>
#
# ## Key points
#
# - EDSR is SRResNet without batch norm: its branches see the picture's true range, and a block
#   without it takes two fifths less memory in training.
# - What is saved goes into width; a factor of 0.1 on each block keeps wide networks trainable, and
#   L1 took them further than L2.
# - Compare networks by one protocol, with parameters and multiplications beside the decibels.
#
# **Next** [13 · PSNR and SSIM](13_psnr_and_ssim.ipynb)
#
# ## References
#
# - B. Lim, S. Son, H. Kim, S. Nah and K. M. Lee, *Enhanced deep residual networks for single image
#   super-resolution*, CVPR workshops 2017, arXiv:1707.02921.
# - C. Ledig et al., *Photo-realistic single image super-resolution using a generative adversarial
#   network*, CVPR 2017, arXiv:1609.04802.
# - R. Timofte, R. Rothe and L. Van Gool, *Seven ways to improve example-based single image super
#   resolution*, CVPR 2016: where the mean of eight comes from.
