"""Answers to assignment 2, interpolation and the residual block."""

from functools import partial

import numpy as np
import scipy.ndimage
import torch
from torch import nn

from srcourse.models.residual import Block
from srcourse.resampling import cubic_kernel, imresize
from tests.classroom.answers import right, wrong

# --- a2-positions -------------------------------------------------------------------------------


@right("a2-positions")
def formula(n, scale):
    return (np.arange(n) + 0.5) / scale - 0.5


@right("a2-positions")
def one_by_one(n, scale):
    return [(2 * i + 1 - scale) / (2 * scale) for i in range(n)]


@wrong("a2-positions", "forgets both halves")
def i_over_s(n, scale):
    return np.arange(n) / scale


@wrong("a2-positions", "half a pixel of the small picture is still")
def half_never_taken_off(n, scale):
    return (np.arange(n) + 0.5) / scale


@wrong("a2-positions", "half a pixel of the large picture is forgotten")
def half_not_divided(n, scale):
    return np.arange(n) / scale - 0.5


@wrong("a2-positions", "signs of the two halves")
def signs_exchanged(n, scale):
    return (np.arange(n) - 0.5) / scale + 0.5


@wrong("a2-positions", "multiplies by the scale")
def the_other_way(n, scale):
    return (np.arange(n) + 0.5) * scale - 0.5


@wrong("a2-positions", "tied together")
def corners_aligned(n, scale):
    return np.linspace(0, n / scale - 1, n)


@wrong("a2-positions", "whole numbers only")
def floored(n, scale):
    return np.floor(formula(n, scale))


@wrong("a2-positions", "They are negative")
def clipped_at_zero(n, scale):
    return np.maximum(formula(n, scale), 0)


@wrong("a2-positions", "taken for a whole number", 1)
def whole_scales_only(n, scale):
    return formula(n, max(1, int(scale)))


# --- a2-cubic -----------------------------------------------------------------------------------


def keys(x, a=-0.5, near=3, far=4, edge=1):
    inner = (a + 2) * x**3 - (a + near) * x**2 + 1
    outer = a * x**3 - 5 * a * x**2 + 8 * a * x - far * a
    return np.where(x <= edge, inner, np.where(x < 2, outer, 0.0))


@right("a2-cubic")
def as_printed(x, a=-0.5):
    return keys(np.abs(x), a)


@right("a2-cubic")
def one_distance_at_a_time(x, a=-0.5):
    def weight(d):
        d = abs(d)
        if d <= 1:
            return ((a + 2) * d - (a + 3)) * d * d + 1
        return a * (((d - 5) * d + 8) * d - 4) if d < 2 else 0

    return [weight(d) for d in np.asarray(x)]


@wrong("a2-cubic", "a is always −0.5", 1)
def a_fixed(x, a=-0.5):
    return keys(np.abs(x))


@wrong("a2-cubic", "not −0.75")
def as_opencv(x, a=-0.75):
    return keys(np.abs(x), a)


@wrong("a2-cubic", "Take |x| first")
def no_absolute_value(x, a=-0.5):
    return keys(x, a)


@wrong("a2-cubic", "beyond a distance of 2")
def never_zero(x, a=-0.5):
    d = np.abs(x)
    return np.where(d <= 1, keys(d, a), a * d**3 - 5 * a * d**2 + 8 * a * d - 4 * a)


@wrong("a2-cubic", "there is a second piece")
def first_piece_only(x, a=-0.5):
    d = np.abs(x)
    return np.where(d <= 1, keys(d, a), 0)


@wrong("a2-cubic", "a + 3")
def a_plus_two_twice(x, a=-0.5):
    return keys(np.abs(x), a, near=2)


@wrong("a2-cubic", "ends with − 4a")
def sign_of_the_last_term(x, a=-0.5):
    return keys(np.abs(x), a, far=-4)


@wrong("a2-cubic", "sign of the second piece")
def second_piece_positive(x, a=-0.5):
    d = np.abs(x)
    return np.where(d <= 1, keys(d, a), -keys(d, a))


