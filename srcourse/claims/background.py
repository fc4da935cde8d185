"""The report's section 2: neurons, eyes, convolution, pooling, residual networks."""

import numpy as np
import torch
from torch import nn

from srcourse import images
from srcourse.claims.claim import Finding, claim, graded, not_checkable
from srcourse.layers import (
    conv_multiply_adds,
    conv_output_size,
    conv_parameters,
    convolve2d,
    dense_parameters,
    named_kernel,
    pool2d,
    relu,
    softmax,
)

CORNER = ((1, 1, 1, 0, 0), (0, 1, 1, 1, 0), (0, 0, 1, 1, 1), (0, 0, 1, 1, 0), (0, 1, 1, 0, 0))
CROSS = ((1, 0, 1), (0, 1, 0), (1, 0, 1))


@claim("2.1.1", "A node fires when its stimulus is sufficient.", "holds with a limit")
def fires() -> Finding:
    answer = relu(np.array([-2.0, -0.1, 0.1, 2.0]))
    return graded(
        bool((answer[:2] == 0).all() and (answer[2:] > 0).all()),
        f"ReLU of −2, −0.1, 0.1 and 2 is {', '.join(f'{a:g}' for a in answer)}:",
        limit="silent below the threshold, but graded above it, not all or nothing.",
    )


@claim(
    "2.1.1",
    "A node multiplies its inputs by weights, adds the products, and applies an activation.",
    "holds with a limit",
)
def node() -> Finding:
    inputs, weights = np.array([0.5, -1.0, 2.0]), np.array([0.4, 0.3, -0.2])
    by_hand = relu(np.array([(inputs * weights).sum() + 0.7]))[0]
    layer = nn.Linear(3, 1, dtype=torch.float64)
    with torch.no_grad():
        layer.weight[:] = torch.tensor(weights)
        layer.bias[:] = 0.7
        library = layer(torch.tensor(inputs)).relu().item()
    return graded(
        abs(by_hand - library) < 1e-6,
        f"By hand {by_hand:.2f}, by torch {library:.2f}.",
        limit="Between the sum and the activation stands a bias, here 0.7; and the activation is "
        "no likelihood.",
    )


not_checkable(
    "2.1.1",
    "A network with more than one hidden layer is called deep.",
    "A name, not a measurement; we use it so too.",
)


@claim("2.1.2", "By the chain rule dz/dx = dz/dy · dy/dx.", "holds")
def chain_rule() -> Finding:
    x = torch.tensor(0.7, dtype=torch.float64, requires_grad=True)
    y = torch.sin(x)
    z = y**3
    z.backward()
    by_hand = 3 * np.sin(0.7) ** 2 * np.cos(0.7)
    assert x.grad is not None
    same = abs(x.grad.item() - by_hand) < 1e-12
    return graded(same, f"For z = sin³(0.7) autograd and the product by hand give {by_hand:.4f}.")


@claim(
    "2.1.2",
    "dError/dweight is dError/dactivation times dactivation/dweight.",
    "holds",
)
def error_and_weight() -> Finding:
    def error(weight: float) -> float:
        return (np.tanh(weight * 0.5 + 0.1) - 1) ** 2

    activation = np.tanh(0.3 * 0.5 + 0.1)
    chain = 2 * (activation - 1) * (1 - activation**2) * 0.5
    slope = (error(0.3 + 1e-6) - error(0.3 - 1e-6)) / 2e-6
    return graded(
        abs(chain - slope) < 1e-6, f"By the rule {chain:.4f}, by a small step {slope:.4f}."
    )


@claim(
    "2.1.2",
    "Learning adjusts the weights until the error cannot be reduced any more.",
    "holds with a limit",
)
def descent_stops() -> Finding:
    def descend(w: float) -> float:
        for _ in range(500):
            w -= 0.01 * (4 * w**3 - 6 * w + 1)  # the slope of w⁴ − 3w² + w
        return w

    ends = [descend(start) for start in (-1.0, 1.0)]
    errors = [w**4 - 3 * w**2 + w for w in ends]
    return graded(
        max(abs(4 * w**3 - 6 * w + 1) for w in ends) < 1e-6,
        "Gradient descent stops where the slope is zero.",
        limit=f"On a curve with two valleys it ends at a height of {errors[0]:.2f} or of "
        f"{errors[1]:.2f}, as it starts left or right: a weight elsewhere may still be better.",
    )


