"""The report's sections 3 and 4: the networks."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from srcourse import results, zoo
from srcourse.claims.claim import Finding, claim, graded, not_checkable
from srcourse.models.btsrn import ProjectedBlock
from srcourse.models.cost import multiply_adds, parameters
from srcourse.models.edsr import ResBlock
from srcourse.models.selnet import SelectionUnit
from srcourse.models.srresnet import BNBlock
from srcourse.models.twin import as_convolution
from srcourse.training.memory import kept_for_backward

WEIGHTED = (nn.Conv2d, nn.ConvTranspose2d)


def _build(name: str, scale: int, **options: int) -> Any:
    """As `zoo.build`; what it builds has parts that only the network's own class knows of."""
    return zoo.build(name, scale, **options)


def _layers(model: nn.Module, *kinds: type[nn.Module]) -> list[Any]:
    return [m for m in model.modules() if isinstance(m, kinds or WEIGHTED)]


def _published(model: str, scale: int) -> dict[str, float]:
    """PSNR and SSIM on Set5 of the weights that ship."""
    return results.manifest()[f"{model}-x{scale}"]["measured"]["Set5"]


# 3.1 Pre-upsampling


@claim("3.1", "Working in the high-resolution space takes lots of computation.", "holds")
def high_resolution_costs() -> Finding:
    srcnn, fsrcnn = (multiply_adds(_build(name, 2)) for name in ("srcnn", "fsrcnn"))
    return graded(
        srcnn > 10 * fsrcnn,
        f"For each pixel of a picture enlarged ×2 SRCNN multiplies {float(srcnn):,.0f} times, "
        f"FSRCNN, which works before the enlarging, {float(fsrcnn):,.0f} times.",
    )


@claim("3.1", "SRCNN consists of three layers.", "holds")
def srcnn_layers() -> Finding:
    convolutions = _layers(_build("srcnn", 2))
    sides = ", ".join(f"{c.kernel_size[0]}×{c.kernel_size[1]}" for c in convolutions)
    return graded(len(convolutions) == 3, f"Three convolutions, {sides}.")


@claim("3.1", "F1(Y) = max(0, W1 ∗ Y + B1), F2 likewise, and F(Y) = W3 ∗ F2(Y) + B3.", "holds")
def srcnn_equations() -> Finding:
    torch.manual_seed(0)
    network = _build("srcnn", 2)
    lr = torch.rand(1, 1, 12, 12)
    with torch.no_grad():
        y = network.enlarge(lr)
        for layer, last in zip(_layers(network), (False, False, True), strict=True):
            side = layer.kernel_size[0] // 2
            y = F.conv2d(F.pad(y, [side] * 4, mode="replicate"), layer.weight, layer.bias)
            y = y if last else torch.clamp(y, min=0)
        apart = float((y - network(lr)).abs().max())
    return graded(apart < 1e-5, "Written out by hand, they give what the network gives.")


@claim("3.1", "It uses MSE as its loss and PSNR as its metric.", "holds")
def mse_and_psnr() -> Finding:
    from srcourse.training.recipes import RECIPES

    errors = np.array([1e-2, 1e-3, 1e-4])
    psnr = -10 * np.log10(errors)
    falls = bool((np.diff(psnr) > 0).all())
    return graded(
        falls and RECIPES["srcnn-x2"].loss == "mse",
        "So does our recipe; and the two are one: PSNR is −10·log₁₀(MSE), "
        f"{', '.join(f'{p:.0f} dB at {e:g}' for p, e in zip(psnr, errors, strict=True))}.",
    )


# 3.2 Post-upsampling


@claim("3.2", "FSRCNN has five layers.", "does not hold")
def fsrcnn_layers() -> Finding:
    network = _build("fsrcnn", 2)
    count, parts = len(_layers(network)), len(list(network.children()))
    return graded(count == 5, f"It has {parts} parts, and {count} layers with weights.")


