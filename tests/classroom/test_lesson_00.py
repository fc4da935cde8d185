import numpy as np
import pytest

import srcourse as sr
from srcourse.classroom import check

CAT = sr.images.sample("chelsea")


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (None, "no picture yet"),
        (sr.upscale, "no picture yet"),
        (CAT, "Did you enlarge it?"),
        (sr.upscale(CAT, 2), "another"),
        (sr.upscale(CAT, 3, "nearest"), "asks for bicubic"),
        (sr.upscale(CAT, 3, "bilinear"), "not the bicubic"),
    ],
)
def test_enlarge_hints(answer, hint):
    result = check("00-enlarge", answer)
    assert not result.passed
    assert hint in result.words


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda s: None, "returned nothing"),
        (lambda s: 1 - 1 / s, "counts twice"),
        (lambda s: 1 / s**2, "a number was there; what is missing"),
        (lambda s: 100 * (1 - 1 / s**2), "percentage"),
        (lambda s: 0.1, "counted by hand"),
        (lambda: 0.75, "TypeError"),
    ],
)
def test_invented_hints(answer, hint):
    result = check("00-invented", answer)
    assert not result.passed
    assert hint in result.words


def test_a_share_may_be_numpys():
    assert check("00-invented", lambda s: np.float32(1 - 1 / s**2)).passed
