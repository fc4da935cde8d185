"""Judges of assignment 1, convolution and pooling by hand."""

from typing import Any

import numpy as np

from srcourse.classroom.answers import Answer
from srcourse.classroom.exercises import Wrong
from srcourse.classroom.grading import compare, numbers, question
from srcourse.layers import conv_output_size, convolve2d, pool2d


@question("a1-by-hand", "A convolution with a pencil", points=2)
def by_hand(answer: Answer) -> None:
    image = np.array([[1, 3, 0, 2], [4, 1, 5, 2], [0, 2, 1, 3], [2, 5, 4, 1]])
    kernel = np.array([[1, 2, 0], [0, -1, 0], [3, 0, 1]])
    if not isinstance(answer.value, tuple | list) or len(answer.value) != 2:
        raise Wrong("Give two tables, the one without padding and the one with it.")
    hints = []
    cases: tuple[tuple[str, dict[str, Any]], ...] = (
        ("Without padding", {}),
        ("With padding 1 and stride 2", {"padding": 1, "stride": 2}),
    )
    for (what, how), table in zip(cases, answer.value, strict=True):
        if table is None:
            hints.append(f"{what}: this is not written yet.")
            continue
        mistakes = {
            f"{what}: the kernel is turned by 180°. Lay it on the picture as it is.": convolve2d(
                image, kernel, flip=True, **how
            ),
            f"{what}: rows and columns of the kernel are exchanged.": convolve2d(
                image, kernel.T, **how
            ),
            f"{what}: the signs are lost. The kernel's middle is −1.": convolve2d(
                image, abs(kernel), **how
            ),
            f"{what}: the sum was divided by the kernel's nine numbers. It is a sum, no mean.": (
                convolve2d(image, kernel, **how) / 9
            ),
            f"{what}: the table is turned over: row r of it comes from the picture's row r.": (
                convolve2d(image, kernel, **how).T
            ),
            "With padding 1 and stride 2: beyond the border stands 0; you repeated the edge.": (
                convolve2d(image, kernel, edge="edge", **how)
            ),
            "With padding 1 and stride 2: these are the stops of the unpadded picture.": (
                convolve2d(image, kernel)
            ),
            "With padding 1 and stride 2: the second stop is two pixels on, not one.": (
                convolve2d(image, kernel, padding=1)[:2, :2]
            ),
        }
        try:
            compare(numbers(table, what), convolve2d(image, kernel, **how), mistakes, what=what)
            answer.earned += 1
        except Wrong as wrong:
            hints.append(str(wrong))
    if hints:
        raise Wrong(" ".join(hints))