@claim("3.2", "It works on the original picture, in the low-resolution space.", "holds")
def fsrcnn_in_lr() -> Finding:
    network = _build("fsrcnn", 3)
    sizes: list[tuple[int, ...]] = []
    for layer in _layers(network):
        layer.register_forward_hook(lambda _, __, out: sizes.append(tuple(out.shape[2:])))
    with torch.no_grad():
        network(torch.zeros(1, 1, 10, 8))
    return graded(
        set(sizes[:-1]) == {(10, 8)} and sizes[-1] == (30, 24),
        f"Of a 10×8 picture all layers but the last give 10×8 maps, the last {sizes[-1][0]}×"
        f"{sizes[-1][1]}.",
    )


@claim("3.2", "Shrinking reduces the low-resolution dimension.", "does not hold")
def shrinking() -> Finding:
    network = _build("fsrcnn", 2)
    with torch.no_grad():
        before = network.extract(torch.zeros(1, 1, 10, 8))
        after = network.shrink(before)
    return graded(
        after.shape[2:] != before.shape[2:],
        f"The maps stay {after.shape[2]}×{after.shape[3]}; the channels shrink, from "
        f"{before.shape[1]} to {after.shape[1]}.",
    )


@claim("3.2", "Shrinking greatly reduces the number of parameters.", "holds")
def shrinking_saves() -> Finding:
    narrow = sum(layer.weight.numel() for layer in _layers(_build("fsrcnn", 2).map))
    wide = 4 * 56 * 56 * 9
    return graded(
        wide > 10 * narrow,
        f"The four mapping layers have {narrow:,} weights; 56 channels wide they would have "
        f"{wide:,}.",
    )


@claim("3.2", "All mapping layers have the same number of filters.", "holds")
def mapping() -> Finding:
    shapes = {tuple(layer.weight.shape) for layer in _layers(_build("fsrcnn", 2).map)}
    return graded(len(shapes) == 1, "All four are 12 filters of 3×3 over 12 channels.")


not_checkable(
    "3.2",
    "Mapping affects the result most, by its number of layers and of filters.",
    "That takes dozens of trainings; the paper's table 2 has them, this course does not.",
)


@claim("3.2", "Expanding is the inverse of shrinking.", "holds with a limit")
def expanding() -> Finding:
    network = _build("fsrcnn", 2)
    shrink, expand = network.shrink[0].weight[..., 0, 0], network.expand[0].weight[..., 0, 0]
    there_and_back = (expand @ shrink).detach().numpy()
    rank = int(np.linalg.matrix_rank(there_and_back))
    return graded(
        there_and_back.shape == (56, 56),
        "It goes back from 12 channels to 56,",
        limit=f"but what comes back lies in {rank} of 56 dimensions: no inverse undoes that.",
    )


@claim("3.2", "The deconvolution upsamples and aggregates the features.", "holds")
def deconvolution() -> Finding:
    deconv = _build("fsrcnn", 2).deconv
    one = torch.zeros(1, 56, 9, 9)
    one[0, :, 4, 4] = 1
    with torch.no_grad():
        touched = (deconv(one) - deconv(torch.zeros_like(one)) != 0).sum()
    return graded(
        int(touched) == 81,
        f"One pixel of its 56 maps is laid over {int(touched)} pixels of the result, 9×9, and "
        "where neighbours overlap they are added.",
    )


@claim("3.2", "Upsampling is done by deconvolution or by sub-pixel convolution.", "holds")
def two_ways_up() -> Finding:
    deconv = _build("fsrcnn", 2).deconv
    maps = torch.rand(1, 56, 9, 9)
    with torch.no_grad():
        apart = float((as_convolution(deconv)(maps) - deconv(maps)).abs().max())
    return graded(
        apart < 1e-5,
        "Both ship, the first in FSRCNN, the second in EDSR. They are one: FSRCNN's deconvolution, "
        "rearranged as a convolution and a PixelShuffle, gives the same to float precision.",
    )


@claim("3.2", "FSRCNN is faster and gives better results than SRCNN.", "holds")
def fsrcnn_beats_srcnn() -> Finding:
    cost = float(multiply_adds(_build("srcnn", 2)) / multiply_adds(_build("fsrcnn", 2)))
    ours = [_published(name, 2)["psnr"] for name in ("fsrcnn", "srcnn")]
    return graded(
        cost > 1 and ours[0] > ours[1],
        f"It multiplies {cost:.0f} times less at ×2; our weights reach {ours[0]:.2f} dB against "
        f"{ours[1]:.2f} on Set5 (the papers': 37.00 and 36.66).",
    )


