"""Judges of assignment 3, FSRCNN from its figure, trained."""

from typing import Any

import numpy as np

from srcourse.classroom.answers import Answer
from srcourse.classroom.exercises import Wrong
from srcourse.classroom.grading import compare, numbers, question
from srcourse.images import luma, sample
from srcourse.resampling import imresize

# torch is asked for, and the course's own networks are not to be handed in.
OURS = ("srcourse", "torchvision")


@question("a3-parameters", "Counting by formula", points=3)
def parameters(answer: Answer) -> None:
    hints: dict[str, str] = {}
    for d, s, m in ((56, 12, 4), (48, 16, 2), (32, 5, 1)):
        call = f"fsrcnn_parameters({d}, {s}, {m})"
        got = numbers(answer(d, s, m), call)
        if got.shape == ():
            raise Wrong(f"{call} gave one number. Give three: the weights, the biases, the slopes.")
        if got.shape != (3,):
            raise Wrong(f"{call} gave {got.size} numbers. It should be three.")
        thin = 2 * d * s + m * 9 * s * s  # shrink, map, expand
        weights = 25 * d + thin + 81 * d
        slopes = 2 * d + s + m * s
        parts: dict[str, tuple[int, dict[str, float]]] = {
            "weights": (
                weights,
                {
                    "mapping is m layers, not one.": weights - (m - 1) * 9 * s * s,
                    "mapping is m layers, not m + 1: shrinking is counted by itself.": (
                        weights + 9 * s * s
                    ),
                    "each of the s kernels of a mapping layer reaches through all s channels.": (
                        weights - m * 9 * s * s + m * 9 * s
                    ),
                    "mapping has s channels, not d: shrinking came before it.": (
                        weights - m * 9 * s * s + m * 9 * d * d
                    ),
                    "the mapping kernels are 3 × 3.": weights - m * 8 * s * s,
                    "shrinking and expanding both have d · s.": weights - d * s,
                    "the deconvolution is missing: 9 × 9, from d channels to one.": weights
                    - 81 * d,
                    "the feature extraction is missing: 5 × 5, from one channel to d.": (
                        weights - 25 * d
                    ),
                    "the deconvolution is 9 × 9, not 5 × 5.": weights - 56 * d,
                    "the deconvolution is 9 × 9, not 3 × 3.": weights - 72 * d,
                    "the deconvolution makes one channel, not d.": weights - 81 * d + 81 * d * d,
                    "the biases are counted with them.": weights + slopes + 1,
                },
            ),
            "biases": (
                slopes + 1,
                {
                    "the layers have biases: one for each channel that a layer makes.": 0,
                    "the deconvolution has one too.": slopes,
                    "the deconvolution makes one channel, so it has one.": slopes + d,
                    "there is one for each channel, not one for each layer.": m + 4,
                    "a layer has one for each channel that it makes, not for each that it reads.": (
                        1 + d + m * s + s + d
                    ),
                    "the mapping layers are m, not one.": slopes + 1 - (m - 1) * s,
                    "the mapping layers have them too.": slopes + 1 - m * s,
                },
            ),
            "slopes": (
                slopes,
                {
                    "a PReLU learns its slopes, so they count.": 0,
                    "each channel has a slope of its own, not each layer.": m + 3,
                    "no PReLU follows the deconvolution.": slopes + 1,
                    "one slope for each channel, and no more: the positive side has slope 1.": (
                        2 * slopes
                    ),
                    "the mapping layers are m, not one.": slopes - (m - 1) * s,
                    "a PReLU follows each of the mapping layers too.": slopes - m * s,
                    "a PReLU follows the shrinking layer too.": slopes - s,
                    "a PReLU follows the expanding layer too.": slopes - d,
                },
            ),
        }
        for (name, (right, mistakes)), value in zip(parts.items(), got, strict=True):
            # A hint that several cases bear out needs to be told once.
            if name in hints:
                continue
            fits = [hint for hint, wrong in mistakes.items() if value == wrong != right]
            if value != right:
                said = fits[0] if fits else f"by hand it is {right:,}."
                hints[name] = f"{call}, {name}: you count {value:,g}; {said}"
    answer.earned = 3 - len(hints)
    if hints:
        raise Wrong(" ".join(hints.values()))