@question("a1-output-size", "The output's size, with dilation", points=2)
def output_size(answer: Answer) -> None:
    cases = [(5, 3, 1, 0, 1), (7, 3, 2, 0, 1), (8, 3, 2, 1, 1), (32, 5, 3, 2, 1)]
    dilated = [(9, 3, 1, 0, 2), (16, 3, 2, 1, 3), (20, 5, 3, 2, 2), (11, 3, 2, 2, 4)]
    for n, k, s, p, d in cases + dilated:
        if (n, k, s, p, d) == dilated[0]:
            answer.earned = 1  # the lesson's formula
        call = f"output_size({n}, {k}, {s}, {p}, {d})"
        got = numbers(answer(n, k, s, p, d), call, ())
        said = f"{call} is {got:g}:"
        reach = d * (k - 1) + 1
        mistakes: dict[str, float] = {}
        if d > 1:
            mistakes = {
                f"{said} the dilation is left out.": (n + 2 * p - k) // s + 1,
                f"{said} with dilation 2 a kernel of 3 reaches over 5 pixels, not 6. There are "
                "gaps between its numbers only.": (n + 2 * p - d * k) // s + 1,
                f"{said} there are dilation − 1 pixels in each gap, not dilation.": (
                    (n + 2 * p - (k + d * (k - 1))) // s + 1
                ),
            }
        mistakes |= {
            f"{said} padding is added at both ends, so it counts twice.": (n + p - reach) // s + 1,
            f"{said} the kernel also stops where it starts: one more.": (n + 2 * p - reach) // s,
            f"{said} half a stop is no stop. Round down with //.": (n + 2 * p - reach) / s + 1,
            f"{said} round down, not up: what sticks out is no stop.": (
                -(-(n + 2 * p - reach) // s) + 1
            ),
            f"{said} the stride divides what is left after the kernel, not all.": (
                (n + 2 * p) // s - reach + 1
            ),
        }
        compare(got, conv_output_size(n, k, s, p, d), mistakes, what=call)


@question("a1-conv2d", "Convolution in loops", points=4)
def conv2d(answer: Answer) -> None:
    image = np.arange(35.0).reshape(5, 7) ** 2 % 23
    kernel = np.array([[1.0, 2.0, 0.0], [0.0, -1.0, 3.0], [0.5, 0.0, -2.0]])
    got = numbers(answer(image, kernel), "conv2d(image, kernel)")
    right = convolve2d(image, kernel)
    if got.shape == image.shape:
        raise Wrong("A 5×7 picture gave 5×7 again. Without padding, each side is n − k + 1.")
    if got.shape == (right.shape[0] - 1, right.shape[1] - 1):
        raise Wrong("The last row and column are missing: there are n − k + 1 stops, not n − k.")
    if got.shape == right.shape[::-1]:
        raise Wrong("The output's height and width are exchanged.")
    compare(
        got,
        right,
        {
            "The kernel is turned by 180°. Deep learning's convolution does not turn it.": (
                convolve2d(image, kernel, flip=True)
            ),
            "Rows and columns of the kernel are exchanged: kernel[i, j] meets row + i.": (
                convolve2d(image, kernel.T)
            ),
            "These are means: the sum was divided by k². A convolution only adds up.": right / 9,
            "Only one product is kept: add up with +=, and start from 0 at each stop.": (
                kernel[-1, -1] * image[2:, 2:]
            ),
            "Each sum still holds the one before. Start from 0 at each stop.": (
                np.cumsum(right).reshape(right.shape)
            ),
            "Negative sums became 0. That would be a ReLU; it is not asked for.": (
                np.maximum(right, 0)
            ),
        },
        what="conv2d(image, kernel)",
    )
    answer.earned = 1
    bright = np.full((4, 4), 200, np.uint8)
    got = numbers(answer(bright, np.ones((3, 3), np.uint8)), "Of a uint8 picture it", (2, 2))
    if not np.allclose(got, 1800):
        raise Wrong(
            f"Nine pixels of 200 under a kernel of ones should give 1800; it gives {got[0, 0]:g}. "
            "uint8 holds no more than 255: compute in float.",
        )

    answer.earned = 2
    for stride, padding in ((1, 1), (2, 0), (2, 1), (3, 2)):
        call = f"conv2d(image, kernel, stride={stride}, padding={padding})"
        got = numbers(answer(image, kernel, stride=stride, padding=padding), call)
        right = convolve2d(image, kernel, stride, padding)
        every = convolve2d(image, kernel, 1, padding)
        ahead = np.pad(image, ((2 * padding, 0), (2 * padding, 0)))
        mistakes = {
            f"{call}: the stride is left out.": every,
            f"{call}: the padding is left out.": convolve2d(image, kernel, stride),
            f"{call}: the padding is at the top and left only. It goes around all four sides.": (
                convolve2d(ahead, kernel, stride)
            ),
            f"{call}: the padding repeats the edge. It should be zeros.": convolve2d(
                image, kernel, stride, padding, edge="edge"
            ),
            f"{call}: the padding mirrors the picture. It should be zeros.": convolve2d(
                image, kernel, stride, padding, edge="reflect"
            ),
            f"{call}: the windows move on by one pixel. Window (r, c) starts at row r · stride, "
            "column c · stride.": every[: right.shape[0], : right.shape[1]],
            f"{call}: the stride is used down, but not across.": every[::stride],
            f"{call}: the stride is used across, but not down.": every[:, ::stride],
        }
        compare(got, right, mistakes, what=call)

    answer.earned = 3
    for stride, padding, dilation in ((1, 2, 2), (2, 3, 3), (1, 0, 2)):
        call = f"conv2d(image, kernel, {stride}, {padding}, {dilation})"
        got = numbers(answer(image, kernel, stride, padding, dilation), call)
        right = convolve2d(image, kernel, stride, padding, dilation)
        padded = np.pad(image, padding)
        spread = np.kron(kernel, np.ones((dilation, dilation)))
        slips = {
            f"{call}: the dilation is left out.": convolve2d(image, kernel, stride, padding),
            f"{call}: the dilation spreads the kernel's numbers and leaves zeros between them; you "
            "repeated each number.": _slid(padded, spread, stride),
            f"{call}: it moves the kernel by the dilation. That is the stride's work.": convolve2d(
                image, kernel, dilation, padding
            ),
        }
        compare(got, right, slips, what=call)


def _slid(image: np.ndarray, kernel: np.ndarray, stride: int) -> np.ndarray | None:
    """The kernel, of any size, slid over the image."""
    if min(image.shape) < len(kernel):
        return None
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.einsum("rcij,ij->rc", windows[::stride, ::stride], kernel)


@question("a1-layer", "A layer: many channels, and a bias", points=3)
def layer(answer: Answer) -> None:
    random = np.random.default_rng(4)
    x, weight = random.normal(size=(3, 6, 5)), random.normal(size=(4, 3, 3, 3))
    bias = np.array([1.0, -2.0, 0.5, 3.0])
    got = numbers(answer(x, weight, bias), "conv_layer(x, weight, bias)")
    planes = np.array([[convolve2d(p, k) for p, k in zip(x, w, strict=True)] for w in weight])
    summed = planes.sum(axis=1)
    right = summed + bias[:, None, None]
    if got.shape == (4, 3, 4, 3):
        raise Wrong(
            "There is a map for each pair of channels. Add up over the input channels: one map "
            "for each output channel."
        )
    if got.shape == (4, 3):
        raise Wrong("There is one map only. Each output channel has kernels of its own.")
    if got.shape == (3, 4, 3):
        raise Wrong(
            "There are 3 maps, one for each input channel. There should be 4, one for each "
            "output channel."
        )
    if got.shape == (4, 3, 4) or got.shape == (3, 4, 4):
        raise Wrong(f"The axes are out of order: {got.shape}. They are channel, row, column.")
    turned = np.array(
        [sum(convolve2d(p, k, flip=True) for p, k in zip(x, w, strict=True)) for w in weight]
    )
    compare(
        got,
        right,
        {
            "The bias is missing.": summed,
            "The bias is added once for each input channel. It is one number for each output "
            "channel: add it after the sum.": summed + 3 * bias[:, None, None],
            "The bias is subtracted.": summed - bias[:, None, None],
            "It takes the first bias for all maps.": summed + bias[0],
            "It takes the mean over the input channels. They are added up.": (
                summed / 3 + bias[:, None, None]
            ),
            "It uses the first input channel only.": planes[:, 0] + bias[:, None, None],
            "It uses the last input channel only: add up with +=.": (
                planes[:, -1] + bias[:, None, None]
            ),
            "The kernels are turned by 180°.": turned + bias[:, None, None],
            "Every input channel meets the first kernel. Each has its own: weight[o, i].": (
                np.array([sum(convolve2d(p, w[0]) for p in x) for w in weight])
                + bias[:, None, None]
            ),
            "Negative numbers became 0. The ReLU is a layer of its own.": np.maximum(right, 0),
        },
        what="conv_layer(x, weight, bias)",
    )
    answer.earned = 2
    wide = numbers(answer(x[:1], weight[:2, :1], bias[:2]), "With one input channel it")
    compare(
        wide,
        np.array([convolve2d(x[0], w[0]) for w in weight[:2]]) + bias[:2, None, None],
        what="With one input channel and two output channels it",
    )


@question("a1-pool", "Pooling, two kinds", points=3)
def pool(answer: Answer) -> None:
    image = np.array(
        [
            [3.0, 1.0, 4.0, 1.0, 5.0, 9.0],
            [2.0, 6.0, 5.0, 3.0, 5.0, 8.0],
            [9.0, 7.0, 9.0, 3.0, 2.0, 3.0],
            [8.0, 4.0, 6.0, 2.0, 6.0, 4.0],
            [3.0, 3.0, 8.0, 3.0, 2.0, 7.0],
        ]
    )
    maps = ((image, 2, 2), (image, 3, 1), (image, 2, 3), (-image, 2, 2))
    for kind in ("max", "average"):
        for pixels, size, stride in maps:
            call = f"pool(image, {size}, {stride}, {kind!r})"
            got = numbers(answer(pixels, size, stride, kind), call)
            right = pool2d(pixels, size, stride, kind)
            every = pool2d(pixels, size, 1, kind)[: right.shape[0], : right.shape[1]]
            sticking_out = tuple(-(-(n - size) // stride) + 1 for n in pixels.shape)
            if got.shape == sticking_out != right.shape:
                raise Wrong(f"{call}: leave out the windows that stick out.")
            if got.shape == pool2d(pixels, size).shape != right.shape:
                raise Wrong(f"{call}: it steps by the window. Step by the stride.")
            mistakes = {
                f"{call} gives the smallest numbers. Keep the largest.": -pool2d(
                    -pixels, size, stride
                ),
                f"{call} gives the other kind of pooling.": pool2d(
                    pixels, size, stride, "average" if kind == "max" else "max"
                ),
                f"{call}: of negative numbers only, it gives 0. Compare with the window's own "
                "numbers.": np.maximum(right, 0),
                f"{call}: the windows move on by one pixel. Window (r, c) starts at row "
                "r · stride, column c · stride.": every,
                f"{call} gives sums. Divide by the window's number of pixels.": right * size**2,
                f"{call}: a window of {size}×{size} holds {size**2} pixels, not {size}.": (
                    right * size
                ),
                f"{call} gives whole numbers. Divide with /, and write into floats.": (
                    np.floor(right) if pixels is image else np.trunc(right)
                ),
                f"{call} gives the upper left number of each window.": (
                    pixels[::stride, ::stride][: right.shape[0], : right.shape[1]]
                ),
            }
            compare(got, right, mistakes, what=call)
        answer.earned = 2


@question("a1-pool-backward", "Where the gradient goes", points=2)
def pool_backward(answer: Answer) -> None:
    random = np.random.default_rng(9)
    for (rows, cols), size in (((4, 6), 2), ((6, 9), 3)):
        image = random.permutation(rows * cols).reshape(rows, cols) - 7.0
        gradient = random.normal(size=(rows // size, cols // size)).round(2) + 3
        call = f"pool_backward(image, gradient, {size})"
        got = numbers(answer(image, gradient, size), call)
        spread = np.kron(gradient, np.ones((size, size)))
        largest = np.kron(pool2d(image, size), np.ones((size, size)))
        there = image == largest
        corner = np.zeros_like(image)
        corner[::size, ::size] = gradient
        lowest = image == np.kron(-pool2d(-image, size), np.ones((size, size)))
        if got.shape == gradient.shape:
            raise Wrong(
                "It is as small as the gradient that came in. It should be as large as "
                "the map: every pixel has a slope."
            )
        compare(
            got,
            np.where(there, spread, 0),
            {
                f"{call}: every pixel of a window gets the gradient. Only the largest was passed "
                "on, so only its change is felt.": spread,
                f"{call}: the gradient is shared out evenly. That is average pooling.": (
                    spread / size**2
                ),
                f"{call}: it puts the gradient where the window's smallest number was.": np.where(
                    lowest, spread, 0
                ),
                f"{call}: it puts the gradient into each window's corner. It goes to where the "
                "largest number was.": corner,
                f"{call}: it gives back the largest numbers. They say where the gradient goes, "
                "not what it is.": np.where(there, image, 0),
                f"{call}: the slope of a maximum is 1; it is not multiplied by the number.": (
                    np.where(there, spread * image, 0)
                ),
                f"{call}: it gives 1 where the gradient should stand.": there.astype(float),
                f"{call}: only one number of the whole map gets a gradient. Each window has its "
                "own largest.": np.where(image == image.max(), spread, 0),
            },
            what=call,
        )