for statement, why in (
    (
        "Rods, outside the fovea, serve night vision; cones, in the fovea, acuity and colour.",
        "Anatomy. What a cell can show is that pictures are made for such eyes: lesson 01.",
    ),
    (
        "Cones respond to red, green or blue light.",
        "Anatomy. The three kinds overlap widely: “long”, “medium” and “short” says it better.",
    ),
    (
        "Ganglion cells detect contrasts and send the signal on along the optic nerve.",
        "Anatomy; a kernel with a bright centre and a dark surround does something like it.",
    ),
):
    not_checkable("2.2", statement, why)


@claim("2.3.1", "A convolution is composed of integers.", "does not hold")
def integers() -> Finding:
    kernel = named_kernel("gaussian")
    whole = bool((kernel == kernel.round()).all())
    return graded(
        whole, f"The Gaussian's corner is {kernel[0, 0]}, and learned kernels are real too."
    )


@claim(
    "2.3.2",
    "A pixel and its neighbours are multiplied by a matrix.",
    "does not hold",
)
def matrix_product() -> Finding:
    window = np.array(CORNER, float)[:3, :3]
    kernel = np.array(CROSS, float)
    total, product = (window * kernel).sum(), window @ kernel
    return graded(
        np.size(product) == 1,
        f"The matrix product of window and kernel is a {len(product)}×{len(product)} table; the "
        f"sum of the nine products is one number, {total:g}.",
    )


@claim("2.3.2", "Different kernels give different results.", "holds with a limit")
def different_kernels() -> Finding:
    photo = images.sample("camera")[:64, :64]
    names = ("box", "gaussian", "sharpen", "sobel-x", "laplacian")
    results = [convolve2d(photo, named_kernel(n), padding="same") for n in names]
    apart = min(abs(a - b).mean() for i, a in enumerate(results) for b in results[i + 1 :])
    same = np.allclose(
        convolve2d(photo, named_kernel("sharpen", 5), padding="same"),
        convolve2d(photo, named_kernel("sharpen", 3), padding="same"),
    )
    return graded(
        apart > 0.1 and same,
        f"Of {len(names)} kernels the two most alike differ by {apart:.1f} grey levels on average.",
        limit="But a 3×3 kernel in a ring of zeros is another matrix with the same result.",
    )


@claim("2.3.2", "Convolution smooths, sharpens and enhances.", "holds")
def smooth_and_sharpen() -> Finding:
    photo = images.sample("camera") / 255

    def detail(name: str) -> float:
        result = convolve2d(photo, named_kernel(name), padding="same", edge="symmetric")
        return float(np.diff(result, axis=1).std() / np.diff(photo, axis=1).std())

    box, sharpen = detail("box"), detail("sharpen")
    return graded(
        box < 1 < sharpen,
        f"Differences between neighbours: {box:.2f} times as large under the box, {sharpen:.2f} "
        "times under “sharpen”.",
    )


@claim(
    "2.4.1",
    "A ConvNet captures the spatial and temporal dependencies in an image.",
    "holds with a limit",
)
def dependencies() -> Finding:
    photo = images.sample("camera").astype(float)
    order = np.random.default_rng(0).permutation(photo.size)
    shuffled = photo.ravel()[order].reshape(photo.shape)
    kernel = named_kernel("laplacian")
    before, after = (abs(convolve2d(p, kernel)).mean() for p in (photo, shuffled))
    return graded(
        after > 3 * before,
        f"Shuffle the pixels, and the Laplacian's mean answer goes from {before:.0f} to "
        f"{after:.0f}: it depends on who is neighbour to whom.",
        limit="In one image nothing is temporal; that takes several frames.",
    )


