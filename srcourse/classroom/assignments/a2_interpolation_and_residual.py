"""Judges of assignment 2, interpolation and the residual block."""

from collections.abc import Callable
from typing import Any

import numpy as np

from srcourse.classroom.answers import Answer
from srcourse.classroom.exercises import Wrong
from srcourse.classroom.grading import compare, numbers, question
from srcourse.resampling import cubic_kernel, imresize, linear_kernel, nearest_kernel

Where = Callable[[np.ndarray, float], np.ndarray]


def _centres(i: np.ndarray, scale: float) -> np.ndarray:
    return (i + 0.5) / scale - 0.5


@question("a2-positions", "Where a pixel lies", points=2)
def positions(answer: Answer) -> None:
    for n, scale in ((9, 3), (8, 2), (3, 0.5), (6, 1.5)):
        if scale == 0.5:
            answer.earned = 1  # enlarging by a whole number
        call = f"positions({n}, {scale})"
        i = np.arange(n)
        n_in = round(n / scale)
        mistakes = {
            f"{call}: this forgets both halves. A pixel's place is its centre.": i / scale,
            f"{call}: half a pixel of the small picture is still to be taken off.": (
                (i + 0.5) / scale
            ),
            f"{call}: half a pixel of the large picture is forgotten: divide i + ½.": (
                i / scale - 0.5
            ),
            f"{call}: the signs of the two halves are exchanged.": (i - 0.5) / scale + 0.5,
            f"{call}: it multiplies by the scale. That is the way from the small picture to the "
            "large one.": (i + 0.5) * scale - 0.5,
            f"{call}: the first and the last centres are tied together. Pixels have a width.": (
                i * (n_in - 1) / (n - 1)
            ),
            f"{call}: whole numbers only: divide with /, not with //.": np.floor(
                _centres(i, scale)
            ),
            f"{call}: places before the first centre are set to 0. They are negative, and the "
            "border comes later.": np.maximum(_centres(i, scale), 0),
            f"{call}: a scale below 1, or a broken one, is taken for a whole number.": _centres(
                i, max(1, int(scale))
            ),
        }
        compare(numbers(answer(n, scale), call), _centres(i, scale), mistakes, what=call)


@question("a2-cubic", "Keys' kernel", points=2)
def cubic(answer: Answer) -> None:
    x = np.array([0.0, 0.25, 0.5, 0.9, 1.0, 1.2, 1.5, 1.9, 2.0, 2.6, -0.3, -1.4, -2.5])
    for a in (-0.5, -0.75, -1.0):
        if a == -0.75:
            answer.earned = 1
        call = "cubic(x)" if a == -0.5 else f"cubic(x, {a})"
        got = numbers(answer(x.copy()) if a == -0.5 else answer(x.copy(), a), call, x.shape)
        d = abs(x)

        def pieces(
            d: np.ndarray, near: float, far: float, edge: float = 1.0, a: float = a
        ) -> np.ndarray:
            inner = (a + 2) * d**3 - (a + near) * d**2 + 1
            outer = a * d**3 - 5 * a * d**2 + 8 * a * d - far * a
            return np.where(d <= edge, inner, np.where(d < 2, outer, 0.0))

        endless = np.where(d <= 1, pieces(d, 3, 4), a * (((d - 5) * d + 8) * d - 4))
        mistakes = {
            f"{call}: a is always −0.5.": cubic_kernel(x, -0.5),
            f"{call}: without its second argument a is −0.5, not −0.75.": cubic_kernel(x, -0.75),
            f"{call}: negative distances are treated like no distance. Take |x| first.": np.where(
                x < 0, pieces(x, 3, 4), cubic_kernel(x, a)
            ),
            f"{call}: beyond a distance of 2 the weight is 0.": endless,
            f"{call}: beyond a distance of 1 the weight is not yet 0: there is a second piece.": (
                np.where(d <= 1, cubic_kernel(x, a), 0.0)
            ),
            f"{call}: in the first piece it is a + 3 that stands before |x|².": pieces(d, 2, 4),
            f"{call}: the second piece ends with − 4a.": pieces(d, 3, -4),
            f"{call}: the sign of the second piece is turned around.": np.where(
                d <= 1, cubic_kernel(x, a), -cubic_kernel(x, a)
            ),
            f"{call}: the two pieces are exchanged.": np.where(
                d < 1, a * (((d - 5) * d + 8) * d - 4), np.where(d <= 2, pieces(d, 3, 4, 9), 0.0)
            ),
            f"{call}: this is the triangle of linear interpolation.": linear_kernel(x),
        }
        compare(got, cubic_kernel(x, a), mistakes, what=call)