# 3.3 Multi-stage


@claim("3.3", "BTSRN has six residual blocks in LR space and four in HR space.", "holds")
def btsrn_blocks() -> Finding:
    network = _build("btsrn", 2)
    counts = [len(_layers(part, ProjectedBlock)) for part in (network.lr_stage, network.hr_stage)]
    return graded(counts == [6, 4], f"Ours has {counts[0]} and {counts[1]}.")


@claim("3.3", "In the LR stage the maps are small, which saves computation.", "holds")
def lr_blocks_are_cheap() -> Finding:
    def cost(**blocks: int) -> float:
        return float(multiply_adds(_build("btsrn", 2, **blocks)))

    base = cost(lr_blocks=1, hr_blocks=1)
    lr, hr = cost(lr_blocks=2, hr_blocks=1) - base, cost(lr_blocks=1, hr_blocks=2) - base
    return graded(
        hr > 3 * lr,
        f"At ×2 one more LR block costs {lr:,.0f} multiplications for each pixel of the result, "
        f"one more HR block {hr:,.0f}.",
    )


@claim("3.3", "The way up is deconvolution and nearest neighbours.", "holds")
def btsrn_up() -> Finding:
    up = _build("btsrn", 3).up[0]
    x = torch.rand(1, 128, 4, 4)
    with torch.no_grad():
        by_hand = x.repeat_interleave(3, 2).repeat_interleave(3, 3) + up.deconv(x)
        apart = float((by_hand - up(x)).abs().max())
    return graded(apart < 1e-5, "Each pixel repeated, plus a deconvolution of the same maps.")


@claim(
    "3.3", "Batch norm makes the network invariant to re-scaling of its data.", "holds with a limit"
)
def batch_norm_and_scale() -> Finding:
    torch.manual_seed(0)
    branch = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8))
    x = torch.rand(4, 3, 16, 16)

    def change(network: Callable[[Tensor], Tensor]) -> float:
        with torch.no_grad():
            return float((network(2 * x) - network(x)).abs().max())

    training = change(branch)
    block = change(BNBlock(3))
    evaluating = change(branch.eval())
    return graded(
        training < 0.01 < min(block, evaluating),
        "While it trains, a convolution with its batch norm gives the same for a picture twice as "
        "bright;",
        limit="once trained it does not, nor does a block with its skip.",
    )


@claim(
    "3.3",
    "Four HR blocks and, to nine, more LR blocks are best, by 0.01 to 0.04 dB.",
    "not checkable",
)
def block_tables() -> Finding:
    runs = results.read("btsrn_blocks")["results"]
    final = {name: run["history"][-1]["psnr"] for name, run in runs.items()}
    same = [psnr for name, psnr in final.items() if name.startswith("btsrn-mini-6-4")]
    spread = max(same) - min(same)
    return Finding(
        "not checkable",
        "Its two tables tell neither data set nor scale, nor how often each was trained. Of our "
        f"small variant the same six and four blocks, trained {len(same)} times, lie up to "
        f"{spread:.2f} dB apart.",
    )


not_checkable(
    "3.3",
    "BTSRN reaches 37.75 dB on the picture shown.",
    "37.75 is the paper's mean over Set5's five pictures at ×2; no single picture has it.",
)


# 3.4 Attention


@claim("3.4", "ReLU's training error cannot be back-propagated.", "does not hold")
def relu_gradient() -> Finding:
    x = torch.tensor([-1.0, 2.0], requires_grad=True)
    torch.relu(x).sum().backward()
    assert x.grad is not None
    blocked, passed = x.grad.tolist()
    return graded(
        not passed,
        f"Its gradient is {blocked:.0f} below zero and {passed:.0f} above; what cannot be learned "
        "is where it switches.",
    )


@claim("3.4", "A selection unit is x · σ(conv1×1(ReLU(x))).", "holds")
def selection_unit() -> Finding:
    torch.manual_seed(0)
    unit, x = SelectionUnit(8), torch.randn(1, 8, 5, 5)
    with torch.no_grad():
        conv = torch.einsum("oi,nihw->nohw", unit.conv.weight[..., 0, 0], x.clamp(min=0))
        by_hand = x / (1 + torch.exp(-conv - unit.conv.bias.view(-1, 1, 1)))  # type: ignore[union-attr]
        apart = float((by_hand - unit(x)).abs().max())
    return graded(apart < 1e-5, "Written out by hand, it gives what the unit gives.")


