"""Convolution and pooling, written out to be read.

A convolution slides a small table of numbers, the kernel, over an image. At each stop it multiplies
the kernel with the window of pixels under it, number by number, and adds up the products: one real
number, one pixel of the result. (It is not the matrix product of kernel and window.) Pooling slides
a window too, and keeps the window's largest number or its average.

Read :func:`convolve2d_loops` first: it is the definition. :func:`convolve2d` gives the same numbers
fast enough for a widget, :func:`convolution_steps` stops at every window, and the tests hold all of
them against torch and SciPy. Every function computes in float64, whatever comes in: in ``uint8``
200 + 100 would be 44.

Source: V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning", 2016,
arXiv:1603.07285, from here on "the guide".
"""

import difflib
import math
import operator
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

__all__ = [
    "EDGES",
    "KERNELS",
    "POOLINGS",
    "ConvolutionStep",
    "conv_multiply_adds",
    "conv_output_size",
    "conv_parameters",
    "convolution_steps",
    "convolve2d",
    "convolve2d_loops",
    "dense_parameters",
    "named_kernel",
    "pool2d",
    "pool2d_loops",
    "relu",
    "sigmoid",
    "softmax",
]

# What may stand beyond an image's edge, as ``numpy.pad`` names it ("constant" for our "zero").
# torch calls them zeros, reflect, (no symmetric), replicate, circular; beware of scipy.ndimage,
# whose "reflect" is symmetric here, and whose "mirror" is reflect here.
#
#   a b c d        zero        0 0|a b c d|0 0        edge    a a|a b c d|d d
#                  reflect     c b|a b c d|c b        wrap    c d|a b c d|a b
#                  symmetric   b a|a b c d|d c
EDGES = ("zero", "reflect", "symmetric", "edge", "wrap")

POOLINGS = ("max", "average")


# --- Convolution --------------------------------------------------------------------------------


def conv_output_size(
    size: int, kernel: int, stride: int = 1, padding: int | str = 0, dilation: int = 1
) -> int:
    """Return how many stops a kernel makes along one side of an image: the output's side.

    ``floor((size + 2·padding − dilation·(kernel − 1) − 1) / stride) + 1``, the guide's
    Relationship 15. So without padding the output's side is ``size − kernel + 1``, and not the
    kernel's.

    Args:
        size: The image's side in pixels.
        kernel: The kernel's side. Even ones have an output size too; pooling mostly uses 2.
        stride: Pixels from one stop to the next.
        padding: Pixels added at *each* end of the side; ``"valid"`` adds none; ``"same"`` adds
            ``dilation·(kernel − 1)`` in all, so that the output's side is ``ceil(size / stride)``.
        dilation: Pixels from one of the kernel's numbers to the next; 1 leaves no gap.

    Raises:
        ValueError: A number is not whole or too small, ``padding`` is an unknown word, or the
            kernel, with its gaps, is larger than the padded image.
    """
    size = _whole("size", size, least=1)
    kernel = _whole("kernel", kernel, least=1)
    stride = _whole("stride", stride, least=1)
    dilation = _whole("dilation", dilation, least=1)
    padded = size + _padding_in_all(padding, kernel, dilation)
    reach = dilation * (kernel - 1) + 1
    if reach > padded:
        raise ValueError(
            f"kernel must fit into the padded image: it reaches over {reach} pixels"
            f" (kernel {kernel}, dilation {dilation}), and the image has {padded}"
            f" (size {size}, padding {padding!r})"
        )
    return (padded - reach) // stride + 1


def convolve2d_loops(
    image: npt.ArrayLike,
    kernel: npt.ArrayLike,
    stride: int = 1,
    padding: int | str = 0,
    dilation: int = 1,
    flip: bool = False,
    edge: str = "zero",
) -> FloatArray:
    """Slide a kernel over an image, in four plain loops: the version to read.

    Takes what :func:`convolve2d` takes, and raises what it raises, but for an image ``(H, W)``
    only.
    """
    padded, weights, (rows, cols), _ = _prepare(
        image, kernel, stride, padding, dilation, flip, edge, channels=False
    )
    side = len(weights)
    output = np.zeros((rows, cols))
    for row in range(rows):  # every pixel of the output ...
        for col in range(cols):
            for i in range(side):  # ... is a sum over the kernel's numbers,
                for j in range(side):  # each times the pixel that it lies on
                    pixel = padded[row * stride + i * dilation, col * stride + j * dilation]
                    output[row, col] += weights[i, j] * pixel
    return output