@claim("2.4.1", "An ordinary network is out of reach for large pictures.", "holds")
def dense_8k() -> Finding:
    numbers = 3 * 7680 * 4320
    dense, conv = dense_parameters(numbers, numbers), conv_parameters(3, 3, 3)
    return graded(
        dense > 1e15,
        f"From 8K to 8K a dense layer has {dense:.1e} weights, a 3×3 convolution {conv}.",
    )


@claim(
    "2.4.2",
    "A ConvNet's role is to reduce pictures to a form that is easier to process.",
    "holds with a limit",
)
def reduces() -> Finding:
    upscaler = nn.Sequential(nn.Conv2d(3, 12, 3, padding=1), nn.PixelShuffle(2))
    out = upscaler(torch.zeros(1, 3, 8, 8)).shape
    return graded(
        conv_output_size(8, 3, stride=2) < 8,
        "With stride or pooling, yes; so a classifier works.",
        limit=f"A network of this course turns 8×8 into {out[2]}×{out[3]}: it adds pixels.",
    )


@claim("2.4.2", "The 5×5 example's first result is 4.", "holds")
def corner() -> Finding:
    result = convolve2d(CORNER, CROSS)
    return graded(
        result[0, 0] == 4,
        f"With the diagonal cross as its kernel, which is not given, all nine are "
        f"{result.astype(int).tolist()}.",
    )


@claim("2.4.2", "A 3×3 kernel shifts nine times over 5×5 at stride 1.", "holds")
def nine_stops() -> Finding:
    stops = conv_output_size(5, 3) ** 2
    return graded(stops == 9, f"It stops {stops} times, counting the first place.")


@claim("2.4.2", "At each stop kernel and window are multiplied as matrices.", "does not hold")
def at_each_stop() -> Finding:
    return matrix_product()


@claim("2.4.2", "Padding 5×5 to 6×6 keeps it 5×5 under a 3×3 kernel.", "does not hold")
def same_padding() -> Finding:
    got, needed = conv_output_size(6, 3), conv_output_size(7, 3)
    return graded(
        got == 5,
        f"6×6 gives {got}×{got}; it takes 7×7, one pixel all around, for {needed}×{needed}.",
    )


@claim("2.4.2", "Without padding the result has the kernel's size.", "does not hold")
def valid_padding() -> Finding:
    sizes = {n: conv_output_size(n, 3) for n in (5, 7, 9)}
    shown = ", ".join(f"{n}×{n} gives {m}×{m}" for n, m in sizes.items())
    return graded(all(m == 3 for m in sizes.values()), f"{shown}: it is n − k + 1.")


@claim(
    "2.4.2",
    "Valid padding makes the result smaller; same padding keeps or increases its size.",
    "holds with a limit",
)
def kinds_of_padding() -> Finding:
    photo = images.sample("camera")[:9, :9] / 255
    kernel = named_kernel("gaussian")
    valid, same = (len(convolve2d(photo, kernel, padding=kind)) for kind in ("valid", "same"))
    larger = conv_output_size(9, 3, padding=2)
    return graded(
        valid < same == 9,
        f"9×9 under a 3×3 kernel: valid {valid}×{valid}, same {same}×{same}.",
        limit=f"Same keeps the size and never increases it; {larger}×{larger} takes two pixels "
        "all around, which is called full.",
    )


@claim("2.4.2", "The kernel moves right along a row, then down to the next.", "holds with a limit")
def order_of_stops() -> Finding:
    picture, kernel = np.array(CORNER, float), np.array(CROSS, float)
    result = np.empty((3, 3))
    for stop in np.random.default_rng(0).permutation(9):
        y, x = divmod(stop, 3)
        result[y, x] = (picture[y : y + 3, x : x + 3] * kernel).sum()
    return graded(
        np.array_equal(result, convolve2d(picture, kernel)),
        "So a loop does it;",
        limit="but no stop needs another's result: in a random order the nine are the same, and "
        "libraries compute many at once.",
    )