@claim("3.4", "With it the training error reaches the switch.", "holds")
def switch_learns() -> Finding:
    torch.manual_seed(0)
    unit = SelectionUnit(8)
    unit(torch.randn(1, 8, 5, 5)).square().sum().backward()
    grad = unit.conv.weight.grad
    assert grad is not None
    share = float((grad != 0).float().mean())
    return graded(share == 1, f"All {grad.numel()} weights of a switch get a gradient.")


@claim("3.4", "SelNet has 22 layers.", "holds with a limit")
def selnet_layers() -> Finding:
    network = _build("selnet", 2)
    wide = [c for c in _layers(network) if c.kernel_size == (3, 3)]
    units = len(_layers(network, SelectionUnit))
    return graded(
        len(wide) - 1 == 22 and units == 21,
        "22 convolutions of 3×3 up to the PixelShuffle;",
        limit=f"one more follows it, and the {units} selection units hold a 1×1 each.",
    )


not_checkable(
    "3.4",
    "The networks before it treat every element alike; attention helps.",
    "What helps depends on data, training and size; lesson 11 tries a small case.",
)


# 4.1 EDSR


@claim("4.1", "Batch norm takes the network's flexibility, as it normalises.", "holds with a limit")
def flexibility() -> Finding:
    return batch_norm_and_scale()


@claim("4.1", "Batch norm takes as much memory as the convolution before it.", "holds with a limit")
def batch_norm_memory() -> Finding:
    x = torch.rand(1, 64, 32, 32)
    conv = nn.Conv2d(64, 64, 3, padding=1)
    shapes = conv(x).shape == nn.BatchNorm2d(64)(conv(x)).shape
    return graded(
        shapes,
        "Its output has the shape of the convolution's, and training keeps both;",
        limit="once trained, it folds into the convolution's weights and takes none.",
    )


@claim("4.1", "Without batch norm 40 % of the memory is saved.", "holds with a limit")
def memory_saved() -> Finding:
    def kept(scale: int, norm: bool) -> int:
        network = _build("srresnet", scale)
        for part in () if norm else list(network.modules()):
            for name, layer in list(part.named_children()):
                if isinstance(layer, nn.BatchNorm2d):
                    setattr(part, name, nn.Identity())
        return kept_for_backward(network, torch.rand(1, 3, 16, 16, requires_grad=True))

    block, bare = BNBlock(64), BNBlock(64)
    bare.body[1], bare.body[4] = nn.Identity(), nn.Identity()
    x = torch.rand(1, 64, 16, 16, requires_grad=True)
    one = 1 - kept_for_backward(bare, x) / kept_for_backward(block, x)
    two, four = (1 - kept(scale, norm=False) / kept(scale, norm=True) for scale in (2, 4))
    return graded(
        0.3 < one < 0.5,
        f"Without its batch norms a block of SRResNet keeps {one:.0%} less for the way back;",
        limit=f"the whole network {two:.0%} at ×2 and {four:.0%} at ×4, where its end weighs more. "
        "All that is memory of training: enlarging a picture keeps nothing.",
    )


@claim(
    "4.1", "B layers of F channels take O(BF) memory and O(BF²) parameters.", "holds with a limit"
)
def orders() -> Finding:
    def weights(blocks: int, features: int) -> int:
        return parameters(_build("edsr", 2, blocks=blocks, features=features))

    deeper = weights(32, 32) / weights(16, 32)
    wider = weights(16, 64) / weights(16, 32)
    return graded(
        1.7 < deeper < 2.1 and 3.5 < wider < 4.1,
        f"Twice the blocks: {deeper:.2f} times the parameters; twice the channels: {wider:.2f} "
        "times.",
        limit="The memory is that of training, times the picture's size; when enlarging, only a "
        "few layers' maps exist at a time, whatever B is.",
    )


