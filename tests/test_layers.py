"""The layers against torch, SciPy, the published examples, and what a learner may get wrong."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest
import scipy.signal
import scipy.special
import torch
import torch.nn.functional as F
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from srcourse import layers

TORCH_MODES = {"zero": "constant", "reflect": "reflect", "edge": "replicate", "wrap": "circular"}
SCIPY_BOUNDARIES = {"zero": "fill", "wrap": "wrap", "symmetric": "symm"}
several = settings(deadline=None, max_examples=60)  # no deadline: machines may be busy

DTYPES = (np.bool_, np.uint8, np.int16, np.uint16, np.float32, np.float64)

# The example of the course's source report, with the kernel that it leaves out.
REPORT = np.array(
    [[1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [0, 0, 1, 1, 1], [0, 0, 1, 1, 0], [0, 1, 1, 0, 0]]
)
REPORT_KERNEL = np.array([[1, 0, 1], [0, 1, 0], [1, 0, 1]])

# Dumoulin and Visin 2016, figures 1.1, 1.5 and 1.6.
GUIDE = np.array(
    [[3, 3, 2, 1, 0], [0, 0, 1, 3, 1], [3, 1, 2, 2, 3], [2, 0, 0, 2, 2], [2, 0, 0, 0, 1]]
)
GUIDE_KERNEL = np.array([[0, 1, 2], [2, 2, 0], [0, 1, 2]])


def by_steps(*args: Any, **kwargs: Any) -> np.ndarray:
    steps = list(layers.convolution_steps(*args, **kwargs))
    output = np.full((steps[-1].row + 1, steps[-1].col + 1), np.nan)
    for step in steps:
        output[step.row, step.col] = step.total
    return output


CONVOLUTIONS = pytest.mark.parametrize(
    "convolve", [layers.convolve2d_loops, layers.convolve2d, by_steps]
)
POOLINGS = pytest.mark.parametrize("pool", [layers.pool2d_loops, layers.pool2d])


def finite(dtype: Any) -> st.SearchStrategy[Any]:
    if np.issubdtype(dtype, np.floating):
        return st.floats(-1000, 1000, width=32)
    return hnp.from_dtype(np.dtype(dtype))


@st.composite
def images(draw: st.DrawFn, smallest: int = 1, largest: int = 9) -> np.ndarray:
    shape = draw(st.tuples(*[st.integers(smallest, largest)] * 2))
    dtype = draw(st.sampled_from(DTYPES))
    return draw(hnp.arrays(dtype, shape, elements=finite(dtype)))


class Case(NamedTuple):
    image: np.ndarray
    kernel: np.ndarray
    stride: int
    padding: int | str
    dilation: int
    flip: bool
    edge: str

    @property
    def amount(self) -> int:
        if isinstance(self.padding, int):
            return self.padding
        return self.dilation * (len(self.kernel) // 2) if self.padding == "same" else 0


@st.composite
def cases(draw: st.DrawFn) -> Case:
    side = draw(st.sampled_from([1, 3, 5]))
    case = Case(
        image=draw(images(smallest=side)),
        kernel=draw(hnp.arrays(np.float64, (side, side), elements=st.floats(-8, 8, width=32))),
        stride=draw(st.integers(1, 4)),
        padding=draw(st.one_of(st.integers(0, 4), st.sampled_from(["valid", "same"]))),
        dilation=draw(st.integers(1, 3)),
        flip=draw(st.booleans()),
        edge=draw(st.sampled_from(layers.EDGES)),
    )
    assume(case.dilation * (side - 1) < min(case.image.shape) + 2 * case.amount)
    return case


def close(a: np.ndarray, b: np.ndarray) -> None:
    assert a.dtype == np.float64
    np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-6)


# --- Convolution --------------------------------------------------------------------------------


@several
@given(cases())
def test_loops_steps_and_vectorised_agree(case: Case) -> None:
    expected = layers.convolve2d_loops(*case)
    close(layers.convolve2d(*case), expected)
    close(by_steps(*case), expected)
    assert expected.shape == tuple(
        layers.conv_output_size(n, len(case.kernel), case.stride, case.padding, case.dilation)
        for n in case.image.shape
    )


@several
@given(cases())
def test_torch_agrees(case: Case) -> None:
    assume(case.edge in TORCH_MODES)
    # torch's own limits: a reflection or a turn around must not need the image twice
    assume(case.edge != "reflect" or case.amount < min(case.image.shape))
    assume(case.edge != "wrap" or case.amount <= min(case.image.shape))
    x = torch.tensor(case.image, dtype=torch.float64)[None, None]
    weights = torch.tensor(case.kernel)[None, None]
    x = F.pad(x, (case.amount,) * 4, mode=TORCH_MODES[case.edge])
    if case.flip:
        weights = weights.flip(2, 3)
    expected = F.conv2d(x, weights, stride=case.stride, dilation=case.dilation)[0, 0].numpy()
    close(layers.convolve2d(*case), expected)
    close(layers.convolve2d_loops(*case), expected)


@several
@given(cases(), st.sampled_from(["valid", "same"]))
def test_torch_means_the_same_by_same_and_valid(case: Case, padding: str) -> None:
    dilation = case.dilation if padding == "same" else 1
    x = torch.tensor(case.image, dtype=torch.float64)[None, None]
    weights = torch.tensor(case.kernel)[None, None]
    expected = F.conv2d(x, weights, padding=padding, dilation=dilation)[0, 0].numpy()
    close(layers.convolve2d(case.image, case.kernel, 1, padding, dilation), expected)


@several
@given(cases(), st.sampled_from(["valid", "same", "full"]))
def test_scipy_agrees(case: Case, mode: str) -> None:
    assume(case.edge in SCIPY_BOUNDARIES)
    side = len(case.kernel)
    function = scipy.signal.convolve2d if case.flip else scipy.signal.correlate2d
    expected = function(
        case.image.astype(float), case.kernel, mode=mode, boundary=SCIPY_BOUNDARIES[case.edge]
    )
    padding = side - 1 if mode == "full" else mode
    for convolve in (layers.convolve2d, layers.convolve2d_loops):
        close(convolve(case.image, case.kernel, 1, padding, 1, case.flip, case.edge), expected)


@several
@given(cases(), st.integers(1, 4))
def test_channels_are_filtered_one_by_one(case: Case, channels: int) -> None:
    stack = np.stack([np.roll(case.image, n) for n in range(channels)], axis=-1)
    output = layers.convolve2d(stack, *case[1:])
    assert output.shape[2] == channels
    for n in range(channels):
        close(output[..., n], layers.convolve2d_loops(stack[..., n], *case[1:]))


@CONVOLUTIONS
def test_examples_in_print(convolve: Callable[..., np.ndarray]) -> None:
    assert convolve(REPORT, REPORT_KERNEL).tolist() == [[4, 3, 4], [2, 4, 3], [2, 3, 4]]
    assert convolve(GUIDE, GUIDE_KERNEL).tolist() == [[12, 12, 17], [10, 17, 19], [9, 6, 14]]
    assert convolve(GUIDE.tolist(), GUIDE_KERNEL.tolist())[0, 0] == 12  # lists will do


@CONVOLUTIONS
def test_flip_turns_the_kernel_by_180_degrees(convolve: Callable[..., np.ndarray]) -> None:
    dot = np.zeros((5, 5))
    dot[2, 2] = 1
    kernel = np.arange(9.0).reshape(3, 3)
    # a dot takes a convolution's kernel as its shape; cross-correlation shows it turned
    assert convolve(dot, kernel, flip=True).tolist() == kernel.tolist()
    assert convolve(dot, kernel).tolist() == kernel[::-1, ::-1].tolist()


@CONVOLUTIONS
@pytest.mark.parametrize(
    ("edge", "seen"),
    [
        ("zero", [0, 0, 1, 2, 3, 0, 0]),
        ("reflect", [3, 2, 1, 2, 3, 2, 1]),
        ("symmetric", [2, 1, 1, 2, 3, 3, 2]),
        ("edge", [1, 1, 1, 2, 3, 3, 3]),
        ("wrap", [2, 3, 1, 2, 3, 1, 2]),
    ],
)
def test_what_stands_beyond_the_edge(
    convolve: Callable[..., np.ndarray], edge: str, seen: list[int]
) -> None:
    image = np.tile([1, 2, 3], (3, 1))
    assert convolve(image, [[1]], padding=2, edge=edge)[3].tolist() == seen
    assert convolve(image.T, [[1]], padding=2, edge=edge)[:, 3].tolist() == seen


@CONVOLUTIONS
def test_small_integers_do_not_wrap_around(convolve: Callable[..., np.ndarray]) -> None:
    image = np.full((3, 3), 200, np.uint8)
    assert convolve(image, np.full((3, 3), 2, np.uint8)).tolist() == [[3600]]
    assert convolve(image, np.full((3, 3), -2, np.int8)).tolist() == [[-3600]]
    assert convolve(np.ones((3, 3), bool), np.ones((3, 3), bool)).tolist() == [[9]]


def test_the_input_stays_as_it_was() -> None:
    image, kernel = GUIDE.astype(float), GUIDE_KERNEL.astype(float)
    for step in layers.convolution_steps(image, kernel):
        step.window[:] = step.products[:] = -1
    assert step.total == 14  # nor do the steps before spoil the last one
    layers.convolve2d(image, kernel, flip=True)[:] = -1
    layers.pool2d(image, 1)[:] = -1
    assert image.tolist() == GUIDE.tolist()
    assert kernel.tolist() == GUIDE_KERNEL.tolist()


def test_a_step_shows_the_window_its_products_and_where_it_lies() -> None:
    steps = list(layers.convolution_steps(REPORT, REPORT_KERNEL))
    assert [(s.row, s.col) for s in steps] == [(r, c) for r in range(3) for c in range(3)]
    assert [(s.top, s.left) for s in steps] == [(s.row, s.col) for s in steps]
    assert steps[0].window.tolist() == REPORT[:3, :3].tolist()
    assert steps[0].products.tolist() == [[1, 0, 1], [0, 1, 0], [0, 0, 1]]
    assert steps[0].total == 4

    first, second, *_ = layers.convolution_steps(
        GUIDE, GUIDE_KERNEL, stride=2, padding=1, dilation=2, flip=True
    )
    assert (first.top, first.left, second.top, second.left) == (-1, -1, -1, 1)
    assert first.window.tolist() == [[0, 0, 0], [0, 0, 3], [0, 0, 2]]
    assert first.products.tolist() == [[0, 0, 0], [0, 0, 6], [0, 0, 0]]


# --- Output sizes -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "kernel", "options", "output"),
    [
        (5, 3, {}, 3),
        (6, 3, {}, 4),  # the report says that 5×5, padded to 6×6, gives 5×5
        (7, 3, {}, 5),  # that takes 7×7; and the output has not the kernel's size
        (5, 3, {"padding": 1}, 5),
        (5, 3, {"padding": "same"}, 5),
        (5, 3, {"padding": "valid"}, 3),
        (5, 4, {"padding": 2}, 6),  # the guide's figures 2.2 to 2.7, and 5.1
        (5, 3, {"padding": 2}, 7),
        (5, 3, {"stride": 2}, 2),
        (5, 3, {"stride": 2, "padding": 1}, 3),
        (6, 3, {"stride": 2, "padding": 1}, 3),
        (7, 3, {"dilation": 2}, 3),
        (4, 2, {"stride": 2}, 2),
        (5, 2, {"stride": 2}, 2),
        (5, 2, {"padding": "same"}, 5),
        (5, 2, {"padding": "same", "stride": 2}, 3),
        (7680, 1, {}, 7680),
    ],
)
def test_output_sizes_in_print(size: int, kernel: int, options: dict, output: int) -> None:
    assert layers.conv_output_size(size, kernel, **options) == output


@several
@given(*[st.integers(1, 12)] * 2, *[st.integers(1, 4)] * 2, st.integers(0, 5))
def test_output_size_counts_the_places_a_kernel_fits(
    size: int, kernel: int, stride: int, dilation: int, padding: int
) -> None:
    last = size + 2 * padding - dilation * (kernel - 1)  # first place that is too far
    if last < 1:
        with pytest.raises(ValueError, match=r"^kernel must fit into the padded image"):
            layers.conv_output_size(size, kernel, stride, padding, dilation)
    else:
        places = len(range(0, last, stride))
        assert layers.conv_output_size(size, kernel, stride, padding, dilation) == places
    same = layers.conv_output_size(size, kernel, stride, "same", dilation)
    assert same == math.ceil(size / stride)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((0, 3), "size must be a whole number, 1 or more; got 0"),
        ((5.0, 3), "size must be a whole number, 1 or more; got 5.0"),
        ((5, 0), "kernel must be a whole number, 1 or more; got 0"),
        ((5, True), "kernel must be a whole number, 1 or more; got True"),
        ((5, 3, 0), "stride must be a whole number, 1 or more; got 0"),
        ((5, 3, 1.5), "stride must be a whole number, 1 or more; got 1.5"),
        ((5, 3, None), "stride must be a whole number, 1 or more; got None"),
        ((5, 3, 1, -1), "padding must be a whole number, 0 or more; got -1"),
        ((5, 3, 1, "full"), 'padding must be a whole number, "valid" or "same"; got \'full\''),
        ((5, 3, 1, 0, 0), "dilation must be a whole number, 1 or more; got 0"),
        ((5, 7), "kernel must fit into the padded image: it reaches over 7 pixels"),
        ((5, 3, 1, 0, 3), "kernel must fit into the padded image: it reaches over 7 pixels"),
    ],
)
def test_output_size_refuses(args: tuple, message: str) -> None:
    with pytest.raises(ValueError) as refusal:  # noqa: PT011
        layers.conv_output_size(*args)
    assert str(refusal.value).startswith(message)


# --- What a convolution refuses -----------------------------------------------------------------

NAN = np.where(np.eye(5) > 0, np.nan, 1)
BAD_CONVOLUTIONS: dict[str, tuple[Any, Any, dict[str, Any], str]] = {
    "kernel not square": (GUIDE, np.ones((3, 5)), {}, "kernel must be square"),
    "kernel a row": (GUIDE, [1, 2, 3], {}, "kernel must be square"),
    "kernel of three axes": (GUIDE, np.ones((3, 3, 3)), {}, "kernel must be square"),
    "kernel even": (GUIDE, np.ones((2, 2)), {}, "kernel must have an odd side: an even-sized"),
    "kernel empty": (GUIDE, np.ones((0, 0)), {}, "kernel must have an odd side"),
    "kernel too large": (GUIDE, np.ones((7, 7)), {}, "kernel must not be larger than the image"),
    "too large for the height": (GUIDE[:2], GUIDE_KERNEL, {}, "kernel must not be larger"),
    "too large for the width": (GUIDE[:, :2], GUIDE_KERNEL, {}, "kernel must not be larger"),
    "too large, padded": (GUIDE, np.ones((7, 7)), {"padding": "same"}, "kernel must not be larger"),
    "dilated too far": (GUIDE, GUIDE_KERNEL, {"dilation": 3}, "kernel must fit into the padded"),
    "kernel with NaN": (GUIDE, NAN, {}, "kernel must hold finite numbers only"),
    "kernel with infinity": (
        GUIDE,
        np.full((3, 3), np.inf),
        {},
        "kernel must hold finite numbers only",
    ),
    "kernel ragged": (GUIDE, [[1, 2, 3], [4, 5], [6]], {}, "kernel must be a full array"),
    "kernel of words": (GUIDE, [["a"]], {}, "kernel must hold real numbers"),
    "kernel missing": (GUIDE, None, {}, "kernel must hold real numbers"),
    "image with NaN": (NAN, GUIDE_KERNEL, {}, "image must hold finite numbers only"),
    "image with infinity": (
        np.full((5, 5), -np.inf),
        GUIDE_KERNEL,
        {},
        "image must hold finite numbers",
    ),
    "image complex": (GUIDE + 1j, GUIDE_KERNEL, {}, "image must hold real numbers"),
    "image empty": (np.ones((0, 5)), GUIDE_KERNEL, {}, "image must be (H, W)"),
    "image a row": (np.ones(5), GUIDE_KERNEL, {}, "image must be (H, W)"),
    "image a batch": (np.ones((1, 3, 5, 5)), GUIDE_KERNEL, {}, "image must be (H, W)"),
    "image without channels": (np.ones((5, 5, 0)), GUIDE_KERNEL, {}, "image must be (H, W)"),
    "stride 0": (GUIDE, GUIDE_KERNEL, {"stride": 0}, "stride must be a whole number"),
    "stride a half": (GUIDE, GUIDE_KERNEL, {"stride": 0.5}, "stride must be a whole number"),
    "stride a pair": (GUIDE, GUIDE_KERNEL, {"stride": (1, 1)}, "stride must be a whole number"),
    "dilation 0": (GUIDE, GUIDE_KERNEL, {"dilation": 0}, "dilation must be a whole number"),
    "padding below 0": (GUIDE, GUIDE_KERNEL, {"padding": -1}, "padding must be a whole number"),
    "padding unknown": (GUIDE, GUIDE_KERNEL, {"padding": "ful"}, "padding must be a whole number,"),
    "edge unknown": (GUIDE, GUIDE_KERNEL, {"edge": "reflection"}, "edge must be one of 'zero'"),
    "edge as torch has it": (GUIDE, GUIDE_KERNEL, {"edge": "replicate"}, "edge must be one of"),
}


@pytest.mark.parametrize(
    "convolve", [layers.convolve2d_loops, layers.convolve2d, layers.convolution_steps]
)
@pytest.mark.parametrize("bad", BAD_CONVOLUTIONS)
def test_convolution_refuses(convolve: Callable[..., Any], bad: str) -> None:
    image, kernel, options, message = BAD_CONVOLUTIONS[bad]
    with pytest.raises(ValueError) as refusal:  # noqa: PT011
        convolve(image, kernel, **options)
    assert str(refusal.value).startswith(message)
    assert "\n" not in str(refusal.value)


def test_only_the_fast_versions_take_channels() -> None:
    picture = np.ones((5, 5, 3))
    for refuses in (layers.convolve2d_loops, layers.convolution_steps):
        with pytest.raises(ValueError, match=r"^image must be \(H, W\) and not empty; got shape"):
            refuses(picture, GUIDE_KERNEL)
    with pytest.raises(ValueError, match=r"^image must be \(H, W\) and not empty; got shape"):
        layers.pool2d_loops(picture)


def test_the_nearest_word_is_suggested() -> None:
    with pytest.raises(ValueError, match=r"; did you mean 'reflect'\?$"):
        layers.convolve2d(GUIDE, GUIDE_KERNEL, edge="Reflection")
    with pytest.raises(ValueError, match=r"; did you mean 'average'\?$"):
        layers.pool2d(GUIDE, kind="avg")


# --- Pooling ------------------------------------------------------------------------------------


@several
@given(
    images(),
    st.integers(1, 4),
    st.one_of(st.none(), st.integers(1, 5)),
    st.sampled_from(layers.POOLINGS),
)
def test_torch_pools_alike(image: np.ndarray, size: int, stride: int | None, kind: str) -> None:
    assume(size <= min(image.shape))
    function: Callable[..., Any] = F.max_pool2d if kind == "max" else F.avg_pool2d
    x = torch.tensor(image, dtype=torch.float64)[None, None]
    expected = function(x, size, stride)[0, 0].numpy()
    close(layers.pool2d_loops(image, size, stride, kind), expected)
    close(layers.pool2d(image, size, stride, kind), expected)
    channels = layers.pool2d(np.stack([image, image[::-1]], axis=-1), size, stride, kind)
    close(channels[..., 0], expected)
    close(channels[..., 1], layers.pool2d_loops(image[::-1], size, stride, kind))


@POOLINGS
def test_pooling_in_print(pool: Callable[..., np.ndarray]) -> None:
    assert pool(GUIDE, 3, 1).tolist() == [[3, 3, 3], [3, 3, 3], [3, 2, 3]]
    average = [[1.7, 1.7, 1.7], [1.0, 1.2, 1.8], [1.1, 0.8, 1.3]]
    assert pool(GUIDE, 3, 1, kind="average").round(1).tolist() == average
    assert pool(GUIDE).tolist() == [[3, 3], [3, 2]]  # 2×2; the fifth row and column fall away
    assert pool(np.full((2, 2), 200, np.uint8), kind="average").tolist() == [[200]]


@POOLINGS
@pytest.mark.parametrize(
    ("image", "options", "message"),
    [
        (GUIDE, {"size": 0}, "size must be a whole number, 1 or more; got 0"),
        (GUIDE, {"size": 2.5}, "size must be a whole number, 1 or more; got 2.5"),
        (GUIDE, {"size": 6}, "size must not be larger than the image; got 6, and an image of 5×5"),
        (GUIDE[:2], {"size": 3}, "size must not be larger than the image"),
        (GUIDE, {"stride": 0}, "stride must be a whole number, 1 or more; got 0"),
        (GUIDE, {"kind": "median"}, "kind must be one of 'max', 'average'; got 'median'"),
        (NAN, {}, "image must hold finite numbers only; got NaN or infinity"),
        (np.ones(4), {}, "image must be (H, W)"),
        (np.ones((0, 0)), {}, "image must be (H, W)"),
        ([["a"]], {}, "image must hold real numbers"),
    ],
)
def test_pooling_refuses(
    pool: Callable[..., np.ndarray], image: Any, options: dict, message: str
) -> None:
    with pytest.raises(ValueError) as refusal:  # noqa: PT011
        pool(image, **options)
    assert str(refusal.value).startswith(message)


# --- Activations --------------------------------------------------------------------------------


@several
@given(
    hnp.arrays(np.float64, hnp.array_shapes(max_dims=3, max_side=4), elements=st.floats(-1e4, 1e4))
)
def test_activations_against_torch_and_scipy(x: np.ndarray) -> None:
    assert layers.relu(x).tolist() == torch.relu(torch.tensor(x)).tolist()
    np.testing.assert_allclose(layers.sigmoid(x), scipy.special.expit(x), rtol=1e-9, atol=1e-300)
    for axis in range(-x.ndim, x.ndim):
        expected = scipy.special.softmax(x, axis=axis)
        np.testing.assert_allclose(layers.softmax(x, axis), expected, rtol=1e-9, atol=1e-300)


def test_activations_at_the_far_ends() -> None:
    with np.errstate(all="raise", under="ignore"):
        assert layers.sigmoid([-1e300, 0, 1e300]).tolist() == [0, 0.5, 1]
        assert layers.softmax([1e300, 0, 1e300]).tolist() == [0.5, 0, 0.5]
    assert layers.relu(np.array([200], np.uint8)).tolist() == [200]
    assert layers.softmax(np.array([[1, 255]], np.uint8)).sum() == pytest.approx(1)


@pytest.mark.parametrize("function", [layers.relu, layers.sigmoid, layers.softmax])
@pytest.mark.parametrize("x", [[np.nan, 1], [np.inf], ["a"], [[1], [1, 2]], [1j], None])
def test_activations_refuse(function: Callable[..., np.ndarray], x: Any) -> None:
    with pytest.raises(ValueError, match=r"^(x|logits) must "):
        function(x)


@pytest.mark.parametrize(("logits", "axis"), [([], -1), (3.0, -1), ([1, 2], 1), ([1, 2], -2)])
def test_softmax_refuses(logits: Any, axis: int) -> None:
    with pytest.raises(ValueError, match=r"^logits must hold at least one number along axis"):
        layers.softmax(logits, axis)


# --- Costs --------------------------------------------------------------------------------------


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(("n_in", "n_out", "kernel"), [(1, 1, 1), (3, 64, 3), (64, 256, 2)])
def test_torch_counts_the_same(n_in: int, n_out: int, kernel: int, bias: bool) -> None:
    conv = torch.nn.Conv2d(n_in, n_out, kernel, padding=1, bias=bias)
    dense = torch.nn.Linear(n_in, n_out, bias=bias)
    counts = [sum(p.numel() for p in layer.parameters()) for layer in (conv, dense)]
    assert layers.conv_parameters(n_in, n_out, kernel, bias) == counts[0]
    assert layers.dense_parameters(n_in, n_out, bias) == counts[1]


def test_counting_multiply_adds_one_by_one() -> None:
    steps = list(layers.convolution_steps(np.ones((5, 7)), GUIDE_KERNEL))
    done = sum(step.products.size for step in steps)  # one channel in, one out
    assert layers.conv_multiply_adds(3, 5, 1, 1, 3) == done == 135
    assert layers.conv_multiply_adds(3, 5, 4, 6, 3) == 4 * 6 * done


def test_counts_at_8k() -> None:
    assert layers.conv_multiply_adds(4320, 7680, 3, 64, 3) == 57_330_892_800
    pixels = 3 * 4320 * 7680
    assert layers.dense_parameters(pixels, pixels) == pixels**2 + pixels  # 9.9·10¹⁵, no overflow
    size: Any = np.int32(pixels)  # NumPy's own integers would overflow
    assert layers.dense_parameters(size, size) == pixels**2 + pixels


@pytest.mark.parametrize(
    ("function", "args", "name"),
    [
        (layers.conv_parameters, (0, 1, 1), "in_channels"),
        (layers.conv_parameters, (1, -1, 1), "out_channels"),
        (layers.conv_parameters, (1, 1, 1.5), "kernel"),
        (layers.dense_parameters, (0, 1), "n_in"),
        (layers.dense_parameters, (1, "1"), "n_out"),
        (layers.conv_multiply_adds, (0, 1, 1, 1, 1), "height"),
        (layers.conv_multiply_adds, (1, None, 1, 1, 1), "width"),
    ],
)
def test_counts_refuse(function: Callable[..., int], args: tuple, name: str) -> None:
    with pytest.raises(ValueError, match=f"^{name} must be a whole number, 1 or more; got "):
        function(*args)


# --- Kernels ------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [3, 5, 7])
@pytest.mark.parametrize("name", layers.KERNELS)
def test_a_named_kernel_at_every_size(name: str, size: int) -> None:
    kernel = layers.named_kernel(name, size)
    assert kernel.shape == (size, size)
    assert kernel.dtype == np.float64
    # on a flat image, all of them but the edge finders leave the brightness as it is
    flat = 0 if name in ("sobel-x", "sobel-y", "laplacian") else 1
    assert kernel.sum() == pytest.approx(flat)
    if size == 3:
        np.testing.assert_allclose(kernel, layers.KERNELS[name], rtol=1e-15)
    elif name not in ("box", "gaussian"):
        inner = slice((size - 3) // 2, (size + 3) // 2)
        assert kernel[inner, inner].tolist() == layers.KERNELS[name].tolist()
        assert np.count_nonzero(kernel) == np.count_nonzero(layers.KERNELS[name])
    kernel[0, 0] = 99
    assert layers.named_kernel(name, size)[0, 0] != 99


def test_what_the_kernels_do() -> None:
    ramp = np.tile(np.arange(7.0), (7, 1))  # brighter to the right by 1 a pixel
    seen = {name: layers.convolve2d(ramp, kernel)[2, 2] for name, kernel in layers.KERNELS.items()}
    assert seen["sobel-x"] == 8
    assert seen["sobel-y"] == seen["laplacian"] == 0
    assert layers.convolve2d(ramp.T, layers.KERNELS["sobel-y"])[2, 2] == 8
    for name in ("identity", "box", "gaussian", "sharpen"):
        assert seen[name] == pytest.approx(3)
    sharpen = layers.KERNELS["identity"] - layers.KERNELS["laplacian"]
    assert layers.KERNELS["sharpen"].tolist() == sharpen.tolist()
    assert (layers.named_kernel("gaussian", 5) * 256).tolist() == [
        [1, 4, 6, 4, 1],
        [4, 16, 24, 16, 4],
        [6, 24, 36, 24, 6],
        [4, 16, 24, 16, 4],
        [1, 4, 6, 4, 1],
    ]


@pytest.mark.parametrize("name", ["identity", "box", "gaussian"])
def test_some_kernels_exist_at_any_odd_size(name: str) -> None:
    assert layers.named_kernel(name, 1).tolist() == [[1]]
    large = layers.named_kernel(name, 1201)
    assert large.sum() == pytest.approx(1)
    assert np.unravel_index(large.argmax(), large.shape) == (
        (600, 600) if name != "box" else (0, 0)
    )


def test_the_gaussian_is_as_wide_as_it_says() -> None:
    for size in (3, 5, 7, 21):
        row = layers.named_kernel("gaussian", size).sum(axis=0)
        offset = np.arange(size) - size // 2
        assert math.sqrt((row * offset**2).sum()) == pytest.approx(math.sqrt(size - 1) / 2)


def test_the_kernels_cannot_be_written_on() -> None:
    with pytest.raises(ValueError, match="read-only"):
        layers.KERNELS["box"][0, 0] = 1
    with pytest.raises(TypeError):
        layers.KERNELS["mine"] = np.ones((3, 3))  # type: ignore[index]


@pytest.mark.parametrize(
    ("name", "size", "message"),
    [
        ("sobelx", 3, "; did you mean 'sobel-x'?"),
        ("Gausian", 3, "; did you mean 'gaussian'?"),
        ("qqq", 3, "'emboss'; got 'qqq'"),
        (["box"], 3, "got ['box']"),
        ("box", 4, "size must be odd: an even-sized kernel has no centre"),
        ("box", 0, "size must be a whole number, 1 or more; got 0"),
        ("emboss", 1, "size must be a whole number, 3 or more; got 1"),
        ("box", 3.0, "size must be a whole number, 1 or more; got 3.0"),
    ],
)
def test_named_kernel_refuses(name: Any, size: Any, message: str) -> None:
    with pytest.raises(ValueError) as refusal:  # noqa: PT011
        layers.named_kernel(name, size)
    assert message in str(refusal.value)