@claim("2.4.3", "3×3 pooling over a 5×5 map, as its figure shows, gives 3×3.", "holds")
def pooling_figure() -> Finding:
    shapes = {s: pool2d(np.array(CORNER, float), 3, stride=s).shape for s in (1, 2, 3)}
    shown = ", ".join(f"{h}×{w} at stride {s}" for s, (h, w) in shapes.items())
    return graded(shapes[1] == (3, 3), f"That takes a stride of 1: {shown}.")


@claim("2.4.3", "Pooling reduces the size, and so the computation that follows.", "holds")
def pooling_saves() -> Finding:
    before, after = (conv_multiply_adds(n, n, 32, 64, 3) for n in (32, 16))
    shape = pool2d(np.zeros((32, 32)), 2).shape
    return graded(
        shape == (16, 16) and before == 4 * after,
        f"2×2 pooling takes 32×32 to 16×16, and the next layer's multiply-adds to 1 in "
        f"{before // after}.",
    )


@claim("2.4.3", "Max pooling gives each window's maximum, average pooling its average.", "holds")
def pooling_kinds() -> Finding:
    window = np.array([[1.0, 2.0], [3.0, 6.0]])
    high, mean = (pool2d(window, 2, kind=kind).item() for kind in ("max", "average"))
    return graded((high, mean) == (6, 3), f"Of 1, 2, 3 and 6 they give {high:g} and {mean:g}.")


@claim("2.4.3", "Pooled features do not depend on position and rotation.", "does not hold")
def pooling_invariance() -> Finding:
    photo = images.sample("camera").astype(float)

    def pooled(picture: np.ndarray) -> np.ndarray:
        return pool2d(relu(convolve2d(picture, named_kernel("sobel-x"))), 8)

    def change(after: np.ndarray, before: np.ndarray) -> float:
        return float(abs(after - before).mean() / abs(before - before.mean()).mean())

    shifted = change(pooled(photo[:, 15:-1]), pooled(photo[:, 16:]))
    middle = photo[76:436, 76:436]
    turned = change(pooled(np.rot90(middle)), pooled(middle))
    return graded(
        shifted < 0.01 and turned < 0.01,
        f"8×8 maxima of a photograph's vertical edges change by {shifted:.2f} of their own "
        f"variation when it moves by one pixel, and by {turned:.2f} when it is turned by 90°.",
    )


@claim(
    "2.4.3", "Max pooling removes noise, and performs a lot better than average.", "does not hold"
)
def pooling_noise() -> Finding:
    noise = np.random.default_rng(0).normal(size=(2000, 2000))
    high, mean = (pool2d(noise, 2, kind=kind) for kind in ("max", "average"))
    return graded(
        high.var() < mean.var() and abs(high.mean()) <= abs(mean.mean()),
        f"Of pure noise (mean 0, variance 1) the maxima have mean {high.mean():.2f} and variance "
        f"{high.var():.2f}, the averages {abs(mean.mean()):.2f} and {mean.var():.2f}.",
    )


not_checkable(
    "2.4.3",
    "More layers capture low-level details further.",
    "It is usually put the other way round: early layers hold edges, later ones larger shapes.",
)


@claim("2.4.4", "A fully connected layer learns non-linear combinations.", "holds with a limit")
def dense_is_affine() -> Finding:
    random = np.random.default_rng(0)
    first, second = random.normal(size=(8, 5)), random.normal(size=(3, 8))
    x = random.normal(size=5)
    alone = np.allclose(second @ (first @ x), (second @ first) @ x)
    between = np.allclose(second @ relu(first @ x), (second @ first) @ x)
    return graded(
        alone and not between,
        "With an activation between two of them, yes.",
        limit="Alone it is linear: two in a row are one matrix.",
    )


@claim("2.4.4", "Softmax turns the last layer's scores into class probabilities.", "holds")
def softmax_sums() -> Finding:
    shares = softmax(np.array([2.0, 1.0, -1.0]))
    return graded(
        bool(abs(shares.sum() - 1) < 1e-12 and (shares > 0).all()),
        f"Scores 2, 1 and −1 become {', '.join(f'{s:.2f}' for s in shares)}, which sum to 1.",
    )


