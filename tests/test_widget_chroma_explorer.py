import io

import numpy as np
import pytest
from PIL import Image

from srcourse.images import luma
from srcourse.widgets import ChromaExplorer


def test_coarse_chroma_leaves_luma_and_coarse_luma_does_not():
    widget = ChromaExplorer("coffee", luma=1, chroma=8)
    apart = abs(luma(widget.coarse()) - luma(widget.pixels))
    assert np.median(apart) < 0.5 / 255
    widget.luma, widget.chroma = 8, 1
    apart = abs(luma(widget.coarse()) - luma(widget.pixels))
    assert np.median(apart) > 2 / 255


def test_at_full_resolution_nothing_changes():
    widget = ChromaExplorer("coffee", luma=1, chroma=1)
    assert np.array_equal(widget.coarse(), widget.pixels)
    assert widget.figures == "100.0 % of the numbers are left. PSNR on luma ∞ dB, on RGB ∞ dB."


def test_numbers_and_picture_follow_the_traits():
    widget = ChromaExplorer("coffee", chroma=4)
    assert widget.figures.startswith("37.5 % of the numbers")
    before = widget.result
    widget.chroma = 16
    assert widget.figures.startswith("33.6 % of the numbers")
    assert widget.result != before
    assert widget.result == widget.coarse().tobytes()
    assert widget.summary()["kept"] == 0.3359


def test_a_picture_of_odd_size_works_and_a_bad_file_changes_nothing():
    widget = ChromaExplorer("coffee", chroma=16)
    buffer = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 256, (37, 53, 3), np.uint8)
    Image.fromarray(noise).save(buffer, "PNG")
    widget.upload = {"name": "mine.png", "data": buffer.getvalue()}
    assert (widget.photo, widget.height, widget.width) == ("your own", 37, 53)
    assert len(widget.result) == 37 * 53 * 3
    before = widget.result
    widget.upload = {"name": "bad.png", "data": b"no picture"}
    assert widget.message
    assert widget.result == before
    widget.photo = "chelsea"
    assert widget.message == ""


@pytest.mark.parametrize("arguments", [{"luma": 3}, {"chroma": 0}, {"chroma": 32}])
def test_a_factor_that_is_not_offered_is_an_error(arguments):
    with pytest.raises(ValueError, match="accepted: 1, 2, 4, 8, 16"):
        ChromaExplorer(**arguments)


def test_an_unknown_photograph_is_an_error():
    with pytest.raises(ValueError, match="did you mean 'coffee'"):
        ChromaExplorer("cofee")


def test_snapshot_shows_both_pictures():
    widget = ChromaExplorer("coffee")
    assert widget.snapshot().shape[1] > 2 * widget.width