def _line(
    line: np.ndarray,
    scale: int,
    kernel: Callable[[np.ndarray], np.ndarray] = cubic_kernel,
    where: Where = _centres,
    mode: Any = "symmetric",
    first: Callable[[np.ndarray], np.ndarray] = np.floor,
) -> np.ndarray:
    """`line` interpolated at where(i, scale), by four samples, continued beyond its ends."""
    far = 8
    padded = np.pad(line, far, mode=mode)
    x = where(np.arange(scale * len(line)), scale)
    taps = first(x).astype(int)[:, None] + np.arange(-1, 3)
    return (kernel(x[:, None] - taps) * padded[taps + far]).sum(axis=1)


@question("a2-line", "A line, bicubic", points=3)
def line(answer: Answer) -> None:
    samples = np.array([10.0, 60, 20, 80, 40, 250, 245, 3, 90, 70])
    for scale in (2, 3, 4):
        call = f"enlarge_line(line, {scale})"
        got = numbers(answer(samples, scale), call)
        right = _line(samples, scale)
        if got.shape != right.shape:
            raise Wrong(f"{call} has shape {got.shape}; 10 samples become {10 * scale}.")
        inside = slice(2 * scale, -2 * scale)
        places: dict[str, Where] = {
            "reads everything at i/s, and so moves the line to the left.": lambda i, s: i / s,
            "reads at (i + ½)/s, and so moves the line by half a sample.": lambda i, s: (
                (i + 0.5) / s
            ),
            "ties the first and last samples to the ends.": (
                lambda i, s: i * (len(samples) - 1) / (s * len(samples) - 1)
            ),
        }
        kernels: dict[str, Callable[[np.ndarray], np.ndarray]] = {
            "is linear: the two nearest samples only, by a triangle.": linear_kernel,
            "copies the nearest sample.": nearest_kernel,
            "uses a = −0.75. Here a is −0.5.": lambda x: cubic_kernel(x, -0.75),
            "misses the first of the four samples, ⌊x⌋ − 1.": lambda x: cubic_kernel(x) * (x < 1),
            "misses the last of the four samples, ⌊x⌋ + 2.": lambda x: cubic_kernel(x) * (x > -1),
        }
        mistakes = {f"{call} {hint}": _line(samples, scale, where=w) for hint, w in places.items()}
        mistakes |= {f"{call} {hint}": _line(samples, scale, k) for hint, k in kernels.items()}
        mistakes |= {
            f"{call} comes out rounded. Keep the fractions.": np.round(right),
            f"{call} lies between 0 and 255 only. Here nothing is clipped.": np.clip(right, 0, 255),
            f"{call} comes out from right to left.": right[::-1],
        }
        compare(
            got[inside],
            right[inside],
            {hint: wrong[inside] for hint, wrong in mistakes.items()},
            what=f"In the middle {call}",
        )
    answer.earned = 2
    for scale in (2, 3, 4):
        call = f"enlarge_line(line, {scale})"
        got = numbers(answer(samples, scale), call)
        beyond = {
            "the border sample is repeated on and on. In a mirror the second one follows: "
            "c b a | a b c.": "edge",
            "beyond the border stands 0, which darkens the ends.": "constant",
            "beyond one end stands the other: an index of −1 is the last sample.": "wrap",
            "the mirror stands on the border sample. It stands at the border: that sample is "
            "repeated, c b a | a b c.": "reflect",
        }
        mistakes = {
            f"{call}, at the ends: {hint}": _line(samples, scale, mode=mode)
            for hint, mode in beyond.items()
        }
        mistakes |= {
            f"{call}, at the ends: int() rounds −0.25 to 0. Round down, with floor.": _line(
                samples, scale, first=np.trunc
            ),
            f"{call}, at the ends: places outside are moved onto the border sample. They lie "
            "where they lie; it is the samples beyond that are mirrored.": _line(
                samples, scale, where=lambda i, s: np.clip(_centres(i, s), 0, len(samples) - 1)
            ),
        }
        compare(got, _line(samples, scale), mistakes, what=call)


