import io

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from srcourse.layers import named_kernel
from srcourse.widgets import KernelExplorer
from srcourse.widgets.kernel_explorer import as_shown


@pytest.mark.parametrize("name", ["box", "sharpen", "sobel-x"])
@pytest.mark.parametrize("size", [3, 7])
def test_filtered_is_scipys_correlation(name, size):
    widget = KernelExplorer(name, size, show="shift")
    kernel = named_kernel(name, size)[..., None]
    expected = ndimage.correlate(widget.pixels.astype(float), kernel, mode="reflect") + 128
    expected = np.floor(np.clip(expected, 0, 255) + 0.5)
    assert abs(widget.filtered() - expected).max() <= 1
    assert (widget.filtered() != expected).mean() < 1e-3  # a half, rounded the other way


def test_results_become_pixels_in_three_ways():
    values = np.array([-300.0, -3.5, 0.5, 254.5, 400])
    assert as_shown(values, "clip").tolist() == [0, 0, 1, 255, 255]
    assert as_shown(values, "shift").tolist() == [0, 125, 129, 255, 255]
    assert as_shown(values, "magnitude").tolist() == [255, 4, 1, 255, 255]


def test_a_kernel_of_ones_own_and_its_summary():
    widget = KernelExplorer([[0, 0, 0], [0, 2, 0], [0, 0, 0]], photo="camera")
    expected = np.minimum(2 * widget.pixels.astype(int), 255)
    assert np.array_equal(widget.filtered(), expected)
    assert repr(widget) == (
        f"KernelExplorer(kernel='your own', size=3, photo='camera', mean={expected.mean():.2f})"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kernel": np.ones((3, 5))}, "accepted: 3×3, 5×5 or 7×7"),
        ({"kernel": np.ones((4, 4))}, "accepted: 3×3, 5×5 or 7×7"),
        ({"kernel": np.ones((9, 9))}, "accepted: 3×3, 5×5 or 7×7"),
        ({"kernel": np.full((3, 3), np.nan)}, "finite"),
        ({"kernel": "sharpn"}, "did you mean 'sharpen'"),
        ({"size": 4}, "accepted: 3, 5 or 7"),
        ({"photo": "astronot"}, "did you mean 'astronaut'"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        KernelExplorer(**arguments)


def png(image):
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG")
    return buffer.getvalue()


def test_an_upload_is_shown_reduced_and_a_bad_one_explained():
    widget = KernelExplorer()
    widget.upload = {"name": "mine.png", "data": png(np.zeros((300, 600), np.uint8))}
    assert (widget.photo, widget.height, widget.width) == ("your own", 128, 256)
    assert not widget.pixels.any()
    before = widget.source
    for data in (b"", b"GIF89a", png(np.zeros((9, 9), np.uint8))[:40]):
        widget.upload = {"name": "bad", "data": data}
        assert widget.message
        assert widget.source == before
        widget.message = ""


def test_a_page_without_a_kernel_gets_picture_and_summary():
    data, _ = KernelExplorer()._repr_mimebundle_()
    assert set(data) == {"text/plain", "image/png", "application/vnd.jupyter.widget-view+json"}
    assert data["text/plain"].startswith("KernelExplorer(kernel='sharpen'")
    assert data["image/png"].startswith("iVBOR")
