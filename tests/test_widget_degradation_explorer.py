import numpy as np
import pytest
from PIL import Image

from srcourse import images
from srcourse.metrics import make_lr, psnr
from srcourse.resampling import degrade
from srcourse.widgets import DegradationExplorer
from srcourse.widgets.degradation_explorer import RANGES


def rgb(data: bytes, width: int) -> np.ndarray:
    return np.frombuffer(data, np.uint8).reshape(-1, width, 3)


def png(tmp_path, picture: np.ndarray) -> bytes:
    images.save(tmp_path / "own.png", picture)
    return (tmp_path / "own.png").read_bytes()


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_downsampling_alone_is_the_protocols(scale):
    widget = DegradationExplorer("chelsea", scale)
    lr = make_lr(widget.pixels, scale)
    assert np.array_equal(rgb(widget.lr, widget.lr_width), lr)
    by_pillow = Image.fromarray(lr).resize((widget.width, widget.height), Image.Resampling.BICUBIC)
    # Another implementation of the same interpolation: it differs at the border and in rounding.
    other = psnr(widget.pixels, np.asarray(by_pillow), channel="y", border=scale)
    assert widget.psnr == pytest.approx(other, abs=0.1)
    assert widget.psnr == widget.psnr_downsampled
    assert widget.kernel == [[1.0]]


def test_every_slider_reaches_the_picture_and_its_score():
    widget = DegradationExplorer("astronaut", 2)
    alone = widget.psnr
    for name, amount in {
        "along": 2.0, "across": 1.5, "angle": 40.0, "noise": 9.0, "speckle": 0.1, "jpeg": 30,
    }.items():  # fmt: skip
        before = widget.lr, widget.enlarged, widget.psnr
        setattr(widget, name, amount)
        after = widget.lr, widget.enlarged, widget.psnr
        assert all(a != b for a, b in zip(before, after, strict=True)), name
    expected = degrade(
        widget.pixels, 2, blur=(2.0, 1.5, 40.0), noise=9, speckle=0.1, jpeg=30, seed=0
    )
    assert np.array_equal(rgb(widget.lr, widget.lr_width), expected)
    assert widget.psnr_downsampled == alone
    assert widget.psnr < alone - 2


def test_the_noise_is_the_same_each_time():
    one, other = (DegradationExplorer("camera", 3, noise=20, speckle=0.2) for _ in range(2))
    assert one.lr == other.lr


def test_a_blur_along_a_line_keeps_edges_that_run_along_it():
    edges = {}
    for angle in (0, 90):
        widget = DegradationExplorer("slanted_edge", 2, along=2.5, angle=angle)
        row = rgb(widget.lr, widget.lr_width)[36, :, 0].astype(int)
        edges[angle] = abs(np.diff(row)).max()
    assert edges[90] > 1.5 * edges[0]


def test_several_changes_in_one_message_are_one_computation(monkeypatch):
    widget = DegradationExplorer("astronaut", 4, along=2, noise=10)
    calls = []
    degraded = DegradationExplorer.degraded
    monkeypatch.setattr(
        DegradationExplorer, "degraded", lambda self: calls.append(1) or degraded(self)
    )
    widget.set_state({"along": 0.0, "noise": 0.0, "scale": 2})
    assert len(calls) == 1
    assert widget.lr_width == widget.width // 2
    assert widget.psnr == widget.psnr_downsampled


@pytest.mark.parametrize(
    "shape", [(1, 1), (5, 300), (600, 2), (13, 31, 3), (40, 50, 4), (300, 999)]
)
def test_any_picture_is_taken(shape, tmp_path):
    widget = DegradationExplorer("astronaut", 3, noise=5)
    picture = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    widget.upload = {"name": "own.png", "data": png(tmp_path, picture)}
    assert (widget.photo, widget.message) == ("your own", "")
    assert widget.width % 12 == 0 == widget.height % 12
    assert 24 <= min(widget.width, widget.height) <= max(widget.width, widget.height) <= 144
    assert len(widget.enlarged) == len(widget.source) == 9 * len(widget.lr)


def test_equal_pictures_have_no_finite_score(tmp_path):
    widget = DegradationExplorer()
    widget.upload = {"name": "own.png", "data": png(tmp_path, np.zeros((48, 48), np.uint8))}
    assert widget.psnr is None
    assert widget.psnr_downsampled is None
    assert widget.summary()["psnr"] == "∞"
    widget.noise = 10
    assert 20 < widget.psnr < 40


def test_a_bad_upload_leaves_all_as_it_was():
    widget = DegradationExplorer("coffee", noise=5)
    before = widget.photo, widget.source, widget.lr, widget.psnr
    widget.upload = {"name": "bad.png", "data": b"no picture"}
    assert (widget.photo, widget.source, widget.lr, widget.psnr) == before
    assert "not a picture" in widget.message


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"scale": 1}, "scale is 1; accepted: 2, 3 or 4"),
        ({"scale": 2.5}, "scale is 2.5"),
        ({"along": -1}, "along is -1; accepted: 0 to 2.5"),
        ({"across": 3}, "across is 3; accepted: 0 to 2.5"),
        ({"angle": 200}, "angle is 200; accepted: 0 to 180"),
        ({"noise": float("nan")}, "noise is nan; accepted: 0 to 50"),
        ({"speckle": 0.6}, "speckle is 0.6; accepted: 0 to 0.5"),
        ({"jpeg": 100}, "jpeg is 100; accepted: a quality from 1 to 95, or None"),
        ({"jpeg": 0}, "jpeg is 0"),
        ({"photo": "astronut"}, "did you mean 'astronaut'"),
    ],
)
def test_bad_arguments(arguments, said):
    with pytest.raises(ValueError, match=said):
        DegradationExplorer(**arguments)


def test_snapshot_and_summary():
    widget = DegradationExplorer("astronaut", 3, along=2, noise=10, jpeg=40)
    picture = widget.snapshot()
    assert picture.dtype == np.uint8
    assert picture.shape == (288 + 28, 3 * (288 + 12), 3)
    assert repr(widget) == (
        "DegradationExplorer(photo='astronaut', scale=3, "
        f"psnr='{widget.psnr:.1f}', psnr_downsampled='23.5')"
    )
    assert widget._repr_mimebundle_()[0]["text/plain"] == repr(widget)


def test_the_front_end_is_told_every_range():
    assert DegradationExplorer().ranges == RANGES