def convolve2d(
    image: npt.ArrayLike,
    kernel: npt.ArrayLike,
    stride: int = 1,
    padding: int | str = 0,
    dilation: int = 1,
    flip: bool = False,
    edge: str = "zero",
) -> FloatArray:
    """Slide a kernel over an image; at each stop, sum the products: the version to use.

    Deep learning calls this convolution, and so does ``torch.nn.functional.conv2d``; mathematics
    calls it cross-correlation. Convolution proper, as in ``scipy.signal.convolve2d``, turns the
    kernel by 180° first: ``flip=True``.

    Args:
        image: ``(H, W)`` or ``(H, W, C)``, of any range and any real dtype. Each channel is
            filtered by itself. (A network's layer has one kernel for each pair of an input and an
            output channel, and sums over the input channels.)
        kernel: ``(k, k)``, with ``k`` odd.
        stride: Pixels from one stop to the next, in both directions.
        padding: Pixels added on each of the four sides; ``"valid"`` adds none; ``"same"`` adds
            ``dilation·(k − 1)/2``, so that at stride 1 the output is as large as the image.
        dilation: Pixels from one of the kernel's numbers to the next; 1 leaves no gap.
        flip: Whether to turn the kernel by 180°.
        edge: What the added pixels hold, one of :data:`EDGES`.

    Returns:
        float64, unclipped, each side as :func:`conv_output_size` has it.

    Raises:
        ValueError: The image has another shape, is empty, or holds NaN, infinity or what is no real
            number; the kernel does too, is not square, is even-sized, or is larger than the image;
            stride or dilation is below 1; padding is negative; padding or edge is an unknown word.
    """
    padded, weights, (rows, cols), _ = _prepare(
        image, kernel, stride, padding, dilation, flip, edge, channels=True
    )
    output = np.zeros((rows, cols, *padded.shape[2:]))
    for i in range(len(weights)):  # the two inner loops, put outside:
        for j in range(len(weights)):  # one number of the kernel, all the pixels it comes to lie on
            output += weights[i, j] * _met(padded, i * dilation, j * dilation, stride, rows, cols)
    return output


def _met(padded: FloatArray, top: int, left: int, stride: int, rows: int, cols: int) -> FloatArray:
    """The pixels that one place of a window meets on its way: at (top, left), then every stride."""
    bottom, right = top + (rows - 1) * stride + 1, left + (cols - 1) * stride + 1
    return padded[top:bottom:stride, left:right:stride]


class ConvolutionStep(NamedTuple):
    """One stop of the kernel: what lies under it, and what comes of it."""

    row: int  # where the result goes in the output
    col: int
    top: int  # the window's upper left pixel in the image; negative where it lies in the padding
    left: int
    window: FloatArray  # (k, k), the pixels under the kernel
    products: FloatArray  # (k, k), window × kernel, number by number
    total: float  # their sum: the output at (row, col)


def convolution_steps(
    image: npt.ArrayLike,
    kernel: npt.ArrayLike,
    stride: int = 1,
    padding: int | str = 0,
    dilation: int = 1,
    flip: bool = False,
    edge: str = "zero",
) -> Iterator[ConvolutionStep]:
    """Yield every stop of a convolution over an image ``(H, W)``, row by row.

    Takes what :func:`convolve2d_loops` takes, and raises what it raises, at the call and not at the
    first stop.
    """
    padded, weights, (rows, cols), before = _prepare(
        image, kernel, stride, padding, dilation, flip, edge, channels=False
    )
    reach = dilation * (len(weights) - 1) + 1

    def steps() -> Iterator[ConvolutionStep]:
        for row in range(rows):
            for col in range(cols):
                y, x = row * stride, col * stride
                window = padded[y : y + reach : dilation, x : x + reach : dilation].copy()
                products = window * weights
                total = float(products.sum())
                yield ConvolutionStep(row, col, y - before, x - before, window, products, total)

    return steps()


