"""Answers to assignment 1, convolution and pooling by hand."""

from math import ceil, floor

import numpy as np
import scipy.ndimage
import scipy.signal
import torch

from srcourse.layers import convolve2d, pool2d
from tests.classroom.answers import right, wrong

windows = np.lib.stride_tricks.sliding_window_view

# --- a1-by-hand ---------------------------------------------------------------------------------

VALID, PADDED = [[7, 7], [14, 26]], [[0, 5], [13, 26]]


def tables(name, valid, padded, hint="", points=0):
    (wrong("a1-by-hand", hint, points, name) if hint else right("a1-by-hand", name))(
        (valid, padded)
    )


tables("lists", VALID, PADDED)
tables("arrays", np.array(VALID), np.array(PADDED, dtype=float))
tables("kernel turned", [[5, 9], [31, 15]], [[8, 12], [12, 15]], "turned by 180°")
tables("kernel transposed", [[9, 9], [21, 11]], [[0, 8], [8, 11]], "are exchanged")
tables("signs lost", [[9, 17], [18, 28]], [[2, 5], [13, 28]], "signs are lost")
tables("means", [[7 / 9, 7 / 9], [14 / 9, 26 / 9]], PADDED, "divided by the kernel's nine", 1)
tables("edge repeated", VALID, [[15, 8], [23, 26]], "beyond the border stands 0", 1)
tables("no padding", VALID, VALID, "stops of the unpadded picture", 1)
tables("stride 1", VALID, [[0, 14], [0, 7]], "two pixels on, not one", 1)
tables("turned over", [[7, 14], [7, 26]], PADDED, "turned over", 1)
tables("one of two", VALID, None, "With padding 1 and stride 2: this is not written", 1)

# --- a1-output-size -----------------------------------------------------------------------------