@claim("2.5", "A residual block's output is f(x) + x.", "holds")
def residual() -> Finding:
    layer = nn.Linear(4, 4)
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    x = torch.arange(4.0)
    same = torch.equal(layer(x) + x, x)
    return graded(same, "With all weights at zero the block hands its input on as it is.")


@claim("2.5", "A skip connection skips the training of the layers beside it.", "does not hold")
def skipped_training() -> Finding:
    torch.manual_seed(0)
    layer = nn.Linear(4, 4)
    x = torch.randn(8, 4)
    (layer(x) + x).square().mean().backward()
    assert layer.weight.grad is not None
    norm = layer.weight.grad.norm().item()
    return graded(
        norm == 0, f"The weights beside it get a gradient (norm {norm:.2f}) and are trained."
    )


@claim("2.5", "Where shapes differ, zero padding or a 1×1 convolution makes them fit.", "holds")
def shortcuts() -> Finding:
    x = torch.randn(1, 16, 8, 8)
    padded = nn.functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, 0, 16))
    projection = nn.Conv2d(16, 32, 1, stride=2, bias=False)
    count = sum(p.numel() for p in projection.parameters())
    return graded(
        padded.shape == projection(x).shape == (1, 32, 4, 4),
        "Both take 16 channels of 8×8 to 32 of 4×4; zero padding with no weights, 1×1 without "
        f"bias with {count}.",
    )


@claim(
    "2.5", "Skip connections solve the vanishing gradient of deep networks.", "holds with a limit"
)
def vanishing() -> Finding:
    def first_gradient(skip: bool, norm: bool, depth: int = 40) -> float:
        torch.manual_seed(0)
        layers = [nn.Linear(32, 32) for _ in range(depth)]
        norms = [nn.BatchNorm1d(32) if norm else nn.Identity() for _ in range(depth)]
        x = torch.randn(64, 32)
        for layer, rescale in zip(layers, norms, strict=True):
            f = torch.relu(rescale(layer(x)))
            x = x + f if skip else f
        x.square().mean().sqrt().log().backward()
        grad = layers[0].weight.grad
        assert grad is not None
        return grad.norm().item()

    def power(value: float) -> str:
        return f"10^{round(np.log10(value))}"

    plain, normed, skipped = (
        first_gradient(*how) for how in ((False, False), (False, True), (True, False))
    )
    return graded(
        skipped > 100 * plain,
        f"40 layers deep the first one's gradient is about {power(plain)} without and "
        f"{power(skipped)} with skips.",
        limit=f"But batch normalisation alone lifts it to {power(normed)}, and He et al. saw plain "
        "networks with it train worse the deeper they were: that degradation is what residuals "
        "answer.",
    )


@claim("2.5", "A layer that hurts will be skipped by regularisation.", "does not hold")
def regularised() -> Finding:
    def trained(best: float, decay: float) -> float:
        """The weight of a block x + w·x that starts at −3 where `best` would be right."""
        weight = torch.tensor(-3.0, requires_grad=True)
        x = torch.linspace(-1, 1, 64)
        optimiser = torch.optim.SGD([weight], lr=0.1)
        for _ in range(500):
            optimiser.zero_grad()
            ((weight - best) * x).square().mean().add(decay * weight**2).backward()
            optimiser.step()
        return abs(weight.item())

    repaired, closed = trained(0.5, 0.1), trained(0.0, 0.0)
    return graded(
        repaired < 0.01 and closed > 0.01,
        "A block x + w·x is given w = −3 where 0.5 would be best, and trained with weight decay: w "
        f"becomes {repaired:.2f}, so the block is repaired and not skipped. Where 0 is best, w "
        f"becomes {closed:.2f} without any decay: a branch closes where the loss closes it.",
    )


not_checkable(
    "2.5",
    "A plain network of 34 layers saturates earlier than its residual twin.",
    "That was ImageNet, and it was the training error that was higher. Lesson 05 races small ones.",
)
