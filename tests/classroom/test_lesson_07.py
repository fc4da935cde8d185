import numpy as np
import pytest
import torch

from srcourse.classroom import check
from srcourse.resampling import bicubic, bilinear, cubic_kernel, nearest

PIXELS = np.array([-1, 0, 1, 2])


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda j, s: None, "returned nothing"),
        (lambda j, s: j * s, "come back by ½"),
        (lambda j, s: (j + 0.5) * s, "from the picture's edge"),
        (lambda j, s: (j + 0.5) / s - 0.5, "turn it round"),
        (lambda j, s: (j - 0.5) * s + 0.5, "wrong sign"),
        (lambda j, s: j * s + 0.25, "halfway between"),
        (lambda j: j, "TypeError"),
    ],
)
def test_landing_hints(answer, hint):
    result = check("07-landing", answer)
    assert not result.passed
    assert hint in result.words


@pytest.mark.parametrize(
    "answer",
    [
        lambda j, s: (j + 0.5) * s - 0.5,
        lambda j, s: j * s + (s - 1) / 2,
        lambda j, s: np.float32(j * s + (s - 1) / 2),
        lambda j, s: torch.tensor((j + 0.5) * s - 0.5),
    ],
)
def test_landing_may_be_written_otherwise(answer):
    assert check("07-landing", answer).passed


def mix(image, place, beyond=lambda i, n: min(max(i, 0), n - 1), swap=False):
    """Bilinear ×2 in loops, with places and borders to be spoiled."""
    height, width = image.shape
    output = np.zeros((2 * height, 2 * width))
    for i in range(2 * height):
        for j in range(2 * width):
            y, x = place(i), place(j)
            r, c = int(np.floor(y)), int(np.floor(x))
            v, u = y - r, x - c
            if swap:
                v, u = 1 - v, 1 - u
            for a, weight_a in ((r, 1 - v), (r + 1, v)):
                for b, weight_b in ((c, 1 - u), (c + 1, u)):
                    pixel = image[beyond(a, height), beyond(b, width)]
                    output[i, j] += weight_a * weight_b * pixel
    return output


def centre(i):
    return (i + 0.5) / 2 - 0.5


def spoiled_in_place(image):
    image += 1
    return bilinear(image, 2)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda image: None, "returned nothing"),
        (spoiled_in_place, "changed the image"),
        (lambda image: bilinear(image, 3), "twice as large"),
        (lambda image: bilinear(image, 2).T, "shape (8, 6)"),
        (lambda image: nearest(image, 2), "copies of the nearest"),
        (lambda image: np.floor(bilinear(image, 2)), "whole numbers"),
        (lambda image: bilinear(image, 2).astype(np.uint8), "whole numbers"),
        (lambda image: mix(image, lambda i: i / 2), "half a pixel off"),
        (lambda image: mix(image, centre, swap=True), "nearer pixel counts ¾"),
        (lambda image: mix(image, centre, lambda i, n: i % n), "other end"),
        (lambda image: mix(image, centre, lambda i, n: i), "a pixel that is not there"),
        (lambda image: bicubic(image, 2), "by hand it is"),
    ],
)
def test_bilinear_hints(answer, hint):
    result = check("07-bilinear", answer)
    assert not result.passed
    assert hint in result.words


@pytest.mark.parametrize(
    "answer",
    [
        lambda image: mix(image, centre),
        lambda image: bilinear(image, 2).tolist(),
        lambda image: bilinear(image, 2).astype(np.float32),
        lambda image: torch.nn.functional.interpolate(
            torch.tensor(image)[None, None], scale_factor=2, mode="bilinear"
        )[0, 0],
    ],
)
def test_bilinear_may_be_written_otherwise(answer):
    assert check("07-bilinear", answer).passed


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda t: None, "returned nothing"),
        (lambda t: cubic_kernel(t), "four numbers"),
        (lambda t: cubic_kernel(t - PIXELS)[::-1], "right to left"),
        (lambda t: cubic_kernel(t - PIXELS, -0.75), "a = −0.75"),
        (lambda t: cubic_kernel(t - PIXELS + 1), "−2, −1, 0 and 1"),
        (lambda t: cubic_kernel(np.abs(PIXELS) + t), "sum to 1"),
        (lambda t: [0, 1 - t, t, 0], "Keys' kernel gives"),
    ],
)
def test_weights_hints(answer, hint):
    result = check("07-weights", answer)
    assert not result.passed
    assert hint in result.words


@pytest.mark.parametrize(
    "answer",
    [
        lambda t: [float(cubic_kernel(d)) for d in (t + 1, t, 1 - t, 2 - t)],
        lambda t: torch.tensor(cubic_kernel(t - PIXELS), dtype=torch.float32),
        lambda t: (
            -0.5 * t**3 + t**2 - 0.5 * t,
            1.5 * t**3 - 2.5 * t**2 + 1,
            -1.5 * t**3 + 2 * t**2 + 0.5 * t,
            0.5 * t**3 - 0.5 * t**2,
        ),
    ],
)
def test_weights_may_be_written_otherwise(answer):
    assert check("07-weights", answer).passed


def on_line(where):
    def enlarge_line(line, scale):
        places = where(np.arange(scale * len(line)), scale)
        return np.interp(places, np.arange(len(line)), line)

    return enlarge_line


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda line, s: None, "returned nothing"),
        (lambda line, s: line, "should become 16"),
        (on_line(lambda i, s: (i + 0.5) / s), "moves the line to the left"),
        (on_line(lambda i, s: i / s), "forgets both halves"),
        (on_line(lambda i, s: (i - 0.5) / s), "to the right"),
        (on_line(lambda i, s: i * 7 / (8 * s - 1)), "stretches it"),
        (on_line(lambda i, s: np.round((i + 0.5) / s - 0.5)), "it should be 0, 2.5, 7.5"),
    ],
)
def test_find_the_bug_hints(answer, hint):
    result = check("07-find-the-bug", answer)
    assert not result.passed
    assert hint in result.words


@pytest.mark.parametrize(
    "answer",
    [
        on_line(lambda i, s: (i + 0.5) / s - 0.5),
        on_line(lambda i, s: (2 * i + 1 - s) / (2 * s)),
        lambda line, s: on_line(lambda i, s: (i + 0.5) / s - 0.5)(line, s).tolist(),
    ],
)
def test_the_bug_may_be_mended_otherwise(answer):
    assert check("07-find-the-bug", answer).passed
