"""Answers to assignment 3, FSRCNN from its figure, trained."""

from functools import partial

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from srcourse import zoo
from srcourse.models.cost import parameters
from srcourse.models.fsrcnn import FSRCNN as course_fsrcnn
from srcourse.resampling import imresize
from tests.classroom.answers import right, wrong

windows = np.lib.stride_tricks.sliding_window_view

# --- a3-parameters ------------------------------------------------------------------------------


@right("a3-parameters")
def part_by_part(d, s, m):
    weights = 5 * 5 * d + d * s + m * 3 * 3 * s * s + s * d + 9 * 9 * d
    channels = d + s + m * s + d
    return weights, channels + 1, channels


@right("a3-parameters")
def layer_by_layer(d, s, m):
    layers = [(1, d, 5), (d, s, 1), *[(s, s, 3)] * m, (s, d, 1), (d, 1, 9)]
    weights = sum(n_in * n_out * k**2 for n_in, n_out, k in layers)
    biases = sum(n_out for _, n_out, _ in layers)
    return [float(weights), float(biases), sum(n_out for _, n_out, _ in layers[:-1])]


def counts(name, hint, points, change):
    """A count in which `change` makes of the right three numbers three others."""

    def answer(d, s, m):
        return change(*part_by_part(d, s, m), d, s, m)

    wrong("a3-parameters", hint, points, name)(answer)


for name, hint, points, change in (
    ("biases forgotten", "the layers have biases", 2, lambda w, b, a, d, s, m: (w, 0, a)),
    ("slopes forgotten", "so they count", 2, lambda w, b, a, d, s, m: (w, b, 0)),
    ("a slope for each layer", "not each layer", 2, lambda w, b, a, d, s, m: (w, b, m + 3)),
    ("a PReLU at the end", "no PReLU follows", 2, lambda w, b, a, d, s, m: (w, b, a + 1)),
    ("two slopes a channel", "positive side", 2, lambda w, b, a, d, s, m: (w, b, 2 * a)),
    ("a bias for each layer", "not one for each layer", 2, lambda w, b, a, d, s, m: (w, m + 4, a)),
    ("no bias at the end", "the deconvolution has one too", 2, lambda w, b, a, *_: (w, b - 1, a)),
    (
        "d biases at the end",
        "makes one channel, so it has one",
        2,
        lambda w, b, a, d, s, m: (w, b - 1 + d, a),
    ),
    (
        "one mapping layer",
        "mapping is m layers, not one",
        2,
        lambda w, b, a, d, s, m: (w - (m - 1) * 9 * s * s, b, a),
    ),
    (
        "m + 1 mapping layers",
        "not m + 1",
        2,
        lambda w, b, a, d, s, m: (w + 9 * s * s, b, a),
    ),
    (
        "mapping channel by channel",
        "through all s channels",
        2,
        lambda w, b, a, d, s, m: (w - m * 9 * s * (s - 1), b, a),
    ),
    (
        "expanding forgotten",
        "both have d · s",
        2,
        lambda w, b, a, d, s, m: (w - d * s, b, a),
    ),
    (
        "mapping at d channels",
        "not d: shrinking came",
        2,
        lambda w, b, a, d, s, m: (w + m * 9 * (d * d - s * s), b, a),
    ),
    (
        "deconvolution 3 × 3",
        "9 × 9, not 3 × 3",
        2,
        lambda w, b, a, d, s, m: (w - 72 * d, b, a),
    ),
    (
        "convolutions only",
        "the deconvolution is missing",
        2,
        lambda w, b, a, d, s, m: (w - 81 * d, b, a),
    ),
    ("the sum", "Give three: the weights", 0, lambda w, b, a, d, s, m: w + b + a),
):
    counts(name, hint, points, change)


@wrong("a3-parameters", "of srcourse. Here the task")
def by_the_course(d, s, m):
    return parameters(course_fsrcnn(2, d, s, m)), 0, 0


@wrong("a3-parameters", "of torch. Here the task")
def by_torch(d, s, m):
    return sum(p.numel() for p in nn.Conv2d(1, d, 5).parameters()), 0, 0