@wrong("a2-cubic", "triangle of linear")
def triangle(x, a=-0.5):
    return np.maximum(0, 1 - np.abs(x))


@wrong("a2-cubic", "It calls `cubic_kernel` of srcourse")
def by_the_course(x, a=-0.5):
    return cubic_kernel(x, a)


# --- a2-line ------------------------------------------------------------------------------------


def centres(i, scale):
    return (i + 0.5) / scale - 0.5


def line(
    samples, scale, kernel=as_printed, where=centres, mode="symmetric", first=np.floor, taps=4
):
    padded = np.pad(np.asarray(samples, float), 6, mode=mode)
    output = []
    for i in range(scale * len(samples)):
        x = where(i, scale)
        start = int(first(x)) - 1
        near = np.arange(start + 4 - taps, start + 4)
        output.append(float((kernel(x - near) * padded[near + 6]).sum()))
    return np.array(output)


def one_matrix(samples, scale):
    n = len(samples)
    mirror = np.concatenate([np.eye(n)[1::-1], np.eye(n), np.eye(n)[:-3:-1]])
    place = centres(np.arange(scale * n), scale)
    return keys(np.abs(place[:, None] - np.arange(-2, n + 2))) @ mirror @ samples


right("a2-line", "four samples each")(line)
right("a2-line", "a matrix")(one_matrix)
for name, hint, points, change in (
    ("i over s", "at i/s", 0, {"where": lambda i, s: i / s}),
    ("half never taken off", "at (i + ½)/s", 0, {"where": lambda i, s: (i + 0.5) / s}),
    ("linear", "is linear", 0, {"kernel": triangle}),
    ("a = −0.75", "uses a = −0.75", 0, {"kernel": partial(as_printed, a=-0.75)}),
    ("three samples only", "misses the first of the four", 0, {"taps": 3}),
    ("edge repeated", "the border sample is repeated on", 2, {"mode": "edge"}),
    ("zeros beyond", "beyond the border stands 0", 2, {"mode": "constant"}),
    ("wrapped around", "beyond one end stands the other", 2, {"mode": "wrap"}),
    ("mirror on the sample", "the mirror stands on", 2, {"mode": "reflect"}),
    ("int for floor", "Round down, with floor", 2, {"first": np.trunc}),
):
    wrong("a2-line", hint, points, name)(partial(line, **change))


@wrong("a2-line", "ties the first and last")
def ends_tied(samples, scale):
    n = len(samples)
    return line(samples, scale, where=lambda i, s: i * (n - 1) / (s * n - 1))


@wrong("a2-line", "copies the nearest")
def nearest(samples, scale):
    return np.repeat(samples, scale)


@wrong("a2-line", "moved onto the border sample", 2)
def places_clipped(samples, scale):
    n = len(samples)
    return line(samples, scale, where=lambda i, s: min(max(centres(i, s), 0), n - 1))


@wrong("a2-line", "comes out rounded")
def rounded(samples, scale):
    return np.round(line(samples, scale))


@wrong("a2-line", "nothing is clipped")
def clipped(samples, scale):
    return np.clip(line(samples, scale), 0, 255)


@wrong("a2-line", "of scipy. Here the task")
def by_scipy(samples, scale):
    return scipy.ndimage.zoom(samples, scale, order=3, mode="grid-mirror", grid_mode=True)


# --- a2-picture ---------------------------------------------------------------------------------


def levels(values):
    return np.clip(np.floor(values + 0.5), 0, 255).astype(np.uint8)


def along(axis, image, scale):
    return np.apply_along_axis(line, axis, image.astype(float), scale)


def both(image, scale):
    return along(1, along(0, image, scale), scale)


@right("a2-picture")
def rows_then_columns(image, scale):
    return levels(both(image, scale))


@right("a2-picture")
def columns_then_rows_rounded_to_even(image, scale):
    values = along(0, along(1, image, scale), scale)
    return np.rint(values).clip(0, 255).astype("uint8")