@question("a3-deconv-size", "How large a deconvolution's output is", points=2)
def deconv_size(answer: Answer) -> None:
    bare = [(5, 3, 2, 0, 0), (7, 9, 4, 0, 0), (6, 2, 5, 0, 0), (1, 9, 3, 0, 0)]
    padded = [(20, 9, 2, 4, 0), (20, 9, 2, 4, 1), (11, 5, 3, 1, 2), (12, 9, 4, 4, 3)]
    for n, k, s, p, o in bare + padded:
        if (n, k, s, p, o) == padded[0]:
            answer.earned = 1
        call = f"deconv_size({n}, {k}, {s}, {p}, {o})"
        got = numbers(answer(n, k, s, p, o), call, ())
        said = f"{call} is {got:g}:"
        full = (n - 1) * s + k
        mistakes: dict[str, float] = {}
        if p or o:
            mistakes = {
                f"{said} padding takes pixels away here. It does not add them.": full + 2 * p + o,
                f"{said} padding is taken away at both ends.": full - p + o,
                f"{said} padding and output_padding are left out.": full,
                f"{said} padding is left out.": full + o,
                f"{said} output_padding is left out.": full - 2 * p,
                f"{said} output_padding is added at one end only.": full - 2 * p + 2 * o,
                f"{said} output_padding is added, not taken away.": full - 2 * p - o,
            }
        mistakes |= {
            f"{said} that is an ordinary convolution's. This one makes it larger.": (
                (n + 2 * p - k) // s + 1
            ),
            f"{said} the last of the {n} stamps begins at (n − 1) · stride, not at n · stride.": (
                full + s - 2 * p + o
            ),
            f"{said} the last stamp is as long as the kernel: + kernel, and not + 1.": (
                (n - 1) * s + 1 - 2 * p + o
            ),
            f"{said} this counts up to where the last stamp begins. It is `kernel` long.": (
                (n - 1) * s - 2 * p + o
            ),
            f"{said} the kernel's length and the distance of the stamps are exchanged.": (
                (n - 1) * k + s - 2 * p + o
            ),
            f"{said} the stride is left out.": n - 1 + k - 2 * p + o,
            f"{said} that is n · stride, what FSRCNN needs. What does this layer give?": n * s,
            f"{said} the last pixel is missing: the stamp covers `kernel` pixels.": (
                full - 1 - 2 * p + o
            ),
        }
        compare(got, (n - 1) * s + k - 2 * p + o, mistakes, what=call)


def made(network: Any, scale: int, d: int, s: int, m: int, x: Any) -> dict:
    """The network's weights by name, how many tensors they are, and what it makes of `x`."""
    import torch

    torch.manual_seed(0)
    net = network(scale, d, s, m)
    with torch.no_grad():
        for weights in net.parameters():  # large enough to be told from zero
            weights.copy_(torch.randn(weights.shape) / max(1, weights[0].numel()) ** 0.5)
        output = net(x)
    tensors = len(list(net.parameters()))
    return {"weights": dict(net.state_dict()), "tensors": tensors, "output": output}