# --- Pooling ------------------------------------------------------------------------------------


def pool2d_loops(
    image: npt.ArrayLike, size: int = 2, stride: int | None = None, kind: str = "max"
) -> FloatArray:
    """Keep one number of each window, in plain loops: the version to read.

    Takes what :func:`pool2d` takes, and raises what it raises, but for an image ``(H, W)`` only.
    """
    pixels, stride, (rows, cols) = _prepare_pool(image, size, stride, kind, channels=False)
    output = np.zeros((rows, cols))
    for row in range(rows):
        for col in range(cols):
            window = pixels[row * stride : row * stride + size, col * stride : col * stride + size]
            output[row, col] = window.max() if kind == "max" else window.mean()
    return output


def pool2d(
    image: npt.ArrayLike, size: int = 2, stride: int | None = None, kind: str = "max"
) -> FloatArray:
    """Keep the largest number of each window, or the average: the version to use.

    Pooling has no weights, so there is nothing in it to learn. As torch has it by default, windows
    that would stick out at the right or the bottom are left out.

    Args:
        image: ``(H, W)`` or ``(H, W, C)``, of any range and any real dtype; each channel by itself.
        size: The window's side.
        stride: Pixels from one window to the next; without it, ``size``, so that none overlap.
        kind: ``"max"`` or ``"average"``.

    Returns:
        float64, each side ``floor((side − size) / stride) + 1`` (the guide's Relationship 7).

    Raises:
        ValueError: The image has another shape, is empty, or holds NaN, infinity or what is no real
            number; size is below 1 or larger than the image; stride is below 1; kind is unknown.
    """
    pixels, stride, (rows, cols) = _prepare_pool(image, size, stride, kind, channels=True)
    combine = np.maximum if kind == "max" else np.add
    output = _met(pixels, 0, 0, stride, rows, cols).copy()
    for i in range(size):
        for j in range(size):
            if (i, j) != (0, 0):
                combine(output, _met(pixels, i, j, stride, rows, cols), out=output)
    return output if kind == "max" else output / size**2


# --- What comes after a layer -------------------------------------------------------------------


def relu(x: npt.ArrayLike) -> FloatArray:
    """Return ``max(x, 0)``, number by number. Its gradient is 1 where x > 0, else 0.

    Raises:
        ValueError: ``x`` holds NaN, infinity or what is no real number.
    """
    return np.maximum(_numbers("x", x), 0.0)


def sigmoid(x: npt.ArrayLike) -> FloatArray:
    """Return ``1 / (1 + exp(−x))``, between 0 and 1, number by number, without overflow.

    Raises:
        ValueError: ``x`` holds NaN, infinity or what is no real number.
    """
    return np.exp(-np.logaddexp(0.0, -_numbers("x", x)))  # exp(−log(1 + exp(−x)))


def softmax(logits: npt.ArrayLike, axis: int = -1) -> FloatArray:
    """Turn scores into numbers that are positive and sum to 1 along ``axis``.

    ``exp(z) / Σ exp(z)``. Taking the largest score from all of them first changes nothing in the
    result, and keeps ``exp`` from overflowing.

    Raises:
        ValueError: ``logits`` is empty or a single number, has no such axis, or holds NaN, infinity
            or what is no real number.
    """
    scores = _numbers("logits", logits)
    if not scores.size or not -scores.ndim <= axis < scores.ndim:
        raise ValueError(
            f"logits must hold at least one number along axis {axis}; got shape {scores.shape}"
        )
    powers = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


# --- What a layer costs -------------------------------------------------------------------------