@question("a2-picture", "A whole picture", points=3)
def picture(answer: Answer) -> None:
    random = np.random.default_rng(5)
    grey = random.integers(0, 256, (6, 5)).astype(np.uint8)
    grey[1:3] = np.where(grey[1:3] > 127, 255, 0)
    for image in (grey, random.integers(0, 256, (4, 5, 3)).astype(np.uint8)):
        colour = image.ndim == 3
        if colour:
            answer.earned = 2
        for scale in (2, 3):
            call = f"enlarge(a {'colour' if colour else 'grey'} picture of "
            call += f"{'×'.join(map(str, image.shape))}, {scale})"
            given = answer(image, scale)
            got = numbers(given, call)
            high, wide, *channels = image.shape
            shapes = {
                (
                    scale * high,
                    wide,
                    *channels,
                ): "only its height has grown. Enlarge the columns too.",
                (high, scale * wide, *channels): "only its width has grown. Enlarge the rows too.",
                (scale * wide, scale * high, *channels): "height and width are exchanged.",
                (scale * high, scale * wide, 3 * scale): "the channels were enlarged as well.",
                (scale * high, scale * wide): "the channels are gone.",
            }
            right = imresize(image, scale)
            if got.shape != right.shape:
                hint = shapes.get(got.shape, f"it should be {right.shape}.")
                raise Wrong(f"{call} has shape {got.shape}: {hint}")
            values = imresize(image.astype(float), scale)
            dtype = getattr(given, "dtype", None)
            # Either way of rounding a half is fine, so a level may differ where one is near.
            near_half = abs(values - np.floor(values) - 0.5) < 1e-6
            got = np.where(near_half & (abs(got - right) <= 1), right, got)
            wrapped = np.floor(values + 0.5) % 256
            rows = _enlarged_down(image, scale)
            mistakes = {
                f"{call}: what lies below 0 or above 255 comes out at the other end: −3 becomes "
                "253. Clip before you turn it into uint8.": wrapped,
                f"{call}: the fractions are cut off, which darkens the picture. Round.": np.floor(
                    np.clip(values, 0, 255)
                ),
                f"{call}: clipped, but not rounded. uint8 has whole levels.": np.clip(
                    values, 0, 255
                ),
                f"{call}: neither clipped nor rounded.": values,
                f"{call}: rounded, but not clipped.": np.floor(values + 0.5),
                f"{call}: it clips between the two directions as well. Keep what overshoots until "
                "the end.": _levels(_enlarged_across(np.clip(rows, 0, 255), scale)),
                f"{call}: it rounds between the two directions as well. Round once, at the end.": (
                    _levels(_enlarged_across(_levels(rows), scale))
                ),
                f"{call}: its values go from 0 to 1.": np.clip(values / 255, 0, 1),
                f"{call}: it is bilinear.": _levels(
                    imresize(image.astype(float), scale, method="bilinear")
                ),
                f"{call}: the channels come out in the opposite order.": (
                    right[..., ::-1] if colour else None
                ),
                f"{call}: all channels are those of the first one.": (
                    np.repeat(right[..., :1], 3, axis=2) if colour else None
                ),
            }
            compare(got, right, mistakes, what=call, atol=1e-3)
            if dtype != np.uint8:
                raise Wrong(f"{call}: the levels are right, their type is {dtype}. Make it uint8.")


def _enlarged_down(image: np.ndarray, scale: int) -> np.ndarray:
    """`image` enlarged downwards only, as floats."""
    return np.apply_along_axis(_line, 0, image.astype(float), scale)


def _enlarged_across(image: np.ndarray, scale: int) -> np.ndarray:
    """`image` enlarged to the right only, as floats."""
    return np.apply_along_axis(_line, 1, image.astype(float), scale)


def _levels(values: np.ndarray) -> np.ndarray:
    return np.clip(np.floor(values + 0.5), 0, 255)