@question("a3-network", "FSRCNN, from its figure", points=4, forbidden=OURS)
def network(answer: Answer) -> None:
    import torch
    from torch.nn import functional as F

    x = torch.randn((2, 1, 6, 7), generator=torch.Generator().manual_seed(1))
    for scale, d, s, m in ((2, 56, 12, 4), (3, 56, 12, 4), (4, 20, 6, 2)):
        call = f"FSRCNN({scale}, {d}, {s}, {m})"
        found = answer.via(made, scale, d, s, m, x)
        w = found["weights"]
        if hint := _about_layers({name: tuple(part.shape) for name, part in w.items()}, d, s, m):
            raise Wrong(f"{call}: {hint}")
        if found["tensors"] != len(w):
            raise Wrong(
                f"{call}: its mapping layers share one kernel. A list times m repeats the same "
                "layer: make a new one for each."
            )
        if answer.earned == 0:
            answer.earned = 1  # the layers
        got = numbers(found["output"], f"{call}(x)")
        high, wide = (scale * n for n in x.shape[2:])
        if got.shape != (2, 1, high, wide):
            raise Wrong(f"{call}: {_about_size(got.shape, x.shape, scale)}")

        def through(*parts: str, w: Any = w, x: Any = x, m: int = m) -> torch.Tensor:
            for part in parts:
                for i in range(m if part == "mapping" else 1):
                    kernel, bias = w[f"{part}.{2 * i}.weight"], w[f"{part}.{2 * i}.bias"]
                    x = F.conv2d(x, kernel, bias, padding=kernel.shape[-1] // 2)
                    x = F.prelu(x, w[f"{part}.{2 * i + 1}.weight"])
            return x

        def enlarged(x: Any, padding: int = 4, w: Any = w, scale: int = scale) -> torch.Tensor:
            more = scale - 9 + 2 * padding
            return F.conv_transpose2d(x, w["deconv.weight"], w["deconv.bias"], scale, padding, more)

        thin = through("extract", "shrink")
        mapped = through("mapping", x=thin)
        right = enlarged(through("expand", x=mapped))
        mistakes = {
            "there is a ReLU at its end. Nothing follows the deconvolution.": F.relu(right),
            "it clips its output. In training, where it clips, no gradient comes back.": (
                right.clamp(0, 1)
            ),
            "there is a sigmoid at its end. Nothing follows the deconvolution.": right.sigmoid(),
            "there is a tanh at its end. Nothing follows the deconvolution.": right.tanh(),
            "it adds the enlarged input. FSRCNN has no shortcut.": (
                right + F.interpolate(x, scale_factor=scale, mode="bicubic")
            ),
            "it adds the input, each pixel repeated. FSRCNN has no shortcut.": (
                right + F.interpolate(x, scale_factor=scale)
            ),
            "the mapping is not used: forward passes it by.": enlarged(through("expand", x=thin)),
            "there is a shortcut around the mapping. FSRCNN has none.": (
                enlarged(through("expand", x=mapped + thin))
            ),
            "the first two parts' result is added before the deconvolution. FSRCNN has no "
            "shortcut.": enlarged(through("expand", x=mapped) + through("extract")),
            "the deconvolution's padding is 4 at every scale. With 3 the size is right too, but "
            "the stamps lie elsewhere.": enlarged(through("expand", x=mapped), 3)
            if scale > 2
            else None,
        }
        compare(
            got,
            right.numpy(),
            {f"{call}: {hint}": None if r is None else r.numpy() for hint, r in mistakes.items()},
            what=f"{call}(x)",
            atol=1e-3,
        )
        answer.earned = 3


def _about_layers(weights: dict[str, tuple], d: int, s: int, m: int) -> str:
    """What is the matter with the network's weights, by name and shape; empty where nothing is."""
    inner = {f"mapping.{2 * i}": (s, s, 3) for i in range(m)}
    convs = {"extract.0": (d, 1, 5), "shrink.0": (s, d, 1), **inner, "expand.0": (d, s, 1)}
    wanted: dict[str, tuple] = {"deconv.weight": (d, 1, 9, 9), "deconv.bias": (1,)}
    for name, (n_out, n_in, k) in convs.items():
        part, i = name.split(".")
        wanted |= {f"{name}.weight": (n_out, n_in, k, k), f"{name}.bias": (n_out,)}
        wanted[f"{part}.{int(i) + 1}.weight"] = (n_out,)
    if weights == wanted:
        return ""
    parts = {name.split(".")[0] for name in weights}
    for part in ("extract", "shrink", "mapping", "expand", "deconv"):
        if part not in parts:
            return f"there is no part `{part}` with weights; it has {', '.join(sorted(parts))}."
    if any("running_mean" in name for name in weights):
        return "there is batch normalisation in it. FSRCNN has none."
    if "deconv.0.weight" in weights:
        return (
            "`deconv` is the transposed convolution alone. No PReLU follows it: it makes the "
            "picture."
        )
    if "deconv.bias" not in weights or "extract.0.bias" not in weights:
        return "a layer has no biases. All of them have."
    if "extract.1.weight" not in weights:
        return "after the first convolution there is nothing that learns a slope: PReLU, not ReLU."
    missing = sorted(set(wanted) - set(weights))
    for part in ("shrink", "expand"):
        if f"{part}.1.weight" in missing:
            return f"`{part}` lacks its PReLU. One follows each convolution but the last layer."
    if weights["extract.1.weight"] == (1,):
        return "its PReLUs have one slope in all. Each channel has its own: PReLU(channels)."
    count = sum(len(shape) == 4 for name, shape in weights.items() if "mapping" in name)
    if count != m:
        return f"its mapping has {count} convolutions; there are m = {m}, and shrinking beside."
    if any(name.startswith("mapping.") for name in missing):
        return "in `mapping` a PReLU follows each convolution."
    deconv = weights["deconv.weight"]
    if deconv == (1, d, 9, 9):
        return "`deconv` is an ordinary convolution, which cannot enlarge: nn.ConvTranspose2d."
    if deconv[:2] == (d, 1) and deconv[2:] != (9, 9):
        return f"the deconvolution's kernel is {deconv[2]} × {deconv[3]}; it is 9 × 9."
    if weights.get("shrink.0.weight") == (d, d, 1, 1):
        return "shrinking leaves d channels. It should leave s."
    if weights.get("mapping.0.weight") == (d, d, 3, 3):
        return "the mapping works at d channels: shrink first, from d to s, then map."
    if weights.get("mapping.0.weight") == (s, s, 1, 1):
        return "the mapping kernels are 1 × 1; they are 3 × 3."
    if weights.get("expand.0.weight", (0, 0, 1))[2:] == (3, 3):
        return "expanding is 1 × 1."
    if more := sorted(set(weights) - set(wanted)):
        return f"there are weights that it does not need: {', '.join(more)}."
    if missing:
        return f"there is no {missing[0]}."
    name = next(name for name in wanted if weights[name] != wanted[name])
    return f"{name} has shape {weights[name]}; it should be {wanted[name]}."


def _about_size(got: tuple[int, ...], given: tuple[int, ...], scale: int) -> str:
    """What is the matter with an output of the shape `got`."""
    said = f"{'×'.join(map(str, given[2:]))} pixels become {'×'.join(map(str, got[2:]))}: "
    if len(got) != 4 or got[:2] != given[:2]:
        return f"x of shape {given} becomes {got}. There is one channel, and as many pictures."
    grown = got[2] - scale * given[2]
    one = (given[2] - 1) * scale
    if got[2:] == given[2:]:
        return said + "the deconvolution's stride is the scale."
    if grown == 1 - scale:
        return said + "scale − 1 pixels are missing. What does your formula say? output_padding."
    if got[2] in (one + 9, one + 9 + scale - 1):
        return said + "the deconvolution's padding is missing."
    if got[2] == 2 * given[2] or got[2] == 3 * given[2]:
        return said + "the scale should be the one that the network is made with."
    if grown < 0 and grown % scale == 0:
        return said + "the convolutions should keep the size. Pad each by half its kernel."
    return said + f"it should be {scale} times as many along each side."


def _patches(
    lr: np.ndarray, hr: np.ndarray, scale: int, size: int, step: int, **slip: int
) -> tuple[np.ndarray, np.ndarray]:
    """The pairs. slip: `times`, what an LR place is multiplied with; `late`, pixels too far on."""
    times, late = slip.get("times", scale), slip.get("late", 0)
    rows, cols = (range(0, n - size + 1, step) for n in lr.shape)
    large = np.pad(hr, ((0, hr.shape[0]), (0, hr.shape[1])))
    places = [(r, c) for r in rows for c in cols]
    starts = [(r * times + late, c * times + late) for r, c in places]
    return (
        np.array([lr[r : r + size, c : c + size] for r, c in places]),
        np.array([large[r : r + scale * size, c : c + scale * size] for r, c in starts]),
    )


@question("a3-patches", "Pairs of patches", points=2)
def patches(answer: Answer) -> None:
    random = np.random.default_rng(3)
    for scale, size, step in ((2, 3, 3), (3, 4, 4), (2, 4, 4), (2, 4, 2), (3, 3, 2), (2, 2, 3)):
        if (size, step) == (4, 2):
            answer.earned = 1  # side by side
        hr = random.permutation(18 * scale * 13 * scale).reshape(18 * scale, 13 * scale) / 10
        lr = hr.reshape(18, scale, 13, scale).mean(axis=(1, 3))
        hr = np.pad(hr, ((0, scale - 1), (0, scale - 1)), mode="edge")  # as photographs have it
        call = f"cut(lr, hr, {scale}, {size}, {step})"
        got = answer(lr, hr, scale, size, step)
        if not isinstance(got, tuple | list) or len(got) != 2:
            raise Wrong(f"{call} should return two things: the LR patches and the HR patches.")
        shapes = [{np.shape(patch) for patch in patches} for patches in got]
        if len(shapes[0]) > 1 or len(shapes[1]) > 1:
            raise Wrong(
                f"{call}: some patches are smaller than the others. Leave out those that would "
                "stick out."
            )
        small, large = numbers(got[0], f"{call}, LR"), numbers(got[1], f"{call}, HR")
        right_small, right_large = _patches(lr, hr, scale, size, step)
        n, side = len(right_small), scale * size
        if small.shape[1:] != (size, size):
            raise Wrong(f"{call}: the LR patches are {small.shape[1:]}; it is {size} by {size}.")
        if large.shape[1:] == (size, size):
            raise Wrong(f"{call}: the HR patches are as small as the LR ones: scale · size.")
        if len(small) != len(large):
            raise Wrong(f"{call}: {len(small)} LR patches, {len(large)} HR ones. They are pairs.")
        down, across = ((k - size) // step + 1 for k in lr.shape)
        counts = {
            len(range(0, 18 - size, step)) * len(range(0, 13 - size, step)): (
                "the last patches are missing: one that ends at the border is whole."
            ),
            (18 - size + 1) * (13 - size + 1): "they move on by one pixel. Move on by step.",
            (18 // size) * (13 // size): "they lie side by side. They begin every `step` pixels.",
        }
        if len(small) != n:
            why = counts.get(len(small), f"{down} rows of {across} fit.")
            raise Wrong(f"{call} gave {len(small)} pairs; {why}")
        turned = np.arange(n).reshape(down, across).T.ravel()
        if np.allclose(small, right_small[turned]) and not np.allclose(small, right_small):
            raise Wrong(f"{call}: they come column by column. Go row by row.")
        compare(small, right_small, what=f"{call}, LR patches,")
        mistakes = {
            f"{call}: the HR patches do not show what the LR ones do. One that begins at LR row r "
            "begins at HR row scale · r.": _patches(lr, hr, scale, size, step, times=1)[1],
            f"{call}: the HR patches begin one pixel too far on. Pixel 0 belongs to pixel 0.": (
                _patches(lr, hr, scale, size, step, late=1)[1]
            ),
            f"{call}: the HR patches begin half an LR pixel too far on.": (
                _patches(lr, hr, scale, size, step, late=scale // 2)[1]
            ),
            f"{call}: the HR patches are those of the LR picture, with repeated pixels. Cut them "
            "out of hr.": np.kron(right_small, np.ones((scale, scale))),
            f"{call}: the HR patches have rows and columns exchanged.": (
                right_large.swapaxes(1, 2)
            ),
            f"{call}: the HR patches are those of another row and column: r and c are exchanged.": (
                right_large[turned]
            ),
            f"{call}: the HR patches come in the opposite order.": right_large[::-1],
        }
        if large.shape != right_large.shape:
            raise Wrong(f"{call}: the HR patches are {large.shape[1:]}; it is {side} by {side}.")
        compare(large, right_large, mistakes, what=f"{call}, HR patches,")


def stepped(step: Any, start: Any, pairs: list) -> dict:
    """A small network's losses and weights from step to step, and how often a gradient came."""
    import torch

    net = torch.nn.ConvTranspose2d(1, 1, 3, stride=2, padding=1, output_padding=1, bias=False)
    with torch.no_grad():
        net.weight.copy_(start)
    optimiser = torch.optim.SGD(net.parameters(), lr=0.1)
    came: list = []
    net.weight.register_hook(came.append)
    losses, weights = [], []
    for lr, hr in pairs:
        losses.append(step(net, optimiser, lr, hr))
        weights.append(net.weight.detach().clone())
    kept = net.weight.grad is not None and bool(net.weight.grad.any())
    return {"losses": losses, "weights": weights, "came": len(came), "kept": kept}


@question("a3-step", "One step of training", points=3, forbidden=OURS)
def step(answer: Answer) -> None:
    import torch
    from torch.nn import functional as F

    random = torch.Generator().manual_seed(2)
    start = torch.randn((1, 1, 3, 3), generator=random)
    pairs = [
        (torch.rand((4, 1, 5, 6), generator=random), torch.rand((4, 1, 10, 12), generator=random))
        for _ in range(2)
    ]
    found = answer.via(stepped, start, pairs)

    def output(weight: torch.Tensor, lr: torch.Tensor) -> torch.Tensor:
        return F.conv_transpose2d(lr, weight, None, 2, 1, 1)

    def loss(weight: torch.Tensor, pair: int, kind: str = "mean") -> torch.Tensor:
        made = output(weight, pairs[pair][0])
        error = (made.clamp(0, 1) if kind == "clipped" else made) - pairs[pair][1]
        return {
            "sum": lambda: (error**2).sum(),
            "pictures": lambda: (error**2).sum() / len(error),
            "absolute": lambda: error.abs().mean(),
            "root": lambda: (error**2).mean().sqrt(),
        }.get(kind, lambda: (error**2).mean())()

    def slope(weight: torch.Tensor, pair: int, kind: str = "mean") -> torch.Tensor:
        weight = weight.clone().requires_grad_()
        return torch.autograd.grad(loss(weight, pair, kind), weight)[0]

    first = slope(start, 0)
    after = start - 0.1 * first
    second = slope(after, 1)
    right = float(loss(start, 0))
    call = "train_step(network, optimiser, lr, hr)"
    got = numbers(found["losses"][0], call)
    if got.shape != ():
        raise Wrong(f"{call} gave {got.shape}. The loss is one number: the mean over all pixels.")
    compare(
        got,
        right,
        {
            f"{call} gave {got:.4g}, the mean of the absolute errors (L1). It is their squares.": (
                float(loss(start, 0, "absolute"))
            ),
            f"{call} gave {got:.4g}, a sum. A mean does not depend on how large the batch is.": (
                float(loss(start, 0, "sum"))
            ),
            f"{call} gave {got:.4g}, the sum over a picture. The mean is over the pixels too.": (
                float(loss(start, 0, "pictures"))
            ),
            f"{call} gave {got:.4g}, the root of the mean square (RMSE). Leave the root out.": (
                float(loss(start, 0, "root"))
            ),
            f"{call} gave {got:.4g}, a PSNR. What is made smaller is the mean square.": (
                -10 * np.log10(right)
            ),
            f"{call} gave {got:.4g}, the negative of the loss.": -right,
            f"{call} gave {got:.4g}: half of the mean square. Leave the ½ out.": right / 2,
            f"{call}: the output is clipped before the loss. Where it clips, no gradient comes "
            "back. Clip pictures, not losses.": float(loss(start, 0, "clipped")),
            f"{call} gave {got:.4g}, the loss after the step. It is that of the output by which "
            "it learned.": float(loss(after, 0)),
        },
        what=call,
        atol=1e-5,
    )
    answer.earned = 1
    weights = [w.numpy() for w in found["weights"]]
    if np.allclose(weights[0], start):
        if not found["came"]:
            raise Wrong("The weights stay as they were: no gradient was computed. loss.backward().")
        if found["kept"]:
            raise Wrong("The gradient is there, the weights stay as they were: optimiser.step().")
        raise Wrong(
            "The weights stay as they were: zero_grad wipes the gradient out after backward and "
            "before the step. It comes first."
        )
    compare(
        weights[0],
        after,
        {
            "After a step: it climbs. The weights went the way that makes the loss larger.": (
                start + 0.1 * first
            ),
            "After a step: it took the step twice. One optimiser.step() is a step.": (
                start - 0.2 * first
            ),
            "After a step: the loss is right, but the gradient is that of L1.": (
                start - 0.1 * slope(start, 0, "absolute")
            ),
            "After a step: the loss is right, but the gradient is that of a sum.": (
                start - 0.1 * slope(start, 0, "sum")
            ),
        },
        what="After a step the weight",
        atol=1e-5,
    )
    answer.earned = 2
    compare(
        weights[1],
        after - 0.1 * second,
        {
            "After the second step: the first one's gradient is still in it. backward adds to "
            "what is there; optimiser.zero_grad() wipes it out.": after - 0.1 * (first + second),
            "After the second step: nothing has changed since the first.": after,
        },
        what="After two steps the weight",
        atol=1e-5,
    )


def upscaled(network: Any, x: Any) -> Any:
    """What the network makes of `x`."""
    import torch

    if network is None:
        raise NotImplementedError
    with torch.no_grad():
        return network(x)


@question("a3-training", "Trained", points=2, forbidden=OURS)
def training(answer: Answer) -> None:
    import torch

    hr = luma(sample("astronaut"))[0:256, 100:356]
    lr = imresize(hr, 1 / 2)
    given = torch.tensor(lr, dtype=torch.float32)[None, None]
    got = numbers(answer.via(upscaled, given), "trained(x)")
    if got.shape != (1, 1, *hr.shape):
        raise Wrong(f"trained(x) has shape {got.shape}; 128 × 128 pixels become 256 × 256 at ×2.")
    got = got[0, 0]
    reached = _psnr(got, hr)
    bicubic, nearest = _psnr(imresize(lr, 2), hr), _psnr(np.kron(lr, np.ones((2, 2))), hr)
    said = f"On a photograph that it has not seen, {reached:.1f} dB; bicubic {bicubic:.1f} dB."
    if reached > nearest + 0.1:
        answer.earned = 1
    if reached > bicubic - 0.5:
        return
    if got.std() < 0.02:
        raise Wrong(f"{said} Its pictures are an even grey: it has not learned yet, or has died.")
    if got.max() > 20:
        raise Wrong(f"{said} Its levels reach {got.max():.0f}. Train on values from 0 to 1.")
    shifts = [(r, c) for r in range(-2, 3) for c in range(-2, 3)]
    best = max(shifts, key=lambda shift: _psnr(np.roll(got, shift, (0, 1)), hr))
    if best != (0, 0) and _psnr(np.roll(got, best, (0, 1)), hr) > reached + 1:
        raise Wrong(
            f"{said} Moved by {best} pixels it would be better: do the HR patches begin where the "
            "LR ones do?"
        )
    if np.corrcoef(got.ravel(), hr.ravel())[0, 1] < -0.5:
        raise Wrong(f"{said} Bright and dark are exchanged.")
    if _psnr(got - got.mean() + hr.mean(), hr) > reached + 1:
        raise Wrong(
            f"{said} Its pictures are too {'bright' if got.mean() > hr.mean() else 'dark'} all "
            "over. Are the last steps' learning rates small?"
        )
    if _psnr(got, np.kron(lr, np.ones((2, 2)))) > 45:
        raise Wrong(f"{said} It repeats each pixel, and no more.")
    if answer.earned:
        raise Wrong(f"{said} It is on its way: go on, and let the learning rate fall to zero.")
    raise Wrong(
        f"{said} Nearest neighbour has {nearest:.1f} dB. It has learned little: are the steps "
        "taken, and are there enough of them?"
    )


def _psnr(picture: np.ndarray, hr: np.ndarray) -> float:
    """In dB, of luma from 0 to 1, clipped, without 4 pixels along the border."""
    error = np.clip(picture, 0, 1) - hr
    return float(-10 * np.log10((error[4:-4, 4:-4] ** 2).mean()))