# --- a3-deconv-size -----------------------------------------------------------------------------


@right("a3-deconv-size")
def formula(n, kernel, stride, padding=0, output_padding=0):
    return (n - 1) * stride + kernel - 2 * padding + output_padding


@right("a3-deconv-size")
def stamped(n, kernel, stride, padding=0, output_padding=0):
    pixels = {i * stride + j for i in range(n) for j in range(kernel)}
    return len(range(min(pixels), max(pixels) + 1)) - padding - padding + output_padding


for name, hint, points, size in (
    ("n stamps", "not at n · stride", 0, lambda n, k, s, p, o: n * s + k - 2 * p + o),
    ("n times stride", "what FSRCNN needs", 0, lambda n, k, s, p, o: n * s),
    ("no kernel", "It is `kernel` long", 0, lambda n, k, s, p, o: (n - 1) * s - 2 * p + o),
    ("plus one", "and not + 1", 0, lambda n, k, s, p, o: (n - 1) * s + 1 - 2 * p + o),
    (
        "a convolution's",
        "an ordinary convolution's",
        0,
        lambda n, k, s, p, o: (n + 2 * p - k) // s + 1,
    ),
    ("exchanged", "are exchanged", 0, lambda n, k, s, p, o: (n - 1) * k + s - 2 * p + o),
    ("no stride", "the stride is left out", 0, lambda n, k, s, p, o: n - 1 + k - 2 * p + o),
    (
        "padding added",
        "padding takes pixels away",
        1,
        lambda n, k, s, p, o: (n - 1) * s + k + 2 * p + o,
    ),
    ("padding once", "at both ends", 1, lambda n, k, s, p, o: (n - 1) * s + k - p + o),
    ("no padding", "are left out", 1, lambda n, k, s, p, o: (n - 1) * s + k),
    (
        "no output_padding",
        "output_padding is left out",
        1,
        lambda n, k, s, p, o: (n - 1) * s + k - 2 * p,
    ),
    (
        "output_padding twice",
        "at one end only",
        1,
        lambda n, k, s, p, o: (n - 1) * s + k - 2 * p + 2 * o,
    ),
    ("output_padding off", "not taken away", 1, lambda n, k, s, p, o: (n - 1) * s + k - 2 * p - o),
):
    wrong("a3-deconv-size", hint, points, name)(size)


@wrong("a3-deconv-size", "of torch. Here the task")
def tried_out(n, kernel, stride, padding=0, output_padding=0):
    x = torch.zeros(1, 1, n)
    return F.conv_transpose1d(x, torch.zeros(1, 1, kernel), None, stride, padding).shape[-1]


# --- a3-network ---------------------------------------------------------------------------------