def made(block: Any, n_in: int, n_out: int, stride: int, x: Any) -> dict:
    """A block's weights by name, and what it makes of `x`: None where its two ways do not fit."""
    import torch

    torch.manual_seed(0)
    network = block(n_in, n_out, stride)
    with torch.no_grad():
        for weights in network.parameters():  # large enough to be told from zero
            weights.copy_(torch.randn(weights.shape) / max(1, weights[0].numel()) ** 0.5)
        try:
            output = network(x)
        except RuntimeError as error:
            if "must match" not in str(error):
                raise
            output = None
        return {"weights": dict(network.state_dict()), "output": output}


@question("a2-block", "The residual block", points=3, forbidden=("srcourse", "torchvision"))
def block(answer: Answer) -> None:
    import torch
    from torch.nn.functional import conv2d, relu

    x = torch.randn((2, 4, 6, 8), generator=torch.Generator().manual_seed(1))
    for n_out, stride in ((4, 1), (6, 2), (6, 1)):
        if n_out == 6 and stride == 2:
            answer.earned = 2
        call = f"ResidualBlock(4, {n_out}, stride={stride})"
        found = answer.via(made, 4, n_out, stride, x)
        weights = {name: tuple(w.shape) for name, w in found["weights"].items()}
        convs = {
            "conv1.weight": (n_out, 4, 3, 3),
            "conv1.bias": (n_out,),
            "conv2.weight": (n_out, n_out, 3, 3),
            "conv2.bias": (n_out,),
        }
        same = n_out == 4 and stride == 1
        wanted = convs if same else convs | {"projection.weight": (n_out, 4, 1, 1)}
        if weights != wanted:
            raise Wrong(f"{call}: {_about_weights(weights, wanted)}")
        if found["output"] is None:
            raise Wrong(
                f"{call}: branch and shortcut differ in size, and cannot be added. Are both "
                "convolutions padded by 1, and has the shortcut the stride?"
            )
        got = numbers(found["output"], f"{call}(x)")
        w1, b1, w2, b2 = (found["weights"][name] for name in convs)
        inner = conv2d(x, w1, b1, stride, 1)
        branch = conv2d(relu(inner), w2, b2, 1, 1)
        short = x if same else conv2d(x, found["weights"]["projection.weight"], None, stride)
        late = conv2d(relu(conv2d(x, w1, b1, 1, 1)), w2, b2, stride, 1)
        mistakes = {
            "it stops at F(x). The input is not added.": branch,
            "this is the plain block: the input is not added.": relu(branch),
            "there is no ReLU after the sum.": branch + short,
            "the branch ends with a ReLU, so it can only add. The ReLU comes after the sum.": (
                relu(branch) + short
            ),
            "there is a ReLU at the branch's end too; one after the sum is enough.": relu(
                relu(branch) + short
            ),
            "there is no ReLU between the two convolutions: together they are one.": relu(
                conv2d(inner, w2, b2, 1, 1) + short
            ),
            "it adds what has passed the first ReLU, and not the input.": (
                relu(branch + relu(inner)) if inner.shape == branch.shape else None
            ),
            "the shortcut passes through a ReLU. Let it be.": relu(branch + relu(short)),
            "the input is subtracted.": relu(branch - short),
            "sum and branch are multiplied, not added.": relu(branch * short),
            "the second convolution is not used.": relu(inner + short),
            "the first convolution is used twice.": (
                relu(conv2d(relu(inner), w1, b1, 1, 1) + short) if n_out == 4 else None
            ),
            "the stride belongs to the first convolution, not to the second.": relu(late + short),
        }
        compare(
            got,
            relu(branch + short).numpy(),
            {f"{call}: {hint}": None if m is None else m.numpy() for hint, m in mistakes.items()},
            what=f"{call}(x)",
            atol=1e-4,
        )