@right("a2-picture")
def channel_by_channel(image, scale):
    if image.ndim == 2:
        return levels(both(image, scale))
    planes = [levels(both(image[..., c], scale)) for c in range(image.shape[2])]
    return np.stack(planes, axis=2)


@wrong("a2-picture", "−3 becomes 253")
def no_clip(image, scale):
    return (np.floor(both(image, scale) + 0.5) % 256).astype(np.uint8)


@wrong("a2-picture", "fractions are cut off")
def truncated(image, scale):
    return np.clip(both(image, scale), 0, 255).astype(np.uint8)


@wrong("a2-picture", "clipped, but not rounded")
def not_rounded(image, scale):
    return np.clip(both(image, scale), 0, 255)


@wrong("a2-picture", "neither clipped nor rounded")
def left_as_it_is(image, scale):
    return both(image, scale)


@wrong("a2-picture", "Make it uint8")
def as_floats(image, scale):
    return levels(both(image, scale)).astype(float)


@wrong("a2-picture", "only its height")
def one_axis(image, scale):
    return levels(along(0, image, scale))


@wrong("a2-picture", "height and width are exchanged")
def transposed(image, scale):
    return levels(both(image, scale)).swapaxes(0, 1)


@wrong("a2-picture", "clips between")
def clipped_in_between(image, scale):
    return levels(along(1, np.clip(along(0, image, scale), 0, 255), scale))


@wrong("a2-picture", "rounds between")
def rounded_in_between(image, scale):
    return levels(along(1, levels(along(0, image, scale)), scale))


@wrong("a2-picture", "from 0 to 1")
def between_0_and_1(image, scale):
    return np.clip(both(image / 255, scale), 0, 1)


@wrong("a2-picture", "channels were enlarged", 2)
def channels_enlarged(image, scale):
    values = both(image, scale)
    return levels(along(2, values, scale) if image.ndim == 3 else values)


@wrong("a2-picture", "the channels are gone", 2)
def made_grey(image, scale):
    return levels(both(image if image.ndim == 2 else image.mean(axis=2), scale))


@wrong("a2-picture", "opposite order", 2)
def channels_reversed(image, scale):
    found = levels(both(image, scale))
    return found if image.ndim == 2 else found[..., ::-1]


@wrong("a2-picture", "It calls `imresize` of srcourse")
def picture_by_the_course(image, scale):
    return imresize(image, scale)


# --- a2-block -----------------------------------------------------------------------------------