def conv_parameters(in_channels: int, out_channels: int, kernel: int, bias: bool = True) -> int:
    """Count a convolution layer's parameters; the image's size is not among what they depend on.

    Each output channel has one ``kernel × kernel`` table for each input channel, and one bias.

    Raises:
        ValueError: A number is not whole or below 1.
    """
    weights = _whole("in_channels", in_channels, least=1) * _whole("kernel", kernel, least=1) ** 2
    return _whole("out_channels", out_channels, least=1) * (weights + bool(bias))


def dense_parameters(n_in: int, n_out: int, bias: bool = True) -> int:
    """Count a dense layer's parameters: every output has a weight for every input, and one bias.

    Raises:
        ValueError: A number is not whole or below 1.
    """
    return _whole("n_out", n_out, least=1) * (_whole("n_in", n_in, least=1) + bool(bias))


def conv_multiply_adds(
    height: int, width: int, in_channels: int, out_channels: int, kernel: int
) -> int:
    """Count the multiplications, each with its addition, of one convolution layer over one image.

    Args:
        height, width: Of the layer's *output*, in pixels.
        in_channels, out_channels, kernel: As in :func:`conv_parameters`.

    Raises:
        ValueError: A number is not whole or below 1.
    """
    pixels = _whole("height", height, least=1) * _whole("width", width, least=1)
    return pixels * conv_parameters(in_channels, out_channels, kernel, bias=False)


# --- Kernels with a name ------------------------------------------------------------------------


def _table(*rows: tuple[float, float, float], divisor: float = 1.0) -> FloatArray:
    table = np.array(rows, dtype=np.float64) / divisor
    table.setflags(write=False)
    return table


# At 3×3, to be used without a flip, and read-only; ``named_kernel`` gives one to write on.
KERNELS: Mapping[str, FloatArray] = MappingProxyType(
    {
        "identity": _table((0, 0, 0), (0, 1, 0), (0, 0, 0)),
        "box": _table((1, 1, 1), (1, 1, 1), (1, 1, 1), divisor=9),  # the mean
        "gaussian": _table((1, 2, 1), (2, 4, 2), (1, 2, 1), divisor=16),
        "sharpen": _table((0, -1, 0), (-1, 5, -1), (0, -1, 0)),  # identity − laplacian
        "sobel-x": _table((-1, 0, 1), (-2, 0, 2), (-1, 0, 1)),  # positive: brighter to the right
        "sobel-y": _table((-1, -2, -1), (0, 0, 0), (1, 2, 1)),  # positive: brighter downwards
        "laplacian": _table((0, 1, 0), (1, -4, 1), (0, 1, 0)),
        "emboss": _table((-2, -1, 0), (-1, 1, 1), (0, 1, 2)),
    }
)
_ANY_SIZE = ("identity", "box", "gaussian")
_NO_CENTRE = "an even-sized kernel has no centre, so no pixel that its result belongs to"