def conv(n_in, n_out, k, act=nn.PReLU, **how):
    """A convolution that keeps the size, with its PReLU."""
    how = {"padding": k // 2} | how
    return nn.Sequential(nn.Conv2d(n_in, n_out, k, **how), act(n_out))


def mapping(s, m, act=nn.PReLU, k=3):
    return nn.Sequential(*[layer for _ in range(m) for layer in conv(s, s, k, act)])


class Figure(nn.Module):
    """FSRCNN as it should be; what follows differs in a part or in `forward`."""

    def __init__(self, scale, d=56, s=12, m=4):
        super().__init__()
        self.scale = scale
        self.extract = conv(1, d, 5)
        self.shrink = conv(d, s, 1)
        self.mapping = mapping(s, m)
        self.expand = conv(s, d, 1)
        self.deconv = nn.ConvTranspose2d(d, 1, 9, stride=scale, padding=4, output_padding=scale - 1)

    def forward(self, x):
        return self.deconv(self.expand(self.mapping(self.shrink(self.extract(x)))))


right("a3-network", "from the figure")(Figure)


@right("a3-network", "in a loop")
class Loop(nn.Module):
    def __init__(self, scale, d=56, s=12, m=4):
        super().__init__()
        self.deconv = nn.ConvTranspose2d(d, 1, (9, 9), scale, 4, scale - 1)
        self.expand = nn.Sequential(nn.Conv2d(s, d, 1), nn.PReLU(d))
        self.mapping = nn.Sequential()
        for _ in range(m):
            self.mapping.append(nn.Conv2d(s, s, 3, padding="same"))
            self.mapping.append(nn.PReLU(num_parameters=s, init=0.1))
        self.shrink = nn.Sequential(nn.Conv2d(d, s, 1), nn.PReLU(s))
        self.extract = nn.Sequential(nn.Conv2d(1, d, 5, padding="same"), nn.PReLU(d))

    def forward(self, x):
        for part in (self.extract, self.shrink, self.mapping, self.expand, self.deconv):
            x = part(x)
        return x


def altered(name, hint, points=0, forward=None, **parts):
    """FSRCNN with other parts: each a function of (scale, d, s, m)."""

    def build(scale, d=56, s=12, m=4):
        net = Altered(scale, d, s, m)
        for part, make in parts.items():
            setattr(net, part, make(scale, d, s, m))
        return net

    Altered = type("Altered", (Figure,), {"forward": forward or Figure.forward})
    wrong("a3-network", hint, points, name)(build)


def one_slope(channels):
    return nn.PReLU()


def relu(channels):
    return nn.ReLU()


def transposed(d, scale, k=9, **how):
    how = {"stride": scale, "padding": k // 2, "output_padding": scale - 1} | how
    return nn.ConvTranspose2d(d, 1, k, **how)


class Bare(nn.Sequential):
    """A part without its PReLU."""

    def __init__(self, n_in, n_out, k):
        super().__init__(nn.Conv2d(n_in, n_out, k, padding=k // 2))


altered("ReLU", "PReLU, not ReLU", extract=lambda scale, d, s, m: conv(1, d, 5, relu))
altered(
    "one slope for all channels",
    "Each channel has its own",
    extract=lambda scale, d, s, m: conv(1, d, 5, one_slope),
    mapping=lambda scale, d, s, m: mapping(s, m, one_slope),
)
altered(
    "nothing after shrinking",
    "`shrink` lacks its PReLU",
    shrink=lambda scale, d, s, m: Bare(d, s, 1),
)
altered(
    "nothing after expanding",
    "`expand` lacks its PReLU",
    expand=lambda scale, d, s, m: Bare(s, d, 1),
)
altered(
    "linear mapping",
    "in `mapping` a PReLU follows",
    mapping=lambda scale, d, s, m: nn.Sequential(
        *[nn.Conv2d(s, s, 3, padding=1) for _ in range(m)]
    ),
)
altered("m − 1", "its mapping has 3 conv", mapping=lambda scale, d, s, m: mapping(s, m - 1))
altered("m + 1", "its mapping has 5 conv", mapping=lambda scale, d, s, m: mapping(s, m + 1))
altered(
    "the same layer m times",
    "share one kernel",
    mapping=lambda scale, d, s, m: nn.Sequential(*[*conv(s, s, 3)] * m),
)
altered("mapping 1 × 1", "kernels are 1 × 1", mapping=lambda scale, d, s, m: mapping(s, m, k=1))
altered(
    "expanded before the mapping",
    "the mapping works at d channels",
    mapping=lambda scale, d, s, m: mapping(d, m),
    forward=lambda self, x: self.deconv(self.mapping(self.expand(self.shrink(self.extract(x))))),
)
altered("deconvolution 3 × 3", "it is 9 × 9", deconv=lambda scale, d, s, m: transposed(d, scale, 3))
altered(
    "no biases",
    "a layer has no biases",
    extract=lambda scale, d, s, m: conv(1, d, 5, bias=False),
)
altered(
    "a convolution at the end",
    "an ordinary convolution",
    deconv=lambda scale, d, s, m: nn.Conv2d(d, 1, 9, padding=4),
)
altered(
    "PReLU at the end",
    "No PReLU follows it",
    deconv=lambda scale, d, s, m: nn.Sequential(transposed(d, scale), nn.PReLU(1)),
)
altered(
    "normalised",
    "batch normalisation in it",
    extract=lambda scale, d, s, m: nn.Sequential(*conv(1, d, 5), nn.BatchNorm2d(d)),
)
altered(
    "no stride",
    "stride is the scale",
    1,
    deconv=lambda scale, d, s, m: transposed(d, 1, output_padding=0),
)
altered(
    "no output_padding",
    "scale − 1 pixels are missing",
    1,
    deconv=lambda scale, d, s, m: transposed(d, scale, output_padding=0),
)
altered(
    "deconvolution without padding",
    "deconvolution's padding is missing",
    1,
    deconv=lambda scale, d, s, m: transposed(d, scale, padding=0),
)
altered(
    "convolutions without padding",
    "should keep the size",
    1,
    extract=lambda scale, d, s, m: conv(1, d, 5, padding=0),
)
altered(
    "clipped",
    "it clips its output",
    1,
    forward=lambda self, x: Figure.forward(self, x).clamp(0, 1),
)
altered(
    "ReLU at the end",
    "a ReLU at its end",
    1,
    forward=lambda self, x: torch.relu(Figure.forward(self, x)),
)
altered(
    "bicubic added",
    "adds the enlarged input",
    1,
    forward=lambda self, x: (
        Figure.forward(self, x) + F.interpolate(x, scale_factor=self.scale, mode="bicubic")
    ),
)
altered(
    "mapping passed by",
    "the mapping is not used",
    1,
    forward=lambda self, x: self.deconv(self.expand(self.shrink(self.extract(x)))),
)
altered(
    "always ×2",
    "the one that the network is made with",
    3,
    deconv=lambda scale, d, s, m: transposed(d, 2),
)
altered(
    "padding by the scale",
    "padding is 4 at every scale",
    3,
    deconv=lambda scale, d, s, m: transposed(
        d, scale, padding=4 if scale == 2 else 3, output_padding={2: 1, 3: 0, 4: 1}[scale]
    ),
)


@wrong("a3-network", "of srcourse. Here the task", 0, "the course's")
class Borrowed(nn.Module):
    def __init__(self, scale, d=56, s=12, m=4):
        super().__init__()
        self.net = course_fsrcnn(scale, d, s, m)


# --- a3-patches ---------------------------------------------------------------------------------


def cut(lr, hr, scale, size, step, hr_at=None, last=1):
    """The pairs; hr_at: where the HR patch of an LR row or column begins."""
    hr_at = hr_at or (lambda r: scale * r)
    small, large = [], []
    for r in range(0, lr.shape[0] - size + last, step):
        for c in range(0, lr.shape[1] - size + last, step):
            top, left = hr_at(r), hr_at(c)
            small.append(lr[r : r + size, c : c + size])
            large.append(hr[top : top + scale * size, left : left + scale * size])
    return np.array(small), np.array(large)


@right("a3-patches")
def two_loops(lr, hr, scale, size, step):
    return cut(lr, hr, scale, size, step)


@right("a3-patches")
def views(lr, hr, scale, size, step):
    side = scale * size
    hr = hr[: scale * lr.shape[0], : scale * lr.shape[1]]
    small = windows(lr, (size, size))[::step, ::step]
    large = windows(hr, (side, side))[:: scale * step, :: scale * step]
    return small.reshape(-1, size, size), large.reshape(-1, side, side)


@right("a3-patches")
def lists(lr, hr, scale, size, step):
    small, large = cut(lr, hr, scale, size, step)
    return list(small.astype(np.float32)), [patch.tolist() for patch in large]


@wrong("a3-patches", "do not show what the LR ones do")
def place_not_multiplied(lr, hr, scale, size, step):
    return cut(lr, hr, scale, size, step, hr_at=lambda r: r)


@wrong("a3-patches", "one pixel too far on")
def a_pixel_late(lr, hr, scale, size, step):
    hr = np.pad(hr, ((0, 2), (0, 2)))
    return cut(lr, hr, scale, size, step, hr_at=lambda r: scale * r + 1)


@wrong("a3-patches", "as small as the LR ones")
def both_small(lr, hr, scale, size, step):
    small, large = cut(lr, hr, scale, size, step)
    return small, large[:, :size, :size]


@wrong("a3-patches", "one that ends at the border is whole")
def last_left_out(lr, hr, scale, size, step):
    return cut(lr, hr, scale, size, step, last=0)


@wrong("a3-patches", "some patches are smaller")
def sticking_out(lr, hr, scale, size, step):
    small, large = [], []
    for r in range(0, lr.shape[0], step):
        for c in range(0, lr.shape[1], step):
            small.append(lr[r : r + size, c : c + size].tolist())
            large.append(
                hr[
                    scale * r : scale * (r + size),
                    scale * c : scale * (c + size),
                ].tolist()
            )
    return small, large


@wrong("a3-patches", "they move on by one pixel")
def every_pixel(lr, hr, scale, size, step):
    return cut(lr, hr, scale, size, 1)


@wrong("a3-patches", "column by column")
def columns_first(lr, hr, scale, size, step):
    small, large = cut(lr.T, hr.T, scale, size, step)
    return small.swapaxes(1, 2), large.swapaxes(1, 2)


@wrong("a3-patches", "Cut them out of hr")
def repeated_pixels(lr, hr, scale, size, step):
    small, _ = cut(lr, hr, scale, size, step)
    return small, small.repeat(scale, axis=1).repeat(scale, axis=2)


@wrong("a3-patches", "rows and columns exchanged")
def hr_turned_over(lr, hr, scale, size, step):
    small, large = cut(lr, hr, scale, size, step)
    return small, large.swapaxes(1, 2)


@wrong("a3-patches", "should return two things")
def lr_only(lr, hr, scale, size, step):
    return cut(lr, hr, scale, size, step)[0]


@wrong("a3-patches", "side by side", 1)
def step_ignored(lr, hr, scale, size, step):
    return cut(lr, hr, scale, size, size)


@wrong("a3-patches", "They are pairs", 1)
def hr_side_by_side(lr, hr, scale, size, step):
    hr = hr[: scale * lr.shape[0], : scale * lr.shape[1]]
    small, _ = cut(lr, hr, scale, size, step)
    return small, cut(hr, hr, 1, scale * size, scale * size)[0]


# --- a3-step ------------------------------------------------------------------------------------


@right("a3-step")
def in_torch(network, optimiser, lr, hr):
    loss = F.mse_loss(network(lr), hr)
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()


@right("a3-step")
def written_out(network, optimiser, lr, hr):
    network.train()
    for weights in network.parameters():
        weights.grad = None
    error = network(lr) - hr
    loss = (error * error).sum() / error.numel()
    loss.backward()
    optimiser.step()
    return loss


@right("a3-step")
def wiped_out_at_the_end(network, optimiser, lr, hr):
    loss = nn.MSELoss()(network(lr), hr)
    loss.backward()
    optimiser.step()
    optimiser.zero_grad()
    return float(loss.detach())


def stepping(name, hint, points=0, loss=F.mse_loss, told=float, before="z", after="s"):
    """A step by another loss, or in another order: z for zero_grad, b for backward, s for step."""

    def step(network, optimiser, lr, hr):
        made = loss(network(lr), hr)
        does = {"z": optimiser.zero_grad, "b": made.backward, "s": optimiser.step}
        for letter in before + ("" if after is None else "b" + after):
            does[letter]()
        return told(made.detach())

    wrong("a3-step", hint, points, name)(step)


stepping("L1", "the mean of the absolute", loss=F.l1_loss)
stepping("sum", "a sum. A mean", loss=partial(F.mse_loss, reduction="sum"))
stepping(
    "sum over a picture", "over the pixels too", loss=lambda y, hr: ((y - hr) ** 2).sum() / len(y)
)
stepping("RMSE", "Leave the root out", loss=lambda y, hr: F.mse_loss(y, hr).sqrt())
stepping("PSNR", "a PSNR", loss=lambda y, hr: -10 * F.mse_loss(y, hr).log10())
stepping("clipped", "clipped before the loss", loss=lambda y, hr: F.mse_loss(y.clamp(0, 1), hr))
stepping(
    "not averaged",
    "The loss is one number",
    loss=lambda y, hr: (y - hr).square().mean(),
    told=lambda x: [float(x)] * 4,
)
stepping("no backward", "no gradient was computed", 1, after=None)
stepping("no step", "optimiser.step()", 1, after="")
stepping("wiped out before the step", "wipes the gradient out", 1, before="", after="zs")
stepping("two steps", "took the step twice", 1, after="ss")
stepping("zero_grad forgotten", "gradient is still in it", 2, before="")


@wrong("a3-step", "it climbs", 1)
def uphill(network, optimiser, lr, hr):
    optimiser.zero_grad()
    loss = F.mse_loss(network(lr), hr)
    (-loss).backward()
    optimiser.step()
    return loss.item()


@wrong("a3-step", "the loss after the step")
def loss_after(network, optimiser, lr, hr):
    in_torch(network, optimiser, lr, hr)
    with torch.no_grad():
        return F.mse_loss(network(lr), hr).item()


@wrong("a3-step", "does not require grad")
def no_grad(network, optimiser, lr, hr):
    with torch.no_grad():
        made = network(lr)
    loss = F.mse_loss(made, hr)
    loss.backward()
    optimiser.step()
    return loss.item()


# --- a3-training --------------------------------------------------------------------------------


class Shipped(Figure):
    """The course's trained FSRCNN at ×2, as the learner's class would hold it."""

    def __init__(self):
        super().__init__(2)
        trained = zoo.load("fsrcnn", 2).state_dict()
        self.load_state_dict({k.replace("map.", "mapping."): v for k, v in trained.items()})


class Filter(nn.Module):
    """A fixed enlargement: what a training could have come to. after: what befalls its pictures."""

    def __init__(self, line, after=lambda y: y):
        super().__init__()
        line = torch.tensor(line, dtype=torch.float32)
        self.kernel = torch.outer(line, line)[None, None]
        self.after = after

    def forward(self, x):
        k = self.kernel.shape[-1]
        x = F.pad(x, (2, 2, 2, 2), mode="replicate")
        whole = F.conv_transpose2d(x, self.kernel, stride=2, padding=(k - 2) // 2)
        return self.after(whole[..., 4:-4, 4:-4])


# The four phases of bicubic (a = −0.5), of nearest neighbour and of linear interpolation at ×2.
BICUBIC = np.array([-3, -9, 29, 111, 111, 29, -9, -3]) / 128
NEAREST, LINEAR = [1, 1], np.array([1, 3, 3, 1]) / 4

right("a3-training", "long trained")(Shipped().eval())
right("a3-training", "bicubic learned")(Filter(BICUBIC))
for name, hint, points, object in (
    ("linear", "It is on its way", 1, Filter(LINEAR)),
    ("nearest neighbour", "It repeats each pixel", 0, Filter(NEAREST)),
    ("an even grey", "an even grey", 0, Filter(BICUBIC, lambda y: 0 * y + 0.4)),
    ("from 0 to 255", "Its levels reach", 0, Filter(BICUBIC, lambda y: 255 * y)),
    ("a moved picture", "Moved by (", 0, Filter(BICUBIC, lambda y: y.roll((1, 1), (2, 3)))),
    ("turned to negative", "Bright and dark are", 0, Filter(BICUBIC, lambda y: 1 - y)),
    ("too dark", "too dark all over", 0, Filter(BICUBIC, lambda y: y - 0.2)),
    ("diverged", "holds NaN", 0, Filter(BICUBIC, lambda y: y * float("nan"))),
    ("not enlarged", "128 × 128 pixels become", 0, Filter(BICUBIC, lambda y: y[..., ::2, ::2])),
    ("blurred", "It has learned little", 0, Filter(np.convolve(BICUBIC, np.ones(7) / 7))),
):
    wrong("a3-training", hint, points, name)(object)


@partial(Filter, BICUBIC)
def enlarged(y):
    return torch.tensor(imresize(y[0, 0, ::2, ::2].numpy(), 2))[None, None]


wrong("a3-training", "of srcourse. Here the task", 0, "the course's bicubic")(enlarged)