class Parts(nn.Module):
    """The layers of the block; what follows differs in what it makes of them."""

    def __init__(self, n_in, n_out, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(n_in, n_out, 3, stride=stride, padding=1)
        self.conv2 = nn.Conv2d(n_out, n_out, 3, padding=1)
        self.projection = None
        if n_in != n_out or stride != 1:
            self.projection = nn.Conv2d(n_in, n_out, 1, stride=stride, bias=False)

    def short(self, x):
        return x if self.projection is None else self.projection(x)

    def branch(self, x):
        return self.conv2(torch.relu(self.conv1(x)))

    def forward(self, x):
        return torch.relu(self.branch(x) + self.short(x))


right("a2-block", "as in the paper")(Parts)


@right("a2-block", "other words")
class Otherwise(nn.Module):
    def __init__(self, n_in, n_out, stride=1):
        super().__init__()
        self.relu = nn.ReLU()
        self.conv1 = nn.Conv2d(n_in, n_out, (3, 3), (stride, stride), "same" if stride == 1 else 1)
        self.conv2 = nn.Conv2d(n_out, n_out, (3, 3), padding="same")
        same = (n_in, stride) == (n_out, 1)
        self.projection = None if same else nn.Conv2d(n_in, n_out, 1, stride, bias=False)

    def forward(self, x):
        h = self.relu(self.conv1(x))
        h = self.conv2(h)
        h = h + (self.projection(x) if self.projection else x)
        return self.relu(h)


def block(name, hint, forward, points=0):
    """A block with the right layers that computes something else."""
    made = type(name.title().replace(" ", ""), (Parts,), {"forward": forward})
    wrong("a2-block", hint, points, name)(made)


relu = torch.relu
block("no shortcut", "plain block", lambda self, x: relu(self.branch(x)))
block("branch only", "stops at F(x)", lambda self, x: self.branch(x))
block("no last ReLU", "no ReLU after the sum", lambda self, x: self.branch(x) + self.short(x))
block(
    "ReLU before the sum",
    "so it can only add",
    lambda self, x: relu(self.branch(x)) + self.short(x),
)
block(
    "no ReLU inside",
    "together they are one",
    lambda self, x: relu(self.conv2(self.conv1(x)) + self.short(x)),
)
block(
    "conv2 not used",
    "second convolution is not used",
    lambda self, x: relu(self.conv1(x) + self.short(x)),
)
block(
    "conv1 twice",
    "first convolution is used twice",
    lambda self, x: relu(self.conv1(relu(self.conv1(x))) + self.short(x)),
)
block(
    "input subtracted",
    "input is subtracted",
    lambda self, x: relu(self.branch(x) - self.short(x)),
)
block(
    "ReLU in the shortcut",
    "shortcut passes through a ReLU",
    lambda self, x: relu(self.branch(x) + relu(self.short(x))),
)


@wrong("a2-block", "batch normalisation in it", 0, "batch norm")
class Normalised(Parts):
    def __init__(self, n_in, n_out, stride=1):
        super().__init__(n_in, n_out, stride)
        self.norm = nn.BatchNorm2d(n_out)


@wrong("a2-block", "convolutions padded by 1", 0, "no padding")
class Unpadded(Parts):
    def __init__(self, n_in, n_out, stride=1):
        super().__init__(n_in, n_out, stride)
        self.conv1 = nn.Conv2d(n_in, n_out, 3, stride=stride)


@wrong("a2-block", "set projection to None", 0, "always a projection")
class Projected(Parts):
    def __init__(self, n_in, n_out, stride=1):
        super().__init__(n_in, n_out, stride)
        self.projection = nn.Conv2d(n_in, n_out, 1, stride=stride, bias=False)


@wrong("a2-block", "needs a projection", 2, "padded with zeros")
class ZeroPadded(Parts):
    def __init__(self, n_in, n_out, stride=1):
        super().__init__(n_in, n_out, stride)
        self.projection = None
        self.stride = stride

    def short(self, x):
        x = x[:, :, :: self.stride, :: self.stride]
        return nn.functional.pad(x, (0, 0, 0, 0, 0, self.conv1.out_channels - x.shape[1]))


@wrong("a2-block", "projection has no bias", 2, "projection with a bias")
class WithBias(Parts):
    def __init__(self, n_in, n_out, stride=1):
        super().__init__(n_in, n_out, stride)
        if self.projection is not None:
            self.projection = nn.Conv2d(n_in, n_out, 1, stride=stride)


@wrong("a2-block", "it is 1 × 1", 2, "3 × 3 projection")
class WideProjection(Parts):
    def __init__(self, n_in, n_out, stride=1):
        super().__init__(n_in, n_out, stride)
        if self.projection is not None:
            self.projection = nn.Conv2d(n_in, n_out, 3, stride, 1, bias=False)


@wrong("a2-block", "stride belongs to the first", 2, "stride in conv2")
class StrideLate(Parts):
    def __init__(self, n_in, n_out, stride=1):
        super().__init__(n_in, n_out, stride)
        self.conv1 = nn.Conv2d(n_in, n_out, 3, padding=1)
        self.conv2 = nn.Conv2d(n_out, n_out, 3, stride=stride, padding=1)


@wrong("a2-block", "of srcourse. Here the task", 0, "the course's")
class Borrowed(nn.Module):
    def __init__(self, n_in, n_out, stride=1):
        super().__init__()
        self.block = Block(n_in, True, False)


# --- a2-backward --------------------------------------------------------------------------------


def backward(x, w1, w2, g, share=None, mask=None):
    a = x @ w1
    back = (g @ w2.T) * ((a > 0) if mask is None else mask(a))
    h = np.maximum(a, 0)
    return back @ w1.T + (g if share is None else share), x.T @ back, h.T @ g


right("a2-backward", "the chain rule")(backward)


@right("a2-backward")
def by_small_differences(x, w1, w2, g):
    def loss():
        return ((np.maximum(x @ w1, 0) @ w2 + x) * g).sum()

    x, w1, w2 = x.copy(), w1.copy(), w2.copy()
    slopes = []
    for array in (x, w1, w2):
        slope = np.zeros(array.shape)
        for place in np.ndindex(array.shape):
            middle = array[place]
            array[place] = middle + 1e-5
            above = loss()
            array[place] = middle - 1e-5
            slope[place] = (above - loss()) / 2e-5
            array[place] = middle
        slopes.append(slope)
    return slopes


@right("a2-backward")
def row_by_row(x, w1, w2, g):
    dx, d1, d2 = [], np.zeros(w1.shape), np.zeros(w2.shape)
    for row, slope in zip(x, g, strict=True):
        a = row @ w1
        back = np.where(a > 0, w2 @ slope, 0)
        dx.append(w1 @ back + slope)
        d1 += np.outer(row, back)
        d2 += np.outer(np.maximum(a, 0), slope)
    return np.array(dx), d1, d2


@wrong("a2-backward", "shortcut's share is missing", 2)
def no_shortcut(x, w1, w2, g):
    return backward(x, w1, w2, g, share=0)


@wrong("a2-backward", "is g, not 1", 2)
def plus_one(x, w1, w2, g):
    return backward(x, w1, w2, g, share=1)


@wrong("a2-backward", "mask is missing", 1)
def no_mask(x, w1, w2, g):
    return backward(x, w1, w2, g, mask=np.ones_like)


@wrong("a2-backward", "multiplied by its output", 1)
def mask_is_the_output(x, w1, w2, g):
    return backward(x, w1, w2, g, mask=lambda a: np.maximum(a, 0))


@wrong("a2-backward", "and not x.", 2)
def w2_meets_x(x, w1, w2, g):
    dx, d1, d2 = backward(x, w1, w2, g)
    return dx, d1, x.T @ g if w1.shape == w2.shape else d2


@wrong("a2-backward", "and not x @ w1", 2)
def before_the_relu(x, w1, w2, g):
    dx, d1, _ = backward(x, w1, w2, g)
    return dx, d1, (x @ w1).T @ g


@wrong("a2-backward", "this is turned over", 1)
def weights_transposed(x, w1, w2, g):
    dx, d1, d2 = backward(x, w1, w2, g)
    return dx, d1.T, d2.T


@wrong("a2-backward", "not their mean", 1)
def means(x, w1, w2, g):
    dx, d1, d2 = backward(x, w1, w2, g)
    return dx, d1 / len(x), d2 / len(x)


@wrong("a2-backward", "it is its transpose")
def no_transposes(x, w1, w2, g):
    if w1.shape != w2.shape:
        return backward(x, w1, w2, g)
    back = (g @ w2) * (x @ w1 > 0)
    return back @ w1 + g, back.T @ x, g.T @ np.maximum(x @ w1, 0)


@wrong("a2-backward", "should return three arrays")
def only_x(x, w1, w2, g):
    return backward(x, w1, w2, g)[0]


@wrong("a2-backward", "of torch. Here the task")
def by_autograd(x, w1, w2, g):
    x, w1, w2 = (torch.tensor(a, requires_grad=True) for a in (x, w1, w2))
    (torch.relu(x @ w1) @ w2 + x).backward(torch.tensor(g))
    return x.grad, w1.grad, w2.grad