def named_kernel(name: str, size: int = 3) -> FloatArray:
    """Return one of :data:`KERNELS` as ``(size, size)``.

    ``identity``, ``box`` and ``gaussian`` exist at any odd size. The others are 3×3, and lie in the
    middle of zeros at a larger one. ``gaussian`` is the binomial one, row ``size − 1`` of Pascal's
    triangle times itself (1 2 1 at size 3): a standard deviation of ``√(size − 1) / 2`` pixels.

    Raises:
        ValueError: There is no kernel of that name (the nearest one is suggested), or ``size`` is
            even or too small.
    """
    if name not in tuple(KERNELS):
        raise ValueError(_unknown("name", name, tuple(KERNELS)))
    size = _whole("size", size, least=1 if name in _ANY_SIZE else 3)
    if size % 2 == 0:
        raise ValueError(f"size must be odd: {_NO_CENTRE}; got {size}")
    if name == "identity":
        return np.pad([[1.0]], size // 2)
    if name == "box":
        return np.full((size, size), 1 / size**2)
    if name == "gaussian":
        row = [math.comb(size - 1, i) / 2 ** (size - 1) for i in range(size)]
        return np.outer(row, row)
    return np.pad(KERNELS[name], (size - 3) // 2)


# --- Checking what comes in ---------------------------------------------------------------------


def _prepare(
    image: npt.ArrayLike,
    kernel: npt.ArrayLike,
    stride: int,
    padding: int | str,
    dilation: int,
    flip: bool,
    edge: str,
    *,
    channels: bool,
) -> tuple[FloatArray, FloatArray, tuple[int, int], int]:
    """Check the arguments; give the padded image, the kernel as used, the output's size, and the
    number of pixels added on each side."""
    pixels = _image(image, channels)
    weights = _numbers("kernel", kernel)
    if weights.ndim != 2 or weights.shape[0] != weights.shape[1]:
        raise ValueError(f"kernel must be square, of shape (k, k); got shape {weights.shape}")
    side = len(weights)
    if side % 2 == 0:
        raise ValueError(f"kernel must have an odd side: {_NO_CENTRE}; got {side}×{side}")
    if edge not in EDGES:
        raise ValueError(_unknown("edge", edge, EDGES))
    height, width = pixels.shape[:2]
    if side > min(height, width):
        raise ValueError(
            f"kernel must not be larger than the image;"
            f" got {side}×{side}, and an image of {height}×{width}"
        )
    rows = conv_output_size(height, side, stride, padding, dilation)
    cols = conv_output_size(width, side, stride, padding, dilation)
    before = _padding_in_all(padding, side, dilation) // 2
    around = ((before, before), (before, before), (0, 0))[: pixels.ndim]
    mode: Any = "constant" if edge == "zero" else edge
    padded = np.pad(pixels, around, mode=mode)
    return padded, weights[::-1, ::-1] if flip else weights, (rows, cols), before


def _prepare_pool(
    image: npt.ArrayLike, size: int, stride: int | None, kind: str, *, channels: bool
) -> tuple[FloatArray, int, tuple[int, int]]:
    pixels = _image(image, channels)
    size = _whole("size", size, least=1)
    stride = size if stride is None else _whole("stride", stride, least=1)
    if kind not in POOLINGS:
        raise ValueError(_unknown("kind", kind, POOLINGS))
    height, width = pixels.shape[:2]
    if size > min(height, width):
        raise ValueError(
            f"size must not be larger than the image; got {size}, and an image of {height}×{width}"
        )
    rows, cols = conv_output_size(height, size, stride), conv_output_size(width, size, stride)
    return pixels, stride, (rows, cols)


def _padding_in_all(padding: int | str, kernel: int, dilation: int) -> int:
    """Pixels that ``padding`` adds along one side, both ends together."""
    if padding == "valid":
        return 0
    if padding == "same":
        return dilation * (kernel - 1)
    if isinstance(padding, str):
        raise ValueError(f'padding must be a whole number, "valid" or "same"; got {padding!r}')
    return 2 * _whole("padding", padding, least=0)


def _image(image: npt.ArrayLike, channels: bool) -> FloatArray:
    pixels = _numbers("image", image)
    accepted = "(H, W) or (H, W, C)" if channels else "(H, W)"
    if pixels.ndim not in ((2, 3) if channels else (2,)) or not pixels.size:
        raise ValueError(f"image must be {accepted} and not empty; got shape {pixels.shape}")
    return pixels


def _numbers(name: str, values: npt.ArrayLike) -> FloatArray:
    """The values as float64; ValueError unless they are real, finite and not ragged."""
    try:
        array = np.asarray(values)
    except ValueError:
        raise ValueError(f"{name} must be a full array; its rows differ in length") from None
    if array.dtype.kind not in "biuf":
        raise ValueError(f"{name} must hold real numbers; got dtype {array.dtype}")
    array = array.astype(np.float64, copy=False)
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must hold finite numbers only; got NaN or infinity")
    return array


def _whole(name: str, value: int, least: int) -> int:
    try:
        number = operator.index(value)
    except TypeError:
        number = least - 1
    if number < least or isinstance(value, bool):
        raise ValueError(f"{name} must be a whole number, {least} or more; got {value!r:.60}")
    return number


def _unknown(name: str, value: object, known: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(str(value).lower(), known, n=1, cutoff=0.5)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"{name} must be one of {', '.join(map(repr, known))}; got {value!r:.60}{hint}"