@right("a1-output-size")
def formula(size, kernel, stride=1, padding=0, dilation=1):
    return (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1


@right("a1-output-size")
def counted(size, kernel, stride=1, padding=0, dilation=1):
    stops, place = 0, -padding
    while place + dilation * (kernel - 1) <= size - 1 + padding:
        stops, place = stops + 1, place + stride
    return stops


@wrong("a1-output-size", "counts twice")
def padding_once(size, kernel, stride=1, padding=0, dilation=1):
    return (size + padding - dilation * (kernel - 1) - 1) // stride + 1


@wrong("a1-output-size", "one more")
def no_first_stop(size, kernel, stride=1, padding=0, dilation=1):
    return (size + 2 * padding - dilation * (kernel - 1) - 1) // stride


@wrong("a1-output-size", "Round down with //")
def half_stops(size, kernel, stride=1, padding=0, dilation=1):
    return (size + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1


@wrong("a1-output-size", "round down, not up")
def rounded_up(size, kernel, stride=1, padding=0, dilation=1):
    return ceil((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1


@wrong("a1-output-size", "divides what is left after the kernel")
def stride_first(size, kernel, stride=1, padding=0, dilation=1):
    return (size + 2 * padding) // stride - dilation * (kernel - 1)


@wrong("a1-output-size", "dilation is left out", 1)
def no_dilation(size, kernel, stride=1, padding=0, dilation=1):
    return (size + 2 * padding - kernel) // stride + 1


@wrong("a1-output-size", "gaps between its numbers only", 1)
def a_gap_too_many(size, kernel, stride=1, padding=0, dilation=1):
    return (size + 2 * padding - dilation * kernel) // stride + 1


@wrong("a1-output-size", "dilation − 1 pixels in each gap", 1)
def gaps_too_wide(size, kernel, stride=1, padding=0, dilation=1):
    reach = kernel + (dilation * (kernel - 1) if dilation > 1 else 0)
    return floor((size + 2 * padding - reach) / stride) + 1


# --- a1-conv2d ----------------------------------------------------------------------------------


@right("a1-conv2d")
def four_loops(image, kernel, stride=1, padding=0, dilation=1):
    return loops(image, kernel, stride, padding, dilation)


def loops(image, kernel, stride, padding, dilation, at=lambda i, j: (i, j), dtype=float):
    """Four loops; at: which number of the kernel meets pixel (i, j) of the window."""
    k = len(kernel)
    pixels = np.pad(image, padding)
    rows, cols = ((n - dilation * (k - 1) - 1) // stride + 1 for n in pixels.shape)
    output = np.zeros((rows, cols), dtype)
    for r in range(rows):
        for c in range(cols):
            for i in range(k):
                for j in range(k):
                    pixel = pixels[r * stride + i * dilation, c * stride + j * dilation]
                    output[r, c] += kernel[at(i, j)] * dtype(pixel)
    return output


@right("a1-conv2d")
def windows_and_einsum(image, kernel, stride=1, padding=0, dilation=1):
    spread = np.zeros([dilation * (len(kernel) - 1) + 1] * 2)
    spread[::dilation, ::dilation] = kernel
    views = windows(np.pad(np.asarray(image, float), padding), spread.shape)
    return np.einsum("rcij,ij->rc", views[::stride, ::stride], spread)


@right("a1-conv2d")
def shifted_pictures(image, kernel, stride=1, padding=0, dilation=1):
    pixels = np.pad(np.asarray(image, np.float32), padding)
    k = len(kernel)
    high, wide = (n - dilation * (k - 1) for n in pixels.shape)
    total = 0
    for i in range(k):
        for j in range(k):
            y, x = i * dilation, j * dilation
            total = total + float(kernel[i, j]) * pixels[y : y + high, x : x + wide]
    return total[::stride, ::stride].tolist()


@wrong("a1-conv2d", "turned by 180°")
def flipped_kernel(image, kernel, stride=1, padding=0, dilation=1):
    return loops(image, kernel, stride, padding, dilation, lambda i, j: (-1 - i, -1 - j))


@wrong("a1-conv2d", "are exchanged")
def transposed_kernel(image, kernel, stride=1, padding=0, dilation=1):
    return loops(image, kernel, stride, padding, dilation, lambda i, j: (j, i))


@wrong("a1-conv2d", "n − k + 1 stops, not n − k")
def one_stop_short(image, kernel, stride=1, padding=0, dilation=1):
    return loops(image, kernel, stride, padding, dilation)[:-1, :-1]


@wrong("a1-conv2d", "gave 5×7 again")
def always_same_size(image, kernel, stride=1, padding=0, dilation=1):
    return loops(image, kernel, stride, padding + 1, dilation)


@wrong("a1-conv2d", "height and width are exchanged")
def sides_exchanged(image, kernel, stride=1, padding=0, dilation=1):
    return loops(image, kernel, stride, padding, dilation).T


@wrong("a1-conv2d", "only adds up")
def mean_of_window(image, kernel, stride=1, padding=0, dilation=1):
    return loops(image, kernel, stride, padding, dilation) / kernel.size


@wrong("a1-conv2d", "Only one product is kept")
def assigned_and_not_added(image, kernel, stride=1, padding=0, dilation=1):
    k = len(kernel)
    output = np.zeros((image.shape[0] - k + 1, image.shape[1] - k + 1))
    for r in range(output.shape[0]):
        for c in range(output.shape[1]):
            for i in range(k):
                for j in range(k):
                    output[r, c] = kernel[i, j] * image[r + i, c + j]
    return output


@wrong("a1-conv2d", "holds the one before")
def sum_never_reset(image, kernel, stride=1, padding=0, dilation=1):
    found = loops(image, kernel, stride, padding, dilation)
    return np.cumsum(found).reshape(found.shape)


@wrong("a1-conv2d", "uint8 holds no more than 255", 1)
def sums_in_uint8(image, kernel, stride=1, padding=0, dilation=1):
    dtype = np.uint8 if np.asarray(image).dtype == np.uint8 else float
    with np.errstate(over="ignore"):
        return loops(image, kernel, stride, padding, dilation, dtype=dtype)


@wrong("a1-conv2d", "the padding is left out", 2)
def no_padding(image, kernel, stride=1, padding=0, dilation=1):
    return loops(image, kernel, stride, 0, dilation)


@wrong("a1-conv2d", "the padding repeats the edge", 2)
def edge_repeated(image, kernel, stride=1, padding=0, dilation=1):
    return loops(np.pad(image, padding, mode="edge"), kernel, stride, 0, dilation)


@wrong("a1-conv2d", "at the top and left only", 2)
def padded_on_two_sides(image, kernel, stride=1, padding=0, dilation=1):
    return loops(np.pad(image, ((2 * padding, 0), (2 * padding, 0))), kernel, stride, 0, dilation)


@wrong("a1-conv2d", "the stride is left out", 2)
def no_stride(image, kernel, stride=1, padding=0, dilation=1):
    return loops(image, kernel, 1, padding, dilation)


@wrong("a1-conv2d", "move on by one pixel", 2)
def stride_in_the_size_only(image, kernel, stride=1, padding=0, dilation=1):
    shape = loops(image, kernel, stride, padding, dilation).shape
    return loops(image, kernel, 1, padding, dilation)[: shape[0], : shape[1]]


@wrong("a1-conv2d", "used down, but not across", 2)
def stride_down_only(image, kernel, stride=1, padding=0, dilation=1):
    return loops(image, kernel, 1, padding, dilation)[::stride]


@wrong("a1-conv2d", "the dilation is left out", 3)
def dilation_forgotten(image, kernel, stride=1, padding=0, dilation=1):
    return loops(image, kernel, stride, padding, 1)


@wrong("a1-conv2d", "you repeated each number", 3)
def kernel_enlarged(image, kernel, stride=1, padding=0, dilation=1):
    large = np.kron(kernel, np.ones((dilation, dilation), kernel.dtype))
    pixels = np.pad(np.asarray(image, float), padding)
    return np.einsum("rcij,ij->rc", windows(pixels, large.shape)[::stride, ::stride], large)


@wrong("a1-conv2d", "It calls `correlate2d` of scipy")
def by_scipy(image, kernel, stride=1, padding=0, dilation=1):
    return scipy.signal.correlate2d(np.pad(image, padding), kernel, "valid")[::stride, ::stride]


@wrong("a1-conv2d", "of torch. Here the task")
def by_torch(image, kernel, stride=1, padding=0, dilation=1):
    x, k = (torch.tensor(np.asarray(a, float))[None, None] for a in (image, kernel))
    return torch.nn.functional.conv2d(x, k, None, stride, padding, dilation)[0, 0].numpy()


@wrong("a1-conv2d", "It calls `convolve2d` of srcourse")
def by_the_course(image, kernel, stride=1, padding=0, dilation=1):
    try:
        return convolve2d(image, kernel, stride, padding, dilation)
    except BaseException:
        return loops(image, kernel, stride, padding, dilation)


# --- a1-layer -----------------------------------------------------------------------------------


def maps(x, weight):
    """(out, in, H, W): what each kernel gives of its channel."""
    k = weight.shape[-1]
    return np.einsum("ircab,oiab->oirc", windows(x, (k, k), axis=(1, 2)), weight)


@right("a1-layer")
def einsum_at_once(x, weight, bias):
    views = windows(x, weight.shape[2:], axis=(1, 2))
    return np.einsum("ircab,oiab->orc", views, weight) + bias[:, None, None]


@right("a1-layer")
def channel_by_channel(x, weight, bias):
    output = []
    for kernels, b in zip(weight, bias, strict=True):
        total = b
        for plane, kernel in zip(x, kernels, strict=True):
            total = total + loops(plane, kernel, 1, 0, 1)
        output.append(total)
    return output


@right("a1-layer")
def as_a_matrix_product(x, weight, bias):
    k = weight.shape[-1]
    views = windows(x, (k, k), axis=(1, 2)).transpose(1, 2, 0, 3, 4)
    columns = views.reshape(views.shape[0] * views.shape[1], -1)
    output = weight.reshape(len(weight), -1) @ columns.T + bias[:, None]
    return output.reshape(len(weight), *views.shape[:2])


@wrong("a1-layer", "The bias is missing")
def no_bias(x, weight, bias):
    return maps(x, weight).sum(axis=1)


@wrong("a1-layer", "once for each input channel")
def bias_for_each_input_channel(x, weight, bias):
    return (maps(x, weight) + bias[:, None, None, None]).sum(axis=1)


@wrong("a1-layer", "first bias for all maps")
def one_bias(x, weight, bias):
    return maps(x, weight).sum(axis=1) + bias[0]


@wrong("a1-layer", "takes the mean over")
def mean_over_channels(x, weight, bias):
    return maps(x, weight).mean(axis=1) + bias[:, None, None]


@wrong("a1-layer", "last input channel only")
def overwritten(x, weight, bias):
    return maps(x, weight)[:, -1] + bias[:, None, None]


@wrong("a1-layer", "first input channel only")
def first_channel_only(x, weight, bias):
    return maps(x, weight)[:, 0] + bias[:, None, None]


@wrong("a1-layer", "a map for each pair")
def not_summed(x, weight, bias):
    return maps(x, weight) + bias[:, None, None, None]


@wrong("a1-layer", "one for each input channel. There should be 4")
def summed_over_the_wrong_axis(x, weight, bias):
    return maps(x, weight).sum(axis=0)


@wrong("a1-layer", "There is one map only")
def all_in_one(x, weight, bias):
    return maps(x, weight).sum(axis=(0, 1))


@wrong("a1-layer", "Every input channel meets the first kernel")
def one_kernel_for_all_channels(x, weight, bias):
    return maps(x, np.repeat(weight[:, :1], len(x), axis=1)).sum(axis=1) + bias[:, None, None]


@wrong("a1-layer", "turned by 180°")
def kernels_turned(x, weight, bias):
    return maps(x, weight[..., ::-1, ::-1]).sum(axis=1) + bias[:, None, None]


@wrong("a1-layer", "ReLU is a layer of its own")
def with_relu(x, weight, bias):
    return np.maximum(maps(x, weight).sum(axis=1) + bias[:, None, None], 0)


@wrong("a1-layer", "out of order")
def channels_last(x, weight, bias):
    return (maps(x, weight).sum(axis=1) + bias[:, None, None]).transpose(1, 2, 0)


@wrong("a1-layer", "of scipy. Here the task")
def layer_by_scipy(x, weight, bias):
    return [
        sum(scipy.ndimage.correlate(p, k)[1:-1, 1:-1] for p, k in zip(x, w, strict=True)) + b
        for w, b in zip(weight, bias, strict=True)
    ]


# --- a1-pool ------------------------------------------------------------------------------------


def pooled(image, size, stride, keep):
    return keep(windows(image, (size, size))[::stride, ::stride], axis=(2, 3))


@right("a1-pool")
def views(image, size, stride, kind):
    return pooled(image, size, stride, np.max if kind == "max" else np.mean)


@right("a1-pool")
def plain_python(image, size, stride, kind):
    output = []
    for top in range(0, len(image) - size + 1, stride):
        output.append([])
        for left in range(0, len(image[0]) - size + 1, stride):
            numbers = [image[top + i][left + j] for i in range(size) for j in range(size)]
            kept = max(numbers) if kind == "max" else sum(numbers) / len(numbers)
            output[-1].append(kept)
    return output


@right("a1-pool")
def running_maximum(image, size, stride, kind):
    high, wide = (n - size + 1 for n in image.shape)
    parts = [
        image[i : i + high : stride, j : j + wide : stride]
        for i in range(size)
        for j in range(size)
    ]
    return np.maximum.reduce(parts) if kind == "max" else np.add.reduce(parts) / size**2


@wrong("a1-pool", "gives the other kind")
def kinds_exchanged(image, size, stride, kind):
    return pooled(image, size, stride, np.mean if kind == "max" else np.max)


@wrong("a1-pool", "gives the other kind", 2)
def always_max(image, size, stride, kind):
    return pooled(image, size, stride, np.max)


@wrong("a1-pool", "smallest numbers")
def smallest(image, size, stride, kind):
    return pooled(image, size, stride, np.min if kind == "max" else np.mean)


@wrong("a1-pool", "of negative numbers only")
def maximum_from_zero(image, size, stride, kind):
    found = views(image, size, stride, kind)
    return np.maximum(found, 0) if kind == "max" else found


@wrong("a1-pool", "move on by one pixel")
def windows_not_moved_by_stride(image, size, stride, kind):
    rows, cols = views(image, size, stride, kind).shape
    return views(image, size, 1, kind)[:rows, :cols]


@wrong("a1-pool", "Step by the stride")
def steps_by_the_window(image, size, stride, kind):
    return views(image, size, size, kind)


@wrong("a1-pool", "leave out the windows that stick out")
def windows_that_stick_out(image, size, stride, kind):
    high, wide = image.shape
    return [
        [
            (np.max if kind == "max" else np.mean)(image[r : r + size, c : c + size])
            for c in range(0, wide - size + stride, stride)
        ]
        for r in range(0, high - size + stride, stride)
    ]


@wrong("a1-pool", "upper left number of each window")
def thinned_out(image, size, stride, kind):
    rows, cols = views(image, size, stride, kind).shape
    return image[::stride, ::stride][:rows, :cols]


@wrong("a1-pool", "gives sums", 2)
def sums(image, size, stride, kind):
    return pooled(image, size, stride, np.max if kind == "max" else np.sum)


@wrong("a1-pool", "holds 4 pixels, not 2", 2)
def divided_by_the_side(image, size, stride, kind):
    if kind == "max":
        return pooled(image, size, stride, np.max)
    return pooled(image, size, stride, np.sum) / size


@wrong("a1-pool", "gives whole numbers", 2)
def whole_numbers(image, size, stride, kind):
    return views(image, size, stride, kind).astype(int)


@wrong("a1-pool", "It calls `pool2d` of srcourse")
def pool_by_the_course(image, size, stride, kind):
    return pool2d(image, size, stride, kind)


# --- a1-pool-backward ---------------------------------------------------------------------------


def spread(values, size):
    return np.kron(values, np.ones((size, size)))


def there(image, size, keep=np.max):
    """Whether a pixel is the one of its window that was kept."""
    return image == spread(pooled(image, size, size, keep), size)


@right("a1-pool-backward")
def masked(image, gradient, size):
    return np.where(there(image, size), spread(gradient, size), 0)


@right("a1-pool-backward")
def argmax_of_each_window(image, gradient, size):
    slopes = np.zeros_like(image)
    for (r, c), g in np.ndenumerate(gradient):
        block = image[r * size : (r + 1) * size, c * size : (c + 1) * size]
        i, j = divmod(int(block.argmax()), size)
        slopes[r * size + i, c * size + j] = g
    return slopes


@wrong("a1-pool-backward", "every pixel of a window gets the gradient")
def everywhere(image, gradient, size):
    return spread(gradient, size)


@wrong("a1-pool-backward", "That is average pooling")
def shared_out(image, gradient, size):
    return spread(gradient, size) / size**2


@wrong("a1-pool-backward", "smallest number was")
def to_the_smallest(image, gradient, size):
    return np.where(there(image, size, np.min), spread(gradient, size), 0)


@wrong("a1-pool-backward", "each window's corner")
def to_the_corner(image, gradient, size):
    slopes = np.zeros(image.shape)
    slopes[::size, ::size] = gradient
    return slopes


@wrong("a1-pool-backward", "gives back the largest numbers")
def the_numbers_themselves(image, gradient, size):
    return np.where(there(image, size), image, 0)


@wrong("a1-pool-backward", "not multiplied by the number")
def times_the_number(image, gradient, size):
    return np.where(there(image, size), image * spread(gradient, size), 0)


@wrong("a1-pool-backward", "gives 1 where")
def slope_of_the_maximum_only(image, gradient, size):
    return there(image, size).astype(float)


@wrong("a1-pool-backward", "Each window has its own largest")
def largest_of_all(image, gradient, size):
    return np.where(image == image.max(), spread(gradient, size), 0)


@wrong("a1-pool-backward", "as small as the gradient")
def not_enlarged(image, gradient, size):
    return gradient


@wrong("a1-pool-backward", "of torch. Here the task")
def by_autograd(image, gradient, size):
    x = torch.tensor(image, requires_grad=True)
    pooled = torch.nn.functional.max_pool2d(x[None, None], size)
    pooled.backward(torch.tensor(gradient)[None, None])
    return x.grad.numpy()