@claim(
    "4.1",
    "With many features training becomes unstable; a factor of 0.1 cures it.",
    "holds with a limit",
)
def residual_scaling() -> Finding:
    runs = results.read("edsr_scaling")["results"]

    def worst(rate: float, factor: float) -> float:
        return max(e["loss"] for e in runs[f"rate-{rate}-factor-{factor}"]["history"])

    wild, calm = worst(0.005, 1.0), worst(0.005, 0.1)
    return graded(
        wild > 1000 > 1 > calm,
        f"32 blocks of 64 at a rate of 0.005: with the sums as they are the loss goes up to "
        f"{wild:.0e}, with the factor it stays below {calm:.2f}.",
        limit="At a rate of 0.002 both learn; and our networks are narrower than EDSR's 256.",
    )


@claim("4.1", "A block is convolution, ReLU, convolution, without a ReLU after the sum.", "holds")
def edsr_block() -> Finding:
    block = ResBlock(4, 1.0)
    kinds = [type(layer).__name__ for layer in block.body]
    nn.init.constant_(block.body[2].bias, -9.0)  # type: ignore[arg-type]
    with torch.no_grad():
        negative = bool((block(torch.rand(1, 4, 5, 5)) < 0).any())
    return graded(
        kinds == ["Conv2d", "ReLU", "Conv2d"] and negative,
        f"{', '.join(kinds)}; and what comes out may be negative.",
    )


@claim("4.1", "L2 is to be preferred for PSNR, but L1 converges better.", "holds with a limit")
def l1_and_l2() -> Finding:
    runs = results.read("edsr_losses")["results"]
    l1, l2 = (runs[f"edsr-mini-{loss}"]["history"][-1] for loss in ("l1", "mse"))
    return graded(
        l1["psnr"] > l2["psnr"],
        f"The same small network after {l1['step']:,} steps: {l1['psnr']:.2f} dB on Set5 with L1, "
        f"{l2['psnr']:.2f} with L2, though minimising L2 is maximising PSNR.",
        limit="One run of each.",
    )


@claim(
    "4.1",
    "Parameters: SRResNet 1.5 M, baseline 1.5 M and 3.2 M, EDSR 43 M, MDSR 8.0 M.",
    "holds with a limit",
)
def edsr_table() -> Finding:
    def millions(name: str, scale: int, **options: int) -> float:
        return parameters(_build(name, scale, **options)) / 1e6

    found = {
        "SRResNet ×4": millions("srresnet", 4),
        "baseline ×4": millions("edsr-baseline", 4),
        "MDSR of 16 blocks": millions("mdsr", 2, blocks=16),
        "EDSR ×4": millions("edsr", 4),
        "MDSR": millions("mdsr", 2),
    }
    stated = (1.5, 1.5, 3.2, 43, 8.0)
    smaller = millions("edsr-baseline", 2), millions("edsr", 2)
    return graded(
        all(abs(f / s - 1) < 0.05 for f, s in zip(found.values(), stated, strict=True)),
        f"{', '.join(f'{name} {value:.2f} M' for name, value in found.items())}.",
        limit=f"At ×2 the baseline has {smaller[0]:.2f} M and EDSR {smaller[1]:.2f} M.",
    )


@claim(
    "4.1",
    "Blocks and filters: SRResNet and baseline 16 of 64, EDSR 32 of 256 with a factor of 0.1, "
    "MDSR 80 of 64.",
    "holds",
)
def edsr_sizes() -> Finding:
    def size(name: str) -> tuple[int, int]:
        blocks = _layers(_build(name, 2), ResBlock, BNBlock)
        tail = [b for b in blocks if b.body[0].kernel_size == (3, 3)]  # MDSR's heads have 5×5
        return len(tail), tail[0].body[0].out_channels

    names = ("srresnet", "edsr-baseline", "edsr", "mdsr")
    found = {name: size(name) for name in names}
    factor = _layers(_build("edsr", 2), ResBlock)[0].res_scale
    return graded(
        list(found.values()) == [(16, 64), (16, 64), (32, 256), (80, 64)] and factor == 0.1,
        f"Ours: {', '.join(f'{name} {b} of {f}' for name, (b, f) in found.items())}; EDSR's "
        f"factor is {factor:g}.",
    )


not_checkable(
    "4.1",
    "EDSR was chosen as neither too simple nor too complex, with a good PSNR.",
    "A choice, not a measurement.",
)
