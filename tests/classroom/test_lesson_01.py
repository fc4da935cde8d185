import numpy as np
import pytest
import torch

from srcourse.classroom import check
from srcourse.images import luma
from srcourse.resampling import bicubic, imresize

WEIGHTS = np.array([65.481, 128.553, 24.966])


def halved(plane):
    return bicubic(imresize(plane, 1 / 2), 2)


def by_plane(ycbcr, functions):
    planes = zip(functions, np.moveaxis(ycbcr, 2, 0), strict=True)
    return np.stack([f(plane) if f else plane for f, plane in planes], axis=2)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda p: None, "returned nothing"),
        (lambda p: p @ WEIGHTS, "it is 16"),
        (lambda p: luma(p), "scale"),
        (lambda p: 16 + p @ WEIGHTS[::-1], "exchanged"),
        (lambda p: np.round(16 + p @ WEIGHTS), "Do not round"),
        (lambda p: 16 + 219 * p.mean(axis=2), "Green counts most"),
        (lambda p: 16 + p * WEIGHTS, "plane (4, 6)"),
        (lambda p: 17 + p @ WEIGHTS, "the formula gives"),
    ],
)
def test_luma_hints(answer, hint):
    result = check("01-luma", answer)
    assert not result.passed
    assert hint in result.words


def test_luma_may_be_written_in_torch():
    weights = torch.tensor(WEIGHTS)
    assert check("01-luma", lambda p: 16 + torch.tensor(p) @ weights).passed


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda p: None, "returned nothing"),
        (lambda p: by_plane(p, [halved] * 3), "Brightness"),
        (lambda p: p, "Cb and Cr came back"),
        (lambda p: by_plane(p, [None, halved, None]), "Cr came back"),
        (lambda p: imresize(p, 1 / 2), "should stay"),
        (lambda p: by_plane(p, [None, np.flipud, np.flipud]), "not as through"),
    ],
)
def test_halve_colours_hints(answer, hint):
    result = check("01-halve-colours", answer)
    assert not result.passed
    assert hint in result.words


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda f: None, "returned nothing"),
        (lambda f: (1 + 2 / f) / 3, "counts twice"),
        (lambda f: 1 / f**2, "Y keeps its size"),
        (lambda f: 1 + 2 / f**2, "three planes"),
        (lambda f: 0.5, "counted by hand"),
    ],
)
def test_share_left_hints(answer, hint):
    result = check("01-share-left", answer)
    assert not result.passed
    assert hint in result.words
