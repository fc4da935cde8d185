import io

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn import functional as F

from srcourse.widgets import PoolingExplorer


def by_torch(widget):
    pool = {"max": F.max_pool2d, "average": F.avg_pool2d}[widget.kind]
    return pool(torch.tensor(widget.picture())[None, None], widget.size, widget.stride)[
        0, 0
    ].numpy()


@pytest.mark.parametrize("kind", ["max", "average"])
@pytest.mark.parametrize(("size", "stride"), [(2, None), (3, 1), (3, 2), (4, 3), (2, 4)])
def test_torch_pools_alike(kind, size, stride):
    widget = PoolingExplorer(kind, size, stride, noise=7)
    np.testing.assert_allclose(widget.pooled(), by_torch(widget), rtol=1e-12)
    assert widget.stride == (stride or size)


def test_a_shift_moves_the_picture_and_brings_in_what_lies_beside_it():
    still, moved = (PoolingExplorer(shift=s).picture() for s in (0, 3))
    assert np.array_equal(moved[:, 3:], still[:, :-3])
    assert not np.array_equal(moved[:, :3], np.roll(still, 3, axis=1)[:, :3])


def test_changes_are_measured_against_the_undisturbed_picture():
    assert PoolingExplorer().changes()["max"]["change"] == 0
    widget = PoolingExplorer("average", 2, shift=2, noise=0)
    still, moved = widget.picture(0, 0), widget.picture()
    found = widget.changes()
    assert found["before"]["change"] == pytest.approx(abs(moved - still).mean())
    # With stride 2 a shift by 2 is one place in the pooled map.
    pooled = by_torch(PoolingExplorer("average", 2))
    change = abs(widget.pooled() - pooled).mean()
    assert found["average"]["change"] == pytest.approx(change)
    assert found["average"]["share"] == pytest.approx(change / abs(pooled - pooled.mean()).mean())
    assert (found["max"]["bias"], found["max"]["spread"]) == (0, 0)
    assert widget.summary()["change"]["average"] == round(change, 1)


def test_noise_on_an_even_grey_is_as_the_theory_has_it():
    found = PoolingExplorer(show="even grey", side=64, noise=20).changes()
    # Of 32 × 32 windows; the largest of four has mean 1.0294 and variance 0.4917.
    assert found["max"]["bias"] == pytest.approx(20 * 1.0294, abs=4 * 20 * 0.7 / 32)
    assert found["max"]["spread"] == pytest.approx(20 * 0.4917**0.5, rel=0.08)
    assert found["average"]["bias"] == pytest.approx(0, abs=4 * 10 / 32)
    assert found["average"]["spread"] == pytest.approx(10, rel=0.08)
    assert found["before"]["spread"] == pytest.approx(20, rel=0.05)
    assert np.isnan(found["max"]["share"])  # an even grey does not vary


def test_the_feature_is_black_but_for_vertical_edges():
    picture = PoolingExplorer(show="feature", photo="slanted_edge", side=64).picture()
    assert np.median(picture) == 0
    assert picture.max() == 255
    assert np.array_equal(PoolingExplorer(show="even grey").picture(), np.full((32, 32), 128))


def test_it_follows_its_traits():
    widget = PoolingExplorer(photo="camera")
    before = widget.plane
    widget.photo = "coffee"
    coffee = widget.plane
    assert coffee != before
    widget.side = 16
    assert len(widget.plane) == 16 * 20
    assert widget.pooled().shape == (8, 8)
    widget.show = "feature"
    assert widget.plane == PoolingExplorer(photo="coffee", side=16, show="feature").plane
    widget.photo = "camera"
    widget.side, widget.show = 32, "photograph"
    assert widget.plane == before


def png(array):
    buffer = io.BytesIO()
    Image.fromarray(array).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize("shape", [(1, 1), (5, 300), (301, 77, 3), (40, 40, 4)])
def test_an_upload_of_any_shape_is_cut_to_a_square(shape):
    widget = PoolingExplorer(side=64)
    widget.upload = {"name": "mine.png", "data": png(np.full(shape, 77, np.uint8))}
    assert (widget.photo, widget.message) == ("your own", "")
    assert widget.height == widget.width
    assert widget.picture().shape == (64, 64)


def test_the_middle_of_a_wide_picture_is_shown():
    wide = np.zeros((40, 120), np.uint8)
    wide[:, 40:80] = 200
    widget = PoolingExplorer()
    widget.upload = {"name": "mine.png", "data": png(wide)}
    assert abs(widget.picture() - 200).max() <= 1


def test_a_bad_upload_changes_nothing_and_says_why():
    widget = PoolingExplorer()
    before = widget.plane
    widget.upload = {"name": "bad.png", "data": b"no picture"}
    assert widget.message
    assert (widget.photo, widget.plane) == ("camera", before)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kind": "median"}, "kind is 'median'; accepted: max, average"),
        ({"size": 5}, "size is 5; accepted: 2, 3, 4"),
        ({"stride": 0}, "stride is 0; accepted: 1, 2, 3, 4"),
        ({"side": 33}, "side is 33; accepted: 16, 32, 64"),
        ({"show": "edges"}, "show is 'edges'; accepted: photograph, feature, even grey"),
        ({"shift": 5}, "shift is 5; accepted: a whole number from 0 to 4"),
        ({"shift": 0.5}, "shift is 0.5; accepted: a whole number"),
        ({"noise": -1}, "noise is -1; accepted: a whole number from 0 to 60"),
        ({"photo": "camra"}, "did you mean 'camera'"),
    ],
)
def test_what_is_not_offered_is_an_error(arguments, message):
    with pytest.raises(ValueError, match=message):
        PoolingExplorer(**arguments)


def test_snapshot_draws_both_pictures_equally_large():
    widget = PoolingExplorer("average", side=32)
    page = widget.snapshot()
    assert page.dtype == np.uint8
    left, right = page[26:346, 6:326], page[26:346, 338:658]
    assert np.array_equal(left[::10, ::10, 0], widget.picture().astype(np.uint8))
    assert np.array_equal(right[::20, ::20, 0], np.floor(widget.pooled() + 0.5).astype(np.uint8))


def test_summary_is_what_a_stored_lesson_compares():
    assert repr(PoolingExplorer("max", 3, 2, "coffee", 64)) == (
        "PoolingExplorer(kind='max', size=3, stride=2, photo='coffee', show='photograph', "
        "pooled='31 by 31', change={'before': 0.0, 'max': 0.0, 'average': 0.0})"
    )