def _about_weights(weights: dict[str, tuple], wanted: dict[str, tuple]) -> str:
    """What is the matter with a block's weights, by name and shape."""
    if any("running_mean" in name for name in weights):
        return "there is batch normalisation in it. Leave it out here."
    if "projection.weight" in weights and "projection.weight" not in wanted:
        return "its shapes agree, so the shortcut has no weights: set projection to None."
    if "projection.bias" in weights:
        return "the projection has no bias."
    if "projection.weight" in wanted and "projection.weight" not in weights:
        return "its shapes differ, so the shortcut needs a projection: a 1 × 1 convolution."
    if weights.get("projection.weight") != wanted.get("projection.weight"):
        return f"the projection's weights have shape {weights['projection.weight']}; it is 1 × 1."
    missing = sorted(set(wanted) - set(weights))
    if missing:
        return f"there is no {missing[0]}; it has {', '.join(weights) or 'no weights'}."
    more = sorted(set(weights) - set(wanted))
    if more:
        return f"there are weights that it does not need: {', '.join(more)}."
    name = next(name for name in wanted if weights[name] != wanted[name])
    return f"{name} has shape {weights[name]}; it should be {wanted[name]}."


@question("a2-backward", "The block's gradient", points=3)
def backward(answer: Answer) -> None:
    random = np.random.default_rng(3)
    hints: dict[str, str] = {}
    for inner in (4, 7):
        x, g = random.normal(size=(2, 5, 4))
        w1, w2 = random.normal(size=(4, inner)), random.normal(size=(inner, 4))
        got = answer(x, w1, w2, g)
        if got is None:
            raise Wrong("It returned nothing. Return three arrays: for x, w1 and w2.")
        if not isinstance(got, tuple | list) or len(got) != 3:
            raise Wrong("It should return three arrays: the gradients for x, w1 and w2.")
        a = x @ w1
        h, mask = np.maximum(a, 0), a > 0
        back = (g @ w2.T) * mask
        square = inner == 4
        parts: dict[str, tuple[np.ndarray, dict[str, Any]]] = {
            "x": (
                back @ w1.T + g,
                {
                    "the shortcut's share is missing: + g.": back @ w1.T,
                    "the shortcut's share is g, not 1: the chain rule multiplies it too.": (
                        back @ w1.T + 1
                    ),
                    "where the ReLU gave 0, nothing comes back: multiply by (x @ w1 > 0).": (
                        g @ w2.T @ w1.T + g
                    ),
                    "the ReLU's slope is 1 or 0; you multiplied by its output.": (
                        ((g @ w2.T) * h) @ w1.T + g
                    ),
                    "back through a matrix it is its transpose: g @ w2.T.": (
                        ((g @ w2) * mask) @ w1 + g if square else None
                    ),
                    "the gradient comes from the end: first through w2, then the ReLU, then w1.": (
                        ((g @ w1.T) * mask) @ w2.T + g if square else None
                    ),
                    "that is what the block gives, and not its gradient.": h @ w2 + x,
                    "this is the shortcut's share alone; the branch has one too.": g,
                },
            ),
            "w1": (
                x.T @ back,
                {
                    "the ReLU's mask is missing.": x.T @ (g @ w2.T),
                    "this is turned over: it should have the shape of w1.": (x.T @ back).T,
                    "it is the sum over the rows of x, not their mean.": x.T @ back / len(x),
                    "it passes w2 by: the gradient reaches w1 through w2.": (
                        x.T @ (g * mask) if square else None
                    ),
                    "w1 meets x, and not the hidden numbers.": h.T @ back if square else None,
                },
            ),
            "w2": (
                h.T @ g,
                {
                    "w2 meets what has passed the ReLU, and not x.": x.T @ g if square else None,
                    "w2 meets what has passed the ReLU, and not x @ w1.": a.T @ g,
                    "this is turned over: it should have the shape of w2.": (h.T @ g).T,
                    "it is the sum over the rows of x, not their mean.": h.T @ g / len(x),
                    "the mask belongs to what comes before w2.": (
                        h.T @ (g * mask) if square else None
                    ),
                },
            ),
        }
        for (name, (right, mistakes)), value in zip(parts.items(), got, strict=True):
            if name in hints:
                continue
            what = f"The gradient for {name}"
            try:
                compare(
                    numbers(value, what),
                    right,
                    {f"{what}: {hint}": wrong for hint, wrong in mistakes.items()},
                    what=what,
                )
            except Wrong as wrong:
                hints[name] = str(wrong)
    answer.earned = 3 - len(hints)
    if hints:
        raise Wrong(" ".join(hints.values()))
