import numpy as np
import pytest
import torch

from srcourse import images
from srcourse.classroom import check
from srcourse.resampling import blur, imresize


def right(hr, kernel, scale, noise, random):
    lr = imresize(blur(hr, kernel), 1 / scale)
    return (lr + random.normal(0, noise / 255, lr.shape)).clip(0, 1)


def noise_first(hr, kernel, scale, noise, random):
    noisy = blur(hr, kernel) + random.normal(0, noise / 255, hr.shape)
    return imresize(noisy, 1 / scale).clip(0, 1)


def in_place(hr, kernel, scale, noise, random):
    hr += 0.01
    return right(hr, kernel, scale, noise, random)


def with_noise(draw):
    """The right answer with another noise: draw(random, noise, shape)."""

    def answer(hr, kernel, scale, noise, random):
        lr = imresize(blur(hr, kernel), 1 / scale)
        return (lr + draw(random, noise, lr.shape)).clip(0, 1)

    return answer


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda *a: None, "returned nothing"),
        (in_place, "changed the picture"),
        (lambda hr, k, s, n, r: imresize(blur(hr, k), s), "1 / scale"),
        (lambda hr, k, s, n, r: blur(hr, k), "should be (4, 6)"),
        (lambda hr, k, s, n, r: imresize(hr, 1 / s), "blur is missing"),
        (lambda hr, k, s, n, r: blur(imresize(hr, 1 / s), k), "after the downsampling"),
        (lambda hr, k, s, n, r: imresize(blur(hr, k[::-1, ::-1]), 1 / s), "turned by 180°"),
        (lambda hr, k, s, n, r: imresize(blur(hr, k), 1 / s, antialias=False), "it is not"),
        (lambda hr, k, s, n, r: imresize(blur(hr, k), 1 / s), "no noise from pixel to pixel"),
        (with_noise(lambda r, n, shape: r.normal(0, n / 255)), "no noise from pixel to pixel"),
        (with_noise(lambda r, n, shape: r.normal(0, n, shape)), "divide by 255"),
        (with_noise(lambda r, n, shape: r.normal(0, (n / 255) ** 2, shape)), "it has 0.4"),
        (noise_first, "before the downsampling"),
        (
            lambda hr, k, s, n, r: (
                imresize(blur(hr, k), 1 / s)
                + r.normal(0, n / 255, (hr.shape[0] // s, hr.shape[1] // s))
            ),
            "clip the result",
        ),
        (lambda hr, kernel: hr, "TypeError"),
    ],
)
def test_degrade_hints(answer, hint):
    result = check("06-degrade", answer)
    assert not result.passed
    assert hint in result.words


def test_degrade_may_be_written_otherwise():
    def drawn_differently(hr, kernel, scale, noise, random):
        lr = imresize(blur(hr, kernel), 1 / scale)
        return np.minimum(1, np.maximum(0, lr + noise / 255 * random.standard_normal(lr.shape)))

    assert check("06-degrade", right).passed
    assert check("06-degrade", drawn_differently).passed
    assert check("06-degrade", lambda *a: torch.tensor(right(*a))).passed
    assert check("06-degrade", lambda *a: right(*a).tolist()).passed


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda h, w, s, n: None, "returned nothing"),
        (lambda h, w, s, n: n ** (h * w), "all HR pictures"),
        (lambda h, w, s, n: n ** (h * w // s**2), "number of LR pictures"),
        (lambda h, w, s, n: n ** (s * s - 1), "counted one block"),
        (lambda h, w, s, n: n ** (h * w - h * w // s), "shrinks both sides"),
        (lambda h, w, s, n: n * (h * w - h * w // s**2), "a power"),
        (lambda h, w, s, n: 7, "HR pictures share"),
        (lambda h, w: 1, "TypeError"),
    ],
)
def test_how_many_hints(answer, hint):
    result = check("06-how-many", answer)
    assert not result.passed
    assert hint in result.words


@pytest.mark.parametrize(
    "answer",
    [
        lambda h, w, s, n: n ** (h * w) // n ** ((h // s) * (w // s)),
        lambda h, w, s, n=256: (n ** (s * s - 1)) ** (h * w // (s * s)),
        lambda h, w, s, n: np.prod([n] * (h * w - h * w // s**2), dtype=object),
    ],
)
def test_how_many_may_be_written_otherwise(answer):
    assert check("06-how-many", answer).passed


PHOTO = np.clip(images.sample("camera")[60:252, 120:312], 40, 215)
PATTERN = np.tile([1, 0, -1, -1, 0, 1], 32)


def plus(pattern, photo=PHOTO):
    return (photo.astype(int) + pattern).astype(np.uint8)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (PHOTO, "Give both pictures"),
        ((PHOTO, PHOTO), "the photograph itself"),
        ((PHOTO, PHOTO + 30.0 * PATTERN), "should be uint8"),
        ((PHOTO, PHOTO[:189]), "one shape"),
        ((PHOTO[:100], PHOTO[:100]), "divide the sides"),
        ((PHOTO, plus(30 * np.tile([1, -1, -1, 1], 48))), "change its sign there"),
        ((PHOTO, plus(30 * np.random.default_rng(0).integers(-1, 2, 192))), "LR pictures differ"),
        ((PHOTO, plus(40 * PATTERN, images.sample("camera")[60:252, 120:312])), "differ"),
        ((PHOTO, plus(30 * np.tile([1, 0, -1], 64))), "at the border"),
        ((PHOTO, plus(3 * PATTERN)), "stronger"),
    ],
)
def test_twin_hints(answer, hint):
    result = check("06-twin", answer)
    assert not result.passed
    assert hint in result.words


@pytest.mark.parametrize(
    "pattern",
    [
        30 * PATTERN,
        -25 * PATTERN[:, None],
        np.outer(np.arange(192) % 40, PATTERN),
        20 * PATTERN + 15 * PATTERN[:, None],
    ],
)
def test_twins_that_work(pattern):
    assert check("06-twin", (PHOTO, plus(pattern))).passed
    assert check("06-twin", [torch.tensor(PHOTO), torch.tensor(plus(pattern))]).passed


def test_a_coloured_twin_works():
    photo = np.clip(images.sample("coffee")[:192, :192], 40, 215)
    assert check("06-twin", (photo, plus(30 * PATTERN[:, None], photo))).passed


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (["DIV2K"], "dictionary"),
        ({}, "0 pictures"),
        ({"DIV2k": 800}, "none of the registry's names"),
        ({"Set14": 14, "DIV2K": 800}, "Set14 is a test set"),
        ({"Urban100": 100}, "Urban100 is a test set"),
        ({"DIV2K": 1000}, "take 800 at most"),
        ({"BSDS500": 500, "DIV2K": 800}, "B100"),
        ({"BSDS300": 200, "BSDS500": 400, "DIV2K": 800}, "twice"),
        ({"DIV2K": 800, "T91": 0}, "leave it out"),
        ({"DIV2K": 800, "T91": 91}, "891 pictures"),
    ],
)
def test_training_set_hints(answer, hint):
    result = check("06-training-set", answer)
    assert not result.passed
    assert hint in result.words


@pytest.mark.parametrize(
    "answer",
    [
        {"DIV2K": 800, "BSDS500": 400},
        {"OutdoorScene": 1000},
        {"DIV2K": 800, "General-100": 100, "T91": 91, "BSDS300": 200},
    ],
)
def test_training_sets_that_work(answer):
    assert check("06-training-set", answer).passed
